//! Activity: who did what to a release task, newest first.

use super::view::{ActivityEntry, ActivityView};
use crate::app::reads::{Activity, Paged};
use crate::domain::ids::EventId;
use crate::messages;
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::{TabName, with_query};
use crate::pages::components::{ToldEvent, When};

/// How many are on a page.
pub const PAGE: u64 = 50;

/// The activity as it is shown.
pub fn of(subject: &Subject, activity: &Paged<Activity, EventId>) -> ActivityView {
    let here = subject.urls().tab(TabName::Activity);
    let turned = |word: &str, id: EventId| with_query(&here, &[(word, &id.to_string())]);
    ActivityView {
        entries: activity.rows.iter().map(|row| entry(subject, row)).collect(),
        newer: activity.newer.map(|id| turned("after", id)),
        older: activity.older.map(|id| turned("before", id)),
    }
}

fn entry(subject: &Subject, row: &Activity) -> ActivityEntry {
    let ToldEvent { look, sentence, comment } = ToldEvent::of(&row.happened);
    let url = row.execution.map(|number| match &row.task {
        Some(task) => subject.urls().task(number, task),
        None => subject.urls().execution(number),
    });
    ActivityEntry {
        look,
        who: row.actor.name().to_owned(),
        sentence,
        token: row.credential.as_deref().map(|token| messages::Locale::default().tokens().with_token(token)),
        comment,
        when: When::at(row.at, subject.now()),
        url,
    }
}
