//! Rules of gates: how many must agree, until when, and what a retry keeps of what they said.

use tollgate::app::AppError;
use tollgate::app::Caller;
use tollgate::domain::decide::Command;
use tollgate::domain::definition::{Definition, Task};
use tollgate::domain::execution::{FailReason, TaskState, Verdict};
use tollgate::domain::kinds::{Kind, ManualApproval};
use tollgate::domain::people::{Role, User};
use tollgate::domain::refusal::Refusal;
use tollgate::domain::status::ReleaseStatus;
use tollgate::format::Finding;
use tollgate::messages::{Locale, finding};
use tollgate::store::{Scope, new_id};

use crate::db::Db;
use crate::engine::stage::{Stage, start};
use crate::engine::tasks::{approval, command, command_with, line, phases};

on_both!(
    row_15_all_rules_of_all_gates_must_hold_and_any_reject_stops,
    row_22_a_gate_waits_up_to_ninety_days_and_then_does_what_it_says,
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
    let told = |found: &Finding| finding(found, Locale::English).contains("must be 1 second to 90 days");
    assert!(wrong.len() == 2 && wrong.iter().all(told), "{wrong:?}");
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
    let deploy = |task: &mut tollgate::domain::kinds::CommandSpec| {
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
    let imported =
        stage.app.import(&Caller::CommandLine, stage.owner(), &Stage::draft("shop-web", newer)).await.unwrap();
    assert_eq!(imported, tollgate::app::Imported::Updated(release, 2));
    let approver = stage.caller("approver").await.user().unwrap().id;
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
