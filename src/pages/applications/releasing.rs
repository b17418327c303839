//! Deploy Again and Promote: each begins the draft of a release task that deploys a revision, and leads to it.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use serde::Deserialize;

use super::view::PromoteDialog;
use crate::app::component_releases::{ComponentRelease, ComponentReleaseError, PromotionOffer, PromotionTarget};
use crate::app::reads::{IdAndName, ListedComponent};
use crate::app::{AppError, MAX_DRAFTS};
use crate::domain::component_release::PromotedFields;
use crate::domain::draft::Draft;
use crate::domain::ids::{ApplicationId, ComponentId, RegionId};
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::components::ComponentNames;
use crate::pages::components::dialog::Around;
use crate::pages::components::draft_urls::DraftUrls;
use crate::pages::components::{RefusedDialog, Section, SelectOption, component_urls};
use crate::pages::regions::CurrentRegion;

/// The revision to deploy.
#[derive(Debug, Deserialize)]
pub struct WantedRevision {
    revision: u32,
}

/// Where what runs is to go, and what of it.
#[derive(Debug, Deserialize)]
pub struct SentPromotion {
    to: ComponentId,
    #[serde(default)]
    fields: String,
}

/// Who asks, at which site, in which region, about which component.
struct Asked {
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    application: ApplicationId,
    component: ComponentId,
}

type ComponentPath = Path<(String, ApplicationId, ComponentId)>;

/// Begins a draft that deploys a revision again.
pub async fn deploy_again(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: ComponentPath,
    sent: Form<WantedRevision>,
) -> Reply {
    let asked = Asked { site, request, reader, region, application: path.1, component: path.2 };
    let caller = asked.reader.caller(&asked.site, &asked.request);
    let release = asked.site.app.deploy_again(&caller, asked.region.id, asked.component, Some(sent.revision)).await;
    asked.begins(release).await
}

/// Asks where what runs is to go.
pub async fn new_promotion(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: ComponentPath,
) -> Reply {
    let asked = Asked { site, request, reader, region, application: path.1, component: path.2 };
    let caller = asked.reader.caller(&asked.site, &asked.request);
    match asked.site.app.promotion_offer(&caller, asked.region.id, asked.component).await {
        Ok(offer) => {
            let regions = asked.site.sessions.regions(&asked.site.app).await?;
            let dialog = asked.dialog(&offer, &regions);
            asked.around().show(StatusCode::OK, &dialog.title.clone(), dialog).await
        }
        Err(error) => asked.refused(error).await,
    }
}

/// Begins a draft that brings what runs to another component.
pub async fn promote(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: ComponentPath,
    sent: Form<SentPromotion>,
) -> Reply {
    let asked = Asked { site, request, reader, region, application: path.1, component: path.2 };
    let caller = asked.reader.caller(&asked.site, &asked.request);
    let fields = PromotedFields::from_word(&sent.fields).unwrap_or_default();
    let from = (asked.region.id, asked.component);
    let release = asked.site.app.promote(&caller, from, sent.to, fields).await;
    asked.begins(release).await
}

impl Asked {
    fn url(&self) -> String {
        component_urls::component(&self.region.name, self.application, self.component)
    }

    fn around(&self) -> Around<'_> {
        Around { request: &self.request, reader: &self.reader, section: Section::Applications }
    }

    /// On to the draft of a release task.
    async fn begins(&self, release: Result<ComponentRelease, ComponentReleaseError>) -> Reply {
        let ComponentRelease { owner, content, .. } = match release {
            Ok(release) => release,
            Err(error) => return self.refused(error).await,
        };
        let draft = Draft::of(&content.name, &content.description, &content.definition);
        let caller = self.reader.caller(&self.site, &self.request);
        match self.site.app.start_draft(&caller, owner, draft, None).await {
            Ok(id) => {
                let regions = self.site.sessions.regions(&self.site.app).await?;
                let region = regions.iter().find(|region| region.id == owner.region).ok_or(HttpError::NotFound)?;
                Ok(response::went(&self.request, &DraftUrls::new(&region.name, id).board(None)))
            }
            Err(error) => self.refused(error.into()).await,
        }
    }

    async fn refused(&self, error: ComponentReleaseError) -> Reply {
        let words = Locale::default().components();
        let sentence = match error {
            ComponentReleaseError::NothingRuns => words.nothing_to_release().to_owned(),
            ComponentReleaseError::NeedsApproval { environment, rule } => words.needs_approval(&environment, &rule),
            ComponentReleaseError::App(AppError::TooManyDrafts) => {
                Locale::default().editor().too_many_drafts(MAX_DRAFTS)
            }
            ComponentReleaseError::App(other) => return Err(other.into()),
        };
        let title = Locale::default().editor().not_done().to_owned();
        let dialog = RefusedDialog { title: title.clone(), sentence, back_url: self.url() };
        self.around().show(StatusCode::CONFLICT, &title, dialog).await
    }

    fn dialog(&self, offer: &PromotionOffer, regions: &[IdAndName<RegionId>]) -> PromoteDialog {
        let words = Locale::default().components();
        let option = |PromotionTarget { component, place }: &PromotionTarget| {
            let region = regions.iter().find(|region| region.id == place.region_id)?;
            let ListedComponent { component, version, .. } = component;
            let names = ComponentNames {
                application: &place.application,
                component: &place.component,
                environment: &place.environment,
                region: &region.name,
            };
            let text = words.promotion_target(&names, version.as_deref());
            Some(SelectOption::new(component.id.to_string(), text, false))
        };
        let choice = |fields: PromotedFields| {
            SelectOption::new(fields.word(), words.promoted_fields(fields), fields == PromotedFields::default())
        };
        PromoteDialog {
            title: words.promote_title(&offer.place.component, &offer.version),
            url: format!("{}/promote", self.url()),
            cancel_url: self.url(),
            targets: offer.targets.iter().filter_map(option).collect(),
            fields: PromotedFields::ALL.into_iter().map(choice).collect(),
        }
    }
}
