//! Words of the overview, and of the activity over all teams and regions.

use super::{Locale, account_event, event, release_event};
use crate::domain::activity::{ExportFormat, Topic};
use crate::domain::event::Happened;

/// Words of the overview and the activity.
pub trait ActivitySentences {
    /// What the page shows.
    fn lead(&self) -> &'static str;

    /// What events of a topic are about.
    fn topic(&self, topic: Topic) -> &'static str;

    /// That a filter chooses everything.
    fn any(&self) -> &'static str;

    /// The link to a file.
    fn export(&self, format: ExportFormat) -> &'static str;

    /// Of which zone the days are that are chosen.
    fn days_of(&self, zone: &str) -> String;

    /// That a day is none.
    fn no_day(&self) -> &'static str;

    /// That a zone is not known.
    fn no_zone(&self) -> &'static str;

    /// That the last day comes before the first.
    fn ends_before(&self) -> &'static str;

    /// How many there are, and how many of them are shown where that is not all.
    fn part(&self, shown: u64, all: u64) -> String;

    /// That so many more tasks failed than are told of.
    fn more(&self, tasks: usize) -> String;

    /// An execution, and who started it.
    fn execution_by(&self, number: u32, who: &str) -> String;

    /// That it was done by the command line.
    fn on_command_line(&self) -> &'static str;
}

/// What happened, as it goes on after the name of who did it.
pub fn happened(of: &Happened, locale: Locale) -> String {
    match of {
        Happened::Execution(of) => event(of, locale),
        Happened::Release(of) => release_event(of, locale),
        Happened::Account(of) => account_event(of, locale),
    }
}
