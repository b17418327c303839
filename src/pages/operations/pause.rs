//! Pause: done at once, without a dialog.

use actix_web::web::Form;

use super::form::{Asked, ask};
use crate::domain::decide::Command;
use crate::http::response::Reply;
use crate::pages::components::release_context::Subject;

/// Starts nothing more.
pub async fn create(subject: Subject, form: Form<Asked>) -> Reply {
    ask(&subject, form.seen(), &Command::Pause).await
}
