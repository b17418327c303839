//! A page for what went wrong: what happened, why, and what to do.

use askama::Template;

use super::{Action, Chrome};

/// An error as a page: 404, 403, 409, 422, 500.
#[derive(Debug, Template)]
#[template(path = "errors/show.html")]
pub struct ErrorPage {
    /// Around it; without a reader when nobody is signed in.
    pub chrome: Chrome,
    /// The status of the answer.
    pub status: u16,
    /// What happened, as a title: "This page does not exist".
    pub title: String,
    /// Why, and what to do.
    pub sentence: String,
    /// More of it, such as every problem of a form.
    pub details: Vec<String>,
    /// For 500: what to tell whoever runs this Tollgate.
    pub reference: Option<String>,
    /// Where to go from here.
    pub actions: Vec<Action>,
}
