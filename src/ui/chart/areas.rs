//! Hours over weeks: layers on top of each other, and a line across them.

use maud::{Markup, html};

use super::{Paint, Place, Scale, line, tenths};
use crate::units::{Minutes, grouped};

/// One layer of hours.
#[derive(Clone, Debug)]
pub struct Layer {
    /// How it is painted.
    pub paint: Paint,
    /// Its hours at each point.
    pub values: Vec<Minutes>,
}

/// What such a chart shows.
#[derive(Clone, Debug)]
pub struct Areas {
    /// What stands under each point.
    pub labels: Vec<String>,
    /// The layers from the foot line up.
    pub layers: Vec<Layer>,
    /// The line across them.
    pub line: Vec<Minutes>,
    /// What is told of each point to whoever points at it.
    pub told: Vec<String>,
}

impl Areas {
    fn sums(&self) -> Vec<Vec<Minutes>> {
        let mut sum = vec![Minutes(0); self.labels.len()];
        let mut sums = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            for (sum, value) in sum.iter_mut().zip(&layer.values) {
                *sum += *value;
            }
            sums.push(sum.clone());
        }
        sums
    }
}

/// The shapes of such a chart, without the picture around them.
#[must_use]
pub fn areas(place: Place, chart: &Areas) -> Markup {
    let sums = chart.sums();
    let tallest = chart.line.iter().chain(sums.last().into_iter().flatten()).max();
    let scale = Scale::new(place, chart.labels.len(), tallest.copied().unwrap_or_default());
    let every = match chart.labels.len() {
        0..=9 => 1,
        10..=16 => 2,
        17..=30 => 4,
        _ => 10,
    };
    let points = |values: &[Minutes]| (0..).zip(values.iter().copied()).collect::<Vec<_>>();
    let ground = vec![Minutes(0); chart.labels.len()];
    let floors = std::iter::once(&ground).chain(&sums);
    html! {
        @for hours in scale.lines() {
            @let y = scale.y(Minutes::from_hours(hours));
            line.gridline x1=(place.left) x2=(place.right) y1=(tenths(y)) y2=(tenths(y)) stroke="#dfe6ea" {}
            text x=(place.left - 8) y=(tenths(y + 40)) text-anchor="end" { (grouped(hours)) " h" }
        }
        @for ((layer, top), floor) in chart.layers.iter().zip(&sums).zip(floors) {
            @let upper = line(&scale, points(top).into_iter());
            @let lower = line(&scale, points(floor).into_iter().rev());
            path.(layer.paint.class()) d=(format!("M{upper} L{lower} Z")) fill=(layer.paint.fill()) {}
        }
        path.capacity d=(format!("M{}", line(&scale, points(&chart.line).into_iter()))) fill="none" stroke="#14212b" stroke-width="2" {}
        @for ((index, label), told) in (0_u32..).zip(&chart.labels).zip(&chart.told) {
            @let x = scale.x(index);
            @if index % every == 0 { text x=(tenths(x)) y=(place.bottom + 19) text-anchor=(if index == 0 { "start" } else { "middle" }) { (label) } }
            @let half = (place.right - place.left) * 5 / scale.points.max(2);
            rect.hit x=(tenths(x.saturating_sub(half))) y=(place.top) width=(tenths(half * 2)) height=(place.bottom - place.top) fill="transparent" { title { (told) } }
        }
    }
}
