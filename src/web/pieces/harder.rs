//! What stays as it is for a while is packed once more as one stream, harder and with all of it in sight, where nobody waits.
//!
//! Around a zstandard stream something else may stand that is sent as it is, such as a page's frame, which is its reader's own: a block
//! that is not packed needs nothing of those before it and changes nothing for those after it. Brotli has nothing of the kind, and packs
//! what is whole.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::sync::Arc;

use axum::body::Bytes;
use axum::response::Response;
use compu::encoder::{BrotliC, BrotliOptions, BrotliQuality, EncodeOp, EncodeStatus, Encoder as _};
use zstd::stream::raw::CParameter;

use super::{Piece, sent};
use crate::web::encoding::Encoding;

/// A quarter shorter than pieces that are packed each for itself, at 5 µs for each KiB.
const LEVEL_OF_ZSTANDARD: i32 = 7;
/// A little shorter still, at 9 µs for each KiB.
const QUALITY_OF_BROTLI: BrotliQuality = BrotliQuality::Q6;
/// How far back a stream may refer, as a power of two: a MiB, which whoever reads it has to keep.
const WINDOW: u8 = 20;
/// The head of such a stream: its mark, nothing of what may be said of it, its window.
const HEAD: [u8; 6] = [0x28, 0xb5, 0x2f, 0xfd, 0, (WINDOW - 10) << 3];
/// An empty last block.
const END: [u8; 3] = [1, 0, 0];
/// No block says more.
const BLOCK: usize = 128 * 1_024;

/// Parts of a text as one stream; of zstandard the blocks alone, which something may stand around.
pub(super) fn packed(encoding: Encoding, parts: &[&Bytes]) -> Option<Bytes> {
    match encoding {
        Encoding::Zstandard => zstandard(parts).ok().flatten(),
        Encoding::Brotli => brotli(parts),
        Encoding::Gzip | Encoding::Identity => None,
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
            EncodeStatus::Finished => return Some(packed.into()),
            EncodeStatus::Error => return None,
            EncodeStatus::Continue | EncodeStatus::NeedOutput => packed.reserve(packed.len() / 2 + 64),
        }
        left = left.get(left.len() - step.input_remain..)?;
    }
}

/// Blocks of zstandard that say `piece` as it is.
fn unpacked(piece: &Piece) -> impl Iterator<Item = Bytes> {
    let parts = piece.plain().into_iter().flat_map(|part| {
        let starts = (0..part.len()).step_by(BLOCK);
        starts.map(|start| part.slice(start..part.len().min(start + BLOCK)))
    });
    parts.flat_map(|block| {
        let length = u32::try_from(block.len()).unwrap_or(0) << 3;
        let [low, middle, high, _] = length.to_le_bytes();
        [Bytes::from(vec![low, middle, high]), block]
    })
}

/// An answer of a `kind` whose `inside` was packed once more as `encoding`; none where it was not, or where that is no shorter.
///
/// * `around`: what stands before it and after it.
#[must_use]
pub fn answer_packed_harder(
    kind: &'static str,
    encoding: Encoding,
    inside: &Piece,
    around: Option<&[Arc<Piece>; 2]>,
) -> Option<Response> {
    let packed = inside.kept(encoding)?.get().filter(|packed| !packed.is_empty())?;
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
    let around = around.into_iter().flatten();
    let quick = around.map(|piece| piece.length_packed()).sum::<usize>() + inside.length_packed();
    let harder: usize = body.iter().map(Bytes::len).sum();
    (harder < quick).then(|| sent(kind, encoding, body))
}

#[cfg(test)]
mod tests {
    use http::header;
    use http_body_util::BodyExt as _;
    use proptest::prelude::*;

    use super::*;

    fn body(response: Response) -> Vec<u8> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let body = runtime.block_on(response.into_body().collect()).unwrap();
        body.to_bytes().to_vec()
    }

    /// Something long of these parts, which is shorter where they are seen together.
    fn long(parts: &[String]) -> Arc<Piece> {
        let again = || {
            parts
                .iter()
                .map(|part| Piece::new(format!("{part}{}", "0123456789".repeat(40))))
        };
        Piece::joined((0..20).flat_map(|_| again()).collect()).packed_now()
    }

    proptest! {
        #[test]
        fn one_frame_of_zstandard_says_what_stands_around_it_too(
            parts in proptest::collection::vec("[a-e<>]{0,500}", 1..6),
            before in "[a-z]{0,40}",
            after in "[a-z]{0,40}"
        ) {
            let inside = long(&parts);
            inside.pack_harder(Encoding::Zstandard);
            let around = [Piece::new(before.clone()), Piece::new(after.clone())];
            let answer = answer_packed_harder("text/plain", Encoding::Zstandard, &inside, Some(&around)).unwrap();
            prop_assert_eq!(&answer.headers()[header::CONTENT_ENCODING], "zstd");
            let packed = body(answer);
            let whole = format!("{before}{}{after}", inside.text());
            // One frame: not all who read it go on after the first.
            let told = zstd::bulk::decompress(&packed, whole.len()).unwrap();
            prop_assert_eq!(String::from_utf8(told).unwrap(), whole);
        }

        #[test]
        fn brotli_says_what_is_whole(parts in proptest::collection::vec("[a-e<>]{0,500}", 1..6)) {
            let inside = long(&parts);
            inside.pack_harder(Encoding::Brotli);
            let answer = answer_packed_harder("text/plain", Encoding::Brotli, &inside, None).unwrap();
            prop_assert_eq!(&answer.headers()[header::CONTENT_ENCODING], "br");
            let mut told = Vec::new();
            let mut reader = compu::decoder::BrotliC::new().unwrap();
            compu::decoder::Decoder::decode_vec_full(&mut reader, &body(answer), &mut told).unwrap();
            prop_assert_eq!(told, inside.bytes().collect::<Vec<u8>>());
        }
    }

    #[test]
    fn what_is_no_shorter_is_not_sent_so() {
        let around = |length: usize| [Piece::new("<".repeat(length)).packed_now(), Piece::new("")];
        let inside = long(&["said".to_owned()]);
        let sent = |encoding, around: Option<&[Arc<Piece>; 2]>| {
            answer_packed_harder("text/plain", encoding, &inside, around).is_some()
        };
        // Not packed so yet.
        assert!(!sent(Encoding::Zstandard, None));
        for encoding in [Encoding::Zstandard, Encoding::Brotli] {
            assert!(inside.may_be_packed_harder(encoding));
            inside.pack_harder(encoding);
            assert!(!inside.may_be_packed_harder(encoding));
        }
        for (encoding, around, expected) in [
            (Encoding::Zstandard, None, true),
            (Encoding::Zstandard, Some(around(10)), true),
            // What stands around it is sent as it is, more than a block of it.
            (Encoding::Zstandard, Some(around(300_000)), false),
            (Encoding::Brotli, None, true),
            (Encoding::Brotli, Some(around(10)), false),
            (Encoding::Gzip, None, false),
            (Encoding::Identity, None, false),
        ] {
            assert_eq!(sent(encoding, around.as_ref()), expected, "{encoding:?}");
        }
        let short = Piece::new("nothing that is said twice").packed_now();
        short.pack_harder(Encoding::Zstandard);
        assert!(answer_packed_harder("text/plain", Encoding::Zstandard, &short, None).is_none());
        assert!(!short.may_be_packed_harder(Encoding::Zstandard));
    }

    #[test]
    fn what_is_longer_than_a_block_is_said_in_several() {
        let piece = Piece::new("a".repeat(BLOCK + 1));
        let mut stream: Vec<u8> = HEAD.to_vec();
        stream.extend(unpacked(&piece).flatten());
        stream.extend(END);
        assert_eq!(
            zstd::bulk::decompress(&stream, BLOCK + 1).unwrap(),
            piece.bytes().collect::<Vec<u8>>()
        );
    }
}
