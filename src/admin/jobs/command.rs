//! What `ballast jobs` does, whether it talks to a running server or opens the database itself.

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::Response;

use super::handlers::all;
use crate::accounts::command::{Process, told};
use crate::app::App;
use crate::error::AppError;
use crate::jobs;
use crate::web::{Fields, Path};

/// Does one act, and says what became of it.
///
/// # Errors
/// `Invalid` where there is no such work, and whatever the database says.
pub async fn perform(app: &App, act: &str, fields: &Fields, process: Process) -> Result<String, AppError> {
    match act {
        "list" => list(app).await,
        "run" => run(app, fields.text("kind"), process).await,
        _ => Err(AppError::NotFound),
    }
}

/// `POST /jobs/{act}` of the control socket, which nobody but the owner of the data reaches.
pub(crate) async fn answer(State(app): State<App>, Path(act): Path<String>, fields: Fields) -> Response {
    told(perform(&app, &act, &fields, Process::Stays).await)
}

/// Schedules, then jobs, as lines of columns with tabs between them.
async fn list(app: &App) -> Result<String, AppError> {
    let (schedules, lines) = all(app).await?;
    let mut text = String::new();
    let moment = |at: i64| format!("{} {}", app.clock.day_of(at), app.clock.time_of(at));
    for one in &schedules {
        let next = if one.paused {
            "paused".to_owned()
        } else {
            moment(one.next_at)
        };
        // Writing to a String does not fail.
        let _ = writeln!(text, "{}\t{}\t{}\tnext {next}", one.name, one.cron, one.zone);
    }
    for line in &lines {
        let at = moment(line.ended_at.unwrap_or(line.run_at));
        let _ = writeln!(
            text,
            "{}\t{}\t{}\t{at}\t{}",
            line.id, line.kind, line.state, line.fault
        );
    }
    text.truncate(text.trim_end_matches('\n').len());
    Ok(text)
}

async fn run(app: &App, name: &str, process: Process) -> Result<String, AppError> {
    let Some(kind) = app.jobs.table.kind(name) else {
        let known: Vec<&str> = app.jobs.table.regular.iter().map(|one| one.kind).collect();
        return Err(AppError::field(
            "kind",
            format!("must be one of {}", known.join(", ")),
        ));
    };
    let gesture = app.own_gesture("ask for regular work");
    app.db.write(gesture, move |tx| jobs::add(tx, kind, b"")).await?;
    if process == Process::Stays {
        app.jobs.wake();
        return Ok(format!(
            "{name} is begun; `ballast jobs list` says what became of it"
        ));
    }
    let done = jobs::run_due(app).await?;
    Ok(format!(
        "{done} done; `ballast jobs list` says what became of them"
    ))
}
