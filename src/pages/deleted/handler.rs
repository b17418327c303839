//! `/deleted`. For everybody but administrators there is no such page.

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::presenter;
use super::view::DeletedPage;
use crate::domain::retention::RESTORABLE_DAYS;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::pages::components::{Section, layout};

/// How many are on a page.
const PAGE: u64 = 50;

/// Which page of the list.
#[derive(Debug, Deserialize)]
pub struct DeletedQuery {
    page: Option<u64>,
}

/// A page of it.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser, wanted: Query<DeletedQuery>) -> Reply {
    let page = wanted.page.unwrap_or(1).clamp(1, 1_000_000);
    let found = site.app.deleted_releases(&reader.caller(&site, &request), page, PAGE).await?;
    response::page(&DeletedPage {
        chrome: layout::around(&request, &reader, "Deleted Release Tasks", Section::Deleted).await?,
        lead: Locale::default().storage().deleted_lead(RESTORABLE_DAYS),
        ..presenter::page(&found, page, PAGE, site.app.clock.now())
    })
}
