//! HTTP/2 as frames: what other clients never send is refused, and whoever else is connected notices nothing of it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::program::Program;
use super::raw;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PRIORITIZED: u8 = 0x20;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Headers as literals without an index, which need no table.
fn block(headers: &[(&str, &str)]) -> Vec<u8> {
    let text = |text: &str| {
        let length = u8::try_from(text.len()).unwrap();
        assert!(length < 127, "longer ones take another form");
        [&[length], text.as_bytes()].concat()
    };
    let all = headers
        .iter()
        .map(|(name, value)| [vec![0], text(name), text(value)].concat());
    all.collect::<Vec<_>>().concat()
}

/// A request of stream 1 with nothing after its head.
fn request(headers: &[(&str, &str)]) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(headers))
}

/// A good head for `path`, in the order in which clients send it.
fn good(path: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", "localhost"),
        (":path", path),
    ]
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// It was answered: the first byte of the head, which is the status where that stands in the table of HPACK, and the length of the body.
    Answered(u8, usize),
    /// The stream was ended.
    Reset,
    /// The connection was.
    Gone,
}

const OK: u8 = 0x88;

struct Line(TcpStream);

impl Line {
    fn open(address: &str) -> Self {
        let mut stream = raw::connect(address);
        stream.write_all(PREFACE).unwrap();
        stream.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
        Self(stream)
    }

    /// Sends, as far as somebody listens.
    fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    /// The next frame: kind, flags, stream, payload; none where the connection has ended.
    fn next(&mut self) -> Option<(u8, u8, u32, Vec<u8>)> {
        let mut head = [0; 9];
        match self.0.read_exact(&mut head) {
            Ok(()) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                panic!("the server says nothing: {error}")
            }
            Err(_) => return None,
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.0.read_exact(&mut payload).ok()?;
        let stream = u32::from_be_bytes([head[5] & 0x7f, head[6], head[7], head[8]]);
        Some((head[3], head[4], stream, payload))
    }

    /// What becomes of `stream`.
    fn fate(&mut self, stream: u32) -> Fate {
        let (mut status, mut length) = (0, 0);
        while let Some((kind, flags, on, payload)) = self.next() {
            match kind {
                GOAWAY => return Fate::Gone,
                RST_STREAM if on == stream => return Fate::Reset,
                HEADERS if on == stream => status = payload[0],
                DATA if on == stream => length += payload.len(),
                _ => continue,
            }
            if flags & END_STREAM != 0 {
                return Fate::Answered(status, length);
            }
        }
        Fate::Gone
    }
}

/// Whether that is what somebody gets who asks for nothing they may have.
fn is_refused(fate: &Fate) -> bool {
    // 400 stands in the table at 12, 404 at 13; other statuses are written out, and none of them is of 200.
    match fate {
        Fate::Answered(status, _) => !(0x88..=0x8b).contains(status),
        Fate::Reset | Fate::Gone => true,
    }
}

/// A good head in which one header is another, or which has one more.
fn with(change: &[(&'static str, &'static str)]) -> Vec<u8> {
    let mut all = good("/auth/login");
    all.extend_from_slice(change);
    request(&all)
}

fn without(name: &str) -> Vec<u8> {
    let all: Vec<_> = good("/auth/login")
        .into_iter()
        .filter(|(one, _)| *one != name)
        .collect();
    request(&all)
}

fn bad_heads() -> Vec<(&'static str, Vec<u8>)> {
    let path = |path| request(&good(path));
    vec![
        ("no method", without(":method")),
        ("no scheme", without(":scheme")),
        ("no path", without(":path")),
        ("an empty path", path("")),
        ("a path that is none", path("auth/login")),
        ("a star for something else than OPTIONS", path("*")),
        ("two methods", with(&[(":method", "GET")])),
        ("two paths", with(&[(":path", "/auth/login")])),
        ("two schemes", with(&[(":scheme", "http")])),
        ("two authorities", with(&[(":authority", "localhost")])),
        ("a status in a request", with(&[(":status", "200")])),
        ("a name with a colon that nobody knows", with(&[(":token", "a")])),
        (
            "a colon after the others",
            request(&[
                (":method", "GET"),
                (":scheme", "http"),
                (":authority", "localhost"),
                ("accept", "*/*"),
                (":path", "/auth/login"),
            ]),
        ),
        ("upper case", with(&[("X-Upper", "a")])),
        ("a name without letters", with(&[("", "a")])),
        ("a space in a name", with(&[("x y", "a")])),
        (
            "a line end in a value",
            with(&[("x-two", "a\r\nhost: elsewhere")]),
        ),
        ("a zero in a value", with(&[("x-zero", "a\0b")])),
        ("connection", with(&[("connection", "close")])),
        ("keep-alive", with(&[("keep-alive", "timeout=5")])),
        ("proxy-connection", with(&[("proxy-connection", "close")])),
        ("transfer-encoding", with(&[("transfer-encoding", "chunked")])),
        ("upgrade", with(&[("upgrade", "h2c")])),
        ("te for something else than trailers", with(&[("te", "gzip")])),
        (
            "another host beside the authority",
            with(&[("host", "elsewhere.example")]),
        ),
        ("two hosts", with(&[("host", "localhost"), ("host", "localhost")])),
        ("no authority and no host", without(":authority")),
        ("a length without a body", with(&[("content-length", "5")])),
        (
            "two lengths",
            with(&[("content-length", "0"), ("content-length", "1")]),
        ),
        (
            "CONNECT with a path",
            request(&[
                (":method", "CONNECT"),
                (":scheme", "http"),
                (":authority", "localhost"),
                (":path", "/"),
            ]),
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "it is a list")]
fn bad_frames() -> Vec<(&'static str, Vec<u8>)> {
    let head = block(&good("/auth/login"));
    let begun = frame(HEADERS, END_HEADERS, 1, &head);
    let on_itself = [&1_u32.to_be_bytes()[..], &[16], &head].concat();
    vec![
        ("data of no stream", frame(DATA, 0, 0, b"a")),
        ("data before a head", frame(DATA, END_STREAM, 1, b"a")),
        (
            "a head of no stream",
            frame(HEADERS, END_STREAM | END_HEADERS, 0, &head),
        ),
        (
            "a head of a stream of the server's",
            frame(HEADERS, END_STREAM | END_HEADERS, 2, &head),
        ),
        (
            "a stream that depends on itself",
            frame(HEADERS, END_STREAM | END_HEADERS | PRIORITIZED, 1, &on_itself),
        ),
        (
            "more padding than there is",
            frame(
                HEADERS,
                END_STREAM | END_HEADERS | 8,
                1,
                &[&[255], &head[..]].concat(),
            ),
        ),
        (
            "a head that cannot be unpacked",
            frame(HEADERS, END_STREAM | END_HEADERS, 1, &[0xff; 16]),
        ),
        (
            "a table of more than was allowed",
            frame(
                HEADERS,
                END_STREAM | END_HEADERS,
                1,
                &[0x3f, 0xff, 0xff, 0xff, 0x07],
            ),
        ),
        (
            "another frame within a head",
            [frame(HEADERS, END_STREAM, 1, &head), frame(PING, 0, 0, &[0; 8])].concat(),
        ),
        (
            "a rest without a head",
            frame(CONTINUATION, END_HEADERS, 1, &head),
        ),
        (
            "the rest of another head",
            [
                frame(HEADERS, END_STREAM, 1, &head),
                frame(CONTINUATION, END_HEADERS, 3, &head),
            ]
            .concat(),
        ),
        ("a frame larger than allowed", frame(DATA, 0, 1, &vec![0; 16_385])),
        ("a priority of the wrong length", frame(PRIORITY, 0, 1, &[0; 4])),
        (
            "the end of a stream that never began",
            frame(RST_STREAM, 0, 1, &[0; 4]),
        ),
        (
            "the end of a stream, cut short",
            [begun.clone(), frame(RST_STREAM, 0, 1, &[0; 3])].concat(),
        ),
        ("settings of a stream", frame(SETTINGS, 0, 1, &[])),
        ("settings of a broken length", frame(SETTINGS, 0, 0, &[0; 5])),
        ("settings agreed to with words", frame(SETTINGS, 1, 0, &[0; 6])),
        (
            "a window beyond what can be counted",
            frame(SETTINGS, 0, 0, &[0, 4, 0xff, 0xff, 0xff, 0xff]),
        ),
        (
            "frames larger than can be",
            frame(SETTINGS, 0, 0, &[0, 5, 0, 0, 0, 1]),
        ),
        (
            "a promise from a client",
            frame(PUSH_PROMISE, END_HEADERS, 1, &[&[0, 0, 0, 2], &head[..]].concat()),
        ),
        ("a ping of a stream", frame(PING, 0, 1, &[0; 8])),
        ("a short ping", frame(PING, 0, 0, &[0; 4])),
        (
            "a window that grows by nothing",
            frame(WINDOW_UPDATE, 0, 0, &[0; 4]),
        ),
        (
            "a window that grows beyond its end",
            frame(WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff]).repeat(2),
        ),
        (
            "more data than announced",
            [
                frame(
                    HEADERS,
                    END_HEADERS,
                    1,
                    &block(&[good("/auth/login"), vec![("content-length", "1")]].concat()),
                ),
                frame(DATA, END_STREAM, 1, b"two"),
            ]
            .concat(),
        ),
        (
            "data after the end",
            [request(&good("/auth/login")), frame(DATA, END_STREAM, 1, b"a")].concat(),
        ),
    ]
}

#[test]
fn bad_heads_and_frames_are_refused_and_nobody_else_notices() {
    let directory = tempfile::tempdir().unwrap();
    let mut program = Program::start(directory.path(), &[("RATE_LIMIT_PAGE_PER_SECOND", "100000")]);
    let address = program.address();
    let mut other = Line::open(&address);
    let mut stream = 1;
    let mut wrong = Vec::new();
    for (name, bytes) in bad_heads().into_iter().chain(bad_frames()) {
        let mut line = Line::open(&address);
        line.send(&bytes);
        let fate = line.fate(1);
        // An answer may be on its way already when what follows it is found to be wrong.
        let late = name == "data after the end" && matches!(fate, Fate::Answered(OK, _));
        if !is_refused(&fate) && !late {
            wrong.push(format!("{name}: {fate:?}"));
        }
        // Somebody on another line goes on.
        let asked = frame(HEADERS, END_STREAM | END_HEADERS, stream, &block(&good("/livez")));
        assert!(other.send(&asked), "{name}");
        assert_eq!(other.fate(stream), Fate::Answered(OK, 2), "{name}");
        stream += 2;
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(program.child.try_wait().unwrap().is_none());
    // What is right is answered, so that it is not everything that is refused.
    let mut line = Line::open(&address);
    line.send(&request(&good("/auth/login")));
    assert!(matches!(line.fate(1), Fate::Answered(OK, length) if length > 1_000));
    let trailers = with(&[("te", "trailers"), ("host", "localhost")]);
    let mut line = Line::open(&address);
    line.send(&trailers);
    assert!(matches!(line.fate(1), Fate::Answered(OK, _)));
}

#[test]
fn a_head_without_end_and_streams_that_are_broken_off_end_their_own_connection() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), &[("RATE_LIMIT_PAGE_PER_SECOND", "100000")]);
    let address = program.address();
    let piece = block(&[("x-flood", &"a".repeat(100))]).repeat(100);
    let fate_of_flood = |piece: &[u8], most: usize| {
        let mut line = Line::open(&address);
        line.send(&frame(HEADERS, END_STREAM, 1, &block(&good("/livez"))));
        let one = frame(CONTINUATION, 0, 1, piece);
        let sent = (0..most).take_while(|_| line.send(&one)).count();
        (line.fate(1), sent)
    };
    // Large pieces, and empty ones, which no size of a head would ever stop.
    for (piece, most) in [(&piece[..], 20_000), (&[], 200_000)] {
        let (fate, sent) = fate_of_flood(piece, most);
        assert!(is_refused(&fate) && sent < most, "{fate:?} after {sent}");
    }
    let memory = std::fs::read_to_string(format!("/proc/{}/status", program.child.id())).unwrap();
    let peak = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    let peak: u64 = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(peak < 400 * 1_024, "{peak} KiB");
    let mut line = Line::open(&address);
    let mut stream = 1_u32;
    let most = 20_000;
    while stream < 2 * most {
        let begun = frame(HEADERS, END_HEADERS, stream, &block(&good("/livez")));
        let broken = frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]);
        if !line.send(&[begun, broken].concat()) {
            break;
        }
        stream += 2;
    }
    assert!(stream < 2 * most, "all were taken");
    assert_eq!(line.fate(stream), Fate::Gone);
    assert_eq!(program.get("/livez").status, 200);
}

#[test]
fn a_head_alone_is_answered_without_a_body() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), &[]);
    for path in ["/livez", "/auth/login"] {
        let mut line = Line::open(&program.address());
        let mut head = good(path);
        head[0].1 = "HEAD";
        line.send(&request(&head));
        assert_eq!(line.fate(1), Fate::Answered(OK, 0), "{path}");
    }
}
