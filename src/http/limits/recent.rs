//! Networks from which somebody signed in lately, by account.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::{Mutex, MutexGuard};

use super::Guess;
use super::rate::{MAX_KEYS, forget_earliest};

/// So many networks of one account are remembered, so that nobody pushes out those of others.
const MAX_NETWORKS: usize = 50;
/// How long a network is known to an account.
const RECENT: TimeDelta = TimeDelta::days(30);

/// From where somebody signed in lately, and when.
#[derive(Debug, Default)]
pub struct RecentSignIns(Mutex<HashMap<Guess, DateTime<Utc>>>);

impl RecentSignIns {
    fn known(&self) -> MutexGuard<'_, HashMap<Guess, DateTime<Utc>>> {
        self.0.lock()
    }

    /// Whether somebody signed in lately as that account from that network.
    pub fn knows(&self, guess: Guess, now: DateTime<Utc>) -> bool {
        self.known().get(&guess).is_some_and(|at| now - *at < RECENT)
    }

    /// Remembers that somebody signed in.
    pub fn remember(&self, guess: Guess, now: DateTime<Utc>) {
        let mut known = self.known();
        if !known.contains_key(&guess) {
            if known.keys().filter(|(account, _)| *account == guess.0).count() >= MAX_NETWORKS {
                forget_earliest(&mut known, |(account, _)| *account == guess.0);
            }
            if known.len() >= MAX_KEYS {
                forget_earliest(&mut known, |_| true);
            }
        }
        known.insert(guess, now);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::app::secret;

    #[test]
    fn s1_memory_is_bounded_and_many_networks_of_one_account_push_out_no_other() {
        let start = DateTime::UNIX_EPOCH;
        let of_v4 = |n: u32| IpAddr::from(Ipv4Addr::from_bits(0x0a00_0000 + n * 256));
        let recent = RecentSignIns::default();
        let (ann, ben) = (secret::hashed("ann"), secret::hashed("ben"));
        recent.remember((ann, None), start);
        for n in 0..200 {
            recent.remember((ben, Some(of_v4(n))), start + TimeDelta::seconds(n.into()));
        }
        assert_eq!(recent.known().len(), MAX_NETWORKS + 1);
        assert!(recent.knows((ann, None), start) && recent.knows((ben, Some(of_v4(199))), start));
        assert!(!recent.knows((ben, Some(of_v4(149))), start));
    }
}
