//! Release tasks in the states that tests need them in.

use std::time::{Duration, Instant};

use tollgate::app::accounts::{NewUser, TeamRole};
use tollgate::app::{AppError, Caller, Imported, ReleaseContent};
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::draft::Draft;
use tollgate::domain::ids::{DraftId, ExecutionId, ReleaseId, UserId};
use tollgate::domain::people::Role;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::ReleaseStatus;
use tollgate::format;
use uuid::Uuid;

use super::app::{PASSWORD, TestApp};

/// How far a release task has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Story {
    /// It was made.
    New,
    /// Its checkpoint `go-live` waits for `approver`.
    Waiting,
    /// The same, paused.
    Paused,
    /// Its task `work` failed.
    Broken,
    /// It did its task `work`.
    Done,
    /// It was deleted by the operator.
    Deleted,
}

/// A release task.
#[derive(Debug, Clone, Copy)]
pub struct Actual {
    pub id: ReleaseId,
    /// The last execution.
    pub execution: ExecutionId,
    /// The one task that it is about.
    pub task: &'static str,
}

impl TestApp {
    /// A release task that has come so far. The operator started it.
    pub async fn release(&self, story: Story) -> Actual {
        let (kind, task) = match story {
            Story::New | Story::Done | Story::Deleted => ("type: command, script: 'true'", "work"),
            Story::Broken => ("type: command, script: 'exit 3'", "work"),
            Story::Waiting | Story::Paused => ("type: manual-approval, approvers: [approver]", "go-live"),
        };
        let name = format!("release-{}", Uuid::now_v7().simple());
        let yaml = format!("name: {name}\nphases:\n  - {{name: only, tasks: [{{name: {task}, {kind}}}]}}\n");
        let document = format::parse(&yaml).unwrap().remove(0);
        let draft = ReleaseContent { name, description: String::new(), definition: document.definition };
        let Imported::Created(id) = self
            .app
            .import(&Caller::CommandLine, ReleaseOwner { team: self.team, region: self.region }, &draft)
            .await
            .unwrap()
        else {
            panic!("it was there before");
        };
        if !matches!(story, Story::New | Story::Deleted) {
            self.app.execute(&self.caller("operator").await, id, &Selection::All).await.unwrap();
        }
        match story {
            Story::New => {}
            Story::Waiting => self.becomes(id, ReleaseStatus::ToBeApproved).await,
            Story::Paused => {
                self.becomes(id, ReleaseStatus::ToBeApproved).await;
                self.asks("operator", id, &Command::Pause).await;
                self.becomes(id, ReleaseStatus::Paused).await;
            }
            Story::Broken => self.becomes(id, ReleaseStatus::ReleaseFailed).await,
            Story::Done => self.becomes(id, ReleaseStatus::Successful).await,
            Story::Deleted => self.app.delete(&self.caller("operator").await, id).await.unwrap(),
        }
        let last = self.app.store.release(id).await.unwrap().unwrap().last;
        Actual { id, execution: last.map_or(ExecutionId::nil(), |last| last.id), task }
    }

    /// A draft of the operator's that could be saved.
    pub async fn draft_of_operator(&self) -> DraftId {
        let name = format!("release-{}", Uuid::now_v7().simple());
        let yaml = format!("name: {name}\nphases:\n  - {{name: only, tasks: [{{name: work, script: 'true'}}]}}\n");
        let definition = format::parse(&yaml).unwrap().remove(0).definition;
        let mut draft = Draft::blank(&name);
        draft = draft.matched(&name, "", &definition);
        let owner = ReleaseOwner { team: self.team, region: self.region };
        loop {
            match self.app.start_draft(&self.caller("operator").await, owner, draft.clone(), None).await {
                Ok(id) => return id,
                Err(AppError::TooManyDrafts) => {
                    let caller = self.caller("operator").await;
                    for old in self.app.new_drafts(&caller).await.unwrap() {
                        self.app.discard_draft(&caller, old.id).await.unwrap();
                    }
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    /// A further member of the team: a viewer, whatever became of them before.
    pub async fn guest(&self) -> UserId {
        let roles = vec![TeamRole { team: "storefront".to_owned(), role: Role::Viewer }];
        if let Some(known) = self.app.store.credentials("guest").await.unwrap() {
            self.app.grant_roles(&Caller::CommandLine, "guest", roles).await.unwrap();
            return known.id;
        }
        let (name, password) = ("guest".to_owned(), PASSWORD.to_owned());
        let guest = NewUser { name, password, administrator: false, roles };
        self.app.add_user(&Caller::CommandLine, guest).await.unwrap()
    }

    /// The key of the user of that name.
    pub async fn id_of(&self, name: &str) -> UserId {
        self.app.store.credentials(name).await.unwrap().unwrap().id
    }

    /// Somebody asks for something by the operation itself.
    pub async fn asks(&self, who: &str, release: ReleaseId, command: &Command) {
        self.app.ask(&self.caller(who).await, release, command).await.unwrap();
    }

    /// Somebody, for an operation.
    pub async fn caller(&self, name: &str) -> Caller {
        let id = self.id_of(name).await;
        Caller::User { user: self.app.store.user(id).await.unwrap().unwrap().into(), address: None }
    }

    /// Waits until the engine has brought it there.
    pub async fn becomes(&self, release: ReleaseId, status: ReleaseStatus) {
        let since = Instant::now();
        loop {
            let is = self.app.store.release(release).await.unwrap().unwrap().status();
            if is == status {
                return;
            }
            assert!(since.elapsed() < Duration::from_mins(1), "it is {is:?}, not {status:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
