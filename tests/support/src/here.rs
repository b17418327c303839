//! An installation on SQLite in a data folder of its own, with the real program.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tollgate::data_layout::DataLayout;
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::http::session::COOKIE;
use tollgate::runlog::read_from;
use tollgate::store::Store;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::program::{self, ANYWHERE, Program};
use crate::team_folder::team_folder;

/// A task that says something and ends, and one that writes until it is told to end.
pub const ROUNDS: &str = r#"
name: rounds
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: first
        script: echo what the first one said
      - name: write
        workingFolder: rounds
        script: |
          echo "start" >> starts
          round=0
          while [ ! -e enough ]; do round=$((round + 1)); echo "round $round"; sleep 0.01; done
"#;

pub struct Here {
    program: &'static str,
    folder: TempDir,
}

impl Here {
    pub fn new(program: &'static str) -> Self {
        Self { program, folder: tempfile::tempdir().unwrap() }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn database(&self) -> PathBuf {
        self.data().join("tollgate.db")
    }

    pub fn serves(&self) -> Program {
        Program::start(self.program, &self.data(), None, ANYWHERE)
    }

    pub fn runs(&self, arguments: &[&str]) -> Answer {
        Answer::of(self.command(arguments).output().unwrap())
    }

    /// The subcommand, beside the data folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program::command(self.program, &self.data(), None);
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// A backup, in a file beside the data folder.
    pub fn backed_up(&self, arguments: &[&str]) -> PathBuf {
        let file = self.folder.path().join("backup.tgz");
        self.runs(&[&["backup", file.to_str().unwrap()], arguments].concat()).succeeds("whole and checked");
        file
    }

    pub async fn operator(&self, program: &Program) -> Browser {
        let browser = Browser::new(program.url.strip_prefix("http://").unwrap().parse().unwrap());
        // The demo tells its passwords at every start, and keeps them in its database.
        assert_eq!(browser.signs_in("operator", &program.passwords["operator"]).await.status, 303);
        browser
    }

    /// Whether the browser's session is one, asked on a connection of its own: an old one may have been closed.
    pub async fn signed_in(&self, program: &Program, browser: &Browser) -> bool {
        let fresh = Browser::new(program.url.strip_prefix("http://").unwrap().parse().unwrap());
        fresh.holds(COOKIE, &browser.cookie(COOKIE).unwrap());
        fresh.is_signed_in().await
    }

    /// Brings a release task in and executes it.
    pub async fn executes(&self, operator: &Browser, definition: &str) -> ReleaseId {
        let file = self.folder.path().join("release.yaml");
        std::fs::write(&file, definition).unwrap();
        self.runs(&["import", file.to_str().unwrap()]).succeeds("created");
        let name = definition.lines().find_map(|line| line.strip_prefix("name: ")).unwrap();
        let list = operator.get(&format!("/regions/eu-west/release-tasks?q={name}")).await;
        let (_, link) = list.text.split_once("class=\"main\" href=\"/regions/eu-west/release-tasks/").unwrap();
        let release: ReleaseId = link.split(['"', '/', '?']).next().unwrap().parse().unwrap();
        let store = self.store().await;
        let definition = store.release(release).await.unwrap().unwrap().definition;
        store.close().await.unwrap();
        let tasks = definition.tasks().map(|(_, task)| ("task", task.name.as_str()));
        let form: Vec<_> = tasks.chain([("execution", "0")]).collect();
        let answer = operator.post(&format!("/regions/eu-west/release-tasks/{release}/execute"), &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        release
    }

    async fn store(&self) -> Store {
        Store::connect(&format!("sqlite://{}", self.database().display())).await.unwrap()
    }

    /// Its first execution as it is now.
    pub async fn execution(&self, release: ReleaseId) -> Option<Execution> {
        let store = self.store().await;
        let execution = store.execution_numbered(release, 1).await.unwrap();
        store.close().await.unwrap();
        execution
    }

    /// Waits until it has that status.
    pub async fn is(&self, release: ReleaseId, status: ReleaseStatus) {
        let asked = Instant::now();
        loop {
            let execution = self.execution(release).await;
            if execution.as_ref().is_some_and(|it| it.status() == status) {
                return;
            }
            assert!(asked.elapsed() < Duration::from_mins(1), "not {status:?} in a minute: {execution:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn failures(&self, release: ReleaseId) -> String {
        format!("{:?}", self.execution(release).await.unwrap().failures()).to_lowercase()
    }

    /// The lines that the first attempt at a task has written so far.
    pub async fn log(&self, release: ReleaseId, task: &str) -> Vec<String> {
        let execution = self.execution(release).await.unwrap().id;
        let log = DataLayout::new(&self.data()).unwrap().log(execution, task, 1);
        let read = read_from(&log, 0, u64::MAX).map(|read| read.lines).unwrap_or_default();
        read.into_iter().map(|line| line.text).collect()
    }

    /// Lets the task end that writes.
    pub fn writes_no_more(&self) {
        std::fs::write(team_folder(&self.data()).join("rounds/enough"), "").unwrap();
    }

    /// Lines of a file that it wrote.
    pub fn wrote(&self, name: &str) -> Vec<String> {
        let file = team_folder(&self.data()).join("rounds").join(name);
        std::fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        // A test that fails leaves no script behind.
        let _ = std::fs::write(team_folder(&self.data()).join("rounds/enough"), "");
    }
}
