//! The sign-in page.

use askama::Template;

use crate::pages::components::Chrome;

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
