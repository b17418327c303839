//! Notifications on their way out: who is told is looked up, deliveries are claimed, sent, and written down as sent once the
//! receiver has taken them.
//!
//! # What a crash does to a delivery
//!
//! 1. A notice is a row of the outbox, written in the transaction of the event that it tells of.
//! 2. Its deliveries are one transaction: one row for each channel and recipient, which a unique index keeps from being
//!    there twice. If the server dies before, the notice is addressed again.
//! 3. A replica claims a delivery under its term and sends it under its lease, as it starts scripts. If it dies, the term
//!    ends, and whoever comes next claims the delivery again.
//! 4. It counts as sent after the receiver's answer only. If the server dies between the answer and the commit, the answer
//!    is lost, and the delivery is sent again, with the same key.
//!
//! Nothing here changes an execution, and no transaction of one waits for a receiver.

mod chat;
pub mod content;
pub mod dispatch;
mod mail;
mod plain;
pub mod webhook;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep};

use crate::app::{App, AppError, Letter, PreparedDelivery};
use crate::domain::delivery::DeliveryFailure;
use crate::failpoints;
use crate::store::{ClaimedDelivery, NewDelivery, Term};

pub use content::{LinkTo, LinkedPage};

/// Between two looks at the outbox.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Pause after something failed that is no receiver's fault.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Between two times that old deliveries are forgotten.
const SWEEP_INTERVAL: Duration = Duration::from_hours(1);

/// Sends letters. Whatever it answers, it does so in bounded time.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Sends one; it is sent if the receiver said that it took it.
    async fn send(&self, letter: &Letter) -> Result<(), DeliveryFailure>;
}

/// Tells the term of this replica while its lease is valid.
pub type CurrentTerm = Arc<dyn Fn() -> Option<Term> + Send + Sync>;

/// Sends what is to be told.
#[derive(Clone)]
pub struct Notifier {
    app: App,
    courier: Arc<dyn Courier>,
    term: CurrentTerm,
}

/// What one look at the outbox led to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct NotifierTurn {
    /// Notices, and tokens that end soon, for which it was looked up who is told.
    pub addressed: usize,
    /// Deliveries that were claimed.
    pub claimed: usize,
}

/// What one look at the outbox found.
struct Look {
    addressed: usize,
    claimed: Vec<ClaimedDelivery>,
    term: Term,
}

impl Notifier {
    /// One that sends by that courier, as the replica of that term.
    pub fn new(app: App, courier: Arc<dyn Courier>, term: CurrentTerm) -> Self {
        Self { app, courier, term }
    }

    /// Works until told to stop, and then until what is under way is over. Whatever fails is told and tried again. Each delivery
    /// is a worker of its own: a receiver that lets it wait keeps no other waiting.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut sweep = Instant::now() + SWEEP_INTERVAL;
        let (mut workers, mut under_way) = (JoinSet::new(), HashMap::new());
        loop {
            let is_done = match self.look(under_way.values()).await {
                Ok(None) => true,
                Ok(Some(Look { addressed, claimed, term })) => {
                    let is_done = addressed == 0 && claimed.is_empty();
                    for claimed in claimed {
                        let (notifier, term, what) = (self.clone(), term.clone(), claimed.what);
                        let worker = workers.spawn(async move { notifier.deliver(&claimed, &term).await });
                        under_way.insert(worker.id(), what);
                    }
                    is_done
                }
                Err(error) => {
                    tracing::warn!(error = told(&error), "could not look at outbox; will retry");
                    true
                }
            };
            if Instant::now() >= sweep {
                sweep = Instant::now() + SWEEP_INTERVAL;
                if let Err(error) = self.app.sweep_notices().await {
                    tracing::warn!(error = told(&error), "could not forget old deliveries; will retry");
                }
            }
            let rest = if is_done { LOOK_INTERVAL } else { Duration::ZERO };
            tokio::select! {
                () = &mut stop => break,
                Some(ended) = workers.join_next_with_id() => {
                    under_way.remove(&worker_of(&ended));
                }
                () = sleep(rest) => {}
            }
        }
        // Whose answer is not awaited is sent again.
        while workers.join_next().await.is_some() {}
    }

    /// Addresses what is due and sends what is claimed, one delivery for each recipient, side by side; answers when all of it
    /// is over.
    pub async fn turn(&self) -> Result<NotifierTurn, AppError> {
        let Some(Look { addressed, claimed, term }) = self.look([].iter()).await? else {
            return Ok(NotifierTurn::default());
        };
        join_all(claimed.iter().map(|claimed| self.deliver(claimed, &term))).await;
        Ok(NotifierTurn { addressed, claimed: claimed.len() })
    }

    async fn look(&self, under_way: impl Iterator<Item = &NewDelivery>) -> Result<Option<Look>, AppError> {
        let Some(term) = (self.term)() else { return Ok(None) };
        let addressed = self.app.address_notices().await? + self.app.queue_token_notices().await?;
        let under_way: Vec<NewDelivery> = under_way.copied().collect();
        let claimed = self.app.claim_deliveries(&term, &under_way).await?;
        if !claimed.is_empty() {
            failpoints::reach("notify.claimed");
        }
        Ok(Some(Look { addressed, claimed, term }))
    }

    async fn deliver(&self, claimed: &ClaimedDelivery, term: &Term) {
        let letter = match self.app.prepare_delivery(claimed, term).await {
            Ok(PreparedDelivery::Send(letter)) => letter,
            Ok(PreparedDelivery::Settled) => return,
            Ok(PreparedDelivery::Failed(failure)) => return self.failed(claimed, term, &failure).await,
            // It stays claimed, and the next turn takes it up again.
            Err(error) => {
                tracing::warn!(delivery = %claimed.id, error = told(&error), "could not prepare delivery; will retry");
                return sleep(RETRY_DELAY).await;
            }
        };
        // Whoever took this replica over sends it.
        if (self.term)().as_ref() != Some(term) {
            return;
        }
        match self.courier.send(&letter).await {
            Ok(()) => {
                failpoints::reach("notify.sent");
                self.sent(claimed).await;
            }
            Err(failure) => self.failed(claimed, term, &failure).await,
        }
    }

    /// Writes down that it was sent, however long the database is away: otherwise it would be sent twice.
    async fn sent(&self, claimed: &ClaimedDelivery) {
        while let Err(error) = self.app.delivered(claimed.id).await {
            tracing::warn!(delivery = %claimed.id, error = told(&error), "could not record delivery as sent; will retry");
            sleep(RETRY_DELAY).await;
        }
    }

    async fn failed(&self, claimed: &ClaimedDelivery, term: &Term, failure: &DeliveryFailure) {
        let (delivery, kind, attempts) = (claimed.id, claimed.what.channel.word(), claimed.attempts + 1);
        // Never where it leads: of a chat that is a secret.
        let recipient = self.app.recipient_name(claimed.what.recipient).await.unwrap_or_default();
        match self.app.not_delivered(claimed, term, failure).await {
            Ok(true) => tracing::info!(%delivery, kind, recipient, attempts, "delivery failed; will retry"),
            Ok(false) => tracing::warn!(%delivery, kind, recipient, attempts, "delivery failed; given up"),
            Err(error) => {
                tracing::warn!(%delivery, error = told(&error), "could not record failed delivery");
                sleep(RETRY_DELAY).await;
            }
        }
    }
}

fn worker_of(ended: &Result<(Id, ()), JoinError>) -> Id {
    match ended {
        Ok((id, ())) => *id,
        Err(error) => error.id(),
    }
}

fn told(error: &AppError) -> &(dyn std::error::Error + 'static) {
    error
}
