//! The forecast's figures, in cards and tables.

use maud::{Markup, html};

use crate::book::{
    Balance, BandUnit, Bands, Book, Forecast, ForecastWeek, Group, GroupForecast, Grouping, balance,
};
use crate::plan::forecast::rules::{Asked, group_name};
use crate::plan::forecast::table::balance_of;
use crate::ui;
use crate::units::text::counted;
use crate::units::{Minutes, Week};

fn hours(minutes: Minutes) -> String {
    format!("{} h", short(minutes))
}

/// Whole hours; what is less than half of one in full, because a gap is never nothing.
fn short(minutes: Minutes) -> String {
    if minutes.0 < 30 {
        minutes.to_string()
    } else {
        minutes.rounded()
    }
}

/// The four figures.
pub fn figures(book: &Book, asked: &Asked, view: &Forecast, cut: &Cut) -> Markup {
    let (gap, idle) = balance_of(view, asked.tentative);
    let (firm_gap, _) = balance_of(view, false);
    let sum = view.total();
    let start = book.plan.organisation.week_start;
    let first = view.first_short(asked.tentative);
    html! {
        div.kpis.four {
            div.card.kpi {
                span { "Gap, next " (asked.outlook.weeks) " weeks" } b { (hours(gap)) }
                @if gap.0 == 0 && cut.gap().0 > 0 { a.chip.warn href=(cut.href(book)) { (hours(cut.gap())) " short by role" } }
                @else if gap.0 == 0 { (ui::chip("good", "nobody is missing")) }
                @else if !asked.tentative { (ui::chip("bad", "on confirmed work")) }
                @else if firm_gap.0 == 0 { (ui::chip("warn", "only with tentative work")) }
                @else { (ui::chip("bad", &format!("{} on confirmed work alone", hours(firm_gap)))) }
            }
            div.card.kpi {
                span { "Idle" } b { (hours(idle)) }
                (ui::chip("", &format!("of {} capacity", hours(sum.capacity))))
            }
            div.card.kpi {
                span { "First week short" } b { @match first { Some(week) => (week.first_day(start).short()), None => "none" } }
                @if let Some(week) = first { (ui::chip("warn", &how_short(book, asked, view, week))) }
                @else { (ui::chip(if cut.gap().0 > 0 { "" } else { "good" }, "there is enough in all")) }
            }
            div.card.kpi {
                span { "Utilisation" } b { (ui::percent_text(crate::book::percent(sum.booked(), sum.capacity))) }
                (ui::chip("", &format!("and {} in open places", hours(sum.open()))))
            }
        }
            p.hint {
                @match asked.outlook.grouping {
                    Grouping::Whole => "As if anybody could do anybody’s work: cut by role or department to see who is missing. ",
                    Grouping::Department => "A gap in one department is not filled by another’s idle hours: each sum is a sum over departments. ",
                    Grouping::Role => "A gap in one role is not filled by another’s idle hours: each sum is a sum over roles, and people count in their own. ",
                }
                @if sum.closed.0 > 0 { (hours(sum.closed)) " still stand in the plan on closed projects; they count as no demand." }
            }
    }
}

/// Who is short in a week: the group with the largest gap.
fn how_short(book: &Book, asked: &Asked, view: &Forecast, week: Week) -> String {
    let index = usize::try_from(week.0 - view.from.0).unwrap_or(usize::MAX);
    let gap = |line: &GroupForecast| {
        line.weeks
            .get(index)
            .map_or(Minutes(0), |one| one.gap(asked.tentative))
    };
    let worst = view.groups.iter().max_by_key(|line| gap(line));
    worst.map_or_else(String::new, |line| match asked.outlook.grouping {
        Grouping::Whole => format!("{} short", hours(gap(line))),
        Grouping::Department | Grouping::Role => {
            format!("{} short: {}", hours(gap(line)), group_name(book, line.group))
        }
    })
}

/// How many gaps are listed.
const GAPS: usize = 7;

/// The forecast in which gaps are looked for: cut by role where it is not cut at all, because the whole hides that one
/// of them is short.
#[derive(Clone, Debug)]
pub struct Cut {
    asked: Asked,
    view: Forecast,
}

impl Cut {
    /// Of a forecast as it is asked for.
    pub fn of(book: &Book, asked: &Asked, view: &Forecast) -> Self {
        if asked.outlook.grouping != Grouping::Whole {
            return Self {
                asked: *asked,
                view: view.clone(),
            };
        }
        let mut asked = *asked;
        asked.outlook.grouping = Grouping::Role;
        Self {
            asked,
            view: book.forecast(asked.outlook),
        }
    }

    fn gap(&self) -> Minutes {
        balance_of(&self.view, self.asked.tentative).0
    }

    fn href(&self, book: &Book) -> String {
        format!("/forecast?{}", self.asked.query(book))
    }
}

/// The largest gaps, each with the way to who and what stands behind it.
pub fn shortest(book: &Book, asked: &Asked, cut: &Cut) -> Markup {
    let start = book.plan.organisation.week_start;
    let of_line = |line: &GroupForecast| {
        let group = line.group;
        let weeks = cut.view.from.span(asked.outlook.weeks).zip(line.weeks.clone());
        let gaps = weeks.map(move |(week, one)| (one.gap(asked.tentative), week, group));
        gaps.filter(|(gap, _, _)| gap.0 > 0)
    };
    let mut gaps: Vec<(Minutes, Week, Group)> = cut.view.groups.iter().flat_map(of_line).collect();
    gaps.sort_by_key(|(gap, week, _)| (std::cmp::Reverse(*gap), *week));
    html! {
        section.card aria-labelledby="gaps" {
            header {
                h2 #gaps { "Largest gaps by " (cut.asked.outlook.grouping.as_str()) }
                @if asked.outlook.grouping == Grouping::Whole { a href=(cut.href(book)) { "By role →" } }
                @else if gaps.len() > GAPS { span.muted.end { (GAPS) " of " (gaps.len()) } }
            }
            @if gaps.is_empty() {
                p.muted { "No week asks for more than there is." }
            } @else {
                ul.plain-list.attention {
                    @for (gap, week, group) in gaps.iter().take(GAPS) {
                        @let link = format!("/forecast/detail?{}", cut.asked.detail_query(book, *group, *week));
                        li {
                            a.what href=(link) data-dialog { (group_name(book, *group)) }
                            span.end { (ui::chip("bad", &format!("{} short, {}", hours(*gap), week.first_day(start).short()))) }
                        }
                    }
                }
            }
        }
    }
}

/// Limits in hours are those of one person's week; of a group only a share says something.
fn bands(book: &Book) -> Bands {
    let own = book.plan.organisation.bands;
    if own.unit == BandUnit::Hours {
        Bands::default()
    } else {
        own
    }
}

/// What is left in each group and week; below zero is a gap. Each number leads to who and what stands behind it.
pub fn heat(book: &Book, asked: &Asked, view: &Forecast) -> Markup {
    let start = book.plan.organisation.week_start;
    let title = match asked.outlook.grouping {
        Grouping::Whole => "Hours left, by week",
        Grouping::Department => "Hours left, by department and week",
        Grouping::Role => "Hours left, by role and week",
    };
    html! {
        section.card aria-labelledby="left" {
            header {
                h2 #left { (title) }
                span.muted.end { "below zero is a gap · choose a number to see who and what" }
            }
            div.scroll role="region" aria-label="Hours left in numbers" tabindex="0" {
                table.list.heat {
                    thead { tr {
                        th scope="col" { (head_of(asked.outlook.grouping)) }
                        th.num scope="col" { "Gap" } th.num scope="col" { "Idle" }
                        @for week in view.from.span(asked.outlook.weeks) { th.centre scope="col" { (week.first_day(start).short()) } }
                    } }
                    tbody { @for line in &view.groups { (heat_row(book, asked, view, line)) } }
                }
            }
            div.legend {
                span { i.u1 {} "room" } span { i.u3 {} "full" } span { i.u4 {} "short" } span { i.u5 {} "far short" }
            }
        }
    }
}

const fn head_of(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::Whole => "Who",
        Grouping::Department => "Department",
        Grouping::Role => "Role",
    }
}

fn heat_row(book: &Book, asked: &Asked, view: &Forecast, line: &GroupForecast) -> Markup {
    let bands = bands(book);
    let name = group_name(book, line.group);
    let start = book.plan.organisation.week_start;
    let sum: Balance = balance(&line.weeks, asked.tentative);
    html! {
        tr {
            th scope="row" { (name) " " small.faint.nowrap { (counted(line.people, "person", "people")) } }
            td.num.bad[sum.gap.0 > 0] { (short(sum.gap)) } td.num { (short(sum.idle)) }
            @for (week, one) in view.from.span(u16::MAX).zip(&line.weeks) {
                @let demand = one.demand(asked.tentative);
                @let class = bands.load(demand, one.capacity).class();
                @let behind = format!("/forecast/detail?{}", asked.detail_query(book, line.group, week));
                td.load.(class) {
                    a href=(behind) data-dialog aria-label=(cell_words(&name, &week.first_day(start).short(), one, asked.tentative)) { (left(one, asked.tentative)) }
                }
            }
        }
    }
}

/// `36`, or `−24` where as much is missing.
fn left(week: &ForecastWeek, tentative: bool) -> String {
    match (week.gap(tentative), week.idle(tentative)) {
        (Minutes(0), idle) => short(idle),
        (gap, _) => format!("−{}", short(gap)),
    }
}

fn cell_words(name: &str, label: &str, week: &ForecastWeek, tentative: bool) -> String {
    let (gap, idle) = (week.gap(tentative), week.idle(tentative));
    let left = if gap.0 > 0 {
        format!("{} short", hours(gap))
    } else {
        format!("{} idle", hours(idle))
    };
    format!(
        "{name}, week of {label}: {left}; {} asked of {}",
        hours(week.demand(tentative)),
        hours(week.capacity)
    )
}

/// The numbers behind the chart.
pub fn numbers(book: &Book, asked: &Asked, view: &Forecast) -> Markup {
    let start = book.plan.organisation.week_start;
    let balances = view.balances(asked.tentative);
    let (gap, idle) = balance_of(view, asked.tentative);
    html! {
        details.behind {
            summary { "The numbers" }
            div.scroll role="region" aria-label="Capacity and demand in numbers" tabindex="0" {
                table.list {
                    thead { tr {
                        th scope="col" { "Week of" }
                        @for head in ["Capacity", "Confirmed", "Tentative", "Open, confirmed", "Open, tentative", "Demand", "Gap", "Idle", "Utilisation"] {
                            th.num scope="col" { (head) }
                        }
                    } }
                    tbody {
                        @for ((week, one), balance) in view.from.span(u16::MAX).zip(&view.weeks).zip(&balances) {
                            tr { th scope="row" { (week.first_day(start).short()) } (number_cells(one, *balance, asked.tentative)) }
                        }
                    }
                    tfoot {
                        tr.total { th scope="row" { "Sum" } (number_cells(&view.total(), Balance { gap, idle }, asked.tentative)) }
                    }
                }
            }
        }
    }
}

fn number_cells(week: &ForecastWeek, balance: Balance, tentative: bool) -> Markup {
    html! {
        td.num { (week.capacity) } td.num { (week.confirmed) } td.num { (week.tentative) }
        td.num { (week.open_confirmed) } td.num { (week.open_tentative) } td.num { (week.demand(tentative)) }
        td.num.bad[balance.gap.0 > 0] { (balance.gap) } td.num { (balance.idle) }
        td.num { @match week.utilisation() { Some(share) => { (share) " %" }, None => "–" } }
    }
}
