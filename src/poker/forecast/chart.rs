//! How many runs end in each week, drawn.

use maud::{Markup, html};

use crate::ui::chart::tenths;
use crate::units::{Week, WeekStart};

const WIDTH: u32 = 720;
const HEIGHT: u32 = 200;
/// Wide enough for the larger figures of a phone.
const LEFT: u32 = 76;
const TOP: u32 = 14;
const FOOT: u32 = 172;

/// One week of the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Which.
    pub week: Week,
    /// How many runs end in it.
    pub runs: usize,
    /// How many percent end in it or before.
    pub by_then: usize,
}

/// How many weeks are drawn at most.
const MOST: usize = 60;

/// The weeks from the first in which a run ends to the last, as many as can be drawn.
pub fn columns(by_week: &[(Week, usize)], runs: usize) -> Vec<Column> {
    let mut sum = 0;
    let all = by_week.iter().map(|(week, count)| {
        sum += count;
        Column {
            week: *week,
            runs: *count,
            by_then: sum * 100 / runs.max(1),
        }
    });
    let all: Vec<Column> = all.collect();
    let last = all
        .iter()
        .rposition(|one| one.runs > 0)
        .map_or(0, |place| place + 1);
    let all = all.into_iter().take(last);
    all.skip_while(|one| one.runs == 0).take(MOST).collect()
}

/// The columns; those after the week of P85 are paler, and a line stands at 85 %.
pub fn chart(columns: &[Column], start: WeekStart, p85: Option<Week>) -> Markup {
    let count = u32::try_from(columns.len()).unwrap_or(u32::MAX).max(1);
    let tallest = columns.iter().map(|one| one.runs).max().unwrap_or(1).max(1);
    let step = (WIDTH - LEFT) * 10 / count;
    let every = (columns.len() / 9).max(1);
    let height = |runs: usize| u32::try_from(runs * ((FOOT - TOP) * 10) as usize / tallest).unwrap_or(0);
    let y_of = |percent: usize| FOOT * 10 - u32::try_from(percent).unwrap_or(0) * (FOOT - TOP) / 10;
    let line: Vec<String> = (0..)
        .zip(columns)
        .map(|(place, one): (u32, &Column)| {
            format!(
                "{},{}",
                tenths(LEFT * 10 + step * place + step / 2),
                tenths(y_of(one.by_then))
            )
        })
        .collect();
    html! {
        svg.runs-chart viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label="How many of the runs are done by each week; the table below holds the figures" {
            @for percent in [0, 50, 85, 100] {
                line.gridline.(if percent == 85 { "sure" } else { "plain" }) x1=(LEFT) x2=(WIDTH) y1=(tenths(y_of(percent))) y2=(tenths(y_of(percent))) {}
                text x=(LEFT - 8) y=(tenths(y_of(percent) + 40)) text-anchor="end" { (percent) " %" }
            }
            @for (place, one) in (0..).zip(columns) {
                @let x = LEFT * 10 + step * place;
                @let tall = height(one.runs);
                rect.run-bar.(if p85.is_some_and(|week| one.week > week) { "late" } else { "likely" })
                    x=(tenths(x + step / 10)) width=(tenths((step * 8 / 10).max(10))) y=(tenths(FOOT * 10 - tall)) height=(tenths(tall)) rx="2" {
                    title { "Week of " (one.week.first_day(start).short()) ": " (one.runs) " runs end here, " (one.by_then) " % by then" }
                }
                @if usize::try_from(place).is_ok_and(|place| place.is_multiple_of(every)) {
                    text x=(tenths(x + step / 2)) y=(FOOT + 18) text-anchor="middle" { (one.week.first_day(start).short()) }
                }
            }
            polyline.by-then points=(line.join(" ")) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_weeks_between_the_first_and_the_last_run_are_drawn() {
        let weeks: Vec<(Week, usize)> = (0..).map(Week).zip([0, 0, 30, 0, 50, 20, 0]).collect();
        let told: Vec<(i32, usize, usize)> = columns(&weeks, 100)
            .iter()
            .map(|one| (one.week.0, one.runs, one.by_then))
            .collect();
        assert_eq!(told, [(2, 30, 30), (3, 0, 30), (4, 50, 80), (5, 20, 100)]);
        assert!(columns(&[(Week(1), 0)], 100).is_empty());
        assert!(columns(&[], 0).is_empty());
    }
}
