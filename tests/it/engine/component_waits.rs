//! Components that several executions and attempts are about: one execution works on one at a time, the others say for whom
//! they wait, and what was ended or failed is gone on with.

use tollgate::domain::component::{ChangeFault, ComponentStatus, RevisionState};
use tollgate::domain::component_wait::LockedObject;
use tollgate::domain::decide::Command;
use tollgate::domain::execution::TaskState;
use tollgate::domain::kinds::{IfExists, Retry};
use tollgate::domain::status::ReleaseStatus;

use super::stage::Stage;
use super::tasks::{command, create_component, line, update_component};
use crate::db::Db;

on_both!(
    another_execution_waits_for_the_component_and_says_for_whom,
    b7_whoever_waits_can_be_terminated_and_the_holder_keeps_the_component_to_its_end,
    two_executions_that_would_wait_for_each_other_do_not,
    b6_a_terminated_deployment_lets_the_component_go_and_is_between_two_revisions,
    a_creation_that_is_retried_after_somebody_updated_it_brings_a_newer_revision,
);

async fn another_execution_waits_for_the_component_and_says_for_whom(db: Db) {
    let mut stage = Stage::with_shop_web(db).await;
    let first = line(vec![update_component("up", "shop/web", "2", |_| ()), command("task-b")]);
    let first = stage.release("first", first).await;
    stage.execute(first).await.unwrap();
    stage.tick().await;
    stage.starts("up").await.succeeds();
    let rest = stage.starts("task-b").await;
    let second = stage.release("second", line(vec![update_component("up", "shop/web", "3", |_| ())])).await;
    stage.execute(second).await.unwrap();
    stage.passes(1);
    stage.tick().await;
    let waiting = stage.last(second).await;
    let held = waiting.tasks[0].held.clone().expect("it waits");
    let component = LockedObject::Component("shop/web".to_owned());
    assert_eq!((&held.holder.object, held.holder.release.as_str(), held.holder.number), (&component, "first", 1));
    assert_eq!((&waiting.tasks[0].state, waiting.tasks[0].attempt), (&TaskState::Waiting, 0), "nothing has begun");
    assert_eq!(waiting.status(), ReleaseStatus::Running);
    assert_eq!(stage.tick().await.changed, 0, "a tick changes nothing while the holder goes on");
    stage.calls.no_more().await;
    rest.succeeds();
    stage.until_status(first, ReleaseStatus::Successful).await;
    stage.restarts();
    stage.engine.turn().await.unwrap();
    let work = stage.starts("up").await;
    assert_eq!((work.told("TOLLGATE_VERSION"), work.told("TOLLGATE_PREVIOUS_VERSION")), ("3", "2"), "on what ran then");
    work.succeeds();
    stage.until_status(second, ReleaseStatus::Successful).await;
}

async fn b7_whoever_waits_can_be_terminated_and_the_holder_keeps_the_component_to_its_end(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let first = line(vec![update_component("up", "shop/web", "2", |_| ())]);
    let first = stage.release("first", first).await;
    stage.execute(first).await.unwrap();
    stage.tick().await;
    let deploys = stage.starts("up").await;
    let second = stage.release("second", line(vec![update_component("up", "shop/web", "3", |_| ())])).await;
    stage.execute(second).await.unwrap();
    stage.tick().await;
    assert!(stage.last(second).await.tasks[0].held.is_some());
    stage.does(second, &Command::Terminate).await;
    stage.until_status(second, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(stage.last(second).await.tasks[0].held, None);
    deploys.succeeds();
    stage.until_status(first, ReleaseStatus::Successful).await;
    stage.tick().await;
    stage.calls.no_more().await;
    assert_eq!(stage.component().await.component.current, Some(2));
}

async fn two_executions_that_would_wait_for_each_other_do_not(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let made = line(vec![create_component("api", "shop/api", |_| ())]);
    let release = stage.release("create", made).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("api").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let both = |first: &str, second: &str| {
        line(vec![
            update_component("one", &format!("shop/{first}"), "2", |_| ()),
            update_component("two", &format!("shop/{second}"), "2", |_| ()),
        ])
    };
    let (left, right) = (both("web", "api"), both("api", "web"));
    let (left, right) = (stage.release("left", left).await, stage.release("right", right).await);
    stage.execute(left).await.unwrap();
    stage.tick().await;
    let of_left = stage.starts("one").await;
    stage.execute(right).await.unwrap();
    stage.tick().await;
    let of_right = stage.starts("one").await;
    of_left.succeeds();
    stage.until(left, "it waits", |last| last.tasks[1].held.is_some()).await;
    of_right.succeeds();
    stage.until_status(right, ReleaseStatus::ReleaseFailed).await;
    let (release, component) = ("left".to_owned(), "shop/web".to_owned());
    assert_eq!(stage.fault(right, 1).await, ChangeFault::WouldWait { component, release, number: 1 });
    stage.tick().await;
    stage.starts("two").await.succeeds();
    stage.until_status(left, ReleaseStatus::Successful).await;
    stage.does(right, &Command::Retry).await;
    stage.starts("two").await.succeeds();
    stage.until_status(right, ReleaseStatus::Successful).await;
}

async fn b6_a_terminated_deployment_lets_the_component_go_and_is_between_two_revisions(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let retry = Retry { attempts: 3, delay: 600 };
    let update = update_component("up", "shop/web", "2", |update| update.retry = retry);
    let release = stage.release("update", line(vec![update])).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("up").await.fails();
    stage.until(release, "it is tried again later", |last| last.tasks[0].state.delayed_until().is_some()).await;
    assert_eq!(stage.component().await.component.status, ComponentStatus::Deploying { to: 2 });
    stage.does(release, &Command::Terminate).await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let web = stage.component().await.component;
    assert_eq!((web.status, web.current), (ComponentStatus::Between { from: Some(1), to: 2 }, Some(1)));
    assert_eq!(stage.states().await, [(2, RevisionState::Failed), (1, RevisionState::Current)]);
    stage.execute(release).await.unwrap();
    stage.tick().await;
    let work = stage.starts("up").await;
    assert_eq!(work.told("TOLLGATE_REVISION_NUMBER"), "3", "a new execution brings a new revision");
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn a_creation_that_is_retried_after_somebody_updated_it_brings_a_newer_revision(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let made = vec![create_component("api", "shop/api", |_| ()), command("task-b")];
    let release = stage.release("create", line(made)).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("api").await.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let updated = create_component("api", "shop/api", |create| create.if_exists = IfExists::Update);
    let other = stage.release("update", line(vec![updated])).await;
    stage.execute(other).await.unwrap();
    stage.tick().await;
    stage.starts("api").await.succeeds();
    stage.until_status(other, ReleaseStatus::Successful).await;
    stage.does(release, &Command::Retry).await;
    let work = stage.starts("api").await;
    assert_eq!(work.told("TOLLGATE_REVISION_NUMBER"), "3");
    work.succeeds();
    stage.starts("task-b").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}
