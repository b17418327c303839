//! `/storage`. For everybody but administrators there is no such page.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::presenter;
use super::view::StoragePage;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::pages::components::{Section, layout};

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let report = site.app.storage(&reader.caller(&site, &request)).await?;
    response::page(&StoragePage {
        chrome: layout::around(&request, &reader, "Storage", Section::Storage).await?,
        lead: Locale::default().storage().lead().to_owned(),
        ..presenter::page(&report, site.app.space.room(), site.app.clock.now())
    })
}
