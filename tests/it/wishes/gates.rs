//! Gates: answer against worker, answer against timer, several gates at once, several people at one gate.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rand::RngExt;
use tokio::task::yield_now;
use tollgate::app::AppError;
use tollgate::domain::decide::Command;
use tollgate::domain::event::Event;
use tollgate::domain::execution::{Execution, FailReason, TaskState, Verdict};
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::refusal::Refusal;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::engine::Tick;
use tollgate::messages;
use tollgate::store::{Cursor, Happened};

use super::late::{every_outcome, reports};
use crate::db::Db;
use crate::engine::stage::{Stage, said};
use crate::engine::tasks::{approval, command, command_with, line, phases, wait};

on_both!(
    row_05_a_stale_end_of_a_worker_never_fails_a_task_that_was_just_answered,
    row_06_of_an_answer_and_a_deadline_one_wins_and_the_loser_is_told_who,
    row_07_a_leftover_deadline_neither_resumes_a_gate_nor_wipes_what_was_said,
);

/// Everything that happened to a release task, oldest first.
async fn events(stage: &Stage, release: ReleaseId) -> Vec<Event> {
    let activity = stage.app.store.activity_of(release, Cursor::Newest, 1000).await.unwrap();
    let event = |happened| if let Happened::Execution(event) = happened { Some(event) } else { None };
    let mut events: Vec<Event> = activity.rows.into_iter().filter_map(|row| event(row.happened)).collect();
    events.reverse();
    events
}

/// How many decisions shall come that early, and how many are made for that at most: a busy machine may have none.
const EARLY: usize = 100;
const MOST: usize = 400;
/// How soon after the end of the task before it, and so after its opening, a gate is decided early.
const SOON: Duration = Duration::from_millis(100);

/// The keys of the attempts at each task of each release.
type Starts = BTreeMap<(String, String), BTreeSet<String>>;

/// Airflow 3.3.2 loses nine of twenty answers that come in a gate's first 100 ms: the end of the worker that opened the gate
/// is heard after the answer and fails what the answer started. Here every gate is answered at the first moment at which it
/// takes an answer, while its neighbour's worker reports and the end of the worker before it is delivered again and again.
async fn row_05_a_stale_end_of_a_worker_never_fails_a_task_that_was_just_answered(db: Db) {
    let stage = Arc::new(Stage::set(db).await);
    let engine = stage.engine.clone();
    let engine_runs = tokio::spawn(async move { engine.run().await });
    // By their keys: an executor may be asked for the same attempt again, which picks it up and starts nothing.
    let starts: Arc<Mutex<Starts>> = Arc::default();
    let ended: Arc<Mutex<BTreeMap<String, Instant>>> = Arc::default();
    let workers = tokio::spawn({
        let (stage, starts, ended) = (Arc::clone(&stage), Arc::clone(&starts), Arc::clone(&ended));
        async move {
            loop {
                let work = stage.calls.next().await;
                let (release, task) = (work.told("TOLLGATE_RELEASE").to_owned(), work.task().to_owned());
                let key = work.told("TOLLGATE_KEY").to_owned();
                starts.lock().unwrap().entry((release.clone(), task.clone())).or_default().insert(key);
                if task == "build" {
                    ended.lock().unwrap().entry(release).or_insert_with(Instant::now);
                }
                work.succeeds();
            }
        }
    });
    let (mut early, mut all) = (0, Vec::new());
    while early < EARLY && all.len() < MOST {
        let names: Vec<String> = (0..5).map(|number| format!("shop-{}", all.len() + number)).collect();
        let released = join_all(names.iter().map(|name| answered_at_once(&stage, name))).await;
        for (name, (release, decided)) in names.iter().zip(released) {
            early += usize::from(decided - ended.lock().unwrap()[name] < SOON);
            all.push((name.clone(), release));
        }
    }
    for (name, release) in &all {
        let last = stage.until_status(*release, ReleaseStatus::Successful).await;
        assert_eq!(last.tasks[1].decisions.len(), 1, "{name}");
        assert!(last.tasks.iter().all(|task| task.attempt <= 1), "{name}: {last:#?}");
        for task in ["build", "beside", "after"] {
            assert_eq!(starts.lock().unwrap()[&(name.clone(), task.to_owned())].len(), 1, "{name}: {task}");
        }
    }
    println!("{early} of {} decisions came within {SOON:?} of the end that opened their gate", all.len());
    workers.abort();
    stage.engine.stop().await;
    engine_runs.await.unwrap();
}

/// Executes a new release task and answers its gate as soon as it asks, whatever else is reported meanwhile.
async fn answered_at_once(stage: &Arc<Stage>, name: &str) -> (ReleaseId, Instant) {
    let gate = vec![approval("go-live", 1, None)];
    let definition =
        phases(vec![vec![vec![command("build")]], vec![gate, vec![command("beside")]], vec![vec![command("after")]]]);
    let release = stage.release(name, definition).await;
    let (app, approver) = (stage.app.clone(), stage.caller("approver").await);
    stage.execute(release).await.unwrap();
    let decides = tokio::spawn({
        let app = app.clone();
        async move {
            loop {
                match app.ask(&approver, release, &said("go-live", Verdict::Agree)).await {
                    Ok(_) => return Instant::now(),
                    Err(AppError::Refused(Refusal::CheckpointClosed { status: TaskStatus::Waiting, .. })) => {
                        yield_now().await;
                    }
                    Err(other) => panic!("the answer is lost: {other:?}"),
                }
            }
        }
    });
    let opened = |last: &Execution| last.tasks[0].state.in_flight().is_none() && last.tasks[0].attempt > 0;
    let execution = stage.until(release, "the build has ended", opened).await.id;
    for outcome in every_outcome() {
        let late = reports(stage, execution, (0, 1), outcome).await.unwrap();
        if !late.started.is_empty() {
            // It was the first to look at the execution after the answer, and has claimed what the answer started.
            stage.engine.recover().await.unwrap();
        }
    }
    (release, decides.await.unwrap())
}

async fn row_06_of_an_answer_and_a_deadline_one_wins_and_the_loser_is_told_who(db: Db) {
    let stage = Arc::new(Stage::set(db).await);
    let (mut answered, mut expired) = (0, 0);
    for round in 0..24 {
        let definition = line(vec![approval("go-live", 1, Some(60)), command("task-a")]);
        let release = stage.release(&format!("shop-{round}"), definition).await;
        stage.execute(release).await.unwrap();
        stage.tick().await;
        stage.passes(59);
        let click = |name: &'static str, verdict, patience| {
            let stage = Arc::clone(&stage);
            tokio::spawn(async move {
                waits(&stage, release, patience).await;
                stage.says(name, release, "go-live", verdict).await
            })
        };
        // The timer is early, late, or comes at the very same moment.
        let patience = |most| rand::rng().random_range(0..most);
        let (clicks, ticks) = [(8, 1), (1, 8), (2, 8)][round % 3];
        let agrees = click("approver", Verdict::Agree, patience(clicks));
        let rejects = click("approver2", Verdict::Reject, patience(clicks));
        let timer = tokio::spawn({
            let (stage, patience) = (Arc::clone(&stage), patience(ticks));
            async move {
                waits(&stage, release, patience).await;
                stage.passes(1);
                stage.tick().await;
            }
        });
        let (agrees, rejects) = (agrees.await.unwrap(), rejects.await.unwrap());
        timer.await.unwrap();
        stage.tick().await;
        let events = events(&stage, release).await;
        let decided = events.iter().filter(|event| matches!(event, Event::Decided { .. })).count();
        let timed_out = events.iter().filter(|event| matches!(event, Event::CheckpointExpired { .. })).count();
        assert_eq!(decided + timed_out, 1, "one wins: {events:#?}");
        assert_eq!(usize::from(agrees.is_ok()) + usize::from(rejects.is_ok()), decided);
        (answered, expired) = (answered + decided, expired + timed_out);
        let winner = match (&agrees, &rejects) {
            (Ok(_), _) => "approver agreed",
            (_, Ok(_)) => "approver2 rejected",
            _ => "The deadline of go-live passed",
        };
        for lost in [agrees, rejects].into_iter().filter_map(Result::err) {
            let AppError::Refused(refusal) = lost else { panic!("{lost:?}") };
            let told = messages::refusal(&refusal, messages::Locale::default());
            assert!(told.contains(winner), "{winner}, but the loser is told: {told}");
        }
        let last = stage.last(release).await;
        if winner == "approver agreed" {
            stage.starts("task-a").await.succeeds();
            stage.until_status(release, ReleaseStatus::Successful).await;
        } else {
            assert_eq!(last.status(), ReleaseStatus::ReleaseFailed);
            let reason = if decided == 1 { FailReason::Rejected } else { FailReason::Expired };
            assert_eq!(last.failures(), [("go-live", reason)]);
        }
        stage.calls.no_more().await;
        // Who comes when it is long over is told the same.
        if winner.starts_with("The deadline") {
            let late = stage.says("approver", release, "go-live", Verdict::Agree).await;
            let Err(AppError::Refused(refusal)) = late else { panic!("{late:?}") };
            let told = messages::refusal(&refusal, messages::Locale::default());
            assert!(told.contains(winner) && !told.contains("rejected"), "{told}");
        }
    }
    println!("{answered} answered, {expired} expired");
    assert!(answered > 0 && expired > 0, "{answered} answered, {expired} expired: either wins at times");
}

async fn row_07_a_leftover_deadline_neither_resumes_a_gate_nor_wipes_what_was_said(db: Db) {
    let mut stage = Stage::set(db).await;
    let uses = |task: &mut tollgate::domain::kinds::CommandSpec| {
        let value = "${tasks.go-live.decision.by}: ${tasks.go-live.decision.comment}";
        task.environment = [("SAID".to_owned(), value.to_owned())].into();
    };
    let definition = line(vec![
        approval("go-live", 1, Some(60)),
        command("task-a"),
        command_with("task-b", uses),
        wait("rest", 600),
    ]);
    let release = stage.running(definition).await;
    stage.passes(10);
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    let a = stage.starts("task-a").await;
    let before = stage.last(release).await;
    // The run outlives the deadline of its gate.
    for seconds in [49, 1, 1, 3600] {
        stage.passes(seconds);
        assert_eq!(stage.tick().await, Tick::default());
        assert_eq!(stage.last(release).await, before);
    }
    a.ends(tollgate::domain::outcome::Outcome::Interrupted { cause: FailureCause::Text("lost".to_owned()) });
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    stage.engine.stop().await;
    stage.restarts();
    stage.does(release, &Command::Retry).await;
    stage.starts("task-a").await.succeeds();
    let b = stage.starts("task-b").await;
    assert_eq!(b.told("SAID"), "approver: as I see it");
    stage.passes(100_000);
    assert_eq!(stage.tick().await, Tick::default());
    b.succeeds();
    let last = stage.until(release, "it rests", |last| last.tasks[3].state.in_flight().is_some()).await;
    let gate = &last.tasks[0];
    assert!(matches!(gate.state, TaskState::Successful { .. }));
    assert_eq!((gate.round, &gate.decisions), (1, &before.tasks[0].decisions));
    stage.passes(600);
    stage.tick().await;
    stage.until_status(release, ReleaseStatus::Successful).await;

    // A gate that asks again has a deadline of its own, and none of the first asking.
    let release = stage.release("asks-again", line(vec![approval("go-live", 1, Some(60))])).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.passes(50);
    stage.says("approver", release, "go-live", Verdict::Reject).await.unwrap();
    stage.tick().await;
    stage.does(release, &Command::Retry).await;
    stage.passes(59);
    assert_eq!(stage.tick().await, Tick::default(), "the deadline of the first asking has passed long ago");
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);
    stage.passes(1);
    stage.tick().await;
    let last = stage.last(release).await;
    assert_eq!(last.failures(), [("go-live", FailReason::Expired)]);
    assert_eq!((last.tasks[0].round, last.tasks[0].decisions.len()), (2, 1));
}

/// As long as the database takes to answer that often.
async fn waits(stage: &Stage, release: ReleaseId, answers: usize) {
    for _ in 0..answers {
        stage.status_of(release).await;
    }
}
