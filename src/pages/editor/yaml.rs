//! The YAML tab: the definition of a draft as text, with what is wrong in it by its lines.

use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::dialogs;
use super::draft_subject::DraftSubject;
use super::panel::text_area;
use super::presenter::{self, Shown};
use super::sent_form::SentForm;
use super::text_view::{TextState, YamlFault, YamlPage};

use super::view::EditorTab;
use crate::app::{AppError, DraftAction, DraftOutcome, draft_text};
use crate::domain::edit::EditCommand;
use crate::format::{self, Document};
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::messages::told::Told;
use crate::messages::{self, Locale};
use crate::pages::components::{ConfirmDialog, Hidden, Section, layout};
use crate::pages::release_tasks::definition::aside;

/// So many tasks are told of whose lines ended in another way.
const MAX_TOLD: usize = 5;
/// Sent to be told what is wrong, and nothing else.
const CHECK: &str = "check";

/// The text that was typed and is not applied yet, or what the draft says.
pub async fn edit(subject: DraftSubject) -> Reply {
    let text = subject.open.stored.typed_text.clone().unwrap_or_else(|| draft_text(&subject.open.stored));
    let faults = checked(&subject, text.clone()).await?.err().unwrap_or_default();
    page(&subject, StatusCode::OK, ShownText { text, faults, refusal: None }).await
}

/// Puts the text in the place of the draft, or only looks at it. What is not applied is kept beside the draft, and comes back with
/// what is wrong in it.
pub async fn update(subject: DraftSubject, body: Bytes) -> Reply {
    let form = SentForm::read(&body);
    let text = form.text("text").to_owned();
    let seen = form.rev().unwrap_or(u64::MAX);
    let checked = checked(&subject, text.clone()).await?;
    if form.has(CHECK) {
        let faults = checked.err().unwrap_or_default();
        return kept(subject, seen, StatusCode::OK, ShownText { text, faults, refusal: None }).await;
    }
    let document = match checked {
        Ok(document) => document,
        Err(faults) => {
            let shown = ShownText { text, faults, refusal: None };
            return kept(subject, seen, StatusCode::UNPROCESSABLE_ENTITY, shown).await;
        }
    };
    let Document { name, description, definition, mut straightened, .. } = document;
    // The notice travels in a cookie.
    straightened.truncate(MAX_TOLD);
    let command = Box::new(EditCommand::Replace { name, description, definition });
    let command = DraftAction::Write { command, text };
    let outcome = subject.site.app.change_draft(&subject.caller(), subject.id(), Some(seen), &command).await;
    // It is shown again where it was not taken.
    let DraftAction::Write { text, .. } = command else { return Err(HttpError::NotFound) };
    let shown = ShownText { text, faults: Vec::new(), refusal: None };
    match outcome {
        Ok(DraftOutcome::Unchanged) => Ok(response::went(&subject.request, &subject.urls().board(None))),
        Ok(DraftOutcome::Edited(_) | DraftOutcome::Undone(_) | DraftOutcome::Redone(_)) => {
            Ok(response::done(&subject.request, &subject.urls().board(None), &Told::DraftReplaced(straightened)))
        }
        Err(AppError::DraftChanged) => stale(subject, shown).await,
        Err(AppError::NotEdited(refusal)) => {
            let refusal = Some(Locale::default().editor().edit_refusal(&refusal));
            kept(subject, seen, StatusCode::UNPROCESSABLE_ENTITY, ShownText { refusal, ..shown }).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Asks whether the text that is not applied is to go.
pub async fn ask_discard(subject: DraftSubject) -> Reply {
    let said = Locale::default().editor();
    let dialog = ConfirmDialog {
        title: "Discard Text".to_owned(),
        about: subject.draft().name.clone(),
        sentence: said.discard_text().to_owned(),
        url: subject.urls().below("yaml/discard"),
        hidden: vec![Hidden::new("rev", subject.open.stored.rev.to_string())],
        cancel_url: subject.urls().below("yaml"),
        button: "Discard".to_owned(),
        danger: true,
        ..ConfirmDialog::default()
    };
    dialogs::reply(&subject, StatusCode::OK, dialog).await
}

/// Throws it away: what the draft says stands.
pub async fn discard(subject: DraftSubject, body: Bytes) -> Reply {
    let seen = Some(SentForm::read(&body).rev().unwrap_or(u64::MAX));
    match subject.site.app.keep_text(&subject.caller(), subject.id(), seen, None).await {
        Ok(_) => Ok(response::done(&subject.request, &subject.urls().board(None), &Told::TextDiscarded)),
        Err(AppError::DraftChanged) => {
            let refusal = Some(Locale::default().editor().draft_changed().to_owned());
            let shown = Shown { refusal, ..Shown::default() };
            presenter::refused(&subject.anew().await?, StatusCode::CONFLICT, shown).await
        }
        Err(other) => Err(other.into()),
    }
}

/// A text with what is wrong in it.
struct ShownText {
    text: String,
    faults: Vec<YamlFault>,
    refusal: Option<String>,
}

/// Keeps a text that is not applied, and shows it.
async fn kept(subject: DraftSubject, seen: u64, status: StatusCode, shown: ShownText) -> Reply {
    match subject.site.app.keep_text(&subject.caller(), subject.id(), Some(seen), Some(&shown.text)).await {
        Ok(_) => page(&subject.anew().await?, status, shown).await,
        Err(AppError::DraftChanged) => stale(subject, shown).await,
        Err(other) => Err(other.into()),
    }
}

/// The draft is another by now. The text is kept all the same, unless another one is: that was typed in another window.
async fn stale(subject: DraftSubject, shown: ShownText) -> Reply {
    let mut subject = subject.anew().await?;
    if subject.open.stored.typed_text.is_none() {
        let seen = Some(subject.open.stored.rev);
        match subject.site.app.keep_text(&subject.caller(), subject.id(), seen, Some(&shown.text)).await {
            Ok(_) | Err(AppError::DraftChanged) => {}
            Err(other) => return Err(other.into()),
        }
        subject = subject.anew().await?;
    }
    let refusal = Some(Locale::default().editor().draft_changed_typed().to_owned());
    page(&subject, StatusCode::CONFLICT, ShownText { refusal, ..shown }).await
}

async fn page(subject: &DraftSubject, status: StatusCode, shown: ShownText) -> Reply {
    let ShownText { text, faults, refusal } = shown;
    let (draft, stored) = (subject.draft(), &subject.open.stored);
    let names = draft.variables.iter().filter(|variable| variable.typed_name.is_some()).count();
    let unread = names + draft.tasks().map(|(_, task)| task.unread.len()).sum::<usize>();
    let said = Locale::default().editor();
    let state = match &stored.typed_text {
        Some(typed) if *typed == text => TextState::Kept(subject.urls().below("yaml/discard")),
        None if text == draft_text(stored) => TextState::Applied,
        Some(_) | None => TextState::OnlyHere,
    };
    let page = YamlPage {
        chrome: layout::around(&subject.request, &subject.reader, presenter::title(subject), Section::ReleaseTasks)
            .await?
            .with_rail(),
        head: presenter::head(subject, EditorTab::Yaml, None),
        notices: presenter::notices(subject, refusal),
        url: subject.urls().below("yaml"),
        rev: stored.rev,
        cancel_url: subject.urls().board(None),
        lines: text.split('\n').count().max(1),
        text: text_area(&text),
        state,
        title: (!faults.is_empty()).then(|| said.yaml_faults(faults.len())),
        faults,
        note: (unread > 0).then(|| said.yaml_without_unread(unread)),
    };
    response::page_with(status, &page)
}

async fn checked(subject: &DraftSubject, text: String) -> Result<Result<Document, Vec<YamlFault>>, HttpError> {
    let place = subject.open.place.clone();
    aside(move || read(&text, &place.team, &place.region)).await
}

/// The one release task of a text that belongs to that team and region, or what is wrong, by lines.
pub fn read(text: &str, team: &str, region: &str) -> Result<Document, Vec<YamlFault>> {
    let said = Locale::default().editor();
    let whole = |sentence: String| vec![YamlFault { line: 1, at: String::new(), sentence }];
    let mut documents = format::parse(text).map_err(|findings| findings.iter().map(fault).collect::<Vec<_>>())?;
    if documents.len() > 1 {
        return Err(whole(said.several_in_text(documents.len())));
    }
    let document = documents.remove(0);
    for (key, named, own) in [("team", &document.team, team), ("region", &document.region, region)] {
        if let Some(named) = named.as_ref().filter(|named| *named != own) {
            return Err(whole(said.belongs_elsewhere(key, named, own)));
        }
    }
    Ok(document)
}

fn fault(finding: &format::Finding) -> YamlFault {
    let sentence = messages::format_fault(&finding.fault, Locale::default());
    YamlFault { line: finding.line, at: finding.at.clone(), sentence }
}
