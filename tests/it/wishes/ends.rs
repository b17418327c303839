//! Ends: what is over stays over, whatever is delivered again; and whatever is under way can be ended.

use tollgate::app::AppError;
use tollgate::domain::decide::Command;
use tollgate::domain::status::ReleaseStatus;
use tollgate::engine::Tick;
use tollgate::messages;
use tollgate::store::Cursor;

use super::late::redelivers_everything;
use super::states::{STATES, place};
use crate::db::Db;
use crate::engine::stage::Stage;

on_both!(
    row_03_what_is_delivered_again_never_moves_what_has_ended,
    row_08_every_operation_in_every_state_does_what_the_table_says,
);

async fn row_03_what_is_delivered_again_never_moves_what_has_ended(db: Db) {
    let mut stage = Stage::set(db).await;
    let mut over = Vec::new();
    for (number, state) in STATES.into_iter().enumerate() {
        let placed = place(&stage, &format!("shop-{number}"), state).await;
        let status = stage.status_of(placed.release).await;
        if status == ReleaseStatus::ToRelease || status.is_active() {
            continue;
        }
        over.push((placed.release, stage.last(placed.release).await));
    }
    assert_eq!(over.len(), 9);
    for restarted in [false, true] {
        if restarted {
            stage.engine.stop().await;
            stage.restarts();
        }
        for (release, before) in &over {
            let told = stage.app.store.activity_of(*release, Cursor::Newest, 100).await.unwrap();
            redelivers_everything(&stage, before).await;
            assert_eq!(stage.last(*release).await, *before);
            let now = stage.app.store.activity_of(*release, Cursor::Newest, 100).await.unwrap();
            assert_eq!(now, told, "nothing is said to have happened");
            assert_eq!(
                stage.app.store.attempts_of(before.id).await.unwrap().iter().filter(|a| a.ended_at.is_none()).count(),
                0
            );
        }
        stage.passes(100_000);
        stage.tick().await;
        for (release, before) in &over {
            assert_eq!(stage.last(*release).await, *before, "no clock moves it");
        }
    }
}

/// What is possible in a state, and the status that follows once the engine has heard of it and what it was told to
/// stop has stopped. Everything else is refused with a sentence, and changes nothing. Clone is always possible.
const POSSIBLE: [(&str, &[(&str, ReleaseStatus)]); 19] = {
    use ReleaseStatus as S;
    [
        ("To release", &[("Execute", S::Running), ("Delete", S::ToRelease)]),
        ("Running", &[("Pause", S::Pausing), ("Terminate", S::ReleaseFailed)]),
        ("Running, the next attempt is due later", &[("Pause", S::Paused), ("Terminate", S::ReleaseFailed)]),
        (
            "To be approved",
            &[
                ("Agree", S::Running),
                ("Reject", S::ReleaseFailed),
                ("Pause", S::Paused),
                ("Terminate", S::ReleaseFailed),
            ],
        ),
        ("Pausing", &[("Continue", S::Running), ("Terminate", S::ReleaseFailed)]),
        ("Paused before the checkpoint", &[("Continue", S::ToBeApproved), ("Terminate", S::ReleaseFailed)]),
        ("Paused at the checkpoint", &[("Continue", S::ToBeApproved), ("Terminate", S::ReleaseFailed)]),
        ("Retrying", &[("Pause", S::Paused), ("Terminate", S::ReleaseFailed)]),
        ("Successful", &[("Execute", S::Running), ("Roll Back", S::RollingBack), ("Delete", S::Successful)]),
        (
            "Release failed, a task failed",
            &[
                ("Execute", S::Running),
                ("Retry", S::Running),
                ("Skip task-a", S::ToBeApproved),
                ("Roll Back", S::RollingBack),
                ("Delete", S::ReleaseFailed),
            ],
        ),
        ("Release failed, the checkpoint was rejected", ASKS_AGAIN),
        ("Release failed, the checkpoint expired", ASKS_AGAIN),
        (
            "Release failed, terminated while it ran",
            &[
                ("Execute", S::Running),
                ("Retry", S::Running),
                ("Skip task-a", S::ToBeApproved),
                ("Roll Back", S::RollingBack),
                ("Delete", S::ReleaseFailed),
            ],
        ),
        ("Release failed, terminated while it was paused", ASKS_AGAIN),
        ("Release failed, terminated at the checkpoint", ASKS_AGAIN),
        ("Rolling back", &[("Terminate", S::RollbackFailed)]),
        ("Rolling back, the next attempt is due later", &[("Terminate", S::RollbackFailed)]),
        ("Rolled back", &[("Execute", S::Running), ("Delete", S::RolledBack)]),
        ("Rollback failed", &[("Execute", S::Running), ("Roll Back", S::RollingBack), ("Delete", S::RollbackFailed)]),
    ]
};

/// A gate is never skipped: Retry asks it again.
const ASKS_AGAIN: &[(&str, ReleaseStatus)] = &[
    ("Execute", ReleaseStatus::Running),
    ("Retry", ReleaseStatus::ToBeApproved),
    ("Roll Back", ReleaseStatus::RollingBack),
    ("Delete", ReleaseStatus::ReleaseFailed),
];

const BUTTONS: [&str; 12] = [
    "Execute",
    "Agree",
    "Reject",
    "Pause",
    "Continue",
    "Terminate",
    "Retry",
    "Skip task-a",
    "Skip go-live",
    "Roll Back",
    "Clone",
    "Delete",
];

async fn row_08_every_operation_in_every_state_does_what_the_table_says(db: Db) {
    let stage = Stage::set(db).await;
    assert_eq!(POSSIBLE.map(|(state, _)| state), STATES);
    for (number, (state, possible)) in POSSIBLE.into_iter().enumerate() {
        let placed = place(&stage, &format!("refuses-{number}"), state).await;
        let before = stage.app.store.release(placed.release).await.unwrap().unwrap();
        for button in BUTTONS {
            if button == "Clone" {
                placed.asks(&stage, button).await.unwrap();
            } else if !possible.iter().any(|(name, _)| *name == button) {
                let answer = placed.asks(&stage, button).await;
                let Err(AppError::Refused(refusal)) = answer else { panic!("{state}: {button}: {answer:?}") };
                assert!(
                    messages::refusal(&refusal, messages::Locale::default()).ends_with('.'),
                    "{state}: {button}: {refusal:?}"
                );
            }
            let after = stage.app.store.release(placed.release).await.unwrap().unwrap();
            assert_eq!(after, before, "{state}: {button} changes nothing");
        }
        for (at, (button, follows)) in possible.iter().enumerate() {
            let mut placed = place(&stage, &format!("does-{number}-{at}"), state).await;
            placed.asks(&stage, button).await.unwrap_or_else(|error| panic!("{state}: {button}: {error:?}"));
            stage.tick().await;
            if *button == "Terminate" {
                placed.stops().await;
                let last = stage.until(placed.release, "it has ended", |last| last.ended_at.is_some()).await;
                assert!(!last.anything_in_flight());
                assert_eq!(stage.tick().await, Tick::default(), "nothing goes on behind a Terminate");
            }
            assert_eq!(stage.status_of(placed.release).await, *follows, "{state}: {button}");
            if *button == "Terminate" && *follows == ReleaseStatus::ReleaseFailed {
                stage.does(placed.release, &Command::Retry).await;
                let again = stage.status_of(placed.release).await;
                assert!(matches!(again, ReleaseStatus::Running | ReleaseStatus::ToBeApproved), "{state}: {again:?}");
            }
        }
    }
}
