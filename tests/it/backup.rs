//! Backups of the real program, written and restored while it serves and while scripts write.

mod damaged;
mod keys;
mod late;
mod left_out;

use std::os::unix::fs::PermissionsExt as _;

use tollgate::domain::status::ReleaseStatus;

use crate::here::{Here, ROUNDS};
use crate::until::until;

#[tokio::test]
async fn what_was_backed_up_while_a_script_wrote_is_there_on_another_machine() {
    let here = Here::new(crate::PROGRAM);
    let program = here.serves();
    let operator = here.operator(&program).await;
    let release = here.executes(&operator, ROUNDS).await;
    until("it writes", async || here.log(release, "write").await.len() > 20).await;
    let file = here.backed_up(&[]);
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    here.writes_no_more();
    here.is(release, ReleaseStatus::Successful).await;

    let there = Here::new(crate::PROGRAM);
    there.runs(&["restore", file.to_str().unwrap()]).succeeds("Everybody signs in again");
    assert!(!there.data().join("node").exists(), "two machines must not be one");
    let again = there.serves();
    let node = std::fs::read_to_string(there.data().join("node")).unwrap();
    assert_ne!(node, std::fs::read_to_string(here.data().join("node")).unwrap());
    // Nobody knows what became of the script: it is not started a second time.
    there.is(release, ReleaseStatus::ReleaseFailed).await;
    assert!(there.failures(release).await.contains("interrupted"), "{}", there.failures(release).await);
    assert_eq!(there.log(release, "first").await, ["what the first one said"]);
    let begun = there.log(release, "write").await;
    assert!(begun.len() > 20 && begun[0] == "round 1", "{begun:?}");
    let operator = there.operator(&again).await;
    let page = operator.get(&format!("/regions/eu-west/release-tasks/{release}/executions/1/tasks/first")).await;
    page.says("what the first one said");
    there.runs(&["check"]).succeeds("This installation is sound.");
}

#[tokio::test]
async fn a_server_takes_a_backup_while_it_serves_and_reads_how_its_scripts_ended() {
    let here = Here::new(crate::PROGRAM);
    let program = here.serves();
    let operator = here.operator(&program).await;
    let release = here.executes(&operator, ROUNDS).await;
    until("it writes", async || here.log(release, "write").await.len() > 20).await;
    let file = here.backed_up(&["--database-only"]);
    here.writes_no_more();
    here.is(release, ReleaseStatus::Successful).await;
    let later = here.executes(&operator, "name: later\nteam: Platform\nregion: eu-west\nphases: [{name: Work, tasks: [{name: work, script: echo later}]}]\n").await;
    here.is(later, ReleaseStatus::Successful).await;
    let node = std::fs::read_to_string(here.data().join("node")).unwrap();

    here.runs(&["restore", file.to_str().unwrap()]).fails("--replace");
    assert!(here.signed_in(&program, &operator).await);
    let restored = here.runs(&["restore", "--replace", file.to_str().unwrap()]);
    restored.succeeds("What was there is kept: ");
    // The same process serves at the same address; who was signed in is not any more.
    assert!(!here.signed_in(&program, &operator).await);
    assert_eq!(std::fs::read_to_string(here.data().join("node")).unwrap(), node);
    let operator = here.operator(&program).await;
    let page = operator.get("/regions/eu-west/release-tasks?q=later").await;
    assert!(!page.text.contains(&later.to_string()), "it came after the backup");
    // The attempt was under way at the time of the backup; its run folder says how it ended.
    here.is(release, ReleaseStatus::Successful).await;
    assert_eq!(here.wrote("starts").len(), 1);
    let aside =
        restored.out.lines().filter_map(|line| line.strip_prefix("What was there is kept: ")).collect::<Vec<_>>();
    assert_eq!(aside.len(), 2, "{aside:?}");
    assert!(aside.iter().all(|path| std::path::Path::new(path).exists()));
    here.runs(&["check"]).succeeds("This installation is sound.");
    // And it goes on: what is executed now is worked on.
    let next = here.executes(&operator, "name: next\nteam: Platform\nregion: eu-west\nphases: [{name: Work, tasks: [{name: work, script: echo next}]}]\n").await;
    here.is(next, ReleaseStatus::Successful).await;
}

#[tokio::test]
async fn a_backup_replaces_no_file_unasked_and_leaves_nothing_beside_it() {
    let here = Here::new(crate::PROGRAM);
    drop(here.serves());
    let file = here.backed_up(&[]);
    let file = file.to_str().unwrap();
    here.runs(&["backup", file]).fails("--overwrite replaces it");
    here.runs(&["backup", "--overwrite", file]).succeeds("whole and checked");
    here.runs(&["backup", "/nowhere/at/all.tgz"]).fails("there is no folder /nowhere/at");
    let left: Vec<_> = std::fs::read_dir(here.data().parent().unwrap()).unwrap().flatten().collect();
    assert!(left.iter().all(|entry| !entry.file_name().to_string_lossy().contains(".part")), "{left:?}");
    here.runs(&["backup", "--database-url", "postgres://localhost/none", "other.tgz"]).fails("pg_dump");
    here.runs(&["restore", "--database-url", "postgres://localhost/none", file]).fails("pg_restore");
}

#[tokio::test]
async fn a_script_that_the_backup_does_not_know_is_not_forgotten() {
    let here = Here::new(crate::PROGRAM);
    let program = here.serves();
    let file = here.backed_up(&[]);
    let operator = here.operator(&program).await;
    let release = here.executes(&operator, ROUNDS).await;
    until("it writes", async || here.log(release, "write").await.len() > 20).await;
    let refused = here.runs(&["restore", "--replace", file.to_str().unwrap()]);
    refused.fails("a script runs that the backup knows nothing of");
    assert!(here.signed_in(&program, &operator).await, "everything is as it was");
    here.writes_no_more();
    here.is(release, ReleaseStatus::Successful).await;
}
