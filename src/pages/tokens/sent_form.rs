//! The form that makes a token, as it was sent.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveTime};
use url::form_urlencoded;

use crate::domain::execution::Moment;
use crate::domain::ids::TeamId;
use crate::domain::tokens::{TokenFault, TokenScope};

/// For so many days a token can be made without writing a day.
pub const LASTS: [u64; 3] = [30, 90, 365];
/// And so many it lasts unless another number is chosen.
pub const LASTS_AT_FIRST: u64 = 90;

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentToken {
    /// The name.
    pub name: String,
    /// The team whose services use it; none for one's own.
    pub service_of: Option<TeamId>,
    /// What is ticked.
    pub scopes: BTreeSet<TokenScope>,
    /// The only team for which one's own is good.
    pub only: Option<TeamId>,
    /// For how many days.
    pub lasts: u64,
    /// A last day, as typed.
    pub until: String,
}

impl Default for SentToken {
    fn default() -> Self {
        Self {
            name: String::new(),
            service_of: None,
            scopes: BTreeSet::new(),
            only: None,
            lasts: LASTS_AT_FIRST,
            until: String::new(),
        }
    }
}

impl SentToken {
    /// Reads a body.
    pub fn read(sent: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(sent) {
            match name.as_ref() {
                "name" => form.name = value.into_owned(),
                "owner" => form.service_of = value.parse().ok(),
                "scope" => form.scopes.extend(TokenScope::from_word(&value)),
                "only" => form.only = value.parse().ok(),
                "lasts" => {
                    form.lasts = value.parse().ok().filter(|days| LASTS.contains(days)).unwrap_or(LASTS_AT_FIRST);
                }
                "until" => value.trim().clone_into(&mut form.until),
                _ => {}
            }
        }
        form
    }

    /// When it is over: a day that is written counts whole, in UTC, before a number of days.
    pub fn end(&self, now: Moment) -> Result<Moment, TokenFault> {
        let end = if self.until.is_empty() {
            now.checked_add_days(Days::new(self.lasts))
        } else {
            let day = self.until.parse::<NaiveDate>().map_err(|_| TokenFault::NoDay)?;
            day.checked_add_days(Days::new(1)).map(|next| next.and_time(NaiveTime::MIN).and_utc())
        };
        end.ok_or(TokenFault::LastsTooLong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_whole_and_before_a_number_of_days() {
        let now = "2026-11-30T10:00:00Z".parse::<Moment>().expect("it is a time");
        let end = |body: &str| SentToken::read(body.as_bytes()).end(now).map(|end| end.to_rfc3339());
        assert_eq!(end("lasts=30"), Ok("2026-12-30T10:00:00+00:00".to_owned()));
        assert_eq!(end("lasts=7"), Ok("2027-02-28T10:00:00+00:00".to_owned()), "what is not offered is as at first");
        assert_eq!(end("lasts=30&until=2027-02-27"), Ok("2027-02-28T00:00:00+00:00".to_owned()));
        assert_eq!(end("until=27.2.2027"), Err(TokenFault::NoDay));
        assert_eq!(end("until=%2B262142-12-31"), Err(TokenFault::LastsTooLong));
    }

    #[test]
    fn what_is_no_scope_and_no_team_is_nothing() {
        let form = SentToken::read(b"name=ci&owner=me&scope=read&scope=operate&scope=administer&only=");
        assert_eq!(form.scopes, BTreeSet::from([TokenScope::Read, TokenScope::Operate]));
        assert_eq!((form.service_of, form.only), (None, None));
    }
}
