//! The weeks of a project as a picture: hours as bars, dates as flags, today as a line; with its numbers behind it.

use maud::{Markup, html};

use super::ProjectView;
use crate::book::Deliverable;
use crate::ui::Frame;
use crate::units::{Day, Minutes, Week};

const WIDTH: u32 = 1140;
/// Where the flags' names begin, and how far one row of them is from the next.
const NAMES: u32 = 4;
const NAME_HEIGHT: u32 = 19;
const BARS: u32 = 62;
/// The longest time that is drawn: three years.
const MOST_WEEKS: i32 = 156;
const FEWEST_WEEKS: i32 = 12;

/// The weeks that are drawn.
struct Span {
    first: Week,
    weeks: u16,
    /// The first day of the first week.
    begins: Day,
}

impl Span {
    fn of(view: &ProjectView<'_>) -> Option<Self> {
        let start = view.book.plan.organisation.week_start;
        let extent = view.book.project_extent(view.project.id);
        let due = view
            .book
            .plan
            .deliverables_of(view.project.id)
            .filter_map(|one| one.due)
            .map(|due| Week::of(due, start));
        let all = || {
            due.clone()
                .chain(extent.into_iter().flat_map(|(first, last)| [first, last]))
        };
        let first = all().min()?.max(view.this_week.plus(-MOST_WEEKS / 2));
        // One more, so that a name at the last date has room.
        let last = all().max()?.plus(1).max(first.plus(FEWEST_WEEKS - 1));
        let weeks = (last.0 - first.0 + 1).clamp(FEWEST_WEEKS, MOST_WEEKS);
        Some(Self {
            first,
            weeks: u16::try_from(weeks).unwrap_or(u16::MAX),
            begins: first.first_day(start),
        })
    }

    /// Where `day` stands; none where it is not drawn.
    fn x(&self, day: Day) -> Option<u32> {
        let days = u32::try_from(day.number() - self.begins.number()).ok()?;
        let all = u32::from(self.weeks) * 7;
        (days < all).then(|| days * WIDTH / all)
    }

    /// Where week `index` begins.
    fn at(&self, index: u32) -> u32 {
        index * WIDTH / u32::from(self.weeks)
    }
}

/// A flag with the row in which its name has room.
struct Flag<'a> {
    deliverable: &'a Deliverable,
    due: Day,
    x: u32,
    width: u32,
    row: u32,
}

/// The picture, where there is anything to draw.
pub fn timeline(frame: &Frame, view: &ProjectView<'_>) -> Option<Markup> {
    Span::of(view).map(|span| picture(frame, view, &span))
}

fn picture(frame: &Frame, view: &ProjectView<'_>, span: &Span) -> Markup {
    let weeks = view.book.project_weeks(view.project.id, span.first, span.weeks);
    let flags = flags(view, span);
    let rows = flags.iter().map(|flag| flag.row + 1).max().unwrap_or(0);
    let top = NAMES + rows * NAME_HEIGHT + 6;
    let base = top + BARS;
    html! {
        div.scroll.timeline tabindex="0" role="region" aria-label="Deliverables over time" {
            svg.chart viewBox=(format!("0 0 {WIDTH} {}", base + 22)) role="img" data-begins=(span.begins) data-days=(u32::from(span.weeks) * 7)
                aria-label="Hours a week and due dates; the numbers are in the table below." {
                (bars(view, span, &weeks, top))
                line.axis x1="0" x2=(WIDTH) y1=(base) y2=(base) {}
                (months(view, span, base + 16))
                @if let Some(x) = span.x(view.today) { line.now x1=(x) x2=(x) y1=(NAMES) y2=(base) { title { "Today, " (view.today.long()) } } }
                @for flag in &flags { (drawn(frame, flag, base)) }
            }
        }
        (table(view, span, &weeks))
    }
}

fn bars(view: &ProjectView<'_>, span: &Span, weeks: &[Minutes], top: u32) -> Markup {
    let start = view.book.plan.organisation.week_start;
    let most = u64::from(weeks.iter().map(|minutes| minutes.0).max().unwrap_or(0).max(1));
    html! {
        @for (index, (week, minutes)) in (0..).zip(span.first.span(span.weeks).zip(weeks)).filter(|(_, (_, minutes))| minutes.0 > 0) {
            @let height = u32::try_from((u64::from(minutes.0) * u64::from(BARS)).div_ceil(most)).unwrap_or(BARS).max(2);
            @let width = (span.at(index + 1) - span.at(index)).saturating_sub(if span.weeks > 60 { 1 } else { 4 }).max(1);
            rect.second.past[week < view.this_week] x=(span.at(index)) y=(top + BARS - height) width=(width) height=(height) rx="2" {
                title { "Week of " (week.first_day(start).short()) ": " (minutes) " h" }
            }
        }
    }
}

/// The name of each month where its first whole week begins, as far as there is room.
fn months(view: &ProjectView<'_>, span: &Span, y: u32) -> Markup {
    let start = view.book.plan.organisation.week_start;
    let mut labels: Vec<(u32, String)> = Vec::new();
    for (index, week) in (0..).zip(span.first.span(span.weeks)) {
        let day = week.first_day(start);
        let (year, month, of_month) = day.ymd();
        let x = span.at(index);
        let room = labels.last().is_none_or(|(last, _)| x >= last + 34);
        if of_month <= 7 && room && x + 30 <= WIDTH {
            let name = day.month_name().get(..3).unwrap_or_default();
            labels.push((
                x,
                if month == 1 {
                    format!("{name} {year}")
                } else {
                    name.to_owned()
                },
            ));
        }
    }
    html! { @for (x, label) in &labels { text x=(x) y=(y) { (label) } } }
}

fn flags<'a>(view: &ProjectView<'a>, span: &Span) -> Vec<Flag<'a>> {
    let mut dated: Vec<(Day, &Deliverable)> = view
        .book
        .plan
        .deliverables_of(view.project.id)
        .filter_map(|one| Some((one.due?, one)))
        .collect();
    dated.sort_by_key(|(due, _)| *due);
    let mut ends: Vec<u32> = Vec::new();
    let mut flags = Vec::new();
    for (due, deliverable) in dated {
        let Some(x) = span.x(due) else { continue };
        let letters = u32::try_from(shown(&deliverable.name).chars().count()).unwrap_or(0);
        let width = letters * 7 + 14;
        let row = ends
            .iter()
            .position(|end| *end + 6 <= x)
            .unwrap_or(ends.len())
            .min(5);
        match ends.get_mut(row) {
            Some(end) => *end = x + width,
            None => ends.push(x + width),
        }
        flags.push(Flag {
            deliverable,
            due,
            x,
            width,
            row: u32::try_from(row).unwrap_or(0),
        });
    }
    flags
}

/// A name short enough for a flag.
fn shown(name: &str) -> String {
    if name.chars().count() <= 24 {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(23).collect();
    short.push('…');
    short
}

/// A flag at its date; at the right edge its name stands on the left of it.
fn drawn(frame: &Frame, flag: &Flag<'_>, base: u32) -> Markup {
    let y = NAMES + flag.row * NAME_HEIGHT;
    let left = if flag.x + flag.width + 4 > WIDTH {
        flag.x.saturating_sub(flag.width + 4)
    } else {
        flag.x + 4
    };
    let one = flag.deliverable;
    html! {
        g.done[one.done] data-flag=[frame.may_edit.then_some(one.id)] data-due=(flag.due) {
            title { (one.name) ", due " (flag.due.long()) @if one.done { ", done" } }
            // What a finger finds more easily than a line and a small box.
            @if frame.may_edit { rect.reach x=(left.saturating_sub(8)) y=(y.saturating_sub(6)) width=(flag.width + 20) height=(base.saturating_sub(y)) {} }
            line.flag.done[one.done] x1=(flag.x) x2=(flag.x) y1=(y) y2=(base) {}
            rect.flag-box.done[one.done] x=(left) y=(y) width=(flag.width) height="16" rx="3" {}
            text.flag-text.done[one.done] x=(left + flag.width / 2) y=(y + 12) text-anchor="middle" { (shown(&one.name)) }
        }
    }
}

fn table(view: &ProjectView<'_>, span: &Span, weeks: &[Minutes]) -> Markup {
    let start = view.book.plan.organisation.week_start;
    let due = |week: Week| {
        let all = view.book.plan.deliverables_of(view.project.id);
        let names: Vec<String> = all
            .filter(|one| one.due.is_some_and(|due| Week::of(due, start) == week))
            .map(|one| format!("{}{}", one.name, if one.done { " (done)" } else { "" }))
            .collect();
        names.join(", ")
    };
    html! {
        details.behind {
            summary { "The numbers" }
            div.scroll role="region" aria-label="Hours and dates by week" tabindex="0" {
                table.list {
                    thead { tr { th scope="col" { "Week of" } th.num scope="col" { "Hours" } th scope="col" { "Due" } } }
                    tbody {
                        @for (week, minutes) in span.first.span(span.weeks).zip(weeks) {
                            @let names = due(week);
                            @if minutes.0 > 0 || !names.is_empty() {
                                tr { th scope="row" { (week.first_day(start).long()) } td.num { (minutes) } td { (names) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
