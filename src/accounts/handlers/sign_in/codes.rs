//! The second step of signing in with digits or a longer code from a letter.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, header};
use maud::Markup;

use super::{come_again, told_to_wait, ways};
use crate::accounts::entry::{self, Door, Knock, Proof};
use crate::accounts::pages::sign_in as pages;
use crate::accounts::sign_in::{self as ways_in, Left, Refused, Step, Wait};
use crate::app::App;
use crate::error::AppError;
use crate::web::{Fields, Query};

/// What became of the request before, as the address of the page for the digits says it.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Was {
    was: String,
}

/// `GET /auth/login/code` and its like: where the digits are typed.
pub(crate) async fn show_code(
    State(app): State<App>,
    knock: Knock,
    headers: HeaderMap,
    Query(Was { was }): Query<Was>,
) -> Result<Response, AppError> {
    match Step::held(&app, &headers, knock.door) {
        Some(step) => Ok(code_page(&app, &knock, &step, &was, None).await?.into_response()),
        None => Ok(Redirect::to(knock.door.path()).into_response()),
    }
}

/// * `was`: what became of the request before.
/// * `waits`: for how long somebody has to wait, and why.
async fn code_page(
    app: &App,
    knock: &Knock,
    step: &Step,
    was: &str,
    waits: Option<(&str, Wait)>,
) -> Result<Markup, AppError> {
    if step.long {
        return long_code_page(app, knock, step, was, waits).await;
    }
    let pause = ways_in::code_pause(app, knock, step).await?;
    let lives = ways_in::minutes(app.config.sign_in.code_lives.as_secs());
    let left = ways_in::code_left(app, step).await?;
    let fault = match (waits, left) {
        (Some((why, wait)), _) => Some(format!("{why} {}", come_again(wait))),
        (None, Left::Spent) => {
            Some("Too many tries were wrong, so these digits open nothing any more.".to_owned())
        }
        (None, Left::Over) => Some("The time of these digits is up, or newer ones were sent.".to_owned()),
        (None, Left::Tries(1)) if was == "wrong" => {
            Some("These are not the digits. One try is left.".to_owned())
        }
        (None, Left::Tries(tries)) if was == "wrong" => {
            Some(format!("These are not the digits. {tries} tries are left."))
        }
        (None, Left::Tries(_)) if was == "short" => {
            Some("Type all six digits. That was not counted as a try.".to_owned())
        }
        (None, Left::Tries(_)) => None,
    };
    Ok(pages::code(
        &ways(app, knock.door).waiting(waits.map(|(_, wait)| wait)),
        &pages::Sent {
            email: &step.email,
            next: &step.next,
            lives: &lives,
            pause,
            fault: fault.as_deref(),
            note: (was == "sent" && fault.is_none())
                .then_some("New digits are on their way. Those before open nothing any more."),
            closed: !matches!(left, Left::Tries(_)),
        },
    ))
}

/// Where a long code is typed. What it says is the same whether or not a letter left, and for every address.
async fn long_code_page(
    app: &App,
    knock: &Knock,
    step: &Step,
    was: &str,
    waits: Option<(&str, Wait)>,
) -> Result<Markup, AppError> {
    let lives = app.config.sign_in.long_code_lives.as_secs();
    let half = ways_in::minutes(lives / 2);
    let fault = match (waits, was) {
        (Some((why, wait)), _) => Some(format!("{why} {}", come_again(wait))),
        (None, "wrong") => {
            Some("This is not the code, or it was used already, or its time is up.".to_owned())
        }
        (None, "short") => Some("Type the whole code: four groups of five letters and digits.".to_owned()),
        (None, _) => None,
    };
    let note = format!("If the newest letter is older than {half}, another is on its way.");
    Ok(pages::long_code(
        &ways(app, knock.door).waiting(waits.map(|(_, wait)| wait)),
        &pages::Sent {
            email: &step.email,
            next: &step.next,
            lives: &ways_in::minutes(lives),
            pause: ways_in::code_pause(app, knock, step).await?,
            fault: fault.as_deref(),
            note: (was == "sent" && fault.is_none()).then_some(note.as_str()),
            closed: false,
        },
        &half,
    ))
}

/// To the page for the digits, with a new step where one was begun; loading it again sends nothing again.
///
/// * `was`: what became of this request, where the page has something to say of it.
pub(super) fn to_code(app: &App, door: Door, was: &str, step: Option<&Step>) -> Result<Response, AppError> {
    let said = if was.is_empty() {
        String::new()
    } else {
        format!("?was={was}")
    };
    let mut response = Redirect::to(&format!("{}/code{said}", door.path())).into_response();
    if let Some(step) = step {
        let value = step.cookie(app, door)?;
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// `POST /auth/login/code` and its like: six digits begin a session.
pub(crate) async fn take_code(
    State(app): State<App>,
    knock: Knock,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, AppError> {
    let Some(step) = Step::held(&app, &headers, knock.door).filter(|_| ways(&app, knock.door).code) else {
        return Ok(Redirect::to(knock.door.path()).into_response());
    };
    let mut fields = fields;
    let typed = fields.take_secret("code");
    let proven = if step.long {
        ways_in::by_long_code(&app, &knock, &step, &typed).await
    } else {
        ways_in::by_code(&app, &knock, &step, &typed).await
    };
    match proven {
        Ok(account) => entry::admit(&app, &account, Proof::Code, &knock, &step.next).await,
        Err(Refused::Wrong | Refused::NotHere) => to_code(&app, knock.door, "wrong", None),
        Err(Refused::NotWhole) => to_code(&app, knock.door, "short", None),
        Err(Refused::Wait(wait)) => {
            let why = Some(("Too many tries in a row.", wait));
            Ok(told_to_wait(wait, code_page(&app, &knock, &step, "", why).await?))
        }
        Err(Refused::Failed(error)) => Err(error),
    }
}

/// `POST /auth/login/code/again` and its like: new digits to the same address; the ones before are dead.
pub(crate) async fn send_again(
    State(app): State<App>,
    knock: Knock,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let Some(step) = Step::held(&app, &headers, knock.door).filter(|_| ways(&app, knock.door).code) else {
        return Ok(Redirect::to(knock.door.path()).into_response());
    };
    match ways_in::ask_for_code(&app, &knock, &step.email, &step.next, Some(&step)).await {
        Ok(step) => to_code(&app, knock.door, "sent", Some(&step)),
        Err(Refused::Wait(wait)) => {
            let why = match ways_in::code_left(&app, &step).await? {
                Left::Tries(_) => "The digits that were sent are still good.",
                Left::Spent | Left::Over => "No more letters go out right now.",
            };
            let page = code_page(&app, &knock, &step, "", Some((why, wait))).await?;
            Ok(told_to_wait(wait, page))
        }
        Err(Refused::Failed(error)) => Err(error),
        Err(Refused::Wrong | Refused::NotWhole | Refused::NotHere) => {
            Err(AppError::Internal("no digits were judged".to_owned()))
        }
    }
}
