//! Sums over the whole plan: the same that the overview and the forecast show.

use async_graphql::{Enum, Error, SimpleObject};

use super::nodes::{Department, Reading};
use super::rules::week_count;
use super::scalars::{Date, Hours};
use crate::book::{
    Book, DepartmentLoad, Filter, ForecastWeek, Group, GroupForecast, Grouping, Outlook, balance,
};
use crate::units::ids::{DepartmentId, RoleId};

/// Capacity and booked hours of many people in one week.
#[derive(SimpleObject)]
struct LoadWeek {
    /// The first day of the week.
    week: Date,
    /// What they can carry.
    capacity: Hours,
    /// Booked on agreed projects.
    confirmed: Hours,
    /// Booked on projects that may come.
    tentative: Hours,
    /// Booked of capacity; none where there is no capacity.
    percent: Option<u32>,
}

/// A department with all below it: one line of the heat map.
#[derive(SimpleObject)]
pub struct Utilisation {
    /// Which one; none for the people who are in none.
    department: Option<Department>,
    /// How many people.
    people: u32,
    /// What they work in a usual week.
    usual: Hours,
    /// Week by week.
    weeks: Vec<LoadWeek>,
}

/// The heat map: departments by week, each with all below it.
pub fn utilisation(
    reading: &Reading,
    from: Option<Date>,
    weeks: Option<i32>,
    department: Option<DepartmentId>,
) -> Result<Vec<Utilisation>, Error> {
    reading.on_time()?;
    let book = &reading.book;
    let (from, count) = (reading.week(from), week_count(weeks));
    let filter = Filter {
        department,
        ..Filter::default()
    };
    let line = |load: DepartmentLoad<'_>| Utilisation {
        department: load.department.and_then(|one| Department::of(book, one.id)),
        people: u32::try_from(load.people).unwrap_or(u32::MAX),
        usual: Hours(load.usual),
        weeks: from
            .span(count)
            .zip(&load.weeks)
            .map(|(week, one)| LoadWeek {
                week: reading.first_day(week),
                capacity: Hours(one.capacity),
                confirmed: Hours(one.confirmed),
                tentative: Hours(one.tentative),
                percent: one.percent(),
            })
            .collect(),
    };
    let loads = book.department_loads(&book.people(&filter), from, count);
    Ok(loads.into_iter().map(line).collect())
}

/// By what a forecast is cut.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Not at all.
    None,
    /// By department, each without those below it.
    Department,
    /// By role.
    Role,
}

/// Capacity and demand of one week.
#[derive(SimpleObject)]
struct ForecastedWeek {
    /// The first day of the week.
    week: Date,
    /// What people can carry.
    capacity: Hours,
    /// Of people, on agreed projects.
    confirmed: Hours,
    /// Of people, on projects that may come.
    tentative: Hours,
    /// Of places that nobody fills yet, on agreed projects.
    open_confirmed: Hours,
    /// Of places that nobody fills yet, on projects that may come.
    open_tentative: Hours,
    /// What is asked: with what is tentative, unless that was switched off.
    demand: Hours,
    /// What is asked beyond capacity, summed over the groups: none makes up for another.
    gap: Hours,
    /// Capacity that nothing is asked of, summed over the groups.
    idle: Hours,
}

/// One department or role over the weeks.
#[derive(SimpleObject)]
struct ForecastedGroup {
    /// The name of the department or role; empty for people without one, and where nothing is cut.
    name: String,
    /// How many people.
    people: u32,
    /// Week by week.
    weeks: Vec<ForecastedWeek>,
}

/// Capacity against demand.
#[derive(SimpleObject)]
pub struct Forecast {
    /// As a whole, week by week.
    weeks: Vec<ForecastedWeek>,
    /// Department by department or role by role.
    groups: Vec<ForecastedGroup>,
}

/// What a forecast is asked for.
pub struct Asked {
    /// A day of the first week.
    pub from: Option<Date>,
    /// How many.
    pub weeks: Option<i32>,
    /// How it is cut.
    pub by: Option<By>,
    /// A department with all below it.
    pub department: Option<DepartmentId>,
    /// One role.
    pub role: Option<RoleId>,
    /// Whether what is tentative counts as demand.
    pub tentative: bool,
}

/// Capacity against demand, week by week.
pub fn forecast(reading: &Reading, asked: &Asked) -> Result<Forecast, Error> {
    reading.on_time()?;
    let book = &reading.book;
    let outlook = Outlook {
        from: reading.week(asked.from),
        weeks: week_count(asked.weeks),
        now: reading.week(None),
        grouping: match asked.by {
            Some(By::Department) => Grouping::Department,
            Some(By::Role) => Grouping::Role,
            Some(By::None) | None => Grouping::Whole,
        },
        department: asked.department,
        role: asked.role,
    };
    let view = book.forecast(outlook);
    let days = || {
        outlook
            .from
            .span(outlook.weeks)
            .map(|week| reading.first_day(week))
    };
    let told = |week: Date, one: &ForecastWeek, (gap, idle)| ForecastedWeek {
        week,
        capacity: Hours(one.capacity),
        confirmed: Hours(one.confirmed),
        tentative: Hours(one.tentative),
        open_confirmed: Hours(one.open_confirmed),
        open_tentative: Hours(one.open_tentative),
        demand: Hours(one.demand(asked.tentative)),
        gap,
        idle,
    };
    let group = |line: &GroupForecast| ForecastedGroup {
        name: group_name(book, line.group),
        people: u32::try_from(line.people).unwrap_or(u32::MAX),
        weeks: days()
            .zip(&line.weeks)
            .map(|(day, one)| {
                let own = balance([one], asked.tentative);
                told(day, one, (Hours(own.gap), Hours(own.idle)))
            })
            .collect(),
    };
    let balances = view.balances(asked.tentative);
    Ok(Forecast {
        weeks: days()
            .zip(&view.weeks)
            .zip(&balances)
            .map(|((day, one), sum)| told(day, one, (Hours(sum.gap), Hours(sum.idle))))
            .collect(),
        groups: view.groups.iter().map(group).collect(),
    })
}

fn group_name(book: &Book, group: Group) -> String {
    match group {
        Group::Whole | Group::Department(None) => String::new(),
        Group::Department(Some(id)) => book.plan.department_path(id),
        Group::Role(id) => book.plan.role_name(id).to_owned(),
    }
}
