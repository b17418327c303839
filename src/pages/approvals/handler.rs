//! `/approvals`.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::presenter;
use super::view::ApprovalsPage;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::components::{Section, layout};

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let chrome = layout::around(&request, &reader, "My Approvals", Section::Approvals).await?;
    let waiting = site.app.waiting_for(&reader.caller(&site, &request)).await?;
    let list = presenter::list(&waiting, &site.app.asked_at(&waiting).await?);
    response::page(&ApprovalsPage { chrome, tabs: presenter::tabs(reader.user(), false), list })
}
