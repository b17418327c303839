//! A line put together of pieces, and what a terminal shows of it: a simple one that knows where each letter stands.

use std::collections::BTreeMap;

/// What takes no column and belongs to the letter before it, as far as one letter may have it.
const MAX_MARKS: usize = 64;

/// How far a cursor may go behind the end.
const MAX_GAP: usize = 256;

/// The letters of a line by the column that each begins at, with the columns that it takes.
#[derive(Default)]
struct Terminal {
    letters: BTreeMap<usize, (usize, String)>,
    cursor: usize,
    saved: Option<usize>,
}

impl Terminal {
    fn end(&self) -> usize {
        self.letters.last_key_value().map_or(0, |(at, (width, _))| at + width)
    }

    fn write(&mut self, letter: char) {
        let width = match letter {
            '\t' => 8 - self.cursor % 8,
            '😀' | '漢' | '日' | '本' => 2,
            '\u{301}' if self.marked(letter) => return,
            _ => 1,
        };
        self.take_off(self.cursor, self.cursor + width);
        self.letters.insert(self.cursor, (width, letter.to_string()));
        self.cursor += width;
    }

    fn marked(&mut self, mark: char) -> bool {
        let Some(column) = self.cursor.checked_sub(1) else { return false };
        let covers = |(at, (width, _)): (&usize, &(usize, String))| (at + width > column).then_some(*at);
        let at = self.letters.range(..=column).next_back().and_then(covers).unwrap_or(column);
        let (_, text) = self.letters.entry(at).or_insert((1, " ".to_owned()));
        let first = text.chars().next().map_or(0, char::len_utf8);
        let fits = text.len() - first + mark.len_utf8() <= MAX_MARKS;
        if fits {
            text.push(mark);
        }
        fits
    }

    /// Takes off every letter of which a part is there.
    fn take_off(&mut self, from: usize, to: usize) {
        self.letters.retain(|at, (width, _)| *at >= to || *at + *width <= from);
    }

    fn go(&mut self, column: usize) {
        self.cursor = column.min(self.end().max(self.cursor) + MAX_GAP);
    }

    fn delete(&mut self) {
        self.take_off(self.cursor, self.cursor + 1);
        let behind = self.letters.split_off(&self.cursor);
        self.letters.extend(behind.into_iter().map(|(at, letter)| (at - 1, letter)));
    }

    fn seen(&self) -> String {
        let (mut text, mut column) = (String::new(), 0);
        for (at, (width, letter)) in &self.letters {
            text.push_str(&" ".repeat(at - column));
            text.push_str(letter);
            column = at + width;
        }
        text
    }
}

/// A line, and what is seen of it. Each byte chooses a piece.
pub fn put_together(bytes: &[u8]) -> (String, String) {
    const TEXTS: [&str; 14] =
        ["a", "B", " ", "<b>", "&amp;", "é", "😀", "漢", "\t", "[31m", "]0;x", "e\u{301}", "日本", "\u{301}"];
    const NOTHING: [&str; 21] = [
        "\x1b[m",
        "\x1b[1;31m",
        "\x1b[38;5;9m",
        "\x1b[0;;4m",
        "\x1b[99999999999m",
        "\x1b[?25l",
        "\x1b[2J",
        "\x1b[10;10H",
        "\x1b[>c",
        "\x1b]0;title\x07",
        "\x1b]8;;http://x\x1b\\",
        "\x1bP1$q\"p\x1b\\",
        "\x1b_apc\x1b\\",
        "\x1b^pm\x1b\\",
        "\x1bXsos\x1b\\",
        "\x1b(B",
        "\x1b#8",
        "\x1bc",
        "\x07",
        "\0",
        "\u{9b}",
    ];
    let (mut line, mut terminal) = (String::new(), Terminal::default());
    for byte in bytes {
        let number = usize::from(*byte);
        match number {
            0..128 => {
                line.push_str(TEXTS[number % TEXTS.len()]);
                for letter in TEXTS[number % TEXTS.len()].chars() {
                    if letter == '\t' && terminal.cursor != terminal.end() {
                        terminal.go((terminal.cursor / 8 + 1) * 8);
                    } else {
                        terminal.write(letter);
                    }
                }
            }
            128..228 => line.push_str(NOTHING[number % NOTHING.len()]),
            228..236 => {
                line.push('\x08');
                terminal.cursor = terminal.cursor.saturating_sub(1);
            }
            236..242 => {
                // Back to the start, and something is written over it.
                line.push_str("\r!");
                terminal.cursor = 0;
                terminal.write('!');
            }
            242..246 => {
                line.push_str(if number % 2 == 0 { "\x1b7" } else { "\x1b[s" });
                terminal.saved = Some(terminal.cursor);
            }
            246..250 => {
                line.push_str(if number % 2 == 0 { "\x1b8" } else { "\x1b[u" });
                if let Some(column) = terminal.saved {
                    terminal.go(column);
                }
            }
            250..253 => {
                // What follows is written where it was, so that the end is known to both.
                line.push_str("\x1b[P!");
                terminal.delete();
                terminal.write('!');
            }
            _ => {
                line.push_str("\x1b[2K");
                terminal.letters.clear();
            }
        }
    }
    (line, terminal.seen())
}
