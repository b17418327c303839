//! Webhooks: what another system is sent, signed as Standard Webhooks wants it, so that it knows who says so, and when.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use serde_json::json;
use sha2::Sha256;

use super::content::{Content, timestamp};
use crate::domain::execution::Moment;
use crate::domain::ids::DeliveryId;

/// How a key begins where people copy it.
pub const KEY_PREFIX: &str = "whsec_";

/// How we name ourselves.
pub const AGENT: &str = concat!("Tollgate/", env!("CARGO_PKG_VERSION"));

/// The body.
pub fn body(content: &Content) -> String {
    let body = json!({
        "type": content.kind,
        "timestamp": timestamp(content.happened_at),
        "data": content.data,
    });
    body.to_string()
}

/// The headers, with a signature by each key; none if a key is no key.
pub fn headers(id: DeliveryId, at: Moment, body: &[u8], keys: &[&str]) -> Option<HeaderMap> {
    let (id, seconds) = (id.to_string(), at.timestamp().to_string());
    let signatures: Vec<String> = keys.iter().map(|key| signature(key, &id, &seconds, body)).collect::<Option<_>>()?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    for (name, value) in
        [("webhook-id", id), ("webhook-timestamp", seconds), ("webhook-signature", signatures.join(" "))]
    {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?);
    }
    Some(headers)
}

fn signature(key: &str, id: &str, seconds: &str, body: &[u8]) -> Option<String> {
    let key = STANDARD.decode(key.strip_prefix(KEY_PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_specification() {
        // The example of Standard Webhooks' own libraries.
        let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let (id, seconds, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        let signed = signature(key, id, seconds, body);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        assert_eq!(signature("no key", id, seconds, body), None);
    }
}
