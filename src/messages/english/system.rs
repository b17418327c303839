//! Plain words for what the system says of an error.

use std::io;

/// How the number begins that the standard library puts behind what the system says.
const NUMBER: &str = " (os error ";

/// A text with plain words in the place of what the system says.
pub fn in_words(said: &str) -> String {
    let mut told = String::with_capacity(said.len());
    let mut rest = said;
    while let Some(at) = rest.find(NUMBER) {
        let (before, behind) = (&rest[..at], &rest[at + NUMBER.len()..]);
        let Some((number, behind)) = behind.split_once(')') else { break };
        let Ok(number) = number.parse() else { break };
        let whole = io::Error::from_raw_os_error(number).to_string();
        let of_system = whole.split(NUMBER).next().unwrap_or_default();
        match (before.strip_suffix(of_system), words(number)) {
            (Some(before), Some(words)) => told.extend([before, words]),
            (Some(_) | None, _) => told.push_str(before),
        }
        rest = behind;
    }
    told.push_str(rest);
    told
}

/// By the number that Linux gives an error.
fn words(number: i32) -> Option<&'static str> {
    Some(match number {
        2 => "there is no such file or folder",
        5 => "the disk does not read or write",
        12 => "there is not enough memory",
        13 => "permission denied",
        17 => "there is something of that name already",
        18 => "it is on another disk",
        20 => "a part of its path is a file and no folder",
        21 => "it is a folder and no file",
        24 => "too many files are open in this process",
        23 => "too many files are open on this machine",
        26 => "a program is run from it",
        28 => "the disk is full",
        30 => "the disk is mounted read-only",
        36 => "its name is too long",
        39 => "the folder is not empty",
        40 => "its symbolic links lead in a circle",
        98 => "another program listens there already",
        99 => "this machine has no such address",
        101 => "there is no network that leads there",
        104 => "the other side ended the connection",
        110 => "no answer came in time",
        111 => "nothing listens there",
        113 => "there is no way to that machine",
        122 => "the quota of the disk is used up",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f34_what_the_system_says_is_told_in_words_and_without_its_number() {
        let of = |number| io::Error::from_raw_os_error(number).to_string();
        assert_eq!(
            in_words(&format!("x cannot be read: {}", of(20))),
            "x cannot be read: a part of its path is a file and no folder"
        );
        assert_eq!(
            in_words(&format!("a: {}; b: {}.", of(111), of(2))),
            "a: nothing listens there; b: there is no such file or folder."
        );
        assert_eq!(in_words("Odd words (os error 999999)"), "Odd words");
        assert_eq!(in_words("File exists here (os error 17)"), "File exists here");
        for whole in ["", "it is (os error", "an error (os error x)", "plain"] {
            assert_eq!(in_words(whole), whole);
        }
        for number in 1..134 {
            let told = in_words(&of(number));
            assert!(!told.is_empty() && !told.contains("os error"), "{number}: {told}");
        }
    }
}
