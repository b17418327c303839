//! A release task that many watch: what is made once for all is not shown to whoever may do something else.

use std::time::Duration;

use reqwest::Method;
use tokio::time::timeout;
use tollgate::domain::status::ReleaseStatus;

use super::scene::Scene;
use crate::db::Db;
use crate::web::browser::{Browser, Page};

on_both!(each_reader_gets_the_part_that_is_theirs, whoever_watches_sees_each_change_at_once);

/// As the page refreshes itself when it shows an old state.
async fn refreshed(scene: &Scene, browser: &Browser, headers: &[(&str, &str)]) -> Page {
    let headers: Vec<_> = headers.iter().copied().chain([("hx-request", "true")]).collect();
    let page = browser.send(Method::GET, &format!("{}?seen=1", scene.urls.show()), &headers, "").await;
    assert_eq!(page.status, 200, "{}", page.text);
    page
}

async fn each_reader_gets_the_part_that_is_theirs(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let gate = scene.gate();
    for round in 0..2 {
        for (name, approve, terminate) in [
            ("viewer", None, false),
            ("approver", Some("Approve"), false),
            ("operator", None, true),
            ("administrator", Some("Override"), false),
            ("second", Some("Approve"), false),
            ("manager", None, false),
        ] {
            let browser = if name == "operator" { operator.clone() } else { scene.browser(name).await };
            for page in [refreshed(&scene, &browser, &[]).await, browser.get(&scene.urls.show()).await] {
                let shown = page.text.contains(&gate).then_some(if page.text.contains("Override") {
                    "Override"
                } else {
                    "Approve"
                });
                assert_eq!(shown, approve, "{name}, round {round}: {}", page.text);
                assert_eq!(page.text.contains("/terminate"), terminate, "{name}, round {round}: {}", page.text);
            }
            let list = browser.get("/regions/eu-west/release-tasks").await;
            list.says("shop-web");
            assert_eq!(list.text.contains(&gate), approve == Some("Approve"), "{name}, round {round}: {}", list.text);
            assert_eq!(list.text.contains("/terminate"), terminate, "{name}, round {round}: {}", list.text);
        }
    }
    let viewer = scene.browser("viewer").await;
    let (plain, small) =
        (refreshed(&scene, &viewer, &[]).await, refreshed(&scene, &viewer, &[("accept-encoding", "gzip")]).await);
    assert_eq!((plain.header("vary"), small.header("content-encoding")), ("accept-encoding", "gzip"));
    let outsider = scene.browser("outsider").await;
    let hidden =
        outsider.send(Method::GET, &format!("{}?seen=1", scene.urls.show()), &[("hx-request", "true")], "").await;
    assert_eq!(hidden.status, 404);
    scene.app.stops().await;
}

async fn whoever_watches_sees_each_change_at_once(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let approver = scene.browser("approver").await;
    let before = refreshed(&scene, &approver, &[]).await;
    before.says("To be approved").says(&scene.gate());
    assert_eq!(operator.post(&scene.urls.operation("pause"), &[("execution", "1")]).await.status, 303);
    refreshed(&scene, &approver, &[]).await.says("Paused");
    approver.get(&scene.urls.show()).await.says("Paused");
    approver.get("/regions/eu-west/release-tasks").await.says("Paused");
    assert_eq!(operator.post(&scene.urls.operation("continue"), &[("execution", "1")]).await.status, 303);
    assert_eq!(approver.post(&scene.gate(), &[("verdict", "agree")]).await.status, 303);
    let after = refreshed(&scene, &approver, &[]).await;
    assert!(!after.text.contains(&scene.gate()), "{}", after.text);
    scene.is(ReleaseStatus::Successful).await;
    // The engine saves first and tells after it.
    let over = "data-announce=\"shop-web: Successful\"";
    let told = async { while !refreshed(&scene, &approver, &[]).await.text.contains(over) {} };
    assert!(timeout(Duration::from_mins(1), told).await.is_ok(), "the end is not shown");
    scene.app.stops().await;
}
