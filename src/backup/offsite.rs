//! Copies of the archives in storage that speaks S3, so that a lost disk is not a lost plan.
//!
//! Only the signing of addresses is somebody else's code; the requests go through the one door to other servers, in pieces, so
//! that neither an archive nor a slow answer fills the memory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use rusty_s3::actions::{CreateMultipartUpload, ListObjectsV2, S3Action};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::retention::{Keep, kept};
use super::{Fault, is_name, shelf};
use crate::egress::{Answer, Egress, EgressError};
use crate::secret::Secret;
use crate::units::Day;

/// How large a piece is that is sent or fetched at once.
const PIECE: usize = 8 * 1_048_576;
/// How long one piece may take.
const PIECE_WITHIN: Duration = Duration::from_mins(2);
/// For how long a signed address is good.
const SIGNED_FOR: Duration = Duration::from_mins(10);
/// How often a piece is tried, with a longer pause after each time.
const TRIES: u32 = 3;

/// Where copies go. It has no `Debug`, since it holds the key.
#[derive(Clone)]
pub struct Place {
    bucket: Bucket,
    credentials: Credentials,
    prefix: String,
}

/// What settings say of it.
pub struct Given<'a> {
    /// `https://s3.eu-central-1.amazonaws.com`
    pub endpoint: &'a str,
    /// The name of the bucket.
    pub bucket: &'a str,
    /// Its region.
    pub region: &'a str,
    /// What stands before the names in it.
    pub prefix: &'a str,
    /// Whether the bucket stands in the host's name instead of the path.
    pub in_host: bool,
    /// Who asks.
    pub key: &'a str,
    /// The proof of it.
    pub proof: &'a Secret,
}

impl Place {
    /// The place that settings describe.
    ///
    /// # Errors
    /// A sentence where the address is none.
    pub fn new(given: &Given<'_>) -> Result<Self, String> {
        let endpoint = given
            .endpoint
            .parse()
            .map_err(|_| "must be an address such as https://s3.example.org".to_owned())?;
        let style = if given.in_host {
            UrlStyle::VirtualHost
        } else {
            UrlStyle::Path
        };
        let bucket = Bucket::new(endpoint, style, given.bucket.to_owned(), given.region.to_owned())
            .map_err(|error| error.to_string())?;
        let prefix = match given.prefix.trim_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Ok(Self {
            bucket,
            credentials: Credentials::new(given.key.to_owned(), given.proof.expose().to_owned()),
            prefix,
        })
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// An archive elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Its name.
    pub name: String,
    /// The day in its name.
    pub day: Day,
    /// How long it is.
    pub bytes: u64,
}

/// Copies elsewhere, reached through the door to other servers.
#[derive(Clone)]
pub struct Offsite {
    place: Place,
    egress: Egress,
}

impl Offsite {
    /// What is at `place`.
    #[must_use]
    pub fn new(place: Place, egress: &Egress) -> Self {
        let egress = egress.within(PIECE_WITHIN).up_to(PIECE + 1_048_576);
        Self { place, egress }
    }

    /// Sends one exchange, again where what went wrong may pass.
    async fn ask(
        &self,
        method: &Method,
        url: &str,
        head: &[(header::HeaderName, String)],
        body: &Bytes,
    ) -> Result<Answer, Fault> {
        let mut pause = Duration::from_secs(1);
        for attempt in 1..=TRIES {
            let answer = self.once(method, url, head, body).await;
            let passes = match &answer {
                Ok(answer) => {
                    answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS
                }
                Err(error) => matches!(error, EgressError::Unreachable | EgressError::TooSlow),
            };
            if !passes || attempt == TRIES {
                let answer =
                    answer.map_err(|error| Fault::Refused(format!("the storage for copies: {error}")))?;
                return if answer.status.is_success() {
                    Ok(answer)
                } else {
                    Err(told(&answer))
                };
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(Fault::Refused("the storage for copies was not asked".to_owned()))
    }

    async fn once(
        &self,
        method: &Method,
        url: &str,
        head: &[(header::HeaderName, String)],
        body: &Bytes,
    ) -> Result<Answer, EgressError> {
        let mut request = Request::builder().method(method.clone()).uri(url);
        for (name, value) in head {
            request = request.header(name, value);
        }
        // The piece is given away, and kept for the next try.
        let request = request.body(body.to_vec()).map_err(|_| EgressError::BadAddress)?;
        self.egress.send(request).await
    }

    /// The archives that are there, the oldest first.
    ///
    /// # Errors
    /// `Refused` with what the storage answers.
    pub async fn list(&self) -> Result<Vec<Remote>, Fault> {
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut action = self.place.bucket.list_objects_v2(Some(&self.place.credentials));
            action.with_prefix(self.place.prefix.clone());
            if let Some(token) = next.take() {
                action.with_continuation_token(token);
            }
            let url = action.sign(SIGNED_FOR);
            let answer = self.ask(&Method::GET, url.as_str(), &[], &Bytes::new()).await?;
            let page = ListObjectsV2::parse_response(&String::from_utf8_lossy(&answer.body))
                .map_err(|_| Fault::Refused("the storage for copies answers no list".to_owned()))?;
            for object in page.contents {
                let name = object
                    .key
                    .strip_prefix(&self.place.prefix)
                    .unwrap_or_default()
                    .to_owned();
                // Whatever else is kept there is left alone.
                let day = name
                    .strip_prefix("ballast-")
                    .and_then(|rest| rest.get(..10)?.parse().ok());
                if let (Some(day), true) = (day, is_name(&name)) {
                    found.push(Remote {
                        bytes: object.size.unwrap_or_default(),
                        name,
                        day,
                    });
                }
            }
            match page.next_continuation_token {
                Some(token) => next = Some(token),
                None => break,
            }
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// Sends the archive at `path` there, under its own name.
    ///
    /// # Errors
    /// `Refused` with what the storage answers; nothing is left there under that name then.
    pub async fn put(&self, path: &Path) -> Result<(), Fault> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let key = self.place.key(&name.unwrap_or_default());
        let bytes = tokio::fs::metadata(path)
            .await
            .map_err(Fault::io("reading the archive"))?
            .len();
        let (bucket, credentials) = (&self.place.bucket, Some(&self.place.credentials));
        let begun = bucket.create_multipart_upload(credentials, &key).sign(SIGNED_FOR);
        let answer = self
            .ask(&Method::POST, begun.as_str(), &[], &Bytes::new())
            .await?;
        let begun = CreateMultipartUpload::parse_response(&String::from_utf8_lossy(&answer.body))
            .map_err(|_| Fault::Refused("the storage for copies did not begin".to_owned()))?;
        let sent = self.send_pieces(path, &key, begun.upload_id()).await;
        let sent = match sent {
            Ok(tags) => self.finish(&key, begun.upload_id(), &tags).await,
            Err(fault) => Err(fault),
        };
        if sent.is_err() {
            let abort = bucket.abort_multipart_upload(credentials, &key, begun.upload_id());
            // What is not whole is no archive there; the storage may also clear it in time.
            let _ = self
                .ask(
                    &Method::DELETE,
                    abort.sign(SIGNED_FOR).as_str(),
                    &[],
                    &Bytes::new(),
                )
                .await;
        }
        sent?;
        let head = bucket.head_object(credentials, &key).sign(SIGNED_FOR);
        let there = self.ask(&Method::HEAD, head.as_str(), &[], &Bytes::new()).await?;
        let length = there
            .headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok());
        if length.and_then(|length| length.parse().ok()) == Some(bytes) {
            Ok(())
        } else {
            Err(Fault::Refused(
                "the copy elsewhere is not as long as the archive".to_owned(),
            ))
        }
    }

    /// Sends the archive piece by piece, and answers the storage's names of them.
    async fn send_pieces(&self, path: &Path, key: &str, upload: &str) -> Result<Vec<String>, Fault> {
        let mut file = tokio::fs::File::open(path)
            .await
            .map_err(Fault::io("reading the archive"))?;
        let mut tags = Vec::new();
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            (&mut file)
                .take(PIECE as u64)
                .read_to_end(&mut piece)
                .await
                .map_err(Fault::io("reading the archive"))?;
            if piece.is_empty() && !tags.is_empty() {
                return Ok(tags);
            }
            let number = u16::try_from(tags.len() + 1)
                .map_err(|_| Fault::Refused("the archive is too large for that storage".to_owned()))?;
            let credentials = Some(&self.place.credentials);
            let action = self.place.bucket.upload_part(credentials, key, number, upload);
            let url = action.sign(SIGNED_FOR);
            let answer = self.ask(&Method::PUT, url.as_str(), &[], &piece.into()).await?;
            let tag = answer.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
            tags.push(tag.unwrap_or_default().trim_matches('"').to_owned());
        }
    }

    async fn finish(&self, key: &str, upload: &str, tags: &[String]) -> Result<(), Fault> {
        let tags = tags.iter().map(String::as_str);
        let credentials = Some(&self.place.credentials);
        let action = self
            .place
            .bucket
            .complete_multipart_upload(credentials, key, upload, tags);
        let url = action.sign(SIGNED_FOR);
        let body = Bytes::from(action.body());
        let answer = self.ask(&Method::POST, url.as_str(), &[], &body).await?;
        // A fault while the pieces are put together comes after the status.
        if String::from_utf8_lossy(&answer.body).contains("<Error>") {
            return Err(told(&answer));
        }
        Ok(())
    }

    /// Fetches an archive into the folder of backups of `directory`, and answers where it is. It is not read through yet.
    ///
    /// # Errors
    /// `Refused` with what the storage answers.
    pub async fn get(&self, name: &str, directory: &Path) -> Result<PathBuf, Fault> {
        let there = self.list().await?;
        let remote = there
            .iter()
            .find(|remote| remote.name == name)
            .ok_or_else(|| Fault::Refused(format!("there is no copy called {name} elsewhere")))?;
        crate::db::make_room(directory, remote.bytes)?;
        let folder = crate::db::copies(directory);
        tokio::fs::create_dir_all(&folder)
            .await
            .map_err(Fault::io("making the folder of backups"))?;
        let (path, partial) = (folder.join(name), folder.join(format!(".{name}.part")));
        let fetched = self.fetch(remote, &partial).await;
        let named = match fetched {
            Ok(()) => tokio::fs::rename(&partial, &path)
                .await
                .map_err(Fault::io("naming the archive")),
            Err(fault) => Err(fault),
        };
        if named.is_err() {
            let _ = tokio::fs::remove_file(&partial).await;
        }
        named.map(|()| path)
    }

    async fn fetch(&self, remote: &Remote, to: &Path) -> Result<(), Fault> {
        let told = || Fault::io("writing the archive");
        let mut file = tokio::fs::File::create(to).await.map_err(told())?;
        let (key, mut at) = (self.place.key(&remote.name), 0_u64);
        while at < remote.bytes {
            let last = (at + PIECE as u64).min(remote.bytes) - 1;
            let url = self
                .place
                .bucket
                .get_object(Some(&self.place.credentials), &key)
                .sign(SIGNED_FOR);
            let range = [(header::RANGE, format!("bytes={at}-{last}"))];
            let answer = self
                .ask(&Method::GET, url.as_str(), &range, &Bytes::new())
                .await?;
            if answer.body.is_empty() || answer.body.len() as u64 > last + 1 - at {
                return Err(Fault::Refused(
                    "the storage for copies answers another piece than was asked for".to_owned(),
                ));
            }
            file.write_all(&answer.body).await.map_err(told())?;
            at += answer.body.len() as u64;
        }
        file.sync_all().await.map_err(told())
    }

    /// Throws away there what need not be kept, and answers how many that were.
    ///
    /// # Errors
    /// `Refused` with what the storage answers.
    pub async fn prune(&self, keep: Keep) -> Result<usize, Fault> {
        let there = self.list().await?;
        let days: Vec<Day> = there.iter().map(|one| one.day).collect();
        let stays = kept(&days, keep);
        let mut gone = 0;
        for (place, one) in there.iter().enumerate() {
            if stays.contains(&place) {
                continue;
            }
            let key = self.place.key(&one.name);
            let url = self
                .place
                .bucket
                .delete_object(Some(&self.place.credentials), &key)
                .sign(SIGNED_FOR);
            self.ask(&Method::DELETE, url.as_str(), &[], &Bytes::new())
                .await?;
            gone += 1;
        }
        Ok(gone)
    }

    /// Sends what is on the shelf of `directory` and would be kept there and is not, the newest first, then throws away what need
    /// not be kept. Answers how many of each.
    ///
    /// # Errors
    /// `Refused` with what the storage answers.
    pub async fn follow(&self, directory: &Path, keep: Keep) -> Result<(usize, usize), Fault> {
        let here = shelf(directory)?;
        let there = self.list().await?;
        let days: Vec<Day> = here.iter().map(|one| one.day).collect();
        let mut sent = 0;
        for place in kept(&days, keep).into_iter().rev() {
            let Some(one) = here.get(place) else { continue };
            let known = there
                .iter()
                .any(|remote| remote.name == one.name && remote.bytes == one.bytes);
            if !known {
                self.put(&one.path).await?;
                sent += 1;
            }
        }
        Ok((sent, self.prune(keep).await?))
    }
}

/// What the storage says, without the address that was asked, which is signed.
fn told(answer: &Answer) -> Fault {
    let text = String::from_utf8_lossy(&answer.body);
    let code = text
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"))
        .map(|(code, _)| {
            code.chars()
                .filter(char::is_ascii_alphanumeric)
                .take(60)
                .collect::<String>()
        });
    let code = code.unwrap_or_else(|| "no reason".to_owned());
    Fault::Refused(format!(
        "the storage for copies answers {} ({code})",
        answer.status.as_u16()
    ))
}
