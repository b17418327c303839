//! Copies: values with new ids and new names. References within what is copied lead to the copies, all others where they led.

use std::collections::BTreeSet;

use super::naming::{self, NamedThing, NewNames};
use super::patch::{SmallChange, group_of, phase_of, position_of};
use super::plan::{Plan, has_ids, room_for};
use super::{CountLimit, EditOperation, EditRefusal};
use crate::domain::draft::{Draft, DraftGroup, DraftPhase, DraftTask, ElementId, NAME_FIELD};

pub(super) fn phase(draft: &Draft, id: ElementId) -> Result<Plan, EditRefusal> {
    let index = phase_of(draft, id)?;
    let original = &draft.phases[index];
    room_for(CountLimit::Phases, draft.phases.len(), 1)?;
    let mut copying = Copying::of(draft, original.groups.iter().flat_map(|group| &group.tasks))?;
    let content = DraftPhase {
        id: copying.fresh(),
        name: naming::of_copy(&original.name, "phase", &naming::of_phases(draft)),
        groups: original.groups.iter().map(|group| copying.group(group)).collect(),
    };
    let plan = Plan::about(EditOperation::CopyPhase, &original.name, content.id);
    Ok(copying.told(plan.with(SmallChange::PutPhase { after: Some(id), content })))
}

pub(super) fn group(draft: &Draft, id: ElementId) -> Result<Plan, EditRefusal> {
    let (of, index) = group_of(draft, id)?;
    let phase = &draft.phases[of];
    let original = &phase.groups[index];
    room_for(CountLimit::Groups, phase.groups.len(), 1)?;
    let mut copying = Copying::of(draft, &original.tasks)?;
    let content = copying.group(original);
    let plan = Plan::about_group(EditOperation::CopyGroup, (phase, index), content.id);
    Ok(copying.told(plan.with(SmallChange::PutGroup { phase: phase.id, after: Some(id), content })))
}

pub(super) fn task(draft: &Draft, id: ElementId) -> Result<Plan, EditRefusal> {
    let at = position_of(draft, id)?;
    let group = &draft.phases[at.phase].groups[at.group];
    let original = &group.tasks[at.position];
    room_for(CountLimit::Tasks, group.tasks.len(), 1)?;
    let mut copying = Copying::of(draft, [original])?;
    let content = copying.task(original);
    let plan = Plan::about(EditOperation::CopyTask, &original.name, content.id);
    Ok(copying.told(plan.with(SmallChange::PutTask { group: group.id, after: Some(id), content })))
}

struct Copying {
    next_id: u32,
    /// The name of each copy, in the order in which they are made.
    names: std::vec::IntoIter<String>,
    /// The same, for the references within.
    renamed: NewNames,
    references: usize,
}

impl Copying {
    /// Of those tasks, which are copied in that order.
    fn of<'d>(draft: &Draft, tasks: impl IntoIterator<Item = &'d DraftTask>) -> Result<Self, EditRefusal> {
        let meant = draft.named();
        let mut taken: BTreeSet<String> = naming::of_tasks(draft);
        let mut names = Vec::new();
        let mut renamed = NewNames::new();
        for task in tasks {
            let name = naming::of_copy(&task.name, task.kind.word(), &taken);
            taken.insert(name.clone());
            // Of two tasks with one name, references mean the first, which may be outside.
            if meant.get(task.name.as_str()) == Some(&task.id) {
                renamed.insert(task.name.clone(), name.clone());
            }
            names.push(name);
        }
        room_for(CountLimit::TasksInAll, draft.tasks().count(), names.len())?;
        has_ids(draft)?;
        Ok(Self { next_id: draft.next_id, names: names.into_iter(), renamed, references: 0 })
    }

    fn fresh(&mut self) -> ElementId {
        let id = ElementId(self.next_id);
        self.next_id += 1;
        id
    }

    fn group(&mut self, original: &DraftGroup) -> DraftGroup {
        DraftGroup { id: self.fresh(), tasks: original.tasks.iter().map(|task| self.task(task)).collect() }
    }

    fn task(&mut self, original: &DraftTask) -> DraftTask {
        let mut copy = original.clone();
        copy.id = self.fresh();
        copy.name = self.names.next().unwrap_or_default();
        // The name that somebody is typing is the original's.
        copy.unread.remove(NAME_FIELD);
        self.references += naming::rename_in_kind(&mut copy.kind, &self.renamed, NamedThing::Task);
        self.references += naming::rename_in_unread(&mut copy, &self.renamed, NamedThing::Task);
        copy
    }

    fn told(&self, plan: Plan) -> Plan {
        Plan { references: self.references, ..plan }
    }
}
