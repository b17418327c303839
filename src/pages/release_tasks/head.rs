//! The head of a release task's page: name, status, facts, the actions allowed now, and what to know first.

use super::detail::ExecutionDetail;
use super::process;
use super::view::{ReleaseHead, Tab};
use crate::domain::execution::{Execution, Intent};
use crate::domain::refusal::Operation;
use crate::domain::status::{ReleaseStatus, TaskStatus};
use crate::domain::{phase_summary, policy, retention};
use crate::messages::{Locale, release_status};
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::{TabName, with_query};
use crate::pages::components::{
    Action, ActionStyle, Crumbs, Elapsed, Fact, FactValue, Link, Look, Menu, Notice, NoticeItem, Status, When, shown,
    urls,
};

/// The head of the release task's own page.
pub fn of_release(subject: &Subject, detail: &ExecutionDetail) -> ReleaseHead {
    let release = &subject.release;
    let last = release.last.as_ref();
    ReleaseHead {
        crumbs: Crumbs::new(vec![list_link(subject)], release.name.clone()),
        title: release.name.clone(),
        status: status(release.status(), last),
        edited: last.and_then(|last| edited(subject, last)),
        description: (!release.description.is_empty()).then(|| release.description.clone()),
        facts: facts(subject, last, detail),
        actions: actions(subject),
        menu: menu(subject),
    }
}

/// The head of the page of one execution.
pub fn of_execution(subject: &Subject, execution: &Execution, detail: &ExecutionDetail) -> ReleaseHead {
    let release = &subject.release;
    let here = format!("Execution #{}", execution.number);
    let acts = subject.is_last(execution);
    ReleaseHead {
        crumbs: Crumbs::new(
            vec![
                list_link(subject),
                Link::new(release.name.clone(), subject.urls().show()),
                Link::new("Execution Records", subject.urls().tab(TabName::Executions)),
            ],
            format!("#{}", execution.number),
        ),
        title: format!("{}, {}", release.name, here.to_lowercase()),
        status: status(execution.status(), Some(execution)),
        edited: edited(subject, execution),
        description: None,
        facts: execution_facts(subject, execution, detail),
        actions: if acts { actions(subject) } else { Vec::new() },
        menu: None,
    }
}

/// That a newer version was saved than the one that an execution ran.
fn edited(subject: &Subject, execution: &Execution) -> Option<Link> {
    let newest = subject.release.version;
    let words = Locale::default().release_tasks().edited_since(newest);
    (execution.version < newest).then(|| Link::new(words, subject.urls().version(newest)))
}

/// The tabs of the release task's page.
pub fn tabs(subject: &Subject, current: TabName) -> Vec<Tab> {
    let tab = |name: &str, tab: TabName| Tab::new(name, subject.urls().tab(tab), tab == current);
    vec![
        tab("Release Process View", TabName::Process),
        tab("Timeline", TabName::Timeline),
        tab("Execution Records", TabName::Executions),
        tab("Definition", TabName::Definition),
        tab("Activity", TabName::Activity),
    ]
}

/// The tabs of the page of one execution.
pub fn execution_tabs(subject: &Subject, number: u32, current: TabName) -> Vec<Tab> {
    let process = subject.urls().execution(number);
    let timeline = subject.urls().execution_timeline(number);
    vec![
        Tab::new("Release Process View", process, current == TabName::Process),
        Tab::new("Timeline", timeline, current == TabName::Timeline),
    ]
}

/// Back to the list.
pub fn list_link(subject: &Subject) -> Link {
    Link::new("Region Release Tasks", urls::release_tasks(&subject.place.region))
}

/// The pill: while it is being stopped, that is what it says.
pub fn status(status: ReleaseStatus, execution: Option<&Execution>) -> Status {
    if execution.is_some_and(policy::is_terminating) {
        return Status::new(Look::from(status), Locale::default().release_tasks().terminating_status(status));
    }
    let segments = execution.map(Execution::segments).unwrap_or_default();
    let look = phase_summary::why_failed(status, &segments).map_or(Look::from(status), Look::from);
    Status::new(look, release_status(status, Locale::default()))
}

/// The facts of an execution on its own page, with what changed, which stands below.
fn execution_facts(subject: &Subject, execution: &Execution, detail: &ExecutionDetail) -> Vec<Fact> {
    let mut facts = facts(subject, Some(execution), detail);
    if execution.number > 1 {
        let below = Link::new(format!("since #{}", execution.number - 1), "#changed");
        facts.push(Fact::new("Changed", FactValue::Link(below)));
    }
    facts
}

fn facts(subject: &Subject, execution: Option<&Execution>, detail: &ExecutionDetail) -> Vec<Fact> {
    let release = &subject.release;
    let mut facts = vec![Fact::text("Team", subject.place.team.clone())];
    let version = execution.map_or(release.version, |execution| execution.version);
    let version_link = Link::new(version.to_string(), subject.urls().version(version));
    facts.push(Fact::new("Version", FactValue::Link(version_link)));
    if let Some(execution) = execution {
        let text = format!("#{} by {}", execution.number, execution.started_by.name());
        let link = Link::new(text, subject.urls().execution(execution.number));
        facts.push(Fact::new("Execution", FactValue::Link(link)));
        facts.push(Fact::new("Started", FactValue::When(When::at(execution.started_at, subject.now()))));
        let label = if execution.ended_at.is_some() { "Took" } else { "Running for" };
        let elapsed = Elapsed::of(detail.lengths.of_execution(execution), subject.now());
        facts.push(Fact::new(label, FactValue::Elapsed(elapsed)));
    }
    let definition = execution.map_or(&release.definition, |execution| &execution.definition);
    if let Some(at) = release.deleted_at {
        facts.push(Fact::new("Deleted", FactValue::When(When::at(at, subject.now()))));
    }
    facts.push(Fact::text("Best effort", on_or_off(definition.best_effort)));
    facts.extend(definition.supersede.then(|| Fact::text("Supersede", on_or_off(true))));
    facts
}

/// A switch in words.
pub fn on_or_off(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

fn actions(subject: &Subject) -> Vec<Action> {
    let may = subject.permissions();
    let post = |label: &str, word: &str| {
        Action::post_with(label, subject.urls().operation(word), shown(subject.release.last_number()))
    };
    let open = |label: &str, word: &str| Action::open(label, subject.urls().operation(word));
    let status = subject.release.status();
    let is_likely = status != ReleaseStatus::ReleaseFailed && !status.is_active();
    let mut actions = Vec::new();
    if may.can(Operation::Continue) {
        actions.push(post("Continue", "continue").styled(ActionStyle::Primary));
    }
    if may.can(Operation::Pause) {
        actions.push(post("Pause", "pause"));
    }
    if may.can(Operation::Terminate) {
        actions.push(open("Terminate", "terminate").styled(ActionStyle::Danger));
    }
    if may.can(Operation::Retry) {
        actions.push(post("Retry", "retry").styled(ActionStyle::Primary));
    }
    if may.can(Operation::RollBack) {
        actions.push(open("Roll Back", "roll-back"));
    }
    if may.can(Operation::Edit) {
        actions.push(Action::link("Edit", subject.urls().operation("edit")));
    }
    if may.can(Operation::Execute) {
        let style = if is_likely { ActionStyle::Primary } else { ActionStyle::Plain };
        actions.push(open("Execute", "execute").styled(style));
    }
    if release_can_be_restored(subject) {
        actions.push(open(Locale::default().dialogs().undelete_button(), "undelete").styled(ActionStyle::Primary));
    }
    actions
}

/// Whether it was deleted, and the reader can have it back.
fn release_can_be_restored(subject: &Subject) -> bool {
    let can = retention::check_restore(subject.release.deleted_at, subject.now());
    subject.user().administrator && can.is_ok()
}

fn menu(subject: &Subject) -> Option<Menu> {
    let may = subject.permissions();
    let mut items = Vec::new();
    if may.can(Operation::Clone) {
        items.push(Action::open("Clone", subject.urls().operation("clone")));
    }
    if may.can(Operation::Delete) {
        items.push(Action::open("Delete", subject.urls().operation("delete")).styled(ActionStyle::Danger));
    }
    let label = format!("More operations of {}", subject.release.name);
    Menu::of("release-menu", label, ActionStyle::Quiet, items)
}

/// Who is waited for, what failed, what holds it up.
pub fn notices(subject: &Subject, execution: &Execution, detail: &ExecutionDetail) -> Vec<Notice> {
    let status = execution.status();
    let mut notices = Vec::new();
    if policy::is_terminating(execution) {
        notices.push(Notice::new(Look::Stopped, "Being terminated.", Locale::default().release_tasks().terminating()));
    } else if let Intent::Pause { .. } = execution.intent
        && execution.ended_at.is_none()
    {
        notices.push(Notice::new(
            Look::Paused,
            format!("{}.", release_status(status, Locale::default())),
            Locale::default().release_tasks().on_hold(status),
        ));
    }
    for (index, run) in execution.tasks.iter().enumerate() {
        if run.state.status() == TaskStatus::ToBeApproved {
            notices.push(waiting(subject, execution, index));
        }
    }
    if matches!(status, ReleaseStatus::ReleaseFailed | ReleaseStatus::RollbackFailed) {
        notices.push(failed(subject, execution, detail));
    }
    notices
}

/// Operations that are missing above since the team may not have scripts run on the server: why, and who can change it.
pub fn withheld(subject: &Subject) -> Option<Notice> {
    let (operations, team) = policy::without_scripts(subject.user(), (&*subject.release).into())?;
    let said = Locale::default().release_tasks();
    Some(Notice::new(Look::Info, said.withheld(&operations), said.withheld_because(team)))
}

fn waiting(subject: &Subject, execution: &Execution, index: usize) -> Notice {
    let run = &execution.tasks[index];
    let gate = execution.spec(index).kind.gate();
    let text = gate.map(|gate| Locale::default().release_tasks().waits_for(gate, run.agreed())).unwrap_or_default();
    let mut notice = Notice::new(Look::Asking, run.name.clone(), text);
    if subject.is_last(execution) {
        notice.actions.extend(process::decide_action(subject, execution, index));
    }
    notice
}

/// What is said of a task that failed: its name leads to its log, of which the last line stands below.
fn failed_task(
    subject: &Subject,
    execution: &Execution,
    index: usize,
    sentence: &str,
    detail: &ExecutionDetail,
) -> NoticeItem {
    let run = &execution.tasks[index];
    let page = subject.urls().task(execution.number, &run.name);
    let url = if execution.spec(index).kind.has_log() && run.attempt > 0 {
        format!("{}#log", with_query(&page, &[("attempt", &run.attempt.to_string())]))
    } else {
        page
    };
    NoticeItem::with_link(
        sentence,
        Link::new(run.name.clone(), url),
        process::telling_line(run, detail.lines.get(&index)),
    )
}

fn failed(subject: &Subject, execution: &Execution, detail: &ExecutionDetail) -> Notice {
    let status = execution.status();
    let mut items = Vec::new();
    let mut look = Look::from(status);
    for (index, run) in execution.tasks.iter().enumerate() {
        look = run.state.failure().map_or(look, |(reason, _)| Look::from(reason));
        let sentence = crate::messages::failed_task(run, Locale::default());
        items.extend(sentence.map(|sentence| failed_task(subject, execution, index, &sentence, detail)));
    }
    let said = Locale::default().release_tasks();
    let text = match execution.superseded() {
        Some(by) => {
            look = Look::Superseded;
            said.superseded(by)
        }
        None if execution.was_terminated() => said.terminated(detail.terminated_by.as_deref()),
        None => said.failed_because(items.len()).to_owned(),
    };
    let mut notice = Notice::new(look, format!("{}.", release_status(status, Locale::default())), text);
    notice.items = items;
    if subject.is_last(execution) {
        let may = subject.permissions();
        notice.hint = said.what_next(may.can(Operation::Retry), may.can(Operation::RollBack)).map(str::to_owned);
    }
    notice
}
