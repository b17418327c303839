//! Skip: goes on without a failed task.

use actix_web::web::Form;
use serde::Deserialize;

use super::form::{ask, confirm};
use crate::domain::decide::Command;
use crate::domain::policy;
use crate::domain::precondition::Expected;
use crate::domain::refusal::{Operation, Refusal};
use crate::http::error::{HttpError, refusal_status};
use crate::http::response::Reply;
use crate::messages::{self, Locale};
use crate::pages::components::release_context::Subject;
use crate::pages::components::{ConfirmDialog, Field, dialog};

/// Why.
#[derive(Debug, Deserialize)]
pub struct Reason {
    #[serde(default)]
    comment: String,
}

/// Asks first, and why.
pub async fn new(subject: Subject) -> Reply {
    policy::check(subject.user(), (&*subject.release).into(), Operation::Skip)?;
    seen(&subject)?.check(&subject.release)?;
    let execution = subject.execution().await?;
    let task = subject.task(&execution)?;
    policy::skippable(&execution, task)?;
    dialog::show(&subject, "Skip", view(&subject, &execution.tasks[task].name, Field::default(), None)?).await
}

/// Does it. A comment that is not good comes back as it was typed.
pub async fn create(subject: Subject, form: Form<Reason>) -> Reply {
    let task = subject.request.match_info().get("task").unwrap_or_default().to_owned();
    let command = Command::Skip { task: task.clone(), comment: form.comment.clone() };
    let refusal = match ask(&subject, seen(&subject)?, &command).await {
        Err(HttpError::Refused(refusal)) => refusal,
        answer => return answer,
    };
    let (sentence, typed) = (messages::refusal(&refusal, Locale::default()), Field::of(&form.comment));
    let (comment, error) = match refusal {
        Refusal::CommentNeeded { .. } | Refusal::CommentTooLong { .. } => (typed.wrong(sentence), None),
        _ => (typed, Some(sentence)),
    };
    dialog::show_with(refusal_status(&refusal), &subject, "Skip", view(&subject, &task, comment, error)?).await
}

fn seen(subject: &Subject) -> Result<Expected, HttpError> {
    Ok(Expected { execution: Some(subject.number()?), ..Expected::default() })
}

fn view(subject: &Subject, task: &str, comment: Field, error: Option<String>) -> Result<ConfirmDialog, HttpError> {
    Ok(ConfirmDialog {
        title: format!("Skip {task}?"),
        sentence: Locale::default().dialogs().skip(task),
        url: subject.urls().skip(subject.number()?, task),
        hidden: Vec::new(),
        danger: false,
        comment: Some(comment),
        error,
        ..confirm(subject, Operation::Skip)
    })
}
