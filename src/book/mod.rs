//! The plan in memory, and every aggregate over it. Pure: it knows units and nothing else.
//!
//! A [`Book`] is an immutable snapshot. `plan` builds it once from the database and makes the next one from each
//! commit; readers keep the one they took for as long as they need it.

mod anew;
mod away;
mod bands;
mod calendar;
mod capacity;
mod demand;
mod filter;
mod finder;
mod forecast;
mod hours;
mod indexed;
mod leave;
mod loads;
mod overload;
mod overview;
mod places;
mod plan;
mod project;
mod query;
mod report;
mod revisions;
mod rows;
mod utilisation;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::units::ids::AssignmentId;
use crate::units::{Minutes, Week};

pub use anew::Anew;
pub use away::AwaySpan;
pub use bands::{BandUnit, Bands, Load, percent};
pub use calendar::{Calendar, CalendarScope, Delivery, FreeDay};
pub use capacity::{Absence, Away, WorkWeek};
pub use demand::{DepartmentLoad, WeekDemand, total};
pub use filter::Filter;
pub use finder::{
    Ask, Candidate, Fit, Found, Obstacle, Place, PlaceFits, Reason, SkillFit, Wanted, proposal,
};
pub use forecast::{
    Balance, DetailPart, DetailPerson, Forecast, ForecastDetail, ForecastWeek, Group, GroupForecast,
    Grouping, Outlook, balance,
};
pub use hours::Hours;
pub use indexed::Plan;
pub use leave::{LeaveWeek, OverRow};
pub use overload::Overload;
pub use overview::{Attention, Due, OpenPlace, Overloaded, Overview, SOON_WEEKS, Scope};
pub use plan::{
    Assignment, Client, CountsAs, Deliverable, Department, Organisation, Parts, Person, Project, Role, Skill,
    Status,
};
pub use project::{LeadIn, ProjectFigures};
pub use query::{Clause, Measure, SearchQuery, Searched};
pub use report::{
    Balances, Dimension, Figures, PersonBalance, Query, Report, ReportRow, Slice, Slices, Subject,
};
pub use rows::Rows;
pub use utilisation::PersonWeek;

use loads::Loads;
use revisions::Revisions;

/// Some weeks in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first.
    pub from: Week,
    /// How many.
    pub weeks: u16,
}

/// The whole plan at one revision.
#[derive(Clone, Debug)]
pub struct Book {
    /// The number of the newest change set in it.
    pub revision: i64,
    /// Everything but the hours.
    pub plan: Arc<Plan>,
    /// Minutes by assignment and week.
    hours: Hours,
    /// Their sums by person and week.
    loads: Loads,
    /// When each part of it was last changed.
    revisions: Revisions,
}

impl Book {
    /// Minutes by assignment and week.
    #[must_use]
    pub const fn hours(&self) -> &Hours {
        &self.hours
    }

    /// Takes all hours at once.
    pub fn fill(&mut self, hours: Hours) {
        self.hours = hours;
        self.loads = Loads::new(&self.plan, &self.hours);
    }

    /// Sets one cell.
    pub fn set_hours(&mut self, assignment: AssignmentId, week: Week, minutes: Minutes) {
        let before = self.hours.get(assignment, week);
        self.hours.set(assignment, week, minutes);
        let after = self.hours.get(assignment, week);
        let Some(row) = self.plan.assignment(assignment).filter(|_| before != after) else {
            return;
        };
        if let Some(place) = row.person.and_then(|person| self.plan.person_place(person)) {
            let counts_as = self.plan.counts_as(row.project);
            self.loads.change(place, week, (before, after), counts_as);
        }
    }

    /// Takes another plan for the same hours.
    pub fn replan(&mut self, plan: Plan) {
        self.plan = Arc::new(plan);
        self.loads = Loads::new(&self.plan, &self.hours);
    }
}
