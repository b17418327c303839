//! One release task, its people and its clock, without a store, an engine or a page.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Duration, TimeZone, Utc};
use tollgate::domain::decide::{self, Command, ExecutionRequest, NewIds, Selection};
use tollgate::domain::definition::Definition;
use tollgate::domain::event::Event;
use tollgate::domain::execution::{Execution, Moment, TaskState, Verdict};
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::ids::{ExecutionId, RegionId, ReleaseId, TaskRunId, TeamId, UserId};
use tollgate::domain::outcome::{Outcome, Outputs};
use tollgate::domain::people::{Actor, HeldRole, Role, User};
use tollgate::domain::places::Places;
use tollgate::domain::refusal::Refusal;
use tollgate::domain::release::Release;
use tollgate::domain::schedule;
use tollgate::domain::scripts::ScriptPermission;
use tollgate::domain::status::ReleaseStatus;

use crate::notation;

/// The team of everything here.
pub const TEAM: TeamId = TeamId::from_u128(7);

/// A release task, the time, and all that happened.
pub struct World {
    pub release: Release,
    pub now: Moment,
    pub log: Vec<(Moment, Event)>,
    /// The last execution as it was before its first event.
    pub fresh: Option<Execution>,
    /// Which tasks have a place to run their script.
    pub places: Places,
    /// The execution of which the last one took the place, if it did.
    pub closed: Option<Execution>,
    /// What closed it.
    pub closing: Vec<(Moment, Event)>,
}

/// Monday at noon, UTC: second 0 of every test.
pub fn start() -> Moment {
    let noon: Option<DateTime<Utc>> = Utc.with_ymd_and_hms(2026, 1, 5, 12, 0, 0).single();
    noon.expect("the day has a noon")
}

/// Somebody with those roles in the team; `administrator` and `stranger` are words too.
pub fn user(name: &str, roles: &str) -> User {
    let held = roles.split(',').filter_map(Role::from_word).map(|role| HeldRole { team: TEAM, role }).collect();
    let id = UserId::from_u128(name.bytes().fold(0, |sum, byte| sum * 251 + u128::from(byte)));
    User { id, name: name.to_owned(), administrator: roles.contains("administrator"), roles: held }
}

/// A user of this name holds the role of this name: `operator`, `approver2`, `administrator`, `starter`.
pub fn person(name: &str) -> User {
    match name {
        "starter" => user(name, "operator,approver"),
        _ => user(name, name.trim_end_matches(char::is_numeric)),
    }
}

/// An outcome by its word.
pub fn outcome(word: &str) -> Outcome {
    let cause = FailureCause::Text(format!("It {word}."));
    match word {
        "succeeds" => Outcome::Succeeded { outputs: Outputs::new() },
        "fails" => Outcome::Failed { cause },
        "errors" => Outcome::Errored { cause },
        "times-out" => Outcome::TimedOut { seconds: 600 },
        "is-interrupted" => Outcome::Interrupted { cause },
        "is-stopped" => Outcome::Stopped,
        _ => panic!("no such outcome: {word}"),
    }
}

/// Agree or reject at that checkpoint.
pub fn decision(task: &str, verdict: Verdict, comment: &str) -> Command {
    Command::Decide { task: task.to_owned(), verdict, comment: comment.to_owned() }
}

impl World {
    pub fn of(definition: Definition) -> Self {
        let release = Release {
            id: ReleaseId::from_u128(1),
            region_id: RegionId::from_u128(2),
            team_id: TEAM,
            scripts: ScriptPermission::Granted,
            name: "shop".to_owned(),
            description: String::new(),
            created_by: Actor::Tollgate,
            created_at: start(),
            version: 1,
            edited_by: Actor::Tollgate,
            definition: Arc::new(definition),
            last: None,
            deleted_at: None,
            rev: 0,
        };
        Self::holding(release)
    }

    /// A release task as it is, of which nothing is known that happened before.
    pub fn holding(release: Release) -> Self {
        Self {
            release,
            now: start(),
            log: Vec::new(),
            fresh: None,
            places: Places::All,
            closed: None,
            closing: Vec::new(),
        }
    }

    pub fn written(text: &str) -> Self {
        Self::of(notation::definition(text))
    }

    pub fn execution(&self) -> &Execution {
        self.release.last.as_ref().expect("it was executed")
    }

    pub fn execution_mut(&mut self) -> &mut Execution {
        self.release.last.as_mut().expect("it was executed")
    }

    pub fn status(&self) -> ReleaseStatus {
        self.release.status()
    }

    pub fn index(&self, task: &str) -> usize {
        self.execution().index(task).unwrap_or_else(|| panic!("no task {task}"))
    }

    /// Starts an execution; nothing of it is under way yet.
    pub fn execute_only(&mut self, by: &User, chosen: Option<&[&str]>) -> Result<(), Refusal> {
        let selection = chosen.map_or(Selection::All, |names| {
            Selection::Only(names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>())
        });
        self.begin(by, &ExecutionRequest::newest(&self.release, &selection))
    }

    /// Starts an execution in the place of the one that waits; nothing of it is under way yet.
    pub fn supersede_only(&mut self, by: &User) -> Result<(), Refusal> {
        let request = ExecutionRequest::newest(&self.release, &Selection::All);
        self.begin(by, &ExecutionRequest { supersedes: Some(self.release.last_number()), ..request })
    }

    fn begin(&mut self, by: &User, request: &ExecutionRequest) -> Result<(), Refusal> {
        let mut last_id = 100;
        let mut task_run = || {
            last_id += 1;
            TaskRunId::from_u128(last_id)
        };
        let ids = NewIds { execution: ExecutionId::from_u128(100), task_run: &mut task_run };
        let begun = decide::execute(&self.release, request, by, self.now, ids)?;
        self.log.clear();
        begun.closing.into_iter().for_each(|event| self.record(event));
        self.closed = self.release.last.take().filter(|_| !self.log.is_empty());
        self.closing = std::mem::take(&mut self.log);
        self.fresh = Some(begun.execution.clone());
        self.release.last = Some(begun.execution);
        self.record(begun.event);
        Ok(())
    }

    /// Starts an execution and what is due of it.
    pub fn execute(&mut self, by: &User) {
        self.execute_only(by, None).expect("an execution starts");
        self.advance();
    }

    /// What `by` asks, recorded; nothing that follows is under way yet.
    pub fn ask_only(&mut self, by: &User, command: &Command) -> Result<(), Refusal> {
        let events = decide::decide(&self.release, by, command, self.now)?;
        for event in events {
            self.record(event);
        }
        Ok(())
    }

    /// What `by` asks, and what is due then.
    pub fn ask(&mut self, by: &User, command: &Command) -> Result<(), Refusal> {
        self.ask_only(by, command)?;
        self.advance();
        Ok(())
    }

    /// That attempt at that task ends; nothing that follows is under way yet.
    pub fn report_attempt(&mut self, task: usize, attempt: u32, outcome: Outcome) -> Result<(), Refusal> {
        let event = decide::attempt_ended(self.execution(), task, attempt, outcome, self.now)?;
        self.record(event);
        Ok(())
    }

    /// The last attempt at that task ends; nothing that follows is under way yet.
    pub fn report_only(&mut self, task: usize, outcome: Outcome) -> Result<(), Refusal> {
        self.report_attempt(task, self.execution().tasks[task].attempt, outcome)
    }

    /// The last attempt at that task ends, and what is due then.
    pub fn report(&mut self, task: usize, outcome: Outcome) -> Result<(), Refusal> {
        self.report_only(task, outcome)?;
        self.advance();
        Ok(())
    }

    /// The attempt under way at the task of that name ends, said by a word.
    pub fn ends(&mut self, task: &str, word: &str) {
        self.report(self.index(task), outcome(word)).expect("the attempt is under way");
    }

    /// Every attempt under way succeeds, and so do those that follow, until people or the clock are waited for.
    pub fn work(&mut self) {
        while let Some(task) = self.in_flight().first() {
            self.report(*task, outcome("succeeds")).expect("the attempt is under way");
        }
    }

    /// Tasks with an attempt of a worker under way: not waits, which the clock ends.
    pub fn in_flight(&self) -> Vec<usize> {
        let waits = |state: &TaskState| matches!(state, TaskState::Running { until: Some(_), .. });
        let runs = self.execution().tasks.iter().enumerate();
        runs.filter(|(_, run)| run.state.in_flight().is_some() && !waits(&run.state)).map(|(task, _)| task).collect()
    }

    pub fn pass(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
        self.advance();
    }

    /// Carries out what is due.
    pub fn advance(&mut self) {
        let now = self.now;
        let Release { last, scripts, .. } = &mut self.release;
        if let Some(execution) = last {
            let events = schedule::advance(execution, now, scripts, &self.places);
            self.log.extend(events.into_iter().map(|event| (now, event)));
        }
    }

    fn record(&mut self, event: Event) {
        let now = self.now;
        self.execution_mut().apply(&event, now);
        self.log.push((now, event));
    }
}
