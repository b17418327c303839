//! Fields that the forms of all operations share: which execution the page showed.

use actix_web::HttpResponse;
use serde::Deserialize;

use crate::domain::decide::Command;
use crate::domain::execution::Execution;
use crate::domain::policy;
use crate::domain::precondition::Expected;
use crate::domain::refusal::Operation;
use crate::domain::release::Release;
use crate::http::error::HttpError;
use crate::http::response;
use crate::messages::told::Told;
use crate::messages::{self, Locale};
use crate::pages::components::release_context::Subject;
use crate::pages::components::{ConfirmDialog, shown};

/// The number of the last execution that the page showed, 0 for none.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    execution: Option<u32>,
}

impl Asked {
    /// For the operation.
    pub fn seen(&self) -> Expected {
        Expected { execution: self.execution, ..Expected::default() }
    }
}

/// The last execution, if the reader may do `operation` now.
pub fn permitted(subject: &Subject, operation: Operation) -> Result<&Execution, HttpError> {
    policy::check(subject.user(), (&*subject.release).into(), operation)?;
    subject.release.last.as_ref().ok_or(HttpError::NotFound)
}

/// Asks something of the last execution, and goes on to its page.
pub async fn ask(subject: &Subject, expected: Expected, command: &Command) -> Result<HttpResponse, HttpError> {
    subject.site.app.ask_from(&subject.caller(), subject.release.id, expected, command).await?;
    Ok(done(subject, &Told::asked(&subject.release.name, command)))
}

/// On to the page of the release task, which says what was done.
pub fn done(subject: &Subject, told: &Told) -> HttpResponse {
    response::done(&subject.request, &subject.urls().show(), told)
}

/// Asks before an operation on the release task and its last execution. Each says itself what it will do, and where what
/// is sent goes.
pub fn confirm(subject: &Subject, operation: Operation) -> ConfirmDialog {
    ConfirmDialog {
        about: about(&subject.release),
        hidden: shown(subject.release.last_number()),
        cancel_url: subject.urls().show(),
        button: messages::operation(operation, Locale::default()).to_owned(),
        danger: true,
        ..ConfirmDialog::default()
    }
}

/// Under the title of a dialog: the release task and the execution.
fn about(release: &Release) -> String {
    match &release.last {
        Some(last) => format!("{} · execution #{}", release.name, last.number),
        None => release.name.clone(),
    }
}
