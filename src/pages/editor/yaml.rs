//! The YAML tab: the definition of a draft as text, with what is wrong in it by its lines.

use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::draft_subject::DraftSubject;
use super::panel::text_area;
use super::presenter;
use super::sent_form::SentForm;
use super::text_view::{YamlFault, YamlPage};
use super::view::EditorTab;
use crate::app::{AppError, DraftAction, DraftOutcome, written};
use crate::domain::edit::EditCommand;
use crate::format::{self, Document};
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::messages::told::Told;
use crate::messages::{self, Locale};
use crate::pages::components::{Section, layout};
use crate::pages::release_tasks::definition::aside;

/// Sent to be told what is wrong, and nothing else.
const CHECK: &str = "check";

/// The text of the draft as it is.
pub async fn edit(subject: DraftSubject) -> Reply {
    let text = subject.open.stored.text.clone().unwrap_or_else(|| written(subject.draft()));
    let faults = checked(&subject, text.clone()).await?.err().unwrap_or_default();
    page(&subject, StatusCode::OK, ShownText { text, faults, refusal: None }).await
}

/// Puts the text in the place of the draft, or only looks at it. What is wrong comes back beside the text as it was typed.
pub async fn update(subject: DraftSubject, body: Bytes) -> Reply {
    let form = SentForm::read(&body);
    let text = form.text("text").to_owned();
    if form.has(CHECK) {
        let faults = checked(&subject, text.clone()).await?.err().unwrap_or_default();
        return page(&subject, StatusCode::OK, ShownText { text, faults, refusal: None }).await;
    }
    let document = match checked(&subject, text.clone()).await? {
        Ok(document) => document,
        Err(faults) => {
            return page(&subject, StatusCode::UNPROCESSABLE_ENTITY, ShownText { text, faults, refusal: None }).await;
        }
    };
    let Document { name, description, definition, .. } = document;
    let command = Box::new(EditCommand::Replace { name, description, definition });
    let command = DraftAction::Write { command, text };
    let seen = Some(form.rev().unwrap_or(u64::MAX));
    let outcome = subject.site.app.change_draft(&subject.caller(), subject.id(), seen, &command).await;
    // It is shown again where it was not taken.
    let DraftAction::Write { text, .. } = command else { return Err(HttpError::NotFound) };
    match outcome {
        Ok(DraftOutcome::Unchanged) => Ok(response::went(&subject.request, &subject.urls().board(None))),
        Ok(DraftOutcome::Edited(_) | DraftOutcome::Undone(_) | DraftOutcome::Redone(_)) => {
            Ok(response::done(&subject.request, &subject.urls().board(None), &Told::DraftReplaced))
        }
        Err(AppError::DraftChanged) => {
            let refusal = Some(Locale::default().editor().draft_changed_typed().to_owned());
            page(&subject.anew().await?, StatusCode::CONFLICT, ShownText { text, faults: Vec::new(), refusal }).await
        }
        Err(AppError::NotEdited(refusal)) => {
            let refusal = Some(Locale::default().editor().edit_refusal(&refusal));
            page(&subject, StatusCode::UNPROCESSABLE_ENTITY, ShownText { text, faults: Vec::new(), refusal }).await
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

async fn page(subject: &DraftSubject, status: StatusCode, shown: ShownText) -> Reply {
    let ShownText { text, faults, refusal } = shown;
    let draft = subject.draft();
    let names = draft.variables.iter().filter(|variable| variable.typed_name.is_some()).count();
    let unread = names + draft.tasks().map(|(_, task)| task.unread.len()).sum::<usize>();
    let said = Locale::default().editor();
    let page = YamlPage {
        chrome: layout::around(&subject.request, &subject.reader, presenter::title(subject), Section::ReleaseTasks)
            .await?
            .with_rail(),
        head: presenter::head(subject, EditorTab::Yaml, None),
        notices: presenter::notices(subject, refusal),
        url: subject.urls().below("yaml"),
        rev: subject.open.stored.rev,
        cancel_url: subject.urls().board(None),
        lines: text.split('\n').count().max(1),
        text: text_area(&text),
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
