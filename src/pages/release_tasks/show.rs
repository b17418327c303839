//! The page of a release task and its tabs, and the page of one execution. Each refreshes itself from the very same
//! handler: asked with the mark that it shows, it answers 204, the changed part, or one that asks no more.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use uuid::Uuid;

use super::timeline::view::TimelineView;
use super::view::{Body, ReleaseHead, ReleaseLive, ReleasePage, Tab};
use crate::domain::execution::Execution;
use crate::http::compact;
use crate::http::error::PageError;
use crate::http::response::{self, Reply};
use crate::pages::caches::PageCaches;
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::{TabName, with_query};
use crate::pages::components::{Notice, PartPlace, Section, Status, layout};
use crate::store::Cursor;

use super::{activity, definition, head, process, seen, timeline};
use crate::pages::executions;

/// Which rows of a long list.
#[derive(Debug, Deserialize)]
pub struct Turned<K> {
    before: Option<K>,
    after: Option<K>,
}

impl<K> Turned<K> {
    fn turn(self) -> Cursor<K> {
        match (self.before, self.after) {
            (Some(before), _) => Cursor::Older(before),
            (None, Some(after)) => Cursor::Newer(after),
            (None, None) => Cursor::Newest,
        }
    }
}

/// Which version, and which two to compare.
#[derive(Debug, Deserialize)]
pub struct VersionChoice {
    version: Option<u32>,
    from: Option<u32>,
    to: Option<u32>,
}

/// Whole, or the part that changes when htmx refreshes it.
async fn answer(subject: &Subject, title: String, live: ReleaseLive) -> Reply {
    if is_refresh(&subject.request) {
        return response::page(&live);
    }
    let chrome = layout::around(&subject.request, &subject.reader, title, Section::ReleaseTasks).await?;
    response::page(&ReleasePage { chrome, live })
}

/// The same for a page that refreshes itself: the part is made once for all to whom it looks the same, and the page around it
/// for its reader.
async fn answer_all(
    subject: &Subject,
    (title, shown): (String, Option<&Execution>),
    live: impl AsyncFnOnce() -> Result<ReleaseLive, PageError>,
) -> Reply {
    let request = &subject.request;
    if has_just_acted(request) {
        return answer(subject, title, Box::pin(live()).await?).await;
    }
    let part = PageCaches::of(request)?.watched.part(subject, shown, live).await?;
    if is_refresh(request) {
        return Ok(part.html(request.headers()));
    }
    let chrome = layout::around(request, &subject.reader, title, Section::ReleaseTasks).await?;
    response::page_around(request, &ReleasePage { chrome, live: PartPlace }, &part)
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
async fn changed(request: &HttpRequest) -> Result<Option<Subject>, PageError> {
    match seen(request) {
        Some(seen) if Subject::is_unchanged(request, seen).await? => Ok(None),
        Some(_) | None if has_just_acted(request) => Ok(Some(Subject::of(request).await?)),
        Some(_) | None => Ok(Some(Subject::watched(request).await?)),
    }
}

/// Release Process View.
pub async fn process(request: HttpRequest) -> Reply {
    let Some(subject) = changed(&request).await? else { return Ok(response::unchanged()) };
    let last = subject.release.last.as_ref();
    let live = async || {
        let view = match last {
            Some(execution) => process::of(&subject, execution, &subject.site.last_lines(execution).await),
            None => process::planned(&subject.release.definition),
        };
        Ok(of_release(&subject, TabName::Process, Body::Process(view)))
    };
    answer_all(&subject, (subject.release.name.clone(), last), live).await
}

/// Timeline of the last execution.
pub async fn timeline(request: HttpRequest) -> Reply {
    let Some(subject) = changed(&request).await? else { return Ok(response::unchanged()) };
    let last = subject.release.last.as_ref();
    let live = async || {
        let view = match last {
            Some(last) => timeline::of(&subject, last, &subject.site.app.store.attempts_of(last.id).await?),
            None => TimelineView::default(),
        };
        Ok(of_release(&subject, TabName::Timeline, Body::Timeline(view)))
    };
    answer_all(&subject, (subject.release.name.clone(), last), live).await
}

/// Execution Records.
pub async fn executions(subject: Subject, turned: Query<Turned<u32>>) -> Reply {
    let records =
        subject.site.app.store.executions_of(subject.release.id, turned.into_inner().turn(), executions::PAGE).await?;
    let view = executions::of(&subject, &records);
    let live = of_release(&subject, TabName::Executions, Body::Executions(view));
    answer(&subject, format!("{}, execution records", subject.release.name), live).await
}

/// Activity.
pub async fn activity(subject: Subject, turned: Query<Turned<Uuid>>) -> Reply {
    let rows =
        subject.site.app.store.activity_of(subject.release.id, turned.into_inner().turn(), activity::PAGE).await?;
    let live = of_release(&subject, TabName::Activity, Body::Activity(activity::of(&subject, &rows)));
    answer(&subject, format!("{}, activity", subject.release.name), live).await
}

/// Definition, of any version, and what changed between two.
pub async fn definition(subject: Subject, choice: Query<VersionChoice>) -> Reply {
    let shown = choice.version.or(choice.to).unwrap_or(subject.release.version);
    let versions = subject.site.app.store.versions_of(subject.release.id).await?;
    let load = async |number: u32| {
        if versions.iter().any(|version| version.number == number) {
            Ok(subject.site.app.store.definition(subject.release.id, number).await?)
        } else {
            Err(PageError::NotFound)
        }
    };
    let body = load(shown).await?;
    let pair = match (choice.from, choice.to) {
        (Some(from), Some(to)) => Some(((from, load(from).await?), (to, load(to).await?))),
        _ => None,
    };
    let view = definition::of(&subject, (shown, body), &versions, pair).await?;
    let live = of_release(&subject, TabName::Definition, Body::Definition(Box::new(view)));
    let title = format!("{}, definition", subject.release.name);
    let chrome = layout::around(&subject.request, &subject.reader, title, Section::ReleaseTasks).await?;
    let page = ReleasePage { chrome, live };
    let html = definition::aside(move || compact::render(&page)).await?;
    Ok(response::html(StatusCode::OK, html.map_err(anyhow::Error::from)?))
}

/// A version as YAML: a file for `tollgate import`.
pub async fn yaml(subject: Subject, choice: Query<VersionChoice>) -> Reply {
    let version = choice.version.unwrap_or(subject.release.version);
    let versions = subject.site.app.store.versions_of(subject.release.id).await?;
    if !versions.iter().any(|known| known.number == version) {
        return Err(PageError::NotFound);
    }
    let definition = subject.site.app.store.definition(subject.release.id, version).await?;
    let file = format!("attachment; filename=\"{}.yaml\"", subject.release.name);
    Ok(HttpResponse::Ok()
        .content_type("application/yaml; charset=utf-8")
        .insert_header(("content-disposition", file))
        .body(definition::yaml(&subject, definition).await?))
}

/// The Release Process View of one execution, as it was.
pub async fn execution(request: HttpRequest) -> Reply {
    let Some(subject) = changed(&request).await? else { return Ok(response::unchanged()) };
    let execution = subject.execution().await?;
    let live = async || {
        let view = process::of(&subject, &execution, &subject.site.last_lines(&execution).await);
        Ok(of_execution(&subject, &execution, (TabName::Process, Body::Process(view))))
    };
    answer_all(&subject, (title(&subject, &execution), Some(&execution)), live).await
}

/// The Timeline of one execution.
pub async fn execution_timeline(request: HttpRequest) -> Reply {
    let Some(subject) = changed(&request).await? else { return Ok(response::unchanged()) };
    let execution = subject.execution().await?;
    let live = async || {
        let attempts = subject.site.app.store.attempts_of(execution.id).await?;
        let view = timeline::of(&subject, &execution, &attempts);
        Ok(of_execution(&subject, &execution, (TabName::Timeline, Body::Timeline(view))))
    };
    answer_all(&subject, (title(&subject, &execution), Some(&execution)), live).await
}

fn title(subject: &Subject, execution: &Execution) -> String {
    format!("{} #{}", subject.release.name, execution.number)
}

fn of_release(subject: &Subject, tab: TabName, body: Body) -> ReleaseLive {
    let last = subject.release.last.as_ref();
    let here = subject.urls().tab(tab);
    // Lists that are turned by hand do not change under the reader.
    let refreshes = matches!(tab, TabName::Process | TabName::Timeline);
    live(
        (head::of_release(subject), head::tabs(subject, tab)),
        last.map(|last| head::notices(subject, last)).unwrap_or_default(),
        body,
        refreshes.then(|| with_query(&here, &[("seen", &subject.mark.to_string())])),
    )
}

fn of_execution(subject: &Subject, execution: &Execution, (tab, body): (TabName, Body)) -> ReleaseLive {
    let number = execution.number;
    let here = if tab == TabName::Timeline {
        subject.urls().execution_timeline(number)
    } else {
        subject.urls().execution(number)
    };
    let over = execution.ended_at.is_some();
    live(
        (head::of_execution(subject, execution), head::execution_tabs(subject, number, tab)),
        head::notices(subject, execution),
        body,
        (!over).then(|| with_query(&here, &[("seen", &subject.mark.to_string())])),
    )
}

fn live(
    (head, tabs): (ReleaseHead, Vec<Tab>),
    notices: Vec<Notice>,
    body: Body,
    refresh: Option<String>,
) -> ReleaseLive {
    let Status { words, .. } = &head.status;
    let announce = format!("{}: {words}", head.title);
    ReleaseLive { head, notices, tabs, body, refresh, announce }
}
