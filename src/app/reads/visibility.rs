//! Where release tasks belong, remembered: it never changes, and a refresh needs it to know who may see them.

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::app::Caller;
use crate::domain::ids::{RegionId, ReleaseId};
use crate::domain::release::{Release, ReleaseOwner};

/// The most that is remembered; forgetting costs a look at the database.
const MAX_ENTRIES: u64 = 20_000;

/// The team and the region of release tasks.
pub struct VisibilityCache(Cache<ReleaseId, ReleaseOwner>);

impl Default for VisibilityCache {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MAX_ENTRIES).eviction_policy(EvictionPolicy::lru()).build())
    }
}

impl VisibilityCache {
    /// Remembers where a release task belongs.
    pub fn remember(&self, release: &Release) {
        if !self.0.contains_key(&release.id) {
            self.0.insert(release.id, ReleaseOwner { team: release.team_id, region: release.region_id });
        }
    }

    /// Whether that caller may see the release task in that region, as far as is remembered. That it was deleted
    /// since changes its mark.
    pub fn is_visible(&self, caller: &Caller, release: ReleaseId, region: RegionId) -> bool {
        self.0.get(&release).is_some_and(|owner| owner.region == region && caller.may_see(owner.team, false))
    }
}
