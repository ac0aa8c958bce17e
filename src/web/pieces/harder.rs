//! What stays as it is for a while is packed once more as one stream, harder and with all of it in sight, where nobody waits.
//!
//! Around a zstandard stream something else may stand that is sent as it is, such as a page's frame, which is its reader's own: a block
//! that is not packed needs nothing of those before it and changes nothing for those after it. Brotli has nothing of the kind, and packs
//! what is whole.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::response::Response;
use compu::encoder::{BrotliC, BrotliOptions, BrotliQuality, EncodeOp, EncodeStatus, Encoder as _};
use zstd::stream::raw::CParameter;

use super::{Piece, sent};
use crate::web::encoding::Encoding;

/// A quarter shorter than pieces that are packed each for itself, at 5 to 8 µs for each KiB.
const LEVEL_OF_ZSTANDARD: i32 = 7;
/// Of pages a little shorter still, at 9 to 13 µs for each KiB.
const QUALITY_OF_BROTLI: BrotliQuality = BrotliQuality::Q6;
/// How far back a stream may refer, as a power of two: a MiB, which whoever reads it has to keep.
const WINDOW: u8 = 20;
/// The head of such a stream: its mark, nothing of what may be said of it, its window.
const HEAD: [u8; 6] = [0x28, 0xb5, 0x2f, 0xfd, 0, (WINDOW - 10) << 3];
/// An empty last block.
const END: [u8; 3] = [1, 0, 0];
/// No block says more.
const BLOCK: usize = 128 * 1_024;

/// A piece packed once more, each way at most once.
#[derive(Debug, Default)]
pub struct Harder {
    zstandard: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
}

impl Harder {
    /// In how many ways.
    pub const KINDS: usize = 2;

    const fn place(&self, encoding: Encoding) -> Option<&OnceLock<Bytes>> {
        match encoding {
            Encoding::Zstandard => Some(&self.zstandard),
            Encoding::Brotli => Some(&self.brotli),
            Encoding::Gzip | Encoding::Identity => None,
        }
    }

    /// Whether packing it as `encoding` is still to be tried.
    #[must_use]
    pub fn is_to_be_tried(&self, encoding: Encoding) -> bool {
        self.place(encoding).is_some_and(|place| place.get().is_none())
    }

    /// Packs `piece` as `encoding`, as hard as is worth it where nobody waits. Where that is no shorter than packed at once, nothing is
    /// kept but that it was tried.
    pub fn pack(&self, encoding: Encoding, piece: &Piece) {
        let Some(place) = self.place(encoding) else { return };
        place.get_or_init(|| {
            let parts = piece.plain();
            let packed = match encoding {
                Encoding::Zstandard => zstandard(&parts).ok().flatten(),
                _ => brotli(&parts),
            };
            let shorter = packed.filter(|packed| packed.len() < piece.length_packed());
            shorter.unwrap_or_default()
        });
    }

    /// How many bytes it takes as `encoding`, where it was packed so.
    #[must_use]
    pub fn length(&self, encoding: Encoding) -> Option<usize> {
        self.packed(encoding).map(Bytes::len)
    }

    fn packed(&self, encoding: Encoding) -> Option<&Bytes> {
        self.place(encoding)?.get().filter(|packed| !packed.is_empty())
    }

    /// An answer of a `kind` of what was packed as `encoding`; none where it was not.
    ///
    /// * `around`: what stands before it and after it, of zstandard alone.
    #[must_use]
    pub fn answer(
        &self,
        kind: &'static str,
        encoding: Encoding,
        around: Option<&[Arc<Piece>; 2]>,
    ) -> Option<Response> {
        let packed = self.packed(encoding)?;
        let mut body = VecDeque::new();
        match (encoding, around) {
            (Encoding::Zstandard, _) => {
                body.push_back(Bytes::from_static(&HEAD));
                body.extend(around.iter().flat_map(|[before, _]| unpacked(before)));
                body.push_back(packed.clone());
                body.extend(around.iter().flat_map(|[_, after]| unpacked(after)));
                body.push_back(Bytes::from_static(&END));
            }
            (_, None) => body.push_back(packed.clone()),
            (_, Some(_)) => return None,
        }
        Some(sent(kind, encoding, body))
    }
}

fn zstandard(parts: &[&Bytes]) -> io::Result<Option<Bytes>> {
    let mut packer = zstd::Encoder::new(Vec::new(), LEVEL_OF_ZSTANDARD)?;
    packer.set_parameter(CParameter::WindowLog(u32::from(WINDOW)))?;
    for part in parts {
        packer.write_all(part)?;
    }
    // All blocks are out then, and none is the last.
    packer.flush()?;
    let blocks = packer.get_ref().strip_prefix(&HEAD);
    Ok(blocks.map(Bytes::copy_from_slice))
}

fn brotli(parts: &[&Bytes]) -> Option<Bytes> {
    let mut encoder = BrotliC::new(BrotliOptions::new().quality(QUALITY_OF_BROTLI))?;
    let parts: Vec<&[u8]> = parts.iter().map(|part| &***part).collect();
    let text = parts.concat();
    let mut packed = Vec::with_capacity(text.len() / 8 + 64);
    let mut left = text.as_slice();
    loop {
        let step = encoder.encode_vec(left, &mut packed, EncodeOp::Finish);
        match step.status {
            EncodeStatus::Finished => break,
            EncodeStatus::Error => return None,
            EncodeStatus::Continue | EncodeStatus::NeedOutput => packed.reserve(packed.len() / 2 + 64),
        }
        left = left.get(left.len() - step.input_remain..)?;
    }
    packed.shrink_to_fit();
    Some(packed.into())
}

/// Blocks of zstandard that say `piece` as it is.
fn unpacked(piece: &Piece) -> impl Iterator<Item = Bytes> {
    let parts = piece.plain().into_iter().flat_map(|part| {
        let starts = (0..part.len()).step_by(BLOCK);
        starts.map(|start| part.slice(start..part.len().min(start + BLOCK)))
    });
    parts.flat_map(|block| {
        let [low, middle, high, ..] = (block.len() << 3).to_le_bytes();
        [Bytes::from(vec![low, middle, high]), block]
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use compu::decoder::{self, DecodeStatus, Decoder as _};
    use http::header;
    use http_body_util::BodyExt as _;
    use proptest::prelude::*;
    use sha2::{Digest as _, Sha256};
    use zstd::zstd_safe::find_frame_compressed_size;

    use super::*;

    fn body(response: Response) -> Vec<u8> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let body = runtime.block_on(response.into_body().collect()).unwrap();
        body.to_bytes().to_vec()
    }

    /// What a stream says to somebody who reads one frame as it comes, and keeps no more of it than the window.
    fn told(packed: &[u8]) -> Vec<u8> {
        assert_eq!(find_frame_compressed_size(packed).unwrap(), packed.len());
        let mut reader = zstd::stream::read::Decoder::new(packed).unwrap().single_frame();
        reader.window_log_max(u32::from(WINDOW)).unwrap();
        let mut told = Vec::new();
        reader.read_to_end(&mut told).unwrap();
        told
    }

    /// Bytes in which nothing comes twice.
    fn noise(length: usize) -> Vec<u8> {
        let blocks = (0_u64..).flat_map(|number| Sha256::digest(number.to_le_bytes()));
        blocks.take(length).collect()
    }

    /// Something long of these parts, which is shorter where they are seen together.
    fn long(parts: &[String]) -> Arc<Piece> {
        let again = || {
            let parts = parts.iter();
            parts.map(|part| Piece::new(format!("{part}{}", "0123456789".repeat(40))))
        };
        Piece::joined((0..20).flat_map(|_| again()).collect()).packed_now()
    }

    fn packed(encoding: Encoding, piece: &Piece) -> Harder {
        let harder = Harder::default();
        assert!(harder.is_to_be_tried(encoding));
        harder.pack(encoding, piece);
        assert!(!harder.is_to_be_tried(encoding));
        harder
    }

    proptest! {
        #[test]
        fn one_frame_of_zstandard_says_what_stands_around_it_too(
            parts in proptest::collection::vec("[a-e<>]{0,500}", 1..6),
            before in "[a-z]{0,40}",
            after in "[a-z]{0,40}"
        ) {
            let inside = long(&parts);
            let around = [Piece::new(before.clone()), Piece::new(after.clone())];
            let harder = packed(Encoding::Zstandard, &inside);
            let answer = harder.answer("text/plain", Encoding::Zstandard, Some(&around)).unwrap();
            prop_assert_eq!(&answer.headers()[header::CONTENT_ENCODING], "zstd");
            let whole = format!("{before}{}{after}", inside.text());
            prop_assert_eq!(told(&body(answer)), whole.as_bytes());
        }

        #[test]
        fn brotli_says_what_is_whole(parts in proptest::collection::vec("[a-e<>]{0,500}", 1..6)) {
            let inside = long(&parts);
            let harder = packed(Encoding::Brotli, &inside);
            let answer = harder.answer("text/plain", Encoding::Brotli, None).unwrap();
            prop_assert_eq!(&answer.headers()[header::CONTENT_ENCODING], "br");
            let mut told = Vec::new();
            let mut reader = decoder::BrotliC::new().unwrap();
            let end = reader.decode_vec_full(&body(answer), &mut told).unwrap();
            prop_assert_eq!(end.status.ok(), Some(DecodeStatus::Finished));
            prop_assert_eq!(end.input_remain, 0);
            prop_assert_eq!(told, inside.bytes().collect::<Vec<u8>>());
        }
    }

    #[test]
    fn what_is_longer_than_a_window_within_what_is_longer_than_a_block_is_read_as_it_comes() {
        let texts = [
            noise(200_000),
            b"said again and again".repeat(50_000),
            noise(2_000_000),
        ];
        let parts = texts.iter().chain(&texts).map(|text| Piece::new(text.clone()));
        let inside = Piece::joined(parts.collect()).packed_now();
        let around = [Piece::new(noise(BLOCK + 1)), Piece::new(noise(3 * BLOCK))];
        let harder = packed(Encoding::Zstandard, &inside);
        let answer = harder
            .answer("text/plain", Encoding::Zstandard, Some(&around))
            .unwrap();
        let [before, after] = around.map(|piece| piece.bytes().collect::<Vec<u8>>());
        let whole = [before, inside.bytes().collect(), after].concat();
        assert!(told(&body(answer)) == whole);
    }

    #[test]
    fn what_is_no_shorter_or_was_not_packed_so_is_not_sent_so() {
        // Counted as half of what it is, while it is not packed.
        let short = Piece::new(noise(10_000));
        for encoding in [Encoding::Zstandard, Encoding::Brotli] {
            assert_eq!(packed(encoding, &short).length(encoding), None, "{encoding:?}");
        }
        let inside = long(&["said".to_owned()]);
        let around = [Piece::new("before"), Piece::new("after")];
        let both = packed(Encoding::Zstandard, &inside);
        both.pack(Encoding::Brotli, &inside);
        for (encoding, around, expected) in [
            (Encoding::Zstandard, None, true),
            (Encoding::Zstandard, Some(&around), true),
            (Encoding::Brotli, None, true),
            (Encoding::Brotli, Some(&around), false),
            (Encoding::Gzip, None, false),
            (Encoding::Identity, None, false),
        ] {
            let answer = both.answer("text/plain", encoding, around);
            assert_eq!(answer.is_some(), expected, "{encoding:?}");
            assert!(Harder::default().answer("text/plain", encoding, around).is_none());
        }
    }
}
