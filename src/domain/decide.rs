//! Decides commands of people and reports of workers: answers the events that follow. Nothing is changed here.

use chrono::Duration;

use super::blanking;
use super::event::{Event, GateOutcome};
use super::execution::{
    AttemptKind, Decision, DecisionAuthority, Direction, Execution, Intent, Moment, SkipReason, Supersession, TaskRun,
    TaskState, Verdict,
};
use super::failure_cause::FailureCause;
use super::ids::{ExecutionId, TaskRunId};
use super::outcome::Outcome;
use super::people::{Actor, User};
use super::policy::{self, PolicyInput};
use super::refusal::{Change, CommentFor, Operation, Refusal};
use super::release::{Release, SavedVersion};
use super::schedule;
pub use super::selection::Selection;
use super::status::ReleaseStatus;
use super::variables::{self, VariableValues};
use super::visible;

/// The most characters of a comment.
pub const MAX_COMMENT_LEN: usize = 2000;

/// What a person asks of the last execution of a release task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Agree to or reject a checkpoint.
    Decide {
        /// Name of the checkpoint.
        task: String,
        /// What they say.
        verdict: Verdict,
        /// In their words.
        comment: String,
    },
    /// Start nothing more.
    Pause,
    /// Go on.
    Continue,
    /// Stop everything.
    Terminate,
    /// Run again what failed.
    Retry,
    /// As retry, without this failed task.
    Skip {
        /// Its name.
        task: String,
        /// Why.
        comment: String,
    },
    /// Undo what was changed.
    RollBack,
}

impl Command {
    /// The operation that it asks for.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Decide { .. } => Operation::Decide,
            Self::Pause => Operation::Pause,
            Self::Continue => Operation::Continue,
            Self::Terminate => Operation::Terminate,
            Self::Retry => Operation::Retry,
            Self::Skip { .. } => Operation::Skip,
            Self::RollBack => Operation::RollBack,
        }
    }
}

/// What follows from what `user` asks of the last execution of `release` now.
pub fn decide(release: &Release, user: &User, command: &Command, now: Moment) -> Result<Vec<Event>, Refusal> {
    let operation = command.operation();
    if operation != Operation::Decide {
        policy::check(user, release.into(), operation)?;
    }
    policy::check_not_deleted(release.into())?;
    let Some(execution) = &release.last else {
        return Err(Refusal::NotNow { operation, status: release.status() });
    };
    blanking::check_again(execution, operation)?;
    match command {
        Command::Decide { task, verdict, comment } => {
            decide_checkpoint(execution, user, task, *verdict, comment, now).map(|event| vec![event])
        }
        Command::Pause => Ok(vec![Event::PauseAsked]),
        Command::Continue => Ok(vec![Event::Continued]),
        Command::Terminate => Ok(vec![Event::TerminateAsked]),
        Command::Retry => Ok(vec![Event::RetryAsked { by: Some(user.into()) }]),
        Command::RollBack => Ok(vec![Event::RollBackAsked]),
        Command::Skip { task, comment } => {
            let index = index_of(execution, task)?;
            policy::skippable(execution, index)?;
            let comment = checked(comment, Some(CommentFor::Skip))?;
            let why = SkipReason::ByPerson { by: user.into(), comment };
            Ok(vec![Event::TaskSkipped { task: index, name: task.clone(), why }])
        }
    }
}

fn decide_checkpoint(
    execution: &Execution,
    user: &User,
    task: &str,
    verdict: Verdict,
    comment: &str,
    now: Moment,
) -> Result<Event, Refusal> {
    let index = index_of(execution, task)?;
    let Some(gate) = execution.spec(index).kind.gate() else {
        return Err(Refusal::NoSuchTask { task: task.to_owned() });
    };
    let standing = policy::decidable(user, execution, index, now)?;
    let run = &execution.tasks[index];
    let needed = match (standing, verdict) {
        (DecisionAuthority::Override, _) => Some(CommentFor::Override),
        (DecisionAuthority::Approver, Verdict::Reject) if gate.asks_reason => Some(CommentFor::Reject),
        (DecisionAuthority::Approver, Verdict::Agree | Verdict::Reject) => None,
    };
    let by = Actor::from(user);
    let comment = checked(comment, needed)?;
    let decision = Decision { round: run.round, by, verdict, standing, comment, at: now, environments: Vec::new() };
    let enough = run.agreed() + 1 >= gate.needed();
    let outcome = match (verdict, standing) {
        (Verdict::Reject, _) => GateOutcome::Rejected,
        (Verdict::Agree, DecisionAuthority::Override) => GateOutcome::Passed,
        (Verdict::Agree, DecisionAuthority::Approver) if enough => GateOutcome::Passed,
        (Verdict::Agree, DecisionAuthority::Approver) => GateOutcome::StillOpen,
    };
    Ok(Event::Decided { task: index, name: task.to_owned(), decision, gate: outcome })
}

/// What follows from how an attempt ended. `StaleAttempt` when it is not under way any more.
pub fn attempt_ended(
    execution: &Execution,
    task: usize,
    attempt: u32,
    outcome: Outcome,
    now: Moment,
) -> Result<Event, Refusal> {
    let Some(run) = execution.tasks.get(task) else { return Err(Refusal::StaleAttempt) };
    let Some((current, kind)) = run.state.in_flight() else { return Err(Refusal::StaleAttempt) };
    if current != attempt {
        return Err(Refusal::StaleAttempt);
    }
    let terminating = policy::is_terminating(execution);
    let outcome = match outcome {
        Outcome::Stopped if !terminating => Outcome::Interrupted { cause: FailureCause::StoppedFromOutside },
        Outcome::Stopped
        | Outcome::Succeeded { .. }
        | Outcome::Failed { .. }
        | Outcome::TimedOut { .. }
        | Outcome::Errored { .. }
        | Outcome::Interrupted { .. } => outcome,
    };
    let again_at = again_at(execution, task, kind, &outcome, now);
    Ok(Event::AttemptEnded { task, name: run.name.clone(), attempt, kind, outcome, again_at })
}

/// When the retry policy tries again. What was interrupted is never repeated on a guess.
fn again_at(execution: &Execution, task: usize, kind: AttemptKind, outcome: &Outcome, now: Moment) -> Option<Moment> {
    let retry = execution.spec(task).kind.retry();
    let expected = match kind {
        AttemptKind::Do => Direction::Forward,
        AttemptKind::Undo => Direction::Back,
    };
    let may = match outcome {
        Outcome::Failed { .. } | Outcome::TimedOut { .. } | Outcome::Errored { .. } => true,
        Outcome::Succeeded { .. } | Outcome::Interrupted { .. } | Outcome::Stopped => false,
    };
    let goes_on = execution.direction == expected
        && execution.intent != Intent::Terminate
        && !schedule::is_halted(execution)
        && execution.tasks[task].tries < retry.attempts;
    (may && goes_on).then(|| now + Duration::seconds(i64::try_from(retry.delay).unwrap_or(0)))
}

/// Keys for a new execution: these rules make none themselves.
pub struct NewIds<'a> {
    /// Of the execution.
    pub execution: ExecutionId,
    /// Makes one for each of its tasks.
    pub task_run: &'a mut dyn FnMut() -> TaskRunId,
}

/// What somebody who starts an execution chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartChoice {
    /// Which tasks.
    pub selection: Selection,
    /// The variables that they give, as they were typed. The others have their defaults.
    pub variables: VariableValues,
}

impl From<&Selection> for StartChoice {
    fn from(selection: &Selection) -> Self {
        Self { selection: selection.clone(), variables: VariableValues::new() }
    }
}

/// What somebody asks to be executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionRequest {
    /// The version.
    pub version: SavedVersion,
    /// Which of its tasks, and with which values.
    pub choice: StartChoice,
    /// The number of the execution that waits, and that they were told the new one closes.
    pub supersedes: Option<u32>,
}

impl ExecutionRequest {
    /// The newest version.
    pub fn newest(release: &Release, choice: impl Into<StartChoice>) -> Self {
        Self { version: release.newest(), choice: choice.into(), supersedes: None }
    }
}

/// An execution that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunExecution {
    /// It.
    pub execution: Execution,
    /// What happened to it so far.
    pub event: Event,
    /// What happens to the last execution before it: nothing, or it is closed.
    pub closing: Vec<Event>,
}

/// A new execution of a version of `release`, and what happened.
pub fn execute(
    release: &Release,
    request: &ExecutionRequest,
    user: &User,
    now: Moment,
    ids: NewIds<'_>,
) -> Result<BegunExecution, Refusal> {
    let definition = &request.version.definition;
    policy::check(user, PolicyInput::executing(release, definition), Operation::Execute)?;
    let waiting = waiting(release, request.supersedes)?;
    request.choice.selection.check(definition)?;
    let variables = variables::resolve(&definition.variables, &request.choice.variables)
        .map_err(|problems| Refusal::Variables { problems })?;
    blanking::check_execute(definition, &request.choice.selection, &variables)?;
    let choice = StartChoice { variables, ..request.choice.clone() };
    let begun = begin(release, &ExecutionRequest { choice, ..request.clone() }, user, now, ids);
    let by = Supersession { by: user.into(), execution: begun.execution.number };
    let superseded =
        waiting.map(|_| vec![Event::Superseded(by), Event::Ended { status: ReleaseStatus::ReleaseFailed }]);
    Ok(BegunExecution { closing: superseded.unwrap_or_default(), ..begun })
}

/// The execution that waits and is to be closed, if there is one. Nobody closes one without having been told of it.
fn waiting(release: &Release, told: Option<u32>) -> Result<Option<&Execution>, Refusal> {
    let waiting = release.last.as_ref().filter(|last| last.ended_at.is_none());
    match (waiting, told) {
        (None, _) => Ok(None),
        (Some(last), Some(told)) if told == last.number => Ok(Some(last)),
        (Some(last), Some(seen)) => Err(Refusal::OldPage { change: Change::Executed { seen, last: last.number } }),
        (Some(last), None) => Err(Refusal::WouldSupersede { execution: last.number }),
    }
}

/// The execution that a request comes to, whether it may be made or not, with the very values that it has.
pub fn begin(
    release: &Release,
    request: &ExecutionRequest,
    user: &User,
    now: Moment,
    ids: NewIds<'_>,
) -> BegunExecution {
    let NewIds { execution: id, task_run: new_id } = ids;
    let SavedVersion { number: version, definition, saved_by: editor } = &request.version;
    let tasks: Vec<TaskRun> = definition
        .tasks()
        .map(|(place, task)| {
            let skipped = TaskState::Skipped { why: SkipReason::NotSelected };
            let state = if request.choice.selection.has(&task.name) { TaskState::Waiting } else { skipped };
            TaskRun::untouched(new_id(), place, task.name.clone(), state)
        })
        .collect();
    let skipped = tasks.iter().filter(|task| task.state != TaskState::Waiting).count();
    let number = release.last_number() + 1;
    let mut execution = Execution {
        id,
        release_id: release.id,
        team_id: release.team_id,
        number,
        version: *version,
        definition: definition.clone(),
        variables: request.choice.variables.clone(),
        started_by: user.into(),
        starters: Vec::new(),
        started_at: now,
        ended_at: None,
        direction: Direction::Forward,
        intent: Intent::Run,
        tasks,
        rev: 0,
        files_removed_at: None,
    };
    let edited_by = (matches!(editor, Actor::Person { .. }) && !editor.is(user)).then(|| editor.clone());
    let supersedes = waiting(release, request.supersedes).ok().flatten().map(|last| last.number);
    let variables = request.choice.variables.clone();
    let event = Event::Executed { number, version: *version, skipped, variables, edited_by, supersedes };
    execution.apply(&event, now);
    BegunExecution { execution, event, closing: Vec::new() }
}

fn index_of(execution: &Execution, task: &str) -> Result<usize, Refusal> {
    execution.index(task).ok_or_else(|| Refusal::NoSuchTask { task: task.to_owned() })
}

fn checked(comment: &str, needed: Option<CommentFor>) -> Result<String, Refusal> {
    // It is shown in terminals and given to scripts in their environment, neither of which can have every character.
    let readable = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    let comment: String = comment.chars().filter(readable).collect();
    let comment = comment.trim();
    // What nobody can see says nothing.
    let comment = if visible::is_blank(comment) { "" } else { comment };
    if let (true, Some(to)) = (comment.is_empty(), needed) {
        return Err(Refusal::CommentNeeded { to });
    }
    if comment.chars().count() > MAX_COMMENT_LEN {
        return Err(Refusal::CommentTooLong { most: MAX_COMMENT_LEN });
    }
    Ok(comment.to_owned())
}
