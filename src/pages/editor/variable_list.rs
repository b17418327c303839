//! The variables of a draft as they are listed below the board, and what can be done with each.

use super::problems::ToldProblem;
use super::variables_view::{VariableRow, VariablesView};
use super::view::{MenuItem, PieceMenu};
use crate::domain::draft::{Draft, DraftVariable, ElementId};
use crate::domain::variables::MAX_DECLARED;
use crate::messages::Locale;
use crate::pages::components::draft_urls::{DraftUrls, anchor};

/// The list.
pub fn view(
    draft: &Draft,
    (rev, open): (u64, Option<ElementId>),
    urls: &DraftUrls,
    problems: &[ToldProblem],
) -> VariablesView {
    let last = draft.variables.last().map(|variable| variable.id);
    let add = last.map_or_else(|| "add-variable".to_owned(), |last| format!("add-variable {last}"));
    let count = draft.variables.len();
    let whole = problems.iter().find(|problem| problem.element.is_none() && problem.field == "variables");
    let row = |(index, variable): (usize, &DraftVariable)| {
        let own: Vec<&str> = problems
            .iter()
            .filter(|problem| problem.element == Some(variable.id))
            .map(|problem| problem.sentence.as_str())
            .collect();
        VariableRow {
            id: anchor(variable.id),
            url: format!("{}#f-name", urls.board(Some(variable.id))),
            name: variable.name.clone(),
            facts: facts(variable),
            description: variable.spec.description.clone(),
            problem: (!own.is_empty()).then(|| own.join(" ")),
            chosen: open == Some(variable.id),
            menu: menu(variable, (index, count), urls),
        }
    };
    VariablesView {
        url: urls.below("commands"),
        rev,
        open: open.map(|id| id.to_string()).unwrap_or_default(),
        about: Locale::default().editor().variables_about(),
        problem: whole.map(|problem| problem.sentence.clone()),
        rows: draft.variables.iter().enumerate().map(row).collect(),
        add: (count < MAX_DECLARED).then_some(add),
    }
}

fn facts(variable: &DraftVariable) -> String {
    let words = Locale::default().variables();
    let spec = &variable.spec;
    let mut facts = vec![words.variable_type(spec.of).to_owned()];
    facts.extend(spec.required.then(|| words.required().to_owned()));
    facts.extend(spec.default.as_deref().map(|text| words.default_listed(text)));
    facts.join(" · ")
}

fn menu(variable: &DraftVariable, (index, count): (usize, usize), urls: &DraftUrls) -> PieceMenu {
    let id = variable.id;
    let mut items = vec![MenuItem::link("Edit", format!("{}#f-name", urls.board(Some(id))))];
    if index > 0 {
        items.push(MenuItem::command("Move Up", format!("step {id} earlier")));
    }
    if index + 1 < count {
        items.push(MenuItem::command("Move Down", format!("step {id} later")));
    }
    items.push(MenuItem::Rule);
    items.push(MenuItem::Danger { label: "Delete", value: format!("remove {id}") });
    let label = format!("{} {}", Locale::default().editor().variable(), variable.name);
    PieceMenu { id: id.0, label, items }
}
