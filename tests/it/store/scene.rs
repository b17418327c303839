//! People, a region and a release task to test with.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use tollgate::domain::activity::Road;
use tollgate::domain::decide::{self, ExecutionRequest, NewIds, Selection};
use tollgate::domain::definition::{Definition, Group, Phase, Task};
use tollgate::domain::event::{Event, ReleaseEvent};
use tollgate::domain::execution::{Execution, Moment};
use tollgate::domain::ids::{RegionId, TeamId};
use tollgate::domain::kinds::{CommandSpec, Kind, ManualApproval, OnDeadline, Retry};
use tollgate::domain::people::{HeldRole, Role, User};
use tollgate::domain::release::Release;
use tollgate::domain::scripts::ScriptPermission;
use tollgate::store::{Stamp, Store, WriteTx, new_id};

/// One team in one region with an operator and an approver, and a release task.
pub struct Scene {
    pub store: Store,
    pub region_id: RegionId,
    pub team_id: TeamId,
    pub operator: User,
    pub approver: User,
    pub release: Release,
}

/// A fixed moment, and seconds after it.
pub fn at(seconds: i64) -> Moment {
    let start: DateTime<Utc> = "2026-11-22T09:00:00.123456Z".parse().unwrap();
    start + Duration::seconds(seconds)
}

/// Build, with two groups, one of them with two tasks; then Approve.
pub fn definition() -> Definition {
    let command = |name: &str| Task {
        name: name.to_owned(),
        description: String::new(),
        kind: Kind::Command(CommandSpec {
            script: "true".to_owned(),
            rollback: Some("false".to_owned()),
            target: None,
            working_folder: None,
            environment: [("COLOUR".to_owned(), "grün".to_owned())].into(),
            timeout: 60,
            retry: Retry::default(),
            continue_on_error: false,
            leave_running: false,
        }),
    };
    let gate = Task {
        name: "go-live".to_owned(),
        description: "Look at it first".to_owned(),
        kind: Kind::ManualApproval(ManualApproval {
            approvers: vec![],
            roles: vec![Role::Approver],
            required: 1,
            starter_may_approve: false,
            deadline: Some(3600),
            on_deadline: OnDeadline::Reject,
            check: "The pages".to_owned(),
        }),
    };
    let group = |tasks| Group { tasks };
    Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![
            Phase {
                name: "Build".to_owned(),
                groups: vec![group(vec![command("pages"), command("pictures")]), group(vec![command("styles")])],
            },
            Phase { name: "Approve".to_owned(), groups: vec![group(vec![gate])] },
        ],
    }
}

impl Scene {
    pub async fn set(store: &Store) -> Self {
        let tx = store.begin_write().await.unwrap();
        let region_id = tx.insert_region("eu-west", at(0)).await.unwrap();
        let team_id = tx.insert_team("shop", at(0)).await.unwrap();
        assert!(tx.permit_scripts(team_id, true).await.unwrap());
        let operator = member(&tx, "operator", team_id, Role::Operator).await;
        let approver = member(&tx, "approver", team_id, Role::Approver).await;
        let release = new_release(region_id, team_id, &operator, "shop-web");
        insert(&tx, &release).await;
        tx.commit().await.unwrap();
        Self { store: store.clone(), region_id, team_id, operator, approver, release }
    }

    /// By the operator, some seconds after the start.
    pub fn stamp(&self, seconds: i64) -> Stamp {
        Stamp {
            at: at(seconds),
            actor: (&self.operator).into(),
            address: Some("192.0.2.7".to_owned()),
            credential: None,
            road: Road::Page,
        }
    }

    /// The execution of that number as the rules begins it, not saved yet.
    pub fn execution(&self, number: u32) -> (Execution, Event) {
        let ids = NewIds { execution: new_id(), task_run: &mut new_id };
        let request = ExecutionRequest::newest(&self.release, &Selection::All);
        let begun = decide::execute(&self.release, &request, &self.operator, at(i64::from(number)), ids).unwrap();
        let Event::Executed { version, skipped, variables, edited_by, supersedes, .. } = begun.event else {
            panic!("it begins")
        };
        let event = Event::Executed { number, version, skipped, variables, edited_by, supersedes };
        (Execution { number, ..begun.execution }, event)
    }

    /// The same, saved.
    pub async fn executed(&self, number: u32) -> Execution {
        let (execution, event) = self.execution(number);
        let tx = self.store.begin_write().await.unwrap();
        tx.insert_execution(&execution, &self.stamp(i64::from(number)), &[event]).await.unwrap();
        tx.commit().await.unwrap();
        execution
    }
}

pub async fn member(tx: &WriteTx, name: &str, team_id: TeamId, role: Role) -> User {
    let user = User {
        id: new_id(),
        name: name.to_owned(),
        administrator: false,
        roles: vec![HeldRole { team: team_id, role }],
    };
    tx.insert_user(&user, "hash", at(0)).await.unwrap();
    assert!(tx.grant(user.id, team_id, role).await.unwrap());
    user
}

pub fn new_release(region_id: RegionId, team_id: TeamId, creator: &User, name: &str) -> Release {
    Release {
        id: new_id(),
        region_id,
        team_id,
        scripts: ScriptPermission::Granted,
        name: name.to_owned(),
        description: "The pages of the shop".to_owned(),
        created_by: creator.into(),
        created_at: at(0),
        version: 1,
        edited_by: creator.into(),
        definition: Arc::new(definition()),
        last: None,
        deleted_at: None,
        rev: 0,
    }
}

pub async fn insert(tx: &WriteTx, release: &Release) {
    let stamp =
        Stamp { at: at(0), actor: release.created_by.clone(), address: None, credential: None, road: Road::Page };
    let created = ReleaseEvent::Created { name: release.name.clone() };
    tx.insert_release(release, &stamp, &created).await.unwrap();
}
