//! The one place that asks what time it is.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

/// Tells the time, cut to the microseconds that both databases keep.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
        Self(Arc::new(|| Utc::now().trunc_subsecs(6)))
    }

    /// A clock that shows what the function says, for tests.
    pub fn set_by(tell: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || tell().trunc_subsecs(6)))
    }

    /// Now, to the microsecond.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}
