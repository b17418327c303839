//! Commands about variables.

use super::*;
use crate::domain::draft::DraftFault;
use crate::domain::validate::{BrokenRule, UseFault};
use crate::domain::variables::{MAX_DECLARED, VariableSpec, VariableType};

fn added(editing: &mut Editing, name: &str) -> ElementId {
    let after = editing.draft.variables.last().map(|variable| variable.id);
    let command = EditCommand::AddVariable { after, name: Some(name.to_owned()) };
    summary(editing.run(&command).expect("it is added")).element.expect("it is there")
}

fn order(editing: &Editing) -> String {
    editing.draft.variables.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>().join(" ")
}

/// A script that names the variable three times.
fn with_site() -> (Editing, ElementId) {
    let mut editing = editing(&[phase(
        "Only",
        &[&[task("one", "site ${vars.site} ${vars.site2:-${}"), task("two", "${vars.site:-site}${vars.site}")]],
    )]);
    let site = added(&mut editing, "site");
    added(&mut editing, "site2");
    (editing, site)
}

#[test]
fn a10_renaming_a_variable_rewrites_every_use_of_it_in_one_step() {
    let (mut editing, site) = with_site();
    let before = editing.draft.clone();
    let rename = EditCommand::RenameVariable { variable: site, name: "place".to_owned() };
    let done = summary(editing.run(&rename).expect("it is named"));
    assert_eq!((done.references, done.label.operation), (3, EditOperation::RenameVariable));
    assert_eq!(text(named(&editing.draft, "one")), "site ${vars.place} ${vars.site2:-${}");
    assert_eq!(text(named(&editing.draft, "two")), "${vars.place:-site}${vars.place}");
    editing.undo().expect("it is undone");
    assert_eq!(editing.draft, before);
}

#[test]
fn a_name_that_cannot_be_is_kept_as_it_was_typed() {
    let (mut editing, site) = with_site();
    for wrong in ["site2", "a-b", ""] {
        editing.run(&EditCommand::RenameVariable { variable: site, name: wrong.to_owned() }).expect("it is kept");
        let held = editing.draft.variable(site).expect("it is there");
        assert_eq!((held.name.as_str(), held.typed_name.as_deref()), ("site", Some(wrong)));
        let told: Vec<_> = editing.draft.problems().into_iter().filter(|it| it.element == Some(site)).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].field, "name");
    }
    assert_eq!(text(named(&editing.draft, "two")), "${vars.site:-site}${vars.site}");
    editing.run(&EditCommand::RenameVariable { variable: site, name: "site".to_owned() }).expect("as it was");
    assert_eq!(editing.draft.variable(site).expect("it is there").typed_name, None);
}

#[test]
fn removing_a_variable_that_is_used_is_allowed_and_told_at_each_use() {
    let (mut editing, site) = with_site();
    editing.run(&EditCommand::RemoveVariable { variable: site }).expect("it is removed");
    let uses: Vec<_> = editing.draft.problems().into_iter().filter(|problem| {
        let nearest = Some("site2".to_owned());
        matches!(&problem.fault, DraftFault::Rule(BrokenRule::Use { fault, .. }) if *fault == UseFault::NoSuchVariable { nearest })
    }).collect();
    assert_eq!(uses.len(), 3);
    assert!(uses.iter().all(|problem| problem.field == "script" && problem.element.is_some()));
    let undone = editing.undo().expect("it is undone");
    assert_eq!(undone.element, Some(site), "it is shown again");
}

#[test]
fn variables_are_offered_names_set_and_moved() {
    let mut editing = shop();
    for expected in ["variable1", "variable1 variable2"] {
        let after = editing.draft.variables.last().map(|variable| variable.id);
        editing.run(&EditCommand::AddVariable { after, name: None }).expect("it is added");
        assert_eq!(order(&editing), expected);
    }
    let third = added(&mut editing, "third");
    let spec = VariableSpec { of: VariableType::Bool, required: true, ..VariableSpec::default() };
    editing.run(&EditCommand::SetVariable { variable: third, spec: spec.clone() }).expect("it is set");
    assert_eq!(editing.draft.definition().variable("third").map(|it| it.spec.clone()), Some(spec.clone()));
    assert_eq!(editing.run(&EditCommand::SetVariable { variable: third, spec }), Ok(Edit::Unchanged));
    let earlier = step(&editing.draft, third, Toward::Earlier).expect("there is a place");
    editing.run(&earlier).expect("it is moved");
    assert_eq!(order(&editing), "variable1 third variable2");
    assert_eq!(step(&editing.draft, third, Toward::NextPhase), None);
    assert_eq!(destinations(&editing.draft, third).len(), 2);
    editing.run(&EditCommand::MoveVariable { variable: third, after: None }).expect("it is moved");
    assert_eq!(order(&editing), "third variable1 variable2");
    let gone = ElementId(4711);
    assert_eq!(editing.run(&EditCommand::RemoveVariable { variable: gone }), Err(EditRefusal::Gone { element: gone }));
}

#[test]
fn there_is_room_for_so_many_variables() {
    let mut editing = shop();
    for number in 0..MAX_DECLARED {
        added(&mut editing, &format!("v{number}"));
    }
    let one_more = EditCommand::AddVariable { after: None, name: None };
    assert_eq!(editing.run(&one_more), Err(EditRefusal::TooMany { of: CountLimit::Variables, most: MAX_DECLARED }));
}
