//! Bars beside their names, the length of each in proportion to the longest.

use maud::{Markup, html};

use super::{Paint, Place, tenths};

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Whose it is.
    pub label: String,
    /// Its number as people read it.
    pub value: String,
    /// Its length, in the same measure as the others'.
    pub length: u64,
    /// How it is painted.
    pub paint: Paint,
}

/// How many letters of a name stand beside its bar.
const LETTERS: usize = 24;

/// The shapes of bars; a line stands at `mark` where one is given.
#[must_use]
pub fn bars(place: Place, bars: &[Bar], mark: Option<u64>) -> Markup {
    let count = u32::try_from(bars.len()).unwrap_or(u32::MAX).max(1);
    let longest = bars
        .iter()
        .map(|bar| bar.length)
        .chain(mark)
        .max()
        .unwrap_or(0)
        .max(1);
    let row = (place.bottom - place.top) * 10 / count;
    let room = u64::from((place.right - place.left) * 10);
    let width = |length: u64| u32::try_from(room * length / longest).unwrap_or(0);
    html! {
        @for (index, bar) in (0..).zip(bars) {
            @let top = place.top * 10 + row * index;
            @let middle = top + row / 2;
            text x=(place.left - 10) y=(tenths(middle + 42)) text-anchor="end" { title { (bar.label) } (shortened(&bar.label)) }
            rect.load.(bar.paint.class()) x=(place.left) y=(tenths(top + row / 6)) width=(tenths(width(bar.length))) height=(tenths(row * 2 / 3)) rx="3" fill=(bar.paint.fill()) {}
            // Beside the line a number would be crossed out by it, so there all of them stand behind it.
            @let beside = mark.map_or(place.left * 10 + width(bar.length), |_| place.right * 10) + 80;
            text.value x=(tenths(beside)) y=(tenths(middle + 42)) fill="#14212b" { (bar.value) }
        }
        @if let Some(mark) = mark {
            @let x = tenths(place.left * 10 + width(mark));
            line.capacity x1=(x) x2=(x) y1=(place.top) y2=(place.bottom) stroke="#14212b" stroke-width="2" {}
        }
    }
}

fn shortened(label: &str) -> String {
    if label.chars().count() <= LETTERS {
        return label.to_owned();
    }
    let mut short: String = label.chars().take(LETTERS - 1).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_where_letters_end() {
        assert_eq!(shortened("Electrical"), "Electrical");
        assert_eq!(
            shortened("Ærøskøbing Forsyning og Varmeværk"),
            "Ærøskøbing Forsyning og…"
        );
    }
}
