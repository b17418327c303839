//! The outbox: each event once to each recipient, whoever dies; again after a failure; late ones in one digest.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use tollgate::app::{Caller, LetterContent};
use tollgate::domain::decide::Command;
use tollgate::domain::delivery::DeliveryFailure;
use tollgate::domain::execution::Verdict;
use tollgate::domain::notices::NoticeKind;
use tollgate::domain::people::Role;
use tollgate::domain::status::ReleaseStatus;
use tollgate::notify::NotifierTurn;
use tollgate::store::Scope;
use tollgate_testing::log;

use super::stage::{Scribe, addresses, channel, notifier, told};
use crate::db::Db;
use crate::engine::stage::Stage;
use crate::engine::tasks::{approval, command, line};

on_both!(
    d1_each_event_is_told_once_to_each_recipient_whoever_looks_and_restarts,
    d1_what_a_dead_replica_had_claimed_is_sent_by_another_once_its_term_is_over,
    d2_a_delivery_counts_as_sent_after_the_answer_only_and_the_list_has_what_failed,
    d3_what_comes_too_late_becomes_one_digest_and_a_decided_checkpoint_asks_nobody,
    d5_approvers_by_role_are_looked_up_when_it_is_sent,
    a_member_who_has_not_chosen_is_told_what_the_team_chose_for_its_members,
    a_deadline_that_is_near_is_told_once_and_a_pause_moves_it,
    telling_never_changes_an_execution,
);

const ASKS: [NoticeKind; 3] = NoticeKind::DEFAULT;

fn sorted(mut told: Vec<(&str, &'static str)>) -> Vec<(String, &'static str)> {
    told.sort_unstable();
    told.into_iter().map(|(name, word)| (name.to_owned(), word)).collect()
}

async fn d1_each_event_is_told_once_to_each_recipient_whoever_looks_and_restarts(db: Db) {
    let mut stage = Stage::set(db).await;
    channel(&stage.app.store, stage.team, "builds", &NoticeKind::ALL).await;
    addresses(&stage, &["approver", "approver2", "operator"], &ASKS).await;
    let release = stage.running(line(vec![approval("go-live", 1, None), command("deploy")])).await;
    let (other_app, other, _calls) = stage.another("node-2");
    other.tick().await.unwrap();
    let scribe = Scribe::default();
    let (one, two) = (notifier(&stage.app, &stage.engine, &scribe), notifier(&other_app, &other, &scribe));
    for _ in 0..4 {
        let (first, second) = tokio::join!(one.turn(), two.turn());
        first.and(second).unwrap();
    }
    // The operator started it and is no approver.
    let all = sorted(vec![
        ("approver", "checkpoint_waits"),
        ("approver2", "checkpoint_waits"),
        ("builds", "checkpoint_waits"),
        ("builds", "release_started"),
    ]);
    assert_eq!(scribe.sent(), all);

    stage.restarts();
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), [], "a restart tells nothing again");
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    stage.starts("deploy").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), sorted(vec![("builds", "release_successful")]));
}

async fn d1_what_a_dead_replica_had_claimed_is_sent_by_another_once_its_term_is_over(db: Db) {
    let stage = Stage::set(db).await;
    channel(&stage.app.store, stage.team, "builds", &[NoticeKind::ReleaseStarted]).await;
    stage.running(line(vec![approval("go-live", 1, None)])).await;
    let term = stage.engine.current_term().unwrap();
    stage.app.address_notices().await.unwrap();
    assert_eq!(stage.app.claim_deliveries(&term, &[]).await.unwrap().len(), 1);
    // Here it dies.
    let (other_app, other, _calls) = stage.another("node-2");
    other.tick().await.unwrap();
    let scribe = Scribe::default();
    let notifier = notifier(&other_app, &other, &scribe);
    assert_eq!(notifier.turn().await.unwrap(), NotifierTurn::default(), "its term lasts still");
    let seen = stage.app.store.replicas().await.unwrap();
    let dead = seen.iter().find(|replica| replica.id == term.replica).unwrap();
    assert!(stage.app.store.fence(dead, stage.app.clock.now()).await.unwrap());
    assert_eq!(notifier.turn().await.unwrap().claimed, 1);
    assert_eq!(scribe.sent(), sorted(vec![("builds", "release_started")]));
    assert_eq!(notifier.turn().await.unwrap(), NotifierTurn::default());
}

async fn d2_a_delivery_counts_as_sent_after_the_answer_only_and_the_list_has_what_failed(db: Db) {
    let stage = Stage::set(db).await;
    let (store, scribe) = (&stage.app.store, Scribe::default());
    log::keep();
    channel(store, stage.team, "builds", &[NoticeKind::CheckpointWaits]).await;
    stage.running(line(vec![approval("go-live", 1, None)])).await;
    scribe.fails(1, &DeliveryFailure::Answered { status: 502 });
    let mark = stage.app.live.deliveries_mark();
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), []);
    assert_ne!(stage.app.live.deliveries_mark(), mark, "the page has something to fetch");
    let listed = stage.app.undelivered(&Caller::CommandLine).await.unwrap();
    let [retried] = listed.as_slice() else { panic!("it is listed while it is tried again: {listed:#?}") };
    assert_eq!(retried.delivery.next_try(), Some(stage.app.clock.now() + TimeDelta::seconds(10)));
    let lines = log::lines_with(&format!("delivery={}", retried.delivery.id));
    assert!(lines[0].contains("kind=\"webhook\" recipient=\"builds\" attempts=1"), "{lines:?}");
    stage.passes(9);
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), [], "it rests");
    stage.passes(2);
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), sorted(vec![("builds", "checkpoint_waits")]));

    // A second release, whose receiver never comes back.
    let second = stage.release("second", line(vec![approval("go-live", 1, None)])).await;
    stage.execute(second).await.unwrap();
    stage.tick().await;
    scribe.fails(1000, &DeliveryFailure::Answered { status: 503 });
    for _ in 0..12 {
        told(&stage, &scribe).await;
        stage.passes(9 * 3600);
    }
    let failed = store.undeliverable(&Scope::Teams([stage.team].into()), 10).await.unwrap();
    let [failed] = failed.as_slice() else { panic!("one could not be delivered: {failed:#?}") };
    assert_eq!((failed.attempts, &failed.failure), (12, &Some(DeliveryFailure::Answered { status: 503 })));
    assert_eq!(stage.status(second).await, ReleaseStatus::ToBeApproved, "telling changes nothing");

    let again = Scribe::default();
    let tx = store.begin_write().await.unwrap();
    assert!(tx.send_again(failed.id, stage.app.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    told(&stage, &again).await;
    assert_eq!(again.sent(), sorted(vec![("builds", "checkpoint_waits")]));
    assert_eq!(store.undeliverable(&Scope::All, 10).await.unwrap(), []);
    // Who refuses for good is not asked twice.
    let third = stage.release("third", line(vec![approval("go-live", 1, None)])).await;
    stage.execute(third).await.unwrap();
    let gone = Scribe::default();
    gone.fails(1, &DeliveryFailure::Answered { status: 410 });
    told(&stage, &gone).await;
    assert_eq!(store.undeliverable(&Scope::All, 10).await.unwrap().len(), 1);
}

async fn d3_what_comes_too_late_becomes_one_digest_and_a_decided_checkpoint_asks_nobody(db: Db) {
    let stage = Stage::set(db).await;
    let scribe = Scribe::default();
    channel(&stage.app.store, stage.team, "chat", &NoticeKind::ALL).await;
    addresses(&stage, &["approver"], &ASKS).await;
    // The receiver is away while several releases go by.
    scribe.fails(1000, &DeliveryFailure::Answered { status: 503 });
    for name in ["one", "two", "three"] {
        let release = stage.release(name, line(vec![approval("go-live", 1, None)])).await;
        stage.execute(release).await.unwrap();
        told(&stage, &scribe).await;
        stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
        told(&stage, &scribe).await;
    }
    stage.passes(5 * 3600);
    let back = Scribe::default();
    told(&stage, &back).await;
    let letters = back.letters();
    let [letter] = letters.as_slice() else { panic!("one digest, and nothing else: {letters:#?}") };
    let LetterContent::Digest { team, lines, count } = &letter.content else { panic!("a digest: {letter:#?}") };
    assert_eq!((team.as_str(), *count), ("storefront", 6), "three started and three ended; nobody is asked any more");
    let told_of: Vec<_> = lines.iter().map(|line| (line.release.as_str(), line.kind)).collect();
    assert!(told_of.contains(&("three", NoticeKind::ReleaseSuccessful)), "{told_of:?}");
    told(&stage, &back).await;
    assert_eq!(back.sent(), [], "it is told once");
}

async fn d5_approvers_by_role_are_looked_up_when_it_is_sent(db: Db) {
    let stage = Stage::set(db).await;
    let scribe = Scribe::default();
    addresses(&stage, &["approver", "approver2", "viewer"], &ASKS).await;
    scribe.fails(2, &DeliveryFailure::NoMailServer);
    stage.running(line(vec![approval("go-live", 2, None)])).await;
    told(&stage, &scribe).await;
    let user = |name: &'static str| async { stage.app.store.credentials(name).await.unwrap().unwrap().id };
    let (gone, come) = (user("approver").await, user("viewer").await);
    let tx = stage.app.store.begin_write().await.unwrap();
    assert!(tx.revoke(gone, stage.team, Role::Approver).await.unwrap());
    assert!(tx.grant(come, stage.team, Role::Approver).await.unwrap());
    tx.commit().await.unwrap();
    stage.passes(3600);
    told(&stage, &scribe).await;
    // Who left is not told; who came after it was asked sees it under My Approvals.
    assert_eq!(scribe.sent(), sorted(vec![("approver2", "checkpoint_waits")]));
    // Who comes before is told.
    let second = stage.release("second", line(vec![approval("go-live", 1, None)])).await;
    stage.execute(second).await.unwrap();
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), sorted(vec![("approver2", "checkpoint_waits"), ("viewer", "checkpoint_waits")]));
}

async fn a_member_who_has_not_chosen_is_told_what_the_team_chose_for_its_members(db: Db) {
    let stage = Stage::set(db).await;
    let scribe = Scribe::default();
    addresses(&stage, &["approver", "viewer", "operator"], &[NoticeKind::ReleaseSuccessful]).await;
    let user = |name: &'static str| async { stage.app.store.credentials(name).await.unwrap().unwrap().id };
    let (viewer, operator) = (user("viewer").await, user("operator").await);
    let tx = stage.app.store.begin_write().await.unwrap();
    tx.choose_member_events(stage.team, &[NoticeKind::ReleaseStarted].into()).await.unwrap();
    tx.choose_events(viewer, None).await.unwrap();
    // Who chose nothing has chosen.
    tx.choose_events(operator, Some(&BTreeSet::new())).await.unwrap();
    tx.commit().await.unwrap();
    stage.running(line(vec![approval("go-live", 1, None)])).await;
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), sorted(vec![("viewer", "release_started")]), "the approver chose something else");
    // What the team says when it is sent counts.
    scribe.fails(1, &DeliveryFailure::MailTimeout);
    let second = stage.release("second", line(vec![approval("go-live", 1, None)])).await;
    stage.execute(second).await.unwrap();
    told(&stage, &scribe).await;
    let tx = stage.app.store.begin_write().await.unwrap();
    tx.choose_member_events(stage.team, &BTreeSet::new()).await.unwrap();
    tx.commit().await.unwrap();
    stage.passes(60);
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), []);
}

async fn a_deadline_that_is_near_is_told_once_and_a_pause_moves_it(db: Db) {
    let stage = Stage::set(db).await;
    let scribe = Scribe::default();
    addresses(&stage, &["approver"], &[NoticeKind::DeadlineNear]).await;
    let release = stage.running(line(vec![approval("go-live", 1, Some(4 * 3600))])).await;
    told(&stage, &scribe).await;
    stage.passes(2 * 3600);
    stage.does(release, &Command::Pause).await;
    stage.passes(90 * 60);
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), [], "while it is paused nothing comes near");
    stage.does(release, &Command::Continue).await;
    stage.passes(59 * 60);
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), [], "it has an hour and a minute yet");
    stage.passes(2 * 60);
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), sorted(vec![("approver", "deadline_near")]));
    stage.passes(60);
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), []);
}

async fn telling_never_changes_an_execution(db: Db) {
    let stage = Stage::set(db).await;
    let scribe = Scribe::default();
    scribe.fails(1000, &DeliveryFailure::MailNotEncrypted);
    channel(&stage.app.store, stage.team, "builds", &NoticeKind::ALL).await;
    addresses(&stage, &["approver"], &ASKS).await;
    let release = stage.running(line(vec![approval("go-live", 1, Some(7200))])).await;
    let (before, mark) = (stage.last(release).await, stage.app.live.mark(release));
    for _ in 0..5 {
        told(&stage, &scribe).await;
        stage.passes(TimeDelta::minutes(5).num_seconds());
    }
    assert_eq!(stage.last(release).await, before);
    assert_eq!(stage.app.live.mark(release), mark);
}
