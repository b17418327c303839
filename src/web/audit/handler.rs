//! `/audit`. For everybody but administrators there is no such page.

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;
use uuid::Uuid;

use super::view;
use crate::store::Turn;
use crate::web::error::PageError;
use crate::web::reply::{self, Reply};
use crate::web::session::CurrentUser;
use crate::web::views::{AuditPage, Section};
use crate::web::{Site, chrome};
use crate::words::audit as words;

/// How many are on a page.
const PAGE: u64 = 50;

/// Which page of the audit, and what of it.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    before: Option<Uuid>,
    after: Option<Uuid>,
    only: Option<String>,
}

/// A page of it.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser, wanted: Query<Wanted>) -> Reply {
    if !reader.user().administrator {
        return Err(PageError::NotFound);
    }
    let turn = match (wanted.before, wanted.after) {
        (Some(before), _) => Turn::Older(before),
        (None, Some(after)) => Turn::Newer(after),
        (None, None) => Turn::Newest,
    };
    let refused = wanted.only.as_deref() == Some("refused");
    let store = &site.app.store;
    let found = if refused { store.refused(turn, PAGE).await? } else { store.audit(turn, PAGE).await? };
    reply::page(&AuditPage {
        chrome: chrome::around(&request, &reader, "Audit", Section::Audit).await?,
        lead: words::lead(site.web.audit_days),
        refused,
        ..view::page(&found, refused, site.app.clock.now())
    })
}
