//! Writes events of the activity and the audit beside the change that it describes, in the same transaction.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::connect::Store;
use super::entities::event;
use super::error::Result;
use super::new_id;
use super::write::{Stamp, WriteTx};
use crate::domain::event::{AccountEvent, Event, ReleaseEvent};
use crate::domain::execution::{Execution, Moment};
use crate::domain::ids::{EventId, ExecutionId, ReleaseId, TeamId};

/// Which of the enums of events a row holds.
pub const ABOUT_EXECUTION: &str = "execution";
/// See [`ABOUT_EXECUTION`].
pub const ABOUT_RELEASE: &str = "release";
/// See [`ABOUT_EXECUTION`].
pub const ABOUT_ACCOUNT: &str = "account";

/// Of accounts. Written out, since an index is only used where the database sees that it may.
pub fn of_accounts() -> SimpleExpr {
    Expr::cust(r#""events"."about" = 'account'"#)
}

/// What an event is about.
#[derive(Debug, Clone, Copy, Default)]
struct About {
    kind: &'static str,
    team_id: Option<TeamId>,
    release_id: Option<ReleaseId>,
    execution_id: Option<ExecutionId>,
}

/// The kinds of events that tell of a refusal.
pub const REFUSED: [&str; 4] = ["sign_in_failed", "password_refused", "action_refused", "creation_refused"];

/// The kinds of events that the audit need not keep for ever: anybody can make any number of them.
const PASSING: [&str; 7] = [
    "signed_in",
    "signed_out",
    "sessions_ended",
    "sign_in_failed",
    "password_refused",
    "action_refused",
    "creation_refused",
];

/// The kind of the event that somebody asks for an execution to be terminated.
const TERMINATE_ASKED: &str = "terminate_asked";

impl Store {
    /// Forgets sign-ins, sign-outs and refusals before that moment; answers how many.
    pub async fn sweep_audit(&self, before: Moment) -> Result<u64> {
        let delete = event::Entity::delete_many()
            .filter(of_accounts())
            .filter(event::Column::Kind.is_in(PASSING))
            .filter(event::Column::HappenedAt.lt(before));
        Ok(delete.exec(&self.writer).await?.rows_affected)
    }

    /// The name of who terminated an execution last.
    pub async fn terminated_by(&self, execution: ExecutionId) -> Result<Option<String>> {
        let asked = event::Entity::find()
            .select_only()
            .column(event::Column::ActorName)
            .filter(event::Column::ExecutionId.eq(execution))
            .filter(event::Column::Kind.eq(TERMINATE_ASKED))
            .order_by_desc(event::Column::Id)
            .limit(1);
        Ok(asked.into_tuple().one(&self.reader).await?)
    }
}

impl WriteTx {
    /// Writes down what happened to accounts.
    pub async fn account_event(&self, stamp: &Stamp, happened: &AccountEvent) -> Result<()> {
        self.account_events(stamp, std::slice::from_ref(happened)).await
    }

    /// Writes down several things that happened to accounts at once, in that order, each with the team that it concerns.
    pub async fn account_events(&self, stamp: &Stamp, happened: &[AccountEvent]) -> Result<()> {
        let names: BTreeSet<&str> = happened.iter().filter_map(AccountEvent::team).collect();
        let teams = if names.is_empty() { Vec::new() } else { self.teams_named(names).await? };
        let row = |event: &AccountEvent| {
            let team = event.team().and_then(|name| teams.iter().find(|team| team.name == name));
            let about = About { kind: ABOUT_ACCOUNT, team_id: team.map(|team| team.id), ..About::default() };
            row(new_id(), stamp, about, None, event)
        };
        save(&self.tx, happened.iter().map(row).collect::<Result<_>>()?).await
    }

    /// Writes down what happened to a release task.
    pub(super) async fn release_event(
        &self,
        stamp: &Stamp,
        team_id: TeamId,
        release_id: ReleaseId,
        happened: &ReleaseEvent,
    ) -> Result<()> {
        let about =
            About { kind: ABOUT_RELEASE, team_id: Some(team_id), release_id: Some(release_id), execution_id: None };
        let mut ids = self.ids_after_events_of(release_id).await?;
        save(&self.tx, vec![row(ids.next(), stamp, about, None, happened)?]).await
    }

    /// Keys that sort behind every event of the release task, whatever a clock says that was set back, or another
    /// machine's: its events are in the order in which they were written.
    pub(super) async fn ids_after_events_of(&self, release_id: ReleaseId) -> Result<Ids> {
        let last = event::Entity::find()
            .select_only()
            .column(event::Column::Id)
            .filter(event::Column::ReleaseId.eq(release_id))
            .order_by_desc(event::Column::Id)
            .limit(1);
        Ok(Ids { last: last.into_tuple().one(&self.tx).await?.unwrap_or(EventId::nil()) })
    }

    /// Writes down what happened to an execution, and what is to be told of it.
    pub(super) async fn execution_events(
        &self,
        stamp: &Stamp,
        execution: &Execution,
        happened: &[Event],
    ) -> Result<()> {
        let about = About {
            kind: ABOUT_EXECUTION,
            team_id: Some(execution.team_id),
            release_id: Some(execution.release_id),
            execution_id: Some(execution.id),
        };
        let mut ids = self.ids_after_events_of(execution.release_id).await?;
        let row = |event: &Event| row(ids.next(), stamp, about, event.task().map(|(_, name)| name), event);
        let rows: Vec<_> = happened.iter().map(row).collect::<Result<_>>()?;
        let keys: Vec<_> = rows.iter().map(|row| row.id).collect();
        save(&self.tx, rows).await?;
        self.save_notices(execution, happened, &keys, stamp.at).await
    }
}

/// New keys, each behind the one before.
pub(super) struct Ids {
    last: EventId,
}

impl Ids {
    /// The next one: as [`new_id`] gives it, or the very next to the last if that was made on a clock ahead of ours.
    pub(super) fn next<I: From<Uuid>>(&mut self) -> I {
        let next = EventId::from_u128(self.last.uuid().as_u128().saturating_add(1));
        self.last = new_id::<EventId>().max(next);
        self.last.uuid().into()
    }
}

async fn save(tx: &impl ConnectionTrait, rows: Vec<event::Model>) -> Result<()> {
    if !rows.is_empty() {
        let rows = rows.into_iter().map(event::ActiveModel::from);
        event::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn row(
    id: EventId,
    stamp: &Stamp,
    about: About,
    task: Option<&str>,
    happened: &impl Serialize,
) -> Result<event::Model> {
    let data = serde_json::to_value(happened)?;
    let kind = data.get("event").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(event::Model {
        id,
        happened_at: stamp.at,
        actor_id: stamp.actor.id(),
        actor_name: stamp.actor.name().to_owned(),
        address: stamp.address.clone(),
        credential: stamp.credential.clone(),
        road: Some(stamp.road.word().to_owned()),
        team_id: about.team_id,
        release_id: about.release_id,
        execution_id: about.execution_id,
        task: task.map(str::to_owned),
        about: about.kind.to_owned(),
        kind,
        data: data.to_string(),
    })
}
