//! A cache of the open checkpoints, valid while no checkpoint has changed: the number is on every page.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::domain::execution::{DecisionAuthority, Moment};
use crate::domain::people::User;
use crate::domain::policy;
use crate::http::Site;
use crate::http::cache::Cache;
use crate::http::error::HttpError;
use crate::pages::components::{ApprovalsCount, urls};
use crate::store::{OpenCheckpoint, Scope, StoreError};

/// Another replica is noticed after this long.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Every open checkpoint, whoever may decide it.
pub struct OpenCheckpoints(Cache<(), Vec<OpenCheckpoint>>);

impl Default for OpenCheckpoints {
    fn default() -> Self {
        Self(Cache::new(LOOK_EVERY, 1))
    }
}

impl OpenCheckpoints {
    /// Every open checkpoint. Whoever comes while it is read waits for that one reading.
    pub async fn open(&self, app: &App) -> Result<Arc<Vec<OpenCheckpoint>>, StoreError> {
        self.0.get(&(), app.live.checkpoints_mark(), async || app.store.open_checkpoints(&Scope::All).await).await
    }
}

/// Whether it waits for that user as one of its approvers: what an administrator could override is not theirs.
pub fn is_for(user: &User, checkpoint: &OpenCheckpoint, now: Moment) -> bool {
    policy::may_decide(user, &checkpoint.execution, 0, now) == Some(DecisionAuthority::Approver)
}

/// How many checkpoints wait for that user, for the top bar.
pub async fn count(site: &Site, waiting: &OpenCheckpoints, user: &User) -> Result<ApprovalsCount, HttpError> {
    let (open, now) = (waiting.open(&site.app).await?, site.app.clock.now());
    let waiting = open.iter().filter(|checkpoint| is_for(user, checkpoint, now)).count() as u64;
    Ok(ApprovalsCount { waiting, refresh: Some(urls::approvals_count(waiting)) })
}
