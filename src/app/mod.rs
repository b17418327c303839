//! The operations, one file a resource; each loads, asks the rules, saves, and wakes the engine. No rule is decided here.

pub mod accounts;
mod address_check;
pub mod applications;
mod blanking;
mod bulk;
mod caller;
mod change_versions;
pub mod channels;
mod component_changes;
pub mod component_releases;
pub mod connection_tests;
mod deleted;
mod deliveries;
mod draft_merges;
mod drafts;
pub mod dry_runs;
pub mod environment_options;
pub mod environments;
mod error;
mod execution_log;
mod executions;
mod export;
mod idempotency;
mod imports;
mod invitations;
mod letters;
mod logs;
pub mod mail;
mod member_accounts;
mod members;
pub mod named_secrets;
mod notices;
mod notifications;
mod password_resets;
pub mod passwords;
mod places;
mod progress;
pub mod reads;
mod refusals;
mod releases;
mod retention;
pub mod secret;
pub mod secret_keys;
pub mod secrets;
pub mod sessions;
mod shortage;
mod task_environments;
mod texts;
mod token_notices;
pub mod tokens;
mod users;
mod wakeup;

pub use crate::store::{
    DatabaseSize, DeletedRelease, ExpiringDraft, FoundRelease, FoundValue, KeyedRequest, ListedDraft, OwnerPlaces,
    RegionRetention, RemovalPlace, ReplicaDisk, RoomTaken, StorageMeasure, StoredDraft, TeamPermission,
};
pub use crate::store::{Outage, ReplicaKeys, StoreError};
pub use address_check::{AddressCheck, AddressRule};
pub use blanking::BlankedValue;
pub use bulk::{BulkItem, BulkOutcome, ChosenRelease};
pub use caller::{Caller, NotSignedIn};
pub use change_versions::ChangeVersions;
pub use deliveries::{Dismissal, Undelivered};
pub use draft_merges::{DraftMerge, SeenMerge};
pub use drafts::{DraftAction, DraftOutcome, MAX_DRAFTS, OpenDraft, SavedDraft};
pub use error::AppError;
pub use executions::{AskedExecution, ExecuteChoice};
pub use export::ExportChoice;
pub use idempotency::{KEY_KEPT, KeyUse};
pub use imports::{ImportBase, Imported, WrittenRelease};
pub use invitations::{NewLink, OfferedInvitation, TeamInvitations};
pub use letters::{
    BeforeThat, ConfirmationSecret, Letter, LetterContent, LetterDestination, NoticeSubject, PreparedDelivery,
};
pub use logs::{Log, LogError, LoggedAttempt};
pub use members::{Member, RoleChange, TeamMembers};
pub use password_resets::OfferedReset;
pub use places::ScriptPlaces;
pub use progress::{AttemptEnd, Claim, Progress, WorkerContext};
pub use refusals::{KEPT_DAYS, Refusals};
pub use releases::{CloneTarget, MAX_NOTE, ReleaseContent};
pub use retention::{DueExecutions, PassStep, StorageReport};
pub use shortage::Short;
pub use texts::draft_text;
pub use wakeup::Wakeup;

use std::sync::Arc;

use crate::clock::Clock;
use crate::free_space::FreeSpace;
use crate::keyring::Keyring;
use crate::store::Store;
use reads::ReadCaches;

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
    /// What pages have read.
    pub reads: ReadCaches,
    /// The disk of the data folder.
    pub space: FreeSpace,
    /// The keys of secrets.
    pub keyring: Keyring,
    /// Where requests may go that people ask for.
    pub addresses: AddressCheck,
    /// The request that they are for, if its sender gave it a key.
    pub keyed: Option<Arc<KeyedRequest>>,
}

impl App {
    /// The operations on that database, with a wake-up and marks of their own, and without a key.
    pub fn new(store: Store, clock: Clock) -> Self {
        let (wakeup, live, refusals) = (Wakeup::default(), ChangeVersions::fresh(), Refusals::default());
        let (reads, space, keyring) = (ReadCaches::default(), FreeSpace::unlimited(), Keyring::default());
        let addresses = AddressCheck::default();
        Self { store, clock, wakeup, live, refusals, reads, space, keyring, addresses, keyed: None }
    }
}
