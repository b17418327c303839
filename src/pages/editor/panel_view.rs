//! View of the form of a task or a variable.

use askama::Template;

use crate::pages::components::{Field, SelectOption, part};

/// The form of a task, or of a variable.
#[derive(Debug, Template)]
#[template(path = "editor/_panel.html")]
pub struct TaskPanel {
    /// Its id in the draft.
    pub element: u32,
    /// The command that takes it.
    pub command: String,
    /// The rule of its name.
    pub name_hint: &'static str,
    /// Its name.
    pub title: String,
    /// The icon of its kind.
    pub icon: &'static str,
    /// Its kind in words.
    pub kind: String,
    /// "Approve, group 1".
    pub place: String,
    /// Takes the POST.
    pub url: String,
    /// The state of the draft.
    pub rev: u64,
    /// The board without the form.
    pub close_url: String,
    /// The name as it was typed.
    pub name: Field,
    /// The description as it was typed.
    pub description: Field,
    /// What is wrong with it, but with no field of it.
    pub errors: Vec<String>,
    /// The fields of its kind.
    pub fields: Vec<PanelField>,
    /// What its texts can name.
    pub values: Vec<OfferedInsertion>,
}

/// A value that a text can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedInsertion {
    /// What names it.
    pub text: String,
    /// What it is.
    pub about: String,
}

/// A field of the form of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelField {
    /// Its anchor.
    pub id: String,
    /// Its name in the form.
    pub name: &'static str,
    /// The title of the part that begins with it.
    pub part: Option<&'static str>,
    /// Before it.
    pub label: &'static str,
    /// Below it; may be empty.
    pub help: &'static str,
    /// Beside its label.
    pub note: Option<String>,
    /// What is wrong with it.
    pub error: Option<String>,
    /// Values of earlier tasks can be named in it.
    pub takes_values: bool,
    /// How it is asked for, with its value.
    pub control: PanelControl,
}

/// How a field is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PanelControl {
    /// A line.
    Line {
        /// Its value.
        text: String,
        /// What it counts as while it is empty.
        default: String,
    },
    /// A short line: a number, a time.
    Short {
        /// Its value.
        text: String,
        /// What it counts as while it is empty.
        default: String,
    },
    /// A line with names to choose from.
    Named {
        /// Its value.
        text: String,
        /// The names.
        offered: Vec<String>,
    },
    /// A version, which can be offered anew.
    Version {
        /// Its value.
        text: String,
    },
    /// Lines of code.
    Script {
        /// Its value.
        text: String,
        /// How many lines are seen.
        rows: usize,
    },
    /// Lines of prose.
    Prose {
        /// Its value.
        text: String,
    },
    /// Yes or no.
    Flag {
        /// Its value.
        on: bool,
    },
    /// One of several words.
    Choice {
        /// The words.
        options: Vec<SelectOption>,
    },
    /// Any of several people or roles.
    People {
        /// A box for each.
        boxes: Vec<PersonBox>,
    },
    /// Names with values.
    Pairs {
        /// Under which the names are sent.
        name: String,
        /// Under which the values are sent.
        value: String,
        /// Those that there are, and some that are empty.
        rows: Vec<NameAndValue>,
    },
}

/// A box for a person or a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonBox {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
    /// Beside it.
    pub note: String,
    /// Whether it is checked.
    pub on: bool,
}

impl PersonBox {
    /// A box.
    pub fn new(value: &str, text: &str, note: impl Into<String>, on: bool) -> Self {
        Self { value: value.to_owned(), text: text.to_owned(), note: note.into(), on }
    }
}

/// A variable or a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAndValue {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether that has several lines.
    pub several_lines: bool,
}

part!(TaskPanel);
