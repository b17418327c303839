//! Create Release Task on the list of a region, for who may make one there, and the drafts that were begun and not saved.

use crate::domain::people::{Role, User};
use crate::pages::components::draft_urls::new_release_task;
use crate::pages::components::{Action, ActionStyle};

/// Whether somebody is an operator of any team.
fn may_create(reader: &User) -> bool {
    reader.roles.iter().any(|held| held.role == Role::Operator)
}

/// The button; nothing for who may not make any.
pub fn create_actions(reader: &User, region: &str) -> Vec<Action> {
    let button = || Action::link("Create Release Task", new_release_task(region)).styled(ActionStyle::Primary);
    may_create(reader).then(button).into_iter().collect()
}
