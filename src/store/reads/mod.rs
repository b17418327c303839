//! What pages and the engine read: one query where one is enough, and only the columns that are shown.

mod activity;
mod checkpoints;
mod engine;
mod executions;
mod paged;
mod places;
mod releases;
mod replicas;
mod scope;

pub use activity::{Activity, Happened};
pub use checkpoints::OpenCheckpoint;
pub use executions::{AttemptRow, ExecutionRow};
pub use paged::{Paged, Turn};
pub use places::{Named, ReleasePlace, VersionRow};
pub use releases::{PAGE, ReleaseChoices, ReleasePage, ReleaseQuery, ReleaseRow, ReleaseSort};
pub use replicas::Carried;
pub use scope::Scope;
