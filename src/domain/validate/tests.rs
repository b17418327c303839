//! Each rule of a definition, refused with its field.

use super::*;
use crate::domain::kinds::{CommandSpec, Kind, ManualApproval, ManualTrigger, OnDeadline, Retry, Wait};
use crate::domain::people::Role;
use crate::domain::reference::ReferenceFault;
use crate::domain::variables::VariableSpec;

fn command(script: &str) -> CommandSpec {
    CommandSpec {
        script: script.to_owned(),
        rollback: None,
        target: None,
        working_folder: None,
        environment: BTreeMap::new(),
        timeout: 600,
        retry: Retry::default(),
        continue_on_error: false,
        leave_running: false,
    }
}

fn task(name: &str, kind: Kind) -> Task {
    Task { name: name.to_owned(), description: String::new(), kind }
}

fn run(name: &str, script: &str) -> Task {
    task(name, Kind::Command(command(script)))
}

fn approval() -> ManualApproval {
    ManualApproval {
        approvers: vec!["approver".to_owned()],
        roles: Vec::new(),
        required: 1,
        starter_may_approve: false,
        deadline: None,
        on_deadline: OnDeadline::Reject,
        check: String::new(),
    }
}

fn phase(name: &str, groups: Vec<Vec<Task>>) -> Phase {
    Phase { name: name.to_owned(), groups: groups.into_iter().map(|tasks| Group { tasks }).collect() }
}

fn only(task: Task) -> Definition {
    Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![phase("Only", vec![vec![task]])],
    }
}

/// The one problem of a definition with that task alone: the field after the task's own place, and the rule.
fn refused(task: Task) -> (String, BrokenRule) {
    let mut problems = validate(&only(task));
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let Problem { at, rule, .. } = problems.remove(0);
    (at.strip_prefix("phases[0].groups[0].tasks[0]").unwrap_or(&at).to_owned(), rule)
}

fn refused_command(change: impl FnOnce(&mut CommandSpec)) -> (String, BrokenRule) {
    let mut command = command("true");
    change(&mut command);
    refused(task("build", Kind::Command(command)))
}

fn refused_approval(change: impl FnOnce(&mut ManualApproval)) -> (String, BrokenRule) {
    let mut approval = approval();
    change(&mut approval);
    refused(task("go-live", Kind::ManualApproval(approval)))
}

#[test]
fn a_good_definition_has_no_problem() {
    let mut deploy = command("cp -r \"${tasks.build-1.outputs.site}\" . && echo ${tasks.go-live.decision.by}");
    deploy.rollback = Some("echo ${tasks.deploy.outputs.previous}".to_owned());
    deploy.working_folder = Some("sites/${release.name}".to_owned());
    let definition = Definition {
        best_effort: true,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![
            phase("Build", vec![vec![run("build-1", "true"), run("build-2", "echo ${tasks.build-1.outputs.x}")]]),
            phase("Gate", vec![vec![task("go-live", Kind::ManualApproval(approval()))]]),
            phase("Deploy", vec![vec![task("deploy", Kind::Command(deploy))]]),
        ],
    };
    assert_eq!(validate(&definition), []);
}

#[test]
fn counts_have_limits() {
    let at = |definition: &Definition| validate(definition).into_iter().map(|p| p.at).collect::<Vec<_>>();
    let many = |count: usize| (0..count).map(|n| run(&format!("t{n}x"), "true")).collect::<Vec<_>>();

    assert_eq!(at(&Definition::default()), ["phases"]);
    let phases = (0..21).map(|n| phase(&format!("P{n}"), vec![vec![run(&format!("t{n}x"), "true")]])).collect();
    assert_eq!(
        at(&Definition { best_effort: false, supersede: false, on_failure: None, variables: Vec::new(), phases }),
        ["phases"]
    );
    let groups = (0..21).map(|n| vec![run(&format!("t{n}x"), "true")]).collect();
    assert_eq!(
        at(&Definition {
            best_effort: false,
            supersede: false,
            on_failure: None,
            variables: Vec::new(),
            phases: vec![phase("Pp", groups)]
        }),
        ["phases[0].groups"]
    );
    let none = Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![phase("Pp", vec![]), phase("Qq", vec![vec![]])],
    };
    assert_eq!(at(&none), ["phases[0].groups", "phases[1].groups[0].tasks"]);
    let wide = Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![phase("Pp", vec![many(51)])],
    };
    assert_eq!(at(&wide), ["phases[0].groups[0].tasks"]);
    let all = many(201);
    let groups = all.chunks(50).map(<[Task]>::to_vec).collect();
    assert_eq!(
        at(&Definition {
            best_effort: false,
            supersede: false,
            on_failure: None,
            variables: Vec::new(),
            phases: vec![phase("Pp", groups)]
        }),
        ["phases"]
    );
}

#[test]
fn names_are_unique_and_follow_the_rule() {
    let definition = Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![
            phase("Build", vec![vec![run("same", "true")], vec![run("same", "true")]]),
            phase("Build", vec![vec![run("1st", "true")]]),
            phase("x", vec![vec![run("same", "true")]]),
        ],
    };
    let problems = validate(&definition);
    let at: Vec<&str> = problems.iter().map(|problem| problem.at.as_str()).collect();
    assert_eq!(
        at,
        [
            "phases[1].name",
            "phases[2].name",
            "phases[0].groups[1].tasks[0].name",
            "phases[1].groups[0].tasks[0].name",
            "phases[2].groups[0].tasks[0].name",
        ]
    );
    assert_eq!(problems[0].rule, BrokenRule::PhaseTwice { name: "Build".to_owned(), first: 1, second: 2 });
}

#[test]
fn names_and_descriptions_of_release_tasks() {
    assert_eq!(validate_naming("shop-web-release", "Releases the shop"), []);
    assert_eq!(validate_naming("shop-web-release", &"ä".repeat(128)), []);
    let problems = validate_naming("-", &"ä".repeat(129));
    assert_eq!(problems.iter().map(|p| p.at.as_str()).collect::<Vec<_>>(), ["name", "description"]);
}

#[test]
fn fields_of_commands_have_rules() {
    let mut long = run("build", "true");
    long.description = "x".repeat(129);
    assert_eq!(refused(long).0, ".description");
    assert_eq!(refused_command(|c| c.script = " \n".to_owned()).0, ".script");
    assert_eq!(refused_command(|c| c.script = "x".repeat(65 * 1024)).0, ".script");
    assert_eq!(refused_command(|c| c.script = "a\0b".to_owned()).0, ".script");
    assert_eq!(refused_command(|c| c.rollback = Some(String::new())).0, ".rollback");
    assert_eq!(refused_command(|c| c.timeout = 0).0, ".timeout");
    assert_eq!(refused_command(|c| c.timeout = 7 * 86_400 + 1).0, ".timeout");
    assert_eq!(refused_command(|c| c.retry.attempts = 0).0, ".retry.attempts");
    assert_eq!(refused_command(|c| c.retry.attempts = 11).0, ".retry.attempts");
    assert_eq!(refused_command(|c| c.retry.delay = 86_401).0, ".retry.delay");
    assert_eq!(refused_command(|c| c.working_folder = Some(String::new())).0, ".workingFolder");
    assert_eq!(refused_command(|c| c.working_folder = Some("a/../../b".to_owned())).0, ".workingFolder");
    assert_eq!(refused_command(|c| c.working_folder = Some("a\nb".to_owned())).0, ".workingFolder");
    for name in ["1A", "A-B", "", "TOLLGATE_TASK", &"A".repeat(129)] {
        let (at, _) = refused_command(|c| drop(c.environment.insert(name.to_owned(), String::new())));
        assert_eq!(at, format!(".environment.{name}"));
    }
    assert_eq!(refused_command(|c| drop(c.environment.insert("A".to_owned(), "\0".to_owned()))).0, ".environment.A");
    assert_eq!(refused_command(|c| drop(c.environment.insert("A".to_owned(), "x".repeat(20_000)))).0, ".environment.A");
    assert_eq!(
        refused_command(|c| c.environment = (0..101).map(|n| (format!("V{n}"), String::new())).collect()).0,
        ".environment"
    );
}

#[test]
fn waits_have_rules() {
    let refused = |wait| refused(task("soak", Kind::Wait(wait))).0;
    let clock = |hour, minute, zone: &str| Wait::Clock { hour, minute, zone: zone.to_owned() };
    assert_eq!(refused(Wait::Seconds { seconds: 0 }), ".for");
    assert_eq!(refused(Wait::Seconds { seconds: 30 * 86_400 + 1 }), ".for");
    assert_eq!(refused(clock(24, 0, "UTC")), ".until");
    assert_eq!(refused(clock(23, 60, "UTC")), ".until");
    assert_eq!(refused(clock(22, 0, "Europe/Atlantis")), ".zone");
    assert_eq!(validate(&only(task("soak", Kind::Wait(clock(22, 0, "Europe/Berlin"))))), []);
}

#[test]
fn checkpoints_have_rules() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(refused_approval(|a| a.approvers.clear()).0, "");
    assert_eq!(refused_approval(|a| a.approvers = names(&["ann", "ann"])).0, ".approvers[1]");
    assert_eq!(refused_approval(|a| a.approvers = names(&["ann", "b c"])).0, ".approvers[1]");
    assert_eq!(refused_approval(|a| a.approvers = (0..51).map(|n| format!("u{n}")).collect()).0, ".approvers");
    assert_eq!(refused_approval(|a| a.roles = vec![Role::Viewer]).0, ".roles[0]");
    assert_eq!(refused_approval(|a| a.roles = vec![Role::Approver, Role::Approver]).0, ".roles[1]");
    assert_eq!(refused_approval(|a| a.required = 0).0, ".required");
    assert_eq!(refused_approval(|a| a.required = 2).0, ".required");
    assert_eq!(refused_approval(|a| (a.roles, a.required) = (vec![Role::Approver], 51)).0, ".required");
    assert_eq!(refused_approval(|a| a.deadline = Some(0)).0, ".deadline");
    assert_eq!(refused_approval(|a| a.deadline = Some(90 * 86_400 + 1)).0, ".deadline");
    assert_eq!(refused_approval(|a| a.on_deadline = OnDeadline::Stay).0, ".onDeadline");
    assert_eq!(refused_approval(|a| a.check = "x".repeat(2001)).0, ".check");
    let trigger = ManualTrigger { check: "x".repeat(2001) };
    assert_eq!(refused(task("go", Kind::ManualTrigger(trigger))).0, ".check");
}

#[test]
fn a_task_may_use_what_has_always_ended_before_it() {
    let deploy = "echo ${tasks.build-web.outputs.x}\n\
                  echo ${tasks.nobody.outputs.x}\n\
                  echo ${tasks.gate.outputs.x}\n\
                  echo ${tasks.build-web.decision.by}\n\
                  echo ${tasks.beside.outputs.x}\n\
                  echo ${tasks.later.outputs.x}\n\
                  echo ${tasks.deploy.outputs.x}\n\
                  echo ${tasks.build_web.outputs.x} ${tasks.oops} ";
    let definition = |script: &str| Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![
            phase("Build", vec![vec![run("build-web", "true")]]),
            phase("Gate", vec![vec![task("gate", Kind::ManualTrigger(ManualTrigger::default()))]]),
            phase("Deploy", vec![vec![run("deploy", script), run("later", "true")], vec![run("beside", "true")]]),
        ],
    };
    let problems = validate(&definition(deploy));
    let seen: Vec<(usize, &UseFault)> = problems
        .iter()
        .map(|problem| {
            let BrokenRule::Use { fault, .. } = &problem.rule else { panic!("{problem:?}") };
            (problem.line, fault)
        })
        .collect();
    let name = |name: &str| name.to_owned();
    let expected = [
        (7, UseFault::IllFormed(ReferenceFault::Shape)),
        (1, UseFault::NoSuchTask { nearest: None }),
        (2, UseFault::NoOutput { of: name("gate"), kind: "manual-trigger" }),
        (3, UseFault::NoDecision { of: name("build-web"), kind: "command" }),
        (4, UseFault::SameTime { of: name("beside") }),
        (5, UseFault::Later),
        (6, UseFault::Itself),
        (7, UseFault::NoSuchTask { nearest: Some(name("build-web")) }),
    ];
    assert_eq!(seen, expected.iter().map(|(line, fault)| (*line, fault)).collect::<Vec<_>>());
    assert!(problems.iter().all(|problem| problem.at == "phases[2].groups[0].tasks[0].script"));
}

#[test]
fn a_secret_stands_in_the_environment_of_a_script_alone() {
    let text = "${secrets.TOKEN} ${secrets.TOKEN:-x} ${secrets.1}";
    let mut definition = only(run("deploy", text));
    let Kind::Command(command) = &mut definition.phases[0].groups[0].tasks[0].kind else { panic!("a Command") };
    command.environment.insert("TOKEN".to_owned(), "Bearer ${secrets.TOKEN}".to_owned());
    command.working_folder = Some("${secrets.TOKEN}".to_owned());
    let faults = validate(&definition).into_iter().map(|problem| {
        let BrokenRule::Use { fault, .. } = problem.rule else { panic!("{problem:?}") };
        (problem.at.rsplit('.').next().unwrap_or_default().to_owned(), fault)
    });
    let name = "1".to_owned();
    assert_eq!(
        faults.collect::<Vec<_>>(),
        [
            ("script".to_owned(), UseFault::IllFormed(ReferenceFault::SecretDefault)),
            ("script".to_owned(), UseFault::IllFormed(ReferenceFault::SecretName { name })),
            ("script".to_owned(), UseFault::SecretPlace),
            ("workingFolder".to_owned(), UseFault::SecretPlace),
        ]
    );
}

#[test]
fn a_reference_names_a_variable_that_is_declared() {
    let mut definition = only(run("deploy", "echo ${vars.version}\necho ${vars.verson} ${vars.x}"));
    let rules = |definition: &Definition| -> Vec<(usize, Option<String>)> {
        let rule = |Problem { rule, line, .. }: Problem| {
            let BrokenRule::Use { fault: UseFault::NoSuchVariable { nearest }, .. } = rule else { panic!("{rule:?}") };
            (line, nearest)
        };
        validate(definition).into_iter().map(rule).collect()
    };
    assert_eq!(rules(&definition), [(0, None), (1, None), (1, None)]);
    definition.variables.push(Variable { name: "version".to_owned(), spec: VariableSpec::default() });
    assert_eq!(rules(&definition), [(1, Some("version".to_owned())), (1, None)]);
    definition.variables.push(Variable { name: "x".to_owned(), spec: VariableSpec::default() });
    definition.variables[0].name = "verson".to_owned();
    assert_eq!(rules(&definition), [(0, Some("verson".to_owned()))]);
}

#[test]
fn a_roll_back_may_use_its_own_outputs_and_an_environment_may_not() {
    let mut command = command("true");
    command.rollback = Some("echo ${tasks.deploy.outputs.previous}".to_owned());
    assert_eq!(validate(&only(task("deploy", Kind::Command(command.clone())))), []);
    command.environment.insert("OLD".to_owned(), "${tasks.deploy.outputs.previous}".to_owned());
    assert_eq!(refused(task("deploy", Kind::Command(command))).0, ".environment.OLD");
}

#[test]
fn only_shells_know_references() {
    for line in ["#!/bin/sh", "#!/usr/bin/env bash", "#! /bin/dash -e", "#!/usr/bin/env -S A=1 zsh -e"] {
        assert_eq!(validate(&only(run("ab", &format!("{line}\necho ${{release.name}}")))), [], "{line}");
    }
    for line in ["#!/usr/bin/python3", "#!/usr/bin/env node", "#!/usr/bin/env -S perl -w"] {
        assert_eq!(validate(&only(run("ab", &format!("{line}\nnothing of ours")))), [], "{line}");
        let problems = validate(&only(run("ab", &format!("{line}\n\nprint('${{release.name}}')"))));
        assert_eq!(problems.len(), 1, "{line}");
        assert_eq!(problems[0].line, 2);
        let of_script = matches!(&problems[0].rule, BrokenRule::NoShell { field, .. } if field == "script");
        assert!(of_script, "{:?}", problems[0].rule);
    }
}
