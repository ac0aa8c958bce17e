//! Capacity and demand as a picture, with its numbers behind it.

use maud::{Markup, html};

use crate::book::{Overview, WeekDemand};
use crate::ui::chart::{Areas, Layer, Paint, Place, areas};
use crate::units::{Minutes, Week, WeekStart};

/// Where the chart lies in its picture of 760 by 236.
const PLACE: Place = Place {
    left: 66,
    right: 748,
    top: 14,
    bottom: 212,
};

/// The chart of an overview.
pub fn demand_chart(view: &Overview<'_>, start: WeekStart) -> Markup {
    let weeks = || view.this_week.span(u16::MAX).zip(&view.weeks);
    let label = |week: Week| week.first_day(start).short();
    let layer = |paint, value: fn(&WeekDemand) -> Minutes| Layer {
        paint,
        values: view.weeks.iter().map(value).collect(),
    };
    let shown = Areas {
        labels: weeks().map(|(week, _)| label(week)).collect(),
        layers: vec![
            layer(Paint::Confirmed, |week| week.confirmed),
            layer(Paint::Tentative, |week| week.tentative + week.open),
        ],
        line: view.weeks.iter().map(|week| week.capacity).collect(),
        told: weeks().map(|(week, demand)| told(&label(week), demand)).collect(),
    };
    html! {
        svg.chart viewBox="0 0 760 236" role="img" aria-label=(format!("Capacity and demand over {} weeks; the numbers are in the table below.", view.weeks.len())) {
            (areas(PLACE, &shown))
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
