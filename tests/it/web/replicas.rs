//! The page of replicas: who serves, and what each carries on.

use tollgate::domain::status::ReleaseStatus;

use super::app::TestApp;
use super::releases::scene::{ENDLESS, Scene};
use crate::db::Db;

on_both!(an_administrator_sees_who_serves_and_what_they_carry_on, the_page_of_replicas_refreshes_itself);

async fn an_administrator_sees_who_serves_and_what_they_carry_on(db: Db) {
    let scene = Scene::with(&db, ENDLESS).await;
    let (operator, administrator) = (scene.browser("operator").await, scene.browser("administrator").await);
    administrator.get("/").await;
    let list = administrator.get(&tollgate::pages::components::urls::release_tasks("eu-west")).await;
    list.says("href=\"/replicas\"");
    assert!(
        !operator.get(&tollgate::pages::components::urls::release_tasks("eu-west")).await.text.contains("/replicas")
    );
    let page = administrator.get("/replicas").await;
    page.says("answers this page").says("Working").says("nothing").says(env!("CARGO_PKG_VERSION"));
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.task_is("build", tollgate::domain::status::TaskStatus::Running).await;
    let page = administrator.get("/replicas").await;
    page.says(&format!("<a href=\"{}\">shop-web</a>", scene.urls.show())).says("<span class=\"sub\">build</span>");
    let stop = [("execution", "1")];
    assert_eq!(operator.post(&scene.urls.operation("terminate"), &stop).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    administrator.get("/replicas").await.says("nothing");
    scene.app.stops().await;
}

async fn the_page_of_replicas_refreshes_itself(db: Db) {
    let app = TestApp::start(&db).await;
    let administrator = app.signed_in_as("administrator").await;
    let own = db.store.replicas().await.unwrap().remove(0);
    let page = administrator.get("/replicas").await;
    let url = page.text.split("hx-get=\"").find(|rest| rest.starts_with("/replicas/list")).unwrap();
    let url = url.split('"').next().unwrap().to_owned();
    let seen = administrator.htmx(&url, "/replicas").await;
    assert!(seen.status == 204 || seen.text.contains("answers this page"), "{}", seen.text);
    // Another is known, and then gone.
    let newcomer = tollgate::store::ReplicaInfo {
        id: "x".into(),
        name: "release-2".into(),
        version: "9.9.9".into(),
        isolation: tollgate::domain::isolation::Isolation::default(),
    };
    db.store.enroll(&newcomer, own.started_at).await.unwrap();
    let changed = administrator.htmx(&url, "/replicas").await;
    changed.says("release-2").says("Tollgate 9.9.9").says("id=\"replica-x\"");
    let other = db.store.replicas().await.unwrap().into_iter().find(|replica| replica.id == "x").unwrap();
    assert!(db.store.fence(&other, own.started_at).await.unwrap());
    administrator.htmx(&url, "/replicas").await.says("Gone");
    app.stops().await;
}
