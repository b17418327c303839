//! The operations, one file a resource; each loads, asks the rules, saves, and wakes the engine. No rule is decided here.

pub mod accounts;
mod change_versions;
mod error;
mod executions;
mod notifications;
pub mod passwords;
mod places;
mod progress;
mod refusals;
mod releases;
pub mod secret;
pub mod sessions;
mod wakeup;

use uuid::Uuid;

pub use change_versions::ChangeVersions;
pub use error::AppError;
pub use places::ScriptPlaces;
pub use progress::{Claim, Progress, WorkerContext};
pub use refusals::{KEPT_DAYS, Refusals};
pub use releases::{Draft, Imported};
pub use wakeup::Wakeup;

use crate::clock::Clock;
use crate::store::Store;

/// What every operation on release tasks needs.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Wakes the engine.
    pub wakeup: Wakeup,
    /// Tells pages whether there is something new.
    pub live: ChangeVersions,
    /// Counts what was refused, so that the audit can sum it up.
    pub refusals: Refusals,
}

/// Who asks, and from where. What they may do is looked up at the click.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The signed-in user.
    pub user_id: Uuid,
    /// The address that the request came from.
    pub address: Option<String>,
}
