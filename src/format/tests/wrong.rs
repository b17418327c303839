//! Wrong files tell everything that is wrong with them, each with its line.

use crate::format::{LARGEST_FILE, parse};

/// What is wrong with a text, as `LINE: FIELD` and the whole sentence.
fn findings(text: &str) -> Vec<(String, String)> {
    let findings = parse(text).expect_err("the file is wrong");
    findings.into_iter().map(|f| (format!("{}: {}", f.line, f.at), f.rule)).collect()
}

fn places(text: &str) -> Vec<String> {
    findings(text).into_iter().map(|(place, _)| place).collect()
}

/// The one finding of a release task with that task, whose first key stands in line 5.
fn task(yaml: &str) -> (String, String) {
    let mut text = "name: shop\nphases:\n  - name: Build\n    tasks:\n".to_owned();
    for (index, line) in yaml.lines().enumerate() {
        text.push_str(if index == 0 { "      - " } else { "        " });
        text.push_str(line);
        text.push('\n');
    }
    let mut found = findings(&text);
    assert_eq!(found.len(), 1, "{text}\n{found:#?}");
    let (place, rule) = found.remove(0);
    (place.replace("phases[0].groups[0].tasks[0]", ""), rule)
}

#[test]
fn ten_mistakes_are_told_at_once() {
    let text = include_str!("ten-mistakes.yaml");
    let found = findings(text);
    let told: Vec<(&str, &str)> = found.iter().map(|(place, rule)| (place.as_str(), rule.as_str())).collect();
    assert_eq!(
        told,
        [
            ("3: name", "The name of a release task must end with a letter or a digit."),
            ("5: bestEfort", "A release task has no key bestEfort; did you mean bestEffort?"),
            (
                "12: phases[0].groups[0].tasks[0].timeout",
                "The timeout must have a unit, such as 10s or 10m.",
            ),
            (
                "13: phases[0].groups[0].tasks[0].skript",
                "The task build-web has no key skript; did you mean script?",
            ),
            ("10: phases[0].groups[0].tasks[0].script", "The task build-web must have the key script."),
        ]
        .as_slice(),
        "{told:#?}"
    );
}
