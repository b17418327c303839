//! Commits of builds since what runs now: who sees them, and what is told where there are none.

use tollgate::app::Caller;
use tollgate::domain::commits::{CommitsSince, CommitsState};
use tollgate::domain::execution::Execution;
use tollgate::domain::retention::{KeepRule, RetentionPolicy};
use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use super::SHOP;
use super::server::GitServer;
use crate::by_hand::does;
use crate::db::Db;
use crate::web::app::REGION;
use crate::web::releases::scene::Scene;

on_both!(
    approvers_see_the_commits_since_what_runs_in_the_component,
    a_build_that_deploys_nothing_is_compared_with_its_last_success,
);

impl Scene {
    /// What is new in the build of the last execution, as soon as that is known.
    async fn is_compared(&self, build: usize) -> CommitsSince {
        let live = &self.app.app.live;
        loop {
            let last: Execution = self.last().await;
            let mark = live.mark(last.release_id);
            let known = self.app.app.store.commits_of(last.id).await.unwrap();
            match known.get(&last.tasks[build].id) {
                Some(CommitsState::Known(since)) => return since.clone(),
                Some(CommitsState::Pending) | None => live.changed(last.release_id, mark).await,
            }
        }
    }
}

fn listed(since: &CommitsSince) -> (&str, Vec<&str>, bool, bool) {
    match since {
        CommitsSince::Listed { from, commits, is_cut, goes_back } => {
            (from.id(), commits.iter().map(|commit| commit.subject.as_str()).collect(), *is_cut, *goes_back)
        }
        CommitsSince::Nothing | CommitsSince::Missing { .. } | CommitsSince::Unknown { .. } => panic!("{since:?}"),
    }
}

async fn approvers_see_the_commits_since_what_runs_in_the_component(db: Db) {
    let server = GitServer::start();
    let first = server.commits("web/version", "1.0\n");
    let definition = SHOP
        .replace("URL", &server.url())
        .replace("create-application: shop", "create-application: shop, ifExists: keep")
        .replace("        version:", "        ifExists: update\n        version:");
    let scene = Scene::with(&db, &definition).await;
    scene.deploys().await;
    let operator = scene.browser("operator").await;
    let agrees = async |number: u32| {
        let agreed = operator.post(&scene.urls.decision(number, "go"), &[("round", "1"), ("verdict", "agree")]).await;
        assert_eq!(agreed.status, 303, "{}", agreed.text);
    };
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.task_is("go", TaskStatus::ToBeApproved).await;
    assert_eq!(scene.is_compared(1).await, CommitsSince::Nothing);
    operator.get(&scene.urls.decision(1, "go")).await.says("Nothing that was built from this repository runs yet.");
    agrees(1).await;
    scene.is(ReleaseStatus::Successful).await;

    server.commits("web/version", "2.0\n");
    server.git(&["commit", "--quiet", "--allow-empty", "-m", "<b>bold</b> \u{202e}and\x1b[31m more"]);
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.task_is("go", TaskStatus::ToBeApproved).await;
    let since = scene.is_compared(1).await;
    let told = vec!["<b>bold</b>  and [31m more", "Set web/version to 2.0"];
    assert_eq!(listed(&since), (first.as_str(), told, false, false));
    for page in [scene.urls.decision(2, "go"), scene.urls.task(2, "build")] {
        let page = operator.get(&page).await;
        page.says("Commits of build since what runs now").says("Set web/version to 2.0").says("Ann");
        page.says(&format!("2 commits since {}, the commit that runs now.", &first[..10]));
        page.says("&#60;b&#62;bold");
    }
    // Rejected: what runs is what ran, though a build of it was Successful since in no other execution.
    let comment = [("round", "1"), ("verdict", "reject"), ("comment", "no")];
    assert_eq!(operator.post(&scene.urls.decision(2, "go"), &comment).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;

    // More than are told; then a branch that begins before what runs.
    for number in 0..120 {
        server.git(&["commit", "--quiet", "--allow-empty", "-m", &format!("Change {number}")]);
    }
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.task_is("go", TaskStatus::ToBeApproved).await;
    let since = scene.is_compared(1).await;
    let (from, commits, is_cut, _) = listed(&since);
    assert_eq!((from, commits.len(), commits[0], is_cut), (first.as_str(), 100, "Change 119", true));
    agrees(3).await;
    scene.is(ReleaseStatus::Successful).await;
    server.git(&["checkout", "--quiet", "-b", "other", &first]);
    let other = server.commits("web/version", "1.1\n");
    assert_eq!(scene.executes_with(&operator, &[("branch", "other")]).await.status, 303);
    scene.task_is("go", TaskStatus::ToBeApproved).await;
    let since = scene.is_compared(1).await;
    assert!(matches!(&since, CommitsSince::Listed { goes_back, is_cut, .. } if *goes_back || *is_cut), "{since:?}");
    agrees(4).await;
    scene.is(ReleaseStatus::Successful).await;

    // The commit that runs is taken out of the repository.
    server.git(&["checkout", "--quiet", "main"]);
    server.git(&["branch", "--quiet", "-D", "other"]);
    server.git(&["reflog", "expire", "--expire=now", "--all"]);
    server.git(&["gc", "--quiet", "--prune=now"]);
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.task_is("go", TaskStatus::ToBeApproved).await;
    assert!(matches!(scene.is_compared(1).await, CommitsSince::Missing { from } if from.id() == other));
    operator.get(&scene.urls.decision(5, "go")).await.says("does not have").says("the commit that runs now");

    // What brought the revisions that the component can go back to is kept, whatever a region keeps.
    let rule = KeepRule { days: 0, executions: 0 };
    let nothing = RetentionPolicy { successful: rule, unsuccessful: rule };
    scene.app.app.set_retention(&Caller::CommandLine, REGION, nothing).await.unwrap();
    let due = async || scene.app.app.due_executions().await.unwrap().len();
    assert_eq!(due().await, 1, "the one that was rejected");
    does(&db.url, "UPDATE components SET current_revision = 12").await.unwrap();
    assert_eq!(due().await, 2, "and the one of the eleventh revision before the current one");
    scene.app.stops().await;
}

async fn a_build_that_deploys_nothing_is_compared_with_its_last_success(db: Db) {
    const BUILDS: &str = "
name: shop-web
variables: [{name: ends, default: '0'}]
phases:
  - name: Build
    tasks:
      - {name: build, type: build, source: {git: URL}, script: 'exit ${vars.ends}'}
";
    let server = GitServer::start();
    let first = server.commits("version", "1.0\n");
    let scene = Scene::with(&db, &BUILDS.replace("URL", &server.url())).await;
    let operator = scene.browser("operator").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    server.commits("version", "2.0\n");
    assert_eq!(scene.executes_with(&operator, &[("ends", "1")]).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    server.commits("version", "3.0\n");
    assert_eq!(scene.executes_with(&operator, &[("ends", "1")]).await.status, 303);
    let since = scene.is_compared(0).await;
    let told = vec!["Set version to 3.0", "Set version to 2.0"];
    assert_eq!(listed(&since), (first.as_str(), told, false, false));
    scene.is(ReleaseStatus::ReleaseFailed).await;
    scene.app.stops().await;
}
