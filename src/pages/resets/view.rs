//! The page that sets a new password.

use askama::Template;

use crate::pages::components::{Chrome, Field, Hidden};

/// A new password, by a link.
#[derive(Debug, Template)]
#[template(path = "resets/new.html")]
pub struct ResetPage {
    /// Around it, whoever reads it.
    pub chrome: Chrome,
    /// "New Password".
    pub title: &'static str,
    /// What becomes of it.
    pub lead: &'static str,
    /// Takes the POST: `token`, `password`, `again`.
    pub url: String,
    /// Sent along: the token of the link.
    pub hidden: Vec<Hidden>,
    /// The name of the account.
    pub name: String,
    /// What is wrong with the password; its value stays empty.
    pub password: Field,
    /// What is wrong with its repetition.
    pub again: Field,
    /// The rule, in words.
    pub password_rule: String,
}
