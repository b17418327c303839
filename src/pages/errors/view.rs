//! A page for what went wrong: what happened, why, and what to do.

use askama::Template;

use crate::pages::components::{Action, Chrome, part};

/// An error as a page: 404, 403, 409, 422, 500, 503.
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
    /// What was sent and could not be taken, to be sent again.
    pub typed: Option<Typed>,
    /// For 500: what to tell whoever runs this Tollgate.
    pub reference: Option<String>,
    /// Where to go from here.
    pub actions: Vec<Action>,
}

/// A form that was sent, with what was typed.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "errors/_typed.html")]
pub struct Typed {
    /// Takes it.
    pub url: String,
    /// What it has, in the order in which it was sent.
    pub fields: Vec<TypedField>,
}

/// A field of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedField {
    /// Nobody typed it.
    Hidden {
        /// Its name.
        name: String,
        /// What it holds.
        value: String,
    },
    /// Shown, and may be changed.
    Shown {
        /// What it is called.
        label: &'static str,
        /// Its name.
        name: String,
        /// What was typed.
        value: String,
        /// Whether it has lines.
        long: bool,
    },
    /// Has to be typed again.
    Secret {
        /// What it is called.
        label: &'static str,
        /// Its name.
        name: String,
    },
}

part!(Typed);
