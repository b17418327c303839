//! The inputs of a task, in words.

use super::Found;
use crate::domain::kinds::Class;
use crate::pages::components::{Fact, checkpoint};
use crate::pages::kinds;

/// The facts that every gate has, and those of its kind.
pub fn facts(found: &Found) -> Vec<Fact> {
    let kind = &found.execution.spec(found.task).kind;
    let mut facts = match kind.class() {
        Class::Gate(_) => of_gate(found),
        Class::Work(_) | Class::Timer(_) => Vec::new(),
    };
    facts.extend(kinds::view(kind).inputs());
    facts
}

fn of_gate(found: &Found) -> Vec<Fact> {
    let mut facts = checkpoint::facts(&found.execution, found.task, found.subject.now());
    let check = checkpoint::what_to_check(&found.execution, found.task, found.subject.names());
    if !check.is_empty() {
        facts.push(Fact::text("To check", check));
    }
    facts
}
