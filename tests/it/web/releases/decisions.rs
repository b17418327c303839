//! Checkpoints: who may decide, what must be said, and that each is decided once.

use sea_orm::{ConnectionTrait, Database, Statement};
use tollgate::domain::people::Role;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use super::scene::Scene;
use crate::by_hand::one_to;
use crate::db::Db;

on_both!(
    an_approver_agrees_and_the_release_goes_on,
    who_may_not_decide_is_told_who_may,
    a_rejection_needs_a_comment_and_the_form_comes_back,
    two_approvers_at_once_decide_once_and_the_loser_is_told_who_won,
    an_override_is_written_down_as_such,
    a_form_of_an_earlier_asking_is_refused,
    nothing_is_decided_while_paused,
    f30_a_trigger_asks_for_a_reason_and_goes_without_one,
    f30_a_decision_that_came_too_late_can_only_be_closed,
    f21_an_administrator_reads_the_same_word_on_every_page,
    s5_pages_do_not_offer_the_decision_to_who_retried,
);

const TRIGGERED: &str = "
name: shop-web
phases:
  - name: Go
    tasks:
      - name: go
        type: manual-trigger
";

async fn an_approver_agrees_and_the_release_goes_on(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let approver = scene.browser("approver").await;
    approver.get(&scene.urls.show()).await.says(&scene.gate());
    let dialog = approver.get(&scene.gate()).await;
    dialog.says("<h1>Manual Approval</h1>").says("go-live · shop-web · execution #1").says("3 pages go live.");
    dialog.says("0 of 1").says("name=\"round\" value=\"1\"").says(">Reject</button>").says(">Agree</button>");
    let form = [("verdict", "agree"), ("comment", "looks fine"), ("round", "1")];
    let done = approver.post(&scene.gate(), &form).await;
    assert_eq!((done.status, done.location()), (303, scene.urls.show().as_str()));
    approver.get(&scene.urls.show()).await.says("You agreed to go-live.");
    scene.is(ReleaseStatus::Successful).await;
    let again = approver.post(&scene.gate(), &form).await;
    assert_eq!(again.status, 409);
    again.says("go-live is decided already: approver agreed");
    approver.get(&scene.urls.task(1, "go-live")).await.says("looks fine");
    scene.app.stops().await;
}

async fn who_may_not_decide_is_told_who_may(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    for (who, browser) in
        [("operator", operator), ("viewer", scene.browser("viewer").await), ("manager", scene.browser("manager").await)]
    {
        for refused in [
            browser.get(&scene.gate()).await,
            browser.post(&scene.gate(), &[("verdict", "agree")]).await,
            browser.htmx(&scene.gate(), &scene.urls.show()).await,
        ] {
            assert_eq!(refused.status, 403, "{who}");
            refused.says("go-live does not ask you").says("It is decided by approver or second.");
        }
        assert!(!browser.get(&scene.urls.show()).await.text.contains(&scene.gate()), "{who} is offered it");
    }
    assert_eq!(scene.browser("outsider").await.get(&scene.gate()).await.status, 404);
    assert_eq!(scene.last().await.tasks[1].decisions, []);
    scene.app.stops().await;
}

async fn a_rejection_needs_a_comment_and_the_form_comes_back(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let approver = scene.browser("approver").await;
    let refused = approver.post(&scene.gate(), &[("verdict", "reject"), ("comment", " "), ("round", "1")]).await;
    assert_eq!(refused.status, 422);
    refused.says("Write in Comments why you reject it.").says("aria-invalid=\"true\"");
    let long = "x".repeat(2001);
    let refused = approver.post(&scene.gate(), &[("verdict", "reject"), ("comment", &long), ("round", "1")]).await;
    assert_eq!(refused.status, 422);
    refused.says(&long).says("The comment is too long");
    assert_eq!(approver.post(&scene.gate(), &[("verdict", "perhaps")]).await.status, 422);
    let done = approver.post(&scene.gate(), &[("verdict", "reject"), ("comment", "not <yet>"), ("round", "1")]).await;
    assert_eq!(done.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    approver.get(&scene.urls.task(1, "go-live")).await.says("not &#60;yet&#62;");
    scene.app.stops().await;
}

async fn two_approvers_at_once_decide_once_and_the_loser_is_told_who_won(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let (one, two) = (scene.browser("approver").await, scene.browser("second").await);
    let gate = scene.gate();
    let agree = [("verdict", "agree"), ("comment", "mine"), ("round", "1")];
    let reject = [("verdict", "reject"), ("comment", "mine too"), ("round", "1")];
    let (agreed, rejected) = tokio::join!(one.post(&gate, &agree), two.post(&gate, &reject));
    let (winner, loser, typed) = match (agreed.status, rejected.status) {
        (303, 409) => ("approver agreed", rejected, "mine too"),
        (409, 303) => ("second rejected", agreed, "mine"),
        other => panic!("{other:?}"),
    };
    loser.says(&format!("go-live is decided already: {winner}")).says(typed);
    let ended = scene.when(|release| !release.status().is_active()).await;
    assert_eq!(ended.last.unwrap().tasks[1].decisions.len(), 1);
    scene.app.stops().await;
}

async fn f30_a_decision_that_came_too_late_can_only_be_closed(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let (one, two) = (scene.browser("approver").await, scene.browser("second").await);
    one.post(&scene.gate(), &[("verdict", "agree"), ("round", "1")]).await;
    scene.is(ReleaseStatus::Successful).await;
    let late = two.post(&scene.gate(), &[("verdict", "reject"), ("comment", "Wait!"), ("round", "1")]).await;
    assert_eq!(late.status, 409);
    late.says("go-live is decided already: approver agreed").says(">Close</a>").says("Wait!");
    assert!(!late.text.contains("name=\"verdict\"") && !late.text.contains(">Cancel<"), "{}", late.text);
    scene.app.stops().await;
}

async fn f21_an_administrator_reads_the_same_word_on_every_page(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let administrator = scene.browser("administrator").await;
    for page in [scene.urls.show(), scene.urls.task(1, "go-live")] {
        let page = administrator.get(&page).await;
        page.says(">Override</a>");
        assert!(!page.text.contains(">Approve</a>"));
    }
    scene.app.stops().await;
}

async fn an_override_is_written_down_as_such(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let administrator = scene.browser("administrator").await;
    administrator.get(&scene.gate()).await.says("<h1>Override Checkpoint</h1>").says("written down as an override");
    let refused = administrator.post(&scene.gate(), &[("verdict", "agree"), ("round", "1")]).await;
    assert_eq!(refused.status, 422);
    refused.says("Write in Comments why you decide as an administrator");
    let form = [("verdict", "agree"), ("comment", "nobody is there"), ("round", "1")];
    assert_eq!(administrator.post(&scene.gate(), &form).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    administrator.get(&scene.urls.task(1, "go-live")).await.says("agreed in place of the approvers");
    let connection = Database::connect(one_to(db.url.as_str())).await.unwrap();
    let sql = "SELECT actor_name, address FROM events WHERE kind = 'decided'";
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].try_get::<String>("", "actor_name").unwrap(), "administrator");
    assert_eq!(rows[0].try_get::<Option<String>>("", "address").unwrap().as_deref(), Some("127.0.0.1"));
    scene.app.stops().await;
}

async fn a_form_of_an_earlier_asking_is_refused(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let approver = scene.browser("approver").await;
    approver.post(&scene.gate(), &[("verdict", "reject"), ("comment", "no"), ("round", "1")]).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    operator.post(&scene.urls.operation("retry"), &[("execution", "1")]).await;
    scene.task_is("go-live", TaskStatus::ToBeApproved).await;
    let stale = approver.post(&scene.gate(), &[("verdict", "agree"), ("comment", "late"), ("round", "1")]).await;
    assert_eq!(stale.status, 409);
    stale.says("go-live was retried since, and asks anew").says("late").says("name=\"round\" value=\"2\"");
    assert_eq!(scene.release().await.status(), ReleaseStatus::ToBeApproved);
    let fresh = approver.post(&scene.gate(), &[("verdict", "agree"), ("round", "2")]).await;
    assert_eq!(fresh.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    scene.app.stops().await;
}

async fn nothing_is_decided_while_paused(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let approver = scene.browser("approver").await;
    operator.post(&scene.urls.operation("pause"), &[("execution", "1")]).await;
    scene.is(ReleaseStatus::Paused).await;
    let refused = approver.post(&scene.gate(), &[("verdict", "agree"), ("comment", "kept"), ("round", "1")]).await;
    assert_eq!(refused.status, 409);
    refused.says("Nothing is decided while the release task is Paused").says("kept");
    assert_eq!(approver.get(&scene.gate()).await.status, 409);
    operator.post(&scene.urls.operation("continue"), &[("execution", "1")]).await;
    assert_eq!(approver.get(&scene.gate()).await.status, 200);
    scene.app.stops().await;
}

async fn f30_a_trigger_asks_for_a_reason_and_goes_without_one(db: Db) {
    let scene = Scene::with(&db, TRIGGERED).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    let url = scene.urls.decision(1, "go");
    let dialog = operator.get(&url).await;
    dialog.says("<h1>Manual Trigger</h1>").says("one operator or approver of the team");
    dialog.says("placeholder=\"Why, if you like\"").says(">Reject</button>").says(">Agree</button>");
    assert_eq!(operator.post(&url, &[("verdict", "reject"), ("round", "1")]).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    scene.app.stops().await;
}

async fn s5_pages_do_not_offer_the_decision_to_who_retried(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let id = db.store.credentials("second").await.unwrap().unwrap().id;
    let tx = db.store.begin_write().await.unwrap();
    tx.grant(id, scene.app.team, Role::Operator).await.unwrap();
    tx.commit().await.unwrap();
    let (approver, second) = (scene.browser("approver").await, scene.browser("second").await);
    let able = |names: &str| format!("<dt>May decide it now</dt><dd>{names}</dd>");
    approver.get(&scene.gate()).await.says("<dt>Started by</dt><dd>operator</dd>").says(&able("approver and second"));
    approver.post(&scene.gate(), &[("verdict", "reject"), ("comment", "No."), ("round", "1")]).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    assert_eq!(second.post(&scene.urls.operation("retry"), &[]).await.status, 303);
    scene.is(ReleaseStatus::ToBeApproved).await;

    let form = [("verdict", "agree"), ("comment", ""), ("round", "2")];
    for refused in [second.get(&scene.gate()).await, second.post(&scene.gate(), &form).await] {
        assert_eq!(refused.status, 403);
        refused.says("You retried this release, and go-live asks for a second pair of eyes.");
        refused.says("May decide it now: approver.");
    }
    assert!(!second.get(&scene.urls.show()).await.text.contains(&scene.gate()), "it is not offered");
    assert!(!second.get("/approvals").await.text.contains(&scene.gate()), "it does not wait for who retried");
    operator.get(&scene.urls.task(1, "go-live")).await.says(&able("approver"));
    approver.get(&scene.gate()).await.says("<dd>operator; retried by second</dd>").says(&able("approver"));
    assert_eq!(approver.post(&scene.gate(), &form).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    scene.app.stops().await;
}
