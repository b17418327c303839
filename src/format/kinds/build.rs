//! The keys of a build.

use super::{Guess, KindFormat, command};
use crate::domain::kinds::{BuildSpec, DEFAULT_REFERENCE, GitSource, Kind};
use crate::format::fault::MappingName;
use crate::format::fields::{Fields, Reader};
use crate::format::form::FieldControl::{Duration, Flag, Line, Number, Pairs, Prose, Script};
use crate::format::form::FormField;
use crate::format::render::Writer;
use crate::format::tree::Value;

pub(super) const FORMAT: KindFormat = KindFormat {
    word: BuildSpec::WORD,
    keys: &["source", "script", "environment", "artefacts", "timeout", "retry", "goOn"],
    implied_by: None,
    guess: Some(Guess { keys: &["source"], stand_in: || Kind::Build(BuildSpec::default()) }),
    form: &[
        FormField::of("source.git", Line).with_references(),
        FormField::of("source.ref", Line).or(DEFAULT_REFERENCE).with_references(),
        FormField::of("source.path", Line).with_references(),
        FormField::of("source.credential", Line),
        FormField::of("script", Script).with_references(),
        FormField::of("environment", Pairs).with_references(),
        FormField::of("artefacts", Prose),
        FormField::of("timeout", Duration).or("10m"),
        FormField::of("retry.attempts", Number).or("1"),
        FormField::of("retry.delay", Duration).or("0s"),
        FormField::of("goOn", Flag),
    ],
    read: |reader, fields| {
        Kind::Build(BuildSpec {
            source: source(reader, fields),
            artefacts: artefacts(reader, fields),
            work: command::command(reader, fields),
        })
    },
};

/// The keys below `source`.
const SOURCE_KEYS: [&str; 4] = ["git", "ref", "path", "credential"];

fn source(reader: &mut Reader, fields: &Fields<'_>) -> Option<GitSource> {
    let entry = fields.get("source")?;
    let source = reader.fields(&entry.value, &fields.at("source"), MappingName::Key("source"))?;
    reader.only(&source, &SOURCE_KEYS);
    Some(GitSource {
        address: reader.needed_text(&source, "git").unwrap_or_default(),
        reference: reader.letters(&source, "ref").unwrap_or_else(|| DEFAULT_REFERENCE.to_owned()),
        folder: reader.text(&source, "path"),
        credential: reader.text(&source, "credential"),
    })
}

/// A list, or one in a line, as a form has them.
fn artefacts(reader: &mut Reader, fields: &Fields<'_>) -> Vec<String> {
    match fields.get("artefacts").map(|entry| &entry.value.value) {
        Some(Value::Sequence(_)) => reader.words(fields, "artefacts").into_iter().map(|(_, word)| word).collect(),
        Some(Value::Scalar(_) | Value::Mapping(_)) => {
            let text = reader.text(fields, "artefacts").unwrap_or_default();
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        }
        None => Vec::new(),
    }
}

pub(super) fn write(out: &mut Writer, indent: usize, build: &BuildSpec) {
    let BuildSpec { source, artefacts, work } = build;
    if let Some(GitSource { address, reference, folder, credential }) = source {
        out.line(indent, "source:");
        out.text(indent + 2, "git", address);
        out.text(indent + 2, "ref", reference);
        for (key, text) in [("path", folder), ("credential", credential)] {
            if let Some(text) = text {
                out.text(indent + 2, key, text);
            }
        }
    }
    if !artefacts.is_empty() {
        out.text(indent, "artefacts", &artefacts.join("\n"));
    }
    command::write(out, indent, work);
}
