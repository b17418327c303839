//! The disk of the data folder is full for a while: nothing is half written, nothing fails for it that can wait, people are
//! told, and everything goes on by itself when there is room.
//!
//! Each test runs this very program again in a mount namespace of its own, in which the data folder is a small disk.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use tollgate::domain::execution::TaskState;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::status::ReleaseStatus;
use tollgate::executors::command::CommandExecutor;
use tollgate::executors::{ScriptJob, Stop};
use tollgate::messages::{Locale, failure_cause};
use tollgate::runlog::read_from;
use tollgate::store::{Backend, Store};
use tollgate::supervise::folder::RunFolder;

use crate::by_hand::does;
use crate::db::Db;
use crate::installation::{Installation, People};
use crate::program::Program;
use crate::small_disk;
use crate::sound::is_sound;
use crate::until::until;

on_both!(a_full_disk_loses_nothing_and_everything_goes_on_when_there_is_room);

/// One script that writes lines until it is let go, a gate, and another such script.
const SLOW: &str = r#"
name: slow
team: Platform
region: eu-west
phases:
  - name: Before
    tasks:
      - name: before
        workingFolder: OUTSIDE
        script: &writes |
          echo "$TOLLGATE_TASK" >> ran
          n=0
          while ! [ -e "$TOLLGATE_TASK-go" ]; do
            n=$((n + 1))
            echo "line $n"
            echo "$n" >> "$TOLLGATE_TASK-lines"
            sleep 0.01
          done
  - name: Gate
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver]
  - name: After
    tasks:
      - name: after
        workingFolder: OUTSIDE
        script: *writes
"#;

async fn a_full_disk_loses_nothing_and_everything_goes_on_when_there_is_room(db: Db) {
    small_disk::passes("full::in_a_small_room", 16, &db);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the tests above run it, on a small disk of its own"]
async fn in_a_small_room() {
    let (folder, url) = small_disk::place();
    let store = Store::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    let db = Db { store, url };
    let here = Installation::at(folder, db);
    let outside = here.data().with_file_name("outside");
    fs::create_dir(&outside).unwrap();
    let room = Room { here, outside };
    room.no_script_starts_without_room().await;
    room.much_that_finds_no_room_is_counted().await;

    let program = room.here.starts();
    let release = room.here.imports(&SLOW.replace("OUTSIDE", room.outside.to_str().unwrap())).await;
    let people = People::sign_in(&program).await;
    let tasks = [("task", "before"), ("task", "go-live"), ("task", "after"), ("execution", "0")];
    assert_eq!(people.operator.post(&page(release, "/execute"), &tasks).await.status, 303);
    room.a_log_waits_for_room(release).await;
    room.a_decision_is_taken_or_given_back(release, &people).await;
    let program = room.the_server_starts_again(program);
    room.the_end_of_a_script_is_known_without_room(release, &people.at(&program)).await;
    assert_eq!(fs::read_to_string(room.outside.join("ran")).unwrap(), "before\nafter\n");
    is_sound(&room.here.db.store).await;
}

/// An installation on a small disk, and a folder on another one.
struct Room {
    here: Installation,
    outside: PathBuf,
}

impl Room {
    /// Leaves no byte free.
    fn fill(&self) {
        let mut filler = File::options().create(true).append(true).open(self.filler()).unwrap();
        for size in [1 << 20, 4096, 1] {
            loop {
                match filler.write(&vec![b'x'; size]) {
                    Ok(_) => {}
                    Err(problem) if problem.kind() == ErrorKind::StorageFull => break,
                    Err(problem) => panic!("{problem}"),
                }
            }
        }
    }

    fn clear(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.here.data().join("filler")
    }

    /// How many lines the script of the task has written.
    fn lines(&self, task: &str) -> usize {
        fs::read_to_string(self.outside.join(format!("{task}-lines"))).unwrap_or_default().lines().count()
    }

    /// Lets the script of the task end.
    fn go(&self, task: &str) {
        File::create(self.outside.join(format!("{task}-go"))).unwrap();
    }

    async fn writes_more(&self, task: &str) {
        let before = self.lines(task);
        until("it writes", async || self.lines(task) > before + 20).await;
    }

    /// What cannot be started waits; stopped, it was stopped; and at the end people are told why it was not started.
    async fn no_script_starts_without_room(&self) {
        let executor = executor().with_patience(Duration::from_secs(1));
        let order = |name: &str| self.order(name, "echo ran > alone");
        let (errored, stopped, waits) = (order("errored"), order("stopped"), order("waits"));
        self.fill();
        let Outcome::Errored { cause } = executor.run(&errored, &Stop::new()).await else { panic!("it was started") };
        let message = failure_cause(&cause, Locale::English);
        assert!(message.contains("the disk is full"), "{message}");
        let stop = Stop::new();
        let patient = executor.clone().with_patience(Duration::from_mins(1));
        let heard = stop.clone();
        let waiting = tokio::spawn(async move { patient.run(&stopped, &heard).await });
        stop.cancel();
        assert_eq!(waiting.await.unwrap(), Outcome::Stopped);
        assert!(!self.outside.join("alone").exists());
        let patient = executor.with_patience(Duration::from_mins(1));
        let waiting = tokio::spawn(async move { patient.run(&waits, &Stop::new()).await });
        self.clear();
        assert_eq!(waiting.await.unwrap(), Outcome::Succeeded { outputs: [].into() });
    }

    /// A script that writes more than is kept in mind while there is no room: what is missing is counted, and said.
    async fn much_that_finds_no_room_is_counted(&self) {
        let order = self.order(
            "much",
            "echo first; echo > begun; while ! [ -e go ]; do sleep 0.01; done; seq 1 100000; echo > written
             while ! [ -e end ]; do sleep 0.01; done; echo last",
        );
        let (log, whole) = (order.folder.join("log"), order.clone());
        let running = tokio::spawn(async move { executor().run(&whole, &Stop::new()).await });
        until("it runs", async || self.outside.join("begun").exists()).await;
        self.fill();
        fs::write(self.outside.join("go"), "").unwrap();
        until("it has written much", async || self.outside.join("written").exists()).await;
        self.clear();
        let lines = || read_from(&log, 0, u64::MAX).unwrap().lines;
        until("it is said", async || lines().iter().any(|line| line.remark)).await;
        fs::write(self.outside.join("end"), "").unwrap();
        assert_eq!(running.await.unwrap(), Outcome::Succeeded { outputs: [].into() });
        let lines = lines();
        let at = lines.iter().position(|line| line.remark).unwrap();
        // There may have been more in the pipe when there was room again.
        let (before, remark, after) = (&lines[..at], &lines[at], &lines[at + 1..]);
        assert!(before.iter().zip(1..).all(|(line, number)| line.number == number));
        assert!(before.iter().skip(1).zip(1..).all(|(line, number)| line.text == number.to_string()));
        let missing = remark.number - 1 - before.len() as u64;
        assert!(missing > 1 && before.len() > 10_000, "{missing} lines are missing");
        assert_eq!(remark.text, format!("{missing} lines are missing here: there was no room for them on the disk."));
        let (last, rest) = after.split_last().unwrap();
        assert_eq!((last.number, last.text.as_str()), (100_003, "last"));
        assert!(rest.iter().zip(remark.number + 1..).all(|(line, number)| line.number == number));
        assert!(rest.iter().all(|line| line.text == (line.number - 2).to_string()));
    }

    /// An attempt at a script, without a server.
    fn order(&self, name: &str, script: &str) -> ScriptJob {
        let folder = self.here.data().join("runs/alone/script").join(name);
        fs::create_dir_all(&folder).unwrap();
        ScriptJob {
            folder,
            script: script.to_owned(),
            working_folder: Some(self.outside.display().to_string()),
            default_folder: self.here.data().join("runs/alone/.work"),
            workspace: self.here.data().join("workspace"),
            others: Vec::new(),
            readable: Vec::new(),
            temporary: self.here.data().join("tmp").join(name),
            environment: [].into(),
            timeout: Duration::from_mins(1),
            grace: Duration::from_secs(1),
            log_limit: 8_000_000,
            leave_running: false,
            files: Vec::new(),
            private_environment: [].into(),
            secrets: Vec::new(),
            refused: None,
        }
    }

    /// A script goes on while there is no room for its log, and nothing of it is missing when there is again.
    async fn a_log_waits_for_room(&self, release: ReleaseId) {
        self.writes_more("before").await;
        self.fill();
        let execution = self.here.execution(release, 1).await.id;
        let finds_no_room = async || self.here.log(execution, "before", 1).len() + 20 < self.lines("before");
        until("the log finds no room", finds_no_room).await;
        self.clear();
        self.writes_more("before").await;
        self.go("before");
        until("it waits for an approval", async || {
            self.here.execution(release, 1).await.status() == ReleaseStatus::ToBeApproved
        })
        .await;
        let texts: Vec<_> = self.here.log(execution, "before", 1).into_iter().map(|line| line.text).collect();
        assert_eq!(texts, (1..=self.lines("before")).map(|n| format!("line {n}")).collect::<Vec<_>>());
    }

    /// The write-ahead log of SQLite keeps its size when it begins anew: what is written next may need no room of the disk.
    async fn the_database_has_no_room_of_its_own(&self) {
        let Some(file) = self.here.db.url.strip_prefix("sqlite:") else { return };
        let log = PathBuf::from(format!("{file}-wal"));
        until("the log of the database is empty", async || {
            let emptied = does(&self.here.db.url, "PRAGMA wal_checkpoint(TRUNCATE)").await;
            emptied.is_ok() && fs::metadata(&log).unwrap().len() == 0
        })
        .await;
    }

    /// A decision is taken where the database has room, and is given back with what was typed where it has none. What is to
    /// be started then waits.
    async fn a_decision_is_taken_or_given_back(&self, release: ReleaseId, people: &People) {
        let decision = page(release, "/executions/1/tasks/go-live/decision");
        let agree = [("verdict", "agree"), ("round", "1"), ("comment", "typed with care")];
        self.the_database_has_no_room_of_its_own().await;
        self.fill();
        assert_eq!(people.operator.get(&page(release, "")).await.status, 200, "reading needs no room");
        let answer = people.approver.post(&decision, &agree).await;
        if self.here.db.store.backend() == Backend::Sqlite {
            assert_eq!(answer.status, 503, "{}", answer.text);
            answer.says("typed with care");
            assert!(!answer.header("retry-after").is_empty());
            assert_eq!(self.here.execution(release, 1).await.status(), ReleaseStatus::ToBeApproved);
            self.clear();
            assert_eq!(people.approver.post(&decision, &agree).await.status, 303);
        } else {
            assert_eq!(answer.status, 303, "{}", answer.text);
            until("it waits for room", async || self.here.server_log().contains("script start delayed; disk is full"))
                .await;
            let execution = self.here.execution(release, 1).await;
            let state = &execution.tasks[execution.index("after").unwrap()].state;
            assert!(matches!(state, TaskState::Running { .. }), "{state:?}");
            self.clear();
        }
        self.writes_more("after").await;
    }

    /// A server that starts on a full disk either serves, or says what is the matter; nothing is lost by it.
    fn the_server_starts_again(&self, program: Program) -> Program {
        drop(program);
        self.fill();
        if let Err(said) = self.here.starts_with(&[]) {
            let last = said.lines().last().unwrap_or_default();
            println!("On a full disk it does not start: {last}");
            assert!(last.contains("full") || last.contains("No space left"), "{last}");
        }
        self.clear();
        self.here.starts()
    }

    /// How a script ended is written down though there is no room, and nothing of it is lost.
    async fn the_end_of_a_script_is_known_without_room(&self, release: ReleaseId, people: &People) {
        let execution = self.here.execution(release, 1).await.id;
        let folder = RunFolder::new(self.here.folders().attempt(execution, "after", 1));
        self.fill();
        self.go("after");
        until("how it ended is known", async || folder.ending().unwrap().is_some()).await;
        assert_eq!(folder.ending().unwrap().unwrap().outcome, Outcome::Succeeded { outputs: [].into() });
        assert_eq!(people.operator.get(&page(release, "/executions/1/tasks/after")).await.status, 200);
        let is_over = async || self.here.execution(release, 1).await.status() == ReleaseStatus::Successful;
        if self.here.db.store.backend() == Backend::Postgres {
            until("it is over", is_over).await;
        }
        self.clear();
        until("it is over", is_over).await;
        let (lines, written) = (self.here.log(execution, "after", 1), self.lines("after"));
        assert!(lines.iter().zip(1..).all(|(line, number)| line.text == format!("line {number}")));
        println!("{} of {written} lines of a script that ended on a full disk", lines.len());
    }
}

fn executor() -> CommandExecutor {
    CommandExecutor::with_program(env!("CARGO_BIN_EXE_tollgate"))
}

fn page(release: ReleaseId, rest: &str) -> String {
    format!("/regions/eu-west/release-tasks/{release}{rest}")
}
