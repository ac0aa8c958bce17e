//! The one table of who may ask what, written down a second time: a line of the program that changes by mistake is seen.

use ballast::routes;

/// Who may ask a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Anybody.
    Anybody,
    /// Everybody who is signed in.
    Viewer,
    /// Who takes part: members, managers, administrators.
    Member,
    /// Every manager, whatever they manage.
    Manager,
    /// Managers of the department that the subject belongs to, and of everything.
    Department,
    /// Managers of everything.
    Everything,
    /// Administrators.
    Admin,
    /// Administrators who have proven at their own door that it is them.
    Administration,
    /// Whoever is in the poker room: everybody of the crawl who is signed in, and its guest.
    Room,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Nobody,
    /// Has no account, and sits in the one poker room.
    Guest,
    Viewer,
    Member,
    /// Manages a department that nothing asked for belongs to.
    OtherManager,
    /// Manages the department that everything asked for belongs to.
    OwnManager,
    Manager,
    Admin,
}

impl Class {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "anybody" => Self::Anybody,
            "viewer" => Self::Viewer,
            "member" => Self::Member,
            "manager" => Self::Manager,
            "department" => Self::Department,
            "everything" => Self::Everything,
            "admin" => Self::Admin,
            "administration" => Self::Administration,
            "room" => Self::Room,
            _ => return None,
        })
    }

    /// Whether `who` is let in.
    pub fn lets_in(self, who: Who) -> bool {
        match self {
            Self::Anybody => true,
            Self::Room => who != Who::Nobody,
            Self::Viewer => !matches!(who, Who::Nobody | Who::Guest),
            Self::Member => !matches!(who, Who::Nobody | Who::Guest | Who::Viewer),
            Self::Manager => matches!(
                who,
                Who::OtherManager | Who::OwnManager | Who::Manager | Who::Admin
            ),
            Self::Department => matches!(who, Who::OwnManager | Who::Manager | Who::Admin),
            Self::Everything => matches!(who, Who::Manager | Who::Admin),
            Self::Admin | Self::Administration => who == Who::Admin,
        }
    }
}

/// One line: method, path, class.
pub type Line = (&'static str, &'static str, Class);

/// The table, in the order of the file.
pub fn lines() -> Vec<Line> {
    include_str!("access.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [method, path, class] = words.as_slice() else {
                panic!("{line}: a line is a method, a path and a class");
            };
            let class = Class::parse(class).unwrap_or_else(|| panic!("{line}: no such class"));
            (*method, *path, class)
        })
        .collect()
}

/// What a route of the program says of itself, for a line that is missing.
fn said(who: routes::Who) -> String {
    match who {
        routes::Who::Anybody => "anybody".to_owned(),
        routes::Who::AtLeast(access) => access.as_str().to_owned(),
        routes::Who::Administration => "administration".to_owned(),
        routes::Who::Room => "room".to_owned(),
    }
}

#[test]
fn the_table_and_the_program_have_the_same_routes() {
    let lines = lines();
    let missing: Vec<String> = routes::table()
        .iter()
        .filter(|route| {
            !lines
                .iter()
                .any(|(method, path, _)| *method == route.method.as_str() && *path == route.path)
        })
        .map(|route| format!("{:<7}{} {}", route.method.as_str(), route.path, said(route.who)))
        .collect();
    assert!(
        missing.is_empty(),
        "tests/security/access.txt does not say who may ask these:\n{}",
        missing.join("\n")
    );
    let all = routes::table();
    let gone: Vec<&Line> = lines
        .iter()
        .filter(|(method, path, _)| {
            !all.iter()
                .any(|route| *method == route.method.as_str() && *path == route.path)
        })
        .collect();
    assert!(
        gone.is_empty(),
        "these are in the table and not in the program: {gone:?}"
    );
}
