//! `/approvals`, its list alone, and the number in the top bar.

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::open_checkpoints::{count, is_for};
use super::presenter;
use super::view::ApprovalsPage;
use crate::http::Site;
use crate::http::error::PageError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::caches::PageCaches;
use crate::pages::components::{Section, layout};
use crate::store::OpenCheckpoint;

/// What the page shows already.
#[derive(Debug, Deserialize)]
pub struct ApprovalsQuery {
    seen: u64,
}

/// The page.
pub async fn index(site: Data<Site>, caches: Data<PageCaches>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let chrome = layout::around(&request, &reader, "My Approvals", Section::Approvals).await?;
    let list = presenter::list(&mine(&site, &caches, &reader).await?, site.app.clock.now());
    response::page(&ApprovalsPage { chrome, list })
}

/// The list, if it is another than the page shows.
pub async fn list(
    site: Data<Site>,
    caches: Data<PageCaches>,
    reader: CurrentUser,
    shown: Query<ApprovalsQuery>,
) -> Reply {
    let mine = mine(&site, &caches, &reader).await?;
    if presenter::mark(&mine) == shown.seen {
        return Ok(response::unchanged());
    }
    response::page(&presenter::list(&mine, site.app.clock.now()))
}

/// The number, if it is another than the page shows.
pub async fn count_fragment(
    site: Data<Site>,
    caches: Data<PageCaches>,
    reader: CurrentUser,
    shown: Query<ApprovalsQuery>,
) -> Reply {
    let count = count(&site, &caches.waiting, reader.user()).await?;
    if count.waiting == shown.seen { Ok(response::unchanged()) } else { response::page(&count) }
}

async fn mine(site: &Site, caches: &PageCaches, reader: &CurrentUser) -> Result<Vec<OpenCheckpoint>, PageError> {
    let (open, now) = (caches.waiting.open(&site.app).await?, site.app.clock.now());
    Ok(open.iter().filter(|checkpoint| is_for(reader.user(), checkpoint, now)).cloned().collect())
}
