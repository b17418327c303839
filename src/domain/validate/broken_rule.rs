//! Rules that a definition breaks, as data; `messages` makes the sentences.

use super::UseFault;
use crate::domain::failure_policy::FailurePolicyFault;
use crate::domain::kinds::HttpFault;
use crate::domain::names::NamingFault;
use crate::domain::people::Role;
use crate::domain::reference::Reference;
use crate::domain::specification::SpecificationFault;
use crate::domain::variables::VariableFault;

/// A rule that is broken, with what breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokenRule {
    /// A name will not do.
    Name {
        /// What it names.
        of: NamedPart,
        /// What is wrong with it.
        fault: NamingFault,
    },
    /// The description of the release task, or of the task of that name, is too long.
    Description {
        /// The task.
        task: Option<String>,
        /// How many characters it has.
        count: usize,
    },
    /// Too few or too many phases.
    Phases {
        /// How many.
        count: usize,
    },
    /// A phase has too few or too many groups.
    Groups {
        /// Its name.
        phase: String,
        /// How many.
        count: usize,
    },
    /// A group has too few or too many tasks.
    Tasks {
        /// Name of the phase.
        phase: String,
        /// Number of the group, from 1.
        group: usize,
        /// How many.
        count: usize,
    },
    /// Too many tasks in all.
    TasksInAll {
        /// How many.
        count: usize,
    },
    /// Two phases have one name.
    PhaseTwice {
        /// The name.
        name: String,
        /// Number of the first, from 1.
        first: usize,
        /// Number of the second.
        second: usize,
    },
    /// Two tasks have one name.
    TaskTwice {
        /// The name.
        name: String,
        /// The phase of the first.
        phase: String,
    },
    /// Too many variables.
    Variables {
        /// How many.
        count: usize,
    },
    /// No variable can have that name.
    VariableName {
        /// The name.
        name: String,
    },
    /// Two variables have one name.
    VariableTwice {
        /// The name.
        name: String,
    },
    /// What is said of a failure cannot be.
    FailurePolicy(FailurePolicyFault),
    /// A declaration of a variable is wrong.
    Variable {
        /// Its name.
        name: String,
        /// How.
        fault: DeclarationFault,
    },
    /// A field of a task is wrong.
    Field {
        /// Name of the task.
        task: String,
        /// What of it is wrong.
        part: TaskPart,
        /// How.
        fault: FieldFault,
    },
    /// A text of a task has a reference that is wrong.
    Use {
        /// Name of the task.
        task: String,
        /// The reference, or the beginning of what is none.
        reference: String,
        /// What is wrong.
        fault: UseFault,
    },
    /// A script has a reference, and the program that runs it knows none.
    NoShell {
        /// Name of the task.
        task: String,
        /// The field.
        field: String,
        /// The program.
        program: String,
        /// The reference.
        reference: Reference,
    },
}

/// What has a name in a release task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedPart {
    /// The release task itself.
    Release,
    /// A phase.
    Phase,
    /// A task.
    Task,
}

/// What is wrong with the declaration of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclarationFault {
    /// Its description is too long.
    Description {
        /// How many characters it has.
        count: usize,
    },
    /// Its default is no value of it.
    Default(VariableFault),
    /// Its default is empty, and only a string that need not be set can have that.
    EmptyDefault,
    /// It has too few or too many choices.
    Choices {
        /// How many.
        count: usize,
    },
    /// It has choices, and is none.
    ChoicesOf {
        /// The word of its type.
        of: &'static str,
    },
    /// A choice is no line of text, or begins or ends with a blank.
    Choice {
        /// The choice.
        choice: String,
    },
    /// A choice has too many characters.
    ChoiceTooLong {
        /// How many.
        count: usize,
    },
    /// It has a choice twice.
    ChoiceTwice {
        /// The choice.
        choice: String,
    },
}

/// What of a task a fault is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskPart {
    /// The task itself.
    Whole,
    /// A field, by its key as in the YAML.
    Field(&'static str),
    /// The value of that variable of its environment.
    Variable(String),
    /// The header of that name.
    Header(String),
    /// The name of a variable.
    VariableName,
    /// One of its approvers.
    Approver,
    /// The length of a wait.
    WaitFor,
    /// The end of a wait.
    WaitUntil,
}

impl From<&'static str> for TaskPart {
    fn from(key: &'static str) -> Self {
        Self::Field(key)
    }
}

/// A fault of a part of a task. `least` and `most` are what is allowed, `count` is how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldFault {
    /// It is empty.
    Empty,
    /// It has more than that.
    TooLong {
        /// The most.
        most: usize,
        /// Of what.
        unit: LengthUnit,
        /// How many.
        count: usize,
    },
    /// It has fewer or more than that; how many is not told.
    Length {
        /// The fewest.
        least: usize,
        /// The most.
        most: usize,
        /// Of what.
        unit: LengthUnit,
    },
    /// A zero byte is in it.
    ZeroByte,
    /// It leads upwards.
    Climbs,
    /// It has several lines.
    SeveralLines,
    /// It is a shorter or a longer time than that.
    Time {
        /// The shortest, in seconds.
        least: u64,
        /// The longest.
        most: u64,
    },
    /// It is a smaller or a larger number than that.
    Number {
        /// The smallest.
        least: u32,
        /// The largest.
        most: u32,
        /// What it is.
        is: u32,
    },
    /// It is a larger number than that.
    TooLarge {
        /// The largest.
        most: usize,
    },
    /// It lists more than that.
    TooMany {
        /// The most.
        most: usize,
        /// How many.
        count: usize,
    },
    /// It lists one twice.
    Twice {
        /// Which.
        name: String,
    },
    /// It says something only about another field, which is absent.
    Without {
        /// The key of that field.
        other: &'static str,
    },
    /// It says something that another field says too.
    NotWith {
        /// The key of that field.
        other: &'static str,
    },
    /// No variable can have that name.
    VariableName {
        /// The most bytes.
        most: usize,
        /// The name.
        variable: String,
    },
    /// The name of a variable begins as those that are kept for others.
    Reserved {
        /// How it begins.
        prefix: &'static str,
        /// The name.
        variable: String,
    },
    /// There is no such time of day.
    TimeOfDay {
        /// The hour.
        hour: u32,
        /// The minute.
        minute: u32,
    },
    /// There is no such time zone.
    TimeZone {
        /// What was written.
        zone: String,
    },
    /// No user can have that name.
    UserName {
        /// What was written.
        name: String,
    },
    /// Nobody is named who may decide.
    NobodyDecides,
    /// That role decides nothing.
    DecidesNothing {
        /// Which.
        role: Role,
    },
    /// Nobody must agree.
    NobodyAgrees,
    /// More must agree than are named.
    MoreThanNamed {
        /// How many are named.
        named: usize,
    },
    /// It is wrong in a way that only checks know.
    Http(HttpFault),
    /// A git repository cannot have it.
    Source(crate::domain::git::SourceFault),
    /// It is not the name of an application and of a component in it.
    ComponentName {
        /// What was written.
        name: String,
    },
    /// No application and no environment can have that name.
    ObjectName {
        /// What was written.
        name: String,
    },
    /// It is no version of a component.
    Version {
        /// The most characters.
        most: usize,
    },
    /// A field of a specification is wrong.
    Specification {
        /// Which.
        field: String,
        /// How.
        fault: SpecificationFault,
    },
    /// An application has nothing that could be updated.
    NothingToUpdate,
}

/// What the length of a field is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LengthUnit {
    /// Bytes.
    Bytes,
    /// Characters.
    Characters,
    /// Variables of an environment.
    Variables,
}
