//! Teams and regions: administrators add them, and say which teams may have scripts run on the server.

use tollgate::domain::ids::ReleaseId;

use super::app::{REGION, TestApp};
use super::audit;
use super::stories::Story;
use crate::db::Db;
use crate::until::until;

on_both!(
    a_team_is_added_and_allowed_scripts_on_its_page,
    a_release_task_says_why_execute_is_not_there_where_scripts_are_forbidden,
    a_region_is_added_on_its_page_and_can_be_switched_to,
    a_name_that_will_not_do_comes_back_as_it_was_typed,
);

async fn a_team_is_added_and_allowed_scripts_on_its_page(db: Db) {
    let app = TestApp::start(&db).await;
    let admin = app.signed_in_as("administrator").await;
    admin.get("/teams").await.says("<h1>Teams</h1>").says("storefront").says("Forbid Scripts");
    let done = admin.post("/teams", &[("name", " payments ")]).await;
    assert_eq!((done.status, done.location()), (303, "/teams"));
    admin.get("/teams").await.says("There is a team payments now.").says("Not allowed").says("Allow Scripts");
    let team = db.store.teams().await.unwrap().into_iter().find(|team| team.name == "payments").unwrap().id;
    admin.get(&format!("/teams/{team}/members")).await.says("Members of payments");
    let permit = format!("/teams/{team}/scripts");
    let is_allowed = async || {
        let all = db.store.script_permissions().await.unwrap();
        all.iter().find(|known| known.team == "payments").unwrap().scripts.missing().is_none()
    };
    assert!(!is_allowed().await);
    assert_eq!(admin.post(&permit, &[("allowed", "yes")]).await.status, 303);
    assert!(is_allowed().await);
    assert_eq!(admin.post(&permit, &[("allowed", "no")]).await.status, 303);
    assert!(!is_allowed().await);
    assert_eq!(admin.post(&permit, &[("allowed", "maybe")]).await.status, 422);
    assert_eq!(admin.post("/teams", &[("name", "tills"), ("scripts", "yes")]).await.status, 303);
    let by_admin = audit(&db).await.into_iter().filter(|(who, ..)| who == "administrator").map(|(_, kind, _)| kind);
    let kinds: Vec<String> = by_admin.skip(1).collect();
    assert_eq!(kinds, ["team_added", "scripts_allowed", "scripts_forbidden", "team_added", "scripts_allowed"]);
    app.stops().await;
}

async fn a_release_task_says_why_execute_is_not_there_where_scripts_are_forbidden(db: Db) {
    let app = TestApp::start(&db).await;
    let (new, broken) = (app.release(Story::New).await, app.release(Story::Broken).await);
    let (operator, viewer) = (app.signed_in_as("operator").await, app.signed_in_as("viewer").await);
    let page = |id: ReleaseId| format!("/regions/{REGION}/release-tasks/{id}");
    operator.get(&page(new.id)).await.says(">Execute<").says_nothing_of("lacks the permission");
    let admin = app.signed_in_as("administrator").await;
    assert_eq!(admin.post(&format!("/teams/{}/scripts", app.team), &[("allowed", "no")]).await.status, 303);
    for (release, sentence) in
        [(new.id, "Execute is not possible."), (broken.id, "Execute and Retry are not possible.")]
    {
        // What many look at is read once a second.
        let mut shown = operator.get(&page(release)).await;
        until(sentence, async || {
            shown = operator.get(&page(release)).await;
            shown.text.contains(sentence)
        })
        .await;
        shown.says("the team storefront lacks the permission").says("An administrator gives it under Teams");
        shown.says_nothing_of(">Execute<");
        viewer.get(&page(release)).await.says_nothing_of("lacks the permission");
    }
    app.stops().await;
}

async fn a_region_is_added_on_its_page_and_can_be_switched_to(db: Db) {
    let app = TestApp::start(&db).await;
    let admin = app.signed_in_as("administrator").await;
    admin.get("/regions").await.says("<h1>Regions</h1>").says("us-east");
    let done = admin.post("/regions", &[("name", "ap-south")]).await;
    assert_eq!((done.status, done.location()), (303, "/regions"));
    admin.get("/regions").await.says("There is a region ap-south now.").says("/regions/ap-south/release-tasks");
    assert_eq!(admin.get("/regions/ap-south/release-tasks").await.status, 200);
    admin.get("/audit").await.says("added the region ap-south");
    app.stops().await;
}

async fn a_name_that_will_not_do_comes_back_as_it_was_typed(db: Db) {
    let app = TestApp::start(&db).await;
    let admin = app.signed_in_as("administrator").await;
    for (path, taken) in [("/teams", "storefront"), ("/regions", "us-east")] {
        let wrong = admin.post(path, &[("name", "1st &amp"), ("scripts", "yes")]).await;
        assert_eq!(wrong.status, 422, "{path}");
        wrong.says("value=\"1st &#38;amp\"").says("beginning with a letter.").says("aria-invalid=\"true\"");
        let twice = admin.post(path, &[("name", taken)]).await;
        assert_eq!(twice.status, 422, "{path}");
        twice.says("There is one of this name already").says(&format!("value=\"{taken}\""));
        let alike = taken.to_uppercase();
        let f22 = admin.post(path, &[("name", &alike)]).await;
        assert_eq!(f22.status, 422, "{path}");
        f22.says(&format!("There is {taken} already, which differs in upper and lower case only"));
    }
    admin.post("/teams", &[("name", ""), ("scripts", "yes")]).await.says("value=\"yes\" checked");
    app.stops().await;
}
