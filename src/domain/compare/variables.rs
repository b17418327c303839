//! Comparison of the variables of two definitions.

use std::collections::{BTreeMap, BTreeSet};

use super::{FieldDiff, PositionDiff, field_diffs, in_order, out_of_order, position_diff};
use crate::domain::draft::{Draft, DraftVariable, ElementId};

/// How a variable is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableDiff {
    /// What it was; nothing: it was added.
    pub before: Option<VariablePlace>,
    /// What it is; nothing: it was removed.
    pub after: Option<VariablePlace>,
    /// Whether it stands elsewhere.
    pub position: PositionDiff,
    /// The fields with another value; all, if it was added or removed.
    pub fields: Vec<FieldDiff>,
}

/// A variable in one of the definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariablePlace {
    /// Its name.
    pub name: String,
    /// Its index.
    pub index: usize,
}

pub(super) fn diffs(old: &Draft, new: &Draft) -> Vec<VariableDiff> {
    let ids = |draft: &Draft| -> Vec<ElementId> { draft.variables.iter().map(|variable| variable.id).collect() };
    let by_id = |draft: &Draft| -> BTreeMap<ElementId, (usize, DraftVariable)> {
        draft.variables.iter().enumerate().map(|(index, of)| (of.id, (index, of.clone()))).collect()
    };
    let moved: BTreeSet<ElementId> = out_of_order(&ids(old), &ids(new)).into_iter().collect();
    let (before, after) = (by_id(old), by_id(new));
    let diff = |id: ElementId| {
        let (before, after) = (before.get(&id), after.get(&id));
        let fields = |of: Option<&(usize, DraftVariable)>| of.map_or_else(Vec::new, |(_, it)| it.spec.fields());
        let place = |(index, of): &(usize, DraftVariable)| VariablePlace { name: of.name.clone(), index: *index };
        VariableDiff {
            fields: field_diffs(fields(before), fields(after)),
            before: before.map(place),
            after: after.map(place),
            position: position_diff(&moved, id),
        }
    };
    let name = |place: &Option<VariablePlace>| place.as_ref().map(|place| place.name.clone());
    let is_different = |diff: &VariableDiff| {
        name(&diff.before) != name(&diff.after) || diff.position == PositionDiff::Moved || !diff.fields.is_empty()
    };
    in_order(ids(old).into_iter(), ids(new).into_iter()).into_iter().map(diff).filter(is_different).collect()
}
