//! Reads of pages and of the engine: one query where one is enough, and only the columns that are shown.

mod activity;
mod checkpoints;
mod cursor;
mod dated;
mod engine;
mod executions;
mod overview;
mod places;
mod releases;
mod replicas;
mod scope;

pub use crate::domain::event::Happened;
pub use activity::{Activity, ActivityScope};
pub use checkpoints::OpenCheckpoint;
pub use cursor::{Cursor, Paged};
pub use dated::DatedRelease;
pub use executions::{ListedAttempt, ListedExecution};
pub use overview::{OverviewPart, OverviewRelease, OverviewRows};
pub use places::{ExportedRelease, IdAndName, ListedVersion, ReleasePlace};
pub(super) use releases::containing;
pub use releases::{ListedRelease, PAGE, ReleaseChoices, ReleaseListRows, ReleaseQuery, ReleaseSort};
pub use replicas::{Carried, CarriedTask};
pub use scope::Scope;
