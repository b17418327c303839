//! Sentences of the errors of the API: to whoever writes a program, or reads what one shows.

use super::English;
use super::grammar::counted;
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

    fn key_reused(&self) -> &'static str {
        "This Idempotency-Key came with another request before. Nothing was done. Each request needs a key of its own."
    }

    fn wrong_key(&self, most: usize) -> String {
        format!("It must be 1 to {most} letters, digits and signs, without blanks.")
    }

    fn stopping(&self) -> &'static str {
        "The server is about to stop. Connect again, and go on behind the last event."
    }

    fn no_event_id(&self) -> &'static str {
        "It must be the id of an event of this stream."
    }

    fn over_limit(&self, seconds: u64) -> String {
        format!("These are too many requests. Nothing was done. Wait {seconds} s.")
    }

    fn too_many_streams(&self, most: u32) -> String {
        let open = if most == 1 { "An event stream is".to_owned() } else { format!("{most} event streams are") };
        format!("{open} open already, as many as one caller may have. End one first, or ask for the execution instead.")
    }

    fn wrong_text(&self, most: usize) -> String {
        format!("It must have 1 to {most} bytes.")
    }

    fn list_of(&self, inner: &str) -> String {
        if inner.is_empty() { "list of".to_owned() } else { format!("list of {inner}") }
    }

    fn map_of(&self, inner: &str) -> String {
        format!("{inner} by name")
    }

    fn or_null(&self, limits: &str) -> String {
        if limits.is_empty() { "or null".to_owned() } else { format!("{limits}, or null") }
    }

    fn bounds(&self, least: Option<u64>, most: Option<u64>) -> String {
        match (least, most) {
            (Some(least), Some(most)) => format!("{least} to {most}"),
            (Some(least), None) => format!("{least} or more"),
            (None, Some(most)) => format!("at most {most}"),
            (None, None) => String::new(),
        }
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

    fn invalid(&self, count: usize) -> String {
        let fields = counted(count, "field");
        format!("{fields} of what was sent will not do; problems says which and why. Nothing was done.")
    }

    fn name_taken(&self) -> &'static str {
        "The team has a release task of this name already. Choose another name."
    }

    fn no_room(&self) -> &'static str {
        "There is no room for another release task in this region. Delete one that is not used."
    }

    fn which_team(&self) -> &'static str {
        "The caller is not in exactly one team: name the team."
    }

    fn no_such_team(&self, wanted: &str) -> String {
        format!("There is no team “{wanted}”, or the caller is not in it.")
    }

    fn no_status(&self) -> &'static str {
        "That is no code of a status: 1 to 5, 7, or 10 to 14."
    }

    fn wrong_limit(&self) -> &'static str {
        "The limit is a number from 1 to 100."
    }

    fn no_topic(&self) -> &'static str {
        "That is no kind of events: executions, operations, checkpoints, tasks, release-tasks or accounts."
    }

    fn no_moment(&self) -> &'static str {
        "That is no moment in milliseconds since 1970."
    }

    fn no_cursor(&self) -> &'static str {
        "That is no cursor. Send the next_cursor of the answer before, as it is."
    }

    fn model_version(&self) -> &'static str {
        "There is only model 2."
    }

    fn config_mode(&self) -> &'static str {
        "There is only ui. Template packages are not taken."
    }

    fn fail_mode(&self) -> &'static str {
        "It is stop or continue."
    }

    fn action_needs(&self, field: &str) -> String {
        match field {
            "approval_type" => "An approval needs it: agree or refuse.".to_owned(),
            "task_name" => "It names the task that the action is about.".to_owned(),
            _ => "The action needs it.".to_owned(),
        }
    }

    fn no_such_stage(&self, stage: &str) -> String {
        format!("The release task has no phase “{stage}”.")
    }

    fn no_such_task(&self, task: &str, stage: &str) -> String {
        format!("The phase {stage} has no task “{task}”.")
    }

    fn other_place(&self, said: &str, meant: &str) -> String {
        format!("The YAML says {said}, and the request {meant}.")
    }

    fn one_release_task(&self) -> &'static str {
        "The YAML must describe exactly one release task."
    }

    fn other(&self) -> &'static str {
        "The server could not do what was asked."
    }
}
