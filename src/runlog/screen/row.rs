//! The row of a terminal: its columns, and the letters in them.
//!
//! A wide letter and a tab take several columns, and what has no width of its own (an accent, a joiner) belongs to the
//! letter before it. Where a part of a wide letter is written over, the rest of it is blank.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

use crate::runlog::ansi::Style;

/// Columns between two tab stops.
const TAB: usize = 8;

/// How many bytes without a width a letter may have: those that follow stand for themselves.
const MAX_MARKS: usize = 64;

/// What every column but the first of a letter has.
const BEHIND: char = '\0';

/// How many columns a letter takes that begins at one.
pub(super) fn width_of(letter: char, column: usize) -> usize {
    match letter {
        '\t' => tab_stop(column) - column,
        ' '..='~' => 1,
        letter => letter.width().unwrap_or(1),
    }
}

/// The tab stop behind a column.
pub(super) fn tab_stop(column: usize) -> usize {
    (column / TAB + 1) * TAB
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    letter: char,
    pub(super) style: Style,
    /// What takes no column and belongs to it.
    marks: Option<Box<str>>,
}

const BLANK: Cell = Cell { letter: ' ', style: Style::PLAIN, marks: None };

impl Cell {
    /// Appends the letter with all that belongs to it.
    pub(super) fn push_to(&self, text: &mut String) {
        text.push(self.letter);
        text.push_str(self.marks.as_deref().unwrap_or_default());
    }
}

/// The columns, as far as something is in them.
#[derive(Debug, Default)]
pub(super) struct ScreenRow {
    cells: Vec<Cell>,
    /// The first that has changed since that was asked.
    changed: Option<usize>,
}

impl ScreenRow {
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.changed = None;
    }

    pub(super) fn take_change(&mut self) -> Option<usize> {
        self.changed.take()
    }

    /// Every letter from a column on.
    pub(super) fn letters(&self, from: usize) -> impl Iterator<Item = &Cell> {
        self.cells[from..].iter().filter(|cell| cell.letter != BEHIND)
    }

    /// The style of what stands before a column.
    pub(super) fn style_before(&self, column: usize) -> Style {
        column.checked_sub(1).and_then(|before| self.cells.get(before)).map_or(Style::PLAIN, |cell| cell.style)
    }

    /// Writes a letter over what is there.
    pub(super) fn put(&mut self, at: usize, letter: char, width: usize, style: Style) {
        let end = at + width;
        let cell = Cell { letter, style, marks: None };
        if self.cells.get(at) == Some(&cell) && self.span(at) == (at..end) {
            return;
        }
        self.split(at);
        self.split(end);
        if at > self.cells.len() {
            self.cells.resize(at, BLANK);
        }
        if at < self.cells.len() {
            self.change(at);
        }
        let behind = Cell { letter: BEHIND, style, marks: None };
        for (column, cell) in (at..end).zip(std::iter::once(cell).chain(std::iter::repeat(behind))) {
            match self.cells.get_mut(column) {
                Some(old) => *old = cell,
                None => self.cells.push(cell),
            }
        }
    }

    /// Adds what takes no column to the letter in one. Says whether it did.
    pub(super) fn mark(&mut self, column: usize, mark: char) -> bool {
        if column >= self.cells.len() {
            self.cells.resize(column + 1, BLANK);
        }
        let first = self.span(column).start;
        let mut marks = self.cells[first].marks.take().map(String::from).unwrap_or_default();
        let fits = marks.len() + mark.len_utf8() <= MAX_MARKS;
        if fits {
            marks.push(mark);
            self.change(first);
        }
        self.cells[first].marks = Some(marks.into_boxed_str());
        fits
    }

    /// Whether a letter and the last one are one sign to a reader.
    pub(super) fn goes_on_with(&self, letter: char) -> bool {
        // How flags pair is told by where their row begins; no sign goes on over a letter of ASCII.
        let is_ascii = |cell: &Cell| cell.letter != BEHIND && cell.letter.is_ascii();
        let from = self.cells.iter().rposition(is_ascii).unwrap_or_default();
        let mut text = String::new();
        self.letters(from).for_each(|cell| cell.push_to(&mut text));
        text.push(letter);
        let start = text.len() - letter.len_utf8();
        text.grapheme_indices(true).next_back().is_some_and(|(last, _)| last < start)
    }

    /// Takes off everything from a column on.
    pub(super) fn cut(&mut self, column: usize) {
        self.split(column);
        if column < self.cells.len() {
            self.cells.truncate(column);
            self.change(column);
        }
    }

    /// Makes columns blank, as far as they are there.
    pub(super) fn blank(&mut self, columns: Range<usize>) {
        self.split(columns.start);
        self.split(columns.end);
        let end = columns.end.min(self.cells.len());
        if columns.start < end {
            self.cells[columns.start..end].fill(BLANK);
            self.change(columns.start);
        }
    }

    /// Takes columns out, and moves what is behind them there.
    pub(super) fn delete(&mut self, from: usize, columns: usize) {
        self.split(from);
        self.split(from + columns);
        let end = self.cells.len().min(from + columns);
        if from < end {
            self.cells.drain(from..end);
            self.change(from);
        }
    }

    /// Makes blank columns, and moves what is there behind them.
    pub(super) fn insert(&mut self, at: usize, columns: usize) {
        self.split(at);
        let at = at.min(self.cells.len());
        self.cells.splice(at..at, std::iter::repeat_n(BLANK, columns));
        self.change(at);
    }

    fn change(&mut self, at: usize) {
        self.changed = Some(self.changed.map_or(at, |first| first.min(at)));
    }

    /// The columns of the letter that takes this one.
    fn span(&self, column: usize) -> Range<usize> {
        let is_behind = |cell: &&Cell| cell.letter == BEHIND;
        let before = self.cells.iter().take(column + 1).rev().take_while(is_behind).count();
        let after = self.cells.iter().skip(column + 1).take_while(is_behind).count();
        column - before..column + 1 + after
    }

    /// Makes a letter blank that begins before that column and goes on in it; at the end of the row nothing stays of it.
    fn split(&mut self, column: usize) {
        if self.cells.get(column).is_none_or(|cell| cell.letter != BEHIND) {
            return;
        }
        let span = self.span(column);
        self.change(span.start);
        if span.end == self.cells.len() {
            self.cells.truncate(column);
        }
        let end = span.end.min(self.cells.len());
        self.cells[span.start..end].fill(BLANK);
    }
}

/// Letters as text, after one of that style.
pub(super) fn text<'c>(letters: impl Iterator<Item = &'c Cell>, mut style: Style) -> String {
    let mut text = String::new();
    for letter in letters {
        if letter.style != style {
            text.push_str(&letter.style.sequence());
            style = letter.style;
        }
        letter.push_to(&mut text);
    }
    text
}
