//! The frame around each tab of the page of a release task, and of the page of one execution. A page refreshes itself from
//! its very own handler: asked with the mark that it shows, it answers 204, the changed part, or one that asks no more.

use actix_web::HttpRequest;
use serde::Deserialize;

use super::detail::ExecutionDetail;
use super::view::{Body, ReleaseHead, ReleaseLive, ReleasePage, Tab};
use super::{head, seen};
use crate::app::reads::Cursor;
use crate::domain::execution::Execution;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::pages::caches::PageCaches;
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::{TabName, with_query};
use crate::pages::components::{ChangeList, Notice, PartPlace, Section, Status, changes, layout};

/// Which rows of a long list.
#[derive(Debug, Deserialize)]
pub struct Turned<K> {
    before: Option<K>,
    after: Option<K>,
}

impl<K> Turned<K> {
    /// Where to go on.
    pub fn turn(self) -> Cursor<K> {
        match (self.before, self.after) {
            (Some(before), _) => Cursor::Older(before),
            (None, Some(after)) => Cursor::Newer(after),
            (None, None) => Cursor::Newest,
        }
    }
}

/// Whole, or the part that changes when htmx refreshes it.
pub async fn answer(subject: &Subject, title: String, live: ReleaseLive) -> Reply {
    answer_with(subject, title, None, live).await
}

async fn answer_with(subject: &Subject, title: String, shown: Option<&Execution>, live: ReleaseLive) -> Reply {
    if is_refresh(&subject.request) {
        return response::page(&live);
    }
    let chrome = layout::around(&subject.request, &subject.reader, title, Section::ReleaseTasks).await?;
    response::page(&ReleasePage { chrome, live, changes: since_before(subject, shown).await? })
}

/// The same for a page that refreshes itself: the part is made once for all to whom it looks the same, and the page around it
/// for its reader.
pub async fn answer_all(
    subject: &Subject,
    title: String,
    shown: Option<&Execution>,
    live: impl AsyncFnOnce() -> Result<ReleaseLive, HttpError>,
) -> Reply {
    let request = &subject.request;
    if has_just_acted(request) {
        return answer_with(subject, title, shown, Box::pin(live()).await?).await;
    }
    let part = PageCaches::of(request)?.watched.part(subject, shown, live).await?;
    if is_refresh(request) {
        return Ok(part.html(request.headers()));
    }
    let chrome = layout::around(request, &subject.reader, title, Section::ReleaseTasks).await?;
    let page = ReleasePage { chrome, live: PartPlace, changes: since_before(subject, shown).await? };
    response::page_around(request, &page, &part)
}

/// On the page of one execution: what changed since the one before it. The page of the release task goes on to the next
/// execution while it is looked at, so that it has no such part.
async fn since_before(subject: &Subject, shown: Option<&Execution>) -> Result<Option<ChangeList>, HttpError> {
    match shown {
        Some(execution) if subject.number().is_ok() => Ok(Some(changes::of_execution(subject, execution).await?)),
        Some(_) | None => Ok(None),
    }
}

fn is_refresh(request: &HttpRequest) -> bool {
    seen(request).is_some() && response::is_htmx(request)
}

/// Whether the page tells its reader what they have just done. They are shown what the database has: another replica may have
/// done it, and this one not heard of it yet.
fn has_just_acted(request: &HttpRequest) -> bool {
    response::flash(request).is_some()
}

/// What a page that refreshes itself is about; none when it shows the newest state, which memory alone tells.
pub async fn changed(request: &HttpRequest) -> Result<Option<Subject>, HttpError> {
    match seen(request) {
        Some(seen) if Subject::is_unchanged(request, seen).await? => Ok(None),
        Some(_) | None if has_just_acted(request) => Ok(Some(Subject::of(request).await?)),
        Some(_) | None => Ok(Some(Subject::watched(request).await?)),
    }
}

/// The title of the page of an execution.
pub fn title(subject: &Subject, execution: &Execution) -> String {
    format!("{} #{}", subject.release.name, execution.number)
}

/// What changes on the page of a release task, in that tab.
pub fn of_release(subject: &Subject, tab: TabName, detail: &ExecutionDetail, body: Body) -> ReleaseLive {
    let last = subject.release.last.as_ref();
    let here = subject.urls().tab(tab);
    // Lists that are turned by hand do not change under the reader.
    let refreshes = matches!(tab, TabName::Process | TabName::Timeline);
    let mut notices = last.map(|last| head::notices(subject, last, detail)).unwrap_or_default();
    notices.extend(head::withheld(subject));
    live(
        head::of_release(subject, detail),
        head::tabs(subject, tab),
        notices,
        body,
        refreshes.then(|| with_query(&here, &[("seen", &subject.mark.to_string())])),
    )
}

/// What changes on the page of one of its executions.
pub fn of_execution(
    subject: &Subject,
    execution: &Execution,
    tab: TabName,
    detail: &ExecutionDetail,
    body: Body,
) -> ReleaseLive {
    let number = execution.number;
    let here = if tab == TabName::Timeline {
        subject.urls().execution_timeline(number)
    } else {
        subject.urls().execution(number)
    };
    let over = execution.ended_at.is_some();
    let mut notices = head::notices(subject, execution, detail);
    notices.extend(head::withheld(subject).filter(|_| subject.is_last(execution)));
    live(
        head::of_execution(subject, execution, detail),
        head::execution_tabs(subject, number, tab),
        notices,
        body,
        (!over).then(|| with_query(&here, &[("seen", &subject.mark.to_string())])),
    )
}

fn live(head: ReleaseHead, tabs: Vec<Tab>, notices: Vec<Notice>, body: Body, refresh: Option<String>) -> ReleaseLive {
    let Status { words, .. } = &head.status;
    let announce = format!("{}: {words}", head.title);
    ReleaseLive { head, notices, tabs, body, refresh, announce }
}
