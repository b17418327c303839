//! HTTP checks: a request, and what its answer must be.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json_path::JsonPath;

use super::field::{self, FieldValue, KindField};
use super::{TextUse, UsedText, is_false};
use crate::domain::validate::{FieldFault, LengthUnit, TaskPart, TaskProblems};

/// The most bytes of the URL, and of any other text of it.
const MAX_TEXT_LEN: usize = 4096;
/// The most headers.
const MAX_HEADERS: usize = 50;
/// The most bytes that a regular expression takes when it is ready to be used.
const MAX_PATTERN_SIZE: usize = 1024 * 1024;
/// How much is told of what is wrong.
const MAX_SHOWN: usize = 80;
/// The longest time that an answer may be allowed to take, in milliseconds.
const MAX_LATENCY_MS: u64 = 60_000;

/// A request, and what its answer must be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpCheck {
    /// Where: `http` or `https`.
    pub url: String,
    /// How.
    #[serde(default)]
    pub method: CheckMethod,
    /// Headers of the request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The status of the answer.
    #[serde(default)]
    pub status: StatusRange,
    /// A text that its body has in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// A regular expression that its body matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// A value that its body has, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<JsonCheck>,
    /// Milliseconds within which the whole answer must be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under_ms: Option<u64>,
    /// Answers may lead to another host.
    #[serde(default, skip_serializing_if = "is_false")]
    pub any_host: bool,
}

/// How is asked: in ways that change nothing, and POST for services that are asked so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckMethod {
    /// GET.
    #[default]
    Get,
    /// HEAD: the answer has no body.
    Head,
    /// OPTIONS.
    Options,
    /// POST, without a body.
    Post,
}

impl CheckMethod {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Get, Self::Head, Self::Options, Self::Post];

    /// As HTTP has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Post => "POST",
        }
    }
}

/// The statuses that an answer may have, both ends among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRange {
    /// The lowest.
    pub from: u16,
    /// The highest.
    pub to: u16,
}

impl Default for StatusRange {
    fn default() -> Self {
        Self { from: 200, to: 299 }
    }
}

impl StatusRange {
    /// Whether a status is one of them.
    pub fn has(self, status: u16) -> bool {
        (self.from..=self.to).contains(&status)
    }
}

/// A value in a body of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonCheck {
    /// Where it stands, as RFC 9535 has it: `$.status`.
    pub path: String,
    /// What it is: a text, or a number, `true`, `false` or `null` as JSON writes it.
    pub equals: String,
}

/// How a field of a check is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpFault {
    /// It is no address that can be asked.
    NoUrl,
    /// It is no name of a header.
    NoHeader {
        /// What it is.
        name: String,
    },
    /// It is neither a status nor a range of them.
    NoStatus,
    /// It is no regular expression, or too large a one.
    NoPattern,
    /// It is no JSON path.
    NoJsonPath {
        /// How it begins.
        path: String,
    },
    /// The answer to that method has no body to look at.
    NoBody,
    /// It is too short or too long a time for an answer.
    Latency,
    /// It is not shorter than the time within which it must have held.
    NotShorter,
}

/// The regular expression of a check, if it is one and no larger than it may be.
pub fn pattern(text: &str) -> Option<regex::Regex> {
    regex::RegexBuilder::new(text).size_limit(MAX_PATTERN_SIZE).build().ok()
}

impl HttpCheck {
    /// Makes the field of that key, below `http`, what it is in another.
    pub(super) fn take(&mut self, key: &str, of: &Self) {
        match key {
            "url" => self.url.clone_from(&of.url),
            "method" => self.method = of.method,
            "status" => self.status = of.status,
            "contains" => self.contains.clone_from(&of.contains),
            "matches" => self.matches.clone_from(&of.matches),
            "json" => self.json.clone_from(&of.json),
            "under" => self.under_ms = of.under_ms,
            "anyHost" => self.any_host = of.any_host,
            key => {
                if let Some(name) = key.strip_prefix("headers.") {
                    field::take_entry(&mut self.headers, &of.headers, name);
                }
            }
        }
    }

    /// The limits of its fields.
    pub(super) fn check(&self, problems: &mut TaskProblems<'_>) {
        check_request(self, problems);
        check_answer(self, problems);
    }

    /// Its texts in which references are replaced.
    pub(super) fn texts(&self) -> Vec<UsedText<'_>> {
        let mut texts = vec![UsedText::new("http.url", &self.url, TextUse::Value)];
        for (name, text) in &self.headers {
            texts.push(UsedText::new(format!("http.headers.{name}"), text, TextUse::PrivateValue));
        }
        texts.extend(self.contains.as_deref().map(|text| UsedText::new("http.contains", text, TextUse::Value)));
        texts.extend(self.json.as_ref().map(|json| UsedText::new("http.json.equals", &json.equals, TextUse::Value)));
        texts
    }

    /// The same texts in the same order, to be changed.
    pub(super) fn texts_mut(&mut self) -> Vec<&mut String> {
        let texts = std::iter::once(&mut self.url).chain(self.headers.values_mut()).chain(&mut self.contains);
        texts.chain(self.json.as_mut().map(|json| &mut json.equals)).collect()
    }

    /// Its fields that have a value.
    pub(super) fn fields(&self) -> Vec<KindField> {
        let Self { url, method, headers, status, contains, matches, json, under_ms, any_host } = self;
        let mut fields =
            vec![KindField::text("http.url", url), KindField::new("http.method", FieldValue::Word(method.word()))];
        fields.extend(field::of_map("http.headers", headers));
        fields.push(KindField::new("http.status", FieldValue::Statuses(*status)));
        fields.extend(contains.as_deref().map(|text| KindField::text("http.contains", text)));
        fields.extend(matches.as_deref().map(|text| KindField::text("http.matches", text)));
        fields.extend(json.clone().map(|json| KindField::new("http.json", FieldValue::Json(json))));
        fields.extend(under_ms.map(|most| KindField::new("http.under", FieldValue::Milliseconds(most))));
        fields.push(KindField::new("http.anyHost", FieldValue::Flag(*any_host)));
        fields
    }
}

fn check_request(http: &HttpCheck, problems: &mut TaskProblems<'_>) {
    let is_http = ["http://", "https://", "${"].iter().any(|begin| http.url.starts_with(begin));
    if http.url.is_empty() {
        problems.add("http.url", FieldFault::Empty);
    } else if !is_http || http.url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        problems.add("http.url", FieldFault::Http(HttpFault::NoUrl));
    }
    let texts = [
        ("http.url", Some(&http.url)),
        ("http.contains", http.contains.as_ref()),
        ("http.matches", http.matches.as_ref()),
    ];
    for (key, text) in texts.into_iter().filter_map(|(key, text)| Some((key, text?))) {
        let is_told = key == "http.url" && text.is_empty();
        if !is_told && (text.is_empty() || text.len() > MAX_TEXT_LEN) {
            problems.add(key, FieldFault::Length { least: 1, most: MAX_TEXT_LEN, unit: LengthUnit::Bytes });
        }
    }
    if http.headers.len() > MAX_HEADERS {
        problems.add("http.headers", FieldFault::TooMany { most: MAX_HEADERS, count: http.headers.len() });
    }
    for (header, value) in &http.headers {
        let path = format!("http.headers.{header}");
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if header.is_empty() || !header.chars().all(is_token) {
            problems.add_at(&path, "http.headers", FieldFault::Http(HttpFault::NoHeader { name: header.clone() }));
        }
        if value.len() > MAX_TEXT_LEN {
            let fault = FieldFault::Length { least: 0, most: MAX_TEXT_LEN, unit: LengthUnit::Bytes };
            problems.add_at(&path, TaskPart::Header(header.clone()), fault);
        }
        if value.chars().any(char::is_control) {
            problems.add_at(&path, TaskPart::Header(header.clone()), FieldFault::SeveralLines);
        }
    }
}

fn check_answer(http: &HttpCheck, problems: &mut TaskProblems<'_>) {
    let StatusRange { from, to } = http.status;
    if !(100..=599).contains(&from) || !(from..=599).contains(&to) {
        problems.add("http.status", FieldFault::Http(HttpFault::NoStatus));
    }
    if http.matches.as_deref().is_some_and(|text| !text.is_empty() && pattern(text).is_none()) {
        problems.add("http.matches", FieldFault::Http(HttpFault::NoPattern));
    }
    if let Some(JsonCheck { path, equals }) = &http.json {
        if path.len() > MAX_TEXT_LEN || JsonPath::parse(path).is_err() {
            let path = path.chars().take(MAX_SHOWN).collect();
            problems.add("http.json.path", FieldFault::Http(HttpFault::NoJsonPath { path }));
        }
        if equals.len() > MAX_TEXT_LEN {
            let fault = FieldFault::Length { least: 0, most: MAX_TEXT_LEN, unit: LengthUnit::Bytes };
            problems.add("http.json.equals", fault);
        }
    }
    if http.method == CheckMethod::Head && (http.contains.is_some() || http.matches.is_some() || http.json.is_some()) {
        problems.add("http.method", FieldFault::Http(HttpFault::NoBody));
    }
    if http.under_ms.is_some_and(|most| !(1..=MAX_LATENCY_MS).contains(&most)) {
        problems.add("http.under", FieldFault::Http(HttpFault::Latency));
    }
}
