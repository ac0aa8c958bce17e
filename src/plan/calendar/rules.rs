//! Which month an address asks for, and where everything stands in the weeks of a month.

use crate::book::{AwaySpan, Calendar, CalendarScope, Delivery, FreeDay, Plan};
use crate::units::ids::{DepartmentId, PersonId, ProjectId};
use crate::units::{Day, Week, WeekStart};
use crate::web::Fields;

/// How many people who are away stand in one day of the month; the rest are counted.
pub const LANES: usize = 3;
/// How many deliverables stand in one day of the month; the rest are counted.
pub const FLAGS: usize = 4;
/// How many days a program may ask for at once: a year and a month.
pub const MOST_DAYS: i32 = 400;

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// The month of `day`.
    pub fn of(day: Day) -> Self {
        let (year, month, _) = day.ymd();
        Self { year, month }
    }

    /// Reads `2026-11`; none where that is no month of the years that a plan may name.
    pub fn parse(text: &str) -> Option<Self> {
        let first: Day = format!("{}-01", text.trim()).parse().ok()?;
        Some(Self::of(first))
    }

    /// Its first day.
    pub fn first(self) -> Day {
        Day::from_ymd(self.year, self.month, 1).unwrap_or(Day::MIN)
    }

    /// Its last day.
    pub fn last(self) -> Day {
        self.plus_one().first_unbounded().plus(-1)
    }

    /// The month after it; none after the last that a plan may name.
    pub fn next(self) -> Option<Self> {
        Some(self.plus_one()).filter(|month| month.first_unbounded() <= Day::MAX)
    }

    /// The month before it; none before the first that a plan may name.
    pub fn previous(self) -> Option<Self> {
        let before = self.first().plus(-1);
        (before >= Day::MIN).then(|| Self::of(before))
    }

    /// `November 2026`.
    pub fn title(self) -> String {
        format!("{} {}", self.first().month_name(), self.year)
    }

    const fn plus_one(self) -> Self {
        if self.month == 12 {
            Self {
                year: self.year + 1,
                month: 1,
            }
        } else {
            Self {
                year: self.year,
                month: self.month + 1,
            }
        }
    }

    fn first_unbounded(self) -> Day {
        Day::from_ymd(self.year, self.month, 1).unwrap_or(Day::MAX)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:04}-{:02}", self.year, self.month)
    }
}

/// As what a month is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shown {
    /// Nobody asked: a list on a phone, a month elsewhere.
    AsFits,
    /// A month.
    Month,
    /// A list of days.
    List,
}

/// What the address of the calendar asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Which month.
    pub month: Month,
    /// As what.
    pub shown: Shown,
    /// Of a department.
    pub department: Option<DepartmentId>,
    /// Of a project.
    pub project: Option<ProjectId>,
    /// Of a person.
    pub person: Option<PersonId>,
}

impl Asked {
    /// What cannot be read stands for its default, so that an old link still opens.
    pub fn read(fields: &Fields, plan: &Plan, today: Day) -> Self {
        let (department, project, person) = parts(fields, plan);
        Self {
            month: Month::parse(fields.text("month")).unwrap_or_else(|| Month::of(today)),
            shown: match fields.text("view") {
                "month" => Shown::Month,
                "list" => Shown::List,
                _ => Shown::AsFits,
            },
            department,
            project,
            person,
        }
    }

    /// The part of the plan, on the days from `first` to `last`.
    pub const fn scope(&self, first: Day, last: Day) -> CalendarScope {
        CalendarScope {
            first,
            last,
            department: self.department,
            project: self.project,
            person: self.person,
        }
    }

    /// The days that the month's weeks show: its own and those around them.
    pub fn days(&self, start: WeekStart) -> (Day, Day) {
        let first = Week::of(self.month.first(), start).first_day(start);
        (first, Week::of(self.month.last(), start).last_day(start))
    }

    /// The address that asks for this.
    pub fn href(&self) -> String {
        let mut query = vec![format!("month={}", self.month)];
        match self.shown {
            Shown::AsFits => {}
            Shown::Month => query.push("view=month".to_owned()),
            Shown::List => query.push("view=list".to_owned()),
        }
        query.extend(self.department.map(|id| format!("department={id}")));
        query.extend(self.project.map(|id| format!("project={id}")));
        query.extend(self.person.map(|id| format!("person={id}")));
        format!("/calendar?{}", query.join("&"))
    }

    /// The same for another month.
    pub const fn in_month(self, month: Month) -> Self {
        Self { month, ..self }
    }

    /// The same, shown otherwise.
    pub const fn shown_as(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }
}

/// The known department, project and person that an address names.
pub fn parts(fields: &Fields, plan: &Plan) -> (Option<DepartmentId>, Option<ProjectId>, Option<PersonId>) {
    let department = fields.text("department").parse().ok();
    let project = fields.text("project").parse().ok();
    let person = fields.text("person").parse().ok();
    (
        department.filter(|id| plan.department(*id).is_some()),
        project.filter(|id| plan.project(*id).is_some()),
        person.filter(|id| plan.person(*id).is_some()),
    )
}

/// The part of somebody's leave that lies in one week.
#[derive(Clone, Copy, Debug)]
pub struct Bar<'a> {
    /// Whose leave.
    pub span: AwaySpan<'a>,
    /// Over how many days of this week it goes from here; none where it has begun on a day before.
    pub begins: Option<usize>,
    /// Whether this is the last day of the leave.
    pub ends: bool,
}

/// One day of a month.
#[derive(Clone, Debug)]
pub struct DayCell<'a> {
    /// The day.
    pub day: Day,
    /// Whether nobody works on it as a rule.
    pub rest: bool,
    /// The organisation's holiday on it.
    pub holiday: Option<FreeDay>,
    /// Who is away, each on the same line on all days of a week; a line may be free.
    pub lanes: Vec<Option<Bar<'a>>>,
    /// What is due, as much as fits.
    pub due: Vec<Delivery<'a>>,
    /// How much more the list of that day holds.
    pub more: usize,
}

/// The days from `first` to `last`, week by week, with everything in its place.
pub fn weeks<'a>(calendar: &Calendar<'a>, plan: &Plan, first: Day, last: Day) -> Vec<Vec<DayCell<'a>>> {
    let start = plan.organisation.week_start;
    let mut weeks = Vec::new();
    let mut week = Week::of(first, start);
    while week.first_day(start) <= last {
        let days: Vec<Day> = (0..7).map(|offset| week.first_day(start).plus(offset)).collect();
        let lanes = lanes(calendar, &days);
        let cell = |day: &Day| day_cell(calendar, plan, &lanes, &days, *day);
        weeks.push(days.iter().map(cell).collect());
        week = week.plus(1);
    }
    weeks
}

/// Who is away in a week, line by line: each takes the first line that is free on all their days.
fn lanes<'a>(calendar: &Calendar<'a>, days: &[Day]) -> Vec<Vec<AwaySpan<'a>>> {
    let mut lanes: Vec<Vec<AwaySpan<'a>>> = Vec::new();
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return lanes;
    };
    let mut spans: Vec<AwaySpan<'a>> = calendar.away.clone();
    spans.retain(|span| span.days.first <= *last && span.days.last >= *first);
    // The long ones first, so that they lie on top of each other and short ones fill what is left.
    spans.sort_by_key(|span| {
        (
            span.days.first.max(*first),
            std::cmp::Reverse(span.days.last.min(*last)),
        )
    });
    for span in spans {
        let free = lanes.iter_mut().find(|lane| {
            lane.iter()
                .all(|other| other.days.last < span.days.first || span.days.last < other.days.first)
        });
        match free {
            Some(lane) => lane.push(span),
            None => lanes.push(vec![span]),
        }
    }
    lanes
}

fn day_cell<'a>(
    calendar: &Calendar<'a>,
    plan: &Plan,
    lanes: &[Vec<AwaySpan<'a>>],
    days: &[Day],
    day: Day,
) -> DayCell<'a> {
    let on = |lane: &Vec<AwaySpan<'a>>| lane.iter().find(|span| span.contains(day)).copied();
    let bar = |span: AwaySpan<'a>| {
        let begins = span.days.first == day || days.first() == Some(&day);
        let rest_of_week = days
            .iter()
            .filter(|other| **other >= day && span.contains(**other));
        Bar {
            span,
            begins: begins.then(|| rest_of_week.count()),
            ends: span.days.last == day,
        }
    };
    let rest = is_rest(plan, day);
    let mut due: Vec<Delivery<'a>> = calendar
        .due
        .iter()
        .filter(|one| one.due == day)
        .copied()
        .collect();
    let hidden = due.len().saturating_sub(FLAGS);
    due.truncate(FLAGS);
    // Saying that there is one more takes as much room as the one.
    let most = if lanes.len() == LANES + 1 {
        LANES + 1
    } else {
        LANES
    };
    let away = lanes.iter().skip(most).filter_map(on).count();
    let mut shown: Vec<Option<Bar<'a>>> = lanes.iter().take(most).map(|lane| on(lane).map(bar)).collect();
    while shown.last().is_some_and(Option::is_none) {
        shown.pop();
    }
    DayCell {
        day,
        rest,
        holiday: calendar.holiday(day),
        lanes: shown,
        due,
        // The list says who is away on working days only.
        more: hidden + if rest { 0 } else { away },
    }
}

/// Whether nobody works on `day` as a rule.
pub fn is_rest(plan: &Plan, day: Day) -> bool {
    plan.organisation.default_week.on(day) == 0
}

/// One day of the list.
#[derive(Clone, Debug)]
pub struct ListDay<'a> {
    /// The day.
    pub day: Day,
    /// The organisation's holiday on it.
    pub holiday: Option<FreeDay>,
    /// What is due.
    pub due: Vec<Delivery<'a>>,
    /// Who is away, where people work on that day as a rule.
    pub away: Vec<AwaySpan<'a>>,
}

/// The days from `first` to `last` on which anything happens.
pub fn list<'a>(calendar: &Calendar<'a>, plan: &Plan, first: Day, last: Day) -> Vec<ListDay<'a>> {
    let days = (first.number()..=last.number()).map(Day::from_number);
    days.map(|day| ListDay {
        day,
        holiday: calendar.holiday(day),
        due: calendar
            .due
            .iter()
            .filter(|one| one.due == day)
            .copied()
            .collect(),
        away: if is_rest(plan, day) {
            Vec::new()
        } else {
            calendar
                .away
                .iter()
                .filter(|span| span.contains(day))
                .copied()
                .collect()
        },
    })
    .filter(|one| one.holiday.is_some() || !one.due.is_empty() || !one.away.is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Absence, Book, Parts, Person};
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    #[test]
    fn months_follow_each_other_over_the_ends_of_years() {
        for (text, first, last, before, after) in [
            ("2026-11", "2026-11-01", "2026-11-30", "2026-10", "2026-12"),
            ("2026-12", "2026-12-01", "2026-12-31", "2026-11", "2027-01"),
            ("2027-01", "2027-01-01", "2027-01-31", "2026-12", "2027-02"),
            ("2024-02", "2024-02-01", "2024-02-29", "2024-01", "2024-03"),
            ("2100-02", "2100-02-01", "2100-02-28", "2100-01", "2100-03"),
        ] {
            let one = month(text);
            assert_eq!((one.first(), one.last()), (day(first), day(last)), "{text}");
            assert_eq!(one.previous(), Some(month(before)), "{text}");
            assert_eq!(one.next(), Some(month(after)), "{text}");
            assert_eq!(one.to_string(), text);
        }
    }

    #[test]
    fn there_is_nothing_outside_the_years_of_a_plan() {
        assert_eq!(month("1900-01").previous(), None);
        assert_eq!(month("2199-12").next(), None);
        assert_eq!(month("2199-12").last(), Day::MAX);
        for text in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "1899-12",
            "2200-01",
            "november",
            "2026-11-18",
            "٢٠٢٦-١١",
        ] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_month_is_shown_in_whole_weeks_as_the_organisation_counts_them() {
        let asked =
            |text: &str| Asked::read(&fields(&[("month", text)]), &Plan::default(), day("2026-11-18"));
        for (text, start, first, last) in [
            ("2026-11", WeekStart::Monday, "2026-10-26", "2026-12-06"),
            ("2026-11", WeekStart::Sunday, "2026-11-01", "2026-12-05"),
            ("2027-02", WeekStart::Monday, "2027-02-01", "2027-02-28"),
            ("2026-12", WeekStart::Monday, "2026-11-30", "2027-01-03"),
            ("2026-12", WeekStart::Sunday, "2026-11-29", "2027-01-02"),
        ] {
            assert_eq!(
                asked(text).days(start),
                (day(first), day(last)),
                "{text} {start:?}"
            );
        }
    }

    fn fields(given: &[(&str, &str)]) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in given {
            fields.add((*name).to_owned(), (*value).to_owned());
        }
        fields
    }

    #[test]
    fn what_cannot_be_read_stands_for_its_default() {
        let odd = fields(&[
            ("month", "2026-99"),
            ("view", "year"),
            ("department", "7"),
            ("person", "x"),
        ]);
        let asked = Asked::read(&odd, &Plan::default(), day("2026-11-18"));
        assert_eq!(asked.href(), "/calendar?month=2026-11");
    }

    /// A plan in which each of these is one person's leave.
    fn away(spans: &[(i32, i32)]) -> Book {
        let people = (1_i64..).zip(spans).map(|(id, (first, last))| Person {
            id: PersonId(id),
            name: format!("Person {id:03}"),
            email: String::new(),
            location: String::new(),
            department: None,
            role: None,
            calendar: None,
            start: None,
            last: None,
            active: true,
            skills: Vec::new(),
            work_weeks: Vec::new(),
            absences: vec![Absence {
                first: Day::from_number(*first),
                last: Day::from_number(*last),
                half: false,
                from_midday: false,
                until_midday: false,
            }],
        });
        Book::new(
            1,
            Parts {
                people: people.collect(),
                ..Parts::default()
            },
        )
    }

    fn november(book: &Book) -> Vec<Vec<DayCell<'_>>> {
        let (first, last) = (day("2026-10-26"), day("2026-12-06"));
        weeks(
            &book.calendar(CalendarScope::days(first, last)),
            &book.plan,
            first,
            last,
        )
    }

    #[test]
    fn a_bar_begins_anew_in_each_week_and_ends_once() {
        let first = day("2026-11-19").number();
        let book = away(&[(first, first + 7)]);
        let weeks = november(&book);
        let cells: Vec<_> = weeks
            .iter()
            .flatten()
            .filter_map(|cell| cell.lanes.first().copied().flatten().map(|bar| (cell.day, bar)))
            .collect();
        assert_eq!(cells.len(), 8);
        let begun: Vec<_> = cells
            .iter()
            .filter_map(|(day, bar)| Some((day.to_string(), bar.begins?)))
            .collect();
        assert_eq!(
            begun,
            [("2026-11-19".to_owned(), 4), ("2026-11-23".to_owned(), 4)]
        );
        assert_eq!(cells.iter().filter(|(_, bar)| bar.ends).count(), 1);
    }

    #[test]
    fn what_does_not_fit_is_counted_on_working_days() {
        let friday = day("2026-11-20").number();
        let book = away(&[(friday, friday + 1); 5]);
        let weeks = november(&book);
        let cell = |text: &str| weeks.iter().flatten().find(|cell| cell.day == day(text)).unwrap();
        assert_eq!(
            (cell("2026-11-20").lanes.len(), cell("2026-11-20").more),
            (LANES, 2)
        );
        assert_eq!(
            (cell("2026-11-21").lanes.len(), cell("2026-11-21").more),
            (LANES, 0)
        );
        assert_eq!((cell("2026-11-19").lanes.len(), cell("2026-11-19").more), (0, 0));
    }

    proptest! {
        #[test]
        fn everybody_is_on_one_line_of_a_week_or_counted(
            spans in proptest::collection::vec((20_750_i32..20_800, 0_i32..20), 0..12),
        ) {
            let spans: Vec<(i32, i32)> = spans.into_iter().map(|(first, more)| (first, first + more)).collect();
            let book = away(&spans);
            for week in november(&book) {
                for cell in &week {
                    let away = spans.iter().filter(|(first, last)| (*first..=*last).contains(&cell.day.number())).count();
                    let shown = cell.lanes.iter().flatten().count();
                    prop_assert!(shown + cell.more == away || (cell.rest && shown <= away));
                }
                // Nobody changes lines within a week.
                for lane in 0..=LANES {
                    for cell in &week {
                        let Some(Some(bar)) = cell.lanes.get(lane) else { continue };
                        let elsewhere = week.iter().any(|other| {
                            other.lanes.iter().enumerate().any(|(at, one)| {
                                at != lane && one.is_some_and(|one| one.span.person.id == bar.span.person.id)
                            })
                        });
                        prop_assert!(!elsewhere);
                    }
                }
            }
        }
    }
}
