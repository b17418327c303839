//! Near references: as other tools write theirs, or mistyped. A shell fails at some of it when the release is half
//! done, and passes the rest on as it stands.

use std::ops::Range;

use super::{Reference, parse};

/// The most bytes that are looked at for an end.
const MAX_LEN: usize = 300;

/// Something that is nearly a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// As it stands in the text.
    pub text: String,
    /// What was meant, where that can be told.
    pub meant: Option<Reference>,
    /// No shell can do anything with it, and it names what only references name.
    pub certain: bool,
    /// How many line ends stand before it.
    pub line: usize,
}

/// How something is written that is nearly a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notation {
    /// `${…}` or `${{ … }}`.
    Braces,
    /// `$(…)`, which runs a command of that name.
    Parentheses,
    /// `{{ … }}`, as templates have it.
    Template,
    /// `$…` without braces.
    Bare,
}

/// All of a text that is nearly a reference, in its order.
pub(in crate::domain) fn near_misses(text: &str) -> Vec<NearMiss> {
    let (own, wrong) = super::scan(text);
    // What is one, or begins like one, is judged elsewhere.
    if own.is_empty() && wrong.is_empty() && !text.contains('$') && !text.contains("{{") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let (mut behind, mut line, mut counted) = (0, 0, 0);
    for (start, _) in text.match_indices(['$', '{']) {
        if start < behind {
            continue;
        }
        let Some((notation, inside, range)) = written(text, start) else { continue };
        let Some((meant, is_own_word)) = meant(inside) else { continue };
        let is_exact = is_own_word && matches!(notation, Notation::Braces | Notation::Parentheses);
        // With another word, or in another notation, it may be somebody else's.
        if meant.is_none() && (!is_exact || notation == Notation::Parentheses) {
            continue;
        }
        line += text[counted..start].matches('\n').count();
        counted = start;
        behind = range.end;
        found.push(NearMiss { text: super::shown(&text[range]), meant, certain: is_exact, line });
    }
    found
}

/// What begins there: how it is written, what stands in it, and where.
fn written(text: &str, start: usize) -> Option<(Notation, &str, Range<usize>)> {
    let rest = &text[start..];
    let forms = [
        ("${{", "}}", Notation::Braces),
        ("${", "}", Notation::Braces),
        ("$(", ")", Notation::Parentheses),
        ("{{", "}}", Notation::Template),
    ];
    for (open, close, notation) in forms {
        let Some(inner) = rest.strip_prefix(open) else { continue };
        let until = inner.find('\n').unwrap_or(inner.len()).min(MAX_LEN);
        let until = inner.floor_char_boundary(until);
        let end = inner[..until].find(close)?;
        let is_ours = open == "${" && super::OWN.iter().any(|word| inner.starts_with(word));
        return (!is_ours).then_some((notation, &inner[..end], start..start + open.len() + end + close.len()));
    }
    let bare = rest.strip_prefix('$')?;
    let end = bare.find(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c)).unwrap_or(bare.len());
    let path = bare[..end].trim_end_matches(['.', '-']);
    Some((Notation::Bare, path, start..start + 1 + path.len()))
}

/// The reference that is meant, if one can be made of it, and whether the first word is one of ours; nothing if it has nothing to do with
/// references.
fn meant(inside: &str) -> Option<(Option<Reference>, bool)> {
    let (path, default) = inside.split_once(":-").map_or((inside, None), |(path, default)| (path, Some(default)));
    let parts: Vec<&str> = path.trim().split('.').map(str::trim).collect();
    let (first, rest) = parts.split_first()?;
    let is_name = |part: &&str| !part.is_empty() && part.chars().all(super::names::is_name_character);
    if rest.is_empty() || !parts.iter().all(is_name) {
        return None;
    }
    let (word, is_own) = match first.to_ascii_lowercase().as_str() {
        "tasks" => ("tasks", true),
        "vars" => ("vars", true),
        "release" => ("release", true),
        "task" | "steps" | "step" | "jobs" | "job" => ("tasks", false),
        "var" | "variables" | "variable" | "inputs" | "params" => ("vars", false),
        "releases" => ("release", false),
        _ => return None,
    };
    let rest: Vec<String> = match rest {
        [name, what, key] => match what.to_ascii_lowercase().as_str() {
            "outputs" | "output" => vec![(*name).to_owned(), "outputs".to_owned(), (*key).to_owned()],
            "decision" => vec![(*name).to_owned(), "decision".to_owned(), key.to_ascii_lowercase()],
            _ => rest.iter().map(|part| (*part).to_owned()).collect(),
        },
        [part] if word == "release" => vec![part.to_ascii_lowercase()],
        _ => rest.iter().map(|part| (*part).to_owned()).collect(),
    };
    let default = default.map(|default| format!(":-{default}")).unwrap_or_default();
    Some((parse(&format!("{word}.{}{default}", rest.join("."))).ok(), is_own))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(String, Option<String>, bool)> {
        let found = near_misses(text).into_iter();
        found.map(|miss| (miss.text, miss.meant.map(|meant| meant.to_string()), miss.certain)).collect()
    }

    #[test]
    fn f19_what_no_shell_can_do_anything_with_is_certain() {
        let output = "${tasks.build.outputs.n}";
        for (text, meant) in [
            ("${ tasks.build.outputs.n }", output),
            ("${tasks .build.outputs.n}", output),
            ("${Tasks.build.outputs.n}", output),
            ("${TASKS.build.Outputs.n}", output),
            ("${{ tasks.build.outputs.n }}", output),
            ("${{tasks.build.output.n}}", output),
            ("$(tasks.build.outputs.n)", output),
            ("${ tasks.go.decision.By }", "${tasks.go.decision.by}"),
            ("${ vars.x:-a b }", "${vars.x:-a b }"),
            ("${Release.Name}", "${release.name}"),
        ] {
            assert_eq!(of(text), [(text.to_owned(), Some(meant.to_owned()), true)], "{text}");
        }
        assert_eq!(of("${ release.nmae }"), [("${ release.nmae }".to_owned(), None, true)]);
    }

    #[test]
    fn f19_what_may_be_of_another_tool_is_not_certain() {
        for (text, meant) in [
            ("{{ tasks.build.outputs.n }}", "${tasks.build.outputs.n}"),
            ("{{release.name}}", "${release.name}"),
            ("${task.build.outputs.n}", "${tasks.build.outputs.n}"),
            ("${{ steps.build.outputs.n }}", "${tasks.build.outputs.n}"),
            ("${var.x}", "${vars.x}"),
            ("${variables.x}", "${vars.x}"),
            ("${{ inputs.x }}", "${vars.x}"),
            ("$tasks.build.outputs.n", "${tasks.build.outputs.n}"),
            ("$vars.x", "${vars.x}"),
        ] {
            assert_eq!(of(text), [(text.to_owned(), Some(meant.to_owned()), false)], "{text}");
        }
        assert_eq!(of("cp $tasks.build.outputs.n.")[0].0, "$tasks.build.outputs.n", "the end of a sentence");
        assert_eq!(near_misses("a\nb\n${ vars.x }")[0].line, 2);
    }

    #[test]
    fn f19_what_is_a_reference_or_of_the_shell_is_none() {
        for text in [
            "${tasks.build.outputs.n}",
            "${tasks.build}",
            "${release.nmae}",
            "${ x; }",
            "${ tasks.sh; }",
            "${x}",
            "${HOME}",
            "$release",
            "$release.tar.gz",
            "$(tasks)",
            "$(tasks.sh run)",
            "$(release.sh)",
            "{{ .Release.Name }}",
            "{{ item.name }}",
            "{{ release }}",
            "$((1 + 2))",
            "${.sh.version}",
            "${tasks.",
            "${ tasks.build\n}",
            "é${{é",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
    }
}
