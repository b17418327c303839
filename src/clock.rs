//! The one place that asks what time it is.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use rustix::time::{ClockId, clock_gettime};

/// Tells the time of day, cut to the microseconds that both databases keep; and how long ago something was, for which
/// the time of day is no measure: somebody may set it.
#[derive(Clone)]
pub struct Clock {
    wall: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    steady: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// The clocks of the machine.
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
        Self { wall: Arc::new(Utc::now), steady: Arc::new(since_boot) }
    }

    /// A clock that shows what the function says, for tests.
    pub fn set_by(tell: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        let wall: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync> = Arc::new(tell);
        let told = Arc::clone(&wall);
        let steady = Arc::new(move || told().signed_duration_since(DateTime::UNIX_EPOCH).to_std().unwrap_or_default());
        Self { wall, steady }
    }

    /// The same with a steady time of its own, for tests in which the time of day jumps.
    pub fn with_steady(self, steady: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self { steady: Arc::new(steady), ..self }
    }

    /// The time of day, to the microsecond.
    pub fn now(&self) -> DateTime<Utc> {
        (self.wall)().trunc_subsecs(6)
    }

    /// A time that only ever grows, at the same pace for every process of the machine, and while it is suspended.
    pub fn steady(&self) -> Duration {
        (self.steady)()
    }
}

fn since_boot() -> Duration {
    Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
}
