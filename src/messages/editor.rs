//! Sentences of the editor of release tasks.

use serde::{Deserialize, Serialize};

use crate::domain::edit::{ActionLabel, EditRefusal};
use crate::domain::warnings::Warning;
use crate::format::Handwritten;

/// A place on the board, to be told: after a move, and to choose where something goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardPlace {
    /// Name of the phase.
    pub phase: String,
    /// Number of the group in it; nothing for a group or a phase itself.
    pub group: Option<usize>,
    /// Its number among those beside it.
    pub number: usize,
    /// How many they are.
    pub of: usize,
}

/// The end of the board at which something is that was to be moved on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BoardEnd {
    /// Nothing stands before it.
    First,
    /// Nothing stands behind it.
    Last,
    /// No phase is before its own.
    FirstPhase,
    /// No phase is behind its own.
    LastPhase,
}

/// A place that something can be moved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovePlace {
    /// Name of the phase; nothing for a phase itself.
    pub phase: Option<String>,
    /// Number of the group in it.
    pub group: Option<usize>,
    /// What it would come behind: nothing for the first place.
    pub behind: Option<Neighbour>,
}

/// What something is moved behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Neighbour {
    /// The phase or task of that name.
    Named(String),
    /// The group of that number.
    Group(usize),
}

/// Sentences of the editor.
pub trait EditorSentences {
    /// What an action does, to go on after "Undo:".
    fn action(&self, label: &ActionLabel) -> String;

    /// After an action: what was done, how many references follow, and where what was moved is now.
    fn edited(&self, label: &ActionLabel, references: usize, place: Option<&BoardPlace>) -> String;

    /// Something stays where it is, because it is at that end.
    fn not_moved(&self, label: &ActionLabel, end: BoardEnd) -> String;

    /// After an action was undone.
    fn undone(&self, label: &ActionLabel) -> String;

    /// After an action was done again.
    fn redone(&self, label: &ActionLabel) -> String;

    /// Why a command was not carried out.
    fn edit_refusal(&self, refusal: &EditRefusal) -> String;

    /// The draft is another than the page showed.
    fn draft_changed(&self) -> &'static str;

    /// The same, where what was typed is shown again.
    fn draft_changed_typed(&self) -> &'static str;

    /// Title of what was not done.
    fn not_done(&self) -> &'static str;

    /// It has problems, so that it cannot be saved.
    fn has_problems(&self, count: usize) -> String;

    /// The note to a version has too many characters.
    fn note_too_long(&self, most: usize) -> String;

    /// Somebody has as many drafts as they may.
    fn too_many_drafts(&self, most: u64) -> String;

    /// Somebody saved a version since the draft was begun.
    fn newer_version(&self, based_on: u32, newest: u32) -> String;

    /// Before when somebody changed their draft of the same release task.
    fn draft_of(&self, user: &str) -> String;

    /// How many more people have one.
    fn more_people(&self, count: usize) -> String;

    /// When somebody saved a newer version, as a whole sentence.
    fn saved_meanwhile(&self, newest: u32) -> String;

    /// Why saving is refused, when the draft stays.
    fn draft_kept(&self, why: &str) -> String;

    /// Before Discard: of a release task that is there, or of one that is not.
    fn discard(&self, is_saved: bool) -> &'static str;

    /// Before the list of problems.
    fn problems(&self, count: usize) -> String;

    /// In the list of problems, of a task that was just added.
    fn to_fill_in(&self) -> &'static str;

    /// How many warnings there are.
    fn warnings(&self, count: usize) -> String;

    /// Something to think about before a draft is saved.
    fn warning(&self, warning: &Warning) -> String;

    /// A field holds what cannot be read, and nothing more is known of it.
    fn not_taken(&self, label: &str) -> String;

    /// A field that must be filled is empty.
    fn must_be_filled(&self, label: &str) -> String;

    /// A task keeps its name although another was typed, which it could have now.
    fn name_is_free(&self, task: &str, typed: &str) -> String;

    /// A place to move something to.
    fn move_place(&self, place: &MovePlace) -> String;

    /// A variable, as the title of its form.
    fn variable(&self) -> &'static str;

    /// Beside that title.
    fn variable_asked(&self) -> &'static str;

    /// What variables are for.
    fn variables_about(&self) -> &'static str;

    /// What a kind of task is for.
    fn kind_purpose(&self, word: &str) -> &'static str;

    /// The release task to copy was not found.
    fn no_such_original(&self, name: &str) -> String;

    /// Several teams have a release task of the name that was typed: each is written with its team.
    fn several_originals(&self, name: &str, each: &[String]) -> String;

    /// How many release tasks to copy are offered of those that there are.
    fn originals(&self, offered: usize, matching: u64) -> String;

    /// The YAML holds more than one release task.
    fn several_in_text(&self, count: usize) -> String;

    /// The YAML names another team or region than the draft's.
    fn belongs_elsewhere(&self, key: &str, named: &str, own: &str) -> String;

    /// A text took the place of what was in a draft.
    fn yaml_taken(&self) -> &'static str;

    /// Lines of the scripts of these tasks ended with CR LF; nothing where there are none.
    fn straightened(&self, tasks: &[String]) -> Option<String>;

    /// What a change of the board costs a text that somebody wrote.
    fn text_is_written_anew(&self, lost: &Handwritten) -> String;

    /// On the board: the YAML tab has a text that is not applied.
    fn text_waits(&self) -> &'static str;

    /// A change of the board discards that text.
    fn text_is_discarded(&self) -> &'static str;

    /// It keeps the draft from being saved.
    fn text_not_applied(&self) -> &'static str;

    /// Before it is discarded by itself.
    fn discard_text(&self) -> &'static str;

    /// In the YAML, tasks stand as they could last be read.
    fn yaml_without_unread(&self, fields: usize) -> String;

    /// So many faults in the YAML.
    fn yaml_faults(&self, count: usize) -> String;
}
