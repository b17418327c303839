//! Files as editors, generators and other tools write them: read as they are meant, or refused with the line and the reason.

use std::fmt::Write as _;

use super::wrong_files::{findings, in_task};
use crate::domain::definition::Definition;
use crate::domain::event::{NewLabels, ReleaseEvent};
use crate::domain::kinds::{CommandSpec, Kind};
use crate::domain::refusal::Refusal;
use crate::format::{Document, MAX_FILE_LEN, handwritten, parse, render};
use crate::messages::{Locale, refusal, release_event};

fn one(text: &str) -> Document {
    let mut documents = parse(text).expect(text);
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0)
}

fn command(definition: &Definition, name: &str) -> CommandSpec {
    match &definition.task(name).expect(name).1.kind {
        Kind::Command(command) => command.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn f4_a_tag_that_is_not_known_is_refused_with_its_line() {
    let pw = "name: ab\nscript: x\nenvironment:\n  PW: !vault \"x\"";
    for (yaml, line, tag) in [
        ("name: ab\nscript: !!binary ZWNobyBoaQo=", 6, "!!binary"),
        ("name: ab\nscript: !include deploy.sh", 6, "!include"),
        (pw, 8, "!vault"),
        ("name: ab\nscript: !<tag:example.org,2026:x> a", 6, "!<tag:example.org,2026:x>"),
        ("name: ab\nscript: ! a", 6, "!"),
        ("name: ab\nscript: x\nenvironment: !Map\n  A: b", 7, "!Map"),
        ("name: ab\nscript: x\n!key timeout: 1m", 7, "!key"),
        ("name: ab\ntype: manual-approval\napprovers: !some [ann]", 7, "!some"),
        ("name: ab\ntype: manual-approval\napprovers: [!!set ann]", 7, "!!set"),
        ("name: ab\nscript: x\ntimeout: !!timestamp 1m", 7, "!!timestamp"),
    ] {
        let said = format!("The tag {tag} is not known here: nothing is done with it, so take it out.");
        assert_eq!(in_task(yaml), [(format!("{line}: "), said)], "{yaml}");
    }
    let two = findings("name: shop\nx-a: !one 1\nphases: [{name: Build, tasks: [{name: ab, script: !two x}]}]\n");
    assert_eq!(two.len(), 2, "all at once, and where nothing is read too: {two:?}");
}

#[test]
fn f4_a_core_tag_may_say_what_is_so_and_nothing_else() {
    let text = "%YAML 1.2\n---\nname: !!str shop\nbestEffort: !!bool true\nphases: !!seq\n  - !!map\n    name: Build\n    tasks:\n\
                \x20     - name: ab\n        script: !!str |\n          echo\n        environment: {A: !!str ~, B: !!str 1, C: !!null ~}\n\
                \x20       retry: {attempts: !!int 3}\n";
    let document = one(text);
    let ab = command(&document.definition, "ab");
    assert_eq!((ab.script.as_str(), ab.retry.attempts, document.definition.best_effort), ("echo\n", 3, true));
    assert_eq!((ab.environment["A"].as_str(), ab.environment["B"].as_str()), ("~", "1"));
    for (yaml, line, tag) in [
        ("name: ab\nscript: x\nretry: {attempts: !!int '010x'}", 7, "!!int"),
        ("name: ab\nscript: x\ngoOn: !!bool yes", 7, "!!bool"),
        ("name: ab\nscript: !!null x", 6, "!!null"),
        ("name: ab\nscript: !!float x", 6, "!!float"),
        ("name: ab\nscript: !!seq x", 6, "!!seq"),
        ("name: ab\nscript: x\nenvironment: !!str {A: b}", 7, "!!str"),
    ] {
        let said = (format!("{line}: "), format!("The tag {tag} says of this value what is not so."));
        assert!(in_task(yaml).contains(&said), "{yaml}: {:?}", in_task(yaml));
    }
}

#[test]
fn f4_directives_and_empty_documents_are_not_ignored() {
    let rest = "name: shop\nphases: [{name: Build, tasks: [{name: ab, script: \"%no\\n%TAG\"}]}]\n";
    one(&format!("%YAML 1.1\n---\n{rest}"));
    for (head, line, name) in [("%TAG ! tag:x:\n---\n", 1, "TAG"), ("# c\n%FANCY a b\n%YAML 1.2\n---\n", 2, "FANCY")] {
        let said = format!("The directive %{name} is not known here: take it out.");
        assert_eq!(findings(&format!("{head}{rest}")), [(format!("{line}: "), said)]);
    }
    let later = findings(&format!("{rest}...\n%FANCY\n---\n{}", rest.replace("shop", "web")));
    assert_eq!(later, [("4: ".to_owned(), "The directive %FANCY is not known here: take it out.".to_owned())]);
    assert_eq!(parse(&format!("---\n---\n{rest}---\n")).map(|documents| documents.len()), Ok(1), "nothing is nothing");
    let found = findings(&format!("{rest}--- ~\n"));
    assert_eq!(found[0].1, "A release task must be a mapping of keys to values, and is empty.");
    let trailing = findings(&format!("{rest}...\nand something\n"));
    assert_eq!(trailing[0].0, "4: ", "{trailing:?}");
}

#[test]
fn f4_a_value_of_another_type_is_not_bent_into_shape() {
    for (yaml, place, words) in [
        (
            "name: ab\nscript: x\nretry: {attempts: 03}",
            "7: .retry.attempts",
            "without a plus or zeros before it, and is \"03\"",
        ),
        (
            "name: ab\nscript: x\nretry: {attempts: +3}",
            "7: .retry.attempts",
            "without a plus or zeros before it, and is \"+3\"",
        ),
        ("name: ab\nscript: x\nretry: {attempts: 0o3}", "7: .retry.attempts", "must be a whole number, and is \"0o3\""),
        ("name: ab\nscript: x\nretry: {attempts: 3.0}", "7: .retry.attempts", "must be a whole number"),
        ("name: ab\nscript: x\nretry: {attempts: 1e0}", "7: .retry.attempts", "must be a whole number"),
        ("name: ab\nscript: x\nretry: {attempts: 0x3}", "7: .retry.attempts", "must be a whole number"),
        ("name: ab\nscript: x\nretry: {attempts: 1_0}", "7: .retry.attempts", "must be a whole number"),
        ("name: ab\nscript: x\ngoOn: on", "7: .goOn", "must be true or false"),
        ("name: ab\nscript: x\ngoOn: True", "7: .goOn", "must be true or false"),
        ("name: ab\nscript: x\ngoOn: 1", "7: .goOn", "must be true or false"),
        ("name: ab\ntype: verify\nhttp: {url: 'http://here', status: 0200}", "7: .http.status", "a status such as 200"),
        ("name: ab\ntype: manual-approval\napprovers: [ann, ~]", "7: .approvers[1]", "must not be empty"),
        ("name: ab\ntype: manual-approval\napprovers: [ann, ]\nroles:\n  - null", "9: .roles[0]", "must not be empty"),
    ] {
        let found = in_task(yaml);
        assert_eq!(found.len(), 1, "{yaml}\n{found:#?}");
        assert_eq!(found[0].0, place, "{yaml}: {}", found[0].1);
        assert!(found[0].1.contains(words), "{yaml}: {}", found[0].1);
    }
    let letters =
        [("A", "0123"), ("B", "~"), ("C", "null"), ("D", "1e3"), ("E", "2026-01-01"), ("F", "yes"), ("G", "0o17")];
    let map: Vec<String> = letters.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = format!(
        "name: shop\nphases: [{{name: Build, tasks: [{{name: ab, script: x, environment: {{{}, Z: }}}}]}}]\n",
        map.join(", ")
    );
    let document = one(&text);
    let ab = command(&document.definition, "ab");
    for (name, value) in letters {
        assert_eq!(ab.environment[name], value);
    }
    assert_eq!(ab.environment["Z"], "");
    assert_eq!(one(&render(&document)), document);
}

#[test]
fn f16_merge_keys_take_the_keys_of_others_and_an_own_one_wins() {
    let text = "name: shop\nx-common: &common\n  timeout: 5m\n  goOn: true\n  environment: &env\n    LEVEL: info\n    PLACE: here\nx-slow: &slow {timeout: 1h, retry: {attempts: 2}}\n\
                phases:\n  - name: Build\n    tasks:\n      - name: a1\n        <<: *common\n        script: x\n      - <<: [*common, *slow]\n        name: a2\n        script: x\n\
                \x20     - name: a3\n        script: x\n        <<: *slow\n        timeout: 9m\n        environment:\n          <<: *env\n          LEVEL: debug\n\
                \x20     - &last\n        <<: {goOn: true}\n        name: a4\n        script: y\n      - {<<: *last, name: a5}\n";
    let document = one(text);
    let of = |name: &str| command(&document.definition, name);
    assert_eq!(
        (of("a1").timeout, of("a1").continue_on_error, of("a1").environment["PLACE"].as_str()),
        (300, true, "here")
    );
    assert_eq!((of("a2").timeout, of("a2").retry.attempts), (300, 2), "of several the first wins");
    assert_eq!((of("a3").timeout, of("a3").environment["LEVEL"].as_str()), (540, "debug"), "wherever the merge stands");
    assert_eq!(of("a3").environment["PLACE"], "here");
    assert_eq!((of("a5").script.as_str(), of("a5").continue_on_error), ("y", true), "what was merged is merged again");
    assert_eq!(one(&render(&document)), document);
    let lost = handwritten(text);
    assert_eq!(
        (lost.anchors.as_slice(), lost.parked.as_slice()),
        (&["common", "env", "slow", "last"].map(str::to_owned)[..], &["x-common", "x-slow"].map(str::to_owned)[..])
    );
}

#[test]
fn f16_errors_of_merged_keys_name_the_line_that_they_stand_in() {
    let task = |base: &str, task: &str| {
        format!("name: shop\nx-base: &base\n{base}phases:\n  - name: Build\n    tasks:\n      - {task}\n")
    };
    let ab = "phases[0].groups[0].tasks[0]";
    for (text, place, words) in [
        (task("  timeout: 5x\n", "{<<: *base, name: ab, script: x}"), format!("3: {ab}.timeout"), "length of time"),
        (task("  colour: red\n", "{<<: *base, name: ab, script: x}"), format!("3: {ab}.colour"), "has no key colour"),
        (
            task("  script: |\n    a\n    ${tasks.cd}\n", "{<<: *base, name: ab}"),
            format!("5: {ab}.script"),
            "must read tasks.",
        ),
        (
            task("  - a\n", "{<<: *base, name: ab, script: x}"),
            "7: ".to_owned(),
            "or a list of them, and is a single value",
        ),
        (task("  a: 1\n", "{<<: [*base, 1], name: ab, script: x}"), "7: ".to_owned(), "and is a single value"),
        (task("  goOn: true\n", "{<<: *base, name: ab, script: x, <<: {}}"), "7: ".to_owned(), "twice; line 7 has it"),
        (
            task("  goOn: true\n  goOn: false\n", "{name: ab, script: x}"),
            "4: x-base.goOn".to_owned(),
            "goOn twice; line 3",
        ),
        (task("  a: [{b: 1, b: 2}]\n", "{name: ab, script: x}"), "3: x-base.a[0].b".to_owned(), "b twice; line 3"),
    ] {
        let found: Vec<_> = findings(&text).into_iter().filter(|(_, said)| !said.contains("has no key a;")).collect();
        assert_eq!(found.len(), 1, "{text}\n{found:#?}");
        assert_eq!(found[0].0, place, "{text}: {}", found[0].1);
        assert!(found[0].1.contains(words), "{text}: {}", found[0].1);
    }
    let lower = findings("name: shop\nphases: [{name: Build, x-a: 1, tasks: [{name: ab, script: x}]}]");
    assert!(lower[0].1.contains("A phase has no key x-a"), "only at the top: {lower:?}");
    let itself = findings("name: shop\nx-a: &a\n  <<: *a\nphases: []\n");
    assert!(itself[0].1.contains("alias must name something"), "{itself:?}");
}

#[test]
fn f16_merges_do_not_grow_beyond_the_limits() {
    let mut text = "name: shop\nx-0: &m0 {a: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}\n".to_owned();
    for number in 1..30 {
        let before = number - 1;
        let _ =
            writeln!(text, "x-{number}: &m{number} {{a{number}: {{<<: *m{before}, b: *m{before}}}, c: *m{before}}}");
    }
    text += "phases: [{name: Build, tasks: [{name: ab, script: x}]}]\n";
    assert!(text.len() < MAX_FILE_LEN);
    let found = findings(&text);
    assert!(found.iter().any(|(_, said)| said.contains("must not have this many values")), "{found:?}");
}

#[test]
fn f17_a_line_that_is_indented_with_another_blank_is_told_with_what_it_is() {
    let text = "name: shop\nphases:\n\u{a0}\u{a0}- name: Build\n    tasks:\n \u{a0}    - x\n";
    let told = findings(text);
    let lines: Vec<&str> = told.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(lines, ["3: ", "5: "]);
    assert!(told[0].1.contains("a no-break space (U+00A0)"), "{told:?}");
    // In the text of a script it is a letter like any other.
    let told = in_task("name: aa\nscript: |\n  \u{a0}echo\ntimeout: soon");
    assert!(told.iter().all(|(_, sentence)| !sentence.contains("U+00A0")), "{told:?}");
}

#[test]
fn a16_lines_of_scripts_end_with_lf_on_every_road_in_and_a_note_says_so() {
    let text = "name: shop\nphases:\n  - name: Build\n    tasks:\n      - name: build\n        script: \"#!/bin/sh\\r\\n\\techo 1\\r\\n\"\n\
                \x20       environment: { TEXT: \"a\\r\\nb\" }\n      - name: quiet\n        script: make\n";
    let document = parse(text).expect("it is good").remove(0);
    let written = crate::format::render(&document);
    assert!(!written.contains("\\r") && written.contains("TEXT: \"a\\x0d"), "{written}");
    assert_eq!(document.straightened, ["build"]);
    let note = Locale::English.editor().straightened(&document.straightened);
    let expected = "Lines of the script of build ended with CR LF, as on Windows: they end with LF now.";
    assert_eq!(note.as_deref(), Some(expected));
    assert_eq!(Locale::English.editor().straightened(&[]), None);
    let members = [
        ("name", "\"shop\""),
        (
            "stages",
            "[{\"name\": \"Build\", \"groups\": [{\"tasks\": [{\"name\": \"ab\", \"script\": \"a\\r\\nb\"}]}]}]",
        ),
    ];
    assert_eq!(crate::format::from_json(members).expect("it is good").straightened, ["ab"]);
}

#[test]
fn f17_lines_end_as_any_editor_ends_them_and_a_zero_is_refused_with_its_line() {
    let text = "name: shop\nphases:\n  - name: Build\n    tasks:\n      - name: ab\n        script: |\n          a\n\n          b\n";
    for ends in ["\r", "\r\n"] {
        assert_eq!(one(&text.replace('\n', ends)), one(text), "{ends:?}");
        let wrong = text.replace("name: ab", "nam: ab").replace('\n', ends);
        assert_eq!(findings(&wrong)[0].0, "5: phases[0].groups[0].tasks[0].nam", "{ends:?}");
        let zero = text.replace("  b\n", "  b\0\n").replace('\n', ends);
        assert_eq!(findings(&zero)[0].0, "9: ", "{ends:?}");
    }
    let zero = findings(&text.replace("Build", "Bu\0ild"));
    assert_eq!(zero.len(), 1);
    assert!(zero[0].0 == "3: " && zero[0].1.contains("a character with the number 0"), "{zero:?}");
}

#[test]
fn f17_two_halves_of_a_character_are_read_and_one_is_refused_with_its_line() {
    let text = "{\"name\": \"shop\", \"description\": \"\\ud83d\\uDE00 caf\\u00e9\", \"phases\": [{\"name\": \"Build\",\n\
                \"tasks\": [{\"name\": \"ab\", \"script\": \"printf '\\\\ud83d\\\\ude00'\"}]}]}";
    let document = one(text);
    assert_eq!(document.description, "😀 café");
    assert_eq!(command(&document.definition, "ab").script, "printf '\\ud83d\\ude00'");
    let block = "name: shop\nphases:\n  - name: Build\n    tasks:\n      - name: ab\n        script: |\n          printf '\\ud83d\\ude00'\n\
                 \x20       description: \"\\ud83d\\ude00\"\n";
    let document = one(block);
    assert_eq!(command(&document.definition, "ab").script, "printf '\\ud83d\\ude00'\n");
    assert_eq!(document.definition.task("ab").expect("ab").1.description, "😀");
    let said = "\\ud83d is half of a character, and its other half is not beside it. A character beyond \\uffff is written as \
                \\U0001f600, or as both halves: \\ud83d\\ude00.";
    let lone = findings(&block.replace("\\ud83d\\ude00\"", "\\ud83d\\u0041\""));
    assert_eq!(lone, [("8: ".to_owned(), said.to_owned())]);
}

#[test]
fn f17_a_tag_of_the_core_schema_may_be_written_in_full() {
    let text = "name: !<tag:yaml.org,2002:str> shop\nbestEffort: !<tag:yaml.org,2002:bool> true\n\
                phases: [{name: Build, tasks: [{name: ab, script: x}]}]\n";
    assert!(one(text).definition.best_effort);
    let wrong = findings(&text.replace(" true", " yes"));
    assert!(wrong[0].1.contains("The tag !<tag:yaml.org,2002:bool> says of this value what is not so"), "{wrong:?}");
}

#[test]
fn f17_a_unit_in_capitals_is_told_with_what_is_meant() {
    let said = |value: &str| format!("must have its units in small letters, and is {value:?}; did you mean 10m?");
    for yaml in ["name: ab\nscript: x\ntimeout: 10M", "name: ab\ntype: verify\nhttp: {url: 'http://here', under: 10M}"]
    {
        let found = in_task(yaml);
        assert!(found.len() == 1 && found[0].1.contains(&said("10M")), "{found:?}");
    }
}

#[test]
fn f13_what_is_hidden_in_a_definition_is_written_so_that_it_is_seen_and_read_again() {
    let script = "  one \u{200b}two\n\n  three\u{ad} \t\n\tfour\u{feff}\u{3164}\u{e0041}\u{2028}\n";
    let mut document =
        one("name: shop\nphases: [{name: Build, tasks: [{name: ab, script: x, description: \"a\\u202eb\"}]}]\n");
    let task = &mut document.definition.phases[0].groups[0].tasks[0];
    let Kind::Command(command) = &mut task.kind else { panic!("{task:?}") };
    script.clone_into(&mut command.script);
    let written = render(&document);
    assert_eq!(crate::domain::visible::text(&written), written, "nothing is hidden in it");
    assert!(written.contains("description: \"a\\u202eb\""), "{written}");
    let lines = "script: \"  one \\u200btwo\\n\\\n          \\n\\\n          \\x20 three\\xad \\t\\n\\\n          \\tfour\\ufeff\\u3164";
    assert!(written.contains(lines), "{written}");
    assert_eq!(one(&written), document);
    let emoji = one(
        "name: shop\ndescription: \"👩\\u200d💻 ❤\\ufe0f\"\nphases: [{name: Build, tasks: [{name: ab, script: x}]}]\n",
    );
    assert!(render(&emoji).contains("👩\u{200d}💻 ❤\u{fe0f}"), "what is seen stays as it is");
}

#[test]
fn f26_activity_says_what_changed_beside_the_definition() {
    let labels =
        |renamed_from: Option<&str>, described| NewLabels { renamed_from: renamed_from.map(str::to_owned), described };
    let described = |labels| ReleaseEvent::Described { name: "shop".to_owned(), labels };
    for (happened, sentence) in [
        (
            ReleaseEvent::Edited { version: 2, note: Some("two gates".to_owned()), labels: labels(None, true) },
            "saved version 2 and changed the description: two gates",
        ),
        (described(labels(None, true)), "changed the description"),
        (described(labels(Some("web"), false)), "changed the name, which was web"),
        (described(labels(Some("web"), true)), "changed the description and the name, which was web"),
    ] {
        assert_eq!(release_event(&happened, Locale::default()), sentence);
    }
    let earlier = serde_json::from_str(r#"{"event":"described","name":"shop"}"#).expect("of an earlier version");
    assert_eq!(release_event(&earlier, Locale::default()), "changed the name or the description of shop");
}

#[test]
fn f22_a_name_in_another_region_is_refused_with_the_way_out() {
    let elsewhere = Refusal::InOtherRegion { name: "shop".to_owned(), region: "eu-west".to_owned() };
    assert_eq!(
        refusal(&elsewhere, Locale::default()),
        "The team has shop in eu-west already, and a name is unique in its team over all regions. Name the region eu-west to \
         change that one, or give this one another name."
    );
}
