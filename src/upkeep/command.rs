//! What `ballast maintenance` does, whether it talks to a running server or opens the database itself.

use axum::extract::State;
use axum::response::Response;

use super::rules::Closed;
use super::{handlers, store};
use crate::accounts::audit::{Note, What, keep};
use crate::accounts::command::told;
use crate::app::App;
use crate::error::AppError;
use crate::web::{Fields, Path};

/// Does one act, and says what became of it.
///
/// # Errors
/// `Invalid` where a field is wrong, and whatever the database says.
pub async fn perform(app: &App, act: &str, fields: &Fields) -> Result<String, AppError> {
    let gesture = app.own_gesture("change the maintenance");
    match act {
        "on" => {
            let closed = handlers::read(app, fields)?;
            let kept = closed.clone();
            app.db
                .write(gesture, move |tx| store::close(tx, &kept, None))
                .await?;
            app.upkeep.set_closed(Some(closed));
            keep(app, Note::of_program(What::Maintenance).about("begun")).await;
        }
        "off" => {
            app.db.write(gesture, store::open).await?;
            app.upkeep.set_closed(None);
            keep(app, Note::of_program(What::Maintenance).about("ended")).await;
        }
        "status" => {}
        _ => return Err(AppError::NotFound),
    }
    Ok(said(app, app.upkeep.closed(app.clock.now()).as_ref()))
}

fn said(app: &App, closed: Option<&Closed>) -> String {
    let Some(closed) = closed else {
        return "Maintenance is off.".to_owned();
    };
    let until = closed.until.map_or_else(
        || "until it is ended: ballast maintenance off".to_owned(),
        |until| format!("until {} {}", app.clock.day_of(until), app.clock.time_of(until)),
    );
    let message = if closed.message.is_empty() {
        String::new()
    } else {
        format!("\n{}", closed.message)
    };
    format!("Maintenance is on {until}; administrators are let in.{message}")
}

/// `POST /maintenance/{act}` of the control socket, which nobody but the owner of the data reaches.
pub(crate) async fn answer(State(app): State<App>, Path(act): Path<String>, fields: Fields) -> Response {
    told(perform(&app, &act, &fields).await)
}
