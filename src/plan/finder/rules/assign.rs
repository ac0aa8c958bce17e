//! An assignment made from the finder: who, where, as what, the hours of each week, and what was seen of them.

use crate::book::{Book, PersonWeek};
use crate::plan::rules::{read_assignment, refused_person_week};
use crate::units::ids::{AssignmentId, PersonId, ProjectId, RoleId};
use crate::units::{Day, Minutes, Week};
use crate::web::Reader;

/// What somebody saw of a week while they typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What the person had booked.
    pub booked: Minutes,
    /// What they could carry.
    pub capacity: Minutes,
    /// What the open place held.
    pub place: Minutes,
}

impl Seen {
    /// As a hidden field carries it: minutes, apart by strokes.
    #[must_use]
    pub fn text(self) -> String {
        format!("{}/{}/{}", self.booked.0, self.capacity.0, self.place.0)
    }

    /// Reads what `text` writes.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('/').map(|part| part.parse().ok().map(Minutes));
        Some(Self {
            booked: parts.next()??,
            capacity: parts.next()??,
            place: parts.next()??,
        })
    }
}

/// One week as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekDraft {
    /// Which.
    pub week: Week,
    /// The hours.
    pub minutes: Minutes,
    /// What was seen; none where the writer does not say.
    pub seen: Option<Seen>,
}

/// An assignment as somebody wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Who.
    pub person: PersonId,
    /// The open place that they take over, if it is one.
    pub place: Option<AssignmentId>,
    /// On what.
    pub project: ProjectId,
    /// As what; none for their own role.
    pub role: Option<RoleId>,
    /// A remark.
    pub note: String,
    /// The hours.
    pub weeks: Vec<WeekDraft>,
}

impl Draft {
    /// Reads the form. Every fault is noted; nothing where what it hangs on is missing.
    pub fn read(reader: &mut Reader<'_>, book: &Book) -> Option<Self> {
        let place: Option<AssignmentId> = reader.id("place");
        let taken = place.and_then(|id| book.plan.assignment(id));
        if place.is_some() && taken.is_none() {
            reader.fault("place", "is no longer there; look for another one");
        }
        let (project, person, role, note) = read_assignment(reader, &book.plan);
        if person.is_none() {
            reader.fault("person", "choose one of the people");
        }
        let project = taken.map(|one| one.project).or(project);
        if project.is_none() && !reader.fields().has("project") {
            reader.fault("project", "choose one of the projects");
        }
        let weeks = read_weeks(reader, book, person);
        if place.is_none() && weeks.iter().all(|week| week.minutes.0 == 0) {
            reader.fault("hours", "give at least one week some hours");
        }
        if let (Some(place), Some(person)) = (taken, person.and_then(|id| book.plan.person(id))) {
            let stays = |week: &Week| !weeks.iter().any(|draft| draft.week == *week);
            let booked = book.hours().booked(place.id).map(|(week, _)| week).filter(stays);
            let outside = booked
                .filter(|week| !book.plan.is_employed(person, *week))
                .count();
            if outside > 0 {
                reader.fault(
                    "place",
                    format!(
                        "has hours in {outside} other weeks in which {} is not employed; clear those first",
                        person.name
                    ),
                );
            }
        }
        Some(Self {
            person: person?,
            place: taken.map(|one| one.id),
            project: project?,
            role,
            note,
            weeks,
        })
    }
}

/// The fields `week-2026-11-16`, each with its `seen-2026-11-16`.
fn read_weeks(reader: &mut Reader<'_>, book: &Book, person: Option<PersonId>) -> Vec<WeekDraft> {
    let fields = reader.fields();
    let person = person.and_then(|id| book.plan.person(id));
    let mut weeks: Vec<WeekDraft> = Vec::new();
    for name in fields.names().filter(|name| name.starts_with("week-")) {
        let text = name.trim_start_matches("week-");
        let Ok(day) = text.parse::<Day>() else {
            reader.fault(name, "names no week");
            continue;
        };
        let week = book.plan.week_of(day);
        let minutes = reader.hours(name, Minutes::WEEK).unwrap_or_default();
        let refused = person.filter(|_| minutes.0 > 0);
        if let Some(reason) = refused.and_then(|person| refused_person_week(&book.plan, person, week)) {
            reader.fault(name, reason);
        }
        if weeks.iter().any(|other| other.week == week) {
            reader.fault(name, "stands here twice");
        }
        weeks.push(WeekDraft {
            week,
            minutes,
            seen: Seen::read(fields.text(&format!("seen-{text}"))),
        });
    }
    weeks.sort_by_key(|week| week.week);
    weeks
}

/// Something that is no longer as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// In which week.
    pub week: Week,
    /// What has changed, and from what to what.
    pub text: String,
}

impl WeekDraft {
    /// What has changed since the week was seen, where anything has.
    #[must_use]
    pub fn moved(&self, name: &str, now: &PersonWeek, place: Minutes) -> Option<Moved> {
        let seen = self.seen?;
        let mut parts = Vec::new();
        if seen.booked != now.booked {
            parts.push(format!(
                "{name} has {} h booked now, not {} h as you saw it",
                now.booked, seen.booked
            ));
        }
        if seen.capacity != now.capacity {
            parts.push(format!(
                "{name} can carry {} h now, not {} h as you saw it",
                now.capacity, seen.capacity
            ));
        }
        if seen.place != place {
            parts.push(format!(
                "the open place holds {place} h now, not {} h as you saw it",
                seen.place
            ));
        }
        (!parts.is_empty()).then(|| Moved {
            week: self.week,
            text: parts.join("; "),
        })
    }
}
