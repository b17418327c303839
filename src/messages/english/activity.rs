//! Words of the overview, and of the activity over all teams and regions.

use super::English;
use super::grammar::{counted, moment};
use crate::domain::activity::{ActivityFilter, ExportFormat, Topic};
use crate::messages::activity::ActivitySentences;

impl ActivitySentences for English {
    fn lead(&self) -> &'static str {
        "Who did what, newest first, in every team and region that you may read."
    }

    fn topic(&self, topic: Topic) -> &'static str {
        match topic {
            Topic::Executions => "executions",
            Topic::Operations => "requests",
            Topic::Checkpoints => "checkpoints",
            Topic::Tasks => "tasks",
            Topic::ReleaseTasks => "release tasks",
            Topic::Accounts => "accounts",
        }
    }

    fn any(&self) -> &'static str {
        "any"
    }

    fn export(&self, format: ExportFormat) -> &'static str {
        match format {
            ExportFormat::Csv => "Export CSV",
            ExportFormat::JsonLines => "Export JSON Lines",
        }
    }

    fn days_of(&self, zone: &str) -> String {
        format!("The days are those of {zone}.")
    }

    fn no_day(&self) -> &'static str {
        "A day is written as 2026-11-30."
    }

    fn no_zone(&self) -> &'static str {
        "The time zone in the address is not known: its name is like Europe/Berlin."
    }

    fn ends_before(&self) -> &'static str {
        "The last day must not be before the first."
    }

    fn part(&self, shown: u64, all: u64) -> String {
        if shown < all { format!("{shown} of {all}") } else { all.to_string() }
    }

    fn more(&self, tasks: usize) -> String {
        format!("And {}.", counted(tasks, "more task"))
    }

    fn execution_by(&self, number: u32, who: &str) -> String {
        format!("#{number} by {who}")
    }

    fn on_command_line(&self) -> &'static str {
        "on the command line of the server"
    }
}

/// That somebody took the activity away as a file.
pub fn exported(format: ExportFormat, filter: &ActivityFilter) -> String {
    let format = match format {
        ExportFormat::Csv => "CSV",
        ExportFormat::JsonLines => "JSON lines",
    };
    let ActivityFilter { who, what, team, region, topic, from, until } = filter;
    let named = |what: &str, name: &Option<String>| name.as_ref().map(|name| format!("{what} {name}"));
    let chosen: Vec<String> = [
        named("by", who),
        named("of release tasks with", what),
        named("of the team", team),
        named("of the region", region),
        topic.map(|topic| format!("about {}", English.topic(topic))),
        from.map(|at| format!("from {}", moment(at))),
        until.map(|at| format!("until {}", moment(at))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if chosen.is_empty() {
        format!("exported the whole activity as {format}")
    } else {
        format!("exported the activity as {format}: {}", chosen.join(", "))
    }
}
