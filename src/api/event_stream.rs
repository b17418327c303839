//! Server-sent events: how one is written, and the answer that they are sent in.

use std::fmt::Write as _;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::Stream;
use serde::Serialize;

use crate::http::error::HttpError;

/// Their type.
pub const EVENT_STREAM: &str = "text/event-stream";
/// The header with which a client goes on behind what it has.
pub const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Says to proxies that hold back what they pass on that this is not to be held back.
const NO_BUFFERING: (&str, &str) = ("x-accel-buffering", "no");

/// What a stream begins with: how many milliseconds to wait before connecting again.
pub const BEGINNING: Bytes = Bytes::from_static(b"retry: 2000\n\n");
/// What says that the connection lives, and nothing else.
pub const HEARTBEAT: Bytes = Bytes::from_static(b": heartbeat\n\n");

/// An event as it is sent. One without an id leaves the client where it was.
pub fn event(name: &str, id: Option<&str>, data: &impl Serialize) -> Result<Bytes, HttpError> {
    let data = serde_json::to_string(data).map_err(anyhow::Error::from)?;
    let mut written = String::with_capacity(data.len() + 64);
    if let Some(id) = id {
        let _ = writeln!(written, "id: {id}");
    }
    // JSON on one line has no newline.
    let _ = write!(written, "event: {name}\ndata: {data}\n\n");
    Ok(written.into())
}

/// The answer that is sent as long as there is something to tell. Nothing around it may hold it back: it says that it is encoded
/// as it is, so that it is not compressed.
pub fn response(events: impl Stream<Item = Bytes> + 'static) -> HttpResponse {
    use futures_util::StreamExt as _;
    HttpResponse::Ok()
        .content_type(EVENT_STREAM)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header(NO_BUFFERING)
        .force_close()
        .streaming(Box::pin(events.map(Ok::<_, HttpError>)))
}

/// The id of the last event that a client has, if it goes on.
pub fn last_id(request: &HttpRequest) -> Option<&str> {
    let id = request.headers().get(LAST_EVENT_ID)?;
    // What is no text is none of our ids, and refused as such.
    Some(id.to_str().unwrap_or("?").trim()).filter(|id| !id.is_empty())
}
