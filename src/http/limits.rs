//! Rate limits of sign-in attempts: a few times quickly, then slowly, for an account and for an address.
//!
//! `governor` would do, but it cannot give a try back, and a right password is no try: whoever signs in on ten machines
//! in a row is not turned away. Hence the algorithm (generic cell rate) in forty lines, on our own clock.
//!
//! Wrong tries count for an account and a network together: a stranger's say nothing about the owner's. Guessers in many
//! networks meet a generous limit of the account, which never holds up a network from which somebody signed in as that
//! account lately, nor a browser with a session of it. A try that is refused costs the address as much as a wrong one.
//!
//! Who has many addresses has not as many tries: a /64 of IPv6 counts as one address, and a /56 or /48, or the neighbours
//! of an address of IPv4 (a /28, a /24), have limits of their own, each twice as wide as the one before. They hold up
//! nobody who is known to the account either.
//!
//! Each replica counts by itself: whoever guesses has as many times more tries as there are replicas, which is still
//! slow. No password is hashed for a sign-in that is turned away.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::{Mutex, MutexGuard};

use crate::app::passwords::Requester;
use crate::app::secret::{self, SecretHash};
use crate::domain::ids::{SessionId, UserId};

/// So many keys are remembered at most; then those that matter least are forgotten.
const MANY_KEYS: usize = 10_000;
/// So many networks of one account, so that nobody pushes out those of others.
const MANY_NETWORKS: usize = 50;
/// How long a network is known to an account.
const LATELY: TimeDelta = TimeDelta::days(30);

/// The limits of sign-ins.
#[derive(Debug)]
pub struct SignInLimits {
    guesses: Limit<Guess>,
    accounts: Limit<SecretHash>,
    addresses: Limit<Option<IpAddr>>,
    /// Of the networks that addresses belong to: what one subscriber may have of IPv6, and neighbours of IPv4.
    wider: [(Bits, Limit<IpAddr>); 2],
    /// Of changing one's own password: a user and their session.
    changes: Limit<(UserId, SessionId)>,
    lately: Lately,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            guesses: Limit::new(5, TimeDelta::seconds(10)),
            accounts: Limit::new(100, TimeDelta::seconds(1)),
            addresses: Limit::new(20, TimeDelta::milliseconds(500)),
            wider: [
                (Bits { v4: 28, v6: 56 }, Limit::new(40, TimeDelta::milliseconds(250))),
                (Bits { v4: 24, v6: 48 }, Limit::new(80, TimeDelta::milliseconds(125))),
            ],
            changes: Limit::new(5, TimeDelta::seconds(10)),
            lately: Lately::default(),
        }
    }
}

/// How many bits of an address its network has.
#[derive(Debug, Clone, Copy)]
struct Bits {
    v4: u32,
    v6: u32,
}

impl Bits {
    fn of(self, address: IpAddr) -> IpAddr {
        match address.to_canonical() {
            IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() >> (32 - self.v4) << (32 - self.v4)).into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> (128 - self.v6) << (128 - self.v6)).into(),
        }
    }
}

/// An account, and the network that somebody tries from.
type Guess = (SecretHash, Option<IpAddr>);

/// A try that was let through; given back when the password was right.
#[derive(Debug, Clone, Copy)]
pub struct Try {
    guess: Guess,
    /// Whether the account's own limit counts it, and those of wider networks: the account is not at home here.
    counted: bool,
}

impl Try {
    /// Who tries.
    pub fn caller(self) -> Requester {
        if self.counted { Requester::Stranger } else { Requester::Known }
    }
}

impl SignInLimits {
    /// Takes a try, or says how many seconds to wait. The account need not exist. `signed_in` is the account of the
    /// session that the browser has.
    pub fn take(
        &self,
        account: &str,
        address: Option<IpAddr>,
        signed_in: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Try, u64> {
        // The hash keeps what was typed, which may be a password, out of memory and of bounded size.
        let hashed = |name: &str| secret::hashed(&name.trim().to_lowercase());
        let guess = (hashed(account), address.map(network));
        self.addresses.take(guess.1, now)?;
        self.guesses.take(guess, now)?;
        let counted = signed_in.map(hashed) != Some(guess.0) && !self.lately.knows(guess, now);
        if counted {
            self.take_counted(guess, now).inspect_err(|_| self.guesses.give_back(guess))?;
        }
        Ok(Try { guess, counted })
    }

    fn take_counted(&self, (account, address): Guess, now: DateTime<Utc>) -> Result<(), u64> {
        if let Some(address) = address {
            for (bits, networks) in &self.wider {
                networks.take(bits.of(address), now)?;
            }
        }
        self.accounts.take(account, now)
    }

    /// Nobody looked at the password: the account is none the worse for it, the address is.
    pub fn was_not_heard(&self, taken: Try) {
        self.guesses.give_back(taken.guess);
        if taken.counted {
            self.accounts.give_back(taken.guess.0);
        }
    }

    /// The password was right: gives the try back, and remembers where the account is at home.
    pub fn was_right(&self, taken: Try, now: DateTime<Utc>) {
        self.addresses.give_back(taken.guess.1);
        self.guesses.give_back(taken.guess);
        if taken.counted {
            self.accounts.give_back(taken.guess.0);
            for (bits, networks) in &self.wider {
                taken.guess.1.inspect(|address| networks.give_back(bits.of(*address)));
            }
        }
        self.lately.remember(taken.guess, now);
    }

    /// Takes a try to change the password of that user in that session, or says how many seconds to wait.
    pub fn take_change(&self, user: UserId, session: SessionId, now: DateTime<Utc>) -> Result<(), u64> {
        self.changes.take((user, session), now)
    }

    /// Gives a try to change the password back: the present one was right.
    pub fn give_change_back(&self, user: UserId, session: SessionId) {
        self.changes.give_back((user, session));
    }
}

/// From where somebody signed in lately, and when.
#[derive(Debug, Default)]
struct Lately(Mutex<HashMap<Guess, DateTime<Utc>>>);

impl Lately {
    fn known(&self) -> MutexGuard<'_, HashMap<Guess, DateTime<Utc>>> {
        self.0.lock()
    }

    fn knows(&self, guess: Guess, now: DateTime<Utc>) -> bool {
        self.known().get(&guess).is_some_and(|at| now - *at < LATELY)
    }

    fn remember(&self, guess: Guess, now: DateTime<Utc>) {
        let mut known = self.known();
        if !known.contains_key(&guess) {
            if known.keys().filter(|(account, _)| *account == guess.0).count() >= MANY_NETWORKS {
                forget_first(&mut known, |(account, _)| *account == guess.0);
            }
            if known.len() >= MANY_KEYS {
                forget_first(&mut known, |_| true);
            }
        }
        known.insert(guess, now);
    }
}

/// Forgets the earliest of some keys.
fn forget_first<K: Hash + Eq + Copy>(known: &mut HashMap<K, DateTime<Utc>>, of: impl Fn(&K) -> bool) {
    let first = known.iter().filter(|(key, _)| of(key)).min_by_key(|(_, at)| **at).map(|(key, _)| *key);
    if let Some(key) = first {
        known.remove(&key);
    }
}

/// What one subscriber has: an address of IPv4, but a network of 2^64 addresses of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    Bits { v4: 32, v6: 64 }.of(address)
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
        let mut due = self.due.lock();
        // What lies further ahead than any try can bring it was written on a clock that was set back since.
        let furthest = now + self.tolerance;
        if due.len() >= MANY_KEYS && !due.contains_key(&key) {
            due.retain(|_, due| *due > now && *due <= furthest);
            // Those with the fewest tries go first: many new keys do not free one that is held up.
            if due.len() >= MANY_KEYS {
                forget_first(&mut due, |_| true);
            }
        }
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
        let mut due = self.due.lock();
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
        while limits.take("ann", None, None, start).is_ok() {}
        let back = start - TimeDelta::hours(1);
        for n in 0..5 {
            assert!(limits.take("ann", None, None, back).is_ok(), "try {n}");
        }
        assert_eq!(limits.take("ann", None, None, back).err(), Some(10));
    }

    #[test]
    fn five_quick_tries_of_an_account_then_one_in_ten_seconds() {
        let limits = SignInLimits::default();
        let start = DateTime::UNIX_EPOCH;
        for n in 0..5 {
            assert!(limits.take("Ann", None, None, start).is_ok(), "try {n}");
        }
        assert_eq!(limits.take(" ann", None, None, start).err(), Some(10));
        assert!(limits.take("ben", None, None, start).is_ok(), "another account is not held up");
        let later = start + TimeDelta::seconds(10);
        assert!(limits.take("ann", None, None, later).is_ok());
        assert_eq!(limits.take("ann", None, None, later).err(), Some(10));
    }

    #[test]
    fn twenty_quick_tries_of_an_address_then_two_a_second() {
        let limits = SignInLimits::default();
        let (start, address) = (DateTime::UNIX_EPOCH, Some(IpAddr::from([10, 0, 0, 1])));
        for n in 0..20 {
            assert!(limits.take(&n.to_string(), address, None, start).is_ok(), "try {n}");
        }
        assert_eq!(limits.take("x", address, None, start).err(), Some(1));
        assert!(limits.take("x", None, None, start).is_ok());
        assert!(limits.take("y", address, None, start + TimeDelta::milliseconds(500)).is_ok());
    }

    #[test]
    fn whoever_has_a_whole_network_of_addresses_has_no_more_tries() {
        let limits = SignInLimits::default();
        let (start, address) = (DateTime::UNIX_EPOCH, |text: &str| Some(text.parse::<IpAddr>().unwrap()));
        for n in 0..20 {
            let next = address(&format!("2001:db8:1:2:{n:x}::{n:x}"));
            assert!(limits.take(&n.to_string(), next, None, start).is_ok(), "try {n}");
        }
        assert_eq!(limits.take("x", address("2001:db8:1:2:ffff::"), None, start).err(), Some(1));
        assert!(limits.take("x", address("2001:db8:1:3::"), None, start).is_ok(), "another network is not held up");
        for n in 0..20 {
            assert!(limits.take(&format!("v4 {n}"), address("::ffff:10.0.0.1"), None, start).is_ok(), "try {n}");
        }
        assert_eq!(limits.take("y", address("10.0.0.1"), None, start).err(), Some(1), "it is the same address");
        assert!(limits.take("y", address("::ffff:10.0.0.2"), None, start).is_ok(), "another address is not held up");
    }

    #[test]
    fn a_right_password_costs_nothing() {
        let limits = SignInLimits::default();
        for n in 0..50 {
            let taken = limits.take("ann", None, None, DateTime::UNIX_EPOCH).unwrap_or_else(|_| panic!("refused {n}"));
            limits.was_right(taken, DateTime::UNIX_EPOCH);
        }
    }

    /// Each is in a /24 of its own.
    fn of_v4(n: u32) -> IpAddr {
        IpAddr::from((0x0a00_0000 + n * 256).to_be_bytes())
    }

    #[test]
    fn s3_who_has_many_networks_has_not_as_many_tries() {
        let (limits, start) = (SignInLimits::default(), DateTime::UNIX_EPOCH);
        let of_v6 = |net: u32| Some(format!("2001:db8:1:{net:x}::1").parse::<IpAddr>().unwrap());
        let mut names = 0..;
        let mut tries = |address| limits.take(&format!("nobody{:?}", names.next()), address, None, start);
        // A /56 has 256 networks of one subscriber, a /48 has 65,536.
        for (block, most) in [(0, 40), (1, 40), (2, 0)] {
            for net in 0..most {
                assert!(tries(of_v6(block * 256 + net)).is_ok(), "try {net} of {block}");
            }
            assert_eq!(tries(of_v6(block * 256 + 255)).err(), Some(1), "one more of {block}");
        }
        for net in 0..80 {
            // Five in each /28.
            let neighbour = IpAddr::from([192, 0, 2, u8::try_from(net / 5 * 16 + net % 5).unwrap()]);
            assert!(tries(Some(neighbour)).is_ok(), "try {net}");
        }
        assert_eq!(tries(Some(IpAddr::from([192, 0, 2, 255]))).err(), Some(1));
        assert!(tries(Some(IpAddr::from([192, 0, 3, 255]))).is_ok(), "another network is not held up");
    }

    /// Guesses from so many networks that the account's own limit is reached.
    fn crowd(limits: &SignInLimits, now: DateTime<Utc>) {
        for n in 0..100 {
            assert!(limits.take("ann", Some(of_v4(n)), None, now).is_ok(), "try {n}");
        }
        assert_eq!(limits.take("ann", Some(of_v4(100)), None, now).err(), Some(1));
    }

    #[test]
    fn s1_wrong_tries_of_a_stranger_shut_nobody_out() {
        let limits = SignInLimits::default();
        let mut now = DateTime::UNIX_EPOCH;
        for n in 0..1000 {
            now += TimeDelta::milliseconds(250);
            let _ = limits.take("ann", Some(of_v4(1)), None, now);
            assert!(limits.take("ann", Some(of_v4(1000 + n)), None, now).is_ok(), "the owner after {n}");
            now += TimeDelta::seconds(1);
        }
    }

    #[test]
    fn s1_a_crowd_shuts_out_neither_a_known_network_nor_a_session() {
        let limits = SignInLimits::default();
        let (start, home) = (DateTime::UNIX_EPOCH, Some(of_v4(7000)));
        let taken = limits.take("ann", home, None, start).unwrap();
        limits.was_right(taken, start);
        let now = start + TimeDelta::days(29);
        crowd(&limits, now);
        assert!(limits.take("Ann ", home, None, now).is_ok(), "known");
        assert!(limits.take("ann", Some(of_v4(7001)), Some("Ann"), now).is_ok(), "with a session");
        assert_eq!(limits.take("ann", Some(of_v4(7002)), Some("ben"), now).err(), Some(1), "of another");
        assert!(limits.take("ben", Some(of_v4(7002)), None, now).is_ok(), "another account");
        for n in 1..5 {
            assert!(limits.take("ann", home, None, now).is_ok(), "try {n}");
        }
        assert_eq!(limits.take("ann", home, None, now).err(), Some(10), "known, but five tries all the same");
        let late = start + TimeDelta::days(30);
        crowd(&limits, late);
        assert_eq!(limits.take("ann", home, None, late).err(), Some(1), "long ago");
    }

    #[test]
    fn s1_a_refused_try_costs_the_address() {
        let limits = SignInLimits::default();
        let start = DateTime::UNIX_EPOCH;
        for _ in 0..20 {
            let _ = limits.take("ann", Some(of_v4(1)), None, start);
        }
        assert_eq!(limits.take("ben", Some(of_v4(1)), None, start).err(), Some(1));
    }

    #[test]
    fn s1_a_change_of_the_password_is_held_up_by_its_own_session_only() {
        let limits = SignInLimits::default();
        let (start, ann, here) = (DateTime::UNIX_EPOCH, UserId::from_u128(1), SessionId::from_u128(1));
        crowd(&limits, start);
        for n in 0..5 {
            assert!(limits.take_change(ann, here, start).is_ok(), "try {n}");
        }
        assert_eq!(limits.take_change(ann, here, start).err(), Some(10));
        assert!(limits.take_change(ann, SessionId::from_u128(2), start).is_ok(), "another session");
        limits.give_change_back(ann, here);
        assert!(limits.take_change(ann, here, start).is_ok());
    }

    #[test]
    fn s1_memory_is_bounded_and_many_new_keys_free_nobody() {
        let limit = Limit::new(5, TimeDelta::seconds(10));
        let start = DateTime::UNIX_EPOCH;
        while limit.take(0, start).is_ok() {}
        for key in 1..10_200 {
            assert!(limit.take(key, start).is_ok());
        }
        assert_eq!(limit.due.lock().len(), MANY_KEYS);
        assert_eq!(limit.take(0, start).err(), Some(10));

        let lately = Lately::default();
        let (ann, ben) = (secret::hashed("ann"), secret::hashed("ben"));
        lately.remember((ann, None), start);
        for n in 0..200 {
            lately.remember((ben, Some(of_v4(n))), start + TimeDelta::seconds(n.into()));
        }
        assert_eq!(lately.known().len(), MANY_NETWORKS + 1);
        assert!(lately.knows((ann, None), start) && lately.knows((ben, Some(of_v4(199))), start));
        assert!(!lately.knows((ben, Some(of_v4(149))), start));
    }
}
