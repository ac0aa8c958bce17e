//! What recorded changes touch, read in the transaction that made them; and whom to ask about what is refused.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::rules::{Facts, Held, Outside, Touch, first_outside};
use crate::accounts::{self, Reach, Standing};
use crate::book::Department;
use crate::db::{self, Change, DbError, Entity, Gesture, Image, RowKey, Tx, Value};
use crate::people::{self, TimeOffStatus};
use crate::plan::estimates::{STORY_HOURS, TEAM_PACE, TEAM_SIZE};
use crate::plan::store::{ASSIGNMENT, BOOKING, DELIVERABLE};

use crate::units::ids::{AccountId, AssignmentId, DeliverableId, DepartmentId, PersonId, ProjectId};
use crate::{files, projects};

/// Refuses a write of which some row lies outside the reach of who made it, as it is kept at this moment: a level or a
/// department that was taken away while the request was on its way counts already.
pub fn judge(tx: &Tx<'_>, gesture: &Gesture, changes: &[Change]) -> Result<(), DbError> {
    let Some(account) = gesture.actor.account else {
        // Ballast itself, or somebody at its command line, who holds the file.
        return Ok(());
    };
    let standing = accounts::standing(tx, account)?;
    if standing.as_ref().is_some_and(Standing::is_unlimited) {
        return Ok(());
    }
    let all = people::departments(tx)?;
    let reach = standing.map_or(Reach::Nothing, |standing| standing.reach(&all));
    let mut touched: BTreeSet<Touch> = changes.iter().flat_map(touched).collect();
    for change in changes.iter().filter(|change| change.is_of(&files::ATTACHMENT)) {
        for image in change.images() {
            touched.insert(whose_file(tx, changes, image)?);
        }
    }
    if !their_names(tx, account, changes)? {
        touched.insert(Touch::Shared);
    }
    let facts = facts(tx, changes, &touched)?;
    match first_outside(&reach, &facts, touched) {
        None => Ok(()),
        Some(outside) => Err(DbError::Forbidden(words(tx, &all, &facts, outside)?)),
    }
}

/// Why something is refused, for somebody who has not written anything yet.
pub fn refusal(tx: &Tx<'_>, outside: Outside) -> Result<String, DbError> {
    let touch = match outside {
        Outside::Person(id) => Some(Touch::Person(id)),
        Outside::Project(id) => Some(Touch::Project(id)),
        Outside::Team(_) | Outside::Department(_) | Outside::Shared => None,
    };
    let facts = facts(tx, &[], &touch.into_iter().collect())?;
    words(tx, &people::departments(tx)?, &facts, outside)
}

/// Whether every client, role and skill that goes is one that they had made themselves.
fn their_names(tx: &Tx<'_>, account: AccountId, changes: &[Change]) -> Result<bool, DbError> {
    for change in changes
        .iter()
        .filter(|change| is_name(change) && change.after.is_none())
    {
        if db::maker(tx, change.entity, change.key)? != Some(account) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_name(change: &Change) -> bool {
    let all: [&'static Entity; 3] = [&people::ROLE, &people::SKILL, &projects::CLIENT];
    all.iter().any(|entity| change.is_of(entity))
}

/// What a recorded change is about.
fn touched(change: &Change) -> Vec<Touch> {
    let is_one_of = |all: &[&'static Entity]| all.iter().any(|entity| change.is_of(entity));
    let comes_or_goes = change.before.is_none() || change.after.is_none();
    if is_one_of(&[&people::PERSON, &people::PERSON_SKILL, &people::WORK_WEEK]) {
        vec![Touch::Person(PersonId(change.key.id))]
    } else if change.is_of(&people::TIME_OFF) {
        leave(change)
    } else if change.is_of(&projects::PROJECT) {
        vec![Touch::Project(ProjectId(change.key.id))]
    } else if change.is_of(&DELIVERABLE) {
        change.ids("project_id").map(Touch::Project).collect()
    } else if change.is_of(&ASSIGNMENT) {
        vec![Touch::Assignment(AssignmentId(change.key.id))]
    } else if change.is_of(&BOOKING) || change.is_of(&STORY_HOURS) {
        vec![Touch::Hours(AssignmentId(change.key.id))]
    } else if is_one_of(&[&TEAM_PACE, &TEAM_SIZE]) {
        change.ids("department_id").map(Touch::Team).collect()
    } else if change.is_of(&people::DEPARTMENT) && comes_or_goes {
        change
            .images()
            .map(|image| Touch::NewDepartment(image.id(&people::DEPARTMENT, "parent_id")))
            .collect()
    } else if is_name(change) && comes_or_goes {
        vec![Touch::NewName]
    } else if change.is_of(&files::ATTACHMENT) {
        // Whose a file of a deliverable is stands in another row.
        Vec::new()
    } else if matches!(change.entity.topic, "accounts" | "feeds" | "views") {
        vec![Touch::Elsewhere]
    } else {
        // Settings, templates, and whatever a later feature records without saying here whose it is.
        vec![Touch::Shared]
    }
}

/// A file belongs to what it was put to. A deliverable that goes in the same write takes its files along.
fn whose_file(tx: &Tx<'_>, changes: &[Change], image: &Image) -> Result<Touch, DbError> {
    if let Some(project) = image.id(&files::ATTACHMENT, "project_id") {
        return Ok(Touch::Project(project));
    }
    if let Some(person) = image.id(&files::ATTACHMENT, "person_id") {
        return Ok(Touch::Person(person));
    }
    let Some(DeliverableId(deliverable)) = image.id(&files::ATTACHMENT, "deliverable_id") else {
        return Ok(Touch::Shared);
    };
    let there = tx.image(&DELIVERABLE, RowKey::id(deliverable))?;
    let gone = || {
        let mut all = changes.iter();
        let own = all.find(|one| one.is_of(&DELIVERABLE) && one.key.id == deliverable);
        own.and_then(|one| one.before.clone())
    };
    let project = there
        .or_else(gone)
        .and_then(|row| row.id(&DELIVERABLE, "project_id"));
    Ok(project.map_or(Touch::Shared, Touch::Project))
}

fn leave(change: &Change) -> Vec<Touch> {
    let asking = change.images().all(|image| {
        let status = image.get(&people::TIME_OFF, "status").and_then(Value::as_text);
        let status = status.and_then(TimeOffStatus::parse);
        matches!(status, Some(TimeOffStatus::Requested | TimeOffStatus::Withdrawn))
    });
    let people = change.ids("person_id");
    people.map(|person| Touch::Leave { person, asking }).collect()
}

/// What the rules need to know of everything that was touched.
fn facts(tx: &Tx<'_>, changes: &[Change], touched: &BTreeSet<Touch>) -> Result<Facts, DbError> {
    let mut facts = Facts::default();
    for change in changes {
        if change.is_of(&people::PERSON) {
            for image in change.images() {
                note(
                    &mut facts.people,
                    PersonId(change.key.id),
                    department(image, &people::PERSON),
                );
            }
        } else if change.is_of(&projects::PROJECT) {
            let id = ProjectId(change.key.id);
            for image in change.images() {
                note(&mut facts.projects, id, department(image, &projects::PROJECT));
            }
            if change.before.is_none() || change.after.is_none() {
                facts.whole.insert(id);
            }
        } else if change.is_of(&ASSIGNMENT) {
            know_change(tx, &mut facts, change)?;
        } else if change.is_of(&DELIVERABLE) {
            let due = |image: &Option<Image>| Some(image.as_ref()?.get(&DELIVERABLE, "due_day")?.as_int());
            if due(&change.before) != due(&change.after) {
                facts.moved.extend(change.ids::<ProjectId>("project_id"));
            }
        }
    }
    for touch in touched {
        match *touch {
            Touch::Person(id) | Touch::Leave { person: id, .. } => know_person(tx, &mut facts, id)?,
            Touch::Project(id) => know_project(tx, &mut facts, id)?,
            Touch::Assignment(id) | Touch::Hours(id) => know_place(tx, &mut facts, id)?,
            Touch::Team(_) | Touch::NewDepartment(_) | Touch::NewName | Touch::Shared | Touch::Elsewhere => {}
        }
    }
    Ok(facts)
}

fn note<K: Eq + Hash, V>(all: &mut HashMap<K, Vec<V>>, key: K, value: V) {
    all.entry(key).or_default().push(value);
}

fn department(image: &Image, entity: &Entity) -> Option<DepartmentId> {
    image.id(entity, "department_id")
}

fn held(image: &Image) -> Option<Held> {
    Some(Held {
        project: image.id(&ASSIGNMENT, "project_id")?,
        person: image.id(&ASSIGNMENT, "person_id"),
        terms: (
            image.id(&ASSIGNMENT, "role_id"),
            image
                .get(&ASSIGNMENT, "note")
                .and_then(Value::as_text)
                .unwrap_or_default()
                .to_owned(),
        ),
    })
}

/// A place that changes: as it was, as it is, and as it was when it was open.
fn know_change(tx: &Tx<'_>, facts: &mut Facts, change: &Change) -> Result<(), DbError> {
    let id = AssignmentId(change.key.id);
    for held in change.images().filter_map(held) {
        note(&mut facts.places, id, held);
    }
    if change.before.is_some() && change.after.is_none() {
        facts.gone.insert(id);
    }
    let earlier = db::earlier_images(tx, &ASSIGNMENT, change.key)?;
    let open = earlier.iter().filter_map(held).find(|one| one.person.is_none());
    if let Some(open) = open {
        facts.once_open.insert(id, open.terms);
    }
    Ok(())
}

fn know_person(tx: &Tx<'_>, facts: &mut Facts, id: PersonId) -> Result<(), DbError> {
    if !facts.people.contains_key(&id)
        && let Some(image) = tx.image(&people::PERSON, RowKey::id(id.0))?
    {
        note(&mut facts.people, id, department(&image, &people::PERSON));
    }
    Ok(())
}

fn know_project(tx: &Tx<'_>, facts: &mut Facts, id: ProjectId) -> Result<(), DbError> {
    if !facts.projects.contains_key(&id)
        && let Some(image) = tx.image(&projects::PROJECT, RowKey::id(id.0))?
    {
        note(&mut facts.projects, id, department(&image, &projects::PROJECT));
    }
    Ok(())
}

fn know_place(tx: &Tx<'_>, facts: &mut Facts, id: AssignmentId) -> Result<(), DbError> {
    if !facts.places.contains_key(&id)
        && let Some(image) = tx.image(&ASSIGNMENT, RowKey::id(id.0))?
        && let Some(held) = held(&image)
    {
        note(&mut facts.places, id, held);
    }
    for held in facts.places.get(&id).cloned().unwrap_or_default() {
        know_project(tx, facts, held.project)?;
        if let Some(person) = held.person {
            know_person(tx, facts, person)?;
        }
    }
    Ok(())
}

/// What lies outside, and whom to ask.
fn words(tx: &Tx<'_>, all: &[Department], facts: &Facts, outside: Outside) -> Result<String, DbError> {
    let (name, departments) = match outside {
        Outside::Person(id) => (name_of(tx, &people::PERSON, id.0)?, facts.people.get(&id)),
        Outside::Project(id) => (name_of(tx, &projects::PROJECT, id.0)?, facts.projects.get(&id)),
        Outside::Team(id) => {
            let team = all.iter().find(|one| one.id == id);
            let team = team.map_or("That team", |team| team.name.as_str());
            let ask = whom_to_ask(tx, all, Some(id))?;
            return Ok(format!(
                "What a point takes {team} is for its managers to say. Nothing was changed; ask {ask}."
            ));
        }
        Outside::Department(above) => {
            let ask = whom_to_ask(tx, all, above)?;
            return Ok(format!(
                "You add departments below those that you manage. For others ask {ask}."
            ));
        }
        Outside::Shared => {
            let ask = whom_to_ask(tx, all, None)?;
            return Ok(format!(
                "All departments share this, and you manage some of them. Ask {ask}."
            ));
        }
    };
    let departments = departments.map(Vec::as_slice).unwrap_or_default();
    let path = |id: Option<DepartmentId>| match all.iter().find(|one| Some(one.id) == id) {
        Some(department) => department.name.as_str(),
        None => "no department",
    };
    let (first, last) = (
        departments.first().copied().flatten(),
        departments.last().copied().flatten(),
    );
    let ask = whom_to_ask(tx, all, last)?;
    Ok(if first == last {
        format!(
            "{name} belongs to {}, which you do not manage. Nothing was changed; ask {ask}.",
            path(last)
        )
    } else {
        format!(
            "{name} would move from {} to {}, and you do not manage both. Nothing was changed; ask {ask}.",
            path(first),
            path(last)
        )
    })
}

fn name_of(tx: &Tx<'_>, entity: &'static Entity, id: i64) -> Result<String, DbError> {
    let image = tx.image(entity, RowKey::id(id))?;
    let name = image
        .as_ref()
        .and_then(|image| image.get(entity, "name"))
        .and_then(Value::as_text);
    Ok(name.map_or_else(|| "This".to_owned(), str::to_owned))
}

/// How many names are told.
const TOLD: usize = 3;

/// Who manages a department or one above it; failing them who manages everything; failing them an administrator.
fn whom_to_ask(tx: &Tx<'_>, all: &[Department], department: Option<DepartmentId>) -> Result<String, DbError> {
    let managers = accounts::managers_by_department(tx)?;
    let mut chain = Vec::new();
    let mut next = department;
    while let Some(id) = next.filter(|id| !chain.contains(id)) {
        chain.push(id);
        next = all.iter().find(|one| one.id == id).and_then(|one| one.parent);
    }
    let listed = |wanted: &dyn Fn(Option<DepartmentId>) -> bool| {
        let found = managers.iter().filter(|(_, own)| wanted(*own));
        let mut names: Vec<&str> = found.map(|(name, _)| name.as_str()).collect();
        names.dedup();
        names.truncate(TOLD);
        names.join(" or ")
    };
    let of_department = listed(&|own| own.is_some_and(|own| chain.contains(&own)));
    let of_everything = listed(&|own| own.is_none());
    Ok(match (of_department.as_str(), of_everything.as_str()) {
        ("", "") => "an administrator".to_owned(),
        ("", who) | (who, _) => format!("{who}, or an administrator"),
    })
}
