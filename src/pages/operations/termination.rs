//! Terminate: stops what runs.

use actix_web::web::Form;

use super::form::{Asked, ask, confirm, permitted};
use crate::domain::decide::Command;
use crate::domain::refusal::Operation;
use crate::http::response::Reply;
use crate::messages::Locale;
use crate::pages::components::release_context::Subject;
use crate::pages::components::{ConfirmDialog, Steps, dialog};

/// Asks first, and lists what will be stopped.
pub async fn new(subject: Subject) -> Reply {
    let last = permitted(&subject, Operation::Terminate)?;
    let steps: Vec<String> = last.tasks.iter().filter_map(|task| Locale::default().dialogs().stopped(task)).collect();
    let dialog = ConfirmDialog {
        title: format!("Terminate {}?", subject.release.name),
        sentence: Locale::default().dialogs().terminate(last),
        steps: Steps::of(Locale::default().dialogs().will_be_stopped(), steps),
        url: subject.urls().operation("terminate"),
        ..confirm(&subject, Operation::Terminate)
    };
    dialog::show(&subject, "Terminate", dialog).await
}

/// Does it.
pub async fn create(subject: Subject, form: Form<Asked>) -> Reply {
    ask(&subject, form.seen(), &Command::Terminate).await
}
