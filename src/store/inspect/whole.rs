//! Consistency checks of the database as a whole rather than of one execution.

use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    Statement,
};

use crate::domain::consistency::Whole;
use crate::domain::execution::Moment;
use crate::store::connect::{Backend, Store};
use crate::store::entities::{execution as executions, replica as replicas};
use crate::store::error::Result;

/// A replica that was seen within this time is at work.
const LATELY: chrono::Duration = chrono::Duration::seconds(15);

/// What has had something to do for so long should have been done.
const LATE: chrono::Duration = chrono::Duration::minutes(1);

#[derive(FromQueryResult)]
struct Counted {
    release: String,
    count: i64,
    highest: i64,
    last: i64,
}

#[derive(FromQueryResult)]
struct Reference {
    child: String,
    parent: String,
    count: i64,
}

impl Store {
    /// Everything that is wrong with the database as a whole.
    pub async fn inspect_whole(&self) -> Result<Vec<Whole>> {
        let tx = self.snapshot().await?;
        let mut found = match self.backend() {
            Backend::Sqlite => damage(&tx).await?,
            // PostgreSQL checks every reference at every write.
            Backend::Postgres => Vec::new(),
        };
        found.extend(active(&tx).await?);
        found.extend(numbers(&tx).await?);
        found.extend(locks(&tx).await?);
        tx.commit().await?;
        Ok(found)
    }
}

impl Store {
    /// What is wrong with who carries on what, at that moment.
    pub async fn inspect_replicas(&self, now: Moment) -> Result<Vec<Whole>> {
        let known = Query::select().column(replicas::Column::Id).from(replicas::Entity).take();
        let active = || executions::Entity::find().filter(executions::Column::EndedAt.is_null());
        let lost = active().filter(executions::Column::Owner.not_in_subquery(known)).count(&self.reader).await?;
        let at_work = replicas::Entity::find()
            .filter(replicas::Column::StoppedAt.is_null())
            .filter(replicas::Column::GoneAt.is_null())
            .filter(replicas::Column::LastSeenAt.gt(now - LATELY))
            .count(&self.reader)
            .await?;
        let late = active().filter(executions::Column::WakeAt.lt(now - LATE)).count(&self.reader).await?;
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let mut found = Vec::new();
        if lost > 0 {
            found.push(Whole::OwnerUnknown { count: number(lost) });
        }
        if at_work > 0 && late > 0 {
            found.push(Whole::Overdue { count: number(late) });
        }
        Ok(found)
    }
}

fn asked(db: &DatabaseTransaction, sql: &str) -> Statement {
    Statement::from_string(db.get_database_backend(), sql)
}

async fn damage(db: &DatabaseTransaction) -> Result<Vec<Whole>> {
    let mut found = Vec::new();
    for row in db.query_all_raw(asked(db, "PRAGMA integrity_check")).await? {
        let said: String = row.try_get_by_index(0)?;
        if said != "ok" {
            found.push(Whole::Damaged(said));
        }
    }
    let dangling = "SELECT \"table\" AS child, parent, count(*) AS count FROM pragma_foreign_key_check \
                    GROUP BY \"table\", parent";
    for Reference { child, parent, count } in Reference::find_by_statement(asked(db, dangling)).all(db).await? {
        found.push(Whole::Dangling { table: child, to: parent, count });
    }
    Ok(found)
}

async fn active(db: &DatabaseTransaction) -> Result<Vec<Whole>> {
    let several = "SELECT r.name AS release, count(*) AS count, CAST(0 AS BIGINT) AS highest, CAST(0 AS BIGINT) AS last \
                   FROM executions e JOIN releases r ON r.id = e.release_id WHERE e.ended_at IS NULL \
                   GROUP BY r.id, r.name HAVING count(*) > 1 ORDER BY r.name";
    let rows = Counted::find_by_statement(asked(db, several)).all(db).await?;
    Ok(rows.into_iter().map(|row| Whole::TwoActive { release: row.release, count: row.count }).collect())
}

#[derive(FromQueryResult)]
struct Held {
    environment: String,
    count: i64,
}

async fn locks(db: &DatabaseTransaction) -> Result<Vec<Whole>> {
    let shared = "SELECT e.name AS environment, count(*) AS count FROM environment_uses u \
                  JOIN environments e ON e.id = u.environment_id WHERE u.freed_at IS NULL AND u.exclusive \
                  GROUP BY e.id, e.name HAVING count(*) > 1 ORDER BY e.name";
    let left = "SELECT e.name AS environment, count(*) AS count FROM environment_uses u \
                JOIN environments e ON e.id = u.environment_id JOIN executions x ON x.id = u.execution_id \
                WHERE u.freed_at IS NULL AND x.ended_at IS NOT NULL GROUP BY e.id, e.name ORDER BY e.name";
    let shared = Held::find_by_statement(asked(db, shared)).all(db).await?;
    let left = Held::find_by_statement(asked(db, left)).all(db).await?;
    let shared = shared.into_iter().map(|Held { environment, count }| Whole::SharedLock { environment, count });
    let left = left.into_iter().map(|Held { environment, count }| Whole::LockBehindEnd { environment, count });
    Ok(shared.chain(left).collect())
}

async fn numbers(db: &DatabaseTransaction) -> Result<Vec<Whole>> {
    let holes = "SELECT r.name AS release, count(e.id) AS count, CAST(coalesce(max(e.number), 0) AS BIGINT) AS highest, \
                 CAST(r.last_number AS BIGINT) AS last \
                 FROM releases r LEFT JOIN executions e ON e.release_id = r.id GROUP BY r.id, r.name, r.last_number \
                 HAVING count(e.id) <> r.last_number OR coalesce(max(e.number), 0) <> r.last_number ORDER BY r.name";
    let rows = Counted::find_by_statement(asked(db, holes)).all(db).await?;
    let number = |row: Counted| {
        let Counted { release, count, highest, last } = row;
        Whole::Numbers { release, count, highest, last }
    };
    Ok(rows.into_iter().map(number).collect())
}
