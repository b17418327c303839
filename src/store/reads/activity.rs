//! Events of the activity and the audit, newest first.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect};
use sea_orm::{QueryTrait, RelationTrait, Select};

use super::cursor::{Cursor, Paged};
use super::releases::containing;
use super::scope::Scope;
use crate::domain::activity::{ActivityFilter, Road, Topic, TopicEvents};
use crate::domain::event::{Event, Happened};
use crate::domain::execution::Moment;
use crate::domain::ids::{EventId, ExecutionId, ReleaseId, TeamId, UserId};
use crate::domain::people::Actor;
use crate::store::audit;
use crate::store::codec::{self, count};
use crate::store::connect::Store;
use crate::store::entities::{event, execution as executions, region, release as releases, team};
use crate::store::error::Result;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Key; it sorts by when it was written.
    pub id: EventId,
    /// When.
    pub at: Moment,
    /// Who caused it.
    pub actor: Actor,
    /// From where, when a person did.
    pub address: Option<String>,
    /// The token with which it was done, if it was one: its name and how it begins.
    pub credential: Option<String>,
    /// By which road; none where an earlier version wrote it and it is not known.
    pub road: Option<Road>,
    /// Name of the team that it is about.
    pub team: Option<String>,
    /// Name of the region of that release task.
    pub region: Option<String>,
    /// Key of the release task that it is about.
    pub release_id: Option<ReleaseId>,
    /// That one's name.
    pub release: Option<String>,
    /// Number of the execution that it is about.
    pub execution: Option<u32>,
    /// Name of the task that it is about.
    pub task: Option<String>,
    /// What.
    pub happened: Happened,
}

#[derive(FromQueryResult)]
struct Row {
    id: EventId,
    happened_at: Moment,
    actor_id: Option<UserId>,
    actor_name: String,
    address: Option<String>,
    credential: Option<String>,
    road: Option<String>,
    team: Option<String>,
    region: Option<String>,
    release_id: Option<ReleaseId>,
    release: Option<String>,
    number: Option<i32>,
    task: Option<String>,
    about: String,
    data: String,
}

impl Store {
    /// A page of what happened to a release task and in its executions.
    pub async fn activity_of(
        &self,
        release_id: ReleaseId,
        turn: Cursor<EventId>,
        limit: u64,
    ) -> Result<Paged<Activity, EventId>> {
        self.activity(event::Entity::find().filter(event::Column::ReleaseId.eq(release_id)), turn, limit).await
    }

    /// A page of what happened in one execution.
    pub async fn activity_in(
        &self,
        execution_id: ExecutionId,
        turn: Cursor<EventId>,
        limit: u64,
    ) -> Result<Paged<Activity, EventId>> {
        self.activity(event::Entity::find().filter(event::Column::ExecutionId.eq(execution_id)), turn, limit).await
    }

    /// A page of everything that happened: the audit.
    pub async fn audit(&self, turn: Cursor<EventId>, limit: u64) -> Result<Paged<Activity, EventId>> {
        self.activity(event::Entity::find(), turn, limit).await
    }

    /// A page of what was refused: sign-ins, and what people have no right to.
    pub async fn refused(&self, turn: Cursor<EventId>, limit: u64) -> Result<Paged<Activity, EventId>> {
        let refused =
            event::Entity::find().filter(audit::of_accounts()).filter(event::Column::Kind.is_in(audit::REFUSED));
        self.activity(refused, turn, limit).await
    }

    /// A page of what the reader may see of it, over all teams and regions: of their teams, without what is deleted.
    pub async fn activity_across(
        &self,
        scope: &Scope,
        filter: &ActivityFilter,
        turn: Cursor<EventId>,
        limit: u64,
    ) -> Result<Paged<Activity, EventId>> {
        let wanted = match scope {
            Scope::All => wanted(filter),
            Scope::Teams(teams) => {
                let theirs = wanted(filter)
                    .add(scope.condition(event::Column::TeamId))
                    .add(of_release(releases::Column::DeletedAt).is_null());
                if teams.len() > 1 && filter.team.is_none() {
                    theirs.add(event::Column::Id.in_subquery(newest_of_each(teams, filter, turn, limit)))
                } else {
                    theirs
                }
            }
        };
        self.activity(event::Entity::find().filter(wanted), turn, limit).await
    }

    async fn activity(
        &self,
        events: Select<event::Entity>,
        turn: Cursor<EventId>,
        limit: u64,
    ) -> Result<Paged<Activity, EventId>> {
        let select = events
            .select_only()
            .columns([
                event::Column::Id,
                event::Column::HappenedAt,
                event::Column::ActorId,
                event::Column::ActorName,
                event::Column::Address,
                event::Column::Credential,
                event::Column::Road,
                event::Column::ReleaseId,
                event::Column::Task,
                event::Column::About,
                event::Column::Data,
            ])
            .column(executions::Column::Number)
            .column_as(releases::Column::Name, "release")
            .column_as(region::Column::Name, "region")
            .column_as(team::Column::Name, "team")
            .join(JoinType::LeftJoin, event::Relation::Release.def())
            .join(JoinType::LeftJoin, releases::Relation::Region.def())
            .join(JoinType::LeftJoin, event::Relation::Team.def())
            .join(JoinType::LeftJoin, event::Relation::Execution.def())
            .limit(limit + 1);
        let rows: Vec<Row> = turned(select, turn).into_model().all(&self.reader).await?;
        Paged::cut(rows, turn, limit, |row: &Row| row.id).try_map(Row::into_activity)
    }
}

/// What is written of the release task that it is about; nothing where it is about none. Looked up for each event on the way, in
/// the order of the page: a join would have all of them looked up first and sorted then.
fn of_release(column: releases::Column) -> SimpleExpr {
    let mut its = Query::select();
    its.column(column)
        .from(releases::Entity)
        .and_where(releases::Column::Id.into_expr().equals((event::Entity, event::Column::ReleaseId)));
    scalar(its)
}

/// The keys of as many events of each of these teams as a page can have: each team's are in the order of the page in its index,
/// and those of several are not.
fn newest_of_each(teams: &[TeamId], filter: &ActivityFilter, turn: Cursor<EventId>, limit: u64) -> SelectStatement {
    let of_team = |team: &TeamId| {
        let theirs = event::Entity::find()
            .select_only()
            .column(event::Column::Id)
            .filter(event::Column::TeamId.eq(*team))
            .filter(of_release(releases::Column::DeletedAt).is_null())
            .filter(wanted(filter));
        let newest = turned(theirs, turn).limit(limit + 1).into_query();
        Query::select().column(event::Column::Id).from_subquery(newest, "newest").take()
    };
    let mut each = teams.iter().map(of_team);
    let mut all = each.next().unwrap_or_default();
    for more in each {
        all.union(UnionType::All, more);
    }
    all
}

/// In the direction of the page.
fn turned(events: Select<event::Entity>, turn: Cursor<EventId>) -> Select<event::Entity> {
    match turn {
        Cursor::Newest => events.order_by_desc(event::Column::Id),
        Cursor::Older(than) => events.filter(event::Column::Id.lt(than)).order_by_desc(event::Column::Id),
        Cursor::Newer(than) => events.filter(event::Column::Id.gt(than)).order_by_asc(event::Column::Id),
    }
}

/// What of the activity is wanted. Each name is looked up once, so that the index of what it names will do; and where there is no
/// such release task at all, no event is looked at.
fn wanted(filter: &ActivityFilter) -> Condition {
    let ActivityFilter { who, what, team, region, topic, from, until } = filter;
    let mut wanted = Condition::all();
    if let Some(name) = who {
        wanted = wanted.add(event::Column::ActorName.eq(name));
    }
    if let Some(name) = team {
        let mut named = Query::select();
        named.column(team::Column::Id).from(team::Entity).and_where(team::Column::Name.eq(name));
        wanted = wanted.add(event::Column::TeamId.into_expr().eq(scalar(named)));
    }
    if let Some(part) = what {
        let mut of = Query::select();
        of.column(releases::Column::Id).from(releases::Entity);
        of.and_where(releases::Column::NameFolded.into_expr().like(containing(part)));
        wanted = wanted.add(Expr::exists(of.clone())).add(event::Column::ReleaseId.in_subquery(of));
    }
    if let Some(name) = region {
        let mut named = Query::select();
        named.column(region::Column::Id).from(region::Entity).and_where(region::Column::Name.eq(name));
        let mut there = Query::select();
        there.column(releases::Column::Id).from(releases::Entity);
        there.and_where(releases::Column::RegionId.in_subquery(named.clone()));
        wanted = wanted.add(Expr::exists(there)).add(of_release(releases::Column::RegionId).eq(scalar(named)));
    }
    if let Some(from) = from {
        wanted = wanted.add(event::Column::HappenedAt.gte(*from));
    }
    if let Some(until) = until {
        wanted = wanted.add(event::Column::HappenedAt.lt(*until));
    }
    match topic.map(Topic::events) {
        None => wanted,
        Some(TopicEvents::OfAccounts) => wanted.add(audit::of_accounts()),
        Some(TopicEvents::OfReleaseTasks) => wanted.add(event::Column::About.eq(audit::ABOUT_RELEASE)),
        Some(TopicEvents::OfExecutions(tags)) => wanted
            .add(event::Column::About.eq(audit::ABOUT_EXECUTION))
            .add(event::Column::Kind.is_in(tags.iter().copied())),
    }
}

/// The only value that it answers.
fn scalar(of: SelectStatement) -> SimpleExpr {
    SimpleExpr::SubQuery(None, Box::new(of.into()))
}

impl Row {
    fn into_activity(self) -> Result<Activity> {
        let data = "events.data";
        let actor = codec::actor(self.actor_id, self.actor_name);
        let happened = match self.about.as_str() {
            audit::ABOUT_EXECUTION => {
                let event: Event = codec::from_json(data, &self.data)?;
                Happened::Execution(event.caused_by(&actor))
            }
            audit::ABOUT_RELEASE => Happened::Release(codec::from_json(data, &self.data)?),
            audit::ABOUT_ACCOUNT => Happened::Account(codec::from_json(data, &self.data)?),
            unknown => return Err(codec::unreadable("events.about", unknown)),
        };
        Ok(Activity {
            id: self.id,
            at: self.happened_at,
            actor,
            address: self.address,
            credential: self.credential,
            road: self.road.map(|road| codec::from_word("events.road", &road)).transpose()?,
            team: self.team,
            region: self.region,
            release_id: self.release_id,
            release: self.release,
            execution: self.number.map(|number| count("executions.number", number)).transpose()?,
            task: self.task,
            happened,
        })
    }
}
