//! The keys of a Verify.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::catalog::NamedObject;
use crate::domain::kinds::{
    CheckMethod, HttpCheck, JsonCheck, Kind, ScriptCheck, StatusRange, VerifyCheck, VerifySpec,
};
use crate::format::duration::{self, written};
use crate::format::fault::{DurationFault, MappingName, ValueFault};
use crate::format::fields::{Fields, Reader, plain_number};
use crate::format::form::FieldControl::{Choice, Duration as Length, Flag, Line, Named, Number, Pairs, Script};
use crate::format::form::FormField;
use crate::format::render::{Writer, inline};

use super::{KindFormat, command, retry};

pub(super) const FORMAT: KindFormat = KindFormat {
    word: VerifySpec::WORD,
    keys: &["http", "script", "in", "environment", "every", "holds", "within", "retry", "goOn"],
    implied_by: Some("http"),
    guess: None,
    form: &[
        FormField::of("http.url", Line).with_references(),
        FormField::of("http.method", Choice(&["GET", "HEAD", "OPTIONS", "POST"])),
        FormField::of("http.headers", Pairs).with_references(),
        FormField::of("http.status", Line).or("200-299"),
        FormField::of("http.contains", Line).with_references(),
        FormField::of("http.matches", Line),
        FormField::of("http.json.path", Line),
        FormField::of("http.json.equals", Line).with_references(),
        FormField::of("http.under", Length),
        FormField::of("http.redirects", Choice(&[SAME_HOST, ANY_HOST])),
        FormField::of("script", Script).with_references(),
        FormField::of("in", Named(NamedObject::Environment)),
        FormField::of("environment", Pairs).with_references(),
        FormField::of("every", Length).or("5s"),
        FormField::of("holds", Length).or("0s"),
        FormField::of("within", Length).or("5m"),
        FormField::of("retry.attempts", Number).or("1"),
        FormField::of("retry.delay", Length).or("0s"),
        FormField::of("goOn", Flag),
    ],
    read: |reader, fields| Kind::Verify(verify(reader, fields)),
};

/// The keys below `http`.
const HTTP_KEYS: [&str; 9] =
    ["url", "method", "headers", "status", "contains", "matches", "json", "under", "redirects"];

/// The value of `redirects` for answers that may lead to another host, and the other one.
const ANY_HOST: &str = "any-host";
const SAME_HOST: &str = "same-host";

/// Seconds between two checks, where none are named, and in which a check must have held.
const DEFAULT_EVERY: u64 = 5;
const DEFAULT_WITHIN: u64 = 300;

fn verify(reader: &mut Reader, fields: &Fields<'_>) -> VerifySpec {
    VerifySpec {
        check: check(reader, fields),
        every: reader.duration(fields, "every").unwrap_or(DEFAULT_EVERY),
        holds: reader.duration(fields, "holds").unwrap_or_default(),
        within: reader.duration(fields, "within").unwrap_or(DEFAULT_WITHIN),
        retry: retry::read(reader, fields),
        continue_on_error: reader.flag(fields, "goOn"),
    }
}

/// A request or a script, and not both.
fn check(reader: &mut Reader, fields: &Fields<'_>) -> VerifyCheck {
    let of_script = ["script", "in", "environment"].into_iter().find(|key| fields.get(key).is_some());
    let Some(entry) = fields.get("http") else {
        if of_script.is_none() {
            reader.missing(fields, "http");
            return VerifyCheck::Http(nothing());
        }
        return VerifyCheck::Script(ScriptCheck {
            script: reader.needed_text(fields, "script").unwrap_or_else(|| ":".to_owned()),
            target: reader.text(fields, "in"),
            environment: command::environment(reader, fields),
        });
    };
    if let Some(other) = of_script {
        reader.wrong_field(fields, other, ValueFault::NotWith { other: "http" });
    }
    let http = reader.fields(&entry.value, &fields.at("http"), MappingName::Key("http"));
    VerifyCheck::Http(http.map_or_else(nothing, |http| request(reader, &http)))
}

fn request(reader: &mut Reader, http: &Fields<'_>) -> HttpCheck {
    reader.only(http, &HTTP_KEYS);
    HttpCheck {
        url: reader.needed_text(http, "url").unwrap_or_else(|| nothing().url),
        method: word(reader, http, "method", CheckMethod::ALL.map(|method| (method.word(), method))),
        headers: headers(reader, http),
        status: status(reader, http),
        contains: reader.text(http, "contains"),
        matches: reader.text(http, "matches"),
        json: json(reader, http),
        under_ms: under(reader, http),
        any_host: word(reader, http, "redirects", [(SAME_HOST, false), (ANY_HOST, true)]),
    }
}

/// A field whose value is one of these words; the first when it is absent.
fn word<T: Copy, const N: usize>(
    reader: &mut Reader,
    fields: &Fields<'_>,
    key: &str,
    words: [(&'static str, T); N],
) -> T {
    let Some(text) = reader.text(fields, key) else { return words[0].1 };
    let found = words.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let words = words.map(|(word, _)| word).to_vec();
        reader.wrong_field(fields, key, ValueFault::NoneOf { words, found: text.clone() });
    }
    found.map_or(words[0].1, |(_, value)| *value)
}

fn headers(reader: &mut Reader, http: &Fields<'_>) -> BTreeMap<String, String> {
    let Some(entry) = http.get("headers") else { return BTreeMap::new() };
    let at = http.at("headers");
    let Some(own) = reader.fields(&entry.value, &at, MappingName::Key("headers")) else { return BTreeMap::new() };
    let entries: Vec<String> = own.entries().map(|entry| entry.key.clone()).collect();
    entries.into_iter().map(|name| (name.clone(), reader.letters(&own, &name).unwrap_or_default())).collect()
}

fn status(reader: &mut Reader, http: &Fields<'_>) -> StatusRange {
    let Some(text) = reader.text(http, "status") else { return StatusRange::default() };
    let (from, to) = text.split_once('-').unwrap_or((&text, &text));
    if let (Ok(from), Ok(to)) = (plain_number(from.trim()), plain_number(to.trim())) {
        return StatusRange { from, to };
    }
    reader.wrong_field(http, "status", ValueFault::NoStatus { found: text });
    StatusRange::default()
}

fn json(reader: &mut Reader, http: &Fields<'_>) -> Option<JsonCheck> {
    let entry = http.get("json")?;
    let own = reader.fields(&entry.value, &http.at("json"), MappingName::Key("json"))?;
    reader.only(&own, &["path", "equals"]);
    let path = reader.needed_text(&own, "path");
    let equals = reader.needed_text(&own, "equals");
    Some(JsonCheck { path: path?, equals: equals? })
}

fn under(reader: &mut Reader, http: &Fields<'_>) -> Option<u64> {
    let text = reader.text(http, "under")?;
    match duration::exactly(&text).map(|time| u64::try_from(time.as_millis())) {
        Ok(Ok(time)) => Some(time),
        Ok(Err(_)) => {
            reader.wrong_field(http, "under", ValueFault::Duration(DurationFault::NotATime { found: text }));
            None
        }
        Err(fault) => {
            reader.wrong_field(http, "under", ValueFault::Duration(fault));
            None
        }
    }
}

/// Stands in for a check that is wrong.
fn nothing() -> HttpCheck {
    HttpCheck { url: "http://localhost".to_owned(), ..HttpCheck::default() }
}

pub(super) fn write(out: &mut Writer, indent: usize, verify: &VerifySpec) {
    let VerifySpec { check, every, holds, within, retry: tried, continue_on_error } = verify;
    match check {
        VerifyCheck::Http(http) => {
            out.line(indent, "http:");
            write_request(out, indent + 2, http);
        }
        VerifyCheck::Script(ScriptCheck { script, target, environment }) => {
            if let Some(target) = target {
                out.text(indent, "in", target);
            }
            command::write_environment(out, indent, environment);
            out.text(indent, "script", script);
        }
    }
    out.line(indent, &format!("every: {}", written(*every)));
    if *holds > 0 {
        out.line(indent, &format!("holds: {}", written(*holds)));
    }
    out.line(indent, &format!("within: {}", written(*within)));
    retry::write(out, indent, *tried);
    out.flag(indent, "goOn", *continue_on_error);
}

fn write_request(out: &mut Writer, indent: usize, http: &HttpCheck) {
    let HttpCheck { url, method, headers, status, contains, matches, json, under_ms, any_host } = http;
    out.text(indent, "url", url);
    if *method != CheckMethod::default() {
        out.line(indent, &format!("method: {}", method.word()));
    }
    if !headers.is_empty() {
        out.line(indent, "headers:");
        for (name, value) in headers {
            out.text(indent + 2, &inline(name), value);
        }
    }
    if *status != StatusRange::default() {
        out.line(indent, &format!("status: {}", status_words(*status)));
    }
    for (key, text) in [("contains", contains), ("matches", matches)] {
        if let Some(text) = text {
            out.text(indent, key, text);
        }
    }
    if let Some(JsonCheck { path, equals }) = json {
        out.line(indent, "json:");
        out.text(indent + 2, "path", path);
        out.text(indent + 2, "equals", equals);
    }
    if let Some(most) = under_ms {
        out.line(indent, &format!("under: {}", humantime::format_duration(Duration::from_millis(*most))));
    }
    if *any_host {
        out.line(indent, &format!("redirects: {ANY_HOST}"));
    }
}

/// The statuses as they are written: `200` or `200-299`.
fn status_words(status: StatusRange) -> String {
    if status.from == status.to { status.from.to_string() } else { format!("{}-{}", status.from, status.to) }
}
