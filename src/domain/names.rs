//! Names of release tasks, phases and tasks: the rule, and what a new release task is offered.

/// The fewest characters of a name.
pub const MIN_NAME_LEN: usize = 2;
/// The most characters of a name.
pub const MAX_NAME_LEN: usize = 64;
/// The most characters of a description.
pub const MAX_DESCRIPTION_LEN: usize = 128;

/// The rule as a regular expression that a browser reads too, to judge a name while it is typed.
pub const PATTERN: &str = "^[A-Za-z][A-Za-z0-9_-]{0,62}[A-Za-z0-9]$";

/// Whether it is by the rule: [`PATTERN`].
pub fn is_valid(name: &str) -> bool {
    fault(name).is_none()
}

/// What is wrong with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamingFault {
    /// It is empty.
    Empty,
    /// It has a character that none may have.
    Character {
        /// The first of them.
        odd: char,
    },
    /// It has one character.
    TooShort,
    /// It has too many characters.
    TooLong {
        /// How many.
        count: usize,
    },
    /// It does not start with a letter.
    Start,
    /// It does not end with a letter or a digit.
    End,
}

/// What is wrong with a name, if anything is.
pub fn fault(name: &str) -> Option<NamingFault> {
    let count = name.chars().count();
    if count == 0 {
        return Some(NamingFault::Empty);
    }
    if let Some(odd) = name.chars().find(|c| !is_name_character(*c)) {
        return Some(NamingFault::Character { odd });
    }
    if count < MIN_NAME_LEN {
        return Some(NamingFault::TooShort);
    }
    if count > MAX_NAME_LEN {
        return Some(NamingFault::TooLong { count });
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some(NamingFault::Start);
    }
    if !name.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return Some(NamingFault::End);
    }
    None
}

/// The name that a new release task is offered: `release-` and six characters made of the given random bytes.
pub fn offered(random: [u8; 6]) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let tail: String = random.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect();
    format!("release-{tail}")
}

/// A word with a number behind it; the word is cut where the name would be too long.
pub(super) fn numbered(word: &str, number: usize) -> String {
    let tail = format!("-{number}");
    let head: String = word.chars().take(MAX_NAME_LEN.saturating_sub(tail.len())).collect();
    head + &tail
}

/// The one of these names that differs from `name` in upper and lower case only: people do not tell the two apart.
pub fn alike<'n>(name: &str, others: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    others.into_iter().find(|other| *other != name && other.eq_ignore_ascii_case(name))
}

/// The word that somebody who wrote `word` most likely meant, if one is near enough.
pub fn nearest<'w>(word: &str, candidates: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let bare = |text: &str| text.replace(['_', '-', ' '], "").to_lowercase();
    let wanted = bare(word);
    let near = wanted.chars().count().div_ceil(3).min(3);
    let distances = candidates.into_iter().map(|candidate| (strsim::levenshtein(&wanted, &bare(candidate)), candidate));
    distances.filter(|(distance, _)| *distance <= near).min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

/// How many characters a description has, where those are too many.
pub fn description_fault(description: &str) -> Option<usize> {
    let count = description.chars().count();
    (count > MAX_DESCRIPTION_LEN).then_some(count)
}

/// Whether a name may have it anywhere but at its ends.
pub(super) fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_pattern_is_the_rule(name in "[a-zA-Z0-9_. ä-]{0,66}") {
            let pattern = regex::Regex::new(PATTERN).expect("it is one");
            proptest::prop_assert_eq!(pattern.is_match(&name), is_valid(&name));
        }
    }

    #[test]
    fn f22_names_that_differ_in_case_only_are_alike() {
        assert_eq!(alike("US-East", ["eu-west", "us-east"]), Some("us-east"));
        assert_eq!(alike("us-east", ["us-east", "us-eas"]), None, "the same name is the same thing");
    }

    #[test]
    fn names_of_two_to_64_characters_are_good() {
        for name in ["ab", "a1", "A_b", "a-b", "a__--9", &"a".repeat(64)] {
            assert_eq!(fault(name), None, "{name}");
        }
    }

    #[test]
    fn each_part_of_the_rule_has_its_fault() {
        let long = "a".repeat(65);
        for (name, wrong) in [
            ("", NamingFault::Empty),
            ("a", NamingFault::TooShort),
            (long.as_str(), NamingFault::TooLong { count: 65 }),
            ("1a", NamingFault::Start),
            ("-a", NamingFault::Start),
            ("ab-", NamingFault::End),
            ("ab_", NamingFault::End),
            ("a b", NamingFault::Character { odd: ' ' }),
            ("naïve", NamingFault::Character { odd: 'ï' }),
            ("ab\n", NamingFault::Character { odd: '\n' }),
        ] {
            assert_eq!(fault(name), Some(wrong), "{name:?}");
        }
    }

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        let words = ["script", "rollback", "workingFolder", "timeout"];
        for (word, meant) in [
            ("skript", Some("script")),
            ("roll_back", Some("rollback")),
            ("working_folder", Some("workingFolder")),
            ("TimeOut", Some("timeout")),
            ("timeot", Some("timeout")),
            ("approvers", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, words), meant, "{word}");
        }
    }

    #[test]
    fn the_offered_name_is_good() {
        assert_eq!(offered([0, 1, 31, 32, 255, 100]), "release-ab9a9e");
        assert!(is_valid(&offered([7; 6])));
    }
}
