//! The board: phases with their groups and tasks, and what can be done with each.

use super::problems::ToldProblem;
use super::view::{BoardCard, BoardLane, BoardPhase, BoardView, MenuItem, PieceMenu};
use crate::domain::definition::TaskPosition;
use crate::domain::draft::{Draft, DraftGroup, DraftPhase, DraftTask, ElementId};
use crate::domain::edit::{Toward, step};
use crate::domain::validate::MAX_PHASES;
use crate::messages::{self, Locale};
use crate::pages::components::draft_urls::{DraftUrls, anchor};
use crate::pages::kinds;

/// The most characters of the fact on a card.
const MAX_FACT_LEN: usize = 80;

/// What the board is made for.
pub struct Board<'b> {
    /// What it shows.
    pub draft: &'b Draft,
    /// Its state.
    pub rev: u64,
    /// Its URLs.
    pub urls: DraftUrls,
    /// The task whose form is open.
    pub open: Option<ElementId>,
    /// What is wrong.
    pub problems: &'b [ToldProblem],
}

impl Board<'_> {
    /// The view.
    pub fn view(&self) -> BoardView {
        let phases = &self.draft.phases;
        let end = phases.last().map_or_else(|| "add-phase".to_owned(), |last| format!("add-phase {}", last.id));
        BoardView {
            url: self.urls.below("commands"),
            rev: self.rev,
            open: self.open.map(|id| id.to_string()).unwrap_or_default(),
            name: self.draft.name.clone(),
            phases: phases.iter().enumerate().map(|(index, phase)| self.phase(index, phase)).collect(),
            add_phase: (phases.len() < MAX_PHASES).then_some(end),
        }
    }

    fn phase(&self, index: usize, phase: &DraftPhase) -> BoardPhase {
        let is_last = index + 1 == self.draft.phases.len();
        let has_room = self.draft.phases.len() < MAX_PHASES;
        let number_groups = phase.groups.len() > 1;
        BoardPhase {
            id: anchor(phase.id),
            element: phase.id.0,
            number: index + 1,
            name: phase.name.clone(),
            problem: self.problem(phase.id),
            menu: self.phase_menu(index, phase),
            lanes: phase
                .groups
                .iter()
                .enumerate()
                .map(|(at, group)| self.lane((phase, number_groups), at, group))
                .collect(),
            add_group: format!("add-group {}", phase.id),
            insert: (!is_last && has_room).then(|| format!("add-phase {}", phase.id)),
        }
    }

    fn phase_menu(&self, index: usize, phase: &DraftPhase) -> PieceMenu {
        let before = index.checked_sub(1).map(|before| self.draft.phases[before].id);
        let add_before = before.map_or_else(|| "add-phase".to_owned(), |before| format!("add-phase {before}"));
        let mut items = vec![
            MenuItem::dialog("Rename", self.urls.about("rename", phase.id)),
            MenuItem::command("Add Group", format!("add-group {}", phase.id)),
            MenuItem::command("Copy", format!("copy {}", phase.id)),
            MenuItem::Rule,
        ];
        self.steps(&mut items, phase.id, [("Move Left", Toward::PreviousPhase), ("Move Right", Toward::NextPhase)]);
        items.push(MenuItem::command("Add Phase Before", add_before));
        self.move_and_remove(&mut items, phase.id, self.draft.phases.len() > 1);
        PieceMenu { id: phase.id.0, label: format!("Phase {}", phase.name), items }
    }

    fn lane(&self, (phase, numbered): (&DraftPhase, bool), index: usize, group: &DraftGroup) -> BoardLane {
        let number = index + 1;
        let label = format!("Group {number} of {}", phase.name);
        let last = group.tasks.last().map(|task| task.id);
        let mut items = vec![
            MenuItem::dialog("Add Task", self.urls.pick(group.id, last)),
            MenuItem::command("Copy", format!("copy {}", group.id)),
            MenuItem::Rule,
        ];
        self.steps(&mut items, group.id, [("Move Up", Toward::Earlier), ("Move Down", Toward::Later)]);
        self.move_and_remove(&mut items, group.id, numbered || self.draft.phases.len() > 1);
        BoardLane {
            id: anchor(group.id),
            element: group.id.0,
            name: format!("Group {number}"),
            problem: self.problem(group.id),
            cards: group.tasks.iter().map(|task| self.card(task)).collect(),
            add_url: self.urls.pick(group.id, last),
            menu: PieceMenu { id: group.id.0, label: label.clone(), items },
            label,
        }
    }

    fn card(&self, task: &DraftTask) -> BoardCard {
        let id = task.id;
        let view = kinds::view(&task.kind);
        let mut items = vec![
            MenuItem::link("Open", self.urls.board(Some(id))),
            MenuItem::dialog("Rename", self.urls.about("rename", id)),
            MenuItem::command("Copy", format!("copy {id}")),
            MenuItem::Rule,
        ];
        self.steps(&mut items, id, [("Move Up", Toward::Earlier), ("Move Down", Toward::Later)]);
        self.move_and_remove(&mut items, id, self.draft.groups().nth(1).is_some());
        BoardCard {
            id: anchor(id),
            element: id.0,
            name: task.name.clone(),
            icon: view.icon(),
            kind: messages::kind(&task.kind, Locale::default()).to_owned(),
            fact: view.plan().first().map(|fact| short(fact)),
            problem: self.problem(id),
            url: self.urls.board(Some(id)),
            chosen: self.open == Some(id),
            menu: PieceMenu { id: id.0, label: format!("Task {}", task.name), items },
        }
    }

    fn steps(&self, items: &mut Vec<MenuItem>, id: ElementId, ways: [(&'static str, Toward); 2]) {
        for (label, toward) in ways {
            if step(self.draft, id, toward).is_some() {
                items.push(MenuItem::command(label, format!("step {id} {}", way(toward))));
            }
        }
    }

    fn move_and_remove(&self, items: &mut Vec<MenuItem>, id: ElementId, has_places: bool) {
        if has_places {
            items.push(MenuItem::dialog("Move…", self.urls.about("move", id)));
        }
        if items.last() != Some(&MenuItem::Rule) {
            items.push(MenuItem::Rule);
        }
        items.push(MenuItem::Danger { label: "Remove", value: format!("remove {id}") });
    }

    fn problem(&self, id: ElementId) -> Option<String> {
        let is_of = |problem: &&ToldProblem| problem.element == Some(id) && !problem.to_fill_in;
        self.problems.iter().find(is_of).map(|problem| problem.sentence.clone())
    }
}

fn way(toward: Toward) -> &'static str {
    match toward {
        Toward::Earlier => "earlier",
        Toward::Later => "later",
        Toward::PreviousPhase => "previous",
        Toward::NextPhase => "next",
    }
}

fn short(fact: &str) -> String {
    let line = fact.lines().next().unwrap_or_default();
    if line.chars().count() <= MAX_FACT_LEN {
        line.to_owned()
    } else {
        line.chars().take(MAX_FACT_LEN).chain(['…']).collect()
    }
}

/// Where a task stands, in words: its phase and group.
pub fn place_words(draft: &Draft, at: TaskPosition) -> String {
    format!("{}, group {}", draft.phases[at.phase].name, at.group + 1)
}
