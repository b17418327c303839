//! Tasks that change applications and components: what they write down before anything is run, what they deploy, who waits
//! for whom, and how they are undone.

use std::collections::BTreeMap;

use tollgate::app::Caller;
use tollgate::app::environments::TypedEnvironment;
use tollgate::domain::component::{ChangeFault, ComponentStatus, RevisionState};
use tollgate::domain::decide::Command;
use tollgate::domain::environment::{EnvironmentScripts, EnvironmentSettings};
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::kinds::{IfExists, Retry};
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::{ListedComponent, Revision, TeamApplication};

use super::stage::Stage;
use super::tasks::{command, create_application, create_component, line, phases, update_component};
use crate::db::Db;

on_both!(
    a_component_is_made_deployed_updated_and_rolled_back_to_what_was_there,
    b8_a_failed_update_is_undone_to_what_ran_before_and_nothing_else_is,
    what_somebody_else_brought_since_is_not_undone,
    an_update_right_behind_the_creation_goes_by_what_that_deployed,
    a_retry_takes_up_the_revision_that_it_brought,
    what_an_update_does_not_name_stays_as_it_is,
    what_is_not_there_or_there_already_is_said,
    a_roll_back_of_a_creation_removes_what_it_made_and_an_application_only_while_it_is_empty,
    a_crash_between_claim_and_report_deploys_the_same_revision_again,
    values_of_earlier_tasks_flow_into_versions_and_specifications,
);

impl Stage {
    /// An environment named `prod`, with a script that deploys and one that removes.
    pub async fn environment(&self) {
        let scripts = EnvironmentScripts {
            deploy: "deploy it".to_owned(),
            verify: None,
            remove: Some("remove it".to_owned()),
            variables: BTreeMap::new(),
            timeout: 60,
        };
        let typed = TypedEnvironment { description: String::new(), settings: EnvironmentSettings::Command(scripts) };
        let place = (self.team, self.region);
        self.app.make_environment(&Caller::CommandLine, place, "prod", &typed).await.unwrap();
    }

    /// That environment and a release task that made `shop/web` in version 1.
    pub async fn with_shop_web(db: Db) -> Self {
        let stage = Self::set(db).await;
        stage.environment().await;
        let made = vec![create_application("app", "shop", IfExists::Keep), create_component("web", "shop/web", |_| ())];
        let release = stage.running(line(made)).await;
        stage.tick().await;
        stage.starts("web").await.succeeds();
        stage.until_status(release, ReleaseStatus::Successful).await;
        stage
    }

    async fn applications(&self) -> Vec<TeamApplication> {
        self.app.store.applications(&[self.team]).await.unwrap()
    }

    pub async fn component(&self) -> ListedComponent {
        let ids: Vec<_> = self.applications().await.iter().map(|application| application.id).collect();
        let found = self.app.store.components_of(&ids).await.unwrap();
        found.into_iter().find(|listed| listed.component.name == "web").expect("it is there")
    }

    /// Each revision of `shop/web`, the newest first.
    async fn revisions(&self) -> Vec<Revision> {
        self.app.store.revisions(self.component().await.component.id, 100).await.unwrap()
    }

    pub async fn states(&self) -> Vec<(u32, RevisionState)> {
        self.revisions().await.iter().map(|revision| (revision.number, revision.state)).collect()
    }

    pub async fn fault(&self, release: ReleaseId, task: usize) -> ChangeFault {
        let last = self.last(release).await;
        match last.tasks[task].state.failure() {
            Some((_, FailureCause::Change(fault))) => fault.clone(),
            other => panic!("{other:?}"),
        }
    }
}

async fn a_component_is_made_deployed_updated_and_rolled_back_to_what_was_there(db: Db) {
    let stage = Stage::set(db).await;
    stage.environment().await;
    let made = vec![create_application("app", "shop", IfExists::Fail), create_component("web", "shop/web", |_| ())];
    let release = stage.running(line(made)).await;
    assert_eq!(stage.applications().await.len(), 1, "it is there as soon as it is due");
    stage.tick().await;
    let work = stage.starts("web").await;
    assert_eq!((work.order.script.as_str(), work.order.leave_running), ("deploy it", true));
    let told = ["APPLICATION", "COMPONENT", "ENVIRONMENT", "VERSION", "REVISION_NUMBER", "PREVIOUS_VERSION", "IMAGE"];
    let told = told.map(|name| work.told(&format!("TOLLGATE_{name}")).to_owned());
    assert_eq!(told, ["shop", "web", "prod", "1", "1", "", "shop:1"]);
    let file: serde_json::Value = serde_json::from_str(&work.order.files[0].text).unwrap();
    assert_eq!(work.order.files[0].variable, "TOLLGATE_REVISION");
    assert_eq!((&file["environment"]["LOG"], &file["image"]), (&"info".into(), &"shop:1".into()));
    assert_eq!(stage.component().await.component.status, ComponentStatus::Deploying { to: 1 }, "before it is run");
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let web = stage.component().await;
    assert_eq!((web.component.status, web.component.current), (ComponentStatus::Healthy, Some(1)));

    let release = stage.release("update", line(vec![update_component("up", "shop/web", "2", |_| ())])).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    let work = stage.starts("up").await;
    assert_eq!((work.told("TOLLGATE_VERSION"), work.told("TOLLGATE_PREVIOUS_VERSION")), ("2", "1"));
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!(stage.states().await, [(2, RevisionState::Current), (1, RevisionState::Former)]);
    let made = stage.revisions().await.remove(0);
    assert_eq!((made.task.as_str(), made.execution_id), ("up", Some(stage.last(release).await.id)));

    stage.does(release, &Command::RollBack).await;
    let work = stage.starts("up").await;
    assert_eq!((work.order.script.as_str(), work.told("TOLLGATE_VERSION")), ("deploy it", "1"));
    assert_eq!(work.told("TOLLGATE_IMAGE"), "shop:1", "the whole specification of before");
    work.succeeds();
    stage.until_status(release, ReleaseStatus::RolledBack).await;
    assert_eq!(stage.states().await, [(2, RevisionState::RolledBack), (1, RevisionState::Current)]);
    let web = stage.component().await;
    assert_eq!((web.component.status, web.component.current), (ComponentStatus::Healthy, Some(1)));
    assert_eq!(web.version.as_deref(), Some("1"));
    stage.calls.no_more().await;
}

async fn b8_a_failed_update_is_undone_to_what_ran_before_and_nothing_else_is(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let release = stage.release("update", line(vec![update_component("up", "shop/web", "2", |_| ())])).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("up").await.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let web = stage.component().await.component;
    assert_eq!((web.status, web.current), (ComponentStatus::Between { from: Some(1), to: 2 }, Some(1)));
    stage.does(release, &Command::RollBack).await;
    let work = stage.starts("up").await;
    assert_eq!(work.told("TOLLGATE_VERSION"), "1");
    work.succeeds();
    stage.until_status(release, ReleaseStatus::RolledBack).await;
    assert_eq!(stage.states().await, [(2, RevisionState::RolledBack), (1, RevisionState::Current)]);

    // A failure before anything was changed leaves nothing to undo.
    let gone = line(vec![update_component("up", "shop/gone", "2", |_| ())]);
    let release = stage.release("gone", gone).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    stage.does(release, &Command::RollBack).await;
    stage.until_status(release, ReleaseStatus::RolledBack).await;
    stage.calls.no_more().await;
    assert_eq!(stage.component().await.component.current, Some(1), "what runs well is left as it is");
}

async fn what_somebody_else_brought_since_is_not_undone(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let mut releases = Vec::new();
    for version in ["2", "3"] {
        let update = line(vec![update_component("up", "shop/web", version, |_| ())]);
        let release = stage.release(&format!("to-{version}"), update).await;
        stage.execute(release).await.unwrap();
        stage.tick().await;
        stage.starts("up").await.succeeds();
        stage.until_status(release, ReleaseStatus::Successful).await;
        releases.push(release);
    }
    stage.does(releases[0], &Command::RollBack).await;
    stage.until_status(releases[0], ReleaseStatus::RollbackFailed).await;
    let fault = ChangeFault::ChangedSince { name: "shop/web".to_owned(), revision: 3 };
    assert_eq!(stage.fault(releases[0], 0).await, fault);
    stage.calls.no_more().await;
    assert_eq!(stage.component().await.component.current, Some(3));
    stage.does(releases[1], &Command::RollBack).await;
    stage.starts("up").await.succeeds();
    stage.until_status(releases[1], ReleaseStatus::RolledBack).await;
    stage.does(releases[0], &Command::RollBack).await;
    let work = stage.starts("up").await;
    assert_eq!(work.told("TOLLGATE_VERSION"), "1", "the newest is undone, and then it can be");
    work.succeeds();
    stage.until_status(releases[0], ReleaseStatus::RolledBack).await;
}

async fn an_update_right_behind_the_creation_goes_by_what_that_deployed(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let both = vec![create_component("api", "shop/api", |_| ()), update_component("up", "shop/api", "2", |_| ())];
    let release = stage.release("both", line(both)).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("api").await.succeeds();
    let work = stage.starts("up").await;
    assert_eq!((work.told("TOLLGATE_VERSION"), work.told("TOLLGATE_PREVIOUS_VERSION")), ("2", "1"));
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn a_retry_takes_up_the_revision_that_it_brought(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let retry = Retry { attempts: 2, delay: 0 };
    let update = line(vec![update_component("up", "shop/web", "2", |update| update.retry = retry)]);
    let release = stage.release("update", update).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("up").await.fails();
    let again = stage.starts("up").await;
    assert_eq!((again.attempt(), again.told("TOLLGATE_REVISION_NUMBER")), ("2", "2"));
    again.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    stage.does(release, &Command::Retry).await;
    let again = stage.starts("up").await;
    assert_eq!((again.attempt(), again.told("TOLLGATE_REVISION_NUMBER")), ("3", "2"));
    again.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!(stage.states().await, [(2, RevisionState::Current), (1, RevisionState::Former)]);

    // A Create that failed goes on with the component that it made, though it is to fail where there is one.
    let made = line(vec![create_component("api", "shop/api", |_| ())]);
    let release = stage.release("create", made).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("api").await.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    stage.does(release, &Command::Retry).await;
    stage.starts("api").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn what_an_update_does_not_name_stays_as_it_is(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let update = update_component("up", "shop/web", "2", |update| {
        update.set = [("replicas".to_owned(), "3".to_owned())].into();
        update.unset = vec!["environment.LOG".to_owned()];
    });
    let release = stage.release("update", line(vec![update])).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("up").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let newest = stage.revisions().await.remove(0).specification;
    assert_eq!(newest, [("image".to_owned(), "shop:1".to_owned()), ("replicas".to_owned(), "3".to_owned())].into());
}

async fn what_is_not_there_or_there_already_is_said(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let name = |text: &str| text.to_owned();
    let faults = [
        (create_application("task", "shop", IfExists::Fail), ChangeFault::ApplicationExists { name: name("shop") }),
        (create_component("task", "bank/web", |_| ()), ChangeFault::NoApplication { name: name("bank") }),
        (create_component("task", "shop/web", |_| ()), ChangeFault::ComponentExists { name: name("shop/web") }),
        (
            create_component("task", "shop/api", |create| create.environment = name("test")),
            ChangeFault::NoEnvironment { name: name("test") },
        ),
        (update_component("task", "shop/api", "2", |_| ()), ChangeFault::NoComponent { name: name("shop/api") }),
        (
            update_component("task", "shop/web", "2", |update| update.unset = vec![name("replicas")]),
            ChangeFault::NotSet { field: name("replicas") },
        ),
    ];
    for (number, (task, fault)) in faults.into_iter().enumerate() {
        let release = stage.release(&format!("release-{number}"), line(vec![task])).await;
        stage.execute(release).await.unwrap();
        stage.tick().await;
        stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
        assert_eq!(stage.fault(release, 0).await, fault);
    }
    let kept = vec![
        create_application("app", "shop", IfExists::Keep),
        create_component("web", "shop/web", |create| create.if_exists = IfExists::Keep),
    ];
    let release = stage.release("kept", line(kept)).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.tick().await;
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.does(release, &Command::RollBack).await;
    stage.tick().await;
    stage.until_status(release, ReleaseStatus::RolledBack).await;
    stage.calls.no_more().await;
    assert_eq!(stage.states().await, [(1, RevisionState::Current)], "what it only kept is not undone");
    assert_eq!(stage.applications().await.len(), 1);
    let updated = create_component("web", "shop/web", |create| {
        create.if_exists = IfExists::Update;
        create.version = name("2");
    });
    let release = stage.release("updated", line(vec![updated])).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("web").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!(stage.states().await, [(2, RevisionState::Current), (1, RevisionState::Former)]);
}

async fn a_roll_back_of_a_creation_removes_what_it_made_and_an_application_only_while_it_is_empty(db: Db) {
    let stage = Stage::set(db).await;
    stage.environment().await;
    let made = vec![create_application("app", "shop", IfExists::Fail), create_component("web", "shop/web", |_| ())];
    let release = stage.running(line(made)).await;
    stage.tick().await;
    stage.starts("web").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let other = stage.release("other", line(vec![create_component("api", "shop/api", |_| ())])).await;
    stage.execute(other).await.unwrap();
    stage.tick().await;
    stage.starts("api").await.succeeds();
    stage.until_status(other, ReleaseStatus::Successful).await;
    stage.does(release, &Command::RollBack).await;
    let work = stage.starts("web").await;
    assert_eq!(work.order.script, "remove it");
    work.succeeds();
    stage.until_status(release, ReleaseStatus::RollbackFailed).await;
    assert_eq!(stage.fault(release, 0).await, ChangeFault::NotEmpty { name: "shop".to_owned() });
    stage.does(other, &Command::RollBack).await;
    stage.starts("api").await.succeeds();
    stage.until_status(other, ReleaseStatus::RolledBack).await;
    stage.does(release, &Command::RollBack).await;
    stage.until_status(release, ReleaseStatus::RolledBack).await;
    assert_eq!(stage.applications().await, []);
    stage.calls.no_more().await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.tick().await;
    stage.starts("web").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn a_crash_between_claim_and_report_deploys_the_same_revision_again(db: Db) {
    let mut stage = Stage::with_shop_web(db).await;
    let release = stage.release("update", line(vec![update_component("up", "shop/web", "2", |_| ())])).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    let lost = stage.starts("up").await;
    let (key, files) = (lost.told("TOLLGATE_KEY").to_owned(), lost.order.files.clone());
    stage.restarts();
    stage.engine.turn().await.unwrap();
    let again = stage.starts("up").await;
    assert_eq!((again.told("TOLLGATE_KEY"), &again.order.files), (key.as_str(), &files), "the very same attempt");
    again.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!(stage.states().await, [(2, RevisionState::Current), (1, RevisionState::Former)]);
}

async fn values_of_earlier_tasks_flow_into_versions_and_specifications(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let update = update_component("up", "shop/web", "${tasks.build.outputs.version}", |update| {
        update.set = [("image".to_owned(), "shop:${tasks.build.outputs.version}".to_owned())].into();
    });
    let release = stage.release("update", phases(vec![vec![vec![command("build")]], vec![vec![update]]])).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("build").await.gives(&[("version", "2026.1130.12345")]);
    let work = stage.starts("up").await;
    assert_eq!(
        (work.told("TOLLGATE_VERSION"), work.told("TOLLGATE_IMAGE")),
        ("2026.1130.12345", "shop:2026.1130.12345")
    );
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;

    // What is wrong only now that it has a value ends the task before anything is changed.
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.starts("build").await.gives(&[("version", "")]);
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert!(matches!(stage.fault(release, 1).await, ChangeFault::Version { .. }));
    assert_eq!(stage.component().await.component.current, Some(2));
}
