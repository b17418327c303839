//! Execute: which tasks, with which values of the variables, and then now.

use std::collections::BTreeSet;

use actix_web::web::Bytes;
use url::form_urlencoded;

use super::variables::{self, TypedVariables, refusal_told};
use super::variables_view::VariableFields;
use super::view::{ExecuteDialog, PickGroup, PickPhase, PickTask};
use crate::app::AppError;
use crate::domain::decide::{Selection, StartChoice};
use crate::domain::definition::{Definition, Group, Phase, Task};
use crate::domain::policy;
use crate::domain::precondition::Expected;
use crate::domain::refusal::Operation;
use crate::domain::release::Release;
use crate::http::error::refusal_status;
use crate::http::response::Reply;
use crate::messages;
use crate::messages::told::Told;
use crate::pages::components::release_context::Subject;
use crate::pages::components::{Hidden, dialog, shown};
use crate::pages::operations::form::done;

/// What was sent: the boxes that are checked, and what the page showed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Picked {
    tasks: BTreeSet<String>,
    variables: TypedVariables,
    expected: Expected,
}

/// Asks which tasks; all are chosen.
pub async fn new(subject: Subject) -> Reply {
    policy::check(subject.user(), (&*subject.release).into(), Operation::Execute)?;
    let hidden = fresh(&subject.release);
    let fields = variables::fresh(&subject.release);
    dialog::show(&subject, "Execute", view(&subject, |_| true, fields, hidden, None)).await
}

/// Starts an execution. A choice that is refused comes back as it was made.
pub async fn create(subject: Subject, body: Bytes) -> Reply {
    let picked = Picked::read(&body);
    let selection = picked.selection(&subject.release.definition);
    let choice = StartChoice { selection, variables: picked.variables.values().clone() };
    let app = &subject.site.app;
    match app.execute_from(&subject.caller(), subject.release.id, picked.expected, choice).await {
        Ok(number) => Ok(done(&subject, &Told::Executed(subject.release.name.clone(), number))),
        Err(AppError::Refused(refusal)) => {
            let sentence = Some(refusal_told(&refusal));
            let chosen = |name: &str| picked.tasks.contains(name);
            let fields = variables::typed(&subject.release, &picked.variables);
            let dialog = view(&subject, chosen, fields, fresh(&subject.release), sentence);
            dialog::show_with(refusal_status(&refusal), &subject, "Execute", dialog).await
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

fn fresh(release: &Release) -> Vec<Hidden> {
    let mut hidden = shown(release.last_number());
    hidden.push(Hidden::new("version", release.version.to_string()));
    hidden
}

fn view(
    subject: &Subject,
    chosen: impl Fn(&str) -> bool,
    variables: VariableFields,
    hidden: Vec<Hidden>,
    error: Option<String>,
) -> ExecuteDialog {
    let pick = |task: &Task| PickTask {
        name: task.name.clone(),
        kind: messages::kind(&task.kind, messages::Locale::default()).to_owned(),
        chosen: chosen(&task.name),
    };
    let group = |group: &Group| PickGroup { tasks: group.tasks.iter().map(pick).collect() };
    let phase = |(index, phase): (usize, &Phase)| PickPhase {
        number: index + 1,
        name: phase.name.clone(),
        groups: phase.groups.iter().map(group).collect(),
    };
    ExecuteDialog {
        release: subject.release.name.clone(),
        version: subject.release.version,
        url: subject.urls().operation("execute"),
        hidden,
        cancel_url: subject.urls().show(),
        variables,
        phases: subject.release.definition.phases.iter().enumerate().map(phase).collect(),
        error,
    }
}
