//! Tests of warnings.

use super::*;
use crate::domain::definition::{Definition, Group, Phase, Task};
use crate::domain::ids::UserId;
use crate::domain::kinds::{CommandSpec, Kind, ManualApproval, ManualTrigger, VerifySpec};
use crate::domain::people::HeldRole;
use crate::domain::variables::{Variable, VariableSpec};

const TEAM: TeamId = TeamId::from_u128(1);

fn member(name: &str, roles: &[Role]) -> Person {
    let roles = roles.iter().map(|role| HeldRole { team: TEAM, role: *role }).collect();
    let id = UserId::from_u128(name.bytes().fold(0, |id, byte| id * 256 + u128::from(byte)));
    let user = User { id, name: name.to_owned(), administrator: false, roles };
    Person { user, disabled_at: None, last_seen_at: None }
}

fn disabled(name: &str, roles: &[Role]) -> Person {
    Person { disabled_at: Some(chrono::DateTime::UNIX_EPOCH), ..member(name, roles) }
}

fn of(kinds: impl IntoIterator<Item = Kind>, members: &[Person]) -> Vec<Warning> {
    let tasks = kinds.into_iter().enumerate().map(|(index, kind)| Task {
        name: format!("task-{index}"),
        description: String::new(),
        kind,
    });
    let phase = Phase { name: "all".to_owned(), groups: vec![Group { tasks: tasks.collect() }] };
    let draft = Draft::of("shop", "", &Definition { phases: vec![phase], ..Definition::default() });
    warnings(&draft, members, TEAM).into_iter().map(|warning| warning.warning).collect()
}

fn approval(approvers: &[&str], required: u32) -> Kind {
    let approvers = approvers.iter().map(|name| (*name).to_owned()).collect();
    Kind::ManualApproval(ManualApproval { approvers, roles: Vec::new(), required, ..ManualApproval::default() })
}

fn command(change: impl FnOnce(&mut CommandSpec)) -> Kind {
    let mut spec = CommandSpec { rollback: Some("undo".to_owned()), ..CommandSpec::default() };
    change(&mut spec);
    Kind::Command(spec)
}

#[test]
fn f12_whoever_is_named_and_cannot_decide_is_told_with_the_reason() {
    let other = HeldRole { team: TeamId::from_u128(2), role: Role::Approver };
    let mut left = member("left", &[]);
    left.user.roles.push(other);
    let members =
        [member("ann", &[Role::Approver]), member("ben", &[Role::Viewer]), disabled("dis", &[Role::Approver]), left];
    let told = |name: &str, why| {
        let who = Unable { name: name.to_owned(), why };
        Warning::Unable { task: "task-0".to_owned(), who }
    };
    assert_eq!(
        of([approval(&["ann", "ben", "gone", "dis", "left"], 1)], &members),
        [
            told("ben", Inability::NoApprover),
            told("gone", Inability::NoAccount),
            told("dis", Inability::Disabled),
            told("left", Inability::NotAMember)
        ]
    );
}

#[test]
fn f12_names_compare_as_sign_in_compares_them() {
    let members = [member("ann", &[Role::Approver]), member("Ben", &[Role::Approver])];
    assert_eq!(of([approval(&["Ann", "BEN"], 2)], &members), []);
}

#[test]
fn f12_a_role_that_nobody_holds_is_told_and_so_are_those_whom_only_the_role_asks() {
    let gate = |roles: &[Role]| {
        Kind::ManualApproval(ManualApproval { roles: roles.to_vec(), required: 1, ..ManualApproval::default() })
    };
    let nobody = |role: Role| {
        let who = Unable { name: role.word().to_owned(), why: Inability::NobodyHolds(role) };
        Warning::Unable { task: "task-0".to_owned(), who }
    };
    let ann = || member("ann", &[Role::Approver]);
    assert_eq!(of([gate(&[Role::Approver, Role::Manager])], &[ann()]), [nobody(Role::Manager)]);
    assert_eq!(of([gate(&[Role::Approver])], &[ann(), disabled("dis", &[Role::Approver])]), []);
    let short = Warning::NobodyCanPass { task: "task-0".to_owned(), required: 1, may: 0, for_four_eyes: false };
    assert_eq!(of([gate(&[Role::Manager])], &[ann()]), [nobody(Role::Manager), short]);
}

#[test]
fn a_gate_that_too_few_may_decide_is_told_with_how_many_may() {
    let members = [member("ann", &[Role::Approver]), member("ola", &[Role::Operator])];
    let short = |required, may, for_four_eyes| {
        vec![Warning::NobodyCanPass { task: "task-0".to_owned(), required, may, for_four_eyes }]
    };
    assert_eq!(of([approval(&["ann"], 1)], &members), []);
    assert_eq!(of([approval(&["ann"], 2)], &members), short(2, 1, false));
    assert_eq!(of([Kind::ManualTrigger(ManualTrigger { check: String::new() })], &members), []);
    assert_eq!(of([Kind::ManualTrigger(ManualTrigger { check: String::new() })], &[]), short(1, 0, false));
}

#[test]
fn four_eyes_leave_nobody_where_every_operator_is_needed_to_agree() {
    let both = [Role::Operator, Role::Approver];
    let alone = [member("ann", &both)];
    let told = of([approval(&["ann"], 1)], &alone);
    let short = Warning::NobodyCanPass { task: "task-0".to_owned(), required: 1, may: 0, for_four_eyes: true };
    assert_eq!(told, [short]);
    // Somebody else can start it, or agree in place of whoever did.
    assert_eq!(of([approval(&["ann"], 1)], &[member("ann", &both), member("ola", &[Role::Operator])]), []);
    assert_eq!(of([approval(&["ann", "ben"], 1)], &[member("ann", &both), member("ben", &both)]), []);
}

#[test]
fn a_roll_back_that_would_undo_nothing_is_told_once_and_only_where_something_is_changed() {
    let without = || command(|spec| spec.rollback = None);
    assert_eq!(of([without(), without()], &[]), [Warning::NothingIsUndone]);
    assert_eq!(of([without(), command(|_| ())], &[]), []);
    assert_eq!(of([Kind::Verify(VerifySpec::default())], &[]), []);
}

#[test]
fn a19_what_looks_like_a_credential_is_told_with_its_field() {
    let form = |kind: Kind| match of([kind], &[]).as_slice() {
        [] => None,
        [Warning::Credential { form, .. }] => Some(*form),
        other => panic!("{other:?}"),
    };
    let script = |script: &str| form(command(|spec| script.clone_into(&mut spec.script)));
    let variable =
        |name: &str, value: &str| form(command(|spec| spec.environment = [(name.to_owned(), value.to_owned())].into()));
    assert_eq!(script("cat <<E\n-----BEGIN OPENSSH PRIVATE KEY-----\nabc"), Some(CredentialForm::PrivateKey));
    assert_eq!(script("export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"), Some(CredentialForm::Token));
    assert_eq!(script(&format!("curl -H 'X: ghp_{}'", "a1".repeat(18))), Some(CredentialForm::Token));
    assert_eq!(script("echo \"$DB_PASSWORD\" | ./migrate --token-file /run/token"), None);
    assert_eq!(
        script("set -eu\n  export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG\nrun"),
        Some(CredentialForm::Named)
    );
    assert_eq!(script("DB_PASSWORD='hunter2' ./migrate"), Some(CredentialForm::Named));
    for none in [
        "TOKEN=$(cat /run/token)",
        "TOKEN=\"$1\"",
        "PASSWORD=",
        "TOKEN_FILE=token",
        "./login --token=abc",
        "CITY=hunter2",
    ] {
        assert_eq!(script(none), None, "{none}");
    }
    assert_eq!(variable("DB_PASSWORD", "hunter2"), Some(CredentialForm::Named));
    assert_eq!(variable("GITHUB_TOKEN", "abc"), Some(CredentialForm::Named));
    assert_eq!(variable("GITHUB_TOKEN", "${tasks.login.outputs.token}"), None);
    assert_eq!(variable("TOKEN_FILE", "token"), None);
    assert_eq!(variable("API_KEY", "/run/secrets/key"), None);
    assert_eq!(variable("DB_PASSWORD", ""), None);
    assert_eq!(variable("CITY", "hunter2"), None);
}

#[test]
fn a19_a_default_that_looks_like_a_credential_is_told_with_its_variable() {
    let variable = |name: &str, default: &str| Variable {
        name: name.to_owned(),
        spec: VariableSpec { default: Some(default.to_owned()), ..VariableSpec::default() },
    };
    let variables = vec![variable("version", "1.10"), variable("db_password", "hunter2")];
    let draft = Draft::of("shop", "", &Definition { variables, ..Definition::default() });
    let warning = Warning::Credential { task: "db_password".to_owned(), form: CredentialForm::Named };
    let expected = DraftWarning { element: Some(draft.variables[1].id), field: "default".to_owned(), warning };
    assert_eq!(warnings(&draft, &[], TEAM), [expected]);
}

#[test]
fn f19_an_output_that_may_be_written_is_not_told() {
    for script in [
        "make",
        "echo n=1 >> \"$TOLLGATE_OUTPUT\"\necho \"$k=2\" >> \"$TOLLGATE_OUTPUT\"",
        "cat >> \"$TOLLGATE_OUTPUT\" <<E\nn=1\nE",
        "printf 'n=1\\nm=2\\n' >> \"$TOLLGATE_OUTPUT\"",
        "./build n=1 > \"$TOLLGATE_OUTPUT\"",
    ] {
        let build = command(|spec| spec.script = script.to_owned());
        let reads = command(|spec| spec.script = "echo ${tasks.task-0.outputs.m}".to_owned());
        assert_eq!(of([build, reads], &[]), [], "{script}");
    }
}

#[test]
fn f19_a_reference_where_the_shell_replaces_nothing_or_with_half_a_default_is_told() {
    let build = command(|spec| spec.script = "echo n=1 >> \"$TOLLGATE_OUTPUT\"".to_owned());
    let told =
        |script: &str| -> Vec<Warning> { of([build.clone(), command(|spec| spec.script = script.to_owned())], &[]) };
    let task = || "task-1".to_owned();
    let output = "${tasks.task-0.outputs.n}";
    let near = |text: &str| Warning::NearReference { task: task(), text: text.to_owned(), meant: output.to_owned() };
    for text in ["${task-0.outputs.n}", "{{ .tasks.task-0.outputs.n }}", "((tasks.task-0.outputs.n > 1))"] {
        assert_eq!(told(text), [near(text)]);
    }
    assert_eq!(told("${task-9.outputs.n}"), [], "there is no such task");
    assert_eq!(told(&format!("#!/usr/bin/python3\nx = '${{ {} }}'", &output[2..output.len() - 1])).len(), 1);
    let (text, meant) = ("${tasks.task-0.outputs.n-x}".to_owned(), "${tasks.task-0.outputs.n:-x}".to_owned());
    assert_eq!(told(&text), [Warning::NearDefault { task: task(), text: text.clone(), meant }]);
    let other = |text: &str, nearest: Option<&str>| Warning::NotWritten {
        task: task(),
        text: text.to_owned(),
        of: "task-0".to_owned(),
        written: vec!["n".to_owned()],
        nearest: nearest.map(str::to_owned),
    };
    assert_eq!(told("${tasks.task-0.outputs.image}"), [other("${tasks.task-0.outputs.image}", None)]);
    assert_eq!(told("${tasks.task-0.outputs.nn}"), [other("${tasks.task-0.outputs.nn}", Some("n"))]);
    assert_eq!(told("${tasks.task-0.outputs.image:-none}"), [], "it may be missing");
    let literal = |why| Warning::NotReplaced { task: task(), reference: "${release.name}".to_owned(), why };
    for (script, why) in [
        ("echo '${release.name}'", LiteralText::SingleQuotes),
        ("echo \\${release.name}", LiteralText::Backslash),
        ("cat <<'E'\n${release.name}\nE\n", LiteralText::HereDocument),
    ] {
        assert_eq!(told(script), [literal(why)]);
    }
    assert_eq!(told("echo \"'${release.name}'\" ${release.name}"), []);
}
