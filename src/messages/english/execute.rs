//! Sentences of the dialog of Execute.

use super::English;
use super::grammar::{counted, listed, moment};
use super::unable::all_unable;
use crate::domain::execution::Moment;
use crate::domain::kinds::Gate;
use crate::domain::unable::Unable;
use crate::messages::dialogs::DialogSentences as _;
use crate::messages::execute::ExecuteSentences;

/// The most names in a sentence; the others are counted.
const MAX_NAMES: usize = 12;

impl ExecuteSentences for English {
    fn execute_title(&self) -> &'static str {
        "Execute"
    }

    fn execute_version_title(&self, version: u32) -> String {
        format!("Execute version {version}")
    }

    fn execute_now(&self) -> &'static str {
        "Execute Now"
    }

    fn execute_as_saved(&self, version: u32) -> String {
        format!("Execute Version {version} as Saved")
    }

    fn close_and_execute(&self, closed: u32) -> String {
        format!("Close #{closed} and Execute")
    }

    fn chosen_as_before(&self, execution: u32) -> String {
        format!("Chosen as in execution #{execution}; tasks that are new since then are chosen too.")
    }

    fn choose_all(&self) -> &'static str {
        "Choose all tasks"
    }

    fn will_be_skipped(&self, tasks: &[&str]) -> String {
        if tasks.is_empty() { "Nothing is skipped.".to_owned() } else { format!("Will be skipped: {}.", names(tasks)) }
    }

    fn will_wait(&self, gate: Gate<'_>, able: &[String], unable: &[Unable]) -> String {
        let able: Vec<&str> = able.iter().map(String::as_str).collect();
        let now = match able.len() {
            0 => "nobody can decide it now".to_owned(),
            1 => format!("1 person can decide it now: {}", able[0]),
            many => format!("{many} people can decide it now: {}", names(&able)),
        };
        // Where there are enough, it does not matter who else could not.
        let is_told = able.len() < gate.needed() && !unable.is_empty();
        let why = if is_told { format!(" ({})", all_unable(unable)) } else { String::new() };
        format!("Will wait for {}; {now}{why}.", self.deciders(gate))
    }

    fn nobody_decides(&self, tasks: &[&str]) -> String {
        format!("{} cannot be passed now.", listed(tasks.iter().copied(), "and"))
    }

    fn nobody_decides_hint(&self) -> &'static str {
        "Too few people can decide it; beside the checkpoint stands who cannot, and why. Executed all the same, the \
         release waits there until there are enough, or an administrator decides."
    }

    fn unsaved_draft(&self) -> &'static str {
        "You have a draft with changes that are not saved."
    }

    fn unsaved_draft_hint(&self, version: u32) -> String {
        format!(
            "Execute runs version {version} as it was saved, without them. To execute what your draft says, save it in the \
             editor first."
        )
    }

    fn go_to_editor(&self) -> &'static str {
        "Go to the Editor"
    }

    fn older_version(&self, version: u32) -> String {
        format!("Version {version} is not the newest.")
    }

    fn older_version_hint(&self, newest: u32) -> String {
        format!("What it says is executed as it was saved. Version {newest} stays the newest of the release task.")
    }

    fn closes_execution(&self, closed: u32) -> String {
        format!("Execution #{closed} waits and will be closed.")
    }

    fn closes_execution_hint(&self, waiting: &[(&str, Moment)]) -> String {
        let waits = waiting.iter().map(|(task, since)| format!("at {task} since {}", moment(*since)));
        let waits: Vec<String> = waits.collect();
        format!(
            "It waits {}. It ends as Release failed, superseded by the new execution; what it changed so far stays.",
            listed(waits.iter().map(String::as_str), "and")
        )
    }
}

/// Names in a sentence, of which there may be many.
fn names(all: &[&str]) -> String {
    if all.len() <= MAX_NAMES {
        return listed(all.iter().copied(), "and");
    }
    let more = counted(all.len() - MAX_NAMES, "other");
    let shown = all.iter().take(MAX_NAMES).copied().chain([more.as_str()]);
    listed(shown, "and")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kinds::{Deciders, OnDeadline};
    use crate::domain::people::Role;

    #[test]
    fn what_is_skipped_is_named_and_what_is_too_much_is_counted() {
        assert_eq!(English.will_be_skipped(&[]), "Nothing is skipped.");
        assert_eq!(English.will_be_skipped(&["web", "api"]), "Will be skipped: web and api.");
        let said = English.will_be_skipped(&["x1"; 15]);
        assert!(said.ends_with("x1 and 3 others."), "{said}");
    }

    #[test]
    fn a_checkpoint_says_for_whom_it_will_wait() {
        let users = ["ann".to_owned(), "bob".to_owned()];
        let gate = Gate {
            deciders: Deciders::Listed { users: &users, roles: &[Role::Manager] },
            required: 2,
            four_eyes: true,
            deadline: None,
            on_deadline: OnDeadline::Stay,
            check: "",
            asks_reason: true,
            may_be_left_out: false,
        };
        assert_eq!(
            English.will_wait(gate, &users, &[]),
            "Will wait for 2 of ann, bob and the managers of the team; 2 people can decide it now: ann and bob."
        );
        assert_eq!(
            English.will_wait(Gate { required: 1, ..gate }, &[], &[]),
            "Will wait for ann, bob or one manager of the team; nobody can decide it now."
        );
        let of = |required, users, roles| {
            English.deciders(Gate { deciders: Deciders::Listed { users, roles }, required, ..gate })
        };
        assert_eq!(of(1, &users[..1], &[]), "ann");
        assert_eq!(of(2, &users, &[]), "ann and bob", "both");
        assert_eq!(of(1, &users, &[]), "ann or bob");
        assert_eq!(of(1, &[], &[Role::Approver]), "one approver of the team");
        assert_eq!(of(2, &[], &[Role::Approver]), "2 approvers of the team");
        assert_eq!(
            of(2, &[], &[Role::Approver, Role::Manager]),
            "2 of the approvers of the team and the managers of the team"
        );
    }
}
