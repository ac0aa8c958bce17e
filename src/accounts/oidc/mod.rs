//! Sign-in through identity providers (`OpenID` Connect): the code flow with PKCE.
//!
//! `known` holds what providers say of themselves, `pending` the sign-ins that are under way, `flow` asks the provider and
//! checks its answer, `entrance` finds whose account it is. A person is known by issuer and subject, never by a name.

pub(crate) mod api;
mod entrance;
mod flow;
mod handlers;
mod known;
mod pages;
mod pending;
mod rules;
mod settings;
mod store;

use crate::app::App;
use crate::config::{Config, GivenProvider};
use crate::error::AppError;

use known::Known;
use pending::Pending;
use rules::{Provider, ProviderKey, scopes_in, tenant_in};

pub use handlers::{Choice, Linked, choices, links, ways};
pub(crate) use handlers::{come_back, link, start, unlink};
pub(in crate::accounts) use pages::linked;
pub(crate) use settings::{
    add_provider, change_provider, list_providers, new_provider, remove_provider, show_provider,
    switch_provider, test_provider,
};

/// What is held in memory for identity providers. Cloning shares it.
#[derive(Clone)]
pub struct Oidc {
    given: Option<Provider>,
    known: Known,
    pending: Pending,
}

impl Oidc {
    /// Nothing known and nothing under way.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            given: config.oidc.given.as_ref().map(given),
            known: Known::default(),
            pending: Pending::default(),
        }
    }
}

/// The provider of the environment. Its settings were checked when they were read.
fn given(given: &GivenProvider) -> Provider {
    let levels = given
        .group_access
        .iter()
        .filter_map(|(group, level)| Some((group.clone(), level.parse().ok()?)));
    let tenant = match given.tenant.as_str() {
        "" => tenant_in(&given.issuer).unwrap_or_default(),
        tenant => tenant,
    };
    Provider {
        key: ProviderKey::Environment,
        name: given.name.clone(),
        issuer: given.issuer.clone(),
        client_id: given.client_id.clone(),
        client_secret: given.client_secret.clone(),
        tenant: tenant.to_lowercase(),
        scopes: scopes_in(&given.scopes.join(" ")),
        groups_claim: given.groups_claim.clone(),
        levels: levels.collect(),
        by_email: true,
        active: true,
    }
}

/// Every provider: that of the environment first.
async fn providers(app: &App) -> Result<Vec<Provider>, AppError> {
    let keys = app.keys.clone();
    let kept = app.db.read(move |tx| store::providers(tx, &keys)).await?;
    Ok(app.oidc.given.iter().cloned().chain(kept).collect())
}

/// The provider that stands in an address.
async fn provider(app: &App, key: &str) -> Result<Provider, AppError> {
    let key: ProviderKey = key.parse().map_err(|_| AppError::NotFound)?;
    let all = providers(app).await?;
    all.into_iter()
        .find(|one| one.key == key)
        .ok_or(AppError::NotFound)
}
