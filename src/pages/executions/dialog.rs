//! Execute: which tasks of which version, with which values of its variables, and then now.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Query};
use serde::Deserialize;
use url::form_urlencoded;

use super::offer::{self, OfferForm};
use super::variables::{self, TypedVariables, refusal_told};
use crate::app::dry_runs::DryRunChoice;
use crate::app::{AppError, ExecuteChoice};
use crate::domain::decide::{Selection, StartChoice};
use crate::domain::definition::Definition;
use crate::domain::dry_run::DryRun;
use crate::domain::precondition::Expected;
use crate::domain::refusal::Refusal;
use crate::http::error::{HttpError, refusal_status};
use crate::http::response::Reply;
use crate::messages::told::Told;
use crate::pages::components::dialog;
use crate::pages::components::release_context::Subject;
use crate::pages::operations::form::done;

/// Which version is to be executed, and whether all of its tasks are offered, whatever was chosen before.
#[derive(Debug, Deserialize)]
pub struct ExecutableVersion {
    version: Option<u32>,
    all: Option<bool>,
}

/// What was sent: the boxes that are checked, and what the page showed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Picked {
    tasks: BTreeSet<String>,
    variables: TypedVariables,
    expected: Expected,
    /// The version, where one was named.
    saved: Option<u32>,
    /// The execution that the dialog said it closes.
    supersedes: Option<u32>,
    /// Whether a dry run is asked for.
    tries: bool,
}

/// Asks which tasks; those of the last choice are chosen.
pub async fn new(subject: Subject, asked: Query<ExecutableVersion>) -> Reply {
    let offer = subject.site.app.execution_offer(&subject.caller(), &subject.visible, asked.version).await?;
    let selection = if asked.all == Some(true) { Selection::All } else { offer.again.clone() };
    let variables = variables::fresh(&offer.version.definition, &subject.release);
    let form = OfferForm { named: asked.version, selection, variables, error: None, dry_run: None };
    let view = offer::dialog(&subject, &offer, form).await?;
    dialog::show(&subject, &view.title.clone(), view).await
}

/// Starts an execution. A choice that is refused comes back as it was made.
pub async fn create(subject: Subject, body: Bytes) -> Reply {
    let picked = Picked::read(&body);
    let app = &subject.site.app;
    let definition = match picked.saved {
        Some(version) if (1..subject.release.version).contains(&version) => {
            app.definition(&subject.visible, version).await?
        }
        Some(version) if version != subject.release.version => return Err(HttpError::NotFound),
        Some(_) | None => subject.release.definition.clone(),
    };
    let selection = picked.selection(&definition);
    let start = StartChoice { selection, variables: picked.variables.values().clone() };
    if picked.tries {
        return dry_run(subject, picked, start).await;
    }
    let choice = ExecuteChoice { version: picked.saved, start, supersedes: picked.supersedes, caused_by: None };
    match app.execute_from(&subject.caller(), subject.release.id, picked.expected, choice).await {
        Ok(number) => Ok(done(&subject, &Told::Executed(subject.release.name.clone(), number))),
        Err(AppError::Refused(refusal)) => come_back(subject, picked, Back::Refused(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// Looks what the choice would do, and gives the dialog back with it and with all that was typed.
async fn dry_run(subject: Subject, picked: Picked, start: StartChoice) -> Reply {
    let choice = DryRunChoice::Start { version: picked.saved, start };
    match subject.site.app.dry_run(&subject.caller(), &subject.visible, choice).await {
        Ok(found) => come_back(subject, picked, Back::Tried(found)).await,
        Err(AppError::Refused(refusal)) => come_back(subject, picked, Back::Refused(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// Why the dialog comes back.
enum Back {
    /// What was sent was refused.
    Refused(Refusal),
    /// It was asked what it would do.
    Tried(DryRun),
}

async fn come_back(subject: Subject, picked: Picked, why: Back) -> Reply {
    let subject = Subject::of(&subject.request).await?;
    let offer = subject.site.app.execution_offer(&subject.caller(), &subject.visible, picked.saved).await;
    let (status, error, dry_run, offer) = match (why, offer) {
        (Back::Refused(refusal), Ok(offer)) => (refusal_status(&refusal), Some(refusal_told(&refusal)), None, offer),
        (Back::Refused(refusal), Err(_)) => return Err(HttpError::Refused(refusal)),
        (Back::Tried(found), Ok(offer)) => (StatusCode::OK, None, Some(found), offer),
        (Back::Tried(_), Err(other)) => return Err(other.into()),
    };
    let variables = variables::typed(&offer.version.definition, &subject.release, &picked.variables);
    let form = OfferForm { named: picked.saved, selection: Selection::Only(picked.tasks), variables, error, dry_run };
    let view = offer::dialog(&subject, &offer, form).await?;
    dialog::show_with(status, &subject, &view.title.clone(), view).await
}

impl Picked {
    fn read(body: &[u8]) -> Self {
        let mut picked = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "task" => {
                    picked.tasks.insert(value.into_owned());
                }
                "execution" => picked.expected.execution = value.parse().ok(),
                "version" => picked.expected.version = value.parse().ok(),
                "saved" => picked.saved = value.parse().ok(),
                "supersedes" => picked.supersedes = value.parse().ok(),
                "do" => picked.tries = value == "try",
                field => picked.variables.take(field, &value),
            }
        }
        picked
    }

    fn selection(&self, definition: &Definition) -> Selection {
        let all = definition.tasks().all(|(_, task)| self.tasks.contains(&task.name));
        if all && self.tasks.len() == definition.tasks().count() {
            Selection::All
        } else {
            Selection::Only(self.tasks.clone())
        }
    }
}
