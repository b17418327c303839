//! Events of the activity and the audit, newest first.

use sea_orm::sea_query::{Condition, ExprTrait, Query, SelectStatement, SimpleExpr, UnionType};
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

/// Whose events somebody may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityScope {
    /// Of release tasks and executions.
    pub releases: Scope,
    /// Those of accounts that concern one of these teams too: the reader manages it.
    pub managed: Vec<TeamId>,
}

/// So many parts are put together in one statement at most: SQLite takes 500.
const MAX_PARTS: usize = 400;

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
        scope: &ActivityScope,
        filter: &ActivityFilter,
        turn: Cursor<EventId>,
        limit: u64,
    ) -> Result<Paged<Activity, EventId>> {
        // Otherwise every event would be looked at, in vain.
        if !self.is_any_wanted(filter).await? {
            return Ok(Paged { rows: Vec::new(), newer: None, older: None });
        }
        let (teams, tags) = (scope.teams(filter), tags(filter));
        let parts: Vec<Condition> = match (teams, tags) {
            (Some(teams), Some(tags)) if (2..=MAX_PARTS).contains(&(teams.len() * tags.len())) => {
                let of =
                    |team: &TeamId| tags.iter().map(|tag| scope.of_team(*team).add(is_tagged(tag))).collect::<Vec<_>>();
                teams.iter().flat_map(of).collect()
            }
            (Some(teams), _) if (2..=MAX_PARTS).contains(&teams.len()) => {
                teams.iter().map(|team| scope.of_team(*team)).collect()
            }
            (None, Some(tags)) => tags.iter().map(|tag| scope.readable().add(is_tagged(tag))).collect(),
            (Some(_) | None, _) => Vec::new(),
        };
        let mut wanted = wanted(filter);
        wanted = if parts.is_empty() {
            wanted.add(scope.readable()).add(has_topic(filter))
        } else {
            let each = newest_of_each(&parts, filter, turn, limit);
            wanted.add(event::Column::Id.in_subquery(each))
        };
        self.activity(event::Entity::find().filter(wanted), turn, limit).await
    }

    /// Whether there is a release task of which the filter wants to know.
    async fn is_any_wanted(&self, filter: &ActivityFilter) -> Result<bool> {
        let ActivityFilter { what, region, .. } = filter;
        if what.is_none() && region.is_none() {
            return Ok(true);
        }
        let mut some = releases::Entity::find().select_only().column(releases::Column::Id).limit(1);
        if let Some(part) = what {
            some = some.filter(releases::Column::NameFolded.into_expr().like(containing(part)));
        }
        if let Some(name) = region {
            some = some.filter(releases::Column::RegionId.in_subquery(region_named(name)));
        }
        Ok(some.into_tuple::<ReleaseId>().one(&self.reader).await?.is_some())
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

impl ActivityScope {
    /// The teams of whose events a page is made of; none if it needs not be told apart: all are wanted, or one alone.
    fn teams(&self, filter: &ActivityFilter) -> Option<&[TeamId]> {
        match &self.releases {
            Scope::Teams(teams) if filter.team.is_none() => Some(teams),
            Scope::Teams(_) | Scope::All => None,
        }
    }

    /// What the reader may read.
    fn readable(&self) -> Condition {
        match &self.releases {
            Scope::All => Condition::all(),
            Scope::Teams(_) => {
                let managed = event::Column::TeamId.is_in(self.managed.iter().copied());
                let theirs = Condition::all().add(self.releases.condition(event::Column::TeamId));
                theirs
                    .add(Condition::any().add(event::Column::About.ne(audit::ABOUT_ACCOUNT)).add(managed))
                    .add(of_release(releases::Column::DeletedAt).is_null())
            }
        }
    }

    /// The same of one of their teams.
    fn of_team(&self, team: TeamId) -> Condition {
        let theirs =
            Condition::all().add(event::Column::TeamId.eq(team)).add(of_release(releases::Column::DeletedAt).is_null());
        if self.managed.contains(&team) { theirs } else { theirs.add(event::Column::About.ne(audit::ABOUT_ACCOUNT)) }
    }
}

/// The keys of as many events of each of these parts as a page can have: each part is in the order of the page in an index, and
/// several together are not.
fn newest_of_each(parts: &[Condition], filter: &ActivityFilter, turn: Cursor<EventId>, limit: u64) -> SelectStatement {
    let of_part = |part: &Condition| {
        let theirs = event::Entity::find().select_only().column(event::Column::Id);
        let theirs = theirs.filter(part.clone()).filter(wanted(filter)).filter(has_topic(filter));
        let newest = turned(theirs, turn).limit(limit + 1).into_query();
        Query::select().column(event::Column::Id).from_subquery(newest, "newest").take()
    };
    let mut each = parts.iter().map(of_part);
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

/// What of the activity is wanted, but for its topic. Each name is looked up once, so that the index of what it names will do.
fn wanted(filter: &ActivityFilter) -> Condition {
    let ActivityFilter { who, what, team, region, topic: _, from, until } = filter;
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
        wanted = wanted.add(event::Column::ReleaseId.in_subquery(of));
    }
    if let Some(name) = region {
        wanted = wanted.add(of_release(releases::Column::RegionId).eq(scalar(region_named(name))));
    }
    if let Some(from) = from {
        wanted = wanted.add(event::Column::HappenedAt.gte(*from));
    }
    if let Some(until) = until {
        wanted = wanted.add(event::Column::HappenedAt.lt(*until));
    }
    wanted
}

/// The tags of the events of a topic that is chosen by them.
fn tags(filter: &ActivityFilter) -> Option<&'static [&'static str]> {
    match filter.topic?.events() {
        TopicEvents::OfExecutions(tags) | TopicEvents::OfReleaseTasks(tags) => Some(tags),
        TopicEvents::OfAccounts => None,
    }
}

fn is_tagged(tag: &str) -> SimpleExpr {
    event::Column::Kind.eq(tag)
}

/// Only events of the topic.
fn has_topic(filter: &ActivityFilter) -> Condition {
    let of = |about: &str, tags: &[&str]| {
        Condition::all().add(event::Column::About.eq(about)).add(event::Column::Kind.is_in(tags.iter().copied()))
    };
    match filter.topic.map(Topic::events) {
        None => Condition::all(),
        Some(TopicEvents::OfAccounts) => Condition::all().add(audit::of_accounts()),
        Some(TopicEvents::OfReleaseTasks(tags)) => of(audit::ABOUT_RELEASE, tags),
        Some(TopicEvents::OfExecutions(tags)) => of(audit::ABOUT_EXECUTION, tags),
    }
}

/// The key of the region of that name.
fn region_named(name: &str) -> SelectStatement {
    let mut named = Query::select();
    named.column(region::Column::Id).from(region::Entity).and_where(region::Column::Name.eq(name));
    named
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
