//! Views of variables: the fields that ask for them, and the values that an execution has.

use askama::Template;

use crate::pages::components::{SelectOption, part};

/// The fields of all variables in the dialog that executes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "executions/_variables.html")]
pub struct VariableFields {
    /// In the order in which they are declared.
    pub fields: Vec<VariableField>,
}

/// The field of one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableField {
    /// Its id on the page.
    pub id: String,
    /// The name of the variable, sent before its value.
    pub name: String,
    /// Beside its label: its type, that it is required, where the value comes from.
    pub note: String,
    /// Below it; may be empty.
    pub hint: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// How it is asked for, with its value.
    pub control: VariableControl,
}

/// How a value is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariableControl {
    /// A line.
    Line {
        /// What is in it.
        text: String,
        /// Whether a phone shows digits for it.
        is_number: bool,
    },
    /// Several lines.
    Lines {
        /// What is in them.
        text: String,
        /// How many lines are seen.
        rows: usize,
    },
    /// A list to choose from.
    Choice {
        /// What is in it.
        options: Vec<SelectOption>,
    },
}

/// The values of the variables of an execution.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "executions/_values.html")]
pub struct VariableLines {
    /// In the order in which they are declared.
    pub lines: Vec<VariableLine>,
}

/// A variable with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableLine {
    /// Its name.
    pub name: String,
    /// Its value, or words in its place.
    pub value: String,
    /// Whether these are words: that it is not set, or an empty text.
    pub is_said: bool,
}

part!(VariableFields, VariableLines);
