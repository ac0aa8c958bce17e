//! A mail server for a desk: it takes whatever other programs send, and brings it nowhere but into the inbox.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::inbox::Inbox;

/// How many hand in at a time.
const AT_ONCE: usize = 16;
/// For how long nothing may come.
const PATIENCE: Duration = Duration::from_mins(1);
/// The longest line, in bytes.
const LINE: u64 = 4_096;
/// The longest letter, in bytes.
const LETTER: usize = 5 * 1_048_576;
/// How many readers one letter has at most.
const READERS: usize = 100;

/// Takes letters for as long as it is polled.
pub async fn serve(listener: TcpListener, inbox: Inbox) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let inbox = inbox.clone();
        tokio::spawn(async move {
            // Who breaks off has handed in what they have.
            let _ = Talk::new(stream, inbox).go_on().await;
            drop(place);
        });
    }
}

/// One connection.
struct Talk {
    stream: BufReader<TcpStream>,
    inbox: Inbox,
    from: Option<String>,
    to: Vec<String>,
}

impl Talk {
    fn new(stream: TcpStream, inbox: Inbox) -> Self {
        Self {
            stream: BufReader::new(stream),
            inbox,
            from: None,
            to: Vec::new(),
        }
    }

    async fn go_on(&mut self) -> io::Result<()> {
        self.say("220 ballast takes letters and brings them nowhere")
            .await?;
        loop {
            let line = line(&mut self.stream).await?;
            let Ok(text) = std::str::from_utf8(&line) else {
                self.say("500 not understood").await?;
                continue;
            };
            let text = text.trim_end();
            let (verb, rest) = text.split_once([' ', ':']).unwrap_or((text, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    self.forget();
                    let greeting =
                        format!("250-ballast\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {LETTER}");
                    self.say(&greeting).await?;
                }
                "HELO" | "RSET" => {
                    self.forget();
                    self.say("250 ballast").await?;
                }
                "MAIL" => {
                    self.forget();
                    self.from = Some(address(rest));
                    self.say("250 go on").await?;
                }
                "RCPT" if self.from.is_none() => self.say("503 whose is it?").await?,
                "RCPT" if self.to.len() >= READERS => self.say("452 too many readers").await?,
                "RCPT" => {
                    self.to.push(address(rest));
                    self.say("250 go on").await?;
                }
                "DATA" if self.to.is_empty() => self.say("503 for whom is it?").await?,
                "DATA" => self.take().await?,
                "NOOP" => self.say("250 still here").await?,
                "VRFY" => self.say("252 whoever it is").await?,
                "QUIT" => return self.say("221 bye").await,
                // A page that speaks HTTP to us wants to have its body taken for letters.
                _ if text
                    .rsplit(' ')
                    .next()
                    .is_some_and(|last| last.starts_with("HTTP/")) =>
                {
                    return self.say("554 this is no web server").await;
                }
                _ => self.say("502 not known here").await?,
            }
        }
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// Takes a letter up to the line with a dot alone.
    async fn take(&mut self) -> io::Result<()> {
        self.say("354 end with a dot alone").await?;
        let mut raw = Vec::new();
        let mut is_long = false;
        let mut begins = true;
        loop {
            let line = line(&mut self.stream).await?;
            if begins && matches!(line.as_slice(), b".\r\n" | b".\n") {
                break;
            }
            // A dot that begins a line stands there twice.
            let text = match line.strip_prefix(b".") {
                Some(rest) if begins => rest,
                _ => line.as_slice(),
            };
            // What has no end here is a part of a longer line.
            begins = line.ends_with(b"\n");
            is_long |= raw.len() + text.len() > LETTER;
            if !is_long {
                raw.extend_from_slice(text);
            }
        }
        if is_long {
            self.forget();
            return self.say("552 too long").await;
        }
        let to = std::mem::take(&mut self.to);
        self.inbox
            .put_raw(&self.from.take().unwrap_or_default(), to, &raw);
        self.say("250 kept").await
    }
}

/// The next line with its end, or so much of it as is read at once.
async fn line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut limited = stream.take(LINE);
    let read = tokio::time::timeout(PATIENCE, limited.read_until(b'\n', &mut line)).await;
    match read {
        Ok(Ok(0)) | Err(_) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(Ok(_)) => Ok(line),
        Ok(Err(error)) => Err(error),
    }
}

/// `FROM:<a@example.org> SIZE=3` as an address.
fn address(text: &str) -> String {
    let inside = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    let plain = || text.rsplit(':').next().unwrap_or_default().trim();
    inside.map_or_else(plain, |(address, _)| address).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_programs_write_them() {
        for (text, expected) in [
            ("FROM:<a@example.org>", "a@example.org"),
            ("TO:<b@example.org> NOTIFY=NEVER", "b@example.org"),
            ("FROM:a@example.org", "a@example.org"),
            ("FROM:<>", ""),
        ] {
            assert_eq!(address(text), expected);
        }
    }
}
