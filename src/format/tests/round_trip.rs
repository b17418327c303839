//! Round trips: a definition that is written reads back the same.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use crate::domain::account;
use crate::domain::definition::{Definition, Group, Phase, Task};
use crate::domain::kinds::{
    BuildSpec, CheckMethod, CommandSpec, GitSource, HttpCheck, JsonCheck, Kind, ManualApproval, ManualTrigger,
    OnDeadline, Retry, ScriptCheck, StatusRange, VerifyCheck, VerifySpec, Wait, pattern,
};
use crate::domain::people::Role;
use crate::domain::validate;
use crate::domain::variables::{Variable, VariableSpec, VariableType};
use crate::format::{Document, parse, render, render_all};

/// Any text that no rule forbids: odd characters, lines, blanks at its ends.
fn text(most: usize) -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[ -~]{0,12}",
        2 => Just("\n".to_owned()),
        1 => Just("\n\n  ".to_owned()),
        1 => "\\PC{0,4}",
        1 => any::<char>().prop_map(String::from),
        1 => prop::sample::select(vec![
            "#!/bin/sh\n", "null", "~", "- a", "a: b", " # c", "\t", "\r\n", "'", "\"", "\\", "---\n", "...\n", "&a", "*a",
            "!!int", "${HOME}", "|", ">", "%YAML", "\u{85}", "\u{feff}", "\u{2028}", "{", "]", "1.10", "true", "0x1f",
        ]).prop_map(str::to_owned),
    ];
    vec(part, 0..8).prop_map(move |parts| {
        parts
            .concat()
            .replace("${tasks.", "")
            .replace("${vars.", "")
            .replace("${release.", "")
            .replace('\0', "")
            .chars()
            .take(most)
            .collect()
    })
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z][A-Za-z0-9_-]{0,20}[A-Za-z0-9]"
}

fn script() -> impl Strategy<Value = String> {
    text(400).prop_map(|text| if text.trim().is_empty() { format!(":{text}") } else { text })
}

fn command() -> impl Strategy<Value = Kind> {
    let folder = option::of("[ -~]{1,20}").prop_map(|folder| folder.filter(|folder| !folder.contains("..")));
    let environment = btree_map("[A-Z_a-z][A-Z_a-z0-9]{0,8}", text(60), 0..4);
    let retry = (1..=10_u32, 0..=86_400_u64).prop_map(|(attempts, delay)| Retry { attempts, delay });
    let place = (option::of(name()), folder);
    (script(), option::of(script()), place, environment, 1..=604_800_u64, retry, any::<bool>(), any::<bool>()).prop_map(
        |(script, rollback, (target, folder), environment, timeout, retry, continue_on_error, leave_running)| {
            let working_folder = folder.filter(|_| target.is_none());
            Kind::Command(CommandSpec {
                script,
                rollback,
                target,
                working_folder,
                environment,
                timeout,
                retry,
                continue_on_error,
                leave_running,
            })
        },
    )
}

fn script_check() -> impl Strategy<Value = Kind> {
    command().prop_map(|command| {
        let Kind::Command(CommandSpec { script, target, environment, .. }) = command else { unreachable!("it is one") };
        let check = VerifyCheck::Script(ScriptCheck { script, target, environment });
        Kind::Verify(VerifySpec { check, ..VerifySpec::default() })
    })
}

fn build() -> impl Strategy<Value = Kind> {
    let credential = option::of(name());
    let source =
        ("https://[a-z]{1,9}(:[0-9]{1,4})?(/[a-z0-9._~-]{1,9}){0,3}", "[a-z0-9]{1,9}(/[a-z0-9-]{1,9})?", credential)
            .prop_map(|(address, reference, credential)| GitSource { address, reference, folder: None, credential });
    let source = (source, option::of("[a-z0-9 -]{1,9}(/[a-z]{1,9})?"))
        .prop_map(|(source, folder)| GitSource { folder, ..source })
        .prop_filter("what no part of a ref begins with", |source| !source.reference.contains("/-"));
    let artefacts = vec("[a-z*]{1,2}(/[a-z .]{0,3}[a-z])?", 0..3);
    (command(), option::of(source), artefacts).prop_map(|(command, source, artefacts)| {
        let Kind::Command(command) = command else { unreachable!("it is one") };
        let work = CommandSpec { rollback: None, target: None, working_folder: None, leave_running: false, ..command };
        Kind::Build(BuildSpec { source, artefacts, work })
    })
}

fn wait() -> impl Strategy<Value = Kind> {
    let zone = prop::sample::select(vec!["UTC", "Europe/Berlin", "Etc/GMT+5", "America/Argentina/Buenos_Aires"]);
    prop_oneof![
        (1..=2_592_000_u64).prop_map(|seconds| Wait::Seconds { seconds }),
        (0..24_u32, 0..60_u32, zone).prop_map(|(hour, minute, zone)| Wait::Clock {
            hour,
            minute,
            zone: zone.to_owned()
        }),
    ]
    .prop_map(Kind::Wait)
}

fn approval() -> impl Strategy<Value = Kind> {
    let approvers = prop::collection::btree_set("[A-Za-z0-9][A-Za-z0-9._@-]{0,12}", 0..5);
    let roles = prop::sample::subsequence(vec![Role::Operator, Role::Approver, Role::Manager], 0..=3);
    let deadline = (option::of(1..=2_592_000_u64), any::<bool>());
    (approvers, roles, 1..=5_u32, any::<bool>(), deadline, text(200)).prop_map(
        |(approvers, mut roles, required, starter_may_approve, (deadline, stay), check)| {
            // Two names that differ in case only are one person, and nobody is named twice.
            let by_account = approvers.into_iter().map(|name| (account::folded(&name), name));
            let approvers: Vec<String> = by_account.collect::<BTreeMap<_, _>>().into_values().collect();
            if approvers.len() < 5 && roles.is_empty() {
                roles.push(Role::Approver);
            }
            let on_deadline = if stay && deadline.is_some() { OnDeadline::Stay } else { OnDeadline::Reject };
            Kind::ManualApproval(ManualApproval {
                approvers,
                roles,
                required,
                starter_may_approve,
                deadline,
                on_deadline,
                check,
            })
        },
    )
}

fn verify() -> impl Strategy<Value = Kind> {
    // A header is one line.
    let value = text(40).prop_map(|text| text.replace(char::is_control, ""));
    let request = ("https?://[a-z]{1,9}(/[!-~]{0,20})?", prop::sample::select(CheckMethod::ALL.to_vec()));
    let headers = btree_map("[A-Za-z][A-Za-z0-9-]{0,8}", value, 0..3);
    let filled = || text(40).prop_filter("a text that is empty is none", |text| !text.is_empty());
    let json = (prop::sample::select(vec!["$.a", "$['b c'][0]"]), filled());
    let body = (option::of(filled()), option::of("[a-z.+]{1,9}|\\PC"), option::of(json));
    let rest = (100..=599_u16, 0..=20_u16, option::of(1..=60_000_u64), any::<bool>());
    let times = (1..=86_400_u64, 0..=900_u64, 901..=604_800_u64, any::<bool>());
    (request, headers, body, rest, times).prop_map(
        |((url, method), headers, (contains, matches, json), (from, more, under_ms, any_host), times)| {
            let (every, holds, within, continue_on_error) = times;
            let has_body = method != CheckMethod::Head;
            let matches = matches.filter(|text| has_body && pattern(text).is_some());
            let json = json.filter(|_| has_body);
            let status = StatusRange { from, to: from.saturating_add(more).min(599) };
            let json = json.map(|(path, equals)| JsonCheck { path: path.to_owned(), equals });
            let contains = contains.filter(|_| has_body);
            let http = HttpCheck { url, method, headers, status, contains, matches, json, under_ms, any_host };
            let check = VerifyCheck::Http(http);
            Kind::Verify(VerifySpec { check, every, holds, within, retry: Retry::default(), continue_on_error })
        },
    )
}

/// A task of any kind.
pub fn kind() -> impl Strategy<Value = Kind> {
    let trigger = text(200).prop_map(|check| Kind::ManualTrigger(ManualTrigger { check }));
    prop_oneof![4 => command(), 2 => build(), 1 => wait(), 1 => approval(), 1 => trigger, 2 => verify(), 1 => script_check()]
}

fn task() -> impl Strategy<Value = Task> {
    (name(), text(128), kind()).prop_map(|(name, description, kind)| Task { name, description, kind })
}

fn variable() -> impl Strategy<Value = VariableSpec> {
    let word = || {
        prop_oneof![
            prop::sample::select(vec!["1.10", "010", "1e3", "0x1F", "on", "~", "2026-01-01", "null", "a: b", "#", "y"])
                .prop_map(str::to_owned),
            text(60).prop_map(|text| text.replace(char::is_control, "").trim().to_owned()),
        ]
    };
    let choices = prop::collection::btree_set(word().prop_filter("it is a choice", |text| !text.is_empty()), 1..5);
    let string = (option::of(prop_oneof![word(), text(80)]), any::<bool>(), text(128)).prop_map(
        |(default, required, description)| {
            let default = default.filter(|text| !text.is_empty() || !required);
            VariableSpec { default, required, description, ..VariableSpec::default() }
        },
    );
    let number = option::of(any::<i64>()).prop_map(|number| VariableSpec {
        of: VariableType::Integer,
        default: number.map(|number| number.to_string()),
        ..VariableSpec::default()
    });
    let flag = option::of(any::<bool>()).prop_map(|flag| VariableSpec {
        of: VariableType::Bool,
        default: flag.map(|flag| flag.to_string()),
        ..VariableSpec::default()
    });
    let choice = (choices, any::<bool>()).prop_map(|(choices, with_default)| VariableSpec {
        of: VariableType::Choice,
        default: choices.first().filter(|_| with_default).cloned(),
        choices: choices.into_iter().collect(),
        ..VariableSpec::default()
    });
    prop_oneof![2 => string, 1 => number, 1 => flag, 1 => choice]
}

fn definition() -> impl Strategy<Value = Definition> {
    let group = vec(task(), 1..4).prop_map(|tasks| Group { tasks });
    let phase = (name(), vec(group, 1..4)).prop_map(|(name, groups)| Phase { name, groups });
    let variable = ("[A-Za-z][A-Za-z0-9_]{0,20}", variable()).prop_map(|(name, spec)| Variable { name, spec });
    let flags = (any::<bool>(), any::<bool>());
    (flags, vec(variable, 0..4), vec(phase, 1..4)).prop_map(|(flags, mut variables, mut phases)| {
        let (best_effort, supersede) = flags;
        for (index, variable) in variables.iter_mut().enumerate() {
            variable.name = format!("{}{index}", variable.name);
        }
        let mut count = 0;
        for (index, phase) in phases.iter_mut().enumerate() {
            phase.name = format!("{}{index}", phase.name);
            for task in phase.groups.iter_mut().flat_map(|group| &mut group.tasks) {
                count += 1;
                task.name = format!("{}{count}", task.name);
            }
        }
        Definition { best_effort, supersede, on_failure: None, variables, phases }
    })
}

fn document() -> impl Strategy<Value = Document> {
    let place = || option::of("[A-Za-z][A-Za-z0-9_-]{0,20}");
    (name(), text(128), place(), place(), definition()).prop_map(|(name, description, team, region, definition)| {
        let mut definition: Definition = definition;
        // A text keeps its letters, but for the ends of the lines of scripts.
        definition.straighten();
        Document { name, description, team, region, definition, straightened: Vec::new() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_release_task_reads_back_the_same(document in document()) {
        prop_assert_eq!(validate::validate(&document.definition), []);
        let yaml = render(&document);
        let read = parse(&yaml);
        prop_assert_eq!(read, Ok(vec![document]), "{}", yaml);
    }

    #[test]
    fn several_read_back_the_same(mut documents in vec(document(), 1..4)) {
        for (index, document) in documents.iter_mut().enumerate() {
            document.name = format!("{}{index}", document.name);
        }
        prop_assert_eq!(parse(&render_all(&documents)), Ok(documents));
    }

    #[test]
    fn no_text_makes_it_panic(text in text(2000)) {
        let _ = parse(&text);
    }

    #[test]
    fn no_broken_file_makes_it_panic(document in document(), cut in any::<prop::sample::Index>(), put in text(8)) {
        let mut yaml = render(&document);
        let at = (0..=cut.index(yaml.len())).rev().find(|at| yaml.is_char_boundary(*at)).unwrap_or(0);
        yaml.insert_str(at, &put);
        let _ = parse(&yaml);
    }
}
