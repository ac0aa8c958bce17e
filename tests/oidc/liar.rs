//! A provider that tells the truth until it is told to lie.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Query, RawForm, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, header};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use ring::{digest, hmac};
use serde_json::{Map, Value, json};

/// As what Ballast is registered, and what it proves itself with.
pub const CLIENT: &str = "ballast";
pub const PROOF: &str = "a proof that no identity may be signed with";

/// How an identity is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Signed {
    /// With the key that is published.
    #[default]
    Rightly,
    /// By nobody: `alg: none`.
    ByNobody,
    /// As `alg: none` says, with a signature behind it all the same.
    ByNobodyWithMore,
    /// With the published key, taken for the key of an HMAC.
    WithThePublicKey,
    /// With what Ballast proves itself with, as the key of an HMAC.
    WithTheProof,
    /// With another key under the published one's name.
    ByAnother,
    /// With another key under a name of its own.
    ByAnUnknownKey,
    /// Rightly, and changed afterwards.
    AndChanged,
}

/// What the place answers that exchanges codes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Exchange {
    #[default]
    Identity,
    NoIdentity,
    Huge,
    Never,
    Elsewhere,
    Broken,
    NotJson,
}

/// What is wrong, if anything.
#[derive(Clone, Debug, Default)]
pub struct Lie {
    /// Claims besides or instead of the true ones; null takes one away.
    pub claims: Value,
    /// The same for the head of the identity.
    pub head: Value,
    /// The same for what it says of itself.
    pub discovery: Value,
    /// Its keys, where they are not the true ones.
    pub keys: Option<Value>,
    pub signed: Signed,
    pub exchange: Exchange,
}

struct Grant {
    nonce: String,
    challenge: String,
}

pub struct Inner {
    pub issuer: String,
    lie: Mutex<Lie>,
    now: AtomicI64,
    grants: Mutex<HashMap<String, Grant>>,
    key: EcdsaKeyPair,
    other: EcdsaKeyPair,
}

#[derive(Clone)]
pub struct Liar(pub Arc<Inner>);

fn pair() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap()
}

impl Liar {
    /// A provider on this machine; `now` is its time, in milliseconds.
    pub async fn start(now: i64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Inner {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            lie: Mutex::default(),
            now: AtomicI64::new(now),
            grants: Mutex::default(),
            key: pair(),
            other: pair(),
        };
        let liar = Self(Arc::new(inner));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(exchange))
            .with_state(liar.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        liar
    }

    pub fn lies(&self, lie: Lie) {
        *self.0.lie.lock().unwrap() = lie;
    }

    pub fn set_time(&self, now: i64) {
        self.0.now.store(now, Ordering::Relaxed);
    }

    fn lie(&self) -> Lie {
        self.0.lie.lock().unwrap().clone()
    }

    fn truth(&self, nonce: &str) -> Value {
        let now = self.0.now.load(Ordering::Relaxed) / 1_000;
        json!({
            "iss": self.0.issuer,
            "aud": CLIENT,
            "sub": "u-1",
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "email": "ada@example.org",
            "email_verified": true,
        })
    }

    fn identity(&self, nonce: &str) -> String {
        let lie = self.lie();
        let kind = match lie.signed {
            Signed::ByNobody | Signed::ByNobodyWithMore => "none",
            Signed::WithThePublicKey | Signed::WithTheProof => "HS256",
            _ => "ES256",
        };
        let named = if lie.signed == Signed::ByAnUnknownKey {
            "k-9"
        } else {
            "k-1"
        };
        let head = changed(json!({ "alg": kind, "kid": named, "typ": "JWT" }), &lie.head);
        let claims = changed(self.truth(nonce), &lie.claims);
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&head), encode(&claims));
        let bytes = signed.as_bytes();
        let by = |key: &EcdsaKeyPair| key.sign(&SystemRandom::new(), bytes).unwrap().as_ref().to_vec();
        let tag = |key: &[u8]| {
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes)
                .as_ref()
                .to_vec()
        };
        let signature = match lie.signed {
            Signed::Rightly | Signed::AndChanged | Signed::ByNobodyWithMore => by(&self.0.key),
            Signed::ByNobody => Vec::new(),
            Signed::WithThePublicKey => tag(self.0.key.public_key().as_ref()),
            Signed::WithTheProof => tag(PROOF.as_bytes()),
            Signed::ByAnother | Signed::ByAnUnknownKey => by(&self.0.other),
        };
        let signed = if lie.signed == Signed::AndChanged {
            let changed = changed(claims, &json!({ "sub": "u-2" }));
            format!("{}.{}", encode(&head), encode(&changed))
        } else {
            signed
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn changed(mut truth: Value, lie: &Value) -> Value {
    let empty = Map::new();
    for (name, value) in lie.as_object().unwrap_or(&empty) {
        if value.is_null() {
            truth.as_object_mut().unwrap().remove(name);
        } else {
            truth[name] = value.clone();
        }
    }
    truth
}

async fn discovery(State(liar): State<Liar>) -> Json<Value> {
    let issuer = &liar.0.issuer;
    let truth = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        "authorization_response_iss_parameter_supported": true,
    });
    Json(changed(truth, &liar.lie().discovery))
}

async fn keys(State(liar): State<Liar>) -> Json<Value> {
    let point = liar.0.key.public_key().as_ref();
    let part = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
    let key = json!({ "kty": "EC", "crv": "P-256", "kid": "k-1", "use": "sig", "x": part(1), "y": part(33) });
    Json(liar.lie().keys.unwrap_or_else(|| json!({ "keys": [key] })))
}

/// Lets everybody in at once.
async fn authorize(State(liar): State<Liar>, Query(asked): Query<HashMap<String, String>>) -> Redirect {
    assert_eq!(asked["code_challenge_method"], "S256");
    assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
    let grant = Grant {
        nonce: asked["nonce"].clone(),
        challenge: asked["code_challenge"].clone(),
    };
    let mut grants = liar.0.grants.lock().unwrap();
    let code = format!("c-{}", grants.len());
    let back = format!(
        "{}?code={code}&state={}&iss={}",
        asked["redirect_uri"], asked["state"], liar.0.issuer
    );
    grants.insert(code, grant);
    Redirect::to(&back)
}

async fn exchange(State(liar): State<Liar>, RawForm(form): RawForm) -> Response {
    match liar.lie().exchange {
        Exchange::Identity | Exchange::NoIdentity => {}
        Exchange::Huge => return Json(json!({ "access_token": "x".repeat(2_000_000) })).into_response(),
        Exchange::Never => return std::future::pending().await,
        Exchange::Elsewhere => return Redirect::temporary("/elsewhere").into_response(),
        Exchange::Broken => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Exchange::NotJson => return "<html>".into_response(),
    }
    let fields = ballast::web::Fields::from_form(&form);
    let refused = || {
        let body = Body::from(json!({ "error": "invalid_grant" }).to_string());
        let head = [(header::CONTENT_TYPE, "application/json")];
        (StatusCode::BAD_REQUEST, head, body).into_response()
    };
    // A code is used up by the first who sends it, right or wrong.
    let mut grants = liar.0.grants.lock().unwrap();
    let Some(grant) = grants.get_mut(fields.text("code")) else {
        return refused();
    };
    let proven = digest::digest(&digest::SHA256, fields.text("code_verifier").as_bytes());
    let challenge = std::mem::take(&mut grant.challenge);
    if challenge != URL_SAFE_NO_PAD.encode(proven.as_ref()) {
        return refused();
    }
    let mut answer = json!({ "access_token": "a", "token_type": "Bearer", "expires_in": 60 });
    if liar.lie().exchange == Exchange::Identity {
        answer["id_token"] = Value::from(liar.identity(&grant.nonce));
    }
    Json(answer).into_response()
}
