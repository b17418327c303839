//! The URLs of one draft and of everything below it.

use super::release_urls::with_query;
use crate::domain::draft::ElementId;
use crate::domain::ids::DraftId;

/// The pattern of the URL of a draft. Whatever stands behind `{draft}` belongs to it.
pub const DRAFT: &str = "/regions/{region}/drafts/{draft}";

/// Makes the URLs of one draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftUrls {
    base: String,
}

impl DraftUrls {
    /// Of the draft of that key in that region.
    pub fn new(region: &str, id: DraftId) -> Self {
        Self { base: format!("/regions/{region}/drafts/{id}") }
    }

    /// The board, with the form of a task if one is open.
    pub fn board(&self, open: Option<ElementId>) -> String {
        match open {
            Some(id) => format!("{}?task={id}", self.base),
            None => self.base.clone(),
        }
    }

    /// The same with the form of a task open, and all that is wrong in it, though nothing was typed yet.
    pub fn board_asked(&self, task: ElementId) -> String {
        format!("{}?task={task}&asked=true", self.base)
    }

    /// A page below it, such as `yaml`.
    pub fn below(&self, word: &str) -> String {
        format!("{}/{word}", self.base)
    }

    /// A page below it that is about an element.
    pub fn about(&self, word: &str, element: ElementId) -> String {
        with_query(&self.below(word), &[("element", &element.to_string())])
    }

    /// The choice of a kind for a new task in a group.
    pub fn pick(&self, group: ElementId, after: Option<ElementId>) -> String {
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        with_query(&self.below("pick"), &[("group", &group.to_string()), ("after", &after)])
    }
}

/// The page that makes a new release task in a region.
pub fn new_release_task(region: &str) -> String {
    format!("/regions/{region}/release-tasks/new")
}

/// The anchor of an element on the board.
pub fn anchor(element: ElementId) -> String {
    format!("e-{element}")
}

/// The anchor of a field of the form that is open.
pub fn field_anchor(key: &str) -> String {
    format!("f-{}", key.replace('.', "-"))
}
