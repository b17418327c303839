//! One line of a terminal: what is seen of it after everything that was written, in which order so ever.
//!
//! A carriage return and a backspace move the cursor, and what is written then goes over what is there; a style lasts until
//! it is changed, also over the end of a line. What would reach other lines, or no text at all, is dropped: cursor movements
//! up and down, titles, links, the clipboard. A newline ends an escape sequence that is not whole, so that no broken one
//! swallows a log.

use std::fmt;

use anstyle_parse::{DefaultCharAccumulator, Params, Parser, Perform};

use super::ansi::{Span, Style};

/// How far behind the end of what is there, or behind itself, a sequence may put the cursor.
const MAX_GAP: usize = 256;

/// How many bytes an escape sequence may have: what never ends is not kept in memory for ever.
const MAX_SEQUENCE: usize = 1024 * 1024;

/// The most bytes that a change of style takes in a text.
const STYLE_LEN: usize = 20;

/// Columns between two tab stops.
const TAB: usize = 8;

/// A line while it is written.
pub struct Line {
    parser: Parser<DefaultCharAccumulator>,
    screen: Screen,
    /// The beginning of a character whose other bytes have not come.
    unfinished: Vec<u8>,
    /// Whether bytes may belong to an escape sequence, and how many came since something was made of them.
    escaped: bool,
    begun: bool,
}

/// What is to be told of a line after what was told of it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineText {
    /// Letters, and the sequences for their styles. No other control character than a tab is in it.
    pub text: String,
    /// Whether it is the whole line, because something that was told before was written over.
    pub anew: bool,
}

impl fmt::Debug for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Line").field("screen", &self.screen).finish_non_exhaustive()
    }
}

fn parser() -> Parser<DefaultCharAccumulator> {
    Parser::<DefaultCharAccumulator>::new()
}

impl Line {
    /// An empty line. When its text would become longer than so many bytes it ends, and another begins.
    pub fn new(most: usize) -> Self {
        Self {
            parser: parser(),
            screen: Screen { most, ..Screen::default() },
            unfinished: Vec::new(),
            escaped: false,
            begun: false,
        }
    }

    /// Writes bytes of any length, without a newline. What is no text is shown as the mark for that.
    pub fn write(&mut self, bytes: &[u8]) {
        self.begun |= !bytes.is_empty();
        if self.unfinished.is_empty() {
            self.decode(bytes);
        } else {
            let mut whole = std::mem::take(&mut self.unfinished);
            whole.extend_from_slice(bytes);
            self.decode(&whole);
        }
    }

    fn decode(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.text(chunk.valid());
            let invalid = chunk.invalid();
            let may_go_on = || std::str::from_utf8(invalid).is_err_and(|fault| fault.error_len().is_none());
            if chunks.peek().is_none() && !invalid.is_empty() && may_go_on() {
                self.unfinished = invalid.to_vec();
            } else if !invalid.is_empty() {
                self.text("\u{fffd}");
            }
        }
    }

    fn text(&mut self, text: &str) {
        let is_plain = |byte: u8| byte >= b' ' && byte != 0x7f;
        if !self.escaped && text.bytes().all(is_plain) {
            text.chars().for_each(|letter| self.screen.print(letter));
            return;
        }
        for byte in text.bytes() {
            self.escaped |= byte == 0x1b;
            self.parser.advance(&mut self.screen, byte);
            self.screen.silent += 1;
            if self.screen.silent > MAX_SEQUENCE {
                self.parser = parser();
                self.screen.silent = 0;
            }
        }
    }

    /// Whether anything came of it.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// The lines that were ended because they were too long.
    pub fn take_full(&mut self) -> Vec<LineText> {
        std::mem::take(&mut self.screen.full)
    }

    /// What is new since the last time; nothing if nothing is.
    pub fn news(&mut self) -> Option<LineText> {
        self.screen.news()
    }

    /// The whole of it as it is now.
    pub fn whole(&mut self) -> LineText {
        self.screen.told = 0;
        self.screen
            .news()
            .map_or_else(|| LineText { text: String::new(), anew: true }, |told| LineText { anew: true, ..told })
    }

    /// Ends it: what is new since the last time. The next line begins with the style that this one ends with.
    pub fn end(&mut self) -> LineText {
        if !std::mem::take(&mut self.unfinished).is_empty() {
            self.text("\u{fffd}");
        }
        if self.escaped {
            self.parser = parser();
            self.escaped = false;
        }
        self.begun = false;
        self.screen.end()
    }

    /// What is seen, in pieces of one style each.
    pub(super) fn spans(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for cell in &self.screen.cells {
            match spans.last_mut() {
                Some(last) if last.style == cell.style => last.text.push(cell.letter),
                _ => spans.push(Span { style: cell.style, text: cell.letter.to_string() }),
            }
        }
        spans
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    letter: char,
    style: Style,
}

const BLANK: Cell = Cell { letter: ' ', style: Style::PLAIN };

#[derive(Debug, Default)]
struct Screen {
    cells: Vec<Cell>,
    cursor: usize,
    style: Style,
    /// How many cells were told, and the first of them that has changed since.
    told: usize,
    changed: Option<usize>,
    /// No fewer bytes than the text of it has.
    length: usize,
    most: usize,
    full: Vec<LineText>,
    /// How many bytes came since something was made of them.
    silent: usize,
}

impl Screen {
    fn letter(&mut self, letter: char) {
        self.silent = 0;
        let before =
            self.cursor.checked_sub(1).and_then(|at| self.cells.get(at)).map_or(Style::PLAIN, |cell| cell.style);
        let change = if before == self.style { 0 } else { 2 * STYLE_LEN };
        let gap = self.cursor.saturating_sub(self.cells.len());
        let more = letter.len_utf8() + change + gap;
        if self.length.saturating_add(more) > self.most {
            // What was written over counts no more.
            self.length = text(&self.cells, Style::PLAIN).len();
            // With so little room left this would be asked again at each letter.
            if self.length.saturating_add(more) > self.most / 4 * 3 {
                let told = self.end();
                self.full.push(told);
                self.length = STYLE_LEN;
            }
        }
        self.length += more;
        if self.cursor > self.cells.len() {
            self.cells.resize(self.cursor, BLANK);
        }
        let cell = Cell { letter, style: self.style };
        match self.cells.get_mut(self.cursor) {
            Some(old) if *old == cell => {}
            Some(old) => {
                *old = cell;
                self.change(self.cursor);
            }
            None => self.cells.push(cell),
        }
        self.cursor += 1;
    }

    fn change(&mut self, at: usize) {
        self.changed = Some(self.changed.map_or(at, |first| first.min(at)));
    }

    fn news(&mut self) -> Option<LineText> {
        let anew = self.changed.take().is_some_and(|first| first < self.told);
        let from = if anew { 0 } else { self.told.min(self.cells.len()) };
        if !anew && from == self.cells.len() {
            return None;
        }
        let before = from.checked_sub(1).map_or(Style::PLAIN, |last| self.cells[last].style);
        self.told = self.cells.len();
        Some(LineText { text: text(&self.cells[from..], before), anew })
    }

    fn end(&mut self) -> LineText {
        let told = self.news().unwrap_or(LineText { text: String::new(), anew: false });
        self.cells.clear();
        (self.cursor, self.told, self.length) = (0, 0, 0);
        told
    }

    fn tab(&mut self) {
        if self.cursor == self.cells.len() {
            self.letter('\t');
        } else {
            self.go((self.cursor / TAB + 1) * TAB);
        }
    }

    fn go(&mut self, column: usize) {
        self.cursor = column.min(self.cells.len().max(self.cursor) + MAX_GAP);
    }

    /// Takes off everything from a column on.
    fn cut(&mut self, column: usize) {
        if column < self.cells.len() {
            self.cells.truncate(column);
            self.change(column);
        }
    }

    fn blank_until(&mut self, column: usize) {
        for at in 0..column.min(self.cells.len()) {
            self.cells[at] = BLANK;
            self.change(at);
        }
    }
}

impl Perform for Screen {
    fn print(&mut self, letter: char) {
        if !letter.is_control() {
            self.letter(letter);
        }
    }

    fn execute(&mut self, byte: u8) {
        self.silent = 0;
        match byte {
            b'\r' => self.cursor = 0,
            b'\t' => self.tab(),
            0x08 => self.cursor = self.cursor.saturating_sub(1),
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: u8) {
        self.silent = 0;
        if ignore || !intermediates.is_empty() {
            return;
        }
        let first = usize::from(params.iter().next().and_then(|param| param.first().copied()).unwrap_or_default());
        match (action, first) {
            (b'm', _) => self.style.change(params),
            (b'K' | b'J', 0) => self.cut(self.cursor),
            (b'K', 1) => self.blank_until(self.cursor + 1),
            (b'K', 2) => self.cut(0),
            (b'C', by) => self.go(self.cursor + by.max(1)),
            (b'D', by) => self.cursor = self.cursor.saturating_sub(by.max(1)),
            (b'G', column) => self.go(column.max(1) - 1),
            _ => {}
        }
    }

    fn osc_dispatch(&mut self, _params: &[&[u8]], _bell_terminated: bool) {
        self.silent = 0;
    }
}

/// The cells as text, after a letter of that style.
fn text(cells: &[Cell], mut style: Style) -> String {
    let mut text = String::with_capacity(cells.len());
    for cell in cells {
        if cell.style != style {
            text.push_str(&cell.style.sequence());
            style = cell.style;
        }
        text.push(cell.letter);
    }
    text
}

#[cfg(test)]
mod tests;
