//! Commands about one variable: how it is added, named, set and moved.

use super::naming::{self, NamedThing, NewNames};
use super::patch::{SmallChange, behind, variable_of};
use super::plan::{Plan, has_ids, room_for, stays};
use super::{CountLimit, EditOperation, EditRefusal, tasks};
use crate::domain::draft::{Draft, DraftVariable, ElementId};
use crate::domain::variables::{VariableSpec, is_variable_name};

pub(super) fn plan(draft: &Draft, operation: EditOperation, id: ElementId) -> Result<Plan, EditRefusal> {
    Ok(Plan::about(operation, &known(draft, id)?.name, id))
}

fn known(draft: &Draft, id: ElementId) -> Result<&DraftVariable, EditRefusal> {
    Ok(&draft.variables[variable_of(draft, id)?])
}

pub(super) fn add(draft: &Draft, after: Option<ElementId>, name: Option<&str>) -> Result<Plan, EditRefusal> {
    room_for(CountLimit::Variables, draft.variables.len(), 1)?;
    has_ids(draft)?;
    behind(&draft.variables, after)?;
    let id = ElementId(draft.next_id);
    let wanted = name.filter(|name| may_be_called(draft, id, name));
    let content = DraftVariable {
        id,
        name: wanted.map_or_else(|| naming::offered_variable(draft), str::to_owned),
        spec: VariableSpec::default(),
        typed_name: name.filter(|_| wanted.is_none()).map(str::to_owned),
    };
    let plan = Plan::about(EditOperation::AddVariable, &content.name, id);
    Ok(plan.with(SmallChange::PutVariable { after, content }))
}

pub(super) fn rename(draft: &Draft, id: ElementId, name: &str) -> Result<Plan, EditRefusal> {
    let variable = known(draft, id)?;
    let plan = plan(draft, EditOperation::RenameVariable, id)?;
    let typed = |typed_name: Option<String>| SmallChange::VariableTyped { variable: id, typed_name };
    if name != variable.name && !may_be_called(draft, id, name) {
        // References follow a variable to its new name. To one that is none, or another's, they could not.
        let is_new = variable.typed_name.as_deref() != Some(name);
        return Ok(plan.with_if(is_new, || typed(Some(name.to_owned()))));
    }
    let mut plan = plan.with_if(variable.typed_name.is_some(), || typed(None));
    if name == variable.name {
        return Ok(plan);
    }
    plan = plan.with(SmallChange::VariableName { variable: id, name: name.to_owned() });
    // Of two variables with one name, references mean the first.
    if draft.variable_named(&variable.name).is_some_and(|meant| meant.id == id) {
        let names = NewNames::from([(variable.name.clone(), name.to_owned())]);
        tasks::follow(draft, &names, NamedThing::Variable, &mut plan);
    }
    Ok(plan)
}

/// Whether the variable of that id can have the name: it is one, and no other variable has it.
fn may_be_called(draft: &Draft, id: ElementId, name: &str) -> bool {
    is_variable_name(name) && !draft.variables.iter().any(|other| other.id != id && other.name == name)
}

pub(super) fn set(draft: &Draft, id: ElementId, spec: &VariableSpec) -> Result<Plan, EditRefusal> {
    let is_new = known(draft, id)?.spec != *spec;
    let change = || SmallChange::VariableSpec { variable: id, spec: spec.clone() };
    Ok(plan(draft, EditOperation::SetVariable, id)?.with_if(is_new, change))
}

pub(super) fn move_to(draft: &Draft, id: ElementId, after: Option<ElementId>) -> Result<Plan, EditRefusal> {
    let from = variable_of(draft, id)?;
    behind(&draft.variables, after)?;
    let stays = stays(&draft.variables, from, after);
    let plan = plan(draft, EditOperation::MoveVariable, id)?;
    Ok(plan.with_if(!stays, || SmallChange::MoveVariable { variable: id, after }))
}
