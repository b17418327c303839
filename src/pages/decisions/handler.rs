//! GET shows the dialog to whoever may decide now; POST decides.

use actix_web::http::StatusCode;
use actix_web::web::{Form, Query};

use super::form::{CameFrom, Said};
use super::presenter::{self, Asking};
use crate::app::AppError;
use crate::domain::decide::Command;
use crate::domain::policy;
use crate::domain::precondition::Expected;
use crate::domain::refusal::{Change, Refusal};
use crate::http::error::{HttpError, refusal_status};
use crate::http::response::{self, Reply};
use crate::messages::told::Told;
use crate::pages::components::release_context::Subject;
use crate::pages::components::{Field, checkpoint, dialog};

/// The dialog, for whoever may decide now.
pub async fn new(subject: Subject, from: Query<CameFrom>) -> Reply {
    let execution = subject.execution().await?;
    let task = subject.task(&execution)?;
    if let Err(refusal) = policy::decidable(subject.user(), &execution, task, subject.now()) {
        return refused(&subject, refusal).await;
    }
    Expected { execution: Some(execution.number), ..Expected::default() }.check(&subject.release)?;
    let asking = Asking { execution: &execution, task, round: execution.tasks[task].round, from: *from };
    let mut view = presenter::dialog(&subject, asking, Field::default(), None).await?;
    view.facts.extend(checkpoint::able_fact(&subject, &execution, task).await?);
    dialog::show(&subject, view.kind.title(), view).await
}

/// Decides. What is refused comes back with what was typed.
pub async fn create(subject: Subject, form: Form<Said>) -> Reply {
    let name = subject.request.match_info().get("task").unwrap_or_default().to_owned();
    let seen = Expected { execution: Some(subject.number()?), round: form.round, ..Expected::default() };
    let command = Command::Decide { task: name, verdict: form.verdict(), comment: form.comment.clone() };
    match subject.site.app.ask_from(&subject.caller(), subject.release.id, seen, &command).await {
        Ok(_) => {
            let back = form.from().url(&subject.urls());
            Ok(response::done(&subject.request, &back, &Told::asked(&subject.release.name, &command)))
        }
        Err(AppError::Refused(refusal)) => again(&subject, &form, refusal).await,
        Err(other) => Err(other.into()),
    }
}

/// The dialog as it is now, with what was typed and why it was not taken.
async fn again(stale: &Subject, form: &Said, refusal: Refusal) -> Reply {
    let status = refusal_status(&refusal);
    if status == StatusCode::FORBIDDEN || matches!(refusal, Refusal::OldPage { change: Change::Executed { .. } }) {
        return refused(stale, refusal).await;
    }
    let subject = Subject::of(&stale.request).await?;
    let execution = subject.execution().await?;
    let task = subject.task(&execution)?;
    // A form that only lacks a comment is still the answer to the asking that it showed.
    let round = form.round.filter(|_| status == StatusCode::UNPROCESSABLE_ENTITY);
    let round = round.unwrap_or(execution.tasks[task].round);
    let typed = Field::of(&form.comment);
    let asking = Asking { execution: &execution, task, round, from: form.from() };
    let mut view = presenter::dialog(&subject, asking, typed, Some(&refusal)).await?;
    view.facts.extend(checkpoint::able_fact(&subject, &execution, task).await?);
    dialog::show_with(status, &subject, view.kind.title(), view).await
}

/// Not for this reader, or not now: says why, and who may.
async fn refused(subject: &Subject, refusal: Refusal) -> Reply {
    if refusal_status(&refusal) != StatusCode::FORBIDDEN {
        return Err(HttpError::Refused(refusal));
    }
    let execution = subject.execution().await?;
    let task = subject.task(&execution)?;
    let kind = &execution.spec(task).kind;
    let able = checkpoint::able(subject, &execution, task).await?;
    let view = presenter::who_may(subject, kind, able.as_ref(), &refusal);
    dialog::show_with(StatusCode::FORBIDDEN, subject, "Approve", view).await
}
