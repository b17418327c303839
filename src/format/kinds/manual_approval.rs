//! The keys of a manual approval.

use crate::domain::kinds::{Kind, ManualApproval, OnDeadline};
use crate::domain::names;
use crate::domain::people::Role;
use crate::format::duration::written;
use crate::format::fault::{FormatFault, ValueFault, ValueName};
use crate::format::fields::{Fields, Reader};
use crate::format::form::FieldControl::{Choice, Duration, Flag, Members, Number, Prose, Roles};
use crate::format::form::FormField;
use crate::format::render::Writer;

use super::{Guess, KindFormat, check};

pub(super) const FORMAT: KindFormat = KindFormat {
    word: ManualApproval::WORD,
    keys: &["approvers", "roles", "required", "starterMayApprove", "deadline", "onDeadline", "check"],
    implied_by: None,
    guess: Some(Guess { keys: &["approvers", "roles"], stand_in: || Kind::ManualApproval(ManualApproval::default()) }),
    form: &[
        FormField::of("approvers", Members),
        FormField::of("roles", Roles),
        FormField::of("required", Number).or("1"),
        FormField::of("starterMayApprove", Flag),
        FormField::of("deadline", Duration),
        FormField::of("onDeadline", Choice(&["reject", "stay"])),
        FormField::of("check", Prose).with_references(),
    ],
    read: |reader, fields| Kind::ManualApproval(approval(reader, fields)),
};

fn approval(reader: &mut Reader, fields: &Fields<'_>) -> ManualApproval {
    let before = reader.findings.len();
    let approvers = reader.words(fields, "approvers").into_iter().map(|(_, name)| name).collect();
    let mut roles = roles(reader, fields);
    // Whom a wrong list would have named is not known, nor whether they would have been enough.
    if roles.is_empty() && reader.findings.len() > before {
        roles = ManualApproval::default().roles;
    }
    ManualApproval {
        approvers,
        roles,
        required: reader.number(fields, "required").unwrap_or(1),
        starter_may_approve: reader.flag(fields, "starterMayApprove"),
        deadline: reader.duration(fields, "deadline"),
        on_deadline: on_deadline(reader, fields),
        check: check(reader, fields),
    }
}

fn roles(reader: &mut Reader, fields: &Fields<'_>) -> Vec<Role> {
    let mut roles = Vec::new();
    for (index, (line, word)) in reader.words(fields, "roles").into_iter().enumerate() {
        if let Some(role) = Role::from_word(&word) {
            roles.push(role);
        } else {
            let words: Vec<&'static str> = Role::DECIDING.map(Role::word).to_vec();
            let fault = match names::nearest(&word, words.iter().copied()) {
                Some(meant) => ValueFault::MisspeltOf { found: word, meant, words },
                None => ValueFault::NoneOf { words, found: word },
            };
            let at = format!("{}[{index}]", fields.at("roles"));
            reader.wrong(line, at, FormatFault::Value { of: ValueName::Role, fault });
        }
    }
    roles
}

fn on_deadline(reader: &mut Reader, fields: &Fields<'_>) -> OnDeadline {
    match reader.text(fields, "onDeadline").as_deref() {
        None | Some("reject") => OnDeadline::Reject,
        // Without a good deadline beside it, that is what is wrong, and it has been said.
        Some("stay") if fields.get("deadline").is_some() && reader.is_spoiled(&fields.at("deadline")) => {
            OnDeadline::Reject
        }
        Some("stay") => OnDeadline::Stay,
        Some(other) => {
            let fault = ValueFault::NeitherOf { words: ["reject", "stay"], found: other.to_owned() };
            reader.wrong_field(fields, "onDeadline", fault);
            OnDeadline::Reject
        }
    }
}

pub(super) fn write(out: &mut Writer, indent: usize, approval: &ManualApproval) {
    let ManualApproval { approvers, roles, required, starter_may_approve, deadline, on_deadline, check } = approval;
    out.list(indent, "approvers", approvers.iter().map(String::as_str));
    out.list(indent, "roles", roles.iter().copied().map(Role::word));
    out.line(indent, &format!("required: {required}"));
    out.flag(indent, "starterMayApprove", *starter_may_approve);
    if let Some(seconds) = deadline {
        out.line(indent, &format!("deadline: {}", written(*seconds)));
    }
    match on_deadline {
        OnDeadline::Reject => {}
        OnDeadline::Stay => out.line(indent, "onDeadline: stay"),
    }
    out.text_unless_empty(indent, "check", check);
}
