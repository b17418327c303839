//! Styled text of a line, as a terminal would show it; the screen module says how.
//!
//! Each line of a log begins plain and says its style itself, so that a window of lines reads the same wherever it begins.

use anstyle::{Ansi256Color, AnsiColor, RgbColor};
use anstyle_lossy::palette::Palette;
use anstyle_parse::Params;

use super::screen::Line;

/// The sixteen colours as xterm has them.
const XTERM: Palette = Palette([
    RgbColor(0, 0, 0),
    RgbColor(205, 0, 0),
    RgbColor(0, 205, 0),
    RgbColor(205, 205, 0),
    RgbColor(0, 0, 238),
    RgbColor(205, 0, 205),
    RgbColor(0, 205, 205),
    RgbColor(229, 229, 229),
    RgbColor(127, 127, 127),
    RgbColor(255, 0, 0),
    RgbColor(0, 255, 0),
    RgbColor(255, 255, 0),
    RgbColor(92, 92, 255),
    RgbColor(255, 0, 255),
    RgbColor(0, 255, 255),
    RgbColor(255, 255, 255),
]);

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// One of the sixteen colours of a terminal.
    pub foreground: Option<u8>,
    /// One of the sixteen, behind the text.
    pub background: Option<u8>,
    faces: u8,
}

/// A way in which letters are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Heavy.
    Bold,
    /// Less visible.
    Dim,
    /// Slanted.
    Italic,
    /// With a line under it.
    Underline,
}

impl Face {
    /// Every face.
    pub const ALL: [Face; 4] = [Self::Bold, Self::Dim, Self::Italic, Self::Underline];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl Style {
    /// As letters are without any sequence.
    pub const PLAIN: Self = Self { foreground: None, background: None, faces: 0 };

    /// Whether letters are set that way.
    pub fn has(self, face: Face) -> bool {
        self.faces & face.bit() != 0
    }

    fn set(&mut self, face: Face) {
        self.faces |= face.bit();
    }

    fn clear(&mut self, face: Face) {
        self.faces &= !face.bit();
    }

    /// Changes it as a sequence says.
    pub(super) fn change(&mut self, params: &Params) {
        let mut params = params.iter();
        while let Some(param) = params.next() {
            let style = &mut *self;
            match param[0] {
                0 => *style = Style::default(),
                1 => style.set(Face::Bold),
                2 => style.set(Face::Dim),
                3 => style.set(Face::Italic),
                4 if param.get(1) == Some(&0) => style.clear(Face::Underline),
                4 | 21 => style.set(Face::Underline),
                22 => {
                    style.clear(Face::Bold);
                    style.clear(Face::Dim);
                }
                23 => style.clear(Face::Italic),
                24 => style.clear(Face::Underline),
                code @ 30..=37 => style.foreground = low(code - 30),
                38 => style.foreground = extended(param, &mut params).or(style.foreground),
                39 => style.foreground = None,
                code @ 40..=47 => style.background = low(code - 40),
                48 => style.background = extended(param, &mut params).or(style.background),
                49 => style.background = None,
                code @ 90..=97 => style.foreground = low(code - 82),
                code @ 100..=107 => style.background = low(code - 92),
                _ => {}
            }
        }
    }

    /// The sequence after which letters have this style and no other.
    pub(super) fn sequence(self) -> String {
        let mut sequence = "\x1b[0".to_owned();
        let faces = Face::ALL.into_iter().zip(["1", "2", "3", "4"]).filter(|(face, _)| self.has(*face));
        let colour = |number: Option<u8>, low: u8| Some(number? + if number? < 8 { low } else { low + 52 });
        let colours = [colour(self.foreground, 30), colour(self.background, 40)];
        let codes =
            faces.map(|(_, code)| code.to_owned()).chain(colours.into_iter().flatten().map(|it| it.to_string()));
        codes.for_each(|code| sequence.extend([";", &code]));
        sequence.push('m');
        sequence
    }
}

/// Some text of one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// How it looks.
    pub style: Style,
    /// What is read.
    pub text: String,
}

/// What a terminal would show of `line`, which begins plain. What would turn around the order of letters, so that one reads
/// what is not there, is shown as the mark for what is no text.
pub fn spans(line: &str) -> Vec<Span> {
    let mut shown = Line::new(usize::MAX);
    shown.write(line.as_bytes());
    let mut spans = shown.spans();
    for span in &mut spans {
        span.text = span.text.replace(turns_around, "\u{fffd}");
    }
    spans
}

/// The same without any style.
pub fn plain(line: &str) -> String {
    spans(line).into_iter().map(|span| span.text).collect()
}

fn turns_around(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn low(number: u16) -> Option<u8> {
    u8::try_from(number).ok()
}

/// The colour after 38 or 48: of 256, or any, as the nearest of the sixteen.
fn extended<'p>(param: &[u16], rest: &mut impl Iterator<Item = &'p [u16]>) -> Option<u8> {
    if let [_, 5, number] = *param {
        return low(number).map(of_256);
    }
    if let [_, 2, .., red, green, blue] = *param {
        return Some(nearest([low(red)?, low(green)?, low(blue)?]));
    }
    let mut next = || rest.next().and_then(|param| low(param[0]));
    match next()? {
        5 => next().map(of_256),
        2 => Some(nearest([next()?, next()?, next()?])),
        _ => None,
    }
}

fn of_256(number: u8) -> u8 {
    index(anstyle_lossy::xterm_to_ansi(Ansi256Color(number), XTERM))
}

fn nearest([red, green, blue]: [u8; 3]) -> u8 {
    index(anstyle_lossy::rgb_to_ansi(RgbColor(red, green, blue), XTERM))
}

fn index(colour: AnsiColor) -> u8 {
    Ansi256Color::from_ansi(colour).index()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Style {
        spans(line).pop().unwrap().style
    }

    #[test]
    fn colours_and_faces_make_spans() {
        let line = spans("a\x1b[1;31mb\x1b[22;4mc\x1b[0md");
        let texts: Vec<_> = line.iter().map(|span| span.text.as_str()).collect();
        assert_eq!(texts, ["a", "b", "c", "d"]);
        assert_eq!(line[1].style.foreground, Some(1));
        assert!(line[1].style.has(Face::Bold) && !line[2].style.has(Face::Bold));
        assert!(line[2].style.has(Face::Underline));
        assert_eq!(line[3].style, Style::default());
    }

    #[test]
    fn every_way_to_name_a_colour_is_one_of_sixteen() {
        for (code, colour) in [
            ("92", 10),
            ("38;5;9", 9),
            ("38;5;196", 9),
            ("38;5;244", 8),
            ("38;2;250;250;250", 15),
            ("38:2::255:0:0", 9),
            ("38:5:21", 4),
            ("1;38;5;4;3", 4),
        ] {
            assert_eq!(one(&format!("\x1b[{code}mx")).foreground, Some(colour), "{code}");
        }
        assert_eq!(one("\x1b[104mx").background, Some(12));
        assert_eq!(one("\x1b[31;39mx").foreground, None);
        assert_eq!(one("\x1b[38;5mx").foreground, None, "a sequence that breaks off");
    }

    #[test]
    fn what_is_not_text_or_style_is_dropped() {
        assert_eq!(
            plain("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b\x1b]8;;\x1b\\\x1b[2J\x1b[10;10Hc\x1bP1$q\x1b\\d\x07\x00"),
            "abcd"
        );
        assert_eq!(plain("a\u{9b}31mb\u{7f}"), "a31mb");
        assert_eq!(plain("safe\u{202e}exe.txt"), "safe\u{fffd}exe.txt");
    }

    #[test]
    fn a_carriage_return_writes_over_the_line() {
        assert_eq!(plain("10%\r50%\r100%"), "100%");
        assert_eq!(plain("done\r"), "done");
        assert_eq!(plain("old\r\x1b[Knew\tone"), "new\tone");
    }

    #[test]
    fn a_style_is_what_its_sequence_says() {
        for sequence in ["\x1b[m", "\x1b[1;31m", "\x1b[2;3;4;97;104m", "\x1b[38;5;9;42m"] {
            let style = one(&format!("{sequence}x"));
            assert_eq!(one(&format!("\x1b[7;35m{}x", style.sequence())), style, "{sequence:?}");
            assert!(style.sequence().len() <= 20);
        }
    }
}
