//! How fast an execution goes on: what lies between a click, or the end of a task, and the next thing that happens.

use std::fs;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};

use crate::client::Client;
use crate::load::Times;
use crate::pages::{SUCCESSFUL, TO_BE_APPROVED};
use crate::report::milliseconds;
use crate::run::Run;
use crate::scene::ReleaseTask;
use crate::team_folder::team_folder;

/// How often executions of several steps are repeated.
const ROUNDS: usize = 7;
/// How many decisions are measured.
const DECISIONS: usize = 100;

/// All of it.
pub async fn measure(run: &mut Run<'_>) -> anyhow::Result<()> {
    let two_by_two = executions(run, &run.scene.two_by_two, TO_BE_APPROVED).await?;
    tell(run, "Execute Now to the checkpoint of 2 × 2 tasks of 0.2 s", two_by_two, "450 ms");
    let forty = executions(run, &run.scene.forty, SUCCESSFUL).await?;
    tell(run, "40 empty commands, one after the other", forty, "600 ms");
    let mut handovers = handovers(run).await?;
    let found = format!(
        "p50 {} ms, **p95 {} ms**, most {} ms",
        milliseconds(handovers.quantile(500)),
        milliseconds(handovers.quantile(950)),
        milliseconds(handovers.quantile(1000)),
    );
    run.report.other(run.place.kind, "A decision to the process of the next task", &found, "p95 20 ms");
    Ok(())
}

fn tell(run: &mut Run<'_>, what: &str, mut times: Times, aim: &str) {
    let found =
        format!("**median {} ms**, most {} ms", milliseconds(times.quantile(500)), milliseconds(times.quantile(1000)));
    run.report.other(run.place.kind, what, &found, aim);
}

/// From Execute Now being sent until the release task is in that status.
async fn executions(run: &Run<'_>, task: &ReleaseTask, status: i64) -> anyhow::Result<Times> {
    let (mut operator, mut approver) = (run.operator().await?, run.approver().await?);
    let mut times = Times::default();
    for number in 1..=i64::try_from(ROUNDS)? {
        let began = Instant::now();
        execute(&mut operator, task).await?;
        run.sql.until_status(task.id, status).await?;
        times.add(began.elapsed());
        if status == TO_BE_APPROVED {
            agree(&mut approver, task, number).await?;
            run.sql.until_status(task.id, SUCCESSFUL).await?;
        }
    }
    Ok(times)
}

/// From a decision being sent until the script after the checkpoint looks at the clock.
async fn handovers(run: &Run<'_>) -> anyhow::Result<Times> {
    let (mut operator, mut approver) = (run.operator().await?, run.approver().await?);
    let task = &run.scene.handover;
    let mut times = Times::default();
    for number in 1..=i64::try_from(DECISIONS)? {
        execute(&mut operator, task).await?;
        run.sql.until_status(task.id, TO_BE_APPROVED).await?;
        let sent = now()?;
        agree(&mut approver, task, number).await?;
        run.sql.until_status(task.id, SUCCESSFUL).await?;
        let stamps = fs::read_to_string(team_folder(&run.place.data()).join("stamps/started"))?;
        ensure!(stamps.lines().count() == times.count() + 1, "the script did not run once");
        let started = stamps.lines().last().and_then(|stamp| stamp.parse().ok()).context("no time")?;
        times.add(Duration::from_nanos(started).saturating_sub(sent));
    }
    Ok(times)
}

/// Executes all of it.
pub async fn execute(operator: &mut Client, task: &ReleaseTask) -> anyhow::Result<()> {
    let answer = operator.post(&format!("{}/execute", task.url), &task.all_chosen()).await?;
    ensure!(answer.status == 303, "{} could not be executed: {}", task.url, answer.status);
    Ok(())
}

/// Agrees at its checkpoint `go-live`.
pub async fn agree(approver: &mut Client, task: &ReleaseTask, number: i64) -> anyhow::Result<()> {
    let answer = approver.post(&task.decision(number, "go-live"), "verdict=agree&comment=").await?;
    ensure!(answer.status == 303, "{} could not be decided: {}", task.url, answer.status);
    Ok(())
}

/// The time as scripts tell it.
pub fn now() -> anyhow::Result<Duration> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?)
}
