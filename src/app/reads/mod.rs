//! The reads of pages and of the API, each with its authorization: what a caller may not see is not found. What many ask for
//! is remembered here, and each of them is judged by what they may see.

mod activity;
mod administration;
mod artefacts;
mod catalog;
mod lists;
mod offers;
mod overview;
mod releases;
mod search;
mod sources;
mod visibility;

use std::sync::Arc;
use std::time::Duration;

pub use crate::store::{
    Activity, Carried, CarriedTask, Channel, ComponentPlace, Contact, Cursor, DatedRelease, DeliveryState, Environment,
    EnvironmentUse, EnvironmentVersion, FoundEnvironment, Happened, HostTarget, IdAndName, KeptArtefact, KeptSecret,
    ListedAttempt, ListedComponent, ListedDelivery, ListedExecution, ListedRelease, ListedVersion, MemberEvents,
    OpenCheckpoint, OverviewPart, OverviewRelease, OverviewRows, PAGE, Paged, PinnedKey, ReleaseChoices,
    ReleaseListRows, ReleasePlace, ReleaseQuery, ReleaseSort, Replica, Revision, RevisionMaker, Session, Target,
    TeamApplication, Token,
};
pub use activity::ActivityExport;
pub use administration::AuditPart;
pub use artefacts::ArtefactFile;
pub use lists::WaitingCheckpoints;
pub use offers::{ExecutionOffer, OfferedGate};
pub use overview::FAILED_DAYS;
pub use releases::VisibleRelease;
pub use search::{ComponentMatrix, MAX_FOUND, SearchResults};

use crate::cache::Cache;
use crate::domain::ids::{RegionId, ReleaseId};
use crate::store::Scope;
use visibility::VisibilityCache;

/// What is remembered of what was read. Cloned, it is the same.
#[derive(Clone, Default)]
pub struct ReadCaches(Arc<Caches>);

struct Caches {
    /// Where release tasks belong.
    visibility: VisibilityCache,
    /// Release tasks that many watch.
    releases: Cache<ReleaseId, VisibleRelease>,
    /// Pages of the list.
    pages: Cache<(Scope, ReleaseQuery), ReleaseListRows>,
    /// What the list of a region can be filtered by.
    choices: Cache<(Scope, RegionId), ReleaseChoices>,
    /// What runs and what failed lately.
    overviews: Cache<(Scope, Option<RegionId>), OverviewRows>,
    /// Every open checkpoint, whoever may decide it: how many there are for somebody is on every page.
    checkpoints: Cache<(), Vec<OpenCheckpoint>>,
}

impl Default for Caches {
    fn default() -> Self {
        let second = Duration::from_secs(1);
        Self {
            visibility: VisibilityCache::default(),
            // Some take some hundred kilobytes.
            releases: Cache::new(second, 64),
            pages: Cache::new(second, 64),
            choices: Cache::new(Duration::from_secs(5), 256),
            overviews: Cache::new(second, 64),
            // Another replica is noticed after this long.
            checkpoints: Cache::new(Duration::from_secs(3), 1),
        }
    }
}
