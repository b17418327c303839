//! One line of a terminal: what is seen of it after everything that was written, in which order so ever.
//!
//! A carriage return and a backspace move the cursor, and what is written then goes over what is there; a style lasts until
//! it is changed, also over the end of a line. Columns are those of a terminal: the `row` module has them. What would reach other lines, or no text at all, is dropped: cursor movements
//! up and down, titles, links, the clipboard. A newline ends an escape sequence that is not whole, so that no broken one
//! swallows a log.

use std::fmt;

use anstyle_parse::{DefaultCharAccumulator, Params, Parser, Perform};

use super::ansi::{Span, Style};
use row::ScreenRow;

mod row;

/// How far behind the end of what is there, or behind itself, a sequence may put the cursor.
const MAX_GAP: usize = 256;

/// How many bytes an escape sequence may have: what never ends is not kept in memory for ever.
const MAX_SEQUENCE: usize = 1024 * 1024;

/// The most bytes that a change of style takes in a text.
const STYLE_LEN: usize = 20;

/// How many bytes too long a line may become, so that letters that are one sign to a reader stay in one line.
const MAX_SIGN: usize = 256;

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
    /// An empty line. When its text would become longer than so many bytes it ends, and another begins, but not between
    /// letters that are one sign.
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
        for letter in self.screen.row.letters(0) {
            match spans.last_mut() {
                Some(last) if last.style == letter.style => letter.push_to(&mut last.text),
                _ => {
                    let mut span = Span { style: letter.style, text: String::new() };
                    letter.push_to(&mut span.text);
                    spans.push(span);
                }
            }
        }
        spans
    }
}

/// Where a sequence has put the cursor aside.
#[derive(Debug, Clone, Copy)]
struct Saved {
    /// The column; none in another line, where a cursor that comes back would not be in this one.
    column: Option<usize>,
    style: Style,
}

#[derive(Debug, Default)]
struct Screen {
    row: ScreenRow,
    cursor: usize,
    style: Style,
    saved: Option<Saved>,
    /// How many columns were told.
    told: usize,
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
        let width = row::width_of(letter, self.cursor);
        if width == 0 && self.mark(letter) {
            return;
        }
        let change = if self.row.style_before(self.cursor) == self.style { 0 } else { 2 * STYLE_LEN };
        let more = letter.len_utf8() + change + self.gap();
        if !self.has_room(more) && !self.belongs_to_what_is_there(letter, more) {
            let told = self.end();
            self.full.push(told);
            self.length = STYLE_LEN;
        }
        self.length += more;
        self.row.put(self.cursor, letter, width.max(1), self.style);
        self.cursor += width.max(1);
    }

    /// How many columns there are to be before the cursor that are not there yet.
    fn gap(&self) -> usize {
        self.cursor.saturating_sub(self.row.len())
    }

    /// Adds what takes no column to the letter before the cursor; not if there is none.
    fn mark(&mut self, letter: char) -> bool {
        let more = self.gap() + letter.len_utf8();
        if self.cursor == 0 || self.length.saturating_add(more) > self.most.saturating_add(MAX_SIGN) {
            return false;
        }
        let added = self.row.mark(self.cursor - 1, letter);
        self.length += if added { more } else { 0 };
        added
    }

    /// Whether so many bytes more are not too many.
    fn has_room(&mut self, more: usize) -> bool {
        if self.length.saturating_add(more) <= self.most {
            return true;
        }
        // What was written over counts no more.
        self.length = row::text(self.row.letters(0), Style::PLAIN).len();
        // With so little room left this would be asked again at each letter.
        self.length.saturating_add(more) <= self.most / 4 * 3
    }

    /// Whether a letter is a part of the sign at the end of the line, and there is room for that.
    fn belongs_to_what_is_there(&self, letter: char, more: usize) -> bool {
        self.cursor == self.row.len()
            && self.length.saturating_add(more) <= self.most.saturating_add(MAX_SIGN)
            && self.row.goes_on_with(letter)
    }

    fn news(&mut self) -> Option<LineText> {
        let anew = self.row.take_change().is_some_and(|first| first < self.told);
        let from = if anew { 0 } else { self.told.min(self.row.len()) };
        if !anew && from == self.row.len() {
            return None;
        }
        let before = self.row.style_before(from);
        self.told = self.row.len();
        Some(LineText { text: row::text(self.row.letters(from), before), anew })
    }

    fn end(&mut self) -> LineText {
        let told = self.news().unwrap_or(LineText { text: String::new(), anew: false });
        self.row.clear();
        (self.cursor, self.told, self.length) = (0, 0, 0);
        self.saved = self.saved.map(|saved| Saved { column: None, ..saved });
        told
    }

    fn tab(&mut self) {
        if self.cursor == self.row.len() {
            self.letter('\t');
        } else {
            self.go(row::tab_stop(self.cursor));
        }
    }

    fn go(&mut self, column: usize) {
        self.cursor = column.min(self.row.len().max(self.cursor) + MAX_GAP);
    }

    /// Moves what is behind the cursor so many columns on.
    fn insert(&mut self, columns: usize) {
        let columns = columns.min(MAX_GAP);
        if self.cursor < self.row.len() && self.has_room(columns) {
            self.length += columns;
            self.row.insert(self.cursor, columns);
        }
    }

    fn save(&mut self) {
        self.saved = Some(Saved { column: Some(self.cursor), style: self.style });
    }

    fn restore(&mut self) {
        if let Some(Saved { column, style }) = self.saved {
            self.style = style;
            if let Some(column) = column {
                self.go(column);
            }
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

    fn esc_dispatch(&mut self, intermediates: &[u8], ignore: bool, byte: u8) {
        self.silent = 0;
        match byte {
            b'7' if intermediates.is_empty() && !ignore => self.save(),
            b'8' if intermediates.is_empty() && !ignore => self.restore(),
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
            (b'K' | b'J', 0) => self.row.cut(self.cursor),
            (b'K', 1) => self.row.blank(0..self.cursor + 1),
            (b'K', 2) => self.row.cut(0),
            (b'C' | b'a', by) => self.go(self.cursor + by.max(1)),
            (b'D', by) => self.cursor = self.cursor.saturating_sub(by.max(1)),
            (b'G' | b'`', column) => self.go(column.max(1) - 1),
            (b'P', columns) => self.row.delete(self.cursor, columns.max(1)),
            (b'@', columns) => self.insert(columns.max(1)),
            (b'X', columns) => self.row.blank(self.cursor..self.cursor + columns.max(1)),
            (b's', 0) => self.save(),
            (b'u', 0) => self.restore(),
            _ => {}
        }
    }

    fn osc_dispatch(&mut self, _params: &[&[u8]], _bell_terminated: bool) {
        self.silent = 0;
    }
}

#[cfg(test)]
mod tests;
