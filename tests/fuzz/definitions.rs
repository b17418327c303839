//! Release tasks as code: every file is read to the same again, or told what is wrong in lines that it has.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use tollgate::domain::kinds::Kind;
use tollgate::domain::validate;
use tollgate::format::{Document, Finding, MAX_FILE_LEN, MAX_FINDINGS, parse, render, render_all};
use tollgate::messages::{Locale, finding as told_finding, format_fault};

use crate::fuzz::{Fuzz, hash};
use crate::worked;

/// The longest that a file may be worked on, built without optimization.
const TIMEOUT: Duration = Duration::from_mins(1);

const WORDS: &[&str] = &[
    "name: ",
    "description: ",
    "team: ",
    "region: ",
    "bestEffort: true\n",
    "phases:\n",
    "groups:\n",
    "tasks:\n",
    "type: ",
    "command",
    "wait",
    "manual-approval",
    "manual-trigger",
    "script: ",
    "rollback: ",
    "workingFolder: ",
    "environment:\n",
    "timeout: ",
    "retry:\n",
    "attempts: ",
    "delay: ",
    "goOn: ",
    "leaveRunning: ",
    "for: ",
    "until: ",
    "zone: ",
    "approvers: ",
    "roles: ",
    "required: ",
    "starterMayApprove: ",
    "deadline: ",
    "onDeadline: ",
    "check: ",
    "stay",
    "reject",
    "approver",
    "viewer",
    "30s",
    "1h 30m",
    "500ms",
    "22:00",
    "Europe/Berlin",
    "1day",
    "&a ",
    "*a",
    "&a",
    "*b",
    "<<: *a\n",
    "- ",
    "? ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\"",
    "'",
    "|\n",
    ">\n",
    "|-\n",
    ">+\n",
    "|2\n",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "%TAG ! x\n",
    "!!str ",
    "!a ",
    "# x\n",
    "\t",
    "\r",
    "\r\n",
    "\n\n",
    "\\n",
    "\\e[2J",
    "\\0",
    "\\x",
    "\\uD800",
    "~",
    "null",
    "${tasks.",
    "${tasks.build-web.outputs.site}",
    "${tasks.go-live.decision.by}",
    "${release.name}",
    ":-",
    "#!/usr/bin/env python3\n",
    "a: b\n",
    "- a\n",
    "\u{85}",
    "@",
    "`",
];

#[test]
fn definitions() {
    let mut corpus = crate::corpus("definitions");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    corpus.extend(crate::files(&root.join("demo")));
    let docs = std::fs::read_to_string(root.join("docs/format.md")).unwrap();
    let blocks = docs.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    corpus.extend(blocks.map(|block| block.as_bytes().to_vec()));
    for file in ["every-key.yaml", "ten-mistakes.yaml"] {
        corpus.push(std::fs::read(root.join("src/format/tests").join(file)).unwrap());
    }
    let small = |input: &Vec<u8>| input.len() <= 16 * 1024;
    corpus.retain(small);
    Fuzz { name: "definitions", corpus, words: WORDS, cases: 1500, longest: 16 * 1024 }
        .run(|input| holds(&String::from_utf8_lossy(input)));
}

/// Each word a hundred thousand times, alone and in pairs: time and what is told stay bounded.
#[test]
fn definitions_of_one_word_repeated() {
    let size = if std::env::var_os("TOLLGATE_FUZZ_SECONDS").is_some() { MAX_FILE_LEN } else { 16 * 1024 };
    for (index, word) in WORDS.iter().enumerate() {
        let other = WORDS[(index * 7 + 3) % WORDS.len()];
        for pattern in [(*word).to_owned(), format!("{word}{other}"), format!("{word}\n{other}")] {
            holds(&pattern.repeat(size / pattern.len()));
            holds(&format!(
                "name: shop\nphases:\n- name: Build\n  tasks:\n  - name: ab\n    script: {}",
                pattern.repeat(size / pattern.len())
            ));
        }
    }
}

fn holds(text: &str) -> u64 {
    let before = worked();
    let read = parse(text);
    let took = worked().checked_sub(before).unwrap();
    assert!(took < TIMEOUT, "reading {} bytes took {took:?}", text.len());
    match read {
        Ok(documents) => good(&documents),
        Err(findings) => wrong(text, &findings),
    }
}

fn good(documents: &[Document]) -> u64 {
    assert!(!documents.is_empty(), "a good file has something in it");
    for document in documents {
        assert_eq!(validate::validate(&document.definition), []);
        assert_eq!(validate::validate_naming(&document.name, &document.description), []);
        let written = render(document);
        assert_eq!(parse(&written).as_deref(), Ok(std::slice::from_ref(document)), "{written}");
    }
    assert_eq!(parse(&render_all(documents)).as_deref(), Ok(documents));
    let shape = |document: &Document| {
        let kind = |kind: &Kind| std::mem::discriminant(kind);
        let tasks: Vec<_> = document.definition.tasks().map(|(place, task)| (place, kind(&task.kind))).collect();
        format!("{tasks:?}")
    };
    hash(documents.iter().map(shape).collect::<String>().as_bytes())
}

fn wrong(text: &str, findings: &[Finding]) -> u64 {
    // Lines as YAML counts them.
    let lines = 1 + text.replace("\r\n", "\n").matches(['\n', '\r']).count();
    assert!(!findings.is_empty(), "a wrong file has something wrong with it");
    assert!(findings.len() <= MAX_FINDINGS, "{} findings", findings.len());
    assert!(
        findings[..findings.len() - 1].is_sorted_by(|one, other| (one.line, &one.at) <= (other.line, &other.at))
            && findings.is_sorted_by_key(|finding| finding.line)
    );
    for finding in findings {
        let told = told_finding(finding, Locale::English);
        let rule = format_fault(&finding.fault, Locale::English);
        assert!((1..=lines).contains(&finding.line), "there is no such line: {told}");
        assert!(rule.starts_with(|c: char| !c.is_whitespace()), "no sentence: {told:?}");
        assert!(rule.ends_with(['.', '?']), "a sentence without an end: {told:?}");
        let length = told.chars().count();
        assert!(length <= 620, "{length} characters: {told}");
        assert!(!told.contains(char::is_control), "not for a terminal: {told:?}");
    }
    let skeleton = |finding: &Finding| {
        let field = finding.at.rsplit(['.', ']']).next().unwrap_or_default();
        let rule = format_fault(&finding.fault, Locale::English);
        let words: Vec<&str> = rule.split(' ').filter(|word| word.chars().all(|c| c.is_ascii_lowercase())).collect();
        format!("{field}: {}", words[..words.len().min(6)].join(" "))
    };
    let kinds: BTreeSet<String> = findings.iter().take(4).map(skeleton).collect();
    hash(kinds.into_iter().collect::<String>().as_bytes())
}
