//! Deciders of a checkpoint: told before it is too late who can, and why the others cannot.

use tollgate::app::Caller;
use tollgate::domain::status::ReleaseStatus;

use super::scene::Scene;
use crate::db::Db;

on_both!(
    f12_that_nobody_can_decide_is_said_everywhere_with_the_reason_for_each,
    f12_the_only_operator_who_executes_is_told_that_nobody_can_decide,
    f12_a_name_in_another_case_decides,
    f12_my_approvals_says_that_one_alone_is_not_enough,
    f12_an_administrator_who_is_named_is_told_why_it_does_not_ask_them,
    f12_only_of_a_checkpoint_that_waits_is_said_who_may_decide_it,
    f12_an_administrator_who_comes_too_late_overrides_nothing,
);

fn asking(who: &str) -> String {
    format!(
        "name: shop-web\nphases:\n  - name: Go\n    tasks:\n      - name: go-live\n        type: manual-approval\n        {who}\n"
    )
}

async fn f12_that_nobody_can_decide_is_said_everywhere_with_the_reason_for_each(db: Db) {
    let scene = Scene::with(&db, &asking("approvers: [nobody-here, viewer, Outsider, second]")).await;
    scene.app.app.disable_user(&Caller::CommandLine, "second").await.unwrap();
    let operator = scene.browser("operator").await;
    let reasons = "nobody-here has no account, viewer may not approve in this team, outsider is not in the team and the \
                   account second is disabled";
    let offer = operator.get(&scene.urls.operation("execute")).await;
    offer.says("go-live cannot be passed now.").says(&format!("nobody can decide it now ({reasons})"));
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ToBeApproved).await;
    let sentence = format!("Nobody can decide it now: {reasons}. An administrator can decide in their place.");
    for page in [scene.urls.show(), scene.urls.execution(1), scene.urls.task(1, "go-live")] {
        operator.get(&page).await.says(&sentence);
    }
    let viewer = scene.browser("viewer").await;
    let refused = viewer.get(&scene.gate()).await;
    assert_eq!(refused.status, 403);
    refused.says("go-live names you, but you do not hold the role approver in the team.").says(reasons);
    refused.says("An administrator can decide in their place.").says_nothing_of("Ask ");
    scene.browser("approver").await.get(&scene.gate()).await.says("it names neither you nor a role of yours");
    // As soon as one of them can, nothing of it is said any more.
    scene.app.app.enable_user(&Caller::CommandLine, "second").await.unwrap();
    assert!(!operator.get(&scene.urls.task(1, "go-live")).await.text.contains("Nobody can decide it now"));
    scene.app.stops().await;
}

async fn f12_the_only_operator_who_executes_is_told_that_nobody_can_decide(db: Db) {
    let scene = Scene::with(&db, &asking("roles: [operator]")).await;
    let operator = scene.browser("operator").await;
    let reason = "operator started this release (four eyes)";
    operator.get(&scene.urls.operation("execute")).await.says(&format!("nobody can decide it now ({reason})"));
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    operator.get(&scene.urls.show()).await.says(&format!("Nobody can decide it now: {reason}."));
    operator.get(&scene.gate()).await.says("You started this release").says(reason);
    scene.app.stops().await;
}

async fn f12_a_name_in_another_case_decides(db: Db) {
    let scene = Scene::with(&db, &asking("approvers: [APPROVER]")).await;
    let operator = scene.browser("operator").await;
    operator.get(&scene.urls.operation("execute")).await.says("1 person can decide it now: approver");
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    let approver = scene.browser("approver").await;
    approver.get("/approvals").await.says(&scene.gate());
    let done = approver.post(&scene.gate(), &[("verdict", "agree"), ("round", "1")]).await;
    assert_eq!(done.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    scene.app.stops().await;
}

async fn f12_my_approvals_says_that_one_alone_is_not_enough(db: Db) {
    let scene = Scene::with(&db, &asking("approvers: [approver, viewer]\n        required: 2")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    let page = scene.browser("approver").await.get("/approvals").await;
    page.says("1 can decide it now, and 2 must agree: viewer may not approve in this team.");
    scene.app.stops().await;
}

async fn f12_an_administrator_who_is_named_is_told_why_it_does_not_ask_them(db: Db) {
    let scene = Scene::with(&db, &asking("approvers: [administrator]")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    let dialog = scene.browser("administrator").await.get(&scene.gate()).await;
    dialog.says("This checkpoint names you, but you are not a member of the team. As an administrator you may decide");
    dialog.says_nothing_of("You are not an approver");
    scene.app.stops().await;
}

async fn f12_only_of_a_checkpoint_that_waits_is_said_who_may_decide_it(db: Db) {
    let two = "approvers: [approver, second]\n        required: 2";
    let scene = Scene::with(&db, &asking(two)).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    let task = scene.urls.task(1, "go-live");
    let able = |names: &str| format!("<dt>May decide it now</dt><dd>{names}</dd>");
    operator.get(&task).await.says(&able("approver and second"));
    for (name, left) in [("approver", Some("second")), ("second", None)] {
        let browser = scene.browser(name).await;
        assert_eq!(browser.post(&scene.gate(), &[("verdict", "agree"), ("round", "1")]).await.status, 303);
        match left {
            Some(left) => operator.get(&task).await.says(&able(left)),
            None => operator.get(&task).await.says_nothing_of("May decide it now"),
        };
    }
    scene.is(ReleaseStatus::Successful).await;
    // Whoever may not decide it is told who decides, and asks nobody any more.
    let refused = scene.browser("viewer").await.get(&scene.gate()).await;
    refused.says("It is decided by approver and second.").says_nothing_of("May decide it now").says_nothing_of("Ask ");
    scene.app.stops().await;
}

async fn f12_an_administrator_who_comes_too_late_overrides_nothing(db: Db) {
    let scene = Scene::with(&db, &asking("approvers: [approver]")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    let admin = scene.browser("administrator").await;
    admin.get(&scene.gate()).await.says("Override Checkpoint").says("You are not an approver of this checkpoint.");
    let agree = [("verdict", "agree"), ("comment", "In their place"), ("round", "1")];
    assert_eq!(scene.browser("approver").await.post(&scene.gate(), &agree).await.status, 303);
    let late = admin.post(&scene.gate(), &agree).await;
    assert_eq!(late.status, 409);
    late.says("There is nothing left to decide.").says("In their place");
    late.says_nothing_of("Override Checkpoint").says_nothing_of("As an administrator you may");
    scene.app.stops().await;
}
