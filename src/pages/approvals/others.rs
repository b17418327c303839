//! Checkpoints that wait for others: the page, and the list alone for a page that refreshes it.

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};

use super::list::ApprovalsQuery;
use super::presenter;
use super::view::ApprovalsPage;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::components::{Section, layout};

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let waiting = site.app.waiting_for_others(&reader.caller(&site, &request)).await?;
    let list = presenter::others(reader.user(), &waiting, &site.app.asked_at(&waiting).await?);
    let chrome = layout::around(&request, &reader, "Waiting for Others", Section::Approvals).await?;
    response::page(&ApprovalsPage { chrome, tabs: presenter::tabs(reader.user(), true), list })
}

/// The list, if it is another than the page shows.
pub async fn show(site: Data<Site>, request: HttpRequest, reader: CurrentUser, shown: Query<ApprovalsQuery>) -> Reply {
    let waiting = site.app.waiting_for_others(&reader.caller(&site, &request)).await?;
    if presenter::mark(&waiting) == shown.seen {
        return Ok(response::unchanged());
    }
    let people = site.app.asked_at(&waiting).await?;
    response::page(&presenter::others(reader.user(), &waiting, &people))
}
