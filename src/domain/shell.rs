//! Shell scripts as far as the rules read them: which program a script names, and where a shell replaces nothing.

use std::ops::Range;

/// Shells in which `${NAME}` is the value of a variable.
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "ksh", "zsh"];

/// Commands that have a shell read a text once more.
const STARTERS: [&str; 2] = ["su", "runuser"];

/// Why a shell takes a text as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiteralText {
    /// It stands between single quotes.
    SingleQuotes,
    /// A backslash stands before it.
    Backslash,
    /// A dollar sign stands before it, and both are the number of the process.
    Dollar,
    /// It stands in a here-document whose end word is quoted.
    HereDocument,
}

/// The program that the first line of a script names, without its folder.
pub(super) fn interpreter(script: &str) -> Option<&str> {
    let line = script.lines().next()?.strip_prefix("#!")?;
    let mut words = line.split_whitespace().map(base);
    match words.next()? {
        "env" => words.find(|word| !word.starts_with('-') && !word.contains('=')),
        program => Some(program),
    }
}

/// Whether a shell runs it.
pub(super) fn is_for_shell(script: &str) -> bool {
    interpreter(script).is_none_or(is_shell)
}

/// Whether a program of that name is a shell.
pub(super) fn is_shell(program: &str) -> bool {
    SHELLS.contains(&program)
}

/// The most bytes that Linux reads of a first line, with its end: since 5.1, and before that 127.
pub const FIRST_LINE: usize = 255;

/// What is wrong with the first line of a script, as far as that can be told on no machine in particular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstLineFault {
    /// It names no program.
    NothingNamed,
    /// Its end is a CR alone.
    LoneCr,
    /// It ends with CR LF, and the CR belongs to the name of the program.
    Dos,
    /// `env` takes these words as the name of one program.
    EnvTakesOneWord {
        /// The words.
        words: String,
    },
}

/// What surely keeps the program that the first line names from being found.
pub fn first_line_fault(script: &str) -> Option<FirstLineFault> {
    let line = script.strip_prefix("#!")?;
    let (line, is_whole) = line.split_once('\n').map_or((line, false), |(line, _)| (line, true));
    let is_dos = is_whole && line.ends_with('\r');
    let line = if is_dos { line.strip_suffix('\r').unwrap_or(line) } else { line };
    if line.contains('\r') {
        return Some(FirstLineFault::LoneCr);
    }
    let line = line.trim_matches([' ', '\t']);
    if line.is_empty() {
        return Some(if is_dos { FirstLineFault::Dos } else { FirstLineFault::NothingNamed });
    }
    // The system gives a program all that follows its name as one word.
    let Some((program, words)) = line.split_once([' ', '\t']) else {
        return is_dos.then_some(FirstLineFault::Dos);
    };
    if base(program) != "env" {
        return None;
    }
    let words = words.trim_start_matches([' ', '\t']);
    let splits = words.starts_with("--split-string")
        || words
            .split([' ', '\t'])
            .next()
            .is_some_and(|first| first.starts_with('-') && !first.starts_with("--") && first.contains('S'));
    if splits {
        return None;
    }
    if words.contains([' ', '\t']) {
        return Some(FirstLineFault::EnvTakesOneWord { words: words.to_owned() });
    }
    is_dos.then_some(FirstLineFault::Dos)
}

fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// Where a shell takes the script as it stands, and no other shell is given that text to read. Nothing of a script that is
/// not understood to its end: its quotes are not known then.
pub(super) fn literals(script: &str) -> Vec<(Range<usize>, LiteralText)> {
    let mut reader = Reader { script, at: 0, open: Vec::new(), found: Vec::new(), documents: Vec::new() };
    match reader.read() {
        Some(()) if reader.open.is_empty() => reader.found,
        _ => Vec::new(),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Double,
    Parenthesis,
    Arithmetic,
    Brace,
    Backtick,
}

/// A here-document whose text begins with the next line.
struct HereDocument {
    end: String,
    is_indented: bool,
    is_literal: bool,
    is_read_again: bool,
}

struct Reader<'s> {
    script: &'s str,
    at: usize,
    open: Vec<Open>,
    found: Vec<(Range<usize>, LiteralText)>,
    documents: Vec<HereDocument>,
}

impl<'s> Reader<'s> {
    fn rest(&self) -> &'s str {
        &self.script[self.at..]
    }

    /// Whether single quotes are letters there.
    fn is_in_double(&self) -> bool {
        self.open.iter().rev().find(|open| **open != Open::Brace) == Some(&Open::Double)
    }

    fn closes(&mut self, open: Open) -> bool {
        let closes = self.open.last() == Some(&open);
        if closes {
            self.open.pop();
        }
        closes
    }

    fn read(&mut self) -> Option<()> {
        while let Some(letter) = self.rest().chars().next() {
            let rest = self.rest();
            let step = match letter {
                '\\' => {
                    if rest[1..].starts_with('$') {
                        self.found.push((self.at + 1..self.at + 2, LiteralText::Backslash));
                    }
                    1 + rest[1..].chars().next().map_or(0, char::len_utf8)
                }
                '\'' if !self.is_in_double() => self.single_quotes()?,
                '"' if self.closes(Open::Double) => 1,
                '`' if self.closes(Open::Backtick) => 1,
                '}' if self.closes(Open::Brace) => 1,
                '"' => self.opens(Open::Double, 1),
                '`' => self.opens(Open::Backtick, 1),
                '$' => self.dollar(),
                '(' if !self.is_in_double() => self.parenthesis(0),
                ')' if rest.starts_with("))") && self.closes(Open::Arithmetic) => 2,
                ')' if self.closes(Open::Parenthesis) => 1,
                '#' if !self.is_in_double() && self.begins_word() => rest.find('\n').unwrap_or(rest.len()),
                '<' if rest.starts_with("<<<") => 3,
                '<' if rest.starts_with("<<") && !self.is_in_double() && !self.open.contains(&Open::Arithmetic) => {
                    self.here_document()
                }
                '\n' if !self.documents.is_empty() => self.here_texts(),
                other => other.len_utf8(),
            };
            self.at += step;
        }
        Some(())
    }

    fn opens(&mut self, open: Open, length: usize) -> usize {
        self.open.push(open);
        length
    }

    fn parenthesis(&mut self, before: usize) -> usize {
        let is_arithmetic = self.rest()[before..].starts_with("((");
        let (open, length) = if is_arithmetic { (Open::Arithmetic, 2) } else { (Open::Parenthesis, 1) };
        self.opens(open, before + length)
    }

    fn dollar(&mut self) -> usize {
        match self.rest().as_bytes().get(1) {
            Some(b'(') => self.parenthesis(1),
            Some(b'{') => self.opens(Open::Brace, 2),
            Some(b'$') => {
                self.found.push((self.at + 1..self.at + 2, LiteralText::Dollar));
                2
            }
            Some(_) | None => 1,
        }
    }

    fn begins_word(&self) -> bool {
        let is_end = |letter: char| letter.is_whitespace() || ";&|()".contains(letter);
        self.open.last() != Some(&Open::Brace) && self.script[..self.at].chars().next_back().is_none_or(is_end)
    }

    /// How long a text between single quotes is; nothing if it does not end.
    fn single_quotes(&mut self) -> Option<usize> {
        let inside = &self.rest()[1..];
        let length = if self.script[..self.at].ends_with('$') {
            let mut escaped = false;
            inside.find(|letter| {
                let ends = letter == '\'' && !escaped;
                escaped = letter == '\\' && !escaped;
                ends
            })?
        } else {
            inside.find('\'')?
        };
        if !self.is_read_again() {
            self.found.push((self.at + 1..self.at + 1 + length, LiteralText::SingleQuotes));
        }
        Some(length + 2)
    }

    /// Whether what begins there is given to a shell that replaces in it, and that has the variables of this one.
    fn is_read_again(&self) -> bool {
        let line = self.script[..self.at].rsplit('\n').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().map(base).collect();
        let is_option = |word: &str| word.starts_with('-') && word.ends_with('c');
        match words.as_slice() {
            [.., "eval" | "trap"] | [.., "eval" | "trap", "--"] => true,
            [before @ .., last] if is_option(last) => starts_shell(before),
            _ => false,
        }
    }

    /// Notes a here-document, and steps over what names it.
    fn here_document(&mut self) -> usize {
        let rest = self.rest();
        let is_indented = rest[2..].starts_with('-');
        let before = 2 + usize::from(is_indented);
        let word = rest[before..].trim_start_matches([' ', '\t']);
        let blanks = rest.len() - before - word.len();
        let length =
            word.find(|letter: char| letter.is_whitespace() || ";&|)<>".contains(letter)).unwrap_or(word.len());
        let is_quote = |letter| matches!(letter, '\'' | '"' | '\\');
        let end: String = word[..length].chars().filter(|letter| !is_quote(*letter)).collect();
        let is_literal = word[..length].contains(is_quote);
        let line = self.script[..self.at].rsplit('\n').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().map(base).collect();
        if !end.is_empty() {
            self.documents.push(HereDocument { end, is_indented, is_literal, is_read_again: starts_shell(&words) });
        }
        before + blanks + length
    }

    /// How long the texts of the here-documents are that begin after this end of a line.
    fn here_texts(&mut self) -> usize {
        let mut from = self.at + 1;
        for document in std::mem::take(&mut self.documents) {
            let start = from;
            let mut until = self.script.len();
            for line in self.script[start..].split_inclusive('\n') {
                let text = line.trim_end_matches('\n');
                let text = if document.is_indented { text.trim_start_matches('\t') } else { text };
                if text == document.end {
                    until = from;
                    from += line.len();
                    break;
                }
                from += line.len();
            }
            if document.is_literal && !document.is_read_again {
                self.found.push((start..until, LiteralText::HereDocument));
            } else if !document.is_literal {
                self.escapes(start..until);
            }
        }
        from - self.at
    }

    /// The backslashes of a here-document in which a shell replaces.
    fn escapes(&mut self, text: Range<usize>) {
        let mut escaped = false;
        for (at, letter) in self.script[text.clone()].char_indices() {
            if escaped && letter == '$' {
                let at = text.start + at;
                self.found.push((at..at + 1, LiteralText::Backslash));
            }
            escaped = letter == '\\' && !escaped;
        }
    }
}

/// Whether a shell of this machine is among those words: of another machine it would not have the variables.
fn starts_shell(words: &[&str]) -> bool {
    words.iter().any(|word| is_shell(word) || STARTERS.contains(word)) && !words.contains(&"ssh")
}

#[cfg(test)]
mod tests;
