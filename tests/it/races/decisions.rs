//! Races round a checkpoint.

use std::sync::Arc;

use tollgate::domain::decide::Command;
use tollgate::domain::event::Event;
use tollgate::domain::execution::{FailReason, Verdict};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::precondition::Expected;
use tollgate::domain::status::ReleaseStatus;

use super::{Arena, ROUNDS, conflict, meet, one_of, told};
use crate::db::Db;
use crate::engine::stage::said;
use crate::engine::tasks::{approval, command, line};

on_both!(
    of_two_approvers_of_whom_one_is_needed_one_decides,
    two_approvers_who_are_both_needed_both_count,
    a_double_click_decides_once,
    a_second_click_on_an_open_gate_is_told_so,
    either_agree_or_reject_decides,
    a_rejection_ends_it_whether_somebody_agreed_before_or_not,
    either_somebody_agrees_or_the_deadline_passes,
    who_agrees_on_an_old_page_does_not_answer_what_is_asked_anew,
);

const AT: &str = "22 Nov 2026, 09:00 UTC";

fn decided(winner: &str, said: &str) -> (u16, String) {
    conflict(format!("go-live is decided already: {winner} {said} on {AT}. There is nothing left to decide."))
}

/// Who decided, in the state; and as many events tell of it.
async fn deciders(arena: &Arena, release: ReleaseId) -> Vec<(String, Verdict)> {
    let last = arena.stage.last(release).await;
    let decisions = &last.tasks[0].decisions;
    let events = arena.happened(release, |event| matches!(event, Event::Decided { .. })).await;
    assert_eq!(events, decisions.len());
    decisions.iter().map(|decision| (decision.by.name().to_owned(), decision.verdict)).collect()
}

async fn of_two_approvers_of_whom_one_is_needed_one_decides(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![approval("go-live", 1, None), command("after")])).await;
        let agree = said("go-live", Verdict::Agree);
        let (first, second) = arena.two(round, release, ("approver", agree.clone()), ("approver2", agree)).await;
        let (winner, _, lost) = one_of(first, second);
        let winner = ["approver", "approver2"][winner];
        assert_eq!(lost, decided(winner, "agreed"));
        assert_eq!(deciders(&arena, release).await, [(winner.to_owned(), Verdict::Agree)]);
        let last = arena.goes_well(release, ReleaseStatus::Successful).await;
        assert_eq!(last.tasks[1].attempt, 1);
    }
}

async fn two_approvers_who_are_both_needed_both_count(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![approval("go-live", 2, None), command("after")])).await;
        let agree = said("go-live", Verdict::Agree);
        let (first, second) = arena.two(round, release, ("approver", agree.clone()), ("approver2", agree)).await;
        first.unwrap();
        second.unwrap();
        let mut who = deciders(&arena, release).await;
        who.sort_by(|one, two| one.0.cmp(&two.0));
        assert_eq!(who, [("approver".to_owned(), Verdict::Agree), ("approver2".to_owned(), Verdict::Agree)]);
        let last = arena.goes_well(release, ReleaseStatus::Successful).await;
        assert_eq!(last.tasks[1].attempt, 1);
    }
}

async fn a_double_click_decides_once(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![approval("go-live", 1, None), command("after")])).await;
        let agree = said("go-live", Verdict::Agree);
        let (first, second) = arena.two(round, release, ("approver", agree.clone()), ("approver", agree)).await;
        assert_eq!(one_of(first, second).2, decided("approver", "agreed"));
        assert_eq!(deciders(&arena, release).await.len(), 1);
        arena.goes_well(release, ReleaseStatus::Successful).await;
    }
}

async fn a_second_click_on_an_open_gate_is_told_so(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![approval("go-live", 2, None), command("after")])).await;
        let agree = said("go-live", Verdict::Agree);
        let (first, second) = arena.two(round, release, ("approver", agree.clone()), ("approver", agree)).await;
        let sentence = format!("You have decided go-live already: you agreed on {AT}. Each approver decides once.");
        assert_eq!(one_of(first, second).2, conflict(sentence));
        assert_eq!(deciders(&arena, release).await.len(), 1);
        assert_eq!(arena.stage.status(release).await, ReleaseStatus::ToBeApproved, "one more is needed");
    }
}

async fn either_agree_or_reject_decides(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![approval("go-live", 1, None), command("after")])).await;
        let agree = ("approver", said("go-live", Verdict::Agree));
        let reject = ("approver2", said("go-live", Verdict::Reject));
        let (agreed, rejected) = arena.two(round, release, agree, reject).await;
        let (winner, _, lost) = one_of(agreed, rejected);
        let (who, verdict, said, end) = [
            ("approver", Verdict::Agree, "agreed", ReleaseStatus::Successful),
            ("approver2", Verdict::Reject, "rejected", ReleaseStatus::ReleaseFailed),
        ][winner];
        assert_eq!(lost, decided(who, said));
        assert_eq!(deciders(&arena, release).await, [(who.to_owned(), verdict)]);
        let last = arena.goes_well(release, end).await;
        assert_eq!(last.tasks[1].attempt, u32::from(verdict == Verdict::Agree));
    }
}

async fn a_rejection_ends_it_whether_somebody_agreed_before_or_not(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![approval("go-live", 2, None), command("after")])).await;
        let agree = ("approver", said("go-live", Verdict::Agree));
        let reject = ("approver2", said("go-live", Verdict::Reject));
        let (agreed, rejected) = arena.two(round, release, agree, reject).await;
        rejected.unwrap();
        let who = deciders(&arena, release).await;
        if agreed.is_ok() {
            assert_eq!(who, [("approver".to_owned(), Verdict::Agree), ("approver2".to_owned(), Verdict::Reject)]);
        } else {
            assert_eq!(told(agreed), decided("approver2", "rejected"));
            assert_eq!(who, [("approver2".to_owned(), Verdict::Reject)]);
        }
        let last = arena.goes_well(release, ReleaseStatus::ReleaseFailed).await;
        assert_eq!(last.failures(), [("go-live", FailReason::Rejected)]);
    }
}

async fn either_somebody_agrees_or_the_deadline_passes(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![approval("go-live", 1, Some(3600)), command("after")])).await;
        let deadline = arena.stage.last(release).await.tasks[0].state.asking().unwrap().unwrap();
        let [here, _] = arena.servers(round);
        let agree = arena.asks(here, "approver", release, said("go-live", Verdict::Agree)).await;
        let stage = Arc::clone(&arena.stage);
        let (agreed, ()) = meet(round, agree, async move {
            stage.passes(3600);
            stage.tick().await;
        })
        .await;
        if agreed.is_ok() {
            assert_eq!(deciders(&arena, release).await.len(), 1);
            arena.goes_well(release, ReleaseStatus::Successful).await;
        } else {
            let deadline = tollgate::messages::moment(deadline, tollgate::messages::Locale::default());
            let late = format!("The deadline of go-live passed on {deadline}. Retry asks the approvers again.");
            let closed = "go-live does not ask any more: it was rejected, or its deadline passed. Retry asks again.";
            let (status, sentence) = told(agreed);
            assert!(status == 409 && (sentence == late || sentence == closed), "{status} {sentence}");
            assert!(deciders(&arena, release).await.is_empty());
            let last = arena.goes_well(release, ReleaseStatus::ReleaseFailed).await;
            assert_eq!(last.failures(), [("go-live", FailReason::Expired)]);
            assert_eq!(last.tasks[1].attempt, 0);
        }
    }
}

async fn who_agrees_on_an_old_page_does_not_answer_what_is_asked_anew(db: Db) {
    let arena = Arena::set(db).await;
    let seen = Expected { execution: Some(1), version: None, round: Some(1) };
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![approval("go-live", 1, None), command("after")])).await;
        arena.stage.says("approver2", release, "go-live", Verdict::Reject).await.unwrap();
        arena.stage.tick().await;
        arena.stage.asks("operator", release, &Command::Retry).await.unwrap();
        let [here, _] = arena.servers(round);
        let caller = arena.stage.caller("approver").await;
        let agrees = async move { here.ask_from(&caller, release, seen, &said("go-live", Verdict::Agree)).await };
        let stage = Arc::clone(&arena.stage);
        let (agreed, ()) = meet(round, agrees, async move {
            stage.tick().await;
        })
        .await;
        let (status, sentence) = told(agreed);
        let old = "This page is old: go-live was retried since, and asks anew. Nothing was done; look at the release task as it is now.";
        let early = "go-live does not ask yet: what comes before it has not ended.";
        assert!(status == 409 && (sentence == old || sentence == early), "{status} {sentence}");
        let gate = &arena.stage.last(release).await.tasks[0];
        assert!(gate.state.asking().is_some() && gate.decisions.len() == 1 && gate.round == 2, "{gate:?}");
        arena.stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
        let last = arena.goes_well(release, ReleaseStatus::Successful).await;
        assert_eq!(last.tasks[1].attempt, 1);
    }
}
