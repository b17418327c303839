//! Values that are blanked: where one stands, which `search` reads; and in `rewrite`, a mark in its place there.

mod rewrite;
mod search;

use std::collections::BTreeMap;

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, IntoColumnRef, Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult};

pub use rewrite::BlankChoice;
use search::Search;

use super::codec;
use super::connect::Store;
use super::entities::{draft, draft_step, execution as executions, region, release as releases, team, version};
use super::error::Result;
use super::load::RowLock;
use crate::domain::blanking::{BlankedCounts, UnwantedValue};
use crate::domain::definition::Definition;
use crate::domain::ids::ReleaseId;

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundValue {
    /// In release tasks, by name.
    pub releases: Vec<FoundRelease>,
    /// In so many drafts of release tasks that were never saved.
    pub new_drafts: u64,
}

/// A release task in which a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRelease {
    /// Key.
    pub id: ReleaseId,
    /// Its name.
    pub name: String,
    /// Name of its team.
    pub team: String,
    /// Name of its region.
    pub region: String,
    /// Whether it is deleted.
    pub is_deleted: bool,
    /// Whether it is under way.
    pub is_active: bool,
    /// In how much of it.
    pub counts: BlankedCounts,
}

/// Whether a text describes that definition.
pub type TextCheck = fn(&str, &Definition) -> bool;

#[derive(FromQueryResult)]
struct Named {
    id: ReleaseId,
    name: String,
    team: String,
    region: String,
    is_deleted: bool,
    is_active: bool,
}

/// A value as columns have it.
struct Wanted {
    /// In those that hold texts.
    text: String,
    /// In those that hold JSON.
    json: String,
    /// In JSON of a text that has it as JSON and YAML escape it.
    json_in_json: String,
}

impl Wanted {
    fn of(value: &UnwantedValue) -> Result<Self> {
        let json = escaped(value.text())?;
        Ok(Self { text: value.text().to_owned(), json_in_json: escaped(&json)?, json })
    }

    /// Whether a column of JSON has it. Both databases have this function, and neither reads it as a pattern.
    fn in_json(&self, column: impl IntoColumnRef + Clone) -> SimpleExpr {
        has(column, &self.json)
    }

    fn in_text(&self, column: impl IntoColumnRef + Clone) -> SimpleExpr {
        has(column, &self.text)
    }

    fn in_version(&self) -> Condition {
        Condition::any()
            .add(self.in_json(version::Column::Definition.as_column_ref()))
            .add(self.in_text(version::Column::Text.as_column_ref()))
            .add(self.in_text(version::Column::Note.as_column_ref()))
    }

    fn in_draft(&self) -> Condition {
        let steps = Query::select()
            .expr(Expr::val(1))
            .from(draft_step::Entity)
            .and_where(draft_step::Column::DraftId.into_expr().equals(draft::Column::Id.as_column_ref()))
            .cond_where(self.in_step())
            .to_owned();
        Condition::any()
            .add(self.in_json(draft::Column::Content.as_column_ref()))
            .add(self.in_json(draft::Column::Base.as_column_ref()))
            .add(self.in_text(draft::Column::Text.as_column_ref()))
            .add(self.in_json(draft::Column::TypedText.as_column_ref()))
            .add(has(draft::Column::TypedText.as_column_ref(), &self.json_in_json))
            .add(Expr::exists(steps))
    }

    fn in_step(&self) -> Condition {
        Condition::any()
            .add(self.in_json(draft_step::Column::Step.as_column_ref()))
            .add(self.in_text(draft_step::Column::Text.as_column_ref()))
    }
}

/// What stands between the quotes of JSON.
fn escaped(text: &str) -> Result<String> {
    let quoted = codec::json(&text)?;
    Ok(quoted[1..quoted.len() - 1].to_owned())
}

fn has(column: impl IntoColumnRef + Clone, value: &str) -> SimpleExpr {
    let without = Func::cust("replace").arg(Expr::col(column.clone())).arg(value).arg("");
    Expr::expr(without).ne(Expr::col(column))
}

impl Store {
    /// Where a value stands as more than a name or a word of the format: where blanking it would change something.
    pub async fn find_value(&self, value: &UnwantedValue, says: TextCheck) -> Result<FoundValue> {
        let wanted = Wanted::of(value)?;
        let search = Search { db: &self.reader, value, wanted: &wanted, lock: RowLock::No };
        let mut all: BTreeMap<Option<ReleaseId>, BlankedCounts> = BTreeMap::new();
        for (release, _) in search.versions(None, says).await? {
            all.entry(Some(release)).or_default().versions += 1;
        }
        for release in search.descriptions().await? {
            all.entry(Some(release)).or_default().descriptions += 1;
        }
        for (_, release) in search.drafts(&Condition::all()).await? {
            all.entry(release).or_default().drafts += 1;
        }
        for release in search.executions(None).await?.into_values() {
            all.entry(Some(release)).or_default().executions += 1;
        }
        let new_drafts = all.remove(&None).map_or(0, |counts| counts.drafts);
        Ok(FoundValue { releases: self.named(all).await?, new_drafts })
    }

    async fn named(&self, mut all: BTreeMap<Option<ReleaseId>, BlankedCounts>) -> Result<Vec<FoundRelease>> {
        let active = Query::select()
            .expr(Expr::val(1))
            .from(executions::Entity)
            .and_where(executions::Column::ReleaseId.into_expr().equals(releases::Column::Id.as_column_ref()))
            .and_where(executions::Column::EndedAt.is_null())
            .to_owned();
        let select = Query::select()
            .column(releases::Column::Id.as_column_ref())
            .column(releases::Column::Name.as_column_ref())
            .expr_as(team::Column::Name.into_expr(), "team")
            .expr_as(region::Column::Name.into_expr(), "region")
            .expr_as(releases::Column::DeletedAt.is_not_null(), "is_deleted")
            .expr_as(Expr::exists(active), "is_active")
            .from(releases::Entity)
            .inner_join(team::Entity, team::Column::Id.into_expr().equals(releases::Column::TeamId.as_column_ref()))
            .inner_join(
                region::Entity,
                region::Column::Id.into_expr().equals(releases::Column::RegionId.as_column_ref()),
            )
            .and_where(releases::Column::Id.is_in(all.keys().flatten().copied()))
            .to_owned();
        let mut found = Vec::new();
        for row in self.reader.query_all(&select).await? {
            let Named { id, name, team, region, is_deleted, is_active } = Named::from_query_result(&row, "")?;
            let counts = all.remove(&Some(id)).unwrap_or_default();
            found.push(FoundRelease { id, name, team, region, is_deleted, is_active, counts });
        }
        found.sort_by(|one, other| (&one.name, &one.team, one.id).cmp(&(&other.name, &other.team, other.id)));
        Ok(found)
    }

    /// Forgets the definitions that were read: a value may have been blanked in them.
    pub fn forget_definitions(&self) {
        self.definitions.forget();
    }
}
