//! Faults of a file, as data; `messages` makes the sentences.

use crate::domain::names::NamingFault;
use crate::domain::validate::{BrokenRule, NamedPart};

use super::encoding::LooksLike;

/// What is wrong with a file, with what is wrong in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatFault {
    /// The file as a whole cannot be taken.
    File(FileFault),
    /// A mapping of keys to values is wrong.
    Mapping {
        /// Which.
        of: MappingName,
        /// How.
        fault: MappingFault,
    },
    /// A value is wrong.
    Value {
        /// Where it stands.
        of: ValueName,
        /// How.
        fault: ValueFault,
    },
    /// It can be read, and breaks a rule of definitions.
    Rule(BrokenRule),
}

/// Why a file as a whole cannot be taken. `most` is the most that is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFault {
    /// It is too long.
    TooLong {
        /// The most bytes.
        most: usize,
        /// How many it has.
        count: usize,
    },
    /// It is no YAML: a tab indents a line.
    Tab,
    /// A blank indents a line that is none to YAML.
    OddIndent {
        /// Which.
        found: char,
    },
    /// It is no YAML.
    NotYaml {
        /// What the parser says.
        said: String,
    },
    /// It is neither UTF-8 nor UTF-16 with a mark at its start.
    NotUtf8 {
        /// The line where that shows.
        line: usize,
        /// What it looks like.
        looks: LooksLike,
    },
    /// Half of a character, as generators of JSON write those beyond U+FFFF, stands alone.
    LoneSurrogate {
        /// As it stands in the file.
        escape: String,
    },
    /// A character with the number 0 stands in it.
    ZeroByte,
    /// A tag asks for something that is not done here.
    UnknownTag {
        /// As it stands in the file.
        tag: String,
    },
    /// A tag says of a value what is not so.
    WrongTag {
        /// As it stands in the file.
        tag: String,
    },
    /// A directive asks for something that is not done here.
    UnknownDirective {
        /// Its name.
        name: String,
    },
    /// What `<<` names is no mapping.
    MergeOfNoMapping {
        /// What it is.
        found: ValueShape,
    },
    /// A mapping has `<<` twice.
    MergeTwice {
        /// The line of the first.
        line: usize,
    },
    /// An alias names nothing above it.
    UnknownAlias,
    /// It is nested too deep.
    TooDeep {
        /// The most levels.
        most: usize,
    },
    /// It has too many values, or too much text, counting what aliases repeat.
    TooManyValues,
    /// A key is too long.
    KeyTooLong {
        /// The most bytes.
        most: usize,
    },
    /// A key is a list or a mapping.
    KeyNotAWord,
    /// Two release tasks have one name.
    ReleaseTwice {
        /// The name.
        name: String,
        /// The line of the first.
        line: usize,
    },
    /// No release task is in it.
    Nothing,
    /// More is wrong than is told.
    More,
}

/// What a mapping of keys to values is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingName {
    /// The whole document.
    Release,
    /// A variable.
    Variable,
    /// The variable of that name.
    VariableNamed(String),
    /// A phase.
    Phase,
    /// A group.
    Group,
    /// What stands under a key `x-…`.
    Parked,
    /// A task, of which no more is known.
    Task,
    /// The task of that name.
    TaskNamed(String),
    /// A task with a name that is too long to be repeated.
    TaskLongName,
    /// A task without a name.
    TaskUnnamed,
    /// The value of that key.
    Key(&'static str),
}

/// How a mapping is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingFault {
    /// It is none.
    NotAMapping {
        /// What it is.
        found: ValueShape,
    },
    /// It is neither of the two that a group can be.
    NotAGroup {
        /// What it is.
        found: ValueShape,
    },
    /// It has a key twice.
    KeyTwice {
        /// The key.
        key: String,
        /// The line of the first.
        line: usize,
    },
    /// It has a key that is nearly one of its own.
    MisspeltKey {
        /// The key.
        key: String,
        /// The one that was meant.
        meant: &'static str,
    },
    /// It has a key that is none of its own.
    UnknownKey {
        /// The key.
        key: String,
        /// Its own.
        known: Vec<&'static str>,
    },
    /// A task has a key that belongs to another type of task.
    KeyOfOtherType {
        /// The type that it has.
        own: &'static str,
        /// The key.
        key: String,
        /// The type that has the key.
        other: &'static str,
    },
    /// It lacks a key.
    Missing {
        /// The key.
        key: &'static str,
    },
    /// It has two keys of which only one makes sense.
    Both {
        /// One.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// A phase has groups, and tasks beside them.
    GroupsAndTasks,
    /// It has a key that makes sense only beside another.
    Without {
        /// The key.
        key: &'static str,
        /// The one that it lacks.
        other: &'static str,
    },
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueName {
    /// Under that key.
    Key(String),
    /// In the list under that key.
    EntryOf(&'static str),
    /// Among roles.
    Role,
}

/// How a value is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueFault {
    /// There is none.
    Empty,
    /// It is not a single one.
    NotSingle {
        /// What it is.
        found: ValueShape,
    },
    /// It is no list.
    NotAList {
        /// What it is.
        found: ValueShape,
    },
    /// It is no number.
    NotANumber {
        /// What was written.
        found: String,
    },
    /// It is a number with a plus or with zeros before it, which others read in another way.
    NotPlainNumber {
        /// What was written.
        found: String,
    },
    /// It is none of two words.
    NeitherOf {
        /// The words.
        words: [&'static str; 2],
        /// What was written.
        found: String,
    },
    /// It is none of several words.
    NoneOf {
        /// The words.
        words: Vec<&'static str>,
        /// What was written.
        found: String,
    },
    /// It is nearly one of the words that it can be.
    Misspelt {
        /// What was written.
        found: String,
        /// The word that was meant.
        meant: &'static str,
    },
    /// It is nearly one of a few words, of which all are told.
    MisspeltOf {
        /// What was written.
        found: String,
        /// The word that was meant.
        meant: &'static str,
        /// All of them.
        words: Vec<&'static str>,
    },
    /// It is the type of secrets, of which there are none yet.
    NoSecrets,
    /// It is no length of time.
    Duration(DurationFault),
    /// It is no time of day.
    NoTimeOfDay {
        /// What was written.
        found: String,
    },
    /// It is neither a status of HTTP nor a range of them.
    NoStatus {
        /// What was written.
        found: String,
    },
    /// It says what another key says too.
    NotWith {
        /// The other key.
        other: &'static str,
    },
    /// No team and no region can have that name.
    PlaceName {
        /// The name.
        found: String,
    },
}

/// Why a text is no length of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DurationFault {
    /// It is a bare number.
    NoUnit {
        /// The number.
        number: String,
    },
    /// It is something else.
    NotATime {
        /// The text.
        found: String,
    },
    /// Its units are in capitals, of which M would be a month.
    Capitals {
        /// The text.
        found: String,
        /// In small letters.
        meant: String,
    },
    /// It has parts of a second.
    NotWhole {
        /// The text.
        found: String,
    },
}

/// What a value is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueShape {
    /// Nothing.
    Empty,
    /// A single value.
    Single,
    /// A list.
    List,
    /// A mapping of keys to values.
    Mapping,
}

impl FormatFault {
    /// A name will not do.
    pub(super) fn name(of: NamedPart, fault: NamingFault) -> Self {
        Self::Rule(BrokenRule::Name { of, fault })
    }
}
