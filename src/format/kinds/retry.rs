//! The key `retry` of every kind of work.

use crate::domain::kinds::Retry;
use crate::format::duration::written;
use crate::format::fault::MappingName;
use crate::format::fields::{Fields, Reader};
use crate::format::render::Writer;

pub(super) fn read(reader: &mut Reader, fields: &Fields<'_>) -> Retry {
    let default = Retry::default();
    let Some(entry) = fields.get("retry") else { return default };
    let Some(own) = reader.fields(&entry.value, &fields.at("retry"), MappingName::Key("retry")) else { return default };
    reader.only(&own, &["attempts", "delay"]);
    if own.get("attempts").is_none() {
        reader.missing(&own, "attempts");
    }
    Retry {
        attempts: reader.number(&own, "attempts").unwrap_or(default.attempts),
        delay: reader.duration(&own, "delay").unwrap_or(default.delay),
    }
}

pub(super) fn write(out: &mut Writer, indent: usize, retry: Retry) {
    if retry != Retry::default() {
        out.line(indent, "retry:");
        out.line(indent + 2, &format!("attempts: {}", retry.attempts));
        out.line(indent + 2, &format!("delay: {}", written(retry.delay)));
    }
}
