//! The operations: what each role may do in each status, and what a form says that comes back.

use tollgate::domain::refusal::Operation;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::messages::{self, Locale};

use super::scene::{ENDLESS, FAILING, GATED, Scene};
use crate::db::Db;

on_both!(
    only_an_operator_is_offered_anything_and_everybody_else_is_refused,
    an_operation_that_is_not_possible_now_is_refused_with_the_status,
    execute_asks_which_tasks_and_skips_the_others,
    a_choice_that_is_refused_comes_back_as_it_was_made,
    pause_continue_and_terminate_do_what_they_say,
    roll_back_lists_what_it_undoes_and_undoes_it,
    roll_back_says_when_there_is_nothing_to_undo,
    a_failed_task_is_retried,
    skip_needs_a_comment_and_keeps_what_was_typed,
    a_copy_needs_a_good_name_that_is_free,
    delete_takes_it_off_for_all_but_administrators,
);

/// GET and POST of every operation on the release task itself.
const OPERATIONS: [(&str, bool); 8] = [
    ("execute", true),
    ("pause", false),
    ("continue", false),
    ("retry", false),
    ("terminate", true),
    ("roll-back", true),
    ("clone", true),
    ("delete", true),
];

async fn only_an_operator_is_offered_anything_and_everybody_else_is_refused(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let before = scene.release().await;
    for who in ["viewer", "approver", "manager", "administrator"] {
        let browser = scene.browser(who).await;
        for (word, asks) in OPERATIONS {
            let url = scene.urls.operation(word);
            let refused = browser.post(&url, &[("name", "copy"), ("task", "build")]).await;
            assert_eq!(refused.status, 403, "{who} posts {word}: {}", refused.text);
            refused.says("it needs the role operator in the team");
            if asks {
                assert_eq!(browser.get(&url).await.status, 403, "{who} opens {word}");
            }
        }
        for url in [scene.urls.skip(1, "build")] {
            assert_eq!(browser.get(&url).await.status, 403, "{who} opens skip");
            assert_eq!(browser.post(&url, &[("comment", "x")]).await.status, 403, "{who} posts skip");
        }
        let page = browser.get(&scene.urls.show()).await;
        for word in ["execute", "pause", "terminate", "clone", "delete"] {
            assert!(!page.text.contains(&scene.urls.operation(word)), "{who} is offered {word}");
        }
    }
    let outsider = scene.browser("outsider").await;
    for (word, _) in OPERATIONS {
        assert_eq!(outsider.post(&scene.urls.operation(word), &[("name", "copy")]).await.status, 404, "{word}");
    }
    assert_eq!(scene.release().await, before, "nothing of it changed anything");
    operator.get(&scene.urls.show()).await.says(&scene.urls.operation("pause"));
    scene.app.stops().await;
}

async fn an_operation_that_is_not_possible_now_is_refused_with_the_status(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    for word in ["execute", "continue", "retry", "roll-back", "delete"] {
        let refused = operator.post(&scene.urls.operation(word), &[("task", "build")]).await;
        assert_eq!(refused.status, 409, "{word}");
        refused.says("because the release task is To be approved");
    }
    for word in ["execute", "roll-back", "delete"] {
        let refused = operator.htmx(&scene.urls.operation(word), &scene.urls.show()).await;
        assert_eq!(refused.status, 409, "{word}");
        refused.says("class=\"dialog\"").says("because the release task is To be approved");
    }
    assert_eq!(scene.release().await.status(), ReleaseStatus::ToBeApproved);
    scene.app.stops().await;
}

async fn execute_asks_which_tasks_and_skips_the_others(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let operator = scene.browser("operator").await;
    let dialog = operator.get(&scene.urls.operation("execute")).await;
    dialog.says("<h1>Execute</h1>").says("shop-web · version 1").says("value=\"go-live\" checked").says("Execute Now");
    dialog.says("name=\"execution\" value=\"0\"").says("name=\"version\" value=\"1\"").says("<html");
    let part = operator.htmx(&scene.urls.operation("execute"), &scene.urls.show()).await;
    assert!(!part.text.contains("<html"), "the dialog alone");
    let form = [("execution", "0"), ("version", "1"), ("task", "build"), ("task", "go-live")];
    let done = operator.post(&scene.urls.operation("execute"), &form).await;
    assert_eq!((done.status, done.location()), (303, scene.urls.show().as_str()));
    operator.get(&scene.urls.show()).await.says("shop-web is being released: execution 1 has started.");
    let release = scene.is(ReleaseStatus::ToBeApproved).await;
    let last = release.last.unwrap();
    assert_eq!(last.tasks[last.index("deploy").unwrap()].state.status(), TaskStatus::Skipped);
    scene.app.stops().await;
}

async fn a_choice_that_is_refused_comes_back_as_it_was_made(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let operator = scene.browser("operator").await;
    let url = scene.urls.operation("execute");
    let nothing = operator.post(&url, &[("execution", "0")]).await;
    assert_eq!(nothing.status, 422);
    nothing.says("No task is chosen.");
    assert!(!nothing.text.contains("value=\"build\" checked"), "as it was sent");
    let gate_left_out = operator.post(&url, &[("task", "build"), ("task", "deploy")]).await;
    assert_eq!(gate_left_out.status, 422);
    gate_left_out.says("go-live cannot be left out").says("value=\"build\" checked").says("value=\"deploy\" checked");
    assert!(!gate_left_out.text.contains("value=\"go-live\" checked"));
    assert_eq!(operator.post(&url, &[("task", "no-such")]).await.status, 422);
    assert_eq!(scene.release().await.status(), ReleaseStatus::ToRelease);
    scene.app.stops().await;
}

async fn pause_continue_and_terminate_do_what_they_say(db: Db) {
    let scene = Scene::with(&db, ENDLESS).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.task_is("build", TaskStatus::Running).await;
    let tie = [("execution", "1")];
    assert_eq!(operator.post(&scene.urls.operation("pause"), &tie).await.status, 303);
    assert_eq!(scene.release().await.status(), ReleaseStatus::Pausing);
    assert_eq!(operator.post(&scene.urls.operation("continue"), &tie).await.status, 303);
    assert_eq!(scene.release().await.status(), ReleaseStatus::Running);
    let dialog = operator.get(&scene.urls.operation("terminate")).await;
    dialog
        .says("Terminate shop-web?")
        .says("Will be stopped:")
        .says("<span>build</span>")
        .says("ends as Release failed");
    assert_eq!(operator.post(&scene.urls.operation("terminate"), &tie).await.status, 303);
    let failed = scene.is(ReleaseStatus::ReleaseFailed).await;
    assert!(failed.last.unwrap().was_terminated());
    operator.get(&scene.urls.show()).await.says("It was terminated by operator.");
    scene.app.stops().await;
}

async fn roll_back_lists_what_it_undoes_and_undoes_it(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    scene.browser("approver").await.post(&scene.gate(), &[("verdict", "agree")]).await;
    scene.is(ReleaseStatus::Successful).await;
    let dialog = operator.get(&scene.urls.operation("roll-back")).await;
    dialog.says("Roll back shop-web?").says("Will be undone, in this order:").says("deploy (Command)");
    assert!(!dialog.text.contains("build (Command)"), "it has nothing to undo");
    assert_eq!(operator.post(&scene.urls.operation("roll-back"), &[("execution", "1")]).await.status, 303);
    scene.is(ReleaseStatus::RolledBack).await;
    scene.app.stops().await;
}

async fn roll_back_says_when_there_is_nothing_to_undo(db: Db) {
    let scene = Scene::with(&db, FAILING).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    operator.get(&scene.urls.operation("roll-back")).await.says("There is nothing to undo");
    operator.post(&scene.urls.operation("roll-back"), &[("execution", "1")]).await;
    scene.is(ReleaseStatus::RolledBack).await;
    scene.app.stops().await;
}

async fn a_failed_task_is_retried(db: Db) {
    let scene = Scene::with(&db, FAILING).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    operator.get(&scene.urls.show()).await.says(&scene.urls.operation("retry"));
    assert_eq!(operator.post(&scene.urls.operation("retry"), &[("execution", "1")]).await.status, 303);
    scene.when(|release| release.last.as_ref().is_some_and(|last| last.tasks[0].attempt == 2)).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    scene.app.stops().await;
}

async fn skip_needs_a_comment_and_keeps_what_was_typed(db: Db) {
    let scene = Scene::with(&db, FAILING).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let url = scene.urls.skip(1, "build");
    operator.get(&url).await.says("Skip build?").says("name=\"comment\"");
    let refused = operator.post(&url, &[("comment", "  ")]).await;
    assert_eq!(refused.status, 422);
    refused.says("Write in Comments why the task is skipped.").says("aria-invalid=\"true\"");
    let long = "x".repeat(2001);
    let refused = operator.post(&url, &[("comment", &long)]).await;
    assert_eq!(refused.status, 422);
    refused.says("The comment is too long").says(&long);
    let other = operator.post(&scene.urls.skip(1, "after"), &[("comment", "no need")]).await;
    assert_eq!(other.status, 409);
    other.says("only a task that failed can be skipped").says("no need");
    assert_eq!(operator.post(&url, &[("comment", "known flake")]).await.status, 303);
    let done = scene.is(ReleaseStatus::Successful).await;
    assert_eq!(done.last.unwrap().tasks[0].state.status(), TaskStatus::Skipped);
    scene.app.stops().await;
}

async fn a_copy_needs_a_good_name_that_is_free(db: Db) {
    let scene = Scene::with(&db, FAILING).await;
    let operator = scene.browser("operator").await;
    let url = scene.urls.operation("clone");
    operator.get(&url).await.says(messages::operation(Operation::Clone, Locale::English)).says("value=\"release-");
    let wrong = operator.post(&url, &[("name", "1 copy")]).await;
    assert_eq!(wrong.status, 422);
    wrong.says("value=\"1 copy\"").says("aria-invalid=\"true\"");
    let taken = operator.post(&url, &[("name", "shop-web")]).await;
    assert_eq!(taken.status, 409);
    taken.says("Another release task of the team has this name.");
    let done = operator.post(&url, &[("name", "shop-copy")]).await;
    assert_eq!(done.status, 303);
    operator.get(done.location()).await.says("shop-copy is a copy of shop-web").says("To release");
    scene.app.stops().await;
}

async fn delete_takes_it_off_for_all_but_administrators(db: Db) {
    let scene = Scene::with(&db, FAILING).await;
    let operator = scene.browser("operator").await;
    let url = scene.urls.operation("delete");
    operator.get(&url).await.says("Delete shop-web?");
    let done = operator.post(&url, &[]).await;
    assert_eq!((done.status, done.location()), (303, "/regions/eu-west/release-tasks"));
    assert_eq!(operator.get(&scene.urls.show()).await.status, 404);
    assert_eq!(operator.post(&url, &[]).await.status, 404);
    assert_eq!(scene.browser("administrator").await.get(&scene.urls.show()).await.status, 200);
    scene.app.stops().await;
}
