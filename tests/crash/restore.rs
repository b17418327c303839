//! Backups and restores that are killed between any two steps: either everything is as it was, or the restore is whole.
//! What was there is kept, nothing half-written is taken for a whole one, and nothing is in the way of the next.

use std::fmt::Debug;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use sea_orm::{ConnectionTrait, Database, Statement};
use tollgate::domain::ids::ExecutionId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::failpoints::FAILS_AT;

use crate::answer::Answer;
use crate::by_hand::one_to;
use crate::here::{Here, ROUNDS};
use crate::program::{self, ANYWHERE, Program};
use crate::until::until;

/// What is executed after the backup.
const LATER: &str =
    "name: later\nteam: Platform\nregion: eu-west\nphases: [{name: Work, tasks: [{name: work, script: echo later}]}]\n";

/// Where a backup is killed.
const BACKUP: [&str; 5] = ["backup.begun", "backup.copied", "backup.checked", "backup.written", "backup.renamed"];

/// Where a restore is killed of which nothing may be seen.
const BEFORE: [&str; 3] = ["restore.unpacked", "restore.looked", "restore.laid"];

/// Where a restore is killed that somebody else must finish.
const WANTED: [&str; 11] = [
    "restore.ready",
    "restore.taken",
    "restore.settled",
    "restore.kept",
    "restore.placed",
    "restore.move.before",
    "restore.move.after",
    "restore.move.after:2",
    "restore.move.after:5",
    "restore.files",
    "restore.done",
];

/// Where a server is killed that restores, and the last of them when it has.
const SERVED: [&str; 10] = [
    "restore.taken",
    "restore.settled",
    "restore.kept",
    "restore.placed",
    "restore.move.before",
    "restore.move.after:3",
    "restore.files",
    "restore.done",
    "restore.answer.before",
    "restore.answered",
];

/// An installation that went on after its backup, lost some logs, and is not served.
struct Site {
    here: Here,
    file: PathBuf,
    /// The execution that is in the backup, whose logs were lost.
    known: ExecutionId,
    /// The one that came after it.
    later: ExecutionId,
}

impl Site {
    async fn set() -> Self {
        let here = Here::new(crate::PROGRAM);
        let program = here.serves();
        let operator = here.operator(&program).await;
        let first = here.executes(&operator, ROUNDS).await;
        until("it writes", async || !here.wrote("starts").is_empty()).await;
        here.writes_no_more();
        here.is(first, ReleaseStatus::Successful).await;
        let file = here.backed_up(&[]);
        here.runs(&["region", "add", "later"]).succeeds("added");
        let later = here.executes(&operator, LATER).await;
        here.is(later, ReleaseStatus::Successful).await;
        let (known, later) = (here.execution(first).await.unwrap().id, here.execution(later).await.unwrap().id);
        drop(program);
        std::fs::remove_dir_all(here.data().join("runs").join(known.to_string())).unwrap();
        std::fs::remove_dir_all(here.data().join("workspace")).unwrap();
        Self { here, file, known, later }
    }

    fn restores(&self) -> [&str; 3] {
        ["restore", "--replace", self.file.to_str().unwrap()]
    }

    /// As it was before anybody restored.
    async fn is_as_it_was(&self, at: &Here) {
        assert!(knows_later(&at.database()).await, "the database is the one that was there");
        assert_eq!(self.logs(at), [false, true]);
        assert!(!at.data().join("workspace").exists() && kept(at).is_empty());
    }

    /// As the backup, and what was there is kept.
    async fn is_restored(&self, at: &Here) {
        assert!(!knows_later(&at.database()).await, "the database is that of the backup");
        assert_eq!(number(&at.database(), "SELECT count(*) FROM sessions").await, 0, "everybody signs in again");
        assert_eq!(self.logs(at), [true, false]);
        assert_eq!(at.wrote("starts"), ["start"]);
        let mut found = Vec::new();
        for database in kept(at) {
            found.push(knows_later(&database).await);
        }
        assert_eq!(found.iter().filter(|it| **it).count(), 1, "what was there is kept, once: {found:?}");
        let aside = beside(&at.data(), "runs.before-");
        let has = |runs: &Path, file: &str| runs.join(self.later.to_string()).join(file).exists();
        let aside = aside.iter().filter(|aside| has(aside, "work/1/log") && has(aside, "work/1.started"));
        assert_eq!(aside.count(), 1, "its logs are kept, and that it was started");
        assert!(!has(&at.data().join("runs"), "work/1.started"), "what gets its name can be started");
        let unfinished: Vec<_> = ["ready", "taken", "new", "done"]
            .map(|end| at.data().join(format!("restore.{end}")))
            .into_iter()
            .filter(|it| it.exists())
            .collect();
        assert!(unfinished.is_empty(), "{unfinished:?}");
    }

    /// Which logs there are: of what is in the backup, and of what came later.
    fn logs(&self, at: &Here) -> [bool; 2] {
        let runs = at.data().join("runs");
        [(self.known, "write/1/log"), (self.later, "work/1/log")]
            .map(|(id, log)| runs.join(id.to_string()).join(log).exists())
    }

    /// It is sound, and nothing is in the way of another restore.
    async fn goes_on(&self, at: &Here) {
        // What was there lacks the logs of the execution that the backup knows, and is not restored yet.
        match self.logs(at) {
            [true, _] => at.runs(&["check"]).succeeds("This installation is sound."),
            [false, _] => at.runs(&["check"]).fails("1 of what was looked at is not sound"),
        }
        let before = kept(at).len();
        at.runs(&self.restores()).succeeds("What was there is kept: ");
        self.is_restored(at).await;
        assert_eq!(kept(at).len(), before + 1);
    }
}

/// What is done to an installation at a point of a backup or a restore.
trait Struck: Sized {
    /// The same data in another folder, as it is on the disk at this moment.
    fn copied(&self) -> Self;

    /// The server, which dies at that point.
    fn serves_until(&self, point: &str) -> Program;

    /// Runs a subcommand, which dies at that point.
    fn dies_at(&self, point: &str, arguments: &[&str]);
}

impl Struck for Here {
    fn copied(&self) -> Self {
        let copy = Self::new(crate::PROGRAM);
        let copied = Command::new("cp").arg("-a").arg(self.data()).arg(copy.data()).status().unwrap();
        assert!(copied.success());
        copy
    }

    fn serves_until(&self, point: &str) -> Program {
        let mut command = program::command(crate::PROGRAM, &self.data(), None);
        command.args(["demo", "--listen", ANYWHERE]).env("TOLLGATE_FAIL_AT", point);
        Program::launch(&mut command, &self.data().with_extension("log")).unwrap()
    }

    #[track_caller]
    fn dies_at(&self, point: &str, arguments: &[&str]) {
        let answer = Answer::of(self.command(arguments).env("TOLLGATE_FAIL_AT", point).output().unwrap());
        assert!(answer.err.contains(FAILS_AT), "{point} is not reached: {}{}", answer.out, answer.err);
    }
}

/// The databases that were there before.
fn kept(at: &Here) -> Vec<PathBuf> {
    let mut found = beside(&at.data(), "tollgate.db.before-");
    found.retain(|path| !path.to_str().unwrap().ends_with("-wal") && !path.to_str().unwrap().ends_with("-shm"));
    found
}

fn beside(folder: &Path, begin: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.filter(|entry| entry.file_name().to_str().unwrap().starts_with(begin)).map(|entry| entry.path()).collect()
}

async fn knows_later(database: &Path) -> bool {
    number(database, "SELECT count(*) FROM regions WHERE name = 'later'").await == 1
}

async fn number(database: &Path, sql: &str) -> i64 {
    let db = Database::connect(one_to(format!("sqlite://{}", database.display()))).await.unwrap();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let found = db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    db.close().await.unwrap();
    found
}

/// Waits until that process has ended by itself.
fn ends(child: &mut Child, what: &str) {
    let asked = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if asked.elapsed() > Duration::from_mins(2) {
            child.kill().unwrap();
            panic!("{what} does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn dies(program: &mut Program, at: &Here, point: &str) {
    ends(&mut program.child, "the server");
    let said = std::fs::read_to_string(at.data().with_extension("log")).unwrap();
    assert!(said.contains(FAILS_AT), "{point} is not reached: {said}");
}

/// Who finishes it.
#[derive(Debug, Clone, Copy)]
enum By {
    /// A server that starts.
    Start,
    /// `tollgate restore`, run again, or still waiting.
    Command,
}

/// Every point with everybody who may finish it.
fn by_both<const N: usize>(points: [&'static str; N]) -> Vec<(&'static str, By)> {
    points.into_iter().flat_map(|point| [(point, By::Start), (point, By::Command)]).collect()
}

/// Runs every case, and then tells of all that failed.
async fn each<C: Debug>(cases: Vec<C>, run: impl AsyncFn(&C)) {
    let (begun, count) = (Instant::now(), cases.len());
    let mut failed = Vec::new();
    for case in cases {
        if AssertUnwindSafe(run(&case)).catch_unwind().await.is_err() {
            failed.push(case);
        }
    }
    println!("{count} kills, {:.1?}", begun.elapsed());
    assert!(failed.is_empty(), "killed at {failed:?}");
}

#[tokio::test]
async fn a_restore_that_is_killed_anywhere_is_whole_or_has_not_begun() {
    let site = Site::set().await;
    each([by_both(BEFORE), by_both(WANTED)].concat(), async |(point, by)| {
        let at = site.here.copied();
        at.dies_at(point, &site.restores());
        match by {
            By::Start => {
                drop(at.serves());
                if BEFORE.contains(point) { site.is_as_it_was(&at).await } else { site.is_restored(&at).await }
            }
            By::Command => {
                at.runs(&site.restores()).succeeds("What was there is kept: ");
                site.is_restored(&at).await;
                drop(at.serves());
            }
        }
        site.goes_on(&at).await;
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_killed_while_it_restores_is_followed_by_one_that_has() {
    let site = Site::set().await;
    each(by_both(SERVED), async |(point, by)| {
        let at = site.here.copied();
        let mut program = at.serves_until(point);
        match by {
            By::Start => {
                at.dies_at("restore.ready", &site.restores());
                dies(&mut program, &at, point);
            }
            By::Command => {
                let mut command = at.command(&site.restores());
                let mut restore = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
                dies(&mut program, &at, point);
                ends(&mut restore, "the restore");
                Answer::of(restore.wait_with_output().unwrap()).succeeds("What was there is kept: ");
            }
        }
        drop(at.serves());
        site.is_restored(&at).await;
        site.goes_on(&at).await;
    })
    .await;
}

#[tokio::test]
async fn a_backup_that_is_killed_anywhere_is_whole_or_not_there() {
    let here = Here::new(crate::PROGRAM);
    here.runs(&["migrate"]).succeeds("up to date");
    here.runs(&["region", "add", "later"]).succeeds("added");
    let folder = here.data().parent().unwrap().to_owned();
    let is_whole = async |name: &str| {
        let there = Here::new(crate::PROGRAM);
        there.runs(&["restore", name]).succeeds("Restored");
        assert!(knows_later(&there.database()).await);
    };
    let cases = BACKUP.into_iter().flat_map(|point| [(point, false), (point, true)]).collect();
    each(cases, async |(point, replaces)| {
        let file = folder.join(format!("{point}-{replaces}.tgz"));
        let name = file.to_str().unwrap();
        if *replaces {
            here.runs(&["backup", name]).succeeds("whole and checked");
        }
        here.dies_at(point, &["backup", "--overwrite", name]);
        if *replaces || *point == "backup.renamed" {
            is_whole(name).await;
        } else {
            assert!(!file.exists());
        }
        here.runs(&["backup", "--overwrite", name]).succeeds("whole and checked");
        let left = beside(&folder, &format!("{point}-{replaces}.tgz.part"));
        assert!(left.is_empty(), "{left:?}");
        is_whole(name).await;
    })
    .await;
}
