//! Parts of the activity that somebody can choose, and the roads by which things are done.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::execution::Moment;

/// The road by which something was done. It is written beside what happened, and stays when a token, an account or a
/// replica is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Road {
    /// A page, by somebody signed in or about to be.
    Page,
    /// A program with a token.
    Token,
    /// `tollgate …` on the server.
    CommandLine,
    /// Tollgate itself: the engine, a deadline, what runs in the background.
    Tollgate,
}

impl Road {
    /// The stored and written word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Token => "token",
            Self::CommandLine => "command_line",
            Self::Tollgate => "tollgate",
        }
    }
}

/// What events are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Executions begin and end.
    Executions,
    /// People ask something of executions.
    Operations,
    /// Checkpoints ask, and are decided.
    Checkpoints,
    /// Tasks start and end.
    Tasks,
    /// Release tasks are made, edited and deleted.
    ReleaseTasks,
    /// Accounts, teams and regions.
    Accounts,
}

/// The events of a topic, as they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicEvents {
    /// Those of executions that have one of these tags.
    OfExecutions(&'static [&'static str]),
    /// Those of release tasks, which have these.
    OfReleaseTasks(&'static [&'static str]),
    /// All of accounts.
    OfAccounts,
}

impl Topic {
    /// Every topic, in the order of the screen.
    pub const ALL: [Self; 6] =
        [Self::Executions, Self::Operations, Self::Checkpoints, Self::Tasks, Self::ReleaseTasks, Self::Accounts];

    /// The word in an address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Executions => "executions",
            Self::Operations => "operations",
            Self::Checkpoints => "checkpoints",
            Self::Tasks => "tasks",
            Self::ReleaseTasks => "release-tasks",
            Self::Accounts => "accounts",
        }
    }

    /// The topic of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.word() == word)
    }

    /// Its events.
    pub fn events(self) -> TopicEvents {
        match self {
            Self::Executions => {
                TopicEvents::OfExecutions(&["executed", "also_started_by", "superseded", "resumed", "ended"])
            }
            Self::Operations => TopicEvents::OfExecutions(&[
                "pause_asked",
                "continued",
                "terminate_asked",
                "retry_asked",
                "task_skipped",
                "roll_back_asked",
            ]),
            Self::Checkpoints => TopicEvents::OfExecutions(&["checkpoint_opened", "decided", "checkpoint_expired"]),
            Self::Tasks => TopicEvents::OfExecutions(&[
                "attempt_started",
                "place_asked",
                "component_awaited",
                "attempt_ended",
                "task_cancelled",
            ]),
            Self::ReleaseTasks => TopicEvents::OfReleaseTasks(&[
                "created",
                "edited",
                "restored",
                "described",
                "cloned",
                "deleted",
                "undeleted",
                "value_blanked",
                "secrets_given",
                "purged",
            ]),
            Self::Accounts => TopicEvents::OfAccounts,
        }
    }
}

/// Which events somebody wants to read, of those that they may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityFilter {
    /// Name of who caused them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Part of the name of the release task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// Name of the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Name of the region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What they are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
    /// The first moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// The moment before which they happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
}

impl ActivityFilter {
    /// Whether everything is wanted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How the activity is written for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Comma-separated values, for spreadsheets.
    Csv,
    /// A JSON value on each line, for programs.
    JsonLines,
}

impl ExportFormat {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// The word in an address and on a command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "json-lines",
        }
    }

    /// The format of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// The first moment of a day in a zone; none of a day beyond the calendar. Where clocks are set forward at midnight, the day
/// begins when they show a time again.
pub fn beginning(day: NaiveDate, zone: Tz) -> Option<Moment> {
    let midnight = day.and_time(NaiveTime::MIN);
    let quarter = |number: i32| zone.from_local_datetime(&(midnight + TimeDelta::minutes(15) * number)).earliest();
    (0..=96).find_map(quarter).map(|at| at.to_utc())
}

/// The first moment after a day in a zone.
pub fn end(day: NaiveDate, zone: Tz) -> Option<Moment> {
    beginning(day.checked_add_days(Days::new(1))?, zone)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::event::{Event, ReleaseEvent};

    /// Every tag of a kind of events: the error names them.
    fn tags_of<T: std::fmt::Debug + serde::de::DeserializeOwned>() -> BTreeSet<String> {
        let error = serde_json::from_str::<T>(r#"{"event": "none"}"#).unwrap_err().to_string();
        error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
    }

    fn is_each_once(tags: &BTreeSet<String>, told: &[&str]) {
        assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len(), "{told:?}");
        assert_eq!(tags, &told.iter().copied().map(str::to_owned).collect());
    }

    #[test]
    fn every_event_of_an_execution_and_of_a_release_task_has_one_topic() {
        let (mut of_executions, mut of_releases) = (Vec::new(), Vec::new());
        for topic in Topic::ALL {
            match topic.events() {
                TopicEvents::OfExecutions(tags) => of_executions.extend_from_slice(tags),
                TopicEvents::OfReleaseTasks(tags) => of_releases.extend_from_slice(tags),
                TopicEvents::OfAccounts => {}
            }
        }
        is_each_once(&tags_of::<Event>(), &of_executions);
        is_each_once(&tags_of::<ReleaseEvent>(), &of_releases);
    }

    #[test]
    fn a_day_is_the_one_of_its_zone_also_where_clocks_are_set() {
        let told = |day: &str, zone: &str| {
            let (day, zone) = (day.parse().unwrap(), zone.parse().unwrap());
            [beginning(day, zone), end(day, zone)].map(|at| at.unwrap().to_rfc3339())
        };
        assert_eq!(told("2026-11-30", "UTC"), ["2026-11-30T00:00:00+00:00", "2026-12-01T00:00:00+00:00"]);
        // The night in which it is two o'clock twice, and the one in which it never is.
        assert_eq!(told("2026-10-25", "Europe/Berlin"), ["2026-10-24T22:00:00+00:00", "2026-10-25T23:00:00+00:00"]);
        assert_eq!(told("2026-03-29", "Europe/Berlin"), ["2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00"]);
        // Clocks go from midnight to one.
        assert_eq!(told("2026-09-06", "America/Santiago"), ["2026-09-06T04:00:00+00:00", "2026-09-07T03:00:00+00:00"]);
        // A day that a zone left out.
        assert_eq!(told("2011-12-30", "Pacific/Apia")[0], "2011-12-30T10:00:00+00:00");
    }
}
