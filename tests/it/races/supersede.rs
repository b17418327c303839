//! Races for the place of an execution that waits: with each other, and with who decides its checkpoint.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tollgate::app::{App, AppError, Caller, ExecuteChoice};
use tollgate::domain::decide::Selection;
use tollgate::domain::definition::Definition;
use tollgate::domain::event::Event;
use tollgate::domain::execution::Verdict;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::precondition::Expected;
use tollgate::domain::status::ReleaseStatus;

use super::{Arena, ROUNDS, conflict, meet, one_of, told};
use crate::db::Db;
use crate::engine::stage::said;
use crate::engine::tasks::{approval, command, phases};
use crate::sound::is_sound;

on_both!(of_two_who_supersede_one_does, either_it_is_superseded_or_decided);

/// Executes in the place of the first execution, as a page that showed it.
fn supersedes(app: App, caller: Caller, release: ReleaseId) -> BoxFuture<'static, Result<u32, AppError>> {
    let seen = Expected { execution: Some(1), ..Expected::default() };
    let choice = ExecuteChoice { version: None, start: (&Selection::All).into(), supersedes: Some(1), caused_by: None };
    async move { app.execute_from(&caller, release, seen, choice).await }.boxed()
}

async fn waiting(arena: &Arena, round: usize) -> ReleaseId {
    let gated = phases(vec![vec![vec![approval("go-live", 1, None)]], vec![vec![command("deploy")]]]);
    let release = arena.running(round, Definition { supersede: true, ..gated }).await;
    assert_eq!(arena.stage.status(release).await, ReleaseStatus::ToBeApproved);
    release
}

fn superseded() -> (u16, String) {
    conflict(
        "Execution 1 was superseded by execution 2, which operator started: it is over, and nothing of it can be decided or \
         executed any more.",
    )
}

async fn of_two_who_supersede_one_does(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = waiting(&arena, round).await;
        let [here, there] = arena.servers(round);
        let caller = arena.stage.caller("operator").await;
        let (first, second) =
            meet(round, supersedes(here, caller.clone(), release), supersedes(there, caller, release)).await;
        let (_, number, lost) = one_of(first, second);
        assert_eq!((number, lost), (2, superseded()));
        assert_eq!(arena.happened(release, |event| matches!(event, Event::Superseded(_))).await, 1);
        assert_eq!(arena.stage.last(release).await.number, 2);
    }
    is_sound(&arena.stage.app.store).await;
}

async fn either_it_is_superseded_or_decided(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = waiting(&arena, round).await;
        let [here, there] = arena.servers(round);
        let supersedes = supersedes(here, arena.stage.caller("operator").await, release);
        let decides = arena.asks(there, "approver", release, said("go-live", Verdict::Agree)).await;
        let (executed, decided) = meet(round, supersedes, decides).await;
        match (executed, decided) {
            (Ok(number), Err(late)) => {
                assert_eq!((number, told::<()>(Err(late))), (2, superseded()));
            }
            (Err(late), Ok(decided)) => {
                assert_eq!(decided.number, 1);
                let sentence = "Execute is not possible now, because the release task is Running. It is possible when \
                                nothing of it is under way.";
                assert_eq!(told::<()>(Err(late)), conflict(sentence));
            }
            both => panic!("one of the two: {both:?}"),
        }
    }
    let stage = Arc::clone(&arena.stage);
    is_sound(&stage.app.store).await;
}
