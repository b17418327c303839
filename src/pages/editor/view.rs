//! Views of the editor: its head and the board.

use askama::Template;

use super::panel_view::TaskPanel;
use super::variables_view::VariablesView;
use crate::pages::components::{Chrome, Crumbs, Fact, Notice, When, part};

/// The board, with the form of a task beside it.
#[derive(Debug, Template)]
#[template(path = "editor/show.html")]
pub struct EditorPage {
    /// Around it.
    pub chrome: Chrome,
    /// Name, facts, Save, tabs, Undo.
    pub head: EditorHead,
    /// What was not done, and what others saved.
    pub notices: Vec<Notice>,
    /// What keeps it from being saved.
    pub problems: Option<ProblemBox>,
    /// What does not, and is most likely not what one wants.
    pub warnings: Option<ProblemBox>,
    /// Phases, groups, tasks.
    pub board: BoardView,
    /// What is asked for when it is executed.
    pub variables: VariablesView,
    /// The form of the task or variable that is open.
    pub panel: Option<TaskPanel>,
}

/// The tabs of the editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditorTab {
    /// Board.
    Board,
    /// YAML.
    Yaml,
}

/// The head of the editor.
#[derive(Debug, Template)]
#[template(path = "editor/_head.html")]
pub struct EditorHead {
    /// Back to the list, and to the release task.
    pub crumbs: Crumbs,
    /// What the release task is for.
    pub description: Option<String>,
    /// Name, team, version, tasks.
    pub facts: Vec<Fact>,
    /// The state of the draft.
    pub rev: u64,
    /// The task whose form is open; may be empty.
    pub open: String,
    /// Takes commands.
    pub commands_url: String,
    /// Takes the POST of Save; GET asks for a note.
    pub save_url: String,
    /// Set Basic Info.
    pub basic_info_url: String,
    /// Discard Draft.
    pub discard_url: String,
    /// The board.
    pub board_url: String,
    /// The YAML tab.
    pub yaml_url: String,
    /// Which tab is shown.
    pub tab: EditorTab,
    /// When the draft was saved last.
    pub saved: When,
    /// What Undo does; nothing when there is nothing to undo.
    pub undo: Option<String>,
    /// What Redo does.
    pub redo: Option<String>,
    /// Whether the best effort policy is on.
    pub best_effort: bool,
    /// Whether a new execution may take the place of one that waits.
    pub supersede: bool,
}

impl EditorHead {
    fn is_board(&self) -> bool {
        self.tab == EditorTab::Board
    }
}

/// What keeps a draft from being saved, or what there is to think about first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemBox {
    /// "2 problems".
    pub count: String,
    /// The first of them.
    pub lines: Vec<ProblemLine>,
    /// The others.
    pub more: Vec<ProblemLine>,
}

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemLine {
    /// The sentence.
    pub text: String,
    /// Where it is put right.
    pub url: String,
    /// Whether that is a dialog.
    pub opens_dialog: bool,
}

/// The board.
#[derive(Debug, Template)]
#[template(path = "editor/_board.html")]
pub struct BoardView {
    /// Takes commands.
    pub url: String,
    /// The state that it shows.
    pub rev: u64,
    /// The task whose form is open; may be empty.
    pub open: String,
    /// Name of the release task.
    pub name: String,
    /// From left to right.
    pub phases: Vec<BoardPhase>,
    /// The command that adds a phase at the end; nothing when there is no room.
    pub add_phase: Option<String>,
}

/// A phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardPhase {
    /// Its anchor.
    pub id: String,
    /// Its id in the draft.
    pub element: u32,
    /// 1 and up.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// What can be done with it.
    pub menu: PieceMenu,
    /// Its groups.
    pub lanes: Vec<BoardLane>,
    /// The command that adds a group.
    pub add_group: String,
    /// The command that adds a phase behind it; nothing for the last.
    pub insert: Option<String>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardLane {
    /// Its anchor.
    pub id: String,
    /// Its id in the draft.
    pub element: u32,
    /// "Group 1 of Build".
    pub label: String,
    /// "Group 1".
    pub name: String,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// What can be done with it.
    pub menu: PieceMenu,
    /// Its tasks.
    pub cards: Vec<BoardCard>,
    /// The choice of a kind for one more.
    pub add_url: String,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardCard {
    /// Its anchor.
    pub id: String,
    /// Its id in the draft.
    pub element: u32,
    /// Its name.
    pub name: String,
    /// The icon of its kind.
    pub icon: &'static str,
    /// Its kind in words.
    pub kind: String,
    /// The one fact that matters.
    pub fact: Option<String>,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Its form.
    pub url: String,
    /// Whether its form is open.
    pub chosen: bool,
    /// What can be done with it.
    pub menu: PieceMenu,
}

/// The menu of a phase, a group or a task.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "editor/_menu.html")]
pub struct PieceMenu {
    /// The id of what it is about.
    pub id: u32,
    /// "Task build-pages".
    pub label: String,
    /// In order.
    pub items: Vec<MenuItem>,
}

/// A line of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuItem {
    /// Leads to a page.
    Link {
        /// The words.
        label: &'static str,
        /// The page.
        url: String,
    },
    /// Opens a dialog.
    Dialog {
        /// The words.
        label: &'static str,
        /// The dialog.
        url: String,
    },
    /// Sends a command.
    Command {
        /// The words.
        label: &'static str,
        /// The command.
        value: String,
    },
    /// Sends a command that takes something away.
    Danger {
        /// The words.
        label: &'static str,
        /// The command.
        value: String,
    },
    /// A line between others.
    Rule,
}

impl MenuItem {
    /// Leads to a page.
    pub fn link(label: &'static str, url: String) -> Self {
        Self::Link { label, url }
    }

    /// Opens a dialog.
    pub fn dialog(label: &'static str, url: String) -> Self {
        Self::Dialog { label, url }
    }

    /// Sends a command.
    pub fn command(label: &'static str, value: String) -> Self {
        Self::Command { label, value }
    }
}

part!(EditorHead, BoardView, PieceMenu);
