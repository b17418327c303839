//! The page that shows links once.

use askama::Template;

use crate::pages::components::{Chrome, Link, When};

/// The whole page.
#[derive(Debug, Default, Template)]
#[template(path = "links/index.html")]
pub struct LinksPage {
    /// Around it.
    pub chrome: Chrome,
    /// "Send These 3 Links".
    pub title: String,
    /// What they are for.
    pub lead: String,
    /// In the order in which they were asked for.
    pub rows: Vec<LinkRow>,
    /// A file with all of them, where there are several.
    pub file: Option<String>,
    /// Leads away.
    pub back: Link,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// What it is called in the page.
    pub id: String,
    /// Whom it is for.
    pub name: String,
    /// The whole address.
    pub url: String,
    /// Until when it is good.
    pub until: When,
}
