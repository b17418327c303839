//! The page of the editor, and the way to it from a release task.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use serde::Deserialize;

use super::draft_subject::DraftSubject;
use super::presenter::{self, Shown};
use crate::app::{AppError, MAX_DRAFTS};
use crate::domain::draft::ElementId;
use crate::domain::policy;
use crate::domain::refusal::Operation;
use crate::http::response::{self, Reply};
use crate::messages::Locale;
use crate::pages::components::draft_urls::DraftUrls;
use crate::pages::components::release_context::Subject;
use crate::pages::components::{DialogPage, RefusedDialog, Section, layout};

/// Which form is open.
#[derive(Debug, Deserialize)]
pub struct OpenTask {
    task: Option<u32>,
    #[serde(default)]
    asked: bool,
}

/// The board, and the form of a task.
pub async fn show(subject: DraftSubject, open: Query<OpenTask>) -> Reply {
    let shown = Shown { open: open.task.map(ElementId), asked: open.asked, ..Shown::default() };
    response::page(&presenter::page(&subject, shown).await?)
}

/// Edit: on to the reader's draft of the release task, which is begun if there is none.
pub async fn edit(subject: Subject) -> Reply {
    policy::check_role(subject.user(), subject.release.team_id, Operation::Edit)?;
    match subject.site.app.open_draft(&subject.caller(), subject.release.id).await {
        Ok(id) => Ok(response::see_other(&DraftUrls::new(&subject.region.name, id).board(None))),
        Err(AppError::TooManyDrafts) => {
            let said = Locale::default().editor();
            let (title, sentence) = (said.not_done().to_owned(), said.too_many_drafts(MAX_DRAFTS));
            let dialog = RefusedDialog { title, sentence, back_url: subject.urls().show() };
            let chrome = layout::around(&subject.request, &subject.reader, "Edit", Section::ReleaseTasks).await?;
            response::page_with(StatusCode::CONFLICT, &DialogPage { chrome, dialog })
        }
        Err(other) => Err(other.into()),
    }
}
