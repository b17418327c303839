//! The page of what could not be delivered.

use askama::Template;

use crate::pages::components::{Action, Chrome, Link, Status, When, part};

/// The whole page.
#[derive(Debug, Template)]
#[template(path = "deliveries/index.html")]
pub struct DeliveriesPage {
    /// Around it.
    pub chrome: Chrome,
    /// The part that refreshes itself.
    pub live: DeliveriesLive,
}

/// The list: comes back alone when something changed.
#[derive(Debug, Default, Template)]
#[template(path = "deliveries/_live.html")]
pub struct DeliveriesLive {
    /// "Undelivered".
    pub title: &'static str,
    /// What it shows.
    pub lead: &'static str,
    /// Dismiss All, where something was given up.
    pub actions: Vec<Action>,
    /// What is tried again soonest first, then what was given up last.
    pub rows: Vec<DeliveryRow>,
    /// Answers this fragment anew, or 204 when nothing changed.
    pub refresh: Option<String>,
}

/// Something that could not be delivered, or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Unique and stable.
    pub id: String,
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
    /// Whether it was given up, or is tried again.
    pub state: Status,
    /// When it was given up, or is tried next.
    pub when: Option<When>,
    /// Send Again, where it can be, and Dismiss.
    pub actions: Vec<Action>,
}

part!(DeliveriesLive);
