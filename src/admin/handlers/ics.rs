//! Holidays out of iCalendar files: read, shown, and then brought.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};

use super::calendars::{find, href};
use crate::accounts::{KeyedForm, Visitor};
use crate::admin::pages;
use crate::app::App;
use crate::error::{AppError, FieldError};
use crate::exchange::receive;
use crate::people::{self, Calendar, Comparison, Holiday, MOST_ICS_BYTES, ics};
use crate::ui::{self, FormState};
use crate::units::Day;
use crate::units::ids::{CalendarId, ChangeSetId};
use crate::web::{Fields, Path, done_at, key_in, must_be_keyed};

/// `POST /settings/calendars/{id}/ics`: what the file would bring; nothing changes yet.
pub(crate) async fn upload_ics(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    request: Request,
) -> Result<Response, AppError> {
    let shown = key_in(request.headers()).map(str::to_owned);
    let received = receive(&app, request).await?;
    must_be_keyed(shown.as_deref(), &received.fields, &visitor.form_key)?;
    let calendar = find(&app, id).await?;
    let text = match received.file {
        None => Err("choose a file first".to_owned()),
        Some((_, bytes)) => text_of(&bytes),
    };
    match text.and_then(|text| Ok((compared(&calendar, &text)?, text))) {
        Ok((comparison, text)) => {
            Ok(pages::ics_preview(&visitor.frame(&app), &calendar, &comparison, &text).into_response())
        }
        Err(reason) => Ok(refused(&app, &visitor, &calendar, &reason)),
    }
}

fn text_of(bytes: &[u8]) -> Result<String, String> {
    if bytes.len() > MOST_ICS_BYTES {
        return Err(format!("a calendar file may have {} KiB", MOST_ICS_BYTES >> 10));
    }
    // iCalendar is UTF-8; what older programs write in another encoding is left out, and the days still read.
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn refused(app: &App, visitor: &Visitor, calendar: &Calendar, reason: &str) -> Response {
    let errors = vec![FieldError::new("file", reason)];
    let state = FormState::again(Fields::default(), errors);
    ui::refused(pages::calendar(
        &visitor.frame(app),
        calendar,
        &state,
        app.clock.today(),
    ))
}

/// What of a file is new to a calendar.
///
/// # Errors
/// Why it is no calendar at all, with the line.
pub(in crate::admin) fn compared(calendar: &Calendar, text: &str) -> Result<Comparison, String> {
    let contents = ics::read(text)?;
    let days: std::collections::HashSet<Day> = calendar
        .days_between(Day::MIN, Day::MAX)
        .into_iter()
        .map(|one| one.day)
        .collect();
    Ok(Comparison::of(contents, |day| days.contains(&day)))
}

/// `POST /settings/calendars/{id}/ics/confirm`: brings what the preview showed.
pub(crate) async fn confirm_ics(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let (change_set, _) = import(&app, &visitor, id, fields.text("ics")).await?;
    Ok(done_at(&href(id), change_set))
}

/// Adds what is new in a file, as one change set.
pub(in crate::admin) async fn import(
    app: &App,
    visitor: &Visitor,
    id: CalendarId,
    text: &str,
) -> Result<(Option<ChangeSetId>, Comparison), AppError> {
    let calendar = find(app, id).await?;
    let comparison = compared(&calendar, text).map_err(|reason| AppError::field("ics", reason))?;
    let label = match comparison.days.len() + comparison.rules.len() {
        1 => format!("brought 1 holiday from a file to {}", calendar.name),
        many => format!("brought {many} holidays from a file to {}", calendar.name),
    };
    let bring = comparison.clone();
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            if !people::calendar_is_known(tx, id)? {
                return Err(AppError::NotFound);
            }
            for one in &bring.days {
                let holiday = Holiday {
                    day: one.day,
                    name: one.name.clone(),
                    half: false,
                };
                people::put_holiday(tx, id, &holiday)?;
            }
            people::add_rules(tx, id, &bring.rules)?;
            Ok(())
        })
        .await?;
    Ok((written.change_set, comparison))
}
