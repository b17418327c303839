//! Tokens that end: told at 14, 7 and 1 days, once each, to their owners or, of those of services, to the managers and the
//! channels of the team.

use chrono::TimeDelta;
use tollgate::app::LetterContent;
use tollgate::app::tokens::NewToken;
use tollgate::domain::delivery::DeliveryFailure;
use tollgate::domain::ids::TokenId;
use tollgate::domain::notices::NoticeKind;
use tollgate::domain::people::Role;
use tollgate::domain::tokens::TokenScope;

use super::stage::{Scribe, addresses, channel, notifier, told};
use crate::db::Db;
use crate::engine::stage::Stage;

on_both!(
    c3_the_owner_is_told_14_7_and_1_days_before_a_token_ends_once_each,
    c3_of_a_services_token_the_managers_and_the_channels_that_chose_it_are_told,
    c3_two_replicas_and_a_restart_tell_each_mark_once,
    c3_nothing_is_told_of_a_token_that_was_renewed_or_revoked_meanwhile,
    c3_marks_that_were_past_when_a_token_was_made_or_renewed_are_not_told,
);

const DAY: i64 = 24 * 3600;

async fn made(stage: &Stage, who: &str, days: i64, is_service: bool) -> TokenId {
    let new = NewToken {
        name: "ci".to_owned(),
        owner: None,
        service_of: is_service.then_some(stage.team),
        scopes: [TokenScope::Read].into(),
        only: None,
        expires_at: stage.app.clock.now() + TimeDelta::days(days),
    };
    stage.app.make_token(&stage.caller(who).await, &new).await.unwrap().token.id
}

/// Goes on hour by hour for so many days; answers how many days before that it was told, and to whom.
async fn days_told(stage: &Stage, scribe: &Scribe, days: i64) -> Vec<(i64, String)> {
    let mut all = Vec::new();
    for quarter in 0..days * 4 {
        told(stage, scribe).await;
        let left = days - quarter / 4;
        all.extend(scribe.sent().into_iter().map(|(name, word)| {
            assert_eq!(word, "token_ends");
            (left, name)
        }));
        stage.passes(DAY / 4);
    }
    told(stage, scribe).await;
    assert_eq!(scribe.sent(), [], "nothing is told after its end");
    all
}

fn to(name: &str, days: &[i64]) -> Vec<(i64, String)> {
    days.iter().map(|day| (*day, name.to_owned())).collect()
}

async fn c3_the_owner_is_told_14_7_and_1_days_before_a_token_ends_once_each(db: Db) {
    let stage = Stage::set(db).await;
    let scribe = Scribe::default();
    addresses(&stage, &["viewer", "operator"], &NoticeKind::DEFAULT).await;
    channel(&stage.app.store, stage.team, "chat", &NoticeKind::ALL).await;
    made(&stage, "viewer", 20, false).await;
    assert_eq!(days_told(&stage, &scribe, 20).await, to("viewer", &[14, 7, 1]));
    // Who does not want it is not told; who has no address cannot be.
    addresses(&stage, &["operator"], &[NoticeKind::CheckpointWaits]).await;
    made(&stage, "operator", 20, false).await;
    made(&stage, "approver", 20, false).await;
    assert_eq!(days_told(&stage, &scribe, 20).await, []);
}

async fn c3_of_a_services_token_the_managers_and_the_channels_that_chose_it_are_told(db: Db) {
    let stage = Stage::set(db).await;
    let scribe = Scribe::default();
    addresses(&stage, &["viewer", "operator", "approver"], &NoticeKind::DEFAULT).await;
    channel(&stage.app.store, stage.team, "chat", &[NoticeKind::TokenEnds]).await;
    channel(&stage.app.store, stage.team, "builds", &[NoticeKind::ReleaseFailed]).await;
    let user = |name: &'static str| async { stage.app.store.credentials(name).await.unwrap().unwrap().id };
    let tx = stage.app.store.begin_write().await.unwrap();
    for name in ["operator", "approver"] {
        assert!(tx.grant(user(name).await, stage.team, Role::Manager).await.unwrap());
    }
    tx.commit().await.unwrap();
    made(&stage, "operator", 10, true).await;
    stage.passes(3 * DAY);
    scribe.fails(3, &DeliveryFailure::NoMailServer);
    told(&stage, &scribe).await;
    // Who manages the team no longer when it is sent is not told.
    let tx = stage.app.store.begin_write().await.unwrap();
    assert!(tx.revoke(user("approver").await, stage.team, Role::Manager).await.unwrap());
    tx.commit().await.unwrap();
    stage.passes(60);
    told(&stage, &scribe).await;
    let letters = scribe.letters();
    let mut names: Vec<_> = letters.iter().map(|letter| format!("{:?}", letter.to)).collect();
    names.sort();
    assert!(names.len() == 2 && names[0].contains("\"chat\"") && names[1].contains("\"operator\""), "{names:?}");
    for letter in &letters {
        let LetterContent::TokenEnds { token, team } = &letter.content else { panic!("{letter:#?}") };
        assert_eq!((token.name.as_str(), team.as_str()), ("ci", "storefront"));
    }
}

async fn c3_two_replicas_and_a_restart_tell_each_mark_once(db: Db) {
    let mut stage = Stage::set(db).await;
    let scribe = Scribe::default();
    addresses(&stage, &["viewer"], &NoticeKind::DEFAULT).await;
    made(&stage, "viewer", 30, false).await;
    stage.passes(17 * DAY);
    stage.tick().await;
    let (other_app, other, _calls) = stage.another("node-2");
    other.tick().await.unwrap();
    let (one, two) = (notifier(&stage.app, &stage.engine, &scribe), notifier(&other_app, &other, &scribe));
    for _ in 0..4 {
        let (first, second) = tokio::join!(one.turn(), two.turn());
        first.and(second).unwrap();
    }
    assert_eq!(scribe.sent(), [("viewer".to_owned(), "token_ends")]);
    stage.restarts();
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), [], "a restart tells nothing again");
    // Nobody served while two marks went by: they are told as one.
    stage.passes(12 * DAY + DAY / 2);
    told(&stage, &scribe).await;
    assert_eq!(scribe.sent(), [("viewer".to_owned(), "token_ends")]);
}

async fn c3_nothing_is_told_of_a_token_that_was_renewed_or_revoked_meanwhile(db: Db) {
    let stage = Stage::set(db).await;
    let scribe = Scribe::default();
    addresses(&stage, &["viewer"], &NoticeKind::DEFAULT).await;
    let viewer = stage.caller("viewer").await;
    let (renewed, revoked) = (made(&stage, "viewer", 15, false).await, made(&stage, "viewer", 15, false).await);
    stage.passes(DAY);
    // Both are on their way, and cannot be sent yet.
    scribe.fails(2, &DeliveryFailure::NoMailServer);
    told(&stage, &scribe).await;
    let until = stage.app.clock.now() + TimeDelta::days(30);
    stage.app.renew_token(&viewer, renewed, until).await.unwrap();
    stage.app.revoke_token(&viewer, revoked).await.unwrap();
    assert_eq!(days_told(&stage, &scribe, 30).await, to("viewer", &[14, 7, 1]), "of the new end alone");
}

async fn c3_marks_that_were_past_when_a_token_was_made_or_renewed_are_not_told(db: Db) {
    let stage = Stage::set(db).await;
    let scribe = Scribe::default();
    addresses(&stage, &["viewer"], &NoticeKind::DEFAULT).await;
    let token = made(&stage, "viewer", 10, false).await;
    assert_eq!(days_told(&stage, &scribe, 10).await, to("viewer", &[7, 1]));
    let until = stage.app.clock.now() + TimeDelta::days(5);
    stage.app.renew_token(&stage.caller("viewer").await, token, until).await.unwrap();
    assert_eq!(days_told(&stage, &scribe, 5).await, to("viewer", &[1]));
}
