//! References: what is one is found where it stands, what is none stays as it is, and a value is never read again.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tollgate::domain::kinds::{CommandSpec, Retry};
use tollgate::domain::reference::{ReferenceSpan, fill, fill_or, references, resolve};

use crate::fuzz::{Fuzz, hash};
use crate::worked;

const WORDS: &[&str] = &[
    "${",
    "}",
    "${tasks.",
    "${release.",
    "${vars.",
    "${vars.version}",
    "${vars.note:-none}",
    "${tasks.build.outputs.site}",
    "${tasks.go-live.decision.by}",
    "${tasks.build.outputs.site:-none}",
    "${release.name}",
    "${release.execution:-}",
    ".outputs.",
    ".decision.",
    ":-",
    "by",
    "verdict",
    "comment",
    "at",
    "name",
    "region",
    "team",
    "$",
    "$$",
    "\\",
    "'",
    "\"",
    "\n",
    "\r",
    ".",
    "-",
    "_",
    "${HOME}",
    "${x:-",
    "${TOLLGATE_REF_1}",
    "é",
    "\0",
    "#!/bin/sh\n",
    "a",
    "1",
];
/// Every reference has it as its value: read once more, it would be something else.
const VALUE: &str = "${release.name}${tasks.build.outputs.site:-x}$(id)`id`\n}";

#[test]
fn references_in_texts() {
    let corpus = crate::corpus("references");
    Fuzz { name: "references_in_texts", corpus, words: WORDS, cases: 20_000, longest: 4096 }
        .run(|input| holds(&String::from_utf8_lossy(input)));
}

/// As long as a script may be, of one word: the time stays bounded.
#[test]
fn references_of_one_word_repeated() {
    for word in WORDS {
        let text = word.repeat(64 * 1024 / word.len());
        let before = worked();
        let _ = references(&text);
        let took = worked().checked_sub(before).unwrap();
        assert!(took.as_secs() < 20, "{word:?} repeated takes {took:?}");
    }
}

fn holds(text: &str) -> u64 {
    let mut kinds = String::new();
    let found = match references(text) {
        Ok(found) => found,
        Err(wrong) => {
            assert!(!wrong.is_empty());
            let mut from = 0;
            for wrong in &wrong {
                assert!(wrong.line <= text.matches('\n').count());
                assert!(wrong.text.starts_with("${"));
                let start: String = wrong.text.chars().take(80).collect();
                from += text[from..].find(&start).expect("what is wrong stands in the text");
                let _ = write!(kinds, "{:?}", std::mem::discriminant(&wrong.fault));
            }
            kinds.push('!');
            // It was refused when it was saved. If it runs all the same, nothing may break.
            let _ = fill(text, &|_| Some(VALUE.to_owned()));
            let _ = fill_or(text, "…", &|_| None);
            return hash(kinds.as_bytes());
        }
    };
    let (mut from, mut filled, mut script) = (0, String::new(), String::new());
    let mut names: Vec<String> = Vec::new();
    for ReferenceSpan { reference, range, line } in &found {
        assert!(range.start >= from, "references stand one after the other");
        let own = &text[range.clone()];
        let is_ours = ["${tasks.", "${vars.", "${release."].iter().any(|begin| own.starts_with(begin));
        assert!(is_ours && own.ends_with('}'), "{own:?}");
        assert!(!own.contains('\n') && own.matches("${").count() == 1, "{own:?}");
        assert_eq!(reference.to_string(), own);
        assert_eq!(*line, text[..range.start].matches('\n').count());
        let number = names.iter().position(|known| known == own).unwrap_or_else(|| {
            names.push(own.to_owned());
            names.len() - 1
        });
        for (out, value) in [(&mut filled, VALUE), (&mut script, &format!("${{TOLLGATE_REF_{}}}", number + 1))] {
            out.push_str(&text[from..range.start]);
            out.push_str(value);
        }
        from = range.end;
        let _ = write!(kinds, "{:?}{}", std::mem::discriminant(&reference.source), reference.default.is_some());
    }
    filled.push_str(&text[from..]);
    script.push_str(&text[from..]);

    assert_eq!(fill(text, &|_| Some(VALUE.to_owned())).as_deref(), Ok(filled.as_str()));
    assert_eq!(fill(text, &|_| None).is_err(), found.iter().any(|found| found.reference.default.is_none()));
    assert_eq!(fill_or(text, VALUE, &|_| Some(VALUE.to_owned())), filled);
    let resolved = resolve(&command(text), false, &|_| Some(VALUE.to_owned()), &|_| true).unwrap();
    assert_eq!(resolved.script, script);
    assert_eq!(resolved.environment["OWN"], filled);
    assert_eq!(resolved.working_folder.as_deref(), Some(filled.as_str()));
    assert_eq!(resolved.environment.len(), 1 + names.len());
    assert!(resolved.environment.iter().filter(|(name, _)| *name != "OWN").all(|(_, value)| value == VALUE));
    hash(kinds.as_bytes())
}

fn command(text: &str) -> CommandSpec {
    CommandSpec {
        script: text.to_owned(),
        rollback: None,
        target: None,
        working_folder: Some(text.to_owned()),
        environment: BTreeMap::from([("OWN".to_owned(), text.to_owned())]),
        timeout: 1,
        retry: Retry::default(),
        continue_on_error: false,
        leave_running: false,
    }
}
