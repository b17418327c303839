//! Events of the activity and the audit, newest first.

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect};
use sea_orm::{RelationTrait, Select};

use super::cursor::{Cursor, Paged};
use crate::domain::event::{AccountEvent, Event, ReleaseEvent};
use crate::domain::execution::Moment;
use crate::domain::ids::{EventId, ExecutionId, ReleaseId, UserId};
use crate::domain::people::Actor;
use crate::store::audit;
use crate::store::codec::{self, count};
use crate::store::connect::Store;
use crate::store::entities::{event, execution as executions, release as releases};
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
    /// Name of the release task that it is about.
    pub release: Option<String>,
    /// Number of the execution that it is about.
    pub execution: Option<u32>,
    /// Name of the task that it is about.
    pub task: Option<String>,
    /// What.
    pub happened: Happened,
}

/// An event of the domain, by what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// An execution.
    Execution(Event),
    /// A release task.
    Release(ReleaseEvent),
    /// Accounts.
    Account(AccountEvent),
}

#[derive(FromQueryResult)]
struct Row {
    id: EventId,
    happened_at: Moment,
    actor_id: Option<UserId>,
    actor_name: String,
    address: Option<String>,
    credential: Option<String>,
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
                event::Column::Task,
                event::Column::About,
                event::Column::Data,
            ])
            .column(executions::Column::Number)
            .column_as(releases::Column::Name, "release")
            .join(JoinType::LeftJoin, event::Relation::Release.def())
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
            release: self.release,
            execution: self.number.map(|number| count("executions.number", number)).transpose()?,
            task: self.task,
            happened,
        })
    }
}
