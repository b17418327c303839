//! The form of the options of an environment.

use askama::Template;

use crate::pages::components::{Chrome, Crumbs, Field, Hidden, SelectOption};

/// A role whose holders may approve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproverRoleBox {
    /// The value that is sent.
    pub word: &'static str,
    /// What it is called.
    pub role: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// The form of the options of an environment.
#[derive(Debug, Template)]
#[template(path = "environments/options.html")]
pub struct OptionsPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where it is.
    pub crumbs: Crumbs,
    /// What is changed.
    pub title: &'static str,
    /// What it is for.
    pub lead: &'static str,
    /// Takes the POST.
    pub url: String,
    /// Back.
    pub cancel_url: String,
    /// How often they had been changed when the form began.
    pub hidden: Vec<Hidden>,
    /// What is wrong with no field of it.
    pub alert: Option<String>,
    /// How many releases at a time.
    pub locks: Vec<SelectOption>,
    /// What is wrong with that.
    pub lock_error: Option<String>,
    /// How many must agree.
    pub required: Field,
    /// Names of people who may.
    pub approvers: Field,
    /// Roles whose holders may.
    pub roles: Vec<ApproverRoleBox>,
    /// What is wrong with those.
    pub role_error: Option<String>,
    /// Whether whoever took part in starting the release may not.
    pub four_eyes: bool,
    /// Other teams.
    pub teams: Field,
}
