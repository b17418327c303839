//! Create Release Task: begins a draft, blank, as a copy of another release task, or from a text.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use serde::Deserialize;

use super::panel::text_area;
use super::sent_form::SentForm;
use super::text_view::{BeginWith, BegunDraft, CreatePage, YamlFault};
use super::yaml;
use crate::app::reads::{IdAndName, ListedRelease, ReleaseQuery, ReleaseSort};
use crate::app::{AppError, Caller, MAX_DRAFTS, StoredDraft};
use crate::domain::draft::Draft;
use crate::domain::ids::{ReleaseId, TeamId};
use crate::domain::names;
use crate::domain::people::Role;
use crate::domain::policy;
use crate::domain::refusal::Refusal;
use crate::domain::release::ReleaseOwner;
use crate::domain::retention;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::{self, Locale};
use crate::pages::components::draft_urls::{DraftUrls, new_release_task};
use crate::pages::components::{Crumbs, Field, Link, Section, SelectOption, When, layout, urls};
use crate::pages::regions::CurrentRegion;

/// Who asks, and where.
struct Asker {
    site: Data<Site>,
    request: HttpRequest,
    region: CurrentRegion,
    reader: CurrentUser,
    /// The teams of which they are an operator.
    teams: Vec<IdAndName<TeamId>>,
}

/// What was typed, with what is wrong.
#[derive(Default)]
struct Typed {
    name: Field,
    description: Field,
    team: String,
    begin: BeginWith,
    original: Field,
    text: String,
    faults: Vec<YamlFault>,
    error: Option<String>,
}

impl Typed {
    /// What is wrong with the name, where it was typed: of a text it is the one in the text that counts.
    fn with_bad_name(self, sentence: String) -> Self {
        match self.begin {
            BeginWith::Text => Self { error: Some(sentence), ..self },
            BeginWith::Blank | BeginWith::Original => Self { name: self.name.wrong(sentence), ..self },
        }
    }
}

impl Asker {
    async fn of(
        site: Data<Site>,
        request: HttpRequest,
        region: CurrentRegion,
        reader: CurrentUser,
    ) -> Result<Self, HttpError> {
        let is_operator = |team: &IdAndName<TeamId>| reader.user().has(team.id, Role::Operator);
        let teams: Vec<_> = site.app.teams().await?.into_iter().filter(is_operator).collect();
        if teams.is_empty() {
            return Err(Refusal::CreateNotPermitted { needs: vec![Role::Operator] }.into());
        }
        Ok(Self { site, request, region, reader, teams })
    }

    fn caller(&self) -> Caller {
        self.reader.caller(&self.site, &self.request)
    }

    async fn page(&self, status: StatusCode, typed: Typed) -> Reply {
        let team = |team: &IdAndName<TeamId>| {
            let id = team.id.to_string();
            let is_chosen = id == typed.team;
            SelectOption::new(id, team.name.clone(), is_chosen)
        };
        let list = urls::release_tasks(&self.region.name);
        let title = "Create Release Task";
        let originals = self.originals(&typed.original.value).await?;
        let page = CreatePage {
            chrome: layout::around(&self.request, &self.reader, title, Section::ReleaseTasks).await?,
            crumbs: Crumbs::new(vec![Link::new("Region Release Tasks", list.clone())], title),
            drafts: self.drafts().await?,
            url: new_release_task(&self.region.name),
            cancel_url: list,
            teams: self.teams.iter().map(team).collect(),
            name: typed.name,
            description: typed.description,
            begin: typed.begin,
            original: typed.original,
            originals_hint: Locale::default().editor().originals(originals.offered.len(), originals.matching),
            originals: originals.offered,
            text: text_area(&typed.text),
            faults: typed.faults,
            error: typed.error,
        };
        response::page_with(status, &page)
    }

    /// Their drafts of release tasks of this region that were never saved.
    async fn drafts(&self) -> Result<Vec<BegunDraft>, HttpError> {
        let now = self.site.app.clock.now();
        let is_here = |stored: &StoredDraft| {
            stored.owner.region == self.region.id && self.teams.iter().any(|team| team.id == stored.owner.team)
        };
        let begun = |stored: StoredDraft| BegunDraft {
            url: DraftUrls::new(&self.region.name, stored.id).board(None),
            changed: When::at(stored.changed_at, now),
            goes: retention::draft_notice(stored.changed_at, now).map(|at| When::at(at, now)),
            name: stored.draft.name,
        };
        let all = self.site.app.new_drafts(&self.caller()).await?;
        Ok(all.into_iter().filter(is_here).map(begun).collect())
    }

    /// Release tasks of the region that they may see and that have a text in their name or description: the first of them.
    async fn originals(&self, text: &str) -> Result<Originals, HttpError> {
        let text = bare(text.trim());
        let query = ReleaseQuery {
            region_id: self.region.id,
            text: (!text.is_empty()).then(|| text.to_owned()),
            statuses: Vec::new(),
            team: None,
            creator: None,
            sort: ReleaseSort::Name,
            descending: false,
            page: 1,
        };
        let mark = self.site.app.live.lists_mark();
        let page = self.site.app.release_page(&self.caller(), &query, mark).await?;
        let is_twice = |row: &ListedRelease| page.rows.iter().filter(|other| other.name == row.name).count() > 1;
        let offer = |row: &ListedRelease| SelectOption {
            value: if is_twice(row) { with_team(row) } else { row.name.clone() },
            text: row.team.clone(),
            chosen: false,
        };
        Ok(Originals { offered: page.rows.iter().map(offer).collect(), matching: page.matching })
    }

    /// The one that was named, or why it is none.
    async fn original(&self, typed: &str) -> Result<Result<ReleaseId, String>, HttpError> {
        let wanted = typed.trim();
        let all = self.site.app.releases_named(&self.caller(), self.region.id, bare(wanted)).await?;
        let said = Locale::default().editor();
        let theirs: Vec<&ListedRelease> =
            all.iter().filter(|row| row.name == wanted || with_team(row) == wanted).collect();
        Ok(match theirs.as_slice() {
            [only] => Ok(only.id),
            [] => Err(said.no_such_original(wanted)),
            several => {
                Err(said.several_originals(wanted, &several.iter().map(|row| with_team(row)).collect::<Vec<_>>()))
            }
        })
    }
}

/// Release tasks that can be copied.
struct Originals {
    offered: Vec<SelectOption>,
    /// How many there are, beside those that are offered.
    matching: u64,
}

/// A name as it is written where another team has one of that name too.
fn with_team(row: &ListedRelease) -> String {
    format!("{} ({})", row.name, row.team)
}

/// The name without the team behind it. No name has a blank in it.
fn bare(typed: &str) -> &str {
    typed.split_once(" (").map_or(typed, |(name, _)| name)
}

/// What is to be copied, of those that have this in their names.
#[derive(Debug, Deserialize)]
pub struct WantedOriginal {
    original: Option<String>,
}

/// Asks for its name and team, and with what it begins.
pub async fn new(
    site: Data<Site>,
    request: HttpRequest,
    region: CurrentRegion,
    reader: CurrentUser,
    wanted: Query<WantedOriginal>,
) -> Reply {
    let asker = Asker::of(site, request, region, reader).await?;
    let name = Field::of(names::offered(rand::random()));
    let begin = if wanted.original.is_some() { BeginWith::Original } else { BeginWith::default() };
    let original = Field::of(wanted.into_inner().original.unwrap_or_default());
    asker.page(StatusCode::OK, Typed { name, begin, original, ..Typed::default() }).await
}

/// Begins the draft, and goes on to it. What is not good comes back as it was typed.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    region: CurrentRegion,
    reader: CurrentUser,
    body: Bytes,
) -> Reply {
    let form = SentForm::read(&body);
    let asker = Asker::of(site, request, region, reader).await?;
    let team: TeamId = form.text("team").parse().map_err(|_| HttpError::Unreadable("no such team".to_owned()))?;
    policy::check_create(asker.reader.user(), team)?;
    let typed = Typed {
        name: Field::of(form.text("name")),
        description: Field::of(form.text("description")),
        team: team.to_string(),
        begin: BeginWith::from_word(form.text("begin")),
        original: Field::of(form.text("original")),
        text: form.text("text").to_owned(),
        ..Typed::default()
    };
    let draft = match begun(&asker, team, &typed).await? {
        Ok(draft) => draft,
        Err(wrong) => return asker.page(StatusCode::UNPROCESSABLE_ENTITY, wrong.into_typed(typed)).await,
    };
    let owner = ReleaseOwner { team, region: asker.region.id };
    let text = (typed.begin == BeginWith::Text).then_some(typed.text.as_str());
    match asker.site.app.start_draft(&asker.caller(), owner, draft, text).await {
        Ok(id) => {
            let url = DraftUrls::new(&asker.region.name, id).board(None);
            Ok(response::went(&asker.request, &url))
        }
        Err(AppError::TooManyDrafts) => {
            let error = Some(Locale::default().editor().too_many_drafts(MAX_DRAFTS));
            asker.page(StatusCode::CONFLICT, Typed { error, ..typed }).await
        }
        Err(AppError::NameTaken) => {
            let sentence = Locale::default().dialogs().name_taken().to_owned();
            asker.page(StatusCode::CONFLICT, typed.with_bad_name(sentence)).await
        }
        Err(AppError::Refused(refusal @ Refusal::NameAlike { .. })) => {
            let sentence = messages::refusal(&refusal, Locale::default());
            asker.page(StatusCode::CONFLICT, typed.with_bad_name(sentence)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Why a draft cannot begin with what was chosen.
enum BadBeginning {
    Original(String),
    Text(Vec<YamlFault>),
}

impl BadBeginning {
    fn into_typed(self, typed: Typed) -> Typed {
        match self {
            Self::Original(sentence) => Typed { original: typed.original.clone().wrong(sentence), ..typed },
            Self::Text(faults) => Typed { faults, ..typed },
        }
    }
}

async fn begun(asker: &Asker, team: TeamId, typed: &Typed) -> Result<Result<Draft, BadBeginning>, HttpError> {
    let (name, description) = (typed.name.value.trim(), typed.description.value.trim());
    let mut draft = match typed.begin {
        BeginWith::Blank => Draft::blank(name),
        BeginWith::Original => {
            let id = match asker.original(&typed.original.value).await? {
                Ok(id) => id,
                Err(sentence) => return Ok(Err(BadBeginning::Original(sentence))),
            };
            let visible = asker.site.app.release(&asker.caller(), id).await?;
            let original = visible.release();
            Draft::of(name, &original.description, &original.definition)
        }
        BeginWith::Text => {
            let team = asker.teams.iter().find(|own| own.id == team).map(|own| own.name.clone()).unwrap_or_default();
            match yaml::read(&typed.text, &team, &asker.region.name) {
                Ok(document) => Draft::of(&document.name, &document.description, &document.definition),
                Err(faults) => return Ok(Err(BadBeginning::Text(faults))),
            }
        }
    };
    if !description.is_empty() {
        description.clone_into(&mut draft.description);
    }
    Ok(Ok(draft))
}
