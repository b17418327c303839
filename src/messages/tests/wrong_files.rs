//! Wrong files tell everything that is wrong with them, each with its line.

use crate::format::{FormatFault, MAX_FILE_LEN, MAX_FINDINGS, ValueFault, parse};
use crate::messages::{Locale, finding, format_fault};

/// What is wrong with a text, as `LINE: FIELD` and the sentence.
pub(super) fn findings(text: &str) -> Vec<(String, String)> {
    let findings = parse(text).expect_err(text);
    findings.iter().map(|f| (format!("{}: {}", f.line, f.at), format_fault(&f.fault, Locale::English))).collect()
}

/// The lines of all that is wrong with a text.
fn lines(text: &str) -> Vec<usize> {
    parse(text).expect_err(text).into_iter().map(|finding| finding.line).collect()
}

/// What is wrong with a release task that has that one task, whose first line is line 5.
pub(super) fn in_task(yaml: &str) -> Vec<(String, String)> {
    let task = yaml.replace('\n', "\n        ");
    findings(&format!("name: shop\nphases:\n  - name: Build\n    tasks:\n      - {task}\n"))
        .into_iter()
        .map(|(place, rule)| (place.replace("phases[0].groups[0].tasks[0]", ""), rule))
        .collect()
}

#[test]
fn ten_mistakes_are_told_at_once() {
    let found = findings(include_str!("../../format/tests/ten-mistakes.yaml"));
    let told: Vec<(&str, &str)> = found.iter().map(|(place, rule)| (place.as_str(), rule.as_str())).collect();
    let expected = [
        ("3: name", "The name of a release task must end with a letter or a digit."),
        ("5: bestEfort", "A release task has no key bestEfort; did you mean bestEffort?"),
        ("12: phases[0].groups[0].tasks[0].timeout", "The timeout must have a unit, such as 10s or 10m."),
        ("13: phases[0].groups[0].tasks[0].skript", "The task build-web has no key skript; did you mean script?"),
        ("15: phases[0].groups[0].tasks[0].retry.attempts", "The attempts must be a whole number, and is \"none\"."),
        (
            "17: phases[0].groups[1].tasks[0].name",
            "A task must have a name of its own; build-web is also in the phase Build.",
        ),
        ("18: phases[0].groups[1].tasks[0].type", "The type must not be comand; did you mean command?"),
        (
            "24: phases[1].groups[0].tasks[0].required",
            "The required of go-live must be at most 2, as many as its approvers.",
        ),
        (
            "25: phases[1].groups[0].tasks[0].deadline",
            "The deadline must be a length of time such as 30s, 10m or 1h 30m, and is \"soon\".",
        ),
        (
            "33: phases[2].groups[0].tasks[0].script",
            "The reference ${tasks.check.outputs.site} in deploy names a task that comes later.",
        ),
    ];
    assert_eq!(told, expected);
}

#[test]
fn wrong_variables_are_told_all_at_once_with_their_lines() {
    let text = "name: shop\nvariables:\n  - name: version\n    default: 1.10\n    requird: true\n  - name: count\n    type: integer\n\
                \x20   default: 010\n  - { name: my-flag, type: bool, default: on }\n  - name: key\n    type: secret\n\
                \x20 - { name: kind, type: choise, choices: [a] }\n  - ring\n  - name: version\n    type: choice\n    choices:\n\
                \x20     - blue\n      - blue\n    required: yes\n\
                phases: [{name: Build, tasks: [{name: ab, script: \"echo ${vars.verson} ${vars.a-b}\"}]}]\n";
    let found = findings(text);
    let told: Vec<(&str, &str)> = found.iter().map(|(place, rule)| (place.as_str(), rule.as_str())).collect();
    let no_name = "The name of a variable must have letters, digits and _, at most 64, and start with a letter; \"my-flag\" \
                   does not.";
    let expected = [
        ("5: variables[0].requird", "The variable version has no key requird; did you mean required?"),
        (
            "8: variables[1].default",
            "The default of count must be a whole number such as 42, without a point, a plus or zeros before it.",
        ),
        ("9: variables[2].default", "The default of my-flag must be true or false."),
        ("9: variables[2].name", no_name),
        (
            "11: variables[3].type",
            "The type must not be secret: there are no secrets yet, and a value would be shown to everybody.",
        ),
        ("12: variables[4].type", "The type must not be choise; did you mean choice?"),
        ("13: variables[5]", "A variable must be a mapping of keys to values, and is a single value."),
        ("14: variables[6].name", "A variable must have a name of its own; version is there twice."),
        ("18: variables[6].choices[1]", "The choices of version must each be there once, and blue is twice."),
        ("19: variables[6].required", "The required must be true or false, and is \"yes\"."),
        (
            "20: phases[0].groups[0].tasks[0].script",
            "The reference ${vars.a-b} in ab names the variable \"a-b\", which is no name of a variable.",
        ),
        (
            "20: phases[0].groups[0].tasks[0].script",
            "The reference ${vars.verson} in ab names no variable of this release task; did you mean version?",
        ),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_finding_is_told_with_its_line() {
    let wrong = parse("name: x\nphases: [{name: Build, tasks: [{name: ab, script: x}]}]").expect_err("a name of one");
    assert_eq!(
        finding(&wrong[0], Locale::English),
        "1: name: The name of a release task must have 2 to 64 characters, and has one."
    );
}

#[test]
fn wrong_tasks_are_refused_with_their_line() {
    for (yaml, place, words) in [
        ("just words", "5: ", "A task must be a mapping of keys to values, and is a single value."),
        ("script: x", "5: .name", "A task must have the key name."),
        ("name:\nscript: x", "5: .name", "must not be empty"),
        ("nam: ab\nscript: x", "5: .nam", "did you mean name?"),
        ("name: [ab]\nscript: x", "5: .name", "The name must be a single value, and is a list."),
        ("name: ab", "5: .type", "must have the key type"),
        ("name: ab\ntype: command", "5: .script", "must have the key script"),
        ("name: ab\nscript:", "6: .script", "must not be empty"),
        ("name: ab\ntype: cook\nscript: x", "6: .type", "must be one of command, wait,"),
        ("name: ab\ntype: Manual Approval\nroles: [approver]", "6: .type", "did you mean manual-approval?"),
        ("name: ab\nscript: x\nname: cd", "7: .name", "must not have the key name twice; line 5 has it."),
        ("name: ab\nscript: x\ncolour: red", "7: .colour", "has no key colour; the keys are name,"),
        ("name: ab\nscript: x\napprovers: [a]", "7: .approvers", "belongs to the type manual-approval"),
        ("name: ab\nscript: x\ntimeout: 0s", "7: .timeout", "must be 1 second to 7 days"),
        ("name: ab\nscript: x\ntimeout: 1ms", "7: .timeout", "whole seconds"),
        ("name: ab\nscript: x\ngoOn: yes", "7: .goOn", "must be true or false, and is \"yes\""),
        ("name: ab\nscript: x\nretry: 3", "7: .retry", "must be a mapping"),
        ("name: ab\nscript: x\nretry:\n  delay: 1s", "8: .retry.attempts", "must have the key attempts"),
        ("name: ab\nscript: x\nretry:\n  attempts: 99", "8: .retry.attempts", "must be 1 to 10, and is 99"),
        ("name: ab\nscript: x\nenvironment:\n  A: 1\n  2B: 1", "9: .environment.2B", "not start with a digit"),
        ("name: ab\nscript: x\nenvironment:\n  A: [1]", "8: .environment.A", "must be a single value"),
        ("name: ab\nscript: x\nenvironment: [A]", "7: .environment", "must be a mapping"),
        ("name: ab\nscript: x\nworkingFolder: ../up", "7: .workingFolder", "must not have .. in it"),
        ("name: ab\nscript: |\n  a\n\n  ${tasks.cd}", "9: .script", "must read tasks.NAME.outputs.KEY"),
        ("name: ab\nscript: |-\n  ${release.day}", "7: .script", "must be one of release.name,"),
        ("name: ab\ntype: wait", "5: .for", "must have the key for"),
        ("name: ab\ntype: wait\nfor: 31days", "7: .for", "must be 1 second to 30 days"),
        ("name: ab\ntype: wait\nfor: 1m\nuntil: 22:00", "8: .until", "either for or until, not both"),
        ("name: ab\ntype: wait\nfor: 1m\nzone: UTC", "8: .zone", "must not have a zone without until"),
        ("name: ab\ntype: wait\nuntil: 22:00", "5: .zone", "must have the key zone"),
        ("name: ab\ntype: wait\nuntil: 10pm\nzone: UTC", "7: .until", "must be a time of day such as \"22:00\""),
        ("name: ab\ntype: wait\nuntil: 24:00\nzone: UTC", "7: .until", "must be 00:00 to 23:59, and is 24:00"),
        ("name: ab\ntype: wait\nuntil: 22:00\nzone: Berlin", "8: .zone", "such as Europe/Berlin or UTC"),
        ("name: ab\ntype: manual-approval", "5: ", "must name somebody who may decide"),
        (
            "name: ab\ntype: manual-approval\nroles: [boss]",
            "7: .roles[0]",
            "must be one of operator, approver, manager, and is \"boss\"",
        ),
        (
            "name: ab\ntype: manual-approval\nroles: [viewer]",
            "7: .roles[0]",
            "only reads. It can be one of operator, approver, manager",
        ),
        (
            "name: ab\ntype: manual-approval\nroles: [Operator]",
            "7: .roles[0]",
            "A role must be one of operator, approver, manager, in lower case, and is \"Operator\"; did you mean operator?",
        ),
        ("name: ab\ntype: manual-approval\napprovers: ann", "7: .approvers", "must be a list, and is a single value"),
        ("name: ab\ntype: manual-approval\napprovers:\n  - ann\n  - ann", "9: .approvers[1]", "ann is twice"),
        ("name: ab\ntype: manual-approval\nroles: [approver]\nrequired: 0", "8: .required", "must be at least 1"),
        ("name: ab\ntype: manual-approval\nroles: [approver]\nonDeadline: go", "8: .onDeadline", "reject or stay"),
        (
            "name: ab\ntype: manual-approval\nroles: [approver]\nonDeadline: stay",
            "8: .onDeadline",
            "must not be given without a deadline",
        ),
        ("name: ab\ntype: manual-trigger\napprovers: [ann]", "7: .approvers", "belongs to the type manual-approval"),
    ] {
        let found = in_task(yaml);
        assert_eq!(found.len(), 1, "{yaml}\n{found:#?}");
        assert_eq!(found[0].0, place, "{yaml}: {}", found[0].1);
        assert!(found[0].1.contains(words), "{yaml}: {}", found[0].1);
    }
}

#[test]
fn wrong_checks_are_refused_with_their_line() {
    for (http, place, words) in [
        ("", "7: .http", "The http must not be empty"),
        ("  method: GET", "8: .http.url", "must have the key url"),
        ("  url: \"\"", "8: .http.url", "The http.url of ab must not be empty"),
        ("  url: ftp://here", "8: .http.url", "must begin with http:// or https:// and have no blanks"),
        ("  url: http://here/a b", "8: .http.url", "have no blanks"),
        ("  url: http://here\n  method: DELETE", "9: .http.method", "must be one of GET, HEAD, OPTIONS, POST"),
        ("  url: http://here\n  colour: red", "9: .http.colour", "has no key colour"),
        (
            "  url: http://here\n  headers:\n    A B: c",
            "10: .http.headers.A B",
            "names as HTTP has them; \"A B\" is none",
        ),
        (
            "  url: http://here\n  headers:\n    A: \"b\\nc\"",
            "10: .http.headers.A",
            "The header A of ab must be one line",
        ),
        ("  url: http://here\n  status: good", "9: .http.status", "a status such as 200, or a range such as 200-299"),
        ("  url: http://here\n  status: 299-200", "9: .http.status", "must be 100 to 599, or a range"),
        ("  url: http://here\n  matches: '('", "9: .http.matches", "must be a regular expression"),
        ("  url: http://here\n  json:\n    equals: up", "10: .http.json.path", "must have the key path"),
        (
            "  url: http://here\n  json:\n    path: status\n    equals: up",
            "10: .http.json.path",
            "must be a JSON path such as $.status, and is \"status\"",
        ),
        ("  url: http://here\n  method: HEAD\n  contains: up", "9: .http.method", "must not be HEAD"),
        ("  url: http://here\n  under: soon", "9: .http.under", "must be a length of time"),
        ("  url: http://here\n  under: 2m", "9: .http.under", "must be 1ms to 60s"),
        ("  url: http://here\n  redirects: yes", "9: .http.redirects", "must be one of same-host, any-host"),
        ("  url: http://here\n  contains: ${tasks.cd}", "9: .http.contains", "must read tasks.NAME.outputs.KEY"),
        ("  url: http://here\nholds: 5m", "9: .holds", "The holds of ab must be shorter than its within"),
        ("  url: http://here\nevery: 2days", "9: .every", "must be 1 second to 1 day"),
        ("  url: http://here\nwithin: 8days", "9: .within", "The within of ab must be 1 second to 7 days"),
        ("  url: http://here\ntimeout: 1m", "9: .timeout", "belongs to the type command"),
    ] {
        let yaml = format!("name: ab\ntype: verify\nhttp:\n{http}");
        let found = in_task(&yaml);
        assert_eq!(found.len(), 1, "{yaml}\n{found:#?}");
        assert_eq!(found[0].0, place, "{yaml}: {}", found[0].1);
        assert!(found[0].1.contains(words), "{yaml}: {}", found[0].1);
    }
}

#[test]
fn every_type_of_task_has_words() {
    let text = "name: shop\nphases: [{name: Build, tasks: [{name: ab, type: unheard-of}]}]";
    let found = parse(text).expect_err("there is no such type").remove(0);
    let FormatFault::Value { fault: ValueFault::NoneOf { words, .. }, .. } = found.fault else { panic!("{found:?}") };
    assert!(words.len() >= 4, "{words:?}");
    for word in words {
        let told = Locale::English.sentences().kind(word);
        assert!(told.starts_with(char::is_uppercase), "{word} has no words: {told}");
    }
}

#[test]
fn wrong_phases_and_groups_are_refused_with_their_line() {
    let task = "{name: ab, script: x}";
    for (phases, place, words) in [
        (String::new(), "1: phases", "must have the key phases"),
        ("phases: []".to_owned(), "2: phases", "must have 1 to 20 phases, and has 0"),
        ("phases: Build".to_owned(), "2: phases", "must be a list, and is a single value"),
        ("phases:\n  - Build".to_owned(), "3: phases[0]", "A phase must be a mapping"),
        ("phases:\n  - name: Build".to_owned(), "3: phases[0].groups", "must have the key groups"),
        (format!("phases:\n  - tasks: [{task}]"), "3: phases[0].name", "must have the key name"),
        ("phases:\n  - name: Build\n    tasks: []".to_owned(), "4: phases[0].groups[0].tasks", "1 to 50 tasks"),
        ("phases:\n  - name: Build\n    tasks: ab".to_owned(), "4: phases[0].tasks", "must be a list"),
        ("phases:\n  - name: Build\n    groups: []".to_owned(), "4: phases[0].groups", "1 to 20 groups"),
        (
            format!("phases:\n  - name: Build\n    groups:\n      - {task}"),
            "5: phases[0].groups[0]",
            "must be a list of tasks",
        ),
        ("phases:\n  - name: Build\n    groups:\n      - tasks:".to_owned(), "5: phases[0].groups[0].tasks", "empty"),
        (
            format!("phases:\n  - name: Build\n    groups: [[{task}]]\n    tasks: [{task}]"),
            "5: phases[0]",
            "either groups or tasks",
        ),
        (
            format!("phases:\n  - name: Build\n    tasks: [{task}]\n    task: []"),
            "5: phases[0].task",
            "did you mean tasks?",
        ),
    ] {
        let text = format!("name: shop\n{phases}\n");
        let found = findings(&text);
        assert_eq!(found.len(), 1, "{text}\n{found:#?}");
        assert_eq!(found[0].0, place, "{text}: {}", found[0].1);
        assert!(found[0].1.contains(words), "{text}: {}", found[0].1);
    }
}

#[test]
fn wrong_documents_are_refused_with_their_line() {
    let phases = "phases: [{name: Build, tasks: [{name: ab, script: x}]}]";
    for (text, place, words) in [
        (String::new(), "1: ", "at least one release task"),
        ("# nothing\n---\n---\n".to_owned(), "1: ", "at least one release task"),
        ("- a\n".to_owned(), "1: ", "A release task must be a mapping"),
        (phases.to_owned(), "1: name", "must have the key name"),
        (format!("name: shop\nteam: ''\n{phases}"), "2: team", "must be letters"),
        (format!("name: shop\nregion: {{}}\n{phases}"), "2: region", "must be a single value"),
        (format!("name: shop\ndescription: {}\n{phases}", "x".repeat(129)), "2: description", "at most 128"),
        (format!("name: shop\n{phases}\n---\nname: shop\n{phases}\n"), "4: name", "shop is also at line 1"),
    ] {
        let found = findings(&text);
        assert_eq!(found.len(), 1, "{text}\n{found:#?}");
        assert_eq!(found[0].0, place, "{text}: {}", found[0].1);
        assert!(found[0].1.contains(words), "{text}: {}", found[0].1);
    }
}

#[test]
fn what_is_no_yaml_is_told_with_what_stands_before_it_and_in_later_documents() {
    let text =
        "name: 1st\nbest_effort: true\nphases:\n  - name: Build\n\ttasks: []\n---\nname: 2nd\nteam: a\nteam: b\n";
    let found = findings(text);
    let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["2: best_effort", "5: ", "7: name", "7: phases", "9: team"], "{found:#?}");
    assert!(found[1].1.starts_with("This is not YAML: "), "{}", found[1].1);
}

#[test]
fn hostile_files_are_refused() {
    assert_eq!(lines(&"x".repeat(MAX_FILE_LEN + 1)), [1]);
    assert_eq!(lines(&"[".repeat(100_000)), [1]);
    assert_eq!(lines(&"- ".repeat(100_000)), [1]);
    assert!(!lines(&"{a: ".repeat(100_000)).is_empty());
    assert!(!lines(&format!("a: &a {}\n", "&b ".repeat(1000))).is_empty());
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        bomb += &["a", &level.to_string(), ": &a", &level.to_string(), " [", &below, "]\n"].concat();
    }
    assert!(findings(&bomb).iter().any(|(_, rule)| rule.contains("alias")));
    let long = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(500_000), "*a, ".repeat(1000));
    assert!(findings(&long).iter().any(|(_, rule)| rule.contains("alias")));
    assert_eq!(lines("a: &a [*a]\n"), [1]);
    assert_eq!(lines(&format!("{}: b\n", "a".repeat(300))), [1]);
    assert_eq!(lines("? [a]\n: b\n"), [1]);
}

#[test]
fn a_line_in_a_text_is_told_where_it_stands() {
    let reference = "${tasks.nope.outputs.x}";
    for (script, line) in [
        (format!("|\n  one\n  {reference}"), 7),
        (format!("\n  # why\n  |\n  one\n  {reference}"), 9),
        (format!("|-\n\n\n  {reference}\n\n"), 8),
        (format!("!!str |\n\n  {reference}\n\n"), 7),
        // No line of such a text is a line of the file.
        (format!(">\n  one\n\n\n  {reference}"), 5),
        (format!("\"one\\n\\n\\n\\n{reference}\""), 5),
        (format!("'one\n\n\n\n  {reference}'"), 5),
    ] {
        let found = in_task(&format!("script: {script}\nname: ab\ndescription: last"));
        assert_eq!(found.len(), 1, "{script}\n{found:#?}");
        assert_eq!(found[0].0, format!("{line}: .script"), "{script}");
    }
    let text = format!(
        "name: shop\nphases:\n- name: Build\n  tasks:\n  - name: ab\n    script: &a |\n      one\n      {reference}\n\
         \x20 - name: cd\n    script: *a\n    timeout: 1s\n"
    );
    assert_eq!(lines(&text), [8, 8]);
}

#[test]
fn no_line_behind_the_end_is_told() {
    for text in
        [":\n\u{7f}", "name: shop\nphases:\n- name: Build\n  tasks:\n  - name: ab\n    script: |", "\"", "a: [", "%"]
    {
        let count = text.lines().count();
        assert!(lines(text).into_iter().all(|line| (1..=count).contains(&line)), "{text:?}: {:?}", findings(text));
    }
}

#[test]
fn more_than_anybody_reads_is_not_told() {
    let unknown: Vec<String> = (0..20_000).map(|number| format!("        k{number}: x\n")).collect();
    let unknown = unknown.concat();
    let long = "x".repeat(100_000);
    for text in [
        format!("name: shop\nphases:\n  - name: Build\n    tasks:\n      - name: ab\n        script: x\n{unknown}"),
        format!("name: shop\nphases:\n  - name: Build\n    tasks:\n      - name: {long}\n        script: x\n{unknown}"),
        format!(
            "name: {long}\nphases:\n  - name: {long}\n    tasks: [{}]\n",
            "{name: ab, script: x, script: y}, ".repeat(5000)
        ),
        format!(
            "name: shop\nphases: [{{name: Build, tasks: [{}]}}]\n",
            format!("{{name: {long}, timeout: {long}}}, ").repeat(4)
        ),
        format!(
            "name: shop\nphases: [{{name: Build, tasks: [{{name: ab, script: \"{}\"}}]}}]",
            "${tasks.x} ".repeat(20_000)
        ),
        "- a\n---\n".repeat(20_000),
        "a: [\n---\n".repeat(20_000),
        "a\n---\n".repeat(100_000),
    ] {
        let found = findings(&text);
        assert!(found.len() <= MAX_FINDINGS, "{} findings", found.len());
        assert!(found.iter().all(|(at, rule)| at.len() + rule.len() < 1000), "{:.1000?}", found[0]);
        let told = found.last().is_some_and(|(_, rule)| rule.contains("more that is wrong"));
        assert_eq!(told, found.len() == MAX_FINDINGS, "{:.1000?}", found.last());
    }
}

#[test]
fn what_is_told_is_safe_for_a_terminal() {
    for yaml in [
        "name: \"a\\e[2Jb\"\nscript: x",
        "name: ab\n\"k\\e[2J\\r\\u202e\": x\nscript: x",
        "name: ab\ntype: \"\\e[31mcommand\"",
    ] {
        for (at, rule) in in_task(yaml) {
            assert!(!at.contains(char::is_control) && !rule.contains(char::is_control), "{at:?} {rule:?}");
        }
    }
}
