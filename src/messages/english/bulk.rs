//! Sentences on operations on several release tasks at once.

use super::English;
use super::grammar::counted;
use super::words;
use crate::domain::refusal::Operation;
use crate::messages::bulk::BulkSentences;

impl BulkSentences for English {
    fn nothing_done(&self) -> &'static str {
        "Nothing was done"
    }

    fn nothing_chosen(&self) -> &'static str {
        "No release task is chosen. Check the boxes of those that are meant."
    }

    fn too_many_chosen(&self, count: usize, most: usize) -> String {
        format!("{count} release tasks are chosen, and {most} can be at most.")
    }

    fn title(&self, operation: Operation, chosen: usize) -> String {
        format!("{} {}?", words::operation(operation), counted(chosen, "release task"))
    }

    fn sentence(&self, operation: Operation, possible: usize) -> String {
        match (possible, operation) {
            (0, _) => "None of them can be done now.".to_owned(),
            (_, Operation::Delete) => {
                "They disappear from the lists, and their names are free again. Each is deleted by itself: if one cannot \
                 be, the others are all the same."
                    .to_owned()
            }
            _ => "All tasks of the newest version of each are executed. Each begins by itself: if one cannot, the others \
                  do all the same."
                .to_owned(),
        }
    }

    fn button(&self, operation: Operation, possible: usize) -> String {
        format!("{} {possible}", words::operation(operation))
    }

    fn cancel(&self) -> &'static str {
        "Cancel"
    }

    fn will_be_done(&self, operation: Operation, version: u32) -> String {
        match operation {
            Operation::Execute => format!("Version {version} will be executed, with all tasks."),
            _ => "Will be deleted.".to_owned(),
        }
    }

    fn waits(&self, execution: u32) -> String {
        format!("Execution #{execution} waits for a decision, and would be closed: execute it by itself.")
    }

    fn needs_values(&self) -> &'static str {
        "It needs values for its variables: execute it by itself."
    }

    fn done(&self, operation: Operation, done: usize, chosen: usize) -> String {
        let did = if operation == Operation::Delete { "deleted" } else { "executed" };
        format!("{done} of {chosen} {did}")
    }

    fn gone(&self, count: usize) -> String {
        format!(
            "{} not there any more, or not yours to see.",
            if count == 1 { "One of them is".to_owned() } else { format!("{count} of them are") }
        )
    }

    fn executed(&self, number: u32) -> String {
        format!("Execution #{number} has started.")
    }

    fn deleted(&self) -> &'static str {
        "Deleted."
    }

    fn failed(&self) -> &'static str {
        "Not done: something broke down, and the server's log says what. Look at it before you try again."
    }

    fn back_to_list(&self) -> &'static str {
        "Back to the List"
    }
}
