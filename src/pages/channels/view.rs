//! The pages of channels: those of a team, and the form of one.

use askama::Template;

use crate::pages::components::{Action, Chrome, Field, Hidden, Link, Notice, Status, When, part};

/// The channels of a team.
#[derive(Debug, Default, Template)]
#[template(path = "channels/index.html")]
pub struct ChannelsPage {
    /// Around it.
    pub chrome: Chrome,
    /// "Notifications of storefront".
    pub title: String,
    /// What it shows.
    pub lead: String,
    /// Back, and the forms of new ones.
    pub actions: Vec<Action>,
    /// What keeps messages from having a link.
    pub warning: Option<Notice>,
    /// A signing key that was just made.
    pub made: Option<MadeKey>,
    /// The part that refreshes itself.
    pub list: ChannelList,
    /// Takes the POST of what members are told by e-mail.
    pub events_url: String,
    /// What they can be told.
    pub events: Vec<EventBox>,
    /// Nothing is wrong with any choice.
    pub events_error: Option<String>,
}

/// The list alone: comes back when a test is over.
#[derive(Debug, Default, Template)]
#[template(path = "channels/_list.html")]
pub struct ChannelList {
    /// "Notifications of storefront".
    pub title: String,
    /// By name.
    pub rows: Vec<ChannelRow>,
    /// While a test is on its way: answers this fragment anew, or 204 when nothing changed.
    pub refresh: Option<String>,
}

/// A signing key, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeKey {
    /// That it is made.
    pub title: String,
    /// The key.
    pub key: String,
    /// What it is for.
    pub hint: &'static str,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// Unique and stable.
    pub id: String,
    /// Its name, which leads to its form.
    pub name: Link,
    /// "Webhook", "Chat (Slack)".
    pub kind: &'static str,
    /// Where it leads, or that that is secret.
    pub address: String,
    /// What is told there.
    pub events: Vec<&'static str>,
    /// That nothing is told there.
    pub off: Option<Status>,
    /// How the last delivery ended.
    pub outcome: OutcomeCell,
    /// Test, and what else there is.
    pub actions: Vec<Action>,
}

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutcomeCell {
    /// The word.
    pub status: Option<Status>,
    /// When.
    pub when: Option<When>,
    /// Why it failed.
    pub why: Option<String>,
}

/// The form of a channel.
#[derive(Debug, Default, Template)]
#[template(path = "channels/form.html")]
pub struct ChannelPage {
    /// Around it.
    pub chrome: Chrome,
    /// "New Webhook of storefront".
    pub title: String,
    /// What is sent there.
    pub lead: &'static str,
    /// Takes the POST.
    pub url: String,
    /// Back.
    pub cancel_url: String,
    /// The kind of a new one.
    pub hidden: Vec<Hidden>,
    /// Its name.
    pub name: Field,
    /// Where it leads.
    pub address: Field,
    /// What is to be typed there.
    pub address_hint: &'static str,
    /// Whether it must be typed.
    pub address_needed: bool,
    /// What can be told there.
    pub events: Vec<EventBox>,
    /// What is wrong with what is ticked.
    pub events_error: Option<String>,
    /// Whether anything is told there.
    pub enabled: bool,
    /// What is wrong with no field of it.
    pub error: Option<String>,
}

/// A kind of notices that can be ticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventBox {
    /// What is sent.
    pub word: &'static str,
    /// What it is.
    pub name: &'static str,
    /// Whether it is ticked.
    pub ticked: bool,
}

part!(ChannelList);
