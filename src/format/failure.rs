//! The policy for a failure, under the key `onFailure`: its keys, and how it is written.

use std::collections::BTreeSet;

use crate::domain::failure_policy::{FailurePolicy, FurtherEnd};

use super::fault::{MappingName, ValueFault};
use super::fields::{Fields, Reader};
use super::render::Writer;

const KEYS: [&str; 3] = ["do", "from", "also"];

/// All that can be done.
const ROLL_BACK: &str = "roll-back";

/// What stands under the key, if anything does.
pub(super) fn read(reader: &mut Reader, fields: &Fields<'_>) -> Option<FailurePolicy> {
    let entry = fields.get("onFailure")?;
    let fields = reader.fields(&entry.value, "onFailure", MappingName::Key("onFailure"))?;
    reader.only(&fields, &KEYS);
    if let Some(what) = reader.needed_text(&fields, "do").filter(|what| what != ROLL_BACK) {
        reader.wrong_field(&fields, "do", ValueFault::NoneOf { words: vec![ROLL_BACK], found: what });
    }
    let from = reader.needed_text(&fields, "from").unwrap_or_else(|| {
        reader.spoil("onFailure.from");
        String::new()
    });
    let mut also = BTreeSet::new();
    for (index, (_, word)) in reader.words(&fields, "also").into_iter().enumerate() {
        if let Some(end) = FurtherEnd::from_word(&word) {
            also.insert(end);
        } else {
            let words = FurtherEnd::ALL.map(FurtherEnd::word).to_vec();
            reader.wrong_field(&fields, &format!("also[{index}]"), ValueFault::NoneOf { words, found: word });
        }
    }
    Some(FailurePolicy { from, also })
}

/// Writes it, if there is one.
pub(super) fn write(out: &mut Writer, policy: Option<&FailurePolicy>) {
    let Some(FailurePolicy { from, also }) = policy else { return };
    out.line(0, "onFailure:");
    out.line(2, &format!("do: {ROLL_BACK}"));
    out.text(2, "from", from);
    out.list(2, "also", also.iter().map(|end| end.word()));
}
