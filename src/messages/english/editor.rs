//! Sentences of the editor of release tasks.

use super::edit_words::{done, verb};
use super::form_fault::labelled;
use super::grammar::{counted, listed};
use super::{English, warnings};
use crate::domain::edit::{ActionLabel, CountLimit, EditOperation, EditRefusal};
use crate::domain::kinds::{
    BuildSpec, CommandSpec, CreateApplication, CreateComponent, ManualApproval, ManualTrigger, UpdateComponent,
    VerifySpec, Wait,
};
use crate::domain::warnings::Warning;
use crate::format::{Handwritten, readable};
use crate::messages::editor::{BoardEnd, BoardPlace, EditorSentences, MovePlace, Neighbour};

impl EditorSentences for English {
    fn action(&self, label: &ActionLabel) -> String {
        format!("{} {}", verb(label.operation), subject(label))
    }

    fn edited(&self, label: &ActionLabel, references: usize, place: Option<&BoardPlace>) -> String {
        let did = match place {
            Some(place) => format!("{} was moved to {}.", capital(&subject(label)), board_place(place)),
            None => format!("{} was {}.", capital(&subject(label)), done(label.operation)),
        };
        match references {
            0 => did,
            1 => format!("{did} One reference follows."),
            many => format!("{did} {many} references follow."),
        }
    }

    fn not_moved(&self, label: &ActionLabel, end: BoardEnd) -> String {
        let end = match end {
            BoardEnd::First => "the first",
            BoardEnd::Last => "the last",
            BoardEnd::FirstPhase => "in the first phase",
            BoardEnd::LastPhase => "in the last phase",
        };
        format!("{} is {end} already.", capital(&subject(label)))
    }

    fn undone(&self, label: &ActionLabel) -> String {
        format!("Undone: {}.", self.action(label))
    }

    fn redone(&self, label: &ActionLabel) -> String {
        format!("Done again: {}.", self.action(label))
    }

    fn edit_refusal(&self, refusal: &EditRefusal) -> String {
        match refusal {
            EditRefusal::Gone { .. } => {
                "What this was about is not there any more. Nothing was done; look at the board as it is now."
                    .to_owned()
            }
            EditRefusal::NotThere { .. } => {
                "The place that was chosen is not there any more. Nothing was done; choose another.".to_owned()
            }
            EditRefusal::TooMany { of, most } => match of {
                CountLimit::Phases => format!("A release task may have at most {most} phases."),
                CountLimit::Groups => format!("A phase may have at most {most} groups."),
                CountLimit::Tasks => format!("A group may have at most {most} tasks: add another group."),
                CountLimit::Variables => format!("A release task may have at most {most} variables."),
                CountLimit::TasksInAll => format!("A release task may have at most {most} tasks."),
            },
            EditRefusal::NoIdLeft => {
                "Nothing more can be added to this draft. Save it, and begin another one.".to_owned()
            }
            EditRefusal::NothingToUndo => "There is nothing to undo.".to_owned(),
            EditRefusal::NothingToRedo => "There is nothing to do again.".to_owned(),
        }
    }

    fn draft_changed(&self) -> &'static str {
        "The draft was changed in another tab or window since this page was opened. Nothing was done; look at it as it is \
         now, then do it again."
    }

    fn draft_changed_typed(&self) -> &'static str {
        "The draft was changed in another tab or window since this page was opened, and what you typed was not taken. It \
         is kept here as you typed it: send it again if it is to stand."
    }

    fn not_done(&self) -> &'static str {
        "This was not done"
    }

    fn has_problems(&self, count: usize) -> String {
        format!("It cannot be saved yet: it has {}. The draft is kept.", counted(count, "problem"))
    }

    fn note_too_long(&self, most: usize) -> String {
        format!("The note must have at most {most} characters.")
    }

    fn too_many_drafts(&self, most: u64) -> String {
        format!("You have {most} drafts, which is as many as one may have. Save or discard one of them first.")
    }

    fn newer_version(&self, based_on: u32, newest: u32) -> String {
        format!("Version {newest} was saved since you began this draft with version {based_on}.")
    }

    fn draft_of(&self, user: &str) -> String {
        format!("Draft of {user}")
    }

    fn more_people(&self, count: usize) -> String {
        format!("{} more", people(count))
    }

    fn saved_meanwhile(&self, newest: u32) -> String {
        format!(
            "Not saved: version {newest} was saved since you began this draft. Merge shows what both of you changed."
        )
    }

    fn draft_kept(&self, why: &str) -> String {
        format!("{why} Your draft is kept as it is.")
    }

    fn discard(&self, is_saved: bool) -> &'static str {
        if is_saved {
            "Everything that was changed in this draft is lost. The release task stays as it was saved last."
        } else {
            "Everything in this draft is lost: the release task was never saved."
        }
    }

    fn stays_failed(&self) -> &'static str {
        "Stays Release failed, and a person decides"
    }

    fn rolls_back_from(&self, phase: &str) -> String {
        format!("Rolls back by itself, if it fails in {phase} or later")
    }

    fn to_fill_in(&self) -> &'static str {
        "to be filled in"
    }

    fn problems(&self, count: usize) -> String {
        counted(count, "problem")
    }

    fn warnings(&self, count: usize) -> String {
        counted(count, "warning")
    }

    fn warning(&self, warning: &Warning) -> String {
        warnings::warning(warning)
    }

    fn not_taken(&self, label: &str) -> String {
        format!("{} was not taken yet: look at it, and apply the form again.", labelled(label))
    }

    fn must_be_filled(&self, label: &str) -> String {
        format!("{} must not be empty.", labelled(label))
    }

    fn name_is_free(&self, task: &str, typed: &str) -> String {
        format!("{task} can be named {typed} now: apply its form again.")
    }

    fn move_place(&self, place: &MovePlace) -> String {
        let behind = match &place.behind {
            None => "first".to_owned(),
            Some(Neighbour::Named(name)) => format!("after {name}"),
            Some(Neighbour::Group(number)) => format!("after group {number}"),
        };
        match (&place.phase, place.group) {
            (Some(phase), Some(group)) => format!("{phase}, group {group}, {behind}"),
            (Some(phase), None) => format!("{phase}, {behind}"),
            (None, _) => capital(&behind),
        }
    }

    fn variable(&self) -> &'static str {
        "Variable"
    }

    fn variable_asked(&self) -> &'static str {
        "asked for by Execute"
    }

    fn variables_about(&self) -> &'static str {
        "Asked for when it is executed, and used in tasks as ${vars.NAME}."
    }

    fn kind_purpose(&self, word: &str) -> &'static str {
        match word {
            BuildSpec::WORD => "Runs a script on a git repository, and gives what it made to later tasks.",
            CommandSpec::WORD => "Runs any script, with one for roll back.",
            Wait::WORD => "Stops for a time, or until a clock time.",
            ManualApproval::WORD => "Stops until enough approvers have agreed. Reject ends the release.",
            ManualTrigger::WORD => "Stops until somebody of the team says go.",
            VerifySpec::WORD => "Repeats a check until it holds long enough, or fails at a deadline.",
            CreateApplication::WORD => "Makes an application, empty. Roll Back deletes it while it is empty.",
            CreateComponent::WORD => "Makes a component and deploys it. Roll Back removes it.",
            UpdateComponent::WORD => "Deploys a new revision. Roll Back deploys the one before.",
            _ => "",
        }
    }

    fn no_such_original(&self, name: &str) -> String {
        format!(
            "There is no release task named {name} in this region that you may see. Choose one of those that are offered."
        )
    }

    fn several_originals(&self, name: &str, each: &[String]) -> String {
        let each = listed(each.iter().map(String::as_str), "or");
        format!("Several teams have a release task named {name}: write {each}.")
    }

    fn originals(&self, offered: usize, matching: u64) -> String {
        if offered == 0 {
            return "None has this in its name or description.".to_owned();
        }
        if offered as u64 >= matching {
            return format!("{} offered.", if offered == 1 { "One is".to_owned() } else { format!("{offered} are") });
        }
        format!("The first {offered} of {matching} are offered: write a part of the name to find the others.")
    }

    fn several_in_text(&self, count: usize) -> String {
        format!("The text must have one release task, and has {count}: keep one, and take the others out.")
    }

    fn belongs_elsewhere(&self, key: &str, named: &str, own: &str) -> String {
        format!(
            "The {key} of the text is {named}, and this release task belongs to {own}. Leave {key} out, or write {own}."
        )
    }

    fn straightened(&self, tasks: &[String]) -> Option<String> {
        warnings::straightened(tasks)
    }

    fn yaml_taken(&self) -> &'static str {
        "The text is the draft now."
    }

    fn text_is_written_anew(&self, lost: &Handwritten) -> String {
        let Handwritten { comments, anchors, parked } = lost;
        let shown = |words: &[String], mark: &str, thing: &str| {
            let first: Vec<String> = words.iter().take(3).map(|word| format!("{mark}{}", readable(word, 60))).collect();
            let more = if words.len() > first.len() { ", …" } else { "" };
            format!("{} ({}{more})", counted(words.len(), thing), first.join(", "))
        };
        let parts = [(comments, "# ", "comment"), (anchors, "&", "anchor"), (parked, "", "key")];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(words, ..)| !words.is_empty())
            .map(|(words, mark, thing)| shown(words, mark, thing))
            .collect();
        format!(
            "The text of this draft was written by hand. A change on the board writes it anew, without its {}. In the YAML \
             tab the same can be changed with them. Undo brings them back.",
            parts.join(" and its ")
        )
    }

    fn text_waits(&self) -> &'static str {
        "The YAML tab has a text that is not applied yet. A change on the board discards it."
    }

    fn text_is_discarded(&self) -> &'static str {
        "The YAML tab has a text that is not applied yet. This change discards it, and Undo does not bring it back."
    }

    fn text_not_applied(&self) -> &'static str {
        "Not saved: the YAML tab has a text that is not applied yet. Apply it there or discard it, then save."
    }

    fn discard_text(&self) -> &'static str {
        "What was typed in the YAML tab since it was applied last is lost. The draft stays as the board shows it."
    }

    fn yaml_without_unread(&self, fields: usize) -> String {
        match fields {
            1 => "One field of the board cannot be read yet; the text has what it held before.".to_owned(),
            many => format!("{many} fields of the board cannot be read yet; the text has what they held before."),
        }
    }

    fn yaml_faults(&self, count: usize) -> String {
        format!("{} in the text.", counted(count, "problem"))
    }
}

/// What an action is about, in the middle of a sentence.
fn subject(label: &ActionLabel) -> String {
    let name = &label.name;
    match label.operation {
        EditOperation::SetName => "the name of the release task".to_owned(),
        EditOperation::SetDescription => "the description of the release task".to_owned(),
        EditOperation::SetBestEffort => "the best effort policy".to_owned(),
        EditOperation::SetSupersede => "the switch Supersede".to_owned(),
        EditOperation::SetFailurePolicy => "what happens after a failure".to_owned(),
        EditOperation::AddVariable
        | EditOperation::RenameVariable
        | EditOperation::SetVariable
        | EditOperation::MoveVariable
        | EditOperation::RemoveVariable => format!("the variable {name}"),
        EditOperation::AddPhase
        | EditOperation::RenamePhase
        | EditOperation::CopyPhase
        | EditOperation::MovePhase
        | EditOperation::RemovePhase => format!("the phase {name}"),
        EditOperation::AddGroup | EditOperation::CopyGroup | EditOperation::MoveGroup | EditOperation::RemoveGroup => {
            let number = label.group.unwrap_or(1);
            format!("group {number} of {name}")
        }
        EditOperation::AddTask
        | EditOperation::RenameTask
        | EditOperation::DescribeTask
        | EditOperation::SetTask
        | EditOperation::CopyTask
        | EditOperation::MoveTask
        | EditOperation::RemoveTask => name.clone(),
        EditOperation::Replace => "everything from a text".to_owned(),
        EditOperation::Merge => "what was saved since".to_owned(),
    }
}

pub(super) fn people(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

fn board_place(place: &BoardPlace) -> String {
    let BoardPlace { phase, group, number, of } = place;
    match group {
        Some(group) => format!("{phase}, group {group}, {number} of {of}"),
        None => format!("{phase}, {number} of {of}"),
    }
}

fn capital(text: &str) -> String {
    // A name is told as it is.
    match text.split_once(' ') {
        Some((first @ ("the" | "group" | "everything" | "what" | "first" | "after"), rest)) => {
            let (initial, tail) = first.split_at(1);
            format!("{}{tail} {rest}", initial.to_uppercase())
        }
        None if text == "first" => "First".to_owned(),
        Some(_) | None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(operation: EditOperation, name: &str, group: Option<usize>) -> ActionLabel {
        ActionLabel { operation, name: name.to_owned(), group }
    }

    #[test]
    fn an_action_is_told_before_and_after() {
        let removed = label(EditOperation::RemoveTask, "check-site", None);
        assert_eq!(English.action(&removed), "remove check-site");
        assert_eq!(English.edited(&removed, 0, None), "check-site was removed.");
        let copied = label(EditOperation::CopyGroup, "Build", Some(2));
        assert_eq!(English.edited(&copied, 1, None), "Group 2 of Build was copied. One reference follows.");
        let moved = label(EditOperation::MoveTask, "deploy-shop-web", None);
        let place = BoardPlace { phase: "Deploy".to_owned(), group: Some(2), number: 1, of: 3 };
        assert_eq!(English.edited(&moved, 0, Some(&place)), "deploy-shop-web was moved to Deploy, group 2, 1 of 3.");
        let renamed = label(EditOperation::RenamePhase, "the", None);
        assert_eq!(English.edited(&renamed, 0, None), "The phase the was renamed.");
    }
}
