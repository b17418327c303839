//! The list of what waits for the reader.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::view::{ApprovalItem, ApprovalsList};
use crate::app::reads::{OpenCheckpoint, WaitingCheckpoints};
use crate::domain::execution::Moment;
use crate::domain::people::Person;
use crate::domain::values::Names;
use crate::messages::{self, Locale};
use crate::pages::components::release_urls::{ReleaseUrls, with_query};
use crate::pages::components::{Action, Fact, Link, checkpoint, urls};

/// The list.
pub fn list(waiting: &WaitingCheckpoints, people: &[Person]) -> ApprovalsList {
    ApprovalsList {
        items: waiting.iter().map(|checkpoint| item(checkpoint, people, waiting.now())).collect(),
        refresh: Some(urls::approvals_list(mark(waiting))),
    }
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
    let decision = with_query(&release.decision(execution.number, &run.name), &[("back", "approvals")]);
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
