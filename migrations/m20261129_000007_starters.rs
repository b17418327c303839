//! Starters of an execution beside the person who started it: whoever retried it or skipped one of its
//! failed tasks, as the audit tells. Who saved a version did not count when older executions began.

use std::collections::BTreeMap;

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text;
use sea_orm_migration::sea_orm::prelude::Uuid;
use serde_json::{Value, json};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let starters = text("starters").default("[]").take();
        manager.alter_table(Table::alter().table("executions").add_column(starters).to_owned()).await?;
        let db = manager.get_connection();
        for (execution, starters) in told(db).await? {
            let update = Query::update()
                .table("executions")
                .value("starters", Value::from(starters).to_string())
                .and_where(Expr::col("id").eq(execution))
                .to_owned();
            db.execute(&update).await?;
        }
        Ok(())
    }
}

/// The starters of executions that were retried, each once, in order.
async fn told(db: &SchemaManagerConnection<'_>) -> Result<BTreeMap<Uuid, Vec<Value>>, DbErr> {
    let events = Query::select()
        .columns([("events", "execution_id"), ("events", "actor_id"), ("events", "actor_name"), ("events", "kind")])
        .column(("executions", "started_by_id"))
        .from("events")
        .inner_join("executions", Expr::col(("executions", "id")).equals(("events", "execution_id")))
        .and_where(Expr::col(("events", "about")).eq("execution"))
        .and_where(Expr::col(("events", "kind")).is_in(["retry_asked", "task_skipped"]))
        .and_where(Expr::col(("events", "actor_id")).is_not_null())
        .order_by(("events", "id"), Order::Asc)
        .to_owned();
    let mut starters: BTreeMap<Uuid, Vec<Value>> = BTreeMap::new();
    for row in db.query_all(&events).await? {
        let (who, started_by): (Uuid, Option<Uuid>) = (row.try_get("", "actor_id")?, row.try_get("", "started_by_id")?);
        let (name, kind): (String, String) = (row.try_get("", "actor_name")?, row.try_get("", "kind")?);
        let known = starters.entry(row.try_get("", "execution_id")?).or_default();
        let id = who.to_string();
        if started_by != Some(who) && !known.iter().any(|starter| starter["who"]["id"] == id.as_str()) {
            let how = if kind == "retry_asked" { "retried" } else { "skipped" };
            known.push(json!({ "who": { "who": "person", "id": id, "name": name }, "how": how }));
        }
    }
    Ok(starters)
}
