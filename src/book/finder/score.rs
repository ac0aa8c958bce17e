//! Why somebody fits, in points, and why somebody cannot.

use super::{Candidate, Fit, Wanted, fit};
use crate::book::Book;
use crate::book::capacity::Away;
use crate::book::plan::Person;
use crate::book::utilisation::PersonWeek;
use crate::units::Minutes;
use crate::units::ids::{DepartmentId, RoleId, SkillId};

/// A skill that is asked for, and how somebody does in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkillFit {
    /// Which.
    pub skill: SkillId,
    /// The level that is asked for, 1 to 3.
    pub wanted: u8,
    /// Theirs; none where they do not have it.
    pub own: Option<u8>,
}

/// Something that speaks for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// So much is free of so much that is asked for; none asked for: of what they can carry.
    Free {
        /// What is free.
        free: Minutes,
        /// What it is held against.
        of: Minutes,
        /// Whether that is what is asked for, and not their capacity.
        asked: bool,
    },
    /// The hours lie in their weeks just as they are asked for.
    AsAsked,
    /// The hours fit in sum.
    Spread,
    /// It is their role.
    OwnRole(RoleId),
    /// They have worked in that role on some assignment.
    RoleBefore(RoleId),
    /// They have the skill.
    Skill(SkillFit),
    /// They are in the department itself, or in that of the project.
    SameDepartment(DepartmentId),
    /// They are on the project already.
    OnProject,
    /// They are or were on another project of the same client.
    SameClient,
}

impl Reason {
    /// What it counts. Free hours weigh as much as all else together, so that nobody is found who has no time.
    #[must_use]
    pub fn points(&self) -> u32 {
        match self {
            Self::Free { free, of, .. } => {
                let part = u64::from(free.0.min(of.0)) * 50;
                part.checked_div(u64::from(of.0))
                    .and_then(|points| u32::try_from(points).ok())
                    .unwrap_or(0)
            }
            Self::AsAsked | Self::OnProject => 10,
            Self::Spread | Self::SameClient => 5,
            Self::OwnRole(_) => 20,
            Self::RoleBefore(_) => 12,
            Self::Skill(one) => match one.own {
                Some(own) if own >= one.wanted => 10 + 2 * u32::from(own - one.wanted),
                Some(_) => 4,
                None => 0,
            },
            Self::SameDepartment(_) => 8,
        }
    }
}

/// Why somebody cannot take what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// They are in another department, or in none.
    OtherDepartment,
    /// It is not their role, and they have never worked in it.
    OtherRole,
    /// They do not have a skill.
    LacksSkill(SkillId),
    /// They are not employed in any of the weeks.
    NotEmployed,
    /// They are away in all of the weeks in which they are employed.
    Away,
    /// Nothing is free.
    NothingFree,
    /// Less is free than is asked for, and that is not enough here.
    TooLittle,
}

impl Book {
    /// Weighs somebody whose weeks of the span are `weeks`.
    pub(super) fn weigh<'a>(
        &'a self,
        wanted: &Wanted,
        person: &'a Person,
        weeks: Vec<PersonWeek>,
    ) -> Candidate<'a> {
        let capacity = weeks.iter().map(|week| week.capacity).sum();
        let booked = weeks.iter().map(|week| week.booked).sum();
        let free = weeks.iter().map(PersonWeek::free).sum();
        let mut candidate = Candidate {
            person,
            capacity,
            booked,
            free,
            fit: fit(&wanted.ask, &weeks),
            skills: skills(wanted, person),
            reasons: Vec::new(),
            obstacle: None,
            weeks,
        };
        candidate.obstacle = self.obstacle(wanted, &candidate);
        candidate.reasons = self.reasons(wanted, &candidate);
        candidate
    }

    /// What stands in the way for good comes before what other weeks or fewer hours would mend.
    fn obstacle(&self, wanted: &Wanted, candidate: &Candidate<'_>) -> Option<Obstacle> {
        let person = candidate.person;
        if wanted
            .department
            .is_some_and(|id| !self.is_within(person.department, id))
        {
            return Some(Obstacle::OtherDepartment);
        }
        if wanted
            .role
            .is_some_and(|role| self.role_reason(person, role).is_none())
        {
            return Some(Obstacle::OtherRole);
        }
        if let Some(one) = candidate.skills.iter().find(|one| one.own.is_none()) {
            return Some(Obstacle::LacksSkill(one.skill));
        }
        match candidate.fit {
            Fit::AsAsked | Fit::Spread => None,
            Fit::Partly => (!wanted.partly).then_some(Obstacle::TooLittle),
            Fit::Nothing => Some(no_time(candidate)),
        }
    }

    fn reasons(&self, wanted: &Wanted, candidate: &Candidate<'_>) -> Vec<Reason> {
        let person = candidate.person;
        let asked = wanted.ask.total();
        let free = if wanted.ask.movable {
            candidate.free
        } else {
            let pairs = wanted.ask.shares.iter().zip(&candidate.weeks);
            pairs.map(|(share, week)| (*share).min(week.free())).sum()
        };
        let of = if asked.0 > 0 { asked } else { candidate.capacity };
        let mut reasons = vec![Reason::Free {
            free,
            of,
            asked: asked.0 > 0,
        }];
        match candidate.fit {
            Fit::AsAsked if asked.0 > 0 => reasons.push(Reason::AsAsked),
            Fit::Spread => reasons.push(Reason::Spread),
            Fit::AsAsked | Fit::Partly | Fit::Nothing => {}
        }
        reasons.extend(wanted.role.and_then(|role| self.role_reason(person, role)));
        let has = candidate.skills.iter().filter(|one| one.own.is_some());
        reasons.extend(has.map(|one| Reason::Skill(*one)));
        reasons.extend(self.department_reason(wanted, person));
        reasons.extend(self.project_reason(wanted, person));
        reasons
    }

    /// How somebody is in a role: by their own, or because they have worked in it.
    pub(super) fn role_reason(&self, person: &Person, role: RoleId) -> Option<Reason> {
        if person.role == Some(role) {
            return Some(Reason::OwnRole(role));
        }
        let mut own = self.plan.assignments_of_person(person.id);
        own.any(|one| one.role == Some(role))
            .then_some(Reason::RoleBefore(role))
    }

    fn department_reason(&self, wanted: &Wanted, person: &Person) -> Option<Reason> {
        let leads = wanted
            .project
            .and_then(|id| self.plan.project(id))
            .and_then(|project| project.department);
        person
            .department
            .filter(|own| [wanted.department, leads].contains(&Some(*own)))
            .map(Reason::SameDepartment)
    }

    fn project_reason(&self, wanted: &Wanted, person: &Person) -> Option<Reason> {
        let project = self.plan.project(wanted.project?)?;
        let mut own = self.plan.assignments_of_person(person.id);
        if own.clone().any(|one| one.project == project.id) {
            return Some(Reason::OnProject);
        }
        let client = project.client?;
        own.any(|one| {
            self.plan
                .project(one.project)
                .is_some_and(|other| other.client == Some(client))
        })
        .then_some(Reason::SameClient)
    }

    fn is_within(&self, own: Option<DepartmentId>, top: DepartmentId) -> bool {
        own.is_some_and(|own| {
            let below = self.plan.department_with_children(top);
            below.iter().any(|one| one.id == own)
        })
    }
}

fn skills(wanted: &Wanted, person: &Person) -> Vec<SkillFit> {
    let own = |skill: SkillId| {
        let found = person.skills.iter().find(|(id, _)| *id == skill);
        found.map(|(_, level)| *level)
    };
    wanted
        .skills
        .iter()
        .map(|(skill, level)| SkillFit {
            skill: *skill,
            wanted: *level,
            own: own(*skill),
        })
        .collect()
}

fn no_time(candidate: &Candidate<'_>) -> Obstacle {
    let weeks = &candidate.weeks;
    if weeks.iter().all(|week| week.away == Away::NotEmployed) {
        Obstacle::NotEmployed
    } else if weeks
        .iter()
        .all(|week| matches!(week.away, Away::NotEmployed | Away::AllWeek))
    {
        Obstacle::Away
    } else {
        Obstacle::NothingFree
    }
}
