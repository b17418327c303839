//! The form of a task beside the board: each field with what it holds or what was typed, and what is wrong with it.

use std::collections::BTreeSet;

use super::board::place_words;
use super::draft_subject::DraftSubject;
use super::panel_view::{NameAndValue, OfferedInsertion, PanelControl, PanelField, PersonBox, TaskPanel};
use super::problems::ToldProblem;
use super::sent_form::SentForm;
use super::task_fields::{self, pair_names};
use crate::domain::account::is_same_name;
use crate::domain::catalog::{Catalog, offered_names};
use crate::domain::definition::TaskPosition;
use crate::domain::draft::DraftTask;
use crate::domain::people::{Role, User};
use crate::domain::reference::offered;
use crate::format::form::{FieldControl, FormField, FormValue, FormValues, form_fields};
use crate::messages::{self, Locale};
use crate::pages::components::draft_urls::field_anchor;
use crate::pages::components::{Field, SelectOption};
use crate::pages::kinds;

/// Empty rows behind the names that there are.
const SPARE_ROWS: usize = 2;

/// What a form is made for.
pub struct Panel<'p> {
    /// The draft.
    pub subject: &'p DraftSubject,
    /// The members of its team.
    pub members: &'p [User],
    /// What is wrong.
    pub problems: &'p [ToldProblem],
    /// What there is that tasks can name.
    pub catalog: &'p Catalog,
    /// What was typed and could not be taken.
    pub typed: Option<&'p SentForm>,
}

impl Panel<'_> {
    /// The form of a task.
    pub fn of(&self, at: TaskPosition, task: &DraftTask) -> TaskPanel {
        let urls = self.subject.urls();
        let fields = form_fields(&task.kind);
        let values = self.typed.map_or_else(|| task_fields::shown(task), |form| task_fields::typed(task, form));
        let own: Vec<&ToldProblem> =
            self.problems.iter().filter(|problem| problem.element == Some(task.id) && !problem.to_fill_in).collect();
        let name = task.unread.get("name").unwrap_or(&task.name);
        let text = |key: &str, held: &str| Field {
            value: self.typed.map_or_else(|| held.to_owned(), |form| form.text(key).to_owned()),
            error: error_of(&own, key),
        };
        let is_elsewhere = |problem: &&&ToldProblem| {
            !["name", "description"].contains(&problem.field.as_str())
                && !fields.iter().any(|field| is_within(&problem.field, field.key))
        };
        TaskPanel {
            element: task.id.0,
            command: format!("set-task {}", task.id),
            name_hint: Locale::default().task_form().field_words(task.kind.word(), "name").help,
            title: task.name.clone(),
            icon: kinds::view(&task.kind).icon(),
            kind: messages::kind(&task.kind, Locale::default()).to_owned(),
            place: place_words(self.subject.draft(), at),
            url: urls.below("commands"),
            rev: self.subject.open.stored.rev,
            close_url: format!("{}#e-{}", urls.board(None), task.id),
            name: text("name", name),
            description: text("description", &task.description),
            errors: own.iter().filter(is_elsewhere).map(|problem| problem.sentence.clone()).collect(),
            fields: fields.iter().map(|field| self.field((at, task), field, &values, &own)).collect(),
            values: self.values(at),
        }
    }

    fn field(
        &self,
        (at, task): (TaskPosition, &DraftTask),
        field: &FormField,
        values: &FormValues,
        own: &[&ToldProblem],
    ) -> PanelField {
        let words = Locale::default().task_form().field_words(task.kind.word(), field.key);
        // What has a field of its own is told there.
        let inner = |other: &&FormField| other.key.len() > field.key.len() && is_within(other.key, field.key);
        let inner: Vec<&str> = form_fields(&task.kind).iter().filter(inner).map(|other| other.key).collect();
        let is_own = |problem: &&ToldProblem| !inner.iter().any(|key| is_within(&problem.field, key));
        let own: Vec<&ToldProblem> = own.iter().copied().filter(is_own).collect();
        PanelField {
            id: field_anchor(field.key),
            name: field.key,
            part: words.part,
            label: words.label,
            help: words.help,
            note: (field.control == FieldControl::Members).then(|| self.people_today(values)),
            error: error_of(&own, field.key),
            takes_values: field.takes_references,
            control: self.control(at, field, values),
        }
    }

    fn control(&self, at: TaskPosition, field: &FormField, values: &FormValues) -> PanelControl {
        let value = values.get(field.key);
        let text = text_of(value);
        let default = match field.default {
            "" => String::new(),
            default => Locale::default().task_form().default_value(default),
        };
        match field.control {
            FieldControl::Line if text.contains('\n') => PanelControl::Prose { text: text_area(text) },
            FieldControl::Line | FieldControl::Zone => PanelControl::Line { text: text.to_owned(), default },
            FieldControl::Number | FieldControl::Duration | FieldControl::TimeOfDay => {
                PanelControl::Short { text: text.to_owned(), default }
            }
            FieldControl::Named(object) => PanelControl::Named {
                text: text.to_owned(),
                offered: offered_names(self.subject.draft(), at, self.catalog, object),
            },
            FieldControl::Version => PanelControl::Version { text: text.to_owned() },
            FieldControl::Script => PanelControl::Script { rows: rows(text), text: text_area(text) },
            FieldControl::Prose => PanelControl::Prose { text: text_area(text) },
            FieldControl::Flag => PanelControl::Flag { on: text == "true" },
            FieldControl::Choice(words) => {
                let chosen = if text.is_empty() { words.first().copied().unwrap_or_default() } else { text };
                let option = |word: &&'static str| {
                    SelectOption::new(*word, Locale::default().task_form().choice(word), *word == chosen)
                };
                PanelControl::Choice { options: words.iter().map(option).collect() }
            }
            FieldControl::Members => PanelControl::People { boxes: self.members(words_of(value)) },
            FieldControl::Roles => PanelControl::People { boxes: self.roles(words_of(value)) },
            FieldControl::Pairs => pairs(field.key, value, false),
            FieldControl::Texts => pairs(field.key, value, true),
        }
    }

    /// What the texts of the task at that place can name.
    fn values(&self, at: TaskPosition) -> Vec<OfferedInsertion> {
        let said = Locale::default().task_form();
        let offered = offered(self.subject.draft(), at);
        let value = |one| OfferedInsertion { about: said.reference_words(one), text: one.reference.to_string() };
        offered.iter().map(value).collect()
    }

    fn members(&self, chosen: &[String]) -> Vec<PersonBox> {
        let is_chosen = |name: &str| chosen.iter().any(|chosen| is_same_name(chosen, name));
        let person = |user: &User| {
            let roles: Vec<&str> = user.roles.iter().map(|held| held.role.word()).collect();
            PersonBox::new(&user.name, &user.name, roles.join(", "), is_chosen(&user.name))
        };
        let left = chosen.iter().filter(|name| !self.members.iter().any(|user| is_same_name(&user.name, name)));
        let left = left.map(|name| PersonBox::new(name, name, Locale::default().task_form().not_a_member(), true));
        self.members.iter().map(person).chain(left).collect()
    }

    fn roles(&self, chosen: &[String]) -> Vec<PersonBox> {
        let is_chosen = |role: Role| chosen.iter().any(|word| word == role.word());
        // Who only reads decides nothing.
        let offered = Role::ALL.into_iter().filter(|role| *role != Role::Viewer || is_chosen(*role));
        let said = Locale::default().task_form();
        let role = |role: Role| {
            let count = said.people_today(self.holders(role).count());
            PersonBox::new(role.word(), said.role_members(role), count, is_chosen(role))
        };
        offered.map(role).collect()
    }

    fn holders(&self, role: Role) -> impl Iterator<Item = &str> {
        let has = move |user: &&User| user.roles.iter().any(|held| held.role == role);
        self.members.iter().filter(has).map(|user| user.name.as_str())
    }

    /// How many may decide today: members that are named, and who has a role that is.
    fn people_today(&self, values: &FormValues) -> String {
        let named = words_of(values.get("approvers"));
        let named = self.members.iter().map(|user| user.name.as_str()).filter(|name| named.iter().any(|it| it == name));
        let roles = words_of(values.get("roles")).iter().filter_map(|word| Role::from_word(word));
        let people: BTreeSet<&str> = roles.flat_map(|role| self.holders(role)).chain(named).collect();
        Locale::default().task_form().people_today(people.len())
    }
}

/// Whether a problem of that path belongs to the field of that key.
pub fn is_within(path: &str, key: &str) -> bool {
    path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

pub fn error_of(problems: &[&ToldProblem], key: &str) -> Option<String> {
    let sentences: Vec<&str> = problems
        .iter()
        .filter(|problem| is_within(&problem.field, key))
        .map(|problem| problem.sentence.as_str())
        .collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn text_of(value: Option<&FormValue>) -> &str {
    match value {
        Some(FormValue::Text(text)) => text,
        Some(FormValue::Words(_) | FormValue::Pairs(_)) | None => "",
    }
}

fn words_of(value: Option<&FormValue>) -> &[String] {
    match value {
        Some(FormValue::Words(words)) => words,
        Some(FormValue::Text(_) | FormValue::Pairs(_)) | None => &[],
    }
}

/// A text as it is written into a `textarea`, which loses a line end that it begins with.
pub fn text_area(text: &str) -> String {
    if text.starts_with('\n') { format!("\n{text}") } else { text.to_owned() }
}

fn rows(text: &str) -> usize {
    text.lines().count().clamp(4, 18) + 1
}

/// `has_lines`: each value is a text of several lines.
fn pairs(key: &str, value: Option<&FormValue>, has_lines: bool) -> PanelControl {
    let held = match value {
        Some(FormValue::Pairs(pairs)) => pairs.as_slice(),
        Some(FormValue::Text(_) | FormValue::Words(_)) | None => &[],
    };
    let row = |name: &str, value: &str| NameAndValue {
        name: name.to_owned(),
        several_lines: has_lines || value.contains('\n'),
        value: if has_lines || value.contains('\n') { text_area(value) } else { value.to_owned() },
    };
    let spare = std::iter::repeat_n(row("", ""), if has_lines { 1 } else { SPARE_ROWS });
    let [name, value] = pair_names(key);
    PanelControl::Pairs {
        name,
        value,
        rows: held.iter().map(|pair| row(&pair.name, &pair.value)).chain(spare).collect(),
    }
}
