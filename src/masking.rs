//! Masks: secrets in what work writes are replaced before any of it is kept, in each form in which they usually come: as they are, line by
//! line, in base64, in an address, and quoted.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What stands in the place of a secret.
pub const MASK: &str = "***";

/// What is shorter is not looked for: it would be found everywhere.
const MIN_LEN: usize = 8;

/// So many characters of base64 stand in a line, as the usual programs write them.
const LINE_LENS: [usize; 2] = [76, 64];

/// What a few secrets look like, to be found in texts.
#[derive(Clone)]
pub struct Mask {
    forms: Vec<Vec<u8>>,
    /// The length of the longest form.
    longest: usize,
    /// The bytes with which a form begins.
    firsts: [bool; 256],
    /// Nothing if there is nothing to mask.
    finder: Option<AhoCorasick>,
}

impl Mask {
    /// The mask of these values.
    pub fn new<'v>(values: impl IntoIterator<Item = &'v str>) -> Self {
        let mut forms: Vec<Vec<u8>> = values.into_iter().flat_map(forms).collect();
        forms.sort();
        forms.dedup();
        let longest = forms.iter().map(Vec::len).max().unwrap_or_default();
        let mut firsts = [false; 256];
        for form in &forms {
            firsts[usize::from(form[0])] = true;
        }
        // It fails for more than can be: a few secrets have some hundred forms.
        let finder = (!forms.is_empty()).then(|| AhoCorasick::new(&forms).expect("a few forms of a few kilobytes"));
        Self { forms, longest, firsts, finder }
    }

    /// Whether there is nothing to mask.
    pub fn is_empty(&self) -> bool {
        self.finder.is_none()
    }

    /// Whether a secret is in a text.
    pub fn finds(&self, text: &str) -> bool {
        self.finder.as_ref().is_some_and(|finder| finder.is_match(text))
    }

    /// The text without its secrets.
    pub fn text(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut from = 0;
        for found in self.found(text.as_bytes(), 0) {
            // A form in base64 may begin within a character of something else: that goes too.
            let (start, end) = (text.floor_char_boundary(found.start), text.ceil_char_boundary(found.end));
            masked.push_str(&text[from..start.max(from)]);
            masked.push_str(MASK);
            from = end;
        }
        masked.push_str(&text[from..]);
        masked
    }

    /// The last of these places at which bytes can be cut, so that each part is masked as the whole is; 0 if there is none.
    pub fn last_cut(&self, bytes: &[u8], is_place: impl Fn(usize) -> bool) -> usize {
        let found = self.found(bytes, 0);
        let is_apart = |at: &usize| !found.iter().any(|secret| secret.start < *at && *at < secret.end);
        (1..=self.unsettled(bytes)).rev().filter(|at| is_place(*at)).find(is_apart).unwrap_or_default()
    }

    /// Where secrets stand, those that overlap as one. The first `covered` bytes are known to belong to one.
    fn found(&self, bytes: &[u8], covered: usize) -> Vec<Range<usize>> {
        let mut all: Vec<Range<usize>> = (covered > 0).then_some(0..covered).into_iter().collect();
        if let Some(finder) = &self.finder {
            all.extend(finder.find_overlapping_iter(bytes).map(|found| found.range()));
        }
        all.sort_by_key(|found| found.start);
        let mut joined: Vec<Range<usize>> = Vec::with_capacity(all.len());
        for found in all {
            match joined.last_mut() {
                Some(last) if found.start < last.end => last.end = last.end.max(found.end),
                _ => joined.push(found),
            }
        }
        joined
    }

    /// Where the first form may begin that is not whole yet: at the end, if none does.
    fn unsettled(&self, bytes: &[u8]) -> usize {
        let first = bytes.len().saturating_sub(self.longest.saturating_sub(1));
        let begins = |at: &usize| {
            let rest = &bytes[*at..];
            self.firsts[usize::from(rest[0])]
                && self.forms.iter().any(|form| form.len() > rest.len() && form.starts_with(rest))
        };
        (first..bytes.len()).find(begins).unwrap_or(bytes.len())
    }
}

/// Masks bytes as they come, wherever they are cut. What may be the beginning of a secret waits until that is certain.
pub struct MaskedStream {
    mask: Mask,
    waiting: Vec<u8>,
    /// How many of the waiting bytes belong to a secret for which the mask has been given.
    covered: usize,
}

impl MaskedStream {
    /// One in which these are masked.
    pub fn new(mask: Mask) -> Self {
        Self { mask, waiting: Vec::new(), covered: 0 }
    }

    /// Takes bytes, and gives those that may be kept.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        if self.mask.is_empty() {
            return bytes.to_vec();
        }
        self.waiting.extend_from_slice(bytes);
        let until = self.mask.unsettled(&self.waiting);
        self.give(until)
    }

    /// Gives the rest. What could have become a secret is masked too, unless it is hardly the beginning of one.
    pub fn finish(&mut self) -> Vec<u8> {
        if self.mask.is_empty() {
            return Vec::new();
        }
        let until = self.mask.unsettled(&self.waiting);
        let mut given = self.give(until);
        let rest = self.waiting.split_off(self.covered.min(self.waiting.len()));
        given.extend_from_slice(if rest.len() < MIN_LEN { &rest } else { MASK.as_bytes() });
        (self.waiting, self.covered) = (Vec::new(), 0);
        given
    }

    fn give(&mut self, until: usize) -> Vec<u8> {
        let mut given = Vec::with_capacity(until);
        let (mut from, mut covered) = (0, if until == 0 { self.covered } else { 0 });
        for found in self.mask.found(&self.waiting, self.covered) {
            if found.start >= until {
                break;
            }
            given.extend_from_slice(&self.waiting[from..found.start]);
            // The mask of what began before was given then.
            if !(found.start == 0 && self.covered > 0) {
                given.extend_from_slice(MASK.as_bytes());
            }
            from = found.end.min(until);
            covered = found.end.saturating_sub(until);
        }
        given.extend_from_slice(&self.waiting[from..until]);
        self.waiting.drain(..until);
        self.covered = covered;
        given
    }
}

/// Everything that a value may look like.
fn forms(value: &str) -> Vec<Vec<u8>> {
    // Whoever prints a value may leave out the end of its last line.
    let value = value.trim_end_matches(['\r', '\n']);
    if value.len() < MIN_LEN {
        return Vec::new();
    }
    let mut forms: Vec<String> = vec![value.to_owned()];
    forms.extend(value.lines().map(|line| line.trim().to_owned()));
    forms.extend([
        value.replace('\n', "\r\n"),
        value.replace('\n', "\\n"),
        json(value),
        // As a shell quotes them.
        value.replace('\'', "'\\''"),
        value.replace('\'', "'\"'\"'"),
    ]);
    for is_upper in [true, false] {
        for space in ["%20", "+"] {
            forms.push(in_address(value, is_upper, space));
        }
    }
    // A value is also encoded with the end of its line.
    for text in [value.to_owned(), format!("{value}\n")] {
        forms.extend((0..3).flat_map(|before| in_base64(text.as_bytes(), before)));
        let whole = STANDARD_NO_PAD.encode(&text);
        let lines = LINE_LENS.into_iter().filter(|length| whole.len() > *length);
        let lines = lines.flat_map(|length| whole.as_bytes().chunks(length));
        // A short last line would be found elsewhere.
        let long = lines.filter(|line| line.len() >= 2 * MIN_LEN);
        forms.extend(long.map(|line| String::from_utf8_lossy(line).into_owned()));
    }
    forms.into_iter().filter(|form| form.len() >= MIN_LEN).map(String::into_bytes).collect()
}

fn json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn in_address(value: &str, is_upper: bool, space: &str) -> String {
    let byte = |byte: u8| match byte {
        b' ' => space.to_owned(),
        byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
        byte if is_upper => format!("%{byte:02X}"),
        byte => format!("%{byte:02x}"),
    };
    value.bytes().map(byte).collect()
}

/// What base64 makes of the bytes alone, whatever stands around them, if so many bytes stand before.
fn in_base64(bytes: &[u8], before: usize) -> [String; 2] {
    let all = [&vec![0; before][..], bytes].concat();
    // Six bits are a character: those that have a bit of something else are left out.
    let (from, until) = ((before * 8).div_ceil(6), all.len() * 8 / 6);
    [STANDARD_NO_PAD.encode(&all), URL_SAFE_NO_PAD.encode(&all)].map(|text| text[from..until].to_owned())
}

#[cfg(test)]
mod tests;
