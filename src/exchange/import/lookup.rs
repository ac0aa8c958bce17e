//! Names to what they name, as people write them: without regard to case, spaces or the encoding of accents.

use std::collections::HashMap;

use super::steps::Ref;
use crate::book::Plan;
use crate::people::MOST_DEPARTMENT_LEVELS;
use crate::units::ids::DepartmentId;
use crate::units::{Name, fold};

/// Named things of one kind: those of the plan, and those that the file adds.
pub(super) struct Names<T> {
    known: HashMap<String, Ref<T>>,
    shown: HashMap<String, String>,
    added: Vec<String>,
}

impl<T: Copy> Names<T> {
    pub(super) fn of<'a>(all: impl Iterator<Item = (T, &'a str)>) -> Self {
        let mut names = Self {
            known: HashMap::new(),
            shown: HashMap::new(),
            added: Vec::new(),
        };
        for (id, name) in all {
            names.known.entry(fold(name)).or_insert(Ref::Known(id));
            names.shown.entry(fold(name)).or_insert_with(|| name.to_owned());
        }
        names
    }

    /// What `name` names, made where nothing does.
    pub(super) fn find_or_add(&mut self, name: &str) -> Ref<T> {
        let next = self.added.len();
        let key = fold(name);
        if let Some(found) = self.known.get(&key) {
            return *found;
        }
        self.added.push(name.to_owned());
        self.shown.insert(key.clone(), name.to_owned());
        self.known.insert(key, Ref::New(next));
        Ref::New(next)
    }

    /// The name as the plan writes it, or as the file does where the plan does not know it.
    pub(super) fn shown(&self, name: &str) -> String {
        self.shown
            .get(&fold(name))
            .cloned()
            .unwrap_or_else(|| name.to_owned())
    }

    pub(super) fn added(&self) -> &[String] {
        &self.added
    }

    pub(super) fn into_added(self) -> Vec<String> {
        self.added
    }
}

/// The tree of departments with what the file adds to it.
pub(super) struct Departments {
    /// By the folded names from the top down.
    by_path: HashMap<Vec<String>, Ref<DepartmentId>>,
    /// The paths of those that are there.
    paths: Vec<(Vec<String>, DepartmentId)>,
    added: Vec<(String, Option<Ref<DepartmentId>>)>,
    added_paths: Vec<String>,
}

impl Departments {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut paths: Vec<(Vec<String>, DepartmentId)> = Vec::new();
        let mut above: Vec<String> = Vec::new();
        for department in &plan.departments {
            // They stand in the order of the tree, so the names above are those of the last ones passed.
            above.truncate(department.depth);
            above.push(fold(&department.name));
            paths.push((above.clone(), department.id));
        }
        let mut by_path = HashMap::new();
        for (path, id) in &paths {
            by_path.entry(path.clone()).or_insert(Ref::Known(*id));
        }
        Self {
            by_path,
            paths,
            added: Vec::new(),
            added_paths: Vec::new(),
        }
    }

    /// The department itself where it is there already, else the nearest above it that is.
    pub(super) fn standing(&self, mut one: Ref<DepartmentId>) -> Option<DepartmentId> {
        // Those above come first, so this ends.
        loop {
            match one {
                Ref::Known(id) => return Some(id),
                Ref::New(index) => one = self.added.get(index)?.1?,
            }
        }
    }

    /// The department of a path from the top; else the only one whose path ends so; else a new one.
    pub(super) fn find_or_add(&mut self, names: &[Name]) -> Result<Ref<DepartmentId>, String> {
        let path: Vec<String> = names.iter().map(|name| fold(name.as_str())).collect();
        if let Some(found) = self.by_path.get(&path) {
            return Ok(*found);
        }
        let mut ending = self.paths.iter().filter(|(known, _)| known.ends_with(&path));
        if let (Some((_, only)), None) = (ending.next(), ending.next()) {
            return Ok(Ref::Known(*only));
        }
        if path.len() > MOST_DEPARTMENT_LEVELS {
            return Err(format!(
                "departments go {MOST_DEPARTMENT_LEVELS} levels deep at most"
            ));
        }
        let mut above = None;
        for (depth, name) in names.iter().enumerate() {
            let key = path.get(..=depth).unwrap_or_default().to_vec();
            let next = self.added.len();
            let found = *self.by_path.entry(key).or_insert_with(|| {
                self.added.push((name.as_str().to_owned(), above));
                let whole: Vec<&str> = names.iter().take(depth + 1).map(Name::as_str).collect();
                self.added_paths.push(whole.join(" / "));
                Ref::New(next)
            });
            above = Some(found);
        }
        above.ok_or_else(|| "must not be empty".to_owned())
    }

    pub(super) fn added_paths(&self) -> Vec<String> {
        self.added_paths.clone()
    }

    pub(super) fn into_added(self) -> Vec<(String, Option<Ref<DepartmentId>>)> {
        self.added
    }
}

/// Says which known name somebody may have meant.
#[derive(Default)]
pub(super) struct Nearest {
    asked: usize,
}

impl Nearest {
    /// After so many questions the file is about something else, and comparing everything takes long.
    const MOST: usize = 50;

    /// `; did you mean “Farid Berg”?` where a known name is close to `name`, else nothing.
    pub(super) fn hint<'a>(&mut self, name: &str, known: impl Iterator<Item = &'a str>) -> String {
        self.asked += 1;
        if self.asked > Self::MOST {
            return String::new();
        }
        let wanted = fold(name);
        let most = (wanted.chars().count() / 4).clamp(1, 4);
        // A number with another digit is another number, not a slip of the same.
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let own = digits(&wanted);
        known
            .filter(|known| digits(known) == own)
            .map(|known| (strsim::damerau_levenshtein(&wanted, &fold(known)), known))
            .filter(|(distance, _)| *distance <= most)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, known)| format!("; did you mean “{known}”?"))
            .unwrap_or_default()
    }
}
