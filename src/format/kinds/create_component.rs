//! The keys of a Create Component.

use super::{KindFormat, change, retry};
use crate::domain::catalog::NamedObject;
use crate::domain::kinds::{CreateComponent, Kind};
use crate::format::fields::{Fields, Reader};
use crate::format::form::FieldControl::{Choice, Duration, Flag, Line, Named, Number, Pairs, Texts, Version};
use crate::format::form::FormField;
use crate::format::render::Writer;

pub(super) const FORMAT: KindFormat = KindFormat {
    word: CreateComponent::WORD,
    keys: &[CreateComponent::WORD, "in", "version", "spec", "ifExists", "retry", "goOn"],
    implied_by: Some(CreateComponent::WORD),
    guess: None,
    form: &[
        FormField::of(CreateComponent::WORD, Named(NamedObject::NewComponent)),
        FormField::of("in", Named(NamedObject::Environment)),
        FormField::of("version", Version).with_references(),
        FormField::of("spec.image", Line).with_references(),
        FormField::of("spec.package", Line).with_references(),
        FormField::of("spec.ports", Line).with_references(),
        FormField::of("spec.replicas", Line).with_references(),
        FormField::of("spec.environment", Pairs).with_references(),
        FormField::of("spec.files", Texts).with_references(),
        FormField::of("spec.parameters", Pairs).with_references(),
        FormField::of("spec.probes.readiness", Line).with_references(),
        FormField::of("spec.probes.liveness", Line).with_references(),
        FormField::of("spec.rollout.batch", Line).with_references(),
        FormField::of("spec.rollout.maxFailed", Line).with_references(),
        FormField::of("spec", Pairs).with_references(),
        FormField::of("ifExists", Choice(&change::WORDS)),
        FormField::of("retry.attempts", Number).or("1"),
        FormField::of("retry.delay", Duration).or("0s"),
        FormField::of("goOn", Flag),
    ],
    read: |reader, fields| Kind::CreateComponent(component(reader, fields)),
};

fn component(reader: &mut Reader, fields: &Fields<'_>) -> CreateComponent {
    CreateComponent {
        component: change::component(reader, fields, CreateComponent::WORD),
        environment: reader.needed_text(fields, "in").unwrap_or_else(|| "environment".to_owned()),
        version: reader.needed_text(fields, "version").unwrap_or_else(|| "1".to_owned()),
        spec: change::specification(reader, fields, "spec"),
        if_exists: change::if_exists(reader, fields),
        retry: retry::read(reader, fields),
        continue_on_error: reader.flag(fields, "goOn"),
    }
}

pub(super) fn write(out: &mut Writer, indent: usize, create: &CreateComponent) {
    let CreateComponent { component, environment, version, spec, if_exists, retry: tried, continue_on_error } = create;
    out.text(indent, CreateComponent::WORD, &component.0);
    out.text(indent, "in", environment);
    out.text(indent, "version", version);
    change::write_specification(out, indent, "spec", spec);
    change::write_if_exists(out, indent, *if_exists);
    retry::write(out, indent, *tried);
    out.flag(indent, "goOn", *continue_on_error);
}
