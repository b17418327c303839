//! Comments that people write with a command.

use tollgate::domain::decide::{Command, MAX_COMMENT_LEN};
use tollgate::domain::execution::Verdict;
use tollgate::domain::refusal::{CommentFor, Refusal};

use crate::world::{World, decision, person};

fn at_the_gate() -> World {
    let mut world = World::written("phase one: gate\ntask gate: approval by approver");
    world.execute(&person("operator"));
    world
}

#[test]
fn spaces_are_no_comment() {
    let refused = at_the_gate().ask(&person("approver"), &decision("gate", Verdict::Reject, " \n\t "));
    assert_eq!(refused, Err(Refusal::CommentNeeded { to: CommentFor::Reject }));
    let refused = at_the_gate().ask(&person("administrator"), &decision("gate", Verdict::Agree, "  "));
    assert_eq!(refused, Err(Refusal::CommentNeeded { to: CommentFor::Override }));
}

#[test]
fn a_comment_is_kept_without_the_spaces_around_it() {
    let mut world = at_the_gate();
    world.ask(&person("approver"), &decision("gate", Verdict::Agree, "  Seen.\n")).expect("the approver may");
    assert_eq!(world.execution().tasks[0].decisions[0].comment, "Seen.");
}

#[test]
fn a_comment_has_nothing_that_a_terminal_obeys_or_no_environment_can_have() {
    for (written, kept) in [("a\0b", "ab"), ("\u{1b}[2Jgone\u{9b}", "[2Jgone"), ("one\r\n\ttwo", "one\n\ttwo")] {
        let mut world = at_the_gate();
        world.ask(&person("approver"), &decision("gate", Verdict::Agree, written)).expect("the approver may");
        assert_eq!(world.execution().tasks[0].decisions[0].comment, kept);
    }
    let refused = at_the_gate().ask(&person("approver"), &decision("gate", Verdict::Reject, "\0 \u{7}"));
    assert_eq!(refused, Err(Refusal::CommentNeeded { to: CommentFor::Reject }));
}

#[test]
fn a_comment_may_be_long_but_not_longer() {
    let most = "ü".repeat(MAX_COMMENT_LEN);
    assert_eq!(at_the_gate().ask(&person("approver"), &decision("gate", Verdict::Agree, &most)), Ok(()));
    let longer = format!("{most}!");
    let refused = at_the_gate().ask(&person("approver"), &decision("gate", Verdict::Agree, &longer));
    assert_eq!(refused, Err(Refusal::CommentTooLong { most: MAX_COMMENT_LEN }));
}

#[test]
fn a_skip_says_why() {
    let mut world = World::written("phase one: work");
    world.execute(&person("operator"));
    world.ends("work", "fails");
    let refused = world.ask(&person("operator"), &Command::Skip { task: "work".to_owned(), comment: " ".to_owned() });
    assert_eq!(refused, Err(Refusal::CommentNeeded { to: CommentFor::Skip }));
}
