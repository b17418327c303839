//! `/overview`, which refreshes itself.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::presenter;
use super::view::OverviewPage;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::components::{Section, layout};
use crate::pages::release_tasks::seen;

/// The page, or its live part alone; nothing while it shows the newest state, which memory alone tells.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let mark = site.app.live.lists_mark();
    let seen = seen(&request);
    if seen == Some(mark) {
        return Ok(response::unchanged());
    }
    let caller = reader.caller(&site, &request);
    let (rows, waiting) = (site.app.overview(&caller, None, mark).await?, site.app.waiting_checkpoints(&caller).await?);
    let people = site.app.asked_at(&waiting).await?;
    let live = presenter::live(reader.user(), &rows, &waiting, &people, mark);
    if seen.is_some() && response::is_htmx(&request) {
        return response::page(&live);
    }
    let chrome = layout::around(&request, &reader, "Overview", Section::Overview).await?;
    response::page(&OverviewPage { chrome, live })
}
