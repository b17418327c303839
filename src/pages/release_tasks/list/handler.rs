//! Region Release Tasks: what is searched, filtered and sorted is in the URL, so that a bookmark keeps it.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::presenter::Listing;
use super::view::{FilterSelect, ReleaseListPage};
use crate::app::ExpiringDraft;
use crate::app::reads::{OpenCheckpoint, ReleaseChoices, ReleaseQuery, ReleaseSort};
use crate::cache::Cache;
use crate::domain::ids::{ExecutionId, RegionId};
use crate::domain::people::{HeldRole, User};
use crate::domain::retention;
use crate::domain::status::ReleaseStatus;
use crate::http::Site;
use crate::http::compressed_text::CompressedText;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::{self, Locale};
use crate::pages::caches::PageCaches;
use crate::pages::components::draft_urls::DraftUrls;
use crate::pages::components::layout::{self, CurrentTeam};
use crate::pages::components::{
    Action, ActionStyle, Hidden, Look, Notice, NoticeItem, PartPlace, Section, SelectOption, urls,
};
use crate::pages::editor;
use crate::pages::regions::CurrentRegion;
use crate::pages::release_tasks::seen;

/// How many of the reader's drafts that go soon have a link of their own.
const MAX_DRAFT_LINKS: usize = 3;

/// The parameters of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    creator: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    order: String,
    page: Option<u64>,
}

/// The word of a sort in the URL.
pub fn sort_word(sort: ReleaseSort) -> &'static str {
    match sort {
        ReleaseSort::Name => "name",
        ReleaseSort::Status => "status",
        ReleaseSort::Team => "team",
        ReleaseSort::Creator => "creator",
        ReleaseSort::LastExecuted => "executed",
    }
}

impl ListQuery {
    /// 1 and up.
    pub fn page(&self) -> u64 {
        self.page.unwrap_or(1).clamp(1, 1000)
    }

    /// Whether anything is searched or filtered, or a team chosen.
    pub fn is_filtered(&self) -> bool {
        self.is_narrowed() || !self.team.is_empty()
    }

    /// Whether anything is searched or filtered beside the team.
    fn is_narrowed(&self) -> bool {
        !(self.q.trim().is_empty() && self.status.is_empty() && self.creator.is_empty())
    }

    /// The list of the same team, or of all, in that region.
    fn all_of_team(&self, region: &str) -> String {
        if self.team.is_empty() { urls::release_tasks(region) } else { urls::release_tasks_of(region, &self.team) }
    }

    /// By what the list is sorted, and whether downwards. Without a wish: what was executed last comes first.
    pub fn sort(&self) -> (ReleaseSort, bool) {
        let sorts = [
            ReleaseSort::Name,
            ReleaseSort::Status,
            ReleaseSort::Team,
            ReleaseSort::Creator,
            ReleaseSort::LastExecuted,
        ];
        match sorts.into_iter().find(|sort| sort_word(*sort) == self.sort) {
            Some(sort) => (sort, self.order == "down"),
            None => (ReleaseSort::LastExecuted, true),
        }
    }

    /// What links of this list keep.
    pub fn kept(&self, with_sort: bool) -> Vec<(String, String)> {
        let mut pairs =
            vec![("q", &self.q), ("status", &self.status), ("team", &self.team), ("creator", &self.creator)];
        if with_sort {
            pairs.extend([("sort", &self.sort), ("order", &self.order)]);
        }
        let kept = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        kept.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    fn for_store(&self, region_id: RegionId) -> ReleaseQuery {
        let (sort, descending) = self.sort();
        // Nothing that is searched has such characters, and PostgreSQL refuses NUL in any text.
        let readable = |text: &str| text.chars().filter(|letter| !letter.is_control()).collect::<String>();
        let some = |text: &str| Some(readable(text).trim().to_owned()).filter(|text| !text.is_empty());
        let statuses = ReleaseStatus::ALL.into_iter().filter(|status| status.word() == self.status).collect();
        ReleaseQuery {
            region_id,
            text: some(&self.q),
            statuses,
            team: some(&self.team),
            creator: some(&self.creator),
            sort,
            descending,
            page: self.page(),
        }
    }
}

/// The list.
pub async fn index(
    site: Data<Site>,
    request: HttpRequest,
    region: CurrentRegion,
    reader: CurrentUser,
    query: Query<ListQuery>,
) -> Reply {
    let (app, caches) = (&site.app, PageCaches::of(&request)?);
    let mark = app.live.lists_mark();
    if seen(&request) == Some(mark) {
        return Ok(response::unchanged());
    }
    let caller = reader.caller(&site, &request);
    let wanted = query.for_store(region.id);
    let theirs = app.waiting_for(&caller).await?;
    let (waiting, now) = (theirs.iter().collect::<Vec<_>>(), theirs.now());
    let key = TableKey::of(&wanted, &query, reader.user(), &waiting);
    let table = async || {
        let page = app.release_page(&caller, &wanted, mark).await?;
        let (region, reader) = (&region.name, reader.user());
        response::compressed(&Listing { region, reader, query: &query, waiting: &waiting, mark, now }.table(&page))
    };
    let table = caches.lists.tables.get(&key, mark, table).await?;
    if seen(&request).is_some() && response::is_htmx(&request) {
        return Ok(table.html(request.headers()));
    }
    let known = app.release_choices(&caller, region.id).await?;
    CurrentTeam::note(&request, &query.team);
    let kept = [("team", &query.team), ("sort", &query.sort), ("order", &query.order)];
    let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
    let page = ReleaseListPage {
        chrome: layout::around(&request, &reader, "Region Release Tasks", Section::ReleaseTasks).await?,
        region: region.name.clone(),
        url: urls::release_tasks(&region.name),
        search: query.q.clone(),
        kept: kept.map(|(name, value)| Hidden::new(name, value.clone())).collect(),
        filters: filters(&query, &known),
        clear_url: query.is_narrowed().then(|| query.all_of_team(&region.name)),
        notices: expiring(&app.expiring_drafts(&caller).await?).into_iter().collect(),
        actions: editor::create_actions(reader.user(), &region.name),
        table: PartPlace,
    };
    response::page_around(&request, &page, &table)
}

/// That drafts of the reader's go soon, with a link to each of the first.
fn expiring(drafts: &[ExpiringDraft]) -> Option<Notice> {
    let words = Locale::default().storage();
    let line = |draft: &ExpiringDraft| {
        words.one_draft_goes(&draft.name, &draft.region, retention::draft_goes_at(draft.changed_at))
    };
    let open = |draft: &ExpiringDraft| {
        let url = DraftUrls::new(&draft.region, draft.id).board(None);
        Action::link(words.open_draft(&draft.name), url).styled(ActionStyle::Small)
    };
    (!drafts.is_empty()).then(|| Notice {
        items: drafts.iter().map(|draft| NoticeItem::of(line(draft))).collect(),
        actions: drafts.iter().take(MAX_DRAFT_LINKS).map(open).collect(),
        ..Notice::new(Look::Info, "", words.drafts_go(drafts.len()))
    })
}

/// What the list can be filtered by here. The team is chosen in the top bar.
fn filters(query: &ListQuery, known: &ReleaseChoices) -> Vec<FilterSelect> {
    let select = |name: &str, label: &str, any: &str, chosen: &str, options: Vec<(String, String)>| FilterSelect {
        name: name.to_owned(),
        label: label.to_owned(),
        options: std::iter::once(SelectOption::new("", any, chosen.is_empty()))
            .chain(options.into_iter().map(|(value, text)| {
                let is_chosen = value == chosen;
                SelectOption::new(value, text, is_chosen)
            }))
            .collect(),
    };
    let named = |names: &[String]| names.iter().map(|name| (name.clone(), name.clone())).collect();
    let words = |status| messages::release_status(status, Locale::default()).to_owned();
    let statuses = ReleaseStatus::ALL.into_iter().map(|status| (status.word().to_owned(), words(status)));
    vec![
        select("status", "Status", "any", &query.status, statuses.collect()),
        select("creator", "Created by", "anyone", &query.creator, named(&known.creators)),
    ]
}

/// The tables of lists, remembered for the many who look at the same.
pub struct Lists {
    tables: Cache<TableKey, CompressedText>,
}

/// Who gets the same table: those who ask the same and may do the same with what it shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct TableKey {
    rows: ReleaseQuery,
    /// As it was written: its links keep it so.
    query: ListQuery,
    administrator: bool,
    roles: Vec<HeldRole>,
    /// The executions and tasks that they may approve.
    waiting: Vec<(ExecutionId, String)>,
}

impl TableKey {
    fn of(rows: &ReleaseQuery, query: &ListQuery, reader: &User, waiting: &[&OpenCheckpoint]) -> Self {
        let task = |open: &&OpenCheckpoint| (open.execution.id, open.execution.tasks[0].name.clone());
        Self {
            rows: rows.clone(),
            query: query.clone(),
            administrator: reader.administrator,
            roles: reader.roles.clone(),
            waiting: waiting.iter().map(task).collect(),
        }
    }
}

impl Default for Lists {
    fn default() -> Self {
        Self { tables: Cache::new(Duration::from_secs(1), 64) }
    }
}
