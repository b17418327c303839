//! Retention: what is kept, what is removed and in which order, and what becomes of it when a program ends in between.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use tollgate::app::{AppError, Caller, PassStep};
use tollgate::domain::decide::Command;
use tollgate::domain::event::AccountEvent;
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::{ExecutionId, ReleaseId};
use tollgate::domain::retention::{KeepRule, PolicyField, RetentionPolicy};
use tollgate::domain::status::ReleaseStatus;
use tollgate::prune::folders::FolderSize;
use tollgate::prune::{Pruned, Pruner};
use tollgate::store::{AttemptKey, Backend, Cursor, Happened, LogChunk, Removal, RemovalPlace};

use super::stage::{NODE, Stage};
use super::tasks::{approval, command, phases};
use crate::db::Db;

on_both!(
    d10_with_zero_days_nothing_goes_of_what_runs_or_waits_or_is_the_last,
    d10_an_administrator_says_what_a_region_keeps,
    d11_rows_and_files_are_counted_and_removed_together,
    d11_files_without_rows_are_found,
    d11_whatever_ends_a_pruning_the_next_one_goes_on,
    d11_a_run_folder_is_removed_on_its_own_machine,
    a_pruning_says_before_what_it_does,
    a19_what_goes_on_after_its_logs_went_keeps_its_new_ones_alone,
);

const NOTHING: RetentionPolicy = RetentionPolicy {
    successful: KeepRule { days: 0, executions: 0 },
    unsuccessful: KeepRule { days: 0, executions: 0 },
};

fn pruner(stage: &Stage) -> Pruner {
    Pruner::new(stage.app.clone(), stage.folders.clone(), Some(NODE.to_owned()))
}

/// A stage whose region keeps nothing longer than it must.
async fn forgetful(db: Db) -> Stage {
    let stage = Stage::set(db).await;
    stage.app.set_retention(&Caller::CommandLine, "eu-west", NOTHING).await.unwrap();
    stage
}

/// A script and a gate.
async fn gated(stage: &Stage, name: &str) -> ReleaseId {
    let definition = phases(vec![vec![vec![command("build")]], vec![vec![approval("go-live", 1, None)]]]);
    stage.release(name, definition).await
}

/// Executes it up to the gate, with some log.
async fn to_the_gate(stage: &Stage, release: ReleaseId) -> Execution {
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("build").await.succeeds();
    let waiting = stage.until_status(release, ReleaseStatus::ToBeApproved).await;
    let build = &waiting.tasks[0];
    std::fs::write(stage.folders.log(waiting.id, "build", 1), vec![b'x'; 10_000]).unwrap();
    let attempt = AttemptKey { task_run_id: build.id, number: 1 };
    let piece =
        |number: u64| LogChunk { of: attempt.into(), release, at: number * 100, bytes: vec![b'x'; 100], dropped: None };
    stage.app.store.add_to_logs((0..70).map(piece).collect()).await.unwrap();
    waiting
}

/// An execution that has ended, and is not the last one for long.
async fn ended(stage: &Stage, release: ReleaseId) -> Execution {
    let execution = to_the_gate(stage, release).await;
    stage.does(release, &Command::Terminate).await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    execution
}

fn has_folder(stage: &Stage, execution: ExecutionId) -> bool {
    stage.folders.runs().join(execution.to_string()).exists()
}

async fn log_bytes(stage: &Stage, execution: &Execution) -> usize {
    let of = AttemptKey { task_run_id: execution.tasks[0].id, number: 1 };
    stage.app.store.log_bytes(of.into(), 0, u64::MAX).await.unwrap().len()
}

async fn removed(stage: &Stage, execution: ExecutionId) -> bool {
    stage.app.store.files_removed_at(execution).await.unwrap().is_some()
}

async fn d10_with_zero_days_nothing_goes_of_what_runs_or_waits_or_is_the_last(db: Db) {
    let stage = forgetful(db).await;
    let release = gated(&stage, "shop-web").await;
    let first = ended(&stage, release).await;
    assert_eq!(pruner(&stage).pass().await.unwrap().executions, 0, "the last one stays, though it has ended");
    assert!(has_folder(&stage, first.id));

    let waiting = to_the_gate(&stage, release).await;
    let runs = gated(&stage, "billing").await;
    stage.execute(runs).await.unwrap();
    stage.tick().await;
    let work = stage.starts("build").await;
    let running = stage.last(runs).await;
    stage.passes(400 * 86_400);
    let pruned = pruner(&stage).pass().await.unwrap();
    assert_eq!((pruned.executions, pruned.folders, pruned.log_rows), (1, 1, 70), "{pruned:?}");
    assert!(!has_folder(&stage, first.id) && removed(&stage, first.id).await);
    assert_eq!(log_bytes(&stage, &first).await, 0);
    for active in [waiting.id, running.id] {
        assert!(has_folder(&stage, active) && !removed(&stage, active).await, "it goes on");
    }
    assert_eq!(log_bytes(&stage, &waiting).await, 7_000);
    // It goes on as if nothing had happened: the next task and the gate are where they were.
    work.succeeds();
    stage.until_status(runs, ReleaseStatus::ToBeApproved).await;
    stage.does(release, &Command::Terminate).await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(pruner(&stage).pass().await.unwrap(), Pruned::default());
}

async fn d10_an_administrator_says_what_a_region_keeps(db: Db) {
    let stage = Stage::set(db).await;
    let app = &stage.app;
    let (admin, operator) = (stage.caller("admin").await, stage.caller("operator").await);
    let policy = async || app.retention(&admin).await.unwrap()[0].policy;
    assert_eq!(policy().await, RetentionPolicy::default());
    assert!(matches!(app.retention(&operator).await, Err(AppError::NotFound)));
    assert!(matches!(app.set_retention(&operator, "eu-west", NOTHING).await, Err(AppError::NotFound)));
    let changed = NOTHING.with(PolicyField::UnsuccessfulDays, 365);
    app.set_retention(&admin, "eu-west", changed).await.unwrap();
    app.set_retention(&admin, "eu-west", changed).await.unwrap();
    assert_eq!(policy().await, changed);
    let too_high = PolicyField::ALL.into_iter().fold(NOTHING, |policy, field| policy.with(field, field.most() + 1));
    let refused = app.set_retention(&admin, "eu-west", too_high).await;
    assert!(matches!(refused, Err(AppError::PolicyTooHigh(fields)) if fields == PolicyField::ALL));
    assert!(matches!(app.set_retention(&admin, "nowhere", NOTHING).await, Err(AppError::NotFound)));
    let audit = app.store.audit(Cursor::Newest, 100).await.unwrap().rows;
    let told: Vec<_> = audit
        .into_iter()
        .filter_map(|row| match row.happened {
            Happened::Account(event @ AccountEvent::RetentionChanged { .. }) => {
                Some((row.actor.name().to_owned(), event))
            }
            _ => None,
        })
        .collect();
    let event = AccountEvent::RetentionChanged {
        region: "eu-west".to_owned(),
        before: RetentionPolicy::default(),
        after: changed,
    };
    assert_eq!(told, [("admin".to_owned(), event)], "what changes nothing is not told");
}

async fn d11_rows_and_files_are_counted_and_removed_together(db: Db) {
    let stage = forgetful(db).await;
    let release = gated(&stage, "shop-web").await;
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(ended(&stage, release).await);
    }
    let pruned = pruner(&stage).prune().await.unwrap();
    assert_eq!((pruned.executions, pruned.folders, pruned.log_rows, pruned.stray), (3, 3, 210, 0), "{pruned:?}");
    assert!(pruned.size.files >= 3 && pruned.size.bytes >= 30_000, "{pruned:?}");
    for old in &all[..3] {
        assert!(!has_folder(&stage, old.id) && log_bytes(&stage, old).await == 0);
    }
    assert!(has_folder(&stage, all[3].id) && log_bytes(&stage, &all[3]).await == 7_000);
    assert_eq!(stage.app.store.queued_removals().await.unwrap(), BTreeMap::new(), "the queue is empty");
    let again = pruner(&stage).prune().await.unwrap();
    assert_eq!(again, Pruned::default());
}

async fn d11_files_without_rows_are_found(db: Db) {
    let stage = forgetful(db).await;
    let release = gated(&stage, "shop-web").await;
    let (first, last) = (ended(&stage, release).await, ended(&stage, release).await);
    let nobodys = ExecutionId::from_u128(7);
    std::fs::create_dir_all(stage.folders.attempt(nobodys, "build", 1)).unwrap();
    std::fs::write(stage.folders.log(nobodys, "build", 1), vec![b'x'; 10_000]).unwrap();
    pruner(&stage).pass().await.unwrap();
    assert!(has_folder(&stage, nobodys), "only the command looks for what no row knows");
    // As of a machine that was late: a folder and rows of logs that came after those before were removed.
    std::fs::create_dir_all(stage.folders.attempt(first.id, "build", 1)).unwrap();
    let of = AttemptKey { task_run_id: first.tasks[0].id, number: 1 }.into();
    let late = LogChunk { of, release, at: 0, bytes: vec![b'x'; 100], dropped: None };
    stage.app.store.add_to_logs(vec![late]).await.unwrap();
    let survey = pruner(&stage).survey().await.unwrap();
    assert_eq!((survey.executions, survey.stray), (0, 2), "{survey:?}");
    assert!(survey.stray_size.bytes >= 10_000, "{survey:?}");
    let pruned = pruner(&stage).prune().await.unwrap();
    assert_eq!((pruned.executions, pruned.stray, pruned.folders, pruned.log_rows), (0, 2, 2, 1), "{pruned:?}");
    assert!(!has_folder(&stage, nobodys) && !has_folder(&stage, first.id) && has_folder(&stage, last.id));

    // A data folder that this database does not know, say since another one was named by mistake.
    std::fs::create_dir_all(stage.folders.attempt(nobodys, "build", 1)).unwrap();
    let stranger = Pruner::new(stage.app.clone(), stage.folders.clone(), Some("another".to_owned()));
    assert_eq!(stranger.prune().await.unwrap().stray, 0);
    assert!(has_folder(&stage, nobodys), "nothing is removed that may be somebody else's");
}

async fn d11_whatever_ends_a_pruning_the_next_one_goes_on(db: Db) {
    let stage = forgetful(db).await;
    let release = gated(&stage, "shop-web").await;
    let old: Vec<Execution> = [ended(&stage, release).await, ended(&stage, release).await].into();
    ended(&stage, release).await;
    // Ended after the rows: nothing of the files has gone yet.
    let (queued, step) = stage.app.queue_due(None).await.unwrap();
    assert_eq!((queued, step), (2, PassStep::Upto(release)));
    assert_eq!(stage.app.queue_due(Some(release)).await.unwrap(), (0, PassStep::Done));
    assert_eq!(stage.app.queue_due(None).await.unwrap().0, 0, "done twice, the second changes nothing");
    assert!(old.iter().all(|execution| has_folder(&stage, execution.id)));
    // Ended after the files of one, in the middle of the logs: the rows are there still.
    std::fs::remove_dir_all(stage.folders.runs().join(old[0].id.to_string())).unwrap();
    assert_eq!(stage.app.store.remove_log_rows(old[0].id, 10).await.unwrap(), 10);
    let pruned = pruner(&stage).pass().await.unwrap();
    assert_eq!((pruned.executions, pruned.folders, pruned.log_rows), (0, 1, 130), "{pruned:?}");
    for execution in &old {
        assert!(!has_folder(&stage, execution.id) && log_bytes(&stage, execution).await == 0);
    }
    assert_eq!(stage.app.store.queued_removals().await.unwrap(), BTreeMap::new());
}

async fn d11_a_run_folder_is_removed_on_its_own_machine(db: Db) {
    let stage = forgetful(db).await;
    let release = gated(&stage, "shop-web").await;
    let old = ended(&stage, release).await;
    ended(&stage, release).await;
    stage.app.queue_due(None).await.unwrap();
    let of_logs = Removal { execution_id: old.id, place: RemovalPlace::Database };
    let here = match stage.app.store.backend() {
        Backend::Sqlite => RemovalPlace::OnlyMachine,
        Backend::Postgres => RemovalPlace::Machine(NODE.to_owned()),
    };
    let mut found = stage.app.store.removals(Some(NODE), 10).await.unwrap();
    found.sort_by(|one, other| one.place.cmp(&other.place));
    assert_eq!(found, [of_logs, Removal { execution_id: old.id, place: here }]);
    if stage.app.store.backend() == Backend::Sqlite {
        return;
    }
    let other = Pruner::new(stage.app.clone(), stage.folders.clone(), Some("node-2".to_owned()));
    let pruned = other.prune().await.unwrap();
    assert_eq!((pruned.folders, pruned.log_rows), (0, 70), "logs are removed by whoever comes first");
    assert_eq!(pruned.elsewhere, BTreeMap::from([(NODE.to_owned(), 1)]));
    assert!(has_folder(&stage, old.id));
    assert_eq!(pruner(&stage).prune().await.unwrap().folders, 1);
    assert!(!has_folder(&stage, old.id));
}

async fn a_pruning_says_before_what_it_does(db: Db) {
    let stage = forgetful(db).await;
    let release = gated(&stage, "shop-web").await;
    let old = ended(&stage, release).await;
    ended(&stage, release).await;
    let survey = pruner(&stage).survey().await.unwrap();
    assert_eq!((survey.executions, survey.folders, survey.log_rows, survey.stray), (1, 1, 70, 0), "{survey:?}");
    assert!(has_folder(&stage, old.id), "it changes nothing");
    let measured = async || {
        pruner(&stage).measure().await.unwrap();
        let report = stage.app.storage(&stage.caller("admin").await).await.unwrap();
        report.measures.into_iter().map(|measure| (measure.replica, measure.taken)).collect::<Vec<_>>()
    };
    let before = measured().await;
    let here = before.iter().find(|(replica, _)| replica.is_some()).unwrap();
    assert_eq!((here.0.as_deref(), here.1.executions, here.1.due_executions), (Some(NODE), 2, 1));
    assert_eq!(here.1.due_bytes, survey.size.bytes);
    let logs = before.iter().find(|(replica, _)| replica.is_none()).unwrap().1;
    assert_eq!((logs.files, logs.due_bytes), (140, survey.log_bytes));
    let pruned = pruner(&stage).prune().await.unwrap();
    assert_eq!(
        (pruned.executions, pruned.folders, pruned.size, pruned.log_rows),
        (survey.executions, survey.folders, survey.size, survey.log_rows)
    );
    let after = pruner(&stage).survey().await.unwrap();
    assert_eq!((after.executions, after.folders, after.size), (0, 0, FolderSize::default()));
    let here = measured().await.into_iter().find(|(replica, _)| replica.is_some()).unwrap().1;
    assert_eq!((here.executions, here.due_executions), (1, 0));
    stage.passes(TimeDelta::days(1).num_seconds());
    assert!(matches!(stage.app.storage(&stage.caller("operator").await).await, Err(AppError::NotFound)));
}

/// Starts its script and writes some log for that attempt.
async fn fails_with_log(stage: &Stage, release: ReleaseId, number: u32) -> Execution {
    stage.starts("build").await.fails();
    let failed = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    std::fs::write(stage.folders.log(failed.id, "build", number), "some log").unwrap();
    let of = AttemptKey { task_run_id: failed.tasks[0].id, number }.into();
    let piece = LogChunk { of, release, at: 0, bytes: vec![b'x'; 100], dropped: None };
    stage.app.store.add_to_logs(vec![piece]).await.unwrap();
    failed
}

async fn a19_what_goes_on_after_its_logs_went_keeps_its_new_ones_alone(db: Db) {
    let stage = forgetful(db).await;
    let release = gated(&stage, "shop-web").await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    let failed = fails_with_log(&stage, release, 1).await;
    // As blanking a value does it; the files are still there when it is retried.
    let tx = stage.app.store.begin_write().await.unwrap();
    assert_eq!(tx.queue_removals(&[failed.id], stage.app.clock.now()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    stage.does(release, &Command::Retry).await;
    let again = fails_with_log(&stage, release, 2).await;
    let build = &again.tasks[0];
    assert!(build.log_gone(1).is_some() && build.log_gone(2).is_none(), "{:?}", build.removed);
    let is_there = |number| stage.folders.log(again.id, "build", number).exists();
    let rows = async |number| {
        let of = AttemptKey { task_run_id: build.id, number };
        stage.app.store.log_bytes(of.into(), 0, u64::MAX).await.unwrap().len()
    };
    let survey = pruner(&stage).survey().await.unwrap();
    let pruned = pruner(&stage).prune().await.unwrap();
    assert_eq!((pruned.executions, pruned.folders, pruned.log_rows, pruned.stray), (0, 1, 1, 0), "{pruned:?}");
    assert_eq!((survey.folders, survey.size), (pruned.folders, pruned.size), "it says before what it does");
    assert_eq!((is_there(1), is_there(2)), (false, true));
    assert_eq!((rows(1).await, rows(2).await), (0, 100));
    assert_eq!(pruner(&stage).prune().await.unwrap(), Pruned::default(), "nothing of it is left to remove");
    // What it has now goes when its time is over, like that of any other.
    ended_without_script(&stage, release).await;
    let pruned = pruner(&stage).prune().await.unwrap();
    assert_eq!((pruned.executions, pruned.folders, pruned.log_rows), (1, 1, 1), "{pruned:?}");
    assert!(!has_folder(&stage, failed.id));
}

async fn ended_without_script(stage: &Stage, release: ReleaseId) {
    stage.execute(release).await.unwrap();
    stage.does(release, &Command::Terminate).await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
}
