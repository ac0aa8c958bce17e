//! The identity provider that the environment names.

use super::checker::Checker;
use super::table::Setting;
use crate::secret::Secret;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "OIDC_ISSUER",
        "",
        "An identity provider, as its discovery names itself, such as https://login.microsoftonline.com/TENANT/v2.0. More are kept on the settings page.",
    ),
    Setting::open("OIDC_CLIENT_ID", "", "As what Ballast is registered there."),
    Setting::secret(
        "OIDC_CLIENT_SECRET",
        "What Ballast proves itself with there. Blank where the provider asks for none.",
    ),
    Setting::open(
        "OIDC_NAME",
        "",
        "What its button says, such as Entra ID. Blank takes its host.",
    ),
    Setting::open(
        "OIDC_TENANT",
        "",
        "The one tenant whose people may come in. Blank takes it from the issuer, where that names one.",
    ),
    Setting::open(
        "OIDC_SCOPES",
        "openid profile email",
        "What is asked for; openid always is.",
    ),
    Setting::open(
        "OIDC_GROUPS_CLAIM",
        "",
        "Where the groups of a person stand, such as groups or realm_access.roles. Blank: groups decide nothing.",
    ),
    Setting::open(
        "OIDC_GROUP_ACCESS",
        "",
        "Which access groups have: planners=manager, it=admin, *=viewer. * is everybody else; without it they stay outside.",
    ),
];

/// The levels that a group may have, as accounts call them.
const LEVELS: [&str; 4] = ["viewer", "member", "manager", "admin"];

/// The identity provider that the environment names.
#[derive(Clone)]
pub struct Oidc {
    /// None where it names none.
    pub given: Option<GivenProvider>,
}

/// An identity provider as the environment gives it.
#[derive(Clone)]
pub struct GivenProvider {
    /// What its button says.
    pub name: String,
    /// As its discovery names it.
    pub issuer: String,
    /// As what we are registered there.
    pub client_id: String,
    /// What we prove ourselves with; empty where it asks for none.
    pub client_secret: Secret,
    /// The one tenant; blank where nobody says.
    pub tenant: String,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// Where groups stand; blank where they decide nothing.
    pub groups_claim: String,
    /// Groups with the word of their level.
    pub group_access: Vec<(String, String)>,
}

impl Oidc {
    pub(super) fn read(check: &mut Checker<'_>) -> Self {
        let (issuer, client_id) = (check.text("OIDC_ISSUER"), check.text("OIDC_CLIENT_ID"));
        let (issuer, client_id) = match (issuer, client_id) {
            (Some(issuer), Some(client_id)) => (issuer, client_id),
            (None, None) => return Self { given: None },
            (Some(_), None) => {
                check.fault("OIDC_ISSUER needs OIDC_CLIENT_ID beside it");
                return Self { given: None };
            }
            (None, Some(_)) => {
                check.fault("OIDC_CLIENT_ID needs OIDC_ISSUER beside it");
                return Self { given: None };
            }
        };
        let host = issuer
            .parse::<http::Uri>()
            .ok()
            .filter(|uri| matches!(uri.scheme_str(), Some("https" | "http")))
            .and_then(|uri| uri.host().map(str::to_owned));
        if host.is_none() {
            check.fault("OIDC_ISSUER must be an address such as https://id.example.org");
        }
        let groups_claim = check.text("OIDC_GROUPS_CLAIM").unwrap_or_default();
        let group_access = group_access(check);
        if groups_claim.is_empty() && !group_access.is_empty() {
            check.fault("OIDC_GROUP_ACCESS needs OIDC_GROUPS_CLAIM beside it");
        }
        let given = GivenProvider {
            name: check.text("OIDC_NAME").or(host).unwrap_or_default(),
            issuer,
            client_id,
            client_secret: check.secret("OIDC_CLIENT_SECRET").unwrap_or_default(),
            tenant: check.text("OIDC_TENANT").unwrap_or_default(),
            scopes: check.list("OIDC_SCOPES"),
            groups_claim,
            group_access,
        };
        Self { given: Some(given) }
    }
}

/// `planners=manager, it=admin`. A name may hold spaces.
fn group_access(check: &mut Checker<'_>) -> Vec<(String, String)> {
    let text = check.text("OIDC_GROUP_ACCESS").unwrap_or_default();
    let mut all = Vec::new();
    for part in text
        .split([',', ';', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match part.rsplit_once('=').map(|(group, level)| (group.trim(), level.trim())) {
            Some((group, level)) if !group.is_empty() && LEVELS.contains(&level) => {
                all.push((group.to_owned(), level.to_owned()));
            }
            _ => check.fault("OIDC_GROUP_ACCESS must be such as planners=manager, *=viewer; the levels are viewer, member, manager and admin"),
        }
    }
    all
}

#[cfg(test)]
mod tests {

    use super::super::{Config, Sources};

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        Config::from_sources(&Sources::environment(pairs))
    }

    #[test]
    fn a_provider_of_the_environment_is_whole_or_refused() {
        let whole = [
            ("OIDC_ISSUER", "https://id.example.org"),
            ("OIDC_CLIENT_ID", "ballast"),
            ("OIDC_GROUPS_CLAIM", "groups"),
            ("OIDC_GROUP_ACCESS", "Project leads=manager, it=admin\n*=viewer"),
        ];
        let given = read(&whole).ok().unwrap().oidc.given.unwrap();
        assert_eq!(given.name, "id.example.org");
        assert_eq!(given.scopes, ["openid", "profile", "email"]);
        let levels: Vec<String> = given
            .group_access
            .iter()
            .map(|(group, level)| format!("{group}:{level}"))
            .collect();
        assert_eq!(levels, ["Project leads:manager", "it:admin", "*:viewer"]);
        for wrong in [
            &[("OIDC_ISSUER", "https://id.example.org")][..],
            &[("OIDC_CLIENT_ID", "ballast")],
            &[("OIDC_ISSUER", "id.example.org"), ("OIDC_CLIENT_ID", "ballast")],
            &[whole[0], whole[1], ("OIDC_GROUP_ACCESS", "a=viewer")],
            &[whole[0], whole[1], whole[2], ("OIDC_GROUP_ACCESS", "a=owner")],
        ] {
            assert_eq!(read(wrong).err().unwrap().len(), 1, "{wrong:?}");
        }
        assert!(read(&[]).ok().unwrap().oidc.given.is_none());
    }
}
