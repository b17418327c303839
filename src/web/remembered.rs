//! What many ask for and few change: read once, and remembered for the others while its mark is the newest. Other
//! replicas and the command line move the mark too, by news on PostgreSQL; on SQLite the command line does not, and while
//! a connection for news is lost nobody does, hence for a short time at most.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Answers to some questions.
#[derive(Debug)]
pub struct Remembered<K, V> {
    known: RwLock<HashMap<K, Known<V>>>,
    /// How long an answer is good for.
    lasts: Duration,
    /// How many are kept.
    most: usize,
}

#[derive(Debug)]
struct Known<V> {
    mark: u64,
    since: Instant,
    answer: Arc<V>,
}

impl<K: Eq + Hash, V> Remembered<K, V> {
    /// Nothing yet.
    pub fn new(lasts: Duration, most: usize) -> Self {
        Self { known: RwLock::default(), lasts, most }
    }

    /// The answer as of `mark`, which was asked for before this: remembered, or else read.
    pub async fn get<E>(&self, key: K, mark: u64, read: impl Future<Output = Result<V, E>>) -> Result<Arc<V>, E> {
        let since = Instant::now();
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = known.get(&key).filter(|known| known.mark == mark && self.is_good(known, since)) {
                return Ok(Arc::clone(&known.answer));
            }
        }
        let answer = Arc::new(read.await?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= self.most {
            known.retain(|_, known| known.mark == mark && self.is_good(known, since));
        }
        if known.len() < self.most {
            known.insert(key, Known { mark, since, answer: Arc::clone(&answer) });
        }
        Ok(answer)
    }

    fn is_good(&self, known: &Known<V>, now: Instant) -> bool {
        now.saturating_duration_since(known.since) < self.lasts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(of: &Remembered<&str, u8>, key: &'static str, mark: u64, answer: u8) -> u8 {
        *of.get(key, mark, async { Ok::<_, ()>(answer) }).await.unwrap()
    }

    #[tokio::test]
    async fn an_answer_is_read_once_until_its_mark_is_old() {
        let remembered = Remembered::new(Duration::from_mins(1), 2);
        assert_eq!(ask(&remembered, "a", 1, 1).await, 1);
        assert_eq!(ask(&remembered, "a", 1, 2).await, 1);
        assert_eq!(ask(&remembered, "a", 2, 3).await, 3);
        assert_eq!(ask(&remembered, "b", 2, 4).await, 4);
        // There is no room for a third, until there is a new mark.
        assert_eq!(ask(&remembered, "c", 2, 5).await, 5);
        assert_eq!(ask(&remembered, "c", 2, 6).await, 6);
        assert_eq!(ask(&remembered, "c", 3, 7).await, 7);
        assert_eq!(ask(&remembered, "c", 3, 8).await, 7);
    }

    #[tokio::test]
    async fn nothing_is_remembered_for_long() {
        let remembered = Remembered::new(Duration::ZERO, 2);
        assert_eq!(ask(&remembered, "a", 1, 1).await, 1);
        assert_eq!(ask(&remembered, "a", 1, 2).await, 2);
    }
}
