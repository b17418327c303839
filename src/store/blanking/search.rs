//! Rows in which blanking a value changes something. The database says which have its letters somewhere; whether they stand
//! there as more than a name or a word of the format is read here, some rows at a time.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{ExprTrait, LockType};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{TextCheck, Wanted};
use crate::domain::blanking::{BlankedSource, UnwantedValue};
use crate::domain::definition::Definition;
use crate::domain::draft::Draft;
use crate::domain::edit::HistoryEntry;
use crate::domain::event::Event;
use crate::domain::ids::{DraftId, EventId, ExecutionId, ReleaseId};
use crate::domain::variables::VariableValues;
use crate::store::codec;
use crate::store::entities::{draft, draft_step, event, execution as executions, release as releases, version};
use crate::store::error::Result;
use crate::store::load::RowLock;

/// How many rows are read at once: each may have megabytes.
const ROWS_AT_ONCE: u64 = 20;

/// Executions and events are small.
const SMALL_ROWS_AT_ONCE: u64 = 500;

/// A search for a value.
pub(super) struct Search<'s, C> {
    /// Where.
    pub(super) db: &'s C,
    /// For what.
    pub(super) value: &'s UnwantedValue,
    /// As columns have it.
    pub(super) wanted: &'s Wanted,
    /// Whether nobody else may change what is found until the end of the transaction.
    pub(super) lock: RowLock,
}

/// A version without a value.
pub(super) struct BlankedVersion {
    pub(super) definition: Definition,
    pub(super) text: Option<String>,
    pub(super) note: Option<String>,
}

/// A version without a value; none, if it is not there.
pub(super) fn version_without(
    value: &UnwantedValue,
    row: version::Model,
    says: TextCheck,
) -> Result<Option<BlankedVersion>> {
    let mut definition: Definition = codec::from_json("release_versions.definition", &row.definition)?;
    let in_definition = value.blank_in_definition(&mut definition);
    let mut is_there = in_definition;
    let text =
        row.text.and_then(|text| match value.blank_in_source(&text, in_definition, |text| says(text, &definition)) {
            BlankedSource::Unchanged => Some(text),
            BlankedSource::Blanked(without) => {
                is_there = true;
                Some(without)
            }
            BlankedSource::Gone => {
                is_there = true;
                None
            }
        });
    let note = row.note.map(|mut note| {
        is_there |= value.blank_in(&mut note);
        note
    });
    Ok(is_there.then_some(BlankedVersion { definition, text, note }))
}

/// JSON of a `T` without a value; none, if it is not there.
pub(super) fn record_without<T: DeserializeOwned>(
    column: &'static str,
    json: &str,
    value: &UnwantedValue,
) -> Result<Option<String>> {
    let mut whole: Value = codec::from_json(column, json)?;
    Ok(value.blank_in_record::<T>(&mut whole).then(|| whole.to_string()))
}

impl<C: ConnectionTrait> Search<'_, C> {
    /// The versions that have it, each by its release task and number; those of one release task, or all.
    pub(super) async fn versions(&self, of: Option<ReleaseId>, says: TextCheck) -> Result<Vec<(ReleaseId, i32)>> {
        let mut found = Vec::new();
        let mut after: Option<(ReleaseId, i32)> = None;
        loop {
            let mut select = version::Entity::find()
                .filter(self.wanted.in_version())
                .order_by_asc(version::Column::ReleaseId)
                .order_by_asc(version::Column::Number)
                .limit(ROWS_AT_ONCE);
            if let Some(release) = of {
                select = select.filter(version::Column::ReleaseId.eq(release));
            }
            if let Some((release, number)) = after {
                let later = version::Column::ReleaseId.eq(release).and(version::Column::Number.gt(number));
                select = select.filter(version::Column::ReleaseId.gt(release).or(later));
            }
            let rows = select.all(self.db).await?;
            let Some(last) = rows.last() else { return Ok(found) };
            after = Some((last.release_id, last.number));
            for row in rows {
                let key = (row.release_id, row.number);
                if version_without(self.value, row, says)?.is_some() {
                    found.push(key);
                }
            }
        }
    }

    /// The release tasks that have it in their description.
    pub(super) async fn descriptions(&self) -> Result<Vec<ReleaseId>> {
        let select = releases::Entity::find().select_only().column(releases::Column::Id);
        let wanted = self.wanted.in_text(releases::Column::Description.as_column_ref());
        Ok(select.filter(wanted).into_tuple().all(self.db).await?)
    }

    /// The drafts among these that have it, with their release tasks.
    pub(super) async fn drafts(&self, among: &Condition) -> Result<Vec<(DraftId, Option<ReleaseId>)>> {
        let mut found = Vec::new();
        let mut after: Option<DraftId> = None;
        loop {
            let mut select = draft::Entity::find()
                .filter(among.clone())
                .filter(self.wanted.in_draft())
                .order_by_asc(draft::Column::Id)
                .limit(ROWS_AT_ONCE);
            if self.lock == RowLock::Yes && self.db.get_database_backend() == DbBackend::Postgres {
                QuerySelect::query(&mut select).lock(LockType::Update);
            }
            if let Some(after) = after {
                select = select.filter(draft::Column::Id.gt(after));
            }
            let rows = select.all(self.db).await?;
            let Some(last) = rows.last() else { return Ok(found) };
            after = Some(last.id);
            let mut left = BTreeMap::new();
            for row in rows {
                if self.is_in_draft(&row)? {
                    found.push((row.id, row.release_id));
                } else {
                    left.insert(row.id, row.release_id);
                }
            }
            for id in self.drafts_by_steps(&left).await? {
                found.push((id, left.get(&id).copied().flatten()));
            }
        }
    }

    fn is_in_draft(&self, row: &draft::Model) -> Result<bool> {
        let is_in = |column, json: &str| -> Result<bool> {
            let mut draft: Draft = codec::from_json(column, json)?;
            Ok(self.value.blank_in_draft(&mut draft))
        };
        let in_base = row.base.as_deref().map_or(Ok(false), |base| is_in("drafts.base", base));
        let in_text = row.text.as_deref().is_some_and(|text| self.value.is_in_comments(text));
        // What is typed and not applied need not be YAML: it is searched as it is, also as JSON escapes the value.
        let typed = row.typed_text.as_deref().map(|json| codec::from_json::<String>("drafts.typed_text", json));
        let in_typed = typed.transpose()?.is_some_and(|mut text| {
            let has_escaped = text.contains(&self.wanted.json);
            self.value.blank_in(&mut text) || has_escaped
        });
        Ok(in_text || in_typed || in_base? || is_in("drafts.content", &row.content)?)
    }

    /// Those of these drafts that have it in what was done in them.
    async fn drafts_by_steps(&self, among: &BTreeMap<DraftId, Option<ReleaseId>>) -> Result<BTreeSet<DraftId>> {
        let mut found = BTreeSet::new();
        if among.is_empty() {
            return Ok(found);
        }
        let mut after: Option<(DraftId, i64)> = None;
        loop {
            let mut select = draft_step::Entity::find()
                .filter(draft_step::Column::DraftId.is_in(among.keys().copied()))
                .filter(self.wanted.in_step())
                .order_by_asc(draft_step::Column::DraftId)
                .order_by_asc(draft_step::Column::Number)
                .limit(ROWS_AT_ONCE);
            if let Some((draft, number)) = after {
                let later = draft_step::Column::DraftId.eq(draft).and(draft_step::Column::Number.gt(number));
                select = select.filter(draft_step::Column::DraftId.gt(draft).or(later));
            }
            let rows = select.all(self.db).await?;
            let Some(last) = rows.last() else { return Ok(found) };
            after = Some((last.draft_id, last.number));
            for row in rows {
                let in_text = row.text.as_deref().is_some_and(|text| self.value.is_in_comments(text));
                if in_text || record_without::<HistoryEntry>("draft_steps.step", &row.step, self.value)?.is_some() {
                    found.insert(row.draft_id);
                }
            }
        }
    }

    /// The executions that have it, with their release tasks; those of one release task, or all. What an execution has of texts
    /// is in the values of its variables or in its events.
    pub(super) async fn executions(&self, of: Option<ReleaseId>) -> Result<BTreeMap<ExecutionId, ReleaseId>> {
        let mut found = BTreeMap::new();
        self.by_variables(of, &mut found).await?;
        self.by_events(of, &mut found).await?;
        Ok(found)
    }

    async fn by_variables(&self, of: Option<ReleaseId>, found: &mut BTreeMap<ExecutionId, ReleaseId>) -> Result<()> {
        let mut after: Option<ExecutionId> = None;
        loop {
            let mut select = executions::Entity::find()
                .select_only()
                .columns([executions::Column::Id, executions::Column::ReleaseId, executions::Column::Variables])
                .filter(self.wanted.in_json(executions::Column::Variables.as_column_ref()))
                .order_by_asc(executions::Column::Id)
                .limit(SMALL_ROWS_AT_ONCE);
            if let Some(release) = of {
                select = select.filter(executions::Column::ReleaseId.eq(release));
            }
            if let Some(after) = after {
                select = select.filter(executions::Column::Id.gt(after));
            }
            let rows: Vec<(ExecutionId, ReleaseId, String)> = select.into_tuple().all(self.db).await?;
            let Some((last, ..)) = rows.last() else { return Ok(()) };
            after = Some(*last);
            for (id, release, variables) in rows {
                let mut values: VariableValues = codec::from_json("executions.variables", &variables)?;
                if self.value.blank_in_values(&mut values) {
                    found.insert(id, release);
                }
            }
        }
    }

    async fn by_events(&self, of: Option<ReleaseId>, found: &mut BTreeMap<ExecutionId, ReleaseId>) -> Result<()> {
        let mut after: Option<EventId> = None;
        loop {
            let mut select = event::Entity::find()
                .select_only()
                .columns([event::Column::Id, event::Column::ExecutionId, event::Column::ReleaseId, event::Column::Data])
                .filter(event::Column::ExecutionId.is_not_null())
                .filter(self.wanted.in_json(event::Column::Data.as_column_ref()))
                .order_by_asc(event::Column::Id)
                .limit(SMALL_ROWS_AT_ONCE);
            if let Some(release) = of {
                select = select.filter(event::Column::ReleaseId.eq(release));
            }
            if let Some(after) = after {
                select = select.filter(event::Column::Id.gt(after));
            }
            let rows: Vec<(EventId, Option<ExecutionId>, Option<ReleaseId>, String)> =
                select.into_tuple().all(self.db).await?;
            let Some((last, ..)) = rows.last() else { return Ok(()) };
            after = Some(*last);
            for (_, execution, release, data) in rows {
                let (Some(execution), Some(release)) = (execution, release) else { continue };
                if !found.contains_key(&execution)
                    && record_without::<Event>("events.data", &data, self.value)?.is_some()
                {
                    found.insert(execution, release);
                }
            }
        }
    }
}
