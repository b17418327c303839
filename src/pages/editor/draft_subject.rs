//! The draft that a URL names, as its owner may open it: what every page about one starts from.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::app::{AppError, Caller, OpenDraft};
use crate::domain::catalog::Catalog;
use crate::domain::draft::Draft;
use crate::domain::execution::Moment;
use crate::domain::ids::DraftId;
use crate::domain::people::Person;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::session::CurrentUser;
use crate::pages::components::draft_urls::DraftUrls;
use crate::pages::regions::CurrentRegion;

/// A draft, who has it, and where.
pub struct DraftSubject {
    /// What every handler is given.
    pub site: Data<Site>,
    /// The request.
    pub request: HttpRequest,
    /// Who asks.
    pub reader: CurrentUser,
    /// The region that the URL names.
    pub region: CurrentRegion,
    /// The draft.
    pub open: OpenDraft,
}

impl DraftSubject {
    async fn of(request: &HttpRequest) -> Result<Self, HttpError> {
        let site = request.app_data::<Data<Site>>().ok_or(HttpError::NotFound)?.clone();
        let id = request.match_info().get("draft").and_then(|id| id.parse().ok()).ok_or(HttpError::NotFound)?;
        let reader = CurrentUser::of(request).ok_or(HttpError::SignedOut)?;
        let region = CurrentRegion::extract(request).await?;
        let open = match site.app.draft(&reader.caller(&site, request), id).await {
            Err(AppError::NotFound) => return Err(HttpError::NoDraft),
            found => found?,
        };
        if open.stored.owner.region != region.id {
            return Err(HttpError::NoDraft);
        }
        Ok(Self { site, request: request.clone(), reader, region, open })
    }

    /// The same draft as it is by now.
    pub async fn anew(mut self) -> Result<Self, HttpError> {
        self.open = self.site.app.draft(&self.caller(), self.id()).await?;
        Ok(self)
    }

    /// Its key.
    pub fn id(&self) -> DraftId {
        self.open.stored.id
    }

    /// What is in it.
    pub fn draft(&self) -> &Draft {
        &self.open.stored.draft
    }

    /// Who asks, for an operation.
    pub fn caller(&self) -> Caller {
        self.reader.caller(&self.site, &self.request)
    }

    /// The people whom it can ask: of its team and by their names.
    pub async fn people(&self) -> Result<Vec<Person>, HttpError> {
        let team = self.open.stored.owner.team;
        Ok(self.site.app.asked_by_draft(&self.caller(), team, self.draft()).await?)
    }

    /// What there is that its tasks can name.
    pub async fn catalog(&self) -> Result<Catalog, HttpError> {
        Ok(self.site.app.catalog_for(&self.caller(), self.open.stored.owner, self.draft()).await?)
    }

    /// Its URLs.
    pub fn urls(&self) -> DraftUrls {
        DraftUrls::new(&self.region.name, self.id())
    }

    /// The time.
    pub fn now(&self) -> Moment {
        self.site.app.clock.now()
    }
}

impl FromRequest for DraftSubject {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, HttpError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(&request).await })
    }
}
