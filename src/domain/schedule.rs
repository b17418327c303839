//! What should happen next, from the state alone. Asked twice without a change between, it answers the same.

use super::execution::Execution;

/// Tasks that may start now, whatever was ordered, ignoring time.
pub fn ready(_execution: &Execution) -> Vec<usize> {
    Vec::new()
}
