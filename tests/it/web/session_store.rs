//! How sessions are kept: by a signed cookie that every replica knows, in memory, and by nobody who is not signed in.

use std::sync::{Arc, Mutex};

use reqwest::header::SET_COOKIE;
use sea_orm::{ConnectionTrait, Database, Statement};
use tollgate::app::sessions;
use tollgate::store::Store;

use super::app::{PASSWORD, TestApp};
use super::browser::{Browser, signed};
use crate::by_hand::one_to;
use crate::db::Db;

on_both!(
    replicas_that_start_at_the_same_time_make_one_key,
    a_session_of_one_replica_is_known_and_ended_by_the_other,
    a_cookie_that_we_have_not_signed_is_nobodys_and_asks_nothing,
    a_session_is_read_once_and_then_remembered,
    who_is_not_signed_in_has_neither_a_cookie_nor_a_row,
    signing_in_with_a_session_renews_it_and_signing_out_takes_the_cookie_away,
    a_session_without_its_line_in_the_audit_does_not_begin,
    a_session_that_no_operation_has_ended_ends_by_its_key,
);

type Heard = Arc<Mutex<Vec<String>>>;

/// A server, and all that it asks its database.
async fn heard(db: &Db) -> (TestApp, Heard) {
    let heard = Heard::default();
    let ear = Arc::clone(&heard);
    let listened =
        |store: Store| store.heard_by(move |statement: &Statement| ear.lock().unwrap().push(statement.sql.clone()));
    (TestApp::start_on(db, listened).await, heard)
}

/// How often it has looked for a session since the last time.
fn looks(heard: &Heard) -> usize {
    let asked = std::mem::take(&mut *heard.lock().unwrap());
    asked.iter().filter(|sql| sql.starts_with("SELECT") && sql.contains("\"key_hash\" =")).count()
}

async fn rows(db: &Db) -> i64 {
    let raw = Database::connect(one_to(&db.url)).await.unwrap();
    let count = Statement::from_string(raw.get_database_backend(), "SELECT count(*) FROM sessions");
    let count = raw.query_one_raw(count).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    raw.close().await.unwrap();
    count
}

async fn replicas_that_start_at_the_same_time_make_one_key(db: Db) {
    let other = Store::connect(&db.url).await.unwrap();
    let keys = tokio::join!(
        sessions::cookie_key(&db.store),
        sessions::cookie_key(&other),
        sessions::cookie_key(&db.store),
        sessions::cookie_key(&other),
    );
    let kept = db.store.setting("cookie_key").await.unwrap().unwrap();
    assert_eq!(kept.len(), 64, "256 bits");
    for key in [keys.0, keys.1, keys.2, keys.3] {
        assert_eq!(key.unwrap(), kept);
    }
    other.close().await.unwrap();
}

async fn a_session_of_one_replica_is_known_and_ended_by_the_other(db: Db) {
    let (here, there) = (TestApp::start(&db).await, TestApp::start_empty(&db).await);
    let ann = here.signed_in_as("operator").await;
    let elsewhere = there.browser();
    elsewhere.holds("tollgate", &ann.cookie("tollgate").unwrap());
    elsewhere.get("/account").await.says("operator");
    assert_eq!(elsewhere.post("/logout", &[]).await.location(), "/login?signed_out=1");
    assert!(!elsewhere.is_signed_in().await);
    let fresh = here.browser();
    fresh.holds("tollgate", &ann.cookie("tollgate").unwrap());
    crate::until::until("the other has forgotten it too", async || !fresh.is_signed_in().await).await;
    there.stops().await;
    here.stops().await;
}

async fn a_cookie_that_we_have_not_signed_is_nobodys_and_asks_nothing(db: Db) {
    let (app, heard) = heard(&db).await;
    let ann = app.signed_in_as("operator").await;
    let cookie = ann.cookie("tollgate").unwrap();
    let (signature, key) = cookie.split_at(cookie.len() - 64);
    let secret = sessions::cookie_key(&db.store).await.unwrap();
    assert_eq!(signed(&secret, key), cookie);
    assert_eq!(looks(&heard), 0, "a new session is not looked for before it is used");

    let other = if signature.starts_with('A') { "B" } else { "A" };
    let forged = [
        key.to_owned(),
        format!("{other}{}{key}", &signature[1..]),
        format!("{signature}{}", "0".repeat(64)),
        format!("{signature}{}", &key[1..]),
        signed(&"0".repeat(64), key),
    ];
    let eve = app.browser();
    for cookie in forged {
        eve.holds("tollgate", &cookie);
        let page = eve.get("/account").await;
        assert_eq!((page.status, page.location()), (303, "/login?next=%2Faccount"), "{cookie}");
    }
    assert_eq!(looks(&heard), 0);
    eve.holds("tollgate", &signed(&secret, &"0".repeat(64)));
    assert!(!eve.is_signed_in().await, "signed, and nobody's");
    assert_eq!(looks(&heard), 1);
    assert!(ann.is_signed_in().await);
    app.stops().await;
}

async fn a_session_is_read_once_and_then_remembered(db: Db) {
    let (app, heard) = heard(&db).await;
    let (ann, bob) = (app.signed_in_as("operator").await, app.signed_in_as("operator").await);
    looks(&heard);
    for _ in 0..5 {
        assert!(ann.is_signed_in().await);
        assert_eq!(ann.get("/login").await.location(), "/");
    }
    assert_eq!(looks(&heard), 1);
    // Nothing is asked for a page that asks nothing itself, but once in a second whether others changed something.
    ann.get("/login").await;
    let asked = std::mem::take(&mut *heard.lock().unwrap());
    let own = asked.iter().filter(|sql| sql.contains("\"sessions\"") || sql.contains("\"users\"")).count();
    assert_eq!(own, 0, "{asked:?}");
    bob.post("/account/sessions/end-others", &[]).await;
    assert!(!ann.is_signed_in().await, "what is remembered ends with the session");
    assert!(bob.is_signed_in().await);
    app.stops().await;
}

async fn who_is_not_signed_in_has_neither_a_cookie_nor_a_row(db: Db) {
    let app = TestApp::start(&db).await;
    let nobody = app.browser();
    nobody.holds("tollgate", "old");
    for path in ["/login", "/account", "/nothing", "/setup", "/healthz"] {
        let page = nobody.get(path).await;
        assert_eq!(page.headers.get(SET_COOKIE), None, "{path}");
    }
    for page in [nobody.signs_in("operator", "wrong horse").await, nobody.post("/logout", &[]).await] {
        assert_eq!(page.headers.get(SET_COOKIE), None, "{}", page.text);
    }
    assert_eq!(rows(&db).await, 0);
    nobody.signs_in("operator", PASSWORD).await;
    assert_eq!(rows(&db).await, 1);
    app.stops().await;
}

fn set(page: &super::browser::Page) -> Vec<&str> {
    page.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect()
}

async fn signing_in_with_a_session_renews_it_and_signing_out_takes_the_cookie_away(db: Db) {
    let app = TestApp::start(&db).await;
    let ann: Browser = app.signed_in_as("operator").await;
    let before = ann.cookie("tollgate").unwrap();
    let again = ann.signs_in("operator", PASSWORD).await;
    assert_eq!(set(&again).len(), 1);
    assert_ne!(ann.cookie("tollgate").unwrap(), before);
    assert_eq!(rows(&db).await, 1, "the one before has ended");
    assert_eq!(set(&ann.get("/account").await), [] as [&str; 0], "it is set once");
    let out = ann.post("/logout", &[]).await;
    let [gone] = set(&out)[..] else { panic!("{:?}", set(&out)) };
    for part in ["tollgate=;", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=0"] {
        assert!(gone.contains(part), "{part} in {gone}");
    }
    assert_eq!((rows(&db).await, ann.cookie("tollgate")), (0, None));
    app.stops().await;
}

async fn a_session_without_its_line_in_the_audit_does_not_begin(db: Db) {
    let app = TestApp::start(&db).await;
    let raw = Database::connect(one_to(&db.url)).await.unwrap();
    raw.execute_unprepared("ALTER TABLE events RENAME TO events_elsewhere").await.unwrap();
    let ann = app.browser();
    let refused = ann.signs_in("operator", PASSWORD).await;
    assert_eq!((refused.status, refused.headers.get(SET_COOKIE)), (500, None), "{}", refused.text);
    assert_eq!(rows(&db).await, 0);
    raw.execute_unprepared("ALTER TABLE events_elsewhere RENAME TO events").await.unwrap();
    raw.close().await.unwrap();
    assert_eq!(ann.signs_in("operator", PASSWORD).await.status, 303);
    assert_eq!((rows(&db).await, super::audit(&db).await.len()), (1, 1));
    app.stops().await;
}

async fn a_session_that_no_operation_has_ended_ends_by_its_key(db: Db) {
    let app = TestApp::start(&db).await;
    let (ann, bob) = (app.signed_in_as("operator").await, app.signed_in_as("operator").await);
    assert!(ann.is_signed_in().await);
    let cookie = ann.cookie("tollgate").unwrap();
    let key = &cookie[cookie.len() - 64..];
    assert!(app.app.end_session_of_key(key).await.unwrap());
    assert!(!app.app.end_session_of_key(key).await.unwrap(), "it has ended");
    crate::until::until("every replica has forgotten it", async || !ann.is_signed_in().await).await;
    assert!(bob.is_signed_in().await);
    app.stops().await;
}
