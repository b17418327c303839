//! The form of a variable beside the board: its fields, and the command that takes what was typed into it.

use super::draft_subject::DraftSubject;
use super::panel::{error_of, is_within, text_area};
use super::panel_view::{PanelControl, PanelField, TaskPanel};
use super::problems::ToldProblem;
use super::sent_form::SentForm;
use crate::domain::draft::DraftVariable;
use crate::domain::edit::EditCommand;
use crate::domain::variables::{VariableSpec, VariableType};
use crate::messages::Locale;
use crate::pages::components::draft_urls::field_anchor;
use crate::pages::components::{Field, SelectOption};

/// The word of its kind, under which the words of its fields are found.
const WORD: &str = "variable";
/// Whether it must have a value.
const REQUIRED: &str = "isRequired";
/// Whether it is an empty text when it is left empty.
const EMPTY_DEFAULT: &str = "emptyDefault";

/// The command that takes what was typed.
pub fn taken(variable: &DraftVariable, form: &SentForm) -> EditCommand {
    let set = EditCommand::SetVariable { variable: variable.id, spec: spec(variable, form) };
    // The name comes last, as with a task.
    let rename = EditCommand::RenameVariable { variable: variable.id, name: form.text("name").trim().to_owned() };
    EditCommand::Several { commands: vec![set, rename] }
}

fn spec(variable: &DraftVariable, form: &SentForm) -> VariableSpec {
    let of = VariableType::from_word(form.text("type")).unwrap_or(variable.spec.of);
    let typed = form.text("default");
    // A blank is part of a text, and of nothing else.
    let default = if of == VariableType::String { typed } else { typed.trim() };
    let empty = || (of == VariableType::String && form.has(EMPTY_DEFAULT)).then(String::new);
    VariableSpec {
        of,
        default: Some(default.to_owned()).filter(|text| !text.is_empty()).or_else(empty),
        required: form.has(REQUIRED),
        description: form.text("description").trim().to_owned(),
        choices: form
            .text("choices")
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
    }
}

/// The form of a variable, with what was typed and could not be taken.
pub fn panel(
    subject: &DraftSubject,
    variable: &DraftVariable,
    problems: &[ToldProblem],
    typed: Option<&SentForm>,
) -> TaskPanel {
    let urls = subject.urls();
    let own: Vec<&ToldProblem> = problems.iter().filter(|problem| problem.element == Some(variable.id)).collect();
    let spec = typed.map_or_else(|| variable.spec.clone(), |form| spec(variable, form));
    let held = variable.typed_name.as_ref().unwrap_or(&variable.name);
    let name = typed.map_or(held.as_str(), |form| form.text("name"));
    let fields = ["type", "default", EMPTY_DEFAULT, REQUIRED, "choices"].map(|key| field(key, &spec, &own));
    let is_elsewhere = |problem: &&&ToldProblem| {
        let keys = fields.iter().map(|field| field.name).chain(["name", "description"]);
        !keys.into_iter().any(|key| is_within(&problem.field, key))
    };
    TaskPanel {
        element: variable.id.0,
        command: format!("set-variable {}", variable.id),
        name_hint: Locale::default().task_form().field_words(WORD, "name").help,
        title: variable.name.clone(),
        icon: "variable",
        kind: Locale::default().editor().variable().to_owned(),
        place: Locale::default().editor().variable_asked().to_owned(),
        url: urls.below("commands"),
        rev: subject.open.stored.rev,
        close_url: format!("{}#e-{}", urls.board(None), variable.id),
        name: Field { value: name.to_owned(), error: error_of(&own, "name") },
        description: Field { value: spec.description.clone(), error: error_of(&own, "description") },
        errors: own.iter().filter(is_elsewhere).map(|problem| problem.sentence.clone()).collect(),
        fields: fields.into(),
        values: Vec::new(),
    }
}

fn field(key: &'static str, spec: &VariableSpec, own: &[&ToldProblem]) -> PanelField {
    let words = Locale::default().task_form().field_words(WORD, key);
    let default = spec.default.as_deref().unwrap_or_default();
    let control = match key {
        "type" => {
            let option = |of: VariableType| {
                let words = Locale::default().variables().variable_type(of);
                SelectOption::new(of.word(), format!("{}: {words}", of.word()), of == spec.of)
            };
            PanelControl::Choice { options: VariableType::ALL.into_iter().map(option).collect() }
        }
        "default" if default.contains('\n') => PanelControl::Prose { text: text_area(default) },
        "default" => PanelControl::Line { text: default.to_owned(), default: String::new() },
        REQUIRED => PanelControl::Flag { on: spec.required },
        EMPTY_DEFAULT => PanelControl::Flag { on: spec.default.as_deref() == Some("") },
        _ => PanelControl::Prose { text: text_area(&spec.choices.join("\n")) },
    };
    PanelField {
        id: field_anchor(key),
        name: key,
        part: words.part,
        label: words.label,
        help: words.help,
        note: None,
        error: error_of(own, key),
        takes_values: false,
        control,
    }
}
