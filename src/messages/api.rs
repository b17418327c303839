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

    /// 422.
    fn key_reused(&self) -> &'static str;

    /// An idempotency key that is none.
    fn wrong_key(&self, most: usize) -> String;

    /// The server is about to stop, which ends what was open.
    fn stopping(&self) -> &'static str;

    /// An id of an event that is none of ours.
    fn no_event_id(&self) -> &'static str;

    /// 429.
    fn over_limit(&self, seconds: u64) -> String;

    /// 429: the caller has so many event streams open.
    fn too_many_streams(&self, most: u32) -> String;

    /// A text to look for that is none, or too long.
    fn wrong_text(&self, most: usize) -> String;

    /// In the reference: a list of such values, of bodies if nothing is said.
    fn list_of(&self, inner: &str) -> String;

    /// In the reference: values by name.
    fn map_of(&self, inner: &str) -> String;

    /// In the reference: beside its limits, a value may be null.
    fn or_null(&self, limits: &str) -> String;

    /// In the reference: the least and the most that a value, or its length, may be.
    fn bounds(&self, least: Option<u64>, most: Option<u64>) -> String;

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

    /// 400, because of so many fields.
    fn invalid(&self, count: usize) -> String;

    /// Another release task has the name.
    fn name_taken(&self) -> &'static str;

    /// The region, or the team's part of it, is full.
    fn no_room(&self) -> &'static str;

    /// The body names no team, and it is not clear which is meant.
    fn which_team(&self) -> &'static str;

    /// There is no team like that, or not for the caller.
    fn no_such_team(&self, wanted: &str) -> String;

    /// A code that is no status.
    fn no_status(&self) -> &'static str;

    /// A number of rows that is not taken.
    fn wrong_limit(&self) -> &'static str;

    /// A kind of events that there is not.
    fn no_topic(&self) -> &'static str;

    /// A moment that is none.
    fn no_moment(&self) -> &'static str;

    /// A cursor that is none of ours.
    fn no_cursor(&self) -> &'static str;

    /// A model that we have not.
    fn model_version(&self) -> &'static str;

    /// A way of configuring that we have not.
    fn config_mode(&self) -> &'static str;

    /// What becomes of other tasks when one fails.
    fn fail_mode(&self) -> &'static str;

    /// An action without what it needs.
    fn action_needs(&self, field: &str) -> String;

    /// No phase of the release task is called that.
    fn no_such_stage(&self, stage: &str) -> String;

    /// No task of that phase is called that.
    fn no_such_task(&self, task: &str, stage: &str) -> String;

    /// A text names another team or region than the request.
    fn other_place(&self, said: &str, meant: &str) -> String;

    /// A text that describes none, or several.
    fn one_release_task(&self) -> &'static str;

    /// Any other status.
    fn other(&self) -> &'static str;
}
