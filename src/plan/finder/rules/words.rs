//! How the finder's figures read. Pages and programs get the same words.

use crate::book::{Ask, Away, Candidate, Obstacle, PersonWeek, Plan, Reason};
use crate::people::SkillLevel;
use crate::units::{Minutes, Week};

/// Why somebody fits: `64 h free, 60 h needed`, `expert in Revit`, `already on the project`.
#[must_use]
pub fn reason_words(plan: &Plan, reason: &Reason) -> String {
    match reason {
        Reason::Free {
            free,
            of,
            asked: true,
        } => format!("{free} h free, {of} h needed"),
        Reason::Free {
            free,
            of,
            asked: false,
        } => format!("{free} h free of {of} h"),
        Reason::AsAsked => "fits week by week".to_owned(),
        Reason::Spread => "fits when spread unevenly".to_owned(),
        Reason::OwnRole(role) => plan.role_name(Some(*role)).to_owned(),
        Reason::RoleBefore(role) => format!("has worked as {}", plan.role_name(Some(*role))),
        Reason::Skill(one) => {
            let name = plan.skill_name(one.skill);
            let label = |level: u8| SkillLevel::from_number(level).label();
            match one.own {
                Some(own) if own < one.wanted => {
                    format!("{} in {name}, asked for {}", label(own), label(one.wanted))
                }
                Some(own) => format!("{} in {name}", label(own)),
                None => format!("no {name}"),
            }
        }
        Reason::SameDepartment(_) => "same department".to_owned(),
        Reason::OnProject => "already on the project".to_owned(),
        Reason::SameClient => "knows the client".to_owned(),
    }
}

/// Why somebody cannot.
#[must_use]
pub fn obstacle_words(plan: &Plan, candidate: &Candidate<'_>, obstacle: Obstacle, ask: &Ask) -> String {
    match obstacle {
        Obstacle::OtherDepartment => candidate
            .person
            .department
            .and_then(|id| plan.department(id))
            .map_or_else(|| "in no department".to_owned(), |one| format!("in {}", one.name)),
        Obstacle::OtherRole => match plan.role_name(candidate.person.role) {
            "" => "has no role".to_owned(),
            role => role.to_owned(),
        },
        Obstacle::LacksSkill(skill) => format!("no {}", plan.skill_name(skill)),
        Obstacle::NotEmployed => {
            let begins = ask.from.first_day(plan.organisation.week_start);
            match (candidate.person.start, candidate.person.last) {
                (_, Some(last)) if last < begins => format!("left on {}", last.long()),
                (Some(start), _) => format!("starts on {}", start.long()),
                _ => "not employed then".to_owned(),
            }
        }
        Obstacle::Away => "away all the time".to_owned(),
        Obstacle::NothingFree => format!("{} of {} h booked", candidate.booked, candidate.capacity),
        Obstacle::TooLittle => format!("{} h free, {} h needed", candidate.free, ask.total()),
    }
}

/// One week for a title: `16 of 36 h booked, 20 h free`.
#[must_use]
pub fn week_words(week: &PersonWeek) -> String {
    match week.away {
        Away::NotEmployed => "not employed".to_owned(),
        Away::AllWeek if week.booked.0 == 0 => "away".to_owned(),
        Away::No | Away::AllWeek | Away::Partly => {
            let why = if week.away == Away::No {
                ""
            } else {
                ", away in part"
            };
            format!(
                "{} of {} h booked, {} h free{why}",
                week.booked,
                week.capacity,
                week.free()
            )
        }
    }
}

/// What is left of a week once `typed` is booked on top: `12 h left`, or `8 h over` what it holds.
#[must_use]
pub fn room_words(week: &PersonWeek, typed: Minutes) -> (String, bool) {
    let load = week.booked + typed;
    if load > week.capacity {
        (format!("{} h over", load.less(week.capacity)), true)
    } else {
        (format!("{} h left", week.capacity.less(load)), false)
    }
}

/// The first day of a week, short.
#[must_use]
pub fn day(plan: &Plan, week: Week) -> String {
    week.first_day(plan.organisation.week_start).short()
}
