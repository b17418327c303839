//! A cache of what many ask for and few change: read once, and kept for the others while its mark is the newest. Other
//! replicas and the command line move the mark too, by news on PostgreSQL; on SQLite the command line does not, and while
//! a connection for news is lost nobody does, hence for a short time at most. Whoever asks while it is read waits for it
//! instead of reading it too.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync;
use tokio::sync::OnceCell;

/// Answers to some questions.
pub struct Cache<K, V> {
    known: sync::Cache<K, Arc<Known<V>>>,
}

#[derive(Debug)]
struct Known<V> {
    mark: u64,
    /// Empty as long as it is read.
    answer: OnceCell<Arc<V>>,
    /// Whether reading failed. Whoever waited for it then reads too, all at once: one after the other, each would wait for
    /// a database that does not answer.
    failed: AtomicBool,
}

impl<K: Eq + Hash + Clone + Send + Sync + 'static, V: Send + Sync + 'static> Cache<K, V> {
    /// Nothing yet. An answer is good for that long, and at most so many are kept, those that were asked for last.
    pub fn new(lasts: Duration, most: u64) -> Self {
        let lru = EvictionPolicy::lru();
        Self { known: sync::Cache::builder().max_capacity(most).time_to_live(lasts).eviction_policy(lru).build() }
    }

    /// The answer as of `mark`, which was asked for before this, or as of a later one: remembered, or else read. When
    /// reading fails, those who waited for it read themselves.
    pub async fn get<E>(&self, key: &K, mark: u64, read: impl AsyncFnOnce() -> Result<V, E>) -> Result<Arc<V>, E> {
        let known = self.known(key, mark);
        // What reads is large, and most of the time nothing is read.
        let read = async || Box::pin(read()).await.map(Arc::new);
        let (mut own, failed) = (Some(read), &known.failed);
        let answer = known.answer.get_or_try_init(|| async {
            let Some(read) = own.take_if(|_| !failed.load(Ordering::SeqCst)) else { return Err(None) };
            read().await.map_err(|error| {
                failed.store(true, Ordering::SeqCst);
                Some(error)
            })
        });
        match (answer.await.cloned(), own) {
            (Ok(answer), _) => Ok(answer),
            (Err(Some(error)), _) => Err(error),
            (Err(None), Some(read)) => {
                let answer = read().await?;
                // Somebody else may have been faster.
                let _ = known.answer.set(Arc::clone(&answer));
                Ok(answer)
            }
            (Err(None), None) => unreachable!("what was not read was not taken"),
        }
    }

    /// Forgets an answer that its reader knows to be no good.
    pub fn forget(&self, key: &K) {
        self.known.invalidate(key);
    }

    fn known(&self, key: &K, mark: u64) -> Arc<Known<V>> {
        loop {
            let fresh = || Arc::new(Known { mark, answer: OnceCell::new(), failed: AtomicBool::new(false) });
            let entry = self.known.entry_by_ref(key).or_insert_with_if(fresh, |known| known.mark < mark);
            let known = entry.into_value();
            // Who comes while another puts in an entry is given that one as it is, though it may be of an earlier mark.
            if known.mark >= mark {
                return known;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU8;

    use super::*;

    async fn ask(of: &Cache<&'static str, u8>, key: &'static str, mark: u64, answer: u8) -> u8 {
        *of.get(&key, mark, async || Ok::<_, ()>(answer)).await.unwrap()
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
        remembered.forget(&"b");
        assert_eq!(ask(&remembered, "b", 2, 5).await, 5);
    }

    #[tokio::test]
    async fn no_more_is_kept_than_there_is_room_for() {
        let remembered = Cache::new(Duration::from_mins(1), 2);
        for (key, answer) in [("a", 1), ("b", 2), ("c", 3)] {
            assert_eq!(ask(&remembered, key, 1, answer).await, answer);
            remembered.known.run_pending_tasks();
        }
        assert_eq!(remembered.known.entry_count(), 2);
        assert_eq!(ask(&remembered, "c", 1, 4).await, 3, "what was asked for last stays");
        assert_eq!(ask(&remembered, "a", 1, 5).await, 5);
    }

    #[tokio::test]
    async fn nothing_is_remembered_for_long() {
        let remembered = Cache::new(Duration::ZERO, 2);
        assert_eq!(ask(&remembered, "a", 1, 1).await, 1);
        assert_eq!(ask(&remembered, "a", 1, 2).await, 2);
    }

    #[tokio::test]
    async fn many_who_ask_at_once_have_it_read_once() {
        let (remembered, reads) = (Cache::new(Duration::from_mins(1), 2), AtomicU8::new(0));
        let read = async || {
            tokio::task::yield_now().await;
            Ok::<_, ()>(reads.fetch_add(1, Ordering::SeqCst))
        };
        let answers = futures_util::future::join_all((0..20).map(|_| remembered.get(&"a", 1, &read))).await;
        assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|answer| **answer == 0)));
        assert_eq!(reads.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_failure_is_not_remembered_and_nobody_waits_for_a_second_one() {
        let (remembered, reads) = (Cache::new(Duration::from_mins(1), 2), AtomicU8::new(0));
        let read = async || {
            let turn = reads.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if turn == 0 { Err("away") } else { Ok(turn) }
        };
        let answers = async || futures_util::future::join_all((0..20).map(|_| remembered.get(&"a", 1, &read))).await;
        // Of those who waited for the one that failed, none waits for another.
        assert_eq!(answers().await.iter().filter(|answer| answer.is_err()).count(), 1);
        assert_eq!(reads.load(Ordering::SeqCst), 20);
        assert!(answers().await.iter().all(|answer| answer.as_ref().is_ok_and(|answer| **answer > 0)));
        assert_eq!(reads.load(Ordering::SeqCst), 20, "and the answer is remembered");
    }
}
