//! Simulated people, who ask for what their page offers most of the time, and anything at all otherwise, from old pages too.

use std::collections::BTreeSet;
use std::sync::Arc;

use tollgate::app::{App, AppError, Caller, ExecuteChoice, Imported, ReleaseContent};
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::definition::Definition;
use tollgate::domain::execution::{Execution, Verdict};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::policy;
use tollgate::domain::precondition::Expected;
use tollgate::domain::release::Release;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::ReleaseStatus as Status;

use crate::random::{PEOPLE, command_of};
use crate::rng::Rng;
use crate::world::{decision, person};

/// Something that a person asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub who: &'static str,
    pub release: usize,
    pub seen: Expected,
    pub what: Wish,
}

#[derive(Debug, Clone)]
pub enum Wish {
    Execute(Selection),
    /// Execute in the place of the execution of that number.
    Supersede(u32),
    Ask(Command),
    Edit(Arc<Definition>),
    Delete,
}

/// What they are told.
#[derive(Debug)]
pub enum Answer {
    Executed(u32),
    Did(Box<Execution>),
    Edited(Imported),
    Deleted,
    No(AppError),
}

impl Asked {
    /// Somebody's wish, who looks at the release task as it is.
    pub fn any(rng: &Rng, index: usize, release: &Release, other: &Arc<Definition>) -> Self {
        let seen = match rng.below(3) {
            0 => Expected::default(),
            _ => seen(release),
        };
        let (who, what) = if rng.per_mille(400) { anything(rng, release) } else { offered(rng, release, other) };
        Self { who, release: index, seen, what }
    }

    /// Asks the operations.
    pub async fn ask(self, app: App, release: ReleaseId, name: String, owner: ReleaseOwner) -> Answer {
        let caller = Caller::User { user: person(self.who).into(), address: "192.0.2.7".parse().ok() };
        let answer = match self.what {
            Wish::Execute(selection) => {
                app.execute_from(&caller, release, self.seen, &selection).await.map(Answer::Executed)
            }
            Wish::Supersede(number) => {
                let choice = ExecuteChoice { supersedes: Some(number), ..(&Selection::All).into() };
                app.execute_from(&caller, release, self.seen, choice).await.map(Answer::Executed)
            }
            Wish::Ask(command) => {
                let done = app.ask_from(&caller, release, self.seen, &command).await;
                done.map(|execution| Answer::Did(Box::new(execution)))
            }
            Wish::Edit(definition) => {
                let draft = ReleaseContent { name, description: String::new(), definition: (*definition).clone() };
                app.import(&Caller::CommandLine, owner, &draft).await.map(Answer::Edited)
            }
            Wish::Delete => app.delete(&caller, release).await.map(|()| Answer::Deleted),
        };
        answer.unwrap_or_else(Answer::No)
    }

    pub fn told(&self) -> String {
        let Self { who, release, seen, what } = self;
        let what = match what {
            Wish::Execute(Selection::All) => "execute".to_owned(),
            Wish::Execute(Selection::Only(tasks)) => format!("execute {tasks:?}"),
            Wish::Supersede(number) => format!("execute in the place of {number}"),
            Wish::Ask(Command::Decide { task, verdict, comment }) => format!("{verdict:?} {task} {comment:?}"),
            Wish::Ask(command) => format!("{command:?}"),
            Wish::Edit(_) => "edit".to_owned(),
            Wish::Delete => "delete".to_owned(),
        };
        let Expected { execution, version, round } = seen;
        format!("{who} asks r{release}: {what}, having seen {execution:?} {version:?} {round:?}")
    }
}

/// What a page shows of it now.
pub fn seen(release: &Release) -> Expected {
    let execution = release.last_number();
    Expected { execution: Some(execution), version: Some(release.version), round: None }
}

/// Anything, by anybody.
fn anything(rng: &Rng, release: &Release) -> (&'static str, Wish) {
    let who = *rng.pick(&PEOPLE);
    let tasks: Vec<String> = release.definition.tasks().map(|(_, task)| task.name.clone()).collect();
    let what = rng.below(12);
    if what == 10 {
        return (who, Wish::Execute(selection(rng, &tasks)));
    }
    if what == 11 {
        return (who, Wish::Supersede(release.last_number()));
    }
    let comment = if rng.per_mille(700) { "Because." } else { "" };
    (who, Wish::Ask(command_of(what, &tasks[rng.below(tasks.len())], comment)))
}

fn selection(rng: &Rng, tasks: &[String]) -> Selection {
    if rng.per_mille(500) {
        return Selection::All;
    }
    let chosen: BTreeSet<String> = tasks.iter().filter(|_| rng.per_mille(800)).cloned().collect();
    Selection::Only(chosen)
}

/// What a page offers to somebody who may.
fn offered(rng: &Rng, release: &Release, other: &Arc<Definition>) -> (&'static str, Wish) {
    let starter = *rng.pick(&["starter", "operator"]);
    let execute = || Wish::Execute(Selection::All);
    let edit = || Wish::Edit(Arc::clone(other));
    let ask = Wish::Ask;
    let choices = match release.status() {
        Status::ToRelease => vec![(9, execute()), (1, edit())],
        Status::Running | Status::ToBeApproved | Status::Retrying => {
            if let Some(decides) = decides(rng, release).filter(|_| rng.per_mille(800)) {
                return decides;
            }
            let waits = release.status() == Status::ToBeApproved && release.definition.supersede;
            let supersede = if waits { 4 } else { 0 };
            vec![
                (3, ask(Command::Pause)),
                (1, ask(Command::Terminate)),
                (supersede, Wish::Supersede(release.last_number())),
            ]
        }
        Status::Paused | Status::Pausing => vec![(5, ask(Command::Continue)), (1, ask(Command::Terminate))],
        Status::ReleaseFailed => {
            let last = release.last.as_ref().unwrap();
            let failed = (0..last.tasks.len()).find(|index| policy::skippable(last, *index).is_ok());
            let skip = failed
                .map(|index| Command::Skip { task: last.tasks[index].name.clone(), comment: "Not needed.".to_owned() });
            vec![
                (5, ask(Command::Retry)),
                (2, ask(skip.unwrap_or(Command::Retry))),
                (2, ask(Command::RollBack)),
                (1, execute()),
                (1, edit()),
            ]
        }
        Status::Successful => vec![(4, ask(Command::RollBack)), (8, execute()), (2, edit()), (1, Wish::Delete)],
        Status::RolledBack => vec![(4, execute()), (1, edit())],
        Status::RollbackFailed => vec![(3, ask(Command::RollBack)), (1, execute())],
        Status::RollingBack => vec![(1, ask(Command::Terminate)), (1, ask(Command::Retry))],
    };
    (starter, rng.weighted(choices))
}

/// A decision on a checkpoint that waits, by somebody who may.
fn decides(rng: &Rng, release: &Release) -> Option<(&'static str, Wish)> {
    let last = release.last.as_ref()?;
    let open: Vec<usize> = (0..last.tasks.len()).filter(|task| policy::checkpoint_waits(last, *task).is_ok()).collect();
    if open.is_empty() {
        return None;
    }
    let task = *rng.pick(&open);
    let may: Vec<&'static str> =
        PEOPLE.into_iter().filter(|name| policy::standing(&person(name), last, task).is_ok()).collect();
    let who = if may.is_empty() { "administrator" } else { *rng.pick(&may) };
    let verdict = if rng.per_mille(850) { Verdict::Agree } else { Verdict::Reject };
    Some((who, Wish::Ask(decision(&last.tasks[task].name, verdict, "Seen."))))
}
