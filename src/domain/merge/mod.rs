//! Three-way merge of a release task that two people changed: what only one of them changed is taken, and where both did
//! there is a conflict, for which one of the two is chosen. Until somebody chooses, it is mine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::draft::{Draft, ElementId};
use super::failure_policy::FailurePolicy;
use super::kinds::{FieldValue, Kind};

mod align;
mod content;
mod structure;
mod variables;

pub use align::aligned;

/// The three that are merged. An element of one is the same as that of the same id in another: see [`aligned`].
#[derive(Debug, Clone, Copy)]
pub struct MergeSides<'d> {
    /// What both began with. It is kept beside my draft; once the two are merged, theirs is what the merged draft began with.
    pub base: &'d Draft,
    /// What I made of it.
    pub mine: &'d Draft,
    /// What somebody else made of it.
    pub theirs: &'d Draft,
}

/// One of the two who changed something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeChoice {
    /// What I made of it.
    #[default]
    Mine,
    /// What somebody else made of it.
    Theirs,
}

/// What is chosen where both changed the same.
pub type MergeChoices = BTreeMap<ConflictAt, MergeChoice>;

/// Where both changed the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConflictAt {
    /// The variable, phase, group or task; nothing: the release task itself.
    pub element: Option<ElementId>,
    /// What of it.
    pub aspect: ConflictAspect,
}

/// What of an element both changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "aspect", rename_all = "snake_case")]
pub enum ConflictAspect {
    /// A field.
    Field {
        /// Its key as in the YAML.
        key: String,
    },
    /// All that a task does: it is of another kind.
    Kind,
    /// That it is there at all: one removed what the other changed.
    Presence,
    /// The phase or the group that it is in.
    Parent,
    /// The order of what is in it.
    Order,
    /// The order of the variables.
    VariableOrder,
}

/// What is in conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeValue {
    /// The value of a field.
    Field(FieldValue),
    /// What a task does.
    Kind(Box<Kind>),
    /// It is there.
    Present,
    /// What it is in.
    Parent(ElementId),
    /// What is in it, in order: that which all three have in it.
    Order(Vec<ElementId>),
}

/// Something that both changed, each in another way. Nothing as a value means that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Where.
    pub at: ConflictAt,
    /// The name of the variable, the phase or the task.
    pub name: String,
    /// What it was.
    pub base: Option<MergeValue>,
    /// What I made of it.
    pub mine: Option<MergeValue>,
    /// What somebody else made of it.
    pub theirs: Option<MergeValue>,
    /// What is in the merged draft.
    pub choice: MergeChoice,
}

/// The merged draft, and where somebody is to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The draft, with the choices so far. What could not be read of mine is kept where mine was taken.
    pub draft: Draft,
    /// Every conflict, chosen or not.
    pub conflicts: Vec<Conflict>,
}

/// Merges.
pub fn merge(sides: MergeSides<'_>, choices: &MergeChoices) -> Merged {
    let mut merging = Merging { sides, choices, conflicts: Vec::new() };
    let draft = merging.whole();
    Merged { draft, conflicts: merging.conflicts }
}

/// The merge so far.
struct Merging<'m> {
    sides: MergeSides<'m>,
    choices: &'m MergeChoices,
    conflicts: Vec<Conflict>,
}

/// The values of one thing on the three sides.
struct Values {
    base: Option<MergeValue>,
    mine: Option<MergeValue>,
    theirs: Option<MergeValue>,
}

impl Values {
    fn texts(base: Option<&str>, mine: &str, theirs: &str) -> Self {
        let text = |text: &str| MergeValue::Field(FieldValue::Text(text.to_owned()));
        Self { base: base.map(text), mine: Some(text(mine)), theirs: Some(text(theirs)) }
    }
}

impl Merging<'_> {
    /// The side that changed it, or the chosen one if both did.
    fn pick(&mut self, element: Option<ElementId>, aspect: ConflictAspect, name: &str, values: Values) -> MergeChoice {
        let Values { base, mine, theirs } = values;
        if mine == theirs || theirs == base {
            return MergeChoice::Mine;
        }
        if mine == base {
            return MergeChoice::Theirs;
        }
        let at = ConflictAt { element, aspect };
        let choice = self.choices.get(&at).copied().unwrap_or_default();
        self.conflicts.push(Conflict { at, name: name.to_owned(), base, mine, theirs, choice });
        choice
    }

    fn pick_field(&mut self, element: Option<ElementId>, key: &str, name: &str, values: Values) -> MergeChoice {
        self.pick(element, ConflictAspect::Field { key: key.to_owned() }, name, values)
    }

    fn pick_text(
        &mut self,
        (element, key, name): (Option<ElementId>, &str, &str),
        base: Option<&str>,
        mine: &str,
        theirs: &str,
    ) -> String {
        match self.pick_field(element, key, name, Values::texts(base, mine, theirs)) {
            MergeChoice::Mine => mine.to_owned(),
            MergeChoice::Theirs => theirs.to_owned(),
        }
    }

    /// A switch of the release task itself.
    fn pick_flag(&mut self, key: &str, of: impl Fn(&Draft) -> bool) -> bool {
        let MergeSides { base, mine, theirs } = self.sides;
        let flag = |draft: &Draft| Some(MergeValue::Field(FieldValue::Flag(of(draft))));
        let flags = Values { base: flag(base), mine: flag(mine), theirs: flag(theirs) };
        match self.pick_field(None, key, &mine.name, flags) {
            MergeChoice::Mine => of(mine),
            MergeChoice::Theirs => of(theirs),
        }
    }

    /// What happens by itself after a failure.
    fn pick_policy(&mut self) -> Option<FailurePolicy> {
        let MergeSides { base, mine, theirs } = self.sides;
        let value = |draft: &Draft| draft.on_failure.as_ref().map(|policy| MergeValue::Field(policy.value()));
        let values = Values { base: value(base), mine: value(mine), theirs: value(theirs) };
        match self.pick_field(None, "onFailure", &mine.name, values) {
            MergeChoice::Mine => mine.on_failure.clone(),
            MergeChoice::Theirs => theirs.on_failure.clone(),
        }
    }

    fn whole(&mut self) -> Draft {
        let MergeSides { base, mine, theirs } = self.sides;
        let name = self.pick_text((None, "name", &mine.name), Some(&base.name), &mine.name, &theirs.name);
        let of = (Some(base.description.as_str()), mine.description.as_str(), theirs.description.as_str());
        let description = self.pick_text((None, "description", &mine.name), of.0, of.1, of.2);
        let best_effort = self.pick_flag("bestEffort", |draft| draft.best_effort);
        let supersede = self.pick_flag("supersede", |draft| draft.supersede);
        let on_failure = self.pick_policy();
        let next_id = base.next_id.max(mine.next_id).max(theirs.next_id);
        let (variables, phases) = (self.variables(), self.phases());
        Draft { name, description, best_effort, supersede, on_failure, variables, phases, next_id }
    }
}

#[cfg(test)]
mod tests;
