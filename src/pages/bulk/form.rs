//! The form that asks something of several release tasks: a word, their keys, and what the page showed of each.

use url::form_urlencoded;

use crate::app::BulkItem;
use crate::domain::ids::ReleaseId;
use crate::domain::precondition::Expected;
use crate::domain::refusal::Operation;

/// The most release tasks at once: as many as a page of the list has.
pub const MAX_CHOSEN: usize = 50;

/// What is to be done with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAction {
    /// Execute or Delete.
    Do(Operation),
    /// Export.
    Export,
}

impl BulkAction {
    /// The action of that word.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "export" => Some(Self::Export),
            "execute" => Some(Self::Do(Operation::Execute)),
            "delete" => Some(Self::Do(Operation::Delete)),
            _ => None,
        }
    }
}

/// What was asked or sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct BulkForm {
    /// What is to be done; nothing if it is no action.
    pub action: Option<BulkAction>,
    /// Each once, in the order in which they were sent.
    pub items: Vec<BulkItem>,
    /// The query of the list that they were chosen in.
    pub list: String,
}

impl BulkForm {
    /// Reads a query or a body. A release task is its key alone, or followed by what the page showed of it: the number of its
    /// last execution and its newest version.
    pub fn read(sent: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(sent) {
            match name.as_ref() {
                "do" => form.action = BulkAction::of(&value),
                "list" => form.list = value.into_owned(),
                "chosen" => form.items.extend(item(&value)),
                _ => {}
            }
        }
        let mut known = Vec::new();
        form.items.retain(|item| {
            let is_new = !known.contains(&item.id);
            known.push(item.id);
            is_new
        });
        form
    }

    /// Their keys.
    pub fn ids(&self) -> Vec<ReleaseId> {
        self.items.iter().map(|item| item.id).collect()
    }
}

fn item(text: &str) -> Option<BulkItem> {
    let mut parts = text.split('.');
    let id = parts.next()?.parse().ok()?;
    let execution = parts.next().and_then(|number| number.parse().ok());
    let version = parts.next().and_then(|number| number.parse().ok());
    Some(BulkItem { id, expected: Expected { execution, version, round: None } })
}

/// A release task as it is sent.
pub fn written(id: ReleaseId, execution: u32, version: u32) -> String {
    format!("{id}.{execution}.{version}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let id = ReleaseId::from_u128(7);
        let form = BulkForm::read(format!("do=delete&chosen={}&chosen={id}&list=q%3Dx", written(id, 3, 2)).as_bytes());
        let expected = Expected { execution: Some(3), version: Some(2), round: None };
        assert_eq!(form.action, Some(BulkAction::Do(Operation::Delete)));
        assert_eq!((form.items, form.list.as_str()), (vec![BulkItem { id, expected }], "q=x"));
    }

    #[test]
    fn what_is_no_key_and_no_action_is_nothing() {
        let form = BulkForm::read(b"do=pause&chosen=x&chosen=&chosen=7.1.1&other=1");
        assert_eq!(form, BulkForm::default());
    }
}
