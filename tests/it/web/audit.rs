//! The audit: what people did, and what was refused to whom, for administrators to look at.

use sea_orm::{ConnectionTrait, Database, Statement};
use tollgate::app::Caller;
use tollgate::domain::event::AccountEvent;
use tollgate::domain::people::Actor;
use tollgate::domain::refusal::{Denial, Operation};
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::{Cursor, Happened};

use super::app::{PASSWORD, TestApp};
use super::releases::scene::{FAILING, Scene};
use crate::by_hand::one_to;
use crate::db::Db;

on_both!(
    s6_a_wrong_sign_in_names_the_account_and_never_what_was_typed,
    s6_a_refused_right_is_written_down_with_who_and_what,
    s6_a_right_that_the_team_lacks_is_written_down_too,
    s6_administrators_look_at_what_was_refused,
    s7_wrong_sign_ins_and_refusals_are_summed_up,
    s7_sign_ins_and_refusals_are_kept_for_so_many_days,
    s7_a_person_has_fifty_sessions_and_the_oldest_ends,
);

/// Everything that the audit has of accounts, as it is stored.
async fn stored(db: &Db) -> Vec<(String, String)> {
    let connection = Database::connect(one_to(db.url.as_str())).await.unwrap();
    let sql = "SELECT kind, data FROM events WHERE about = 'account' ORDER BY id";
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    connection.close().await.unwrap();
    rows.into_iter().map(|row| (row.try_get("", "kind").unwrap(), row.try_get("", "data").unwrap())).collect()
}

async fn refused(app: &TestApp) -> Vec<(String, AccountEvent)> {
    let page = app.app.store.refused(Cursor::Newest, 100).await.unwrap();
    let rows = page.rows.into_iter().map(|row| {
        assert_eq!(row.address.as_deref(), Some("127.0.0.1"));
        let Happened::Account(event) = row.happened else { panic!("{row:?}") };
        (row.actor.name().to_owned(), event)
    });
    rows.collect()
}

async fn s6_a_wrong_sign_in_names_the_account_and_never_what_was_typed(db: Db) {
    let app = TestApp::start(&db).await;
    let id = db.store.credentials("operator").await.unwrap().unwrap().id;
    let browser = app.browser();
    assert_eq!(browser.signs_in("Operator", "wrong horse").await.status, 401);
    assert_eq!(browser.signs_in("hunter2 is my password", "wrong horse").await.status, 401);
    let account = Some(Actor::Person { id, name: "operator".to_owned() });
    let failed = |account| ("Tollgate".to_owned(), AccountEvent::SignInFailed { account, times: 1 });
    assert_eq!(refused(&app).await, [failed(None), failed(account)]);
    assert!(stored(&db).await.iter().all(|(_, data)| !data.contains("hunter2") && !data.contains("horse")));
    // So is a wrong present password.
    let operator = app.signed_in_as("operator").await;
    let form = [("current", "wrong horse"), ("password", "another horse"), ("again", "another horse")];
    assert_eq!(operator.post("/account/password", &form).await.status, 422);
    assert_eq!(refused(&app).await[0], ("operator".to_owned(), AccountEvent::PasswordRefused { times: 1 }));
    app.stops().await;
}

async fn s6_a_refused_right_is_written_down_with_who_and_what(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let event = |who: &str, operation, why| {
        let (release, release_id) = ("shop-web".to_owned(), scene.id);
        (who.to_owned(), AccountEvent::ActionRefused { operation, release, release_id, why, times: 1 })
    };
    let agree = [("verdict", "agree"), ("round", "1")];
    let viewer = scene.browser("viewer").await;
    assert_eq!(viewer.post(&scene.urls.operation("terminate"), &[("execution", "1")]).await.status, 403);
    assert_eq!(viewer.post(&scene.urls.operation("execute"), &[("task", "build")]).await.status, 403);
    assert_eq!(viewer.post(&scene.urls.operation("clone"), &[("name", "a-copy")]).await.status, 403);
    assert_eq!(viewer.post(&scene.urls.operation("delete"), &[]).await.status, 403);
    assert_eq!(operator.post(&scene.gate(), &agree).await.status, 403);
    let outsider = scene.browser("outsider").await;
    assert_eq!(outsider.post(&scene.urls.operation("roll-back"), &[("execution", "1")]).await.status, 404);
    assert_eq!(outsider.post(&scene.gate(), &agree).await.status, 404);
    // What is refused for another reason than a right is no matter of the audit; looking is not either.
    assert_eq!(operator.post(&scene.urls.operation("execute"), &[("task", "build")]).await.status, 409);
    assert_eq!(outsider.get(&scene.urls.show()).await.status, 404);
    let mut told = refused(&scene.app).await;
    told.reverse();
    let expected = [
        event("viewer", Operation::Terminate, Denial::NotPermitted),
        event("viewer", Operation::Execute, Denial::NotPermitted),
        event("viewer", Operation::Clone, Denial::NotPermitted),
        event("viewer", Operation::Delete, Denial::NotPermitted),
        event("operator", Operation::Decide, Denial::NotAnApprover),
        event("outsider", Operation::RollBack, Denial::NotAMember),
        event("outsider", Operation::Decide, Denial::NotAMember),
    ];
    assert_eq!(told, expected);
    // The team's own activity is not filled with it.
    assert!(!operator.get(&format!("{}/activity", scene.urls.show())).await.text.contains("was refused"));
    scene.app.stops().await;
}

async fn s6_a_right_that_the_team_lacks_is_written_down_too(db: Db) {
    let undoable = FAILING.replace("script: exit 3", "script: exit 3\n        rollback: 'true'");
    let scene = Scene::with(&db, &undoable).await;
    let operator = scene.browser("operator").await;
    let permits = async |granted| {
        scene.app.app.permit_scripts(&Caller::CommandLine, "storefront", granted).await.unwrap();
    };
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    permits(false).await;
    let seen = ("execution", "1");
    for (url, form) in [
        (scene.urls.operation("execute"), &[("task", "build"), seen][..]),
        (scene.urls.operation("retry"), &[seen]),
        (scene.urls.operation("roll-back"), &[seen]),
        (scene.urls.operation("clone"), &[("name", "a-copy")]),
    ] {
        assert_eq!(operator.post(&url, form).await.status, 403, "{url}");
    }
    let told = refused(&scene.app).await.into_iter().rev().map(|(who, event)| {
        let AccountEvent::ActionRefused { operation, release, why, .. } = event else { panic!("{event:?}") };
        (who, operation, release, why)
    });
    let event = |operation| ("operator".to_owned(), operation, "shop-web".to_owned(), Denial::ScriptsNotPermitted);
    let expected = [Operation::Execute, Operation::Retry, Operation::RollBack, Operation::Clone].map(event);
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let page = scene.browser("administrator").await.get("/audit?only=refused").await;
    page.says("was refused Execute of shop-web: their team may not run scripts on the server");
    scene.app.stops().await;
}

async fn s6_administrators_look_at_what_was_refused(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let id = db.store.credentials("viewer").await.unwrap().unwrap().id;
    let viewer = scene.browser("viewer").await;
    viewer.post(&scene.urls.operation("terminate"), &[("execution", "1")]).await;
    scene.app.browser().signs_in("viewer", "wrong horse").await;
    let administrator = scene.browser("administrator").await;
    let list = tollgate::pages::components::urls::release_tasks("eu-west");
    administrator.get(&list).await.says("href=\"/audit\"");
    assert!(!operator.get(&list).await.text.contains("/audit"));
    assert_eq!(operator.get("/audit").await.status, 404);
    let page = administrator.get("/audit").await;
    page.says("executed version 1 as execution 1").says("shop-web · execution #1").says("127.0.0.1");
    let page = administrator.get("/audit?only=refused").await;
    page.says("was refused Terminate of shop-web: their role does not allow it").says(&format!("User {id}"));
    page.says("refused a sign-in as viewer").says("127.0.0.1").says(">Refused");
    assert!(!page.text.contains("executed version 1"));
    // It is turned like every long list, and goes on to show the same.
    for number in 0..60 {
        let wrong = Actor::Person { id, name: format!("name-{number}") };
        let tx = db.store.begin_write().await.unwrap();
        let event = AccountEvent::SignInFailed { account: Some(wrong), times: 1 };
        tx.account_event(&tollgate::store::Stamp::tollgate(scene.app.app.clock.now()), &event).await.unwrap();
        tx.commit().await.unwrap();
    }
    let first = administrator.get("/audit?only=refused").await;
    first.says("name-59").says("name-10,");
    assert!(!first.text.contains("name-9,"));
    let older = first.text.split("href=\"").find(|rest| rest.contains("Older")).unwrap().split('"').next().unwrap();
    let second = administrator.get(&older.replace("&amp;", "&").replace("&#38;", "&")).await;
    second.says("name-9,").says("Newer").says("was refused Terminate");
    assert!(!second.text.contains("executed version 1"));
    scene.app.stops().await;
}

async fn s7_wrong_sign_ins_and_refusals_are_summed_up(db: Db) {
    let scene = Scene::at_the_gate(&db).await.0;
    let viewer = scene.browser("viewer").await;
    for _ in 0..40 {
        viewer.post(&scene.urls.operation("terminate"), &[("execution", "1")]).await;
    }
    let browser = scene.app.browser();
    for _ in 0..40 {
        scene.app.passes(chrono::TimeDelta::seconds(20));
        assert_eq!(browser.signs_in("operator", "wrong horse").await.status, 401);
    }
    let counts: Vec<u64> = refused(&scene.app)
        .await
        .into_iter()
        .map(|(_, event)| match event {
            AccountEvent::SignInFailed { times, .. } | AccountEvent::ActionRefused { times, .. } => times,
            other => panic!("{other:?}"),
        })
        .rev()
        .collect();
    assert_eq!(counts, [[1, 2, 3, 4, 5, 8, 16, 32]; 2].concat());
    scene.app.stops().await;
}

async fn s7_sign_ins_and_refusals_are_kept_for_so_many_days(db: Db) {
    let app = TestApp::start_with(&db, |web| web.audit_days = 30).await;
    app.browser().signs_in("operator", "wrong horse").await;
    app.signed_in_as("operator").await.post("/logout", &[]).await;
    app.app.add_team(&Caller::CommandLine, "later", false).await.unwrap();
    app.passes(chrono::TimeDelta::days(29));
    app.signed_in_as("viewer").await;
    let kinds = async || -> Vec<String> { stored(&db).await.into_iter().map(|(kind, _)| kind).collect() };
    assert_eq!(kinds().await, ["sign_in_failed", "signed_in", "signed_out", "team_added", "signed_in"]);
    app.passes(chrono::TimeDelta::days(2));
    app.signed_in_as("viewer").await;
    assert_eq!(kinds().await, ["team_added", "signed_in", "signed_in"]);
    app.stops().await;
}

async fn s7_a_person_has_fifty_sessions_and_the_oldest_ends(db: Db) {
    let app = TestApp::start(&db).await;
    let id = db.store.credentials("operator").await.unwrap().unwrap().id;
    let (first, other) = (app.signed_in_as("operator").await, app.signed_in_as("viewer").await);
    app.passes(chrono::TimeDelta::seconds(1));
    let second = app.signed_in_as("operator").await;
    for _ in 2..50 {
        app.passes(chrono::TimeDelta::seconds(1));
        app.signed_in_as("operator").await;
    }
    let living = async || db.store.sessions_of(id, app.app.clock.now()).await.unwrap().len();
    assert!(first.is_signed_in().await);
    assert_eq!(living().await, 50);
    app.passes(chrono::TimeDelta::seconds(1));
    let newest = app.browser();
    assert_eq!(newest.signs_in("operator", PASSWORD).await.status, 303);
    assert_eq!(living().await, 50);
    assert!(!first.is_signed_in().await, "the oldest is over at once");
    assert!(second.is_signed_in().await && newest.is_signed_in().await && other.is_signed_in().await);
    app.stops().await;
}
