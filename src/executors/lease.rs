//! Until when this process may start work: a replica that is cut off from the others must not, since they take it over.

use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;

/// Shared by the engine, which renews it, and whoever starts something. Told in steady time, see [`Clock::steady`].
#[derive(Debug, Clone)]
pub struct Lease(watch::Sender<Duration>);

impl Lease {
    /// One that is over until it is renewed.
    pub fn over() -> Self {
        Self(watch::Sender::new(Duration::ZERO))
    }

    /// One that never ends, for who works alone.
    pub fn endless() -> Self {
        Self(watch::Sender::new(Duration::MAX))
    }

    /// From now on work may be started until then.
    pub fn renew(&self, until: Duration) {
        self.0.send_replace(until);
    }

    /// From now on no work may be started.
    pub fn end(&self) {
        self.renew(Duration::ZERO);
    }

    /// Until when work may be started; nothing if it may not be.
    pub fn holds(&self, clock: &Clock) -> Option<Duration> {
        let until = *self.0.borrow();
        (clock.steady() < until).then_some(until)
    }

    /// Waits until work may be started; answers until when.
    pub async fn held(&self, clock: &Clock) -> Duration {
        let mut renewed = self.0.subscribe();
        loop {
            if let Some(until) = self.holds(clock) {
                return until;
            }
            // It never fails: the sender is in our hands.
            let _ = renewed.changed().await;
        }
    }
}
