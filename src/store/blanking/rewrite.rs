//! Rewrites what a release task keeps without a value. Each row is read by itself: a version may have megabytes, and this is
//! done once in a long while.

use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use serde::de::DeserializeOwned;

use super::search::{BlankedVersion, Search, record_without, version_without};
use super::{TextCheck, Wanted};
use crate::domain::blanking::{BLANK, BlankedCounts, UnwantedValue};
use crate::domain::draft::Draft;
use crate::domain::event::{Event, ReleaseEvent};
use crate::domain::execution::TaskState;
use crate::domain::ids::{EventId, ExecutionId, ReleaseId};
use crate::domain::outcome::{Outcome, Outputs};
use crate::domain::release::Release;
use crate::domain::variables::VariableValues;
use crate::store::codec;
use crate::store::entities::{
    attempt, attempt_target, decision, draft, event, execution as executions, release as releases, task_run, version,
};
use crate::store::error::Result;
use crate::store::load::RowLock;
use crate::store::releases::searched;
use crate::store::write::{Stamp, WriteTx};

/// How a value is blanked.
#[derive(Debug, Clone, Copy)]
pub struct BlankChoice {
    /// Whether a text that somebody wrote of a version describes what is in it: else the text goes.
    pub says: TextCheck,
    /// Whether the executions that had the value lose their logs and run folders, which keep scripts.
    pub with_logs: bool,
}

impl WriteTx {
    /// Blanks a value wherever that release task, which is not under way, keeps it; answers in how much.
    pub async fn blank_in_release(
        &self,
        release: &Release,
        value: &UnwantedValue,
        stamp: &Stamp,
        how: BlankChoice,
    ) -> Result<BlankedCounts> {
        let wanted = Wanted::of(value)?;
        self.rewrites_definitions();
        let descriptions = self.blank_description(release, value).await?;
        let versions = self.blank_versions(release.id, value, &wanted, how.says).await?;
        let drafts = self.blank_drafts(Some(release.id), value).await?;
        let executions = self.blank_executions(release.id, value, &wanted).await?;
        self.forget_dry_runs(release.id).await?;
        let logs = if how.with_logs { self.queue_logs(release.id, &versions, &executions, stamp).await? } else { 0 };
        let (versions, executions) = (versions.len() as u64, executions.len() as u64);
        let counts = BlankedCounts { descriptions, versions, drafts, executions, logs };
        if !counts.is_none() {
            self.news.blanked(release.id);
            self.release_event(stamp, release.team_id, release.id, &ReleaseEvent::ValueBlanked(counts)).await?;
        }
        Ok(counts)
    }

    /// Answers in how many, which is one at most.
    async fn blank_description(&self, release: &Release, value: &UnwantedValue) -> Result<u64> {
        let mut description = release.description.clone();
        if !value.blank_in(&mut description) {
            return Ok(0);
        }
        let searched = searched(&release.name, &description);
        releases::Entity::update_many()
            .col_expr(releases::Column::Description, Expr::value(description))
            .col_expr(releases::Column::Searched, Expr::value(searched))
            .filter(releases::Column::Id.eq(release.id))
            .exec(&self.tx)
            .await?;
        Ok(1)
    }

    async fn blank_versions(
        &self,
        id: ReleaseId,
        value: &UnwantedValue,
        wanted: &Wanted,
        says: TextCheck,
    ) -> Result<Vec<i32>> {
        let search = Search { db: &self.tx, value, wanted, lock: RowLock::Yes };
        let mut blanked = Vec::new();
        for (_, number) in search.versions(Some(id), says).await? {
            let Some(row) = version::Entity::find_by_id((id, number)).one(&self.tx).await? else { continue };
            let Some(BlankedVersion { definition, text, note }) = version_without(value, row, says)? else { continue };
            version::Entity::update_many()
                .col_expr(version::Column::Definition, Expr::value(codec::json(&definition)?))
                .col_expr(version::Column::Text, Expr::value(text))
                .col_expr(version::Column::Note, Expr::value(note))
                .filter(version::Column::ReleaseId.eq(id))
                .filter(version::Column::Number.eq(number))
                .exec(&self.tx)
                .await?;
            blanked.push(number);
        }
        self.blank_events::<ReleaseEvent>(
            event::Column::ReleaseId.eq(id).and(event::Column::ExecutionId.is_null()),
            value,
            wanted,
        )
        .await?;
        Ok(blanked)
    }

    /// Blanks a value in the drafts of a release task, or in those of release tasks that were never saved; answers in how many.
    /// What was done in them cannot be undone any more: that has the value too.
    pub async fn blank_drafts(&self, release: Option<ReleaseId>, value: &UnwantedValue) -> Result<u64> {
        let of_it = match release {
            Some(id) => draft::Column::ReleaseId.eq(id),
            None => draft::Column::ReleaseId.is_null(),
        };
        let wanted = Wanted::of(value)?;
        // Locked against whoever would change one meanwhile.
        let search = Search { db: &self.tx, value, wanted: &wanted, lock: RowLock::Yes };
        let drafts = search.drafts(&Condition::all().add(of_it)).await?;
        for (id, _) in &drafts {
            let Some(row) = draft::Entity::find_by_id(*id).one(&self.tx).await? else { continue };
            let blanked = |column, text: &str| {
                let mut draft: Draft = codec::from_json(column, text)?;
                value.blank_in_draft(&mut draft);
                codec::json(&draft)
            };
            let base = row.base.as_deref().map(|base| blanked("drafts.base", base)).transpose()?;
            // That one cannot be written anew from the draft, and may be wrong: it stays, without the value.
            let typed = row.typed_text.as_deref().map(|typed| {
                let mut text: String = codec::from_json("drafts.typed_text", typed)?;
                value.blank_in(&mut text);
                codec::json(&text.replace(&wanted.json, BLANK))
            });
            draft::Entity::update_many()
                .col_expr(draft::Column::Content, Expr::value(blanked("drafts.content", &row.content)?))
                .col_expr(draft::Column::Base, Expr::value(base))
                .col_expr(draft::Column::Text, Expr::value(None::<String>))
                .col_expr(draft::Column::TypedText, Expr::value(typed.transpose()?))
                .col_expr(draft::Column::StepsDone, Expr::value(0_i64))
                // Open pages of it are told that it is another now.
                .col_expr(draft::Column::Rev, Expr::col(draft::Column::Rev).add(1))
                .filter(draft::Column::Id.eq(*id))
                .exec(&self.tx)
                .await?;
            self.remove_draft_steps(*id, 0).await?;
        }
        Ok(drafts.len() as u64)
    }

    async fn blank_executions(
        &self,
        id: ReleaseId,
        value: &UnwantedValue,
        wanted: &Wanted,
    ) -> Result<Vec<ExecutionId>> {
        let search = Search { db: &self.tx, value, wanted, lock: RowLock::Yes };
        let ids: Vec<ExecutionId> = search.executions(Some(id)).await?.into_keys().collect();
        let rows: Vec<(ExecutionId, String)> = executions::Entity::find()
            .select_only()
            .columns([executions::Column::Id, executions::Column::Variables])
            .filter(executions::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(&self.tx)
            .await?;
        for (id, variables) in &rows {
            let mut values: VariableValues = codec::from_json("executions.variables", variables)?;
            value.blank_in_values(&mut values);
            executions::Entity::update_many()
                .col_expr(executions::Column::Variables, Expr::value(codec::json(&values)?))
                .col_expr(executions::Column::Rev, Expr::col(executions::Column::Rev).add(1))
                .filter(executions::Column::Id.eq(*id))
                .exec(&self.tx)
                .await?;
            self.blank_events::<Event>(event::Column::ExecutionId.eq(*id), value, wanted).await?;
            self.blank_task_runs(*id, value).await?;
            self.blank_comments(*id, value, wanted).await?;
        }
        Ok(ids)
    }

    /// Answers how many lose them: those of blanked versions, and those that had the value themselves.
    async fn queue_logs(
        &self,
        id: ReleaseId,
        versions: &[i32],
        executions: &[ExecutionId],
        stamp: &Stamp,
    ) -> Result<u64> {
        let had_it = Condition::any()
            .add(executions::Column::Version.is_in(versions.iter().copied()))
            .add(executions::Column::Id.is_in(executions.iter().copied()));
        let all: Vec<ExecutionId> = executions::Entity::find()
            .select_only()
            .column(executions::Column::Id)
            .filter(executions::Column::ReleaseId.eq(id))
            .filter(had_it)
            .into_tuple()
            .all(&self.tx)
            .await?;
        self.queue_removals(&all, stamp.at).await
    }

    async fn blank_events<T: DeserializeOwned>(
        &self,
        which: SimpleExpr,
        value: &UnwantedValue,
        wanted: &Wanted,
    ) -> Result<()> {
        let rows: Vec<(EventId, String)> = event::Entity::find()
            .select_only()
            .columns([event::Column::Id, event::Column::Data])
            .filter(which)
            .filter(wanted.in_json(event::Column::Data.as_column_ref()))
            .into_tuple()
            .all(&self.tx)
            .await?;
        for (id, data) in rows {
            let Some(without) = record_without::<T>("events.data", &data, value)? else { continue };
            event::Entity::update_many()
                .col_expr(event::Column::Data, Expr::value(without))
                .filter(event::Column::Id.eq(id))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }

    async fn blank_task_runs(&self, id: ExecutionId, value: &UnwantedValue) -> Result<()> {
        let runs = task_run::Entity::find().filter(task_run::Column::ExecutionId.eq(id)).all(&self.tx).await?;
        for run in &runs {
            let mut outputs: Outputs = codec::from_json("task_runs.outputs", &run.outputs)?;
            let is_there = value.blank_in_values(&mut outputs);
            let state = record_without::<TaskState>("task_runs.state_data", &run.state_data, value)?;
            if is_there || state.is_some() {
                task_run::Entity::update_many()
                    .col_expr(task_run::Column::Outputs, Expr::value(codec::json(&outputs)?))
                    .col_expr(task_run::Column::StateData, Expr::value(state.as_ref().unwrap_or(&run.state_data)))
                    .filter(task_run::Column::Id.eq(run.id))
                    .exec(&self.tx)
                    .await?;
            }
        }
        let ids = runs.iter().map(|run| run.id);
        let attempts =
            attempt::Entity::find().filter(attempt::Column::TaskRunId.is_in(ids.clone())).all(&self.tx).await?;
        for attempt::Model { task_run_id, number, outcome, .. } in attempts {
            let Some(is) = outcome_without("attempts.outcome", outcome, value)? else { continue };
            attempt::Entity::update_many()
                .col_expr(attempt::Column::Outcome, Expr::value(is))
                .filter(attempt::Column::TaskRunId.eq(task_run_id))
                .filter(attempt::Column::Number.eq(number))
                .exec(&self.tx)
                .await?;
        }
        let targets =
            attempt_target::Entity::find().filter(attempt_target::Column::TaskRunId.is_in(ids)).all(&self.tx).await?;
        for attempt_target::Model { task_run_id, number, target, outcome, .. } in targets {
            let Some(is) = outcome_without("attempt_targets.outcome", outcome, value)? else { continue };
            attempt_target::Entity::update_many()
                .col_expr(attempt_target::Column::Outcome, Expr::value(is))
                .filter(attempt_target::Column::TaskRunId.eq(task_run_id))
                .filter(attempt_target::Column::Number.eq(number))
                .filter(attempt_target::Column::Target.eq(target))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }

    async fn blank_comments(&self, id: ExecutionId, value: &UnwantedValue, wanted: &Wanted) -> Result<()> {
        let decisions = decision::Entity::find()
            .filter(decision::Column::ExecutionId.eq(id))
            .filter(wanted.in_text(decision::Column::Comment.as_column_ref()))
            .all(&self.tx)
            .await?;
        for decision::Model { id, mut comment, .. } in decisions {
            value.blank_in(&mut comment);
            decision::Entity::update_many()
                .col_expr(decision::Column::Comment, Expr::value(comment))
                .filter(decision::Column::Id.eq(id))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }
}

/// An outcome without a value; none, if it is not there.
fn outcome_without(column: &'static str, outcome: Option<String>, value: &UnwantedValue) -> Result<Option<String>> {
    outcome.map_or(Ok(None), |outcome| record_without::<Outcome>(column, &outcome, value))
}
