//! One look: a request, and its answer held against what it must be.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use serde_json_path::JsonPath;

use super::CheckJob;
use crate::domain::check::{CheckFault, CheckSeen};
use crate::domain::http::HttpFailure;
use crate::domain::kinds::{CheckMethod, HttpCheck, JsonCheck, pattern};
use crate::executors::PrivateText;
use crate::masking::Mask;
use crate::outgoing::{HttpAnswer, HttpClient, HttpRequest, Redirects};

/// Bytes of a body that are looked at.
const MAX_BODY: usize = 1024 * 1024;

/// Characters of a value that are told.
const MAX_SHOWN: usize = 200;

/// Asks once.
pub(super) async fn once(client: &HttpClient, job: &CheckJob, timeout: Duration) -> CheckSeen {
    let check = &job.http;
    let headers = match headers(job) {
        Ok(headers) => headers,
        Err(failure) => return CheckSeen::NoAnswer { failure },
    };
    let request = HttpRequest {
        method: method(check.method),
        headers,
        redirects: if check.any_host { Redirects::AnyHost } else { Redirects::SameHost },
        ..HttpRequest::get(&check.url, timeout, MAX_BODY)
    };
    match client.send(&request).await {
        Ok(answer) => CheckSeen::Answer {
            status: answer.status.as_u16(),
            took_ms: milliseconds(answer.took),
            faults: masked(job, faults(check, &answer)),
        },
        Err(failure) => CheckSeen::NoAnswer { failure },
    }
}

fn method(method: CheckMethod) -> Method {
    match method {
        CheckMethod::Get => Method::GET,
        CheckMethod::Head => Method::HEAD,
        CheckMethod::Options => Method::OPTIONS,
        CheckMethod::Post => Method::POST,
    }
}

/// What a reference put into a header may be nothing that can be sent; the rules see to the rest.
fn headers(job: &CheckJob) -> Result<HeaderMap, HttpFailure> {
    let header = |(name, value, is_private): (&String, &str, bool)| {
        let sent = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
        let (known, mut value) = sent.ok_or_else(|| HttpFailure::BadHeader { name: name.clone() })?;
        value.set_sensitive(is_private);
        Ok((known, value))
    };
    let open = job.http.headers.iter().map(|(name, value)| (name, value.as_str(), false));
    let private = job.private_headers.iter().map(|(name, text)| (name, text.expose(), true));
    open.chain(private).map(header).collect()
}

/// What is told of an answer, which may repeat what it was sent, without the secrets of the request.
fn masked(job: &CheckJob, mut faults: Vec<CheckFault>) -> Vec<CheckFault> {
    let mask = Mask::new(job.secrets.iter().map(PrivateText::expose));
    for fault in &mut faults {
        if let CheckFault::Differs { found, .. } = fault {
            *found = mask.text(found).chars().take(MAX_SHOWN).collect();
        }
    }
    faults
}

/// In what an answer is not as it must be.
fn faults(check: &HttpCheck, answer: &HttpAnswer) -> Vec<CheckFault> {
    let mut faults = Vec::new();
    if !check.status.has(answer.status.as_u16()) {
        faults.push(CheckFault::Status { wanted: check.status });
    }
    let body = String::from_utf8_lossy(&answer.body);
    if let Some(text) = check.contains.as_ref().filter(|text| !body.contains(text.as_str())) {
        faults.push(CheckFault::Lacks { text: text.clone() });
    }
    let is_unlike = |text: &&String| !pattern(text).is_some_and(|pattern| pattern.is_match(&body));
    if let Some(text) = check.matches.as_ref().filter(is_unlike) {
        faults.push(CheckFault::Unlike { pattern: text.clone() });
    }
    faults.extend(check.json.as_ref().and_then(|json| json_fault(json, &answer.body)));
    if let Some(most_ms) = check.under_ms.filter(|most| milliseconds(answer.took) > *most) {
        faults.push(CheckFault::Slow { most_ms });
    }
    faults
}

fn json_fault(check: &JsonCheck, body: &[u8]) -> Option<CheckFault> {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Some(CheckFault::NoJson) };
    let path = check.path.clone();
    let found = JsonPath::parse(&check.path).ok().and_then(|path| path.query(&value).exactly_one().ok().cloned());
    let Some(found) = found else { return Some(CheckFault::NothingAt { path }) };
    let found = match found {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let wanted = check.equals.clone();
    (found != wanted).then_some(CheckFault::Differs { path, found, wanted })
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
