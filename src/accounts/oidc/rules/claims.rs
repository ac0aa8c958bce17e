//! What a provider tells of a person, and who they are after it.
//!
//! Signature, issuer, audience, nonce and expiry are checked before anything gets here.

use serde_json::{Map, Value};

use super::{Fault, SKEW};
use crate::accounts::rules::{Access, fold_email};

/// What a provider told, its signature checked.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Who tells it.
    pub issuer: String,
    /// By what the issuer knows the person; it never changes, and is never given to another.
    pub subject: String,
    /// For whom it was asked (`azp`).
    pub party: Option<String>,
    /// The tenant (`tid`).
    pub tenant: Option<String>,
    /// By what the tenant knows the person (`oid`).
    pub object: Option<String>,
    /// When it was made, in seconds (`iat`).
    pub issued_at: i64,
    /// From when on it holds, in seconds (`nbf`).
    pub not_before: Option<i64>,
    /// When the person was last asked, in seconds (`auth_time`).
    pub asked_at: Option<i64>,
    /// Their address.
    pub email: Option<String>,
    /// Whether the issuer has made sure of it (`email_verified`).
    pub email_verified: bool,
    /// Whether the domain's owner stands behind the address (`xms_edov`, Entra only).
    pub domain_verified: bool,
    /// Their groups.
    pub groups: Groups,
}

/// The groups of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Groups {
    /// These.
    Named(Vec<String>),
    /// More than the provider puts into its answer, or nothing that can be read.
    #[default]
    Untold,
}

/// What the identity must be.
pub struct Expected<'a> {
    /// Ours.
    pub client_id: &'a str,
    /// The one tenant; blank where there are none.
    pub tenant: &'a str,
    /// Now, in seconds.
    pub now: i64,
    /// Since when the person must have been asked, in seconds, where they must.
    pub asked_since: Option<i64>,
}

/// Somebody a provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who vouches.
    pub issuer: String,
    /// By what they are known there for good.
    pub subject: String,
    /// Their address, folded, only where it is verified.
    pub email: Option<String>,
    /// Their groups.
    pub groups: Groups,
}

/// Who was told of.
pub fn person(told: Told, expected: &Expected<'_>) -> Result<Person, Fault> {
    if told
        .party
        .as_deref()
        .is_some_and(|party| party != expected.client_id)
    {
        return Err(Fault::Party);
    }
    let begins = told
        .not_before
        .map_or(told.issued_at, |begin| begin.max(told.issued_at));
    if begins > expected.now.saturating_add(SKEW) {
        return Err(Fault::Future);
    }
    if let Some(since) = expected.asked_since {
        let asked = told.asked_at.ok_or(Fault::NotFresh)?;
        if asked < since.saturating_sub(SKEW) || asked > expected.now.saturating_add(SKEW) {
            return Err(Fault::NotFresh);
        }
    }
    let has_tenants = !expected.tenant.is_empty();
    let subject = if has_tenants {
        let tenant = told.tenant.as_deref().unwrap_or_default();
        if !tenant.eq_ignore_ascii_case(expected.tenant) {
            return Err(Fault::Tenant);
        }
        // The subject differs with each registration of Ballast; the tenant's own id of a person does not.
        let object = told.object.as_deref().filter(|object| !object.is_empty());
        format!("{}/{}", expected.tenant, object.ok_or(Fault::Subject)?)
    } else {
        told.subject
    };
    if subject.is_empty() || subject.len() > 512 {
        return Err(Fault::Subject);
    }
    // Entra lets the owner of a foreign tenant write any address; only the mark of the domain's owner makes it worth something.
    let verified = told.email_verified || (has_tenants && told.domain_verified);
    let email = told
        .email
        .filter(|_| verified)
        .and_then(|email| fold_email(&email).ok());
    Ok(Person {
        issuer: told.issuer,
        subject,
        email,
        groups: told.groups,
    })
}

/// What a claim calls true: Microsoft and others write it in several ways.
#[must_use]
pub fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => matches!(text.as_str(), "true" | "True" | "1"),
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    }
}

/// The groups at `claim`: a name, or names between dots where they stand deeper, as Keycloak's `realm_access.roles`.
#[must_use]
pub fn groups_in(claims: &Map<String, Value>, claim: &str) -> Groups {
    let at = claims.get(claim).or_else(|| {
        let mut path = claim.split('.');
        let first = claims.get(path.next()?)?;
        path.try_fold(first, |value, part| value.get(part))
    });
    let name = |value: &Value| value.as_str().map(str::to_owned);
    match at {
        Some(Value::Array(all)) => Groups::Named(all.iter().filter_map(name).collect()),
        Some(Value::String(one)) => Groups::Named(vec![one.clone()]),
        // Entra leaves groups out when there are too many, and names the claim here instead.
        _ if claims
            .get("_claim_names")
            .is_some_and(|names| names.get(claim).is_some()) =>
        {
            Groups::Untold
        }
        // Who is in no group has often no such claim.
        None | Some(Value::Null) => Groups::Named(Vec::new()),
        Some(_) => Groups::Untold,
    }
}

/// What groups make of somebody's access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It stays as it is.
    Stays,
    /// It is this.
    Is(Access),
    /// They may not come in.
    Outside,
}

/// The highest level of somebody's groups. `*` is for those who are in none of the others.
#[must_use]
pub fn level(groups: &Groups, levels: &[(String, Access)]) -> Level {
    if levels.is_empty() {
        return Level::Stays;
    }
    let Groups::Named(groups) = groups else {
        return Level::Stays;
    };
    let own = levels
        .iter()
        .filter(|(group, _)| group != "*" && groups.contains(group))
        .map(|(_, level)| *level)
        .max();
    let others = levels
        .iter()
        .find(|(group, _)| group == "*")
        .map(|(_, level)| *level);
    own.or(others).map_or(Level::Outside, Level::Is)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_003_200;

    fn told() -> Told {
        Told {
            issuer: "https://id.example.org".to_owned(),
            subject: "s-1".to_owned(),
            email: Some("Ada@Example.org".to_owned()),
            email_verified: true,
            ..Told::default()
        }
    }

    fn expected() -> Expected<'static> {
        Expected {
            client_id: "ballast",
            tenant: "",
            now: NOW,
            asked_since: None,
        }
    }

    #[test]
    fn a_person_is_who_their_issuer_says() {
        let person = person(told(), &expected()).unwrap();
        assert_eq!(
            (person.subject.as_str(), person.email.as_deref()),
            ("s-1", Some("ada@example.org"))
        );
    }

    #[test]
    fn what_is_meant_for_others_or_for_later_is_refused() {
        for (told, fault) in [
            (
                Told {
                    party: Some("other".to_owned()),
                    ..told()
                },
                Some(Fault::Party),
            ),
            (
                Told {
                    party: Some("ballast".to_owned()),
                    ..told()
                },
                None,
            ),
            (
                Told {
                    not_before: Some(NOW + SKEW),
                    ..told()
                },
                None,
            ),
            (
                Told {
                    not_before: Some(NOW + SKEW + 1),
                    ..told()
                },
                Some(Fault::Future),
            ),
            (
                Told {
                    issued_at: NOW + SKEW,
                    ..told()
                },
                None,
            ),
            (
                Told {
                    issued_at: NOW + SKEW + 1,
                    ..told()
                },
                Some(Fault::Future),
            ),
            (
                Told {
                    subject: String::new(),
                    ..told()
                },
                Some(Fault::Subject),
            ),
            (
                Told {
                    subject: "s".repeat(513),
                    ..told()
                },
                Some(Fault::Subject),
            ),
        ] {
            assert_eq!(person(told.clone(), &expected()).err(), fault, "{told:?}");
        }
    }

    #[test]
    fn for_administration_people_must_have_been_asked_just_now() {
        let since = Expected {
            asked_since: Some(NOW - 30),
            ..expected()
        };
        for (asked_at, fault) in [
            (None, Some(Fault::NotFresh)),
            (Some(NOW - 30 - SKEW - 1), Some(Fault::NotFresh)),
            (Some(NOW - 30 - SKEW), None),
            (Some(NOW), None),
            (Some(NOW + SKEW + 1), Some(Fault::NotFresh)),
        ] {
            assert_eq!(
                person(Told { asked_at, ..told() }, &since).err(),
                fault,
                "{asked_at:?}"
            );
        }
    }

    #[test]
    fn where_there_are_tenants_theirs_decides_and_their_id_of_the_person() {
        let entra = Expected {
            tenant: "t-1",
            ..expected()
        };
        let of = |tenant: Option<&str>, object: Option<&str>| Told {
            tenant: tenant.map(str::to_owned),
            object: object.map(str::to_owned),
            ..told()
        };
        assert_eq!(
            person(of(Some("T-1"), Some("o-1")), &entra).unwrap().subject,
            "t-1/o-1"
        );
        assert_eq!(person(of(Some("t-2"), Some("o-1")), &entra), Err(Fault::Tenant));
        assert_eq!(person(of(None, Some("o-1")), &entra), Err(Fault::Tenant));
        assert_eq!(person(of(Some("t-1"), None), &entra), Err(Fault::Subject));
    }

    #[test]
    fn an_address_is_worth_something_only_where_it_is_verified() {
        let entra = Expected {
            tenant: "t-1",
            ..expected()
        };
        for (email_verified, domain_verified, has_tenants, kept) in [
            (true, false, false, true),
            (false, false, false, false),
            (false, true, false, false),
            (false, true, true, true),
            (false, false, true, false),
        ] {
            let told = Told {
                email_verified,
                domain_verified,
                tenant: Some("t-1".to_owned()),
                object: Some("o".to_owned()),
                ..told()
            };
            let expected = if has_tenants { &entra } else { &expected() };
            assert_eq!(person(told, expected).unwrap().email.is_some(), kept);
        }
        let odd = Told {
            email: Some("a@b@example.org".to_owned()),
            ..told()
        };
        assert_eq!(person(odd, &expected()).unwrap().email, None);
    }

    #[test]
    fn groups_are_read_wherever_providers_put_them() {
        let named = |names: &[&str]| Groups::Named(names.iter().map(|&name| name.to_owned()).collect());
        for (claims, claim, groups) in [
            (r#"{"groups": ["a", "b", 3]}"#, "groups", named(&["a", "b"])),
            (r#"{"groups": "a"}"#, "groups", named(&["a"])),
            (
                r#"{"realm_access": {"roles": ["a"]}}"#,
                "realm_access.roles",
                named(&["a"]),
            ),
            (
                r#"{"https://x.example/groups": ["a"]}"#,
                "https://x.example/groups",
                named(&["a"]),
            ),
            (r"{}", "groups", named(&[])),
            (r#"{"groups": null}"#, "groups", named(&[])),
            (
                r#"{"_claim_names": {"groups": "src1"}}"#,
                "groups",
                Groups::Untold,
            ),
            (r#"{"groups": 7}"#, "groups", Groups::Untold),
        ] {
            assert_eq!(
                groups_in(&serde_json::from_str(claims).unwrap(), claim),
                groups,
                "{claims}"
            );
        }
    }

    #[test]
    fn the_highest_group_decides() {
        let levels = |with_others: bool| {
            let mut all = vec![
                ("plan".to_owned(), Access::Manager),
                ("it".to_owned(), Access::Admin),
            ];
            if with_others {
                all.push(("*".to_owned(), Access::Viewer));
            }
            all
        };
        let groups = |names: &[&str]| Groups::Named(names.iter().map(|&name| name.to_owned()).collect());
        for (own, with_others, expected) in [
            (groups(&["plan"]), false, Level::Is(Access::Manager)),
            (groups(&["plan", "it"]), true, Level::Is(Access::Admin)),
            (groups(&["else"]), true, Level::Is(Access::Viewer)),
            (groups(&["else"]), false, Level::Outside),
            (groups(&["*"]), false, Level::Outside),
            (groups(&[]), false, Level::Outside),
            (Groups::Untold, false, Level::Stays),
        ] {
            assert_eq!(level(&own, &levels(with_others)), expected, "{own:?}");
        }
        assert_eq!(level(&groups(&["it"]), &[]), Level::Stays);
    }

    #[test]
    fn truth_is_written_in_several_ways() {
        for (text, truth) in [
            ("true", true),
            ("\"true\"", true),
            ("\"1\"", true),
            ("1", true),
            ("false", false),
            ("\"no\"", false),
            ("2", false),
            ("null", false),
        ] {
            assert_eq!(
                is_true(serde_json::from_str::<Value>(text).ok().as_ref()),
                truth,
                "{text}"
            );
        }
    }
}
