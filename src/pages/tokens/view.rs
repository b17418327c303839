//! The page of tokens.

use askama::Template;

use crate::pages::components::{Action, Chrome, Field, SelectOption, Status, When};

/// The whole page.
#[derive(Debug, Default, Template)]
#[template(path = "tokens/index.html")]
pub struct TokensPage {
    /// Around it.
    pub chrome: Chrome,
    /// What it shows.
    pub lead: String,
    /// The token that was just made.
    pub made: Option<MadeRow>,
    /// The newest first.
    pub rows: Vec<TokenRow>,
    /// Makes another.
    pub form: TokenForm,
}

/// A token that was just made, with its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeRow {
    /// That it is made.
    pub title: String,
    /// The secret.
    pub secret: String,
    /// What to do when it is lost.
    pub hint: &'static str,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// What uses it.
    pub name: String,
    /// How its secret begins.
    pub prefix: String,
    /// Whose it is.
    pub owner: String,
    /// For which teams it is good, where that is not said by whose it is.
    pub reach: Option<String>,
    /// What it may do.
    pub scopes: Vec<&'static str>,
    /// That it has ended, or ends soon.
    pub state: Option<Status>,
    /// When it ends.
    pub expires: When,
    /// When it was last used.
    pub used: Option<When>,
    /// From where.
    pub used_from: Option<String>,
    /// Lets it last longer, and ends it.
    pub actions: Vec<Action>,
}

/// The form that makes a token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenForm {
    /// Takes the POST.
    pub url: String,
    /// Its name.
    pub name: Field,
    /// The teams for whose services the reader may make one.
    pub owners: Vec<SelectOption>,
    /// The teams to one of which it can be limited.
    pub teams: Vec<SelectOption>,
    /// What it may do.
    pub scopes: Vec<ScopeBox>,
    /// What is wrong with that.
    pub scopes_error: Option<String>,
    /// For how long.
    pub lasts: Vec<SelectOption>,
    /// Until which day instead.
    pub until: Field,
    /// What is wrong with no field of it.
    pub error: Option<String>,
}

/// A scope that can be ticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeBox {
    /// What is sent.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What a token with it does.
    pub meaning: &'static str,
    /// Whether it is ticked.
    pub ticked: bool,
    /// Whether it cannot be left out.
    pub fixed: bool,
}
