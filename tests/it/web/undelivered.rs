//! Undelivered: what is tried again beside what was given up, the part of the page that refreshes itself, and Dismiss by API.

use reqwest::Method;
use serde_json::json;
use tollgate::domain::delivery::DeliveryKind;
use tollgate::domain::notices::{ChannelChoice, ChannelKind, NoticeKind, Recipient};
use tollgate::domain::tokens::TokenScope;
use tollgate::store::{Channel, DeliveryState, FreshChannel, NewDelivery, Scope, new_id};

use super::app::TestApp;
use super::release_api::Program;
use crate::db::Db;
use crate::until::until;

on_both!(
    what_is_tried_again_is_listed_with_its_next_try_and_the_list_refreshes_itself,
    what_was_given_up_is_dismissed_by_api_by_whoever_answers_for_it,
);

impl TestApp {
    /// Something that waits for its second attempt: the key that its channel signs with is not there.
    async fn tried_in_vain(&self) {
        let choice = ChannelChoice {
            id: new_id(),
            kind: ChannelKind::Webhook,
            enabled: true,
            events: NoticeKind::DEFAULT.into(),
        };
        let new = NewDelivery {
            kind: DeliveryKind::Digest,
            notice_id: None,
            token_id: None,
            team_id: Some(self.team),
            channel: ChannelKind::Webhook,
            recipient: Recipient::Channel(choice.id),
        };
        let channel = Channel {
            team_id: self.team,
            name: "deploy-hook".to_owned(),
            address: Some("http://127.0.0.1:9/".to_owned()),
            rotated_at: None,
            choice,
        };
        let (tx, now) = (self.app.store.begin_write().await.unwrap(), self.app.clock.now());
        tx.insert_channel(&FreshChannel { channel, at: now }).await.unwrap();
        tx.insert_deliveries(&[new], now).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn what_is_tried_again_is_listed_with_its_next_try_and_the_list_refreshes_itself(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let mut refresh = String::new();
    // A server that has just begun to listen to the others may look once more.
    until("nothing new is told", async || {
        let page = manager.get("/deliveries").await;
        page.says("Everything was delivered");
        let seen = page.text.split("hx-get=\"/deliveries?seen=").nth(1).unwrap().split('"').next().unwrap();
        refresh = format!("/deliveries?seen={seen}");
        manager.htmx(&refresh, "/deliveries").await.status == 204
    })
    .await;
    app.tried_in_vain().await;
    let mut shown = String::new();
    until("the part that refreshes itself shows it", async || {
        let answer = manager.htmx(&refresh, "/deliveries").await;
        shown = answer.text;
        answer.status == 200
    })
    .await;
    assert!(shown.contains("Next try") && shown.contains("deploy-hook") && shown.contains("tried 1 time"), "{shown}");
    assert!(!shown.contains("<html") && !shown.contains("Send Again") && !shown.contains("Dismiss"), "{shown}");
    let program = Program::of(&app, "manager", &[TokenScope::Approve]).await;
    let listed = program.asks(Method::GET, "/v3/undelivered", None).await;
    assert!(
        listed.text.contains("\"given_up_at\":null") && !listed.text.contains("\"next_try_at\":null"),
        "{}",
        listed.text
    );
    // It is not given up: there is nothing to dismiss.
    let all = program.asks(Method::POST, "/v3/undelivered/dismiss", None).await;
    assert_eq!((all.status, all.text.as_str()), (200, r#"{"dismissed":0}"#));
    app.stops().await;
}

async fn what_was_given_up_is_dismissed_by_api_by_whoever_answers_for_it(db: Db) {
    let app = TestApp::start(&db).await;
    let (id, second) = (app.undelivered().await, app.undelivered().await);
    let one = format!("/v3/undelivered/{id}/dismiss");
    for (name, scope) in
        [("operator", TokenScope::Approve), ("manager", TokenScope::Read), ("manager", TokenScope::Operate)]
    {
        let program = Program::of(&app, name, &[scope]).await;
        for path in [one.as_str(), "/v3/undelivered/dismiss"] {
            assert_eq!(program.asks(Method::POST, path, None).await.status, 404, "{name} {scope:?} {path}");
        }
    }
    let manager = Program::of(&app, "manager", &[TokenScope::Approve]).await;
    let under_key = [("idempotency-key", "dismiss-1")];
    let first = manager.asks_with(Method::POST, &one, &under_key, None).await;
    let again = manager.asks_with(Method::POST, &one, &under_key, None).await;
    assert_eq!((first.text.as_str(), again.text.as_str()), (r#"{"dismissed":1}"#, r#"{"dismissed":1}"#));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(manager.asks(Method::POST, &one, None).await.text, r#"{"dismissed":0}"#);
    // All that was listed; what comes later stays.
    let until = app.app.store.delivery(second).await.unwrap().unwrap().ended_at.unwrap().timestamp_millis();
    app.passes(chrono::TimeDelta::seconds(5));
    let later = app.undelivered().await;
    let dismissed = manager.asks(Method::POST, "/v3/undelivered/dismiss", Some(&json!({"until": until}))).await;
    assert_eq!(dismissed.text, r#"{"dismissed":1}"#);
    let left: Vec<_> = app.app.store.undeliverable(&Scope::All, 10).await.unwrap().iter().map(|it| it.id).collect();
    assert_eq!(left, [later]);
    let wrong = manager.asks(Method::POST, "/v3/undelivered/dismiss", Some(&json!({"until": i64::MAX}))).await;
    assert_eq!(wrong.status, 400);
    wrong.says("milliseconds since 1970");
    assert_eq!(manager.asks(Method::POST, "/v3/undelivered/dismiss", None).await.text, r#"{"dismissed":1}"#);
    assert_eq!(app.app.store.delivery(later).await.unwrap().unwrap().state, DeliveryState::Dismissed);
    let audit = app.signed_in_as("administrator").await.get("/audit").await;
    audit.says("dismissed 1 undelivered notice to");
    app.stops().await;
}
