//! The dialogs on several release tasks: a line for each, before and after.

use super::form::{BulkForm, written};
use super::view::{BulkDialog, BulkLine};
use crate::app::{AppError, BulkOutcome, ChosenRelease};
use crate::domain::refusal::{Operation, Refusal};
use crate::messages::{self, Locale};
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{Hidden, Look, urls};
use crate::pages::regions::CurrentRegion;

/// Which of the chosen ones can be done, and why the others cannot.
pub fn dialog(region: &CurrentRegion, form: &BulkForm, operation: Operation, chosen: &[ChosenRelease]) -> BulkDialog {
    let words = Locale::default().bulk();
    let possible: Vec<&ChosenRelease> = chosen.iter().filter(|one| one.answer.is_ok()).collect();
    let mut hidden = vec![Hidden::new("do", operation.word()), Hidden::new("list", form.list.clone())];
    hidden.extend(possible.iter().map(|one| {
        let listed = &one.listed;
        Hidden::new("chosen", written(listed.id, listed.last_number, listed.version))
    }));
    let line = |one: &ChosenRelease| BulkLine {
        name: one.listed.name.clone(),
        url: ReleaseUrls::new(&region.name, one.listed.id).show(),
        look: if one.answer.is_ok() { Look::Idle } else { Look::Skipped },
        text: match &one.answer {
            Ok(()) => words.will_be_done(operation, one.listed.version),
            Err(refusal) => refused(refusal),
        },
    };
    BulkDialog {
        title: words.title(operation, chosen.len()),
        sentence: words.sentence(operation, possible.len()),
        lines: chosen.iter().map(line).collect(),
        url: urls::bulk(&region.name),
        hidden,
        back_url: back(region, form),
        back: words.cancel().to_owned(),
        button: (!possible.is_empty()).then(|| words.button(operation, possible.len())),
        danger: operation == Operation::Delete,
    }
}

/// Nothing was chosen, or too much.
pub fn wrong(region: &CurrentRegion, form: &BulkForm, sentence: String) -> BulkDialog {
    let words = Locale::default().bulk();
    BulkDialog {
        title: words.nothing_done().to_owned(),
        sentence,
        back_url: back(region, form),
        back: words.back_to_list().to_owned(),
        ..BulkDialog::default()
    }
}

/// What became of each.
pub fn results(region: &CurrentRegion, form: &BulkForm, operation: Operation, outcomes: &[BulkOutcome]) -> BulkDialog {
    let words = Locale::default().bulk();
    let done = outcomes.iter().filter(|one| one.answer.is_ok()).count();
    let gone = form.items.len() - outcomes.len();
    let line = |one: &BulkOutcome| BulkLine {
        name: one.listed.name.clone(),
        url: ReleaseUrls::new(&region.name, one.listed.id).show(),
        look: if one.answer.is_ok() { Look::Done } else { Look::Failed },
        text: match &one.answer {
            Ok(Some(number)) => words.executed(*number),
            Ok(None) => words.deleted().to_owned(),
            Err(error) => failed(error),
        },
    };
    BulkDialog {
        title: words.done(operation, done, form.items.len()),
        sentence: if gone > 0 { words.gone(gone) } else { String::new() },
        lines: outcomes.iter().map(line).collect(),
        back_url: back(region, form),
        back: words.back_to_list().to_owned(),
        ..BulkDialog::default()
    }
}

/// Why it cannot be done with the others: what asks something is to be executed by itself.
fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Variables { .. } => Locale::default().bulk().needs_values().to_owned(),
        Refusal::WouldSupersede { execution } => Locale::default().bulk().waits(*execution),
        other => messages::refusal(other, Locale::default()),
    }
}

fn failed(error: &AppError) -> String {
    match error {
        AppError::Refused(refusal) => refused(refusal),
        other => {
            tracing::warn!(error = %other, "one of several operations failed");
            Locale::default().bulk().failed().to_owned()
        }
    }
}

/// The list as it was.
fn back(region: &CurrentRegion, form: &BulkForm) -> String {
    urls::release_tasks_with(&region.name, &form.list)
}
