//! Storage: disks, the database, what each region keeps and takes; and the form that changes what one keeps.

use askama::Template;

use crate::pages::components::{Action, Chrome, Fact, Field, Status, When, part};

/// The whole page.
#[derive(Debug, Default, Template)]
#[template(path = "storage/index.html")]
pub struct StoragePage {
    /// Around it.
    pub chrome: Chrome,
    /// What it shows.
    pub lead: String,
    /// How large the database is.
    pub database: Vec<Fact>,
    /// Why it does not become smaller, if it does not.
    pub database_hint: Option<String>,
    /// The disks of the servers.
    pub disks: Vec<DiskRow>,
    /// By name.
    pub regions: Vec<RegionRow>,
    /// When what takes room was measured; not yet after the first start.
    pub measured: Option<When>,
    /// What else the next pruning does.
    pub next: Vec<String>,
}

/// The disk of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskRow {
    /// The server; empty where there is one.
    pub replica: String,
    /// What is free, of how much.
    pub free: String,
    /// What is to be free.
    pub least: String,
    /// Whether there is such a limit.
    pub is_limited: bool,
    /// Whether that is so.
    pub state: Status,
}

/// A region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionRow {
    /// Its name.
    pub name: String,
    /// How long it keeps successful executions.
    pub successful: String,
    /// How long it keeps all others.
    pub unsuccessful: String,
    /// What its run folders take.
    pub folders: String,
    /// What its logs in the database take.
    pub logs: String,
    /// What the next pruning removes of them.
    pub due: Option<String>,
    /// Changes how long it keeps them.
    pub change: Action,
}

/// What a region keeps, to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "storage/retention.html")]
pub struct RetentionDialog {
    /// "Retention of eu-west".
    pub title: String,
    /// What the numbers mean.
    pub lead: String,
    /// Takes the POST with the fields.
    pub url: String,
    /// Back.
    pub cancel_url: String,
    /// In order.
    pub fields: Vec<NumberField>,
}

/// A number of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberField {
    /// The name of the field.
    pub id: &'static str,
    /// What is read before it.
    pub label: &'static str,
    /// What was typed.
    pub field: Field,
}

part!(RetentionDialog);
