//! Comparison of two definitions as a structure: variables, phases and tasks that were added, removed, named anew, moved or
//! changed, and of each variable and task its fields with the value before and after.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::{Definition, TaskPosition};
use super::draft::{Draft, DraftTask, ElementId};
use super::failure_policy::FailurePolicy;
use super::kinds::{FieldValue, Kind, KindField};

mod variables;

pub use variables::{VariableDiff, VariablePlace};

/// All that is different; empty when nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The best effort policy, if it is another.
    pub best_effort: Option<FieldDiff>,
    /// Whether a new execution may take the place of one that waits, if that is another.
    pub supersede: Option<FieldDiff>,
    /// What happens by itself after a failure, if that is another.
    pub on_failure: Option<FieldDiff>,
    /// Variables that are different: in the order after, then what was removed.
    pub variables: Vec<VariableDiff>,
    /// Phases that are different, apart from what is in them: in the order after, then what was removed.
    pub phases: Vec<PhaseDiff>,
    /// Groups that were added to or removed from a phase that is in both, or moved, in the same order.
    pub groups: Vec<GroupDiff>,
    /// Tasks that are different, in the same order.
    pub tasks: Vec<TaskDiff>,
}

/// How a phase is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseDiff {
    /// What it was; nothing: it was added.
    pub before: Option<PhasePlace>,
    /// What it is; nothing: it was removed.
    pub after: Option<PhasePlace>,
    /// Whether it stands elsewhere.
    pub position: PositionDiff,
}

/// A phase in one of the definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhasePlace {
    /// Its name.
    pub name: String,
    /// Its index.
    pub index: usize,
}

/// How a group is different. It has no name: it is the one that has the same tasks, or stands at the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDiff {
    /// Where it was; nothing: it was added.
    pub before: Option<GroupPlace>,
    /// Where it is; nothing: it was removed.
    pub after: Option<GroupPlace>,
    /// Whether it stands elsewhere.
    pub position: PositionDiff,
}

/// A group in one of the definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPlace {
    /// Name of its phase.
    pub phase: String,
    /// Index of its phase.
    pub phase_index: usize,
    /// Its index in that.
    pub index: usize,
}

/// How a task is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskDiff {
    /// What it was; nothing: it was added.
    pub before: Option<TaskPlace>,
    /// What it is; nothing: it was removed.
    pub after: Option<TaskPlace>,
    /// Whether it stands elsewhere.
    pub position: PositionDiff,
    /// The fields with another value; all, if it was added or removed.
    pub fields: Vec<FieldDiff>,
}

/// A task in one of the definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskPlace {
    /// Its name.
    pub name: String,
    /// Name of its phase.
    pub phase: String,
    /// Where it stands.
    pub position: TaskPosition,
}

/// Whether something that is in both stands elsewhere. What only made room for others has not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionDiff {
    /// It does not, or it is in one of them only.
    Stays,
    /// It does.
    Moved,
}

/// A field with its value before and after; nothing: it had or has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDiff {
    /// Its key as in the YAML.
    pub key: String,
    /// The value before.
    pub before: Option<FieldValue>,
    /// The value after.
    pub after: Option<FieldValue>,
}

impl Comparison {
    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        let Self { best_effort, supersede, on_failure, variables, phases, groups, tasks } = self;
        let is_same = best_effort.is_none() && supersede.is_none() && on_failure.is_none() && variables.is_empty();
        is_same && phases.is_empty() && groups.is_empty() && tasks.is_empty()
    }
}

/// Compares two definitions. A task is the same if it has the same name, or stands at the same place and does the same; a
/// variable likewise.
pub fn compare(before: &Definition, after: &Definition) -> Comparison {
    let old = Draft::of("", "", before);
    let new = old.matched_closely("", "", after);
    let moved = moved(&old, &new);
    Comparison {
        best_effort: flag_diff("bestEffort", old.best_effort, new.best_effort),
        supersede: flag_diff("supersede", old.supersede, new.supersede),
        on_failure: policy_diff(&old, &new),
        variables: variables::diffs(&old, &new),
        phases: phases(&old, &new, &moved),
        groups: groups(&old, &new, &moved),
        tasks: tasks(&old, &new, &moved),
    }
}

fn flag_diff(key: &str, before: bool, after: bool) -> Option<FieldDiff> {
    let flag = |is_on: bool| Some(FieldValue::Flag(is_on));
    (before != after).then(|| FieldDiff { key: key.to_owned(), before: flag(before), after: flag(after) })
}

fn policy_diff(old: &Draft, new: &Draft) -> Option<FieldDiff> {
    let written = |draft: &Draft| draft.on_failure.as_ref().map(FailurePolicy::value);
    (old.on_failure != new.on_failure).then(|| FieldDiff {
        key: "onFailure".to_owned(),
        before: written(old),
        after: written(new),
    })
}

fn phases(old: &Draft, new: &Draft, moved: &BTreeSet<ElementId>) -> Vec<PhaseDiff> {
    let places = |draft: &Draft| -> BTreeMap<ElementId, PhasePlace> {
        let numbered = draft.phases.iter().enumerate();
        numbered.map(|(index, phase)| (phase.id, PhasePlace { name: phase.name.clone(), index })).collect()
    };
    let (mut before, mut after) = (places(old), places(new));
    let order = in_order(old.phases.iter().map(|phase| phase.id), new.phases.iter().map(|phase| phase.id));
    let diffs = order.into_iter().map(|id| PhaseDiff {
        before: before.remove(&id),
        after: after.remove(&id),
        position: position_diff(moved, id),
    });
    let name = |place: &Option<PhasePlace>| place.as_ref().map(|place| place.name.clone());
    diffs.filter(|diff| name(&diff.before) != name(&diff.after) || diff.position == PositionDiff::Moved).collect()
}

fn groups(old: &Draft, new: &Draft, moved: &BTreeSet<ElementId>) -> Vec<GroupDiff> {
    let places = |draft: &Draft, other: &Draft| -> BTreeMap<ElementId, (GroupPlace, PhaseIn)> {
        let place = |phase: usize, index: usize| {
            let of = &draft.phases[phase];
            let both = if other.phase(of.id).is_some() { PhaseIn::Both } else { PhaseIn::One };
            (GroupPlace { phase: of.name.clone(), phase_index: phase, index }, both)
        };
        draft.groups().map(|(phase, index, group)| (group.id, place(phase, index))).collect()
    };
    let (mut before, mut after) = (places(old, new), places(new, old));
    let order = in_order(old.groups().map(|(_, _, group)| group.id), new.groups().map(|(_, _, group)| group.id));
    let mut diffs = Vec::new();
    for id in order {
        let position = position_diff(moved, id);
        let is_different = match (before.get(&id), after.get(&id)) {
            (Some(_), Some(_)) => position == PositionDiff::Moved,
            // With its phase it came and went.
            (Some((_, phase)), None) | (None, Some((_, phase))) => *phase == PhaseIn::Both,
            (None, None) => false,
        };
        let (before, after) = (before.remove(&id), after.remove(&id));
        if is_different {
            diffs.push(GroupDiff { before: before.map(|it| it.0), after: after.map(|it| it.0), position });
        }
    }
    diffs
}

/// Which of the definitions have a phase.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PhaseIn {
    One,
    Both,
}

fn tasks(old: &Draft, new: &Draft, moved: &BTreeSet<ElementId>) -> Vec<TaskDiff> {
    let place = |draft: &Draft, (position, task): (TaskPosition, &DraftTask)| TaskPlace {
        name: task.name.clone(),
        phase: draft.phases[position.phase].name.clone(),
        position,
    };
    let of = |draft: &Draft| -> BTreeMap<ElementId, (TaskPlace, DraftTask)> {
        draft.tasks().map(|(position, task)| (task.id, (place(draft, (position, task)), task.clone()))).collect()
    };
    let (mut before, mut after) = (of(old), of(new));
    let order = in_order(old.tasks().map(|(_, task)| task.id), new.tasks().map(|(_, task)| task.id));
    let diffs = order.into_iter().map(|id| {
        let (before, after) = (before.remove(&id), after.remove(&id));
        let said =
            |task: &Option<(TaskPlace, DraftTask)>| task.as_ref().map_or_else(Vec::new, |(_, task)| fields_of(task));
        TaskDiff {
            fields: field_diffs(said(&before), said(&after)),
            before: before.map(|(place, _)| place),
            after: after.map(|(place, _)| place),
            position: position_diff(moved, id),
        }
    });
    let name = |place: &Option<TaskPlace>| place.as_ref().map(|place| place.name.clone());
    let is_different = |diff: &TaskDiff| {
        name(&diff.before) != name(&diff.after) || diff.position == PositionDiff::Moved || !diff.fields.is_empty()
    };
    diffs.filter(is_different).collect()
}

/// What is there after, then what was only there before.
fn in_order(old: impl Iterator<Item = ElementId>, new: impl Iterator<Item = ElementId>) -> Vec<ElementId> {
    let mut order: Vec<ElementId> = new.collect();
    let known: BTreeSet<ElementId> = order.iter().copied().collect();
    order.extend(old.filter(|id| !known.contains(id)));
    order
}

fn position_diff(moved: &BTreeSet<ElementId>, id: ElementId) -> PositionDiff {
    if moved.contains(&id) { PositionDiff::Moved } else { PositionDiff::Stays }
}

fn fields_of(task: &DraftTask) -> Vec<KindField> {
    let kind: &Kind = &task.kind;
    let mut fields = vec![KindField { key: "type".to_owned(), value: FieldValue::Word(kind.word()) }];
    if !task.description.is_empty() {
        let value = FieldValue::Text(task.description.clone());
        fields.push(KindField { key: "description".to_owned(), value });
    }
    fields.extend(kind.fields());
    fields
}

fn field_diffs(before: Vec<KindField>, after: Vec<KindField>) -> Vec<FieldDiff> {
    let mut old: Vec<Option<KindField>> = before.into_iter().map(Some).collect();
    let mut diffs: Vec<FieldDiff> = Vec::new();
    for KindField { key, value } in after {
        let was = old.iter_mut().find(|field| field.as_ref().is_some_and(|field| field.key == key));
        let before = was.and_then(Option::take).map(|field| field.value);
        diffs.push(FieldDiff { key, before, after: Some(value) });
    }
    let gone = old.into_iter().flatten();
    diffs.extend(gone.map(|KindField { key, value }| FieldDiff { key, before: Some(value), after: None }));
    diffs.retain(|diff| diff.before != diff.after);
    diffs
}

/// Phases, groups and tasks that are in both and stand elsewhere: in another parent, or in another order than the longest
/// part of their siblings that kept theirs.
fn moved(old: &Draft, new: &Draft) -> BTreeSet<ElementId> {
    let (before, after) = (lists(old), lists(new));
    let mut moved = BTreeSet::new();
    let parents = |lists: &BTreeMap<Option<ElementId>, Vec<ElementId>>| -> BTreeMap<ElementId, Option<ElementId>> {
        lists.iter().flat_map(|(parent, list)| list.iter().map(|id| (*id, *parent))).collect()
    };
    let old_parents = parents(&before);
    for (parent, list) in &after {
        let was_elsewhere = |id: &&ElementId| old_parents.get(id).is_some_and(|old| old != parent);
        moved.extend(list.iter().filter(was_elsewhere));
        moved.extend(out_of_order(before.get(parent).map_or(&[], Vec::as_slice), list));
    }
    moved
}

/// What is in both lists, and in another order than the longest part that kept its own.
fn out_of_order(before: &[ElementId], after: &[ElementId]) -> Vec<ElementId> {
    let places: BTreeMap<ElementId, usize> = before.iter().enumerate().map(|(index, id)| (*id, index)).collect();
    let kept: Vec<(ElementId, usize)> = after.iter().filter_map(|id| Some((*id, *places.get(id)?))).collect();
    let in_order = longest_rising(&kept.iter().map(|(_, place)| *place).collect::<Vec<_>>());
    kept.iter().enumerate().filter(|(index, _)| !in_order.contains(index)).map(|(_, (id, _))| *id).collect()
}

/// The children of each element, in order; of nothing the phases.
pub(super) fn lists(draft: &Draft) -> BTreeMap<Option<ElementId>, Vec<ElementId>> {
    let mut lists = BTreeMap::new();
    lists.insert(None, draft.phases.iter().map(|phase| phase.id).collect());
    for phase in &draft.phases {
        lists.insert(Some(phase.id), phase.groups.iter().map(|group| group.id).collect());
    }
    for (_, _, group) in draft.groups() {
        lists.insert(Some(group.id), group.tasks.iter().map(|task| task.id).collect());
    }
    lists
}

/// The indices of a longest part of the numbers that rises.
fn longest_rising(numbers: &[usize]) -> BTreeSet<usize> {
    let mut lengths: Vec<(usize, Option<usize>)> = Vec::new();
    for (index, number) in numbers.iter().enumerate() {
        let before = (0..index).filter(|earlier| numbers[*earlier] < *number).max_by_key(|earlier| lengths[*earlier].0);
        lengths.push((before.map_or(1, |earlier| lengths[earlier].0 + 1), before));
    }
    let mut at = (0..numbers.len()).max_by_key(|index| lengths[*index].0);
    let mut rising = BTreeSet::new();
    while let Some(index) = at {
        rising.insert(index);
        at = lengths[index].1;
    }
    rising
}

#[cfg(test)]
mod tests;
