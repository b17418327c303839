//! The release tasks and people of the benchmark, made through the program's own operations.

use std::fmt::Write;

use anyhow::{anyhow, bail};
use tollgate::app::accounts::{NewUser, TeamRole};
use tollgate::app::{App, Caller, Imported, ReleaseContent};
use tollgate::clock::Clock;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::people::Role;
use tollgate::domain::release::ReleaseOwner;
use tollgate::format;
use tollgate::store::Store;

use crate::client::Client;
use crate::database::Place;
use crate::pace;
use crate::pages::{SUCCESSFUL, TO_BE_APPROVED};
use crate::server::Server;

/// The region whose list is measured.
pub const LISTED: &str = "eu-west";
/// The region of the release tasks that only wait for a decision.
pub const GATES: &str = "gates";
/// The region of what a crowd watches, and of what runs meanwhile.
pub const CROWD: &str = "crowd";
/// The region of everything else.
pub const REGION: &str = "bench";
const TEAM: &str = "Storefront";
const PEOPLE: [(&str, Role); 2] = [("operator", Role::Operator), ("approver", Role::Approver)];
const PASSWORD: &str = "correct-horse-battery";

/// The release tasks that are measured.
pub struct Scene {
    pub usual: ReleaseTask,
    pub gate: ReleaseTask,
    pub big: ReleaseTask,
    pub two_by_two: ReleaseTask,
    pub forty: ReleaseTask,
    pub handover: ReleaseTask,
}

/// One of them.
pub struct ReleaseTask {
    pub id: ReleaseId,
    pub url: String,
    /// Names of its tasks.
    tasks: Vec<String>,
}

/// The cookies of who takes part.
pub struct People {
    pub operator: String,
    pub approver: String,
}

impl People {
    /// Signs everybody in.
    pub async fn sign_in(server: &Server) -> anyhow::Result<Self> {
        let [operator, approver] = PEOPLE.map(|(name, _)| Client::sign_in(&server.address, name, PASSWORD));
        Ok(Self { operator: operator.await?, approver: approver.await? })
    }
}

impl ReleaseTask {
    /// What the dialog Execute sends with all tasks chosen.
    pub fn all_chosen(&self) -> String {
        self.tasks.iter().map(|task| format!("task={task}")).collect::<Vec<_>>().join("&")
    }

    /// Where a checkpoint of an execution is decided.
    pub fn decision(&self, execution: i64, task: &str) -> String {
        format!("{}/executions/{execution}/tasks/{task}/decision", self.url)
    }
}

impl Scene {
    /// Fills an empty database.
    pub async fn make(place: &Place) -> anyhow::Result<Self> {
        let app = app(place).await?;
        app.store.migrate().await?;
        app.add_team(&Caller::CommandLine, TEAM, true).await?;
        for region in [LISTED, GATES, CROWD, REGION] {
            app.add_region(&Caller::CommandLine, region).await?;
        }
        for (name, role) in PEOPLE {
            let user = NewUser {
                name: name.to_owned(),
                password: PASSWORD.to_owned(),
                administrator: false,
                roles: vec![TeamRole { team: TEAM.to_owned(), role }],
            };
            app.add_user(&Caller::CommandLine, user).await?;
        }
        let scene = Self {
            usual: release_task(&app, REGION, "usual", USUAL).await?,
            gate: release_task(&app, REGION, "gate", &format!("phases: [{APPROVE}]")).await?,
            big: release_task(&app, REGION, "big", &big()).await?,
            two_by_two: release_task(&app, REGION, "two-by-two", TWO_BY_TWO).await?,
            forty: release_task(&app, REGION, "forty", &forty()).await?,
            handover: release_task(&app, REGION, "handover", HANDOVER).await?,
        };
        app.store.close().await?;
        Ok(scene)
    }

    /// Has the usual one run to its end, for copies.
    pub async fn run_usual(&self, server: &Server, place: &Place) -> anyhow::Result<()> {
        let people = People::sign_in(server).await?;
        let sql = place.connect().await?;
        let mut operator = Client::with_cookie(&server.address, &people.operator).await?;
        let mut approver = Client::with_cookie(&server.address, &people.approver).await?;
        pace::execute(&mut operator, &self.usual).await?;
        sql.until_status(self.usual.id, TO_BE_APPROVED).await?;
        pace::agree(&mut approver, &self.usual, 1).await?;
        sql.until_status(self.usual.id, SUCCESSFUL).await?;
        sql.close().await
    }
}

/// The program's operations on that database.
pub async fn app(place: &Place) -> anyhow::Result<App> {
    let store = Store::connect(&place.url).await?;
    Ok(App::new(store, Clock::system()))
}

/// Makes a release task.
pub async fn release_task(app: &App, region: &str, name: &str, phases: &str) -> anyhow::Result<ReleaseTask> {
    let text = format!("name: {name}\ndescription: Measures how {name} goes\n{phases}");
    let documents = format::parse(&text).map_err(|findings| anyhow!("{name}: {findings:?}"))?;
    let Some(document) = documents.into_iter().next() else { bail!("{name} is empty") };
    let tasks = document.definition.tasks().map(|(_, task)| task.name.clone()).collect();
    let (teams, regions) = (app.store.teams().await?, app.store.regions().await?);
    let (Some(team), Some(place)) = (teams.first(), regions.iter().find(|known| known.name == region)) else {
        bail!("no team or region");
    };
    let draft =
        ReleaseContent { name: document.name, description: document.description, definition: document.definition };
    let Imported::Created(id) =
        app.import(&Caller::CommandLine, ReleaseOwner { team: team.id, region: place.id }, &draft).await?
    else {
        bail!("{name} is there")
    };
    Ok(ReleaseTask { id, url: url(region, id), tasks })
}

/// The page of a release task.
pub fn url(region: &str, id: ReleaseId) -> String {
    format!("/regions/{region}/release-tasks/{id}")
}

/// A checkpoint that one approver decides.
const APPROVE: &str = "{name: Approve, tasks: [{name: go-live, type: manual-approval, approvers: [approver]}]}";

/// What the 100,000 executions are copies of.
const USUAL: &str = "
phases:
  - name: Build
    groups:
      - [{name: build-web, script: echo built}]
      - [{name: build-app, script: echo built}]
  - name: Approve
    tasks: [{name: go-live, type: manual-approval, approvers: [approver]}]
  - name: Deploy
    tasks: [{name: deploy, script: echo deployed}]
";

const TWO_BY_TWO: &str = "
phases:
  - name: Build
    groups:
      - [{name: a1, script: sleep 0.2}, {name: a2, script: sleep 0.2}]
      - [{name: b1, script: sleep 0.2}, {name: b2, script: sleep 0.2}]
  - name: Approve
    tasks: [{name: go-live, type: manual-approval, approvers: [approver]}]
";

/// The task after the checkpoint writes down when its process started.
const HANDOVER: &str = "
phases:
  - name: Approve
    tasks: [{name: go-live, type: manual-approval, approvers: [approver]}]
  - name: Deploy
    tasks: [{name: deploy, workingFolder: stamps, script: date +%s%N >> started}]
";

fn forty() -> String {
    let tasks = (1..=40).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "      - {{name: step-{number}, script: ':'}}");
        text
    });
    format!("phases:\n  - name: Steps\n    tasks:\n{tasks}")
}

/// A checkpoint in the middle, and after it a task that says something again and again for a minute.
fn big() -> String {
    grid(|phase, group, task| match (phase, group, task) {
        (10, 1, 1) => "type: manual-approval, approvers: [approver]".to_owned(),
        (10, 1, 2) => says_each_second(60),
        _ => "script: 'echo done'".to_owned(),
    })
}

/// 20 phases of 10 tasks in five groups; of what kind each is, by the numbers of its phase, its group and itself.
pub fn grid(kind: impl Fn(u32, u32, u32) -> String) -> String {
    let mut text = "phases:\n".to_owned();
    for phase in 1..=20 {
        let _ = writeln!(text, "  - name: Phase-{phase}\n    groups:");
        for group in 1..=5 {
            let _ = writeln!(text, "      - tasks:");
            for task in 1..=2 {
                let kind = kind(phase, group, task);
                let _ = writeln!(text, "          - {{name: task-{phase}-{group}-{task}, {kind}}}");
            }
        }
    }
    text
}

/// A task with a line in its log every second.
pub fn says_each_second(seconds: u64) -> String {
    format!("script: 'for i in $(seq {seconds}); do echo \"$i of {seconds} are done\"; sleep 1; done'")
}
