//! Public holidays.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::{unused, used_meanwhile};
use crate::accounts::{KeyedForm, Visitor};
use crate::admin::pages;
use crate::admin::rules::{Section, calendar_uses, read_holidays};
use crate::app::App;
use crate::db::Written;
use crate::edit;
use crate::error::{AppError, FieldError};
use crate::people::{self, CALENDAR, Calendar, Done, Holiday};
use crate::ui::{FormState, or_again, refused};
use crate::units::Day;
use crate::units::ids::{CalendarId, ChangeSetId};
use crate::web::{Fields, Path, Query, Reader, done_at};

async fn all(app: &App) -> Result<Vec<Calendar>, AppError> {
    Ok(app.db.read(people::calendars).await?)
}

pub(super) async fn find(app: &App, id: CalendarId) -> Result<Calendar, AppError> {
    let found = all(app).await?.into_iter().find(|calendar| calendar.id == id);
    found.ok_or(AppError::NotFound)
}

/// `GET /settings/calendars`: every calendar.
pub(crate) async fn show_calendars(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let frame = done.frame(&app, &visitor).await?;
    let page = pages::calendars(&frame, &app.book(), &all(&app).await?, app.clock.today());
    Ok(page.into_response())
}

/// `GET /settings/calendars/{id}`: the days of one.
pub(crate) async fn show_calendar(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let frame = done.frame(&app, &visitor).await?;
    let calendar = find(&app, id).await?;
    let state = FormState::default();
    Ok(pages::calendar(&frame, &calendar, &state, app.clock.today()).into_response())
}

pub(super) fn href(id: CalendarId) -> String {
    format!("{}/{id}", Section::Calendars.href())
}

/// `GET /settings/calendars/new`: the form.
pub(crate) async fn new_calendar(State(app): State<App>, visitor: Visitor) -> Response {
    pages::calendar_form(&visitor.frame(&app), &app.book(), None, &FormState::default())
}

/// `GET /settings/calendars/{id}/edit`: the form.
pub(crate) async fn edit_calendar(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
) -> Result<Response, AppError> {
    let calendar = find(&app, id).await?;
    let state = FormState::with(&[("name", calendar.name)]);
    Ok(pages::calendar_form(
        &visitor.frame(&app),
        &app.book(),
        Some(id),
        &state,
    ))
}

/// `POST /settings/calendars`: one more.
pub(crate) async fn add_calendar(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    answer(&app, &visitor, None, fields).await
}

/// `POST /settings/calendars/{id}`: renames one.
pub(crate) async fn change_calendar(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    answer(&app, &visitor, Some(id), fields).await
}

async fn answer(
    app: &App,
    visitor: &Visitor,
    id: Option<CalendarId>,
    fields: Fields,
) -> Result<Response, AppError> {
    match or_again(save(app, visitor, id, &fields).await, fields)? {
        Ok(written) => Ok(done_at(&href(written.value), written.change_set)),
        Err(state) => Ok(refused(pages::calendar_form(
            &visitor.frame(app),
            &app.book(),
            id,
            &state,
        ))),
    }
}

/// Adds a calendar, or renames the one with `id`.
pub(in crate::admin) async fn save(
    app: &App,
    visitor: &Visitor,
    id: Option<CalendarId>,
    fields: &Fields,
) -> Result<Written<CalendarId>, AppError> {
    let country = fields.text("country").trim();
    let mut reader = Reader::new(fields);
    // The calendar of a country needs no other name.
    let of_country = people::countries()
        .iter()
        .find(|one| one.code == country && id.is_none());
    let name = match of_country {
        Some(one) if fields.text("name").trim().is_empty() => one.name.to_owned(),
        _ => reader.name("name"),
    };
    let name = reader.finish(name).map_err(AppError::Invalid)?;
    let rules = if country.is_empty() || id.is_some() {
        Vec::new()
    } else {
        let mut reader = Reader::new(fields);
        let rules = people::read_rules(&mut reader);
        reader.finish(rules).map_err(AppError::Invalid)?
    };
    let label = match id {
        None => format!("added the calendar {name}"),
        Some(id) => format!("renamed the calendar {} to {name}", find(app, id).await?.name),
    };
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            if people::name_is_taken(tx, &CALENDAR, &name, id.map(|id| id.0))? {
                return Err(AppError::field(
                    "name",
                    "there is a calendar of this name already",
                ));
            }
            match id {
                None => {
                    let id = people::add_calendar(tx, &name)?;
                    people::add_rules(tx, id, &rules)?;
                    Ok(id)
                }
                Some(id) if people::rename(tx, &CALENDAR, id.0, &name)? => Ok(id),
                Some(_) => Err(AppError::NotFound),
            }
        })
        .await
}

/// `POST /settings/calendars/{id}/remove`: takes one away that nobody keeps.
pub(crate) async fn remove_calendar(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let change_set = remove(&app, &visitor, id).await?;
    Ok(done_at(Section::Calendars.href(), change_set))
}

/// Takes a calendar away that nobody keeps, with its days.
pub(in crate::admin) async fn remove(
    app: &App,
    visitor: &Visitor,
    id: CalendarId,
) -> Result<Option<ChangeSetId>, AppError> {
    let name = find(app, id).await?.name;
    unused(&name, &calendar_uses(&app.book(), id))?;
    let label = format!("removed the calendar {name}");
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            people::remove_calendar(tx, id)
        })
        .await
        .map_err(used_meanwhile)?;
    edit::found(&written)
}

/// `POST /settings/calendars/{id}/days`: one day with its name, or many as pasted lines.
pub(crate) async fn add_holidays(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(add_days(&app, &visitor, id, &fields).await, fields)? {
        Ok(change_set) => Ok(done_at(&href(id), change_set)),
        Err(state) => {
            let calendar = find(&app, id).await?;
            Ok(refused(pages::calendar(
                &visitor.frame(&app),
                &calendar,
                &state,
                app.clock.today(),
            )))
        }
    }
}

/// Sets the holidays of `lines`, or the one of `day` and `name`.
pub(in crate::admin) async fn add_days(
    app: &App,
    visitor: &Visitor,
    id: CalendarId,
    fields: &Fields,
) -> Result<Option<ChangeSetId>, AppError> {
    let calendar = find(app, id).await?.name;
    let days = if fields.text("lines").trim().is_empty() {
        read_one(fields)?
    } else {
        read_holidays(fields.text("lines")).map_err(|faults| {
            let errors = faults.into_iter().map(|fault| FieldError::new("lines", fault));
            AppError::Invalid(errors.collect())
        })?
    };
    let label = match days.as_slice() {
        [one] => format!("added {} on {} to {calendar}", one.name, one.day.long()),
        many => format!("added {} holidays to {calendar}", many.len()),
    };
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            if !people::calendar_is_known(tx, id)? {
                return Err(AppError::NotFound);
            }
            for holiday in &days {
                people::put_holiday(tx, id, holiday)?;
            }
            Ok(())
        })
        .await?;
    Ok(written.change_set)
}

fn read_one(fields: &Fields) -> Result<Vec<Holiday>, AppError> {
    let mut reader = Reader::new(fields);
    let day = reader.day("day");
    if fields.text("day").trim().is_empty() {
        reader.fault("day", "say which day");
    }
    let name = reader.name("name");
    let half = reader.flag("half");
    let read = reader.finish((day, name)).map_err(AppError::Invalid)?;
    let (Some(day), name) = read else {
        return Err(AppError::NotFound);
    };
    Ok(vec![Holiday { day, name, half }])
}

/// `POST /settings/calendars/{id}/rules`: the holidays of a country, or one that comes each year.
pub(crate) async fn add_rules(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(add_yearly(&app, &visitor, id, &fields).await, fields)? {
        Ok(change_set) => Ok(done_at(&href(id), change_set)),
        Err(state) => {
            let calendar = find(&app, id).await?;
            Ok(refused(pages::calendar(
                &visitor.frame(&app),
                &calendar,
                &state,
                app.clock.today(),
            )))
        }
    }
}

/// Adds the holidays that come again of `country`, or the one of `day` and `name`; those that are there already stay.
pub(in crate::admin) async fn add_yearly(
    app: &App,
    visitor: &Visitor,
    id: CalendarId,
    fields: &Fields,
) -> Result<Option<ChangeSetId>, AppError> {
    let calendar = find(app, id).await?.name;
    let mut reader = Reader::new(fields);
    let drafts = people::read_rules(&mut reader);
    let drafts = reader.finish(drafts).map_err(AppError::Invalid)?;
    let code = fields.text("country").trim();
    let country = people::countries().iter().find(|country| country.code == code);
    let label = match (country, drafts.as_slice()) {
        (Some(country), _) => format!("added the holidays of {} to {calendar}", country.name),
        (None, [one]) => format!("added {} each year to {calendar}", one.name),
        (None, many) => format!("added {} yearly holidays to {calendar}", many.len()),
    };
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            if !people::calendar_is_known(tx, id)? {
                return Err(AppError::NotFound);
            }
            Ok::<_, AppError>(people::add_rules(tx, id, &drafts)?)
        })
        .await?;
    if written.value == 0 {
        return Err(AppError::field(
            if code.is_empty() { "day" } else { "country" },
            "all of these days are in this calendar already",
        ));
    }
    Ok(written.change_set)
}

/// `POST /settings/calendars/{id}/rules/{rule}/remove`: takes one that comes again away.
pub(crate) async fn remove_rule(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, rule)): Path<(CalendarId, i64)>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let change_set = remove_yearly(&app, &visitor, id, rule).await?;
    Ok(done_at(&href(id), change_set))
}

/// Takes a holiday that comes again away.
pub(in crate::admin) async fn remove_yearly(
    app: &App,
    visitor: &Visitor,
    id: CalendarId,
    rule: i64,
) -> Result<Option<ChangeSetId>, AppError> {
    let calendar = find(app, id).await?;
    let found = calendar.rules.iter().find(|one| one.id == rule);
    let name = &found.ok_or(AppError::NotFound)?.draft.name;
    let label = format!("removed {name} each year from {}", calendar.name);
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            people::remove_rule(tx, id, rule)
        })
        .await?;
    edit::found(&written)
}

/// `POST /settings/calendars/{id}/days/remove`: takes the holiday on `day` away.
pub(crate) async fn remove_holiday(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let day = fields.text("day").parse().map_err(|_| AppError::NotFound)?;
    let change_set = remove_day(&app, &visitor, id, day).await?;
    Ok(done_at(&href(id), change_set))
}

/// Takes a holiday away.
pub(in crate::admin) async fn remove_day(
    app: &App,
    visitor: &Visitor,
    id: CalendarId,
    day: Day,
) -> Result<Option<ChangeSetId>, AppError> {
    let calendar = find(app, id).await?;
    let holiday = calendar.holidays.iter().find(|holiday| holiday.day == day);
    let name = &holiday.ok_or(AppError::NotFound)?.name;
    let label = format!("removed {name} on {} from {}", day.long(), calendar.name);
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            people::remove_holiday(tx, id, day)
        })
        .await?;
    edit::found(&written)
}
