//! Sentences of the errors of the API: to whoever writes a program, or reads what one shows.

/// 404, which is also the answer to whoever may not see it.
pub const NOT_FOUND: &str =
    "There is nothing at this address: it may be wrong, or what was here is gone, or the caller may not see it.";

/// 405.
pub const WRONG_METHOD: &str = "This address does not take that method. The header Allow names those that it takes.";

/// 401.
pub const SIGNED_OUT: &str = "This needs somebody who is signed in. Nothing was done.";

/// 403, because another site sent it.
pub const CROSS_SITE: &str = "This request came from another site. Nothing was done.";

/// 400.
pub const UNREADABLE: &str = "What was sent cannot be read: a part of it is missing or malformed. Nothing was done.";

/// 409.
pub const STALE: &str = "Somebody else was first: what was known has changed. Nothing was done. Read it again.";

/// 413.
pub const TOO_LARGE: &str = "What was sent is too large. Nothing was done.";

/// 415.
pub const UNSUPPORTED_MEDIA: &str = "What was sent is not JSON. Send it with Content-Type: application/json.";

/// 408.
pub const TOO_SLOW: &str = "What was sent did not come in time. Nothing was done.";

/// 414.
pub const ADDRESS_TOO_LONG: &str = "This address is too long.";

/// 431.
pub const HEADERS_TOO_LARGE: &str = "The headers of this request are too large.";

/// 500.
pub const BROKEN: &str =
    "Something went wrong on our side. It was written to the log of the server, with the request_id.";

/// Any other status.
pub const OTHER: &str = "The server could not do what was asked.";
