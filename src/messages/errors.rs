//! Sentences of the error pages: what happened, why, and what to do.

/// What an error page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorWords {
    /// What happened.
    pub title: &'static str,
    /// Why, and what to do.
    pub sentence: String,
}

fn words(title: &'static str, sentence: impl Into<String>) -> ErrorWords {
    ErrorWords { title, sentence: sentence.into() }
}

/// 404, which is also the answer to whoever may not see it.
pub fn not_found() -> ErrorWords {
    words(
        "This page does not exist",
        "The address may be wrong, or what was here is gone, or it belongs to a team that you are not a member of.",
    )
}

/// 404, because nothing was set up yet.
pub fn no_region() -> ErrorWords {
    words(
        "There is no region yet",
        "A region is a place that things are released to. On the server, `tollgate region add NAME` makes one, \
         `tollgate team add NAME --allow-scripts` a team, and `tollgate user add` its members.",
    )
}

/// 404, because the set-up link works once.
pub fn setup_over() -> ErrorWords {
    words(
        "This link is not valid any more",
        "It makes the first administrator once, and each start of the server makes a new one. Use the newest link that \
         the server printed, or sign in.",
    )
}

/// 410, because nobody used the set-up link in time.
pub fn setup_too_old() -> ErrorWords {
    words(
        "This link is too old",
        "It makes the first administrator within an hour of the start of the server. Stop the server and start it \
         again: it prints a new link.",
    )
}

/// 405.
pub fn wrong_method() -> ErrorWords {
    words("This address does not take that", "Open the page that the form or link was on, and use it from there.")
}

/// 401, where nobody can be sent to the sign-in page.
pub fn signed_out() -> ErrorWords {
    words("You are signed out", "Your session is over. Sign in, then do it again: nothing was changed.")
}

/// 403, because another site sent it.
pub fn cross_site() -> ErrorWords {
    words(
        "This request came from another site",
        "Only Tollgate's own pages can change something here. Nothing was changed. Open the page itself and do it there.",
    )
}

/// Any refusal of the rules, by its status.
pub fn refused(status: u16, sentence: String) -> ErrorWords {
    let title = match status {
        403 => "You may not do this",
        422 => "This cannot be done like this",
        _ => "This cannot be done now",
    };
    words(title, sentence)
}

/// 409, because somebody else was first.
pub fn stale() -> ErrorWords {
    words(
        "Somebody else was first",
        "What you saw has changed in the meantime. Nothing was done: look at it as it is now.",
    )
}

/// 422, because it cannot be read.
pub fn unreadable() -> ErrorWords {
    words("What was sent cannot be read", "A part of it is missing or malformed. Go back to the page and try again.")
}

/// 413.
pub fn too_large() -> ErrorWords {
    words("What was sent is too large", "No form of Tollgate is that long. Make it shorter and send it again.")
}

/// 415, because it is no form.
pub fn not_a_form() -> ErrorWords {
    words(
        "What was sent is not a form",
        "Tollgate takes what its own pages send. Open the page and send it from there.",
    )
}

/// 503, before anything was asked: one network has more connections than its share, and all of them are in use.
pub const TOO_MANY_CONNECTIONS: &str =
    "Too many connections from your network are in use. Wait a few seconds, then try again.\n";

/// 422, because there is more of it than any form has.
pub fn too_many_fields() -> ErrorWords {
    words(
        "What was sent cannot be read",
        "It has more fields than any form of Tollgate. Go back to the page and try again.",
    )
}

/// 408.
pub fn too_slow() -> ErrorWords {
    words("What was sent did not come in time", "Nothing was done. Go back to the page and send it again.")
}

/// 414.
pub fn address_too_long() -> ErrorWords {
    words(
        "This address is too long",
        "No page of Tollgate has one like it. If you searched for something, make it shorter.",
    )
}

/// 431.
pub fn headers_too_large() -> ErrorWords {
    words(
        "Your browser sent too much with its request",
        "Most likely too many cookies are kept for this site: delete them and sign in again.",
    )
}

/// 429.
pub fn too_many(seconds: u64) -> ErrorWords {
    words("Too many tries", super::accounts::too_many_tries(seconds))
}

/// 503, because the database is not there: nothing was done.
pub fn unreachable() -> ErrorWords {
    words(
        "The database does not answer",
        "Tollgate can do nothing without it, and nothing was done. What runs goes on, and Tollgate goes on by itself \
         when the database is back. Try again in a moment.",
    )
}

/// 503, because the database takes too long: nothing was done.
pub fn busy() -> ErrorWords {
    words("The database has no time", "It did not answer in time, and nothing was done. Try again in a moment.")
}

/// 503, because there is no room: nothing was done.
pub fn full() -> ErrorWords {
    words(
        "The disk of the database is full",
        "Nothing can be saved, and nothing was done. Try again when whoever runs this Tollgate has made room.",
    )
}

/// 503, because passwords are hashed a few at a time: nothing was done.
pub fn crowded() -> ErrorWords {
    words(
        "Too many people are signing in",
        "Passwords are checked one after the other, and too many wait for it. Nothing was done. Try again in a few \
         seconds.",
    )
}

/// 503, because the answer of the database was lost.
pub fn unsure() -> ErrorWords {
    words(
        "It is not known whether this was done",
        "The connection to the database was lost while it was saved. It may have been done: look at it before you try \
         again. What was done already is not done a second time.",
    )
}

/// What a field is called that is given back because what was sent could not be taken; none for what nobody types.
pub fn field_label(name: &str) -> Option<&'static str> {
    match name {
        "comment" => Some("Comments"),
        "name" => Some("Name"),
        "password" => Some("Password"),
        "current" => Some("Present password"),
        "again" => Some("Password, again"),
        _ => None,
    }
}

/// 500.
pub fn broken() -> ErrorWords {
    words("Something went wrong on our side", "It was written to the log of the server. Try again in a moment.")
}

/// By what a failure is found in the log.
pub fn reference(reference: &str) -> String {
    format!("If it happens again, tell whoever runs this Tollgate the reference {reference}.")
}

/// Any other status.
pub fn other() -> ErrorWords {
    words("This did not work", "The server could not do what was asked. Go back and try again.")
}

/// On the way back.
pub const GO_HOME: &str = "Region Release Tasks";
/// On the way to the same page.
pub const TRY_AGAIN: &str = "Try Again";
/// On the way to what may have been done.
pub const LOOK: &str = "Look at It";
/// On the way to sign in.
pub const SIGN_IN: &str = "Sign In";
