//! The same over HTTP: two tabs, at two servers on one PostgreSQL, or at the one server on SQLite.

use tollgate::domain::status::ReleaseStatus;

use super::{ROUNDS, meet};
use crate::db::Db;
use crate::web::app::{PASSWORD, TestApp};
use crate::web::browser::{Browser, Page};
use crate::web::releases::scene::{GATED, Scene};

on_both!(two_tabs_execute_once_and_decide_once);

/// A tab of that person at each server.
async fn tabs(scene: &Scene, second: Option<&TestApp>, name: &str) -> [Browser; 2] {
    let here = scene.browser(name).await;
    let Some(second) = second else { return [here.clone(), here] };
    let there = second.browser();
    assert_eq!(there.signs_in(name, PASSWORD).await.status, 303);
    [here, there]
}

/// Sends the same form from both tabs; answers who won and what the other was shown.
async fn both_send(
    round: usize,
    [here, there]: &[Browser; 2],
    path: &str,
    form: &[(&'static str, String)],
) -> (Page, Page) {
    let send = |browser: &Browser| {
        let (browser, path, form) = (browser.clone(), path.to_owned(), form.to_vec());
        async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.post(&path, &form).await
        }
    };
    let (first, second) = meet(round, send(here), send(there)).await;
    if first.status == 303 { (first, second) } else { (second, first) }
}

async fn two_tabs_execute_once_and_decide_once(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let second = if db.url.starts_with("postgres") { Some(TestApp::start_empty(&db).await) } else { None };
    let operator = tabs(&scene, second.as_ref(), "operator").await;
    let approver = tabs(&scene, second.as_ref(), "approver").await;
    for round in 0..ROUNDS / 2 {
        let number = u32::try_from(round).unwrap() + 1;
        let form = [
            ("task", "build".to_owned()),
            ("task", "go-live".to_owned()),
            ("task", "deploy".to_owned()),
            ("execution", round.to_string()),
            ("version", "1".to_owned()),
        ];
        let (won, lost) = both_send(round, &operator, &scene.urls.operation("execute"), &form).await;
        assert_eq!((won.status, lost.status), (303, 409), "{}", lost.text);
        lost.says("Execute is not possible now, because the release task is");
        scene.is(ReleaseStatus::ToBeApproved).await;
        assert_eq!(scene.last().await.number, number);

        let form = [("verdict", "agree".to_owned()), ("round", "1".to_owned()), ("comment", String::new())];
        let (won, lost) = both_send(round, &approver, &scene.urls.decision(number, "go-live"), &form).await;
        assert_eq!((won.status, lost.status), (303, 409), "{}", lost.text);
        lost.says("go-live is decided already: approver agreed on");
        scene.is(ReleaseStatus::Successful).await;
        let last = scene.last().await;
        assert_eq!((last.number, last.tasks[1].decisions.len(), last.tasks[2].attempt), (number, 1, 1));
    }
    if let Some(second) = second {
        second.stops().await;
    }
    scene.app.stops().await;
}
