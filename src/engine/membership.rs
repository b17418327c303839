//! Membership of replicas: heartbeats, leases, failure detection, fencing and take-over.
//!
//! A heartbeat adds one to a counter in the replica's own row. The failure detector of every other replica watches how long
//! that counter has stood still by its own monotonic clock, so that the clocks of two machines are never compared. A
//! replica whose counter stands still for `FAILURE_TIMEOUT` is *fenced*: its term ends, and its executions are taken over.
//! Its own lease has run out before (`LEASE_DURATION` after the last heartbeat began), so it starts nothing any more; and
//! whatever it still saves is refused by the database, because its executions belong to another term.

use std::collections::HashMap;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Engine, told};
use crate::app::{AppError, Claim};
use crate::domain::placement::Placement;
use crate::store::{Replica, StoreError, Term};

/// Between two heartbeats, and between two sweeps of the failure detector.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(1);

/// Validity of the lease, from the begin of the last heartbeat. Shorter than `FAILURE_TIMEOUT`: the holder must stop
/// starting work before anybody takes it over.
const LEASE_DURATION: Duration = Duration::from_secs(4);

/// Silence after which a replica is fenced.
const FAILURE_TIMEOUT: Duration = Duration::from_secs(6);

/// Silence after which a replica is fenced that signed off: it most likely restarts, and its scripts go on meanwhile.
const RESTART_GRACE: Duration = Duration::from_mins(2);

/// After a gap this long between two sweeps all observations are forgotten: the silence may have been our own.
const MAX_SWEEP_GAP: Duration = Duration::from_secs(3);

/// Between two looks whether another heartbeat of this process is done, or the workers of the old term.
const TURN_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Executions that are taken over at a time, if there are as many, however small the share of this replica is.
const MIN_TAKE_OVER: u64 = 20;

/// The term of this replica, and the last heartbeat that it saw of each other one.
#[derive(Debug, Default)]
pub(super) struct Membership {
    term: Option<Term>,
    /// Ends with the term.
    over: CancellationToken,
    last_heartbeats: HashMap<String, LastHeartbeat>,
    looked: Option<Duration>,
    beating: bool,
}

/// A counter of heartbeats, and since when it has stood still.
#[derive(Debug, Clone, Copy)]
struct LastHeartbeat {
    epoch: u64,
    beat: u64,
    since: Duration,
}

/// Held by the one heartbeat that is under way in this process.
struct HeartbeatGuard<'e>(&'e Engine);

impl Drop for HeartbeatGuard<'_> {
    fn drop(&mut self) {
        self.0.membership().beating = false;
    }
}

/// Result of a sweep.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Replicas that were fenced.
    pub fenced: usize,
    /// Executions that were taken over.
    pub taken_over: u64,
    /// Stray attempts, of a term that others have ended, that were stopped here.
    pub stopped: usize,
}

/// Errors of a heartbeat.
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
    /// Sends heartbeats and sweeps until the engine is closed.
    pub(super) async fn maintain_membership(&self) {
        let beats = async {
            loop {
                match self.heartbeat().await {
                    Ok(()) => {}
                    Err(error @ TermError::Usurped) => {
                        tracing::error!(error = told(&error), "replica stops; another process serves under its id");
                        return self.0.closing.cancel();
                    }
                    Err(error) => tracing::warn!(error = told(&error), "could not send heartbeat; will retry"),
                }
                self.0.spawner.sleep(HEARTBEAT_INTERVAL).await;
            }
        };
        // On a task of its own: a sweep reads through the pool that pages use and may wait behind them, and a heartbeat
        // that waits with it would make this replica look dead.
        let looks = async {
            loop {
                if self.0.config.lease.holds(&self.0.app.clock).is_some() {
                    self.sweep_and_log().await;
                }
                self.0.spawner.sleep(HEARTBEAT_INTERVAL).await;
            }
        };
        tokio::select! {
            () = self.0.closing.cancelled() => {}
            () = beats => {}
            () = looks => {}
        }
    }

    /// Sends a heartbeat and renews the lease. A replica that was fenced begins a new term.
    pub async fn heartbeat(&self) -> Result<(), TermError> {
        let said = async {
            let _alone = self.exclusive().await;
            let began = self.0.app.clock.steady();
            self.heartbeat_exclusively().await.map(|()| began)
        };
        // Without this limit a database that hangs would keep the caller from noticing that the lease runs out.
        let began = tokio::select! {
            biased;
            said = said => said?,
            () = self.0.spawner.patience(LEASE_DURATION) => return Err(TermError::Store(StoreError::silent())),
        };
        // Nothing to renew after signing off.
        let membership = self.membership();
        if membership.term.is_some() {
            self.0.config.lease.renew(began + LEASE_DURATION);
        }
        Ok(())
    }

    /// Waits for the heartbeat that is under way in this process: two enrolments at once would each end the other's term.
    async fn exclusive(&self) -> HeartbeatGuard<'_> {
        while std::mem::replace(&mut self.membership().beating, true) {
            self.0.spawner.sleep(TURN_POLL_INTERVAL).await;
        }
        HeartbeatGuard(self)
    }

    async fn heartbeat_exclusively(&self) -> Result<(), TermError> {
        let (store, now) = (&self.0.app.store, self.0.app.clock.now());
        let Some(term) = self.membership().term.clone() else { return self.enroll().await };
        if store.heartbeat(&term, now).await? {
            return Ok(());
        }
        let row = store.replicas().await?.into_iter().find(|replica| replica.id == term.replica);
        match row {
            Some(row) if row.gone_at.is_none() && row.epoch != term.epoch => Err(TermError::Usurped),
            Some(_) | None => {
                tracing::warn!("replica was fenced by others; beginning a new term");
                self.enroll().await
            }
        }
    }

    async fn enroll(&self) -> Result<(), TermError> {
        if self.0.closing.is_cancelled() {
            // A term that began now would never be signed off.
            return Err(TermError::Store(StoreError::Fenced));
        }
        // If the answer to the enrolment is lost, its term is unknown to us: it counts as ended, and the next heartbeat
        // enrols again.
        self.membership().term = None;
        // Workers of the old term must be gone before the new one begins: otherwise they would start, under a valid lease,
        // attempts that others have ended meanwhile. What is still ours is recovered afterwards. In a loop, because a tick
        // that was held up may spawn a worker even now.
        loop {
            let over = std::mem::take(&mut self.membership().over);
            over.cancel();
            if self.workers().is_empty() {
                break;
            }
            self.0.spawner.sleep(TURN_POLL_INTERVAL).await;
        }
        let term = self.0.app.store.enroll(&self.0.config.who, self.0.app.clock.now()).await?;
        self.membership().term = Some(term);
        self.require_recovery();
        // A worker may have been dropped between its commit and the change that pages here compare.
        self.0.app.live.forget();
        Ok(())
    }

    /// Is cancelled when the current term ends.
    pub(super) fn term_ended(&self) -> CancellationToken {
        self.membership().over.clone()
    }

    /// The current term, as long as the lease is valid.
    pub fn current_term(&self) -> Option<Term> {
        self.0.config.lease.holds(&self.0.app.clock).and_then(|_| self.membership().term.clone())
    }

    /// The current term, under a valid lease; sends a heartbeat if the lease has run out.
    pub async fn term(&self) -> Result<Term, AppError> {
        if let Some(term) = self.current_term() {
            return Ok(term);
        }
        match self.heartbeat().await {
            Ok(()) => self.membership().term.clone().ok_or(AppError::Store(StoreError::Fenced)),
            Err(TermError::Usurped) => Err(AppError::Store(StoreError::Fenced)),
            Err(TermError::Store(error)) => Err(error.into()),
        }
    }

    async fn sweep_and_log(&self) {
        match self.sweep().await {
            Ok(Sweep { fenced: 0, taken_over: 0, stopped: 0 }) => {}
            Ok(watched) => tracing::warn!(
                replicas = watched.fenced,
                executions = watched.taken_over,
                stopped = watched.stopped,
                "took over executions of failed replicas"
            ),
            Err(error) => tracing::warn!(error = told(&error), "could not check other replicas; will retry"),
        }
    }

    /// Fences replicas that are silent for too long, takes over a share of the executions without a live owner, and stops
    /// stray attempts on this machine, left by a term of this replica that others have ended.
    pub async fn sweep(&self) -> Result<Sweep, AppError> {
        let term = self.term().await?;
        let (store, now) = (&self.0.app.store, self.0.app.clock.now());
        let replicas = store.replicas().await?;
        let mut watched = Sweep::default();
        for still in self.failed_replicas(&term, &replicas) {
            if store.fence(still, now).await? {
                tracing::warn!(replica = still.name, id = still.id, "replica failed; fenced");
                watched.fenced += 1;
            }
        }
        let orphans = store.count_orphans().await?;
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

    /// The failure detector: replicas that have been silent for too long.
    fn failed_replicas<'r>(&self, own: &Term, replicas: &'r [Replica]) -> Vec<&'r Replica> {
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

    /// Stops what still runs on this machine of attempts that others have ended.
    async fn clean_up(&self, term: &Term) -> Result<usize, AppError> {
        let store = &self.0.app.store;
        let mut stopped = 0;
        for left in store.pending_cleanup(&term.replica).await? {
            let Some(execution) = store.execution(left.execution_id).await? else { continue };
            let claim = Claim {
                task: left.task,
                attempt: left.key.number,
                kind: left.kind,
                placement: Some(Placement::ThisMachine),
            };
            stopped += usize::from(self.stop_stray(execution, claim, left.key));
        }
        Ok(stopped)
    }

    /// Gives executions without a script on this machine to the others at an orderly end. Without a database the failure
    /// detectors of the others find out.
    pub(super) async fn sign_off(&self) {
        let left = self.membership().term.take();
        // The term was taken out above, so that a heartbeat under way cannot renew the lease again.
        self.0.config.lease.end();
        let Some(term) = left else { return };
        let store = &self.0.app.store;
        let told_so = tokio::select! {
            biased;
            told_so = store.sign_off(&term, self.0.app.clock.now()) => told_so,
            () = self.0.spawner.patience(LEASE_DURATION) => return,
        };
        if let Err(error) = told_so {
            tracing::warn!(error = told(&error), "could not sign off from other replicas");
        }
    }
}
