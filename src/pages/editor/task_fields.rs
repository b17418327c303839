//! The fields of the form of a task between what is typed and what the draft holds: what cannot be read stays as it was typed.

use std::collections::BTreeMap;

use super::sent_form::SentForm;
use crate::domain::draft::{DraftTask, ElementId};
use crate::domain::edit::EditCommand;
use crate::format::form::{
    FieldControl, FieldFinding, FormField, FormValue, FormValues, NamedValue, form_fields, form_values, pair_rules,
    read_form,
};
use crate::format::readable;
use crate::messages::Locale;

/// So many characters of a sentence are told, whatever was typed.
const MAX_SENTENCE: usize = 500;

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
        FieldControl::Pairs | FieldControl::Texts => {
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
        | FieldControl::Named(_)
        | FieldControl::Version
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
        FieldControl::Pairs | FieldControl::Texts => serde_json::from_str(text).ok().map(FormValue::Pairs),
        FieldControl::Members | FieldControl::Roles => serde_json::from_str(text).ok().map(FormValue::Words),
        FieldControl::Line
        | FieldControl::Script
        | FieldControl::Prose
        | FieldControl::Number
        | FieldControl::Duration
        | FieldControl::TimeOfDay
        | FieldControl::Zone
        | FieldControl::Named(_)
        | FieldControl::Version
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
pub fn faults(task: &DraftTask) -> BTreeMap<&'static str, Vec<String>> {
    if task.unread.is_empty() {
        return BTreeMap::new();
    }
    let (values, word) = (shown(task), task.kind.word());
    let words = Locale::default().task_form();
    let mut told: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for FieldFinding { key, finding } in read_form(&task.kind, &values).faults {
        let sentence = match values.get(key) {
            None => Locale::default().editor().must_be_filled(words.field_words(word, key).label),
            Some(_) => readable(&words.form_fault(&finding.fault, word, key), MAX_SENTENCE),
        };
        let told = told.entry(key).or_default();
        // Of a name with a value all is told that is wrong, of others what is wrong first.
        let is_more = matches!(values.get(key), Some(FormValue::Pairs(_))) && !told.contains(&sentence);
        if told.is_empty() || is_more {
            told.push(sentence);
        }
    }
    for (key, told) in &mut told {
        if let Some(FormValue::Pairs(_)) = values.get(key) {
            told.extend(pair_rules(&task.kind, &values, key).iter().map(|rule| words.form_rule(rule, word)));
        }
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
        let twice = "Variables must each have a name of their own; A is there twice.";
        assert_eq!(faults(&set).remove("environment").unwrap_or_default(), [twice]);
    }

    #[test]
    fn a_bad_name_is_told_beside_one_that_is_there_twice() {
        let pairs = ["A", "1C", "A"].map(|name| format!("&environment.name={name}&environment.value=1"));
        let told = faults(&after(&task("command"), &format!("script=true{}", pairs.concat())));
        let told = &told["environment"];
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[1].starts_with("The name of a variable must have letters") && told[1].contains("\"1C\""),
            "{told:?}"
        );
    }

    #[test]
    fn sentences_have_the_words_of_the_form() {
        let set = after(&task("verify"), "http.url=&http.status=maybe&retry.attempts=two&holds=soon");
        let told: Vec<String> = faults(&set).into_values().flatten().collect();
        assert_eq!(
            told,
            [
                "“Must hold for” must be a length of time such as 30s, 10m or 1h 30m, and is \"soon\".",
                "Status must be a status such as 200, or a range such as 200-299, and is \"maybe\".",
                "Address must not be empty.",
                "Attempts must be a whole number, and is \"two\".",
            ]
        );
    }
}
