//! Merge of the variables: which of them are there, field by field, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::content::{Trio, ids_of, of_sides};
use super::{ConflictAspect, MergeChoice, MergeValue, Merging, Values};
use crate::domain::draft::{DraftVariable, ElementId};
use crate::domain::kinds::FieldValue;
use crate::domain::variables::VariableSpec;

impl Merging<'_> {
    /// The variables that are left, as they are merged.
    pub(super) fn variables(&mut self) -> Vec<DraftVariable> {
        let maps = of_sides(self.sides, |draft| {
            draft.variables.iter().map(|variable| (variable.id, variable.clone())).collect::<BTreeMap<_, _>>()
        });
        let mut merged: BTreeMap<ElementId, DraftVariable> = BTreeMap::new();
        for id in ids_of(&maps) {
            let trio = Trio::of(&maps, id);
            let variable = match (trio.mine, trio.theirs) {
                (Some(mine), Some(theirs)) => Some(self.variable(trio.base, mine, theirs)),
                (Some(_), None) | (None, Some(_)) => {
                    self.kept(id, &trio, |variable| &variable.name, |base, left| base == left).cloned()
                }
                (None, None) => None,
            };
            merged.extend(variable.map(|variable| (id, variable)));
        }
        let lists = of_sides(self.sides, |draft| draft.variables.iter().map(|it| it.id).collect::<Vec<_>>());
        let left: BTreeSet<ElementId> = merged.keys().copied().collect();
        let name = self.sides.mine.name.as_str();
        let order = self.arranged(lists.each_ref().map(Some), (None, ConflictAspect::VariableOrder, name), &left);
        order.iter().filter_map(|id| merged.remove(id)).collect()
    }

    fn variable(
        &mut self,
        base: Option<&DraftVariable>,
        mine: &DraftVariable,
        theirs: &DraftVariable,
    ) -> DraftVariable {
        let id = mine.id;
        let mut merged = mine.clone();
        let at = (Some(id), "name", mine.name.as_str());
        merged.name = self.pick_text(at, base.map(|it| it.name.as_str()), &mine.name, &theirs.name);
        let fields = |spec: &VariableSpec| -> BTreeMap<String, FieldValue> {
            spec.fields().into_iter().map(|field| (field.key, field.value)).collect()
        };
        let of_base = base.map(|base| fields(&base.spec)).unwrap_or_default();
        let (of_mine, of_theirs) = (fields(&mine.spec), fields(&theirs.spec));
        let keys: BTreeSet<&String> = of_base.keys().chain(of_mine.keys()).chain(of_theirs.keys()).collect();
        for key in keys {
            let value = |fields: &BTreeMap<String, FieldValue>| fields.get(key).cloned().map(MergeValue::Field);
            let values = Values { base: value(&of_base), mine: value(&of_mine), theirs: value(&of_theirs) };
            if self.pick_field(Some(id), key, &mine.name, values) == MergeChoice::Theirs {
                merged.spec.take(key, &theirs.spec);
            }
        }
        merged
    }
}
