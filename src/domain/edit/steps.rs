//! Moves without a pointer: the command that a key stands for, and every place that a menu can offer.

use super::EditCommand;
use crate::domain::definition::TaskPosition;
use crate::domain::draft::{Draft, DraftGroup, DraftPhase, ElementId, ElementPosition};
use crate::domain::validate::{MAX_GROUPS, MAX_TASKS};

/// Which way an element is moved by one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// One place up; a task over the border of its group too.
    Earlier,
    /// One place down.
    Later,
    /// To the phase before.
    PreviousPhase,
    /// To the phase behind.
    NextPhase,
}

/// A place that an element can be moved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination {
    /// The group for a task, the phase for a group; nothing for a phase or a variable.
    pub parent: Option<ElementId>,
    /// What it goes behind.
    pub after: Option<ElementId>,
}

/// The command that moves an element by one step; nothing when there is no place that way.
/// A task comes to the end of the first group of another phase, a group to the end of that phase.
pub fn step(draft: &Draft, element: ElementId, toward: Toward) -> Option<EditCommand> {
    let place = match draft.position(element)? {
        ElementPosition::Phase { phase } => {
            let after = match toward {
                Toward::Earlier | Toward::PreviousPhase => {
                    phase.checked_sub(1)?.checked_sub(1).map(|index| draft.phases[index].id)
                }
                Toward::Later | Toward::NextPhase => Some(draft.phases.get(phase + 1)?.id),
            };
            Destination { parent: None, after }
        }
        ElementPosition::Variable { index } => {
            let after = match toward {
                Toward::Earlier => index.checked_sub(1)?.checked_sub(1).map(|index| draft.variables[index].id),
                Toward::Later => Some(draft.variables.get(index + 1)?.id),
                Toward::PreviousPhase | Toward::NextPhase => return None,
            };
            Destination { parent: None, after }
        }
        ElementPosition::Group { phase, group } => step_of_group(draft, (phase, group), toward)?,
        ElementPosition::Task(place) => step_of_task(draft, place, toward)?,
    };
    moved(draft, element, place)
}

/// Every place that an element can be moved to, in the order of the board: not where it is, and not where no room is.
pub fn destinations(draft: &Draft, element: ElementId) -> Vec<Destination> {
    match draft.position(element) {
        None => Vec::new(),
        Some(ElementPosition::Variable { index }) => {
            slots(None, draft.variables.iter().map(|variable| variable.id), Some(index)).collect()
        }
        Some(ElementPosition::Phase { phase }) => {
            slots(None, draft.phases.iter().map(|phase| phase.id), Some(phase)).collect()
        }
        Some(ElementPosition::Group { phase, group }) => {
            let with_room = |index: usize, of: &DraftPhase| index == phase || of.groups.len() < MAX_GROUPS;
            let phases = draft.phases.iter().enumerate().filter(|(index, of)| with_room(*index, of));
            phases
                .flat_map(|(index, of)| {
                    slots(Some(of.id), of.groups.iter().map(|group| group.id), (index == phase).then_some(group))
                })
                .collect()
        }
        Some(ElementPosition::Task(at)) => {
            let is_own = |phase: usize, group: usize| (phase, group) == (at.phase, at.group);
            let groups = draft.groups().filter(|(phase, group, of)| is_own(*phase, *group) || has_room(of));
            groups
                .flat_map(|(phase, group, of)| {
                    let own = is_own(phase, group).then_some(at.position);
                    slots(Some(of.id), of.tasks.iter().map(|task| task.id), own)
                })
                .collect()
        }
    }
}

fn has_room(group: &DraftGroup) -> bool {
    group.tasks.len() < MAX_TASKS
}

/// The places of one list but those at which the element with the index `own` already is.
fn slots(
    parent: Option<ElementId>,
    ids: impl Iterator<Item = ElementId>,
    own: Option<usize>,
) -> impl Iterator<Item = Destination> {
    let slots = std::iter::once(None).chain(ids.map(Some)).enumerate();
    let stays = move |slot: usize| own.is_some_and(|own| slot == own || slot == own + 1);
    slots.filter(move |(slot, _)| !stays(*slot)).map(move |(_, after)| Destination { parent, after })
}

fn step_of_group(draft: &Draft, (phase, group): (usize, usize), toward: Toward) -> Option<Destination> {
    let own = &draft.phases[phase];
    let end_of =
        |phase: &DraftPhase| Destination { parent: Some(phase.id), after: phase.groups.last().map(|it| it.id) };
    match toward {
        Toward::Earlier => {
            let after = group.checked_sub(1)?.checked_sub(1).map(|index| own.groups[index].id);
            Some(Destination { parent: Some(own.id), after })
        }
        Toward::Later => Some(Destination { parent: Some(own.id), after: Some(own.groups.get(group + 1)?.id) }),
        Toward::PreviousPhase => draft.phases.get(phase.checked_sub(1)?).map(end_of),
        Toward::NextPhase => draft.phases.get(phase + 1).map(end_of),
    }
}

fn step_of_task(draft: &Draft, at: TaskPosition, toward: Toward) -> Option<Destination> {
    let groups = &draft.phases[at.phase].groups;
    let own = &groups[at.group];
    let end_of = |group: &DraftGroup| Destination { parent: Some(group.id), after: group.tasks.last().map(|it| it.id) };
    let behind = |after: Option<ElementId>| Destination { parent: Some(own.id), after };
    match toward {
        Toward::Earlier => match at.position {
            0 => groups.get(at.group.checked_sub(1)?).map(end_of),
            1 => Some(behind(None)),
            position => Some(behind(Some(own.tasks[position - 2].id))),
        },
        Toward::Later => match own.tasks.get(at.position + 1) {
            Some(next) => Some(behind(Some(next.id))),
            None => Some(Destination { parent: Some(groups.get(at.group + 1)?.id), after: None }),
        },
        Toward::PreviousPhase => draft.phases.get(at.phase.checked_sub(1)?)?.groups.first().map(end_of),
        Toward::NextPhase => draft.phases.get(at.phase + 1)?.groups.first().map(end_of),
    }
}

/// The command that moves an element to a place.
fn moved(draft: &Draft, element: ElementId, place: Destination) -> Option<EditCommand> {
    let Destination { parent, after } = place;
    Some(match draft.position(element)? {
        ElementPosition::Variable { .. } => EditCommand::MoveVariable { variable: element, after },
        ElementPosition::Phase { .. } => EditCommand::MovePhase { phase: element, after },
        ElementPosition::Group { .. } => EditCommand::MoveGroup { group: element, phase: parent?, after },
        ElementPosition::Task(_) => EditCommand::MoveTask { task: element, group: parent?, after },
    })
}
