//! Release tasks that many watch at once: the part of the page that changes is made, and made small, once for all to whom it
//! looks the same.

use std::sync::Arc;
use std::time::Duration;

use super::view::ReleaseLive;
use crate::cache::Cache;
use crate::domain::execution::Execution;
use crate::domain::policy::ViewerAccess;
use crate::http::compressed_text::CompressedText;
use crate::http::error::HttpError;
use crate::http::response;
use crate::pages::components::release_context::Subject;

/// How long what was made is good for, if it is still the newest: times that run stand in it.
const LASTS: Duration = Duration::from_secs(1);

/// How many parts are kept: the large ones take some hundred kilobytes.
const MAX_ENTRIES: u64 = 64;

/// What was made of what was read.
pub struct FragmentCache {
    parts: Cache<Key, CompressedText>,
}

/// Who gets the same part: those who look at the same page and may do the same there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    path: String,
    sight: ViewerAccess,
}

impl Default for FragmentCache {
    fn default() -> Self {
        Self { parts: Cache::new(LASTS, MAX_ENTRIES) }
    }
}

impl FragmentCache {
    /// The part that `make` makes, or that was made of the same state for somebody like this reader.
    /// The page shows that execution.
    pub async fn part(
        &self,
        subject: &Subject,
        execution: Option<&Execution>,
        make: impl AsyncFnOnce() -> Result<ReleaseLive, HttpError>,
    ) -> Result<Arc<CompressedText>, HttpError> {
        let key = Key { path: subject.request.path().to_owned(), sight: subject.sight(execution) };
        self.parts.get(&key, subject.mark, async || response::compressed(&make().await?)).await
    }
}
