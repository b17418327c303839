//! Sentences of `tollgate check`: each finding, and what it means.

use super::English;
use super::event::event;
use super::grammar::{counted, listed, moment};
use super::words::{self, release_status, task_status};
use crate::domain::consistency::{Inconsistency, Part, Violation, Whole};
use crate::domain::execution::Moment;
use crate::messages::check_report::CheckReportSentences;

impl CheckReportSentences for English {
    fn finding(&self, finding: &Inconsistency) -> String {
        let said = fault(&finding.fault);
        match &finding.task {
            Some(task) => format!("task {task}: {said}"),
            None => said,
        }
    }

    fn whole(&self, found: &Whole) -> String {
        match found {
            Whole::Damaged(said) => format!("the file is damaged: {said}"),
            Whole::Dangling { table, to, count } => {
                let verb = if *count == 1 { "refers" } else { "refer" };
                format!("{} of {table} {verb} to rows of {to} that there are not", many(*count, "row"))
            }
            Whole::TwoActive { release, count } => {
                format!("release task {release} has {} that are not over", many(*count, "execution"))
            }
            Whole::SharedLock { environment, count } => {
                format!(
                    "environment {environment} takes one release at a time, but {} hold it",
                    many(*count, "execution")
                )
            }
            Whole::LockBehindEnd { environment, count } => {
                let verb = if *count == 1 { "is over, but still works" } else { "are over, but still work" };
                format!("{} {verb} in environment {environment}", many(*count, "execution"))
            }
            Whole::OwnerUnknown { count } => {
                let (verb, belong, it) = if *count == 1 { ("is", "belongs", "it") } else { ("are", "belong", "them") };
                let of = many(*count, "execution");
                format!("{of} that {verb} not over {belong} to a replica that there is not: nobody takes {it} over")
            }
            Whole::Overdue { count } => {
                let verb = if *count == 1 { "has" } else { "have" };
                format!(
                    "{} {verb} had something to do for more than a minute, though a replica is at work",
                    many(*count, "execution")
                )
            }
            Whole::Numbers { release, count, highest, last } => format!(
                "release task {release} says that its last execution is {last}, but it has {count} up to number {highest}"
            ),
        }
    }

    fn unreadable(&self, problem: &str) -> String {
        format!("it cannot be read, and neither can its page: {problem}")
    }

    fn no_run_folder(&self, task: &str, attempt: u32) -> String {
        format!("task {task}: attempt {attempt} is under way on this machine, but its run folder is gone")
    }

    fn no_files(&self, attempts: usize) -> String {
        let of = counted(attempts, "attempt");
        format!(
            "the logs and run folders of {of} are not in this data folder, and it was not retention that removed them"
        )
    }
}

fn fault(fault: &Violation) -> String {
    match fault {
        Violation::OtherTasks => "its tasks are not those of the version that it runs".to_owned(),
        Violation::Status { stored, derived } => {
            let (stored, derived) = (release_status(*stored), release_status(*derived));
            format!("it is stored as {stored}, but its tasks make it {derived}")
        }
        Violation::Segments => "the stored statuses of its phases are not those that its tasks make".to_owned(),
        Violation::WakeAt { stored, derived } => format!(
            "the engine looks at it next {}, and should {}",
            stored.map_or_else(|| "never by itself".to_owned(), precise),
            derived.map_or_else(|| "not by itself".to_owned(), precise),
        ),
        Violation::Listed => "lists show something else of its release task than this, its last execution".to_owned(),
        Violation::OpenBehindEnd => "it is over, but something of it is still under way".to_owned(),
        Violation::Stuck => "it is not over, but waits neither for work, nor for a clock, nor for a person".to_owned(),
        Violation::LiveTwice { attempts } => {
            format!("attempts {} are live at the same time", numbers(attempts))
        }
        Violation::NotLive { attempt } => {
            format!("attempt {attempt} is under way, but no such attempt is live: nobody will say how it ended")
        }
        Violation::LiveUnsaid { attempt } => format!("attempt {attempt} is live, but the task does not wait for it"),
        Violation::AttemptNumbers { found, last } => {
            format!(
                "it counts {}, but there are these attempts: {}",
                counted(*last as usize, "attempt"),
                numbers(found)
            )
        }
        Violation::HalfEnded { attempt } => {
            format!("attempt {attempt} has an end without an outcome, or an outcome without an end")
        }
        Violation::DecidedTwice { by, round } => {
            format!("{by} decided more than once when it was asked for time {round}")
        }
        Violation::NeverAsked { by, round } => format!("{by} decided for time {round}, but it was not asked so often"),
        Violation::Gate { status, agreed, required, rejected } => format!(
            "it is {}, but {agreed} of {required} agreed and {} rejected it",
            task_status(*status),
            if *rejected { "somebody" } else { "nobody" },
        ),
        Violation::NoBeginning => "the audit does not tell how it began".to_owned(),
        Violation::NotChosen { told, found } => {
            format!(
                "the audit tells of {} that {} not chosen, and there are {found}",
                counted(*told, "task"),
                was(*told)
            )
        }
        Violation::Impossible { event: told, at } => {
            format!("the audit tells what cannot have happened then: “{}” ({})", event(told), precise(*at))
        }
        Violation::Unexplained { part: changed } => {
            format!("the audit does not explain {}: it was changed without an event", part(*changed))
        }
        Violation::DecisionUntold { by, verdict } => {
            format!("the audit does not know that {by} {} it", words::verdict(*verdict))
        }
        Violation::DecisionLost { by, verdict } => {
            format!("the audit tells that {by} {}, and that decision is not stored", words::verdict(*verdict))
        }
    }
}

fn part(part: Part) -> &'static str {
    match part {
        Part::End => "whether it is over",
        Part::Direction => "whether it is rolled back",
        Part::Intent => "whether it is paused, retried or terminated",
        Part::State => "its state",
        Part::Began => "when it began",
        Part::Attempts => "the number of its attempts",
        Part::Tries => "how often it was tried",
        Part::Waits => "whether it waits for a place",
        Part::Rounds => "how often it was asked",
        Part::Starters => "who counts as a starter",
        Part::Variables => "the values of its variables",
        Part::Outputs => "its outputs",
    }
}

fn numbers(found: &[u32]) -> String {
    let words: Vec<String> = found.iter().map(u32::to_string).collect();
    if words.is_empty() { "none".to_owned() } else { listed(words.iter().map(String::as_str), "and") }
}

fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

fn precise(at: Moment) -> String {
    format!("{}, {}", moment(at), at.format("second %S%.f"))
}

/// So many of a thing, as a database counts them.
fn many(count: i64, thing: &str) -> String {
    counted(usize::try_from(count).unwrap_or_default(), thing)
}
