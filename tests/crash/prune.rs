//! `tollgate prune`, killed between any two of its steps, and on a disk that is full.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};

use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::failpoints::FAILS_AT;
use tollgate::store::{Backend, Store};

use crate::browser::Browser;
use crate::db::Db;
use crate::installation::{Installation, People};
use crate::program;
use crate::program::Program;
use crate::small_disk;
use crate::sound::is_sound;
use crate::until::until;

on_both!(
    d11_a_kill_between_rows_and_files_is_made_good_by_the_next_pruning,
    d13_on_a_small_disk_nothing_new_starts_and_prune_makes_room,
);

/// So much is to be free.
const LEAST: (&str, &str) = ("TOLLGATE_MIN_FREE_SPACE", "4MiB");

/// Its script leaves a few megabytes in the folder that its tasks share.
const LARGE: &str = "
name: large
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: work
        script: echo begun; head -c 3000000 /dev/zero > large
";

/// Its script runs until it is let go.
const SLOW: &str = "
name: slow
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: work
        script: while ! [ -e GO ]; do sleep 0.05; done
";

fn page(release: ReleaseId, rest: &str) -> String {
    format!("/regions/eu-west/release-tasks/{release}{rest}")
}

async fn executes(here: &Installation, people: &People, release: ReleaseId, number: u32) {
    let last = (number - 1).to_string();
    let form = [("task", "work"), ("execution", last.as_str())];
    let answer = people.operator.post(&page(release, "/execute"), &form).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let is_over = async || here.execution(release, number).await.status() == ReleaseStatus::Successful;
    until("it is over", is_over).await;
}

fn keeps_nothing(here: &Installation) {
    let none = ["--successful-days", "--successful-executions", "--unsuccessful-days", "--unsuccessful-executions"];
    let numbers = none.iter().flat_map(|name| [*name, "0"]);
    let arguments: Vec<&str> = ["region", "retention", "eu-west"].into_iter().chain(numbers).collect();
    let changed = here.runs(&arguments);
    assert!(changed.status.success(), "{changed:?}");
}

fn folders(here: &Installation) -> usize {
    fs::read_dir(here.folders().runs()).unwrap().count()
}

async fn d11_a_kill_between_rows_and_files_is_made_good_by_the_next_pruning(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let release = here.imports(&LARGE.replace("3000000", "3000")).await;
    let people = People::sign_in(&program).await;
    for number in 1..=4 {
        executes(&here, &people, release, number).await;
    }
    keeps_nothing(&here);
    drop(program);
    assert_eq!(folders(&here), 4);
    let cases = [
        "store.begin:1",
        "store.commit.before:1",
        "store.commit.after:1",
        "prune.removed:1",
        "prune.ended:1",
        "prune.removed:2",
        "prune.ended:2",
    ];
    for case in cases {
        let mut prune = program::command(crate::PROGRAM, &here.data(), Some(&here.db.url));
        let killed = prune.arg("prune").env("TOLLGATE_FAIL_AT", case).output().unwrap();
        let said = String::from_utf8_lossy(&killed.stderr);
        assert!(said.contains(FAILS_AT), "it was to die at {case}: {killed:?}");
        is_sound(&here.db.store).await;
    }
    let done = here.runs(&["prune"]);
    assert!(done.status.success(), "{done:?}");
    assert_eq!(folders(&here), 1, "the last one stays");
    assert!(here.db.store.queued_removals().await.unwrap().is_empty());
    for number in 1..=4 {
        let execution = here.execution(release, number).await;
        let removed = here.db.store.files_removed_at(execution.id).await.unwrap();
        assert_eq!(removed.is_some(), number < 4, "execution {number}");
    }
    let check = here.runs(&["check"]);
    assert!(check.status.success(), "{check:?}");
    // The server goes on with what is left, and tells what is gone.
    let program = here.starts();
    let people = people.at(&program);
    people.operator.get(&page(release, "/executions/1/tasks/work")).await.says(", by retention or with");
    people.operator.get(&page(release, "/executions/4/tasks/work")).await.says("begun</span>");
    executes(&here, &people, release, 5).await;
}

async fn d13_on_a_small_disk_nothing_new_starts_and_prune_makes_room(db: Db) {
    small_disk::passes("prune::on_a_small_disk", 24, &db);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the test above runs it, on a small disk of its own"]
async fn on_a_small_disk() {
    let (folder, url) = small_disk::place();
    let store = Store::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    let here = Installation::at(folder, Db { store, url });
    let program = here.starts_with(&[LEAST]).unwrap();
    let large = here.imports(LARGE).await;
    let go = here.data().with_file_name("go");
    let slow = here.imports(&SLOW.replace("GO", go.to_str().unwrap())).await;
    let people = People::sign_in(&program).await;
    let admin = signed_in_as_admin(&program).await;
    for number in [1, 2] {
        executes(&here, &people, large, number).await;
    }
    keeps_nothing(&here);
    until("the reserve is there", async || here.data().join("reserve").exists()).await;
    let begun = people.operator.post(&page(slow, "/execute"), &[("task", "work"), ("execution", "0")]).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    until("it runs", async || here.execution(slow, 1).await.status() == ReleaseStatus::Running).await;

    fill(&here, 2 << 20);
    let form = [("task", "work"), ("execution", "2")];
    if here.db.store.backend() == Backend::Postgres {
        let is_told = async || here.db.store.disks().await.unwrap().iter().any(|disk| disk.room.is_short());
        until("the server says to all others that its disk is short", is_told).await;
    }
    let refused = people.operator.post(&page(large, "/execute"), &form).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    refused.says("Execute is not possible now: the disk of the server has").says("below 4 MiB nothing new is started");
    admin.get("/storage").await.says("Too little free space.").says("Too little");
    File::create(&go).unwrap();
    let is_over = async || here.execution(slow, 1).await.status() == ReleaseStatus::Successful;
    until("what runs goes on to its end", is_over).await;

    drop(program);
    fill(&here, 0);
    assert!(File::create(here.data().join("one-more")).and_then(|mut file| file.write_all(&[0; 4096])).is_err());
    let would = here.runs(&["prune", "--dry-run"]);
    println!("{}", String::from_utf8_lossy(&would.stdout));
    let done = here.runs(&["prune"]);
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("run folders of 1 execution"), "{done:?}");
    let program = here.starts_with(&[LEAST]).unwrap();
    let people = people.at(&program);
    people.operator.get(&page(large, "/executions/1/tasks/work")).await.says(", by retention or with");
    fs::remove_file(here.data().join("filler")).unwrap();
    let has_room = async || here.db.store.disks().await.unwrap().iter().all(|disk| !disk.room.is_short());
    until("the server says that there is room again", has_room).await;
    assert_eq!(people.operator.post(&page(large, "/execute"), &form).await.status, 303);
    let is_over = async || here.execution(large, 3).await.status() == ReleaseStatus::Successful;
    until("it is over", is_over).await;
    is_sound(&here.db.store).await;
}

async fn signed_in_as_admin(program: &Program) -> Browser {
    let admin = Browser::new(program.url.strip_prefix("http://").unwrap().parse().unwrap());
    assert_eq!(admin.signs_in("admin", &program.passwords["admin"]).await.status, 303);
    admin
}

/// Leaves so many bytes free.
fn fill(here: &Installation, left: u64) {
    let room = rustix::fs::statvfs(here.data()).unwrap();
    let most = (room.f_bavail * room.f_frsize).saturating_sub(left);
    let mut filler = File::options().create(true).append(true).open(here.data().join("filler")).unwrap();
    let mut written = 0;
    for size in [1 << 16, 4096, 1] {
        while written + size <= most || left == 0 {
            match filler.write(&vec![b'x'; usize::try_from(size).unwrap()]) {
                Ok(count) => written += count as u64,
                Err(problem) if problem.kind() == ErrorKind::StorageFull => break,
                Err(problem) => panic!("{problem}"),
            }
        }
    }
}
