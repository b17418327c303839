//! Commands of the board as they are written on its buttons: a word, and the elements that it is about.

use chrono_tz::Tz;

use super::sent_form::{SentForm, element};
use super::{task_fields, variable_form};
use crate::app::DraftAction;
use crate::domain::draft::{Draft, ElementId, ElementPosition};
use crate::domain::edit::{ActionLabel, EditCommand, EditOperation, EditRefusal, Toward, step};
use crate::domain::execution::Moment;
use crate::domain::failure_policy::{FailurePolicy, FurtherEnd};
use crate::domain::specification::offered_version;
use crate::format::form::new_kind;
use crate::messages::editor::BoardEnd;

/// Sent by the button that asks for another version.
const OFFER: &str = "offer-version";

/// Why what was sent is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandFault {
    /// No button says it.
    Unknown,
    /// It is about what is not there.
    Refused(EditRefusal),
}

/// What a form asks for; nothing where there is no place to go to. `now` is the time, of which an offered version is made.
pub fn asked(draft: &Draft, form: &SentForm, now: Moment) -> Result<Option<DraftAction>, CommandFault> {
    let words: Vec<&str> = form.text("do").split(' ').collect();
    let (word, ids) = words.split_first().ok_or(CommandFault::Unknown)?;
    let id = |at: usize| ids.get(at).and_then(|text| element(text));
    let one = |command: EditCommand| Ok(Some(DraftAction::Run(Box::new(command))));
    match (*word, id(0)) {
        ("undo", None) => Ok(Some(DraftAction::Undo)),
        ("redo", None) => Ok(Some(DraftAction::Redo)),
        ("best-effort", None) => one(EditCommand::SetBestEffort { best_effort: form.has("bestEffort") }),
        ("supersede", None) => one(EditCommand::SetSupersede { supersede: form.has("supersede") }),
        ("basic-info", None) => match form.text("team").parse() {
            Ok(team) => Ok(Some(DraftAction::RunFor { command: Box::new(basic_info(form)), team })),
            Err(_) => one(basic_info(form)),
        },
        ("add-phase", after) => one(EditCommand::AddPhase { after, name: None }),
        ("add-group", Some(phase)) => one(EditCommand::AddGroup { phase, after: last_group(draft, phase) }),
        ("add-task", Some(group)) => {
            let kind = new_kind(form.text("kind")).ok_or(CommandFault::Unknown)?;
            let kind = kind.with_offered_version(&version_offered(form, now));
            one(EditCommand::AddTask { group, after: id(1), name: None, kind })
        }
        ("add-variable", after) => one(EditCommand::AddVariable { after, name: None }),
        ("set-variable", Some(id)) => {
            let variable = draft.variable(id).ok_or(gone(id))?;
            one(variable_form::taken(variable, form))
        }
        ("set-task", Some(id)) if form.has(OFFER) => {
            let form = form.with("version", &version_offered(form, now));
            one(set_task(draft, id, &form)?)
        }
        ("set-task", Some(id)) => one(set_task(draft, id, form)?),
        ("step", Some(id)) => {
            let toward = ids.get(1).and_then(|word| toward(word)).ok_or(CommandFault::Unknown)?;
            place_of(draft, id)?;
            Ok(step(draft, id, toward).map(|command| DraftAction::Run(Box::new(command))))
        }
        ("rename", Some(id)) => one(rename(draft, id, form.text("name"))?),
        ("copy", Some(id)) => one(copy(draft, id)?),
        ("remove", Some(id)) => one(remove(draft, id)?),
        ("move", Some(id)) => one(move_to(draft, id, form.text("to"))?),
        (_, _) => Err(CommandFault::Unknown),
    }
}

/// The version that is offered now, on the reader's clock as far as their browser says where they are.
fn version_offered(form: &SentForm, now: Moment) -> String {
    let zone: Tz = form.text("reader-zone").parse().unwrap_or(Tz::UTC);
    offered_version(now.with_timezone(&zone).naive_local())
}

/// What stays where it is, and the end that it is at, if that was to be moved by a step.
pub fn at_end(draft: &Draft, form: &SentForm) -> Option<(ActionLabel, BoardEnd)> {
    let mut words = form.text("do").split_whitespace().skip_while(|word| *word != "step").skip(1);
    let id = words.next().and_then(element)?;
    let toward = words.next().and_then(toward)?;
    let place = draft.position(id)?;
    let name = |phase: usize| draft.phases[phase].name.clone();
    let (operation, name, group) = match place {
        ElementPosition::Phase { phase } => (EditOperation::MovePhase, name(phase), None),
        ElementPosition::Group { phase, group } => (EditOperation::MoveGroup, name(phase), Some(group + 1)),
        ElementPosition::Task(_) => (EditOperation::MoveTask, draft.task(id)?.name.clone(), None),
        ElementPosition::Variable { .. } => (EditOperation::MoveVariable, draft.variable(id)?.name.clone(), None),
    };
    let is_phase = matches!(place, ElementPosition::Phase { .. });
    let end = match toward {
        Toward::Earlier => BoardEnd::First,
        Toward::Later => BoardEnd::Last,
        Toward::PreviousPhase if is_phase => BoardEnd::First,
        Toward::NextPhase if is_phase => BoardEnd::Last,
        Toward::PreviousPhase => BoardEnd::FirstPhase,
        Toward::NextPhase => BoardEnd::LastPhase,
    };
    Some((ActionLabel { operation, name, group }, end))
}

/// The way of a step as it is written.
fn toward(word: &str) -> Option<Toward> {
    match word {
        "earlier" => Some(Toward::Earlier),
        "later" => Some(Toward::Later),
        "previous" => Some(Toward::PreviousPhase),
        "next" => Some(Toward::NextPhase),
        _ => None,
    }
}

fn basic_info(form: &SentForm) -> EditCommand {
    let name = EditCommand::SetName { name: form.text("name").trim().to_owned() };
    let description = EditCommand::SetDescription { description: form.text("description").trim().to_owned() };
    let mut commands = vec![name, description];
    // A page of an earlier version does not ask for it.
    if form.has("onFailure") {
        let also = form.all("also").filter_map(FurtherEnd::from_word).collect();
        let policy = Some(form.text("onFailure")).filter(|from| !from.is_empty());
        let policy = policy.map(|from| FailurePolicy { from: from.to_owned(), also });
        commands.push(EditCommand::SetFailurePolicy { policy });
    }
    EditCommand::Several { commands }
}

fn set_task(draft: &Draft, id: ElementId, form: &SentForm) -> Result<EditCommand, CommandFault> {
    let task = draft.task(id).ok_or(gone(id))?;
    let set = task_fields::taken(task, id, form);
    let description = form.text("description").trim().to_owned();
    let describe = EditCommand::DescribeTask { task: id, description };
    // The name comes last: references to it, in what was just typed too, follow.
    let rename = EditCommand::RenameTask { task: id, name: form.text("name").trim().to_owned() };
    Ok(EditCommand::Several { commands: vec![set, describe, rename] })
}

fn last_group(draft: &Draft, phase: ElementId) -> Option<ElementId> {
    draft.phase(phase)?.groups.last().map(|group| group.id)
}

fn gone(element: ElementId) -> CommandFault {
    CommandFault::Refused(EditRefusal::Gone { element })
}

fn place_of(draft: &Draft, id: ElementId) -> Result<ElementPosition, CommandFault> {
    draft.position(id).ok_or(gone(id))
}

fn rename(draft: &Draft, id: ElementId, name: &str) -> Result<EditCommand, CommandFault> {
    let name = name.trim().to_owned();
    match place_of(draft, id)? {
        ElementPosition::Variable { .. } => Ok(EditCommand::RenameVariable { variable: id, name }),
        ElementPosition::Phase { .. } => Ok(EditCommand::RenamePhase { phase: id, name }),
        ElementPosition::Task(_) => Ok(EditCommand::RenameTask { task: id, name }),
        ElementPosition::Group { .. } => Err(CommandFault::Unknown),
    }
}

fn copy(draft: &Draft, id: ElementId) -> Result<EditCommand, CommandFault> {
    Ok(match place_of(draft, id)? {
        ElementPosition::Variable { .. } => return Err(CommandFault::Unknown),
        ElementPosition::Phase { .. } => EditCommand::CopyPhase { phase: id },
        ElementPosition::Group { .. } => EditCommand::CopyGroup { group: id },
        ElementPosition::Task(_) => EditCommand::CopyTask { task: id },
    })
}

fn remove(draft: &Draft, id: ElementId) -> Result<EditCommand, CommandFault> {
    Ok(match place_of(draft, id)? {
        ElementPosition::Variable { .. } => EditCommand::RemoveVariable { variable: id },
        ElementPosition::Phase { .. } => EditCommand::RemovePhase { phase: id },
        ElementPosition::Group { .. } => EditCommand::RemoveGroup { group: id },
        ElementPosition::Task(_) => EditCommand::RemoveTask { task: id },
    })
}

/// A destination is written as what it is in and what it comes behind, each of which may be nothing: `4.`, `4.7`, `.7`.
fn move_to(draft: &Draft, id: ElementId, to: &str) -> Result<EditCommand, CommandFault> {
    let (parent, after) = to.split_once('.').ok_or(CommandFault::Unknown)?;
    let (parent, after) = (element(parent), element(after));
    Ok(match place_of(draft, id)? {
        ElementPosition::Variable { .. } => EditCommand::MoveVariable { variable: id, after },
        ElementPosition::Phase { .. } => EditCommand::MovePhase { phase: id, after },
        ElementPosition::Group { .. } => {
            EditCommand::MoveGroup { group: id, phase: parent.ok_or(CommandFault::Unknown)?, after }
        }
        ElementPosition::Task(_) => {
            EditCommand::MoveTask { task: id, group: parent.ok_or(CommandFault::Unknown)?, after }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::edit::apply;
    use crate::format::form::FormValue;

    fn run(draft: &Draft, body: &str) -> Result<Option<DraftAction>, CommandFault> {
        asked(draft, &SentForm::read(body.as_bytes()), chrono::DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_button_says_what_it_does_and_what_to() {
        let draft = Draft::blank("release-one");
        let Some(DraftAction::Run(added)) = run(&draft, "do=add-group+1").unwrap() else { panic!() };
        assert_eq!(*added, EditCommand::AddGroup { phase: ElementId(1), after: Some(ElementId(2)) });
        assert_eq!(run(&draft, "do=undo").unwrap(), Some(DraftAction::Undo));
        assert_eq!(run(&draft, "do=step+1+later").unwrap(), None);
        let moved = EditCommand::MoveGroup { group: ElementId(2), phase: ElementId(1), after: None };
        assert_eq!(run(&draft, "do=move+2&to=1.").unwrap(), Some(DraftAction::Run(Box::new(moved))));
    }

    #[test]
    fn a_variable_is_added_set_moved_and_removed() {
        let mut draft = Draft::blank("release-one");
        let mut done = |body: &str| {
            let Some(DraftAction::Run(command)) = run(&draft, body).unwrap() else { panic!("{body}") };
            apply(&mut draft, &command).unwrap();
            draft.variables.iter().map(|it| it.name.clone()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(done("do=add-variable"), "variable1");
        assert_eq!(done("do=add-variable+3"), "variable1 variable2");
        assert_eq!(done("do=step+4+earlier"), "variable2 variable1");
        let set = "do=set-variable+3&name=+colour+&type=choice&choices=blue%0D%0A+green+%0D%0A%0D%0A&default=green&isRequired=true";
        assert_eq!(done(set), "variable2 colour");
        assert_eq!(done("do=set-variable+4&name=a-b&type=string&default=&emptyDefault=true"), "variable2 colour");
        assert_eq!(done("do=remove+3"), "variable2");
        let left = &draft.variables[0];
        assert_eq!((left.typed_name.as_deref(), left.spec.default.as_deref()), (Some("a-b"), Some("")));
        assert_eq!(run(&draft, "do=set-variable+3"), Err(gone(ElementId(3))));
        assert_eq!(run(&draft, "do=copy+4"), Err(CommandFault::Unknown));
    }

    #[test]
    fn a_version_is_offered_of_the_clock_where_the_reader_is() {
        let mut draft = Draft::blank("release-one");
        let mut versions = Vec::new();
        let bodies = [
            "do=add-task+2&kind=create-component&reader-zone=Asia/Tokyo",
            "do=set-task+3&name=create-component1&version=7&reader-zone=nowhere",
            "do=set-task+3&name=create-component1&version=7&offer-version=yes&reader-zone=America/New_York",
        ];
        for body in bodies {
            let Some(DraftAction::Run(command)) = run(&draft, body).unwrap() else { panic!("{body}") };
            apply(&mut draft, &command).unwrap();
            let shown = task_fields::shown(draft.task(ElementId(3)).unwrap());
            versions.push(shown["version"].clone());
        }
        let texts = ["1970.0101.09000", "7", "1969.1231.19000"].map(|text| FormValue::Text(text.to_owned()));
        assert_eq!(versions, texts);
    }

    #[test]
    fn what_no_button_says_is_no_command() {
        let draft = Draft::blank("release-one");
        for body in
            ["", "do=", "do=explode+1", "do=undo+1", "do=rename+2&name=x", "do=add-task+2&kind=x", "do=move+2&to=1"]
        {
            assert_eq!(run(&draft, body), Err(CommandFault::Unknown), "{body}");
        }
        assert_eq!(run(&draft, "do=copy+9"), Err(gone(ElementId(9))));
        assert_eq!(run(&draft, "do=set-task+1"), Err(gone(ElementId(1))));
    }
}
