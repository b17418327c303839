//! Drafts of release tasks. What was done in one is kept a row for each step, so that a command writes one of them, however long
//! the history is.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{draft, draft_step, region, team, user};
use super::error::{Result, StoreError};
use super::write::WriteTx;
use crate::domain::draft::Draft;
use crate::domain::edit::HistoryEntry;
use crate::domain::execution::Moment;
use crate::domain::ids::{DraftId, ReleaseId, UserId};
use crate::domain::release::ReleaseOwner;

/// A draft as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDraft {
    /// Key.
    pub id: DraftId,
    /// Whose it is.
    pub user_id: UserId,
    /// Where the release task belongs, or will.
    pub owner: ReleaseOwner,
    /// The release task; none before its first version is saved.
    pub release_id: Option<ReleaseId>,
    /// The version that it began with.
    pub based_on: Option<u32>,
    /// What is in it.
    pub draft: Draft,
    /// The text that somebody wrote of what is in it, if nothing was changed otherwise since.
    pub text: Option<String>,
    /// A text that somebody typed and that is not applied: it has faults, or they did not come to it.
    pub typed_text: Option<String>,
    /// What was in that version, with the ids that its elements have here.
    pub base: Option<Draft>,
    /// The number of the last step that is done; those behind it were undone.
    pub steps_done: u64,
    /// Grows with each change.
    pub rev: u64,
    /// Since when it is there.
    pub created_at: Moment,
    /// When it was changed last.
    pub changed_at: Moment,
}

/// A step of what was done in a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredStep {
    /// What takes it back, or does it again.
    pub entry: HistoryEntry,
    /// The text of the draft on the other side of it.
    pub text: Option<String>,
}

/// A draft in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDraft {
    /// Key.
    pub id: DraftId,
    /// Name of whose it is.
    pub user: String,
    /// Whether anything was ever changed in it.
    pub is_touched: bool,
    /// When it was changed last.
    pub changed_at: Moment,
}

/// What a team and a region are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerPlaces {
    /// Name of the region.
    pub region: String,
    /// Name of the team.
    pub team: String,
}

impl Store {
    /// The draft of that key.
    pub async fn draft(&self, id: DraftId) -> Result<Option<StoredDraft>> {
        draft::Entity::find_by_id(id).one(&self.reader).await?.map(StoredDraft::try_from).transpose()
    }

    /// One step of what was done in a draft.
    pub async fn draft_step(&self, id: DraftId, number: u64) -> Result<Option<HistoryEntry>> {
        let row = draft_step::Entity::find_by_id((id, column(number))).one(&self.reader).await?;
        row.map(|row| codec::from_json("draft_steps.step", &row.step)).transpose()
    }

    /// What the team and the region are called.
    pub async fn places_of(&self, owner: ReleaseOwner) -> Result<Option<OwnerPlaces>> {
        places(&self.reader, owner).await
    }

    /// That person's draft of that release task.
    pub async fn draft_of(&self, user_id: UserId, release_id: ReleaseId) -> Result<Option<StoredDraft>> {
        let theirs = draft::Entity::find()
            .filter(draft::Column::UserId.eq(user_id))
            .filter(draft::Column::ReleaseId.eq(release_id));
        theirs.one(&self.reader).await?.map(StoredDraft::try_from).transpose()
    }

    /// The drafts of a release task, whoever has them.
    pub async fn drafts_of_release(&self, id: ReleaseId) -> Result<Vec<ListedDraft>> {
        let select = Query::select()
            .column(draft::Column::Id.as_column_ref())
            .expr_as(user::Column::Name.into_expr(), "user_name")
            .column(draft::Column::Rev.as_column_ref())
            .column(draft::Column::ChangedAt.as_column_ref())
            .from(draft::Entity)
            .inner_join(user::Entity, user::Column::Id.into_expr().equals(draft::Column::UserId.as_column_ref()))
            .and_where(draft::Column::ReleaseId.eq(id))
            .order_by(draft::Column::ChangedAt.as_column_ref(), Order::Desc)
            .to_owned();
        let rows = self.reader.query_all(&select).await?;
        rows.iter()
            .map(|row| {
                Ok(ListedDraft {
                    id: row.try_get("", "id")?,
                    user: row.try_get("", "user_name")?,
                    is_touched: row.try_get::<i64>("", "rev")? > 0,
                    changed_at: row.try_get("", "changed_at")?,
                })
            })
            .collect()
    }

    /// Somebody's drafts of release tasks that are not there yet, the newest first.
    pub async fn new_drafts_of(&self, user_id: UserId) -> Result<Vec<StoredDraft>> {
        let rows = draft::Entity::find()
            .filter(draft::Column::UserId.eq(user_id))
            .filter(draft::Column::ReleaseId.is_null())
            .order_by_desc(draft::Column::ChangedAt)
            .all(&self.reader)
            .await?;
        rows.into_iter().map(StoredDraft::try_from).collect()
    }
}

async fn places(db: &impl ConnectionTrait, owner: ReleaseOwner) -> Result<Option<OwnerPlaces>> {
    let region = region::Entity::find_by_id(owner.region).one(db).await?;
    let team = team::Entity::find_by_id(owner.team).one(db).await?;
    Ok(region.zip(team).map(|(region, team)| OwnerPlaces { region: region.name, team: team.name }))
}

impl WriteTx {
    /// What the team and the region are called.
    pub async fn places_of(&self, owner: ReleaseOwner) -> Result<Option<OwnerPlaces>> {
        places(&self.tx, owner).await
    }

    /// The draft of that key.
    pub async fn draft(&self, id: DraftId) -> Result<Option<StoredDraft>> {
        draft::Entity::find_by_id(id).one(&self.tx).await?.map(StoredDraft::try_from).transpose()
    }

    /// That person's draft of that release task.
    pub async fn draft_of(&self, user_id: UserId, release_id: ReleaseId) -> Result<Option<DraftId>> {
        let id = draft::Entity::find()
            .select_only()
            .column(draft::Column::Id)
            .filter(draft::Column::UserId.eq(user_id))
            .filter(draft::Column::ReleaseId.eq(release_id))
            .into_tuple()
            .one(&self.tx)
            .await?;
        Ok(id)
    }

    /// How many drafts that person has.
    pub async fn count_drafts(&self, user_id: UserId) -> Result<u64> {
        Ok(draft::Entity::find().filter(draft::Column::UserId.eq(user_id)).count(&self.tx).await?)
    }

    /// Writes down a new draft, unless its owner has one of that release task already.
    pub async fn insert_draft(&self, stored: &StoredDraft) -> Result<()> {
        let row = draft::ActiveModel::from(draft::Model {
            id: stored.id,
            user_id: stored.user_id,
            team_id: stored.owner.team,
            region_id: stored.owner.region,
            release_id: stored.release_id,
            based_on: stored.based_on.map(column),
            content: codec::json(&stored.draft)?,
            base: stored.base.as_ref().map(codec::json).transpose()?,
            text: stored.text.clone(),
            typed_text: stored.typed_text.as_ref().map(codec::json).transpose()?,
            steps_done: column(stored.steps_done),
            rev: column(stored.rev),
            created_at: stored.created_at,
            changed_at: stored.changed_at,
        });
        // Of a release task that is not there yet there may be any number.
        let insert =
            draft::Entity::insert(row).on_conflict_do_nothing_on([draft::Column::UserId, draft::Column::ReleaseId]);
        insert.exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Writes down what became of a draft. [`StoreError::Stale`] if it was changed since it was loaded.
    pub async fn save_draft(&self, before: &StoredDraft, after: &StoredDraft) -> Result<()> {
        let expected: i64 = column(before.rev);
        let typed = after.typed_text.as_ref().map(codec::json).transpose()?;
        let update = draft::Entity::update_many()
            .col_expr(draft::Column::TeamId, Expr::value(after.owner.team))
            .col_expr(draft::Column::BasedOn, Expr::value(after.based_on.map(column::<i32, _>)))
            .col_expr(draft::Column::Content, Expr::value(codec::json(&after.draft)?))
            .col_expr(draft::Column::Text, Expr::value(after.text.clone()))
            .col_expr(draft::Column::TypedText, Expr::value(typed))
            .col_expr(draft::Column::StepsDone, Expr::value(column::<i64, _>(after.steps_done)))
            .col_expr(draft::Column::Rev, Expr::value(expected + 1))
            .col_expr(draft::Column::ChangedAt, Expr::value(after.changed_at))
            .filter(draft::Column::Id.eq(after.id))
            .filter(draft::Column::Rev.eq(expected));
        if update.exec(&self.tx).await?.rows_affected == 0 {
            return Err(StoreError::Stale);
        }
        Ok(())
    }

    /// Writes down that a draft goes on from a newer version.
    pub async fn set_draft_base(&self, id: DraftId, base: &Draft) -> Result<()> {
        draft::Entity::update_many()
            .col_expr(draft::Column::Base, Expr::value(codec::json(base)?))
            .filter(draft::Column::Id.eq(id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Removes a draft with all that was done in it. [`StoreError::Stale`] if it was changed since it was loaded: what another tab
    /// has typed meanwhile would be lost otherwise.
    pub async fn remove_draft(&self, loaded: &StoredDraft) -> Result<()> {
        self.remove_draft_steps(loaded.id, 0).await?;
        let delete = draft::Entity::delete_many()
            .filter(draft::Column::Id.eq(loaded.id))
            .filter(draft::Column::Rev.eq(column::<i64, _>(loaded.rev)));
        if delete.exec(&self.tx).await?.rows_affected == 0 {
            return Err(StoreError::Stale);
        }
        Ok(())
    }

    /// One step of what was done in a draft.
    pub async fn draft_step(&self, id: DraftId, number: u64) -> Result<Option<StoredStep>> {
        let row = draft_step::Entity::find_by_id((id, column(number))).one(&self.tx).await?;
        row.map(|row| Ok(StoredStep { entry: codec::from_json("draft_steps.step", &row.step)?, text: row.text }))
            .transpose()
    }

    /// Writes a step down under its number, whatever was there.
    pub async fn put_draft_step(&self, id: DraftId, number: u64, step: &StoredStep) -> Result<()> {
        let number = column(number);
        draft_step::Entity::delete_by_id((id, number)).exec(&self.tx).await?;
        let StoredStep { entry, text } = step;
        let bytes = column(entry.bytes + text.as_ref().map_or(0, String::len));
        let row = draft_step::ActiveModel::from(draft_step::Model {
            draft_id: id,
            number,
            step: codec::json(entry)?,
            bytes,
            text: text.clone(),
        });
        draft_step::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Removes every step behind that one.
    pub async fn remove_draft_steps(&self, id: DraftId, behind: u64) -> Result<()> {
        draft_step::Entity::delete_many()
            .filter(draft_step::Column::DraftId.eq(id))
            .filter(draft_step::Column::Number.gt(column::<i64, _>(behind)))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Removes the oldest steps, so that so many are left at most, and take so many bytes at most; the newest one stays.
    pub async fn trim_draft_steps(&self, id: DraftId, most: usize, most_bytes: usize) -> Result<()> {
        let rows: Vec<(i64, i64)> = draft_step::Entity::find()
            .select_only()
            .columns([draft_step::Column::Number, draft_step::Column::Bytes])
            .filter(draft_step::Column::DraftId.eq(id))
            .order_by_desc(draft_step::Column::Number)
            .into_tuple()
            .all(&self.tx)
            .await?;
        let (mut kept, mut bytes) = (0_usize, 0_u64);
        let first_too_many = rows.iter().find(|(_, own)| {
            kept += 1;
            bytes = bytes.saturating_add(own.unsigned_abs());
            kept > most || (kept > 1 && bytes > most_bytes as u64)
        });
        if let Some((number, _)) = first_too_many {
            draft_step::Entity::delete_many()
                .filter(draft_step::Column::DraftId.eq(id))
                .filter(draft_step::Column::Number.lte(*number))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }
}

impl TryFrom<draft::Model> for StoredDraft {
    type Error = StoreError;

    fn try_from(row: draft::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            owner: ReleaseOwner { team: row.team_id, region: row.region_id },
            release_id: row.release_id,
            based_on: row.based_on.map(|number| count("drafts.based_on", number)).transpose()?,
            draft: codec::from_json("drafts.content", &row.content)?,
            base: row.base.map(|base| codec::from_json("drafts.base", &base)).transpose()?,
            text: row.text,
            typed_text: row.typed_text.map(|typed| codec::from_json("drafts.typed_text", &typed)).transpose()?,
            steps_done: count("drafts.steps_done", row.steps_done)?,
            rev: count("drafts.rev", row.rev)?,
            created_at: row.created_at,
            changed_at: row.changed_at,
        })
    }
}
