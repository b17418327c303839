//! Sentences: the rules and the format of files have none, they have values, and `messages` makes sentences of them, in a
//! folder for each language.

use super::{Source, none, texts};

/// Two words with a blank between them, or a word beside a place for a value: what nobody but a reader needs.
fn has_words(literal: &str) -> bool {
    let before = |c: char| c.is_ascii_alphabetic() || c == '}';
    let after = |c: char| c.is_ascii_lowercase() || c == '{';
    literal.match_indices(' ').any(|(at, _)| literal[..at].ends_with(before) && literal[at + 1..].starts_with(after))
}

/// The lines of production code with words for people in a literal.
fn sentences(source: &Source) -> Vec<String> {
    let tests = source.text.lines().position(|line| line == "mod tests {").unwrap_or(usize::MAX);
    let code = source.code().take_while(|(number, _)| *number <= tests);
    let said = code.filter(|(_, line)| {
        let plain = line.replace("\\\"", "").replace("'\"'", "");
        let literals = plain.split('"').skip(1).step_by(2);
        // Why a lint is expected is a comment.
        !line.contains("reason = \"") && literals.into_iter().any(has_words)
    });
    said.map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim())).collect()
}

#[test]
fn rules_and_formats_have_values_and_no_sentences() {
    let is_tested = |source: &Source| !source.path.contains("/tests");
    let wrong: Vec<String> = texts(&["src/domain", "src/format"], Some("rs"))
        .iter()
        .filter(|it| is_tested(it))
        .flat_map(sentences)
        .collect();
    none(&wrong, "A fault, a refusal or a status is a value; src/messages has the sentence about it, by locale.");
}

#[test]
fn words_stand_in_the_folder_of_their_language() {
    let wrong: Vec<String> = texts(&["src/messages", "src/pages/kinds"], Some("rs"))
        .iter()
        .filter(|it| !it.is_in("src/messages/english/") && !it.path.contains("/tests"))
        .flat_map(sentences)
        .collect();
    none(&wrong, "A sentence is a method of a trait in src/messages, written in src/messages/english.");
}

#[test]
fn sentences_are_found_however_they_are_written() {
    let text = "fn a() {\n    add(format!(\"The script of {name} is wrong.\"));\n    \"no: {value}\";\n    \
                \"It took \\\n     longer\";\n    // \"A comment stays.\"\n    \"must not be {found}\";\n}\n\
                mod tests {\n    \"A test stays.\";\n}\n";
    let found = sentences(&Source { path: "a.rs".to_owned(), text: text.to_owned() });
    let lines: Vec<&str> = found.iter().filter_map(|line| line.split(':').nth(1)).collect();
    assert_eq!(lines, ["2", "4", "7"]);
}
