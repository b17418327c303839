//! Filters of the activity in its address: a bookmark chooses the same, whoever opens it.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;

use crate::app::reads::Cursor;
use crate::domain::activity::{self, ActivityFilter, Topic};
use crate::domain::ids::EventId;
use crate::messages::Locale;
use crate::pages::components::Field;

/// The parameters, as they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ActivityQuery {
    pub who: String,
    pub what: String,
    pub team: String,
    pub region: String,
    pub kind: String,
    /// The first and the last day, in that zone.
    pub from: String,
    pub until: String,
    /// A name of the IANA database; UTC without it.
    pub zone: String,
    pub before: Option<EventId>,
    pub after: Option<EventId>,
    /// Of a file.
    pub format: String,
}

/// What was asked for, and what is wrong with it.
pub struct ReadQuery {
    /// What is looked for; of what is wrong, nothing.
    pub filter: ActivityFilter,
    /// The first day.
    pub from: Field,
    /// The last day.
    pub until: Field,
    /// The zone that the days are of, if it is known.
    pub zone: Option<Tz>,
}

impl ReadQuery {
    /// Whether all of it can be looked for.
    pub fn is_good(&self) -> bool {
        self.from.error.is_none() && self.until.error.is_none()
    }
}

impl ActivityQuery {
    /// Which page.
    pub fn turn(&self) -> Cursor<EventId> {
        match (self.before, self.after) {
            (Some(before), _) => Cursor::Older(before),
            (None, Some(after)) => Cursor::Newer(after),
            (None, None) => Cursor::Newest,
        }
    }

    /// What links of the page keep: the filters.
    pub fn kept(&self) -> Vec<(&str, &str)> {
        let has_day = !self.from.is_empty() || !self.until.is_empty();
        let pairs = [
            ("who", &self.who),
            ("what", &self.what),
            ("team", &self.team),
            ("region", &self.region),
            ("kind", &self.kind),
            ("from", &self.from),
            ("until", &self.until),
            ("zone", &self.zone),
        ];
        let is_kept = |(name, value): &(&str, &String)| !value.is_empty() && (*name != "zone" || has_day);
        pairs.into_iter().filter(is_kept).map(|(name, value)| (name, value.as_str())).collect()
    }

    /// Reads it.
    pub fn read(&self) -> ReadQuery {
        let words = Locale::default().activity();
        let some = |text: &str| {
            // Nothing that is looked for has such characters, and PostgreSQL refuses NUL in any text.
            let readable: String = text.chars().filter(|letter| !letter.is_control()).collect();
            Some(readable.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let zone = if self.zone.is_empty() { Some(Tz::UTC) } else { self.zone.parse().ok() };
        let day = |text: &str, moment: fn(NaiveDate, Tz) -> Option<_>| {
            let field = Field::of(text);
            if text.is_empty() {
                return (field, None);
            }
            let Some(zone) = zone else { return (field.wrong(words.no_zone()), None) };
            match text.parse().ok().and_then(|day| moment(day, zone)) {
                Some(at) => (field, Some(at)),
                None => (field.wrong(words.no_day()), None),
            }
        };
        let (first, from) = day(&self.from, activity::beginning);
        let (mut last, until) = day(&self.until, activity::end);
        if from.zip(until).is_some_and(|(from, until)| until <= from) {
            last = last.wrong(words.ends_before());
        }
        let filter = ActivityFilter {
            who: some(&self.who),
            what: some(&self.what),
            team: some(&self.team),
            region: some(&self.region),
            topic: Topic::from_word(&self.kind),
            from,
            until,
        };
        ReadQuery { filter, from: first, until: last, zone }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone_in_the_address() {
        let of = |from: &str, until: &str, zone: &str| {
            let query = ActivityQuery {
                from: from.to_owned(),
                until: until.to_owned(),
                zone: zone.to_owned(),
                ..ActivityQuery::default()
            };
            query.read()
        };
        let read = of("2026-11-30", "2026-11-30", "Europe/Berlin");
        let told = |at: Option<crate::domain::execution::Moment>| at.unwrap().to_rfc3339();
        assert_eq!(told(read.filter.from), "2026-11-29T23:00:00+00:00");
        assert_eq!(told(read.filter.until), "2026-11-30T23:00:00+00:00");
        assert!(read.is_good());
        assert_eq!(told(of("2026-11-30", "", "").filter.from), "2026-11-30T00:00:00+00:00");
        // What is wrong is told beside its field, all at once.
        let wrong = of("yesterday", "2026-13-01", "");
        assert!(wrong.from.error.is_some() && wrong.until.error.is_some() && !wrong.is_good());
        assert!(of("2026-11-30", "2026-11-29", "").until.error.is_some());
        assert!(of("2026-11-30", "", "Nowhere/Here").from.error.is_some());
        assert!(of("", "", "Nowhere/Here").is_good());
    }
}
