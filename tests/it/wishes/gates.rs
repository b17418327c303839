//! Gates: answer against worker, answer against timer, several gates at once, several people at one gate.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rand::RngExt;
use tokio::task::yield_now;
use tollgate::app::AppError;
use tollgate::domain::decide::Command;
use tollgate::domain::definition::{Definition, Kind, ManualApproval, Task};
use tollgate::domain::event::Event;
use tollgate::domain::execution::{Execution, FailReason, TaskState, Verdict};
use tollgate::domain::people::{Role, User};
use tollgate::domain::refusal::Refusal;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::engine::Tick;
use tollgate::store::{Happened, Scope, Turn, new_id};
use tollgate::words;
use uuid::Uuid;

use super::late::{every_outcome, reports};
use crate::db::Db;
use crate::engine::stage::{Stage, said, start};
use crate::engine::tasks::{approval, command, command_with, line, phases, wait};

on_both!(
    row_05_a_stale_end_of_a_worker_never_fails_a_task_that_was_just_answered,
    row_06_of_an_answer_and_a_deadline_one_wins_and_the_loser_is_told_who,
    row_07_a_leftover_deadline_neither_resumes_a_gate_nor_wipes_what_was_said,
    row_22_a_gate_waits_up_to_ninety_days_and_then_does_what_it_says,
    row_15_all_rules_of_all_gates_must_hold_and_any_reject_stops,
    row_27_a_retry_from_the_failed_task_keeps_version_values_and_answers,
);

/// A gate with rules of its own.
fn approval_with(name: &str, change: impl FnOnce(&mut ManualApproval)) -> Task {
    let mut task = approval(name, 1, None);
    if let Kind::ManualApproval(approval) = &mut task.kind {
        change(approval);
    }
    task
}

/// Somebody more in the team.
async fn joins(stage: &Stage, name: &str, role: Role) {
    let tx = stage.app.store.begin_write().await.unwrap();
    let user = User { id: new_id(), name: name.to_owned(), administrator: false, roles: Vec::new() };
    tx.insert_user(&user, "hash", start()).await.unwrap();
    assert!(tx.grant(user.id, stage.team, role).await.unwrap());
    tx.commit().await.unwrap();
}

/// Everything that happened to a release task, oldest first.
async fn events(stage: &Stage, release: Uuid) -> Vec<Event> {
    let activity = stage.app.store.activity_of(release, Turn::Newest, 1000).await.unwrap();
    let event = |happened| if let Happened::Execution(event) = happened { Some(event) } else { None };
    let mut events: Vec<Event> = activity.rows.into_iter().filter_map(|row| event(row.happened)).collect();
    events.reverse();
    events
}

/// How many decisions must come that early.
const EARLY: usize = 100;
/// How soon after the end of the task before it, and so after its opening, a gate is decided early.
const SOON: Duration = Duration::from_millis(100);

/// Airflow 3.3.2 loses nine of twenty answers that come in a gate's first 100 ms: the end of the worker that opened the gate
/// is heard after the answer and fails what the answer started. Here every gate is answered at the first moment at which it
/// takes an answer, while its neighbour's worker reports and the end of the worker before it is delivered again and again.
async fn row_05_a_stale_end_of_a_worker_never_fails_a_task_that_was_just_answered(db: Db) {
    let stage = Arc::new(Stage::set(db).await);
    let engine = stage.engine.clone();
    let engine_runs = tokio::spawn(async move { engine.run().await });
    let starts: Arc<Mutex<BTreeMap<(String, String), usize>>> = Arc::default();
    let ended: Arc<Mutex<BTreeMap<String, Instant>>> = Arc::default();
    let workers = tokio::spawn({
        let (stage, starts, ended) = (Arc::clone(&stage), Arc::clone(&starts), Arc::clone(&ended));
        async move {
            loop {
                let work = stage.calls.next().await;
                let (release, task) = (work.told("TOLLGATE_RELEASE").to_owned(), work.task().to_owned());
                *starts.lock().unwrap().entry((release.clone(), task.clone())).or_default() += 1;
                if task == "build" {
                    ended.lock().unwrap().insert(release, Instant::now());
                }
                work.succeeds();
            }
        }
    });
    let (mut early, mut all) = (0, Vec::new());
    while early < EARLY {
        assert!(all.len() < 10 * EARLY, "only {early} of {} decisions came within {SOON:?}", all.len());
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
            assert_eq!(starts.lock().unwrap()[&(name.clone(), task.to_owned())], 1, "{name}: {task}");
        }
    }
    println!("{early} of {} decisions came within {SOON:?} of the end that opened their gate", all.len());
    workers.abort();
    stage.engine.stop().await;
    engine_runs.await.unwrap();
}

/// Executes a new release task and answers its gate as soon as it asks, whatever else is reported meanwhile.
async fn answered_at_once(stage: &Arc<Stage>, name: &str) -> (Uuid, Instant) {
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
            let told = words::refusal(&refusal);
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
            let told = words::refusal(&refusal);
            assert!(told.contains(winner) && !told.contains("rejected"), "{told}");
        }
    }
    println!("{answered} answered, {expired} expired");
    assert!(answered > 0 && expired > 0, "{answered} answered, {expired} expired: either wins at times");
}

async fn row_07_a_leftover_deadline_neither_resumes_a_gate_nor_wipes_what_was_said(db: Db) {
    let mut stage = Stage::set(db).await;
    let uses = |task: &mut tollgate::domain::definition::Command| {
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
    a.ends(tollgate::domain::outcome::Outcome::Interrupted { message: "lost".to_owned() });
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

async fn row_15_all_rules_of_all_gates_must_hold_and_any_reject_stops(db: Db) {
    let stage = Stage::set(db).await;
    joins(&stage, "approver3", Role::Approver).await;
    joins(&stage, "lawyer", Role::Manager).await;
    let trio = |gate: &mut ManualApproval| {
        gate.approvers = ["approver", "approver2", "approver3"].map(str::to_owned).into();
        (gate.roles, gate.required) = (Vec::new(), 2);
    };
    let of_a = |gate: &mut ManualApproval| (gate.approvers, gate.roles) = (vec!["approver".to_owned()], Vec::new());
    let of_b = |gate: &mut ManualApproval| (gate.approvers, gate.roles) = (Vec::new(), vec![Role::Manager]);
    // Two of three; then one of A and one of B, side by side.
    let gates = || -> Definition {
        let both = vec![vec![approval_with("of-a", of_a)], vec![approval_with("of-b", of_b)]];
        phases(vec![vec![vec![approval_with("two-of-three", trio)]], both, vec![vec![command("deploy")]]])
    };
    let release = stage.running(gates()).await;
    stage.says("approver", release, "two-of-three", Verdict::Agree).await.unwrap();
    let twice = stage.says("approver", release, "two-of-three", Verdict::Agree).await;
    assert!(matches!(twice, Err(AppError::Refused(Refusal::DecidedAlready { .. }))), "{twice:?}");
    let stranger = stage.says("lawyer", release, "two-of-three", Verdict::Agree).await;
    assert!(matches!(stranger, Err(AppError::Refused(Refusal::NotAnApprover { .. }))), "{stranger:?}");
    stage.tick().await;
    assert!(stage.state(release, "two-of-three").await.asking().is_some(), "one is not two");
    stage.says("approver3", release, "two-of-three", Verdict::Agree).await.unwrap();
    stage.tick().await;
    // One of A is not one of B, however many of A there are.
    stage.says("approver", release, "of-a", Verdict::Agree).await.unwrap();
    for who in ["approver", "approver2", "approver3"] {
        let answer = stage.says(who, release, "of-b", Verdict::Agree).await;
        assert!(matches!(answer, Err(AppError::Refused(Refusal::NotAnApprover { .. }))), "{who}: {answer:?}");
    }
    assert_eq!(stage.tick().await.started, 0);
    stage.calls.no_more().await;
    stage.says("lawyer", release, "of-b", Verdict::Agree).await.unwrap();
    stage.tick().await;
    stage.starts("deploy").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;

    let release = stage.release("rejected", gates()).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.says("approver", release, "two-of-three", Verdict::Agree).await.unwrap();
    stage.says("approver2", release, "two-of-three", Verdict::Reject).await.unwrap();
    let third = stage.says("approver3", release, "two-of-three", Verdict::Agree).await;
    assert!(matches!(third, Err(AppError::Refused(Refusal::CheckpointClosed { .. }))), "{third:?}");
    stage.tick().await;
    assert_eq!(stage.last(release).await.failures(), [("two-of-three", FailReason::Rejected)]);

    // A reject at one of two gates side by side closes the other, and best effort lets nothing past it.
    let both = vec![vec![approval_with("of-a", of_a)], vec![approval_with("of-b", of_b)]];
    let definition = phases(vec![both, vec![vec![command("deploy")]]]);
    let release = stage.release("best-effort", crate::engine::tasks::best_effort(definition)).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.says("lawyer", release, "of-b", Verdict::Reject).await.unwrap();
    stage.tick().await;
    let last = stage.last(release).await;
    assert_eq!((last.status(), last.failures()), (ReleaseStatus::ReleaseFailed, vec![("of-b", FailReason::Rejected)]));
    assert!(matches!(last.tasks[0].state, TaskState::Cancelled { .. }));
    stage.calls.no_more().await;
    assert_eq!(stage.app.store.open_checkpoints(&Scope::All).await.unwrap(), []);
}

/// As long as the database takes to answer that often.
async fn waits(stage: &Stage, release: Uuid, answers: usize) {
    for _ in 0..answers {
        stage.status_of(release).await;
    }
}

const PATIENT: &str = "
name: shop-web
phases:
  - name: Ask
    groups:
      - [{name: rejects, type: manual-approval, roles: [approver, operator], deadline: 90days}]
      - [{name: stays, type: manual-approval, roles: [approver, operator], deadline: 90days, onDeadline: stay}]
      - [{name: may, type: manual-approval, roles: [approver, operator], starterMayApprove: true}]
";

async fn row_22_a_gate_waits_up_to_ninety_days_and_then_does_what_it_says(db: Db) {
    let mut stage = Stage::set(db).await;
    let document = tollgate::format::parse(PATIENT).unwrap().remove(0);
    let wrong = tollgate::format::parse(&PATIENT.replace("90days", "90days 1s")).unwrap_err();
    assert_eq!(format!("{wrong:?}").matches("must be 1 second to 90 days").count(), 2, "{wrong:?}");
    let release = stage.running(document.definition).await;
    // Whoever asked for it does not judge it, unless the gate says so; and a pause does not count.
    let own = stage.says("operator", release, "rejects", Verdict::Agree).await;
    assert!(matches!(own, Err(AppError::Refused(Refusal::OwnRelease { .. }))), "{own:?}");
    stage.says("operator", release, "may", Verdict::Agree).await.unwrap();
    let day = 24 * 60 * 60;
    for _ in 0..3 {
        stage.passes(30 * day - 10);
        stage.does(release, &Command::Pause).await;
        stage.passes(10 * day);
        stage.engine.stop().await;
        stage.restarts();
        stage.does(release, &Command::Continue).await;
        assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);
    }
    stage.passes(29);
    stage.tick().await;
    assert!(stage.state(release, "rejects").await.asking().is_some(), "one second is left");
    stage.passes(1);
    stage.tick().await;
    let last = stage.last(release).await;
    assert_eq!(last.failures(), [("rejects", FailReason::Expired)]);

    // The gate that stays is late, and waits; nobody's silence is taken for a yes.
    stage.does(release, &Command::Retry).await;
    stage.says("approver", release, "rejects", Verdict::Agree).await.unwrap();
    stage.passes(200 * day);
    stage.tick().await;
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);
    stage.says("approver2", release, "stays", Verdict::Agree).await.unwrap();
    stage.tick().await;
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn row_27_a_retry_from_the_failed_task_keeps_version_values_and_answers(db: Db) {
    let mut stage = Stage::set(db).await;
    let deploy = |task: &mut tollgate::domain::definition::Command| {
        "old ${tasks.build.outputs.image}".clone_into(&mut task.script);
        let said = "${tasks.go-live.decision.by}";
        task.environment = [("COLOUR", "blue"), ("SAID", said)].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    };
    let tasks = |deploy: Task| {
        line(vec![command("build"), approval("go-live", 1, None), command("middle"), deploy, command("last")])
    };
    let release = stage.running(tasks(command_with("deploy", deploy))).await;
    stage.starts("build").await.gives(&[("image", "shop:1")]);
    stage.until_status(release, ReleaseStatus::ToBeApproved).await;
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    stage.starts("middle").await.succeeds();
    let first = stage.starts("deploy").await;
    let told = |work: &crate::engine::executor::Work| {
        let mut told = work.order.environment.clone();
        told.retain(|name, _| !matches!(name.as_str(), "TOLLGATE_ATTEMPT" | "TOLLGATE_KEY" | "TOLLGATE_OUTPUT"));
        (work.order.script.clone(), told, work.order.default_folder.clone())
    };
    let before = told(&first);
    first.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;

    // Meanwhile the definition is another, the approver has left, and the program was started again.
    let newer = tasks(command_with("deploy", |task| "new".clone_into(&mut task.script)));
    let imported = stage.app.import((stage.team, stage.region), &Stage::draft("shop-web", newer)).await.unwrap();
    assert_eq!(imported, tollgate::app::Imported::Updated(release, 2));
    let approver = stage.caller("approver").await.user_id;
    let tx = stage.app.store.begin_write().await.unwrap();
    assert!(tx.revoke(approver, stage.team, Role::Approver).await.unwrap());
    tx.commit().await.unwrap();
    stage.engine.stop().await;
    stage.restarts();

    assert_eq!(stage.does(release, &Command::Retry).await.started, 1);
    let again = stage.starts("deploy").await;
    assert_eq!(again.attempt(), "2");
    assert_eq!(told(&again), before, "the same script, with the same values");
    again.succeeds();
    stage.starts("last").await.succeeds();
    let last = stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!((last.number, last.version), (1, 1));
    assert_eq!(last.tasks.iter().map(|task| task.attempt).collect::<Vec<_>>(), [1, 0, 1, 2, 1]);
    assert_eq!((last.tasks[1].round, last.tasks[1].decisions.len()), (1, 1), "nobody is asked twice");
    stage.calls.no_more().await;
    // Execute is what takes the new version.
    stage.execute(release).await.unwrap();
    assert_eq!(stage.last(release).await.version, 2);
}
