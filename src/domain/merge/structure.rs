//! Merge of where elements stand: what each is in, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::content::{Trio, ids_of, of_sides};
use super::{ConflictAspect, MergeChoice, MergeValue, Merging, Values};
use crate::domain::compare::lists;
use crate::domain::draft::{Draft, DraftGroup, DraftPhase, DraftTask, ElementId};

/// The children of each element, in order; of nothing the phases.
type Lists = BTreeMap<Option<ElementId>, Vec<ElementId>>;
/// What each element is in.
type Parents = BTreeMap<ElementId, ElementId>;

impl Merging<'_> {
    /// The phases with all that is in them.
    pub(super) fn phases(&mut self) -> Vec<DraftPhase> {
        let lists = of_sides(self.sides, lists);
        let parents = lists.each_ref().map(parents_of);
        let mut tasks = self.tasks();
        let names: BTreeMap<ElementId, String> = tasks.iter().map(|(id, task)| (*id, task.name.clone())).collect();
        let in_groups = self.children(&parents, &names);
        let groups = self.groups(&in_groups);
        let in_phases = self.children(&parents, &groups);
        let mut phases = self.phase_names(&in_phases);

        let none = BTreeSet::new();
        let order = self.order(&lists, None, &phases.keys().copied().collect());
        let mut merged = Vec::new();
        for id in order {
            let order = self.order(&lists, Some(id), in_phases.get(&id).unwrap_or(&none));
            let mut groups = Vec::new();
            for group in order {
                let order = self.order(&lists, Some(group), in_groups.get(&group).unwrap_or(&none));
                let tasks: Vec<DraftTask> = order.iter().filter_map(|task| tasks.remove(task)).collect();
                groups.push(DraftGroup { id: group, tasks });
            }
            merged.push(DraftPhase { id, name: phases.remove(&id).unwrap_or_default(), groups });
        }
        merged
    }

    /// What is in each element, of those that are left.
    fn children(
        &mut self,
        parents: &[Parents; 3],
        names: &BTreeMap<ElementId, String>,
    ) -> BTreeMap<ElementId, BTreeSet<ElementId>> {
        let mut children: BTreeMap<ElementId, BTreeSet<ElementId>> = BTreeMap::new();
        for (id, name) in names {
            let Trio { base, mine, theirs } = Trio::of(parents, *id);
            let parent = match (mine, theirs) {
                (Some(mine), Some(theirs)) => {
                    let value = |parent: &ElementId| MergeValue::Parent(*parent);
                    let values = Values { base: base.map(value), mine: Some(value(mine)), theirs: Some(value(theirs)) };
                    match self.pick(Some(*id), ConflictAspect::Parent, name, values) {
                        MergeChoice::Mine => mine,
                        MergeChoice::Theirs => theirs,
                    }
                }
                (Some(only), None) | (None, Some(only)) => only,
                (None, None) => continue,
            };
            children.entry(*parent).or_default().insert(*id);
        }
        children
    }

    /// The groups that are left, each with the name of its phase: those that nobody removed, and those that have tasks.
    fn groups(&self, in_groups: &BTreeMap<ElementId, BTreeSet<ElementId>>) -> BTreeMap<ElementId, String> {
        let maps = of_sides(self.sides, |draft| {
            let name = |phase: usize| draft.phases[phase].name.clone();
            draft.groups().map(|(phase, _, group)| (group.id, name(phase))).collect::<BTreeMap<_, _>>()
        });
        let mut left = BTreeMap::new();
        for id in ids_of(&maps) {
            let Trio { base, mine, theirs } = Trio::of(&maps, id);
            let was_removed = base.is_some() && (mine.is_none() || theirs.is_none());
            if !was_removed || in_groups.contains_key(&id) {
                left.extend(mine.or(theirs).map(|name| (id, name.clone())));
            }
        }
        left
    }

    /// The names of the phases that are left: those that nobody removed, and those that have groups.
    fn phase_names(&mut self, in_phases: &BTreeMap<ElementId, BTreeSet<ElementId>>) -> BTreeMap<ElementId, String> {
        let maps = of_sides(self.sides, |draft| {
            draft.phases.iter().map(|phase| (phase.id, phase.name.clone())).collect::<BTreeMap<_, _>>()
        });
        let mut left = BTreeMap::new();
        for id in ids_of(&maps) {
            let trio = Trio::of(&maps, id);
            let name = match (trio.mine, trio.theirs) {
                (Some(mine), Some(theirs)) => {
                    let base = trio.base.map(String::as_str);
                    Some(self.pick_text((Some(id), "name", mine), base, mine, theirs))
                }
                (Some(only), None) | (None, Some(only)) if in_phases.contains_key(&id) => Some(only.clone()),
                (Some(_), None) | (None, Some(_)) => {
                    self.kept(id, &trio, String::as_str, |base, left| base == left).cloned()
                }
                (None, None) => None,
            };
            left.extend(name.map(|name| (id, name)));
        }
        left
    }

    /// The order of what is left in an element: that of the side that changed it. What only the other side has in it goes
    /// behind what it is behind there.
    fn order(
        &mut self,
        lists: &[Lists; 3],
        parent: Option<ElementId>,
        children: &BTreeSet<ElementId>,
    ) -> Vec<ElementId> {
        let of_parent = lists.each_ref().map(|lists| lists.get(&parent));
        let name = name_of(self.sides.mine, parent).or_else(|| name_of(self.sides.theirs, parent)).unwrap_or_default();
        self.arranged(of_parent, (parent, ConflictAspect::Order, name), children)
    }

    /// The same of lists that are told as that aspect of that element, which has that name.
    pub(super) fn arranged(
        &mut self,
        [base, mine, theirs]: [Option<&Vec<ElementId>>; 3],
        (element, aspect, name): (Option<ElementId>, ConflictAspect, &str),
        children: &BTreeSet<ElementId>,
    ) -> Vec<ElementId> {
        let none = Vec::new();
        let had = base.is_some();
        let [base, mine, theirs] = [base, mine, theirs].map(|list| list.unwrap_or(&none));
        let in_all = |id: &&ElementId| {
            children.contains(id) && mine.contains(id) && theirs.contains(id) && (!had || base.contains(id))
        };
        let order = |list: &[ElementId]| list.iter().filter(in_all).copied().collect::<Vec<_>>();
        let value = |list: &[ElementId]| Some(MergeValue::Order(order(list)));
        let values = Values { base: if had { value(base) } else { None }, mine: value(mine), theirs: value(theirs) };
        let (first, second) = match self.pick(element, aspect, name, values) {
            MergeChoice::Mine => (mine, theirs),
            MergeChoice::Theirs => (theirs, mine),
        };
        let mut ordered: Vec<ElementId> = first.iter().filter(|id| children.contains(id)).copied().collect();
        for (index, id) in second.iter().enumerate().filter(|(_, id)| children.contains(id)) {
            if ordered.contains(id) {
                continue;
            }
            let before = second[..index].iter().rev().find_map(|id| ordered.iter().position(|known| known == id));
            ordered.insert(before.map_or(0, |before| before + 1), *id);
        }
        ordered
    }
}

/// The name of the phase that an element is, or that a group is in; of nothing that of the release task.
fn name_of(draft: &Draft, element: Option<ElementId>) -> Option<&str> {
    let Some(element) = element else { return Some(&draft.name) };
    let of_group = || draft.group_index(element).map(|(phase, _)| &draft.phases[phase]);
    draft.phase(element).or_else(of_group).map(|phase| phase.name.as_str())
}

fn parents_of(lists: &Lists) -> Parents {
    let of_list = |(parent, list): (&Option<ElementId>, &Vec<ElementId>)| {
        let parent = *parent;
        list.iter().filter_map(move |id| parent.map(|parent| (*id, parent))).collect::<Vec<_>>()
    };
    lists.iter().flat_map(of_list).collect()
}
