//! Reports as tables for files, and as pictures for slides.

use super::rules::{Asked, By, Measure, Value};
use super::words;
use crate::book::{Balances, BandUnit, Bands, Book, Figures, PersonBalance, Report, Slice, Slices};
use crate::sheet::{Cell, Column, Shape, Table};
use crate::ui::chart::{BARS, Bar, Legend, Paint, Place, bars, picture};
use crate::units::{Minutes, Tenths};

/// How many bars a picture holds.
pub const MOST_BARS: usize = 15;

/// How high one bar may be, in units of the picture.
const HIGHEST_BAR: u32 = 44;

/// A report as a table: every figure where the period is one column, the measure where it is cut.
pub fn table(book: &Book, asked: &Asked, report: &Report) -> Table {
    let people = asked.query.dimension.is_of_people();
    let whole = asked.query.slices == Slices::Total;
    let line = |name: String, cells: &[Figures], total: &Figures| {
        let mut row = vec![Cell::text(name)];
        if whole {
            row.extend([Cell::Hours(total.planned()), Cell::Hours(total.open)]);
            if people {
                row.extend([Cell::Hours(total.capacity), percent(total.utilisation())]);
            } else {
                row.push(percent(total.share(&report.total)));
            }
        } else {
            let values = cells
                .iter()
                .zip(&report.totals)
                .map(|(one, all)| asked.value(one, all));
            row.extend(values.chain([asked.value(total, &report.total)]).map(cell));
        }
        row
    };
    let mut rows: Vec<Vec<Cell>> = asked
        .shown(report)
        .into_iter()
        .map(|row| line(words::subject(book, &row.subject), &row.cells, &row.total))
        .collect();
    rows.push(line("Total".to_owned(), &report.totals, &report.total));
    Table {
        name: "Report".to_owned(),
        columns: columns(book, asked, report),
        rows,
    }
}

fn columns(book: &Book, asked: &Asked, report: &Report) -> Vec<Column> {
    let mut columns = vec![Column::titled(words::noun(asked.by), Shape::Text)];
    let people = asked.query.dimension.is_of_people();
    let whole = asked.query.slices == Slices::Total;
    if whole {
        let heads: &[(&str, Shape)] = if people {
            &[
                ("Planned hours", Shape::Hours),
                ("Of them in open places", Shape::Hours),
                ("Capacity", Shape::Hours),
                ("Utilisation %", Shape::Number),
            ]
        } else {
            &[
                ("Planned hours", Shape::Hours),
                ("Of them in open places", Shape::Hours),
                ("Share %", Shape::Number),
            ]
        };
        columns.extend(heads.iter().map(|(head, shape)| Column::titled(head, *shape)));
    } else {
        let shape = if asked.measure == Measure::Utilisation {
            Shape::Number
        } else {
            Shape::Hours
        };
        columns.extend(
            report
                .slices
                .iter()
                .map(|slice| slice_column(book, *slice, shape)),
        );
        columns.push(Column::titled("Total", shape));
    }
    columns
}

fn slice_column(book: &Book, slice: Slice, shape: Shape) -> Column {
    match slice {
        Slice::Week(week) => Column {
            head: Cell::Date(week.first_day(book.plan.organisation.week_start)),
            shape,
        },
        other => Column::titled(&words::slice(book, other), shape),
    }
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Hours(minutes) => Cell::Hours(minutes),
        Value::Share(share) => percent(share),
    }
}

fn percent(share: Option<Tenths>) -> Cell {
    share.map_or(Cell::Empty, |share| Cell::Number(share.decimal()))
}

/// Who has too much and who too little, as one table.
pub fn balance_table(book: &Book, found: &Balances<'_>) -> Table {
    let columns = [
        ("Which", Shape::Text),
        ("Person", Shape::Text),
        ("Booked", Shape::Hours),
        ("Capacity", Shape::Hours),
        ("Average %", Shape::Number),
        ("Weeks over", Shape::Number),
        ("Hours over", Shape::Hours),
        ("Hours free", Shape::Hours),
        ("Peak week", Shape::Date),
        ("Booked in it", Shape::Hours),
        ("Peak %", Shape::Number),
    ];
    let start = book.plan.organisation.week_start;
    let row = |which: &str, one: &PersonBalance<'_>| {
        let (week, booked) = one.peak.map_or((Cell::Empty, Cell::Empty), |(week, peak)| {
            (Cell::Date(week.first_day(start)), Cell::Hours(peak.booked))
        });
        vec![
            Cell::text(which),
            Cell::text(one.person.name.as_str()),
            Cell::Hours(one.booked),
            Cell::Hours(one.capacity),
            percent(one.average()),
            Cell::Number(u32::try_from(one.weeks_over).map_or(0.0, f64::from)),
            Cell::Hours(one.over),
            Cell::Hours(one.free),
            week,
            booked,
            percent(one.peak_share()),
        ]
    };
    let over = found.over.iter().map(|one| row("over", one));
    let under = found.under.iter().map(|one| row("under", one));
    Table {
        name: "Over and under".to_owned(),
        columns: columns
            .into_iter()
            .map(|(head, shape)| Column::titled(head, shape))
            .collect(),
        rows: over.chain(under).collect(),
    }
}

/// The table of whatever is asked for.
pub fn table_of(book: &Book, asked: &Asked) -> Table {
    match asked.by {
        By::Dimension(_) => table(book, asked, &book.report(asked.query)),
        By::Balance => balance_table(book, &book.balances(asked.query)),
    }
}

/// Limits in hours are those of one person's week; over a period only a share says something.
pub fn bands(book: &Book) -> Bands {
    let own = book.plan.organisation.bands;
    if own.unit == BandUnit::Hours {
        Bands::default()
    } else {
        own
    }
}

/// What is drawn of a report, the longest bars first unless the rows keep their order; and where the line of exactly full
/// stands.
pub fn drawn(book: &Book, asked: &Asked, report: &Report) -> (Vec<Bar>, Option<u64>) {
    let bands = bands(book);
    let of_load = asked.measure == Measure::Utilisation && asked.query.dimension.is_of_people();
    let rows = asked
        .ordered(report)
        .into_iter()
        .filter(|row| asked.size(&row.total) > 0);
    let bar = |row: &crate::book::ReportRow| {
        let value = asked.value(&row.total, &report.total);
        let load = bands.load(row.total.booked, row.total.capacity);
        Bar {
            label: words::subject(book, &row.subject),
            value: short(value),
            length: match value {
                Value::Hours(minutes) => u64::from(minutes.0),
                Value::Share(share) => share.map_or(0, |share| u64::from(share.0)),
            },
            paint: if of_load {
                Paint::Load(load.class())
            } else {
                Paint::Confirmed
            },
        }
    };
    let found: Vec<Bar> = rows.take(MOST_BARS).map(bar).collect();
    let mark = (of_load && !found.is_empty()).then_some(1_000);
    (found, mark)
}

/// What is drawn of the people who stand out: their averages.
pub fn drawn_balance(book: &Book, found: &Balances<'_>) -> (Vec<Bar>, Option<u64>) {
    let bands = bands(book);
    let mut seen = Vec::new();
    let mut all = Vec::new();
    for one in found.over.iter().chain(&found.under) {
        if all.len() < MOST_BARS && !seen.contains(&one.person.id) {
            seen.push(one.person.id);
            all.push(Bar {
                label: one.person.name.clone(),
                value: short(Value::Share(one.average())),
                length: one.average().map_or(0, |share| u64::from(share.0)),
                paint: Paint::Load(bands.load(one.booked, one.capacity).class()),
            });
        }
    }
    let mark = (!all.is_empty()).then_some(1_000);
    (all, mark)
}

/// A number beside its bar: `1 240 h`, and `86.2 %` as it stands in the table, since to round it again could say another.
fn short(value: Value) -> String {
    match value {
        Value::Hours(minutes) => format!("{} h", minutes.rounded()),
        Value::Share(_) => words::value(value),
    }
}

/// What of whatever is asked for is drawn.
pub fn drawn_of(book: &Book, asked: &Asked) -> (Vec<Bar>, Option<u64>) {
    match asked.by {
        By::Dimension(_) => drawn(book, asked, &book.report(asked.query)),
        By::Balance => drawn_balance(book, &book.balances(asked.query)),
    }
}

/// Where so many bars lie: as high as there is room for, and no higher than looks well.
pub fn room(place: Place, count: usize) -> Place {
    let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
    let each = ((place.bottom - place.top) / count).min(HIGHEST_BAR);
    Place {
        bottom: place.top + each * count,
        ..place
    }
}

/// The picture as a file.
pub fn svg(book: &Book, asked: &Asked) -> String {
    let (found, mark) = drawn_of(book, asked);
    let shapes = bars(room(BARS, found.len()), &found, mark);
    let legend: &[Legend<'_>] = match (mark, asked.by) {
        (None, _) => &[],
        (Some(_), By::Balance) => &[(None, "all capacity; bars are averages")],
        (Some(_), By::Dimension(_)) => &[(None, "all capacity")],
    };
    picture(
        &words::title(asked),
        &words::under_title(book, asked),
        &shapes,
        legend,
    )
}

/// The sums in a few words: planned, open, capacity.
pub fn sums(report: &Report) -> (Minutes, Minutes, Minutes) {
    (report.total.planned(), report.total.open, report.total.capacity)
}
