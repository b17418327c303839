//! The release task that a URL names, as the reader may see it: what every page about one starts from.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::layout::CurrentTeam;
use super::release_urls::ReleaseUrls;
use crate::app::reads::{ReleasePlace, VisibleRelease};
use crate::app::{AppError, Caller};
use crate::domain::execution::{Execution, Moment};
use crate::domain::ids::ReleaseId;
use crate::domain::people::User;
use crate::domain::policy::{self, Permissions, ViewerAccess};
use crate::domain::refusal::Operation;
use crate::domain::release::Release;
use crate::domain::values::Names;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::session::CurrentUser;
use crate::pages::regions::CurrentRegion;

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
    /// What proves that its reader may see it.
    pub visible: Arc<VisibleRelease>,
}

impl Subject {
    /// Reads it; not found is also what the reader may not see.
    pub async fn of(request: &HttpRequest) -> Result<Self, HttpError> {
        let asked = Asked::of(request).await?;
        let read = asked.site.app.release(&asked.caller, asked.id).await;
        asked.found(request, read).await
    }

    /// The same for a page that refreshes itself: read once for all who watch it.
    pub async fn watched(request: &HttpRequest) -> Result<Self, HttpError> {
        let asked = Asked::of(request).await?;
        let read = asked.site.app.watched_release(&asked.caller, asked.id).await;
        asked.found(request, read).await
    }

    /// Whether a page that shows `seen` shows the newest state of a release task that its reader may see: from memory
    /// alone.
    pub async fn is_unchanged(request: &HttpRequest, seen: u64) -> Result<bool, HttpError> {
        let asked = Asked::of(request).await?;
        Ok(asked.site.app.is_unchanged(&asked.caller, asked.id, asked.region.id, seen))
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
        self.reader.caller(&self.site, &self.request)
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
        Ok(self.site.app.execution(&self.visible, self.number()?).await?)
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

/// Which release task a request asks for, and who asks.
struct Asked {
    site: Data<Site>,
    reader: CurrentUser,
    caller: Caller,
    region: CurrentRegion,
    id: ReleaseId,
}

impl Asked {
    async fn of(request: &HttpRequest) -> Result<Self, HttpError> {
        let site = request.app_data::<Data<Site>>().ok_or(HttpError::NotFound)?.clone();
        let id = from_path(request, "id")?;
        let reader = CurrentUser::of(request).ok_or(HttpError::SignedOut)?;
        let region = CurrentRegion::extract(request).await?;
        Ok(Self { caller: reader.caller(&site, request), site, reader, region, id })
    }

    /// What was read, if it is in the region that the URL names. Who asks for more than to look at what they may not see is
    /// told of in the audit.
    async fn found(
        self,
        request: &HttpRequest,
        read: Result<Arc<VisibleRelease>, AppError>,
    ) -> Result<Subject, HttpError> {
        let Self { site, reader, caller, region, id } = self;
        if let (Err(AppError::NotFound), Some(operation)) = (&read, asked_to_do(request)) {
            site.app.tell_refused(&caller, id, operation, &read).await;
        }
        let visible = read?;
        if visible.release().region_id != region.id {
            return Err(HttpError::NotFound);
        }
        let (release, place, mark) = (Arc::clone(visible.release()), Arc::clone(visible.place()), visible.mark());
        CurrentTeam::note(request, &place.team);
        Ok(Subject { site, request: request.clone(), reader, region, release, place, mark, visible })
    }
}

fn from_path<T: std::str::FromStr>(request: &HttpRequest, name: &str) -> Result<T, HttpError> {
    let text = request.match_info().get(name).ok_or(HttpError::NotFound)?;
    text.parse().map_err(|_| HttpError::NotFound)
}
