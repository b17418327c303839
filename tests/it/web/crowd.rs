//! Many who try to sign in at the same moment: who has the right password is let in soon all the same.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::app::{PASSWORD, TestApp};
use super::browser::Page;
use crate::db::Db;

on_both!(
    s3_a_crowd_of_strangers_is_told_to_come_again_and_holds_nobody_up,
    s3_who_is_gone_is_not_waited_for,
    s3_neighbours_share_their_tries,
);

/// Longer than a full line of strangers takes.
const TIMEOUT: Duration = Duration::from_mins(1);
/// One of so many networks guesses from one of so many addresses.
const CROWD: usize = 300;

async fn behind_a_proxy(db: &Db) -> TestApp {
    TestApp::start_with(db, |web| {
        web.trust_proxy = true;
        // A crowd on a slow machine comes to its requests late.
        web.patience.head_timeout = TIMEOUT;
    })
    .await
}

async fn tries(app: &TestApp, from: &str, name: &str, password: &str) -> Page {
    let body = format!("name={name}&password={}", password.replace(' ', "+"));
    app.browser().send(Method::POST, "/login", &[("x-forwarded-for", from)], &body).await
}

/// As a person who is told to come again does.
async fn signs_in_at_last(app: &TestApp, from: &str) {
    let again = async {
        while tries(app, from, "operator", PASSWORD).await.status == 503 {
            tokio::task::yield_now().await;
        }
    };
    assert!(timeout(TIMEOUT, again).await.is_ok(), "nobody gets in");
}

fn address(n: usize) -> String {
    format!("10.{}.{}.1", n / 200, n % 200)
}

async fn s3_a_crowd_of_strangers_is_told_to_come_again_and_holds_nobody_up(db: Db) {
    let app = behind_a_proxy(&db).await;
    assert_eq!(tries(&app, "192.0.2.7", "operator", PASSWORD).await.status, 303, "at home there");
    let addresses: Vec<String> = (0..CROWD).map(address).collect();
    let names: Vec<String> = (0..CROWD).map(|n| format!("nobody{n}")).collect();
    let crowd = join_all(addresses.iter().zip(&names).map(|(from, name)| tries(&app, from, name, "wrong horse")));
    let (answers, at_home) = tokio::join!(crowd, tries(&app, "192.0.2.7", "operator", PASSWORD));
    assert_eq!(at_home.status, 303, "who is known stands in no line with strangers");
    let refused: Vec<_> = answers.iter().filter(|page| page.status == 503).collect();
    assert!(answers.iter().all(|page| matches!(page.status, 401 | 503)));
    assert!(!refused.is_empty() && refused.len() < CROWD, "{} of {CROWD}", refused.len());
    for page in refused {
        assert_eq!(page.header("retry-after"), "5");
        page.says("<h1>Too many people are signing in</h1>").says("value=\"nobody").says("type=\"password\"");
        assert!(!page.text.contains("wrong horse"));
    }
    signs_in_at_last(&app, "198.51.100.1").await;
    app.stops().await;
}

async fn s3_who_is_gone_is_not_waited_for(db: Db) {
    let app = behind_a_proxy(&db).await;
    for n in 0..CROWD {
        let mut wire = TcpStream::connect(app.address).await.unwrap();
        let body = format!("name=nobody{n}&password=wrong+horse");
        let (from, length) = (address(n), body.len());
        let request = format!(
            "POST /login HTTP/1.1\r\nHost: here\r\nX-Forwarded-For: {from}\r\nContent-Length: {length}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"
        );
        wire.write_all(request.as_bytes()).await.unwrap();
    }
    signs_in_at_last(&app, "198.51.100.1").await;
    app.stops().await;
}

async fn s3_neighbours_share_their_tries(db: Db) {
    let app = behind_a_proxy(&db).await;
    assert_eq!(tries(&app, "203.0.113.250", "operator", PASSWORD).await.status, 303, "at home there");
    let mut refused = 0;
    for n in 0..100 {
        let page = tries(&app, &format!("203.0.113.{n}"), &format!("nobody{n}"), "wrong horse").await;
        refused += usize::from(page.status == 429);
    }
    // The clock of this test stands still.
    assert!((20..80).contains(&refused), "{refused}");
    assert_eq!(tries(&app, "203.0.113.251", "viewer", PASSWORD).await.status, 429, "a stranger there");
    assert_eq!(tries(&app, "203.0.113.250", "operator", PASSWORD).await.status, 303, "not who is known there");
    assert_eq!(tries(&app, "203.0.112.1", "viewer", PASSWORD).await.status, 303, "nor another network");
    app.stops().await;
}
