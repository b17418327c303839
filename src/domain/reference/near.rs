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
    /// `$((…))`, which reckons.
    Arithmetic,
    /// `{{ … }}`, `#{…}` and `<%= … %>`, as templates have it, and what else may be of others.
    Template,
    /// `$…` without braces.
    Bare,
}

const FORMS: [(&str, &str, Notation); 12] = [
    ("${{", "}}", Notation::Braces),
    ("${", "}", Notation::Braces),
    ("$((", "))", Notation::Arithmetic),
    ("$(", ")", Notation::Parentheses),
    ("$[", "]", Notation::Template),
    ("{{", "}}", Notation::Template),
    ("((", "))", Notation::Template),
    ("#{", "}", Notation::Template),
    ("@{", "}", Notation::Template),
    ("%{", "}", Notation::Template),
    ("<%=", "%>", Notation::Template),
    ("<%", "%>", Notation::Template),
];

/// What was meant by something, as far as that can be told.
struct Meaning {
    reference: Option<Reference>,
    /// The first word is one of ours.
    is_own: bool,
    /// A shell could read it as a value of an array.
    is_array: bool,
}

/// All of a text that is nearly a reference, in its order.
pub(in crate::domain) fn near_misses(text: &str) -> Vec<NearMiss> {
    // What is one, or begins like one, is judged elsewhere.
    if !["$", "{{", "((", "#{", "@{", "%{", "<%"].iter().any(|begin| text.contains(begin)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let (mut behind, mut line, mut counted) = (0, 0, 0);
    for (start, _) in text.match_indices(['$', '{', '(', '#', '@', '%', '<']) {
        if start < behind {
            continue;
        }
        let Some((notation, inside, range)) = written(text, start) else { continue };
        let is_sum = text[range.clone()].trim_start_matches('$').starts_with("((");
        let meaning = if is_sum { in_arithmetic(inside) } else { meant(inside) };
        let Some(Meaning { reference, is_own, is_array }) = meaning else { continue };
        let is_exact = is_own && !is_array && !matches!(notation, Notation::Bare | Notation::Template);
        // With another word, or in another notation, it may be somebody else's.
        if reference.is_none() && !(is_exact && notation == Notation::Braces) {
            continue;
        }
        line += text[counted..start].matches('\n').count();
        counted = start;
        behind = range.end;
        found.push(NearMiss { text: super::shown(&text[range]), meant: reference, certain: is_exact, line });
    }
    found
}

/// What begins there: how it is written, what stands in it, and where.
fn written(text: &str, start: usize) -> Option<(Notation, &str, Range<usize>)> {
    let rest = &text[start..];
    for (open, close, notation) in FORMS {
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

/// The first path in a sum that names what only references name.
fn in_arithmetic(sum: &str) -> Option<Meaning> {
    let is_of_path = |letter: char| super::names::is_name_character(letter) || letter == '.';
    let mut from = 0;
    for path in sum.split(|letter: char| !is_of_path(letter)) {
        let before = &sum[..from];
        from = sum.len().min(from + path.len() + sum[from + path.len()..].chars().next().map_or(0, char::len_utf8));
        let is_value = before.ends_with(['$', '{']);
        let meaning = meant(path).filter(|meaning| !is_value && meaning.is_own && meaning.reference.is_some());
        if meaning.is_some() {
            return meaning;
        }
    }
    None
}

/// What is meant; nothing if it has nothing to do with references.
fn meant(inside: &str) -> Option<Meaning> {
    let (path, default) = inside.split_once(":-").map_or((inside, None), |(path, default)| (path, Some(default)));
    // Of a shell: the length of a value, or the value of another. Of templates: a filter, a dot first, and blanks that go.
    let path = path.split_once('|').map_or(path, |(path, _)| path).trim();
    let path = path.trim_start_matches(['#', '!', '-']).trim_end_matches('-').trim();
    // With a dot and a capital it is Helm's.
    let (path, may_be_capital) = path.strip_prefix('.').map_or((path, true), |path| (path, false));
    let is_array = path.contains('[') && !path.contains('.');
    let path = with_dots(path);
    let parts: Vec<&str> = path.split('.').map(str::trim).collect();
    let (first, rest) = parts.split_first()?;
    let is_name = |part: &&str| !part.is_empty() && part.chars().all(super::names::is_name_character);
    if rest.is_empty() || !parts.iter().all(is_name) {
        return None;
    }
    if !may_be_capital && first.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        return None;
    }
    let (word, is_own) = match first.to_ascii_lowercase().as_str() {
        "tasks" => ("tasks", true),
        "vars" => ("vars", true),
        "secrets" => ("secrets", true),
        "release" => ("release", true),
        _ if is_of_task(rest) => ("tasks", false),
        "task" | "steps" | "step" | "jobs" | "job" | "needs" | "dependencies" | "stages" | "stage" => ("tasks", false),
        "var" | "variables" | "variable" | "inputs" | "params" => ("vars", false),
        "secret" => ("secrets", false),
        "releases" => ("release", false),
        _ => return None,
    };
    let named: &[&str] = if is_own || !is_of_task(rest) { rest } else { &parts };
    let rest: Vec<String> = match named {
        [name, what, key] => match what.to_ascii_lowercase().as_str() {
            "outputs" | "output" => vec![(*name).to_owned(), "outputs".to_owned(), (*key).to_owned()],
            "decision" => vec![(*name).to_owned(), "decision".to_owned(), key.to_ascii_lowercase()],
            _ => rest.iter().map(|part| (*part).to_owned()).collect(),
        },
        [part] if word == "release" => vec![part.to_ascii_lowercase()],
        _ => rest.iter().map(|part| (*part).to_owned()).collect(),
    };
    let default = default.map(|default| format!(":-{default}")).unwrap_or_default();
    let reference = parse(&format!("{word}.{}{default}", rest.join("."))).ok();
    Some(Meaning { reference, is_own, is_array })
}

/// Whether that is what stands behind the name of a task, so that only `tasks.` is missing before it.
fn is_of_task(rest: &[&str]) -> bool {
    matches!(rest, [what, _] if ["outputs", "output", "decision"].contains(&what.to_ascii_lowercase().as_str()))
}

/// The path with `.name` in place of `[name]` and `["name"]`.
fn with_dots(path: &str) -> String {
    let mut dotted = path.to_owned();
    for quote in ["\"", "'", ""] {
        dotted = dotted.replace(&format!("[{quote}"), ".").replace(&format!("{quote}]"), "");
    }
    dotted
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
            ("${#tasks.build.outputs.n}", output),
            ("${{ secrets.TOKEN }}", "${secrets.TOKEN}"),
            ("${!tasks.build.outputs.n}", output),
            ("${tasks[\"build\"].outputs.n}", output),
            ("${tasks['build'].outputs['n']}", output),
            ("${tasks[build].outputs.n}", output),
            ("$((tasks.build.outputs.n))", output),
            ("$((1 + tasks.build.outputs.n * 2))", output),
            ("$(( ${x} + vars.x ))", "${vars.x}"),
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
            ("${secret.TOKEN}", "${secrets.TOKEN}"),
            ("${variables.x}", "${vars.x}"),
            ("${{ inputs.x }}", "${vars.x}"),
            ("$tasks.build.outputs.n", "${tasks.build.outputs.n}"),
            ("$vars.x", "${vars.x}"),
            ("{{ .tasks.build.outputs.n }}", "${tasks.build.outputs.n}"),
            ("{{- tasks.build.outputs.n | trim -}}", "${tasks.build.outputs.n}"),
            ("((tasks.build.outputs.n > 3))", "${tasks.build.outputs.n}"),
            ("#{vars.x}", "${vars.x}"),
            ("@{tasks.build.outputs.n}", "${tasks.build.outputs.n}"),
            ("%{vars.x}", "${vars.x}"),
            ("<%= tasks.build.outputs.n %>", "${tasks.build.outputs.n}"),
            ("<%- vars.x -%>", "${vars.x}"),
            ("${needs.build.outputs.n}", "${tasks.build.outputs.n}"),
            ("${{ needs.build.outputs.n }}", "${tasks.build.outputs.n}"),
            ("${dependencies.build.outputs['n']}", "${tasks.build.outputs.n}"),
            ("$[variables.x]", "${vars.x}"),
            ("${vars[x]}", "${vars.x}"),
            ("${vars['x']}", "${vars.x}"),
            ("${build.outputs.n}", "${tasks.build.outputs.n}"),
            ("${job.outputs.n:-x}", "${tasks.job.outputs.n:-x}"),
            ("${go.decision.By}", "${tasks.go.decision.by}"),
            ("$build.outputs.n", "${tasks.build.outputs.n}"),
            ("{{ build.outputs.n }}", "${tasks.build.outputs.n}"),
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
            "$((${tasks.build.outputs.n} + 1))",
            "$((n.m + 1))",
            "${#vars[@]}",
            "${vars[@]}",
            "${#x}",
            "[[ a =~ ((vars)) ]]",
            "${.sh.version}",
            "${tasks.",
            "${ tasks.build\n}",
            "curl -w '%{http_code}' user@host.name",
            "cat <<E",
            "<% if x %>",
            "é${{é",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
    }
}
