//! The line of the log for each answer, written when its last byte was handed on.

use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::{Method, header};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::client::RequestId;
use super::outermost::Met;
use crate::log::{Value, say_often};

/// What the log says of an answer.
pub struct AccessLine {
    /// By which it is found.
    pub id: RequestId,
    /// How it was asked.
    pub method: Method,
    /// What of the table it met, and never what was typed.
    pub route: Met,
    /// Its status.
    pub status: u16,
    /// Until its head was ready.
    pub took: Duration,
    /// Who asked.
    pub address: IpAddr,
    /// As whom.
    pub account: Option<i64>,
}

impl AccessLine {
    fn write(&self, bytes: u64) {
        let milliseconds = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        let (route, address) = (self.route.logged(), text_of(self.address));
        let account = self.account.and_then(|account| u64::try_from(account).ok());
        let fields = [
            ("request_id", Value::Text(self.id.as_str())),
            ("method", Value::Text(self.method.as_str())),
            ("route", Value::Text(&route)),
            ("status", Value::Number(self.status.into())),
            ("ms", Value::Number(milliseconds)),
            ("bytes", Value::Number(bytes)),
            ("ip", Value::Text(&address)),
            ("account", Value::Number(account.unwrap_or(0))),
        ];
        let (named, _) = fields.split_at(fields.len() - usize::from(account.is_none()));
        say_often("answered", named);
    }
}

/// An address as it is written. The library takes as long for the usual kind as the rest of a line does.
fn text_of(address: IpAddr) -> String {
    let IpAddr::V4(address) = address else {
        return address.to_string();
    };
    let mut text = String::with_capacity(15);
    for (place, number) in address.octets().into_iter().enumerate() {
        if place > 0 {
            text.push('.');
        }
        text.push_str(itoa::Buffer::new().format(number));
    }
    text
}

/// The same answer, whose line is written as soon as it is known how long it is: at once where that is said, at its end where
/// it is made as it goes. A line of events goes on for minutes, and is written when it begins.
pub fn logged(response: Response, line: AccessLine) -> Response {
    let goes_on = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let known = response.body().size_hint().exact();
    if goes_on || known.is_some() || line.method == Method::HEAD {
        line.write(known.filter(|_| line.method != Method::HEAD).unwrap_or(0));
        return response;
    }
    response.map(|body| {
        Body::new(Counted {
            body,
            bytes: 0,
            line: Some(line),
        })
    })
}

/// A body that counts what is taken of it. Whoever leaves before its end has taken so much.
struct Counted {
    body: Body,
    bytes: u64,
    line: Option<AccessLine>,
}

impl Counted {
    fn end(&mut self) {
        if let Some(line) = self.line.take() {
            line.write(self.bytes);
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.end();
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                self.bytes = self.bytes.saturating_add(u64::try_from(length).unwrap_or(0));
                if self.body.is_end_stream() {
                    self.end();
                }
            }
            Some(Err(_)) | None => self.end(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_everybody_writes_it() {
        for text in ["0.0.0.0", "127.0.0.1", "255.10.200.3", "::1", "2001:db8::7"] {
            assert_eq!(text_of(text.parse().unwrap()), text);
        }
    }
}
