//! People who see a release through, whatever happens to the server: they look at the page, do what is to be done, and when
//! no answer comes they look again and try again.

use std::time::{Duration, Instant};

use tollgate::domain::event::Event;
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::Happened;

use crate::browser::{Browser, Page};
use crate::flow;
use crate::installation::{Installation, People};

/// What people do in a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Execute,
    Pause,
    Continue,
    Agree,
    Confirm,
    Retry,
    RollBack,
}

/// What became of a look at the release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The server gave no answer, or it had no database.
    Away,
    /// There is nothing to do but to wait.
    Waits,
    /// Something was done, or found to be done already.
    Acted,
    /// It is over.
    Over,
}

/// One execution of a release task, and what was answered about it.
pub struct Release {
    pub id: ReleaseId,
    pub number: u32,
    /// What the server said it did.
    pub answered: Vec<Act>,
    begun: Instant,
}

impl Release {
    /// The execution of that number, which is yet to come.
    pub fn new(id: ReleaseId, number: u32) -> Self {
        Self { id, number, answered: Vec::new(), begun: Instant::now() }
    }

    /// Looks at it, and does the next thing.
    pub async fn look(&mut self, here: &Installation, people: &People) -> Look {
        match tries(&people.operator, &self.page()).await {
            None => return Look::Away,
            Some(page) if page.status == 503 => return Look::Away,
            Some(page) => assert_eq!(page.status, 200, "{}", page.text),
        }
        let execution = here.reads(async |store| store.execution_numbered(self.id, self.number).await).await;
        self.what_was_answered_is_there(here, execution.as_ref()).await;
        let Some(act) = next(here, execution.as_ref()).await else {
            let over = execution.is_some_and(|execution| execution.status() == ReleaseStatus::RolledBack);
            return if over { Look::Over } else { Look::Waits };
        };
        match self.asks(people, execution.as_ref(), act).await {
            None => Look::Away,
            // Nothing was done, or nobody knows: one looks again.
            Some(page) if page.status == 503 => Look::Away,
            Some(page) => {
                match page.status {
                    303 => self.answered.push(act),
                    // It was done already, without an answer: or the engine went on between the look and the click.
                    409 => {}
                    other => panic!("{act:?} is answered with {other}: {}", page.text),
                }
                Look::Acted
            }
        }
    }

    /// Fails when it should long be over.
    pub async fn is_not_late(&self, here: &Installation) {
        if self.begun.elapsed() > Duration::from_mins(2) {
            let execution = here.db.store.execution_numbered(self.id, self.number).await;
            panic!("it does not come to its end: {execution:?}\n{}", here.server_log());
        }
    }

    /// Everything that was answered is in the audit, once for each answer or once for a try that was not answered.
    async fn what_was_answered_is_there(&self, here: &Installation, execution: Option<&Execution>) {
        let audit = match execution {
            Some(execution) => here.audit_of(execution.id).await,
            None => Vec::new(),
        };
        for act in &self.answered {
            let answers = self.answered.iter().filter(|answered| *answered == act).count();
            let found = audit.iter().filter(|activity| is(&activity.happened) == Some(*act)).count();
            assert!(found >= answers, "{act:?} was answered {answers} times and is there {found} times");
        }
    }

    async fn asks(&self, people: &People, execution: Option<&Execution>, act: Act) -> Option<Page> {
        let seen = self.number.to_string();
        let operation = |word: &str| format!("{}/{word}", self.page());
        let decision = |task: &str| format!("{}/executions/{}/tasks/{task}/decision", self.page(), self.number);
        let (who, path, form): (&Browser, String, Vec<(&str, String)>) = match act {
            Act::Execute => {
                let mut form: Vec<(&str, String)> = flow::TASKS.map(|task| ("task", task.to_owned())).to_vec();
                form.push(("execution", (self.number - 1).to_string()));
                (&people.operator, operation("execute"), form)
            }
            Act::Pause => (&people.operator, operation("pause"), vec![("execution", seen)]),
            Act::Continue => (&people.operator, operation("continue"), vec![("execution", seen)]),
            Act::Retry => (&people.operator, operation("retry"), vec![("execution", seen)]),
            Act::RollBack => (&people.operator, operation("roll-back"), vec![("execution", seen)]),
            Act::Agree | Act::Confirm => {
                let task = if act == Act::Agree { "go-live" } else { "switch-over" };
                let execution = execution.unwrap();
                let round = execution.tasks[execution.index(task).unwrap()].round.to_string();
                let mut form = vec![("verdict", "agree".to_owned()), ("round", round)];
                if act == Act::Agree {
                    form.push(("comment", "looked at it".to_owned()));
                }
                (&people.approver, decision(task), form)
            }
        };
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = [("sec-fetch-site", "same-origin")];
        who.tries(reqwest::Method::POST, &path, &headers, &body).await.ok()
    }

    fn page(&self) -> String {
        format!("/regions/eu-west/release-tasks/{}", self.id)
    }
}

impl Installation {
    /// The first execution of the release task, which nothing disturbs: what the audit says of it.
    pub async fn undisturbed(&self, name: &str, release: ReleaseId, people: &People) -> Vec<String> {
        let mut undisturbed = Release::new(release, 1);
        while undisturbed.look(self, people).await != Look::Over {
            undisturbed.is_not_late(self).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let execution = self.execution(release, 1).await;
        let expected = flow::told(&self.audit_of(execution.id).await);
        self.is_as_if_nothing_had_happened(name, &execution, &expected).await;
        expected
    }
}

/// What is to be done next; nothing while the release goes on by itself, and when it is over.
async fn next(here: &Installation, execution: Option<&Execution>) -> Option<Act> {
    let Some(execution) = execution else { return Some(Act::Execute) };
    match execution.status() {
        ReleaseStatus::ToBeApproved if asks(execution, "switch-over") => Some(Act::Confirm),
        ReleaseStatus::ToBeApproved => {
            let audit = here.audit_of(execution.id).await;
            let paused = audit.iter().any(|activity| is(&activity.happened) == Some(Act::Pause));
            Some(if paused { Act::Agree } else { Act::Pause })
        }
        ReleaseStatus::Paused => Some(Act::Continue),
        ReleaseStatus::ReleaseFailed => Some(Act::Retry),
        ReleaseStatus::Successful | ReleaseStatus::RollbackFailed => Some(Act::RollBack),
        ReleaseStatus::ToRelease
        | ReleaseStatus::Running
        | ReleaseStatus::Pausing
        | ReleaseStatus::Retrying
        | ReleaseStatus::RollingBack
        | ReleaseStatus::RolledBack => None,
    }
}

fn asks(execution: &Execution, task: &str) -> bool {
    execution.tasks[execution.index(task).unwrap()].state.asking().is_some()
}

/// Which act an event is the trace of.
fn is(happened: &Happened) -> Option<Act> {
    let Happened::Execution(event) = happened else { return None };
    match event {
        Event::Executed { .. } => Some(Act::Execute),
        Event::PauseAsked => Some(Act::Pause),
        Event::Continued => Some(Act::Continue),
        Event::Decided { name, .. } if name == "go-live" => Some(Act::Agree),
        Event::Decided { .. } => Some(Act::Confirm),
        Event::RetryAsked { .. } => Some(Act::Retry),
        Event::RollBackAsked => Some(Act::RollBack),
        _ => None,
    }
}

async fn tries(browser: &Browser, path: &str) -> Option<Page> {
    browser.tries(reqwest::Method::GET, path, &[], "").await.ok()
}
