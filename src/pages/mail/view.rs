//! The page of how mail is sent, the part of My Account about one's own address, and where a link leads that confirms one.

use askama::Template;

use crate::pages::channels::view::{EventBox, OutcomeCell};
use crate::pages::components::{Action, Chrome, Field, Hidden, Notice, SelectOption, part};

/// How mail is sent.
#[derive(Debug, Default, Template)]
#[template(path = "mail/show.html")]
pub struct MailPage {
    /// Around it.
    pub chrome: Chrome,
    /// "E-mail".
    pub title: &'static str,
    /// What it is for.
    pub lead: &'static str,
    /// What keeps messages from having a link.
    pub warning: Option<Notice>,
    /// Takes the POST.
    pub url: String,
    /// The mail server.
    pub host: Field,
    /// Its port.
    pub port: Field,
    /// How the connection is encrypted.
    pub encryption: Vec<SelectOption>,
    /// The address that mail is from.
    pub sender: Field,
    /// The name with which the server signs in.
    pub user: Field,
    /// Its password, which is never shown.
    pub password: Field,
    /// Whether one is kept.
    pub password_hint: &'static str,
    /// Sends a test, once there is a server.
    pub attempt: Option<Action>,
    /// How the last mail to the reader ended.
    pub outcome: MailOutcome,
}

/// How the last mail to the reader ended: comes back alone when a test is over.
#[derive(Debug, Default, Template)]
#[template(path = "mail/_outcome.html")]
pub struct MailOutcome {
    /// In a cell, as of channels.
    pub row: MailCell,
    /// While a test is on its way: answers this fragment anew, or 204 when nothing changed.
    pub refresh: Option<String>,
}

/// How the last mail ended.
#[derive(Debug, Default)]
pub struct MailCell {
    /// It.
    pub outcome: OutcomeCell,
}

part!(MailOutcome);

/// The part of My Account about one's own address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddressPart {
    /// The address that is confirmed.
    pub address: Option<String>,
    /// One that waits to be confirmed.
    pub asked: Option<String>,
    /// Takes the POST with another address.
    pub url: String,
    /// What was typed.
    pub typed: Field,
    /// Takes the POST with what is ticked.
    pub events_url: String,
    /// What can be told.
    pub events: Vec<EventBox>,
    /// Whose choice is used.
    pub whose: String,
    /// Takes that of the teams, where it is one's own.
    pub follow: Option<Action>,
    /// What is wrong with that.
    pub events_error: Option<String>,
    /// Forgets the address.
    pub forget: Option<Action>,
}

/// Where a link leads that confirms an address.
#[derive(Debug, Default, Template)]
#[template(path = "mail/confirm.html")]
pub struct ConfirmPage {
    /// Around it.
    pub chrome: Chrome,
    /// "Confirm your address".
    pub title: &'static str,
    /// What it means, or that the link is over.
    pub lead: String,
    /// Whether there is something to confirm.
    pub is_good: bool,
    /// Takes the POST.
    pub url: String,
    /// The secret.
    pub hidden: Vec<Hidden>,
    /// Back.
    pub cancel_url: String,
}
