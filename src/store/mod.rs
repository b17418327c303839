//! The only place that knows SQL: loads and saves releases and executions, people and sessions, on SQLite and on
//! PostgreSQL alike. It decides nothing: what may change and into what is `domain`'s, when is the caller's.
//!
//! Reads that need no consistency with a write go through [`Store`]; whoever changes something begins a [`WriteTx`],
//! loads in it, decides, saves in it, and commits.

mod applications;
mod artefacts;
mod attempts;
mod audit;
mod backup;
mod blanking;
mod catalog;
mod channels;
mod claims;
mod codec;
mod commits;
mod component_changes;
mod component_reads;
mod connect;
mod connection_tests;
mod contacts;
mod definitions;
mod deleted;
mod deliveries;
mod disks;
mod drafts;
mod dry_runs;
mod entities;
mod environment_options;
mod environment_uses;
mod environments;
mod error;
mod executions;
mod host_keys;
mod idempotency;
mod ids;
mod inspect;
mod invitations;
mod load;
mod logs;
mod named_secrets;
mod notifications;
mod outage;
mod outbox;
mod password_resets;
mod people;
mod places;
mod pools;
mod reads;
mod releases;
mod removals;
mod replicas;
mod retention;
mod search;
mod secret_keys;
mod secrets;
mod sessions;
mod settings;
mod sources;
mod statement_log;
mod storage;
mod targets;
mod teams;
mod timeouts;
mod token_notices;
mod tokens;
mod undelivered;
mod write;

use uuid::Uuid;

pub use applications::{ComponentPlace, ListedComponent, Revision, TeamApplication};
pub use artefacts::{ArtefactOwner, KeptArtefact};
pub use attempts::{AttemptKey, LiveAttempt};
pub use backup::{NamedAttempt, Schema};
pub use blanking::{BlankChoice, FoundRelease, FoundValue};
pub use channels::{Channel, FreshChannel, NamedChannel};
pub use claims::MAX_UNDER_WAY;
pub use commits::RunningSource;
pub use component_changes::TaskChange;
pub use component_reads::RevisionMaker;
pub use connect::{Backend, Store};
pub use contacts::Contact;
pub use deleted::{DeletedRelease, PurgeableRelease};
pub use deliveries::{ClaimedDelivery, DeliveryState, ListedDelivery, NewDelivery};
pub use disks::NextDisk;
pub use drafts::{ListedDraft, OwnerPlaces, StoredDraft, StoredStep};
pub use environment_options::{LentTeam, OptionsRow};
pub use environment_uses::EnvironmentUse;
pub use environments::{Environment, EnvironmentVersion};
pub use error::{Result, StoreError};
pub use host_keys::PinnedKey;
pub use idempotency::{AdmittedRequest, KeyedRequest};
pub use inspect::{ArtefactPlace, Looked};
pub use logs::{AppendResult, LogChunk, LogEnd, LogKey};
pub use notifications::{ChangeSet, Listener, Notification};
pub use outage::Outage;
pub use outbox::{NoticeLine, StoredNotice};
pub use people::Credentials;
pub use places::HeldPlaces;
pub use reads::*;
pub use removals::{Removal, RemovalPlace, RemovedFiles};
pub use replicas::{Replica, ReplicaInfo, Term};
pub use retention::{ExpiringDraft, KeptExecutions, RegionRetention, UntouchedDraft};
pub use search::FoundEnvironment;
pub use secret_keys::ReplicaKeys;
pub use secrets::{KeptSecret, SealedSecret};
pub use sessions::{NewSession, Session};
pub use sources::Unresolved;
pub use storage::{DatabaseSize, LogRoom, ReplicaDisk, RoomTaken, StorageMeasure};
pub use targets::{HostTarget, Target, TargetOwner};
pub use teams::{MemberEvents, TeamPermission};
pub use token_notices::EndingToken;
pub use tokens::{FreshToken, Token, TokenOwner};
pub use write::{Stamp, WriteTx};

/// A new key: it sorts by when it was made, on both databases.
pub fn new_id<I: From<Uuid>>() -> I {
    Uuid::now_v7().into()
}
