//! Delete: takes a release task off the lists.

use actix_web::web::{Form, Query};
use serde::Deserialize;

use super::form::confirm;
use crate::domain::policy;
use crate::domain::refusal::Operation;
use crate::http::response::{self, Reply};
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::release_context::Subject;
use crate::pages::components::{ConfirmDialog, Hidden, dialog, urls};

/// The query of the list that one came from.
#[derive(Debug, Default, Deserialize)]
pub struct CameFromList {
    #[serde(default)]
    list: String,
}

/// Asks first.
pub async fn new(subject: Subject, from: Query<CameFromList>) -> Reply {
    policy::check(subject.user(), (&*subject.release).into(), Operation::Delete)?;
    let dialog = ConfirmDialog {
        title: format!("Delete {}?", subject.release.name),
        about: subject.release.name.clone(),
        sentence: Locale::default().dialogs().delete().to_owned(),
        url: subject.urls().operation("delete"),
        hidden: vec![Hidden::new("list", from.list.clone())],
        ..confirm(&subject, Operation::Delete)
    };
    dialog::show(&subject, "Delete", dialog).await
}

/// Does it, and goes on to the list as it was.
pub async fn create(subject: Subject, from: Form<CameFromList>) -> Reply {
    subject.site.app.delete(&subject.caller(), subject.release.id).await?;
    let list = urls::release_tasks_with(&subject.region.name, &from.list);
    Ok(response::done(&subject.request, &list, &Told::Deleted(subject.release.name.clone())))
}
