//! Values of earlier tasks, of variables, of secrets and of the release in tasks: `${tasks.NAME.outputs.KEY}` and its kin.
//! Only `${tasks.`, `${vars.`, `${secrets.` and `${release.` are ours; every other `${…}` belongs to the shell.
//! A value never becomes the text of a script: the script gets a variable, and the environment its value.

use std::fmt;
use std::ops::Range;

use super::names;
use super::variables;

mod near;
mod offered;
mod rename;
mod resolve;

pub(in crate::domain) use near::near_misses;
pub(in crate::domain) use offered::all_outputs;
pub use offered::{OfferedReference, offered};
pub(in crate::domain) use rename::{rename_tasks, rename_variables};
pub use resolve::{MissingReference, Resolved, fill, fill_or, resolve};

/// How those begin that are ours.
const OWN: [&str; 4] = ["tasks.", "vars.", "secrets.", "release."];

/// How much is told of what is ill-formed.
const MAX_SHOWN: usize = 80;

/// Where a value comes from, and what stands for it when there is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Where it comes from.
    pub source: Source,
    /// Given instead of a value that is missing or empty: `${tasks.NAME.outputs.KEY:-this}`.
    pub default: Option<String>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// `${tasks.NAME.outputs.KEY}`: what a Command wrote to `$TOLLGATE_OUTPUT`.
    Output {
        /// Name of the task.
        task: String,
        /// Name of the value.
        key: String,
    },
    /// `${tasks.NAME.decision.PART}`: what was decided at a checkpoint.
    Decision {
        /// Name of the task.
        task: String,
        /// Which part of it.
        part: DecisionPart,
    },
    /// `${vars.NAME}`: a variable of the release task.
    Variable {
        /// Its name.
        name: String,
    },
    /// `${secrets.NAME}`: a secret of the team. It has no default, and no place but those that only the work is given.
    Secret {
        /// Its name.
        name: String,
    },
    /// `${release.PART}`: the release itself.
    Release(ReleasePart),
}

/// A part of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecisionPart {
    /// Who decided; several people are separated by a comma.
    By,
    /// `agreed` or `rejected`.
    Verdict,
    /// The last comment.
    Comment,
    /// The time of the last decision.
    At,
}

/// A fact about the release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReleasePart {
    /// Name of the release task.
    Name,
    /// Number of the execution.
    Execution,
    /// Name of the region.
    Region,
    /// Name of the team.
    Team,
}

impl DecisionPart {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::By, Self::Verdict, Self::Comment, Self::At];

    /// The word in a reference.
    pub fn word(self) -> &'static str {
        match self {
            Self::By => "by",
            Self::Verdict => "verdict",
            Self::Comment => "comment",
            Self::At => "at",
        }
    }
}

impl ReleasePart {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Name, Self::Execution, Self::Region, Self::Team];

    /// The word in a reference.
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Execution => "execution",
            Self::Region => "region",
            Self::Team => "team",
        }
    }
}

impl Source {
    /// The task that it names.
    pub fn task(&self) -> Option<&str> {
        match self {
            Self::Output { task, .. } | Self::Decision { task, .. } => Some(task),
            Self::Variable { .. } | Self::Secret { .. } | Self::Release(_) => None,
        }
    }

    /// The variable that it names.
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Variable { name } => Some(name),
            Self::Output { .. } | Self::Decision { .. } | Self::Secret { .. } | Self::Release(_) => None,
        }
    }

    /// The secret that it names.
    pub fn secret(&self) -> Option<&str> {
        match self {
            Self::Secret { name } => Some(name),
            Self::Output { .. } | Self::Decision { .. } | Self::Variable { .. } | Self::Release(_) => None,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Output { task, key } => write!(f, "${{tasks.{task}.outputs.{key}")?,
            Source::Decision { task, part } => write!(f, "${{tasks.{task}.decision.{}", part.word())?,
            Source::Variable { name } => write!(f, "${{vars.{name}")?,
            Source::Secret { name } => write!(f, "${{secrets.{name}")?,
            Source::Release(part) => write!(f, "${{release.{}", part.word())?,
        }
        if let Some(default) = &self.default {
            write!(f, ":-{default}")?;
        }
        f.write_str("}")
    }
}

/// A reference in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceSpan {
    /// What it names.
    pub reference: Reference,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// How many line ends stand before it.
    pub line: usize,
}

/// Something that begins like a reference and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IllFormed {
    /// As it stands in the text, or the beginning of it.
    pub text: String,
    /// What is wrong.
    pub fault: ReferenceFault,
    /// How many line ends stand before it.
    pub line: usize,
}

/// Why something that begins like a reference is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceFault {
    /// It has no end in its line.
    Unclosed,
    /// Another one begins in it.
    Nested,
    /// A release task has no such part.
    ReleasePart,
    /// No task can have that name.
    TaskName {
        /// The name, or the beginning of it.
        name: String,
    },
    /// No output can have that name.
    OutputName {
        /// The name, or the beginning of it.
        name: String,
    },
    /// No variable can have that name.
    VariableName {
        /// The name, or the beginning of it.
        name: String,
    },
    /// No secret can have that name.
    SecretName {
        /// The name, or the beginning of it.
        name: String,
    },
    /// It says what stands for a secret that there is not.
    SecretDefault,
    /// A decision has no such part.
    DecisionPart,
    /// It has another shape than every reference.
    Shape,
}

/// All references of a text in their order, or all that are ill-formed.
pub fn references(text: &str) -> Result<Vec<ReferenceSpan>, Vec<IllFormed>> {
    let (found, wrong) = scan(text);
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// What is a reference in a text, and what only begins like one. Neither is looked for within another.
pub(super) fn scan(text: &str) -> (Vec<ReferenceSpan>, Vec<IllFormed>) {
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    let mut line = 0;
    let mut counted = 0;
    let mut behind = 0;
    for (start, _) in text.match_indices("${") {
        let rest = &text[start + 2..];
        if start < behind || !OWN.iter().any(|word| rest.starts_with(word)) {
            continue;
        }
        line += text[counted..start].matches('\n').count();
        counted = start;
        let until = rest.find(['}', '\n']).unwrap_or(rest.len());
        let closed = rest[until..].starts_with('}');
        behind = start + 2 + until + usize::from(closed);
        let read = if closed { parse(&rest[..until]) } else { Err(ReferenceFault::Unclosed) };
        match read {
            Ok(reference) => found.push(ReferenceSpan { reference, range: start..behind, line }),
            Err(fault) => wrong.push(IllFormed { text: shown(&text[start..behind]), fault, line }),
        }
    }
    (found, wrong)
}

/// The names of the secrets that a text refers to.
pub fn secret_names(text: &str) -> impl Iterator<Item = String> {
    scan(text).0.into_iter().filter_map(|span| span.reference.source.secret().map(str::to_owned))
}

/// The beginning of a text.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(MAX_SHOWN).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

/// Whether an output may have that name: a letter or `_`, then letters, digits, `_` and `-`, at most 64 in all.
pub fn is_output_name(key: &str) -> bool {
    key.len() <= names::MAX_NAME_LEN
        && key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(names::is_name_character)
}

fn parse(inside: &str) -> Result<Reference, ReferenceFault> {
    if inside.contains("${") {
        return Err(ReferenceFault::Nested);
    }
    let (path, default) = match inside.split_once(":-") {
        Some((path, default)) => (path, Some(default.to_owned())),
        None => (inside, None),
    };
    let parts: Vec<&str> = path.split('.').collect();
    let source = match parts.as_slice() {
        ["release", word] => ReleasePart::ALL
            .into_iter()
            .find(|part| part.word() == *word)
            .map(Source::Release)
            .ok_or(ReferenceFault::ReleasePart)?,
        ["vars", name] => {
            if !variables::is_variable_name(name) {
                return Err(ReferenceFault::VariableName { name: shown(name) });
            }
            Source::Variable { name: (*name).to_owned() }
        }
        ["secrets", name] if !names::is_valid(name) => {
            return Err(ReferenceFault::SecretName { name: shown(name) });
        }
        ["secrets", _] if default.is_some() => return Err(ReferenceFault::SecretDefault),
        ["secrets", name] => Source::Secret { name: (*name).to_owned() },
        ["tasks", task, _, _] if !names::is_valid(task) => {
            return Err(ReferenceFault::TaskName { name: shown(task) });
        }
        ["tasks", task, "outputs", key] => {
            if !is_output_name(key) {
                return Err(ReferenceFault::OutputName { name: shown(key) });
            }
            Source::Output { task: (*task).to_owned(), key: (*key).to_owned() }
        }
        ["tasks", task, "decision", word] => {
            let part =
                DecisionPart::ALL.into_iter().find(|part| part.word() == *word).ok_or(ReferenceFault::DecisionPart)?;
            Source::Decision { task: (*task).to_owned(), part }
        }
        _ => return Err(ReferenceFault::Shape),
    };
    Ok(Reference { source, default })
}

#[cfg(test)]
mod tests;
