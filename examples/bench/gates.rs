//! 1,000 checkpoints: decided the moment that they open, and left waiting.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tollgate::domain::ids::{ExecutionId, ReleaseId};

use crate::client::Client;
use crate::database::Sql;
use crate::pages::{SUCCESSFUL, TO_BE_APPROVED};
use crate::rest;
use crate::run::Run;
use crate::scene::{GATES, url};
use crate::seed::RELEASES;

/// Connections of who executes, and of who decides.
const OPERATORS: usize = 4;
const APPROVERS: usize = 8;
/// What counts as at once.
const BATCH_SIZE: TimeDelta = TimeDelta::milliseconds(100);

/// A checkpoint that is open: its release task and the number of its execution.
type Open = (ReleaseId, i32);

/// Both.
pub async fn measure(run: &mut Run<'_>) -> anyhow::Result<()> {
    decided_at_once(run).await?;
    left_waiting(run).await
}

async fn decided_at_once(run: &mut Run<'_>) -> anyhow::Result<()> {
    let began = Instant::now();
    let (tell, hear) = mpsc::unbounded_channel();
    let (hear, watch) = (Arc::new(Mutex::new(hear)), run.place.connect().await?);
    let watching = tokio::spawn(async move { watch_for_open(&watch, &tell).await });
    let mut approvers = JoinSet::new();
    for _ in 0..APPROVERS {
        approvers.spawn(decide(run.approver().await?, Arc::clone(&hear)));
    }
    execute_all(run).await?;
    watching.await??;
    let mut refused = 0;
    while let Some(decided) = approvers.join_next().await {
        refused += decided??;
    }
    run.sql.until(&of_gates("count(*)", &format!("AND r.status = {SUCCESSFUL}")), count(RELEASES)?).await?;
    let elapsed = began.elapsed();

    let decisions = of_gates("count(*)", "").replace("releases r", DECISIONS_OF);
    let decided = of_gates("count(DISTINCT e.id)", "").replace("releases r", DECISIONS_OF);
    let (decisions, decided) = (run.sql.number(&decisions).await?, run.sql.number(&decided).await?);
    ensure!(decisions == decided, "{decisions} decisions on {decided} checkpoints");
    let mut waited = waits(&run.sql).await?;
    waited.sort_unstable();
    let at_once = waited.iter().filter(|waited| **waited <= BATCH_SIZE).count();
    let lost = count(RELEASES)? - decided;
    let found = format!(
        "**{lost} lost, {refused} failed**, {at_once} within 100 ms (most {} ms), all in {:.1} s",
        waited.last().map_or(0, TimeDelta::num_milliseconds),
        elapsed.as_secs_f64(),
    );
    run.report.other(run.place.kind, "1,000 decisions as their checkpoints open", &found, "none lost, none failed");
    Ok(())
}

const DECISIONS_OF: &str =
    "releases r JOIN executions e ON e.release_id = r.id JOIN decisions d ON d.execution_id = e.id";

/// A question about the release tasks of the region, of which `r` is one.
fn of_gates(what: &str, and: &str) -> String {
    format!("SELECT {what} FROM releases r WHERE r.region_id = (SELECT id FROM regions WHERE name = '{GATES}') {and}")
}

fn count(number: usize) -> anyhow::Result<i64> {
    Ok(i64::try_from(number)?)
}

async fn execute_all(run: &Run<'_>) -> anyhow::Result<()> {
    let ids: Vec<ReleaseId> = run
        .sql
        .rows(&of_gates("r.id", ""))
        .await?
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?;
    ensure!(ids.len() == RELEASES, "{} release tasks", ids.len());
    let mut operators = JoinSet::new();
    for part in ids.chunks(RELEASES / OPERATORS) {
        let (mut operator, part, form) = (run.operator().await?, part.to_vec(), run.scene.gate.all_chosen());
        operators.spawn(async move {
            for id in part {
                let answer = operator.post(&format!("{}/execute", url(GATES, id)), &form).await?;
                ensure!(answer.status == 303, "{id} could not be executed: {}", answer.status);
            }
            Ok(())
        });
    }
    while let Some(executed) = operators.join_next().await {
        executed??;
    }
    Ok(())
}

/// Tells of each checkpoint once, as soon as the database has it, until all were open.
async fn watch_for_open(sql: &Sql, tell: &mpsc::UnboundedSender<Open>) -> anyhow::Result<()> {
    let open = of_gates("e.release_id, e.number", "AND t.state = 'to_be_approved'").replace(
        "releases r",
        "task_runs t JOIN executions e ON e.id = t.execution_id JOIN releases r ON r.id = e.release_id",
    );
    let mut told = HashSet::new();
    while told.len() < RELEASES {
        for row in sql.rows(&open).await? {
            let open: Open = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            if told.insert(open) {
                tell.send(open)?;
            }
        }
        sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

/// Agrees to whatever is told; answers how many decisions were not taken.
async fn decide(mut approver: Client, hear: Arc<Mutex<mpsc::UnboundedReceiver<Open>>>) -> anyhow::Result<usize> {
    let mut refused = 0;
    loop {
        let Some((id, number)) = hear.lock().await.recv().await else { return Ok(refused) };
        let decision = format!("{}/executions/{number}/tasks/go-live/decision", url(GATES, id));
        let answer = approver.post(&decision, "verdict=agree&comment=").await?;
        refused += usize::from(answer.status != 303);
    }
}

/// How long each checkpoint was open, as the events say.
async fn waits(sql: &Sql) -> anyhow::Result<Vec<TimeDelta>> {
    let events = of_gates("v.execution_id, v.happened_at", "AND v.kind IN ('checkpoint_opened', 'decided')")
        .replace("releases r", "releases r JOIN events v ON v.release_id = r.id");
    let mut times: HashMap<ExecutionId, (DateTime<Utc>, DateTime<Utc>)> = HashMap::new();
    for row in sql.rows(&events).await? {
        let (execution, at): (ExecutionId, DateTime<Utc>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let (first, last) = times.entry(execution).or_insert((at, at));
        (*first, *last) = (at.min(*first), at.max(*last));
    }
    Ok(times.into_values().map(|(opened, decided)| decided - opened).collect())
}

/// What 1,000 checkpoints cost that nobody decides: of two servers that were just started, one knows them.
async fn left_waiting(run: &mut Run<'_>) -> anyhow::Result<()> {
    let (memory, disk) = (memory(run).await?, run.sql.size().await?);
    execute_all(run).await?;
    run.sql.until(&of_gates("count(*)", &format!("AND r.status = {TO_BE_APPROVED}")), count(RELEASES)?).await?;
    let processes = run.server.processes();
    let (memory, disk) = (self::memory(run).await? - memory, run.sql.size().await? - disk);
    let found = format!(
        "{processes} processes, **{:.1} KiB of memory**, {:.1} KiB of disk",
        memory.max(0.0) / 1000.0,
        f64::from(i32::try_from(disk / 1024)?) / 1000.0,
    );
    run.report.other(run.place.kind, "A checkpoint that waits (of 1,000)", &found, "no process, 20 KiB");
    Ok(())
}

/// Memory of a fresh server whose approver has looked at what waits.
async fn memory(run: &mut Run<'_>) -> anyhow::Result<f64> {
    run.restart()?;
    run.approver().await?.get("/approvals").await?;
    Ok(rest::settled(&run.server).await)
}
