//! Identity providers, for programs of administrators. What they gave us to prove ourselves with is told to nobody.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::ProviderKey;
use super::{flow, providers, store};
use crate::app::App;
use crate::error::AppError;
use crate::web::Json;

/// An identity provider.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderJson {
    /// As it stands in its addresses.
    id: String,
    name: String,
    issuer: String,
    client_id: String,
    /// The only tenant that may come in; blank for every one.
    tenant: String,
    scopes: Vec<String>,
    /// Where it says somebody's groups; blank where nobody asks.
    groups_claim: String,
    /// The access that members of a group have.
    groups: BTreeMap<String, &'static str>,
    /// Whether accounts are found by a verified address at the first sign-in.
    by_email: bool,
    active: bool,
    /// Whether it is named by the settings of the environment, and changed there alone.
    from_environment: bool,
    /// The redirect address that the provider must know, exactly.
    redirect_uri: String,
    /// How many accounts are linked to it.
    linked: i64,
}

/// Every identity provider.
#[utoipa::path(get, path = "/api/v1/providers", tag = "accounts", responses((status = 200, body = [ProviderJson])))]
pub(crate) async fn list_providers(State(app): State<App>) -> Result<Json<Vec<ProviderJson>>, AppError> {
    let all = providers(&app).await?;
    let counts = app.db.read(store::counts).await?;
    let told = all.into_iter().map(|provider| ProviderJson {
        redirect_uri: flow::callback(&app, &provider),
        linked: counts.get(&provider.key.to_string()).copied().unwrap_or(0),
        from_environment: matches!(provider.key, ProviderKey::Environment),
        id: provider.key.to_string(),
        groups: provider
            .levels
            .into_iter()
            .map(|(group, access)| (group, access.as_str()))
            .collect(),
        name: provider.name,
        issuer: provider.issuer,
        client_id: provider.client_id,
        tenant: provider.tenant,
        scopes: provider.scopes,
        groups_claim: provider.groups_claim,
        by_email: provider.by_email,
        active: provider.active,
    });
    Ok(Json(told.collect()))
}
