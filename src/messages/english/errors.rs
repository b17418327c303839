//! Sentences of the error pages: what happened, why, and what to do.

use super::grammar::counted;
use super::{English, system};
use crate::format::readable;
use crate::messages::accounts::AccountSentences as _;
use crate::messages::errors::{ErrorSentences, ErrorWords};

/// So many characters of the name of a field are told.
const MAX_FIELD_NAME: usize = 60;

impl ErrorSentences for English {
    fn not_found(&self) -> ErrorWords {
        words(
            "This page does not exist",
            "The address may be wrong, or what was here is gone, or it belongs to a team that you are not a member of.",
        )
    }

    fn no_draft(&self) -> ErrorWords {
        words(
            "This draft is not there",
            "It was saved or discarded, perhaps in another tab, or it is somebody else's. What was saved is in the list of release \
             tasks, where Edit begins another draft.",
        )
    }

    fn no_region(&self) -> ErrorWords {
        words(
            "There is no region yet",
            "A region is a place that things are released to. On the server, `tollgate region add NAME` makes one, \
             `tollgate team add NAME --allow-scripts` a team, and `tollgate user add` its members.",
        )
    }

    fn setup_over(&self) -> ErrorWords {
        words(
            "This link is not valid any more",
            "It makes the first administrator once. While there is none, each start of the server prints a new link: use the \
             newest, or sign in.",
        )
    }

    fn setup_too_old(&self) -> ErrorWords {
        words(
            "This link is too old",
            "It makes the first administrator within an hour of the start of the server. Stop the server and start it \
             again: it prints a new link.",
        )
    }

    fn link_over(&self) -> ErrorWords {
        words(
            "This link is not valid any more",
            "It works once, and it was used, taken back or replaced by a newer one, or whoever sent it may not do so any more. \
             If you have joined already, sign in. Otherwise ask for a new link.",
        )
    }

    fn link_too_old(&self) -> ErrorWords {
        words(
            "This link is too old",
            "Nobody used it in time, and nothing was changed. Ask whoever sent it for a new one.",
        )
    }

    fn wrong_method(&self) -> ErrorWords {
        words("This address does not take that", "Open the page that the form or link was on, and use it from there.")
    }

    fn signed_out(&self) -> ErrorWords {
        words("You are signed out", "Your session is over. Sign in, then do it again: nothing was changed.")
    }

    fn signed_out_while_typing(&self) -> ErrorWords {
        words(
            "You are signed out",
            "Nothing was sent. What was typed is below: sign in (it opens on a page of its own), come back here, and send it again.",
        )
    }

    fn cross_site(&self) -> ErrorWords {
        words(
            "This request came from another site",
            "Only Tollgate's own pages can change something here. Nothing was changed. Open the page itself and do it there.",
        )
    }

    fn refused(&self, status: u16, sentence: String) -> ErrorWords {
        let title = match status {
            403 => "You may not do this",
            422 => "This cannot be done like this",
            _ => "This cannot be done now",
        };
        words(title, sentence)
    }

    fn stale(&self) -> ErrorWords {
        words(
            "Somebody else was first",
            "What you saw has changed in the meantime. Nothing was done: look at it as it is now.",
        )
    }

    fn system_words(&self, said: &str) -> String {
        system::in_words(said)
    }

    fn field_not_utf8(&self, field: &str) -> ErrorWords {
        let field = readable(field, MAX_FIELD_NAME);
        let field = self.field_label(&field).unwrap_or(&field);
        words(
            "What was sent cannot be read",
            format!(
                "The field “{field}” is not UTF-8: it looks like Latin-1 or another encoding. Nothing was done. Send it as UTF-8."
            ),
        )
    }

    fn unreadable(&self) -> ErrorWords {
        words(
            "What was sent cannot be read",
            "A part of it is missing or malformed. Go back to the page and try again.",
        )
    }

    fn unreadable_query(&self) -> ErrorWords {
        words(
            "The address cannot be read",
            "A part of it behind the ? is malformed, such as a number that is none. Open the page without that part.",
        )
    }

    fn open_without(&self) -> &'static str {
        "Open Without It"
    }

    fn no_attempt(&self, asked: u32, last: u32) -> ErrorWords {
        let there = match last {
            0 => "the task was not begun in this execution".to_owned(),
            last => format!("the task has {} in this execution", counted(last as usize, "attempt")),
        };
        words("There is no such attempt", format!("There is no attempt {asked}: {there}. Its page shows all of them."))
    }

    fn go_task(&self) -> &'static str {
        "The Task"
    }

    fn too_large(&self) -> ErrorWords {
        words(
            "What was sent is too large",
            "A form may have 16 KiB in all, one with a comment 64 KiB, the form of a task 256 KiB, one with YAML 4 MiB; a \
             script of its own may have 64 KiB. Nothing was changed. Go back in the browser, where what you typed still \
             stands, make it shorter and send it again.",
        )
    }

    fn not_a_form(&self) -> ErrorWords {
        words(
            "What was sent is not a form",
            "Tollgate takes what its own pages send. Open the page and send it from there.",
        )
    }

    fn too_many_connections(&self) -> &'static str {
        "Too many connections from your network are in use. Wait a few seconds, then try again.\n"
    }

    fn too_many_fields(&self) -> ErrorWords {
        words(
            "What was sent cannot be read",
            "It has more fields than any form of Tollgate. Go back to the page and try again.",
        )
    }

    fn too_slow(&self) -> ErrorWords {
        words("What was sent did not come in time", "Nothing was done. Go back to the page and send it again.")
    }

    fn address_too_long(&self) -> ErrorWords {
        words(
            "This address is too long",
            "No page of Tollgate has one like it. If you searched for something, make it shorter.",
        )
    }

    fn headers_too_large(&self) -> ErrorWords {
        words(
            "Your browser sent too much with its request",
            "Most likely too many cookies are kept for this site: delete them and sign in again.",
        )
    }

    fn too_many(&self, seconds: u64) -> ErrorWords {
        words("Too many tries", self.too_many_tries(seconds))
    }

    fn unreachable(&self) -> ErrorWords {
        words(
            "The database does not answer",
            "Tollgate can do nothing without it, and nothing was done. What runs goes on, and Tollgate goes on by itself \
             when the database is back. Try again in a moment.",
        )
    }

    fn busy(&self) -> ErrorWords {
        words("The database has no time", "It did not answer in time, and nothing was done. Try again in a moment.")
    }

    fn full(&self) -> ErrorWords {
        words(
            "The disk of the database is full",
            "Nothing can be saved, and nothing was done. Try again when whoever runs this Tollgate has made room.",
        )
    }

    fn crowded(&self) -> ErrorWords {
        words(
            "Too many people are signing in",
            "Passwords are checked one after the other, and too many wait for it. Nothing was done. Try again in a few \
             seconds.",
        )
    }

    fn unsure(&self) -> ErrorWords {
        words(
            "It is not known whether this was done",
            "The connection to the database was lost while it was saved. It may have been done: look at it before you try \
             again. What was done already is not done a second time.",
        )
    }

    fn field_label(&self, name: &str) -> Option<&'static str> {
        match name {
            "comment" => Some("Comments"),
            "unwanted" | "secret" => Some("Value"),
            "name" => Some("Name"),
            "people" => Some("People"),
            "password" => Some("Password"),
            "current" => Some("Present password"),
            "again" => Some("Password, again"),
            "description" => Some("Description"),
            "note" => Some("Note"),
            "text" => Some("YAML"),
            "deploy" => Some("Deploy"),
            "variables" => Some("Variables"),
            "verify" => Some("Verify"),
            "remove" => Some("Remove"),
            "hosts" => Some("Hosts"),
            "user" => Some("Signs in as"),
            "key" => Some("Key"),
            "batch" => Some("Hosts at a time"),
            "max_failed" => Some("How many may fail"),
            "other_teams" => Some("Teams that may release there"),
            field => super::storage::field_label(field).or_else(|| super::task_form::field_label(field)),
        }
    }

    fn broken(&self) -> ErrorWords {
        words("Something went wrong on our side", "It was written to the log of the server. Try again in a moment.")
    }

    fn reference(&self, reference: &str) -> String {
        format!("If it happens again, tell whoever runs this Tollgate the reference {reference}.")
    }

    fn other(&self) -> ErrorWords {
        words("This did not work", "The server could not do what was asked. Go back and try again.")
    }

    fn go_home(&self) -> &'static str {
        "Region Release Tasks"
    }

    fn try_again(&self) -> &'static str {
        "Try Again"
    }

    fn look(&self) -> &'static str {
        "Look at It"
    }

    fn sign_in(&self) -> &'static str {
        "Sign In"
    }

    fn hidden_characters(&self, hidden: &[char]) -> String {
        let all = hidden.iter().map(|letter| format!("U+{:04X}", u32::from(*letter)));
        let all: Vec<String> = all.take(MAX_HIDDEN).collect();
        let more = if hidden.len() > MAX_HIDDEN { " and others" } else { "" };
        format!("Has characters that are not seen: {}{more}.", all.join(", "))
    }
}

/// So many hidden characters are named.
const MAX_HIDDEN: usize = 8;

fn words(title: &'static str, sentence: impl Into<String>) -> ErrorWords {
    ErrorWords { title, sentence: sentence.into() }
}
