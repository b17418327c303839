//! Sentences about what to think about before a draft is saved.

use super::editor::people;
use super::grammar::listed;
use super::unable::unable;
use crate::domain::catalog::CatalogObject;
use crate::domain::shell::LiteralText;
use crate::domain::warnings::{CredentialForm, ScriptOddity, Warning};
use crate::format::readable;

/// So many tasks are named whose lines ended in another way.
const MAX_STRAIGHTENED: usize = 5;

/// What is most likely not what the owner of a definition wants.
pub fn warning(warning: &Warning) -> String {
    match warning {
        Warning::Unable { task, who } => format!("{task}: {}.", unable(who)),
        Warning::NobodyCanPass { task, required, may, for_four_eyes: false } => format!(
            "{task}: {} must agree, and {} may today. Only an administrator's override would let it pass.",
            people(usize::try_from(*required).unwrap_or(usize::MAX)),
            if *may == 0 { "nobody".to_owned() } else { people(*may) },
        ),
        Warning::NobodyCanPass { task, .. } => format!(
            "{task}: whoever starts a release may not agree to it, and all who may start one are needed to agree \
             here. Only an administrator's override would let it pass."
        ),
        Warning::NearReference { task, text, meant } => {
            format!("{task}: {text} is no reference, and stays as it is; did you mean {meant}?")
        }
        Warning::NearDefault { task, text, meant } => {
            format!(
                "{task}: {text} asks for an output of that whole name, and nothing seems to write one; did you mean {meant}?"
            )
        }
        Warning::NotWritten { task, text, of, written, nearest } => {
            let written: Vec<String> = written.iter().map(|name| readable(name, 60)).collect();
            let meant = nearest.as_ref().map_or_else(|| ".".to_owned(), |name| format!("; did you mean {name}?"));
            format!(
                "{task}: {text} asks for an output that {of} does not seem to write: it writes {}{meant}",
                listed(written.iter().map(String::as_str), "and")
            )
        }
        Warning::NotReplaced { task, reference, why } => not_replaced(task, reference, *why),
        Warning::Script { task, oddity } => script_oddity(task, oddity),
        Warning::Blanked { task } => {
            format!("{task}: an administrator has blanked a value here. Put in another: as it is, it is not executed.")
        }
        Warning::Unknown { task, object, name, nearest } => {
            let lacks = match object {
                CatalogObject::Application => {
                    format!("there is no application named {name} now, and no earlier task creates it")
                }
                CatalogObject::Component => format!("there is no component {name} now, and no earlier task creates it"),
                CatalogObject::Environment => format!("the team has no environment named {name} in this region now"),
            };
            let meant = nearest.as_ref().map_or_else(|| ".".to_owned(), |name| format!("; did you mean {name}?"));
            format!("{task}: {lacks}{meant}")
        }
        Warning::OtherRegion { task, object, name } => {
            let here = match object {
                CatalogObject::Environment => "name one of this region",
                CatalogObject::Application | CatalogObject::Component => "a release task of that region updates it",
            };
            let what = match object {
                CatalogObject::Application => "application",
                CatalogObject::Component => "component",
                CatalogObject::Environment => "environment",
            };
            format!("{task}: the {what} {name} is in another region: {here}.")
        }
        Warning::NothingIsUndone => "No task has a roll-back script: Roll Back would undo nothing.".to_owned(),
        Warning::Credential { task, form } => {
            let found = match form {
                CredentialForm::PrivateKey => "this looks like a private key",
                CredentialForm::Token => "this looks like a token or key of a service",
                CredentialForm::Named => "this looks like a password or token",
            };
            format!(
                "{task}: {found}. Everybody in the team can read it, in every version from now on. Let the script \
                 read it from a file on the server."
            )
        }
    }
}

/// That lines of the scripts of these tasks ended in another way; nothing where there are none.
pub fn straightened(tasks: &[String]) -> Option<String> {
    let named = tasks.iter().take(MAX_STRAIGHTENED).map(String::as_str);
    let more = tasks.len().saturating_sub(MAX_STRAIGHTENED);
    let of = if more > 0 {
        format!("{} and {more} more", named.collect::<Vec<_>>().join(", "))
    } else {
        listed(named, "and")
    };
    (!tasks.is_empty())
        .then(|| format!("Lines of the script of {of} ended with CR LF, as on Windows: they end with LF now."))
}

/// Where a value does not come.
fn not_replaced(task: &str, reference: &str, why: LiteralText) -> String {
    let place = match why {
        LiteralText::SingleQuotes => "stands between single quotes",
        LiteralText::Backslash => "stands behind a backslash",
        LiteralText::Dollar => "stands behind another $, and $$ is the number of the process",
        LiteralText::HereDocument => "stands in a here-document whose end word is quoted",
    };
    format!(
        "{task}: {reference} {place}: no shell replaces anything there, so it is not the value that is read. Let it stand \
         plain or in double quotes."
    )
}

/// What is odd about a script.
fn script_oddity(task: &str, oddity: &ScriptOddity) -> String {
    match oddity {
        ScriptOddity::InterpreterNotFirst { interpreter, line } => format!(
            "{task}: {interpreter} stands behind something, in line {line} of the script, and names no program there: \
             /bin/sh runs it. Only the very beginning of a script names one."
        ),
        ScriptOddity::InterpreterMistyped { line, meant } => format!(
            "{task}: the first line of the script, {line}, names no program, and /bin/sh runs it; did you mean {meant}?"
        ),
        ScriptOddity::InterpreterWithoutPath { interpreter } => format!(
            "{task}: {interpreter} does not name a whole path, such as #!/usr/bin/env bash, and will not be found."
        ),
        ScriptOddity::NothingNamed => {
            format!(
                "{task}: the script begins with #! and names no program there. Name one, as #!/bin/sh does, or leave the line out."
            )
        }
        ScriptOddity::EnvTakesOneWord { words } => format!(
            "{task}: env takes {words:?} in the first line as the name of one program, and will not find it. \
             #!/usr/bin/env -S {words} gives it several words."
        ),
        ScriptOddity::FirstLineTooLong { most } => format!(
            "{task}: the first line of the script is longer than the {most} bytes that the system reads of it, and what \
             follows them is lost."
        ),
        ScriptOddity::MacLineEnds => format!(
            "{task}: lines end with a CR alone, as on a Macintosh of long ago, and no program takes that for the end of a \
             line. Let them end with LF."
        ),
        ScriptOddity::DosLineEnds => format!(
            "{task}: lines end with CR LF, as on Windows, and the CR becomes a part of the last word of each line. Let \
             them end with LF."
        ),
    }
}
