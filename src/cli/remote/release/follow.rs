//! Follows an execution until it is over: by the events that the server sends, or its state by long polling and the logs of its
//! tasks piece by piece.

mod stream;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;

use crate::cli::remote::options::ServerConnection;
use crate::cli::remote::output::status;
use crate::cli::remote::target::FoundExecution;
use crate::client::{self, ExecutionAnswer, LogAnswer, RunTask};

use self::stream::Followed;

/// A server waits for so long for something new. Proxies cut what says nothing for a minute.
const LONG_WAIT: Duration = Duration::from_secs(45);
/// The same while logs grow, which is no change of the execution; longer by a second for each so many logs, so that what may be
/// asked in a minute suffices.
const LOG_INTERVAL: Duration = Duration::from_secs(1);
const LOGS_PER_SECOND: u32 = 5;

/// A line of a log that was shown: `build:1:120` is line 120 of the first attempt at build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownLine {
    task: String,
    attempt: u32,
    line: u64,
}

impl FromStr for ShownLine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':');
        let (task, attempt, line) = (parts.next(), parts.next(), parts.next());
        let number = |text: Option<&str>| text.and_then(|text| text.parse::<u64>().ok());
        match (task, number(attempt), number(line), parts.next()) {
            (Some(task), Some(attempt), Some(line), None) if !task.is_empty() => {
                Ok(Self { task: task.to_owned(), attempt: u32::try_from(attempt).unwrap_or(u32::MAX), line })
            }
            _ => Err("it is a task, an attempt and a line, as in build:1:120".to_owned()),
        }
    }
}

impl std::fmt::Display for ShownLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.task, self.attempt, self.line)
    }
}

/// How far the log of an attempt was shown.
#[derive(Debug, Clone, Default)]
struct LogPosition {
    /// Where the server goes on.
    next: u64,
    /// The last line that was shown.
    line: u64,
    /// Whether nothing comes any more.
    is_over: bool,
}

/// Follows one execution.
#[derive(Debug)]
pub struct Follower<'c> {
    server: &'c ServerConnection,
    release: String,
    number: String,
    label: String,
    with_logs: bool,
    /// Only the logs of this task, without its name before each line.
    only: Option<String>,
    logs: BTreeMap<(String, u32), LogPosition>,
    /// Tasks that have none.
    without_log: BTreeSet<String>,
    told: BTreeMap<String, String>,
    last: Value,
}

impl<'c> Follower<'c> {
    /// One of that execution.
    pub fn new(server: &'c ServerConnection, found: &FoundExecution) -> Self {
        Self {
            server,
            release: found.execution.pipeline_id.clone(),
            number: found.execution.number.to_string(),
            label: found.label.clone(),
            with_logs: false,
            only: None,
            logs: BTreeMap::new(),
            without_log: BTreeSet::new(),
            told: BTreeMap::new(),
            last: found.answer.clone(),
        }
    }

    /// With the logs of its tasks, behind what was shown of them before.
    pub fn with_logs(mut self, after: &[ShownLine]) -> Self {
        self.with_logs = true;
        for ShownLine { task, attempt, line } in after {
            self.logs.insert((task.clone(), *attempt), LogPosition { line: *line, ..LogPosition::default() });
        }
        self
    }

    /// With that task's alone.
    pub fn only(self, task: &str) -> Self {
        Self { only: Some(task.to_owned()), ..self }
    }

    /// The execution as it was last answered.
    pub fn last(&self) -> &Value {
        &self.last
    }

    /// Up to where logs were shown.
    pub fn shown(&self) -> Vec<ShownLine> {
        let position = |((task, attempt), position): (&(String, u32), &LogPosition)| {
            (position.line > 0).then(|| ShownLine { task: task.clone(), attempt: *attempt, line: position.line })
        };
        self.logs.iter().filter_map(position).collect()
    }

    /// The execution as soon as it is over. What it is now is asked first: it may have been over for long.
    pub async fn until_over(&mut self) -> anyhow::Result<ExecutionAnswer> {
        if self.with_logs
            && let Followed::Over(execution) = self.follow_events().await?
        {
            return Ok(execution);
        }
        let mut seen = None;
        loop {
            let execution = self.state(seen).await?;
            // What begins, then what it says, then what came of it.
            self.tell_changes(&execution, is_begin);
            let growing = if self.with_logs { self.new_lines(&execution).await? } else { 0 };
            self.tell_changes(&execution, |_| true);
            if execution.ended {
                return Ok(execution);
            }
            let rest = if growing == 0 { LONG_WAIT } else { LOG_INTERVAL * (1 + growing / LOGS_PER_SECOND) };
            seen = Some((execution.revision, rest));
        }
    }

    async fn state(&mut self, seen: Option<(u64, Duration)>) -> anyhow::Result<ExecutionAnswer> {
        let mut request = self.server.get(&["pipelines", &self.release, "records", &self.number])?;
        if let Some((revision, wait)) = seen {
            request = request.unless_seen(revision, wait);
        }
        self.last = self.server.client.ask(&request).await.map_err(|error| self.server.explained(error))?;
        Ok(client::parts(&self.last)?)
    }

    /// Says what has another status than before, of those that are meant.
    fn tell_changes(&mut self, execution: &ExecutionAnswer, is_meant: fn(&str) -> bool) {
        let label = self.label.clone();
        if is_meant(&execution.status_word) {
            self.tell_status(String::new(), &label, &execution.status_word, None);
        }
        let of = |task: &RunTask| task.status_word != "waiting" && is_meant(&task.status_word);
        for (stage, task) in execution.tasks().filter(|(_, task)| of(task)) {
            let name = format!("{} / {}", stage.name, task.name);
            self.tell_status(task.name.clone(), &name, &task.status_word, task.cause.as_deref());
        }
    }

    fn tell_status(&mut self, key: String, name: &str, word: &str, cause: Option<&str>) {
        let is_new = self.told.insert(key, word.to_owned()).is_none_or(|before| before != word);
        if is_new && self.only.is_none() {
            let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
            self.server.output.line(&format!("== {name}: {}{cause}", status(word)));
        }
    }

    /// Shows the lines that have come since, of every attempt; answers of how many more may come while nothing else
    /// changes.
    pub async fn new_lines(&mut self, execution: &ExecutionAnswer) -> anyhow::Result<u32> {
        let mut growing = 0;
        let wanted = execution.tasks().filter(|(_, task)| self.only.as_ref().is_none_or(|only| *only == task.name));
        let attempts: Vec<_> =
            wanted.flat_map(|(_, task)| (1..=task.attempt).map(move |attempt| (task.name.clone(), attempt))).collect();
        for (task, attempt) in attempts {
            if !self.without_log.contains(&task) {
                growing += u32::from(self.lines_of(task, attempt).await?);
            }
        }
        Ok(growing)
    }

    fn show_line(&self, (task, attempt): &(String, u32), text: &str) {
        let prefix = if self.only.is_some() { String::new() } else { format!("{task}#{attempt} | ") };
        self.server.output.line(&format!("{prefix}{text}"));
    }

    async fn lines_of(&mut self, task: String, attempt: u32) -> anyhow::Result<bool> {
        let key = (task, attempt);
        let mut position = self.logs.get(&key).cloned().unwrap_or_default();
        while !position.is_over {
            let path = ["pipelines", &self.release, "records", &self.number, "tasks", &key.0, "log"];
            let request = self.server.get(&path)?.with("attempt", attempt).with("from", position.next);
            let log: LogAnswer = match self.server.client.read(&request).await {
                Ok(log) => log,
                Err(error) if error.is_not_found() => {
                    self.without_log.insert(key.0);
                    return Ok(false);
                }
                Err(error) => return Err(self.server.explained(error)),
            };
            for line in log.lines.iter().filter(|line| line.number > position.line) {
                self.show_line(&key, &line.text);
            }
            if log.removed_at.is_some() && position.line == 0 {
                self.server.output.line(&format!("== the log of {} is removed: its time was over", key.0));
            }
            let stands_still = log.next == position.next;
            position.line = log.lines.last().map_or(position.line, |line| line.number.max(position.line));
            (position.next, position.is_over) = (log.next, log.ended);
            // Kept at once: whoever is interrupted goes on behind this line.
            self.logs.insert(key.clone(), position.clone());
            if stands_still {
                break;
            }
        }
        Ok(!position.is_over)
    }
}

/// Whether something of that status has just begun.
fn is_begin(word: &str) -> bool {
    matches!(word, "running" | "rolling_back")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_line_is_written_as_it_is_read() {
        let line: ShownLine = "build-it:2:120".parse().unwrap();
        assert_eq!((line.task.as_str(), line.attempt, line.line), ("build-it", 2, 120));
        assert_eq!(line.to_string(), "build-it:2:120");
        for wrong in ["", "build", "build:1", "build:x:1", "build:1:x", ":1:1", "build:1:1:1", "build:-1:1"] {
            assert!(wrong.parse::<ShownLine>().is_err(), "{wrong}");
        }
    }
}
