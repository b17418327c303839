//! Checkpoints that too few people are left to agree to: now, or if somebody had other rights.

use std::slice;

use super::App;
use crate::domain::people::User;
use crate::domain::policy::{self, Agreement};
use crate::store::{OpenCheckpoint, Scope, StoreError};

/// An open checkpoint that too few people can agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// Name of the region.
    pub region: String,
    /// Name of the release task.
    pub release: String,
    /// Name of the checkpoint.
    pub task: String,
    /// How many must agree, and how many can.
    pub agreement: Agreement,
}

impl App {
    /// The open checkpoints that somebody could have agreed to before, and that too few people can agree to now.
    pub(super) async fn short_without(&self, before: Option<User>) -> Result<Vec<Short>, StoreError> {
        let Some(before) = before else { return Ok(Vec::new()) };
        let open = self.store.open_checkpoints(&Scope::All).await?;
        Ok(short_among(&open, &self.enabled_users().await?, |open| could(&before, open)))
    }

    /// The open checkpoints of that scope that too few people can agree to now.
    pub(super) async fn short_now(&self, scope: &Scope) -> Result<Vec<Short>, StoreError> {
        let open = self.store.open_checkpoints(scope).await?;
        if open.is_empty() {
            return Ok(Vec::new());
        }
        Ok(short_among(&open, &self.enabled_users().await?, |_| true))
    }

    /// The open checkpoints of that scope that somebody can agree to as they are, and that too few people could if these were
    /// their rights instead; none is to be kept from signing in.
    pub(super) async fn short_if(
        &self,
        scope: &Scope,
        before: &User,
        after: Option<User>,
    ) -> Result<Vec<Short>, StoreError> {
        let open = self.store.open_checkpoints(scope).await?;
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let mut users = self.enabled_users().await?;
        // Whoever may not sign in agrees to nothing, and nothing is lost with their rights.
        if !users.iter().any(|user| user.id == before.id) {
            return Ok(Vec::new());
        }
        users.retain(|user| user.id != before.id);
        users.extend(after.clone());
        let loses =
            |open: &OpenCheckpoint| could(before, open) && !after.as_ref().is_some_and(|after| could(after, open));
        Ok(short_among(&open, &users, loses))
    }

    async fn enabled_users(&self) -> Result<Vec<User>, StoreError> {
        let people = self.store.everybody().await?.into_iter().filter(|person| person.disabled_at.is_none());
        Ok(people.map(|person| person.user).collect())
    }
}

fn could(user: &User, open: &OpenCheckpoint) -> bool {
    policy::agreement(slice::from_ref(user), &open.execution, 0).able > 0
}

/// Those that concern somebody, and that too few of `users` can agree to.
fn short_among(open: &[OpenCheckpoint], users: &[User], concerns: impl Fn(&OpenCheckpoint) -> bool) -> Vec<Short> {
    let short = |open: &OpenCheckpoint| {
        let agreement = policy::agreement(users, &open.execution, 0);
        (concerns(open) && !agreement.is_possible()).then(|| Short {
            region: open.region.clone(),
            release: open.release.clone(),
            task: open.execution.tasks[0].name.clone(),
            agreement,
        })
    };
    open.iter().filter_map(short).collect()
}
