//! The page of a release task and its tabs, and the page of one execution. Each refreshes itself from the very same
//! handler: asked with the mark that it shows, it answers 204, the changed part, or one that asks no more.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::definition::Definition;
use crate::domain::execution::Execution;
use crate::store::Turn;
use crate::web::error::PageError;
use crate::web::regions::CurrentRegion;
use crate::web::release_urls::{TabName, with_query};
use crate::web::reply::{self, Reply};
use crate::web::session::CurrentUser;
use crate::web::views::{Body, ReleaseHead, ReleaseLive, ReleasePage, Section, Status, Tab};
use crate::web::{Site, chrome};

use super::subject::{Subject, seen};
use super::{activity, definition, head, process, records, timeline};

/// `/regions/{region}/release-tasks/{id}`
#[derive(Debug, Deserialize)]
pub struct ReleasePath {
    /// Key of the release task.
    pub id: Uuid,
}

/// `/regions/{region}/release-tasks/{id}/executions/{number}`
#[derive(Debug, Deserialize)]
pub struct ExecutionPath {
    /// Key of the release task.
    pub id: Uuid,
    /// Number of the execution.
    pub number: u32,
}

/// Which rows of a long list.
#[derive(Debug, Deserialize)]
pub struct Turned<K> {
    before: Option<K>,
    after: Option<K>,
}

impl<K> Turned<K> {
    fn turn(self) -> Turn<K> {
        match (self.before, self.after) {
            (Some(before), _) => Turn::Older(before),
            (None, Some(after)) => Turn::Newer(after),
            (None, None) => Turn::Newest,
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

/// What every handler here is given.
pub struct Asked {
    site: Data<Site>,
    request: HttpRequest,
    region: CurrentRegion,
    reader: CurrentUser,
}

impl actix_web::FromRequest for Asked {
    type Error = actix_web::Error;
    type Future = futures_util::future::LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut actix_web::dev::Payload) -> Self::Future {
        let parts = (
            Data::<Site>::from_request(request, payload),
            CurrentRegion::from_request(request, payload),
            CurrentUser::from_request(request, payload),
        );
        let request = request.clone();
        Box::pin(
            async move { Ok(Self { site: parts.0.await?, region: parts.1.await?, reader: parts.2.await?, request }) },
        )
    }
}

impl Asked {
    async fn subject(&self, id: Uuid) -> Result<Subject, PageError> {
        let subject = Subject::load(&self.site.app, &self.region, &self.reader, id).await?;
        self.site.places.remember(id, subject.release.team_id, subject.release.region_id);
        Ok(subject)
    }

    /// 204, from memory alone, when the reader shows the newest state of a release task that they may see.
    fn unchanged(&self, id: Uuid) -> Option<HttpResponse> {
        let seen = seen(&self.request)?;
        let visible = self.site.places.visible(id, self.reader.user(), self.region.id);
        (visible && seen == self.site.app.live.mark(id)).then(reply::unchanged)
    }

    /// Whole, or the part that changes when htmx refreshes it.
    async fn answer(self, title: String, live: ReleaseLive) -> Reply {
        if seen(&self.request).is_some() && reply::is_htmx(&self.request) {
            return reply::page(&live);
        }
        let chrome = chrome::around(&self.request, &self.reader, title, Section::ReleaseTasks).await?;
        reply::page(&ReleasePage { chrome, live })
    }
}

/// Release Process View.
pub async fn process(asked: Asked, path: Path<ReleasePath>) -> Reply {
    if let Some(unchanged) = asked.unchanged(path.id) {
        return Ok(unchanged);
    }
    let subject = asked.subject(path.id).await?;
    let view = match &subject.release.last {
        Some(execution) => process::of(&subject, execution, &super::last_lines(&asked.site.folders, execution).await),
        None => process::planned(&subject.release.definition),
    };
    let live = of_release(&subject, TabName::Process, Body::Process(view));
    asked.answer(subject.release.name.clone(), live).await
}

/// Timeline of the last execution.
pub async fn timeline(asked: Asked, path: Path<ReleasePath>) -> Reply {
    if let Some(unchanged) = asked.unchanged(path.id) {
        return Ok(unchanged);
    }
    let subject = asked.subject(path.id).await?;
    let view = match &subject.release.last {
        Some(last) => timeline::of(&subject, last, &asked.site.app.store.attempts_of(last.id).await?),
        None => crate::web::views::TimelineView::default(),
    };
    let live = of_release(&subject, TabName::Timeline, Body::Timeline(view));
    asked.answer(subject.release.name.clone(), live).await
}

/// Execution Records.
pub async fn executions(asked: Asked, path: Path<ReleasePath>, turned: Query<Turned<u32>>) -> Reply {
    let subject = asked.subject(path.id).await?;
    let records = asked.site.app.store.executions_of(path.id, turned.into_inner().turn(), records::PAGE).await?;
    let view = records::of(&subject, &records);
    let live = of_release(&subject, TabName::Executions, Body::Executions(view));
    asked.answer(format!("{}, execution records", subject.release.name), live).await
}

/// Activity.
pub async fn activity(asked: Asked, path: Path<ReleasePath>, turned: Query<Turned<Uuid>>) -> Reply {
    let subject = asked.subject(path.id).await?;
    let rows = asked.site.app.store.activity_of(path.id, turned.into_inner().turn(), activity::PAGE).await?;
    let live = of_release(&subject, TabName::Activity, Body::Activity(activity::of(&subject, &rows)));
    asked.answer(format!("{}, activity", subject.release.name), live).await
}

/// Definition, of any version, and what changed between two.
pub async fn definition(asked: Asked, path: Path<ReleasePath>, choice: Query<VersionChoice>) -> Reply {
    let subject = asked.subject(path.id).await?;
    let shown = choice.version.or(choice.to).unwrap_or(subject.release.version);
    let versions = asked.site.app.store.versions_of(path.id).await?;
    let load = async |number: u32| {
        if versions.iter().any(|version| version.number == number) {
            Ok(asked.site.app.store.definition(path.id, number).await?)
        } else {
            Err(PageError::NotFound)
        }
    };
    let body = load(shown).await?;
    let pair = match (choice.from, choice.to) {
        (Some(from), Some(to)) => Some((load(from).await?, load(to).await?)),
        _ => None,
    };
    let compared = pair.as_ref().zip(choice.from).zip(choice.to);
    let compared: Option<((u32, &Definition), (u32, &Definition))> =
        compared.map(|((pair, from), to)| ((from, pair.0.as_ref()), (to, pair.1.as_ref())));
    let view = definition::of(&subject, (shown, body.as_ref()), &versions, compared);
    let live = of_release(&subject, TabName::Definition, Body::Definition(Box::new(view)));
    asked.answer(format!("{}, definition", subject.release.name), live).await
}

/// A version as YAML: a file for `tollgate import`.
pub async fn yaml(asked: Asked, path: Path<ReleasePath>, choice: Query<VersionChoice>) -> Reply {
    let subject = asked.subject(path.id).await?;
    let version = choice.version.unwrap_or(subject.release.version);
    let versions = asked.site.app.store.versions_of(path.id).await?;
    if !versions.iter().any(|known| known.number == version) {
        return Err(PageError::NotFound);
    }
    let definition = asked.site.app.store.definition(path.id, version).await?;
    let file = format!("attachment; filename=\"{}.yaml\"", subject.release.name);
    Ok(HttpResponse::Ok()
        .content_type("application/yaml; charset=utf-8")
        .insert_header(("content-disposition", file))
        .body(definition::yaml(&subject, &definition)))
}

/// The Release Process View of one execution, as it was.
pub async fn execution(asked: Asked, path: Path<ExecutionPath>) -> Reply {
    if let Some(unchanged) = asked.unchanged(path.id) {
        return Ok(unchanged);
    }
    let subject = asked.subject(path.id).await?;
    let execution = numbered(&asked, &path).await?;
    let view = process::of(&subject, &execution, &super::last_lines(&asked.site.folders, &execution).await);
    let live = of_execution(&subject, &execution, (TabName::Process, Body::Process(view)));
    asked.answer(title(&subject, &execution), live).await
}

/// The Timeline of one execution.
pub async fn execution_timeline(asked: Asked, path: Path<ExecutionPath>) -> Reply {
    if let Some(unchanged) = asked.unchanged(path.id) {
        return Ok(unchanged);
    }
    let subject = asked.subject(path.id).await?;
    let execution = numbered(&asked, &path).await?;
    let attempts = asked.site.app.store.attempts_of(execution.id).await?;
    let view = timeline::of(&subject, &execution, &attempts);
    let live = of_execution(&subject, &execution, (TabName::Timeline, Body::Timeline(view)));
    asked.answer(title(&subject, &execution), live).await
}

async fn numbered(asked: &Asked, path: &ExecutionPath) -> Result<Execution, PageError> {
    asked.site.app.store.execution_numbered(path.id, path.number).await?.ok_or(PageError::NotFound)
}

fn title(subject: &Subject, execution: &Execution) -> String {
    format!("{} #{}", subject.release.name, execution.number)
}

fn of_release(subject: &Subject, tab: TabName, body: Body) -> ReleaseLive {
    let last = subject.release.last.as_ref();
    let here = subject.urls.tab(tab);
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
    let here =
        if tab == TabName::Timeline { subject.urls.execution_timeline(number) } else { subject.urls.execution(number) };
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
    notices: Vec<crate::web::views::Notice>,
    body: Body,
    refresh: Option<String>,
) -> ReleaseLive {
    let Status { words, .. } = &head.status;
    let announce = format!("{}: {words}", head.title);
    ReleaseLive { head, notices, tabs, body, refresh, announce }
}
