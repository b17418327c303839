//! A task in an execution: how it went, what it was given, what it gave, who decided, and its log as it streams.

use std::num::NonZero;

use askama::Template;

use crate::pages::components::{
    Action, Chrome, ClockTime, CommitList, Elapsed, Fact, Notice, SaidRow, Status, When, part,
};
use crate::pages::release_tasks::view::ReleaseHead;

/// The whole page.
#[derive(Debug, Template)]
#[template(path = "task_runs/show.html")]
pub struct TaskRunPage {
    /// Around it.
    pub chrome: Chrome,
    /// The part that comes back alone when something changed.
    pub live: TaskRunLive,
    /// The log; none for a checkpoint.
    pub log: Option<LogView>,
}

/// Head, attempts, inputs, outputs, decisions.
#[derive(Debug, Template)]
#[template(path = "task_runs/_live.html")]
pub struct TaskRunLive {
    /// Name, status, facts, actions.
    pub head: ReleaseHead,
    /// Why it failed, who is waited for.
    pub notices: Vec<Notice>,
    /// Newest last.
    pub attempts: Vec<AttemptRow>,
    /// The hosts of the attempt that is shown, if it works on hosts.
    pub hosts: Vec<HostRow>,
    /// What the script is, and other inputs in words.
    pub inputs: Vec<Fact>,
    /// The script.
    pub script: Option<String>,
    /// The script that undoes it.
    pub rollback: Option<String>,
    /// The variables it was given.
    pub environment: Vec<ShownValue>,
    /// What it gave to later tasks.
    pub outputs: Vec<ShownValue>,
    /// What is new in the commit that it builds.
    pub commits: Vec<CommitList>,
    /// What it left.
    pub artefacts: Vec<ArtefactRow>,
    /// What people said, oldest first.
    pub decisions: Vec<DecisionRow>,
    /// Answers this fragment anew, or 204 when nothing changed; none when it is over.
    pub refresh: Option<String>,
    /// Told by the live region when it changes.
    pub announce: String,
}

/// A variable or an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownValue {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A file that it left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtefactRow {
    /// Where it was in the working folder.
    pub path: String,
    /// The file.
    pub url: String,
    /// How large it is.
    pub size: String,
    /// Its SHA-256.
    pub sha256: String,
    /// The attempt, where several left some.
    pub attempt: Option<u32>,
}

/// What somebody said.
pub type DecisionRow = SaidRow;

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// "Attempt 2", "Roll back, attempt 1".
    pub name: String,
    /// Its page with its log.
    pub url: String,
    /// How it stands.
    pub status: Status,
    /// Why, in a sentence; may be empty.
    pub message: String,
    /// When it began.
    pub started: When,
    /// How long it took, or has taken.
    pub time: Elapsed,
    /// Whether its log is shown.
    pub current: bool,
    /// The replica that runs it, where there may be several.
    pub machine: Option<String>,
}

/// A host of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRow {
    /// Its name.
    pub name: String,
    /// The account and where it is found.
    pub place: String,
    /// The page with its log.
    pub url: String,
    /// How it stands.
    pub status: Status,
    /// Why, in a sentence; may be empty.
    pub message: String,
    /// Whether its log is shown.
    pub current: bool,
}

/// A log.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "task_runs/_log.html")]
pub struct LogView {
    /// "Log of attempt 2".
    pub title: String,
    /// Which attempt that is.
    pub attempt: u32,
    /// The host of it, if that is not the first.
    pub host: Option<NonZero<u32>>,
    /// The page of the task, which a search asks.
    pub url: String,
    /// What was looked for; may be empty.
    pub find: String,
    /// What was found, or that the line that was asked for is not there.
    pub told: Option<String>,
    /// Whether it is read from its end on, and the page follows it.
    pub follows: bool,
    /// The lines before these, when there are too many for a page.
    pub earlier: Option<Action>,
    /// The page of the lines before a line, up to its number: for the script, which takes lines off a page that grows.
    pub earlier_url: String,
    /// In order.
    pub lines: Vec<LogLine>,
    /// The lines after these, when these are not the last, and the last.
    pub later: Vec<Action>,
    /// What asks for more, or says that it is over.
    pub more: LogMore,
    /// The whole log as text.
    pub download_url: Option<String>,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// 1 and up. Of lines that are not kept: the one that was asked for, or the first.
    pub number: u64,
    /// Its link, which names the attempt too; none in place of lines that are not kept.
    pub url: Option<String>,
    /// The time of day, and the day where that is another.
    pub time: ClockTime,
    /// Where it came from.
    pub source: LogSource,
    /// The line as HTML: escaped, with spans for the colours, made by the server and by nobody else.
    pub html: String,
}

/// Where a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogSource {
    /// The script: what it said on standard output and on standard error.
    Out,
    /// Tollgate itself.
    Tollgate,
    /// One of these, and it is the line that was asked for.
    Asked,
}

impl LogSource {
    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Out => "l",
            Self::Tollgate => "l us",
            Self::Asked => "l hit",
        }
    }
}

/// The end of a log: while it grows, it asks for what comes after the last line.
///
/// The answer to its URL is `LogTail`, or 204 when there is nothing new.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "task_runs/_log_more.html")]
pub struct LogMore {
    /// Answers what comes after the last line; none when the log is whole.
    pub refresh: Option<String>,
    /// Whether there is more already than one answer takes: then it is asked for at once.
    pub behind: bool,
    /// What is read at the end: "Running…", "The log ends here."
    pub text: String,
}

/// New lines and the new end.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "task_runs/_log_tail.html")]
pub struct LogTail {
    /// In order.
    pub lines: Vec<LogLine>,
    /// The new end.
    pub more: LogMore,
}

part!(TaskRunLive, LogView, LogMore, LogTail);
