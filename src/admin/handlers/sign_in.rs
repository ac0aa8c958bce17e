//! What is demanded of those who sign in, and help for those who have lost their second step.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::accounts::second_factor::{self, Demand};
use crate::accounts::{KeyedForm, Said, Visitor};
use crate::admin::pages;
use crate::admin::rules::Section;
use crate::app::App;
use crate::db::DbError;
use crate::error::AppError;
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::AccountId;
use crate::web::{Client, Path};

/// `GET /settings/sign-in`: of whom a second step is demanded, and who has one.
pub(crate) async fn show_sign_in(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    Ok(page(&app, &visitor, None).await?.into_response())
}

async fn page(app: &App, visitor: &Visitor, state: Option<FormState>) -> Result<maud::Markup, AppError> {
    let (demand, holders) = app
        .db
        .read(|tx| Ok::<_, DbError>((second_factor::demand(tx)?, second_factor::holders(tx)?)))
        .await?;
    let kept = || FormState::with(&[("demand", Demand::as_str(demand).to_owned())]);
    let state = state.unwrap_or_else(kept);
    Ok(pages::sign_in(
        &visitor.frame(app),
        &app.clock,
        visitor.account,
        &state,
        demand,
        &holders,
    ))
}

/// `POST /settings/sign-in`: demands it of others from now on.
pub(crate) async fn change_sign_in(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(
        second_factor::change_demand(&app, &visitor, client, &fields).await,
        fields,
    )? {
        Ok(()) => Ok(Said::Saved.at(Section::SignIn.href()).into_response()),
        Err(state) => page(&app, &visitor, Some(state)).await.map(refused),
    }
}

/// `POST /settings/sign-in/{id}/reset`: takes off the second step of somebody who has lost it.
pub(crate) async fn reset_second_step(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<AccountId>,
    _form: KeyedForm,
) -> Result<Redirect, AppError> {
    second_factor::reset(&app, &visitor, client, id).await?;
    Ok(Said::SecondStepOff.at(Section::SignIn.href()))
}
