//! Capacity and demand as a picture, with its numbers behind it.

use maud::{Markup, html};

use crate::book::{Overview, WeekDemand};
use crate::units::{Minutes, WeekStart, grouped};

const LEFT: u32 = 66;
const RIGHT: u32 = 748;
const TOP: u32 = 14;
const BOTTOM: u32 = 212;
const LINES: u32 = 4;

/// A scale from hours to the picture.
struct Scale {
    weeks: u32,
    /// Hours from one line to the next.
    step: u32,
}

impl Scale {
    fn new(weeks: &[WeekDemand]) -> Self {
        let tallest = weeks
            .iter()
            .map(|week| week.capacity.max(demand(week)).0)
            .max()
            .unwrap_or(0);
        Self {
            weeks: u32::try_from(weeks.len()).unwrap_or(u32::MAX).max(1),
            step: round_step((tallest / 60) / LINES + 1),
        }
    }

    /// Where week `index` stands, in tenths of a unit of the picture.
    fn x(&self, index: u32) -> u32 {
        let steps = self.weeks.saturating_sub(1).max(1);
        LEFT * 10 + (RIGHT - LEFT) * 10 * index.min(steps) / steps
    }

    /// How high `minutes` stand, in tenths of a unit of the picture.
    fn y(&self, minutes: Minutes) -> u32 {
        let most = u64::from(self.step) * 60 * u64::from(LINES);
        let height = u64::from((BOTTOM - TOP) * 10) * u64::from(minutes.0) / most.max(1);
        BOTTOM * 10 - u32::try_from(height).unwrap_or(0).min((BOTTOM - TOP) * 10)
    }
}

/// The next larger of 1, 2, 2.5, 3, 4, 5, 7.5 times a power of ten, so that the axis has numbers that people count in.
fn round_step(least: u32) -> u32 {
    let mut unit = 1;
    while unit * 100 < least * 10 {
        unit *= 10;
    }
    [10, 20, 25, 30, 35, 40, 50, 75, 100]
        .into_iter()
        .map(|tenths| (unit * tenths).div_ceil(10))
        .find(|step| *step >= least)
        .unwrap_or(unit * 10)
}

fn demand(week: &WeekDemand) -> Minutes {
    week.booked() + week.open
}

/// Tenths as a number with one place.
fn tenths(number: u32) -> String {
    format!("{}.{}", number / 10, number % 10)
}

fn line(scale: &Scale, values: impl DoubleEndedIterator<Item = (u32, Minutes)>) -> String {
    let points: Vec<String> = values
        .map(|(index, minutes)| format!("{},{}", tenths(scale.x(index)), tenths(scale.y(minutes))))
        .collect();
    points.join(" L")
}

/// The chart of an overview.
pub fn demand_chart(view: &Overview<'_>, start: WeekStart) -> Markup {
    let scale = Scale::new(&view.weeks);
    let of = |value: fn(&WeekDemand) -> Minutes| (0..).zip(view.weeks.iter().map(value)).collect::<Vec<_>>();
    let (confirmed, all) = (of(|week| week.confirmed), of(demand));
    let upper = line(&scale, confirmed.iter().copied());
    let floor = format!(
        "L{},{BOTTOM} L{LEFT},{BOTTOM} Z",
        tenths(scale.x(scale.weeks - 1))
    );
    let between = line(&scale, confirmed.iter().rev().copied());
    let labels = match scale.weeks {
        0..=9 => 1,
        10..=16 => 2,
        _ => 4,
    };
    html! {
        svg.chart viewBox="0 0 760 236" role="img" aria-label=(format!("Capacity and demand over {} weeks; the numbers are in the table below.", scale.weeks)) {
            @for step in 0..=LINES {
                @let hours = scale.step * step;
                @let y = scale.y(Minutes::from_hours(hours));
                line.gridline x1=(LEFT) x2=(RIGHT) y1=(tenths(y)) y2=(tenths(y)) {}
                text x=(LEFT - 8) y=(tenths(y + 40)) text-anchor="end" { (grouped(hours)) " h" }
            }
            path.tentative d=(format!("M{} L{between} Z", line(&scale, all.iter().copied()))) {}
            path.confirmed d=(format!("M{upper} {floor}")) {}
            path.capacity d=(format!("M{}", line(&scale, of(|week| week.capacity).into_iter()))) {}
            @for (index, (week, demand)) in (0..).zip(view.this_week.span(u16::MAX).zip(&view.weeks)) {
                @let x = scale.x(index);
                @let label = week.first_day(start).short();
                @if index % labels == 0 { text x=(tenths(x)) y="231" text-anchor=(if index == 0 { "start" } else { "middle" }) { (label) } }
                @let half = (RIGHT - LEFT) * 5 / scale.weeks.max(2);
                rect.hit x=(tenths(x.saturating_sub(half))) y=(TOP) width=(tenths(half * 2)) height=(BOTTOM - TOP) { title { (told(&label, demand)) } }
            }
        }
        div.legend {
            span { i.capacity {} "capacity" }
            span { i.u3 {} "confirmed" }
            span { i.tent {} "tentative and open places" }
        }
        (table(view, start))
    }
}

fn told(label: &str, week: &WeekDemand) -> String {
    format!(
        "Week of {label}: {} h of {} h capacity booked, {} h of it tentative; {} h in open places",
        week.booked().rounded(),
        week.capacity.rounded(),
        week.tentative.rounded(),
        week.open.rounded()
    )
}

fn table(view: &Overview<'_>, start: WeekStart) -> Markup {
    html! {
        details.behind {
            summary { "The numbers" }
            div.scroll role="region" aria-label="Capacity and demand in numbers" tabindex="0" {
                table.list {
                    thead { tr {
                        th scope="col" { "Week of" } th.num scope="col" { "Capacity" } th.num scope="col" { "Confirmed" }
                        th.num scope="col" { "Tentative" } th.num scope="col" { "Open places" } th.num scope="col" { "Booked" }
                    } }
                    tbody {
                        @for (week, demand) in view.this_week.span(u16::MAX).zip(&view.weeks) {
                            tr {
                                th scope="row" { (week.first_day(start).short()) }
                                td.num { (demand.capacity.rounded()) " h" } td.num { (demand.confirmed.rounded()) " h" }
                                td.num { (demand.tentative.rounded()) " h" } td.num { (demand.open.rounded()) " h" }
                                td.num { (crate::ui::percent_text(demand.percent())) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_counts_in_round_numbers() {
        for (least, expected) in [
            (1, 1),
            (6, 8),
            (11, 20),
            (26, 30),
            (31, 35),
            (260, 300),
            (1_260, 2_000),
        ] {
            assert_eq!(round_step(least), expected, "{least}");
        }
    }

    #[test]
    fn the_largest_value_stays_inside_the_picture() {
        for hours in [0, 1, 39, 40, 1_260, 400_000] {
            let week = WeekDemand {
                capacity: Minutes::from_hours(hours),
                ..WeekDemand::default()
            };
            let scale = Scale::new(&[week, week]);
            assert!(scale.y(week.capacity) >= TOP * 10, "{hours}");
            assert!(scale.step * LINES >= hours, "{hours}");
        }
    }
}
