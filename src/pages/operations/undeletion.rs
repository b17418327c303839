//! Restore of a deleted release task, for administrators: puts it on the lists again, with all that it had.

use actix_web::http::StatusCode;

use crate::app::AppError;
use crate::domain::refusal::Refusal;
use crate::domain::retention;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::messages::told::Told;
use crate::messages::{self, Locale};
use crate::pages::components::release_context::Subject;
use crate::pages::components::{ConfirmDialog, dialog, urls};

/// Asks first.
pub async fn new(subject: Subject) -> Reply {
    if !subject.user().administrator {
        return Err(HttpError::NotFound);
    }
    retention::check_restore(subject.release.deleted_at, subject.now())?;
    dialog::show(&subject, &title(&subject), view(&subject, None)).await
}

/// Does it, and goes on to its page. What stands in its way is told in the dialog.
pub async fn create(subject: Subject) -> Reply {
    let words = Locale::default().dialogs();
    let error = match subject.site.app.undelete(&subject.caller(), subject.release.id).await {
        Ok(release) => {
            return Ok(response::done(&subject.request, &subject.urls().show(), &Told::Undeleted(release.name)));
        }
        Err(AppError::NameTaken) => words.undelete_name_taken(&subject.release.name, &subject.place.team),
        Err(AppError::Refused(refusal @ Refusal::NameAlike { .. })) => messages::refusal(&refusal, Locale::default()),
        Err(AppError::RegionFull) => words.undelete_region_full(&subject.place.region),
        Err(AppError::TeamFull) => words.undelete_team_full(&subject.place.team, &subject.place.region),
        Err(other) => return Err(other.into()),
    };
    dialog::show_with(StatusCode::CONFLICT, &subject, &title(&subject), view(&subject, Some(error))).await
}

fn title(subject: &Subject) -> String {
    Locale::default().dialogs().undelete_title(&subject.release.name)
}

fn view(subject: &Subject, error: Option<String>) -> ConfirmDialog {
    let words = Locale::default().dialogs();
    ConfirmDialog {
        title: title(subject),
        about: words.undelete_about(&subject.place.team, &subject.place.region),
        sentence: words.undelete().to_owned(),
        url: subject.urls().operation("undelete"),
        cancel_url: urls::deleted(1),
        button: words.undelete_button().to_owned(),
        error,
        ..ConfirmDialog::default()
    }
}
