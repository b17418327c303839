//! The pages of named secrets: those of a place, and the form of one.

use askama::Template;

use crate::pages::components::{Action, Chrome, Crumbs, Field, Link, Notice, When};

/// The secrets of a team or an environment.
#[derive(Debug, Default, Template)]
#[template(path = "secrets/index.html")]
pub struct SecretsPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where it is.
    pub crumbs: Crumbs,
    /// "Secrets of production".
    pub title: String,
    /// Who is given them.
    pub lead: &'static str,
    /// The form of a new one, for whoever may set one.
    pub actions: Vec<Action>,
    /// What keeps this server from using them.
    pub warning: Option<Notice>,
    /// Whether the reader sets and forgets them.
    pub may_manage: bool,
    /// By name.
    pub rows: Vec<SecretRow>,
    /// What to do when there is none.
    pub first: &'static str,
}

/// A secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Its name, which leads to the form that sets it again, for whoever may.
    pub name: Link,
    /// How it is written in a task or an environment.
    pub reference: String,
    /// Who is given it.
    pub given_to: &'static str,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: When,
    /// When work was last given it.
    pub used_at: Option<When>,
    /// What can be done with it.
    pub actions: Vec<Action>,
}

/// The form of a secret.
#[derive(Debug, Default, Template)]
#[template(path = "secrets/form.html")]
pub struct SecretFormPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where it is.
    pub crumbs: Crumbs,
    /// What is set.
    pub title: String,
    /// What becomes of it.
    pub lead: &'static str,
    /// Takes the POST.
    pub url: String,
    /// Back.
    pub cancel_url: String,
    /// What is wrong with no field of it.
    pub alert: Option<String>,
    /// Its name, if it is new.
    pub name: Option<Field>,
    /// What is wrong with its value, which is never given back.
    pub value: Field,
    /// Whether tasks may be given it.
    pub for_tasks: bool,
    /// What that means.
    pub for_tasks_hint: &'static str,
}
