//! Plans: the small changes that a command comes to, and every reason to refuse it. Planning changes nothing.

use super::patch::{Identified, Patch, SmallChange, before, behind, group_of, phase_of, position_of};
use super::{ActionLabel, CountLimit, EditCommand, EditOperation, EditRefusal, copy, naming, tasks, variables};
use crate::domain::definition::{Definition, TaskPosition};
use crate::domain::draft::{Draft, DraftGroup, DraftPhase, ElementId};
use crate::domain::failure_policy::FailurePolicy;
use crate::domain::validate::{MAX_GROUPS, MAX_PHASES, MAX_TASKS, MAX_TASKS_IN_ALL};
use crate::domain::variables::MAX_DECLARED;

/// More ids than any one command gives.
const MAX_NEW_IDS: u32 = 10_000;

/// What a command comes to; nothing is to be changed if everything is already so.
pub(super) struct Plan {
    pub(super) changes: Vec<SmallChange>,
    pub(super) label: ActionLabel,
    pub(super) element: Option<ElementId>,
    pub(super) references: usize,
}

impl Plan {
    fn of(operation: EditOperation, name: &str) -> Self {
        let label = ActionLabel { operation, name: name.to_owned(), group: None };
        Self { changes: Vec::new(), label, element: None, references: 0 }
    }

    /// About a variable, a phase or a task.
    pub(super) fn about(operation: EditOperation, name: &str, element: ElementId) -> Self {
        Self { element: Some(element), ..Self::of(operation, name) }
    }

    /// About the group with that index in a phase.
    pub(super) fn about_group(operation: EditOperation, (phase, group): (&DraftPhase, usize), id: ElementId) -> Self {
        let mut plan = Self::about(operation, &phase.name, id);
        plan.label.group = Some(group + 1);
        plan
    }

    pub(super) fn with(mut self, change: SmallChange) -> Self {
        self.changes.push(change);
        self
    }

    pub(super) fn with_if(self, is_new: bool, change: impl FnOnce() -> SmallChange) -> Self {
        if is_new { self.with(change()) } else { self }
    }

    /// Nothing is left to look at.
    pub(super) fn removing(mut self, change: SmallChange) -> Self {
        self.element = None;
        self.with(change)
    }
}

pub(super) fn plan(draft: &Draft, command: &EditCommand) -> Result<Plan, EditRefusal> {
    let operation = command.operation();
    let whole = Plan::of(operation, &draft.name);
    match command {
        EditCommand::SetName { name } => {
            Ok(whole.with_if(*name != draft.name, || SmallChange::Name { name: name.clone() }))
        }
        EditCommand::SetDescription { description } => {
            let change = || SmallChange::Description { description: description.clone() };
            Ok(whole.with_if(*description != draft.description, change))
        }
        EditCommand::SetBestEffort { best_effort } => {
            let change = || SmallChange::BestEffort { best_effort: *best_effort };
            Ok(whole.with_if(*best_effort != draft.best_effort, change))
        }
        EditCommand::SetSupersede { supersede } => {
            let change = || SmallChange::Supersede { supersede: *supersede };
            Ok(whole.with_if(*supersede != draft.supersede, change))
        }
        EditCommand::SetFailurePolicy { policy } => {
            let change = || SmallChange::OnFailure { policy: policy.clone() };
            Ok(whole.with_if(*policy != draft.on_failure, change))
        }
        EditCommand::AddVariable { after, name } => variables::add(draft, *after, name.as_deref()),
        EditCommand::RenameVariable { variable, name } => variables::rename(draft, *variable, name),
        EditCommand::SetVariable { variable, spec } => variables::set(draft, *variable, spec),
        EditCommand::MoveVariable { variable, after } => variables::move_to(draft, *variable, *after),
        EditCommand::RemoveVariable { variable } => {
            let plan = variables::plan(draft, operation, *variable)?;
            Ok(plan.removing(SmallChange::TakeVariable { variable: *variable }))
        }
        EditCommand::AddPhase { after, name } => add_phase(draft, *after, name.as_deref()),
        EditCommand::RenamePhase { phase, name } => {
            let before = &draft.phases[phase_of(draft, *phase)?].name;
            let change = || SmallChange::PhaseName { phase: *phase, name: name.clone() };
            let plan = phase_plan(draft, operation, *phase)?.with_if(before != name, change);
            // What is said of a failure follows the phase to its new name.
            let meant = draft.on_failure.as_ref().filter(|policy| policy.from == *before && before != name);
            let follows = |policy: &FailurePolicy| FailurePolicy { from: name.clone(), ..policy.clone() };
            Ok(match meant.map(follows) {
                Some(policy) => plan.with(SmallChange::OnFailure { policy: Some(policy) }),
                None => plan,
            })
        }
        EditCommand::CopyPhase { phase } => copy::phase(draft, *phase),
        EditCommand::MovePhase { phase, after } => move_phase(draft, *phase, *after),
        EditCommand::RemovePhase { phase } => {
            Ok(phase_plan(draft, operation, *phase)?.removing(SmallChange::TakePhase { phase: *phase }))
        }
        EditCommand::AddGroup { phase, after } => add_group(draft, *phase, *after),
        EditCommand::CopyGroup { group } => copy::group(draft, *group),
        EditCommand::MoveGroup { group, phase, after } => move_group(draft, *group, *phase, *after),
        EditCommand::RemoveGroup { group } => {
            Ok(group_plan(draft, operation, *group)?.removing(SmallChange::TakeGroup { group: *group }))
        }
        EditCommand::AddTask { group, after, name, kind } => {
            tasks::add(draft, (*group, *after), name.as_deref(), kind.clone())
        }
        EditCommand::RenameTask { task, name } => tasks::rename(draft, *task, name),
        EditCommand::DescribeTask { task, description } => tasks::describe(draft, *task, description),
        EditCommand::SetTask { task, kind, unread } => tasks::set(draft, *task, kind, unread),
        EditCommand::CopyTask { task } => copy::task(draft, *task),
        EditCommand::MoveTask { task, group, after } => move_task(draft, *task, *group, *after),
        EditCommand::RemoveTask { task } => {
            Ok(tasks::plan(draft, operation, *task)?.removing(SmallChange::TakeTask { task: *task }))
        }
        EditCommand::Several { commands } => several(draft, commands),
        EditCommand::Replace { name, description, definition } => {
            replaces_within_limits(definition)?;
            has_ids(draft)?;
            let content = draft.matched(name, description, definition);
            let is_new = !content.says_the_same(draft);
            Ok(whole.with_if(is_new, || SmallChange::Whole { content: Box::new(content) }))
        }
    }
}

/// Each is planned for what those before it leave.
fn several(draft: &Draft, commands: &[EditCommand]) -> Result<Plan, EditRefusal> {
    let mut so_far = draft.clone();
    let mut whole: Option<Plan> = None;
    for command in commands {
        let Plan { changes, label, element, references } = plan(&so_far, command)?;
        Patch::of(changes.clone()).apply(&mut so_far)?;
        let told =
            whole.get_or_insert_with(|| Plan { changes: Vec::new(), label: label.clone(), element, references: 0 });
        if told.changes.is_empty() {
            (told.label, told.element) = (label, element);
        }
        told.changes.extend(changes);
        told.references += references;
    }
    Ok(whole.unwrap_or_else(|| Plan::of(EditOperation::Replace, &draft.name)))
}

fn phase_plan(draft: &Draft, operation: EditOperation, id: ElementId) -> Result<Plan, EditRefusal> {
    Ok(Plan::about(operation, &draft.phases[phase_of(draft, id)?].name, id))
}

fn group_plan(draft: &Draft, operation: EditOperation, id: ElementId) -> Result<Plan, EditRefusal> {
    let (phase, group) = group_of(draft, id)?;
    Ok(Plan::about_group(operation, (&draft.phases[phase], group), id))
}

fn add_phase(draft: &Draft, after: Option<ElementId>, name: Option<&str>) -> Result<Plan, EditRefusal> {
    room_for(CountLimit::Phases, draft.phases.len(), 1)?;
    has_ids(draft)?;
    behind(&draft.phases, after)?;
    let number = draft.phases.len() + 1;
    let name = name.map_or_else(|| naming::offered("phase", number, &naming::of_phases(draft)), str::to_owned);
    let id = ElementId(draft.next_id);
    let group = DraftGroup { id: ElementId(draft.next_id + 1), tasks: Vec::new() };
    let plan = Plan::about(EditOperation::AddPhase, &name, id);
    Ok(plan.with(SmallChange::PutPhase { after, content: DraftPhase { id, name, groups: vec![group] } }))
}

fn move_phase(draft: &Draft, phase: ElementId, after: Option<ElementId>) -> Result<Plan, EditRefusal> {
    let from = phase_of(draft, phase)?;
    behind(&draft.phases, after)?;
    let stays = stays(&draft.phases, from, after);
    let plan = phase_plan(draft, EditOperation::MovePhase, phase)?;
    Ok(plan.with_if(!stays, || SmallChange::MovePhase { phase, after }))
}

fn add_group(draft: &Draft, phase: ElementId, after: Option<ElementId>) -> Result<Plan, EditRefusal> {
    let of = &draft.phases[phase_of(draft, phase)?];
    room_for(CountLimit::Groups, of.groups.len(), 1)?;
    has_ids(draft)?;
    let index = behind(&of.groups, after)?;
    let id = ElementId(draft.next_id);
    let content = DraftGroup { id, tasks: Vec::new() };
    let plan = Plan::about_group(EditOperation::AddGroup, (of, index), id);
    Ok(plan.with(SmallChange::PutGroup { phase, after, content }))
}

fn move_group(
    draft: &Draft,
    group: ElementId,
    phase: ElementId,
    after: Option<ElementId>,
) -> Result<Plan, EditRefusal> {
    let (from, index) = group_of(draft, group)?;
    let to = phase_of(draft, phase)?;
    let groups = &draft.phases[to].groups;
    behind(groups, after)?;
    let stays = from == to && stays(groups, index, after);
    if from != to {
        room_for(CountLimit::Groups, groups.len(), 1)?;
    }
    let plan = group_plan(draft, EditOperation::MoveGroup, group)?;
    Ok(plan.with_if(!stays, || SmallChange::MoveGroup { group, phase, after }))
}

fn move_task(draft: &Draft, task: ElementId, group: ElementId, after: Option<ElementId>) -> Result<Plan, EditRefusal> {
    let TaskPosition { phase, group: own, position } = position_of(draft, task)?;
    let to = group_of(draft, group)?;
    let tasks = &draft.phases[to.0].groups[to.1].tasks;
    behind(tasks, after)?;
    let is_own = to == (phase, own);
    if !is_own {
        room_for(CountLimit::Tasks, tasks.len(), 1)?;
    }
    let stays = is_own && stays(tasks, position, after);
    let plan = tasks::plan(draft, EditOperation::MoveTask, task)?;
    Ok(plan.with_if(!stays, || SmallChange::MoveTask { task, group, after }))
}

/// Whether an element of a list is where it is to go: behind what is before it, or behind itself.
pub(super) fn stays<T: Identified>(list: &[T], index: usize, after: Option<ElementId>) -> bool {
    after == before(list, index) || after == list.get(index).map(Identified::id)
}

/// Refuses more than there may be.
pub(super) fn room_for(of: CountLimit, count: usize, more: usize) -> Result<(), EditRefusal> {
    let most = match of {
        CountLimit::Phases => MAX_PHASES,
        CountLimit::Groups => MAX_GROUPS,
        CountLimit::Tasks => MAX_TASKS,
        CountLimit::TasksInAll => MAX_TASKS_IN_ALL,
        CountLimit::Variables => MAX_DECLARED,
    };
    if count + more > most { Err(EditRefusal::TooMany { of, most }) } else { Ok(()) }
}

/// Refuses what needs new ids when there are none.
pub(super) fn has_ids(draft: &Draft) -> Result<(), EditRefusal> {
    if draft.next_id > u32::MAX - MAX_NEW_IDS { Err(EditRefusal::NoIdLeft) } else { Ok(()) }
}

/// A draft that was read is no larger than one can be made on the board: the page that shows it counts on that.
fn replaces_within_limits(definition: &Definition) -> Result<(), EditRefusal> {
    room_for(CountLimit::Variables, 0, definition.variables.len())?;
    room_for(CountLimit::Phases, 0, definition.phases.len())?;
    for phase in &definition.phases {
        room_for(CountLimit::Groups, 0, phase.groups.len())?;
        for group in &phase.groups {
            room_for(CountLimit::Tasks, 0, group.tasks.len())?;
        }
    }
    room_for(CountLimit::TasksInAll, 0, definition.tasks().count())
}
