//! Sentences about values that are blanked wherever release tasks keep them.

use super::English;
use super::grammar::{counted, listed};
use crate::domain::blanking::{BLANK, BlankedCounts, MAX_VALUE_LEN, MIN_VALUE_LEN, UnwantedValueFault};
use crate::messages::blanking::BlankingSentences;

impl BlankingSentences for English {
    fn blank_title(&self) -> &'static str {
        "Blank a Value"
    }

    fn blank_lead(&self) -> String {
        format!(
            "A key or password that somebody typed into a release task stays in all its versions, where the whole team can \
             read it. Here {BLANK} takes its place, in the versions, drafts and executions of all release tasks. Change the \
             key where it is used first: this cannot be undone, and backups stay as they are."
        )
    }

    fn blank_hint(&self) -> String {
        format!(
            "At least {MIN_VALUE_LEN} bytes, just as it stands in the release task. It is never shown again, and not written \
             down."
        )
    }

    fn unwanted_fault(&self, fault: UnwantedValueFault) -> String {
        match fault {
            UnwantedValueFault::TooShort => {
                format!("It must have at least {MIN_VALUE_LEN} bytes: what is shorter stands in many texts by chance.")
            }
            UnwantedValueFault::TooLong => format!("It may have at most {} KiB.", MAX_VALUE_LEN / 1024),
            UnwantedValueFault::Mark => {
                format!("It is a part of {BLANK}, which is put in the place of what is blanked.")
            }
        }
    }

    fn blank_not_confirmed(&self) -> &'static str {
        "Say that it is to be blanked, or use Find to see where it stands."
    }

    fn blanked_counts(&self, counts: BlankedCounts) -> String {
        let BlankedCounts { descriptions, versions, drafts, executions, logs } = counts;
        let counted = |count: u64, of: &str| counted(usize::try_from(count).unwrap_or(usize::MAX), of);
        let parts =
            [(descriptions, "description"), (versions, "version"), (drafts, "draft"), (executions, "execution")];
        let there = parts.into_iter().filter(|(count, _)| *count > 0);
        let told: Vec<String> = there.map(|(count, of)| counted(count, of)).collect();
        let told = listed(told.iter().map(String::as_str), "and");
        match logs {
            0 => told,
            _ => format!(
                "{told}; logs of {} can be read no more, and their files go within ten minutes",
                counted(logs, "execution")
            ),
        }
    }

    fn value_found(&self, releases: usize) -> String {
        format!("It stands in {}. To blank it, put it in once more: it is not kept.", counted(releases, "release task"))
    }

    fn value_in_new_drafts(&self, drafts: u64) -> String {
        let counts = BlankedCounts { drafts, ..BlankedCounts::default() };
        format!("It stands in {} of release tasks that were never saved.", self.blanked_counts(counts))
    }

    fn value_nowhere(&self) -> &'static str {
        "It stands in no description, version, draft or execution. Names and words of the format are not looked at, nor are logs."
    }

    fn not_blanked_now(&self) -> &'static str {
        "under way: to be blanked when it has ended"
    }

    fn value_blanked(&self, counts: BlankedCounts, releases: usize, active: &[String], more: usize) -> String {
        let done = if counts.is_none() {
            "Nothing was blanked.".to_owned()
        } else if releases == 0 {
            format!("You blanked the value in {}.", self.blanked_counts(counts))
        } else {
            let of = counted(releases, "release task");
            format!("In {of} you blanked the value in {}.", self.blanked_counts(counts))
        };
        match active {
            [] => done,
            [name] if more == 0 => {
                format!("{done} It still stands in {name}, which is under way: blank it again when that has ended.")
            }
            names => {
                let rest = (more > 0).then(|| format!("{more} more"));
                let all = listed(names.iter().map(String::as_str).chain(rest.as_deref()), "and");
                let find = if more > 0 { " Find names them all." } else { "" };
                format!(
                    "{done} It still stands in {all}, which are under way: blank it again when they have ended.{find}"
                )
            }
        }
    }
}
