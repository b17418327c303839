//! A crowd of watchers, and the releases that run meanwhile: made when it is needed, beside the running server, as the command line would.

use anyhow::Context;
use chrono::TimeDelta;
use tollgate::app::secret;
use tollgate::domain::people::{Role, User};
use tollgate::store::{NewSession, new_id};

use crate::run::Run;
use crate::scene::{CROWD, ReleaseTask, app, grid, release_task, says_each_second};
use crate::stamps;

/// Who of a hundred people is what; the others only read.
const OPERATORS: usize = 5;
const APPROVERS: usize = 3;

/// Every so many of the executions have a checkpoint in their middle.
const GATED: usize = 4;

/// What takes part.
pub struct Cast {
    /// A cookie for each browser: another person each.
    pub cookies: Vec<String>,
    /// What is watched.
    pub watched: ReleaseTask,
    /// What runs meanwhile.
    pub others: Vec<ReleaseTask>,
}

impl Cast {
    /// Makes them.
    pub async fn make(run: &Run<'_>) -> anyhow::Result<Self> {
        let app = app(run.place).await?;
        let teams = app.store.teams().await?;
        let team = teams.first().context("no team")?.id;
        let (at, mut cookies) = (app.clock.now(), Vec::new());
        let tx = app.store.begin_write().await?;
        for number in 0..run.crowd.watchers {
            let user =
                User { id: new_id(), name: format!("watcher-{number}"), administrator: false, roles: Vec::new() };
            // Nobody signs in with a password that has no such hash.
            tx.insert_user(&user, "none", at).await?;
            tx.grant(user.id, team, Role::Viewer).await?;
            match number % 100 {
                0..OPERATORS => tx.grant(user.id, team, Role::Operator).await?,
                n if n < OPERATORS + APPROVERS => tx.grant(user.id, team, Role::Approver).await?,
                _ => true,
            };
            let key = secret::fresh()?;
            let session = NewSession {
                key_hash: secret::hashed(&key).to_vec(),
                user_id: user.id,
                at,
                expires_at: at + TimeDelta::days(7),
                address: None,
                user_agent: None,
            };
            tx.insert_session(session).await?;
            cookies.push(format!("{}={key}", cookie_name(run)));
        }
        tx.commit().await?;
        let watched = release_task(&app, CROWD, "watched", &watched(run.crowd.watch)).await?;
        let mut others = Vec::new();
        for number in 0..run.crowd.executions {
            let phases = runs_on(number, number % GATED == 0);
            others.push(release_task(&app, CROWD, &format!("runs-{number}"), &phases).await?);
        }
        app.store.close().await?;
        Ok(Self { cookies, watched, others })
    }
}

/// As the program calls it: as in the cookie that it gave somebody.
fn cookie_name<'r>(run: &'r Run<'_>) -> &'r str {
    run.people.operator.split('=').next().unwrap_or_default()
}

/// Five tasks run at a time, each with a line in its log every second; it runs longer than it is watched.
fn watched(seconds: u64) -> String {
    grid(|_, _, _| says_each_second(seconds.div_ceil(40) + 2))
}

/// Four tasks of some seconds, one after the other, with a line in the log every second; some wait in the middle until
/// somebody agrees. Each writes down when it begins and when it ends.
fn runs_on(number: usize, gated: bool) -> String {
    let task =
        |name: &str| format!("{{name: {name}, workingFolder: {}, script: '{}'}}", stamps::FOLDER, script(number));
    let gate = "  - name: Approve\n    tasks: [{name: go-live, type: manual-approval, approvers: [approver]}]\n";
    format!(
        "phases:\n  - name: Build\n    tasks: [{}, {}]\n{}  - name: Deploy\n    tasks: [{}, {}]\n",
        task("one"),
        task("two"),
        if gated { gate } else { "" },
        task("three"),
        task("four"),
    )
}

fn script(number: usize) -> String {
    format!(
        "echo \"begin $(date +%s%N)\" >> {number}; for i in 1 2 3 4 5; do echo \"line $i\"; sleep 1; done; \
         echo \"end $(date +%s%N)\" >> {number}"
    )
}
