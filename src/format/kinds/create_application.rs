//! The keys of a Create Application.

use super::{KindFormat, change};
use crate::domain::kinds::{CreateApplication, Kind};
use crate::format::fields::{Fields, Reader};
use crate::format::form::FieldControl::{Choice, Line};
use crate::format::form::FormField;
use crate::format::render::Writer;

pub(super) const FORMAT: KindFormat = KindFormat {
    word: CreateApplication::WORD,
    keys: &[CreateApplication::WORD, "ifExists"],
    implied_by: Some(CreateApplication::WORD),
    guess: None,
    form: &[FormField::of(CreateApplication::WORD, Line), FormField::of("ifExists", Choice(&["fail", "keep"]))],
    read: |reader, fields| Kind::CreateApplication(application(reader, fields)),
};

fn application(reader: &mut Reader, fields: &Fields<'_>) -> CreateApplication {
    CreateApplication {
        application: reader.needed_text(fields, CreateApplication::WORD).unwrap_or_else(|| "application".to_owned()),
        if_exists: change::if_exists(reader, fields),
    }
}

pub(super) fn write(out: &mut Writer, indent: usize, create: &CreateApplication) {
    let CreateApplication { application, if_exists } = create;
    out.text(indent, CreateApplication::WORD, application);
    change::write_if_exists(out, indent, *if_exists);
}
