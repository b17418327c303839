//! Sign-in, the first administrator, and one's own page: sessions and password.

use askama::Template;

use super::{Chrome, Field, Hidden, When};

/// Sign in.
#[derive(Debug, Template)]
#[template(path = "sessions/new.html")]
pub struct LoginPage {
    /// Around it, without a reader.
    pub chrome: Chrome,
    /// Takes the POST: `name`, `password`, `next`.
    pub url: String,
    /// Where one came from and goes on to.
    pub next: Option<String>,
    /// What was typed.
    pub name: String,
    /// Why it did not work, without telling which accounts exist.
    pub error: Option<String>,
    /// A plain word before, such as "You are signed out."
    pub notice: Option<String>,
}

/// The first administrator, by the one-time link.
#[derive(Debug, Template)]
#[template(path = "sessions/setup.html")]
pub struct SetupPage {
    /// Around it, without a reader.
    pub chrome: Chrome,
    /// Takes the POST: `name`, `password`, `again`.
    pub url: String,
    /// Sent along: the token of the link.
    pub hidden: Vec<Hidden>,
    /// The name of the account.
    pub name: Field,
    /// What is wrong with the password; its value stays empty.
    pub password: Field,
    /// What is wrong with its repetition.
    pub again: Field,
    /// The rule, in words.
    pub password_rule: String,
}

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
    /// The one at hand first.
    pub sessions: Vec<SessionRow>,
    /// Takes the POST that ends all others; none when there is no other.
    pub end_others_url: Option<String>,
    /// Change the password.
    pub password: PasswordForm,
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
