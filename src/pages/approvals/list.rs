//! The list alone, for a page that refreshes it; and how many wait, for the top bar and the side bar.

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::presenter;
use crate::app::Caller;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::components::{ApprovalsCount, urls};

/// What the page shows already.
#[derive(Debug, Deserialize)]
pub struct ApprovalsQuery {
    pub seen: u64,
}

/// The list, if it is another than the page shows.
pub async fn show(site: Data<Site>, request: HttpRequest, reader: CurrentUser, shown: Query<ApprovalsQuery>) -> Reply {
    let waiting = site.app.waiting_for(&reader.caller(&site, &request)).await?;
    if presenter::mark(&waiting) == shown.seen {
        return Ok(response::unchanged());
    }
    let people = site.app.asked_at(&waiting).await?;
    response::page(&presenter::list(&waiting, &people))
}

/// The number, if it is another than the page shows.
pub async fn show_count(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    shown: Query<ApprovalsQuery>,
) -> Reply {
    let count = count(&site, &reader.caller(&site, &request)).await?;
    if count.waiting == shown.seen { Ok(response::unchanged()) } else { response::page(&count) }
}

/// How many checkpoints wait for the caller, for the layout.
pub async fn count(site: &Site, caller: &Caller) -> Result<ApprovalsCount, HttpError> {
    let waiting = site.app.waiting_for(caller).await?.count();
    Ok(ApprovalsCount { waiting, refresh: Some(urls::approvals_count(waiting)) })
}
