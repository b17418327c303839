//! Limit of event streams: each holds a connection and looks at the database as long as it lasts, so that nobody has many. Each
//! replica counts by itself.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::api::Counted;

/// How many each has open.
type OpenStreams = Arc<Mutex<HashMap<Counted, u32>>>;

/// The limit.
#[derive(Debug)]
pub struct StreamLimit {
    most: u32,
    open: OpenStreams,
}

/// A stream that is open until this is dropped.
#[derive(Debug)]
pub struct OpenStream {
    whose: Counted,
    open: OpenStreams,
}

/// The caller has as many as they may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyStreams {
    /// So many.
    pub most: u32,
}

impl StreamLimit {
    /// So many at a time for each caller; 0 for no limit.
    pub fn new(most: u32) -> Self {
        Self { most, open: OpenStreams::default() }
    }

    /// Counts another stream of that caller.
    pub fn open(&self, whose: Counted) -> Result<OpenStream, TooManyStreams> {
        let mut all = self.open.lock();
        let count = all.entry(whose).or_default();
        if self.most > 0 && *count >= self.most {
            return Err(TooManyStreams { most: self.most });
        }
        *count += 1;
        Ok(OpenStream { whose, open: Arc::clone(&self.open) })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut all = self.open.lock();
        if let Some(count) = all.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::TokenId;

    #[test]
    fn each_has_so_many_open_and_one_that_ends_makes_room() {
        let limit = StreamLimit::new(2);
        let [one, other] = [1, 2].map(|id| Counted::Token(TokenId::from_u128(id)));
        let (first, _second) = (limit.open(one).unwrap(), limit.open(one).unwrap());
        assert_eq!(limit.open(one).map(drop), Err(TooManyStreams { most: 2 }));
        drop(limit.open(other).unwrap());
        drop(first);
        let _third = limit.open(one).unwrap();
        assert_eq!(limit.open.lock().len(), 1, "who has none is forgotten");
        let any = StreamLimit::new(0);
        let _open: Vec<_> = (0..100).map(|_| any.open(one).unwrap()).collect();
    }
}
