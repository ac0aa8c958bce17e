//! Certificates from an authority that checks by itself whether a name leads here (RFC 8555).

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, BodyWrapper, BytesResponse, ChallengeType, HttpClient,
    Identifier, NewAccount, NewOrder, Order, OrderStatus, Problem, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};

use super::pair::{Fault, Pair, keep};
use super::shown::Shown;
use crate::config::{Challenge, Config, can_be_certified};
use crate::egress::Egress;

/// How long an order may take from its beginning to the certificate.
const WHOLE: Duration = Duration::from_mins(3);
/// How long one question to the authority may take: some think for a while before they answer.
const QUESTION: Duration = Duration::from_secs(30);
/// The file of what it gave, with its key.
const CERTIFICATE: &str = "certificate.pem";
/// What the authority says of an account that it does not have, or not any more.
const NO_ACCOUNT: &str = "urn:ietf:params:acme:error:accountDoesNotExist";

/// Where what an authority gave is kept: what a rehearsal gave is not shown in earnest.
fn folder_of(config: &Config, folder: &Path) -> PathBuf {
    let host = config
        .tls
        .directory
        .parse::<http::Uri>()
        .ok()
        .and_then(|uri| uri.authority().map(ToString::to_string))
        .unwrap_or_default();
    folder.join(host.replace(':', "_"))
}

/// The certificate that the authority of these settings gave last.
pub fn certificate_path(config: &Config, folder: &Path) -> PathBuf {
    folder_of(config, folder).join(CERTIFICATE)
}

/// The authority, and what we have of it.
pub struct Authority {
    egress: Egress,
    directory: String,
    mail: String,
    names: Vec<String>,
    challenges: Vec<Challenge>,
    folder: PathBuf,
}

/// The account as it is kept: only for the authority and the mail address that it was made with.
#[derive(Serialize, Deserialize)]
struct KeptAccount {
    directory: String,
    mail: String,
    credentials: AccountCredentials,
}

impl Authority {
    /// * `mail`: where the authority writes.
    /// * `folder`: of certificates and keys.
    pub fn new(config: &Config, mail: &str, folder: &Path) -> Result<Self, Fault> {
        let settings = &config.tls;
        let mut trusting = config.clone();
        trusting.extra_ca.extend(settings.roots.iter().cloned());
        let egress = Egress::new(&trusting).map_err(Fault::Unusable)?;
        Ok(Self {
            egress: egress.within(QUESTION),
            directory: settings.directory.clone(),
            mail: mail.to_owned(),
            names: settings
                .names
                .iter()
                .filter(|name| can_be_certified(name))
                .cloned()
                .collect(),
            challenges: settings.challenges.clone(),
            folder: folder_of(config, folder),
        })
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    fn certificate(&self) -> PathBuf {
        self.folder.join(CERTIFICATE)
    }

    /// The certificate that it gave, if it is for any of these names. One that cannot be read is asked for again.
    pub fn kept(&self) -> Option<Pair> {
        let kept = Pair::kept(&self.certificate());
        if let Err(fault) = &kept {
            tracing::warn!(%fault, "the certificate of the authority cannot be used; it is asked for another one");
        }
        kept.ok().flatten().filter(|pair| pair.is_for_any(&self.names))
    }

    /// Asks for a certificate, shows what is to be seen meanwhile, and keeps it.
    ///
    /// * `failures`: how many orders have failed before; each tries the next challenge.
    pub async fn order(&self, shown: &Shown, failures: u32) -> Result<Pair, Fault> {
        let turn = usize::try_from(failures).unwrap_or(0) % self.challenges.len().max(1);
        let challenge = self.challenges.get(turn).copied().unwrap_or(Challenge::TlsAlpn);
        let ordered = tokio::time::timeout(WHOLE, self.ordered(shown, challenge)).await;
        shown.forget_looks();
        let text = ordered.unwrap_or_else(|_| {
            Err(Fault::Authority(format!(
                "the order was not done in {} s",
                WHOLE.as_secs()
            )))
        })?;
        let pair = Pair::read(text.as_bytes(), text.as_bytes())?;
        keep(&self.certificate(), &text)?;
        Ok(pair)
    }

    /// The certificate with what it is signed with, then its key.
    async fn ordered(&self, shown: &Shown, challenge: Challenge) -> Result<String, Fault> {
        let mut order = self.new_order().await?;
        let asked = self.prove(&mut order, shown, challenge).await;
        asked.map_err(|error| self.told(challenge, &error))?;
        let patience = RetryPolicy::new().timeout(WHOLE);
        let status = order.poll_ready(&patience).await;
        if status.map_err(|error| self.told(challenge, &error))? != OrderStatus::Ready {
            return Err(self.why_not(&mut order, challenge).await);
        }
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(self.names.clone())?;
        params.distinguished_name = DistinguishedName::new();
        let request = params.serialize_request(&key)?;
        let finish = async {
            order.finalize_csr(request.der()).await?;
            order.poll_certificate(&patience).await
        };
        let chain = finish.await.map_err(|error| self.told(challenge, &error))?;
        Ok(format!("{}\n{}", chain.trim_end(), key.serialize_pem()))
    }

    /// An order by our account, made where there is none, or where the authority has forgotten it.
    async fn new_order(&self) -> Result<Order, Fault> {
        let names: Vec<Identifier> = self.names.iter().cloned().map(Identifier::Dns).collect();
        let fault = |error: instant_acme::Error| Fault::Authority(self.asked(&error));
        if let Some(account) = self.known_account().await.map_err(fault)? {
            match account.new_order(&NewOrder::new(&names)).await {
                Err(instant_acme::Error::Api(problem)) if is_unknown(&problem) => {
                    tracing::warn!("the authority does not know our account any more; it gets another one");
                }
                answered => return answered.map_err(fault),
            }
        }
        let account = self.new_account().await?;
        account.new_order(&NewOrder::new(&names)).await.map_err(fault)
    }

    fn account_file(&self) -> PathBuf {
        self.folder.join("account.json")
    }

    async fn known_account(&self) -> Result<Option<Account>, instant_acme::Error> {
        let kept = std::fs::read(self.account_file())
            .ok()
            .and_then(|text| serde_json::from_slice::<KeptAccount>(&text).ok())
            .filter(|kept| kept.directory == self.directory && kept.mail == self.mail);
        match kept {
            Some(kept) => self.builder().from_credentials(kept.credentials).await.map(Some),
            None => Ok(None),
        }
    }

    async fn new_account(&self) -> Result<Account, Fault> {
        let contact = format!("mailto:{}", self.mail);
        let about = NewAccount {
            contact: &[&contact],
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let made = self.builder().create(&about, self.directory.clone(), None).await;
        let (account, credentials) = made.map_err(|error| Fault::Authority(self.asked(&error)))?;
        let kept = KeptAccount {
            directory: self.directory.clone(),
            mail: self.mail.clone(),
            credentials,
        };
        let text = serde_json::to_string(&kept).map_err(|error| Fault::Authority(error.to_string()))?;
        keep(&self.account_file(), &text)?;
        Ok(account)
    }

    fn builder(&self) -> instant_acme::AccountBuilder {
        Account::builder_with_http(Box::new(Door(self.egress.clone())))
    }

    /// Lays out for every name what the authority is to see, and tells it to look.
    async fn prove(
        &self,
        order: &mut Order,
        shown: &Shown,
        challenge: Challenge,
    ) -> Result<(), instant_acme::Error> {
        let kind = match challenge {
            Challenge::TlsAlpn => ChallengeType::TlsAlpn01,
            Challenge::Http => ChallengeType::Http01,
        };
        let mut all = order.authorizations();
        while let Some(next) = all.next().await {
            let mut authorization = next?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let Some(mut asked) = authorization.challenge(kind.clone()) else {
                return Err(instant_acme::Error::Unsupported(match challenge {
                    Challenge::TlsAlpn => "tls-alpn-01",
                    Challenge::Http => "http-01",
                }));
            };
            let answer = asked.key_authorization();
            match challenge {
                Challenge::Http => shown.expect_request(&asked.token, answer.as_str()),
                Challenge::TlsAlpn => {
                    let name = asked.identifier().to_string();
                    let certificate = looked_for(&name, answer.digest().as_ref())
                        .map_err(|fault| instant_acme::Error::Other(Box::new(fault)))?;
                    shown.expect_connection(&name, certificate);
                }
            }
            asked.set_ready().await?;
        }
        Ok(())
    }

    /// What the authority says of the names that it did not find here.
    async fn why_not(&self, order: &mut Order, challenge: Challenge) -> Fault {
        let mut words = Vec::new();
        let mut all = order.authorizations();
        while let Some(Ok(mut authorization)) = all.next().await {
            let _ = authorization.refresh().await;
            let faults = authorization
                .challenges
                .iter()
                .filter_map(|one| one.error.as_ref());
            words.extend(faults.map(ToString::to_string));
        }
        if words.is_empty() {
            words.push("it did not say why".to_owned());
        }
        Fault::Authority(format!(
            "{} did not find us by {}: {}",
            self.directory,
            named(challenge),
            words.join("; ")
        ))
    }

    fn told(&self, challenge: Challenge, error: &instant_acme::Error) -> Fault {
        Fault::Authority(format!("{} ({})", self.asked(error), named(challenge)))
    }

    fn asked(&self, error: &instant_acme::Error) -> String {
        format!("{}: {error}", self.directory)
    }
}

const fn named(challenge: Challenge) -> &'static str {
    match challenge {
        Challenge::TlsAlpn => "tls-alpn-01",
        Challenge::Http => "http-01",
    }
}

fn is_unknown(problem: &Problem) -> bool {
    problem.r#type.as_deref() == Some(NO_ACCOUNT)
}

/// The certificate that an authority looks for under a name: nobody but it is shown this one.
fn looked_for(name: &str, digest: &[u8]) -> Result<Arc<CertifiedKey>, Fault> {
    let mut params = CertificateParams::new(vec![name.to_owned()])?;
    if digest.len() == 32 {
        params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    }
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let private = default_provider()
        .key_provider
        .load_private_key(private)
        .map_err(|error| Fault::Unusable(error.to_string()))?;
    // Not compared with its key, which is made right here: no reader of certificates knows what stands in this one.
    Ok(Arc::new(CertifiedKey::new(
        vec![certificate.der().clone()],
        private,
    )))
}

/// The authority is asked through the one door to other servers.
struct Door(Egress);

impl HttpClient for Door {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, instant_acme::Error>> + Send>> {
        let egress = self.0.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = match body.collect().await {
                Ok(body) => body.to_bytes().to_vec(),
                Err(never) => match never {},
            };
            let answer = egress
                .send(Request::from_parts(head, body))
                .await
                .map_err(|error| instant_acme::Error::Other(Box::new(error)))?;
            let mut response = http::Response::new(Full::new(Bytes::from(answer.body)));
            *response.status_mut() = answer.status;
            *response.headers_mut() = answer.headers;
            Ok(BytesResponse::from(response))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_authority_looks_for_can_be_shown() {
        assert_eq!(looked_for("plan.example.org", &[7; 32]).unwrap().cert.len(), 1);
    }
}
