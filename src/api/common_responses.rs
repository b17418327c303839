//! Responses that operations have whatever they do, added to the description of each; and what every status says.

use utoipa::Modify;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{Content, ObjectBuilder, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder};

/// Adds them.
pub struct CommonResponses;

/// What may come of any request.
const ALWAYS: [u16; 5] = [414, 429, 431, 500, 503];
/// What may come of one that changes something: it may have been sent by another site.
const OF_CHANGES: [u16; 1] = [403];
/// What may come of one with a body.
const OF_BODIES: [u16; 3] = [408, 413, 415];
/// What may come of one with a key that came with another request.
const OF_KEYS: [u16; 2] = [400, 422];

const LEFT: &str = "What is left: `r` requests now, and all of them in `t` seconds";
const POLICY: &str = "The limit: `q` requests in `w` seconds";
const AGAIN: &str = "In how many seconds to ask again";
const REPLAYED: &str = "`true` where the answer was given before, to a request under the same Idempotency-Key";
const KEY: &str = "1 to 255 characters that the caller makes up for this request: sent again under the same key within a day, \
                   it is not done again, and has the same answer";

impl Modify for CommonResponses {
    fn modify(&self, openapi: &mut OpenApi) {
        for item in openapi.paths.paths.values_mut() {
            if let Some(operation) = &mut item.get {
                complete(operation, &[]);
            }
            for operation in [&mut item.put, &mut item.delete].into_iter().flatten() {
                complete(operation, &OF_CHANGES);
            }
            if let Some(operation) = &mut item.post {
                complete(operation, &[OF_CHANGES.as_slice(), &OF_KEYS].concat());
                operation.parameters.get_or_insert_default().push(RefOr::T(key()));
                for response in operation.responses.responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
                    if let RefOr::T(response) = response.1 {
                        response.headers.insert("Idempotent-Replayed".to_owned(), RefOr::T(header(REPLAYED)));
                    }
                }
            }
        }
    }
}

fn complete(operation: &mut Operation, more: &[u16]) {
    let bodies: &[u16] = if operation.request_body.is_some() { &OF_BODIES } else { &[] };
    let responses = &mut operation.responses.responses;
    for status in [&ALWAYS, more, bodies].concat() {
        responses.entry(status.to_string()).or_insert_with(|| RefOr::T(error()));
    }
    for (status, response) in responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            said(status).clone_into(&mut response.description);
        }
        for (name, description) in [("RateLimit", LEFT), ("RateLimit-Policy", POLICY)] {
            response.headers.insert(name.to_owned(), RefOr::T(header(description)));
        }
        if matches!(status.as_str(), "429" | "503") {
            response.headers.insert("Retry-After".to_owned(), RefOr::T(header(AGAIN)));
        }
    }
}

fn error() -> Response {
    let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("ErrorBody"))));
    ResponseBuilder::new().content("application/json", content).build()
}

fn key() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(255)).build();
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(KEY))
        .schema(Some(text))
        .build()
}

fn header(description: &str) -> Header {
    let mut header = Header::new(ObjectBuilder::new().schema_type(Type::String).build());
    header.description = Some(description.to_owned());
    header
}

/// What a status says, unless an operation says more of it.
fn said(status: &str) -> &'static str {
    match status {
        "400" => "What was sent cannot be read, or will not do: `problems` has every field",
        "401" => "Nobody is signed in, or the token is no good any more",
        "403" => "The caller may not do that, or another site sent it",
        "404" => "There is nothing at this address, or the caller may not see it",
        "408" => "What was sent did not come in time",
        "409" => "The rules say no as things are, or somebody else was first",
        "412" => "Somebody else saved since",
        "413" => "What was sent is too large",
        "414" => "The address is too long",
        "415" => "What was sent is not JSON",
        "422" => "The Idempotency-Key came with another request before",
        "429" => "Too many requests: Retry-After says how long to wait",
        "431" => "The headers are too large",
        "500" => "Our fault: it is in the log of the server",
        "503" => "The database is away: Retry-After says how long to wait",
        _ => "Done",
    }
}
