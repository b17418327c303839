//! Dialogs of the board that ask what a command needs to know: the kind of a new task, a place, a name.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use askama::Template;
use askama::filters::HtmlSafe;
use serde::Deserialize;

use super::board::place_words;
use super::dialog_view::{
    BasicInfoDialog, FurtherEndBox, KindChoice, KindSection, MoveDialog, PickDialog, RenameDialog,
};
use super::draft_subject::DraftSubject;
use super::presenter::title;
use super::problems;
use crate::app::reads::IdAndName;
use crate::domain::draft::{Draft, ElementId, ElementPosition};
use crate::domain::edit::{Destination, destinations};
use crate::domain::failure_policy::FurtherEnd;
use crate::domain::ids::TeamId;
use crate::domain::kinds::Kind;
use crate::domain::people::Role;
use crate::format::form::{kind_words, new_kind};
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::messages::editor::{MovePlace, Neighbour};
use crate::messages::{self, Locale};
use crate::pages::components::draft_urls::anchor;
use crate::pages::components::{DialogPage, Field, Hidden, Section, SelectOption, layout};
use crate::pages::kinds;

/// Where a new task goes.
#[derive(Debug, Deserialize)]
pub struct NewTaskPlace {
    group: u32,
    #[serde(default)]
    after: String,
}

/// What a dialog is about.
#[derive(Debug, Deserialize)]
pub struct AboutElement {
    element: u32,
}

/// A dialog alone for the script, or as a page.
pub async fn reply<D: Template + HtmlSafe>(subject: &DraftSubject, status: StatusCode, dialog: D) -> Reply {
    if response::is_htmx(&subject.request) {
        return response::page_with(status, &dialog);
    }
    let chrome = layout::around(&subject.request, &subject.reader, title(subject), Section::ReleaseTasks).await?;
    response::page_with(status, &DialogPage { chrome, dialog })
}

/// The hidden fields of a command that is asked from the draft as it is.
pub fn command(subject: &DraftSubject, what: String) -> Vec<Hidden> {
    vec![Hidden::new("rev", subject.open.stored.rev.to_string()), Hidden::new("do", what)]
}

/// Add Task: of which kind.
pub async fn pick(subject: DraftSubject, place: Query<NewTaskPlace>) -> Reply {
    let draft = subject.draft();
    let group = ElementId(place.group);
    let at = draft.groups().find(|(_, _, of)| of.id == group).ok_or(HttpError::NotFound)?;
    let (phase, number, of) = (&draft.phases[at.0].name, at.1 + 1, at.2);
    let after = of.tasks.iter().find(|task| task.id.to_string() == place.after);
    let what = after.map_or_else(|| format!("add-task {group}"), |after| format!("add-task {group} {}", after.id));
    let behind = after.map(|task| format!(", after {}", task.name)).unwrap_or_default();
    let is_work = |kind: &Kind| kind.work().is_some();
    let all: Vec<Kind> = kind_words().filter_map(new_kind).collect();
    let section = |title: &'static str, work: bool| KindSection {
        title,
        kinds: all.iter().filter(|kind| is_work(kind) == work).map(choice).collect(),
    };
    let dialog = PickDialog {
        place: format!("{phase}, group {number}{behind}"),
        url: subject.urls().below("commands"),
        hidden: command(&subject, what),
        cancel_url: format!("{}#{}", subject.urls().board(None), anchor(group)),
        sections: vec![section("Work and check", true), section("Stop and ask", false)],
    };
    reply(&subject, StatusCode::OK, dialog).await
}

fn choice(kind: &Kind) -> KindChoice {
    KindChoice {
        word: kind.word(),
        name: messages::kind(kind, Locale::default()),
        purpose: Locale::default().editor().kind_purpose(kind.word()),
        icon: kinds::view(kind).icon(),
    }
}

/// Move: where to.
pub async fn choose_place(subject: DraftSubject, about: Query<AboutElement>) -> Reply {
    let draft = subject.draft();
    let id = ElementId(about.element);
    let name = name_of(draft, id).ok_or(HttpError::NotFound)?;
    let option = |to: &Destination| {
        let written = |id: Option<ElementId>| id.map(|id| id.to_string()).unwrap_or_default();
        let words = Locale::default().editor().move_place(&place(draft, *to));
        SelectOption::new(format!("{}.{}", written(to.parent), written(to.after)), words, false)
    };
    let dialog = MoveDialog {
        name,
        url: subject.urls().below("commands"),
        hidden: command(&subject, format!("move {id}")),
        cancel_url: format!("{}#{}", subject.urls().board(None), anchor(id)),
        places: destinations(draft, id).iter().map(option).collect(),
    };
    reply(&subject, StatusCode::OK, dialog).await
}

fn place(draft: &Draft, to: Destination) -> MovePlace {
    let parent = to.parent.and_then(|id| draft.position(id));
    let (phase, group) = match parent {
        Some(ElementPosition::Phase { phase }) => (Some(phase), None),
        Some(ElementPosition::Group { phase, group }) => (Some(phase), Some(group + 1)),
        Some(ElementPosition::Task(_) | ElementPosition::Variable { .. }) | None => (None, None),
    };
    let behind = to.after.and_then(|id| match draft.position(id)? {
        ElementPosition::Variable { index } => Some(Neighbour::Named(draft.variables[index].name.clone())),
        ElementPosition::Phase { phase } => Some(Neighbour::Named(draft.phases[phase].name.clone())),
        ElementPosition::Group { group, .. } => Some(Neighbour::Group(group + 1)),
        ElementPosition::Task(_) => Some(Neighbour::Named(draft.task(id)?.name.clone())),
    });
    MovePlace { phase: phase.map(|phase| draft.phases[phase].name.clone()), group, behind }
}

/// Rename a phase or a task.
pub async fn rename(subject: DraftSubject, about: Query<AboutElement>) -> Reply {
    let draft = subject.draft();
    let id = ElementId(about.element);
    let (title, held, place) = match draft.position(id) {
        Some(ElementPosition::Phase { phase }) => ("Rename Phase", draft.phases[phase].name.clone(), None),
        Some(ElementPosition::Task(at)) => {
            let task = draft.task(id).ok_or(HttpError::NotFound)?;
            let typed = task.unread.get("name").unwrap_or(&task.name);
            ("Rename Task", typed.clone(), Some(place_words(draft, at)))
        }
        Some(ElementPosition::Group { .. } | ElementPosition::Variable { .. }) | None => {
            return Err(HttpError::NotFound);
        }
    };
    let wrong = problems::told(draft).into_iter().find(|it| it.element == Some(id) && it.field == "name");
    let dialog = RenameDialog {
        title,
        about: place.unwrap_or_else(|| draft.name.clone()),
        url: subject.urls().below("commands"),
        hidden: command(&subject, format!("rename {id}")),
        cancel_url: format!("{}#{}", subject.urls().board(None), anchor(id)),
        name: Field { value: held, error: wrong.map(|problem| problem.sentence) },
    };
    reply(&subject, StatusCode::OK, dialog).await
}

/// The teams that the release task can belong to: before its first version those of which the reader is an operator.
async fn teams(subject: &DraftSubject) -> Result<Vec<SelectOption>, HttpError> {
    let stored = &subject.open.stored;
    if stored.release_id.is_some() {
        return Ok(Vec::new());
    }
    let teams = subject.site.app.teams().await?;
    let own = teams.iter().filter(|team| subject.reader.user().has(team.id, Role::Operator));
    let option = |team: &IdAndName<TeamId>| {
        SelectOption::new(team.id.to_string(), team.name.clone(), team.id == stored.owner.team)
    };
    Ok(own.map(option).collect())
}

/// Set Basic Info: name, team and description.
pub async fn basic_info(subject: DraftSubject) -> Reply {
    let draft = subject.draft();
    let problems = problems::told(draft);
    let field = |key: &str, value: &str| {
        let wrong = problems.iter().find(|problem| problem.element.is_none() && problem.field == key);
        Field { value: value.to_owned(), error: wrong.map(|problem| problem.sentence.clone()) }
    };
    let dialog = BasicInfoDialog {
        about: subject.open.place.team.clone(),
        teams: teams(&subject).await?,
        url: subject.urls().below("commands"),
        hidden: command(&subject, "basic-info".to_owned()),
        cancel_url: subject.urls().board(None),
        name: field("name", &draft.name),
        description: field("description", &draft.description),
        on_failure: failure_options(draft),
        on_failure_error: problems.iter().find(|it| it.field.starts_with("onFailure")).map(|it| it.sentence.clone()),
        also: FurtherEnd::ALL.map(|end| also(draft, end)).to_vec(),
    };
    reply(&subject, StatusCode::OK, dialog).await
}

/// What can happen by itself after a failure. A phase that is not there any more stays to be seen: it is what is wrong.
fn failure_options(draft: &Draft) -> Vec<SelectOption> {
    let chosen = draft.on_failure.as_ref().map(|policy| policy.from.as_str());
    let said = Locale::default().editor();
    let gone = chosen.filter(|from| !draft.phases.iter().any(|phase| phase.name == *from));
    let phases = draft.phases.iter().map(|phase| phase.name.as_str()).chain(gone);
    let option = |name: &str| SelectOption::new(name, said.rolls_back_from(name), chosen == Some(name));
    let stays = SelectOption::new("", said.stays_failed(), chosen.is_none());
    std::iter::once(stays).chain(phases.map(option)).collect()
}

fn also(draft: &Draft, end: FurtherEnd) -> FurtherEndBox {
    let label = capital(Locale::default().release_tasks().further_end(end));
    let on = draft.on_failure.as_ref().is_some_and(|policy| policy.also.contains(&end));
    FurtherEndBox { word: end.word(), label, on }
}

fn capital(word: &str) -> String {
    word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect()
}

fn name_of(draft: &Draft, id: ElementId) -> Option<String> {
    Some(match draft.position(id)? {
        ElementPosition::Variable { index } => draft.variables[index].name.clone(),
        ElementPosition::Phase { phase } => draft.phases[phase].name.clone(),
        ElementPosition::Group { phase, group } => format!("Group {} of {}", group + 1, draft.phases[phase].name),
        ElementPosition::Task(_) => draft.task(id)?.name.clone(),
    })
}
