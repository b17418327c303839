//! Events of the activity and the audit, newest first.

use sea_orm::sea_query::{Condition, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect};
use sea_orm::{RelationTrait, Select};

use super::cursor::{Cursor, Paged};
use super::releases::containing;
use super::scope::Scope;
use crate::domain::activity::{ActivityFilter, Road, Topic, TopicEvents};
use crate::domain::event::{Event, Happened};
use crate::domain::execution::Moment;
use crate::domain::ids::{EventId, ExecutionId, ReleaseId, UserId};
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
        let mut visible = scope.condition(event::Column::TeamId);
        if matches!(scope, Scope::Teams(_)) {
            visible = visible.add(releases::Column::DeletedAt.is_null());
        }
        self.activity(event::Entity::find().filter(visible).filter(wanted(filter)), turn, limit).await
    }

    async fn activity(
        &self,
        events: Select<event::Entity>,
        turn: Cursor<EventId>,
        limit: u64,
    ) -> Result<Paged<Activity, EventId>> {
        let mut select = events
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
        select = match turn {
            Cursor::Newest => select.order_by_desc(event::Column::Id),
            Cursor::Older(than) => select.filter(event::Column::Id.lt(than)).order_by_desc(event::Column::Id),
            Cursor::Newer(than) => select.filter(event::Column::Id.gt(than)).order_by_asc(event::Column::Id),
        };
        let rows: Vec<Row> = select.into_model().all(&self.reader).await?;
        Paged::cut(rows, turn, limit, |row: &Row| row.id).try_map(Row::into_activity)
    }
}

/// What of the activity is wanted. Each name is looked up once, so that the index of what it names will do.
fn wanted(filter: &ActivityFilter) -> Condition {
    let ActivityFilter { who, what, team, region, topic, from, until } = filter;
    let mut wanted = Condition::all();
    if let Some(name) = who {
        wanted = wanted.add(event::Column::ActorName.eq(name));
    }
    if let Some(name) = team {
        let mut named = Query::select();
        named.column(team::Column::Id).from(team::Entity).and_where(team::Column::Name.eq(name));
        wanted = wanted.add(event::Column::TeamId.in_subquery(named));
    }
    if what.is_some() || region.is_some() {
        let mut of = Query::select();
        of.column(releases::Column::Id).from(releases::Entity);
        if let Some(part) = what {
            of.and_where(releases::Column::NameFolded.into_expr().like(containing(part)));
        }
        if let Some(name) = region {
            let mut named = Query::select();
            named.column(region::Column::Id).from(region::Entity).and_where(region::Column::Name.eq(name));
            of.and_where(releases::Column::RegionId.in_subquery(named));
        }
        wanted = wanted.add(event::Column::ReleaseId.in_subquery(of));
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
