//! When a wait is over, on a clock that people read.

use chrono::{Duration, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::definition::Wait;
use super::execution::Moment;

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
