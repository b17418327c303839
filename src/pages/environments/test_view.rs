//! The page of the test of an environment's connection.

use askama::Template;

use crate::pages::components::{Action, Chrome, Crumbs, Fact, Notice, Status, part};

/// The whole page.
#[derive(Debug, Template)]
#[template(path = "environments/test.html")]
pub struct ConnectionTestPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where it is.
    pub crumbs: Crumbs,
    /// The part that comes back alone.
    pub live: ConnectionTestLive,
}

/// What was found so far.
#[derive(Debug, Template)]
#[template(path = "environments/_test.html")]
pub struct ConnectionTestLive {
    /// "Test Connection".
    pub title: String,
    /// What it is good for.
    pub lead: &'static str,
    /// Test Connection, and Pin the Keys of All Hosts.
    pub actions: Vec<Action>,
    /// Who asked for it, and when.
    pub facts: Vec<Fact>,
    /// How it is as a whole.
    pub notice: Option<Notice>,
    /// The server itself, then each host.
    pub targets: Vec<TargetPanel>,
    /// Answers this fragment anew, or 204 when nothing changed; none when it is over.
    pub refresh: Option<String>,
}

part!(ConnectionTestPage, ConnectionTestLive);

/// The server itself, or a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetPanel {
    /// Its name.
    pub name: String,
    /// Where it is found.
    pub place: String,
    /// Whether all is well.
    pub status: Status,
    /// In the order in which it was looked.
    pub checks: Vec<CheckRow>,
    /// The keys that the host shows and that are not pinned.
    pub new_keys: Vec<KeyRow>,
    /// Pins them.
    pub pin: Option<Action>,
    /// The keys that are pinned.
    pub pinned: Vec<KeyRow>,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    /// What.
    pub what: String,
    /// Whether it is well.
    pub status: Status,
    /// What was found.
    pub detail: String,
    /// Why it is not well, and what helps.
    pub why: String,
    /// "12 ms".
    pub took: String,
}

/// The key of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its kind.
    pub kind: &'static str,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Who pinned it.
    pub by: String,
}
