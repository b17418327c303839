//! Delete: takes a release task off the lists.

use super::form::confirm;
use crate::domain::policy;
use crate::domain::refusal::Operation;
use crate::http::response::{self, Reply};
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::release_context::Subject;
use crate::pages::components::{ConfirmDialog, dialog, urls};

/// Asks first.
pub async fn new(subject: Subject) -> Reply {
    policy::check(subject.user(), (&*subject.release).into(), Operation::Delete)?;
    let dialog = ConfirmDialog {
        title: format!("Delete {}?", subject.release.name),
        about: subject.release.name.clone(),
        sentence: Locale::default().dialogs().delete().to_owned(),
        url: subject.urls().operation("delete"),
        hidden: Vec::new(),
        ..confirm(&subject, Operation::Delete)
    };
    dialog::show(&subject, "Delete", dialog).await
}

/// Does it, and goes on to the list.
pub async fn create(subject: Subject) -> Reply {
    subject.site.app.delete(&subject.caller(), subject.release.id).await?;
    let list = urls::release_tasks(&subject.region.name);
    Ok(response::done(&subject.request, &list, &Told::Deleted(subject.release.name.clone())))
}
