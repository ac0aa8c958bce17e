//! HTTP/1 as bytes: what is sent is what stands in the test.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// One answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn closes(&self) -> bool {
        self.head.to_lowercase().contains("\r\nconnection: close")
    }
}

/// A connection to `address`, which is `127.0.0.1:1234`.
pub fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Sends `bytes` and reads until the connection ends.
pub fn exchange(address: &str, bytes: &[u8]) -> Vec<Answer> {
    let mut stream = connect(address);
    // Whoever is refused early does not hear the rest.
    let _ = stream.write_all(bytes);
    rest(&mut stream)
}

/// All answers until the connection ends.
pub fn rest(stream: &mut TcpStream) -> Vec<Answer> {
    let mut all = Vec::new();
    // A reset ends it as well.
    let mut piece = [0; 8_192];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => all.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
            Err(error) => panic!(
                "the connection stays open: {error}; {}",
                String::from_utf8_lossy(&all)
            ),
        }
    }
    let mut left = String::from_utf8(all).unwrap();
    let mut answers = Vec::new();
    while !left.is_empty() {
        let (answer, length) = parsed(&left).unwrap();
        answers.push(answer);
        left = left.split_off(length);
    }
    answers
}

/// The next answer of a connection that stays.
pub fn next(stream: &mut impl std::io::Read) -> std::io::Result<Answer> {
    let mut all = Vec::new();
    let mut piece = [0; 8_192];
    loop {
        if let Some((answer, _)) = std::str::from_utf8(&all).ok().and_then(parsed) {
            return Ok(answer);
        }
        match stream.read(&mut piece)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            count => all.extend_from_slice(&piece[..count]),
        }
    }
}

/// The first answer in `text`, and how long it is.
fn parsed(text: &str) -> Option<(Answer, usize)> {
    let end = text.find("\r\n\r\n")? + 4;
    let head = &text[..end];
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .or(head.strip_prefix("HTTP/1.0 "))?;
    let length = head
        .lines()
        .find_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length: ")
                .map(str::to_owned)
        })
        .map_or(0, |length| length.parse().unwrap());
    let body = text.get(end..end + length)?.to_owned();
    let answer = Answer {
        status: status[..3].parse().unwrap(),
        head: head.to_owned(),
        body,
    };
    Some((answer, end + length))
}

/// Waits until `found` answers something.
pub fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "waited in vain: {what}");
        std::thread::yield_now();
    }
}
