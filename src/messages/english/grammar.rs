//! Parts of sentences: lists, numbers of things, moments.

use crate::domain::execution::Moment;

/// A moment, which names its zone.
pub fn moment(at: Moment) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

/// A moment to the second, which names its zone.
pub fn to_the_second(at: Moment) -> String {
    at.format("%-d %b %Y, %H:%M:%S UTC").to_string()
}

/// Words as a list in a sentence: `a`, `a and b`, `a, b and c`.
pub fn listed<'w>(words: impl IntoIterator<Item = &'w str>, last: &str) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// A part of a sentence as its beginning.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A number of things: `1 task`, `3 tasks`.
pub fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// That so many of a thing are missing.
pub fn missing(count: usize, thing: &str) -> String {
    format!("{} {} missing", counted(count, thing), if count == 1 { "is" } else { "are" })
}

/// A time that is left, in at most two units: `45 s`, `59 min`, `2 h 5 min`, `3 d 4 h`.
pub fn time_left(seconds: i64) -> String {
    let two = |whole: i64, unit: &str, rest: i64, small: &str| {
        if rest == 0 { format!("{whole} {unit}") } else { format!("{whole} {unit} {rest} {small}") }
    };
    match seconds.max(0) {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds @ 3600..86_400 => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        seconds => two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

/// How many scripts run where a task waits.
pub fn scripts_run(running: u32) -> String {
    if running == 1 {
        "1 script runs on this server".to_owned()
    } else {
        format!("{running} scripts run on this server")
    }
}

/// So many bytes, in the largest unit of which there is one.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let fits = |power: &u32| bytes >> (10 * power) > 0;
    let power = (0..=4).rev().find(fits).unwrap_or_default();
    let unit = UNITS[usize::try_from(power).unwrap_or_default()];
    // Tenths in whole numbers: a size may have more digits than a float keeps.
    let tenths = u64::try_from((u128::from(bytes) * 10) >> (10 * power)).unwrap_or(u64::MAX);
    if power == 0 || tenths % 10 == 0 {
        format!("{} {unit}", tenths / 10)
    } else {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

/// A sentence without its end, to go on with.
pub fn unended(sentence: &str) -> &str {
    sentence.trim_end().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_counts_read_as_sentences() {
        assert_eq!(listed([], "and"), "");
        assert_eq!(listed(["a"], "and"), "a");
        assert_eq!(listed(["a", "b"], "or"), "a or b");
        assert_eq!(listed(["a", "b", "c"], "and"), "a, b and c");
        assert_eq!(counted(0, "task"), "0 tasks");
        assert_eq!(missing(1, "task"), "1 task is missing");
        assert_eq!(missing(2, "task"), "2 tasks are missing");
    }

    #[test]
    fn sizes_have_the_largest_unit_that_fits() {
        for (bytes, told) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (512 << 20, "512 MiB"),
            ((1 << 40) + (1 << 39), "1.5 TiB"),
            (u64::MAX, "16777215.9 TiB"),
        ] {
            assert_eq!(size(bytes), told);
        }
    }
}
