//! Where release tasks belong, remembered: it never changes, and a refresh needs it to know who may see them.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use uuid::Uuid;

use crate::domain::people::User;

/// The most that is remembered; forgetting costs a look at the database.
const MAX_ENTRIES: usize = 20_000;

/// The team and the region of release tasks.
#[derive(Debug, Default)]
pub struct VisibilityCache(RwLock<HashMap<Uuid, (Uuid, Uuid)>>);

impl VisibilityCache {
    /// Remembers where a release task belongs.
    pub fn remember(&self, release: Uuid, team: Uuid, region: Uuid) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(&release);
        if known {
            return;
        }
        let mut places = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MAX_ENTRIES {
            places.clear();
        }
        places.insert(release, (team, region));
    }

    /// Whether that reader may see the release task in that region, as far as is remembered. That it was deleted
    /// since changes its mark.
    pub fn visible(&self, release: Uuid, reader: &User, region: Uuid) -> bool {
        let place = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&release).copied();
        place.is_some_and(|(team, of)| of == region && reader.may_read(team))
    }
}
