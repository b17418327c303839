//! Execute: which tasks of which version, with which values of its variables, and then now.

use std::collections::BTreeSet;

use actix_web::web::{Bytes, Query};
use serde::Deserialize;
use url::form_urlencoded;

use super::offer::{self, OfferForm};
use super::variables::{self, TypedVariables, refusal_told};
use crate::app::{AppError, ExecuteChoice};
use crate::domain::decide::{Selection, StartChoice};
use crate::domain::definition::Definition;
use crate::domain::precondition::Expected;
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
}

/// Asks which tasks; those of the last choice are chosen.
pub async fn new(subject: Subject, asked: Query<ExecutableVersion>) -> Reply {
    let offer = subject.site.app.execution_offer(&subject.caller(), &subject.visible, asked.version).await?;
    let selection = if asked.all == Some(true) { Selection::All } else { offer.again.clone() };
    let variables = variables::fresh(&offer.version.definition, &subject.release);
    let form = OfferForm { named: asked.version, selection, variables, error: None };
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
    let choice = ExecuteChoice { version: picked.saved, start, supersedes: picked.supersedes, caused_by: None };
    match app.execute_from(&subject.caller(), subject.release.id, picked.expected, choice).await {
        Ok(number) => Ok(done(&subject, &Told::Executed(subject.release.name.clone(), number))),
        Err(AppError::Refused(refusal)) => {
            let subject = Subject::of(&subject.request).await?;
            let offer = subject.site.app.execution_offer(&subject.caller(), &subject.visible, picked.saved).await;
            let Ok(offer) = offer else { return Err(HttpError::Refused(refusal)) };
            let variables = variables::typed(&offer.version.definition, &subject.release, &picked.variables);
            let (selection, error) = (Selection::Only(picked.tasks), Some(refusal_told(&refusal)));
            let form = OfferForm { named: picked.saved, selection, variables, error };
            let view = offer::dialog(&subject, &offer, form).await?;
            dialog::show_with(refusal_status(&refusal), &subject, &view.title.clone(), view).await
        }
        Err(other) => Err(other.into()),
    }
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
