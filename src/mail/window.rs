//! The inbox as a page and as JSON, for a desk: served on loopback, to nobody who came there by another name.

use axum::extract::{Path, Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::inbox::{Inbox, Kept};
use crate::web::serve_near;

/// Pages of our own: no script, and nothing from elsewhere.
const OWN: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// What somebody wrote as a page: shown as it looks, able to do nothing. Its links open in a window of their own.
const THEIRS: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const STYLE: &str = ":root{color-scheme:light dark;background:light-dark(#f6f8f9,#0d1419);color:light-dark(#14212b,#e7eef2)}\
body{font:15px/1.5 Inter,system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}h1{font-size:1.4rem}h2{font-size:1.1rem}\
a{color:light-dark(#0b6e7d,#4cc3d2)}:focus-visible{outline:2px solid light-dark(#1f6feb,#79b8ff);outline-offset:1px}\
h1,p,td{overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}\
td,th{text-align:left;vertical-align:top;padding:.45rem .6rem .45rem 0;border-bottom:1px solid light-dark(#dfe6ea,#25313a)}\
th,.muted{color:light-dark(#4d5f6c,#a6b6c0);font-weight:500}\
pre,iframe{background:light-dark(#fff,#121a20);border:1px solid light-dark(#dfe6ea,#25313a);border-radius:8px}\
pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;padding:1rem}iframe{width:100%;height:30rem;background:#fff;box-sizing:border-box}\
form{display:inline-flex;flex-wrap:wrap;align-items:center;gap:.5rem;margin:0 1rem 1rem 0}\
input,button{font:inherit;min-height:2.2rem;padding:.2rem .7rem;border:1px solid light-dark(#7d8f9a,#667985);border-radius:5px;background:light-dark(#fff,#121a20);color:inherit}\
button{cursor:pointer;font-weight:550}@media(max-width:40rem){thead{display:none}tr{display:block;padding:.5rem 0;border-bottom:1px solid light-dark(#dfe6ea,#25313a)}td{display:block;border:0;padding:0}}";

/// Answers for as long as it is polled.
pub async fn serve(listener: TcpListener, inbox: Inbox) {
    serve_near(listener, router(inbox), |address| {
        address.to_canonical().is_loopback()
    })
    .await;
}

fn router(inbox: Inbox) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/style.css", get(style))
        .route("/letters/{id}", get(show))
        .route("/letters/{id}/page", get(page))
        .route("/delete", axum::routing::post(delete))
        .route("/api/letters", get(list_json).delete(delete_json))
        .route("/api/letters/{id}", get(show_json))
        .layer(axum::middleware::from_fn(guard))
        .with_state(inbox)
}

/// A page from elsewhere may lead a browser here under a name of its own, or send a form: neither is answered.
async fn guard(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !host.is_some_and(is_own) || (!is_read && !is_from_here(headers)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, OWN),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn is_own(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|c| c.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    matches!(name, "localhost" | "[::1]")
        || name
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}

/// A browser says where a form comes from; a program says nothing.
fn is_from_here(headers: &HeaderMap) -> bool {
    let own = |origin: &http::HeaderValue| {
        let host = headers.get(header::HOST).map(http::HeaderValue::as_bytes);
        origin.as_bytes().strip_prefix(b"http://") == host
    };
    headers.get(header::ORIGIN).is_none_or(own)
        && headers
            .get("sec-fetch-site")
            .is_none_or(|site| site == "same-origin" || site == "none")
}

/// What is looked for.
#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    to: String,
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

fn framed(title: &str, inside: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Letters of Ballast" }
                link rel="stylesheet" href="/style.css";
            }
            body { main { (inside) } }
        }
    }
}

fn moment(kept: &Kept) -> String {
    let at = jiff::Timestamp::from_second(kept.at).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

async fn list(State(inbox): State<Inbox>, Query(wanted): Query<Wanted>) -> Markup {
    let found = inbox.find(&wanted.to);
    framed(
        "All",
        &html! {
            h1 { "Letters that stay here" }
            form action="/" {
                label { "To " input name="to" type="search" value=(wanted.to); }
                button { "Look" }
            }
            form method="post" action="/delete" { button { "Throw all away" } }
            @if found.is_empty() && !wanted.to.is_empty() {
                p { "No letter went to an address with “" (wanted.to) "” in it. " a href="/" { "All letters" } }
            } @else if found.is_empty() {
                p { "Nothing here. What Ballast sends with this setting stays in its memory and is shown on this page." }
            } @else {
                table {
                    thead { tr { th scope="col" { "When" } th scope="col" { "To" } th scope="col" { "Subject" } } }
                    tbody { @for kept in &found {
                        tr {
                            td { (moment(kept)) }
                            td { (kept.to.join(", ")) }
                            td { a href=(format!("/letters/{}", kept.id)) { @if kept.subject.is_empty() { "(none)" } @else { (kept.subject) } } }
                        }
                    } }
                }
            }
        },
    )
}

async fn show(State(inbox): State<Inbox>, Path(id): Path<u64>) -> Response {
    let Some(kept) = inbox.letter(id) else {
        let gone = html! {
            h1 { "This letter is not here" }
            p { "It was thrown away, or Ballast began anew since: letters stay in its memory only. " a href="/" { "All letters" } }
        };
        return (StatusCode::NOT_FOUND, framed("Not here", &gone)).into_response();
    };
    framed(
        &kept.subject,
        &html! {
            p { a href="/" { "All letters" } }
            h1 { (kept.subject) }
            p.muted { "From " (kept.from) " to " (kept.to.join(", ")) ", " (moment(&kept)) }
            pre { @for (word, is_link) in linked(&kept.text) {
                @if is_link { a href=(word) rel="noreferrer" target="_blank" { (word) } } @else { (word) }
            } }
            @if kept.html.is_some() {
                h2 { "As a page" }
                iframe title="The letter as a page" src=(format!("/letters/{id}/page")) sandbox="allow-popups allow-popups-to-escape-sandbox" {}
            }
        },
    )
    .into_response()
}

/// What the letter looks like as a page, on its own and without any rights.
async fn page(State(inbox): State<Inbox>, Path(id): Path<u64>) -> Response {
    let Some(html) = inbox.letter(id).and_then(|kept| kept.html) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, THEIRS),
    ];
    (headers, format!("<base target=\"_blank\">{html}")).into_response()
}

/// A text in pieces, and which of them are addresses that lead somewhere.
fn linked(text: &str) -> Vec<(&str, bool)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = ["https://", "http://"]
        .iter()
        .filter_map(|scheme| rest.find(scheme))
        .min()
    {
        let (before, from) = rest.split_at(at);
        let end = from
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ')'))
            .unwrap_or(from.len());
        let link = from.get(..end).unwrap_or(from).trim_end_matches(['.', ',', ';']);
        pieces.push((before, false));
        pieces.push((link, true));
        rest = from.get(link.len()..).unwrap_or_default();
    }
    pieces.push((rest, false));
    pieces
}

async fn delete(State(inbox): State<Inbox>) -> Redirect {
    inbox.clear();
    Redirect::to("/")
}

async fn delete_json(State(inbox): State<Inbox>) -> StatusCode {
    inbox.clear();
    StatusCode::NO_CONTENT
}

fn told(kept: &Kept) -> Value {
    json!({
        "id": kept.id,
        "at": moment(kept),
        "from": kept.from,
        "to": kept.to,
        "subject": kept.subject,
        "text": kept.text,
        "html": kept.html,
    })
}

async fn list_json(State(inbox): State<Inbox>, Query(wanted): Query<Wanted>) -> Json<Value> {
    let items: Vec<Value> = inbox.find(&wanted.to).iter().map(told).collect();
    Json(json!({ "items": items }))
}

async fn show_json(State(inbox): State<Inbox>, Path(id): Path<u64>) -> Response {
    match inbox.letter(id) {
        Some(kept) => Json(told(&kept)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_and_nothing_else_is_one() {
        let text = "Open https://plan.example.org/x?a=1. Or (http://b.example) javascript:alert(1)";
        let links: Vec<&str> = linked(text)
            .into_iter()
            .filter_map(|(piece, is_link)| is_link.then_some(piece))
            .collect();
        assert_eq!(links, ["https://plan.example.org/x?a=1", "http://b.example"]);
        let whole: String = linked(text).into_iter().map(|(piece, _)| piece).collect();
        assert_eq!(whole, text);
    }

    #[test]
    fn names_of_this_machine_are_own() {
        for (host, own) in [
            ("127.0.0.1:8025", true),
            ("localhost:8025", true),
            ("localhost", true),
            ("[::1]:8025", true),
            ("evil.example:8025", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_own(host), own, "{host}");
        }
    }
}
