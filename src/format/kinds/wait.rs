//! The keys of a wait.

use crate::domain::kinds::{Kind, Wait};
use crate::format::duration::written;
use crate::format::fault::{MappingFault, ValueFault};
use crate::format::fields::{Fields, Reader};
use crate::format::form::FieldControl::{Duration, TimeOfDay, Zone};
use crate::format::form::FormField;
use crate::format::render::Writer;

use super::KindFormat;

pub(super) const FORMAT: KindFormat = KindFormat {
    word: Wait::WORD,
    keys: &["for", "until", "zone"],
    implied_by: None,
    guess: None,
    form: &[FormField::of("for", Duration), FormField::of("until", TimeOfDay), FormField::of("zone", Zone)],
    read: |reader, fields| Kind::Wait(wait(reader, fields)),
};

/// Stands in for a wait that is wrong.
const A_MOMENT: Wait = Wait::Seconds { seconds: 1 };

fn wait(reader: &mut Reader, fields: &Fields<'_>) -> Wait {
    match (fields.get("for"), fields.get("until")) {
        (Some(_), None) => {
            if let Some(zone) = fields.get("zone") {
                reader.wrong_key(fields, zone, MappingFault::Without { key: "zone", other: "until" });
            }
            reader.duration(fields, "for").map_or(A_MOMENT, |seconds| Wait::Seconds { seconds })
        }
        (None, Some(_)) => {
            let zone = reader.needed_text(fields, "zone").unwrap_or_else(|| "UTC".to_owned());
            let Some(text) = reader.text(fields, "until") else { return A_MOMENT };
            if let Some((hour, minute)) = time_of_day(&text) {
                return Wait::Clock { hour, minute, zone };
            }
            reader.wrong_field(fields, "until", ValueFault::NoTimeOfDay { found: text });
            A_MOMENT
        }
        (Some(_), Some(entry)) => {
            reader.wrong_key(fields, entry, MappingFault::Both { one: "for", other: "until" });
            A_MOMENT
        }
        (None, None) => {
            reader.missing(fields, "for");
            A_MOMENT
        }
    }
}

fn time_of_day(text: &str) -> Option<(u32, u32)> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| {
        let plain = (1..=2).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
        digits.parse().ok().filter(|_| plain)
    };
    Some((number(hour)?, number(minute).filter(|_| minute.len() == 2)?))
}

pub(super) fn write(out: &mut Writer, indent: usize, wait: &Wait) {
    match wait {
        Wait::Seconds { seconds } => out.line(indent, &format!("for: {}", written(*seconds))),
        Wait::Clock { hour, minute, zone } => {
            out.line(indent, &format!("until: \"{hour:02}:{minute:02}\""));
            out.text(indent, "zone", zone);
        }
    }
}
