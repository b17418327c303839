//! The command line over the network: the real program against a real server, with a token.

mod apply;
mod artefacts;
mod gateway;
mod https;
mod login;
mod output;
mod pipelines;
mod waiting;

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tollgate::app::tokens::NewToken;
use tollgate::domain::tokens::TokenScope;

use crate::answer::Answer;
use crate::web::app::{REGION, TestApp};

/// Somebody's machine, from which they ask a server.
struct Machine {
    home: TempDir,
    server: String,
    token: String,
}

/// A token of that person.
async fn token(app: &TestApp, who: &str, scopes: &[TokenScope]) -> String {
    let expires_at = app.app.clock.now() + chrono::TimeDelta::days(30);
    let (name, scopes) = ("test".to_owned(), scopes.iter().copied().collect());
    let new = NewToken { name, owner: None, service_of: None, scopes, only: None, expires_at };
    app.app.make_token(&app.caller(who).await, &new).await.unwrap().secret
}

impl Machine {
    fn new(server: impl Into<String>, token: impl Into<String>) -> Self {
        Self { home: tempfile::tempdir().unwrap(), server: server.into(), token: token.into() }
    }

    async fn of(app: &TestApp, who: &str, scopes: &[TokenScope]) -> Self {
        Self::new(format!("http://{}", app.address), token(app, who, scopes).await)
    }

    /// The file in which a login is kept.
    fn login_file(&self) -> PathBuf {
        self.home.path().join(".config/tollgate/login.json")
    }

    /// A command of a shell that has nothing but a home.
    fn bare(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().env("HOME", self.home.path()).current_dir(self.home.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// The program with a server, a region and a token in its environment, as pipelines have them.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(crate::PROGRAM, arguments);
        command.envs([("TOLLGATE_SERVER", self.server.as_str()), ("TOLLGATE_TOKEN", &self.token)]);
        command.env("TOLLGATE_REGION", REGION);
        command
    }

    async fn run(&self, arguments: &[&str]) -> Answer {
        answer(self.command(arguments), "").await
    }

    /// With that on standard input.
    async fn run_with(&self, arguments: &[&str], input: &str) -> Answer {
        answer(self.command(arguments), input).await
    }

    /// The one document that it answers.
    async fn json(&self, arguments: &[&str]) -> Value {
        let answer = self.run(&[arguments, &["--json"]].concat()).await;
        assert!(answer.status.success(), "{arguments:?}: {}", answer.err);
        document(&answer)
    }
}

async fn answer(mut command: Command, input: &str) -> Answer {
    let mut child = command.spawn().unwrap();
    // A program that does not ask closes its input unread.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
    Answer::of(child.wait_with_output().await.unwrap())
}

/// What is on standard output, which is one JSON document and nothing else.
#[track_caller]
fn document(answer: &Answer) -> Value {
    serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {:?} {}", answer.out, answer.err))
}

/// A program that runs, with what it says.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, said: Vec::new() }
    }

    /// Reads up to a line that has that in it.
    async fn says(&mut self, what: &str) {
        while self.said.last().is_none_or(|line| !line.contains(what)) {
            let line = self.lines.next_line().await.unwrap();
            self.said.push(line.unwrap_or_else(|| panic!("{what:?} was not said: {:?}", self.said)));
        }
    }

    fn is_sent(&self, signal: rustix::process::Signal) {
        let id = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// The same to all that it started.
    fn is_sent_to_all(&self, signal: rustix::process::Signal) {
        let id = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())).unwrap();
        rustix::process::kill_process_group(id, signal).unwrap();
    }

    /// Its exit code and what it said.
    async fn ends(mut self) -> (Option<i32>, Vec<String>, String) {
        while let Some(line) = self.lines.next_line().await.unwrap() {
            self.said.push(line);
        }
        let ended = self.child.wait_with_output().await.unwrap();
        (ended.status.code(), self.said, String::from_utf8(ended.stderr).unwrap())
    }
}

/// Brings a release task in.
async fn applied(machine: &Machine, yaml: &str) {
    machine.run_with(&["release", "apply", "-f", "-"], yaml).await.succeeds("created");
}
