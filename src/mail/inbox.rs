//! Letters that stay in memory: ours, and those that other programs hand in at a desk. The newest ones, in bounds.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mail_parser::MessageParser;

use super::Letter;

/// How many letters are kept.
const MOST: usize = 500;
/// How long they are in all, in bytes.
const LONGEST: usize = 10 * 1_048_576;

/// A letter that was kept.
#[derive(Clone)]
pub struct Kept {
    /// Its number; a later one has a higher one.
    pub id: u64,
    /// When it came, in seconds since 1970.
    pub at: i64,
    /// Whose it is.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same as a page, where it has one.
    pub html: Option<String>,
    /// Ours, as it was handed in.
    own: Option<Letter>,
}

impl Kept {
    fn size(&self) -> usize {
        let to: usize = self.to.iter().map(String::len).sum();
        to + self.from.len()
            + self.subject.len()
            + self.text.len()
            + self.html.as_ref().map_or(0, String::len)
    }

    /// Whether one of its readers has `part` in their address.
    fn is_to(&self, part: &str) -> bool {
        let part = part.trim().to_lowercase();
        self.to.iter().any(|to| to.to_lowercase().contains(&part))
    }
}

/// The letters. Cloning shares them.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Mutex<Shelf>>);

#[derive(Default)]
struct Shelf {
    all: VecDeque<Kept>,
    bytes: usize,
    last: u64,
}

impl Inbox {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, mut kept: Kept) {
        let mut stack = self.shelf();
        stack.last += 1;
        kept.id = stack.last;
        kept.at = jiff::Timestamp::now().as_second();
        stack.bytes += kept.size();
        stack.all.push_back(kept);
        while stack.all.len() > MOST || stack.bytes > LONGEST {
            let Some(gone) = stack.all.pop_front() else { break };
            stack.bytes = stack.bytes.saturating_sub(gone.size());
        }
    }

    /// Takes a letter of ours.
    pub(super) fn put_own(&self, from: &str, letter: &Letter) {
        self.put(Kept {
            id: 0,
            at: 0,
            from: from.to_owned(),
            to: vec![letter.to.clone()],
            subject: letter.subject.clone(),
            text: letter.text.expose().to_owned(),
            html: None,
            own: Some(letter.clone()),
        });
    }

    /// Takes what another program handed in over SMTP.
    pub(super) fn put_raw(&self, from: &str, to: Vec<String>, raw: &[u8]) {
        let read = MessageParser::default().parse(raw);
        let part = |body: Option<std::borrow::Cow<'_, str>>| body.map(std::borrow::Cow::into_owned);
        let has_html = read.as_ref().is_some_and(|read| !read.html_body.is_empty());
        self.put(Kept {
            id: 0,
            at: 0,
            from: from.to_owned(),
            to,
            subject: read
                .as_ref()
                .and_then(mail_parser::Message::subject)
                .unwrap_or_default()
                .to_owned(),
            text: read
                .as_ref()
                .and_then(|read| part(read.body_text(0)))
                .unwrap_or_else(|| String::from_utf8_lossy(raw).into_owned()),
            html: read
                .as_ref()
                .filter(|_| has_html)
                .and_then(|read| part(read.body_html(0))),
            own: None,
        });
    }

    /// Letters to addresses with `part` in them, the newest first.
    #[must_use]
    pub fn find(&self, part: &str) -> Vec<Kept> {
        let stack = self.shelf();
        let found = stack.all.iter().rev().filter(|kept| kept.is_to(part));
        found.cloned().collect()
    }

    /// One of them.
    #[must_use]
    pub fn letter(&self, id: u64) -> Option<Kept> {
        self.shelf().all.iter().find(|kept| kept.id == id).cloned()
    }

    /// Throws all away.
    pub fn clear(&self) {
        let mut stack = self.shelf();
        stack.all.clear();
        stack.bytes = 0;
    }

    /// Ours, oldest first.
    pub(super) fn own(&self) -> Vec<Letter> {
        let stack = self.shelf();
        stack.all.iter().filter_map(|kept| kept.own.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_in_number_and_in_length() {
        let inbox = Inbox::default();
        for number in 0..MOST + 20 {
            inbox.put_raw(
                "a@example.org",
                vec![format!("b{number}@example.org")],
                b"Subject: x\r\n\r\nhello",
            );
        }
        assert_eq!(inbox.find("").len(), MOST);
        assert_eq!(inbox.find("b19@").len(), 0);
        assert_eq!(inbox.find("B519@EXAMPLE").len(), 1);
        let long = [b"Subject: long\r\n\r\n".as_slice(), &vec![b'x'; 2 * 1_048_576]].concat();
        for _ in 0..5 {
            inbox.put_raw("a@example.org", vec!["c@example.org".to_owned()], &long);
        }
        assert_eq!(inbox.find("").len(), 2);
        assert!(inbox.shelf().bytes <= LONGEST);
        inbox.clear();
        assert!(inbox.find("").is_empty() && inbox.shelf().bytes == 0);
    }

    #[test]
    fn letters_with_several_parts_are_read() {
        let inbox = Inbox::default();
        let raw = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n\
                   Content-Type: multipart/alternative; boundary=x\r\n\r\n\
                   --x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nplain\r\n\
                   --x\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--x--\r\n";
        inbox.put_raw("a@example.org", vec!["b@example.org".to_owned()], raw.as_bytes());
        let kept = inbox.letter(1).unwrap();
        assert_eq!(kept.subject, "Grüße");
        assert_eq!(kept.text.trim(), "plain");
        assert_eq!(kept.html.unwrap().trim(), "<p>rich</p>");
    }
}
