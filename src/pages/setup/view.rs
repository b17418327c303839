//! The page that makes the first administrator.

use askama::Template;

use crate::pages::components::{Chrome, Field, Hidden};

/// The first administrator, by the one-time link.
#[derive(Debug, Template)]
#[template(path = "setup/new.html")]
pub struct SetupPage {
    /// Around it, without a reader.
    pub chrome: Chrome,
    /// Where there are accounts already: that one of those can become the first administrator instead.
    pub instead: Option<&'static str>,
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
