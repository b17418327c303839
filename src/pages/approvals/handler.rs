//! `/approvals`.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::open_checkpoints::is_for;
use super::presenter;
use super::view::ApprovalsPage;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::caches::PageCaches;
use crate::pages::components::{Section, layout};
use crate::store::OpenCheckpoint;

/// The page.
pub async fn index(site: Data<Site>, caches: Data<PageCaches>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let chrome = layout::around(&request, &reader, "My Approvals", Section::Approvals).await?;
    let list = presenter::list(&mine(&site, &caches, &reader).await?, site.app.clock.now());
    response::page(&ApprovalsPage { chrome, list })
}

/// What waits for the reader.
pub async fn mine(site: &Site, caches: &PageCaches, reader: &CurrentUser) -> Result<Vec<OpenCheckpoint>, HttpError> {
    let (open, now) = (caches.waiting.open(&site.app).await?, site.app.clock.now());
    Ok(open.iter().filter(|checkpoint| is_for(reader.user(), checkpoint, now)).cloned().collect())
}
