//! A chart as a file of its own: with its title, legend and colours, readable on a white slide.

use maud::{Markup, PreEscaped, html};

use super::{Paint, Place};

/// Where areas lie in a picture for a slide.
pub const AREAS: Place = Place {
    left: 110,
    right: 1_150,
    top: 120,
    bottom: 560,
};

/// Where bars lie in one; its foot is where the bars end.
pub const BARS: Place = Place {
    left: 330,
    right: 1_010,
    top: 120,
    bottom: 580,
};

/// One entry of a legend: how it is painted, or none for the line; and what it is.
pub type Legend<'a> = (Option<Paint>, &'a str);

/// The file around `shapes`.
#[must_use]
pub fn picture(title: &str, under: &str, shapes: &Markup, legend: &[Legend<'_>]) -> String {
    let svg = html! {
        svg xmlns="http://www.w3.org/2000/svg" width="1200" height="675" viewBox="0 0 1200 675" role="img" aria-label=(title)
            font-family="Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif" font-size="17" fill="#4d5f6c" {
            title { (title) }
            defs {
                pattern id="hatch" patternUnits="userSpaceOnUse" width="8" height="8" patternTransform="rotate(45)" {
                    rect width="8" height="8" fill="#d9eef3" {}
                    rect width="2" height="8" fill="#58b8c6" {}
                }
            }
            rect width="1200" height="675" fill="#ffffff" {}
            text x="40" y="56" font-size="28" font-weight="600" fill="#14212b" { (title) }
            text x="40" y="86" { (under) }
            (shapes)
            @for ((paint, name), x) in legend.iter().zip((110..).step_by(250)) {
                @match paint {
                    Some(paint) => rect x=(x) y="624" width="18" height="18" rx="4" fill=(paint.fill()) {},
                    None => rect x=(x) y="632" width="18" height="3" fill="#14212b" {},
                }
                text x=(x + 28) y="639" { (name) }
            }
        }
    };
    let PreEscaped(text) = svg;
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}")
}
