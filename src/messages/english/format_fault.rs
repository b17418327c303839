//! Faults of files with release tasks.

use super::broken_rule::broken_rule;
use crate::format::{
    DurationFault, FileFault, FormatFault, LooksLike, MappingFault, MappingName, ValueFault, ValueName, ValueShape,
};

/// A sentence that names what is wrong.
pub fn format_fault(fault: &FormatFault) -> String {
    match fault {
        FormatFault::File(fault) => file_fault(fault),
        FormatFault::Mapping { of, fault } => format!("{} {}", mapping_name(of), mapping_fault(fault)),
        FormatFault::Value { of, fault } => format!("{} {}", value_name(of), value_fault(fault)),
        FormatFault::Rule(rule) => broken_rule(rule),
    }
}

fn file_fault(fault: &FileFault) -> String {
    match fault {
        FileFault::TooLong { most, count } => {
            format!("A file must have at most {most} bytes, and this one has {count}.")
        }
        FileFault::Tab => "This is not YAML: a line is indented with spaces, never with a tab.".to_owned(),
        FileFault::OddIndent { found } => {
            let number = u32::from(*found);
            let name = if *found == '\u{a0}' { "a no-break space" } else { "another kind of blank" };
            format!(
                "A line is indented with plain spaces, and this one with {name} (U+{number:04X}): to YAML that is a letter."
            )
        }
        FileFault::NotYaml { said } => format!("This is not YAML: {}.", said.trim_end_matches('.')),
        FileFault::NotUtf8 { line, looks } => {
            format!("Line {line} is not UTF-8; {}.", looks_like(*looks))
        }
        FileFault::LoneSurrogate { escape } => format!(
            "{escape} is half of a character, and its other half is not beside it. A character beyond \\uffff is written as \
             \\U0001f600, or as both halves: \\ud83d\\ude00."
        ),
        FileFault::ZeroByte => {
            "A file must not have a character with the number 0: what stands behind it would be lost.".to_owned()
        }
        FileFault::UnknownTag { tag } => {
            format!("The tag {} is not known here: nothing is done with it, so take it out.", shortened(tag))
        }
        FileFault::WrongTag { tag } => format!("The tag {} says of this value what is not so.", shortened(tag)),
        FileFault::UnknownDirective { name } => {
            format!("The directive %{} is not known here: take it out.", shortened(name))
        }
        FileFault::MergeOfNoMapping { found } => format!(
            "The key << must be a mapping of keys to values, or a list of them, and is {}.",
            value_shape(*found)
        ),
        FileFault::MergeTwice { line } => {
            format!("A mapping must not have the key << twice; line {line} has it. Give it a list: <<: [*one, *two].")
        }
        FileFault::UnknownAlias => "An alias must name something that is complete above it.".to_owned(),
        FileFault::TooDeep { most } => format!("A file must not be nested deeper than {most} levels."),
        FileFault::TooManyValues => {
            "A file must not have this many values, counting each that an alias repeats.".to_owned()
        }
        FileFault::KeyTooLong { most } => format!("A key must have at most {most} bytes."),
        FileFault::KeyNotAWord => "A key must be a word.".to_owned(),
        FileFault::ReleaseTwice { name, line } => {
            format!("A file must not have a release task twice; {name} is also at line {line}.")
        }
        FileFault::Nothing => "A file must have at least one release task, and this one is empty.".to_owned(),
        FileFault::More => "There is more that is wrong: it is told when this is put right.".to_owned(),
    }
}

/// The end of a sentence about a file that is not UTF-8.
fn looks_like(looks: LooksLike) -> &'static str {
    match looks {
        LooksLike::Latin1 => "the file looks like Latin-1: save it as UTF-8",
        LooksLike::Windows1252 => "the file looks like Windows-1252: save it as UTF-8",
        LooksLike::Other => "the file has another encoding, which cannot be told for certain: save it as UTF-8",
        LooksLike::Utf16WithoutMark => {
            "the file looks like UTF-16 without the mark at its start that says so: save it as UTF-8"
        }
        LooksLike::BrokenUtf16 => "the file begins with the mark of UTF-16 and is torn there: save it as UTF-8",
        LooksLike::Utf32 => "the file looks like UTF-32: save it as UTF-8",
        LooksLike::Binary => "the file does not look like a text at all",
    }
}

fn mapping_name(name: &MappingName) -> String {
    match name {
        MappingName::Release => "A release task".to_owned(),
        MappingName::Variable => "A variable".to_owned(),
        MappingName::VariableNamed(name) => format!("The variable {name}"),
        MappingName::Phase => "A phase".to_owned(),
        MappingName::Group => "A group".to_owned(),
        MappingName::Parked => "A mapping".to_owned(),
        MappingName::Task => "A task".to_owned(),
        MappingName::TaskNamed(name) => format!("The task {name}"),
        MappingName::TaskLongName => "The task with a long name".to_owned(),
        MappingName::TaskUnnamed => "The task without a name".to_owned(),
        MappingName::Key(key) => format!("The {key}"),
    }
}

/// The end of a sentence that begins with a mapping.
pub(super) fn mapping_fault(fault: &MappingFault) -> String {
    match fault {
        MappingFault::NotAMapping { found } => {
            format!("must be a mapping of keys to values, and is {}.", value_shape(*found))
        }
        MappingFault::NotAGroup { found } => {
            format!("must be a list of tasks, or a mapping with the key tasks, and is {}.", value_shape(*found))
        }
        MappingFault::KeyTwice { key, line } => format!("must not have the key {key} twice; line {line} has it."),
        MappingFault::MisspeltKey { key, meant } => format!("has no key {key}; did you mean {meant}?"),
        MappingFault::UnknownKey { key, known } => format!("has no key {key}; the keys are {}.", known.join(", ")),
        MappingFault::KeyOfOtherType { own, key, other } => {
            format!("has the type {own}, and the key {key} belongs to the type {other}.")
        }
        MappingFault::Missing { key } => format!("must have the key {key}."),
        MappingFault::Both { one, other } => format!("must have either {one} or {other}, not both."),
        MappingFault::GroupsAndTasks => {
            "must have either groups or tasks, not both; tasks alone means one group.".to_owned()
        }
        MappingFault::Without { key, other } => format!("must not have a {key} without {other}."),
    }
}

fn value_name(name: &ValueName) -> String {
    match name {
        ValueName::Key(key) => format!("The {key}"),
        ValueName::EntryOf(key) => format!("The entry of {key}"),
        ValueName::Role => "A role".to_owned(),
    }
}

/// The end of a sentence that begins with a value.
pub(super) fn value_fault(fault: &ValueFault) -> String {
    match fault {
        ValueFault::Empty => "must not be empty.".to_owned(),
        ValueFault::NotSingle { found } => format!("must be a single value, and is {}.", value_shape(*found)),
        ValueFault::NotAList { found } => format!("must be a list, and is {}.", value_shape(*found)),
        ValueFault::NotANumber { found } => format!("must be a whole number, and is {}.", shown(found)),
        ValueFault::NotPlainNumber { found } => {
            format!("must be a whole number without a plus or zeros before it, and is {}.", shown(found))
        }
        ValueFault::NeitherOf { words: [one, other], found } => {
            format!("must be {one} or {other}, and is {}.", shown(found))
        }
        ValueFault::NoneOf { words, found } => {
            format!("must be one of {}, and is {}.", words.join(", "), shown(found))
        }
        ValueFault::Misspelt { found, meant } => format!("must not be {found}; did you mean {meant}?"),
        ValueFault::MisspeltOf { found, meant, words } => {
            format!(
                "must be one of {}, in lower case, and is {}; did you mean {meant}?",
                words.join(", "),
                shown(found)
            )
        }
        ValueFault::NoSecrets => {
            "must not be secret: there are no secrets yet, and a value would be shown to everybody.".to_owned()
        }
        ValueFault::Duration(DurationFault::NoUnit { number }) => {
            format!("must have a unit, such as {number}s or {number}m.")
        }
        ValueFault::Duration(DurationFault::NotATime { found }) => {
            format!("must be a length of time such as 30s, 10m or 1h 30m, and is {}.", shown(found))
        }
        ValueFault::Duration(DurationFault::Capitals { found, meant }) => {
            format!("must have its units in small letters, and is {}; did you mean {meant}?", shown(found))
        }
        ValueFault::Duration(DurationFault::NotWhole { found }) => {
            format!("must be whole seconds, and is {found}.")
        }
        ValueFault::NoTimeOfDay { found } => {
            format!("must be a time of day such as \"22:00\", and is {}.", shown(found))
        }
        ValueFault::NoStatus { found } => {
            format!("must be a status such as 200, or a range such as 200-299, and is {}.", shown(found))
        }
        ValueFault::NotWith { other } => format!("must not be given with {other}: it is one or the other."),
        ValueFault::PlaceName { found } => format!(
            "must be letters, digits, _ and -, start with a letter and have at most 64, and is {}.",
            shown(found)
        ),
    }
}

fn value_shape(shape: ValueShape) -> &'static str {
    match shape {
        ValueShape::Empty => "empty",
        ValueShape::Single => "a single value",
        ValueShape::List => "a list",
        ValueShape::Mapping => "a mapping of keys to values",
    }
}

/// The beginning of a text.
fn shortened(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

/// The beginning of a text, in quotes.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() { format!("{start:?}…") } else { format!("{start:?}") }
}
