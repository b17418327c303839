//! Problems of a draft and warnings about it as sentences, each with what it is about.

use std::collections::BTreeMap;

use super::task_fields;
use super::view::ProblemLine;
use crate::domain::draft::{Draft, DraftFault, DraftProblem, DraftTask, ElementId};
use crate::domain::validate::BrokenRule;
use crate::domain::warnings::DraftWarning;
use crate::format::form::new_kind;
use crate::messages::{self, Locale};
use crate::pages::components::draft_urls::{DraftUrls, anchor, field_anchor};

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldProblem {
    /// The variable, phase, group or task; nothing: the release task itself.
    pub element: Option<ElementId>,
    /// The field of it; empty: all of it.
    pub field: String,
    /// What is wrong.
    pub sentence: String,
    /// The task that it is about, where the sentence does not name it.
    pub task: Option<String>,
    /// Whether the task was just added and nothing was typed yet: its form is to be filled in, and nothing in it is wrong.
    pub to_fill_in: bool,
}

/// The same for a page on which nothing was asked yet: of a task as it was added one line says that it is to be filled in.
pub fn until_typed(problems: Vec<ToldProblem>, draft: &Draft) -> Vec<ToldProblem> {
    let fresh: BTreeMap<ElementId, &str> =
        draft.tasks().filter(|(_, task)| is_fresh(task)).map(|(_, task)| (task.id, task.name.as_str())).collect();
    let mut told: Vec<ToldProblem> = Vec::new();
    for problem in problems {
        let Some((id, name)) = problem.element.and_then(|id| fresh.get_key_value(&id)) else {
            told.push(problem);
            continue;
        };
        if !told.iter().any(|known| known.to_fill_in && known.element == Some(*id)) {
            let sentence = Locale::default().editor().to_fill_in().to_owned();
            told.push(ToldProblem { sentence, task: Some((*name).to_owned()), to_fill_in: true, ..problem });
        }
    }
    told
}

/// Whether a task is as it was added.
fn is_fresh(task: &DraftTask) -> bool {
    task.unread.is_empty() && task.description.is_empty() && new_kind(task.kind.word()).as_ref() == Some(&task.kind)
}

/// Every problem, in the order of the board as far as rules are broken, then what cannot be read.
pub fn told(draft: &Draft) -> Vec<ToldProblem> {
    let tasks: BTreeMap<ElementId, &DraftTask> = draft.tasks().map(|(_, task)| (task.id, task)).collect();
    let mut unread: BTreeMap<ElementId, BTreeMap<&'static str, Vec<String>>> = BTreeMap::new();
    let mut told = Vec::new();
    for DraftProblem { element, field, fault, .. } in draft.problems() {
        match &fault {
            DraftFault::Rule(rule) => {
                let of = element.and_then(|id| tasks.get(&id));
                let sentence = match of {
                    Some(task) => Locale::default().task_form().form_rule(rule, task.kind.word()),
                    None => messages::broken_rule(rule, Locale::default()),
                };
                let is_field = matches!(rule, BrokenRule::Field { .. } | BrokenRule::NoShell { .. });
                let task = of.filter(|_| is_field).map(|task| task.name.clone());
                told.push(ToldProblem { element, field, sentence, task, to_fill_in: false });
            }
            DraftFault::Unread { text } => {
                if let Some(variable) = element.and_then(|id| draft.variable(id)) {
                    let sentence = Locale::default().editor().name_is_free(&variable.name, text);
                    told.push(ToldProblem { element, field, sentence, task: None, to_fill_in: false });
                    continue;
                }
                let Some(task) = element.and_then(|id| tasks.get(&id)) else { continue };
                let faults = unread.entry(task.id).or_insert_with(|| task_fields::faults(task));
                for sentence in unread_sentences(task, (&field, text), faults) {
                    let task = Some(task.name.clone());
                    told.push(ToldProblem { element, field: field.clone(), sentence, task, to_fill_in: false });
                }
            }
        }
    }
    told
}

/// Warnings in the same shape.
pub fn warned(warnings: Vec<DraftWarning>) -> Vec<ToldProblem> {
    let said = Locale::default().editor();
    let told = |DraftWarning { element, field, warning }| ToldProblem {
        element,
        field,
        sentence: said.warning(&warning),
        task: None,
        to_fill_in: false,
    };
    warnings.into_iter().map(told).collect()
}

/// Why a field cannot be read; nothing where another field of the task is the reason.
fn unread_sentences(
    task: &DraftTask,
    (field, text): (&str, &str),
    faults: &BTreeMap<&'static str, Vec<String>>,
) -> Vec<String> {
    let said = Locale::default().editor();
    if field == "name" {
        return vec![said.name_is_free(&task.name, text)];
    }
    let label = Locale::default().task_form().field_words(task.kind.word(), field).label;
    let told = faults.get(field).cloned();
    told.or_else(|| faults.is_empty().then(|| vec![said.not_taken(label)])).unwrap_or_default()
}

/// The same as lines that lead to what they are about.
pub fn lines(problems: &[ToldProblem], draft: &Draft, urls: &DraftUrls) -> Vec<ProblemLine> {
    let line = |problem: &ToldProblem| {
        let (url, opens_dialog) = match problem.element {
            None if ["name", "description"].contains(&problem.field.as_str()) => (urls.below("basic-info"), true),
            None if problem.field == "variables" => (format!("{}#variables", urls.board(None)), false),
            None => (format!("{}#board", urls.board(None)), false),
            Some(id) if draft.variable(id).is_some() => {
                let key = problem.field.split('[').next().unwrap_or_default();
                (format!("{}#{}", urls.board(Some(id)), field_anchor(key)), false)
            }
            Some(id) if draft.task(id).is_some() => {
                let form = if problem.to_fill_in { urls.board_asked(id) } else { urls.board(Some(id)) };
                let at = if problem.field.is_empty() { "form".to_owned() } else { field_anchor(&problem.field) };
                (format!("{form}#{at}"), false)
            }
            Some(id) => (format!("{}#{}", urls.board(None), anchor(id)), false),
        };
        let whose = problem.task.as_ref().map(|task| format!("{task}: ")).unwrap_or_default();
        ProblemLine { text: whose + &problem.sentence, url, opens_dialog }
    };
    problems.iter().map(line).collect()
}
