//! Selections: the choice of before is offered again as it can be, and what may be left out is left out.

use std::collections::BTreeSet;

use tollgate::domain::decide::Selection;

use crate::notation::definition;
use crate::world::{World, person};

fn only(names: &[&str]) -> Selection {
    Selection::Only(names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>())
}

/// Executed with those tasks alone.
fn executed(plan: &str, chosen: &[&str]) -> World {
    let mut world = World::written(plan);
    world.execute_only(&person("operator"), Some(chosen)).expect("it may be chosen so");
    world
}

const GATED: &str = "phase one: a b\nphase two: gate\nphase three: c\ntask gate: approval by @approver";

#[test]
fn a_gate_that_stands_before_what_is_new_is_chosen_again() {
    let world = executed(GATED, &["a"]);
    let same = Selection::again(&world.release.definition, world.release.last.as_ref());
    assert_eq!(same, only(&["a"]));
    let longer = definition(&GATED.replace("phase three: c", "phase three: c d"));
    let again = Selection::again(&longer, world.release.last.as_ref());
    assert_eq!(again, only(&["a", "gate", "d"]));
    again.check(&longer).expect("what is offered can be executed");
    assert_eq!(again.left_out(&longer), ["b", "c"]);
}

#[test]
fn where_nothing_of_the_choice_is_left_everything_is_offered() {
    let world = executed("phase one: a b", &["a"]);
    assert_eq!(Selection::again(&definition("phase one: b"), world.release.last.as_ref()), Selection::All);
    assert_eq!(Selection::again(&definition("phase one: a c"), world.release.last.as_ref()), Selection::All);
    assert_eq!(Selection::again(&definition("phase one: b c"), world.release.last.as_ref()), only(&["c"]));
    assert_eq!(Selection::again(&definition(GATED), None), Selection::All);
}

#[test]
fn what_a_person_skipped_later_was_chosen() {
    let mut world = executed("phase one: a b", &["a", "b"]);
    world.advance();
    world.ends("a", "fails");
    let skip = tollgate::domain::decide::Command::Skip { task: "a".to_owned(), comment: "Because.".to_owned() };
    world.ask(&person("operator"), &skip).expect("it failed");
    assert_eq!(Selection::again(&world.release.definition, world.release.last.as_ref()), Selection::All);
}
