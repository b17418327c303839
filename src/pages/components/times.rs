//! Times as people read them: relative for a day, exact on hover, in the reader's zone once the script runs.

use askama::Template;
use chrono::{DateTime, Datelike as _, Duration, SecondsFormat, Utc};

use super::part;
use crate::domain::lengths::Length;
use crate::messages::Locale;

/// A moment.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/when.html")]
pub struct When {
    /// For machines.
    pub iso: String,
    /// For the tip: the exact time, in UTC until the script knows the zone.
    pub exact: String,
    /// What is read.
    pub text: String,
}

/// A moment as a clock shows it, beside others of one day, such as the lines of a log.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/clock_time.html")]
pub struct ClockTime {
    /// For machines.
    pub iso: String,
    /// What is read: in UTC until the script knows the zone.
    pub text: String,
}

impl ClockTime {
    /// A moment, told as seen from `now`: with the day where that is another.
    pub fn at(moment: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let pattern = if moment.date_naive() == now.date_naive() {
            "%H:%M:%S"
        } else if moment.year() == now.year() {
            "%-d %b %H:%M:%S"
        } else {
            "%-d %b %Y %H:%M:%S"
        };
        Self { iso: moment.to_rfc3339_opts(SecondsFormat::Secs, true), text: moment.format(pattern).to_string() }
    }
}

part!(When, Elapsed, ClockTime);

impl When {
    /// A moment, told as seen from `now`.
    pub fn at(moment: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self {
            iso: moment.to_rfc3339_opts(SecondsFormat::Secs, true),
            exact: moment.format("%-d %B %Y, %H:%M:%S UTC").to_string(),
            text: told(moment, now),
        }
    }
}

/// How long something lasts or has lasted; one that still grows is counted on by the script.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/elapsed.html")]
pub struct Elapsed {
    /// What is read.
    pub text: String,
    /// Since when it grows, for machines.
    pub since: Option<String>,
    /// For how long of it nothing was under way, which does not count: "without 2m at rest".
    pub without: Option<String>,
}

impl Elapsed {
    /// It is over.
    pub fn over(duration: Duration) -> Self {
        Self { text: lasted(duration), since: None, without: None }
    }

    /// It still grows.
    pub fn growing(since: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let iso = since.to_rfc3339_opts(SecondsFormat::Millis, true);
        Self { text: lasted(now - since), since: Some(iso), without: None }
    }

    /// The time of it in which something was under way. It grows as if it had begun later by what does not count.
    pub fn of(length: Length, now: DateTime<Utc>) -> Self {
        let elapsed = match length.end {
            Some(_) => Self::over(length.busy(now)),
            None => Self::growing(length.start + length.rest, now),
        };
        let is_long = length.rest >= Duration::seconds(1);
        Self {
            without: is_long.then(|| Locale::default().release_tasks().without_rest(&lasted(length.rest))),
            ..elapsed
        }
    }

    /// From a start to an end, if it ended.
    pub fn between(start: DateTime<Utc>, end: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        end.map_or_else(|| Self::growing(start, now), |end| Self::over(end - start))
    }
}

/// A duration in at most two units: "850ms", "12s", "1m 42s", "3h 5m", "2d 4h".
pub fn lasted(duration: Duration) -> String {
    let millis = duration.num_milliseconds().max(0);
    let seconds = millis / 1000;
    match seconds {
        0 => format!("{millis}ms"),
        1..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h {}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// "2 min ago", "in 3 h", or the date when it is more than a day away. `app.js` says it the same way.
fn told(moment: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let away = now - moment;
    let seconds = away.num_seconds().abs();
    let amount = match seconds {
        0..45 => return if away.num_seconds() < -5 { "in a moment".into() } else { "just now".into() },
        45..3570 => format!("{} min", (seconds + 30) / 60),
        3570..86_400 => format!("{} h", (seconds + 1800) / 3600),
        _ => return moment.format("%-d %b %Y, %H:%M UTC").to_string(),
    };
    if away > Duration::zero() { format!("{amount} ago") } else { format!("in {amount}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_relative_for_a_day_and_a_date_after_it() {
        let now = at("2026-11-22T14:00:00Z");
        let told_at = |text: &str| When::at(at(text), now).text;
        assert_eq!(told_at("2026-11-22T13:59:50Z"), "just now");
        assert_eq!(told_at("2026-11-22T13:58:00Z"), "2 min ago");
        assert_eq!(told_at("2026-11-22T09:00:00Z"), "5 h ago");
        assert_eq!(told_at("2026-11-20T09:00:00Z"), "20 Nov 2026, 09:00 UTC");
        assert_eq!(told_at("2026-11-22T18:00:00Z"), "in 4 h");
    }

    #[test]
    fn f10_a_time_of_a_log_has_its_day_unless_that_is_today() {
        let now = at("2026-11-22T14:00:00Z");
        let told_at = |text: &str| ClockTime::at(at(text), now).text;
        assert_eq!(told_at("2026-11-22T00:00:00Z"), "00:00:00");
        assert_eq!(told_at("2026-11-21T23:59:59Z"), "21 Nov 23:59:59");
        assert_eq!(told_at("2025-11-22T14:00:00Z"), "22 Nov 2025 14:00:00");
    }

    #[test]
    fn a_duration_is_told_in_at_most_two_units() {
        assert_eq!(lasted(Duration::milliseconds(850)), "850ms");
        assert_eq!(lasted(Duration::seconds(59)), "59s");
        assert_eq!(lasted(Duration::seconds(102)), "1m 42s");
        assert_eq!(lasted(Duration::seconds(11_100)), "3h 5m");
        assert_eq!(lasted(Duration::seconds(187_200)), "2d 4h");
        assert_eq!(lasted(Duration::seconds(-4)), "0ms");
    }
}
