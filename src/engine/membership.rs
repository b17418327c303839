//! The term of this replica, and what becomes of the others.
//!
//! Every replica sends heartbeats: it adds one to a number in its row. The others look at that number and at how long it has stood
//! still by their own steady clock, so that no two machines' clocks are ever compared. A replica whose number has stood
//! still for `FAILURE_TIMEOUT` is taken over. It stops starting anything `LEASE_DURATION` after it last began to say that it is there, which is
//! earlier; and whatever it saves later is refused, since its executions belong to another term by then.

use std::collections::HashMap;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Engine, told};
use crate::app::{AppError, Claim};
use crate::store::{Replica, StoreError, Term};

/// How often a replica says that it is there, and looks at the others.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(1);

/// How long after its last heartbeat a replica goes on starting work.
const LEASE_DURATION: Duration = Duration::from_secs(4);

/// How long a heartbeat stands still before the replica is taken over.
const FAILURE_TIMEOUT: Duration = Duration::from_secs(6);

/// The same for one that was told to stop: it may be about to come back, and its scripts run meanwhile.
const RESTART_GRACE: Duration = Duration::from_mins(2);

/// Whoever has not looked for this long knows nothing of how long anybody's heartbeat stood still.
const MAX_SWEEP_GAP: Duration = Duration::from_secs(3);

/// How long is waited at a time for others in this process.
const TURN_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The fewest executions that are taken over at a time, if there are as many.
const MIN_TAKE_OVER: u64 = 20;

/// What the engine knows of its own term and of the others'.
#[derive(Debug, Default)]
pub(super) struct Membership {
    term: Option<Term>,
    /// Ends with the term.
    over: CancellationToken,
    last_heartbeats: HashMap<String, LastHeartbeat>,
    looked: Option<Duration>,
    beating: bool,
}

/// Since when a replica stands still.
#[derive(Debug, Clone, Copy)]
struct LastHeartbeat {
    epoch: u64,
    beat: u64,
    since: Duration,
}

/// While it lives, nobody else in this process sends a heartbeat.
struct HeartbeatGuard<'e>(&'e Engine);

impl Drop for HeartbeatGuard<'_> {
    fn drop(&mut self) {
        self.0.membership().beating = false;
    }
}

/// What a look at the others led to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Replicas whose term was ended.
    pub fenced: usize,
    /// Executions that were taken over.
    pub taken_over: u64,
    /// Attempts of an ended term that were stopped here.
    pub stopped: usize,
}

/// Why there is no term.
#[derive(Debug, thiserror::Error)]
pub enum TermError {
    /// Another process enrolled with the same data folder's name.
    #[error("another process serves in this replica's name: was its data folder copied?")]
    Usurped,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Sends heartbeats and watches until the engine is closed.
    pub(super) async fn keep(&self) {
        let beats = async {
            loop {
                match self.beat().await {
                    Ok(()) => {}
                    Err(error @ TermError::Usurped) => {
                        tracing::error!(error = told(&error), "this replica ends");
                        return self.0.closing.cancel();
                    }
                    Err(error) => tracing::warn!(error = told(&error), "the replica cannot say that it is there"),
                }
                self.0.hands.sleep(HEARTBEAT_INTERVAL).await;
            }
        };
        // Beside the heartbeats: what is asked for a look waits behind pages, and a heartbeat must not.
        let looks = async {
            loop {
                if self.0.machine.lease.holds(&self.0.app.clock).is_some() {
                    self.look().await;
                }
                self.0.hands.sleep(HEARTBEAT_INTERVAL).await;
            }
        };
        tokio::select! {
            () = self.0.closing.cancelled() => {}
            () = beats => {}
            () = looks => {}
        }
    }

    /// Says that the replica is there. One that was taken over begins a new term.
    pub async fn beat(&self) -> Result<(), TermError> {
        let said = async {
            let _alone = self.alone().await;
            let began = self.0.app.clock.steady();
            self.beat_alone().await.map(|()| began)
        };
        // A database that does not answer must not keep this replica from finding out that it is away.
        let began = tokio::select! {
            biased;
            said = said => said?,
            () = self.0.hands.patience(LEASE_DURATION) => return Err(TermError::Store(StoreError::silent())),
        };
        // Of one that is left there is nothing to renew.
        let membership = self.membership();
        if membership.term.is_some() {
            self.0.machine.lease.renew(began + LEASE_DURATION);
        }
        Ok(())
    }

    /// Waits until nobody else in this process is at it: two enrolments at once would each end the other's term.
    async fn alone(&self) -> HeartbeatGuard<'_> {
        while std::mem::replace(&mut self.membership().beating, true) {
            self.0.hands.sleep(TURN_POLL_INTERVAL).await;
        }
        HeartbeatGuard(self)
    }

    async fn beat_alone(&self) -> Result<(), TermError> {
        let (store, now) = (&self.0.app.store, self.0.app.clock.now());
        let Some(term) = self.membership().term.clone() else { return self.enroll().await };
        if store.beat(&term, now).await? {
            return Ok(());
        }
        let row = store.replicas().await?.into_iter().find(|replica| replica.id == term.replica);
        match row {
            Some(row) if row.gone_at.is_none() && row.epoch != term.epoch => Err(TermError::Usurped),
            Some(_) | None => {
                tracing::warn!("this replica was taken over while it did not answer; it begins anew");
                self.enroll().await
            }
        }
    }

    async fn enroll(&self) -> Result<(), TermError> {
        if self.0.closing.is_cancelled() {
            // The others were told that this replica stops, or are about to be.
            return Err(TermError::Store(StoreError::Fenced));
        }
        // If the answer is lost, the term that may have begun is not known, and another begins.
        self.membership().term = None;
        // Whoever works under the old one must not start in the new one what others have ended meanwhile. What is still
        // ours is picked up again. A tick that was held up may employ somebody now still, who waits for the new one.
        loop {
            let over = std::mem::take(&mut self.membership().over);
            over.cancel();
            if self.workers().is_empty() {
                break;
            }
            self.0.hands.sleep(TURN_POLL_INTERVAL).await;
        }
        let term = self.0.app.store.enroll(&self.0.machine.who, self.0.app.clock.now()).await?;
        self.membership().term = Some(term);
        self.require_recovery();
        // A worker may have been ended between its commit and the pages here that show it.
        self.0.app.live.forget();
        Ok(())
    }

    /// Ends with the term that there is now.
    pub(super) fn over(&self) -> CancellationToken {
        self.membership().over.clone()
    }

    /// The term in which this replica may work now: begun or renewed if need be.
    pub async fn term(&self) -> Result<Term, AppError> {
        let (lease, clock) = (&self.0.machine.lease, &self.0.app.clock);
        if let Some(term) = lease.holds(clock).and_then(|_| self.membership().term.clone()) {
            return Ok(term);
        }
        match self.beat().await {
            Ok(()) => self.membership().term.clone().ok_or(AppError::Store(StoreError::Fenced)),
            Err(TermError::Usurped) => Err(AppError::Store(StoreError::Fenced)),
            Err(TermError::Store(error)) => Err(error.into()),
        }
    }

    async fn look(&self) {
        match self.watch().await {
            Ok(Sweep { fenced: 0, taken_over: 0, stopped: 0 }) => {}
            Ok(watched) => tracing::warn!(
                replicas = watched.fenced,
                executions = watched.taken_over,
                stopped = watched.stopped,
                "taken over from replicas that do not answer"
            ),
            Err(error) => tracing::warn!(error = told(&error), "the other replicas cannot be looked at"),
        }
    }

    /// Looks at the others: whoever stands still for too long is taken over; and at what was left on this machine by a
    /// term of its own that others ended.
    pub async fn watch(&self) -> Result<Sweep, AppError> {
        let term = self.term().await?;
        let (store, now) = (&self.0.app.store, self.0.app.clock.now());
        let replicas = store.replicas().await?;
        let mut watched = Sweep::default();
        for still in self.standing_still(&term, &replicas) {
            if store.fence(still, now).await? {
                tracing::warn!(replica = still.name, id = still.id, "does not answer: it is taken over");
                watched.fenced += 1;
            }
        }
        let orphans = store.orphans().await?;
        if orphans > 0 {
            let working = replicas.iter().filter(|replica| replica.is_working()).count();
            let share = orphans.div_ceil(u64::try_from(working.max(1)).unwrap_or(1));
            watched.taken_over = store.take_over(&term, share.max(MIN_TAKE_OVER)).await?;
        }
        if watched.taken_over > 0 || store.has_foreign_attempts(&term).await? {
            self.require_recovery();
            self.0.app.wakeup.wake();
        }
        watched.stopped = self.clean_up(&term).await?;
        Ok(watched)
    }

    /// Those that have stood still for longer than they may.
    fn standing_still<'r>(&self, own: &Term, replicas: &'r [Replica]) -> Vec<&'r Replica> {
        let now = self.0.app.clock.steady();
        let mut membership = self.membership();
        let blinked = membership.looked.replace(now).is_none_or(|last| now.saturating_sub(last) > MAX_SWEEP_GAP);
        if blinked {
            membership.last_heartbeats.clear();
        }
        let others = replicas.iter().filter(|other| other.gone_at.is_none() && other.id != own.replica);
        let stands_still = |other: &&Replica| {
            let fresh = LastHeartbeat { epoch: other.epoch, beat: other.beat, since: now };
            let seen = membership.last_heartbeats.entry(other.id.clone()).or_insert(fresh);
            if (seen.epoch, seen.beat) != (other.epoch, other.beat) {
                *seen = fresh;
            }
            let patience = if other.stopped_at.is_some() { RESTART_GRACE } else { FAILURE_TIMEOUT };
            now.saturating_sub(seen.since) >= patience
        };
        others.filter(stands_still).collect()
    }

    /// Stops what still runs here of attempts that others have ended.
    async fn clean_up(&self, term: &Term) -> Result<usize, AppError> {
        let store = &self.0.app.store;
        let mut stopped = 0;
        for left in store.pending_cleanup(&term.replica).await? {
            let Some(execution) = store.execution(left.execution_id).await? else { continue };
            let claim = Claim { task: left.task, attempt: left.key.number, kind: left.kind };
            stopped += usize::from(self.stop_stray(execution, claim, left.key));
        }
        Ok(stopped)
    }

    /// Leaves its executions to others at an orderly end. Without a database the others find out by themselves.
    pub(super) async fn sign_off(&self) {
        let left = self.membership().term.take();
        // Without a term no heartbeat renews it.
        self.0.machine.lease.end();
        let Some(term) = left else { return };
        let store = &self.0.app.store;
        let told_so = tokio::select! {
            biased;
            told_so = store.sign_off(&term, self.0.app.clock.now()) => told_so,
            () = self.0.hands.patience(LEASE_DURATION) => return,
        };
        if let Err(error) = told_so {
            tracing::warn!(error = told(&error), "the other replicas are not told that this one stops");
        }
    }
}
