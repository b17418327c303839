//! `/approvals`, its list alone, and the number in the top bar.

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::view;
use super::waiting::{count, is_for};
use crate::store::OpenCheckpoint;
use crate::web::error::PageError;
use crate::web::reply::{self, Reply};
use crate::web::session::CurrentUser;
use crate::web::views::{ApprovalsList, ApprovalsPage, Section};
use crate::web::{Site, checkpoint, chrome};

/// What the page shows already.
#[derive(Debug, Deserialize)]
pub struct Shown {
    seen: u64,
}

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let chrome = chrome::around(&request, &reader, "My Approvals", Section::Approvals).await?;
    let list = asked_for(&site, &mine(&site, &reader).await?).await?;
    reply::page(&ApprovalsPage { chrome, list })
}

/// The list, if it is another than the page shows.
pub async fn list(site: Data<Site>, reader: CurrentUser, shown: Query<Shown>) -> Reply {
    let mine = mine(&site, &reader).await?;
    if view::mark(&mine) == shown.seen {
        return Ok(reply::unchanged());
    }
    reply::page(&asked_for(&site, &mine).await?)
}

/// The number, if it is another than the page shows.
pub async fn count_fragment(site: Data<Site>, reader: CurrentUser, shown: Query<Shown>) -> Reply {
    let count = count(&site, reader.user()).await?;
    if count.waiting == shown.seen { Ok(reply::unchanged()) } else { reply::page(&count) }
}

/// The list. What to check may name outputs of other tasks: only then the whole execution is read.
async fn asked_for(site: &Site, mine: &[OpenCheckpoint]) -> Result<ApprovalsList, PageError> {
    let mut whole = HashMap::new();
    for open in mine.iter().filter(|open| checkpoint::looks_back(&open.execution.spec(0).kind)) {
        if let Some(execution) = site.app.store.execution(open.execution.id).await? {
            whole.insert(execution.id, execution);
        }
    }
    Ok(view::list(mine, &whole, site.app.clock.now()))
}

async fn mine(site: &Site, reader: &CurrentUser) -> Result<Vec<OpenCheckpoint>, PageError> {
    let (open, now) = (site.waiting.open(&site.app).await?, site.app.clock.now());
    Ok(open.iter().filter(|checkpoint| is_for(reader.user(), checkpoint, now)).cloned().collect())
}
