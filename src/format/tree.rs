//! YAML as a tree in which every node knows its line and every scalar keeps its letters: `1.10` stays `1.10`.
//! Tags and merge keys are gone from it. Holds hostile input small: a size, a depth, and no more nodes or text than a limit, however often an alias repeats them.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use super::fault::{FileFault, FormatFault, ValueShape};
use super::{Finding, MAX_FINDINGS, encoding, merge_keys, surrogates, tags};

/// The most bytes of a file.
pub const MAX_FILE_LEN: usize = 1024 * 1024;
const MAX_DEPTH: usize = 24;
const MAX_KEY_LEN: usize = 256;
const MAX_NODES: usize = 50_000;
const MAX_TEXT: usize = 8 * MAX_FILE_LEN;

/// A value with the line it starts in, from 1.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub line: usize,
    pub value: Value,
    /// A syntax error cut it short: what is missing in it may stand behind the error.
    pub cut: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(super) struct Scalar {
    pub text: String,
    /// Where its first line stands, if its lines are lines of the file.
    pub block: Option<usize>,
    /// Nothing, or the word `null`, without quotes.
    pub is_null: bool,
    /// Whether it is written without quotes, in its line.
    pub is_plain: bool,
}

/// One `key: value` of a mapping.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub key: String,
    pub line: usize,
    pub value: Node,
}

impl Node {
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(Scalar { is_null: true, .. }))
    }

    /// Whether there is no letter of it.
    pub(super) fn is_blank(&self) -> bool {
        matches!(&self.value, Value::Scalar(Scalar { is_null: true, text, .. }) if text.is_empty())
    }

    pub(super) fn shape(&self) -> ValueShape {
        match &self.value {
            Value::Scalar(Scalar { is_null: true, .. }) => ValueShape::Empty,
            Value::Scalar(_) => ValueShape::Single,
            Value::Sequence(_) => ValueShape::List,
            Value::Mapping(_) => ValueShape::Mapping,
        }
    }
}

/// The documents of a text, and what kept it from being YAML. After a syntax error it goes on with the next document.
pub(super) fn documents(text: &str) -> (Vec<Node>, Vec<Finding>) {
    let mut documents = Vec::new();
    let mut findings = Vec::new();
    if text.len() > MAX_FILE_LEN {
        let fault = FileFault::TooLong { most: MAX_FILE_LEN, count: text.len() };
        return (documents, vec![Finding { line: 1, at: String::new(), fault: FormatFault::File(fault) }]);
    }
    if let Some(at) = text.find('\0') {
        // The parser would take it for the end of the file.
        let line = encoding::line_at(text.as_bytes(), at);
        return (documents, vec![Finding { line, at: String::new(), fault: FormatFault::File(FileFault::ZeroByte) }]);
    }
    let hidden = surrogates::hidden(text);
    let mut rest = hidden.as_deref().unwrap_or(text);
    let mut above = 0;
    while let Some(stop) = Builder::new(above, hidden.is_some()).read(rest, &mut documents, &mut findings) {
        findings.push(Finding { line: stop.line, at: String::new(), fault: FormatFault::File(stop.fault) });
        if findings.len() > MAX_FINDINGS {
            break;
        }
        let skip = if stop.for_good { None } else { next_document(rest, stop.line - above) };
        let Some((bytes, lines)) = skip else { break };
        rest = &rest[bytes..];
        above += lines;
    }
    (documents, findings)
}

/// Where the first document starts that begins below that line: the bytes and lines before it.
fn next_document(text: &str, below: usize) -> Option<(usize, usize)> {
    let mut bytes = 0;
    for (lines, line) in text.split_inclusive('\n').enumerate() {
        if lines >= below && line.trim_end() == "---" {
            return Some((bytes, lines));
        }
        bytes += line.len();
    }
    None
}

/// The line of a syntax error, and what it is. The parser tells a tab that indents from the line above it.
fn no_yaml(text: &str, line: usize, info: &str) -> (usize, FileFault) {
    let indents_with_tab = |line: &str| line.trim_start_matches(' ').starts_with('\t') && !line.trim().is_empty();
    let near = text.lines().enumerate().skip(line.saturating_sub(1)).take(3);
    match near.map(|(index, line)| (index + 1, line)).find(|(_, line)| indents_with_tab(line)) {
        Some((line, _)) if info.contains("tab") => (line, FileFault::Tab),
        Some(_) | None => (line, FileFault::NotYaml { said: info.to_owned() }),
    }
}

/// Why reading stopped.
struct Stop {
    line: usize,
    fault: FileFault,
    /// The rest of the file is not worth reading.
    for_good: bool,
}

/// A collection that is not complete yet.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<(String, usize)>,
}

/// Makes nodes of the events of the parser.
struct Builder {
    above: usize,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
    text: usize,
    /// Private characters stand for halves of others.
    has_halves: bool,
    /// What is wrong and keeps nothing from being read, each with its line.
    wrong: Vec<(usize, FileFault)>,
}

impl Builder {
    fn new(above: usize, has_halves: bool) -> Self {
        Self { above, open: Vec::new(), anchors: BTreeMap::new(), nodes: 0, text: 0, has_halves, wrong: Vec::new() }
    }

    fn read(mut self, text: &str, documents: &mut Vec<Node>, findings: &mut Vec<Finding>) -> Option<Stop> {
        let stop = self.read_on(text, documents);
        let wrong = self.wrong.into_iter().take(MAX_FINDINGS);
        findings.extend(wrong.map(|(line, fault)| Finding {
            line,
            at: String::new(),
            fault: FormatFault::File(fault),
        }));
        stop
    }

    fn read_on(&mut self, text: &str, documents: &mut Vec<Node>) -> Option<Stop> {
        // How many lines belong to the documents before.
        let mut ended = 0;
        let mut lines = (1..).zip(encoding::lines(text)).peekable();
        let mut parser = Parser::new(StrInput::new(text));
        while let Some(event) = parser.next_event() {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    documents.extend(self.cut());
                    let (line, fault) = no_yaml(text, error.marker().line(), error.info());
                    let line = self.above + line;
                    return Some(Stop { line, fault, for_good: false });
                }
            };
            let line = self.above + span.start.line();
            match event {
                Event::DocumentStart(true) => {
                    // Each line is looked at once, however many documents there are.
                    let before = std::iter::from_fn(|| lines.next_if(|(number, _)| *number < span.start.line()));
                    let unknown = tags::unknown_directives(before.filter(|(number, _)| *number > ended));
                    self.wrong.extend(unknown.into_iter().map(|(line, fault)| (self.above + line, fault)));
                }
                Event::DocumentEnd => ended = span.end.line(),
                _ => {}
            }
            match self.take(event, line) {
                Ok(Some(document)) => documents.push(document),
                Ok(None) => {}
                Err(fault) => return Some(Stop { line, fault, for_good: true }),
            }
        }
        None
    }

    /// A document that became complete with this event.
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<Option<Node>, FileFault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let text = if self.has_halves { self.whole(&text, line) } else { text.into_owned() };
                // The parser tells where the anchor or the tag is, or else the first line that is not empty.
                let empty = text.bytes().take_while(|byte| *byte == b'\n').count();
                let first = if anchor > 0 || tag.is_some() { line + 1 } else { line.saturating_sub(empty) };
                let block = (style == ScalarStyle::Literal).then_some(first);
                let is_null = plain && tags::is_null(&text);
                let is_merge = tag.as_ref().is_some_and(|tag| tags::is_merge(tag)) && text == merge_keys::KEY;
                let mut value = Value::Scalar(Scalar { text, block, is_null, is_plain: plain });
                if !is_merge {
                    self.tagged(tag.as_deref(), &mut value, line);
                }
                let node = Node { line, value, cut: false };
                self.count(&node);
                self.complete(node, anchor)
            }
            Event::SequenceStart(anchor, tag) => self.begin(Value::Sequence(Vec::new()), anchor, line, tag.as_deref()),
            Event::MappingStart(anchor, tag) => self.begin(Value::Mapping(Vec::new()), anchor, line, tag.as_deref()),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { mut node, anchor, .. }) => {
                    self.wrong.extend(merge_keys::expand(&mut node));
                    self.complete(node, anchor)
                }
                None => Ok(None),
            },
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).ok_or(FileFault::UnknownAlias)?;
                let node = node.clone();
                self.count(&node);
                self.complete(node, 0)
            }
            Event::DocumentStart(_) | Event::DocumentEnd | Event::StreamStart | Event::StreamEnd | Event::Nothing => {
                Ok(None)
            }
        }
    }

    /// A text with whole characters.
    fn whole(&mut self, text: &str, line: usize) -> String {
        match surrogates::restored(text) {
            Ok(text) => text.into_owned(),
            Err(escape) => {
                self.wrong.push((line, FileFault::LoneSurrogate { escape }));
                text.to_owned()
            }
        }
    }

    /// Writes down what is wrong with the tag of a value.
    fn tagged(&mut self, tag: Option<&Tag>, value: &mut Value, line: usize) {
        let wrong = tag.and_then(|tag| tags::check(tag, value));
        self.wrong.extend(wrong.map(|fault| (line, fault)));
    }

    fn begin(
        &mut self,
        mut value: Value,
        anchor: usize,
        line: usize,
        tag: Option<&Tag>,
    ) -> Result<Option<Node>, FileFault> {
        self.tagged(tag, &mut value, line);
        if self.open.len() >= MAX_DEPTH {
            return Err(FileFault::TooDeep { most: MAX_DEPTH });
        }
        let node = Node { line, value, cut: false };
        self.count(&node);
        self.open.push(Open { node, anchor, key: None });
        Ok(None)
    }

    fn complete(&mut self, node: Node, anchor: usize) -> Result<Option<Node>, FileFault> {
        if self.nodes > MAX_NODES || self.text > MAX_TEXT {
            return Err(FileFault::TooManyValues);
        }
        if anchor > 0 {
            self.count(&node);
            self.anchors.insert(anchor, node.clone());
        }
        let Some(parent) = self.open.last_mut() else { return Ok(Some(node)) };
        match (&mut parent.node.value, parent.key.take()) {
            (Value::Sequence(items), _) => items.push(node),
            (Value::Mapping(entries), Some((key, line))) => entries.push(Entry { key, line, value: node }),
            (Value::Mapping(_), None) => match node.value {
                Value::Scalar(Scalar { text, .. }) if text.len() <= MAX_KEY_LEN => parent.key = Some((text, node.line)),
                Value::Scalar(_) => return Err(FileFault::KeyTooLong { most: MAX_KEY_LEN }),
                Value::Sequence(_) | Value::Mapping(_) => return Err(FileFault::KeyNotAWord),
            },
            (Value::Scalar(_), _) => {}
        }
        Ok(None)
    }

    /// Counts a node that is new: a scalar, a collection that begins, or all of what is repeated.
    fn count(&mut self, node: &Node) {
        self.nodes += 1;
        match &node.value {
            Value::Scalar(Scalar { text, .. }) => self.text += text.len(),
            Value::Sequence(items) => items.iter().for_each(|item| self.count(item)),
            Value::Mapping(entries) => entries.iter().for_each(|entry| self.count(&entry.value)),
        }
    }

    /// What was read of the document that an error cut short.
    fn cut(&mut self) -> Option<Node> {
        let mut below: Option<Node> = None;
        while let Some(Open { mut node, key, .. }) = self.open.pop() {
            node.cut = true;
            self.wrong.extend(merge_keys::expand(&mut node));
            if let Some(child) = below.take() {
                match &mut node.value {
                    Value::Sequence(items) => items.push(child),
                    Value::Mapping(entries) => {
                        entries.extend(key.map(|(key, line)| Entry { key, line, value: child }));
                    }
                    Value::Scalar(_) => {}
                }
            }
            below = Some(node);
        }
        below
    }
}
