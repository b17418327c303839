//! The keys of a manual trigger.

use crate::domain::kinds::{Kind, ManualTrigger};
use crate::format::form::{FieldControl, FormField};
use crate::format::render::Writer;

use super::{KindFormat, check};

pub(super) const FORMAT: KindFormat = KindFormat {
    word: ManualTrigger::WORD,
    keys: &["check"],
    implied_by: None,
    guess: None,
    form: &[FormField::of("check", FieldControl::Prose).with_references()],
    read: |reader, fields| Kind::ManualTrigger(ManualTrigger { check: check(reader, fields) }),
};

pub(super) fn write(out: &mut Writer, indent: usize, trigger: &ManualTrigger) {
    out.text_unless_empty(indent, "check", &trigger.check);
}
