//! Save and Discard Draft.

use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::MAX_TOLD_LEN;
use super::dialog_view::SaveDialog;
use super::dialogs;
use super::draft_subject::DraftSubject;
use super::presenter::{self, Shown};
use super::problems;
use super::sent_form::SentForm;
use crate::app::{AppError, MAX_NOTE, SavedDraft};
use crate::domain::refusal::{Change, Refusal};
use crate::format::readable;
use crate::http::error::{HttpError, refusal_status};
use crate::http::response::{self, Reply};
use crate::messages::told::Told;
use crate::messages::{self, Locale};
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{ConfirmDialog, Field, Hidden, changes, urls};

/// Save with Note: asks for it.
pub async fn new(subject: DraftSubject) -> Reply {
    dialogs::reply(&subject, StatusCode::OK, dialog(&subject, Field::default(), None).await?).await
}

async fn dialog(subject: &DraftSubject, note: Field, error: Option<String>) -> Result<SaveDialog, HttpError> {
    let (rev, asked) = (subject.open.stored.rev.to_string(), "true".to_owned());
    Ok(SaveDialog {
        about: subject.draft().name.clone(),
        url: subject.urls().below("save"),
        hidden: vec![Hidden::new("rev", rev), Hidden::new("asked", asked)],
        cancel_url: subject.urls().board(None),
        changes: changes::of_draft(&subject.open.stored).await?,
        note,
        error,
    })
}

/// Save: the next version of the release task, and on to its page. Whatever keeps it from that, the draft stays.
pub async fn create(subject: DraftSubject, body: Bytes) -> Reply {
    let form = SentForm::read(&body);
    let note = Some(form.text("note")).filter(|note| !note.trim().is_empty());
    let name = subject.draft().name.trim().to_owned();
    match subject.site.app.save_draft(&subject.caller(), subject.id(), Some(form.rev().unwrap_or(u64::MAX)), note).await
    {
        Ok(SavedDraft { release, version }) => {
            let url = ReleaseUrls::new(&subject.region.name, release).show();
            Ok(response::done(&subject.request, &url, &Told::VersionSaved(name, version)))
        }
        // A note that was typed is not thrown away: then it is told, and the merge is a link of the board.
        Err(AppError::Refused(Refusal::OldPage { change: Change::Edited { .. } })) if note.is_none() => {
            Ok(response::went(&subject.request, &subject.urls().below("merge")))
        }
        Err(error) => {
            let subject = subject.anew().await?;
            let (status, why) = why_not(&subject, error)?;
            if form.has("asked") {
                let note = Field::of(form.text("note"));
                return dialogs::reply(&subject, status, dialog(&subject, note, Some(why)).await?).await;
            }
            presenter::refused(&subject, status, Shown { refusal: Some(why), ..Shown::default() }).await
        }
    }
}

/// Why a draft was not saved, where it can be told in the editor.
fn why_not(subject: &DraftSubject, error: AppError) -> Result<(StatusCode, String), HttpError> {
    let (said, dialogs) = (Locale::default().editor(), Locale::default().dialogs());
    let kept = |status: StatusCode, why: &str| Ok((status, said.draft_kept(why)));
    match error {
        AppError::DraftHasProblems => {
            let count = problems::told(subject.draft()).len();
            Ok((StatusCode::UNPROCESSABLE_ENTITY, said.has_problems(count)))
        }
        AppError::TextNotApplied => kept(StatusCode::CONFLICT, said.text_not_applied()),
        AppError::Invalid(problems) => {
            kept(StatusCode::UNPROCESSABLE_ENTITY, &messages::broken_rules(&problems, Locale::default()))
        }
        AppError::NoteTooLong => Ok((StatusCode::UNPROCESSABLE_ENTITY, said.note_too_long(MAX_NOTE))),
        AppError::DraftChanged => Ok((StatusCode::CONFLICT, said.draft_changed().to_owned())),
        AppError::NameTaken => kept(StatusCode::CONFLICT, dialogs.name_taken()),
        AppError::RegionFull => kept(StatusCode::CONFLICT, dialogs.region_full()),
        AppError::TeamFull => kept(StatusCode::CONFLICT, dialogs.team_full()),
        AppError::Refused(Refusal::OldPage { change: Change::Edited { newest, .. } }) => {
            kept(StatusCode::CONFLICT, &said.saved_meanwhile(newest))
        }
        AppError::Refused(refusal) => kept(refusal_status(&refusal), &messages::refusal(&refusal, Locale::default())),
        other @ (AppError::NotFound
        | AppError::NotSignedIn
        | AppError::TooManyDrafts
        | AppError::NotEdited(_)
        | AppError::PolicyTooHigh(_)
        | AppError::NoRoom(_)
        | AppError::DoneBefore
        | AppError::Store(_)) => Err(other.into()),
    }
}

/// Discard Draft: asks first.
pub async fn ask_discard(subject: DraftSubject) -> Reply {
    let name = &subject.draft().name;
    let dialog = ConfirmDialog {
        title: "Discard Draft".to_owned(),
        about: name.clone(),
        sentence: Locale::default().editor().discard(subject.open.stored.release_id.is_some()).to_owned(),
        url: subject.urls().below("discard"),
        hidden: vec![Hidden::new("rev", subject.open.stored.rev.to_string())],
        cancel_url: subject.urls().board(None),
        button: "Discard".to_owned(),
        danger: true,
        ..ConfirmDialog::default()
    };
    dialogs::reply(&subject, StatusCode::OK, dialog).await
}

/// Throws it away, and leads on to the release task that it was of, or to the list.
pub async fn destroy(subject: DraftSubject, body: Bytes) -> Reply {
    if SentForm::read(&body).rev() != Some(subject.open.stored.rev) {
        let refusal = Some(Locale::default().editor().draft_changed().to_owned());
        return presenter::refused(&subject, StatusCode::CONFLICT, Shown { refusal, ..Shown::default() }).await;
    }
    let release = subject.site.app.discard_draft(&subject.caller(), subject.id()).await?;
    let region = &subject.region.name;
    let url = release.map_or_else(|| urls::release_tasks(region), |id| ReleaseUrls::new(region, id).show());
    let name = readable(&subject.draft().name, MAX_TOLD_LEN);
    Ok(response::done(&subject.request, &url, &Told::DraftDiscarded(name)))
}
