//! Roll Back: undoes what the last execution changed.

use actix_web::web::Form;

use super::form::{Asked, ask, confirm, permitted};
use crate::domain::decide::Command;
use crate::domain::refusal::Operation;
use crate::http::response::Reply;
use crate::messages::{self, Locale};
use crate::pages::components::release_context::Subject;
use crate::pages::components::{ConfirmDialog, Steps, dialog};

/// Asks first, and lists what will be undone, in order.
pub async fn new(subject: Subject) -> Reply {
    let last = permitted(&subject, Operation::RollBack)?;
    let step = |index: usize| {
        let (name, spec) = (&last.tasks[index].name, &last.spec(index).kind);
        let (words, kind) = (Locale::default().dialogs(), messages::kind(spec, Locale::default()));
        spec.change()
            .map_or_else(|| words.undone(name, kind), |change| words.undone_change(name, kind, change.target().0))
    };
    let steps: Vec<String> = last.undo_order().into_iter().map(step).collect();
    let dialog = ConfirmDialog {
        title: format!("Roll back {}?", subject.release.name),
        sentence: Locale::default().dialogs().roll_back(last.number, steps.len()),
        steps: Steps::of(Locale::default().dialogs().will_be_undone(), steps),
        url: subject.urls().operation("roll-back"),
        button: "OK".to_owned(),
        ..confirm(&subject, Operation::RollBack)
    };
    dialog::show(&subject, "Roll Back", dialog).await
}

/// Does it.
pub async fn create(subject: Subject, form: Form<Asked>) -> Reply {
    ask(&subject, form.seen(), &Command::RollBack).await
}
