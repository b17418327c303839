//! The release task that a URL names, as the reader may see it: what every page about one starts from.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use uuid::Uuid;

use super::release_urls::ReleaseUrls;
use crate::app::{App, AppError, Caller};
use crate::domain::execution::{Execution, Moment};
use crate::domain::people::User;
use crate::domain::policy::{self, Permissions, ViewerAccess};
use crate::domain::refusal::Operation;
use crate::domain::release::Release;
use crate::domain::values::Names;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::session::CurrentUser;
use crate::pages::caches::PageCaches;
use crate::pages::regions::CurrentRegion;
use crate::store::ReleasePlace;

/// A release task, who asks for it, and where.
pub struct Subject {
    /// What every handler is given.
    pub site: Data<Site>,
    /// The request.
    pub request: HttpRequest,
    /// Who asks.
    pub reader: CurrentUser,
    /// The region that the URL names.
    pub region: CurrentRegion,
    /// The release task with its last execution.
    pub release: Arc<Release>,
    /// What it and its places are called.
    pub place: Arc<ReleasePlace>,
    /// Its mark, taken before it was read.
    pub mark: u64,
}

/// What was read of a release task.
#[derive(Debug)]
pub struct Read {
    release: Arc<Release>,
    place: Arc<ReleasePlace>,
    mark: u64,
}

impl Read {
    async fn of(app: &App, id: Uuid) -> Result<Self, HttpError> {
        let mark = app.live.mark(id);
        let release = app.store.release(id).await?.ok_or(HttpError::NotFound)?;
        let place = app.store.release_place(id).await?.ok_or(HttpError::NotFound)?;
        Ok(Self { release: Arc::new(release), place: Arc::new(place), mark })
    }
}

impl Subject {
    /// Reads it; not found is also what the reader may not see.
    pub async fn of(request: &HttpRequest) -> Result<Self, HttpError> {
        let (site, id) = asked(request)?;
        let read = Read::of(&site.app, id).await?;
        Self::shown(request, site, &read).await
    }

    /// The same for a page that refreshes itself: read once for all who watch it.
    pub async fn watched(request: &HttpRequest) -> Result<Self, HttpError> {
        let (site, id) = asked(request)?;
        let reads = &PageCaches::of(request)?.watched.reads;
        let read = reads.get(&id, site.app.live.mark(id), async || Read::of(&site.app, id).await).await?;
        Self::shown(request, site, &read).await
    }

    async fn shown(request: &HttpRequest, site: Data<Site>, read: &Read) -> Result<Self, HttpError> {
        let reader = CurrentUser::of(request).ok_or(HttpError::SignedOut)?;
        let region = CurrentRegion::extract(request).await?;
        let (user, Read { release, place, mark }) = (reader.user(), read);
        let visible = user.may_read(release.team_id) && (release.deleted_at.is_none() || user.administrator);
        if !visible {
            if let Some(operation) = asked_to_do(request) {
                let caller = Caller { user_id: user.id, address: site.address(request) };
                site.app.tell_refused::<()>(&caller, (release.id, operation), &Err(AppError::NotFound)).await;
            }
            return Err(HttpError::NotFound);
        }
        if release.region_id != region.id {
            return Err(HttpError::NotFound);
        }
        PageCaches::of(request)?.places.remember(release.id, release.team_id, release.region_id);
        let (release, place) = (Arc::clone(release), Arc::clone(place));
        Ok(Self { site, request: request.clone(), reader, region, release, place, mark: *mark })
    }

    /// Whether a page that shows `seen` shows the newest state of a release task that its reader may see: from memory
    /// alone.
    pub async fn is_unchanged(request: &HttpRequest, seen: u64) -> Result<bool, HttpError> {
        let site = request.app_data::<Data<Site>>().ok_or(HttpError::NotFound)?;
        let reader = CurrentUser::of(request).ok_or(HttpError::SignedOut)?;
        let region = CurrentRegion::extract(request).await?;
        let id: Uuid = from_path(request, "id")?;
        let places = &PageCaches::of(request)?.places;
        Ok(places.visible(id, reader.user(), region.id) && site.app.live.mark(id) == seen)
    }

    /// What of the page of that execution depends on who looks at it.
    pub fn sight(&self, execution: Option<&Execution>) -> ViewerAccess {
        ViewerAccess::of(self.user(), (&*self.release).into(), execution, self.now())
    }

    /// Who asks, with their roles.
    pub fn user(&self) -> &User {
        self.reader.user()
    }

    /// Who asks, for an operation.
    pub fn caller(&self) -> Caller {
        Caller { user_id: self.user().id, address: self.site.address(&self.request) }
    }

    /// What the reader may do with the release task now.
    pub fn permissions(&self) -> Permissions {
        policy::permitted(self.user(), (&*self.release).into())
    }

    /// Whether that execution is the one that operations act on.
    pub fn is_last(&self, execution: &Execution) -> bool {
        self.release.last.as_ref().is_some_and(|last| last.id == execution.id)
    }

    /// Names for references.
    pub fn names(&self) -> Names<'_> {
        Names { release: &self.place.name, region: &self.place.region, team: &self.place.team }
    }

    /// The URLs of the release task.
    pub fn urls(&self) -> ReleaseUrls {
        ReleaseUrls::new(&self.region.name, self.release.id)
    }

    /// The time.
    pub fn now(&self) -> Moment {
        self.site.app.clock.now()
    }

    /// The execution that the URL names by its number.
    pub async fn execution(&self) -> Result<Execution, HttpError> {
        let number = self.number()?;
        match &self.release.last {
            Some(last) if last.number == number => Ok(last.clone()),
            Some(_) | None => {
                let execution = self.site.app.store.execution_numbered(self.release.id, number).await?;
                execution.ok_or(HttpError::NotFound)
            }
        }
    }

    /// The number of the execution in the URL.
    pub fn number(&self) -> Result<u32, HttpError> {
        from_path(&self.request, "number")
    }

    /// The name of the task in the URL, and its index in `execution`.
    pub fn task(&self, execution: &Execution) -> Result<usize, HttpError> {
        let name = self.request.match_info().get("task").ok_or(HttpError::NotFound)?;
        execution.index(name).ok_or(HttpError::NotFound)
    }
}

impl FromRequest for Subject {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, HttpError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(&request).await })
    }
}

/// What was asked of it, when more than to look at it was.
fn asked_to_do(request: &HttpRequest) -> Option<Operation> {
    if request.method().is_safe() {
        return None;
    }
    let asked = request.path().rsplit('/').next().unwrap_or_default();
    let is_it = |operation: &Operation| operation.word() == asked;
    Operation::ALL.into_iter().find(is_it)
}

fn asked(request: &HttpRequest) -> Result<(Data<Site>, Uuid), HttpError> {
    let site = request.app_data::<Data<Site>>().ok_or(HttpError::NotFound)?.clone();
    Ok((site, from_path(request, "id")?))
}

fn from_path<T: std::str::FromStr>(request: &HttpRequest, name: &str) -> Result<T, HttpError> {
    let text = request.match_info().get(name).ok_or(HttpError::NotFound)?;
    text.parse().map_err(|_| HttpError::NotFound)
}
