//! The verbs, one file a resource; each loads, asks the law, saves, and rings the bell. No rule is decided here.

pub mod accounts;
mod bell;
mod error;
mod executions;
mod live;
mod news;
pub mod passwords;
mod places;
mod progress;
mod refusals;
mod releases;
pub mod secret;
pub mod sessions;

use uuid::Uuid;

pub use bell::Bell;
pub use error::AppError;
pub use live::Live;
pub use places::ScriptPlaces;
pub use progress::{Carrier, Claim, Progress};
pub use refusals::{KEPT_DAYS, Refusals};
pub use releases::{Draft, Imported};

use crate::clock::Clock;
use crate::store::Store;

/// What every verb on release tasks needs.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Wakes the engine.
    pub bell: Bell,
    /// Tells pages whether there is something new.
    pub live: Live,
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
