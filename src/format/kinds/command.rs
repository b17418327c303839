//! The keys of a command.

use std::collections::BTreeMap;

use crate::domain::catalog::NamedObject;
use crate::domain::kinds::{CommandSpec, DEFAULT_TIMEOUT, Kind, Retry};
use crate::format::duration::written;
use crate::format::fault::MappingName;
use crate::format::fields::{Fields, Reader};
use crate::format::form::FieldControl::{Duration, Flag, Line, Named, Number, Pairs, Script};
use crate::format::form::FormField;
use crate::format::render::{Writer, inline};

use super::{KindFormat, retry};

pub(super) const FORMAT: KindFormat = KindFormat {
    word: CommandSpec::WORD,
    keys: &["script", "rollback", "in", "workingFolder", "environment", "timeout", "retry", "goOn", "leaveRunning"],
    implied_by: Some("script"),
    guess: None,
    form: &[
        FormField::of("script", Script).with_references(),
        FormField::of("rollback", Script).with_references(),
        FormField::of("in", Named(NamedObject::Environment)),
        FormField::of("workingFolder", Line).with_references(),
        FormField::of("environment", Pairs).with_references(),
        FormField::of("timeout", Duration).or("10m"),
        FormField::of("retry.attempts", Number).or("1"),
        FormField::of("retry.delay", Duration).or("0s"),
        FormField::of("goOn", Flag),
        FormField::of("leaveRunning", Flag),
    ],
    read: |reader, fields| Kind::Command(command(reader, fields)),
};

/// Stands in for a task that is wrong.
pub(super) fn stand_in() -> Kind {
    Kind::Command(nothing())
}

pub(super) fn command(reader: &mut Reader, fields: &Fields<'_>) -> CommandSpec {
    CommandSpec {
        script: reader.needed_text(fields, "script").unwrap_or_else(|| nothing().script),
        rollback: reader.text(fields, "rollback"),
        target: reader.text(fields, "in"),
        working_folder: reader.text(fields, "workingFolder"),
        environment: environment(reader, fields),
        timeout: reader.duration(fields, "timeout").unwrap_or(DEFAULT_TIMEOUT),
        retry: retry::read(reader, fields),
        continue_on_error: reader.flag(fields, "goOn"),
        leave_running: reader.flag(fields, "leaveRunning"),
    }
}

pub(super) fn environment(reader: &mut Reader, fields: &Fields<'_>) -> BTreeMap<String, String> {
    let Some(entry) = fields.get("environment") else { return BTreeMap::new() };
    let at = fields.at("environment");
    let Some(variables) = reader.fields(&entry.value, &at, MappingName::Key("environment")) else {
        return BTreeMap::new();
    };
    let mut environment = BTreeMap::new();
    for entry in variables.entries() {
        // A variable without a value is an empty one; `~` and `null` are texts here, as every value is.
        let value = reader.letters(&variables, &entry.key).unwrap_or_default();
        environment.insert(entry.key.clone(), value);
    }
    environment
}

/// Stands in for a command that is wrong.
fn nothing() -> CommandSpec {
    CommandSpec {
        script: ":".to_owned(),
        rollback: None,
        target: None,
        working_folder: None,
        environment: BTreeMap::new(),
        timeout: DEFAULT_TIMEOUT,
        retry: Retry::default(),
        continue_on_error: false,
        leave_running: false,
    }
}

pub(super) fn write(out: &mut Writer, indent: usize, command: &CommandSpec) {
    let CommandSpec {
        script,
        rollback,
        target,
        working_folder,
        environment,
        timeout,
        retry: tried,
        continue_on_error,
        leave_running,
    } = command;
    if let Some(environment) = target {
        out.text(indent, "in", environment);
    }
    if let Some(folder) = working_folder {
        out.text(indent, "workingFolder", folder);
    }
    write_environment(out, indent, environment);
    out.line(indent, &format!("timeout: {}", written(*timeout)));
    retry::write(out, indent, *tried);
    out.flag(indent, "goOn", *continue_on_error);
    out.flag(indent, "leaveRunning", *leave_running);
    out.text(indent, "script", script);
    if let Some(rollback) = rollback {
        out.text(indent, "rollback", rollback);
    }
}

pub(super) fn write_environment(out: &mut Writer, indent: usize, environment: &BTreeMap<String, String>) {
    if !environment.is_empty() {
        out.line(indent, "environment:");
        for (name, value) in environment {
            out.text(indent + 2, &inline(name), value);
        }
    }
}
