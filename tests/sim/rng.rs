//! Where every choice of a history comes from: a seed, and nothing else.

use std::sync::{Arc, Mutex};

/// Numbers that follow from a seed. Clones draw from the same row.
#[derive(Clone)]
pub struct Rng(Arc<Mutex<u64>>);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }

    /// `SplitMix64`: the same on every machine and in every version of every crate.
    pub fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = *state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// Less than `end`, which is not 0.
    pub fn below(&self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    /// True so many times of a thousand.
    pub fn per_mille(&self, times: u64) -> bool {
        self.next() % 1000 < times
    }

    /// Up to so much to either side of 0.
    pub fn within(&self, most: i64) -> i64 {
        i64::try_from(self.below(usize::try_from(2 * most + 1).unwrap())).unwrap() - most
    }

    pub fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// One of them, by weight.
    pub fn weighted<T>(&self, from: Vec<(u32, T)>) -> T {
        let sum: u32 = from.iter().map(|(weight, _)| weight).sum();
        let mut left = u32::try_from(self.next() % u64::from(sum)).unwrap();
        for (weight, choice) in from {
            if left < weight {
                return choice;
            }
            left -= weight;
        }
        unreachable!("less than their sum")
    }
}
