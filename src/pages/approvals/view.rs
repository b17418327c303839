//! My Approvals: what waits for the reader, with what they need to decide.

use askama::Template;

use crate::pages::components::{Action, Chrome, Fact, Link, part};

/// The whole page.
#[derive(Debug, Template)]
#[template(path = "approvals/index.html")]
pub struct ApprovalsPage {
    /// Around it.
    pub chrome: Chrome,
    /// What waits for the reader, and what for others; none for who is shown the first alone.
    pub tabs: Option<ApprovalTabs>,
    /// The part that refreshes itself.
    pub list: ApprovalsList,
}

/// The two lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalTabs {
    /// What waits for the reader.
    pub mine_url: String,
    /// What waits for others.
    pub others_url: String,
    /// Whether the second is shown.
    pub shows_others: bool,
}

/// The list: comes back alone when something changed.
#[derive(Debug, Template)]
#[template(path = "approvals/_list.html")]
pub struct ApprovalsList {
    /// Whether it is what waits for others.
    pub of_others: bool,
    /// Longest waiting first.
    pub items: Vec<ApprovalItem>,
    /// Answers this fragment anew, or 204 when nothing changed.
    pub refresh: Option<String>,
}

/// A checkpoint that waits for the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalItem {
    /// Unique and stable.
    pub id: String,
    /// The checkpoint.
    pub task: String,
    /// "Manual Approval" or "Manual Trigger".
    pub kind: String,
    /// The release task and execution, with the process.
    pub release: Link,
    /// What to check; may be empty.
    pub what: String,
    /// Team, region, started by, waiting since, agreed, deadline.
    pub facts: Vec<Fact>,
    /// Why it cannot be passed now, if too few people can decide it.
    pub impasse: Option<String>,
    /// What others said: "approver agreed: budget fine".
    pub decisions: Vec<String>,
    /// Approve, where the reader may.
    pub actions: Vec<Action>,
}

part!(ApprovalsList);
