//! Wait: lets time pass, on a clock that people read.

use chrono::{Duration, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::field::{FieldValue, KindField};
use super::{Class, DAY, KindRules, UsedText};
use crate::domain::execution::Moment;
use crate::domain::validate::{FieldFault, TaskPart, TaskProblems};

/// The longest wait, in seconds.
const MAX_WAIT: u64 = 30 * DAY;

/// How long to wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "until", rename_all = "snake_case")]
pub enum Wait {
    /// A number of seconds.
    Seconds {
        /// 1 second to 30 days.
        seconds: u64,
    },
    /// The next time that a clock shows this time of day.
    Clock {
        /// 0 to 23.
        hour: u32,
        /// 0 to 59.
        minute: u32,
        /// A name of the IANA time zone database, such as `Europe/Berlin`.
        zone: String,
    },
}

impl Wait {
    /// Its word as a kind of task.
    pub const WORD: &'static str = "wait";
}

impl Default for Wait {
    fn default() -> Self {
        Self::Seconds { seconds: 5 * 60 }
    }
}

impl Wait {
    /// Makes the field of that key what it is in another of the same form.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        match (self, other) {
            (Self::Seconds { seconds }, Self::Seconds { seconds: of }) => *seconds = *of,
            (Self::Clock { hour, minute, zone }, Self::Clock { hour: of_hour, minute: of_minute, zone: of_zone }) => {
                if key == "zone" {
                    zone.clone_from(of_zone);
                } else {
                    (*hour, *minute) = (*of_hour, *of_minute);
                }
            }
            (Self::Seconds { .. }, Self::Clock { .. }) | (Self::Clock { .. }, Self::Seconds { .. }) => {}
        }
    }
}

impl KindRules for Wait {
    fn word(&self) -> &'static str {
        Self::WORD
    }

    fn class(&self) -> Class<'_> {
        Class::Timer(self)
    }

    fn check(&self, problems: &mut TaskProblems<'_>) {
        waits(self, problems);
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        Vec::new()
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    fn fields(&self) -> Vec<KindField> {
        match self {
            Self::Seconds { seconds } => vec![KindField::new("for", FieldValue::Seconds(*seconds))],
            Self::Clock { hour, minute, zone } => vec![
                KindField::new("until", FieldValue::TimeOfDay { hour: *hour, minute: *minute }),
                KindField::text("zone", zone),
            ],
        }
    }

    fn form(&self) -> &'static str {
        match self {
            Self::Seconds { .. } => "for",
            Self::Clock { .. } => "until",
        }
    }
}

/// When a wait that starts at `now` is over.
pub fn wait_over(wait: &Wait, now: Moment) -> Moment {
    match wait {
        Wait::Seconds { seconds } => now + Duration::seconds(i64::try_from(*seconds).unwrap_or(i64::MAX / 1_000_000)),
        Wait::Clock { hour, minute, zone } => next_time_of_day(*hour, *minute, zone, now),
    }
}

fn next_time_of_day(hour: u32, minute: u32, zone: &str, now: Moment) -> Moment {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
    let today = now.with_timezone(&zone).date_naive();
    // A clock that springs forward may not show the time at all on one day; then the next day counts.
    today
        .iter_days()
        .take(4)
        .filter_map(|day| zone.from_local_datetime(&day.and_time(time)).earliest())
        .map(|at| at.with_timezone(&Utc))
        .find(|at| *at > now)
        .unwrap_or(now)
}

fn waits(wait: &Wait, problems: &mut TaskProblems<'_>) {
    match wait {
        Wait::Seconds { seconds } => {
            if !(1..=MAX_WAIT).contains(seconds) {
                problems.add_at("for", TaskPart::WaitFor, FieldFault::Time { least: 1, most: MAX_WAIT });
            }
        }
        Wait::Clock { hour, minute, zone } => {
            if *hour > 23 || *minute > 59 {
                let fault = FieldFault::TimeOfDay { hour: *hour, minute: *minute };
                problems.add_at("until", TaskPart::WaitUntil, fault);
            }
            if zone.parse::<chrono_tz::Tz>().is_err() {
                problems.add("zone", FieldFault::TimeZone { zone: zone.clone() });
            }
        }
    }
}
