//! From what was read to the three lists.

use super::view::{OverviewLive, OverviewRow, WaitingRow};
use crate::app::reads::{FAILED_DAYS, OpenCheckpoint, OverviewPart, OverviewRelease, OverviewRows, WaitingCheckpoints};
use crate::domain::execution::{DecisionAuthority, Moment, TaskRun, TaskState};
use crate::domain::people::{Person, User};
use crate::domain::{policy, unable};
use crate::messages::{self, Locale};
use crate::pages::components::release_urls::{ReleaseUrls, with_query};
use crate::pages::components::{Action, Link, When, checkpoint, urls};
use crate::pages::decisions::Back;
use crate::pages::executions;
use crate::pages::release_tasks::{list, process};

/// Of so many tasks is said in a row why they failed.
const MAX_FAILURES: usize = 3;

/// The lists, for that reader.
pub fn live(
    reader: &User,
    rows: &OverviewRows,
    waiting: &WaitingCheckpoints,
    people: &[Person],
    mark: u64,
) -> OverviewLive {
    let now = waiting.now();
    let lines = |part: &OverviewPart| part.rows.iter().map(|row| line(row, now)).collect();
    let waiting_rows: Vec<_> = waiting.iter().map(|open| waits(reader, open, people, now)).collect();
    OverviewLive {
        has_operation: waiting_rows.iter().any(|row| row.action.is_some()),
        running: lines(&rows.running),
        running_count: count(&rows.running),
        waiting: waiting_rows,
        waiting_count: waiting.count().to_string(),
        failed: lines(&rows.failed),
        failed_count: count(&rows.failed),
        failed_days: FAILED_DAYS,
        release_tasks: Some(Link::new("Region Release Tasks", urls::home())),
        refresh: Some(urls::overview_seen(mark)),
    }
}

fn count(part: &OverviewPart) -> String {
    let shown = part.rows.len() as u64;
    Locale::default().activity().part(shown, part.count)
}

fn line(of: &OverviewRelease, now: Moment) -> OverviewRow {
    let OverviewRelease { release, region, started_by, started_at, ended_at, failures, .. } = of;
    let over = !release.status.is_active();
    OverviewRow {
        id: format!("release-{}", release.id),
        release: Link::new(&release.name, ReleaseUrls::new(region, release.id).show()),
        belongs: format!("{} · {region}", release.team),
        status: list::status(release),
        why: why(failures),
        phases: process::segments(&release.segments, over),
        phases_told: executions::told(&release.segments),
        execution: Locale::default().activity().execution_by(release.last_number, started_by),
        when: When::at(ended_at.unwrap_or(*started_at), now),
    }
}

/// What failed, in so many sentences that a row stays a row.
fn why(failures: &[TaskRun]) -> Vec<String> {
    let locale = Locale::default();
    let mut told: Vec<String> = failures.iter().filter_map(|task| messages::failed_task(task, locale)).collect();
    if told.len() > MAX_FAILURES {
        let more = told.split_off(MAX_FAILURES).len();
        told.push(locale.activity().more(more));
    }
    told
}

fn waits(reader: &User, open: &OpenCheckpoint, people: &[Person], now: Moment) -> WaitingRow {
    let (execution, run) = (&open.execution, &open.execution.tasks[0]);
    let release = ReleaseUrls::new(&open.region, execution.release_id);
    let words = Locale::default();
    let is_theirs = policy::may_decide(reader, execution, 0, now) == Some(DecisionAuthority::Approver);
    let approve = || {
        let url = with_query(&release.decision(execution.number, &run.name), &[("back", Back::Overview.word())]);
        Action::approve(url).about(&run.name).waiting_since(run.started_at)
    };
    WaitingRow {
        id: format!("ask-{}", run.id),
        task: Link::new(&run.name, release.task(execution.number, &run.name)),
        release: Link::new(words.audit().place(&open.release, Some(execution.number)), release.show()),
        belongs: format!("{} · {}", open.team, open.region),
        deciders: checkpoint::deciders(&execution.spec(0).kind),
        able: unable::able(people, execution, 0).map(|able| words.dialogs().able(&able)),
        since: asked_since(run).map(|since| When::at(since, now)),
        deadline: run.state.asking().flatten().map(|at| When::at(at, now)),
        action: is_theirs.then(approve),
    }
}

/// Since when a checkpoint waits.
fn asked_since(run: &TaskRun) -> Option<Moment> {
    if let TaskState::ToBeApproved { since, .. } = run.state { Some(since) } else { None }
}
