//! The menu by which figures leave a page.

use maud::{Markup, html};

use crate::ui;

/// Where the files of a page are.
pub struct Links {
    /// The room: `/forecast` or `/reports`.
    pub room: &'static str,
    /// The query of the page, from which each file has its figures.
    pub query: String,
    /// What the files are called, without their ending.
    pub name: String,
}

/// The menu. Copying and PNG need a script, which makes them of the SVG; without one the link gives the SVG itself.
pub fn menu(links: &Links) -> Markup {
    let Links { room, query, name } = links;
    let picture = format!("{room}/picture.svg?{query}");
    html! {
        details.menu.share data-share=(picture) data-name=(name) {
            summary.btn { (ui::icon("download")) "Share" }
            ul {
                li { button type="button" data-copy hidden { "Copy picture" } }
                li { a href=(format!("{picture}&download=1")) data-png { "Picture for slides" span.faint.end { "PNG" } } }
                li { a href=(format!("{picture}&download=1")) { "Picture that scales" span.faint.end { "SVG" } } }
                li { a href=(format!("{room}/export.xlsx?{query}")) { "Workbook" span.faint.end { "XLSX" } } }
                li { a href=(format!("{room}/export.csv?{query}")) { "Table as text" span.faint.end { "CSV" } } }
            }
        }
    }
}
