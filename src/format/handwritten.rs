//! Comments and anchors of a text: they are no part of the definition, and go when it is written anew.

use saphyr_parser::{Event, Parser, StrInput};

use super::surrogates;

/// What would go if the text were written anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handwritten {
    /// Its comments in their order, each without its `#`.
    pub comments: Vec<String>,
    /// The names that it gives to parts of it, in their order.
    pub anchors: Vec<String>,
    /// Its keys `x-…`, in their order.
    pub parked: Vec<String>,
}

impl Handwritten {
    /// Whether there is nothing of it.
    pub fn is_empty(&self) -> bool {
        self.comments.is_empty() && self.anchors.is_empty() && self.parked.is_empty()
    }
}

/// What a text has that can be read. What stands in a value, such as a comment in a script, is part of the definition.
pub fn handwritten(text: &str) -> Handwritten {
    let parked = text.lines().filter(|line| line.starts_with("x-")).filter_map(|line| line.split_once(':'));
    let parked = parked.map(|(key, _)| key.trim_end().to_owned()).collect();
    let mut found = Handwritten { parked, ..Handwritten::default() };
    let values = values(text);
    let mut values = values.iter().peekable();
    let letters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        while values.peek().is_some_and(|(_, end)| *end <= at) {
            values.next();
        }
        if let Some((start, end)) = values.peek()
            && *start <= at
        {
            at = *end;
            continue;
        }
        let begins = at == 0 || letters[at - 1].is_whitespace();
        let rest = |is_in: fn(&char) -> bool| letters[at + 1..].iter().take_while(|letter| is_in(letter)).collect();
        match letters[at] {
            '#' if begins => {
                let comment: String = rest(|letter| *letter != '\n');
                at += comment.chars().count();
                found.comments.push(comment.trim().to_owned());
            }
            '&' if begins => found.anchors.push(rest(|letter| !letter.is_whitespace())),
            _ => {}
        }
        at += 1;
    }
    found
}

/// From which character to which each value stands.
fn values(text: &str) -> Vec<(usize, usize)> {
    let text = surrogates::as_letters(text);
    let events = Parser::new(StrInput::new(&text)).map_while(Result::ok);
    let values = events.filter_map(|(event, span)| match event {
        Event::Scalar(..) => Some((span.start.index(), span.end.index())),
        _ => None,
    });
    values.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Vec<String>, Vec<String>) {
        let Handwritten { comments, anchors, .. } = handwritten(text);
        (comments, anchors)
    }

    #[test]
    fn a13_comments_and_anchors_are_found_outside_of_values_only() {
        let text = "# Whole line, ünïcode\nname: shop # behind a value\nphases:\n  - &first\n    name: \"a # b\"\n    tasks:\n      \
                    - name: go\n        script: |\n          # in the script\n          echo '&x' # too\n\n      # last\n      - \
                    name: c#d\n        script: 'echo &y'\n";
        let (comments, anchors) = of(text);
        assert_eq!(comments, ["Whole line, ünïcode", "behind a value", "last"]);
        assert_eq!(anchors, ["first"]);
    }

    #[test]
    fn what_tollgate_writes_itself_has_nothing_of_it() {
        let (comments, anchors) =
            of("name: shop\nphases:\n  - name: one\n    tasks:\n      - name: a\n        for: 5m\n");
        assert_eq!((comments.len(), anchors.len()), (0, 0));
    }

    #[test]
    fn a_text_that_is_cut_off_is_looked_at_as_far_as_it_goes() {
        assert_eq!(of("# one\nname: [a").0, ["one"]);
        assert_eq!(of(""), (Vec::new(), Vec::new()));
    }
}
