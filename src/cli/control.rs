//! Talking to the running server, where there is one.

use std::io::ErrorKind;
use std::path::Path;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

use super::exit::Failure;
use crate::accounts::command::Told;
use crate::server::SOCKET;
use crate::web::Fields;

/// What an answer takes at most, in bytes.
const ANSWER: usize = 16 * 1_048_576;

/// What the server that has this directory answers to an act, such as `user/list`, or none where no server has it.
pub async fn ask(directory: &Path, act: &str, fields: &Fields) -> Result<Option<String>, Failure> {
    let path = directory.join(SOCKET);
    let stream = match UnixStream::connect(&path).await {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => {
            let text = format!(
                "the running server cannot be reached at {}: {error}",
                path.display()
            );
            return Err(Failure::unavailable(text));
        }
    };
    let (status, body) = exchange(stream, act, fields)
        .await
        .map_err(|error| Failure::unavailable(format!("the running server broke off: {error}")))?;
    let told: Told = serde_json::from_slice(&body)
        .map_err(|error| Failure::unavailable(format!("the running server answers oddly: {error}")))?;
    match status {
        StatusCode::OK => Ok(Some(told.text)),
        StatusCode::SERVICE_UNAVAILABLE => Err(Failure::try_again(told.text)),
        status if status.is_client_error() => Err(Failure::usage(told.text)),
        _ => Err(Failure::unavailable(told.text)),
    }
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

async fn exchange(stream: UnixStream, act: &str, fields: &Fields) -> Result<(StatusCode, Bytes), Fault> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let line = tokio::spawn(connection);
    let request = Request::post(format!("/{act}"))
        .header(header::HOST, "ballast")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(serde_json::to_vec(&fields.as_json())?)))?;
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), ANSWER)
        .collect()
        .await?
        .to_bytes();
    line.abort();
    Ok((status, body))
}
