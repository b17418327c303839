//! References are found, refused and given their values.

use std::collections::BTreeMap;

use super::*;
use crate::domain::kinds::CommandSpec;

fn output(task: &str, key: &str) -> Reference {
    Reference { source: Source::Output { task: task.to_owned(), key: key.to_owned() }, default: None }
}

fn command(script: &str) -> CommandSpec {
    CommandSpec {
        script: script.to_owned(),
        rollback: None,
        target: None,
        working_folder: None,
        environment: BTreeMap::new(),
        timeout: 600,
        retry: crate::domain::kinds::Retry::default(),
        continue_on_error: false,
        leave_running: false,
    }
}

#[test]
fn every_kind_of_reference_is_read_and_written_alike() {
    for text in [
        "${tasks.build-web.outputs.site}",
        "${tasks.build-web.outputs.site_1:-none}",
        "${tasks.build-web.outputs.site:-}",
        "${tasks.go-live.decision.by}",
        "${tasks.go-live.decision.verdict}",
        "${tasks.go-live.decision.comment:-no comment}",
        "${tasks.go-live.decision.at}",
        "${release.name}",
        "${release.execution}",
        "${release.region}",
        "${release.team}",
    ] {
        let found = references(text).expect("it is well-formed");
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].reference.to_string(), text);
    }
}

#[test]
fn references_are_found_with_their_lines_and_the_shells_own_are_left_alone() {
    let text = "a=${HOME} b=${x:-${tasks.ab.outputs.c}}\n\n${release.name} ${tasks} ${TASKS.a}\n$tasks.a";
    let found = references(text).expect("all are well-formed");
    let seen: Vec<(usize, &str)> = found.iter().map(|found| (found.line, &text[found.range.clone()])).collect();
    assert_eq!(seen, [(0, "${tasks.ab.outputs.c}"), (2, "${release.name}")]);
}

#[test]
fn all_ill_formed_references_are_told_at_once() {
    let text = "${tasks.ab}\n${tasks.ab.outputs.1x}\n${release.date} ${tasks.a.outputs.x}\n${tasks.ab.decision.who}\n\
                ${tasks.ab.outputs.x";
    let wrong = references(text).expect_err("none is well-formed");
    let lines: Vec<usize> = wrong.iter().map(|wrong| wrong.line).collect();
    assert_eq!(lines, [0, 1, 2, 2, 3, 4]);
    assert_eq!(wrong[5].fault, ReferenceFault::Unclosed);
}

#[test]
fn a_value_never_becomes_script() {
    let evil = "\"; rm -rf / #$(reboot)`reboot`";
    let script = "echo \"${tasks.ab.outputs.x}\" ${tasks.ab.outputs.y} ${tasks.ab.outputs.x}";
    let resolved = resolve(&command(script), false, &|_| Some(evil.to_owned()), &|_| true).expect("both have a value");
    assert_eq!(resolved.script, "echo \"${TOLLGATE_REF_1}\" ${TOLLGATE_REF_2} ${TOLLGATE_REF_1}");
    assert_eq!(resolved.environment["TOLLGATE_REF_1"], evil);
    assert_eq!(resolved.environment.len(), 2);
}

#[test]
fn environment_and_folder_get_the_values_themselves() {
    let mut command = command("true");
    command.environment.insert("SITE".to_owned(), "<${tasks.ab.outputs.x}>".to_owned());
    command.working_folder = Some("sites/${release.name}".to_owned());
    let resolved = resolve(&command, false, &|_| Some("v".to_owned()), &|_| true).expect("both have a value");
    assert_eq!(resolved.environment["SITE"], "<v>");
    assert_eq!(resolved.working_folder.as_deref(), Some("sites/v"));
}

#[test]
fn a17_a_variable_that_is_not_set_is_not_in_the_environment() {
    let mut command = command("echo ${vars.note}");
    for (name, text) in [
        ("ALONE", "${vars.note}"),
        ("SET", "${vars.version}"),
        ("BOTH", "${vars.note}${vars.version}"),
        ("ELSE", "${vars.note:-x}"),
    ] {
        command.environment.insert(name.to_owned(), text.to_owned());
    }
    let value = |reference: &Reference| {
        let variable = reference.source.variable()?;
        Some(if variable == "version" { "1.10".to_owned() } else { String::new() })
    };
    let resolved = resolve(&command, false, &value, &|name| name == "version").expect("all are declared");
    let found: Vec<(&str, &str)> =
        resolved.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(found, [("BOTH", "1.10"), ("ELSE", "x"), ("SET", "1.10"), ("TOLLGATE_REF_1", "")]);
    let empty = resolve(&command, false, &value, &|_| true).expect("all are declared");
    assert_eq!(empty.environment["ALONE"], "", "an empty text is a value");
}

#[test]
fn references_to_variables_are_parsed_and_written_as_they_were() {
    for text in ["${vars.version}", "${vars.v:-1.10}", "${vars.A_b9:-}"] {
        let found = references(text).expect("it is well-formed");
        assert_eq!(found[0].reference.to_string(), text);
    }
    let wrong = references("${vars.}${vars.a-b} ${vars.1a} ${vars.a.b} ${vars.a").expect_err("none is well-formed");
    let name = |name: &str| ReferenceFault::VariableName { name: name.to_owned() };
    let faults: Vec<_> = wrong.into_iter().map(|wrong| wrong.fault).collect();
    assert_eq!(faults, [name(""), name("a-b"), name("1a"), ReferenceFault::Shape, ReferenceFault::Unclosed]);
}

#[test]
fn undoing_takes_the_other_script() {
    let mut command = command("do ${tasks.zz.outputs.q}");
    command.rollback = Some("undo ${tasks.ab.outputs.x}".to_owned());
    let lookup = |reference: &Reference| (*reference == output("ab", "x")).then(|| "1".to_owned());
    let resolved = resolve(&command, true, &lookup, &|_| true).expect("the roll-back script has its value");
    assert_eq!(resolved.script, "undo ${TOLLGATE_REF_1}");
    assert_eq!(resolve(&command, false, &lookup, &|_| true), Err(MissingReference(output("zz", "q"))));
}

#[test]
fn a_default_stands_for_what_is_missing_or_empty() {
    let text = "${tasks.ab.outputs.x:-none}";
    assert_eq!(fill(text, &|_| None).as_deref(), Ok("none"));
    assert_eq!(fill(text, &|_| Some(String::new())).as_deref(), Ok("none"));
    assert_eq!(fill(text, &|_| Some("some".to_owned())).as_deref(), Ok("some"));
    assert!(fill("${tasks.ab.outputs.x}", &|_| None).is_err());
    assert_eq!(fill_or("see ${tasks.ab.outputs.x}", "…", &|_| None), "see …");
}

#[test]
fn a_reference_in_another_is_ill_formed_and_breaks_nothing() {
    for (text, told) in [
        ("${tasks.ab.outputs.x:-${release.name}}", "${tasks.ab.outputs.x:-${release.name}"),
        ("${tasks.ab.outputs.x:-${HOME}}", "${tasks.ab.outputs.x:-${HOME}"),
        ("${tasks.${release.name}.outputs.x}", "${tasks.${release.name}"),
    ] {
        let wrong = references(text).expect_err(text);
        assert_eq!(wrong.len(), 1, "{text}");
        assert_eq!((wrong[0].text.as_str(), &wrong[0].fault), (told, &ReferenceFault::Nested));
        assert_eq!(fill(text, &|_| Some("v".to_owned())).as_deref(), Ok(text));
    }
}

#[test]
fn what_is_ill_formed_is_told_with_its_beginning() {
    let long = format!("${{tasks.{}.outputs.x}}", "a".repeat(1000));
    let wrong = references(&long).expect_err("a name of 1000");
    let ReferenceFault::TaskName { name } = &wrong[0].fault else { panic!("{wrong:?}") };
    assert!(wrong[0].text.len() < 100 && name.len() < 100, "{wrong:?}");
    assert!(long.starts_with(wrong[0].text.trim_end_matches('…')));
}
