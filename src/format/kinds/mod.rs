//! The keys of each kind of task, a file for each, and the list of them.

use crate::domain::kinds::Kind;

use super::fields::{Fields, Reader};
use super::form::FormField;
use super::render::Writer;

mod build;
mod change;
mod command;
mod create_application;
mod create_component;
mod manual_approval;
mod manual_trigger;
mod retry;
mod update_component;
mod verify;
mod wait;

/// A kind of task in the YAML.
pub(super) struct KindFormat {
    /// The value of `type`.
    pub word: &'static str,
    /// The keys of its own.
    pub keys: &'static [&'static str],
    /// A task that has this key needs no `type`.
    pub implied_by: Option<&'static str>,
    /// How a task without a good `type` is taken for one of this kind.
    pub guess: Option<Guess>,
    /// The fields of its form.
    pub form: &'static [FormField],
    /// Reads its keys.
    pub read: fn(&mut Reader, &Fields<'_>) -> Kind,
}

/// Takes a task without a good `type` for one of a kind, so that references to it are not told to be wrong too.
pub(super) struct Guess {
    /// It has any of these keys.
    pub keys: &'static [&'static str],
    /// Stands in for it.
    pub stand_in: fn() -> Kind,
}

/// The kinds in the order in which people are told of them, and with each the file that writes it: a kind without a line
/// here is not compiled.
macro_rules! kinds {
    ($($kind:ident => $file:ident,)*) => {
        pub(super) const ALL: &[KindFormat] = &[$($file::FORMAT),*];

        /// Writes the type of a task and the keys of its own.
        pub(super) fn write(out: &mut Writer, indent: usize, kind: &Kind) {
            match kind {
                $(Kind::$kind(spec) => {
                    out.line(indent, &format!("type: {}", $file::FORMAT.word));
                    $file::write(out, indent, spec);
                })*
            }
        }
    };
}

kinds! {
    Command => command,
    Wait => wait,
    ManualApproval => manual_approval,
    ManualTrigger => manual_trigger,
    Verify => verify,
    CreateApplication => create_application,
    CreateComponent => create_component,
    UpdateComponent => update_component,
    Build => build,
}

/// Stands in for a task of which nothing tells what it was meant to be.
pub(super) fn stand_in() -> Kind {
    command::stand_in()
}

/// What to check at a gate.
fn check(reader: &mut Reader, fields: &Fields<'_>) -> String {
    reader.text(fields, "check").unwrap_or_default()
}
