//! Commands about one task: how it is added, named, described and set.

use std::collections::BTreeMap;

use super::naming::{self, NamedThing, NewNames};
use super::patch::{SmallChange, behind, group_of};
use super::plan::{Plan, has_ids, room_for};
use super::{CountLimit, EditOperation, EditRefusal};
use crate::domain::draft::{Draft, DraftTask, ElementId, NAME_FIELD};
use crate::domain::kinds::Kind;
use crate::domain::names;

pub(super) fn plan(draft: &Draft, operation: EditOperation, id: ElementId) -> Result<Plan, EditRefusal> {
    Ok(Plan::about(operation, &known(draft, id)?.name, id))
}

fn known(draft: &Draft, id: ElementId) -> Result<&DraftTask, EditRefusal> {
    draft.task(id).ok_or(EditRefusal::Gone { element: id })
}

pub(super) fn add(
    draft: &Draft,
    (group, after): (ElementId, Option<ElementId>),
    name: Option<&str>,
    kind: Kind,
) -> Result<Plan, EditRefusal> {
    let (phase, index) = group_of(draft, group)?;
    let tasks = &draft.phases[phase].groups[index].tasks;
    room_for(CountLimit::Tasks, tasks.len(), 1)?;
    room_for(CountLimit::TasksInAll, draft.tasks().count(), 1)?;
    has_ids(draft)?;
    behind(tasks, after)?;
    let id = ElementId(draft.next_id);
    let wanted = name.filter(|name| may_be_called(draft, id, name));
    let offered = || naming::offered(kind.word(), 1, &naming::of_tasks(draft));
    let unread = name.filter(|_| wanted.is_none()).map(|typed| (NAME_FIELD.to_owned(), typed.to_owned()));
    let content = DraftTask {
        id,
        name: wanted.map_or_else(offered, str::to_owned),
        description: String::new(),
        kind,
        unread: unread.into_iter().collect(),
    };
    let plan = Plan::about(EditOperation::AddTask, &content.name, id);
    Ok(plan.with(SmallChange::PutTask { group, after, content }))
}

pub(super) fn rename(draft: &Draft, id: ElementId, name: &str) -> Result<Plan, EditRefusal> {
    let task = known(draft, id)?;
    let mut plan = plan(draft, EditOperation::RenameTask, id)?;
    let mut unread = task.unread.clone();
    unread.remove(NAME_FIELD);
    if name != task.name && !may_be_called(draft, id, name) {
        // References follow a task to its new name. To one that is none, or another's, they could not.
        unread.insert(NAME_FIELD.to_owned(), name.to_owned());
        return Ok(plan.with_if(unread != task.unread, || SmallChange::TaskUnread { task: id, unread }));
    }
    if unread != task.unread {
        plan = plan.with(SmallChange::TaskUnread { task: id, unread });
    }
    if name == task.name {
        return Ok(plan);
    }
    plan = plan.with(SmallChange::TaskName { task: id, name: name.to_owned() });
    // Of two tasks with one name, references mean the first.
    if draft.named().get(task.name.as_str()) == Some(&id) {
        let names = NewNames::from([(task.name.clone(), name.to_owned())]);
        follow(draft, &names, NamedThing::Task, &mut plan);
    }
    Ok(plan)
}

/// Has all references follow the tasks or variables to their new names.
pub(super) fn follow(draft: &Draft, names: &NewNames, of: NamedThing, plan: &mut Plan) {
    for (_, task) in draft.tasks() {
        let mut after = task.clone();
        let in_kind = naming::rename_in_kind(&mut after.kind, names, of);
        let in_unread = naming::rename_in_unread(&mut after, names, of);
        plan.references += in_kind + in_unread;
        if in_kind > 0 {
            plan.changes.push(SmallChange::TaskKind { task: task.id, kind: after.kind });
        }
        if in_unread > 0 {
            if plan.element == Some(task.id) {
                after.unread.remove(NAME_FIELD);
            }
            plan.changes.push(SmallChange::TaskUnread { task: task.id, unread: after.unread });
        }
    }
}

/// Whether the task of that id can have the name: it is one, and no other task has it.
fn may_be_called(draft: &Draft, id: ElementId, name: &str) -> bool {
    names::is_valid(name) && !draft.tasks().any(|(_, other)| other.id != id && other.name == name)
}

pub(super) fn describe(draft: &Draft, id: ElementId, description: &str) -> Result<Plan, EditRefusal> {
    let is_new = known(draft, id)?.description != description;
    let change = || SmallChange::TaskDescription { task: id, description: description.to_owned() };
    Ok(plan(draft, EditOperation::DescribeTask, id)?.with_if(is_new, change))
}

pub(super) fn set(
    draft: &Draft,
    id: ElementId,
    kind: &Kind,
    unread: &BTreeMap<String, String>,
) -> Result<Plan, EditRefusal> {
    let task = known(draft, id)?;
    let mut unread = unread.clone();
    unread.remove(NAME_FIELD);
    unread.extend(task.unread.get_key_value(NAME_FIELD).map(|(field, text)| (field.clone(), text.clone())));
    let plan = plan(draft, EditOperation::SetTask, id)?;
    let plan = plan.with_if(*kind != task.kind, || SmallChange::TaskKind { task: id, kind: kind.clone() });
    Ok(plan.with_if(unread != task.unread, || SmallChange::TaskUnread { task: id, unread }))
}
