//! Commands: every change of the board is a form that is sent here, and leads back to the board at what was changed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::MAX_TOLD_LEN;
use super::command::{self, CommandFault};
use super::draft_subject::DraftSubject;
use super::presenter::{self, Shown};
use super::sent_form::{self, SentForm};
use crate::app::{AppError, DraftAction, DraftOutcome};
use crate::domain::draft::{Draft, ElementId, ElementPosition};
use crate::domain::edit::{ActionLabel, EditOperation, EditRefusal, EditSummary};
use crate::format::{Handwritten, handwritten, readable};
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::messages::Locale;
use crate::messages::editor::BoardPlace;
use crate::messages::told::Told;
use crate::pages::components::draft_urls::anchor;
use crate::pages::components::{ConfirmDialog, DialogPage, Hidden, Section, layout};

/// Sent when the text may be written anew.
const REWRITE: &str = "rewrite";

/// Does it.
pub async fn create(subject: DraftSubject, body: Bytes) -> Reply {
    let form = SentForm::read(&body);
    let open = form.element("open");
    if form.rev() != Some(subject.open.stored.rev) {
        return stale(subject, &form).await;
    }
    let action = match command::asked(subject.draft(), &form, subject.now()) {
        Ok(action) => action,
        Err(CommandFault::Unknown) => return Err(HttpError::Unreadable("no such command".to_owned())),
        Err(CommandFault::Refused(refusal)) => return refused(&subject, open, &refusal).await,
    };
    let Some(action) = action else { return Ok(stays(&subject, &form)) };
    if !form.has(REWRITE)
        && let Some(lost) = loses(&subject, &action)
    {
        return ask_rewrite(&subject, &form, lost).await;
    }
    match subject.site.app.change_draft(&subject.caller(), subject.id(), form.rev(), &action).await {
        Ok(outcome) => Ok(done(&subject.anew().await?, &form, &outcome)),
        Err(AppError::DraftChanged) => stale(subject, &form).await,
        Err(AppError::NotEdited(refusal)) => refused(&subject.anew().await?, open, &refusal).await,
        Err(other) => Err(other.into()),
    }
}

/// Back to the board, which says of what was to be moved that it is at an end.
fn stays(subject: &DraftSubject, form: &SentForm) -> HttpResponse {
    let Some((label, end)) = command::at_end(subject.draft(), form) else {
        return done(subject, form, &DraftOutcome::Unchanged);
    };
    let open = form.element("open").filter(|id| has_form(subject.draft(), *id));
    response::done(&subject.request, &subject.urls().board(open), &Told::DraftNotMoved(short(&label), end))
}

/// On to the board, at what was changed, which says what was done.
fn done(subject: &DraftSubject, form: &SentForm, outcome: &DraftOutcome) -> HttpResponse {
    let draft = subject.draft();
    let changed = element(outcome);
    let adds = |operation| matches!(operation, EditOperation::AddTask | EditOperation::AddVariable);
    let is_new = matches!(outcome, DraftOutcome::Edited(summary) if adds(summary.label.operation));
    let own = form_of(form);
    let open = if is_new { changed } else { own.or_else(|| form.element("open")) };
    let open = open.filter(|id| has_form(draft, *id));
    let at = match changed {
        _ if is_new || own.is_some() => "#form".to_owned(),
        Some(id) if draft.position(id).is_some() => format!("#{}", anchor(id)),
        Some(_) | None => String::new(),
    };
    let url = format!("{}{at}", subject.urls().board(open));
    // What is kept as one types is told beside the form, but for what it changes elsewhere.
    let follows = matches!(outcome, DraftOutcome::Edited(summary) if summary.references > 0);
    match told_of(draft, outcome).filter(|_| follows || !form.has("quiet")) {
        Some(told) => response::done(&subject.request, &url, &told),
        None => response::went(&subject.request, &url),
    }
}

/// The task or variable whose form was sent.
fn form_of(form: &SentForm) -> Option<ElementId> {
    let what = form.text("do");
    let id = what.strip_prefix("set-task ").or_else(|| what.strip_prefix("set-variable "));
    id.and_then(sent_form::element)
}

/// Whether there is a form of that element.
fn has_form(draft: &Draft, id: ElementId) -> bool {
    draft.task(id).is_some() || draft.variable(id).is_some()
}

fn element(outcome: &DraftOutcome) -> Option<ElementId> {
    match outcome {
        DraftOutcome::Unchanged => None,
        DraftOutcome::Edited(summary) => summary.element,
        DraftOutcome::Undone(step) | DraftOutcome::Redone(step) => step.element,
    }
}

fn told_of(draft: &Draft, outcome: &DraftOutcome) -> Option<Told> {
    Some(match outcome {
        DraftOutcome::Edited(summary) => {
            let EditSummary { label, element, references } = summary;
            let is_move = matches!(
                label.operation,
                EditOperation::MovePhase
                    | EditOperation::MoveGroup
                    | EditOperation::MoveTask
                    | EditOperation::MoveVariable
            );
            let place = element.filter(|_| is_move).and_then(|id| place(draft, id));
            Told::DraftEdited(short(label), *references, place)
        }
        DraftOutcome::Undone(step) => Told::DraftUndone(short(&step.label)),
        DraftOutcome::Redone(step) => Told::DraftRedone(short(&step.label)),
        DraftOutcome::Unchanged => return None,
    })
}

fn short(label: &ActionLabel) -> ActionLabel {
    ActionLabel { name: readable(&label.name, MAX_TOLD_LEN), ..label.clone() }
}

fn place(draft: &Draft, id: ElementId) -> Option<BoardPlace> {
    let name = |phase: usize| readable(&draft.phases[phase].name, MAX_TOLD_LEN);
    match draft.position(id)? {
        ElementPosition::Phase { .. } | ElementPosition::Variable { .. } => None,
        ElementPosition::Group { phase, group } => {
            let of = draft.phases[phase].groups.len();
            Some(BoardPlace { phase: name(phase), group: None, number: group + 1, of })
        }
        ElementPosition::Task(at) => {
            let of = draft.phases[at.phase].groups[at.group].tasks.len();
            Some(BoardPlace { phase: name(at.phase), group: Some(at.group + 1), number: at.position + 1, of })
        }
    }
}

async fn refused(subject: &DraftSubject, open: Option<ElementId>, refusal: &EditRefusal) -> Reply {
    let status = match refusal {
        EditRefusal::TooMany { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        EditRefusal::Gone { .. }
        | EditRefusal::NotThere { .. }
        | EditRefusal::NoIdLeft
        | EditRefusal::NothingToUndo
        | EditRefusal::NothingToRedo => StatusCode::CONFLICT,
    };
    let refusal = Some(Locale::default().editor().edit_refusal(refusal));
    presenter::refused(subject, status, Shown { open, refusal, ..Shown::default() }).await
}

/// The page was made before the last change of the draft. What was typed is not lost: the form comes back with it.
async fn stale(subject: DraftSubject, form: &SentForm) -> Reply {
    let subject = subject.anew().await?;
    let said = Locale::default().editor();
    let Some(element) = form_of(form).filter(|id| has_form(subject.draft(), *id)) else {
        if ["rename", "basic-info"].iter().any(|word| form.text("do").starts_with(word)) {
            return again(&subject, form).await;
        }
        let shown =
            Shown { open: form.element("open"), refusal: Some(said.draft_changed().to_owned()), ..Shown::default() };
        return presenter::refused(&subject, StatusCode::CONFLICT, shown).await;
    };
    if response::is_htmx(&subject.request) {
        return again(&subject, form).await;
    }
    let refusal = Some(said.draft_changed_typed().to_owned());
    presenter::refused(
        &subject,
        StatusCode::CONFLICT,
        Shown { open: Some(element), refusal, typed: Some(form), asked: false },
    )
    .await
}

/// What a change of the board takes away from the YAML tab: a text that is not applied; or what somebody wrote in the one that is
/// (A13), which Undo brings back.
fn loses(subject: &DraftSubject, action: &DraftAction) -> Option<Loss> {
    let (stored, said) = (&subject.open.stored, Locale::default().editor());
    let typed = stored.typed_text.as_ref().map(|_| said.text_is_discarded().to_owned());
    let lost = match (action, &stored.text) {
        (DraftAction::Run(_) | DraftAction::RunFor { .. }, Some(text)) => handwritten(text),
        _ => Handwritten::default(),
    };
    let anew = (!lost.is_empty()).then(|| said.text_is_written_anew(&lost));
    let title = if typed.is_some() { "Discard Text" } else { "Write the YAML Anew" };
    let sentence = typed.into_iter().chain(anew).reduce(|all, more| format!("{all} {more}"))?;
    Some(Loss { title, sentence })
}

/// What a change takes away, in words.
struct Loss {
    title: &'static str,
    sentence: String,
}

/// Asks whether that may be so.
async fn ask_rewrite(subject: &DraftSubject, form: &SentForm, lost: Loss) -> Reply {
    let sent = form.without_rev().map(|(name, value)| Hidden::new(name, value));
    let state = [("rev", subject.open.stored.rev.to_string()), (REWRITE, "true".to_owned())];
    let dialog = ConfirmDialog {
        title: lost.title.to_owned(),
        about: subject.draft().name.clone(),
        sentence: lost.sentence,
        url: subject.urls().below("commands"),
        hidden: sent.chain(state.map(|(name, value)| Hidden::new(name, value))).collect(),
        cancel_url: subject.urls().board(form.element("open")),
        button: "Change It All the Same".to_owned(),
        ..ConfirmDialog::default()
    };
    asked(subject, dialog).await
}

/// Asks whether what was typed is to stand all the same.
async fn again(subject: &DraftSubject, form: &SentForm) -> Reply {
    let said = Locale::default().editor();
    let rev = ("rev".to_owned(), subject.open.stored.rev.to_string());
    let dialog = ConfirmDialog {
        title: said.not_done().to_owned(),
        about: subject.draft().name.clone(),
        sentence: said.draft_changed_typed().to_owned(),
        url: subject.urls().below("commands"),
        hidden: form.without_rev().chain([rev]).map(|(name, value)| Hidden::new(name, value)).collect(),
        cancel_url: subject.urls().board(form.element("open")),
        button: "Send Again".to_owned(),
        ..ConfirmDialog::default()
    };
    asked(subject, dialog).await
}

async fn asked(subject: &DraftSubject, dialog: ConfirmDialog) -> Reply {
    if response::is_htmx(&subject.request) {
        return response::page_with(StatusCode::CONFLICT, &dialog);
    }
    let chrome =
        layout::around(&subject.request, &subject.reader, presenter::title(subject), Section::ReleaseTasks).await?;
    response::page_with(StatusCode::CONFLICT, &DialogPage { chrome, dialog })
}
