//! Matching of a definition that was read with the draft that it replaces: what is still there keeps its id.

use std::collections::{BTreeMap, BTreeSet};

use super::super::definition::{Definition, Group, Phase, Task, TaskPosition};
use super::super::variables::Variable;
use super::{Draft, DraftGroup, DraftPhase, DraftTask, DraftVariable, ElementId, NAME_FIELD};

impl Draft {
    /// The draft that says what was read. An element of it that this one has too keeps its id: a variable, a phase or a task
    /// that has its name, or else its place; a group that has one of its tasks, or else its place. What was typed into a task and
    /// could not be read stays too, unless its kind has been changed.
    pub fn matched(&self, name: &str, description: &str, definition: &Definition) -> Self {
        self.matched_by((name, description, definition), ByPlace::Anything)
    }

    /// The same for two versions of which nobody says that one became the other in place: a task with another name must do
    /// the same to be taken for the task that was at its place.
    pub(in crate::domain) fn matched_closely(&self, name: &str, description: &str, definition: &Definition) -> Self {
        self.matched_by((name, description, definition), ByPlace::OnlyTheSame)
    }

    fn matched_by(&self, read: (&str, &str, &Definition), by_place: ByPlace) -> Self {
        let (name, description, definition) = read;
        let tasks = self.match_tasks(definition, by_place);
        let mut matching = Matching { old: self, tasks, by_place, kept: BTreeSet::new(), next_id: self.next_id };
        let phases = matching.phases(&definition.phases);
        let variables = matching.variables(&definition.variables);
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            best_effort: definition.best_effort,
            supersede: definition.supersede,
            on_failure: definition.on_failure.clone(),
            variables,
            phases,
            next_id: matching.next_id,
        }
    }

    fn match_tasks(&self, definition: &Definition, by_place: ByPlace) -> BTreeMap<TaskPosition, &DraftTask> {
        let named = self.named();
        let by_id: BTreeMap<ElementId, &DraftTask> = self.tasks().map(|(_, task)| (task.id, task)).collect();
        let places: BTreeMap<TaskPosition, &DraftTask> = self.tasks().collect();
        let may_be = |old: &DraftTask, new: &Task| match by_place {
            ByPlace::Anything => true,
            ByPlace::OnlyTheSame => old.kind == new.kind,
        };
        let mut taken = BTreeSet::new();
        let mut matched = BTreeMap::new();
        for (place, task) in definition.tasks() {
            let same = named.get(task.name.as_str()).filter(|id| taken.insert(**id));
            matched.extend(same.and_then(|id| by_id.get(id)).map(|old| (place, *old)));
        }
        for (place, task) in definition.tasks() {
            if matched.contains_key(&place) {
                continue;
            }
            let same = places.get(&place).filter(|old| may_be(old, task) && taken.insert(old.id));
            matched.extend(same.map(|old| (place, *old)));
        }
        matched
    }
}

/// What is taken for the same by its place alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ByPlace {
    /// Whatever is there.
    Anything,
    /// A variable that says the same, a task that does the same, a phase that has a task of the old one.
    OnlyTheSame,
}

struct Matching<'d> {
    old: &'d Draft,
    tasks: BTreeMap<TaskPosition, &'d DraftTask>,
    by_place: ByPlace,
    /// The variables, phases and groups whose ids are used.
    kept: BTreeSet<ElementId>,
    next_id: u32,
}

impl<'d> Matching<'d> {
    fn fresh(&mut self) -> ElementId {
        let id = ElementId(self.next_id);
        self.next_id = self.next_id.saturating_add(1);
        id
    }

    /// Whether an old phase may be the one with that index, though it has another name.
    fn may_be(&self, old: &DraftPhase, index: usize) -> bool {
        let of_old = |id: ElementId| old.groups.iter().flat_map(|group| &group.tasks).any(|task| task.id == id);
        match self.by_place {
            ByPlace::Anything => true,
            ByPlace::OnlyTheSame => self.tasks.iter().any(|(at, task)| at.phase == index && of_old(task.id)),
        }
    }

    fn variables(&mut self, declared: &[Variable]) -> Vec<DraftVariable> {
        let old = self.old;
        let mut matched: Vec<Option<&DraftVariable>> = Vec::new();
        for variable in declared {
            let mut named = old.variables.iter().filter(|old| old.name == variable.name);
            matched.push(named.find(|old| self.kept.insert(old.id)));
        }
        for (index, found) in matched.iter_mut().enumerate().filter(|(_, found)| found.is_none()) {
            let may_be = |old: &&DraftVariable| match self.by_place {
                ByPlace::Anything => true,
                ByPlace::OnlyTheSame => old.spec == declared[index].spec,
            };
            *found = old.variables.get(index).filter(may_be).filter(|old| self.kept.insert(old.id));
        }
        let both = declared.iter().zip(matched);
        both.map(|(variable, found)| DraftVariable {
            id: found.map_or_else(|| self.fresh(), |found| found.id),
            name: variable.name.clone(),
            spec: variable.spec.clone(),
            typed_name: found.filter(|found| found.name == variable.name).and_then(|found| found.typed_name.clone()),
        })
        .collect()
    }

    fn phases(&mut self, phases: &[Phase]) -> Vec<DraftPhase> {
        let old = self.old;
        let mut matched: Vec<Option<&DraftPhase>> = Vec::new();
        for phase in phases {
            let mut named = old.phases.iter().filter(|old| old.name == phase.name);
            matched.push(named.find(|old| self.kept.insert(old.id)));
        }
        for (index, found) in matched.iter_mut().enumerate().filter(|(_, found)| found.is_none()) {
            let at_place = old.phases.get(index).filter(|old| self.may_be(old, index));
            *found = at_place.filter(|old| self.kept.insert(old.id));
        }
        let both = phases.iter().zip(matched).enumerate();
        both.map(|(index, (phase, found))| DraftPhase {
            id: found.map_or_else(|| self.fresh(), |found| found.id),
            name: phase.name.clone(),
            groups: self.groups(index, &phase.groups, found),
        })
        .collect()
    }

    fn groups(&mut self, phase: usize, groups: &[Group], found: Option<&'d DraftPhase>) -> Vec<DraftGroup> {
        let mut ids: Vec<Option<ElementId>> = Vec::new();
        for (group, Group { tasks }) in groups.iter().enumerate() {
            let places = (0..tasks.len()).map(|position| TaskPosition { phase, group, position });
            let first = places.filter_map(|place| self.tasks.get(&place)).find_map(|task| self.old_group(task.id));
            ids.push(first.filter(|id| self.kept.insert(*id)));
        }
        let at_place = |index: usize| found.and_then(|found| found.groups.get(index)).map(|group| group.id);
        for (index, id) in ids.iter_mut().enumerate().filter(|(_, id)| id.is_none()) {
            *id = at_place(index).filter(|id| self.kept.insert(*id));
        }
        let both = groups.iter().zip(ids).enumerate();
        both.map(|(group, (of, id))| DraftGroup {
            id: id.unwrap_or_else(|| self.fresh()),
            tasks: self.of_group((phase, group), of),
        })
        .collect()
    }

    fn old_group(&self, task: ElementId) -> Option<ElementId> {
        let place = self.old.task_position(task)?;
        Some(self.old.phases.get(place.phase)?.groups.get(place.group)?.id)
    }

    fn of_group(&mut self, (phase, group): (usize, usize), of: &Group) -> Vec<DraftTask> {
        let numbered = of.tasks.iter().enumerate();
        numbered
            .map(|(position, task)| {
                let found = self.tasks.get(&TaskPosition { phase, group, position }).copied();
                let as_it_was = found.filter(|found| found.kind == task.kind);
                let mut unread = as_it_was.map(|found| found.unread.clone()).unwrap_or_default();
                if found.is_some_and(|found| found.name != task.name) {
                    unread.remove(NAME_FIELD);
                }
                DraftTask {
                    id: found.map_or_else(|| self.fresh(), |found| found.id),
                    name: task.name.clone(),
                    description: task.description.clone(),
                    kind: task.kind.clone(),
                    unread,
                }
            })
            .collect()
    }
}
