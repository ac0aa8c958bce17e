//! Requests that two programs might understand differently. After each stands a second one, which must not be answered
//! unless a strict reader would come to it.

use super::program::Program;
use super::raw;

/// What must become of a request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// Refused with 400, and the connection ends.
    Refused,
    /// Refused in some way, since its head was right, and the connection ends.
    Ended,
    /// Refused with this, and the connection ends.
    With(u16),
    /// Answered, and the next one too: a strict reader reads it the same.
    Right,
}
use Fate::{Ended, Refused, Right, With};

const NEXT: &str = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn get(lines: &str) -> String {
    format!("GET /livez HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n")
}

fn post(lines: &str, body: &str) -> String {
    format!("POST /livez HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n{body}")
}

fn chunked(body: &str) -> String {
    post("Transfer-Encoding: chunked\r\n", body)
}

#[expect(clippy::too_many_lines, reason = "one list")]
fn framing() -> Vec<(&'static str, String, Fate)> {
    vec![
        (
            "length, then chunks",
            post(
                "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\nX",
            ),
            Refused,
        ),
        (
            "chunks, then length",
            post(
                "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
                "0\r\n\r\nX",
            ),
            Refused,
        ),
        (
            "chunks and a length of none",
            post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "0\r\n\r\n"),
            Refused,
        ),
        (
            "two lengths",
            post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"),
            Refused,
        ),
        (
            "the same length twice",
            post("Content-Length: 1\r\nContent-Length: 1\r\n", "a"),
            Refused,
        ),
        (
            "a list of lengths",
            post("Content-Length: 1, 1\r\n", "a"),
            Refused,
        ),
        (
            "a length with a sign",
            post("Content-Length: +1\r\n", "a"),
            Refused,
        ),
        (
            "a length below nothing",
            post("Content-Length: -1\r\n", ""),
            Refused,
        ),
        (
            "a length in hexadecimal",
            post("Content-Length: 0x1\r\n", "a"),
            Refused,
        ),
        (
            "a length with a space in it",
            post("Content-Length: 1 1\r\n", "a"),
            Refused,
        ),
        ("a length of no digits", post("Content-Length: \r\n", ""), Refused),
        (
            "a length of letters",
            post("Content-Length: one\r\n", "a"),
            Refused,
        ),
        (
            "a length with an underscore",
            post("Content-Length: 1_0\r\n", "a"),
            Refused,
        ),
        (
            "a length beyond numbers",
            post("Content-Length: 99999999999999999999\r\n", ""),
            Refused,
        ),
        (
            "a length with a decimal point",
            post("Content-Length: 1.0\r\n", "a"),
            Refused,
        ),
        (
            "a length with an underscored name",
            post("Content_Length: 1\r\n", "a"),
            Refused,
        ),
        (
            "an encoding with an underscored name",
            post("Transfer_Encoding: chunked\r\n", "0\r\n\r\n"),
            Refused,
        ),
        (
            "an encoding that nobody knows",
            post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
            Refused,
        ),
        (
            "two encodings",
            post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
            Refused,
        ),
        (
            "chunks twice",
            post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
            Refused,
        ),
        (
            "chunks in two lines",
            post(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\n",
            ),
            Refused,
        ),
        (
            "chunks, and then as it is",
            post(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                "0\r\n\r\n",
            ),
            Refused,
        ),
        (
            "chunks before something else",
            post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
            Refused,
        ),
        ("as it is", post("Transfer-Encoding: identity\r\n", ""), Refused),
        (
            "chunks in quotes",
            post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
            Refused,
        ),
        (
            "chunks with a parameter",
            post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"),
            Refused,
        ),
        (
            "an encoding of nothing",
            post("Transfer-Encoding: \r\n", ""),
            Refused,
        ),
        (
            "chunks after a tab that is no space",
            post("Transfer-Encoding:\x0bchunked\r\n", "0\r\n\r\n"),
            Refused,
        ),
        (
            "chunks with a comma after them",
            post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"),
            Refused,
        ),
        (
            "chunks of HTTP/1.0",
            "POST /livez HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                .to_owned(),
            Refused,
        ),
        (
            "CHUNKED in capitals",
            post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"),
            Right,
        ),
        (
            "a body with a length",
            post("Content-Length: 3\r\n", "abc"),
            Right,
        ),
        ("a body of GET", get("Content-Length: 3\r\n") + "abc", Right),
    ]
}

#[expect(clippy::too_many_lines, reason = "one list")]
fn chunks() -> Vec<(&'static str, String, Fate)> {
    vec![
        ("a chunk", chunked("3\r\nabc\r\n0\r\n\r\n"), Right),
        (
            "a chunk with an extension",
            chunked("3;a=b\r\nabc\r\n0\r\n\r\n"),
            Right,
        ),
        ("a trailer", chunked("0\r\nX-Sum: 1\r\n\r\n"), Right),
        (
            "a line feed alone after a size",
            chunked("3\nabc\r\n0\r\n\r\n"),
            Ended,
        ),
        (
            "a line feed alone in an extension",
            chunked("3;a\nb\r\nabc\r\n0\r\n\r\n"),
            Ended,
        ),
        (
            "a return alone in an extension",
            chunked("3;a\rb\r\nabc\r\n0\r\n\r\n"),
            Ended,
        ),
        (
            "a nothing in an extension",
            chunked("3;a\0\r\nabc\r\n0\r\n\r\n"),
            Ended,
        ),
        (
            "a line feed alone after a chunk",
            chunked("3\r\nabc\n0\r\n\r\n"),
            Ended,
        ),
        (
            "more than the size says",
            chunked("3\r\nabcd\r\n0\r\n\r\n"),
            Ended,
        ),
        ("a size in 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), Ended),
        ("a size below nothing", chunked("-3\r\nabc\r\n0\r\n\r\n"), Ended),
        ("a size with a sign", chunked("+3\r\nabc\r\n0\r\n\r\n"), Ended),
        ("a size after a space", chunked(" 3\r\nabc\r\n0\r\n\r\n"), Ended),
        ("a size before a space", chunked("3 \r\nabc\r\n0\r\n\r\n"), Ended),
        ("a size of nothing", chunked("\r\nabc\r\n0\r\n\r\n"), Ended),
        (
            "a size beyond numbers",
            chunked("fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
            Ended,
        ),
        (
            "an endless extension",
            chunked(&format!("3;{}\r\nabc\r\n0\r\n\r\n", "a".repeat(9_000))),
            Ended,
        ),
        (
            "a length among the trailers",
            chunked("0\r\nContent-Length: 3\r\n\r\n"),
            Ended,
        ),
        (
            "an encoding among the trailers",
            chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Ended,
        ),
        (
            "a trailer that is no line",
            chunked("0\r\nnothing\r\n\r\n"),
            Ended,
        ),
        (
            "a line feed alone after a trailer",
            chunked("0\r\nX-Sum: 1\n\r\n"),
            Ended,
        ),
    ]
}

fn heads() -> Vec<(&'static str, String, Fate)> {
    vec![
        ("a plain one", get(""), Right),
        ("a line feed alone", get("X-A: b\nX-C: d\r\n"), Refused),
        (
            "line feeds alone",
            "GET /livez HTTP/1.1\nHost: localhost\n\n".to_owned(),
            Refused,
        ),
        ("a return alone", get("X-A: b\rX-C: d\r\n"), Refused),
        ("two returns", get("X-A: b\r\r\n"), Refused),
        ("a line that goes on", get("X-A: b\r\n c\r\n"), Refused),
        (
            "a line that goes on after a tab",
            get("X-A: b\r\n\tc\r\n"),
            Refused,
        ),
        (
            "a first line that goes on",
            "GET /livez HTTP/1.1\r\n Host: localhost\r\n\r\n".to_owned(),
            Refused,
        ),
        ("a space before the colon", get("Content-Length : 3\r\n"), Refused),
        ("a tab before the colon", get("Content-Length\t: 3\r\n"), Refused),
        ("no colon", get("X-A\r\n"), Refused),
        ("no name", get(": b\r\n"), Refused),
        ("a name with a space", get("X A: b\r\n"), Refused),
        ("a name beyond ASCII", get("X-\u{e9}: b\r\n"), Refused),
        ("a name with brackets", get("X(A): b\r\n"), Refused),
        ("nothing in a name", get("X\0A: b\r\n"), Refused),
        ("nothing in a value", get("X-A: b\0c\r\n"), Refused),
        ("a bell in a value", get("X-A: b\x07c\r\n"), Refused),
        ("delete in a value", get("X-A: b\x7fc\r\n"), Refused),
        ("no host", "GET /livez HTTP/1.1\r\n\r\n".to_owned(), Refused),
        ("two hosts", get("Host: elsewhere\r\n"), Refused),
        ("the same host twice", get("Host: localhost\r\n"), Refused),
        ("many headers", get(&"X-A: b\r\n".repeat(80)), With(431)),
        ("very many headers", get(&"X-A: b\r\n".repeat(150)), With(431)),
        (
            "a long header",
            get(&format!("X-A: {}\r\n", "b".repeat(20_000))),
            With(431),
        ),
        (
            "a long address",
            format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(9_000)),
            With(414),
        ),
    ]
}

fn first_lines() -> Vec<(&'static str, String, Fate)> {
    let line = |line: &str| format!("{line}\r\nHost: localhost\r\n\r\n");
    vec![
        ("HTTP/0.9", "GET /livez\r\n\r\n".to_owned(), Refused),
        ("HTTP/1.2", line("GET /livez HTTP/1.2"), Refused),
        ("HTTP/2.0", line("GET /livez HTTP/2.0"), Refused),
        ("HTTP/1.10", line("GET /livez HTTP/1.10"), Refused),
        ("HTTP/01.1", line("GET /livez HTTP/01.1"), Refused),
        ("http in small letters", line("GET /livez http/1.1"), Refused),
        ("no number", line("GET /livez HTTP/"), Refused),
        ("two spaces", line("GET  /livez HTTP/1.1"), Refused),
        ("a tab", line("GET\t/livez HTTP/1.1"), Refused),
        ("a space at the end", line("GET /livez HTTP/1.1 "), Refused),
        ("a space in front", line(" GET /livez HTTP/1.1"), Refused),
        ("a space in the address", line("GET /li vez HTTP/1.1"), Refused),
        ("nothing in the address", line("GET /li\0vez HTTP/1.1"), Refused),
        (
            "an address beyond ASCII",
            line("GET /li\u{e9}vez HTTP/1.1"),
            Refused,
        ),
        ("a method with brackets", line("G(E)T /livez HTTP/1.1"), Refused),
        ("no method", line("/livez HTTP/1.1"), Refused),
        (
            "an encrypted greeting",
            "\x16\x03\x01\x02\0\x01\0\x01\r\n\r\n".to_owned(),
            Refused,
        ),
        (
            "half a greeting of HTTP/2",
            "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".to_owned(),
            Refused,
        ),
        ("two empty lines in front", format!("\r\n\r\n{}", get("")), Right),
        (
            "many empty lines in front",
            format!("{}{}", "\r\n".repeat(40), get("")),
            Refused,
        ),
        ("a return alone in front", format!("\r{}", get("")), Refused),
    ]
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_and_nothing_after_it_is_answered() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), &[]);
    let address = program.address();
    let corpus: Vec<_> = [framing(), chunks(), heads(), first_lines()]
        .into_iter()
        .flatten()
        .collect();
    assert!(corpus.len() >= 60, "{}", corpus.len());
    let mut wrong = Vec::new();
    for (name, request, fate) in corpus {
        // At once, and in two pieces, so that no verdict hangs on how the network cuts it.
        for cut in [0, request.len() / 2, request.len() - 1] {
            let cut = (0..=cut).rev().find(|at| request.is_char_boundary(*at)).unwrap();
            let answers = sent(&address, &request, cut);
            let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            let right = match fate {
                Refused => statuses == [400],
                Ended => matches!(statuses[..], [400..500]),
                With(status) => statuses == [status],
                // An answer that needs no body may come before it, and then the connection ends.
                Right => {
                    matches!(statuses[..], [200 | 405])
                        || (statuses.len() == 2 && statuses.iter().all(|one| [200, 405].contains(one)))
                }
            };
            if !right {
                wrong.push(format!("{name} (cut at {cut}): {statuses:?}, not {fate:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(program.get("/livez").status, 200);
}

/// Sends `request` in two pieces, and another one after it.
fn sent(address: &str, request: &str, cut: usize) -> Vec<raw::Answer> {
    use std::io::Write as _;
    let mut stream = raw::connect(address);
    stream.set_nodelay(true).unwrap();
    let whole = format!("{request}{NEXT}");
    let (first, second) = whole.as_bytes().split_at(cut);
    let _ = stream.write_all(first);
    if cut > 0 {
        std::thread::yield_now();
    }
    let _ = stream.write_all(second);
    raw::rest(&mut stream)
}
