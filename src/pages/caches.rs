//! Caches of what pages show to many.

use actix_web::HttpRequest;
use actix_web::web::Data;
use anyhow::Context;

use super::release_tasks::fragment_cache::FragmentCache;
use super::release_tasks::list::Lists;
use crate::http::error::HttpError;

/// What pages remember, beside what the [`Site`](crate::http::Site) does.
#[derive(Default)]
pub struct PageCaches {
    /// What the list shows and can be filtered by.
    pub lists: Lists,
    /// Release tasks that many watch.
    pub watched: FragmentCache,
}

impl PageCaches {
    /// Those of the server that a request came to.
    pub fn of(request: &HttpRequest) -> Result<&Self, HttpError> {
        let caches = request.app_data::<Data<Self>>().context("pages are served with their caches")?;
        Ok(caches)
    }
}
