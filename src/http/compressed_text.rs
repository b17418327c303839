//! Text that is compressed by itself, and sent alone or within another: what many are sent is compressed once.
//!
//! Compressed data is a sequence of blocks that refer to what is at most 32 kB before them. Those of a text that was compressed
//! by itself refer to nothing outside of it, so that they can be put between those of others. Only the sum at the
//! end is of the whole, and is computed from the sums of the parts. (Several gzip files one after the other are a gzip file as
//! well, but browsers read the first only.)

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentType, HeaderMap};
use actix_web::web::Bytes;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::http::assets::mentions;

/// What a gzip file begins with: compressed as usual, of no name and no time, by an unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// An empty block that is the last.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// How many texts around parts are kept, of some kilobytes each.
const MAX_FRAMES: u64 = 128;

/// A text in both forms in which it is sent.
#[derive(Debug)]
pub struct CompressedText {
    plain: Bytes,
    blocks: Blocks,
}

/// What is around the parts of pages, compressed. It changes with its reader and the page, but seldom for one reader of one
/// page, and what comes after a part is the same for all.
pub struct FrameCache(Cache<String, Arc<Blocks>>);

/// A text as compressed blocks, of which none is the last.
#[derive(Debug)]
struct Blocks {
    bytes: Vec<u8>,
    sum: Crc,
}

impl CompressedText {
    /// Compresses it.
    pub fn of(text: String) -> io::Result<Self> {
        Ok(Self { blocks: Blocks::of(&text)?, plain: text.into() })
    }

    /// The answer that is this text, in the form that who asked can read.
    pub fn html(&self, asked: &HeaderMap) -> HttpResponse {
        if takes_gzip(asked) { gzip(&[&self.blocks]) } else { identity(self.plain.clone()) }
    }

    /// The answer that is this text between two others.
    pub fn html_within(
        &self,
        asked: &HeaderMap,
        frames: &FrameCache,
        before: &str,
        after: &str,
    ) -> io::Result<HttpResponse> {
        if takes_gzip(asked) {
            return Ok(gzip(&[&*frames.blocks(before)?, &self.blocks, &*frames.blocks(after)?]));
        }
        Ok(identity([before.as_bytes(), &self.plain, after.as_bytes()].concat().into()))
    }
}

impl Default for FrameCache {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MAX_FRAMES).eviction_policy(EvictionPolicy::lru()).build())
    }
}

impl FrameCache {
    fn blocks(&self, text: &str) -> io::Result<Arc<Blocks>> {
        if let Some(blocks) = self.0.get(text) {
            return Ok(blocks);
        }
        let blocks = Arc::new(Blocks::of(text)?);
        self.0.insert(text.to_owned(), Arc::clone(&blocks));
        Ok(blocks)
    }
}

impl Blocks {
    fn of(text: &str) -> io::Result<Self> {
        let mut sum = Crc::new();
        sum.update(text.as_bytes());
        let mut encoder = DeflateEncoder::new(Vec::with_capacity(text.len() / 4), Compression::fast());
        encoder.write_all(text.as_bytes())?;
        // Ends a block at a whole byte. What the encoder adds when it is dropped would be the last one.
        encoder.flush()?;
        Ok(Self { bytes: mem::take(encoder.get_mut()), sum })
    }
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    mentions(asked, &header::ACCEPT_ENCODING, b"gzip")
}

fn gzip(parts: &[&Blocks]) -> HttpResponse {
    let mut sum = Crc::new();
    let mut file = HEADER.to_vec();
    for part in parts {
        file.extend_from_slice(&part.bytes);
        sum.combine(&part.sum);
    }
    file.extend_from_slice(&LAST_BLOCK);
    file.extend_from_slice(&sum.sum().to_le_bytes());
    file.extend_from_slice(&sum.amount().to_le_bytes());
    answer("gzip", file.into())
}

fn identity(text: Bytes) -> HttpResponse {
    // Said so that no layer outside does for each what is done for nobody.
    answer("identity", text)
}

fn answer(encoding: &str, body: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((header::CONTENT_ENCODING, encoding))
        .body(body)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use actix_web::body::MessageBody;
    use actix_web::http::header::HeaderValue;
    use flate2::read::GzDecoder;

    use super::*;

    fn bytes(answer: HttpResponse) -> Bytes {
        answer.into_body().try_into_bytes().unwrap()
    }

    fn unpacked(answer: HttpResponse) -> String {
        let (mut text, packed) = (String::new(), bytes(answer));
        let mut decoder = GzDecoder::new(&packed[..]);
        decoder.read_to_string(&mut text).unwrap();
        assert!(decoder.into_inner().is_empty(), "nothing follows the one file");
        text
    }

    #[test]
    fn a_text_is_read_alone_and_within_another_as_it_was_written() {
        let (mut gzip, frames) = (HeaderMap::new(), FrameCache::default());
        gzip.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"));
        let long: String =
            (0..20_000).flat_map(|number: u32| ["<li>".to_owned(), number.to_string(), " ü</li>".to_owned()]).collect();
        for (before, text, after) in [("<p>", "part", "</p>"), ("", "", ""), (&*long, &*long, &*long), ("", "x", "y")] {
            let part = CompressedText::of(text.to_owned()).unwrap();
            assert_eq!(unpacked(part.html(&gzip)), text);
            let whole = format!("{before}{text}{after}");
            assert_eq!(unpacked(part.html_within(&gzip, &frames, before, after).unwrap()), whole);
            let none = HeaderMap::new();
            assert_eq!(bytes(part.html(&none)), text.as_bytes());
            assert_eq!(bytes(part.html_within(&none, &frames, before, after).unwrap()), whole.as_bytes());
        }
    }
}
