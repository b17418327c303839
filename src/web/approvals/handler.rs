//! `/approvals`, its list alone, and the number in the top bar.

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::open_checkpoints::{count, is_for};
use super::view;
use crate::store::OpenCheckpoint;
use crate::web::error::PageError;
use crate::web::response::{self, Reply};
use crate::web::session::CurrentUser;
use crate::web::views::{ApprovalsPage, Section};
use crate::web::{Site, layout};

/// What the page shows already.
#[derive(Debug, Deserialize)]
pub struct ApprovalsQuery {
    seen: u64,
}

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let chrome = layout::around(&request, &reader, "My Approvals", Section::Approvals).await?;
    let list = view::list(&mine(&site, &reader).await?, site.app.clock.now());
    response::page(&ApprovalsPage { chrome, list })
}

/// The list, if it is another than the page shows.
pub async fn list(site: Data<Site>, reader: CurrentUser, shown: Query<ApprovalsQuery>) -> Reply {
    let mine = mine(&site, &reader).await?;
    if view::mark(&mine) == shown.seen {
        return Ok(response::unchanged());
    }
    response::page(&view::list(&mine, site.app.clock.now()))
}

/// The number, if it is another than the page shows.
pub async fn count_fragment(site: Data<Site>, reader: CurrentUser, shown: Query<ApprovalsQuery>) -> Reply {
    let count = count(&site, reader.user()).await?;
    if count.waiting == shown.seen { Ok(response::unchanged()) } else { response::page(&count) }
}

async fn mine(site: &Site, reader: &CurrentUser) -> Result<Vec<OpenCheckpoint>, PageError> {
    let (open, now) = (site.waiting.open(&site.app).await?, site.app.clock.now());
    Ok(open.iter().filter(|checkpoint| is_for(reader.user(), checkpoint, now)).cloned().collect())
}
