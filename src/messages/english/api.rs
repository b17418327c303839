//! Sentences of the errors of the API: to whoever writes a program, or reads what one shows.

use super::English;
use crate::messages::api::ApiSentences;

impl ApiSentences for English {
    fn not_found(&self) -> &'static str {
        "There is nothing at this address: it may be wrong, or what was here is gone, or the caller may not see it."
    }

    fn wrong_method(&self) -> &'static str {
        "This address does not take that method. The header Allow names those that it takes."
    }

    fn signed_out(&self) -> &'static str {
        "This needs somebody who is signed in. Nothing was done."
    }

    fn cross_site(&self) -> &'static str {
        "This request came from another site. Nothing was done."
    }

    fn unreadable(&self) -> &'static str {
        "What was sent cannot be read: a part of it is missing or malformed. Nothing was done."
    }

    fn stale(&self) -> &'static str {
        "Somebody else was first: what was known has changed. Nothing was done. Read it again."
    }

    fn too_large(&self) -> &'static str {
        "What was sent is too large. Nothing was done."
    }

    fn unsupported_media(&self) -> &'static str {
        "What was sent is not JSON. Send it with Content-Type: application/json."
    }

    fn too_slow(&self) -> &'static str {
        "What was sent did not come in time. Nothing was done."
    }

    fn address_too_long(&self) -> &'static str {
        "This address is too long."
    }

    fn headers_too_large(&self) -> &'static str {
        "The headers of this request are too large."
    }

    fn broken(&self) -> &'static str {
        "Something went wrong on our side. It was written to the log of the server, with the request_id."
    }

    fn other(&self) -> &'static str {
        "The server could not do what was asked."
    }
}
