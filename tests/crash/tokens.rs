//! The server dies while it writes down who is told that a token ends: it is told once all the same.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, Database, Statement};
use tollgate::clock::Clock;
use tollgate::domain::tokens::{TokenRights, TokenScope};
use tollgate::failpoints::FAILS_AT;
use tollgate::store::{FreshToken, Token, new_id};

use crate::by_hand::one_to;
use crate::db::Db;
use crate::installation::Installation;
use crate::until::until;

on_both!(c3_a_mark_is_told_once_wherever_the_server_dies);

/// A token of the operator, who has an address, of which it is to be told that it ends.
async fn ends_soon(here: &Installation) {
    let (store, now) = (&here.db.store, Clock::system().now());
    let owner = store.credentials("operator").await.unwrap().unwrap().id;
    let tx = store.begin_write().await.unwrap();
    tx.ask_address(owner, "operator@example.org", b"secret", now + TimeDelta::days(1)).await.unwrap();
    assert!(tx.confirm_address(owner, b"secret", now).await.unwrap());
    let token = Token {
        id: new_id(),
        prefix: "tgp_test".to_owned(),
        name: "ci".to_owned(),
        owner,
        is_service: false,
        rights: TokenRights { scopes: [TokenScope::Read].into(), team: None },
        answerable: Vec::new(),
        created_at: now - TimeDelta::days(20),
        expires_at: now + TimeDelta::days(6),
        revoked_at: None,
        last_used_at: None,
        last_used_from: None,
    };
    let notice_due_at = Some(token.expires_at - TimeDelta::days(7));
    tx.insert_token(FreshToken { token, secret_hash: vec![1], notice_due_at }).await.unwrap();
    tx.commit().await.unwrap();
}

/// How often it is or was on its way.
async fn queued(here: &Installation) -> i64 {
    let hand = Database::connect(one_to(&here.db.url)).await.unwrap();
    let count = Statement::from_string(
        hand.get_database_backend(),
        "SELECT count(*) FROM deliveries WHERE token_id IS NOT NULL",
    );
    let count = hand.query_one_raw(count).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    hand.close().await.unwrap();
    count
}

async fn c3_a_mark_is_told_once_wherever_the_server_dies(db: Db) {
    let here = Installation::new(db);
    drop(here.starts());
    ends_soon(&here).await;
    for (point, written) in [("notify.token.passed", 0), ("notify.claimed", 1)] {
        if let Ok(mut mortal) = here.starts_with(&[("TOLLGATE_FAIL_AT", point)]) {
            mortal.child.wait().unwrap();
        }
        assert!(here.server_log().contains(&format!("{FAILS_AT}{point}")), "{}", here.server_log());
        assert_eq!(queued(&here).await, written, "after it died at {point}");
    }
    let _program = here.starts();
    until("its delivery was tried", async || {
        let owner = here.db.store.credentials("operator").await.unwrap().unwrap().id;
        let recipient = tollgate::domain::notices::Recipient::Person(owner);
        !here.db.store.last_deliveries(&[recipient]).await.unwrap().is_empty()
    })
    .await;
    assert_eq!(queued(&here).await, 1);
}
