//! Two tabs, an old page, a double click: one thing is done once, to what the page showed.

use tollgate::domain::status::ReleaseStatus;

use super::scene::{FAILING, Scene};
use crate::db::Db;

on_both!(
    a_double_click_executes_once,
    an_old_tab_does_not_act_on_a_newer_execution,
    a_choice_among_the_tasks_of_an_older_version_is_refused,
    the_script_is_told_where_to_go,
);

async fn a_double_click_executes_once(db: Db) {
    let scene = Scene::with(&db, FAILING).await;
    let operator = scene.browser("operator").await;
    let form = [("execution", "0"), ("version", "1"), ("task", "build"), ("task", "after")];
    let url = scene.urls.operation("execute");
    let (one, two) = tokio::join!(operator.post(&url, &form), operator.post(&url, &form));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    // Even when the first has ended before the second click arrives.
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let late = operator.post(&url, &form).await;
    assert_eq!(late.status, 409);
    late.says("This page is old").says("execution 1 was started since");
    assert_eq!(scene.last().await.number, 1);
    scene.app.stops().await;
}

async fn an_old_tab_does_not_act_on_a_newer_execution(db: Db) {
    let scene = Scene::with(&db, FAILING).await;
    let operator = scene.browser("operator").await;
    for _ in 0..2 {
        scene.executes(&operator).await;
        scene.is(ReleaseStatus::ReleaseFailed).await;
    }
    let before = scene.release().await;
    for word in ["retry", "roll-back"] {
        let refused = operator.post(&scene.urls.operation(word), &[("execution", "1")]).await;
        assert_eq!(refused.status, 409, "{word}");
        refused.says("it shows execution 1, and the last one is execution 2");
    }
    let skip = operator.post(&scene.urls.skip(1, "build"), &[("comment", "x")]).await;
    assert_eq!(skip.status, 409);
    assert_eq!(operator.get(&scene.urls.skip(1, "build")).await.status, 409);
    assert_eq!(scene.release().await, before);
    scene.app.stops().await;
}

async fn a_choice_among_the_tasks_of_an_older_version_is_refused(db: Db) {
    let scene = Scene::with(&db, FAILING).await;
    let operator = scene.browser("operator").await;
    let form = [("execution", "0"), ("version", "7"), ("task", "build")];
    let refused = operator.post(&scene.urls.operation("execute"), &form).await;
    assert_eq!(refused.status, 409);
    refused.says("it shows version 7").says("name=\"version\" value=\"1\"");
    scene.app.stops().await;
}

async fn the_script_is_told_where_to_go(db: Db) {
    let scene = Scene::with(&db, FAILING).await;
    let operator = scene.browser("operator").await;
    let headers = [("hx-request", "true"), ("sec-fetch-site", "same-origin")];
    let body = "task=build&task=after";
    let done = operator.send(reqwest::Method::POST, &scene.urls.operation("execute"), &headers, body).await;
    assert_eq!((done.status, done.header("hx-redirect")), (204, scene.urls.show().as_str()));
    operator.get(&scene.urls.show()).await.says("execution 1 has started");
    scene.app.stops().await;
}
