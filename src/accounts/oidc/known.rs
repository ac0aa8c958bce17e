//! What providers say of themselves: their discovery and their keys, fetched once and kept for an hour.

use std::sync::Arc;

use moka::sync::Cache;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, IssuerUrl, ProviderMetadata};
use tokio::sync::Mutex;

use super::rules::{Fault, Provider};
use crate::app::App;
use crate::egress::{Answer, EgressError};

/// For how long a discovery holds, in milliseconds.
const LIVES: i64 = 3_600_000;
/// How soon keys are fetched again when one is unknown, in milliseconds.
const KEYS_AGAIN: i64 = 60_000;
/// How soon a provider that did not answer is asked again, in milliseconds: nobody can make us knock all the time.
const KNOCK_AGAIN: i64 = 5_000;
/// How many providers are remembered.
const MOST: u64 = 100;

/// What more we read in a discovery.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub(super) struct More {
    /// Whether its answers name it (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

/// What a provider says of itself.
pub(super) type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// A provider's discovery and keys.
#[derive(Clone)]
pub(super) struct Found {
    pub metadata: Arc<Metadata>,
    /// Who its identities come from: what it calls itself, with our tenant where it leaves room for one.
    pub issuer: IssuerUrl,
    pub keys: Arc<CoreJsonWebKeySet>,
}

#[derive(Default)]
struct Place {
    found: Option<(Found, i64)>,
    failed: Option<(Fault, i64)>,
    keys_asked: Option<i64>,
}

/// What is known of every provider. Cloning shares it.
#[derive(Clone)]
pub(super) struct Known(Cache<(String, String), Arc<Mutex<Place>>>);

impl Default for Known {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).build())
    }
}

impl Known {
    fn place(&self, provider: &Provider) -> Arc<Mutex<Place>> {
        let key = (provider.issuer.clone(), provider.tenant.clone());
        self.0.get_with(key, Arc::default)
    }

    /// What `provider` says of itself. Many who ask at once make one question.
    pub async fn of(&self, app: &App, provider: &Provider) -> Result<Found, Fault> {
        let place = self.place(provider);
        let mut place = place.lock().await;
        let now = app.clock.now();
        if let Some((found, at)) = &place.found
            && at + LIVES > now
        {
            return Ok(found.clone());
        }
        if let Some((fault, at)) = place.failed
            && at + KNOCK_AGAIN > now
        {
            return Err(fault);
        }
        match discover(app, provider).await {
            Ok(found) => {
                place.found = Some((found.clone(), now));
                place.failed = None;
                Ok(found)
            }
            Err(fault) => {
                place.failed = Some((fault, now));
                Err(fault)
            }
        }
    }

    /// The same with keys that were fetched anew, because one was unknown; at most once a minute.
    pub async fn with_new_keys(&self, app: &App, provider: &Provider) -> Result<Found, Fault> {
        let place = self.place(provider);
        let mut place = place.lock().await;
        let now = app.clock.now();
        if place.keys_asked.is_some_and(|at| at + KEYS_AGAIN > now) {
            // Somebody else may have fetched them while we waited.
            return place
                .found
                .as_ref()
                .map(|(found, _)| found.clone())
                .ok_or(Fault::Keys);
        }
        place.keys_asked = Some(now);
        let Some((found, at)) = &place.found else {
            return Err(Fault::Keys);
        };
        let found = Found {
            keys: Arc::new(keys(app, &found.metadata).await?),
            ..found.clone()
        };
        place.found = Some((found.clone(), *at));
        Ok(found)
    }

    /// Forgets what is known of a provider, so that the next question is a new one.
    pub fn forget(&self, provider: &Provider) {
        self.0
            .invalidate(&(provider.issuer.clone(), provider.tenant.clone()));
    }
}

async fn discover(app: &App, provider: &Provider) -> Result<Found, Fault> {
    let base = provider.issuer.trim_end_matches('/');
    let body = fetched(
        app,
        &format!("{base}/.well-known/openid-configuration"),
        Fault::Discovery,
    )
    .await?;
    let metadata: Metadata = serde_json::from_slice(&body).map_err(|_| Fault::Discovery)?;
    let issuer = issuer(metadata.issuer().as_str(), provider)?;
    let asked = metadata.authorization_endpoint().as_str().parse();
    if !asked.is_ok_and(|uri| app.egress.may_ask(&uri)) || metadata.token_endpoint().is_none() {
        return Err(Fault::Discovery);
    }
    let keys = keys(app, &metadata).await?;
    Ok(Found {
        metadata: Arc::new(metadata),
        issuer,
        keys: Arc::new(keys),
    })
}

/// Who identities come from, after what a discovery calls itself. Microsoft's leave room for the tenant.
fn issuer(told: &str, provider: &Provider) -> Result<IssuerUrl, Fault> {
    const ROOM: &str = "{tenantid}";
    let origin = |url: &str| {
        let uri: Option<http::Uri> = url.replace(ROOM, "x").parse().ok();
        uri.and_then(|uri| Some((uri.scheme_str()?.to_owned(), uri.authority()?.to_string())))
    };
    let issuer = if told == provider.issuer {
        told.to_owned()
    } else if !told.contains(ROOM) || origin(told) != origin(&provider.issuer) {
        return Err(Fault::DiscoveryIssuer);
    } else if provider.tenant.is_empty() {
        return Err(Fault::NoTenant);
    } else {
        told.replace(ROOM, &provider.tenant)
    };
    IssuerUrl::new(issuer).map_err(|_| Fault::Discovery)
}

async fn keys(app: &App, metadata: &Metadata) -> Result<CoreJsonWebKeySet, Fault> {
    let body = fetched(app, metadata.jwks_uri().as_str(), Fault::Keys).await?;
    serde_json::from_slice(&body).map_err(|_| Fault::Keys)
}

/// What stands at an address of the provider's.
async fn fetched(app: &App, url: &str, otherwise: Fault) -> Result<Vec<u8>, Fault> {
    match app.egress.get(url).await {
        Ok(Answer { status, body, .. }) if status == http::StatusCode::OK => Ok(body),
        Ok(Answer { status, .. }) if status.is_server_error() => Err(Fault::Unreachable),
        Ok(_) => Err(otherwise),
        Err(error) => Err(outage(error)),
    }
}

/// What a closed door means here.
pub(super) const fn outage(error: EgressError) -> Fault {
    match error {
        EgressError::BadAddress | EgressError::Closed => Fault::Closed,
        EgressError::Unreachable => Fault::Unreachable,
        EgressError::TooSlow => Fault::TooSlow,
        EgressError::TooLarge => Fault::TooLarge,
    }
}
