//! How often somebody may try to sign in: a few times quickly, then slowly, for an account and for an address.
//!
//! `governor` would do, but it cannot give a try back, and a right password is no try: whoever signs in on ten machines
//! in a row is not turned away. Hence the algorithm (generic cell rate) in forty lines, on our own clock.
//!
//! Each replica counts by itself: whoever guesses has as many times more tries as there are replicas, which is still
//! slow, and a sign-in that is turned away costs the database nothing.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::secret::{self, SecretHash};

/// Above so many keys, those that have waited long enough are forgotten.
const MANY_KEYS: usize = 10_000;

/// The limits at the door.
#[derive(Debug)]
pub struct SignInLimits {
    accounts: Limit<SecretHash>,
    addresses: Limit<Option<IpAddr>>,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            accounts: Limit::new(5, TimeDelta::seconds(10)),
            addresses: Limit::new(20, TimeDelta::milliseconds(500)),
        }
    }
}

/// A try that was let through; given back when the password was right.
#[derive(Debug, Clone, Copy)]
pub struct Try {
    account: SecretHash,
    address: Option<IpAddr>,
}

impl SignInLimits {
    /// Takes a try, or says how many seconds to wait. The account need not exist.
    pub fn take(&self, account: &str, address: Option<IpAddr>, now: DateTime<Utc>) -> Result<Try, u64> {
        // The hash keeps what was typed, which may be a password, out of memory and of bounded size.
        let account = secret::hashed(&account.trim().to_lowercase());
        let address = address.map(network);
        self.addresses.take(address, now)?;
        self.accounts.take(account, now).inspect_err(|_| self.addresses.give_back(address))?;
        Ok(Try { account, address })
    }

    /// Gives a try back: it was right.
    pub fn give_back(&self, taken: Try) {
        self.accounts.give_back(taken.account);
        self.addresses.give_back(taken.address);
    }
}

/// What one subscriber has: an address of IPv4, but a network of 2^64 addresses of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// So many at once, then one in each interval, for each key.
#[derive(Debug)]
struct Limit<K> {
    interval: TimeDelta,
    tolerance: TimeDelta,
    /// When the next try would arrive if all came at the steady rate.
    due: Mutex<HashMap<K, DateTime<Utc>>>,
}

impl<K: Hash + Eq + Copy> Limit<K> {
    fn new(at_once: i32, interval: TimeDelta) -> Self {
        Self { interval, tolerance: interval * at_once, due: Mutex::default() }
    }

    fn take(&self, key: K, now: DateTime<Utc>) -> Result<(), u64> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if due.len() > MANY_KEYS {
            due.retain(|_, due| *due > now);
        }
        // What lies further ahead than any try can bring it was written on a clock that was set back since.
        let furthest = now + self.tolerance;
        let known = due.get(&key).copied().filter(|due| *due <= furthest);
        let next = known.map_or(now, |due| due.max(now)) + self.interval;
        let early = next - now - self.tolerance;
        if early > TimeDelta::zero() {
            let seconds = (early + TimeDelta::milliseconds(999)).num_seconds();
            return Err(u64::try_from(seconds).unwrap_or(1).max(1));
        }
        due.insert(key, next);
        Ok(())
    }

    fn give_back(&self, key: K) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(due) = due.get_mut(&key) {
            *due -= self.interval;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_out() {
        let limits = SignInLimits::default();
        let start = DateTime::UNIX_EPOCH + TimeDelta::hours(2);
        while limits.take("ann", None, start).is_ok() {}
        let back = start - TimeDelta::hours(1);
        for n in 0..5 {
            assert!(limits.take("ann", None, back).is_ok(), "try {n}");
        }
        assert_eq!(limits.take("ann", None, back).err(), Some(10));
    }

    #[test]
    fn five_quick_tries_of_an_account_then_one_in_ten_seconds() {
        let limits = SignInLimits::default();
        let start = DateTime::UNIX_EPOCH;
        for n in 0..5 {
            assert!(limits.take("Ann", None, start).is_ok(), "try {n}");
        }
        assert_eq!(limits.take(" ann", None, start).err(), Some(10));
        assert!(limits.take("ben", None, start).is_ok(), "another account is not held up");
        let later = start + TimeDelta::seconds(10);
        assert!(limits.take("ann", None, later).is_ok());
        assert_eq!(limits.take("ann", None, later).err(), Some(10));
    }

    #[test]
    fn twenty_quick_tries_of_an_address_then_two_a_second() {
        let limits = SignInLimits::default();
        let (start, address) = (DateTime::UNIX_EPOCH, Some(IpAddr::from([10, 0, 0, 1])));
        for n in 0..20 {
            assert!(limits.take(&n.to_string(), address, start).is_ok(), "try {n}");
        }
        assert_eq!(limits.take("x", address, start).err(), Some(1));
        assert!(limits.take("x", None, start).is_ok());
        assert!(limits.take("y", address, start + TimeDelta::milliseconds(500)).is_ok());
    }

    #[test]
    fn whoever_has_a_whole_network_of_addresses_has_no_more_tries() {
        let limits = SignInLimits::default();
        let (start, address) = (DateTime::UNIX_EPOCH, |text: &str| Some(text.parse::<IpAddr>().unwrap()));
        for n in 0..20 {
            let next = address(&format!("2001:db8:1:2:{n:x}::{n:x}"));
            assert!(limits.take(&n.to_string(), next, start).is_ok(), "try {n}");
        }
        assert_eq!(limits.take("x", address("2001:db8:1:2:ffff::"), start).err(), Some(1));
        assert!(limits.take("x", address("2001:db8:1:3::"), start).is_ok(), "another network is not held up");
        for n in 0..20 {
            assert!(limits.take(&format!("v4 {n}"), address("::ffff:10.0.0.1"), start).is_ok(), "try {n}");
        }
        assert_eq!(limits.take("y", address("10.0.0.1"), start).err(), Some(1), "it is the same address");
        assert!(limits.take("y", address("::ffff:10.0.0.2"), start).is_ok(), "another address is not held up");
    }

    #[test]
    fn a_right_password_costs_nothing() {
        let limits = SignInLimits::default();
        for n in 0..50 {
            let taken = limits.take("ann", None, DateTime::UNIX_EPOCH).unwrap_or_else(|_| panic!("refused {n}"));
            limits.give_back(taken);
        }
    }
}
