//! The keys of an Update Component.

use super::{KindFormat, change, retry};
use crate::domain::catalog::NamedObject;
use crate::domain::kinds::{Kind, UpdateComponent};
use crate::format::fields::{Fields, Reader};
use crate::format::form::FieldControl::{Duration, Flag, Line, Named, Number, Pairs, Texts, Version};
use crate::format::form::FormField;
use crate::format::render::Writer;
use crate::format::tree::Value;

pub(super) const FORMAT: KindFormat = KindFormat {
    word: UpdateComponent::WORD,
    keys: &[UpdateComponent::WORD, "version", "set", "unset", "retry", "goOn"],
    implied_by: Some(UpdateComponent::WORD),
    guess: None,
    form: &[
        FormField::of(UpdateComponent::WORD, Named(NamedObject::Component)),
        FormField::of("version", Version).with_references(),
        FormField::of("set.image", Line).with_references(),
        FormField::of("set.package", Line).with_references(),
        FormField::of("set.ports", Line).with_references(),
        FormField::of("set.replicas", Line).with_references(),
        FormField::of("set.environment", Pairs).with_references(),
        FormField::of("set.files", Texts).with_references(),
        FormField::of("set.parameters", Pairs).with_references(),
        FormField::of("set.probes.readiness", Line).with_references(),
        FormField::of("set.probes.liveness", Line).with_references(),
        FormField::of("set.rollout.batch", Line).with_references(),
        FormField::of("set.rollout.maxFailed", Line).with_references(),
        FormField::of("set", Pairs).with_references(),
        FormField::of("unset", Line),
        FormField::of("retry.attempts", Number).or("1"),
        FormField::of("retry.delay", Duration).or("0s"),
        FormField::of("goOn", Flag),
    ],
    read: |reader, fields| Kind::UpdateComponent(component(reader, fields)),
};

fn component(reader: &mut Reader, fields: &Fields<'_>) -> UpdateComponent {
    UpdateComponent {
        component: change::component(reader, fields, UpdateComponent::WORD),
        version: reader.needed_text(fields, "version").unwrap_or_else(|| "1".to_owned()),
        set: change::specification(reader, fields, "set"),
        unset: unset(reader, fields),
        retry: retry::read(reader, fields),
        continue_on_error: reader.flag(fields, "goOn"),
    }
}

/// A list, or names with commas or blanks between, as a form has them.
fn unset(reader: &mut Reader, fields: &Fields<'_>) -> Vec<String> {
    match fields.get("unset").map(|entry| &entry.value.value) {
        Some(Value::Sequence(_)) => reader.words(fields, "unset").into_iter().map(|(_, word)| word).collect(),
        Some(Value::Scalar(_) | Value::Mapping(_)) => {
            let text = reader.text(fields, "unset").unwrap_or_default();
            text.split([',', ' ', '\n']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
        }
        None => Vec::new(),
    }
}

pub(super) fn write(out: &mut Writer, indent: usize, update: &UpdateComponent) {
    let UpdateComponent { component, version, set, unset, retry: tried, continue_on_error } = update;
    out.text(indent, UpdateComponent::WORD, &component.0);
    out.text(indent, "version", version);
    change::write_specification(out, indent, "set", set);
    if !unset.is_empty() {
        out.text(indent, "unset", &unset.join(", "));
    }
    retry::write(out, indent, *tried);
    out.flag(indent, "goOn", *continue_on_error);
}
