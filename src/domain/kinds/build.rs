//! Build: a script on a source, which gives outputs to later tasks and leaves files that are kept.

use serde::{Deserialize, Serialize};

use super::command::CommandSpec;
use super::field::{FieldValue, KindField};
use super::{Class, Job, KindRules, RunsOn, TextUse, UsedText, Work};
use crate::domain::artefacts::{MAX_PATTERNS, is_pattern};
use crate::domain::git::{SourceFault, address_fault, folder_fault, reference_fault};
use crate::domain::names;
use crate::domain::reference;
use crate::domain::validate::{FieldFault, TaskProblems};

/// The ref of a source that names none: the branch that its host has as the first.
pub const DEFAULT_REFERENCE: &str = "HEAD";

/// A script, and the source that it works on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildSpec {
    /// What it works on; without one, on nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<GitSource>,
    /// Patterns of the files that are kept, in its working folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artefacts: Vec<String>,
    /// The script, with what a command has beside it; nothing is undone, and no folder is named.
    #[serde(flatten)]
    pub work: CommandSpec,
}

/// A git repository, and what of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitSource {
    /// Its address.
    #[serde(rename = "git")]
    pub address: String,
    /// A branch, a tag or a commit.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The folder of it that the script works in; without one, the uppermost.
    #[serde(default, rename = "path", skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The name of the secret that opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl Default for GitSource {
    fn default() -> Self {
        Self { address: String::new(), reference: DEFAULT_REFERENCE.to_owned(), folder: None, credential: None }
    }
}

impl BuildSpec {
    /// Its word as a kind of task.
    pub const WORD: &'static str = "build";

    /// Makes the field of that key what it is in another.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        if key == "artefacts" {
            return self.artefacts.clone_from(&other.artefacts);
        }
        let Some(key) = key.strip_prefix("source.") else { return self.work.take(key, &other.work) };
        let Some(from) = &other.source else {
            self.source = None;
            return;
        };
        let source = self.source.get_or_insert_default();
        match key {
            "git" => source.address.clone_from(&from.address),
            "ref" => source.reference.clone_from(&from.reference),
            "path" => source.folder.clone_from(&from.folder),
            "credential" => source.credential.clone_from(&from.credential),
            _ => {}
        }
    }
}

impl KindRules for BuildSpec {
    fn word(&self) -> &'static str {
        Self::WORD
    }

    fn class(&self) -> Class<'_> {
        Class::Work(Work {
            job: Job::Build(self),
            runs_on: RunsOn::Server { working_folder: None },
            retry: self.work.retry,
            continue_on_error: self.work.continue_on_error,
            has_undo: false,
            has_outputs: true,
        })
    }

    fn check(&self, problems: &mut TaskProblems<'_>) {
        if let Some(source) = &self.source {
            check_source(source, problems);
        }
        if self.artefacts.len() > MAX_PATTERNS {
            problems.add("artefacts", FieldFault::TooMany { most: MAX_PATTERNS, count: self.artefacts.len() });
        }
        if self.artefacts.iter().any(|pattern| !is_pattern(pattern)) {
            problems.add("artefacts", FieldFault::Source(SourceFault::Pattern));
        }
        self.work.check(problems);
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        let mut texts = Vec::new();
        if let Some(source) = &self.source {
            texts.push(UsedText::new("source.git", &source.address, TextUse::Value));
            texts.push(UsedText::new("source.ref", &source.reference, TextUse::Value));
            texts.extend(source.folder.as_deref().map(|text| UsedText::new("source.path", text, TextUse::Value)));
        }
        texts.extend(self.work.texts());
        texts
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        let source = self.source.iter_mut();
        let mut texts: Vec<&mut String> = source
            .flat_map(|source| [Some(&mut source.address), Some(&mut source.reference), source.folder.as_mut()])
            .flatten()
            .collect();
        texts.extend(self.work.texts_mut());
        texts
    }

    fn fields(&self) -> Vec<KindField> {
        let mut fields = Vec::new();
        if let Some(GitSource { address, reference, folder, credential }) = &self.source {
            fields.push(KindField::text("source.git", address));
            fields.push(KindField::text("source.ref", reference));
            fields.extend(folder.as_deref().map(|text| KindField::text("source.path", text)));
            fields.extend(credential.as_deref().map(|name| KindField::text("source.credential", name)));
        }
        if !self.artefacts.is_empty() {
            fields.push(KindField::new("artefacts", FieldValue::List(self.artefacts.clone())));
        }
        fields.extend(self.work.fields().into_iter().filter(|field| field.key != "leaveRunning"));
        fields
    }

    fn credential(&self) -> Option<&str> {
        self.source.as_ref()?.credential.as_deref()
    }
}

/// The rules of a source, where references may stand that have no value yet.
fn check_source(source: &GitSource, problems: &mut TaskProblems<'_>) {
    type Rule = fn(&str) -> Option<SourceFault>;
    let texts: [(&'static str, Option<&str>, Rule); 3] = [
        ("source.git", Some(&source.address), address_fault),
        ("source.ref", Some(&source.reference), reference_fault),
        ("source.path", source.folder.as_deref(), folder_fault),
    ];
    for (key, text, rule) in texts {
        let Some(text) = text else { continue };
        let (named, _) = reference::scan(text);
        let fault = if named.iter().any(|span| span.reference.source.task().is_some()) {
            Some(SourceFault::NamesTask)
        } else if named.is_empty() {
            rule(text)
        } else {
            None
        };
        if let Some(fault) = fault {
            problems.add(key, FieldFault::Source(fault));
        }
    }
    if let Some(secret) = source.credential.as_deref().filter(|secret| !names::is_valid(secret)) {
        problems.add("source.credential", FieldFault::ObjectName { name: secret.to_owned() });
    }
}
