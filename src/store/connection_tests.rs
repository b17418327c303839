//! Tests of the connections of environments: asked for by people, done by a replica in one of its terms. What a replica that is
//! gone began, another begins again.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{connection_test as tests, replica};
use super::error::Result;
use super::replicas::Term;
use super::write::{Stamp, WriteTx};
use crate::domain::connection_test::{ConnectionTest, TestedTarget};
use crate::domain::execution::Moment;
use crate::domain::ids::EnvironmentId;

fn test(row: tests::Model) -> Result<ConnectionTest> {
    Ok(ConnectionTest {
        version: count("connection_tests.version", row.version)?,
        asked_at: row.asked_at,
        asked_by: codec::actor(row.asked_by_id, row.asked_by_name),
        ended_at: row.ended_at,
        targets: codec::from_json("connection_tests.targets", &row.targets)?,
    })
}

/// What is to be done, and no replica that is there does.
fn is_free() -> Condition {
    let doing = Query::select()
        .expr(Expr::val(1))
        .from(replica::Entity)
        .and_where(Expr::col((replica::Entity, replica::Column::Id)).equals((tests::Entity, tests::Column::Replica)))
        .and_where(Expr::col((replica::Entity, replica::Column::Epoch)).equals((tests::Entity, tests::Column::Epoch)))
        .to_owned();
    Condition::all().add(tests::Column::EndedAt.is_null()).add(Expr::exists(doing).not())
}

fn is_done_under(term: &Term) -> Condition {
    let epoch: i64 = column(term.epoch);
    Condition::all()
        .add(tests::Column::Replica.eq(term.replica.as_str()))
        .add(tests::Column::Epoch.eq(epoch))
        .add(tests::Column::EndedAt.is_null())
}

impl Store {
    /// The last test of an environment.
    pub async fn connection_test(&self, of: EnvironmentId) -> Result<Option<ConnectionTest>> {
        tests::Entity::find_by_id(of).one(&self.reader).await?.map(test).transpose()
    }

    /// The environments whose tests are to be done and that nobody does, at most so many, the oldest first.
    pub async fn due_connection_tests(&self, most: u64) -> Result<Vec<EnvironmentId>> {
        let some = tests::Entity::find()
            .select_only()
            .column(tests::Column::EnvironmentId)
            .filter(is_free())
            .order_by_asc(tests::Column::AskedAt)
            .limit(most);
        Ok(some.into_tuple().all(&self.reader).await?)
    }

    /// Takes the test of an environment, if it is still to be done by anybody.
    pub async fn claim_connection_test(&self, of: EnvironmentId, term: &Term) -> Result<Option<ConnectionTest>> {
        let epoch: i64 = column(term.epoch);
        let tx = self.begin_write().await?;
        let claimed = tests::Entity::update_many()
            .col_expr(tests::Column::Replica, Expr::val(term.replica.as_str()))
            .col_expr(tests::Column::Epoch, Expr::val(epoch))
            .filter(tests::Column::EnvironmentId.eq(of))
            .filter(is_free())
            .exec(&tx.tx)
            .await?;
        let found = tests::Entity::find_by_id(of).one(&tx.tx).await?.map(test).transpose()?;
        tx.commit().await?;
        Ok(found.filter(|_| claimed.rows_affected == 1))
    }

    /// Records what a test that was asked for at that time has found so far, and whether it is over. `false` if it is another's
    /// by now, or somebody asked for a new one.
    pub async fn record_connection_test(
        &self,
        (of, asked_at): (EnvironmentId, Moment),
        term: &Term,
        targets: &[TestedTarget],
        ended_at: Option<Moment>,
    ) -> Result<bool> {
        let tx = self.begin_write().await?;
        let recorded = tests::Entity::update_many()
            .col_expr(tests::Column::Targets, Expr::val(codec::json(&targets)?))
            .col_expr(tests::Column::EndedAt, Expr::val(ended_at))
            .filter(tests::Column::EnvironmentId.eq(of))
            .filter(tests::Column::AskedAt.eq(asked_at))
            .filter(is_done_under(term))
            .exec(&tx.tx)
            .await?;
        tx.news.connection_test(of);
        tx.commit().await?;
        Ok(recorded.rows_affected == 1)
    }
}

impl WriteTx {
    /// Asks for a test of that version of an environment, in place of the one before.
    pub async fn ask_connection_test(&self, of: EnvironmentId, version: u32, stamp: &Stamp) -> Result<()> {
        let row = tests::Model {
            environment_id: of,
            version: column(version),
            asked_at: stamp.at,
            asked_by_id: stamp.actor.id(),
            asked_by_name: stamp.actor.name().to_owned(),
            replica: None,
            epoch: None,
            ended_at: None,
            targets: codec::json(&Vec::<TestedTarget>::new())?,
        };
        let columns = [
            tests::Column::Version,
            tests::Column::AskedAt,
            tests::Column::AskedById,
            tests::Column::AskedByName,
            tests::Column::Replica,
            tests::Column::Epoch,
            tests::Column::EndedAt,
            tests::Column::Targets,
        ];
        tests::Entity::insert(tests::ActiveModel::from(row))
            .on_conflict(OnConflict::column(tests::Column::EnvironmentId).update_columns(columns).to_owned())
            .exec_without_returning(&self.tx)
            .await?;
        self.news.connection_test(of);
        Ok(())
    }

    /// The last test of an environment.
    pub async fn connection_test(&self, of: EnvironmentId) -> Result<Option<ConnectionTest>> {
        tests::Entity::find_by_id(of).one(&self.tx).await?.map(test).transpose()
    }
}
