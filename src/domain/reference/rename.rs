//! Other names for the tasks and variables that references name.

use super::{Source, scan};

/// What stands before the name of a task, and before that of a variable.
const BEFORE_TASK: &str = "${tasks.";
const BEFORE_VARIABLE: &str = "${vars.";

/// A text with other names in its references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain) struct Renamed {
    /// The text.
    pub(in crate::domain) text: String,
    /// In how many references the name is another.
    pub(in crate::domain) count: usize,
}

/// The text in which each task has its new name, if it has one and the text names it; nothing when the text stays as it is.
/// What is no whole reference stays as it is too.
pub(in crate::domain) fn rename_tasks<'n>(text: &str, new_name: &dyn Fn(&str) -> Option<&'n str>) -> Option<Renamed> {
    renamed(text, BEFORE_TASK, &Source::task, new_name)
}

/// The same for variables.
pub(in crate::domain) fn rename_variables<'n>(
    text: &str,
    new_name: &dyn Fn(&str) -> Option<&'n str>,
) -> Option<Renamed> {
    renamed(text, BEFORE_VARIABLE, &Source::variable, new_name)
}

fn renamed<'n>(
    text: &str,
    before: &str,
    named: &dyn Fn(&Source) -> Option<&str>,
    new_name: &dyn Fn(&str) -> Option<&'n str>,
) -> Option<Renamed> {
    let mut renamed = Renamed { text: String::new(), count: 0 };
    let mut from = 0;
    for span in scan(text).0 {
        let Some(old) = named(&span.reference.source) else { continue };
        let Some(new) = new_name(old).filter(|new| *new != old) else { continue };
        let start = span.range.start + before.len();
        renamed.text.push_str(&text[from..start]);
        renamed.text.push_str(new);
        renamed.count += 1;
        from = start + old.len();
    }
    renamed.text.push_str(&text[from..]);
    (renamed.count > 0).then_some(renamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a10_only_the_name_in_a_reference_is_changed() {
        let new_name = |old: &str| (old == "slack-1").then_some("chat");
        let text = "slack-1 ${tasks.slack-1.outputs.slack-1:-slack-1} ${tasks.slack-10.outputs.x} $tasks.slack-1\n\
                    ${tasks.slack-1.decision.by}${tasks.slack-1}${slack-1} ${tasks.a-slack-1.outputs.x} ü";
        let renamed = rename_tasks(text, &new_name).expect("it names the task");
        assert_eq!(renamed.count, 2);
        assert_eq!(
            renamed.text,
            "slack-1 ${tasks.chat.outputs.slack-1:-slack-1} ${tasks.slack-10.outputs.x} $tasks.slack-1\n\
             ${tasks.chat.decision.by}${tasks.slack-1}${slack-1} ${tasks.a-slack-1.outputs.x} ü"
        );
        assert_eq!(rename_tasks("slack-1 ${tasks.slack-10.outputs.x}", &new_name), None);
    }

    #[test]
    fn a10_a_variable_is_renamed_in_references_and_nowhere_else() {
        let new_name = |old: &str| (old == "site").then_some("place");
        let text = "site ${vars.site:-site} ${vars.site2} ${tasks.site.outputs.site} $vars.site ${vars.site}";
        let renamed = rename_variables(text, &new_name).expect("it names the variable");
        assert_eq!(renamed.count, 2);
        assert_eq!(
            renamed.text,
            "site ${vars.place:-site} ${vars.site2} ${tasks.site.outputs.site} $vars.site ${vars.place}"
        );
        assert_eq!(rename_tasks("${vars.site}", &new_name), None);
    }

    #[test]
    fn names_may_change_places() {
        let new_name = |old: &str| match old {
            "ab" => Some("cd"),
            "cd" => Some("ab"),
            _ => None,
        };
        let text = "${tasks.ab.outputs.x}${tasks.cd.outputs.x}";
        let renamed = rename_tasks(text, &new_name).expect("both are named");
        assert_eq!(renamed.text, "${tasks.cd.outputs.x}${tasks.ab.outputs.x}");
    }
}
