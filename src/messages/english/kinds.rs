//! Words for what a task of each kind is to do.

use super::English;
use super::cause::failure_cause;
use super::grammar::counted;
use super::sources;
use crate::domain::commits::CommitsState;
use crate::domain::git::SourceState;
use crate::domain::kinds::{GitSource, HttpCheck, ManualApproval, Retry, StatusRange, VerifySpec, Wait};
use crate::format::written_duration;
use crate::messages::dialogs::DialogSentences as _;
use crate::messages::kinds::{InputLabel, KindSentences};

impl KindSentences for English {
    fn input_label(&self, label: InputLabel) -> &'static str {
        match label {
            InputLabel::Timeout => "Timeout",
            InputLabel::Tried => "Tried",
            InputLabel::Target | InputLabel::Environment => "Environment",
            InputLabel::WorkingFolder => "Working folder",
            InputLabel::WhenItFails => "When it fails",
            InputLabel::LeftRunning => "What it leaves running",
            InputLabel::Request => "Request",
            InputLabel::Expected => "Must be",
            InputLabel::Checked => "Checked",
            InputLabel::Waits => "Waits",
            InputLabel::VersionChange => "From → to",
            InputLabel::Application => "Application",
            InputLabel::Component => "Component",
            InputLabel::Version => "Version",
            InputLabel::Specification => "Specification",
            InputLabel::Changes => "Changes",
            InputLabel::Source => "Source",
            InputLabel::Commit => "Commit",
            InputLabel::Credential => "Opened by",
        }
    }

    fn timeout_planned(&self, seconds: u64) -> String {
        format!("Timeout {}", written_duration(seconds))
    }

    fn attempts_planned(&self, retry: Retry) -> String {
        format!("{} attempts, {} apart", retry.attempts, written_duration(retry.delay))
    }

    fn tried(&self, retry: Retry) -> String {
        match retry.attempts {
            1 => "once".to_owned(),
            attempts => format!("up to {attempts} times, {} apart", written_duration(retry.delay)),
        }
    }

    fn continue_planned(&self) -> &'static str {
        "The group goes on when it fails"
    }

    fn continues(&self) -> &'static str {
        "the group goes on"
    }

    fn leave_running_planned(&self) -> &'static str {
        "Processes that its script leaves go on running"
    }

    fn left_running(&self) -> &'static str {
        "goes on"
    }

    fn folder_planned(&self, folder: &str) -> String {
        format!("In the folder {folder}")
    }

    fn approvals_planned(&self, approval: &ManualApproval) -> String {
        format!("Needs the agreement of {}", self.deciders(approval.gate()))
    }

    fn starter_may_approve(&self) -> &'static str {
        "Who started the release may approve"
    }

    fn deadline_planned(&self, seconds: u64) -> String {
        format!("Deadline after {}", written_duration(seconds))
    }

    fn check_planned(&self, check: &str) -> String {
        format!("To check: {check}")
    }

    fn expected(&self, http: &HttpCheck) -> Vec<String> {
        let StatusRange { from, to } = http.status;
        let mut words = vec![if from == to { format!("Status {from}") } else { format!("Status {from} to {to}") }];
        words.extend(http.contains.as_ref().map(|text| format!("The body has `{text}` in it")));
        words.extend(http.matches.as_ref().map(|text| format!("The body matches `{text}`")));
        words.extend(http.json.as_ref().map(|json| format!("{} is `{}`", json.path, json.equals)));
        words.extend(http.under_ms.map(|most| format!("Answered within {most} ms")));
        words
    }

    fn target_planned(&self, environment: &str) -> String {
        format!("In {environment}")
    }

    fn script_ends_well(&self) -> &'static str {
        "The script ends with 0"
    }

    fn any_host_planned(&self) -> &'static str {
        "Answers may lead to another host"
    }

    fn repeated(&self, verify: &VerifySpec) -> String {
        let (every, within) = (written_duration(verify.every), written_duration(verify.within));
        match verify.holds {
            0 => format!("Every {every}, until it holds, within {within}"),
            holds => format!("Every {every}, until it has held for {}, within {within}", written_duration(holds)),
        }
    }

    fn component_planned(&self, component: &str, environment: &str, version: &str) -> String {
        format!("{component} in {environment}, version {version}")
    }

    fn update_planned(&self, component: &str, version: &str) -> String {
        format!("{component} to version {version}")
    }

    fn source_planned(&self, source: &GitSource) -> String {
        let GitSource { address, reference, folder, credential: _ } = source;
        let folder = folder.as_ref().map(|folder| format!(", folder {folder}")).unwrap_or_default();
        format!("{address} at {reference}{folder}")
    }

    fn kept_planned(&self, patterns: &[String]) -> String {
        format!("Keeps {}", patterns.join(", "))
    }

    fn source_state(&self, state: &SourceState) -> String {
        match state {
            SourceState::Pending => "is being looked up".to_owned(),
            SourceState::Commit(commit) => commit.id().to_owned(),
            SourceState::Unknown(cause) => format!("not known yet. {}", failure_cause(cause)),
        }
    }

    fn commit_of(&self, build: &str, planned: &str, state: &SourceState) -> String {
        format!("{build} builds {planned}: {}", self.source_state(state))
    }

    fn commits_title(&self, build: &str) -> String {
        format!("Commits of {build} since what runs now")
    }

    fn commits_told(&self, state: &CommitsState) -> String {
        match state {
            CommitsState::Pending => "They are being looked up.".to_owned(),
            CommitsState::Known(since) => sources::commits_since(since),
        }
    }

    fn source_on_card(&self, source: &GitSource, state: &SourceState) -> String {
        let reference = &source.reference;
        match state {
            SourceState::Pending => format!("{reference} → is being looked up"),
            SourceState::Commit(commit) if reference == commit.id() => commit.short().to_owned(),
            SourceState::Commit(commit) => format!("{reference} → {}", commit.short()),
            SourceState::Unknown(_) => format!("{reference} → not known yet"),
        }
    }

    fn unset_planned(&self, field: &str) -> String {
        format!("{field} unset")
    }

    fn lines_planned(&self, field: &str, lines: usize) -> String {
        format!("{field}: {}", counted(lines, "line"))
    }

    fn keeps_planned(&self) -> &'static str {
        "Left as it is if it exists"
    }

    fn updates_planned(&self) -> &'static str {
        "Updated if it exists"
    }

    fn wait_planned(&self, wait: &Wait) -> String {
        match wait {
            Wait::Seconds { seconds } => format!("For {}", written_duration(*seconds)),
            Wait::Clock { hour, minute, zone } => format!("Until {hour:02}:{minute:02} in {zone}"),
        }
    }

    fn waits(&self, wait: &Wait) -> String {
        match wait {
            Wait::Seconds { seconds } => written_duration(*seconds),
            Wait::Clock { hour, minute, zone } => format!("until {hour:02}:{minute:02} in {zone}"),
        }
    }
}
