//! Replicas: which processes share the database, how they are, and what each carries on.

use askama::Template;

use crate::pages::components::{Chrome, Link, Status, When, part};

/// The whole page.
#[derive(Debug, Template)]
#[template(path = "replicas/index.html")]
pub struct ReplicasPage {
    /// Around it.
    pub chrome: Chrome,
    /// What replicas are, in a sentence.
    pub lead: String,
    /// The part that refreshes itself.
    pub list: ReplicaList,
    /// How each keeps scripts from itself.
    pub isolation: Vec<IsolationOf>,
    /// What is to be known of the keys of secrets, for the server that answers.
    pub keys: Vec<String>,
}

/// How a replica keeps scripts from itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsolationOf {
    /// The replica.
    pub name: String,
    /// What is to be known about it.
    pub sentences: Vec<String>,
}

/// The list: comes back alone when something changed.
#[derive(Debug, Template)]
#[template(path = "replicas/_list.html")]
pub struct ReplicaList {
    /// Those that work first.
    pub rows: Vec<ReplicaRow>,
    /// Answers this fragment anew, or 204 when nothing changed.
    pub refresh: String,
}

/// A replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaRow {
    /// Unique and stable.
    pub id: String,
    /// The machine, as it calls itself.
    pub name: String,
    /// The version of the program.
    pub version: String,
    /// Whether it is the one that answers.
    pub here: bool,
    /// How it is.
    pub state: Status,
    /// How far it keeps scripts from itself, in two words; empty if it does not say.
    pub confined: String,
    /// When it started.
    pub since: When,
    /// When it last said that it works.
    pub seen: When,
    /// The executions that it carries on.
    pub runs: Vec<CarriedRow>,
    /// "and 12 more".
    pub more: Option<String>,
}

/// An execution that a replica carries on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedRow {
    /// The release task, with its process.
    pub release: Link,
    /// How it stands.
    pub status: Status,
    /// The tasks whose scripts run on its machine; may be empty.
    pub tasks: String,
}

part!(ReplicaList);
