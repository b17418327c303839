//! `/audit`. For everybody but administrators there is no such page.

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::presenter;
use super::view::AuditPage;
use crate::app::reads::{AuditPart, Cursor};
use crate::domain::ids::EventId;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::pages::components::{Section, layout};

/// How many are on a page.
const PAGE: u64 = 50;

/// Which page of the audit, and what of it.
#[derive(Debug, Deserialize)]
pub struct AuditQuery {
    before: Option<EventId>,
    after: Option<EventId>,
    only: Option<String>,
}

/// A page of it.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser, wanted: Query<AuditQuery>) -> Reply {
    let turn = match (wanted.before, wanted.after) {
        (Some(before), _) => Cursor::Older(before),
        (None, Some(after)) => Cursor::Newer(after),
        (None, None) => Cursor::Newest,
    };
    let refused = wanted.only.as_deref() == Some("refused");
    let part = if refused { AuditPart::Refusals } else { AuditPart::Everything };
    let found = site.app.audit(&reader.caller(&site, &request), part, turn, PAGE).await?;
    response::page(&AuditPage {
        chrome: layout::around(&request, &reader, "Audit", Section::Audit).await?,
        lead: Locale::default().audit().lead(site.web.audit_days),
        refused,
        ..presenter::page(&found, refused, site.app.clock.now())
    })
}
