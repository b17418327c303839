//! Merge of what elements say: which of them are there, and field by field.

use std::collections::{BTreeMap, BTreeSet};

use super::{Conflict, ConflictAspect, ConflictAt, MergeChoice, MergeSides, MergeValue, Merging, Values};
use crate::domain::draft::{Draft, DraftTask, ElementId};
use crate::domain::kinds::{FieldValue, Kind};

/// An element on the three sides.
pub(super) struct Trio<'d, T> {
    pub(super) base: Option<&'d T>,
    pub(super) mine: Option<&'d T>,
    pub(super) theirs: Option<&'d T>,
}

impl<'d, T> Trio<'d, T> {
    pub(super) fn of(maps: &'d [BTreeMap<ElementId, T>; 3], id: ElementId) -> Self {
        let [base, mine, theirs] = maps;
        Self { base: base.get(&id), mine: mine.get(&id), theirs: theirs.get(&id) }
    }
}

/// Something of each side.
pub(super) fn of_sides<'d, T>(sides: MergeSides<'d>, of: impl Fn(&'d Draft) -> T) -> [T; 3] {
    [of(sides.base), of(sides.mine), of(sides.theirs)]
}

/// The ids of the maps, those of mine in front.
pub(super) fn ids_of<T>([base, mine, theirs]: &[BTreeMap<ElementId, T>; 3]) -> Vec<ElementId> {
    let mut seen = BTreeSet::new();
    mine.keys().chain(theirs.keys()).chain(base.keys()).copied().filter(|id| seen.insert(*id)).collect()
}

impl Merging<'_> {
    /// The tasks that are left, as they are merged.
    pub(super) fn tasks(&mut self) -> BTreeMap<ElementId, DraftTask> {
        let maps = of_sides(self.sides, |draft| {
            draft.tasks().map(|(_, task)| (task.id, task.clone())).collect::<BTreeMap<_, _>>()
        });
        let mut merged = BTreeMap::new();
        for id in ids_of(&maps) {
            let trio = Trio::of(&maps, id);
            let task = match (trio.mine, trio.theirs) {
                (Some(mine), Some(theirs)) => Some(self.task(trio.base, mine, theirs)),
                (Some(_), None) | (None, Some(_)) => self.kept(id, &trio, |task| &task.name, says_the_same).cloned(),
                (None, None) => None,
            };
            merged.extend(task.map(|task| (id, task)));
        }
        merged
    }

    /// An element that only one of the two sides has, unless the other removed it.
    pub(super) fn kept<'d, T>(
        &mut self,
        id: ElementId,
        trio: &Trio<'d, T>,
        name: impl Fn(&T) -> &str,
        is_same: impl Fn(&T, &T) -> bool,
    ) -> Option<&'d T> {
        let left = trio.mine.or(trio.theirs)?;
        let Some(base) = trio.base else { return Some(left) };
        if is_same(base, left) {
            return None;
        }
        let present = |side: Option<&T>| side.map(|_| MergeValue::Present);
        let at = ConflictAt { element: Some(id), aspect: ConflictAspect::Presence };
        let choice = self.choices.get(&at).copied().unwrap_or_default();
        self.conflicts.push(Conflict {
            at,
            name: name(left).to_owned(),
            base: present(trio.base),
            mine: present(trio.mine),
            theirs: present(trio.theirs),
            choice,
        });
        match choice {
            MergeChoice::Mine => trio.mine,
            MergeChoice::Theirs => trio.theirs,
        }
    }

    fn task(&mut self, base: Option<&DraftTask>, mine: &DraftTask, theirs: &DraftTask) -> DraftTask {
        let id = mine.id;
        let mut merged = mine.clone();
        let at = |key: &'static str| (Some(id), key, mine.name.as_str());
        merged.name = self.pick_text(at("name"), base.map(|it| it.name.as_str()), &mine.name, &theirs.name);
        let described = base.map(|it| it.description.as_str());
        merged.description = self.pick_text(at("description"), described, &mine.description, &theirs.description);
        let form = mine.kind.form();
        if theirs.kind.form() == form && base.is_none_or(|base| base.kind.form() == form) {
            self.kind(base, (mine, theirs), &mut merged);
        } else {
            let kind = |task: &DraftTask| MergeValue::Kind(Box::new(task.kind.clone()));
            let values = Values { base: base.map(kind), mine: Some(kind(mine)), theirs: Some(kind(theirs)) };
            if self.pick(Some(id), ConflictAspect::Kind, &mine.name, values) == MergeChoice::Theirs {
                merged.kind = theirs.kind.clone();
                merged.unread.clear();
            }
        }
        merged
    }

    /// Merges what a task does, field by field.
    fn kind(&mut self, base: Option<&DraftTask>, (mine, theirs): (&DraftTask, &DraftTask), merged: &mut DraftTask) {
        let fields = |kind: &Kind| -> BTreeMap<String, FieldValue> {
            kind.fields().into_iter().map(|field| (field.key, field.value)).collect()
        };
        let of_base = base.map(|base| fields(&base.kind)).unwrap_or_default();
        let (of_mine, of_theirs) = (fields(&mine.kind), fields(&theirs.kind));
        let keys: BTreeSet<&String> = of_base.keys().chain(of_mine.keys()).chain(of_theirs.keys()).collect();
        for key in keys {
            let value = |fields: &BTreeMap<String, FieldValue>| fields.get(key).cloned().map(MergeValue::Field);
            let values = Values { base: value(&of_base), mine: value(&of_mine), theirs: value(&of_theirs) };
            if self.pick_field(Some(mine.id), key, &mine.name, values) == MergeChoice::Theirs {
                merged.kind.take(key, &theirs.kind);
                merged.unread.remove(key);
            }
        }
    }
}

/// Whether nobody changed what the task says, or typed into it what could not be read.
fn says_the_same(base: &DraftTask, task: &DraftTask) -> bool {
    (&base.name, &base.description, &base.kind, &base.unread)
        == (&task.name, &task.description, &task.kind, &task.unread)
}
