//! Which state of an execution, or of the lists, is the newest: so that a refresh that finds nothing new is
//! answered from memory. Forgetting an entry costs one whole refresh, nothing else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use uuid::Uuid;

/// The most executions that are remembered.
const MOST: usize = 20_000;

/// Marks that only grow. A page that shows mark N has nothing to fetch while the mark is N.
#[derive(Clone)]
pub struct Live(Arc<Marks>);

struct Marks {
    last: AtomicU64,
    lists: AtomicU64,
    executions: RwLock<HashMap<Uuid, u64>>,
}

impl Live {
    /// `origin` differs from one start of the program to the next (a time in milliseconds does), so that marks of
    /// an earlier run are never taken for those of this one.
    pub fn new(origin: u64) -> Self {
        let marks = Marks {
            last: AtomicU64::new(origin),
            lists: AtomicU64::new(origin),
            executions: RwLock::new(HashMap::new()),
        };
        Self(Arc::new(marks))
    }

    /// The execution changed, or its log grew.
    pub fn touch(&self, execution: Uuid) {
        let mark = self.next();
        let mut marks = self.0.executions.write().unwrap_or_else(PoisonError::into_inner);
        if marks.len() >= MOST {
            marks.clear();
        }
        marks.insert(execution, mark);
    }

    /// Something that lists show changed.
    pub fn touch_lists(&self) {
        self.0.lists.store(self.next(), Ordering::Release);
    }

    /// The mark of an execution. Ask before reading what the page shows: a change between the two then costs a
    /// refresh too many instead of one too few.
    pub fn mark(&self, execution: Uuid) -> u64 {
        let known = self.0.executions.read().unwrap_or_else(PoisonError::into_inner).get(&execution).copied();
        known.unwrap_or_else(|| {
            let mark = self.next();
            *self.0.executions.write().unwrap_or_else(PoisonError::into_inner).entry(execution).or_insert(mark)
        })
    }

    /// The mark of the lists.
    pub fn lists_mark(&self) -> u64 {
        self.0.lists.load(Ordering::Acquire)
    }

    fn next(&self) -> u64 {
        self.0.last.fetch_add(1, Ordering::AcqRel) + 1
    }
}
