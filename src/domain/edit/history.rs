//! The history of a draft: what was done and can be undone, and what was undone and can be done again.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::patch::SmallChange;
use super::{ActionLabel, Edit, EditCommand, EditOperation, EditRefusal, EditSummary, Patch, apply};
use crate::domain::draft::{Draft, ElementId};

/// The most actions that are kept.
pub const MAX_HISTORY_ENTRIES: usize = 500;
/// The most bytes that they take together when they are stored. One action is kept whatever it takes.
pub const MAX_HISTORY_BYTES: usize = 16 * 1024 * 1024;

/// What one action of a person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The action.
    pub label: ActionLabel,
    /// What is to be looked at when it has been done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<ElementId>,
    /// What undoes it while it is done; what does it again while it is undone.
    pub patch: Patch,
    /// The bytes that the patch takes when it is stored, in whichever direction it takes more.
    pub bytes: usize,
}

/// The actions on a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// What can be undone, the oldest first.
    done: VecDeque<HistoryEntry>,
    /// What can be done again, the one that was undone last at the end.
    undone: Vec<HistoryEntry>,
}

impl History {
    /// The part of a history that the next action needs: what would be undone, and what would be done again.
    pub fn around(done: Option<HistoryEntry>, undone: Option<HistoryEntry>) -> Self {
        Self { done: done.into_iter().collect(), undone: undone.into_iter().collect() }
    }

    /// What was done last, with what undoes it.
    pub fn last_done(&self) -> Option<&HistoryEntry> {
        self.done.back()
    }

    /// What was undone last, with what does it again.
    pub fn last_undone(&self) -> Option<&HistoryEntry> {
        self.undone.last()
    }

    /// What can be undone, the oldest first.
    pub fn done(&self) -> impl ExactSizeIterator<Item = &HistoryEntry> {
        self.done.iter()
    }

    /// What can be done again, the one that was undone last at the end.
    pub fn undone(&self) -> &[HistoryEntry] {
        &self.undone
    }

    /// The action that would be undone now.
    pub fn to_undo(&self) -> Option<&ActionLabel> {
        self.done.back().map(|entry| &entry.label)
    }

    /// The action that would be done again now.
    pub fn to_redo(&self) -> Option<&ActionLabel> {
        self.undone.last().map(|entry| &entry.label)
    }

    /// The bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.done.iter().chain(&self.undone).map(|entry| entry.bytes).sum()
    }

    /// A new action: what was undone before cannot be done again, and the oldest actions make room.
    fn record(&mut self, entry: HistoryEntry) {
        self.undone.clear();
        self.done.push_back(entry);
        let mut bytes = self.bytes();
        while self.done.len() > MAX_HISTORY_ENTRIES || (bytes > MAX_HISTORY_BYTES && self.done.len() > 1) {
            let oldest = self.done.pop_front();
            bytes -= oldest.map_or(0, |entry| entry.bytes);
        }
    }
}

/// An action that was undone or done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryStep {
    /// The action.
    pub label: ActionLabel,
    /// What it was about, if that is there now.
    pub element: Option<ElementId>,
}

/// A draft with its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editing {
    /// The draft as it is now.
    pub draft: Draft,
    /// How it came to be so.
    pub history: History,
}

impl Editing {
    /// Begins with a draft.
    pub fn of(draft: Draft) -> Self {
        Self { draft, history: History::default() }
    }

    /// Carries out a command. Only what changes something becomes part of the history.
    pub fn run(&mut self, command: &EditCommand) -> Result<Edit, EditRefusal> {
        // An undo shows what a removal took away: its id is the command's.
        let applied = apply(&mut self.draft, command)?;
        if let Edit::Changed(summary) = &applied.edit {
            let element = summary.element.or(command.removes());
            let label = summary.label.clone();
            self.history.record(HistoryEntry { label, element, patch: applied.undo, bytes: applied.bytes });
        }
        Ok(applied.edit)
    }

    /// Puts a merged draft in the place of this one, as one action. Undone, the draft is again one that began with an older
    /// version: whoever undoes it sees so by its label.
    pub fn take_over(&mut self, merged: Draft) -> Result<Edit, EditRefusal> {
        if merged.says_the_same(&self.draft) {
            return Ok(Edit::Unchanged);
        }
        let label = ActionLabel { operation: EditOperation::Merge, name: self.draft.name.clone(), group: None };
        let patch = Patch::of(vec![SmallChange::Whole { content: Box::new(merged) }]);
        let size = patch.bytes();
        let patch = patch.apply(&mut self.draft)?;
        let bytes = size.max(patch.bytes());
        self.history.record(HistoryEntry { label: label.clone(), element: None, patch, bytes });
        Ok(Edit::Changed(EditSummary { label, element: None, references: 0 }))
    }

    /// Undoes the last action that is not undone.
    pub fn undo(&mut self) -> Result<HistoryStep, EditRefusal> {
        let entry = self.history.done.back().ok_or(EditRefusal::NothingToUndo)?;
        let redo = entry.patch.clone().apply(&mut self.draft)?;
        let turned = self.history.done.pop_back().map(|entry| HistoryEntry { patch: redo, ..entry });
        let step = turned.as_ref().map(|entry| self.step(entry));
        self.history.undone.extend(turned);
        step.ok_or(EditRefusal::NothingToUndo)
    }

    /// Does again what was undone last.
    pub fn redo(&mut self) -> Result<HistoryStep, EditRefusal> {
        let entry = self.history.undone.last().ok_or(EditRefusal::NothingToRedo)?;
        let undo = entry.patch.clone().apply(&mut self.draft)?;
        let turned = self.history.undone.pop().map(|entry| HistoryEntry { patch: undo, ..entry });
        let step = turned.as_ref().map(|entry| self.step(entry));
        self.history.done.extend(turned);
        step.ok_or(EditRefusal::NothingToRedo)
    }

    fn step(&self, entry: &HistoryEntry) -> HistoryStep {
        let element = entry.element.filter(|id| self.draft.position(*id).is_some());
        HistoryStep { label: entry.label.clone(), element }
    }
}
