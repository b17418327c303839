//! Views of the editor: its head, the board, and the form of a task.

use askama::Template;

use crate::pages::components::{Chrome, Crumbs, Fact, Field, Notice, When, part};
use crate::pages::release_tasks::list::view::SelectOption;

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
    /// Phases, groups, tasks.
    pub board: BoardView,
    /// The form of the task that is open.
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

/// What keeps a draft from being saved.
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

/// The form of a task.
#[derive(Debug, Template)]
#[template(path = "editor/_panel.html")]
pub struct TaskPanel {
    /// Its id in the draft.
    pub element: u32,
    /// Name of the task.
    pub title: String,
    /// The icon of its kind.
    pub icon: &'static str,
    /// Its kind in words.
    pub kind: String,
    /// "Approve, group 1".
    pub place: String,
    /// Takes the POST.
    pub url: String,
    /// The state of the draft.
    pub rev: u64,
    /// The board without the form.
    pub close_url: String,
    /// The name as it was typed.
    pub name: Field,
    /// The description as it was typed.
    pub description: Field,
    /// What is wrong with it, but with no field of it.
    pub errors: Vec<String>,
    /// The fields of its kind.
    pub fields: Vec<PanelField>,
}

/// A field of the form of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelField {
    /// Its anchor.
    pub id: String,
    /// Its name in the form.
    pub name: &'static str,
    /// The title of the part that begins with it.
    pub part: Option<&'static str>,
    /// Before it.
    pub label: &'static str,
    /// Below it; may be empty.
    pub help: &'static str,
    /// Beside its label.
    pub note: Option<String>,
    /// What is wrong with it.
    pub error: Option<String>,
    /// How it is asked for, with its value.
    pub control: PanelControl,
}

/// How a field is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PanelControl {
    /// A line.
    Line {
        /// Its value.
        text: String,
        /// What it counts as while it is empty.
        default: String,
    },
    /// A short line: a number, a time.
    Short {
        /// Its value.
        text: String,
        /// What it counts as while it is empty.
        default: String,
    },
    /// Lines of code.
    Script {
        /// Its value.
        text: String,
        /// How many lines are seen.
        rows: usize,
    },
    /// Lines of prose.
    Prose {
        /// Its value.
        text: String,
    },
    /// Yes or no.
    Flag {
        /// Its value.
        on: bool,
    },
    /// One of several words.
    Choice {
        /// The words.
        options: Vec<SelectOption>,
    },
    /// Any of several people or roles.
    People {
        /// A box for each.
        boxes: Vec<PersonBox>,
    },
    /// Names with values.
    Pairs {
        /// Under which the names are sent.
        name: String,
        /// Under which the values are sent.
        value: String,
        /// Those that there are, and some that are empty.
        rows: Vec<NameAndValue>,
    },
}

/// A box for a person or a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonBox {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
    /// Beside it.
    pub note: String,
    /// Whether it is checked.
    pub on: bool,
}

impl PersonBox {
    /// A box.
    pub fn new(value: &str, text: &str, note: impl Into<String>, on: bool) -> Self {
        Self { value: value.to_owned(), text: text.to_owned(), note: note.into(), on }
    }
}

/// A variable or a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAndValue {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether that has several lines.
    pub several_lines: bool,
}

part!(EditorHead, BoardView, PieceMenu, TaskPanel);
