//! Values of earlier tasks, of variables and of the release in tasks: `${tasks.NAME.outputs.KEY}` and its kin.
//! Only `${tasks.`, `${vars.` and `${release.` are ours; every other `${…}` belongs to the shell.
//! A value never becomes the text of a script: the script gets a variable, and the environment its value.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use super::kinds::CommandSpec;
use super::names;
use super::variables;

mod near;
mod offered;
mod rename;

pub(in crate::domain) use near::near_misses;
pub(in crate::domain) use offered::all_outputs;
pub use offered::{OfferedReference, offered};
pub(in crate::domain) use rename::{rename_tasks, rename_variables};

/// How those begin that are ours.
const OWN: [&str; 3] = ["tasks.", "vars.", "release."];

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
            Self::Variable { .. } | Self::Release(_) => None,
        }
    }

    /// The variable that it names.
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Variable { name } => Some(name),
            Self::Output { .. } | Self::Decision { .. } | Self::Release(_) => None,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Output { task, key } => write!(f, "${{tasks.{task}.outputs.{key}")?,
            Source::Decision { task, part } => write!(f, "${{tasks.{task}.decision.{}", part.word())?,
            Source::Variable { name } => write!(f, "${{vars.{name}")?,
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

/// A command whose references have values, ready to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The script; a reference in it has become a variable.
    pub script: String,
    /// The environment of the task, with the values of those variables.
    pub environment: BTreeMap<String, String>,
    /// Where it runs.
    pub working_folder: Option<String>,
}

/// A reference that has no value now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingReference(pub Reference);

/// Gives the references of a command their values: of its script, or, to `undo`, of its roll-back script. What its
/// environment says is a variable that is not set is not in the environment.
pub fn resolve(
    command: &CommandSpec,
    undo: bool,
    lookup: &dyn Fn(&Reference) -> Option<String>,
    is_set: &dyn Fn(&str) -> bool,
) -> Result<Resolved, MissingReference> {
    let mut environment = BTreeMap::new();
    for (name, value) in &command.environment {
        if lone_variable(value).is_none_or(|variable| is_set(&variable)) {
            environment.insert(name.clone(), fill(value, lookup)?);
        }
    }
    let working_folder = command.working_folder.as_deref().map(|folder| fill(folder, lookup)).transpose()?;
    let text = if undo { command.rollback.as_deref().unwrap_or_default() } else { &command.script };

    let mut seen: Vec<Reference> = Vec::new();
    let script = replace(text, |reference| {
        let number = if let Some(index) = seen.iter().position(|known| known == reference) {
            index + 1
        } else {
            seen.push(reference.clone());
            environment.insert(format!("TOLLGATE_REF_{}", seen.len()), value(reference, lookup)?);
            seen.len()
        };
        Ok(format!("${{TOLLGATE_REF_{number}}}"))
    })?;
    Ok(Resolved { script, environment, working_folder })
}

/// The variable that a text consists of, if it is a reference to one and nothing else.
fn lone_variable(text: &str) -> Option<String> {
    match scan(text).0.as_slice() {
        [ReferenceSpan { reference: Reference { source: Source::Variable { name }, default: None }, range, .. }]
            if *range == (0..text.len()) =>
        {
            Some(name.clone())
        }
        _ => None,
    }
}

/// The text with values in the place of its references; for texts that nothing runs.
pub fn fill(text: &str, lookup: &dyn Fn(&Reference) -> Option<String>) -> Result<String, MissingReference> {
    replace(text, |reference| value(reference, lookup))
}

/// As [`fill`], with `blank` for what has no value (yet): for words that people read.
pub fn fill_or(text: &str, blank: &str, lookup: &dyn Fn(&Reference) -> Option<String>) -> String {
    let told =
        |reference: &Reference| lookup(reference).or_else(|| reference.default.is_none().then(|| blank.to_owned()));
    fill(text, &told).unwrap_or_else(|_| text.to_owned())
}

fn value(reference: &Reference, lookup: &dyn Fn(&Reference) -> Option<String>) -> Result<String, MissingReference> {
    let value = lookup(reference);
    match &reference.default {
        Some(default) => Ok(value.filter(|value| !value.is_empty()).unwrap_or_else(|| default.clone())),
        None => value.ok_or_else(|| MissingReference(reference.clone())),
    }
}

fn replace(
    text: &str,
    mut with: impl FnMut(&Reference) -> Result<String, MissingReference>,
) -> Result<String, MissingReference> {
    // What is ill-formed was refused when the definition was saved; here it stays as it is.
    let (found, _) = scan(text);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for ReferenceSpan { reference, range, .. } in found {
        out.push_str(&text[from..range.start]);
        out.push_str(&with(&reference)?);
        from = range.end;
    }
    out.push_str(&text[from..]);
    Ok(out)
}

#[cfg(test)]
mod tests;
