//! The list of teams or of regions, with the form that makes another.

use askama::Template;

use crate::pages::components::{Action, Chrome, Field, Link, Status};

/// The whole page.
#[derive(Debug, Default, Template)]
#[template(path = "places/index.html")]
pub struct PlacesPage {
    /// Around it.
    pub chrome: Chrome,
    /// "Teams".
    pub title: &'static str,
    /// What it shows.
    pub lead: String,
    /// By name.
    pub rows: Vec<PlaceRow>,
    /// Makes another.
    pub form: PlaceForm,
}

/// The form that makes another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlaceForm {
    /// "Add a Team".
    pub title: &'static str,
    /// Takes the POST.
    pub url: String,
    /// The name that was typed.
    pub name: Field,
    /// What a name looks like.
    pub rule: &'static str,
    /// Whether scripts are ticked; none where that is not asked.
    pub scripts: Option<bool>,
}

/// A team or a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    /// Its name, and what it leads to.
    pub link: Link,
    /// Whether it may have scripts run on the server; of teams alone.
    pub scripts: Option<Status>,
    /// Changes that.
    pub permit: Option<Action>,
}
