//! Dialogs that ask before something happens: each is a page of its own, and the same part is shown as a dialog.
//!
//! Reply with the dialog alone when the request has `HX-Request`, else with `DialogPage` around it.

use askama::Template;

use crate::messages::Locale;
use crate::pages::components::{Chrome, Field, Hidden, When, part};

/// Any dialog as a page.
#[derive(Debug, Template)]
#[template(path = "layouts/dialog_page.html")]
pub struct DialogPage<D: askama::FastWritable + askama::filters::HtmlSafe> {
    /// Around it.
    pub chrome: Chrome,
    /// The dialog.
    pub dialog: D,
}

/// What somebody said at a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidRow {
    /// Who.
    pub who: String,
    /// "agreed", "rejected", "agreed in place of the approvers".
    pub said: String,
    /// Their words; may be empty.
    pub comment: String,
    /// When.
    pub when: When,
}

/// Terminate, Roll Back, Delete, Skip: what will happen, and the button that does it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "components/confirm_dialog.html")]
pub struct ConfirmDialog {
    /// "Terminate shop-web-release?"
    pub title: String,
    /// Under it: "shop-web-release · execution #12".
    pub about: String,
    /// What will happen.
    pub sentence: String,
    /// What will happen, in order, if there is anything to list.
    pub steps: Option<Steps>,
    /// Takes the POST, with `comment` when one is asked for.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back.
    pub cancel_url: String,
    /// The words on the button: "Terminate", "OK".
    pub button: String,
    /// Whether it takes something away.
    pub danger: bool,
    /// Whether the answer is a page of its own, which takes the place of the one at hand.
    pub is_page: bool,
    /// The field for a comment, where one is required.
    pub comment: Option<Field>,
    /// Why it was not done.
    pub error: Option<String>,
}

impl ConfirmDialog {
    /// Asks before something of a team is deleted whose page is at that address.
    pub fn before_deletion(name: &str, page: String) -> Self {
        let words = Locale::default().components();
        Self {
            title: words.deletion_title(name),
            sentence: words.deletion(name),
            url: format!("{page}/delete"),
            cancel_url: page,
            button: "Delete".to_owned(),
            danger: true,
            ..Self::default()
        }
    }

    /// The same again, with what keeps it from being deleted.
    #[must_use]
    pub fn not_empty(self, name: &str) -> Self {
        Self { error: Some(Locale::default().components().not_empty(name)), ..self }
    }
}

/// A list of what will happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// Before it: "Will be undone, in this order:".
    pub title: String,
    /// Each of it.
    pub items: Vec<String>,
}

impl Steps {
    /// The list, if there is anything in it.
    pub fn of(title: impl Into<String>, items: Vec<String>) -> Option<Self> {
        (!items.is_empty()).then(|| Self { title: title.into(), items })
    }
}

/// A refusal of something that was sent at once, shown in the dialog: 403, 404, 409.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/refused_dialog.html")]
pub struct RefusedDialog {
    /// "Not done".
    pub title: String,
    /// The sentence of the refusal.
    pub sentence: String,
    /// The page as it is now.
    pub back_url: String,
}

part!(ConfirmDialog, RefusedDialog);
