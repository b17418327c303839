//! Which state of a release task, or of the lists, is the newest: so that a refresh that finds nothing new is
//! answered from memory. Forgetting an entry costs one whole refresh, nothing else.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{RwLock, RwLockWriteGuard};
use tokio::sync::Notify;

use crate::domain::ids::ReleaseId;

/// The most release tasks that are remembered.
const MAX_ENTRIES: usize = 20_000;

/// Marks that only grow. A page that shows mark N has nothing to fetch while the mark is N.
#[derive(Clone)]
pub struct ChangeVersions(Arc<Marks>);

struct Marks {
    last: AtomicU64,
    lists: AtomicU64,
    checkpoints: AtomicU64,
    catalogue: AtomicU64,
    deliveries: AtomicU64,
    connection_tests: AtomicU64,
    releases: RwLock<HashMap<ReleaseId, u64>>,
    changed: Notify,
}

impl ChangeVersions {
    /// Marks of a range of their own, so that those of an earlier run of the program, or of another replica, are never
    /// taken for marks of this one.
    pub fn fresh() -> Self {
        Self::new(u64::from(rand::random::<u32>() >> 1) << 32)
    }

    /// Marks from `origin` on.
    pub fn new(origin: u64) -> Self {
        let marks = Marks {
            last: AtomicU64::new(origin),
            lists: AtomicU64::new(origin),
            checkpoints: AtomicU64::new(origin),
            catalogue: AtomicU64::new(origin),
            deliveries: AtomicU64::new(origin),
            connection_tests: AtomicU64::new(origin),
            releases: RwLock::new(HashMap::new()),
            changed: Notify::new(),
        };
        Self(Arc::new(marks))
    }

    /// The release task changed, or a log of its execution grew.
    pub fn touch(&self, release: ReleaseId) {
        let mut marks = self.with_room();
        // Taken under the lock, so that of two changes at once the later mark stays.
        marks.insert(release, self.next());
        drop(marks);
        self.0.changed.notify_waiters();
    }

    /// Comes back when the release task has another mark than that.
    pub async fn changed(&self, release: ReleaseId, mark: u64) {
        loop {
            let mut changed = pin!(self.0.changed.notified());
            // Before the mark is looked at: a change between the two is heard.
            changed.as_mut().enable();
            if self.mark(release) != mark {
                return;
            }
            changed.await;
        }
    }

    /// Something that lists show changed.
    pub fn touch_lists(&self) {
        self.touch_statuses();
        self.0.checkpoints.fetch_max(self.lists_mark(), Ordering::AcqRel);
    }

    /// Something that lists of release tasks show changed, and nothing about any checkpoint that is open.
    pub fn touch_statuses(&self) {
        self.0.lists.fetch_max(self.next(), Ordering::AcqRel);
    }

    /// There is a release task more or less.
    pub fn touch_catalogue(&self) {
        self.touch_lists();
        self.0.catalogue.fetch_max(self.lists_mark(), Ordering::AcqRel);
    }

    /// Something that the list of undelivered notices shows changed.
    pub fn touch_deliveries(&self) {
        self.0.deliveries.fetch_max(self.next(), Ordering::AcqRel);
    }

    /// A test of a connection was asked for, or has found more.
    pub fn touch_connection_tests(&self) {
        self.0.connection_tests.fetch_max(self.next(), Ordering::AcqRel);
    }

    /// Forgets everything: something may have changed of which nobody told us.
    pub fn forget(&self) {
        let mut marks = self.0.releases.write();
        marks.clear();
        drop(marks);
        self.touch_catalogue();
        self.touch_deliveries();
        self.touch_connection_tests();
        self.0.changed.notify_waiters();
    }

    /// The mark of which release tasks there are.
    pub fn catalogue_mark(&self) -> u64 {
        self.0.catalogue.load(Ordering::Acquire)
    }

    /// The mark of a release task. Ask before reading what the page shows: a change between the two then costs a
    /// refresh too many instead of one too few.
    pub fn mark(&self, release: ReleaseId) -> u64 {
        let known = self.0.releases.read().get(&release).copied();
        known.unwrap_or_else(|| *self.with_room().entry(release).or_insert_with(|| self.next()))
    }

    /// The mark of the lists.
    pub fn lists_mark(&self) -> u64 {
        self.0.lists.load(Ordering::Acquire)
    }

    /// The mark of which checkpoints are open.
    pub fn checkpoints_mark(&self) -> u64 {
        self.0.checkpoints.load(Ordering::Acquire)
    }

    /// The mark of what could not be delivered.
    pub fn deliveries_mark(&self) -> u64 {
        self.0.deliveries.load(Ordering::Acquire)
    }

    /// The mark of tests of connections.
    pub fn connection_tests_mark(&self) -> u64 {
        self.0.connection_tests.load(Ordering::Acquire)
    }

    /// The marks of release tasks, with room for one more.
    fn with_room(&self) -> RwLockWriteGuard<'_, HashMap<ReleaseId, u64>> {
        let mut marks = self.0.releases.write();
        if marks.len() >= MAX_ENTRIES {
            marks.clear();
        }
        marks
    }

    fn next(&self) -> u64 {
        self.0.last.fetch_add(1, Ordering::AcqRel) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_only_grow_and_take_no_more_than_their_room() {
        let live = ChangeVersions::new(7);
        let release = ReleaseId::from_u128(1);
        let first = live.mark(release);
        assert_eq!(live.mark(release), first);
        for number in 0..=MAX_ENTRIES as u128 {
            live.mark(ReleaseId::from_u128(2 + number));
        }
        assert!(live.0.releases.read().len() <= MAX_ENTRIES);
        assert!(live.mark(release) > first, "what was forgotten is told as changed");
        let changes: [fn(&ChangeVersions, ReleaseId); 2] = [
            |live, release| {
                live.touch(release);
                live.touch_catalogue();
            },
            |live, _| live.forget(),
        ];
        for change in changes {
            let before = (live.mark(release), live.lists_mark(), live.catalogue_mark(), live.checkpoints_mark());
            change(&live, release);
            let after = (live.mark(release), live.lists_mark(), live.catalogue_mark(), live.checkpoints_mark());
            assert!(after.0 > before.0 && after.1 > before.1 && after.2 > before.2 && after.3 > before.3);
        }
        let before = live.deliveries_mark();
        live.touch_catalogue();
        assert_eq!(live.deliveries_mark(), before, "lists of release tasks say nothing of deliveries");
        live.forget();
        assert!(live.deliveries_mark() > before);
        let before = (live.lists_mark(), live.checkpoints_mark());
        live.touch_statuses();
        assert!(live.lists_mark() > before.0 && live.checkpoints_mark() == before.1);
    }
}
