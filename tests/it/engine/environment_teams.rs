//! Environments that a team lends to another: how they are named, whose scripts and permissions they need, and what is left when
//! they are taken back.

use tollgate::app::Caller;
use tollgate::app::environments::{EnvironmentAccess, TypedEnvironment};
use tollgate::domain::component::{ChangeFault, ComponentStatus};
use tollgate::domain::decide::Command;
use tollgate::domain::environment::{EnvironmentScripts, EnvironmentSettings, TypedOptions};
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::ids::{EnvironmentId, ReleaseId, TeamId};
use tollgate::domain::people::{Role, User};
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::new_id;

use super::stage::Stage;
use super::tasks::{command_with, create_application, create_component, line, update_component};
use crate::db::Db;
use tollgate::domain::kinds::IfExists;

on_both!(
    another_team_releases_to_an_environment_that_is_lent_to_it,
    of_two_environments_of_one_name_the_own_one_is_meant,
    what_is_taken_back_is_released_to_no_more_and_can_be_removed,
    scripts_of_a_lent_environment_need_the_permission_of_both_teams,
);

impl Stage {
    /// A team with a manager and an environment of that name, which it lends to the team of the release tasks.
    async fn lender(&self, team: &str, environment: &str) -> (TeamId, EnvironmentId) {
        let now = self.app.clock.now();
        let tx = self.app.store.begin_write().await.unwrap();
        let id = tx.insert_team(team, now).await.unwrap();
        assert!(tx.permit_scripts(id, true).await.unwrap());
        let manager = User { id: new_id(), name: format!("boss-{team}"), administrator: false, roles: Vec::new() };
        tx.insert_user(&manager, "hash", now).await.unwrap();
        assert!(tx.grant(manager.id, id, Role::Manager).await.unwrap());
        tx.commit().await.unwrap();
        let lent = self.environment_of(id, environment).await;
        self.lends(lent, &["storefront"]).await;
        (id, lent)
    }

    async fn environment_of(&self, team: TeamId, name: &str) -> EnvironmentId {
        let scripts = EnvironmentScripts {
            verify: None,
            deploy: format!("deploy to {name}"),
            remove: Some("remove it".to_owned()),
            variables: [].into(),
            timeout: 60,
        };
        let typed = TypedEnvironment { description: String::new(), settings: EnvironmentSettings::Command(scripts) };
        self.app.make_environment(&Caller::CommandLine, (team, self.region), name, &typed).await.unwrap().id
    }

    async fn lends(&self, environment: EnvironmentId, teams: &[&str]) {
        let teams = teams.iter().map(|team| (*team).to_owned()).collect();
        self.sets(environment, &TypedOptions { lock: "shared".to_owned(), teams, ..TypedOptions::default() }).await;
    }

    async fn makes(&self, name: &str, environment: &str) -> ReleaseId {
        let create = create_component("web", "shop/web", |create| environment.clone_into(&mut create.environment));
        let release = self.release(name, line(vec![create_application("app", "shop", IfExists::Keep), create])).await;
        self.execute(release).await.unwrap();
        self.tick().await;
        self.tick().await;
        release
    }
}

async fn another_team_releases_to_an_environment_that_is_lent_to_it(db: Db) {
    let stage = Stage::set(db).await;
    let (lender, shared) = stage.lender("platform", "shared").await;
    let release = stage.makes("make", "shared").await;
    let work = stage.starts("web").await;
    assert_eq!(work.order.script, "deploy to shared");
    assert_eq!(work.order.workspace, stage.folders.team(lender), "in the folders of the team whose scripts they are");
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let own = command_with("task-a", |command| command.target = Some("shared".to_owned()));
    let script = stage.release("script", line(vec![own])).await;
    stage.execute(script).await.unwrap();
    stage.tick().await;
    let work = stage.starts("task-a").await;
    assert_eq!(work.order.workspace, stage.folders.team(stage.team), "what is its own has no access to theirs");
    work.succeeds();
    stage.until_status(script, ReleaseStatus::Successful).await;
    let seen =
        |name: &'static str| async { stage.app.environment(&stage.caller(name).await, stage.region, shared).await };
    let of_lender = seen("boss-platform").await.unwrap();
    assert_eq!((of_lender.access, of_lender.may_manage), (EnvironmentAccess::Own, true));
    let [running] = &of_lender.components[..] else { panic!("{:?}", of_lender.components) };
    assert_eq!((running.place.component.as_str(), running.is_readable), ("web", false));
    assert_eq!(running.team.as_ref().map(|team| team.name.as_str()), Some("storefront"));
    assert_eq!(of_lender.uses.len(), 2, "who worked there");
    let of_borrower = seen("viewer").await.unwrap();
    assert_eq!((of_borrower.access, of_borrower.may_manage), (EnvironmentAccess::Lent, false));
    assert_eq!((of_borrower.components.len(), of_borrower.versions.len()), (1, 0));
    let stranger = stage.app.environments(&stage.caller("viewer").await, stage.region).await.unwrap();
    assert_eq!(stranger.environments.len(), 1, "it is in their list");
    assert!(stranger.managed.is_empty());
}

async fn of_two_environments_of_one_name_the_own_one_is_meant(db: Db) {
    let stage = Stage::set(db).await;
    stage.lender("platform", "prod").await;
    stage.lender("bank", "prod").await;
    let release = stage.makes("several", "prod").await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let (name, teams) = ("prod".to_owned(), vec!["bank".to_owned(), "platform".to_owned()]);
    match stage.fault(release, 1).await {
        ChangeFault::SeveralEnvironments { name: found, teams: mut of } => {
            of.sort();
            assert_eq!((found, of), (name, teams));
        }
        other => panic!("{other:?}"),
    }
    stage.environment_of(stage.team, "prod").await;
    let release = stage.makes("own", "prod").await;
    let work = stage.starts("web").await;
    assert_eq!(work.order.workspace, stage.folders.team(stage.team));
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let named = create_component("api", "shop/api", |create| "bank/prod".clone_into(&mut create.environment));
    let release = stage.release("named", line(vec![named])).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    let work = stage.starts("api").await;
    assert_ne!(work.order.workspace, stage.folders.team(stage.team));
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn what_is_taken_back_is_released_to_no_more_and_can_be_removed(db: Db) {
    let stage = Stage::set(db).await;
    let (_, shared) = stage.lender("platform", "shared").await;
    let made = stage.makes("make", "shared").await;
    stage.starts("web").await.succeeds();
    stage.until_status(made, ReleaseStatus::Successful).await;
    stage.lends(shared, &[]).await;
    let update = line(vec![update_component("up", "shop/web", "2", |_| ())]);
    let release = stage.release("update", update).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let (environment, team) = ("shared".to_owned(), "platform".to_owned());
    assert_eq!(stage.fault(release, 0).await, ChangeFault::NotLent { environment, team });
    assert_eq!(stage.component().await.component.status, ComponentStatus::Healthy, "what runs there goes on");
    let viewer = stage.caller("viewer").await;
    let seen = stage.app.environment(&viewer, stage.region, shared).await.unwrap();
    assert_eq!((seen.access, seen.components.len()), (EnvironmentAccess::Lent, 1), "as long as something is there");
    let again = stage.makes("again", "shared").await;
    stage.until_status(again, ReleaseStatus::ReleaseFailed).await;
    assert!(matches!(stage.fault(again, 1).await, ChangeFault::NoEnvironment { .. }));
    stage.does(made, &Command::RollBack).await;
    let work = stage.starts("web").await;
    assert_eq!(work.order.script, "remove it");
    work.succeeds();
    stage.until_status(made, ReleaseStatus::RolledBack).await;
    assert!(stage.app.environment(&viewer, stage.region, shared).await.is_err());
    stage.app.delete_environment(&Caller::CommandLine, shared).await.expect("it is empty");
}

async fn scripts_of_a_lent_environment_need_the_permission_of_both_teams(db: Db) {
    let stage = Stage::set(db).await;
    let (lender, _) = stage.lender("platform", "shared").await;
    let permit = async |team: TeamId, may: bool| {
        let tx = stage.app.store.begin_write().await.unwrap();
        tx.permit_scripts(team, may).await.unwrap();
        tx.commit().await.unwrap();
    };
    for (team, name) in [(lender, "platform"), (stage.team, "storefront")] {
        permit(team, false).await;
        let release = stage.makes(&format!("make-{name}"), "shared").await;
        stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
        let last = stage.last(release).await;
        let (_, cause) = last.tasks[1].state.failure().expect("it failed");
        assert_eq!(*cause, FailureCause::ScriptsNotPermitted { team: name.to_owned() });
        permit(team, true).await;
    }
    stage.calls.no_more().await;
}
