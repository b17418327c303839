//! Views of the YAML tab, and of the page that creates.

use askama::Template;

use super::view::EditorHead;
use crate::pages::components::{Chrome, Crumbs, Field, Notice, SelectOption, When};

/// The YAML tab.
#[derive(Debug, Template)]
#[template(path = "editor/yaml.html")]
pub struct YamlPage {
    /// Around it.
    pub chrome: Chrome,
    /// The head of the editor.
    pub head: EditorHead,
    /// What was not done, and what others saved.
    pub notices: Vec<Notice>,
    /// Takes the POST: `text`.
    pub url: String,
    /// The state of the draft.
    pub rev: u64,
    /// Back to the board.
    pub cancel_url: String,
    /// The text.
    pub text: String,
    /// Where it is kept.
    pub state: TextState,
    /// How many lines it has.
    pub lines: usize,
    /// "2 problems in the text."
    pub title: Option<String>,
    /// Each of them.
    pub faults: Vec<YamlFault>,
    /// What the text does not have.
    pub note: Option<String>,
}

impl YamlPage {
    /// Each line by its number, and whether something is wrong in it.
    fn marks(&self) -> impl Iterator<Item = (usize, bool)> {
        (1..=self.lines).map(|line| (line, self.faults.iter().any(|fault| fault.line == line)))
    }
}

/// Where the text that is shown is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextState {
    /// It is what the draft says.
    Applied,
    /// Beside the draft, until it is applied, or discarded at that address.
    Kept(String),
    /// In the window of whoever typed it, and nowhere else.
    OnlyHere,
}

/// Something wrong in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlFault {
    /// From 1.
    pub line: usize,
    /// The field; empty for the whole of it.
    pub at: String,
    /// What is wrong.
    pub sentence: String,
}

/// With what a new release task begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BeginWith {
    /// One phase without a task.
    #[default]
    Blank,
    /// What another release task has.
    Original,
    /// A text.
    Text,
}

impl BeginWith {
    /// The written word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Original => "copy",
            Self::Text => "yaml",
        }
    }

    /// What has that word; blank if nothing has.
    pub fn from_word(word: &str) -> Self {
        [Self::Original, Self::Text].into_iter().find(|begin| begin.word() == word).unwrap_or_default()
    }
}

/// A draft that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunDraft {
    /// Its name.
    pub name: String,
    /// Its board.
    pub url: String,
    /// When it was changed last.
    pub changed: When,
    /// When it goes, if that is soon.
    pub goes: Option<When>,
}

/// Create Release Task.
#[derive(Debug, Template)]
#[template(path = "editor/new.html")]
pub struct CreatePage {
    /// Around it.
    pub chrome: Chrome,
    /// Back to the list.
    pub crumbs: Crumbs,
    /// Drafts of the reader's that were never saved, to go on with.
    pub drafts: Vec<BegunDraft>,
    /// Takes the POST.
    pub url: String,
    /// Back to the list.
    pub cancel_url: String,
    /// The teams that the reader may make one for.
    pub teams: Vec<SelectOption>,
    /// The name, offered or typed.
    pub name: Field,
    /// The description.
    pub description: Field,
    /// With what it begins.
    pub begin: BeginWith,
    /// The name of the release task that is copied.
    pub original: Field,
    /// Release tasks that can be, with their teams.
    pub originals: Vec<SelectOption>,
    /// How many of them are offered, and how to come to the others.
    pub originals_hint: String,
    /// The text.
    pub text: String,
    /// What is wrong in it.
    pub faults: Vec<YamlFault>,
    /// Why it was not done.
    pub error: Option<String>,
}

impl CreatePage {
    fn begins(&self, word: &str) -> bool {
        self.begin.word() == word
    }
}
