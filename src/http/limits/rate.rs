//! Generic cell rate: a few at once, then one in each interval, for each key.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;

/// So many keys are remembered at most; then those that matter least are forgotten.
pub const MAX_KEYS: usize = 10_000;

/// So many at once, then one in each interval, for each key.
#[derive(Debug)]
pub struct RateLimit<K> {
    interval: TimeDelta,
    tolerance: TimeDelta,
    /// When the next try would arrive if all came at the steady rate.
    due: Mutex<HashMap<K, DateTime<Utc>>>,
}

/// What a key has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLeft {
    /// How many tries it may take at once.
    pub tries: u64,
    /// In how many seconds it has all of them again, if it takes none.
    pub whole_in: u64,
}

impl<K: Hash + Eq + Copy> RateLimit<K> {
    /// That many at once, then one in each interval.
    pub fn new(at_once: i32, interval: TimeDelta) -> Self {
        Self { interval, tolerance: interval * at_once, due: Mutex::default() }
    }

    /// Takes a try of a key, or says how many seconds to wait.
    pub fn take(&self, key: K, now: DateTime<Utc>) -> Result<(), u64> {
        self.take_counting(key, now).map(|_| ())
    }

    /// Takes a try of a key and tells what is left, or says how many seconds to wait.
    pub fn take_counting(&self, key: K, now: DateTime<Utc>) -> Result<RateLeft, u64> {
        let mut due = self.due.lock();
        // What lies further ahead than any try can bring it was written on a clock that was set back since.
        let furthest = now + self.tolerance;
        if due.len() >= MAX_KEYS && !due.contains_key(&key) {
            due.retain(|_, due| *due > now && *due <= furthest);
            // Those with the fewest tries go first: many new keys do not free one that is held up.
            if due.len() >= MAX_KEYS {
                forget_earliest(&mut due, |_| true);
            }
        }
        let known = due.get(&key).copied().filter(|due| *due <= furthest);
        let next = known.map_or(now, |due| due.max(now)) + self.interval;
        let early = next - now - self.tolerance;
        if early > TimeDelta::zero() {
            return Err(seconds(early).max(1));
        }
        due.insert(key, next);
        let interval = self.interval.num_microseconds().filter(|interval| *interval > 0).unwrap_or(1);
        let left = (-early).num_microseconds().unwrap_or(i64::MAX) / interval;
        Ok(RateLeft { tries: u64::try_from(left).unwrap_or_default(), whole_in: seconds(next - now) })
    }

    /// Gives a try of a key back.
    pub fn give_back(&self, key: K) {
        let mut due = self.due.lock();
        if let Some(due) = due.get_mut(&key) {
            *due -= self.interval;
        }
    }
}

/// Seconds, rounded up.
fn seconds(time: TimeDelta) -> u64 {
    u64::try_from((time + TimeDelta::milliseconds(999)).num_seconds()).unwrap_or_default()
}

/// Forgets the earliest of some keys.
pub fn forget_earliest<K: Hash + Eq + Copy>(known: &mut HashMap<K, DateTime<Utc>>, of: impl Fn(&K) -> bool) {
    let first = known.iter().filter(|(key, _)| of(key)).min_by_key(|(_, at)| **at).map(|(key, _)| *key);
    if let Some(key) = first {
        known.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_memory_is_bounded_and_many_new_keys_free_nobody() {
        let limit = RateLimit::new(5, TimeDelta::seconds(10));
        let start = DateTime::UNIX_EPOCH;
        while limit.take(0, start).is_ok() {}
        for key in 1..10_200 {
            assert!(limit.take(key, start).is_ok());
        }
        assert_eq!(limit.due.lock().len(), MAX_KEYS);
        assert_eq!(limit.take(0, start).err(), Some(10));
    }
}
