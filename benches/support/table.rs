//! Figures as a small table: whole numbers under their units, and a line that says what they mean.

use std::time::Duration;

/// Prints `rows` under `title`, each column as wide as its widest cell.
pub fn print(title: &str, columns: &[&str], rows: &[Vec<String>], meaning: &str) {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count());
        let heading = columns.get(column).map_or(0, |name| name.chars().count());
        cells.max().unwrap_or(0).max(heading)
    };
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().enumerate().map(|(column, cell)| {
            let space = " ".repeat(width(column).saturating_sub(cell.chars().count()));
            // Words stand left, figures right.
            if column == 0 {
                format!("{cell}{space}")
            } else {
                format!("{space}{cell}")
            }
        });
        padded.collect::<Vec<_>>().join("  ")
    };
    println!("\n{title}\n\n  {}", line(columns.to_vec()));
    for row in rows {
        println!("  {}", line(row.iter().map(String::as_str).collect()));
    }
    println!("\n  {meaning}");
}

/// The duration that `percent` of `times` do not exceed.
pub fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default()
}

/// `1.234`, in milliseconds.
pub fn milliseconds(time: Duration) -> String {
    let micros = time.as_micros();
    format!("{}.{:03}", micros / 1_000, micros % 1_000)
}

/// `1.25`: how often `floor` goes into `time`.
pub fn ratio(time: Duration, floor: Duration) -> String {
    let hundredths = time.as_nanos() * 100 / floor.as_nanos().max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
