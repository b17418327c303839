//! Changes between the versions of two executions, in short: on the page of an execution, and in the dialogs of Execute and of a
//! checkpoint.

use std::sync::Arc;

use askama::Template;

use super::release_context::Subject;
use super::{Link, part};
use crate::app::StoredDraft;
use crate::domain::compare::{Comparison, compare};
use crate::domain::definition::Definition;
use crate::domain::execution::Execution;
use crate::http::error::HttpError;
use crate::messages::differences::ChangeWords;
use crate::messages::{self, Locale};
use crate::pages::release_tasks::definition::aside;

/// The most lines that are shown; the comparison of the two versions shows all of them.
const MAX_CHANGE_LINES: usize = 12;

/// What changed since an execution.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "components/changes.html")]
pub struct ChangeList {
    /// Since which execution, and between which versions; or that nothing did.
    pub title: String,
    /// The first of them.
    pub rows: Vec<ChangeWords>,
    /// How many lines more there are.
    pub more: Option<String>,
    /// The comparison of the two versions.
    pub compare: Option<Link>,
}

part!(ChangeList);

/// A version that is executed, or was.
#[derive(Debug, Clone)]
pub struct ExecutedVersion {
    /// Its number.
    pub number: u32,
    /// What is in it.
    pub definition: Arc<Definition>,
}

impl From<&Execution> for ExecutedVersion {
    fn from(execution: &Execution) -> Self {
        Self { number: execution.version, definition: Arc::clone(&execution.definition) }
    }
}

/// What changed in the version of an execution since the execution before it.
pub async fn of_execution(subject: &Subject, execution: &Execution) -> Result<ChangeList, HttpError> {
    since(subject, execution.number.saturating_sub(1), execution.into()).await
}

/// What changed in a version since the execution of that number; 0 for none.
pub async fn since(subject: &Subject, execution: u32, after: ExecutedVersion) -> Result<ChangeList, HttpError> {
    let words = Locale::default().differences();
    let app = &subject.site.app;
    let Some(before) = app.executed_version(&subject.visible, execution).await? else {
        return Ok(ChangeList { title: words.first_execution().to_owned(), ..ChangeList::default() });
    };
    if before == after.number {
        return Ok(ChangeList { title: words.since_same_version(execution, before), ..ChangeList::default() });
    }
    let definition = app.definition(&subject.visible, before).await?;
    let number = after.number;
    let comparison = aside(move || compare(&definition, &after.definition)).await?;
    let link = Link::new(words.compare_versions(before, number), subject.urls().comparison(before, number));
    Ok(ChangeList {
        title: words.since_execution(execution, before, number),
        compare: Some(link),
        ..listed(&comparison)
    })
}

/// What a draft changes in the version that it began with; nothing for one that began with none.
pub async fn of_draft(stored: &StoredDraft) -> Result<Option<ChangeList>, HttpError> {
    let Some((base, version)) = stored.base.as_ref().zip(stored.based_on) else { return Ok(None) };
    let (before, after) = (base.definition(), stored.draft.definition());
    let comparison = aside(move || compare(&before, &after)).await?;
    let title = Locale::default().differences().since_version(version);
    Ok(Some(ChangeList { title, ..listed(&comparison) }))
}

/// The first lines of a comparison.
fn listed(comparison: &Comparison) -> ChangeList {
    let mut rows = messages::changes(comparison, Locale::default());
    let (mut room, mut left_out) = (MAX_CHANGE_LINES, 0);
    rows.retain_mut(|row| {
        if room == 0 {
            left_out += 1 + row.fields.len();
            return false;
        }
        room -= 1;
        left_out += row.fields.len().saturating_sub(room);
        row.fields.truncate(room);
        room -= row.fields.len();
        true
    });
    let more = (left_out > 0).then(|| Locale::default().differences().more_changes(left_out));
    ChangeList { rows, more, ..ChangeList::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;

    fn definition(tasks: usize, timeout: usize) -> Definition {
        let task =
            |number| format!("      - name: task-{number}\n        script: 'true'\n        timeout: {timeout}s\n");
        let tasks: String = (0..tasks).map(task).collect();
        let text = format!("name: shop\nphases:\n  - name: Build\n    tasks:\n{tasks}");
        format::parse(&text).expect("it is a release task").remove(0).definition
    }

    #[test]
    fn what_is_short_is_shown_whole() {
        let list = listed(&compare(&definition(3, 5), &definition(3, 6)));
        assert_eq!(list.rows.iter().map(|row| 1 + row.fields.len()).collect::<Vec<_>>(), [2, 2, 2]);
        assert_eq!(list.more, None);
    }

    #[test]
    fn what_is_long_is_cut_and_counted() {
        let list = listed(&compare(&definition(40, 5), &definition(40, 6)));
        let shown: usize = list.rows.iter().map(|row| 1 + row.fields.len()).sum();
        assert_eq!(shown, MAX_CHANGE_LINES);
        assert_eq!(list.more, Some(format!("and {} more", 2 * 40 - MAX_CHANGE_LINES)));
    }

    #[test]
    fn when_nothing_differs_that_is_said() {
        let list = listed(&compare(&definition(1, 5), &definition(1, 5)));
        assert_eq!((list.rows.len(), list.more), (1, None));
    }
}
