//! The keys of a wait.

use crate::domain::kinds::{Kind, Wait};
use crate::format::duration::written;
use crate::format::fields::{Fields, Reader, shown};
use crate::format::render::Writer;

use super::KindFormat;

pub(super) const FORMAT: KindFormat = KindFormat {
    word: "wait",
    keys: &["for", "until", "zone"],
    implied_by: None,
    guess: None,
    read: |reader, fields, what| Kind::Wait(wait(reader, fields, what)),
};

/// Stands in for a wait that is wrong.
const A_MOMENT: Wait = Wait::Seconds { seconds: 1 };

fn wait(reader: &mut Reader, fields: &Fields<'_>, what: &str) -> Wait {
    match (fields.get("for"), fields.get("until")) {
        (Some(_), None) => {
            if let Some(zone) = fields.get("zone") {
                reader.wrong(zone.line, fields.at("zone"), format!("{what} must not have a zone without until."));
            }
            reader.duration(fields, "for").map_or(A_MOMENT, |seconds| Wait::Seconds { seconds })
        }
        (None, Some(_)) => {
            let zone = reader.needed_text(fields, "zone", what).unwrap_or_else(|| "UTC".to_owned());
            let Some(text) = reader.text(fields, "until") else { return A_MOMENT };
            if let Some((hour, minute)) = time_of_day(&text) {
                return Wait::Clock { hour, minute, zone };
            }
            let fault = format!("must be a time of day such as \"22:00\", and is {}", shown(&text));
            reader.wrong_field(fields, "until", &fault);
            A_MOMENT
        }
        (Some(_), Some(entry)) => {
            reader.wrong(entry.line, fields.at("until"), format!("{what} must have either for or until, not both."));
            A_MOMENT
        }
        (None, None) => {
            reader.missing(fields, "for", what);
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
