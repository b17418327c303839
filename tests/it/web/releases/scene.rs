//! A release task on a running server, and what people do with it.

use std::time::Duration;

use tollgate::app::accounts::{NewUser, TeamRole};
use tollgate::app::{Caller, Imported, ReleaseContent};
use tollgate::domain::definition::Definition;
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::people::Role;
use tollgate::domain::release::Release;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::format;
use tollgate::pages::components::release_urls::ReleaseUrls;

use crate::db::Db;
use crate::web::app::{PASSWORD, REGION, TestApp};
use crate::web::browser::{Browser, Page};

/// Longer than anything here takes.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A server with one release task.
pub struct Scene {
    pub app: TestApp,
    pub id: ReleaseId,
    pub urls: ReleaseUrls,
}

/// One task, then a gate for the approver, then a task that can be undone.
pub const GATED: &str = r#"
name: shop-web
phases:
  - name: Build
    tasks:
      - name: build
        script: echo "pages=3" >> "$TOLLGATE_OUTPUT"
  - name: Approve
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver, second]
        check: ${tasks.build.outputs.pages} pages go live.
  - name: Deploy
    tasks:
      - name: deploy
        script: 'true'
        rollback: 'true'
"#;

/// One task that fails.
pub const FAILING: &str = "
name: shop-web
phases:
  - name: Build
    tasks:
      - name: build
        script: exit 3
      - name: after
        script: 'true'
";

/// One task that runs until it is stopped.
pub const ENDLESS: &str = "
name: shop-web
phases:
  - name: Build
    tasks:
      - name: build
        script: while true; do sleep 0.05; done
";

impl Scene {
    pub async fn with(db: &Db, yaml: &str) -> Self {
        Self::on(TestApp::start(db).await, yaml).await
    }

    /// The same on a server that runs already.
    pub async fn on(app: TestApp, yaml: &str) -> Self {
        let second = NewUser {
            name: "second".to_owned(),
            password: PASSWORD.to_owned(),
            administrator: false,
            roles: vec![TeamRole { team: "storefront".to_owned(), role: Role::Approver }],
        };
        app.app.add_user(&Caller::CommandLine, second).await.unwrap();
        let document = format::parse(yaml).unwrap().remove(0);
        let draft =
            ReleaseContent { name: document.name, description: document.description, definition: document.definition };
        let imported = app
            .app
            .import(&Caller::CommandLine, ReleaseOwner { team: app.team, region: app.region }, &draft)
            .await
            .unwrap();
        let Imported::Created(id) = imported else { panic!("{imported:?}") };
        Self { app, id, urls: ReleaseUrls::new(REGION, id) }
    }

    /// A browser of that person.
    pub async fn browser(&self, name: &str) -> Browser {
        self.app.signed_in_as(name).await
    }

    /// The release task as it is now.
    pub async fn release(&self) -> Release {
        self.app.app.store.release(self.id).await.unwrap().unwrap()
    }

    /// Its last execution as it is now.
    pub async fn last(&self) -> Execution {
        self.release().await.last.unwrap()
    }

    /// Waits until the release task has that status.
    pub async fn is(&self, status: ReleaseStatus) -> Release {
        self.when(|release| release.status() == status).await
    }

    /// Waits until that task has that status.
    pub async fn task_is(&self, task: &str, status: TaskStatus) -> Release {
        let reached = |release: &Release| {
            let last = release.last.as_ref();
            last.and_then(|last| Some(last.tasks[last.index(task)?].state.status())) == Some(status)
        };
        self.when(reached).await
    }

    /// Waits for the engine; each look is a query, which must not keep it from working.
    pub async fn when(&self, reached: impl Fn(&Release) -> bool) -> Release {
        let wait = async {
            loop {
                let release = self.release().await;
                if reached(&release) {
                    return release;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let Ok(release) = tokio::time::timeout(TIMEOUT, wait).await else {
            panic!("it never came so far: {:?}", self.release().await)
        };
        release
    }

    /// Somebody brings in a file with one more version of it.
    pub async fn saves_another_version(&self) {
        let release = self.release().await;
        let mut definition = (*release.definition).clone();
        definition.best_effort = !definition.best_effort;
        self.imports(definition).await;
    }

    /// Somebody brings in a file with that definition of it.
    pub async fn imports(&self, definition: Definition) {
        let name = self.release().await.name;
        let content = ReleaseContent { name, description: "Other".to_owned(), definition };
        let owner = ReleaseOwner { team: self.app.team, region: self.app.region };
        self.app.app.import(&Caller::CommandLine, owner, &content).await.unwrap();
    }

    /// Somebody brings in a file with that change of it.
    pub async fn saves(&self, change: impl FnOnce(&mut Definition)) {
        let release = self.release().await;
        let mut definition = (*release.definition).clone();
        change(&mut definition);
        let content = ReleaseContent { name: release.name.clone(), description: release.description, definition };
        let owner = ReleaseOwner { team: self.app.team, region: self.app.region };
        self.app.app.import(&Caller::CommandLine, owner, &content).await.unwrap();
    }

    /// Executes all tasks by hand.
    pub async fn executes(&self, browser: &Browser) -> Page {
        let release = self.release().await;
        let tasks: Vec<String> = release.definition.tasks().map(|(_, task)| task.name.clone()).collect();
        let form: Vec<(&str, &str)> = tasks.iter().map(|task| ("task", task.as_str())).collect();
        browser.post(&self.urls.operation("execute"), &form).await
    }

    /// The operator has executed it, and it waits for the approver.
    pub async fn at_the_gate(db: &Db) -> (Self, Browser) {
        let scene = Self::with(db, GATED).await;
        let operator = scene.browser("operator").await;
        assert_eq!(scene.executes(&operator).await.status, 303);
        scene.is(ReleaseStatus::ToBeApproved).await;
        (scene, operator)
    }

    /// The URL of the decision on the gate.
    pub fn gate(&self) -> String {
        self.urls.decision(1, "go-live")
    }
}
