//! My Approvals: what waits for me, and the number on every page.

use tollgate::domain::status::ReleaseStatus;

use super::scene::Scene;
use crate::db::Db;

on_both!(what_waits_for_me_is_counted_and_listed);

async fn what_waits_for_me_is_counted_and_listed(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let approver = scene.browser("approver").await;
    let page = approver.get("/approvals").await;
    page.says("go-live").says("3 pages go live.").says("shop-web · execution #1").says("<dd>storefront</dd>");
    page.says(&format!("{}?back=approvals", scene.gate()));
    page.says("<span class=\"count\">1");
    approver.get("/account").await.says("<span class=\"count\">1");
    assert_eq!(approver.get("/approvals/count?seen=1").await.status, 204);
    approver.get("/approvals/count?seen=0").await.says("<span class=\"count\">1");
    for who in ["viewer", "manager", "administrator", "outsider"] {
        let browser = scene.browser(who).await;
        browser.get("/approvals").await.says("Nothing waits for you");
        assert_eq!(browser.get("/approvals/count?seen=0").await.status, 204, "{who}");
    }
    operator.get("/approvals").await.says("Nothing waits for you");

    let seen = page.text.split("/approvals/list?seen=").nth(1).unwrap().split('"').next().unwrap();
    let list = format!("/approvals/list?seen={seen}");
    assert_eq!(approver.get(&list).await.status, 204);
    let form = [("verdict", "agree"), ("round", "1"), ("back", "approvals")];
    let done = approver.post(&scene.gate(), &form).await;
    assert_eq!((done.status, done.location()), (303, "/approvals"));
    approver.get("/approvals").await.says("Nothing waits for you").says("You agreed to go-live.");
    approver.get(&list).await.says("Nothing waits for you");
    scene.is(ReleaseStatus::Successful).await;
    scene.app.stops().await;
}
