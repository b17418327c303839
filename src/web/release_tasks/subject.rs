//! What a page of a release task is about: the release task, perhaps one of its executions, and who reads.

use actix_web::HttpRequest;
use uuid::Uuid;

use crate::app::App;
use crate::domain::execution::{Execution, Moment};
use crate::domain::people::User;
use crate::domain::policy::{self, Permissions};
use crate::domain::release::Release;
use crate::domain::values::Names;
use crate::store::Origin;
use crate::web::error::PageError;
use crate::web::regions::CurrentRegion;
use crate::web::release_urls::ReleaseUrls;
use crate::web::session::CurrentUser;

/// A release task as one reader sees it now.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The release task with its last execution.
    pub release: Release,
    /// What it and its places are called.
    pub origin: Origin,
    /// Its URLs.
    pub urls: ReleaseUrls,
    /// Who reads.
    pub reader: User,
    /// When.
    pub now: Moment,
    /// The newest state that pages may know of, read before the rest was.
    pub mark: u64,
}

impl Subject {
    /// The release task of that key in the region of the URL, if the reader may see it; 404 otherwise.
    pub async fn load(app: &App, region: &CurrentRegion, reader: &CurrentUser, id: Uuid) -> Result<Self, PageError> {
        let mark = app.live.mark(id);
        let release = app.store.release(id).await?.ok_or(PageError::NotFound)?;
        let user = reader.user();
        let visible = user.may_read(release.team_id) && (release.deleted_at.is_none() || user.administrator);
        if !visible || release.region_id != region.id {
            return Err(PageError::NotFound);
        }
        let origin = app.store.origin(id).await?.ok_or(PageError::NotFound)?;
        Ok(Self {
            urls: ReleaseUrls::new(&region.name, id),
            release,
            origin,
            reader: user.clone(),
            now: app.clock.now(),
            mark,
        })
    }

    /// What the reader may do with the release task now.
    pub fn permissions(&self) -> Permissions {
        policy::permitted(&self.reader, (&self.release).into())
    }

    /// Whether that execution is the one that operations act on.
    pub fn is_last(&self, execution: &Execution) -> bool {
        self.release.last.as_ref().is_some_and(|last| last.id == execution.id)
    }

    /// Names for references.
    pub fn names(&self) -> Names<'_> {
        Names { release: &self.origin.release, region: &self.origin.region, team: &self.origin.team }
    }
}

/// The mark that the page of a request shows, if it refreshes itself.
pub fn seen(request: &HttpRequest) -> Option<u64> {
    request.query_string().split('&').find_map(|pair| pair.strip_prefix("seen="))?.parse().ok()
}
