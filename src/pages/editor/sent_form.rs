//! A form of the editor as it was sent: fields by their names, some of them several times.

use std::borrow::Cow;

use url::form_urlencoded;

use crate::domain::draft::ElementId;

/// What was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SentForm(Vec<(String, String)>);

impl SentForm {
    /// Reads it. A browser ends lines with CR LF, a script must not.
    pub fn read(body: &[u8]) -> Self {
        let fields = form_urlencoded::parse(body);
        Self(fields.map(|(name, value)| (name.into_owned(), with_lf(&value).into_owned())).collect())
    }

    /// The last field of that name: a button stands behind the hidden fields.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The text of a field; empty if it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.last(name).unwrap_or_default()
    }

    /// Every field of that name, in order.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether the field was sent.
    pub fn has(&self, name: &str) -> bool {
        self.last(name).is_some()
    }

    /// The state of the draft that the page showed.
    pub fn rev(&self) -> Option<u64> {
        self.text("rev").parse().ok()
    }

    /// The element that a field names.
    pub fn element(&self, name: &str) -> Option<ElementId> {
        element(self.text(name))
    }

    /// The same with another text in a field.
    #[must_use]
    pub fn with(&self, name: &str, text: &str) -> Self {
        let others = self.0.iter().filter(|(field, _)| field != name).cloned();
        Self(others.chain([(name.to_owned(), text.to_owned())]).collect())
    }

    /// All of it but the state that the page showed, to be sent again.
    pub fn without_rev(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().filter(|(name, _)| name != "rev").cloned()
    }
}

/// The element of that id as it was written.
pub fn element(text: &str) -> Option<ElementId> {
    text.parse().ok().map(ElementId)
}

fn with_lf(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a16_lines_end_as_scripts_need_it_and_tabs_stay() {
        let form = SentForm::read(b"rev=7&do=set-task+3&script=a%0D%0A%09b%0Dc%0A&do=copy+4&n=x");
        assert_eq!((form.rev(), form.text("script"), form.text("do")), (Some(7), "a\n\tb\nc\n", "copy 4"));
        assert_eq!((form.element("n"), form.has("n"), form.has("m")), (None, true, false));
        assert_eq!(form.without_rev().count(), 4);
    }
}
