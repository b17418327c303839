//! Environments that need an approval: what is executed without it is refused, and what was approved of another environment is
//! asked once more.

use tollgate::app::component_releases::ComponentReleaseError;
use tollgate::app::environments::TypedEnvironment;
use tollgate::app::{AppError, Caller};
use tollgate::domain::component::ChangeFault;
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::definition::Definition;
use tollgate::domain::environment::{EnvironmentSettings, TypedOptions};
use tollgate::domain::execution::{TaskState, Verdict};
use tollgate::domain::refusal::Refusal;
use tollgate::domain::status::ReleaseStatus;

use super::stage::Stage;
use super::tasks::{approval, command, command_with, create_component, line, phases, trigger, update_component};
use crate::db::Db;

on_both!(
    a_release_without_the_approval_that_its_environment_needs_is_not_executed,
    what_was_approved_of_another_version_of_the_environment_is_asked_again,
    who_rejects_what_is_asked_again_ends_the_release,
    rules_that_became_stricter_hold_for_what_is_under_way,
    a_single_revision_is_not_released_past_the_approval,
);

fn needs(required: u32) -> TypedOptions {
    TypedOptions {
        lock: "shared".to_owned(),
        roles: vec!["approver".to_owned()],
        required: required.to_string(),
        four_eyes: true,
        ..TypedOptions::default()
    }
}

fn update(version: &str) -> tollgate::domain::definition::Task {
    update_component("up", "shop/web", version, |_| ())
}

fn approved(version: &str) -> Definition {
    phases(vec![vec![vec![approval("go-live", 1, None)]], vec![vec![update(version)]]])
}

impl Stage {
    async fn needs(&self, required: u32) {
        let prod = self.environment_named("prod").await;
        self.sets(prod, &needs(required)).await;
    }

    /// Saves another version of `prod`.
    async fn changes_prod(&self) {
        let id = self.environment_named("prod").await;
        let before = self.app.store.environment(id).await.unwrap().unwrap();
        let EnvironmentSettings::Command(mut scripts) = before.settings else { panic!("it is of scripts") };
        scripts.deploy.push_str(" anew");
        let typed = TypedEnvironment { description: String::new(), settings: EnvironmentSettings::Command(scripts) };
        self.app.change_environment(&Caller::CommandLine, id, before.version, &typed).await.unwrap();
    }
}

async fn a_release_without_the_approval_that_its_environment_needs_is_not_executed(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    stage.needs(1).await;
    let made = || create_component("api", "shop/api", |_| ());
    let of_made = || update_component("up", "shop/api", "2", |_| ());
    let beside = phases(vec![vec![vec![approval("go-live", 1, None)], vec![update("2")]]]);
    let in_prod = command_with("task-a", |command| command.target = Some("prod".to_owned()));
    let refused = [
        ("bare", line(vec![update("2")]), "up"),
        ("beside", beside, "up"),
        ("script", line(vec![in_prod, approval("go-live", 1, None)]), "task-a"),
        ("behind", line(vec![update("2"), approval("go-live", 1, None)]), "up"),
        ("trigger", line(vec![trigger("go-live"), update("2")]), "up"),
        ("makes", line(vec![made(), approval("go-live", 1, None), of_made()]), "api"),
    ];
    for (name, definition, expected) in refused {
        let release = stage.release(name, definition).await;
        match stage.execute(release).await {
            Err(AppError::Refused(Refusal::NotApproved { task, environment, rule })) => {
                assert_eq!((task.as_str(), environment.as_str(), rule.required), (expected, "prod", 1), "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    let release = stage.release("other", line(vec![update("2"), command("task-b")])).await;
    let rest = Selection::Only(["task-b".to_owned()].into());
    stage
        .app
        .execute(&stage.caller("operator").await, release, &rest)
        .await
        .expect("nothing that is chosen works there");
    stage.tick().await;
    stage.starts("task-b").await.succeeds();
    let release = stage.begins("asked", approved("2")).await;
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    stage.starts("up").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn what_was_approved_of_another_version_of_the_environment_is_asked_again(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    stage.needs(1).await;
    let definition = phases(vec![
        vec![vec![approval("go-live", 1, None)]],
        vec![vec![command("task-b"), update("2")], vec![command("task-c")]],
    ]);
    let release = stage.begins("asked", definition).await;
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    let (one, other) = (stage.calls.next().await, stage.calls.next().await);
    let (task_b, task_c) = if one.task() == "task-b" { (one, other) } else { (other, one) };
    stage.changes_prod().await;
    task_b.succeeds();
    let asked = stage.until(release, "it asks again", |last| last.tasks[0].round == 2).await;
    assert!(
        matches!(&asked.tasks[0].state, TaskState::ToBeApproved { again: Some(environment), .. } if environment == "prod"),
        "{:?}",
        asked.tasks[0].state
    );
    assert_eq!((&asked.tasks[2].state, asked.status()), (&TaskState::Waiting, ReleaseStatus::Running));
    task_c.succeeds();
    stage.until_status(release, ReleaseStatus::ToBeApproved).await;
    assert_eq!(stage.tick().await.changed, 0, "it is asked once");
    let refused = stage.says("operator", release, "go-live", Verdict::Agree).await;
    assert!(refused.is_err(), "four eyes still see it");
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    let work = stage.starts("up").await;
    assert_eq!(work.order.script, "deploy it anew");
    work.succeeds();
    let last = stage.until_status(release, ReleaseStatus::Successful).await;
    let seen: Vec<_> = last.tasks[0].decisions.iter().map(|said| (said.round, said.environments[0].version)).collect();
    assert_eq!(seen, [(1, 1), (2, 2)], "each against what was there");
}

async fn who_rejects_what_is_asked_again_ends_the_release(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    stage.needs(1).await;
    let release = stage.begins("asked", approved("2")).await;
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.changes_prod().await;
    stage.tick().await;
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);
    let no = Command::Decide { task: "go-live".to_owned(), verdict: Verdict::Reject, comment: "Not this".to_owned() };
    stage.asks("approver2", release, &no).await.unwrap();
    stage.tick().await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    stage.calls.no_more().await;
    stage.does(release, &Command::Retry).await;
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    stage.starts("up").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn rules_that_became_stricter_hold_for_what_is_under_way(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let bare = stage.release("bare", line(vec![command("task-a"), update("2")])).await;
    stage.execute(bare).await.unwrap();
    stage.tick().await;
    let task_a = stage.starts("task-a").await;
    let asked = stage.begins("asked", approved("2")).await;
    stage.says("approver", asked, "go-live", Verdict::Agree).await.unwrap();
    stage.needs(2).await;
    task_a.succeeds();
    stage.until_status(bare, ReleaseStatus::ReleaseFailed).await;
    assert!(matches!(stage.fault(bare, 1).await, ChangeFault::NotApproved { rule, .. } if rule.required == 2));
    stage.tick().await;
    stage.until_status(asked, ReleaseStatus::ReleaseFailed).await;
    assert!(matches!(stage.fault(asked, 1).await, ChangeFault::NotApproved { .. }));
    stage.calls.no_more().await;
}

async fn a_single_revision_is_not_released_past_the_approval(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let web = stage.component().await.component.id;
    let operator = stage.caller("operator").await;
    stage.app.deploy_again(&operator, stage.region, web, None).await.expect("no rules yet");
    stage.needs(1).await;
    let refused = stage.app.deploy_again(&operator, stage.region, web, None).await;
    assert!(
        matches!(&refused, Err(ComponentReleaseError::NeedsApproval { environment, .. }) if environment == "prod"),
        "{refused:?}"
    );
}
