//! Patches: lists of small changes of a draft, each of which knows what undoes it. Commands become patches, and a history
//! is made of them, so that undoing and doing again bring back the very same elements.

use std::collections::BTreeMap;
use std::mem;

use serde::{Deserialize, Serialize};

use super::EditRefusal;
use crate::domain::definition::TaskPosition;
use crate::domain::draft::{Draft, DraftGroup, DraftPhase, DraftTask, DraftVariable, ElementId};
use crate::domain::failure_policy::FailurePolicy;
use crate::domain::kinds::Kind;
use crate::domain::variables::VariableSpec;

/// Small changes, one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Patch(Vec<SmallChange>);

/// One change of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub(super) enum SmallChange {
    Name { name: String },
    Description { description: String },
    BestEffort { best_effort: bool },
    Supersede { supersede: bool },
    OnFailure { policy: Option<FailurePolicy> },
    PutVariable { after: Option<ElementId>, content: DraftVariable },
    MoveVariable { variable: ElementId, after: Option<ElementId> },
    TakeVariable { variable: ElementId },
    VariableName { variable: ElementId, name: String },
    VariableTyped { variable: ElementId, typed_name: Option<String> },
    VariableSpec { variable: ElementId, spec: VariableSpec },
    PhaseName { phase: ElementId, name: String },
    PutPhase { after: Option<ElementId>, content: DraftPhase },
    MovePhase { phase: ElementId, after: Option<ElementId> },
    TakePhase { phase: ElementId },
    PutGroup { phase: ElementId, after: Option<ElementId>, content: DraftGroup },
    MoveGroup { group: ElementId, phase: ElementId, after: Option<ElementId> },
    TakeGroup { group: ElementId },
    PutTask { group: ElementId, after: Option<ElementId>, content: DraftTask },
    MoveTask { task: ElementId, group: ElementId, after: Option<ElementId> },
    TakeTask { task: ElementId },
    TaskName { task: ElementId, name: String },
    TaskDescription { task: ElementId, description: String },
    TaskKind { task: ElementId, kind: Kind },
    TaskUnread { task: ElementId, unread: BTreeMap<String, String> },
    Whole { content: Box<Draft> },
}

impl Patch {
    pub(super) fn of(changes: Vec<SmallChange>) -> Self {
        Self(changes)
    }

    /// The bytes that it takes when it is stored.
    pub(super) fn bytes(&self) -> usize {
        serde_json::to_vec(self).map_or(0, |bytes| bytes.len())
    }

    /// Changes the draft, or nothing of it; answers the patch that changes it back.
    pub(super) fn apply(self, draft: &mut Draft) -> Result<Self, EditRefusal> {
        let mut undo = Vec::new();
        for change in self.0 {
            match change.apply(draft) {
                Ok(inverse) => undo.push(inverse),
                Err(refusal) => {
                    for inverse in undo.into_iter().rev() {
                        // What was done a moment ago can be undone.
                        let _redo = inverse.apply(draft);
                    }
                    return Err(refusal);
                }
            }
        }
        undo.reverse();
        Ok(Self(undo))
    }
}

impl SmallChange {
    fn apply(self, draft: &mut Draft) -> Result<Self, EditRefusal> {
        Ok(match self {
            Self::Name { name } => Self::Name { name: mem::replace(&mut draft.name, name) },
            Self::Description { description } => {
                Self::Description { description: mem::replace(&mut draft.description, description) }
            }
            Self::BestEffort { best_effort } => {
                Self::BestEffort { best_effort: mem::replace(&mut draft.best_effort, best_effort) }
            }
            Self::Supersede { supersede } => {
                Self::Supersede { supersede: mem::replace(&mut draft.supersede, supersede) }
            }
            Self::OnFailure { policy } => Self::OnFailure { policy: mem::replace(&mut draft.on_failure, policy) },
            Self::Whole { mut content } => {
                content.next_id = content.next_id.max(draft.next_id);
                Self::Whole { content: Box::new(mem::replace(draft, *content)) }
            }
            Self::PutVariable { after, content } => {
                let at = behind(&draft.variables, after)?;
                let variable = content.id;
                draft.use_ids([variable]);
                draft.variables.insert(at, content);
                Self::TakeVariable { variable }
            }
            Self::MoveVariable { variable, after } => {
                let old = moved(&mut draft.variables, variable, after)?;
                Self::MoveVariable { variable, after: old }
            }
            Self::TakeVariable { variable } => {
                let at = variable_of(draft, variable)?;
                let after = before(&draft.variables, at);
                Self::PutVariable { after, content: draft.variables.remove(at) }
            }
            Self::VariableName { variable, name } => {
                let at = variable_of(draft, variable)?;
                Self::VariableName { variable, name: mem::replace(&mut draft.variables[at].name, name) }
            }
            Self::VariableTyped { variable, typed_name } => {
                let at = variable_of(draft, variable)?;
                let old = mem::replace(&mut draft.variables[at].typed_name, typed_name);
                Self::VariableTyped { variable, typed_name: old }
            }
            Self::VariableSpec { variable, spec } => {
                let at = variable_of(draft, variable)?;
                Self::VariableSpec { variable, spec: mem::replace(&mut draft.variables[at].spec, spec) }
            }
            Self::PhaseName { phase, name } => {
                let at = phase_of(draft, phase)?;
                Self::PhaseName { phase, name: mem::replace(&mut draft.phases[at].name, name) }
            }
            Self::PutPhase { after, content } => {
                let at = behind(&draft.phases, after)?;
                let phase = content.id;
                let tasks = content.groups.iter().flat_map(|group| &group.tasks).map(|task| task.id);
                let ids: Vec<_> = content.groups.iter().map(|group| group.id).chain(tasks).chain([phase]).collect();
                draft.use_ids(ids);
                draft.phases.insert(at, content);
                Self::TakePhase { phase }
            }
            Self::MovePhase { phase, after } => {
                let old = moved(&mut draft.phases, phase, after)?;
                Self::MovePhase { phase, after: old }
            }
            Self::TakePhase { phase } => {
                let at = phase_of(draft, phase)?;
                let after = before(&draft.phases, at);
                Self::PutPhase { after, content: draft.phases.remove(at) }
            }
            Self::PutGroup { phase, after, content } => put_group(draft, phase, after, content)?,
            Self::MoveGroup { group, phase, after } => move_group(draft, group, phase, after)?,
            Self::TakeGroup { group } => {
                let (of, at) = group_of(draft, group)?;
                let phase = &mut draft.phases[of];
                let after = before(&phase.groups, at);
                Self::PutGroup { phase: phase.id, after, content: phase.groups.remove(at) }
            }
            Self::PutTask { group, after, content } => put_task(draft, group, after, content)?,
            Self::MoveTask { task, group, after } => move_task(draft, task, group, after)?,
            Self::TakeTask { task } => {
                let TaskPosition { phase, group, position } = position_of(draft, task)?;
                let of = &mut draft.phases[phase].groups[group];
                let after = before(&of.tasks, position);
                Self::PutTask { group: of.id, after, content: of.tasks.remove(position) }
            }
            Self::TaskName { task, name } => {
                let old = mem::replace(&mut task_of(draft, task)?.name, name);
                Self::TaskName { task, name: old }
            }
            Self::TaskDescription { task, description } => {
                let old = mem::replace(&mut task_of(draft, task)?.description, description);
                Self::TaskDescription { task, description: old }
            }
            Self::TaskKind { task, kind } => {
                let old = mem::replace(&mut task_of(draft, task)?.kind, kind);
                Self::TaskKind { task, kind: old }
            }
            Self::TaskUnread { task, unread } => {
                let old = mem::replace(&mut task_of(draft, task)?.unread, unread);
                Self::TaskUnread { task, unread: old }
            }
        })
    }
}

/// Moves an element of a list; answers what it was behind.
fn moved<T: Identified>(
    list: &mut Vec<T>,
    element: ElementId,
    after: Option<ElementId>,
) -> Result<Option<ElementId>, EditRefusal> {
    let found = list.iter().position(|known| known.id() == element);
    let from = found.ok_or(EditRefusal::Gone { element })?;
    let old = before(list, from);
    let content = list.remove(from);
    let to = behind(list, after);
    list.insert(*to.as_ref().unwrap_or(&from), content);
    to?;
    Ok(old)
}

fn put_group(
    draft: &mut Draft,
    phase: ElementId,
    after: Option<ElementId>,
    content: DraftGroup,
) -> Result<SmallChange, EditRefusal> {
    let group = content.id;
    let of = phase_of(draft, phase)?;
    let at = behind(&draft.phases[of].groups, after)?;
    draft.use_ids(content.tasks.iter().map(|task| task.id).chain([group]));
    draft.phases[of].groups.insert(at, content);
    Ok(SmallChange::TakeGroup { group })
}

fn move_group(
    draft: &mut Draft,
    group: ElementId,
    phase: ElementId,
    after: Option<ElementId>,
) -> Result<SmallChange, EditRefusal> {
    let (from, at) = group_of(draft, group)?;
    let to = phase_of(draft, phase)?;
    let old = &mut draft.phases[from];
    let back = SmallChange::MoveGroup { group, phase: old.id, after: before(&old.groups, at) };
    let content = old.groups.remove(at);
    match behind(&draft.phases[to].groups, after) {
        Ok(slot) => draft.phases[to].groups.insert(slot, content),
        Err(refusal) => {
            draft.phases[from].groups.insert(at, content);
            return Err(refusal);
        }
    }
    Ok(back)
}

fn put_task(
    draft: &mut Draft,
    group: ElementId,
    after: Option<ElementId>,
    content: DraftTask,
) -> Result<SmallChange, EditRefusal> {
    let task = content.id;
    let (phase, of) = group_of(draft, group)?;
    let at = behind(&draft.phases[phase].groups[of].tasks, after)?;
    draft.use_ids([task]);
    draft.phases[phase].groups[of].tasks.insert(at, content);
    Ok(SmallChange::TakeTask { task })
}

fn move_task(
    draft: &mut Draft,
    task: ElementId,
    group: ElementId,
    after: Option<ElementId>,
) -> Result<SmallChange, EditRefusal> {
    let from = position_of(draft, task)?;
    let (phase, to) = group_of(draft, group)?;
    let old = &mut draft.phases[from.phase].groups[from.group];
    let back = SmallChange::MoveTask { task, group: old.id, after: before(&old.tasks, from.position) };
    let content = old.tasks.remove(from.position);
    match behind(&draft.phases[phase].groups[to].tasks, after) {
        Ok(slot) => draft.phases[phase].groups[to].tasks.insert(slot, content),
        Err(refusal) => {
            draft.phases[from.phase].groups[from.group].tasks.insert(from.position, content);
            return Err(refusal);
        }
    }
    Ok(back)
}

/// A variable, a phase, a group or a task among its like.
pub(super) trait Identified {
    fn id(&self) -> ElementId;
}

impl Identified for DraftVariable {
    fn id(&self) -> ElementId {
        self.id
    }
}

impl Identified for DraftPhase {
    fn id(&self) -> ElementId {
        self.id
    }
}

impl Identified for DraftGroup {
    fn id(&self) -> ElementId {
        self.id
    }
}

impl Identified for DraftTask {
    fn id(&self) -> ElementId {
        self.id
    }
}

/// The index behind an element of a list; the first, if none is named.
pub(super) fn behind<T: Identified>(list: &[T], after: Option<ElementId>) -> Result<usize, EditRefusal> {
    let Some(after) = after else { return Ok(0) };
    let found = list.iter().position(|element| element.id() == after);
    found.map(|index| index + 1).ok_or(EditRefusal::NotThere { after })
}

/// The element before that index.
pub(super) fn before<T: Identified>(list: &[T], index: usize) -> Option<ElementId> {
    index.checked_sub(1).and_then(|index| list.get(index)).map(Identified::id)
}

pub(super) fn variable_of(draft: &Draft, variable: ElementId) -> Result<usize, EditRefusal> {
    draft.variable_index(variable).ok_or(EditRefusal::Gone { element: variable })
}

pub(super) fn phase_of(draft: &Draft, phase: ElementId) -> Result<usize, EditRefusal> {
    draft.phase_index(phase).ok_or(EditRefusal::Gone { element: phase })
}

/// The index of the group's phase, and its own.
pub(super) fn group_of(draft: &Draft, group: ElementId) -> Result<(usize, usize), EditRefusal> {
    draft.group_index(group).ok_or(EditRefusal::Gone { element: group })
}

pub(super) fn position_of(draft: &Draft, task: ElementId) -> Result<TaskPosition, EditRefusal> {
    draft.task_position(task).ok_or(EditRefusal::Gone { element: task })
}

fn task_of(draft: &mut Draft, task: ElementId) -> Result<&mut DraftTask, EditRefusal> {
    draft.task_mut(task).ok_or(EditRefusal::Gone { element: task })
}
