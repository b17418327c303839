//! Good files, as people write them.

use crate::domain::definition::Definition;
use crate::domain::kinds::{DEFAULT_TIMEOUT, Kind, OnDeadline, Retry, Wait};
use crate::domain::people::Role;
use crate::domain::variables::{Variable, VariableSpec, VariableType};
use crate::format::{Document, parse, render};

fn one(text: &str) -> Document {
    let mut documents = parse(text).expect("the file is good");
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn kind(definition: &Definition, name: &str) -> Kind {
    definition.task(name).expect("the task is there").1.kind.clone()
}

#[test]
fn every_key_is_read() {
    let document = one(include_str!("every-key.yaml"));
    assert_eq!(document.name, "shop-web-release");
    assert_eq!(document.description, "Every key of the format");
    assert_eq!(document.team.as_deref(), Some("Storefront"));
    assert_eq!(document.region.as_deref(), Some("eu-west"));
    let definition = &document.definition;
    assert!(definition.best_effort && definition.supersede);
    let shape: Vec<Vec<usize>> =
        definition.phases.iter().map(|phase| phase.groups.iter().map(|group| group.tasks.len()).collect()).collect();
    assert_eq!(shape, [vec![1, 2], vec![4]]);

    let Kind::Command(command) = kind(definition, "build") else { panic!("build is a command") };
    assert_eq!(command.script, "set -eu\n\necho \"version=$VERSION\" >> \"$TOLLGATE_OUTPUT\"\n");
    assert_eq!(command.rollback.as_deref(), Some("rm -rf site"));
    assert_eq!(command.working_folder.as_deref(), Some("sites/shop"));
    assert_eq!(command.environment["VERSION"], "1.10");
    assert_eq!(command.environment["DEBUG"], "true");
    assert_eq!(command.environment["EMPTY"], "");
    assert_eq!((command.timeout, command.continue_on_error, command.leave_running), (5400, true, true));
    assert_eq!(command.retry, Retry { attempts: 3, delay: 10 });

    let Kind::Command(command) = kind(definition, "short") else { panic!("short is a command") };
    assert_eq!((command.timeout, command.continue_on_error, command.retry), (DEFAULT_TIMEOUT, false, Retry::default()));

    assert_eq!(kind(definition, "soak"), Kind::Wait(Wait::Seconds { seconds: 30 }));
    let night = Wait::Clock { hour: 22, minute: 0, zone: "Europe/Berlin".to_owned() };
    assert_eq!(kind(definition, "night"), Kind::Wait(night));
    let Kind::ManualApproval(approval) = kind(definition, "go-live") else { panic!("go-live is an approval") };
    assert_eq!(approval.approvers, ["ann", "bob"]);
    assert_eq!(approval.roles, [Role::Approver]);
    assert_eq!((approval.required, approval.starter_may_approve), (2, true));
    assert_eq!((approval.deadline, approval.on_deadline), (Some(4 * 3600), OnDeadline::Stay));
    assert_eq!(approval.check, "Is the site at ${tasks.build.outputs.site} right?");
    let Kind::ManualTrigger(trigger) = kind(definition, "now") else { panic!("now is a trigger") };
    assert_eq!(trigger.check, "Ready?\n");
}

#[test]
fn variables_are_read_with_all_their_keys_or_few() {
    let text = "name: shop\nvariables:\n  - name: note\n  - { name: count, type: integer, default: 3, required: true }\n\
                \x20 - { name: dryRun, type: bool, default: false, description: Changes nothing }\n\
                \x20 - { name: colour, type: choice, choices: [blue, 1.10, on], default: 1.10 }\n\
                phases: [{name: Build, tasks: [{name: ab, script: x}]}]\n";
    let document = one(text);
    let variables = &document.definition.variables;
    assert_eq!(variables[0], Variable { name: "note".to_owned(), spec: VariableSpec::default() });
    let VariableSpec { of, default, required, .. } = &variables[1].spec;
    assert_eq!((*of, default.as_deref(), *required), (VariableType::Integer, Some("3"), true));
    let VariableSpec { of, default, description, .. } = &variables[2].spec;
    assert_eq!((*of, default.as_deref(), description.as_str()), (VariableType::Bool, Some("false"), "Changes nothing"));
    assert_eq!(variables[3].spec.choices, ["blue", "1.10", "on"]);
    assert_eq!(one(&render(&document)), document);
}

#[test]
fn a15_a_default_keeps_its_letters() {
    for (written, kept) in [
        ("1.10", Some("1.10")),
        ("010", Some("010")),
        ("1e3", Some("1e3")),
        ("0x1F", Some("0x1F")),
        ("on", Some("on")),
        ("~", Some("~")),
        ("null", Some("null")),
        ("2026-01-01", Some("2026-01-01")),
        ("\"\"", Some("")),
        ("\" a \"", Some(" a ")),
        ("", None),
    ] {
        let phases = "phases: [{name: Build, tasks: [{name: ab, script: x}]}]";
        let document = one(&format!("name: shop\nvariables:\n  - name: v\n    default: {written}\n{phases}\n"));
        assert_eq!(document.definition.variables[0].spec.default.as_deref(), kept, "{written}");
        assert_eq!(one(&render(&document)), document, "{written}");
    }
}

#[test]
fn an_anchor_may_be_used_again() {
    let text = "name: shop\nphases:\n  - name: Build\n    tasks:\n      - name: a1\n        script: &script |\n          echo hi\n\
                \x20     - name: a2\n        script: *script\n";
    let document = one(text);
    assert_eq!(kind(&document.definition, "a1"), kind(&document.definition, "a2"));
}

#[test]
fn a_file_may_have_several_release_tasks() {
    let phases = "phases: [{name: Build, groups: [[{name: ab, script: x}], {tasks: [{name: cd, script: y}]}]}]";
    let documents = parse(&format!("# first\n---\nname: a1\n{phases}\n---\nname: a2\n{phases}\n...\n")).expect("good");
    assert_eq!(documents.iter().map(|document| document.name.as_str()).collect::<Vec<_>>(), ["a1", "a2"]);
    let same = format!("name: a1\nteam: x\n{phases}\n---\nname: a1\nteam: y\n{phases}\n");
    assert_eq!(parse(&same).expect("names are unique in a team").len(), 2);
}

#[test]
fn a_file_with_dos_line_ends_or_a_mark_at_its_start_is_read() {
    let text = "name: shop\nphases:\n  - name: Build\n    tasks:\n      - name: ab\n        script: |\n          a\n          b\n";
    let expected = one(text);
    assert_eq!(one(&text.replace('\n', "\r\n")), expected);
    assert_eq!(one(&format!("\u{feff}{text}")), expected);
}

#[test]
fn what_is_written_looks_as_a_person_would_write_it() {
    let text = include_str!("every-key-written.yaml");
    assert_eq!(render(&one(include_str!("every-key.yaml"))), text);
    assert_eq!(render(&one(text)), text);
}

#[test]
fn the_examples_of_the_documentation_are_good() {
    let text = include_str!("../../../docs/format.md");
    let blocks: Vec<&str> = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 5);
    for block in blocks {
        let file = if block.starts_with("name: ") {
            block.to_owned()
        } else if block.starts_with("variables:") {
            format!("name: shop\n{block}phases: [{{name: Build, tasks: [{{name: ab, script: x}}]}}]\n")
        } else if block.starts_with("onFailure:") {
            format!("name: shop\n{block}phases: [{{name: Deploy, tasks: [{{name: ab, script: x}}]}}]\n")
        } else if block.starts_with("phases:") || block.starts_with("x-") {
            format!("name: shop\n{block}")
        } else {
            let before = "{name: Build, tasks: [{name: build-web, script: x}]}";
            let task = block.replace('\n', "\n    ");
            format!("name: shop\nphases:\n- {before}\n- name: Next\n  tasks:\n    {task}")
        };
        assert_eq!(parse(&file).map(|documents| documents.len()), Ok(1), "{file}");
    }
}
