//! Asks what is chosen where both changed the same, and merges.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};

use super::presenter;
use super::view::MergeDialog;
use crate::app::{AppError, OpenDraft, SeenMerge};
use crate::domain::ids::DraftId;
use crate::domain::merge::{ConflictAt, MergeChoice, MergeChoices};
use crate::domain::refusal::Refusal;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::told::Told;
use crate::messages::{self, Locale};
use crate::pages::components::draft_urls::DraftUrls;
use crate::pages::components::{DialogPage, Section, layout};
use crate::pages::regions::CurrentRegion;

/// What one handler of it is given.
struct Merging {
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    open: OpenDraft,
    region: CurrentRegion,
}

impl Merging {
    async fn of(
        request: HttpRequest,
        site: Data<Site>,
        reader: CurrentUser,
        region: CurrentRegion,
    ) -> Result<Self, HttpError> {
        let id = request.match_info().get("draft").and_then(|id| id.parse::<DraftId>().ok());
        let open = site.app.draft(&reader.caller(&site, &request), id.ok_or(HttpError::NotFound)?).await?;
        if open.stored.owner.region != region.id {
            return Err(HttpError::NotFound);
        }
        Ok(Self { site, request, reader, open, region })
    }

    fn urls(&self) -> DraftUrls {
        DraftUrls::new(&self.region.name, self.open.stored.id)
    }

    async fn dialog(&self, choices: &MergeChoices) -> Result<MergeDialog, HttpError> {
        let caller = self.reader.caller(&self.site, &self.request);
        let merge = self.site.app.merge_preview(&caller, self.open.stored.id, choices).await?;
        presenter::dialog(&self.open, &merge, self.urls().below("merge"), self.urls().board(None))
    }

    async fn shows(&self, status: StatusCode, dialog: MergeDialog) -> Reply {
        if response::is_htmx(&self.request) {
            return response::page_with(status, &dialog);
        }
        let title = Locale::default().differences().merge_title();
        let chrome = layout::around(&self.request, &self.reader, title, Section::ReleaseTasks).await?;
        response::page_with(status, &DialogPage { chrome, dialog })
    }
}

/// Asks; a draft of the newest version has nothing to merge.
pub async fn new(request: HttpRequest, site: Data<Site>, reader: CurrentUser, region: CurrentRegion) -> Reply {
    let merging = Merging::of(request, site, reader, region).await?;
    if merging.open.newest.is_none() || merging.open.newest == merging.open.stored.based_on {
        return Ok(response::see_other(&merging.urls().board(None)));
    }
    let dialog = merging.dialog(&MergeChoices::new()).await?;
    merging.shows(StatusCode::OK, dialog).await
}

/// Merges, and goes on to the draft. When there is a still newer version, or the draft was changed in another tab, it asks anew
/// with what was chosen.
pub async fn create(
    request: HttpRequest,
    site: Data<Site>,
    reader: CurrentUser,
    region: CurrentRegion,
    sent: Form<Vec<(String, String)>>,
) -> Reply {
    let merging = Merging::of(request, site, reader, region).await?;
    let sent = Sent::of(sent.into_inner())?;
    let caller = merging.reader.caller(&merging.site, &merging.request);
    let merged = merging.site.app.merge_draft(&caller, merging.open.stored.id, sent.seen, &sent.choices).await;
    let error = match merged {
        Ok(()) => {
            let told = Told::Merged(sent.seen.newest);
            return Ok(response::done(&merging.request, &merging.urls().board(None), &told));
        }
        Err(AppError::Refused(refusal @ Refusal::OldPage { .. })) => messages::refusal(&refusal, Locale::default()),
        Err(AppError::DraftChanged) => Locale::default().differences().draft_changed().to_owned(),
        Err(other) => return Err(other.into()),
    };
    let dialog = MergeDialog { error: Some(error), ..merging.dialog(&sent.choices).await? };
    merging.shows(StatusCode::CONFLICT, dialog).await
}

/// What was chosen.
struct Sent {
    seen: SeenMerge,
    choices: MergeChoices,
}

impl Sent {
    fn of(pairs: Vec<(String, String)>) -> Result<Self, HttpError> {
        let (mut ats, mut chosen, mut numbers) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        for (name, value) in pairs {
            match name.as_str() {
                "at" => ats.push(serde_json::from_str::<ConflictAt>(&value).map_err(|_| unreadable(&name))?),
                "rev" | "newest" => {
                    numbers.insert(name.clone(), value.parse::<u64>().map_err(|_| unreadable(&name))?);
                }
                other => {
                    let number = other.strip_prefix("choice-").and_then(|number| number.parse::<usize>().ok());
                    let choice = match value.as_str() {
                        "mine" => MergeChoice::Mine,
                        "theirs" => MergeChoice::Theirs,
                        _ => return Err(unreadable(&name)),
                    };
                    chosen.insert(number.ok_or_else(|| unreadable(&name))?, choice);
                }
            }
        }
        let number = |name: &str| numbers.get(name).copied().ok_or_else(|| unreadable(name));
        let newest = u32::try_from(number("newest")?).map_err(|_| unreadable("newest"))?;
        let choices = ats.into_iter().enumerate().filter_map(|(at, conflict)| Some((conflict, *chosen.get(&at)?)));
        Ok(Self { seen: SeenMerge { rev: number("rev")?, newest }, choices: choices.collect() })
    }
}

fn unreadable(field: &str) -> HttpError {
    HttpError::Unreadable(format!("the field {field}"))
}
