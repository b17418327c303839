//! Operations on several release tasks at once: each is done by itself, without a question that only its own dialog asks.

use super::people::User;
use super::policy::{self, PolicyInput};
use super::refusal::{Operation, Refusal};

/// Whether `user` may do `operation` to a release task among others. Execute takes all tasks of the newest version then. What
/// its own dialog would ask or tell first is refused here: that it takes the place of an execution that waits.
pub fn check(user: &User, case: PolicyInput<'_>, last: u32, operation: Operation) -> Result<(), Refusal> {
    policy::check(user, case, operation)?;
    if operation == Operation::Execute && case.status.is_active() {
        return Err(Refusal::WouldSupersede { execution: last });
    }
    Ok(())
}
