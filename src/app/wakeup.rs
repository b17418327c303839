//! Wakes the engine after a commit. It carries no order: which executions are worth a look, and no more.
//! A lost wake-up does no harm, the clock finds the same work a little later.

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::domain::ids::ExecutionId;

/// Sent by operations, received by the engine.
#[derive(Clone, Default)]
pub struct Wakeup(Arc<WakeState>);

#[derive(Default)]
struct WakeState {
    pending: Mutex<BTreeSet<ExecutionId>>,
    notify: Notify,
}

impl Wakeup {
    /// Says that the execution is worth a look.
    pub fn notify(&self, execution: ExecutionId) {
        self.0.pending.lock().insert(execution);
        self.0.notify.notify_one();
    }

    /// Wakes the engine for no execution in particular.
    pub fn wake(&self) {
        self.0.notify.notify_one();
    }

    /// Waits for a wake-up.
    pub async fn notified(&self) {
        self.0.notify.notified().await;
    }

    /// The executions that it was woken for since the last time.
    pub fn take(&self) -> BTreeSet<ExecutionId> {
        std::mem::take(&mut self.0.pending.lock())
    }
}
