//! The page of the editor: head, notices, problems, the board, and the form that is open.

use actix_web::http::StatusCode;

use super::board::Board;
use super::draft_subject::DraftSubject;
use super::panel::Panel;
use super::problems::{self, ToldProblem};
use super::sent_form::SentForm;
use super::view::{EditorHead, EditorPage, EditorTab, ProblemBox};
use super::{variable_form, variable_list};
use crate::domain::catalog::{Catalog, unknown_names};
use crate::domain::draft::ElementId;
use crate::domain::people::Person;
use crate::domain::retention;
use crate::domain::unable;
use crate::domain::validate::MAX_TASKS_IN_ALL;
use crate::domain::warnings;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::messages::Locale;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{
    Action, ActionStyle, Crumbs, Fact, FactValue, Link, Look, Notice, RefusedDialog, Section, When, layout, urls,
};

/// Problems that are told at once; the others are behind a word.
const FIRST_PROBLEMS: usize = 5;

/// Drafts of others that are told one by one.
const OTHERS_SHOWN: usize = 3;

/// How the page comes: with which form, and what is said above it.
#[derive(Default)]
pub struct Shown<'s> {
    /// The task or variable whose form is open.
    pub open: Option<ElementId>,
    /// Whether it was asked what is wrong in the form of a task as it was added.
    pub asked: bool,
    /// Why what was asked was not done.
    pub refusal: Option<String>,
    /// What was typed into that form and could not be taken.
    pub typed: Option<&'s SentForm>,
}

/// The page.
pub async fn page(subject: &DraftSubject, shown: Shown<'_>) -> Result<EditorPage, HttpError> {
    let draft = subject.draft();
    let mut problems = problems::told(draft);
    if !shown.asked && shown.refusal.is_none() {
        problems = problems::until_typed(problems, draft);
    }
    let task = shown.open.and_then(|id| draft.tasks().find(|(_, task)| task.id == id));
    let variable = shown.open.and_then(|id| draft.variable(id));
    let people = if warnings::asks_people(draft) { subject.people().await? } else { Vec::new() };
    let team = subject.open.stored.owner.team;
    let mut members = unable::enabled(&people);
    for user in &mut members {
        user.roles.retain(|held| held.team == team);
    }
    members.retain(|user| !user.roles.is_empty());
    let catalog = subject.catalog().await?;
    let panel = match (task, variable) {
        (Some((at, task)), _) => {
            let (members, problems, catalog) = (&members, &problems, &catalog);
            Some(Panel { subject, members, problems, catalog, typed: shown.typed }.of(at, task))
        }
        (None, Some(variable)) => Some(variable_form::panel(subject, variable, &problems, shown.typed)),
        (None, None) => None,
    };
    let open = task.map(|(_, task)| task.id).or(variable.map(|variable| variable.id));
    let rev = subject.open.stored.rev;
    let board = Board { draft, rev, urls: subject.urls(), open, problems: &problems }.view();
    Ok(EditorPage {
        chrome: layout::around(&subject.request, &subject.reader, title(subject), Section::ReleaseTasks)
            .await?
            .with_rail(),
        head: head(subject, EditorTab::Board, open),
        notices: notices(subject, shown.refusal).into_iter().chain(typed_text(subject)).collect(),
        problems: problem_box(&problems, subject),
        warnings: warning_box(subject, &people, &catalog),
        board,
        variables: variable_list::view(draft, (rev, open), &subject.urls(), &problems),
        panel,
    })
}

/// What was asked was not done: said in the dialog, or above the board as it is now.
pub async fn refused(subject: &DraftSubject, status: StatusCode, shown: Shown<'_>) -> Reply {
    let sentence = shown.refusal.clone().unwrap_or_default();
    if response::is_htmx(&subject.request) {
        let title = Locale::default().editor().not_done().to_owned();
        return response::page_with(
            status,
            &RefusedDialog { title, sentence, back_url: subject.urls().board(shown.open) },
        );
    }
    response::page_with(status, &page(subject, shown).await?)
}

/// The title of the window.
pub fn title(subject: &DraftSubject) -> String {
    format!("{}, Orchestrate Release Task", subject.draft().name)
}

/// The head of the editor, on whichever of its tabs.
pub fn head(subject: &DraftSubject, tab: EditorTab, open: Option<ElementId>) -> EditorHead {
    let (stored, draft, links) = (&subject.open.stored, subject.draft(), subject.urls());
    let said = Locale::default().editor();
    let mut crumbs = vec![Link::new("Region Release Tasks", urls::release_tasks(&subject.region.name))];
    if let Some(id) = stored.release_id {
        crumbs.push(Link::new(draft.name.clone(), ReleaseUrls::new(&subject.region.name, id).show()));
    }
    let mut facts =
        vec![Fact::text("Release task", draft.name.clone()), Fact::text("Team", subject.open.place.team.clone())];
    if let Some((id, version)) = stored.release_id.zip(stored.based_on) {
        let link = Link::new(format!("version {version}"), ReleaseUrls::new(&subject.region.name, id).version(version));
        facts.push(Fact::new("Based on", FactValue::Link(link)));
    }
    let others = &subject.open.others;
    for other in others.iter().take(OTHERS_SHOWN) {
        let changed = FactValue::When(When::at(other.changed_at, subject.now()));
        facts.push(Fact::new(said.draft_of(&other.user), changed));
    }
    if let Some(more) = others.len().checked_sub(OTHERS_SHOWN).filter(|more| *more > 0) {
        facts.push(Fact::text("Drafts", said.more_people(more)));
    }
    facts.push(Fact::text("Tasks", format!("{} of {MAX_TASKS_IN_ALL}", draft.tasks().count())));
    EditorHead {
        crumbs: Crumbs::new(crumbs, "Orchestrate Release Task"),
        description: (!draft.description.is_empty()).then(|| draft.description.clone()),
        facts,
        rev: stored.rev,
        open: open.map(|id| id.to_string()).unwrap_or_default(),
        commands_url: links.below("commands"),
        save_url: links.below("save"),
        basic_info_url: links.below("basic-info"),
        discard_url: links.below("discard"),
        board_url: links.board(None),
        yaml_url: links.below("yaml"),
        tab,
        saved: When::at(stored.changed_at, subject.now()),
        undo: subject.open.to_undo.as_ref().map(|label| said.action(label)),
        redo: subject.open.to_redo.as_ref().map(|label| said.action(label)),
        best_effort: draft.best_effort,
        supersede: draft.supersede,
    }
}

/// What to know first: what was not done, and what others saved.
pub fn notices(subject: &DraftSubject, refusal: Option<String>) -> Vec<Notice> {
    let said = Locale::default().editor();
    let refusal = refusal.map(|sentence| Notice::new(Look::Failed, format!("{}.", said.not_done()), sentence));
    let newer = subject.open.stored.based_on.zip(subject.open.newest).filter(|(based_on, newest)| newest > based_on);
    let merge = || Action::link("Merge…", subject.urls().below("merge")).styled(ActionStyle::Small);
    let newer = newer.map(|(based_on, newest)| Notice {
        actions: vec![merge()],
        ..Notice::new(Look::Asking, "", said.newer_version(based_on, newest))
    });
    let goes = retention::draft_notice(subject.open.stored.changed_at, subject.now());
    let goes = goes.map(|at| Notice::new(Look::Info, "", Locale::default().storage().draft_goes(at)));
    refusal.into_iter().chain(newer).chain(goes).collect()
}

/// A text waits in the YAML tab.
fn typed_text(subject: &DraftSubject) -> Option<Notice> {
    subject.open.stored.typed_text.as_ref()?;
    let said = Locale::default().editor();
    let look = Action::link("Look at the Text", subject.urls().below("yaml")).styled(ActionStyle::Small);
    Some(Notice { actions: vec![look], ..Notice::new(Look::Asking, "", said.text_waits()) })
}

/// The warnings, if there are any, for the people as they are now.
fn warning_box(subject: &DraftSubject, people: &[Person], catalog: &Catalog) -> Option<ProblemBox> {
    let (draft, team) = (subject.draft(), subject.open.stored.owner.team);
    let mut found = warnings::warnings(draft, people, team);
    found.extend(unknown_names(draft, catalog));
    let told = problems::warned(found);
    boxed(&told, subject, Locale::default().editor().warnings(told.len()))
}

/// The problems, if there are any.
pub fn problem_box(problems: &[ToldProblem], subject: &DraftSubject) -> Option<ProblemBox> {
    boxed(problems, subject, Locale::default().editor().problems(problems.len()))
}

fn boxed(problems: &[ToldProblem], subject: &DraftSubject, count: String) -> Option<ProblemBox> {
    if problems.is_empty() {
        return None;
    }
    let mut lines = problems::lines(problems, subject.draft(), &subject.urls());
    let more = if lines.len() > FIRST_PROBLEMS + 1 { lines.split_off(FIRST_PROBLEMS) } else { Vec::new() };
    Some(ProblemBox { count, lines, more })
}
