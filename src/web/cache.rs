//! A cache of what many ask for and few change: read once, and kept for the others while its mark is the newest. Other
//! replicas and the command line move the mark too, by news on PostgreSQL; on SQLite the command line does not, and while
//! a connection for news is lost nobody does, hence for a short time at most. Whoever asks while it is read waits for it
//! instead of reading it too.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

/// Answers to some questions.
#[derive(Debug)]
pub struct Cache<K, V> {
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
    answer: Answer<V>,
}

/// Empty as long as it is read.
type Answer<V> = Arc<OnceCell<Arc<V>>>;

impl<K: Eq + Hash, V> Cache<K, V> {
    /// Nothing yet.
    pub fn new(lasts: Duration, most: usize) -> Self {
        Self { known: RwLock::default(), lasts, most }
    }

    /// The answer as of `mark`, which was asked for before this, or as of a later one: remembered, or else read. When
    /// reading fails, the next who asks reads.
    pub async fn get<E>(&self, key: K, mark: u64, read: impl AsyncFnOnce() -> Result<V, E>) -> Result<Arc<V>, E> {
        let answer = self.answer(key, mark, Instant::now());
        // What reads is large, and most of the time nothing is read.
        answer.get_or_try_init(|| async { Box::pin(read()).await.map(Arc::new) }).await.cloned()
    }

    fn answer(&self, key: K, mark: u64, now: Instant) -> Answer<V> {
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(answer) = self.good(&known, &key, mark, now) {
                return answer;
            }
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have come first.
        if let Some(answer) = self.good(&known, &key, mark, now) {
            return answer;
        }
        known.remove(&key);
        if known.len() >= self.most {
            known.retain(|_, known| known.mark == mark && self.is_good(known, now));
        }
        let answer = Answer::default();
        if known.len() < self.most {
            known.insert(key, Known { mark, since: now, answer: Arc::clone(&answer) });
        }
        answer
    }

    fn good(&self, known: &HashMap<K, Known<V>>, key: &K, mark: u64, now: Instant) -> Option<Answer<V>> {
        let known = known.get(key).filter(|known| known.mark >= mark && self.is_good(known, now))?;
        Some(Arc::clone(&known.answer))
    }

    fn is_good(&self, known: &Known<V>, now: Instant) -> bool {
        now.saturating_duration_since(known.since) < self.lasts
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    async fn ask(of: &Cache<&str, u8>, key: &'static str, mark: u64, answer: u8) -> u8 {
        *of.get(key, mark, async || Ok::<_, ()>(answer)).await.unwrap()
    }

    #[tokio::test]
    async fn an_answer_is_read_once_until_its_mark_is_old() {
        let remembered = Cache::new(Duration::from_mins(1), 2);
        assert_eq!(ask(&remembered, "a", 1, 1).await, 1);
        assert_eq!(ask(&remembered, "a", 1, 2).await, 1);
        assert_eq!(ask(&remembered, "a", 2, 3).await, 3);
        // Who asked before that gets what is newer.
        assert_eq!(ask(&remembered, "a", 1, 2).await, 3);
        assert_eq!(ask(&remembered, "b", 2, 4).await, 4);
        // There is no room for a third, until there is a new mark.
        assert_eq!(ask(&remembered, "c", 2, 5).await, 5);
        assert_eq!(ask(&remembered, "c", 2, 6).await, 6);
        assert_eq!(ask(&remembered, "c", 3, 7).await, 7);
        assert_eq!(ask(&remembered, "c", 3, 8).await, 7);
    }

    #[tokio::test]
    async fn nothing_is_remembered_for_long() {
        let remembered = Cache::new(Duration::ZERO, 2);
        assert_eq!(ask(&remembered, "a", 1, 1).await, 1);
        assert_eq!(ask(&remembered, "a", 1, 2).await, 2);
    }

    #[tokio::test]
    async fn many_who_ask_at_once_have_it_read_once_and_a_failure_is_not_remembered() {
        let (remembered, reads) = (Cache::new(Duration::from_mins(1), 2), AtomicU8::new(0));
        let read = async || {
            let turn = reads.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if turn == 0 { Err("away") } else { Ok(turn) }
        };
        let answers = futures_util::future::join_all((0..20).map(|_| remembered.get("a", 1, &read))).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
        assert!(answers.iter().flatten().all(|answer| **answer == 1));
        assert_eq!(reads.load(Ordering::SeqCst), 2);
    }
}
