//! Texts of a task in which references are replaced, and what becomes of each.

/// A text of a task in which references are replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain) struct UsedText<'k> {
    /// The field that it is in, as in the YAML.
    pub(in crate::domain) field: String,
    pub(in crate::domain) text: &'k str,
    pub(in crate::domain) used_as: TextUse,
}

/// What becomes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain) enum TextUse {
    /// It is run.
    Script,
    /// It is run to undo what the task did.
    UndoScript,
    /// It is given to something as it is.
    Value,
    /// The same, and nobody but the work is given it: a secret may stand in it.
    PrivateValue,
}

impl TextUse {
    /// Whether it is run.
    pub(in crate::domain) fn is_script(self) -> bool {
        match self {
            Self::Script | Self::UndoScript => true,
            Self::Value | Self::PrivateValue => false,
        }
    }
}

impl<'k> UsedText<'k> {
    pub(super) fn new(field: impl Into<String>, text: &'k str, used_as: TextUse) -> Self {
        Self { field: field.into(), text, used_as }
    }
}
