//! An identity provider as it is set up.

use crate::accounts::rules::Access;
use crate::secret::Secret;
use crate::units::ids::ProviderId;
use crate::units::text;
use crate::web::Reader;

/// By what a provider stands in addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProviderKey {
    /// One that is kept.
    Kept(ProviderId),
    /// The one that the environment names.
    Environment,
}

impl ProviderKey {
    /// The path to which the provider sends browsers back. Providers compare it character by character.
    #[must_use]
    pub fn callback_path(self) -> String {
        format!("/auth/oidc/{self}/callback")
    }
}

impl std::fmt::Display for ProviderKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kept(id) => id.fmt(out),
            Self::Environment => out.write_str("env"),
        }
    }
}

impl std::str::FromStr for ProviderKey {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "env" {
            Ok(Self::Environment)
        } else {
            text.parse().map(Self::Kept)
        }
    }
}

/// Somebody who says who people are.
#[derive(Clone)]
pub struct Provider {
    /// By what it stands in addresses.
    pub key: ProviderKey,
    /// What its button says.
    pub name: String,
    /// As its discovery names it, character by character.
    pub issuer: String,
    /// As what we are registered there.
    pub client_id: String,
    /// What we prove ourselves with; empty where it asks for none.
    pub client_secret: Secret,
    /// The one tenant whose people may come in; blank where the issuer has none.
    pub tenant: String,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// Where groups stand; blank where they decide nothing.
    pub groups_claim: String,
    /// Which access groups have; `*` is everybody else.
    pub levels: Vec<(String, Access)>,
    /// Whether the first sign-in finds an account by a verified address.
    pub by_email: bool,
    /// Whether people can sign in through it.
    pub active: bool,
}

/// A provider as an administrator wants it.
#[derive(Clone, Default)]
pub struct Draft {
    /// What its button says.
    pub name: String,
    /// As its discovery names it.
    pub issuer: String,
    /// As what we are registered there.
    pub client_id: String,
    /// What we prove ourselves with; none keeps what is there.
    pub client_secret: Option<Secret>,
    /// The one tenant.
    pub tenant: String,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// Where groups stand.
    pub groups_claim: String,
    /// Which access groups have.
    pub levels: Vec<(String, Access)>,
    /// Whether the first sign-in finds an account by a verified address.
    pub by_email: bool,
}

impl Draft {
    /// Reads the fields of the form. What was left blank of the client's proof stays, unless the box to forget it is ticked.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let fields = reader.fields();
        let typed = fields.text("client-secret").trim();
        let client_secret = match (reader.flag("forget-secret"), typed.is_empty()) {
            (true, _) => Some(Secret::default()),
            (false, true) => None,
            (false, false) => Some(Secret::from(typed.to_owned())),
        };
        let issuer = reader.parsed("issuer", issuer_of);
        let tenant = reader.parsed("tenant", tenant_of);
        let tenant = if tenant.is_empty() {
            tenant_in(&issuer).unwrap_or_default().to_owned()
        } else {
            tenant
        };
        if is_microsoft(&issuer) && tenant.is_empty() {
            reader.fault(
                "tenant",
                "must be given: this issuer serves every tenant of Microsoft",
            );
        }
        let groups_claim = reader.line("groups-claim", 100);
        let levels = reader.parsed("groups", levels_in);
        if groups_claim.is_empty() && !levels.is_empty() {
            reader.fault("groups-claim", "must say where the groups stand, such as groups");
        }
        Self {
            name: reader.name("name"),
            client_id: reader.parsed("client-id", client_id_of),
            scopes: scopes_in(fields.text("scopes")),
            by_email: reader.flag("by-email"),
            issuer,
            client_secret,
            tenant,
            groups_claim,
            levels,
        }
    }
}

/// An issuer as it was typed: an address without query, kept character by character.
fn issuer_of(text: &str) -> Result<String, &'static str> {
    const WRONG: &str =
        "must be the address by which the provider names itself, such as https://id.example.org";
    let text = text.trim();
    let uri: http::Uri = text.parse().map_err(|_| WRONG)?;
    let plain = uri
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    let fits = matches!(uri.scheme_str(), Some("https" | "http")) && plain && uri.query().is_none();
    if text.ends_with("/.well-known/openid-configuration") {
        Err("is the address before /.well-known/openid-configuration")
    } else if fits && text.len() <= 500 {
        Ok(text.to_owned())
    } else {
        Err(WRONG)
    }
}

fn client_id_of(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        Err("must be what the provider calls Ballast: client id, or application id")
    } else if text.chars().count() > 500 || text.chars().any(char::is_control) {
        Err("is no client id")
    } else {
        Ok(text.to_owned())
    }
}

fn tenant_of(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        && text.len() <= 100
    {
        Ok(text.to_lowercase())
    } else {
        Err("must be a tenant's id, such as 72f988bf-86f1-41af-91ab-2d7cd011db47")
    }
}

/// Hosts at which Microsoft says who people are, for all of its tenants.
const MICROSOFT: [&str; 4] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "sts.windows.net",
];

/// Whether an issuer is Microsoft's.
fn is_microsoft(issuer: &str) -> bool {
    issuer
        .parse::<http::Uri>()
        .ok()
        .and_then(|uri| uri.host().map(str::to_lowercase))
        .is_some_and(|host| MICROSOFT.contains(&host.as_str()))
}

/// The tenant that an issuer of Microsoft's names in its path: an id, not a word such as `common`.
#[must_use]
pub fn tenant_in(issuer: &str) -> Option<&str> {
    let first = issuer.split('/').nth(3).filter(|_| is_microsoft(issuer))?;
    let is_id = first.len() == 36 && first.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    is_id.then_some(first)
}

/// What is asked for besides `openid`.
#[must_use]
pub fn scopes_in(typed: &str) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in typed.split([' ', ',', '\n', '\r', '\t']) {
        let fits = scope
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\'));
        if fits && !matches!(scope, "" | "openid") && !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes.truncate(20);
    scopes
}

/// `group = level` on each line.
fn levels_in(text: &str) -> Result<Vec<(String, Access)>, String> {
    let mut levels: Vec<(String, Access)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let read = line
            .rsplit_once('=')
            .and_then(|(group, level)| Some((text::line(group, 200).ok()?, level.trim().parse().ok()?)))
            .filter(|(group, _)| !group.is_empty());
        let Some((group, level)) = read else {
            return Err(format!(
                "needs lines such as “planners = manager”; the levels are viewer, member, manager and admin. “{}” is none",
                line.chars().take(60).collect::<String>()
            ));
        };
        if levels.iter().any(|(known, _)| *known == group) {
            return Err(format!("names {group} twice"));
        }
        levels.push((group, level));
    }
    if levels.len() > 200 {
        return Err("takes 200 groups".to_owned());
    }
    Ok(levels)
}

/// The lines that `levels_in` reads.
#[must_use]
pub fn levels_text(levels: &[(String, Access)]) -> String {
    let lines: Vec<String> = levels
        .iter()
        .map(|(group, level)| format!("{group} = {}", level.as_str()))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Fields;

    const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

    fn read(pairs: &[(&str, &str)]) -> Result<Draft, Vec<String>> {
        let mut fields = Fields::default();
        for (name, value) in [
            ("name", "Work"),
            ("issuer", "https://id.example.org"),
            ("client-id", "b"),
        ] {
            fields.set(name, value);
        }
        for (name, value) in pairs {
            fields.set(name, value);
        }
        let mut reader = Reader::new(&fields);
        let draft = Draft::read(&mut reader);
        reader
            .finish(draft)
            .map_err(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    #[test]
    fn microsofts_issuers_need_one_tenant() {
        let tenant = |issuer: &str, tenant: &str| {
            read(&[("issuer", issuer), ("tenant", tenant)])
                .map(|draft| draft.tenant)
                .ok()
        };
        let own = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
        assert_eq!(tenant(&own, "").as_deref(), Some(TENANT));
        assert_eq!(tenant("https://login.microsoftonline.com/common/v2.0", ""), None);
        assert_eq!(
            tenant(
                "https://login.microsoftonline.com/common/v2.0",
                &TENANT.to_uppercase()
            )
            .as_deref(),
            Some(TENANT)
        );
        assert_eq!(tenant("https://id.example.org", "").as_deref(), Some(""));
    }

    #[test]
    fn what_is_no_provider_is_refused_by_field() {
        for (field, value) in [
            ("issuer", "id.example.org"),
            ("issuer", "https://a@id.example.org"),
            ("issuer", "https://id.example.org?x=1"),
            (
                "issuer",
                "https://id.example.org/.well-known/openid-configuration",
            ),
            ("issuer", "javascript:alert(1)"),
            ("client-id", " "),
            ("tenant", "a b"),
            ("name", ""),
        ] {
            assert_eq!(read(&[(field, value)]).err().unwrap(), [field], "{value}");
        }
        for groups in [
            "planners",
            "planners = owner",
            "= viewer",
            "a = viewer\na = admin",
        ] {
            let errors = read(&[("groups-claim", "groups"), ("groups", groups)])
                .err()
                .unwrap();
            assert_eq!(errors, ["groups"], "{groups}");
        }
        assert_eq!(read(&[("groups", "a = viewer")]).err().unwrap(), ["groups-claim"]);
    }

    #[test]
    fn groups_and_scopes_are_read_as_typed() {
        let draft = read(&[
            ("groups-claim", "groups"),
            ("groups", " Project leads = manager \r\n\r\n* = viewer"),
            ("scopes", "openid profile,email  profile"),
        ])
        .ok()
        .unwrap();
        assert_eq!(levels_text(&draft.levels), "Project leads = manager\n* = viewer");
        assert_eq!(draft.scopes, ["profile", "email"]);
    }

    #[test]
    fn a_blank_proof_keeps_the_old_one_and_a_tick_forgets_it() {
        let kept = |pairs: &[(&str, &str)]| {
            let draft = read(pairs).ok().unwrap();
            draft.client_secret.map(|secret| secret.expose().to_owned())
        };
        assert_eq!(kept(&[]), None);
        assert_eq!(kept(&[("client-secret", "x")]).as_deref(), Some("x"));
        assert_eq!(kept(&[("forget-secret", "on")]).as_deref(), Some(""));
    }
}
