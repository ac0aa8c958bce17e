//! Which addresses can be saved, and what of them still holds.

use std::collections::HashSet;

use crate::book::Plan;
use crate::units::fold;
use crate::units::ids::{
    AccountId, ClientId, DepartmentId, PersonId, ProjectId, RoleId, SkillId, StatusId, ViewId,
};
use crate::web::{Fields, Reader};

/// How many views one account may keep.
pub const MOST: usize = 100;
/// The longest name, in letters.
const LONGEST_NAME: usize = 80;
/// The longest query, in bytes.
const LONGEST_QUERY: usize = 2_000;

/// A page that can be saved, with the parameters that belong to it.
struct Page {
    path: &'static str,
    label: &'static str,
    parameters: &'static [&'static str],
}

/// What the pages of figures share.
const FIGURES: &[&str] = &[
    "q",
    "from",
    "weeks",
    "months",
    "department",
    "role",
    "skill",
    "client",
    "status",
    "person",
    "project",
    "view",
    "by",
    "kind",
    "show",
    "sort",
    "scope",
    "report",
    "unit",
    "tentative",
    "closed",
    "mine",
];

const PAGES: [Page; 8] = [
    Page {
        path: "/schedule",
        label: "Schedule",
        parameters: &[
            "view",
            "from",
            "weeks",
            "department",
            "client",
            "status",
            "role",
            "skill",
            "q",
            "open",
            "shut",
        ],
    },
    Page {
        path: "/people",
        label: "People",
        parameters: &["q", "department", "role", "skill", "show", "sort"],
    },
    Page {
        path: "/projects",
        label: "Projects",
        parameters: &["q", "status", "client", "department", "sort"],
    },
    Page {
        path: "/",
        label: "Overview",
        parameters: &["department", "weeks", "attention"],
    },
    Page {
        path: "/forecast",
        label: "Forecast",
        parameters: FIGURES,
    },
    Page {
        path: "/calendar",
        label: "Calendar",
        parameters: FIGURES,
    },
    Page {
        path: "/finder",
        label: "Who is free",
        parameters: FIGURES,
    },
    Page {
        path: "/reports",
        label: "Reports",
        parameters: FIGURES,
    },
];

/// A view as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its id.
    pub id: ViewId,
    /// Whose it is.
    pub account: AccountId,
    /// Their name.
    pub owner: String,
    /// What and how it shows.
    pub draft: ViewDraft,
}

impl std::ops::Deref for View {
    type Target = ViewDraft;

    fn deref(&self) -> &ViewDraft {
        &self.draft
    }
}

/// A view as somebody wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewDraft {
    /// How it is called.
    pub name: String,
    /// The path of its page.
    pub page: String,
    /// Its parameters, as an address writes them.
    pub query: String,
    /// Whether everybody sees it.
    pub shared: bool,
}

impl ViewDraft {
    /// The page's name as people read it.
    #[must_use]
    pub fn page_label(&self) -> &'static str {
        let page = PAGES.iter().find(|page| page.path == self.page);
        page.map_or("A page that is no more", |page| page.label)
    }

    /// The address that was saved.
    #[must_use]
    pub fn address(&self) -> String {
        join(&self.page, &self.query)
    }
}

/// The label of the page at an address, where it can be saved.
#[must_use]
pub fn page_of(address: &str) -> Option<&'static str> {
    let (page, _) = split(address)?;
    Some(page.label)
}

/// Reads a view; `own` are the names that its owner has given already, `may_share` whether they may share.
pub fn read_view(reader: &mut Reader<'_>, own: &[String], may_share: bool) -> ViewDraft {
    let name = reader.name("name");
    if name.chars().count() > LONGEST_NAME {
        reader.fault("name", format!("is too long; {LONGEST_NAME} characters at most"));
    }
    if own.iter().any(|other| fold(other) == fold(&name)) {
        reader.fault(
            "name",
            "is the name of another view of yours; choose one that tells them apart",
        );
    }
    if own.len() >= MOST {
        reader.fault(
            "name",
            format!("cannot be added: you keep {MOST} views already; remove one first"),
        );
    }
    let (page, query) = reader.parsed("address", read_address);
    let shared = reader.flag("shared");
    if shared && !may_share {
        reader.fault(
            "shared",
            "is for managers; save it for yourself, or ask one to share it",
        );
    }
    ViewDraft {
        name,
        page,
        query,
        shared,
    }
}

/// The page and the cleaned query of an address of ours: parameters that its page does not know are left out.
fn read_address(text: &str) -> Result<(String, String), &'static str> {
    let (page, query) = split(text.trim()).ok_or(
        "is not a page that can be saved; open the schedule, a list or a report and save it from there",
    )?;
    let sent = Fields::from_form(query.as_bytes());
    let kept = page
        .parameters
        .iter()
        .map(|name| (*name, sent.text(name).to_owned()));
    let query = written(kept);
    if query.len() > LONGEST_QUERY {
        return Err("is too long to be kept; close some rows or filters");
    }
    Ok((page.path.to_owned(), query))
}

/// The page at an address and its query. A server's name before it is not looked at: only the path is ever kept.
fn split(address: &str) -> Option<(&'static Page, &str)> {
    let address = address.split('#').next().unwrap_or_default();
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.get(rest.find('/')?..)?,
        None => address,
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let page = PAGES.iter().find(|page| page.path == path)?;
    Some((page, query))
}

fn join(page: &str, query: &str) -> String {
    if query.is_empty() {
        page.to_owned()
    } else {
        format!("{page}?{query}")
    }
}

fn written<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> String {
    let pairs: Vec<String> = pairs
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let value = percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
            format!("{name}={value}")
        })
        .collect();
    pairs.join("&")
}

/// Where a view leads today, and the words for what it named that is gone.
#[must_use]
pub fn opened(view: &ViewDraft, plan: &Plan) -> (String, Vec<&'static str>) {
    let fields = Fields::from_form(view.query.as_bytes());
    let mut gone: Vec<&'static str> = Vec::new();
    let mut kept: Vec<(&str, String)> = Vec::new();
    for name in fields.names() {
        let value = fields.text(name);
        match (named(name), value.parse::<i64>()) {
            // Rows that were open or shut are no loss; what is left of them stays.
            _ if name == "open" || name == "shut" => kept.push((name, value.to_owned())),
            (Some((word, is_there)), Ok(id)) if !is_there(plan, id) => gone.push(word),
            _ => kept.push((name, value.to_owned())),
        }
    }
    (join(&view.page, &written(kept.into_iter())), gone)
}

type IsThere = fn(&Plan, i64) -> bool;

/// What a parameter names, where it names something that can be deleted.
fn named(parameter: &str) -> Option<(&'static str, IsThere)> {
    Some(match parameter {
        "department" => ("department", |plan, id| {
            plan.department(DepartmentId(id)).is_some()
        }),
        "client" => ("client", |plan, id| {
            plan.clients.iter().any(|one| one.id == ClientId(id))
        }),
        "status" => ("status", |plan, id| plan.status(StatusId(id)).is_some()),
        "role" => ("role", |plan, id| {
            plan.roles.iter().any(|one| one.id == RoleId(id))
        }),
        "skill" => ("skill", |plan, id| {
            plan.skills.iter().any(|one| one.id == SkillId(id))
        }),
        "person" => ("person", |plan, id| plan.person(PersonId(id)).is_some()),
        "project" => ("project", |plan, id| plan.project(ProjectId(id)).is_some()),
        _ => return None,
    })
}

/// The views that somebody sees: their own, then those that others share, each by name.
#[must_use]
pub fn in_order(mut views: Vec<View>, account: AccountId) -> Vec<View> {
    let mut seen = HashSet::new();
    views.retain(|view| seen.insert(view.id));
    views.sort_by_cached_key(|view| (view.account != account, fold(&view.name)));
    views
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Department, Parts};

    fn draft(address: &str) -> Result<ViewDraft, String> {
        let mut fields = Fields::default();
        fields.add("name".to_owned(), "Mine".to_owned());
        fields.add("address".to_owned(), address.to_owned());
        let mut reader = Reader::new(&fields);
        let draft = read_view(&mut reader, &[], false);
        reader.finish(draft).map_err(|errors| errors[0].field.clone())
    }

    #[test]
    fn only_known_pages_and_their_parameters_are_kept() {
        for (address, kept) in [
            ("/schedule", "/schedule"),
            ("/schedule?weeks=26&done=9&x=1#a3", "/schedule?weeks=26"),
            (
                "https://plan.example.org/people?q=%3C30&sort=-load",
                "/people?q=%3C30&sort=%2Dload",
            ),
            ("/?department=3", "/?department=3"),
            ("/projects?status=open&page=4", "/projects?status=open"),
        ] {
            assert_eq!(draft(address).unwrap().address(), kept, "{address}");
        }
        for address in [
            "",
            "/accounts",
            "/settings/roles",
            "//evil.example/schedule",
            "javascript:alert(1)",
            "https://evil.example",
            "schedule",
            "/schedule/rows",
        ] {
            assert_eq!(draft(address), Err("address".to_owned()), "{address}");
        }
        let long = format!("/schedule?open={}", "1,".repeat(2_000));
        assert_eq!(draft(&long), Err("address".to_owned()));
    }

    #[test]
    fn what_a_view_named_and_is_gone_is_left_out_and_told() {
        let plan = Plan::new(Parts {
            departments: vec![Department {
                id: DepartmentId(1),
                name: "Digital".to_owned(),
                parent: None,
                depth: 0,
            }],
            ..Parts::default()
        });
        let view = |address: &str| opened(&draft(address).unwrap(), &plan);
        assert_eq!(
            view("/schedule?weeks=26&department=1"),
            ("/schedule?department=1&weeks=26".to_owned(), vec![])
        );
        assert_eq!(
            view("/schedule?weeks=26&department=7&role=2&open=4,5"),
            (
                "/schedule?open=4%2C5&weeks=26".to_owned(),
                vec!["department", "role"]
            )
        );
        assert_eq!(
            view("/projects?status=open"),
            ("/projects?status=open".to_owned(), vec![])
        );
    }

    #[test]
    fn a_name_tells_views_apart_and_sharing_is_for_managers() {
        let read = |name: &str, shared: &str, may_share: bool| {
            let mut fields = Fields::default();
            for (field, value) in [("name", name), ("address", "/people"), ("shared", shared)] {
                fields.add(field.to_owned(), value.to_owned());
            }
            let mut reader = Reader::new(&fields);
            let draft = read_view(&mut reader, &["Élan".to_owned()], may_share);
            let errors = reader.finish(draft).err().unwrap_or_default();
            errors.into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        assert_eq!(read("éLAN", "", false), ["name"]);
        assert_eq!(read("", "", false), ["name"]);
        assert_eq!(read(&"x".repeat(81), "", false), ["name"]);
        assert_eq!(read("Other", "on", false), ["shared"]);
        assert_eq!(read("Other", "on", true), Vec::<String>::new());
    }
}
