//! Sentences of the errors of the API: to whoever writes a program, or reads what one shows.

/// Sentences of the errors of the API.
pub trait ApiSentences {
    /// 404, which is also the answer to whoever may not see it.
    fn not_found(&self) -> &'static str;

    /// 405.
    fn wrong_method(&self) -> &'static str;

    /// 401.
    fn signed_out(&self) -> &'static str;

    /// 403, because another site sent it.
    fn cross_site(&self) -> &'static str;

    /// 400.
    fn unreadable(&self) -> &'static str;

    /// 409.
    fn stale(&self) -> &'static str;

    /// 413.
    fn too_large(&self) -> &'static str;

    /// 415.
    fn unsupported_media(&self) -> &'static str;

    /// 408.
    fn too_slow(&self) -> &'static str;

    /// 414.
    fn address_too_long(&self) -> &'static str;

    /// 431.
    fn headers_too_large(&self) -> &'static str;

    /// 500.
    fn broken(&self) -> &'static str;

    /// Any other status.
    fn other(&self) -> &'static str;
}
