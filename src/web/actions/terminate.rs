//! Terminate: stops what runs.

use actix_web::web::Form;

use super::form::{Asked, about, ask, permitted, shown};
use crate::domain::decide::Command;
use crate::domain::refusal::Operation;
use crate::web::dialog;
use crate::web::reply::Reply;
use crate::web::subject::Subject;
use crate::web::views::ConfirmDialog;
use crate::words::asking;

/// Asks first, and lists what will be stopped.
pub async fn new(subject: Subject) -> Reply {
    let last = permitted(&subject, Operation::Terminate)?;
    let steps: Vec<String> = last.tasks.iter().filter_map(asking::stopped).collect();
    let dialog = ConfirmDialog {
        title: format!("Terminate {}?", subject.release.name),
        about: about(&subject.release),
        sentence: asking::terminate(last),
        steps_title: (!steps.is_empty()).then(|| asking::WILL_BE_STOPPED.to_owned()),
        steps,
        url: subject.urls().operation("terminate"),
        hidden: shown(&subject.release),
        cancel_url: subject.urls().show(),
        button: Operation::Terminate.words().to_owned(),
        danger: true,
        comment: None,
        error: None,
    };
    dialog::show(&subject, "Terminate", dialog).await
}

/// Does it.
pub async fn create(subject: Subject, form: Form<Asked>) -> Reply {
    ask(&subject, form.seen(), &Command::Terminate).await
}
