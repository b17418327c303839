//! Spawns and sleeps for the engine: Tokio in production, the scheduler of the simulation in tests. Nothing else of the
//! engine knows which of the two it is.

use std::time::Duration;

use futures_util::future::BoxFuture;

/// Carries on workers and their pauses.
pub trait Spawner: Send + Sync {
    /// Has the work carried on beside everything else.
    fn spawn(&self, work: BoxFuture<'static, ()>);

    /// Lets that time pass.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;

    /// Ends when an answer was waited for that long; in a simulation, where nobody waits, never.
    fn patience(&self, time: Duration) -> BoxFuture<'static, ()>;
}

/// The runtime of the program.
pub struct TokioSpawner;

impl Spawner for TokioSpawner {
    fn spawn(&self, work: BoxFuture<'static, ()>) {
        tokio::spawn(work);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn patience(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.sleep(time)
    }
}
