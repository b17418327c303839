//! The list of what waits for the reader.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::view::{ApprovalItem, ApprovalTabs, ApprovalsList};
use crate::app::reads::{OpenCheckpoint, WaitingCheckpoints};
use crate::domain::execution::Moment;
use crate::domain::people::{Person, User};
use crate::domain::values::Names;
use crate::domain::{policy, unable};
use crate::messages::{self, Locale};
use crate::pages::components::release_urls::{ReleaseUrls, with_query};
use crate::pages::components::{Action, ActionStyle, Fact, Link, checkpoint, urls};
use crate::pages::decisions::Back;

/// The list.
pub fn list(waiting: &WaitingCheckpoints, people: &[Person]) -> ApprovalsList {
    ApprovalsList {
        of_others: false,
        items: waiting.iter().map(|checkpoint| item(checkpoint, people, waiting.now())).collect(),
        refresh: Some(urls::approvals_list(mark(waiting))),
    }
}

/// The list of what waits for others, for somebody who may watch it.
pub fn others(reader: &User, waiting: &WaitingCheckpoints, people: &[Person]) -> ApprovalsList {
    let other = |open: &OpenCheckpoint| {
        let words = Locale::default().dialogs();
        let mut item = item(open, people, waiting.now());
        let able = unable::able(people, &open.execution, 0);
        item.facts.extend(able.map(|able| Fact::text(words.able_now(), words.able(&able))));
        // Whoever is an approver of it finds it in their own list.
        let overrides = policy::may_decide(reader, &open.execution, 0, waiting.now()).is_some();
        item.actions = if overrides { vec![override_action(open)] } else { Vec::new() };
        item
    };
    ApprovalsList {
        of_others: true,
        items: waiting.iter().map(other).collect(),
        refresh: Some(urls::others_approvals_list(mark(waiting))),
    }
}

/// The two lists, for who is shown both.
pub fn tabs(reader: &User, shows_others: bool) -> Option<ApprovalTabs> {
    policy::may_watch_others(reader).then(|| ApprovalTabs {
        mine_url: urls::approvals(),
        others_url: urls::others_approvals(),
        shows_others,
    })
}

fn override_action(open: &OpenCheckpoint) -> Action {
    let (execution, task) = (&open.execution, &open.execution.tasks[0].name);
    let url = ReleaseUrls::new(&open.region, execution.release_id).decision(execution.number, task);
    Action::open("Override", url).styled(ActionStyle::Small).about(task)
}

/// Another number as soon as anything in the list is another.
pub fn mark(waiting: &WaitingCheckpoints) -> u64 {
    let mut hasher = DefaultHasher::new();
    for checkpoint in waiting.iter() {
        (checkpoint.execution.id, checkpoint.task, checkpoint.execution.rev).hash(&mut hasher);
    }
    hasher.finish()
}

fn item(open: &OpenCheckpoint, people: &[Person], now: Moment) -> ApprovalItem {
    let (execution, run) = (&open.execution, &open.execution.tasks[0]);
    let kind = &execution.spec(0).kind;
    let names = Names { release: &open.release, region: &open.region, team: &open.team };
    let release = ReleaseUrls::new(&open.region, execution.release_id);
    let decision = with_query(&release.decision(execution.number, &run.name), &[("back", Back::Approvals.word())]);
    let mut facts = vec![Fact::text("Team", &open.team), Fact::text("Region", &open.region)];
    facts.extend(checkpoint::facts(execution, 0, now));
    ApprovalItem {
        id: format!("ask-{}", run.id),
        task: run.name.clone(),
        kind: messages::kind(kind, Locale::default()).to_owned(),
        release: Link::new(format!("{} · execution #{}", open.release, execution.number), release.show()),
        what: checkpoint::what_to_check(execution, 0, names),
        facts,
        impasse: checkpoint::impasse(people, execution, 0),
        decisions: run.current_decisions().map(|one| Locale::default().release_tasks().decision(one)).collect(),
        actions: vec![Action::approve(decision).about(&run.name).waiting_since(run.started_at)],
    }
}
