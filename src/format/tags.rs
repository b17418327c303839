//! Tags and directives of YAML. A tag of the core schema may stand where it says what is so anyway; every other one asks for
//! something that is not done here, and is refused, like every directive but the version: nothing of a file is ignored.

use saphyr_parser::Tag;

use super::fault::FileFault;
use super::tree::{Scalar, Value};

/// How the names of the core schema begin.
const CORE: &str = "tag:yaml.org,2002:";

/// Whether the tag says that the key `<<` is what it is.
pub(super) fn is_merge(tag: &Tag) -> bool {
    core(tag) == Some("merge")
}

/// The name of a tag of the core schema, in short or in full: `!!str`, `!<tag:yaml.org,2002:str>`.
fn core(tag: &Tag) -> Option<&str> {
    match tag.handle.as_str() {
        CORE => Some(&tag.suffix),
        "" => tag.suffix.strip_prefix(CORE),
        _ => None,
    }
}

/// What is wrong with a tag of a value; a text that is said to be one is never nothing.
pub(super) fn check(tag: &Tag, value: &mut Value) -> Option<FileFault> {
    let Some(name) = core(tag) else { return Some(FileFault::UnknownTag { tag: written(tag) }) };
    let agrees = match (name, value) {
        ("str", Value::Scalar(scalar)) => {
            scalar.is_null = false;
            true
        }
        ("null", Value::Scalar(scalar)) => {
            scalar.is_null = is_null(&scalar.text);
            scalar.is_null
        }
        ("bool", Value::Scalar(scalar)) => ["true", "false"].contains(&scalar.text.as_str()),
        ("int", Value::Scalar(scalar)) => is_integer(scalar),
        ("float", Value::Scalar(scalar)) => scalar.text.parse::<f64>().is_ok_and(f64::is_finite),
        ("seq", Value::Sequence(_)) | ("map", Value::Mapping(_)) => true,
        ("str" | "null" | "bool" | "int" | "float" | "seq" | "map", _) => false,
        _ => return Some(FileFault::UnknownTag { tag: written(tag) }),
    };
    (!agrees).then(|| FileFault::WrongTag { tag: written(tag) })
}

/// Whether YAML takes a text without quotes for nothing.
pub(super) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn is_integer(scalar: &Scalar) -> bool {
    let digits = scalar.text.strip_prefix('-').unwrap_or(&scalar.text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// As it stands in a file.
fn written(tag: &Tag) -> String {
    let Tag { handle, suffix } = tag;
    match handle.as_str() {
        CORE => format!("!!{suffix}"),
        "" if suffix == "!" => "!".to_owned(),
        own if own.starts_with('!') => format!("{own}{suffix}"),
        uri => format!("!<{uri}{suffix}>"),
    }
}

/// The directives in the lines before a document that are not known, each with its line in that text, from 1.
pub(super) fn unknown_directives<'t>(lines: impl Iterator<Item = (usize, &'t str)>) -> Vec<(usize, FileFault)> {
    let words = lines.filter_map(|(line, text)| Some((line, text.strip_prefix('%')?.split_whitespace())));
    let unknown = words.filter_map(|(line, mut words)| match (words.next(), words.next()) {
        (Some("YAML"), Some(version)) if version.starts_with("1.") => None,
        (name, _) => Some((line, FileFault::UnknownDirective { name: name.unwrap_or_default().to_owned() })),
    });
    unknown.collect()
}
