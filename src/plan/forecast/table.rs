//! The forecast as a table for a file, and as a picture for a slide.

use super::rules::{Asked, group_name, period_words, scope_words};
use crate::book::{Book, Forecast, ForecastWeek, Grouping, balance};
use crate::sheet::{Cell, Column, Shape, Table};
use crate::ui::chart::{AREAS, Areas, Layer, Paint, areas, picture};
use crate::units::{Minutes, Tenths, Week};

/// What the picture and the file are called.
pub const TITLE: &str = "Capacity and demand";

/// One row for each group and week.
pub fn table(book: &Book, asked: &Asked, view: &Forecast) -> Table {
    let start = book.plan.organisation.week_start;
    let cut = asked.outlook.grouping;
    let mut columns = Vec::new();
    match cut {
        Grouping::Whole => {}
        Grouping::Department => columns.push(Column::titled("Department", Shape::Text)),
        Grouping::Role => columns.push(Column::titled("Role", Shape::Text)),
    }
    columns.push(Column::titled("Week", Shape::Date));
    let hours = [
        "Capacity",
        "Confirmed",
        "Tentative",
        "Open places, confirmed",
        "Open places, tentative",
        "Demand",
        "Gap",
        "Idle",
    ];
    columns.extend(hours.map(|head| Column::titled(head, Shape::Hours)));
    columns.push(Column::titled("Utilisation %", Shape::Number));
    let mut rows = Vec::new();
    for line in &view.groups {
        for (week, one) in view.from.span(u16::MAX).zip(&line.weeks) {
            let mut row = Vec::with_capacity(columns.len());
            if cut != Grouping::Whole {
                row.push(Cell::text(group_name(book, line.group)));
            }
            row.push(Cell::Date(week.first_day(start)));
            row.extend(figures(one, asked.tentative));
            rows.push(row);
        }
    }
    Table {
        name: "Forecast".to_owned(),
        columns,
        rows,
    }
}

fn figures(week: &ForecastWeek, tentative: bool) -> impl Iterator<Item = Cell> {
    let hours = [
        week.capacity,
        week.confirmed,
        week.tentative,
        week.open_confirmed,
        week.open_tentative,
        week.demand(tentative),
        week.gap(tentative),
        week.idle(tentative),
    ];
    hours
        .into_iter()
        .map(Cell::Hours)
        .chain([percent(week.utilisation())])
}

fn percent(share: Option<Tenths>) -> Cell {
    share.map_or(Cell::Empty, |share| Cell::Number(share.decimal()))
}

/// The lines above the heads of a workbook.
pub fn lines(book: &Book, asked: &Asked) -> [String; 2] {
    let period = period_words(book, asked.outlook.from, asked.outlook.weeks);
    [
        TITLE.to_owned(),
        format!("{period}, {}", scope_words(book, asked)),
    ]
}

/// What is drawn: the people's agreed hours, open places, and what may come, against capacity.
pub fn drawn(book: &Book, asked: &Asked, view: &Forecast) -> Areas {
    let start = book.plan.organisation.week_start;
    let label = |week: Week| week.first_day(start).short();
    let layer = |paint, value: fn(&ForecastWeek) -> Minutes| Layer {
        paint,
        values: view.weeks.iter().map(value).collect(),
    };
    let mut layers = vec![
        layer(Paint::Confirmed, |week| week.confirmed),
        layer(Paint::Open, |week| week.open_confirmed),
    ];
    if asked.tentative {
        layers.push(layer(Paint::Tentative, |week| {
            week.tentative + week.open_tentative
        }));
    }
    let weeks = view.from.span(asked.outlook.weeks);
    Areas {
        labels: weeks.clone().map(label).collect(),
        layers,
        line: view.weeks.iter().map(|week| week.capacity).collect(),
        told: weeks
            .zip(&view.weeks)
            .map(|(week, one)| told(&label(week), one, asked.tentative))
            .collect(),
    }
}

fn told(label: &str, week: &ForecastWeek, tentative: bool) -> String {
    format!(
        "Week of {label}: {} h asked of {} h capacity; {} h confirmed, {} h tentative, {} h in open places",
        week.demand(tentative).rounded(),
        week.capacity.rounded(),
        week.confirmed.rounded(),
        week.tentative.rounded(),
        week.open().rounded()
    )
}

/// The picture as a file.
pub fn svg(book: &Book, asked: &Asked, view: &Forecast) -> String {
    let sum = balance_of(view, asked.tentative);
    let [title, under] = lines(book, asked);
    let under = format!("{under} · gap {} h, idle {} h", sum.0.rounded(), sum.1.rounded());
    let mut legend = vec![
        (None, "capacity"),
        (Some(Paint::Confirmed), "confirmed"),
        (Some(Paint::Open), "open places"),
    ];
    if asked.tentative {
        legend.push((Some(Paint::Tentative), "tentative"));
    }
    picture(&title, &under, &areas(AREAS, &drawn(book, asked, view)), &legend)
}

/// Gap and idle hours of all groups and weeks.
pub fn balance_of(view: &Forecast, tentative: bool) -> (Minutes, Minutes) {
    let sum = balance(view.groups.iter().flat_map(|line| &line.weeks), tentative);
    (sum.gap, sum.idle)
}
