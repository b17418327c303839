//! The fields of the form of a task between what is typed and what the draft holds: what cannot be read stays as it was typed.

use std::collections::BTreeMap;

use super::sent_form::SentForm;
use crate::domain::draft::{DraftTask, ElementId};
use crate::domain::edit::EditCommand;
use crate::format::form::{
    FieldControl, FormField, FormValue, FormValues, NamedValue, form_fields, form_values, read_form,
};
use crate::messages::{self, Locale};

/// The names under which the names and the values of a field are sent that has several of them.
pub fn pair_names(key: &str) -> [String; 2] {
    [format!("{key}.name"), format!("{key}.value")]
}

/// What was typed into the form of a task.
pub fn typed(task: &DraftTask, form: &SentForm) -> FormValues {
    let fields = form_fields(&task.kind).iter();
    fields.filter_map(|field| Some((field.key, typed_value(field, form)?))).collect()
}

fn typed_value(field: &FormField, form: &SentForm) -> Option<FormValue> {
    let text = form.text(field.key);
    let some = |text: &str| Some(FormValue::Text(text.to_owned())).filter(|_| !text.is_empty());
    match field.control {
        FieldControl::Flag => form.has(field.key).then(|| FormValue::Text("true".to_owned())),
        FieldControl::Members | FieldControl::Roles => {
            let words: Vec<String> = form.all(field.key).map(str::to_owned).collect();
            Some(FormValue::Words(words)).filter(|_| form.has(field.key))
        }
        FieldControl::Pairs => {
            let [names, values] = pair_names(field.key);
            let pairs = form.all(&names).zip(form.all(&values));
            let pairs = pairs.map(|(name, value)| NamedValue { name: name.trim().to_owned(), value: value.to_owned() });
            let pairs: Vec<_> = pairs.filter(|pair| !pair.name.is_empty() || !pair.value.is_empty()).collect();
            (!pairs.is_empty()).then_some(FormValue::Pairs(pairs))
        }
        FieldControl::Script | FieldControl::Prose => some(text).filter(|_| !text.trim().is_empty()),
        FieldControl::Line => some(text),
        FieldControl::Number
        | FieldControl::Duration
        | FieldControl::TimeOfDay
        | FieldControl::Zone
        | FieldControl::Choice(_) => some(text.trim()),
    }
}

/// What the form of a task shows: what was typed and could not be read, before what it holds.
pub fn shown(task: &DraftTask) -> FormValues {
    let mut values = form_values(&task.kind);
    for field in form_fields(&task.kind) {
        let Some(text) = task.unread.get(field.key) else { continue };
        match stored_value(field.control, text) {
            Some(value) => values.insert(field.key, value),
            None => values.remove(field.key),
        };
    }
    values
}

fn stored_value(control: FieldControl, text: &str) -> Option<FormValue> {
    if text.is_empty() {
        return None;
    }
    let plain = || Some(FormValue::Text(text.to_owned()));
    match control {
        FieldControl::Pairs => serde_json::from_str(text).ok().map(FormValue::Pairs),
        FieldControl::Members | FieldControl::Roles => serde_json::from_str(text).ok().map(FormValue::Words),
        FieldControl::Line
        | FieldControl::Script
        | FieldControl::Prose
        | FieldControl::Number
        | FieldControl::Duration
        | FieldControl::TimeOfDay
        | FieldControl::Zone
        | FieldControl::Flag
        | FieldControl::Choice(_) => plain(),
    }
}

fn stored_text(value: Option<&FormValue>) -> String {
    match value {
        None => String::new(),
        Some(FormValue::Text(text)) => text.clone(),
        Some(FormValue::Words(words)) => serde_json::to_string(words).unwrap_or_default(),
        Some(FormValue::Pairs(pairs)) => serde_json::to_string(pairs).unwrap_or_default(),
    }
}

/// The command that takes what was typed into the form of a task. Where fields will not go together, the task stays as it was,
/// and so does what was typed.
pub fn taken(task: &DraftTask, id: ElementId, form: &SentForm) -> EditCommand {
    let values = typed(task, form);
    let reading = read_form(&task.kind, &values);
    let faulty = |key: &str| reading.faults.iter().any(|fault| fault.key == key);
    let held = form_values(&reading.kind);
    let unread = form_fields(&task.kind).iter().filter(|field| {
        let is_left = !reading.faults.is_empty() && !means_the_same(field, values.get(field.key), held.get(field.key));
        faulty(field.key) || is_left
    });
    let unread: BTreeMap<String, String> =
        unread.map(|field| (field.key.to_owned(), stored_text(values.get(field.key)))).collect();
    EditCommand::SetTask { task: id, kind: reading.kind.clone(), unread }
}

/// Whether two values of a field are one: what is typed out may be what counts while it is empty.
fn means_the_same(field: &FormField, one: Option<&FormValue>, other: Option<&FormValue>) -> bool {
    let meant = |value: Option<&FormValue>| match (value, field.control) {
        (Some(value), _) => stored_text(Some(value)),
        (None, FieldControl::Choice([first, ..])) => (*first).to_owned(),
        (None, _) => field.default.to_owned(),
    };
    meant(one) == meant(other)
}

/// Why fields of a task cannot be read, as sentences by their keys.
pub fn faults(task: &DraftTask) -> BTreeMap<&'static str, String> {
    if task.unread.is_empty() {
        return BTreeMap::new();
    }
    let values = shown(task);
    let mut told = BTreeMap::new();
    for fault in read_form(&task.kind, &values).faults {
        let words = Locale::default().task_form().field_words(task.kind.word(), fault.key);
        let sentence = match values.get(fault.key) {
            None => Locale::default().editor().must_be_filled(words.label),
            Some(_) => messages::format_fault(&fault.finding.fault, Locale::default()),
        };
        told.entry(fault.key).or_insert(sentence);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::form::new_kind;

    fn task(word: &str) -> DraftTask {
        let kind = new_kind(word).expect("it is a kind");
        let (name, unread) = ("work".to_owned(), BTreeMap::new());
        DraftTask { id: ElementId(3), name, description: String::new(), kind, unread }
    }

    fn after(task: &DraftTask, body: &str) -> DraftTask {
        let EditCommand::SetTask { kind, unread, .. } = taken(task, task.id, &SentForm::read(body.as_bytes())) else {
            panic!("it sets the task")
        };
        DraftTask { kind, unread, ..task.clone() }
    }

    #[test]
    fn what_can_be_read_is_taken_and_nothing_is_left_over() {
        let set =
            after(&task("command"), "script=make%0D%0A&timeout=2m&environment.name=A&environment.value=b&goOn=true");
        assert_eq!(set.unread, BTreeMap::new());
        let values = shown(&set);
        assert_eq!(values.get("script"), Some(&FormValue::Text("make\n".to_owned())));
        assert_eq!(values.get("timeout"), Some(&FormValue::Text("2m".to_owned())));
        assert_eq!(values.get("goOn"), Some(&FormValue::Text("true".to_owned())));
    }

    #[test]
    fn nothing_typed_is_lost_whatever_is_wrong() {
        let set =
            after(&task("command"), "script=&timeout=5m&retry.attempts=two&environment.name=A&environment.value=b");
        let values = shown(&set);
        assert_eq!(values.get("timeout"), Some(&FormValue::Text("5m".to_owned())));
        assert_eq!(values.get("retry.attempts"), Some(&FormValue::Text("two".to_owned())));
        let pair = NamedValue { name: "A".to_owned(), value: "b".to_owned() };
        assert_eq!(values.get("environment"), Some(&FormValue::Pairs(vec![pair])));
        let wrong: Vec<_> = faults(&set).into_keys().collect();
        assert_eq!(wrong, ["retry.attempts", "script"]);
        let good = after(&set, "script=true&timeout=5m&retry.attempts=2&environment.name=A&environment.value=b");
        assert_eq!((good.unread.len(), faults(&good).len()), (0, 0));
    }

    #[test]
    fn two_times_of_a_wait_are_both_kept_until_one_is_taken_out() {
        let set = after(&task("wait"), "for=5m&until=22:00&zone=UTC");
        assert_eq!(shown(&set).get("until"), Some(&FormValue::Text("22:00".to_owned())));
        assert!(!faults(&set).is_empty());
        let good = after(&set, "for=&until=22:00&zone=UTC");
        assert_eq!(good.unread, BTreeMap::new());
    }

    #[test]
    fn a_name_that_is_there_twice_is_kept_as_it_was_typed() {
        let body = "script=true&environment.name=A&environment.value=1&environment.name=A&environment.value=2";
        let set = after(&task("command"), body);
        let Some(FormValue::Pairs(pairs)) = shown(&set).remove("environment") else { panic!("there are variables") };
        assert_eq!(pairs.len(), 2);
        assert_eq!(faults(&set).into_keys().collect::<Vec<_>>(), ["environment"]);
    }
}
