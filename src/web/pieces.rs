//! Answers that are put together from finished pieces, so that what many people get alike is made and packed once.
//!
//! A gzip stream is a head, blocks and a checksum. Each [`Piece`] keeps its blocks, ended at a whole byte and referring to nothing
//! before them, and its own checksum; checksums of pieces add up to that of the whole. So pieces are put one after the other
//! without being packed again, whichever they are. What stays as it is for a while is packed once more as a whole: [`Harder`].

mod harder;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::response::Response;
use flate2::{Compress, Compression, Crc, FlushCompress};
use http::{HeaderValue, header};
use hyper::body::{Frame, SizeHint};
use sha2::{Digest as _, Sha256};

use super::encoding::Encoding;

pub use harder::Harder;

/// As hard as whole pages are packed: a fifth shorter than at 3, for half as much time again.
pub const LEVEL: u32 = 5;
/// How hard what is short is packed, in which there is little more to be found.
const LEVEL_OF_SHORT: u32 = 3;
/// From how many bytes on it is not.
const SHORT: usize = 16 * 1_024;
/// A head without a name, a time or anything else.
const HEAD: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// An empty last block.
const END: [u8; 2] = [3, 0];

/// Bytes that are sent to many, and the same packed, which is done when somebody first wants it so.
#[derive(Debug)]
pub struct Piece {
    made: Made,
    /// How long it is as it is written.
    length: usize,
    packed: OnceLock<Packed>,
    /// By which two pieces are told apart.
    digest: OnceLock<[u8; 32]>,
}

/// What a piece is made of.
#[derive(Debug)]
enum Made {
    Of(Bytes),
    /// Other pieces, one after the other, which others may be joined of too.
    Joined(Vec<Arc<Piece>>),
}

#[derive(Debug)]
struct Packed {
    blocks: Bytes,
    sum: Crc,
}

impl Piece {
    fn made(made: Made, length: usize) -> Arc<Self> {
        Arc::new(Self {
            made,
            length,
            packed: OnceLock::new(),
            digest: OnceLock::new(),
        })
    }

    /// A finished piece.
    #[must_use]
    pub fn new(text: impl Into<Bytes>) -> Arc<Self> {
        let text = text.into();
        let length = text.len();
        Self::made(Made::Of(text), length)
    }

    /// Pieces one after the other, as one.
    #[must_use]
    pub fn joined(pieces: Vec<Arc<Self>>) -> Arc<Self> {
        let length = pieces.iter().map(|piece| piece.length).sum();
        Self::made(Made::Joined(pieces), length)
    }

    /// The same, packed before anybody asks for it.
    #[must_use]
    pub fn packed_now(self: Arc<Self>) -> Arc<Self> {
        self.packed();
        self
    }

    /// Whether it is packed already.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        self.packed.get().is_some()
    }

    /// Its plain bytes in their order.
    fn plain(&self) -> Vec<&Bytes> {
        match &self.made {
            Made::Of(bytes) => vec![bytes],
            Made::Joined(pieces) => pieces.iter().flat_map(|piece| piece.plain()).collect(),
        }
    }

    /// A part of its text; none of what was joined.
    #[must_use]
    pub fn part(&self, bytes: Range<usize>) -> Option<Bytes> {
        match &self.made {
            Made::Of(all) if bytes.end <= all.len() => Some(all.slice(bytes)),
            _ => None,
        }
    }

    /// How many bytes it takes, with all that it was joined of. What is not packed yet counts as if it were.
    #[must_use]
    pub fn weight(&self) -> usize {
        let plain = match &self.made {
            Made::Of(bytes) => bytes.len(),
            Made::Joined(pieces) => pieces.iter().map(|piece| piece.weight()).sum(),
        };
        plain + self.length_packed()
    }

    /// How long it is as it is written.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// How long it is packed. What is not packed yet counts as if it were.
    #[must_use]
    pub fn length_packed(&self) -> usize {
        let packed = self.packed.get();
        packed.map_or(self.length / 2, |packed| packed.blocks.len())
    }

    /// As it is written.
    pub fn bytes(&self) -> impl Iterator<Item = u8> {
        self.plain().into_iter().flatten().copied()
    }

    /// The same as text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match &self.made {
            Made::Of(bytes) => String::from_utf8_lossy(bytes),
            Made::Joined(_) => String::from_utf8_lossy(&self.bytes().collect::<Vec<u8>>())
                .into_owned()
                .into(),
        }
    }

    /// By which it is told from others: its bytes, or what it was joined of.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        self.digest.get_or_init(|| match &self.made {
            Made::Of(bytes) => Sha256::digest(bytes).into(),
            Made::Joined(pieces) => {
                let mut digest = Sha256::new();
                for piece in pieces {
                    digest.update(piece.digest());
                }
                digest.finalize().into()
            }
        })
    }

    fn packed(&self) -> &Packed {
        self.packed.get_or_init(|| match &self.made {
            Made::Of(bytes) => {
                let mut sum = Crc::new();
                sum.update(bytes);
                Packed {
                    blocks: blocks(bytes),
                    sum,
                }
            }
            Made::Joined(pieces) => {
                // In one row: many small pieces cost more with each answer than copying them costs once.
                let all: Vec<&Packed> = pieces.iter().map(|piece| piece.packed()).collect();
                let mut sum = Crc::new();
                for packed in &all {
                    sum.combine(&packed.sum);
                }
                let blocks: Vec<&[u8]> = all.iter().map(|packed| &*packed.blocks).collect();
                let blocks = blocks.concat().into();
                Packed { blocks, sum }
            }
        })
    }
}

thread_local! {
    /// What packs takes much more memory than most of what it packs, and is used again.
    static PACKER: RefCell<Compress> = RefCell::new(Compress::new(Compression::new(LEVEL), false));
}

/// Less than this is not worth packing: it is sent in a block that says so.
const TINY: u16 = 256;

/// Packed blocks that end at a whole byte; nothing of what they need lies before them.
fn blocks(plain: &[u8]) -> Bytes {
    if let Some(length) = u16::try_from(plain.len()).ok().filter(|length| *length < TINY) {
        let (length, turned) = (length.to_le_bytes(), (!length).to_le_bytes());
        return [&[0], &length[..], &turned, plain].concat().into();
    }
    let level = if plain.len() < SHORT {
        LEVEL_OF_SHORT
    } else {
        LEVEL
    };
    PACKER.with_borrow_mut(|packer| {
        packer.reset();
        // It fails in the middle of a stream alone.
        let _ = packer.set_level(Compression::new(level));
        let mut blocks = Vec::with_capacity(plain.len() / 4 + 64);
        loop {
            let taken = usize::try_from(packer.total_in()).unwrap_or(usize::MAX);
            let left = plain.get(taken..).unwrap_or_default();
            // It fails on wrong calls alone.
            let _ = packer.compress_vec(left, &mut blocks, FlushCompress::Sync);
            // Where room is left, everything is out.
            if blocks.len() < blocks.capacity() {
                break;
            }
            blocks.reserve(blocks.len() / 2 + 64);
        }
        blocks.shrink_to_fit();
        blocks.into()
    })
}

/// The pieces one after the other, as one answer of a `kind`.
#[must_use]
pub fn answer(kind: &'static str, pieces: &[Arc<Piece>], packs: bool) -> Response {
    let mut body = VecDeque::with_capacity(pieces.len() + 2);
    if packs {
        let mut sum = Crc::new();
        body.push_back(Bytes::from_static(HEAD));
        for packed in pieces.iter().map(|piece| piece.packed()) {
            sum.combine(&packed.sum);
            body.push_back(packed.blocks.clone());
        }
        let mut end = END.to_vec();
        end.extend(sum.sum().to_le_bytes());
        end.extend(sum.amount().to_le_bytes());
        body.push_back(end.into());
    } else {
        body.extend(pieces.iter().flat_map(|piece| piece.plain()).cloned());
    }
    let encoding = if packs { Encoding::Gzip } else { Encoding::Identity };
    sent(kind, encoding, body)
}

/// A body of a `kind`, which is packed as `encoding`.
fn sent(kind: &'static str, encoding: Encoding, mut body: VecDeque<Bytes>) -> Response {
    body.retain(|bytes| !bytes.is_empty());
    let mut response = Response::new(Body::new(Pieces(body)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if encoding != Encoding::Identity {
        let encoding = HeaderValue::from_static(encoding.as_str());
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

/// What is left to be sent. Pieces are shared, and none is copied.
struct Pieces(VecDeque<Bytes>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let sizes = self
            .0
            .iter()
            .map(|bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        SizeHint::with_exact(sizes.sum())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use http_body_util::BodyExt as _;
    use proptest::prelude::*;

    use super::*;

    fn sent(texts: &[String], packs: bool) -> Vec<u8> {
        let pieces: Vec<Arc<Piece>> = texts.iter().map(|text| Piece::new(text.clone())).collect();
        taken(&pieces, packs)
    }

    fn taken(pieces: &[Arc<Piece>], packs: bool) -> Vec<u8> {
        let body = answer("text/plain", pieces, packs).into_body();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(body.collect()).unwrap().to_bytes().to_vec()
    }

    proptest! {
        #[test]
        fn packed_pieces_are_one_stream_of_what_they_say_together(
            texts in proptest::collection::vec("[a-e<>]{0,2000}", 0..6)
        ) {
            let whole = texts.concat();
            prop_assert_eq!(sent(&texts, false), whole.as_bytes());
            let mut told = String::new();
            // One member: browsers stop after the first.
            flate2::read::GzDecoder::new(sent(&texts, true).as_slice()).read_to_string(&mut told).unwrap();
            prop_assert_eq!(told, whole);
            // Joined beforehand or not is all the same.
            let pieces: Vec<Arc<Piece>> = texts.iter().map(|text| Piece::new(text.clone())).collect();
            let parts: usize = pieces.iter().map(|piece| piece.weight()).sum();
            let joined = Piece::joined(pieces);
            prop_assert!(joined.weight() >= parts);
            prop_assert_eq!(joined.text(), texts.concat());
            prop_assert_eq!(taken(&[joined], true), sent(&texts, true));
        }
    }
}
