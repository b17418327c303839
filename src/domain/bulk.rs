//! Operations on several release tasks at once: each is done by itself, without a question that only its own dialog asks.

use super::definition::Definition;
use super::people::User;
use super::policy::{self, PolicyInput};
use super::refusal::{Operation, Refusal};
use super::variables::{self, VariableValues};

/// Whether `user` may do `operation` to a release task among others. Execute takes all tasks of the newest version then. What
/// its own dialog would ask or tell first is refused here: that it takes the place of an execution that waits, and that it needs
/// values for variables without a default.
pub fn check(
    user: &User,
    case: PolicyInput<'_>,
    (last, definition): (u32, Option<&Definition>),
    operation: Operation,
) -> Result<(), Refusal> {
    policy::check(user, case, operation)?;
    if operation == Operation::Execute && case.status.is_active() {
        return Err(Refusal::WouldSupersede { execution: last });
    }
    match definition.filter(|_| operation == Operation::Execute) {
        Some(definition) => variables::resolve(&definition.variables, &VariableValues::new())
            .map(drop)
            .map_err(|problems| Refusal::Variables { problems }),
        None => Ok(()),
    }
}
