//! Blanking of a value: the form, and where the value stands.

use askama::Template;

use crate::pages::components::{Chrome, Link};

/// The whole page. The value itself is never on it.
#[derive(Debug, Default, Template)]
#[template(path = "blanking/new.html")]
pub struct BlankingPage {
    /// Around it.
    pub chrome: Chrome,
    /// The heading.
    pub title: &'static str,
    /// What it does, and what to do first.
    pub lead: String,
    /// Takes the POST.
    pub url: String,
    /// Below the field.
    pub hint: String,
    /// What is wrong with the value.
    pub error: Option<String>,
    /// Nobody said yes to it.
    pub not_confirmed: Option<&'static str>,
    /// Where it stands, when that was asked for.
    pub found: Option<FoundPlaces>,
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPlaces {
    /// In how many, or that it is nowhere.
    pub summary: Vec<String>,
    /// By name.
    pub rows: Vec<FoundRow>,
}

/// A release task in which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRow {
    /// Its name, and its page.
    pub release: Link,
    /// Its team.
    pub team: String,
    /// Its region.
    pub region: String,
    /// In how much of it.
    pub counts: String,
    /// Why it would stay there, if it would.
    pub remark: Option<&'static str>,
}
