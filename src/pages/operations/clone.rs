//! Clone: a new release task with the same definition.

use actix_web::http::StatusCode;
use actix_web::web::Form;
use serde::Deserialize;

use super::view::CloneDialog;
use crate::app::AppError;
use crate::domain::refusal::Operation;
use crate::domain::{names, policy};
use crate::http::response::{self, Reply};
use crate::messages::told::Told;
use crate::messages::{self, Locale};
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{Field, dialog};

/// The name of the copy.
#[derive(Debug, Deserialize)]
pub struct Copy {
    #[serde(default)]
    name: String,
}

/// Asks for a name, and offers one.
pub async fn new(subject: Subject) -> Reply {
    policy::check(subject.user(), (&*subject.release).into(), Operation::Clone)?;
    let offered = Field::of(names::offered(rand::random()));
    dialog::show(&subject, "Clone", view(&subject, offered, None)).await
}

/// Makes the copy, and goes on to it. A name that is not good comes back as it was typed.
pub async fn create(subject: Subject, form: Form<Copy>) -> Reply {
    let name = form.name.trim();
    let typed = Field::of(&form.name);
    let (status, field, error) = match subject.site.app.clone_release(&subject.caller(), subject.release.id, name).await
    {
        Ok(id) => {
            let url = ReleaseUrls::new(&subject.region.name, id).show();
            let told = Told::Cloned(subject.release.name.clone(), name.to_owned());
            return Ok(response::done(&subject.request, &url, &told));
        }
        Err(AppError::Invalid(problems)) => {
            let rules = messages::broken_rules(&problems, Locale::default());
            (StatusCode::UNPROCESSABLE_ENTITY, typed.wrong(rules), None)
        }
        Err(AppError::NameTaken) => (StatusCode::CONFLICT, typed.wrong(Locale::default().dialogs().name_taken()), None),
        Err(AppError::RegionFull) => {
            (StatusCode::CONFLICT, typed, Some(Locale::default().dialogs().region_full().to_owned()))
        }
        Err(AppError::TeamFull) => {
            (StatusCode::CONFLICT, typed, Some(Locale::default().dialogs().team_full().to_owned()))
        }
        Err(other) => return Err(other.into()),
    };
    dialog::show_with(status, &subject, "Clone", view(&subject, field, error)).await
}

fn view(subject: &Subject, name: Field, error: Option<String>) -> CloneDialog {
    CloneDialog {
        release: subject.release.name.clone(),
        url: subject.urls().operation("clone"),
        hidden: Vec::new(),
        cancel_url: subject.urls().show(),
        name,
        error,
    }
}
