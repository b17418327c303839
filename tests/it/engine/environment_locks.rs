//! Environments in which one release at a time works: who waits for whom, when one is let go, and what a switch in the middle does.

use tollgate::app::Caller;
use tollgate::app::environments::TypedEnvironment;
use tollgate::domain::component::ChangeFault;
use tollgate::domain::component_wait::LockedObject;
use tollgate::domain::decide::Command;
use tollgate::domain::definition::Definition;
use tollgate::domain::environment::{EnvironmentScripts, EnvironmentSettings, TypedOptions};
use tollgate::domain::execution::{Execution, Verdict};
use tollgate::domain::failure_policy::FailurePolicy;
use tollgate::domain::ids::{EnvironmentId, ReleaseId};
use tollgate::domain::status::ReleaseStatus;

use super::stage::Stage;
use super::tasks::{approval, command, command_with, create_component, line, phases, update_component};
use crate::db::Db;

on_both!(
    b7_one_release_at_a_time_works_in_an_environment_and_whoever_waits_can_be_terminated,
    while_a_checkpoint_waits_an_environment_is_let_go_and_taken_again,
    an_environment_that_is_kept_is_kept_while_a_checkpoint_waits,
    two_releases_that_would_wait_for_each_others_environments_do_not,
    a_lock_that_is_switched_on_lets_whoever_is_in_go_on_and_off_lets_all_in,
    a_roll_back_takes_the_environment_as_a_release_does,
    what_a_policy_rolls_back_keeps_what_it_holds,
);

fn update(component: &str) -> Definition {
    line(vec![update_component("up", component, "2", |_| ())])
}

/// Whom a task waits for: the environment, the release task and the number of its execution.
fn waits_for(execution: &Execution, task: usize) -> Option<(String, String, u32)> {
    let holder = &execution.tasks[task].held.as_ref()?.holder;
    match &holder.object {
        LockedObject::Environment { name, .. } => Some((name.clone(), holder.release.clone(), holder.number)),
        LockedObject::Component(name) => panic!("it waits for {name}"),
    }
}

impl Stage {
    /// `shop/web` and `shop/api` in `prod`.
    async fn with_two_components(db: Db) -> Self {
        let stage = Self::with_shop_web(db).await;
        stage.creates("shop/api", "prod").await;
        stage
    }

    async fn creates(&self, component: &str, environment: &str) {
        let create = create_component("new", component, |create| environment.clone_into(&mut create.environment));
        let release = self.release(&component.replace('/', "-"), line(vec![create])).await;
        self.execute(release).await.unwrap();
        self.tick().await;
        self.starts("new").await.succeeds();
        self.until_status(release, ReleaseStatus::Successful).await;
    }

    /// The environment of that name.
    pub async fn environment_named(&self, name: &str) -> EnvironmentId {
        let all = self.app.store.environments(self.region, &[self.team]).await.unwrap();
        all.iter().find(|environment| environment.name == name).expect("it is there").id
    }

    /// Sets its options, whatever they were.
    pub async fn sets(&self, environment: EnvironmentId, typed: &TypedOptions) {
        let seen = self.app.store.environment(environment).await.unwrap().unwrap().options_version;
        self.app.change_environment_options(&Caller::CommandLine, environment, seen, typed).await.unwrap();
    }

    async fn locks(&self, environment: &str, lock: &str) {
        let typed = TypedOptions { lock: lock.to_owned(), ..TypedOptions::default() };
        self.sets(self.environment_named(environment).await, &typed).await;
    }

    pub async fn begins(&self, name: &str, definition: Definition) -> ReleaseId {
        let release = self.release(name, definition).await;
        self.execute(release).await.unwrap();
        self.tick().await;
        release
    }

    /// The release tasks that worked in `prod`, the newest first, and whether they still do.
    async fn uses(&self) -> Vec<(String, bool)> {
        let uses = self.app.store.environment_uses(self.environment_named("prod").await, 10).await.unwrap();
        uses.into_iter().map(|used| (used.maker.release, used.freed_at.is_none())).collect()
    }

    async fn nothing_is_wrong(&self) {
        assert_eq!(self.app.store.inspect_whole().await.unwrap(), []);
    }
}

async fn b7_one_release_at_a_time_works_in_an_environment_and_whoever_waits_can_be_terminated(db: Db) {
    let stage = Stage::with_two_components(db).await;
    stage.locks("prod", "kept").await;
    let first = line(vec![update_component("up", "shop/web", "2", |_| ()), command("task-b")]);
    let first = stage.begins("first", first).await;
    stage.starts("up").await.succeeds();
    let rest = stage.starts("task-b").await;
    let second = stage.begins("second", update("shop/api")).await;
    let script = command_with("up", |command| command.target = Some("prod".to_owned()));
    let third = stage.begins("third", line(vec![script])).await;
    for waiting in [second, third] {
        let last = stage.last(waiting).await;
        assert_eq!(waits_for(&last, 0), Some(("prod".to_owned(), "first".to_owned(), 1)));
        assert_eq!((last.tasks[0].attempt, last.status()), (0, ReleaseStatus::Running), "nothing has begun");
    }
    stage.calls.no_more().await;
    assert_eq!(stage.tick().await.changed, 0, "a tick changes nothing while the holder goes on");
    stage.does(second, &Command::Terminate).await;
    stage.until_status(second, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(stage.uses().await[0], ("first".to_owned(), true));
    stage.nothing_is_wrong().await;
    rest.succeeds();
    stage.until_status(first, ReleaseStatus::Successful).await;
    stage.engine.turn().await.unwrap();
    stage.starts("up").await.succeeds();
    stage.until_status(third, ReleaseStatus::Successful).await;
    let uses = stage.uses().await;
    assert_eq!(uses[..2], [("third".to_owned(), false), ("first".to_owned(), false)]);
    assert!(uses.iter().all(|(_, open)| !open), "{uses:?}");
    stage.nothing_is_wrong().await;
}

/// Updates `shop/web`, asks, and updates it again.
fn two_steps() -> Definition {
    phases(vec![
        vec![vec![update_component("one", "shop/web", "2", |_| ())]],
        vec![vec![approval("go-live", 1, None), update_component("two", "shop/web", "3", |_| ())]],
    ])
}

async fn while_a_checkpoint_waits_an_environment_is_let_go_and_taken_again(db: Db) {
    let stage = Stage::with_two_components(db).await;
    stage.locks("prod", "let-go").await;
    let first = stage.begins("first", two_steps()).await;
    let one = stage.starts("one").await;
    let second = stage.begins("second", update("shop/api")).await;
    assert!(waits_for(&stage.last(second).await, 0).is_some());
    one.succeeds();
    stage.until_status(first, ReleaseStatus::ToBeApproved).await;
    stage.engine.turn().await.unwrap();
    let up = stage.starts("up").await;
    stage.says("approver", first, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    let waiting = stage.last(first).await;
    assert_eq!(waits_for(&waiting, 2), Some(("prod".to_owned(), "second".to_owned(), 1)));
    stage.nothing_is_wrong().await;
    up.succeeds();
    stage.until_status(second, ReleaseStatus::Successful).await;
    stage.engine.turn().await.unwrap();
    stage.starts("two").await.succeeds();
    stage.until_status(first, ReleaseStatus::Successful).await;
    let uses: Vec<_> = stage.uses().await.into_iter().take(3).map(|(release, _)| release).collect();
    assert_eq!(uses, ["first", "second", "first"], "who worked there when");
    stage.nothing_is_wrong().await;
}

async fn an_environment_that_is_kept_is_kept_while_a_checkpoint_waits(db: Db) {
    let stage = Stage::with_two_components(db).await;
    stage.locks("prod", "kept").await;
    let first = stage.begins("first", two_steps()).await;
    stage.starts("one").await.succeeds();
    stage.until_status(first, ReleaseStatus::ToBeApproved).await;
    let second = stage.begins("second", update("shop/api")).await;
    assert!(waits_for(&stage.last(second).await, 0).is_some());
    stage.tick().await;
    stage.calls.no_more().await;
    // Whoever changes their mind meanwhile lets it go at the next step of the holder; at once it is for several.
    stage.locks("prod", "shared").await;
    stage.tick().await;
    stage.starts("up").await.succeeds();
    stage.until_status(second, ReleaseStatus::Successful).await;
}

async fn two_releases_that_would_wait_for_each_others_environments_do_not(db: Db) {
    let stage = Stage::with_shop_web(db).await;
    let scripts = EnvironmentScripts {
        deploy: "deploy it".to_owned(),
        verify: None,
        remove: None,
        variables: [].into(),
        timeout: 60,
    };
    let typed = TypedEnvironment { description: String::new(), settings: EnvironmentSettings::Command(scripts) };
    let place = (stage.team, stage.region);
    stage.app.make_environment(&Caller::CommandLine, place, "test", &typed).await.unwrap();
    stage.creates("shop/api", "test").await;
    // Of each release task other components, so that nobody waits for one.
    stage.creates("shop/job", "prod").await;
    stage.creates("shop/run", "test").await;
    for environment in ["prod", "test"] {
        stage.locks(environment, "kept").await;
    }
    let both = |first: &str, second: &str| {
        line(vec![update_component("one", first, "2", |_| ()), update_component("two", second, "2", |_| ())])
    };
    let left = stage.begins("left", both("shop/web", "shop/api")).await;
    let of_left = stage.starts("one").await;
    let right = stage.begins("right", both("shop/run", "shop/job")).await;
    let of_right = stage.starts("one").await;
    of_left.succeeds();
    stage.until(left, "it waits", |last| last.tasks[1].held.is_some()).await;
    of_right.succeeds();
    stage.until_status(right, ReleaseStatus::ReleaseFailed).await;
    let (release, environment) = ("left".to_owned(), "prod".to_owned());
    assert_eq!(stage.fault(right, 1).await, ChangeFault::EnvironmentWouldWait { environment, release, number: 1 });
    stage.tick().await;
    stage.starts("two").await.succeeds();
    stage.until_status(left, ReleaseStatus::Successful).await;
    stage.does(right, &Command::Retry).await;
    stage.starts("two").await.succeeds();
    stage.until_status(right, ReleaseStatus::Successful).await;
    stage.nothing_is_wrong().await;
}

async fn a_lock_that_is_switched_on_lets_whoever_is_in_go_on_and_off_lets_all_in(db: Db) {
    let stage = Stage::with_two_components(db).await;
    stage.creates("shop/job", "prod").await;
    let twice = |component: &str| {
        line(vec![update_component("one", component, "2", |_| ()), update_component("two", component, "3", |_| ())])
    };
    let first = stage.begins("first", twice("shop/web")).await;
    let of_first = stage.starts("one").await;
    let second = stage.begins("second", twice("shop/api")).await;
    let of_second = stage.starts("one").await;
    stage.locks("prod", "kept").await;
    let third = stage.begins("third", update("shop/job")).await;
    assert_eq!(waits_for(&stage.last(third).await, 0), Some(("prod".to_owned(), "first".to_owned(), 1)));
    of_first.succeeds();
    stage.starts("two").await.succeeds();
    stage.until_status(first, ReleaseStatus::Successful).await;
    stage.engine.turn().await.unwrap();
    assert_eq!(waits_for(&stage.last(third).await, 0), Some(("prod".to_owned(), "second".to_owned(), 1)));
    of_second.succeeds();
    let rest = stage.starts("two").await;
    stage.locks("prod", "shared").await;
    stage.tick().await;
    stage.starts("up").await.succeeds();
    stage.until_status(third, ReleaseStatus::Successful).await;
    rest.succeeds();
    stage.until_status(second, ReleaseStatus::Successful).await;
    stage.nothing_is_wrong().await;
}

async fn a_roll_back_takes_the_environment_as_a_release_does(db: Db) {
    let stage = Stage::with_two_components(db).await;
    stage.locks("prod", "kept").await;
    let first = stage.begins("first", update("shop/web")).await;
    stage.starts("up").await.succeeds();
    stage.until_status(first, ReleaseStatus::Successful).await;
    let second = stage.begins("second", update("shop/api")).await;
    let up = stage.starts("up").await;
    stage.does(first, &Command::RollBack).await;
    assert_eq!(waits_for(&stage.last(first).await, 0), Some(("prod".to_owned(), "second".to_owned(), 1)));
    stage.calls.no_more().await;
    up.succeeds();
    stage.until_status(second, ReleaseStatus::Successful).await;
    stage.engine.turn().await.unwrap();
    stage.starts("up").await.succeeds();
    stage.until_status(first, ReleaseStatus::RolledBack).await;
    stage.nothing_is_wrong().await;
}

async fn what_a_policy_rolls_back_keeps_what_it_holds(db: Db) {
    let stage = Stage::with_two_components(db).await;
    stage.locks("prod", "kept").await;
    let policy = FailurePolicy { from: "phase-1".to_owned(), also: [].into() };
    let first = line(vec![update_component("one", "shop/web", "2", |_| ()), command("task-b")]);
    let first = stage.begins("first", Definition { on_failure: Some(policy), ..first }).await;
    stage.starts("one").await.succeeds();
    let rest = stage.starts("task-b").await;
    let second = stage.begins("second", update("shop/api")).await;
    rest.fails();
    let undoes = stage.calls.next().await;
    assert_eq!(undoes.task(), "task-b");
    undoes.succeeds();
    let undoes = stage.starts("one").await;
    stage.engine.turn().await.unwrap();
    assert_eq!(waits_for(&stage.last(second).await, 0), Some(("prod".to_owned(), "first".to_owned(), 1)));
    stage.nothing_is_wrong().await;
    undoes.succeeds();
    stage.until_status(first, ReleaseStatus::RolledBack).await;
    stage.engine.turn().await.unwrap();
    stage.starts("up").await.succeeds();
    stage.until_status(second, ReleaseStatus::Successful).await;
}
