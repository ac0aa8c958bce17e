//! The code flow: where the browser is sent, and what its answer is worth.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::DateTime;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AsyncHttpClient, AuthType, AuthorizationCode, ClaimsVerificationError,
    Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IdToken, IdTokenClaims, IdTokenFields, IdTokenVerifier, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
    UserInfoClaims, UserInfoError,
};
use serde_json::{Map, Value};

use super::known::{Found, outage};
use super::pending::{Asked, Meaning};
use super::rules::{
    self, Expected, Fault, Groups, Person, Provider, ProviderKey, SKEW, Told, groups_in, is_true,
};
use crate::accounts::entry::Door;
use crate::app::App;
use crate::egress::{Egress, EgressError};
use crate::secret::Secret;

/// The signatures that count. None of them can be made with what a provider publishes.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What is told besides the standard claims.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
struct Rest {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Rest {}

type Identity = IdToken<Rest, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Claims = IdTokenClaims<Rest, CoreGenderClaim>;
type Exchanged = StandardTokenResponse<
    IdTokenFields<
        Rest,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type Registered = Client<
    Rest,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Exchanged,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The library asks through the one door.
struct Asker(Egress);

impl<'c> AsyncHttpClient<'c> for Asker {
    type Error = EgressError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, EgressError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.send(request).await?;
            let mut response = HttpResponse::new(answer.body);
            *response.status_mut() = answer.status;
            *response.headers_mut() = answer.headers;
            Ok(response)
        })
    }
}

/// Us, as the provider knows us.
fn registered(provider: &Provider, found: &Found) -> Registered {
    let secret = &provider.client_secret;
    let secret = (!secret.is_empty()).then(|| ClientSecret::new(secret.expose().to_owned()));
    let client_id = ClientId::new(provider.client_id.clone());
    let methods = found.metadata.token_endpoint_auth_methods_supported();
    let takes = |method| methods.is_none_or(|all| all.contains(&method));
    let in_body =
        !takes(CoreClientAuthMethod::ClientSecretBasic) && takes(CoreClientAuthMethod::ClientSecretPost);
    Registered::from_provider_metadata((*found.metadata).clone(), client_id, secret).set_auth_type(
        if in_body {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        },
    )
}

/// Where a provider sends browsers back to, whole.
pub(super) fn callback(app: &App, provider: &Provider) -> String {
    callback_of(app, provider.key)
}

/// The same for one that is not kept yet.
pub(super) fn callback_of(app: &App, key: ProviderKey) -> String {
    format!("{}{}", app.config.public_url, key.callback_path())
}

/// What is asked of a browser that goes to a provider.
pub(super) struct Question<'a> {
    /// What comes back with it.
    pub state: &'a str,
    /// What the identity must carry.
    pub nonce: &'a str,
    /// Whether the person must be asked again.
    pub again: bool,
}

/// Where the browser goes, and what will prove that the code is ours.
pub(super) fn address(
    app: &App,
    provider: &Provider,
    found: &Found,
    question: &Question<'_>,
) -> Result<(String, Secret), Fault> {
    let back = RedirectUrl::new(callback(app, provider)).map_err(|_| Fault::Discovery)?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let state = CsrfToken::new(question.state.to_owned());
    let nonce = Nonce::new(question.nonce.to_owned());
    let client = registered(provider, found);
    let mut request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
        .set_redirect_uri(Cow::Owned(back))
        .set_pkce_challenge(challenge)
        .add_scopes(provider.scopes.iter().cloned().map(Scope::new));
    if question.again {
        request = request
            .add_prompt(CoreAuthPrompt::Login)
            .set_max_age(Duration::ZERO);
    }
    let (url, _, _) = request.url();
    Ok((url.into(), Secret::from(verifier.into_secret())))
}

/// Whom the provider vouches for, for a code that it sent along with the browser.
pub(super) async fn answer(
    app: &App,
    provider: &Provider,
    asked: &Asked,
    code: &str,
) -> Result<Person, Fault> {
    let found = app.oidc.known.of(app, provider).await?;
    let through = Asker(app.egress.clone());
    let client = registered(provider, &found);
    let back = RedirectUrl::new(callback(app, provider)).map_err(|_| Fault::Discovery)?;
    let exchanged = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|_| Fault::Discovery)?
        .set_redirect_uri(Cow::Owned(back))
        .set_pkce_verifier(PkceCodeVerifier::new(asked.verifier.expose().to_owned()))
        .request_async(&through)
        .await
        .map_err(|error| refused(&error))?;
    let identity = exchanged.id_token().ok_or(Fault::Unreadable)?;
    let now = app.clock.now().div_euclid(1_000);
    let claims = checked(app, provider, &found, (identity, asked, now)).await?;
    let mut told = told(&claims, &provider.groups_claim);
    complete(
        &mut told,
        &claims,
        provider,
        &client,
        exchanged.access_token(),
        &through,
    )
    .await?;
    let asked_since = match asked.meaning {
        Meaning::SignIn {
            door: Door::Administration,
        } => Some(asked.at.div_euclid(1_000)),
        Meaning::SignIn { .. } | Meaning::Link { .. } => None,
    };
    let expected = Expected {
        client_id: &provider.client_id,
        tenant: &provider.tenant,
        now,
        asked_since,
    };
    rules::person(told, &expected)
}

/// The claims of an identity whose signature is right; with keys fetched anew where its key is unknown.
async fn checked(
    app: &App,
    provider: &Provider,
    found: &Found,
    (identity, asked, now): (&Identity, &Asked, i64),
) -> Result<Claims, Fault> {
    match verified(provider, found, (identity, asked, now)) {
        Err(Fault::UnknownKey) => {
            let found = app.oidc.known.with_new_keys(app, provider).await?;
            verified(provider, &found, (identity, asked, now))
        }
        other => other,
    }
}

fn verified(
    provider: &Provider,
    found: &Found,
    (identity, asked, now): (&Identity, &Asked, i64),
) -> Result<Claims, Fault> {
    let client_id = ClientId::new(provider.client_id.clone());
    // A public client's verifier: a signature made with the client's own secret is none.
    let verifier = IdTokenVerifier::new_public_client(client_id, found.issuer.clone(), (*found.keys).clone())
        .set_allowed_algs(SIGNATURES)
        .set_time_fn(move || DateTime::from_timestamp(now.saturating_sub(SKEW), 0).unwrap_or_default());
    let nonce = Nonce::new(asked.nonce.expose().to_owned());
    identity
        .claims(&verifier, &nonce)
        .cloned()
        .map_err(|error| fault_of(&error))
}

const fn fault_of(error: &ClaimsVerificationError) -> Fault {
    match error {
        ClaimsVerificationError::Expired(_) => Fault::Expired,
        ClaimsVerificationError::InvalidAudience(_) => Fault::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => Fault::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => Fault::Nonce,
        ClaimsVerificationError::InvalidSubject(_) => Fault::Subject,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            Fault::UnknownKey
        }
        ClaimsVerificationError::SignatureVerification(_) => Fault::Signature,
        _ => Fault::Unreadable,
    }
}

/// Why a code was not exchanged. What the provider wrote is not repeated: it may hold what it should not.
const fn refused(
    error: &RequestTokenError<EgressError, StandardErrorResponse<CoreErrorResponseType>>,
) -> Fault {
    match error {
        RequestTokenError::ServerResponse(_) => Fault::CodeRefused,
        RequestTokenError::Request(error) => outage(*error),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Fault::Unreadable,
    }
}

fn told(claims: &Claims, groups_claim: &str) -> Told {
    let rest = &claims.additional_claims().all;
    let text = |name: &str| rest.get(name).and_then(Value::as_str).map(str::to_owned);
    Told {
        issuer: claims.issuer().to_string(),
        subject: claims.subject().to_string(),
        party: claims.authorized_party().map(|party| party.to_string()),
        tenant: text("tid"),
        object: text("oid"),
        issued_at: claims.issue_time().timestamp(),
        not_before: rest.get("nbf").and_then(Value::as_i64),
        asked_at: claims.auth_time().map(|at| at.timestamp()),
        email: claims.email().map(|email| email.to_string()),
        email_verified: claims.email_verified().unwrap_or(false),
        domain_verified: is_true(rest.get("xms_edov")),
        groups: groups_in(rest, groups_claim),
    }
}

/// Asks the provider for what it does not put into identities: many tell address and groups only when asked.
async fn complete(
    told: &mut Told,
    claims: &Claims,
    provider: &Provider,
    client: &Registered,
    access: &AccessToken,
    through: &Asker,
) -> Result<(), Fault> {
    let no_groups = told.groups == Groups::Named(Vec::new());
    let wants_groups = no_groups && !provider.groups_claim.is_empty() && !provider.levels.is_empty();
    let wants_email = told.email.is_none() && provider.by_email;
    if !wants_groups && !wants_email {
        return Ok(());
    }
    let Ok(question) = client.user_info(access.clone(), Some(claims.subject().clone())) else {
        // The provider has no such place; then what we have is all there is.
        return Ok(());
    };
    let more: UserInfoClaims<Rest, CoreGenderClaim> =
        question
            .request_async(through)
            .await
            .map_err(|error| match error {
                UserInfoError::Request(error) => outage(error),
                UserInfoError::ClaimsVerification(_) => Fault::Subject,
                _ => Fault::Unreadable,
            })?;
    if told.email.is_none() {
        told.email = more.email().map(|email| email.to_string());
        told.email_verified = more.email_verified().unwrap_or(false);
    }
    if no_groups {
        told.groups = groups_in(&more.additional_claims().all, &provider.groups_claim);
    }
    Ok(())
}
