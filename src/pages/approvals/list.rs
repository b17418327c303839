//! The list alone, for a page that refreshes it; and how many wait, for the top bar.

use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::handler::mine;
use super::open_checkpoints::count;
use super::presenter;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::caches::PageCaches;

/// What the page shows already.
#[derive(Debug, Deserialize)]
pub struct ApprovalsQuery {
    seen: u64,
}

/// The list, if it is another than the page shows.
pub async fn show(
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
pub async fn show_count(
    site: Data<Site>,
    caches: Data<PageCaches>,
    reader: CurrentUser,
    shown: Query<ApprovalsQuery>,
) -> Reply {
    let count = count(&site, &caches.waiting, reader.user()).await?;
    if count.waiting == shown.seen { Ok(response::unchanged()) } else { response::page(&count) }
}
