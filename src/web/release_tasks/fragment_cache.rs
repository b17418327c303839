//! Release tasks that many watch at once: each state of one is read once, and the part of the page that changes is made,
//! and made small, once for all to whom it looks the same.

use std::io::{self, Write};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentType};
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use uuid::Uuid;

use crate::domain::execution::Execution;
use crate::domain::policy::ViewerAccess;
use crate::web::assets::mentions;
use crate::web::cache::Cache;
use crate::web::compact;
use crate::web::error::PageError;
use crate::web::release_context::{Read, Subject};
use crate::web::response::Reply;
use crate::web::views::ReleaseLive;

/// How long what was made is good for, if it is still the newest: times that run stand in it.
const LASTS: Duration = Duration::from_secs(1);

/// How many release tasks, and how many parts, are kept: the large ones take some hundred kilobytes.
const MAX_ENTRIES: u64 = 64;

/// What was read, and what was made of it.
pub struct FragmentCache {
    /// Release tasks by their keys.
    pub reads: Cache<Uuid, Read>,
    parts: Cache<Key, Part>,
}

/// Who gets the same part: those who look at the same page and may do the same there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    path: String,
    sight: ViewerAccess,
}

/// A part in both forms in which it is sent.
#[derive(Debug)]
struct Part {
    plain: Bytes,
    gzip: Bytes,
}

impl Default for FragmentCache {
    fn default() -> Self {
        Self { reads: Cache::new(LASTS, MAX_ENTRIES), parts: Cache::new(LASTS, MAX_ENTRIES) }
    }
}

impl FragmentCache {
    /// Answers with the part that `make` makes, or that was made of the same state for somebody like this reader.
    /// The page shows that execution.
    pub async fn part(
        &self,
        subject: &Subject,
        execution: Option<&Execution>,
        make: impl AsyncFnOnce() -> Result<ReleaseLive, PageError>,
    ) -> Reply {
        let key = Key { path: subject.request.path().to_owned(), sight: subject.sight(execution) };
        let part = self.parts.get(&key, subject.mark, async || Part::of(&make().await?)).await?;
        let mut reply = HttpResponse::Ok();
        reply.content_type(ContentType::html()).insert_header((header::VARY, "accept-encoding"));
        if mentions(subject.request.headers(), &header::ACCEPT_ENCODING, b"gzip") {
            return Ok(reply.insert_header((header::CONTENT_ENCODING, "gzip")).body(part.gzip.clone()));
        }
        // Said so that no layer outside does for each what is done for nobody.
        Ok(reply.insert_header((header::CONTENT_ENCODING, "identity")).body(part.plain.clone()))
    }
}

impl Part {
    fn of(live: &ReleaseLive) -> Result<Self, PageError> {
        let html = compact::render(live).map_err(|error| PageError::Broken(error.into()))?;
        let gzip = smaller(html.as_bytes()).map_err(|error| PageError::Broken(error.into()))?;
        Ok(Self { plain: html.into(), gzip: gzip.into() })
    }
}

fn smaller(html: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(html.len() / 8), Compression::fast());
    encoder.write_all(html)?;
    encoder.finish()
}
