//! Signing in as a program, and keys, for programs.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::families::{self, Opened, Shown};
use super::handlers;
use super::store::KeptKey;
use crate::accounts::entry::Knock;
use crate::accounts::handlers::KeyedForm;
use crate::accounts::visitor::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::secret::Secret;
use crate::units::ids::ProgramKeyId;
use crate::web::outermost::Problem;
use crate::web::{Client, Json, Path};

/// What a program signs in with.
#[derive(Deserialize, ToSchema)]
pub struct SignInInput {
    email: String,
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String)]
    password: Secret,
    /// Of the second step; only for accounts that have one.
    #[serde(default, deserialize_with = "perhaps_secret")]
    #[schema(value_type = Option<String>)]
    code: Option<Secret>,
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
    String::deserialize(from).map(Secret::from)
}

fn perhaps_secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(Secret::from))
}

/// What a program shows with each request, for some minutes. What renews it comes as a cookie beside.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessJson<'a> {
    /// Shown as `Authorization: Bearer …`.
    access_token: &'a str,
    /// `Bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
}

fn answer(opened: Opened) -> Response {
    let json = AccessJson {
        access_token: opened.access.expose(),
        token_type: "Bearer",
        expires_in: opened.lives,
    };
    let mut response = Json(json).into_response();
    response.headers_mut().append(header::SET_COOKIE, opened.cookie);
    response
}

/// Signs a program in with an address and a password.
#[utoipa::path(
    post, path = "/api/v1/token", tag = "programs", request_body = SignInInput, security(()),
    responses(
        (status = 200, body = AccessJson<'static>, description = "With the cookie `__Secure-ballast-refresh`, which is sent to this path only"),
        (status = 401, body = Problem, description = "`urn:ballast:problem:sign-in-refused`, `…:second-factor-needed` where a `code` is missing, or `…:second-factor-refused` where it is wrong")
    )
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    knock: Knock,
    Json(input): Json<SignInInput>,
) -> Result<Response, AppError> {
    let shown = Shown {
        email: input.email,
        password: input.password,
        code: input.code,
    };
    families::sign_in(&app, &knock, shown).await.map(answer)
}

/// Gives the next access, and the next cookie. A cookie that was used up before ends the access of all that came from it.
#[utoipa::path(
    post, path = "/api/v1/token/refresh", tag = "programs", security(("renewal" = [])),
    responses(
        (status = 200, body = AccessJson<'static>),
        (status = 401, body = Problem, description = "`urn:ballast:problem:renewal-refused`: sign in again"),
        (status = 403, description = "A cookie came without an `Origin` of this Ballast")
    )
)]
pub(crate) async fn renew(
    State(app): State<App>,
    headers: HeaderMap,
    client: Client,
) -> Result<Response, AppError> {
    families::renew(&app, &headers, client).await.map(answer)
}

/// Signs a program out: its access and what renews it are good for nothing from then on.
#[utoipa::path(delete, path = "/api/v1/token", tag = "programs", security(("renewal" = []), ("bearer" = [])), responses((status = 204)))]
pub(crate) async fn leave(
    State(app): State<App>,
    headers: HeaderMap,
    visitor: Option<Extension<Visitor>>,
    client: Client,
) -> Result<Response, AppError> {
    families::leave(&app, &headers, visitor.as_deref(), client).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = families::forgotten(&app) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A key that somebody made for a program of theirs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProgramKeyJson {
    id: i64,
    name: String,
    /// How it begins, by which it is known again.
    begins: String,
    /// `read`, `plan` or `administer`.
    scope: &'static str,
    made_at: String,
    ends_at: String,
    /// To the minute.
    used_at: Option<String>,
}

impl From<&KeptKey> for ProgramKeyJson {
    fn from(key: &KeptKey) -> Self {
        let moment = |at| Timestamp::from_millisecond(at).unwrap_or_default().to_string();
        Self {
            id: key.id.0,
            name: key.name.clone(),
            begins: key.public.clone(),
            scope: key.scope.as_str(),
            made_at: moment(key.made_at),
            ends_at: moment(key.ends_at),
            used_at: key.used_at.map(moment),
        }
    }
}

/// What somebody sends to make a key.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct ProgramKeyInput {
    /// What it is for.
    name: String,
    /// `read`, `plan` or `administer`; no more than the account may do. `administer` needs a fresh proof.
    scope: String,
    /// From 1 to 365.
    days: u16,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewProgramKeyJson {
    /// The whole of it; it is not told again.
    token: String,
    #[serde(flatten)]
    key: ProgramKeyJson,
}

/// One's own keys, the newest first.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "programs", responses((status = 200, body = [ProgramKeyJson])))]
pub(crate) async fn list_keys(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Json<Vec<ProgramKeyJson>>, AppError> {
    let keys = handlers::keys(&app, &visitor).await?;
    Ok(Json(keys.iter().map(ProgramKeyJson::from).collect()))
}

/// Makes a key.
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "programs", request_body = ProgramKeyInput,
    responses((status = 201, body = NewProgramKeyJson), (status = 403), (status = 422))
)]
pub(crate) async fn add_key(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let (kept, key) = handlers::make(&app, &visitor, client, &fields).await?;
    let json = NewProgramKeyJson {
        token: key.whole.expose().to_owned(),
        key: ProgramKeyJson::from(&kept),
    };
    Ok((StatusCode::CREATED, Json(json)).into_response())
}

/// Takes a key back; it opens nothing from then on.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", tag = "programs", params(("id" = i64, Path)),
    responses((status = 204), (status = 404))
)]
pub(crate) async fn remove_key(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<ProgramKeyId>,
) -> Result<StatusCode, AppError> {
    handlers::take_back(&app, &visitor, client, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
