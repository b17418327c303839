//! Rate limits of the API: for each token or person, and for each address from which requests come without either. Each replica
//! counts by itself.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use super::network;
use super::rate::{RateLeft, RateLimit};
use super::streams::StreamLimit;
use crate::config::ApiLimitsConfig;
use crate::domain::ids::{TokenId, UserId};

/// The time in which so many may be sent, in seconds.
pub const WINDOW: u32 = 60;

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counted {
    /// Those with a token.
    Token(TokenId),
    /// Those of somebody who is signed in.
    Person(UserId),
    /// All others from a network.
    Address(Option<IpAddr>),
}

impl Counted {
    /// Those from an address.
    pub fn from_address(address: Option<IpAddr>) -> Self {
        Self::Address(address.map(network))
    }

    /// The name of the limit.
    pub fn policy(self) -> &'static str {
        match self {
            Self::Token(_) => "token",
            Self::Person(_) => "person",
            Self::Address(_) => "address",
        }
    }
}

/// What somebody may still send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The name of the limit.
    pub policy: &'static str,
    /// So many in each [`WINDOW`].
    pub most: u32,
    /// What is left.
    pub left: RateLeft,
    /// Why this one is not answered: how many seconds to wait.
    pub refused: Option<u64>,
}

/// The limits.
#[derive(Debug)]
pub struct ApiLimits {
    known: Option<(u32, RateLimit<Counted>)>,
    strangers: Option<(u32, RateLimit<Counted>)>,
    /// Event streams.
    pub streams: StreamLimit,
}

impl ApiLimits {
    /// Limits as configured.
    pub fn new(config: &ApiLimitsConfig) -> Self {
        Self {
            known: limit(config.api_limit),
            strangers: limit(config.api_address_limit),
            streams: StreamLimit::new(config.api_streams),
        }
    }

    /// Counts a request; none where there is no limit.
    pub fn take(&self, who: Counted, now: DateTime<Utc>) -> Option<Quota> {
        let limit = match who {
            Counted::Token(_) | Counted::Person(_) => &self.known,
            Counted::Address(_) => &self.strangers,
        };
        let (most, limit) = limit.as_ref()?;
        let (left, refused) = match limit.take_counting(who, now) {
            Ok(left) => (left, None),
            Err(seconds) => (RateLeft { tries: 0, whole_in: u64::from(WINDOW) }, Some(seconds)),
        };
        Some(Quota { policy: who.policy(), most: *most, left, refused })
    }
}

fn limit(most: u32) -> Option<(u32, RateLimit<Counted>)> {
    let at_once = i32::try_from(most).ok().filter(|most| *most > 0)?;
    let interval = TimeDelta::microseconds(i64::from(WINDOW) * 1_000_000 / i64::from(at_once));
    Some((most, RateLimit::new(at_once, interval)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_many_at_once_and_gets_them_back_in_a_minute() {
        let limits = ApiLimits::new(&ApiLimitsConfig { api_limit: 60, api_address_limit: 0, api_streams: 0 });
        let (start, who) = (DateTime::UNIX_EPOCH, Counted::Token(TokenId::from_u128(1)));
        for number in 1..=60_u64 {
            let quota = limits.take(who, start).unwrap();
            assert_eq!((quota.left, quota.refused), (RateLeft { tries: 60 - number, whole_in: number }, None));
        }
        assert_eq!(limits.take(who, start).unwrap().refused, Some(1));
        let another = Counted::Token(TokenId::from_u128(2));
        assert_eq!(limits.take(another, start).unwrap().refused, None);
        let later = start + TimeDelta::seconds(60);
        assert_eq!(limits.take(who, later).unwrap().left.tries, 59);
        assert_eq!(limits.take(Counted::from_address(None), start), None, "there is no limit");
    }
}
