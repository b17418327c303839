//! The list of a region's release tasks: one query for a page of it, with both counts.

use sea_orm::sea_query::{
    CaseStatement, Condition, Expr, ExprTrait, Func, IntoCondition, LikeExpr, NullOrdering, Order, Query,
    SelectStatement,
};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult};

use super::scope::Scope;
use crate::domain::execution::{FailReason, Moment};
use crate::domain::ids::{RegionId, ReleaseId, TeamId};
use crate::domain::phase_summary::{self, PhaseSummary};
use crate::domain::scripts::{ScriptNeeds, ScriptPermission};
use crate::domain::status::{ReleaseStatus, TaskStatus};
use crate::store::codec::{self, count};
use crate::store::connect::Store;
use crate::store::entities::{release as releases, team};
use crate::store::error::Result;

/// How many rows a page has.
pub const PAGE: u64 = 50;

/// Which release tasks of a region are listed, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReleaseQuery {
    /// The region.
    pub region_id: RegionId,
    /// Part of the name or the description, whatever the case.
    pub text: Option<String>,
    /// Any of these; none of them means any.
    pub statuses: Vec<ReleaseStatus>,
    /// Name of the team.
    pub team: Option<String>,
    /// Name of who made it.
    pub creator: Option<String>,
    /// By what they are sorted.
    pub sort: ReleaseSort,
    /// Greatest first.
    pub descending: bool,
    /// 1 and up.
    pub page: u64,
}

/// By what release tasks are sorted; those with equal words are sorted by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReleaseSort {
    /// Name, whatever the case.
    #[default]
    Name,
    /// Status, in the order of a release task's life.
    Status,
    /// Name of the team.
    Team,
    /// Name of who made it.
    Creator,
    /// When it was last executed; those that never were come last either way.
    LastExecuted,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseListRows {
    /// Its rows.
    pub rows: Vec<ListedRelease>,
    /// How many match, on all pages.
    pub matching: u64,
    /// How many release tasks of the region the reader may see.
    pub in_region: u64,
}

/// A release task in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRelease {
    /// Key.
    pub id: ReleaseId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The team that owns it.
    pub team_id: TeamId,
    /// That team's name.
    pub team: String,
    /// Whether that team may have scripts run on the server.
    pub scripts: ScriptPermission,
    /// Which operations would.
    pub needs: ScriptNeeds,
    /// Whether a new execution may take the place of one that waits for a person.
    pub supersedes: bool,
    /// Who made it.
    pub creator: String,
    /// Its status.
    pub status: ReleaseStatus,
    /// Whether it is being terminated.
    pub terminating: bool,
    /// Why it failed, where it was no task that did.
    pub why: Option<FailReason>,
    /// The status of each phase of its last execution, or of its definition when it was never executed.
    pub segments: Vec<TaskStatus>,
    /// The newest version.
    pub version: u32,
    /// The version that was executed last.
    pub last_version: Option<u32>,
    /// The number of the last execution; 0 when there is none.
    pub last_number: u32,
    /// When it was executed last.
    pub last_executed_at: Option<Moment>,
}

/// What the list can be filtered by, of what the reader may see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleaseChoices {
    /// Names of who made one, sorted.
    pub creators: Vec<String>,
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: ReleaseId,
    name: String,
    description: String,
    team_id: TeamId,
    team: String,
    creator: String,
    status: i32,
    terminating: bool,
    segments: String,
    version: i32,
    last_version: Option<i32>,
    last_number: i32,
    last_executed_at: Option<Moment>,
    runs_scripts: bool,
    supersedes: bool,
    #[sea_orm(nested)]
    needs: Needs,
    #[sea_orm(nested)]
    counts: Counts,
}

#[derive(FromQueryResult)]
struct Needs {
    execute_runs_scripts: bool,
    retry_runs_scripts: bool,
    roll_back_runs_scripts: bool,
}

#[derive(FromQueryResult)]
struct Counts {
    matching: i64,
    in_region: i64,
}

impl Store {
    /// A page of the list.
    pub async fn release_page(&self, scope: &Scope, query: &ReleaseQuery) -> Result<ReleaseListRows> {
        let rows = Row::find_all(self, &page(scope, query)).await?;
        let counts = match rows.first() {
            Some(row) => (row.counts.matching, row.counts.in_region),
            None => self.counts(scope, query).await?,
        };
        Ok(ReleaseListRows {
            rows: rows.into_iter().map(Row::into_release).collect::<Result<_>>()?,
            matching: count("matching", counts.0)?,
            in_region: count("in_region", counts.1)?,
        })
    }

    /// Those of these release tasks of a region that the reader may see, by name.
    pub async fn listed_releases(
        &self,
        scope: &Scope,
        region_id: RegionId,
        ids: &[ReleaseId],
    ) -> Result<Vec<ListedRelease>> {
        self.listed(scope, region_id, releases::Column::Id.is_in(ids.iter().copied())).await
    }

    /// Those of that name that the reader may see in a region: each team may have one.
    pub async fn releases_named(&self, scope: &Scope, region_id: RegionId, name: &str) -> Result<Vec<ListedRelease>> {
        self.listed(scope, region_id, releases::Column::Name.eq(name)).await
    }

    async fn listed(&self, scope: &Scope, region_id: RegionId, which: Expr) -> Result<Vec<ListedRelease>> {
        let mut select = rows(living(region_id).add(scope.condition(releases::Column::TeamId)).add(which));
        // Nobody asks how many there are.
        for count in ["matching", "in_region"] {
            select.expr_as(Expr::val(0_i64), count);
        }
        select.order_by(releases::Column::NameFolded.as_column_ref(), Order::Asc);
        select.order_by(releases::Column::Id.as_column_ref(), Order::Asc);
        let rows = Row::find_all(self, &select).await?;
        rows.into_iter().map(Row::into_release).collect()
    }

    /// What the list can be filtered by.
    pub async fn release_choices(&self, region_id: RegionId, scope: &Scope) -> Result<ReleaseChoices> {
        let select = Query::select()
            .distinct()
            .expr_as(releases::Column::CreatedByName.into_expr(), "creator")
            .from(releases::Entity)
            .cond_where(living(region_id).add(scope.condition(releases::Column::TeamId)))
            .take();
        let mut choices = ReleaseChoices::default();
        for row in self.reader.query_all(&select).await? {
            choices.creators.push(row.try_get("", "creator")?);
        }
        choices.creators.sort_unstable();
        Ok(choices)
    }

    /// On a page without rows nothing carries the counts.
    async fn counts(&self, scope: &Scope, query: &ReleaseQuery) -> Result<(i64, i64)> {
        let mut select = Query::select();
        add_counts(&mut select, scope, query);
        let row = self.reader.query_one(&select).await?;
        let Some(row) = row else { return Ok((0, 0)) };
        Ok((row.try_get("", "matching")?, row.try_get("", "in_region")?))
    }
}

impl Row {
    async fn find_all(store: &Store, select: &SelectStatement) -> Result<Vec<Self>> {
        let rows = store.reader.query_all(select).await?;
        Ok(rows.iter().map(|row| Self::from_query_result(row, "")).collect::<std::result::Result<_, _>>()?)
    }

    pub(super) fn into_release(self) -> Result<ListedRelease> {
        let status = codec::status("releases.status", self.status)?;
        let segments: Vec<PhaseSummary> = codec::from_json("releases.segments", &self.segments)?;
        Ok(ListedRelease {
            id: self.id,
            name: self.name,
            description: self.description,
            team_id: self.team_id,
            scripts: ScriptPermission::of(self.team.clone(), self.runs_scripts),
            needs: ScriptNeeds {
                execute: self.needs.execute_runs_scripts,
                retry: self.needs.retry_runs_scripts,
                roll_back: self.needs.roll_back_runs_scripts,
            },
            supersedes: self.supersedes,
            team: self.team,
            creator: self.creator,
            status,
            terminating: self.terminating,
            why: phase_summary::why_failed(status, &segments),
            segments: segments.into_iter().map(PhaseSummary::status).collect(),
            version: count("releases.version", self.version)?,
            last_version: self.last_version.map(|version| count("releases.last_version", version)).transpose()?,
            last_number: count("releases.last_number", self.last_number)?,
            last_executed_at: self.last_executed_at,
        })
    }
}

fn page(scope: &Scope, query: &ReleaseQuery) -> SelectStatement {
    let mut select = rows(matching(scope, query));
    select.limit(PAGE).offset(query.page.saturating_sub(1).saturating_mul(PAGE));
    add_counts(&mut select, scope, query);
    sort(&mut select, query);
    select
}

/// The release tasks of which that is so, without the counts.
pub(super) fn rows(condition: Condition) -> SelectStatement {
    let mut select = Query::select();
    for shown in [
        releases::Column::Id,
        releases::Column::Name,
        releases::Column::Description,
        releases::Column::TeamId,
        releases::Column::Status,
        releases::Column::Terminating,
        releases::Column::Segments,
        releases::Column::Version,
        releases::Column::LastVersion,
        releases::Column::LastNumber,
        releases::Column::LastExecutedAt,
        releases::Column::ExecuteRunsScripts,
        releases::Column::RetryRunsScripts,
        releases::Column::RollBackRunsScripts,
        releases::Column::Supersedes,
    ] {
        select.column(shown.as_column_ref());
    }
    select
        .expr_as(team::Column::Name.into_expr(), "team")
        .column(team::Column::RunsScripts.as_column_ref())
        .expr_as(releases::Column::CreatedByName.into_expr(), "creator")
        .from(releases::Entity)
        .inner_join(team::Entity, team::Column::Id.into_expr().equals(releases::Column::TeamId.as_column_ref()))
        .cond_where(condition);
    select
}

fn add_counts(select: &mut SelectStatement, scope: &Scope, query: &ReleaseQuery) {
    // Nobody is told how many there are that they may not see.
    let visible = living(query.region_id).add(scope.condition(releases::Column::TeamId));
    select
        .expr_as(Expr::from(count_where(matching(scope, query))), "matching")
        .expr_as(Expr::from(count_where(visible)), "in_region");
}

fn count_where(condition: Condition) -> SelectStatement {
    Query::select().expr(Func::count(Expr::cust("*"))).from(releases::Entity).cond_where(condition).to_owned()
}

fn living(region_id: RegionId) -> Condition {
    Condition::all().add(releases::Column::RegionId.eq(region_id)).add(releases::Column::DeletedAt.is_null())
}

pub(super) fn matching(scope: &Scope, query: &ReleaseQuery) -> Condition {
    let mut condition = living(query.region_id).add(scope.condition(releases::Column::TeamId));
    if let Some(text) = &query.text {
        condition = condition.add(releases::Column::Searched.into_expr().like(containing(text)));
    }
    if !query.statuses.is_empty() {
        let codes = query.statuses.iter().map(|status| i32::from(status.code()));
        condition = condition.add(releases::Column::Status.is_in(codes));
    }
    if let Some(name) = &query.team {
        let named =
            Query::select().column(team::Column::Id).from(team::Entity).and_where(team::Column::Name.eq(name)).take();
        condition = condition.add(releases::Column::TeamId.in_subquery(named));
    }
    if let Some(name) = &query.creator {
        condition = condition.add(releases::Column::CreatedByName.eq(name));
    }
    condition
}

/// A pattern for text that is taken letter by letter.
pub(in crate::store) fn containing(text: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for letter in text.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

/// The usual orders, by name and by last execution, are those of an index: equal rows are sorted by key in the same
/// direction, and only what can be missing says where it goes.
fn sort(select: &mut SelectStatement, query: &ReleaseQuery) {
    let order = if query.descending { Order::Desc } else { Order::Asc };
    let name = releases::Column::NameFolded.as_column_ref();
    match query.sort {
        ReleaseSort::Name => select.order_by(name, order.clone()),
        ReleaseSort::Status => select.order_by_expr(place_in_life(), order.clone()).order_by(name, order.clone()),
        ReleaseSort::Team => {
            select.order_by(team::Column::Name.as_column_ref(), order.clone()).order_by(name, order.clone())
        }
        ReleaseSort::Creator => select
            .order_by(releases::Column::CreatedByName.as_column_ref(), order.clone())
            .order_by(name, order.clone()),
        ReleaseSort::LastExecuted => select.order_by_with_nulls(
            releases::Column::LastExecutedAt.as_column_ref(),
            order.clone(),
            NullOrdering::Last,
        ),
    };
    select.order_by(releases::Column::Id.as_column_ref(), order);
}

fn place_in_life() -> Expr {
    let mut case = CaseStatement::new();
    for (place, status) in (0_i32..).zip(ReleaseStatus::ALL) {
        case = case.case(releases::Column::Status.eq(i32::from(status.code())).into_condition(), place);
    }
    case.into()
}
