//! Sentences of the error pages: what happened, why, and what to do.

/// What an error page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorWords {
    /// What happened.
    pub title: &'static str,
    /// Why, and what to do.
    pub sentence: String,
}

/// Sentences of the error pages.
pub trait ErrorSentences {
    /// 404, which is also the answer to whoever may not see it.
    fn not_found(&self) -> ErrorWords;

    /// 404, because the draft was saved or discarded, or is somebody else's.
    fn no_draft(&self) -> ErrorWords;

    /// 404, because nothing was set up yet.
    fn no_region(&self) -> ErrorWords;

    /// 404, because the set-up link works once.
    fn setup_over(&self) -> ErrorWords;

    /// 410, because nobody used the set-up link in time.
    fn setup_too_old(&self) -> ErrorWords;

    /// A link of an invitation, or one that sets a new password, is good for nothing any more.
    fn link_over(&self) -> ErrorWords;

    /// Nobody used it in time.
    fn link_too_old(&self) -> ErrorWords;

    /// 405.
    fn wrong_method(&self) -> ErrorWords;

    /// 401, where nobody can be sent to the sign-in page.
    fn signed_out(&self) -> ErrorWords;

    /// 403, because another site sent it.
    fn cross_site(&self) -> ErrorWords;

    /// Any refusal of the rules, by its status.
    fn refused(&self, status: u16, sentence: String) -> ErrorWords;

    /// 409, because somebody else was first.
    fn stale(&self) -> ErrorWords;

    /// What the system says of an error, in words, wherever it stands in a text.
    fn system_words(&self, said: &str) -> String;

    /// 422 of a form, because the field of that name is in another encoding.
    fn field_not_utf8(&self, field: &str) -> ErrorWords;

    /// 422, because it cannot be read.
    fn unreadable(&self) -> ErrorWords;

    /// 422 of an address.
    fn unreadable_query(&self) -> ErrorWords;

    /// On the way to the same page without what of its address cannot be read.
    fn open_without(&self) -> &'static str;

    /// 404 of an attempt, where the task has so many.
    fn no_attempt(&self, asked: u32, last: u32) -> ErrorWords;

    /// On the way to the task.
    fn go_task(&self) -> &'static str;

    /// 413.
    fn too_large(&self) -> ErrorWords;

    /// 415, because it is no form.
    fn not_a_form(&self) -> ErrorWords;

    /// 503, before anything was asked: one network has more connections than its share, and all of them are in use.
    fn too_many_connections(&self) -> &'static str;

    /// 422, because there is more of it than any form has.
    fn too_many_fields(&self) -> ErrorWords;

    /// 408.
    fn too_slow(&self) -> ErrorWords;

    /// 414.
    fn address_too_long(&self) -> ErrorWords;

    /// 431.
    fn headers_too_large(&self) -> ErrorWords;

    /// 429.
    fn too_many(&self, seconds: u64) -> ErrorWords;

    /// 503, because the database is not there: nothing was done.
    fn unreachable(&self) -> ErrorWords;

    /// 503, because the database takes too long: nothing was done.
    fn busy(&self) -> ErrorWords;

    /// 503, because there is no room: nothing was done.
    fn full(&self) -> ErrorWords;

    /// 503, because passwords are hashed a few at a time: nothing was done.
    fn crowded(&self) -> ErrorWords;

    /// 503, because the answer of the database was lost.
    fn unsure(&self) -> ErrorWords;

    /// What a field is called that is given back because what was sent could not be taken; none for what nobody types.
    fn field_label(&self, name: &str) -> Option<&'static str>;

    /// 500.
    fn broken(&self) -> ErrorWords;

    /// By what a failure is found in the log.
    fn reference(&self, reference: &str) -> String;

    /// Any other status.
    fn other(&self) -> ErrorWords;

    /// On the way back.
    fn go_home(&self) -> &'static str;

    /// On the way to the same page.
    fn try_again(&self) -> &'static str;

    /// On the way to what may have been done.
    fn look(&self) -> &'static str;

    /// On the way to sign in.
    fn sign_in(&self) -> &'static str;

    /// Nobody is signed in, and something was typed.
    fn signed_out_while_typing(&self) -> ErrorWords;

    /// Beside a field of which the value has characters that are not seen.
    fn hidden_characters(&self, hidden: &[char]) -> String;
}
