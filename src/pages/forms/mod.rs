//! Rules of the forms that routes take: how large one may be, and which of its fields are given back when what was sent could
//! not be taken. A field that no rule names is dropped, so that nothing is shown again that nobody thought of.

pub mod buffer;
mod multipart;
pub mod recovery;

use super::{
    account, applications, blanking, bulk, channels, decisions, deliveries, editor, environments, executions,
    invitations, mail, members, merges, operations, places, resets, secrets, sessions, setup, storage, tokens, users,
};

/// The largest form of a route that says no more: a few names and passwords.
pub const MAX_FORM_LEN: usize = 16 * 1024;

/// The largest form of any: a long comment, or the names of many tasks.
pub const MAX_LONG_FORM_LEN: usize = 64 * 1024;

/// The form that a route takes by POST. A route without any takes a form too, and gives nothing back.
#[derive(Debug)]
pub struct FormRules {
    /// The pattern of the route: where it is, and what comes after that.
    route: (&'static str, &'static str),
    /// The most bytes that it may have.
    most: usize,
    /// What is given back.
    fields: &'static [FieldRule],
    /// The field whose value can be sent as a file too.
    file: Option<&'static str>,
}

/// A field that is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldRule {
    /// As it was, unseen: the page had put it in.
    Hidden(&'static str),
    /// As it was typed, in a line.
    Line(&'static str),
    /// As it was typed, in several lines.
    Lines(&'static str),
    /// Empty, to be typed again: nobody else may see it.
    Secret(&'static str),
}

/// Every form.
const ALL: [&[FormRules]; 23] = [
    account::FORMS,
    applications::FORMS,
    blanking::FORMS,
    bulk::FORMS,
    channels::FORMS,
    decisions::FORMS,
    deliveries::FORMS,
    editor::FORMS,
    environments::FORMS,
    executions::FORMS,
    invitations::FORMS,
    mail::FORMS,
    members::FORMS,
    merges::FORMS,
    operations::FORMS,
    places::FORMS,
    resets::FORMS,
    tokens::FORMS,
    secrets::FORMS,
    sessions::FORMS,
    setup::FORMS,
    storage::FORMS,
    users::FORMS,
];

impl FormRules {
    /// A form of which nothing is given back, for the route that begins with a pattern and goes on so.
    pub const fn at(pattern: &'static str, rest: &'static str) -> Self {
        Self { route: (pattern, rest), most: MAX_FORM_LEN, fields: &[], file: None }
    }

    /// The same, with fields that are given back.
    pub const fn giving_back(self, fields: &'static [FieldRule]) -> Self {
        Self { fields, ..self }
    }

    /// The same, that takes a file in the place of what is typed into that field.
    pub const fn or_file(self, field: &'static str) -> Self {
        Self { file: Some(field), ..self }
    }

    /// The same, of which more is taken.
    pub const fn long(self) -> Self {
        self.up_to(MAX_LONG_FORM_LEN)
    }

    /// The same, of which so many bytes are taken.
    pub const fn up_to(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// The pattern of the route.
    pub fn route(&self) -> String {
        let (pattern, rest) = self.route;
        format!("{pattern}{rest}")
    }
}

impl FieldRule {
    /// The name of the field.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hidden(name) | Self::Line(name) | Self::Lines(name) | Self::Secret(name) => name,
        }
    }
}

/// Every form, for tests.
pub fn all() -> impl Iterator<Item = &'static FormRules> {
    ALL.into_iter().flatten()
}

/// The form of the route of that pattern.
fn of(route: &str) -> Option<&'static FormRules> {
    all().find(|form| route.strip_prefix(form.route.0) == Some(form.route.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Locale;

    #[test]
    fn whatever_is_typed_has_a_label_and_what_is_secret_is_never_given_back() {
        for field in all().flat_map(|form| form.fields) {
            let name = field.name();
            let is_secret = ["password", "current", "again", "unwanted", "secret"].contains(&name);
            assert_eq!(matches!(field, FieldRule::Secret(_)), is_secret, "{field:?}");
            assert_eq!(
                matches!(field, FieldRule::Hidden(_)),
                Locale::default().errors().field_label(name).is_none(),
                "{field:?}"
            );
        }
    }

    #[test]
    fn a_form_is_found_by_the_whole_pattern_of_its_route() {
        assert!(all().all(|form| of(&form.route()).is_some_and(|found| found.route == form.route)));
        assert!(of("/loginx").is_none() && of("/log").is_none() && of("").is_none());
    }
}
