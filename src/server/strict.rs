//! Reads along what comes over HTTP/1 and finds what two programs might understand differently. It decides nothing but
//! that: hyper alone reads requests, so that there is no second reading to differ from.

/// Where the next byte belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before a request line.
    Between,
    /// In the lines of a head.
    Head,
    /// In a body of known length, with so many bytes to come.
    Sized(u64),
    /// In the line that says how long the next chunk is.
    ChunkSize,
    /// In a chunk, with so many bytes to come.
    Chunk(u64),
    /// After a chunk.
    ChunkEnd,
    /// In the lines after the last chunk.
    Trailer,
    /// The client speaks HTTP/2.
    Other,
}

/// The longest line that is looked at; hyper refuses a head of that size.
const LINE: usize = super::limits::HEAD;
/// The longest line that says how long a chunk is.
const CHUNK_LINE: usize = 256;
/// A request may have so many empty lines before it: old browsers send one after a form.
const EMPTY_LINES: usize = 2;

/// What reads along.
pub struct Strict {
    place: Place,
    line: Vec<u8>,
    head: Head,
    /// How many heads have begun.
    begun: u64,
}

/// What a head has said so far.
#[derive(Default)]
struct Head {
    requested: bool,
    is_11: bool,
    empty_lines: usize,
    hosts: usize,
    length: Option<u64>,
    chunked: bool,
}

/// That something may be understood in two ways.
#[derive(Debug)]
struct Ambiguous;

impl Strict {
    pub fn new() -> Self {
        Self {
            place: Place::Between,
            line: Vec::new(),
            head: Head::default(),
            begun: 0,
        }
    }

    /// Whether a head has begun and not ended.
    pub fn in_head(&self) -> bool {
        self.place == Place::Head
    }

    /// Whether the client speaks HTTP/2.
    pub fn is_other(&self) -> bool {
        self.place == Place::Other
    }

    /// How many heads have begun.
    pub const fn begun(&self) -> u64 {
        self.begun
    }

    /// Reads along; answers where the first byte stands that makes it ambiguous.
    pub fn judge(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            match self.place {
                Place::Other => return None,
                Place::Sized(left) => {
                    let (step, left) = skip(left, bytes.len() - at);
                    at += step;
                    self.place = if left == 0 {
                        Place::Between
                    } else {
                        Place::Sized(left)
                    };
                }
                Place::Chunk(left) => {
                    let (step, left) = skip(left, bytes.len() - at);
                    at += step;
                    self.place = if left == 0 {
                        Place::ChunkEnd
                    } else {
                        Place::Chunk(left)
                    };
                }
                _ => match self.take(bytes.get(at..).unwrap_or_default()) {
                    Ok(step) => at += step,
                    Err(step) => return Some(at + step),
                },
            }
        }
        None
    }

    /// The next bytes of a line, up to its end at most: how many were taken, or which one makes it ambiguous.
    fn take(&mut self, bytes: &[u8]) -> Result<usize, usize> {
        if self.place == Place::Between {
            self.place = Place::Head;
            self.head = Head::default();
            self.begun += 1;
        }
        let most = match self.place {
            Place::ChunkSize => CHUNK_LINE,
            // Nothing but the end of the line stands there.
            Place::ChunkEnd => 0,
            _ => LINE,
        };
        let room = most.saturating_sub(self.line.len());
        // Neither end of a line stands alone.
        let half_ended = self.line.last() == Some(&b'\r');
        let plain = match bytes {
            [b'\n', ..] if half_ended => return self.ended(1),
            _ if half_ended => return Err(0),
            _ => memchr::memchr2(b'\r', b'\n', bytes).unwrap_or(bytes.len()),
        };
        let (text, rest) = bytes.split_at(plain);
        if plain > room {
            return Err(room);
        }
        match rest {
            // Most heads come whole, and their lines are judged where they lie.
            [b'\r', b'\n', ..] if self.line.is_empty() => {
                let judged = self.end_of_line(text);
                judged.map(|()| plain + 2).map_err(|Ambiguous| plain + 1)
            }
            [b'\r', b'\n', ..] => {
                self.keep(text, b"\r");
                self.ended(plain + 2)
            }
            [b'\r'] => {
                self.keep(text, b"\r");
                Ok(plain + 1)
            }
            [] => {
                self.keep(text, b"");
                Ok(plain)
            }
            [b'\r', ..] => Err(plain + 1),
            _ => Err(plain),
        }
    }

    fn keep(&mut self, text: &[u8], end: &[u8]) {
        self.line.extend_from_slice(text);
        self.line.extend_from_slice(end);
    }

    /// The line is whole, with the byte before `step`.
    fn ended(&mut self, step: usize) -> Result<usize, usize> {
        self.line.pop();
        let line = std::mem::take(&mut self.line);
        let judged = self.end_of_line(&line);
        // Its room is kept for the next line.
        self.line = line;
        self.line.clear();
        judged.map(|()| step).map_err(|Ambiguous| step - 1)
    }

    fn end_of_line(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        match self.place {
            Place::ChunkEnd => self.place = Place::ChunkSize,
            Place::ChunkSize => {
                self.place = match chunk_size(line)? {
                    0 => Place::Trailer,
                    size => Place::Chunk(size),
                };
            }
            Place::Trailer if line.is_empty() => self.place = Place::Between,
            Place::Trailer => {
                let (name, _) = header(line)?;
                if is_framing(name) {
                    return Err(Ambiguous);
                }
            }
            _ if line.is_empty() && !self.head.requested => {
                self.head.empty_lines += 1;
                if self.head.empty_lines > EMPTY_LINES {
                    return Err(Ambiguous);
                }
            }
            _ if line.is_empty() => self.place = self.head.ended()?,
            _ if !self.head.requested => {
                if line == b"PRI * HTTP/2.0" {
                    self.place = Place::Other;
                    return Ok(());
                }
                self.head.is_11 = request_line(line)?;
                self.head.requested = true;
            }
            _ => self.head.take(line)?,
        }
        Ok(())
    }
}

impl Head {
    fn take(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        let (name, value) = header(line)?;
        if name.eq_ignore_ascii_case(b"host") {
            self.hosts += 1;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            // The same length twice is one too many: whoever reads only one of them may read the other one next time.
            if self.length.replace(number(value, 10)?).is_some() {
                return Err(Ambiguous);
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Ambiguous);
            }
            self.chunked = true;
        } else if is_framing(name) {
            // With an underscore: some programs behind a proxy take it for the one with the hyphen.
            return Err(Ambiguous);
        }
        Ok(())
    }

    /// What follows this head.
    fn ended(&self) -> Result<Place, Ambiguous> {
        let alone = self.hosts == 1 || (self.hosts == 0 && !self.is_11);
        if !alone || (self.chunked && (self.length.is_some() || !self.is_11)) {
            return Err(Ambiguous);
        }
        Ok(match self.length {
            _ if self.chunked => Place::ChunkSize,
            None | Some(0) => Place::Between,
            Some(length) => Place::Sized(length),
        })
    }
}

/// Whether the request is one of HTTP/1.1; of 1.0 otherwise.
fn request_line(line: &[u8]) -> Result<bool, Ambiguous> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Ambiguous);
    };
    if !is_token(method) || target.is_empty() || !all(target, |byte| byte.is_ascii_graphic()) {
        return Err(Ambiguous);
    }
    match version {
        b"HTTP/1.1" => Ok(true),
        b"HTTP/1.0" => Ok(false),
        _ => Err(Ambiguous),
    }
}

/// The name and the value of a header. One that begins with a space goes on with the line before it, for some.
fn header(line: &[u8]) -> Result<(&[u8], &[u8]), Ambiguous> {
    let colon = line.iter().position(|byte| *byte == b':').ok_or(Ambiguous)?;
    let (name, rest) = line.split_at(colon);
    let value = rest.get(1..).unwrap_or_default().trim_ascii();
    if is_token(name) && all(value, |byte| byte == b'\t' || !byte.is_ascii_control()) {
        Ok((name, value))
    } else {
        Err(Ambiguous)
    }
}

/// Whether the name, with its underscores as hyphens, decides where a request ends or whose it is.
fn is_framing(name: &[u8]) -> bool {
    [b"content-length".as_slice(), b"transfer-encoding", b"host"]
        .iter()
        .any(|framing| {
            name.len() == framing.len()
                && name.iter().zip(*framing).all(|(own, other)| {
                    own.to_ascii_lowercase() == *other || (*own == b'_' && *other == b'-')
                })
        })
}

fn chunk_size(line: &[u8]) -> Result<u64, Ambiguous> {
    let end = line.iter().position(|byte| *byte == b';').unwrap_or(line.len());
    let (size, extension) = line.split_at(end);
    if extension
        .iter()
        .any(|byte| *byte != b'\t' && byte.is_ascii_control())
    {
        return Err(Ambiguous);
    }
    number(size, 16)
}

/// Digits and nothing else: no sign, no spaces, no list.
fn number(text: &[u8], radix: u32) -> Result<u64, Ambiguous> {
    let digits = text.iter().all(|byte| char::from(*byte).is_digit(radix));
    let text = std::str::from_utf8(text)
        .ok()
        .filter(|text| digits && text.len() <= 18);
    u64::from_str_radix(text.ok_or(Ambiguous)?, radix).map_err(|_| Ambiguous)
}

fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && all(text, is_of_token)
}

/// What a name may hold (RFC 9110, 5.6.2).
const TOKEN: &[u8] = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// For each byte, whether it is one of these.
#[expect(
    clippy::indexing_slicing,
    reason = "it is made when this is built, where a wrong place is an error"
)]
const OF_TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < TOKEN.len() {
        table[TOKEN[at] as usize] = true;
        at += 1;
    }
    table
};

fn is_of_token(byte: u8) -> bool {
    OF_TOKEN.get(usize::from(byte)).copied().unwrap_or(false)
}

/// Whether all bytes are `right`. To the last one, however it begins: so many are looked at together.
fn all(text: &[u8], right: impl Fn(u8) -> bool) -> bool {
    text.iter().fold(true, |so_far, byte| so_far & right(*byte))
}

/// How far to go of what is there, and how much is left to come then.
fn skip(left: u64, there: usize) -> (usize, u64) {
    let step = usize::try_from(left).unwrap_or(usize::MAX).min(there);
    (step, left.saturating_sub(u64::try_from(step).unwrap_or(left)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where it becomes ambiguous, of what comes in pieces of `size` bytes; and how many heads had begun.
    fn judged(bytes: &[u8], size: usize) -> (Option<usize>, u64) {
        let mut strict = Strict::new();
        let mut before = 0;
        for piece in bytes.chunks(size) {
            if let Some(at) = strict.judge(piece) {
                return (Some(before + at), strict.begun());
            }
            before += piece.len();
        }
        (None, strict.begun())
    }

    proptest! {
        #[test]
        fn it_is_all_the_same_in_which_pieces_bytes_come(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("GET / HTTP/1.1\r\nhost: a\r\n"), Just("content-length: 3\r\n"), Just("transfer-encoding: chunked\r\n"),
                    Just("\r\n"), Just("abc"), Just("3\r\nabc\r\n"), Just("0\r\n\r\n"), Just("\r"), Just("\n"), Just("x: y\r\n"), Just(" "),
                ],
                0..12,
            )
        ) {
            let bytes = parts.concat();
            let alone = judged(bytes.as_bytes(), 1);
            for size in [2, 3, 7, bytes.len().max(1)] {
                prop_assert_eq!(judged(bytes.as_bytes(), size), alone);
            }
        }
    }

    #[test]
    fn a_name_holds_letters_digits_and_fifteen_signs() {
        for byte in 0..=u8::MAX {
            let expected = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            assert_eq!(is_of_token(byte), expected, "{byte}");
        }
    }

    #[test]
    fn neither_end_of_a_line_stands_alone_and_a_line_has_an_end() {
        let line = "x".repeat(LINE + 1);
        for (bytes, at) in [
            ("GET / HTTP/1.1\r\nhost: a\r\n\r\n", None),
            ("GET / HTTP/1.1\nhost: a\r\n\r\n", Some(14)),
            ("GET / HTTP/1.1\rhost: a\r\n\r\n", Some(15)),
            ("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", Some(35)),
            (line.as_str(), Some(LINE)),
        ] {
            assert_eq!(judged(bytes.as_bytes(), 4_096).0, at, "{bytes:.40}");
        }
    }
}
