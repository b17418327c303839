//! Variables of a draft.

use serde::{Deserialize, Serialize};

use super::super::variables::{Variable, VariableSpec};
use super::{Draft, ElementId};

/// A variable of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftVariable {
    /// Its id.
    pub id: ElementId,
    /// The last name that it could have.
    pub name: String,
    /// What its value can be, as it was typed.
    pub spec: VariableSpec,
    /// What was typed as its name and cannot be that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed_name: Option<String>,
}

impl DraftVariable {
    /// What would be saved.
    pub fn declaration(&self) -> Variable {
        Variable { name: self.name.clone(), spec: self.spec.clone() }
    }
}

impl Draft {
    /// The variable of that id.
    pub fn variable(&self, id: ElementId) -> Option<&DraftVariable> {
        self.variables.iter().find(|variable| variable.id == id)
    }

    pub(in crate::domain) fn variable_index(&self, id: ElementId) -> Option<usize> {
        self.variables.iter().position(|variable| variable.id == id)
    }

    /// The variable that references mean by a name: the first of that name.
    pub(in crate::domain) fn variable_named(&self, name: &str) -> Option<&DraftVariable> {
        self.variables.iter().find(|variable| variable.name == name)
    }
}
