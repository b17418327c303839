//! One's own page: sessions and password.

use askama::Template;

use crate::pages::components::{Chrome, Field, Notice, When};
use crate::pages::mail::view::AddressPart;

/// One's own page.
#[derive(Debug, Template)]
#[template(path = "account/show.html")]
pub struct AccountPage {
    /// Around it.
    pub chrome: Chrome,
    /// One's name.
    pub name: String,
    /// "Administrator", "Storefront: operator, approver".
    pub roles: Vec<String>,
    /// Which of one's own tokens end soon.
    pub ending: Option<Notice>,
    /// The one at hand first.
    pub sessions: Vec<SessionRow>,
    /// Takes the POST that ends all others; none when there is no other.
    pub end_others_url: Option<String>,
    /// Change the password.
    pub password: PasswordForm,
    /// One's own address for e-mail.
    pub mail: AddressPart,
}

/// A session of the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// "Firefox on Linux", or the whole name of the program.
    pub agent: String,
    /// From where.
    pub address: String,
    /// Signed in.
    pub since: When,
    /// Last used.
    pub seen: When,
    /// Takes the POST that ends it.
    pub end_url: String,
    /// Whether it is the one at hand.
    pub current: bool,
}

/// Change the password.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PasswordForm {
    /// Takes the POST: `current`, `password`, `again`.
    pub url: String,
    /// What is wrong with the present one.
    pub current: Field,
    /// What is wrong with the new one.
    pub password: Field,
    /// What is wrong with its repetition.
    pub again: Field,
    /// The rule, in words.
    pub rule: String,
}
