//! The page of what could not be delivered.

use askama::Template;

use crate::pages::components::{Action, Chrome, Link, When};

/// The whole page.
#[derive(Debug, Default, Template)]
#[template(path = "deliveries/index.html")]
pub struct DeliveriesPage {
    /// Around it.
    pub chrome: Chrome,
    /// "Undelivered".
    pub title: &'static str,
    /// What it shows.
    pub lead: &'static str,
    /// Dismiss All, where there is something.
    pub actions: Vec<Action>,
    /// The last first.
    pub rows: Vec<DeliveryRow>,
}

/// Something that could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// What it tells.
    pub what: &'static str,
    /// The release task that it tells of.
    pub release: Option<Link>,
    /// Name of the team.
    pub team: String,
    /// How.
    pub kind: &'static str,
    /// Name of the channel or of the person.
    pub recipient: String,
    /// Why not.
    pub why: String,
    /// How often it was tried.
    pub tried: String,
    /// When it was given up.
    pub when: Option<When>,
    /// Send Again, where it can be, and Dismiss.
    pub actions: Vec<Action>,
}
