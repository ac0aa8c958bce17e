//! `ballast db query`: a question to the database in its own language. There is no shell in an image without one.

use clap::{Args, Subcommand, ValueEnum};

use super::exit::{self, Failure};
use crate::config::Config;
use crate::db::{Db, QueryTable, query};

/// What to do with the database.
#[derive(Subcommand)]
pub enum Action {
    /// Asks a question and prints the answer. Nothing is changed, and nothing is hidden: whoever may run this may read the file.
    Query(Question),
}

/// A question.
#[derive(Args)]
pub struct Question {
    /// Says that nothing is to be changed; there is no other way.
    #[arg(long, required = true)]
    read_only: bool,
    /// How many rows are printed at most.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// How they are printed.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// One statement: `select count(*) from person`.
    sql: String,
}

/// How an answer is printed.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Lines with commas, the names first.
    Csv,
    /// A list of objects.
    Json,
}

/// Asks.
pub fn run(config: &Config, action: &Action) -> Result<(), Failure> {
    let Action::Query(question) = action;
    let limit = usize::try_from(question.limit).unwrap_or(1_000);
    let table =
        query(&config.data_dir.join(Db::FILE), &question.sql, limit).map_err(|error| match error {
            crate::db::DbError::Refused(words) => Failure::usage(words),
            other => other.into(),
        })?;
    let text = match question.format {
        Format::Csv => as_csv(&table)?,
        Format::Json => as_json(&table)?,
    };
    exit::print(&text)?;
    if table.more {
        exit::remark(&format!(
            "there are more than {limit} rows; --limit prints more of them"
        ));
    }
    Ok(())
}

fn as_csv(table: &QueryTable) -> Result<String, Failure> {
    let told = |error: String| Failure::unavailable(error);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(&table.columns)
        .map_err(|error| told(error.to_string()))?;
    for row in &table.rows {
        let cells = row.iter().map(|value| match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        writer
            .write_record(cells)
            .map_err(|error| told(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| told(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

fn as_json(table: &QueryTable) -> Result<String, Failure> {
    let rows: Vec<serde_json::Map<String, serde_json::Value>> = table
        .rows
        .iter()
        .map(|row| table.columns.iter().cloned().zip(row.iter().cloned()).collect())
        .collect();
    serde_json::to_string_pretty(&rows).map_err(|error| Failure::unavailable(error.to_string()))
}
