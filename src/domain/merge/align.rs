//! Alignment: gives the elements of what somebody else saved the ids that they have in the draft.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::definition::Definition;
use crate::domain::draft::{Draft, ElementId};

/// The draft of what somebody else saved, whose elements have the ids that they have in `base`, or, if both added one of the
/// same name, in `mine`. All other ids of it are new to both.
pub fn aligned((base, mine): (&Draft, &Draft), (name, description): (&str, &str), definition: &Definition) -> Draft {
    let next_id = base.next_id.max(mine.next_id);
    // What is the same as a side is that side, even if names are there twice.
    for side in [base, mine] {
        if side.definition() == *definition {
            let (name, description) = (name.to_owned(), description.to_owned());
            return Draft { name, description, next_id, ..side.clone() };
        }
    }
    let from = Draft { next_id, ..base.clone() };
    let mut theirs = from.matched_closely(name, description, definition);
    let mut aligning = Aligning { mine, first_new: next_id, used: theirs.ids().collect() };
    aligning.rename(&mut theirs);
    theirs
}

struct Aligning<'d> {
    mine: &'d Draft,
    first_new: u32,
    used: BTreeSet<ElementId>,
}

impl Aligning<'_> {
    /// Gives what is new the ids of what I added under the same names.
    fn rename(&mut self, theirs: &mut Draft) {
        for variable in &mut theirs.variables {
            let of_mine = self.mine.variable_named(&variable.name).map(|variable| variable.id);
            variable.id = self.instead_of(variable.id, of_mine);
        }
        let tasks = self.mine.named();
        let mut phases: BTreeMap<&str, ElementId> = BTreeMap::new();
        for phase in &self.mine.phases {
            phases.entry(phase.name.as_str()).or_insert(phase.id);
        }
        for phase in &mut theirs.phases {
            phase.id = self.instead_of(phase.id, phases.get(phase.name.as_str()).copied());
            for group in &mut phase.groups {
                for task in &mut group.tasks {
                    task.id = self.instead_of(task.id, tasks.get(task.name.as_str()).copied());
                }
                let mut places = group.tasks.iter().filter_map(|task| self.mine.task_position(task.id));
                let of_mine = places.next().map(|at| self.mine.phases[at.phase].groups[at.group].id);
                group.id = self.instead_of(group.id, of_mine);
            }
        }
    }

    fn instead_of(&mut self, id: ElementId, of_mine: Option<ElementId>) -> ElementId {
        match of_mine.filter(|_| id.0 >= self.first_new) {
            Some(known) if self.used.insert(known) => known,
            Some(_) | None => id,
        }
    }
}
