//! Lengths of time in words: `30s`, `10m`, `1h 30m`.

use std::time::Duration;

use super::fault::DurationFault;

/// The seconds that a text names, or what is wrong with it.
pub fn read(text: &str) -> Result<u64, DurationFault> {
    let text = text.trim();
    let bare = text.len() <= 20 && !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if bare && text.parse() != Ok(0_u64) {
        return Err(DurationFault::NoUnit { number: text.to_owned() });
    }
    let time = exactly(text)?;
    let found = text.to_owned();
    if time.subsec_nanos() == 0 { Ok(time.as_secs()) } else { Err(DurationFault::NotWhole { found }) }
}

/// The time that a text names, with parts of a second.
pub(super) fn exactly(text: &str) -> Result<Duration, DurationFault> {
    let text = text.trim();
    let meant = text.to_ascii_lowercase();
    // One letter of them changes what is meant: M is a month.
    if meant != text && humantime::parse_duration(&meant).is_ok() {
        return Err(DurationFault::Capitals { found: text.to_owned(), meant });
    }
    humantime::parse_duration(text).map_err(|_| DurationFault::NotATime { found: text.to_owned() })
}

/// The words for that many seconds, such as `1h 30m`; reading them gives the same number.
pub fn written(seconds: u64) -> String {
    humantime::format_duration(Duration::from_secs(seconds)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_written() {
        for (text, seconds) in [("30s", 30), ("10m", 600), ("1h 30m", 5400), ("1day", 86_400), ("30days", 2_592_000)] {
            assert_eq!(read(text), Ok(seconds));
            assert_eq!(written(seconds), text);
        }
        assert_eq!(read("90min"), Ok(5400));
        assert_eq!(read("0"), Ok(0));
        assert_eq!(read(&written(0)), Ok(0));
    }

    #[test]
    fn f17_units_in_capitals_are_told_with_what_is_meant() {
        for (text, meant) in [("10M", "10m"), ("5S", "5s"), ("1H 30M", "1h 30m"), (" 2Days", "2days")] {
            let (found, meant) = (text.trim().to_owned(), meant.to_owned());
            assert_eq!(read(text), Err(DurationFault::Capitals { found, meant }));
        }
        assert_eq!(read("1month"), Ok(2_630_016));
        assert_eq!(read("X"), Err(DurationFault::NotATime { found: "X".to_owned() }));
    }

    #[test]
    fn a_wrong_length_of_time_says_why() {
        assert_eq!(read("600"), Err(DurationFault::NoUnit { number: "600".to_owned() }));
        assert_eq!(read("500ms"), Err(DurationFault::NotWhole { found: "500ms".to_owned() }));
        for text in ["", "ten minutes", "-5s", "99999999999999999999d"] {
            assert_eq!(read(text), Err(DurationFault::NotATime { found: text.to_owned() }));
        }
    }
}
