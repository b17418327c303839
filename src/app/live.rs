//! Which state of a release task, or of the lists, is the newest: so that a refresh that finds nothing new is
//! answered from memory. Forgetting an entry costs one whole refresh, nothing else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use uuid::Uuid;

/// The most release tasks that are remembered.
const MOST: usize = 20_000;

/// Marks that only grow. A page that shows mark N has nothing to fetch while the mark is N.
#[derive(Clone)]
pub struct Live(Arc<Marks>);

struct Marks {
    last: AtomicU64,
    lists: AtomicU64,
    catalogue: AtomicU64,
    releases: RwLock<HashMap<Uuid, u64>>,
}

impl Live {
    /// `origin` differs from one start of the program to the next (a time in milliseconds does), so that marks of
    /// an earlier run are never taken for those of this one.
    pub fn new(origin: u64) -> Self {
        let marks = Marks {
            last: AtomicU64::new(origin),
            lists: AtomicU64::new(origin),
            catalogue: AtomicU64::new(origin),
            releases: RwLock::new(HashMap::new()),
        };
        Self(Arc::new(marks))
    }

    /// The release task changed, or a log of its execution grew.
    pub fn touch(&self, release: Uuid) {
        let mark = self.next();
        let mut marks = self.0.releases.write().unwrap_or_else(PoisonError::into_inner);
        if marks.len() >= MOST {
            marks.clear();
        }
        marks.insert(release, mark);
    }

    /// Something that lists show changed.
    pub fn touch_lists(&self) {
        self.0.lists.store(self.next(), Ordering::Release);
    }

    /// There is a release task more or less.
    pub fn touch_catalogue(&self) {
        self.touch_lists();
        self.0.catalogue.store(self.lists_mark(), Ordering::Release);
    }

    /// The mark of which release tasks there are.
    pub fn catalogue_mark(&self) -> u64 {
        self.0.catalogue.load(Ordering::Acquire)
    }

    /// The mark of a release task. Ask before reading what the page shows: a change between the two then costs a
    /// refresh too many instead of one too few.
    pub fn mark(&self, release: Uuid) -> u64 {
        let known = self.0.releases.read().unwrap_or_else(PoisonError::into_inner).get(&release).copied();
        known.unwrap_or_else(|| {
            let mark = self.next();
            *self.0.releases.write().unwrap_or_else(PoisonError::into_inner).entry(release).or_insert(mark)
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
