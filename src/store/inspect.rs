//! Reads executions with everything that is stored about them, for whoever asks whether they are sound. Many at a time, in a
//! number of queries that does not grow with them, and each page as it was at one moment, also while others write.

mod artefacts;
mod whole;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{
    AccessMode, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, IsolationLevel,
    QueryFilter, QueryOrder, QuerySelect, TransactionOptions,
};

use super::audit::ABOUT_EXECUTION;
use super::codec::{self, count};
use super::connect::{Backend, Store};
use super::entities::{attempt as attempts, decision, event, execution as executions, release, task_run, version};
use super::error::Result;
use super::load;
use crate::domain::consistency::{AttemptRecord, Inspected, Listed, RecordedEvent, Summary};
use crate::domain::definition::Definition;
use crate::domain::event::Event;
use crate::domain::execution::TaskRun;
use crate::domain::ids::{ExecutionId, ReleaseId, TaskRunId};

pub use artefacts::ArtefactPlace;

/// An execution that was looked at.
#[derive(Debug)]
pub struct Looked {
    /// Its key.
    pub id: ExecutionId,
    /// The name of its release task.
    pub release: String,
    /// Its number in it.
    pub number: i32,
    /// What is stored, if all of it can be read.
    pub found: Result<Inspected>,
}

impl Store {
    /// The first executions after that key, in the order of their keys, with everything that is stored about them.
    pub async fn inspect(&self, after: Option<ExecutionId>, limit: u64) -> Result<Vec<Looked>> {
        let tx = self.snapshot().await?;
        let mut select = executions::Entity::find().order_by_asc(executions::Column::Id).limit(limit);
        if let Some(after) = after {
            select = select.filter(executions::Column::Id.gt(after));
        }
        let rows = select.all(&tx).await?;
        let mut page = Page::read(&tx, &rows).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(|row| page.look(row)).collect())
    }

    /// What is read in it was all there at one moment.
    pub(super) async fn snapshot(&self) -> Result<DatabaseTransaction> {
        let options = match self.backend() {
            Backend::Sqlite => TransactionOptions::default(),
            Backend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
        };
        let tx = self.reader.begin_unlimited(options).await?;
        if self.backend() == Backend::Postgres {
            // Nobody waits for a page, and nobody is held up by a transaction that only reads.
            tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        }
        Ok(tx)
    }
}

/// The rows that belong to some executions.
struct Page {
    releases: HashMap<ReleaseId, release::Model>,
    versions: HashMap<(ReleaseId, i32), Result<Arc<Definition>>>,
    tasks: HashMap<ExecutionId, Vec<task_run::Model>>,
    decisions: HashMap<TaskRunId, Vec<decision::Model>>,
    attempts: HashMap<TaskRunId, Vec<attempts::Model>>,
    events: HashMap<ExecutionId, Vec<event::Model>>,
}

impl Page {
    async fn read(db: &impl ConnectionTrait, rows: &[executions::Model]) -> Result<Self> {
        let ids: Vec<ExecutionId> = rows.iter().map(|row| row.id).collect();
        let of = |column: task_run::Column| -> SelectStatement {
            let within = task_run::Column::ExecutionId.is_in(ids.iter().copied());
            Query::select().column(column).from(task_run::Entity).and_where(within).take()
        };
        let releases = release::Entity::find()
            .filter(release::Column::Id.is_in(rows.iter().map(|row| row.release_id)))
            .all(db)
            .await?;
        let tasks = task_run::Entity::find()
            .filter(task_run::Column::ExecutionId.is_in(ids.iter().copied()))
            .order_by_asc(task_run::Column::Ordinal)
            .all(db)
            .await?;
        let attempts = attempts::Entity::find()
            .filter(attempts::Column::TaskRunId.in_subquery(of(task_run::Column::Id)))
            .order_by_asc(attempts::Column::Number)
            .all(db)
            .await?;
        let mut decisions =
            decision::Entity::find().filter(decision::Column::ExecutionId.is_in(ids.iter().copied())).all(db).await?;
        decisions.sort_unstable_by_key(|row| row.id);
        let mut events = event::Entity::find()
            .filter(event::Column::ExecutionId.is_in(ids.iter().copied()))
            .filter(event::Column::About.eq(ABOUT_EXECUTION))
            .all(db)
            .await?;
        events.sort_unstable_by_key(|row| row.id);
        Ok(Self {
            versions: versions(db, rows).await?,
            releases: releases.into_iter().map(|row| (row.id, row)).collect(),
            tasks: grouped(tasks, |row| Some(row.execution_id)),
            decisions: grouped(decisions, |row| Some(row.task_run_id)),
            attempts: grouped(attempts, |row| Some(row.task_run_id)),
            events: grouped(events, |row| row.execution_id),
        })
    }

    fn look(&mut self, row: executions::Model) -> Looked {
        let release = self.releases.get(&row.release_id).map(|release| release.name.clone()).unwrap_or_default();
        let (id, number) = (row.id, row.number);
        Looked { id, release, number, found: self.inspected(row) }
    }

    fn inspected(&mut self, row: executions::Model) -> Result<Inspected> {
        let definition = match self.versions.get(&(row.release_id, row.version)) {
            Some(Ok(definition)) => Arc::clone(definition),
            Some(Err(error)) => return Err(codec::unreadable("release_versions.definition", &error.to_string())),
            None => {
                return Err(codec::unreadable("executions.version", &format!("{}, which there is not", row.version)));
            }
        };
        let task_rows = self.tasks.remove(&row.id).unwrap_or_default();
        let attempts = self.attempts_of(&task_rows)?;
        let tasks = self.tasks_of(task_rows)?;
        let events = self.events.remove(&row.id).unwrap_or_default();
        let listed = self.releases.get(&row.release_id).filter(|release| release.last_number == row.number);
        let listed = listed.map(listed_in).transpose()?;
        let summary = Summary {
            status: codec::status("executions.status", row.status)?,
            segments: codec::segments("executions.segments", &row.segments)?,
        };
        let wake_at = row.wake_at;
        let execution = load::assembled(row, definition, tasks)?;
        let told = |row: event::Model| {
            let event: Event = codec::from_json("events.data", &row.data)?;
            let event = event.caused_by(&codec::actor(row.actor_id, row.actor_name));
            Ok(RecordedEvent { at: row.happened_at, event })
        };
        let events = events.into_iter().map(told).collect::<Result<_>>()?;
        Ok(Inspected { execution, summary, wake_at, listed, attempts, events })
    }

    fn attempts_of(&mut self, tasks: &[task_run::Model]) -> Result<Vec<AttemptRecord>> {
        let mut records = Vec::new();
        for (task, row) in tasks.iter().enumerate() {
            for attempt in self.attempts.remove(&row.id).unwrap_or_default() {
                records.push(AttemptRecord {
                    task,
                    number: count("attempts.number", attempt.number)?,
                    kind: codec::from_word("attempts.kind", &attempt.kind)?,
                    ended_at: attempt.ended_at,
                    outcome: attempt.outcome.map(|text| codec::from_json("attempts.outcome", &text)).transpose()?,
                    owner: attempt.replica,
                });
            }
        }
        Ok(records)
    }

    fn tasks_of(&mut self, rows: Vec<task_run::Model>) -> Result<Vec<TaskRun>> {
        let with_decisions = rows.into_iter().map(|row| {
            let said = self.decisions.remove(&row.id).unwrap_or_default();
            let decisions = said.into_iter().map(load::said).collect::<Result<_>>()?;
            load::task(row, decisions)
        });
        with_decisions.collect()
    }
}

/// The versions that these executions run, each parsed once.
async fn versions(
    db: &impl ConnectionTrait,
    rows: &[executions::Model],
) -> Result<HashMap<(ReleaseId, i32), Result<Arc<Definition>>>> {
    let mut wanted: Vec<(ReleaseId, i32)> = rows.iter().map(|row| (row.release_id, row.version)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let any = wanted.into_iter().fold(Condition::any(), |any, (release_id, number)| {
        any.add(version::Column::ReleaseId.eq(release_id).and(version::Column::Number.eq(number)))
    });
    let found = if rows.is_empty() { Vec::new() } else { version::Entity::find().filter(any).all(db).await? };
    let parsed = |row: version::Model| {
        let definition: Result<Definition> = codec::from_json("release_versions.definition", &row.definition);
        ((row.release_id, row.number), definition.map(Arc::new))
    };
    Ok(found.into_iter().map(parsed).collect())
}

fn listed_in(row: &release::Model) -> Result<Listed> {
    Ok(Listed {
        summary: Summary {
            status: codec::status("releases.status", row.status)?,
            segments: codec::segments("releases.segments", &row.segments)?,
        },
        terminating: row.terminating,
        version: row.last_version.map(|version| count("releases.last_version", version)).transpose()?,
        started_at: row.last_executed_at,
    })
}

fn grouped<R, I: Eq + Hash>(rows: Vec<R>, key: impl Fn(&R) -> Option<I>) -> HashMap<I, Vec<R>> {
    let mut groups: HashMap<I, Vec<R>> = HashMap::new();
    for row in rows {
        if let Some(key) = key(&row) {
            groups.entry(key).or_default().push(row);
        }
    }
    groups
}
