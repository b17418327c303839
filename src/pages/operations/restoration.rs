//! Restore: saves an old version of a release task again as its newest one.

use actix_web::web::{Form, Query};
use serde::Deserialize;

use super::form::confirm;
use crate::app::AppError;
use crate::domain::policy;
use crate::domain::precondition::Expected;
use crate::domain::refusal::Operation;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::messages::told::Told;
use crate::messages::{self, Locale};
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::TabName;
use crate::pages::components::{ConfirmDialog, Hidden, dialog};

/// Which version is asked for.
#[derive(Debug, Deserialize)]
pub struct RestorableVersion {
    version: u32,
}

/// Which version, and which was the newest one that the page showed.
#[derive(Debug, Deserialize)]
pub struct Restoration {
    version: u32,
    newest: u32,
}

/// Asks first.
pub async fn new(subject: Subject, asked: Query<RestorableVersion>) -> Reply {
    policy::check(subject.user(), (&*subject.release).into(), Operation::Edit)?;
    let (old, newest) = (asked.version, subject.release.version);
    if !(1..newest).contains(&old) {
        return Err(HttpError::NotFound);
    }
    let words = Locale::default().dialogs();
    let dialog = ConfirmDialog {
        title: words.restore_title(old),
        about: subject.release.name.clone(),
        sentence: words.restore(old, newest + 1),
        url: subject.urls().operation("restore"),
        hidden: vec![Hidden::new("version", old.to_string()), Hidden::new("newest", newest.to_string())],
        cancel_url: subject.urls().version(old),
        button: words.restore_button().to_owned(),
        danger: false,
        ..confirm(&subject, Operation::Edit)
    };
    dialog::show(&subject, &words.restore_title(old), dialog).await
}

/// Does it, and goes on to the newest version.
pub async fn create(subject: Subject, form: Form<Restoration>) -> Reply {
    let seen = Expected { version: Some(form.newest), ..Expected::default() };
    let restored = subject.site.app.restore_version(&subject.caller(), subject.release.id, seen, form.version).await;
    match restored {
        Ok(newest) => {
            let told = Told::Restored(subject.release.name.clone(), form.version, newest);
            Ok(response::done(&subject.request, &subject.urls().tab(TabName::Definition), &told))
        }
        // A rule that is younger than the version.
        Err(AppError::Invalid(problems)) => {
            Err(HttpError::Unreadable(messages::broken_rules(&problems, Locale::default())))
        }
        Err(other) => Err(other.into()),
    }
}
