//! Pause, Continue and Retry: done at once, without a dialog.

use actix_web::web::Form;

use super::form::{Asked, ask};
use crate::domain::decide::Command;
use crate::http::response::Reply;
use crate::pages::components::release_context::Subject;

/// Starts nothing more.
pub async fn create_pause(subject: Subject, form: Form<Asked>) -> Reply {
    ask(&subject, form.seen(), &Command::Pause).await
}

/// Goes on.
pub async fn create_continuation(subject: Subject, form: Form<Asked>) -> Reply {
    ask(&subject, form.seen(), &Command::Continue).await
}

/// Runs again what failed.
pub async fn create_retry(subject: Subject, form: Form<Asked>) -> Reply {
    ask(&subject, form.seen(), &Command::Retry).await
}
