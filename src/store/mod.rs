//! The only place that knows SQL: loads and saves releases and executions, people and sessions, on SQLite and on
//! PostgreSQL alike. It decides nothing: what may change and into what is `domain`'s, when is the caller's.
//!
//! Reads that need no consistency with a write go through [`Store`]; whoever changes something begins a [`WriteTx`],
//! loads in it, decides, saves in it, and commits.

mod absence;
mod attempts;
mod audit;
mod backup;
mod codec;
mod connect;
mod definitions;
mod entities;
mod error;
mod executions;
mod heard;
mod inspect;
mod load;
mod logs;
mod news;
mod patient;
mod people;
mod places;
mod pools;
mod reads;
mod releases;
mod replicas;
mod sessions;
mod settings;
mod teams;
mod write;

pub use absence::Absence;
pub use attempts::{AttemptKey, LiveAttempt};
pub use backup::{NamedAttempt, Schema};
pub use connect::{Backend, Store};
pub use error::{Result, StoreError};
pub use inspect::Looked;
pub use logs::{Added, LogEnd, LogPiece};
pub use news::{Changes, Listener, News};
pub use people::{Credentials, Person};
pub use places::HeldPlaces;
pub use reads::*;
pub use replicas::{Newcomer, Replica, Tenure};
pub use sessions::{NewSession, Session};
pub use write::{Stamp, WriteTx};

/// A new key: it sorts by when it was made, on both databases.
pub fn new_id() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}
