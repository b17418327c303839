//! The editor: a release task that is being made or changed, as a board, as the forms of its tasks, and as text. All of it is
//! plain forms and links; script only makes it quick.

mod board;
mod command;
mod commands;
mod create;
pub mod dialog_view;
mod dialogs;
mod draft_subject;
mod handler;
mod list_link;
mod panel;
pub mod panel_view;
mod presenter;
mod problems;
mod saving;
mod sent_form;
mod task_fields;
pub mod text_view;
mod variable_form;
mod variable_list;
pub mod variables_view;
pub mod view;
mod yaml;

use actix_web::web::{PayloadConfig, ServiceConfig, get, post, resource};

use super::components::draft_urls::DRAFT;
use super::components::release_urls::RELEASE_TASK;
use super::forms::{FieldRule, FormRules};

pub use list_link::create_actions;
pub use panel::text_area;

/// The largest form of a task.
const MAX_TASK_FORM_LEN: usize = 256 * 1024;
/// The largest form with a text in YAML.
const MAX_YAML_FORM_LEN: usize = 4 * 1024 * 1024;

/// The most characters of a name in a notice: it may be whatever somebody types.
const MAX_TOLD_LEN: usize = 80;

/// The pattern of the URL of the release tasks of a region.
const RELEASE_TASKS: &str = "/regions/{region}/release-tasks";

/// The forms that it takes.
pub const FORMS: &[FormRules] = &[
    FormRules::at(RELEASE_TASKS, "/new").up_to(MAX_YAML_FORM_LEN).giving_back(&[
        FieldRule::Line("name"),
        FieldRule::Hidden("team"),
        FieldRule::Line("description"),
        FieldRule::Hidden("begin"),
        FieldRule::Hidden("original"),
        FieldRule::Lines("text"),
    ]),
    FormRules::at(DRAFT, "/commands").up_to(MAX_TASK_FORM_LEN).giving_back(COMMAND),
    FormRules::at(DRAFT, "/save").giving_back(&[
        FieldRule::Hidden("rev"),
        FieldRule::Hidden("asked"),
        FieldRule::Line("note"),
    ]),
    FormRules::at(DRAFT, "/discard").giving_back(&[FieldRule::Hidden("rev")]),
    FormRules::at(DRAFT, "/yaml")
        .up_to(MAX_YAML_FORM_LEN)
        .giving_back(&[FieldRule::Hidden("rev"), FieldRule::Lines("text")]),
    FormRules::at(DRAFT, "/yaml/discard").giving_back(&[FieldRule::Hidden("rev")]),
];

/// The fields of all commands: those of the form of a task by their keys.
const COMMAND: &[FieldRule] = &[
    FieldRule::Hidden("rev"),
    FieldRule::Hidden("open"),
    FieldRule::Hidden("do"),
    FieldRule::Hidden("to"),
    FieldRule::Hidden("kind"),
    FieldRule::Hidden("team"),
    FieldRule::Hidden("bestEffort"),
    FieldRule::Hidden("supersede"),
    FieldRule::Hidden("onFailure"),
    FieldRule::Hidden("also"),
    FieldRule::Hidden("quiet"),
    FieldRule::Line("name"),
    FieldRule::Line("description"),
    FieldRule::Lines("script"),
    FieldRule::Lines("rollback"),
    FieldRule::Line("workingFolder"),
    FieldRule::Hidden("environment.name"),
    FieldRule::Hidden("environment.value"),
    FieldRule::Line("timeout"),
    FieldRule::Line("retry.attempts"),
    FieldRule::Line("retry.delay"),
    FieldRule::Hidden("goOn"),
    FieldRule::Hidden("leaveRunning"),
    FieldRule::Line("source.git"),
    FieldRule::Line("source.ref"),
    FieldRule::Line("source.path"),
    FieldRule::Line("source.credential"),
    FieldRule::Lines("artefacts"),
    FieldRule::Line("for"),
    FieldRule::Line("until"),
    FieldRule::Line("zone"),
    FieldRule::Hidden("approvers"),
    FieldRule::Hidden("roles"),
    FieldRule::Line("required"),
    FieldRule::Hidden("starterMayApprove"),
    FieldRule::Line("deadline"),
    FieldRule::Hidden("onDeadline"),
    FieldRule::Lines("check"),
    FieldRule::Line("http.url"),
    FieldRule::Hidden("http.method"),
    FieldRule::Hidden("http.headers.name"),
    FieldRule::Hidden("http.headers.value"),
    FieldRule::Line("http.status"),
    FieldRule::Line("http.contains"),
    FieldRule::Line("http.matches"),
    FieldRule::Line("http.json.path"),
    FieldRule::Line("http.json.equals"),
    FieldRule::Line("http.under"),
    FieldRule::Hidden("http.redirects"),
    FieldRule::Line("create-application"),
    FieldRule::Line("create-component"),
    FieldRule::Line("update-component"),
    FieldRule::Line("in"),
    FieldRule::Hidden("version"),
    FieldRule::Hidden("reader-zone"),
    FieldRule::Hidden("offer-version"),
    FieldRule::Line("spec.image"),
    FieldRule::Line("spec.package"),
    FieldRule::Line("spec.ports"),
    FieldRule::Line("spec.replicas"),
    FieldRule::Hidden("spec.environment.name"),
    FieldRule::Hidden("spec.environment.value"),
    FieldRule::Hidden("spec.files.name"),
    FieldRule::Hidden("spec.files.value"),
    FieldRule::Hidden("spec.parameters.name"),
    FieldRule::Hidden("spec.parameters.value"),
    FieldRule::Line("spec.probes.readiness"),
    FieldRule::Line("spec.probes.liveness"),
    FieldRule::Line("spec.rollout.batch"),
    FieldRule::Line("spec.rollout.maxFailed"),
    FieldRule::Line("set.image"),
    FieldRule::Line("set.package"),
    FieldRule::Line("set.ports"),
    FieldRule::Line("set.replicas"),
    FieldRule::Hidden("set.environment.name"),
    FieldRule::Hidden("set.environment.value"),
    FieldRule::Hidden("set.files.name"),
    FieldRule::Hidden("set.files.value"),
    FieldRule::Hidden("set.parameters.name"),
    FieldRule::Hidden("set.parameters.value"),
    FieldRule::Line("set.probes.readiness"),
    FieldRule::Line("set.probes.liveness"),
    FieldRule::Line("set.rollout.batch"),
    FieldRule::Line("set.rollout.maxFailed"),
    FieldRule::Hidden("spec.name"),
    FieldRule::Hidden("spec.value"),
    FieldRule::Hidden("set.name"),
    FieldRule::Hidden("set.value"),
    FieldRule::Line("unset"),
    FieldRule::Hidden("ifExists"),
    FieldRule::Line("every"),
    FieldRule::Line("holds"),
    FieldRule::Line("within"),
    FieldRule::Hidden("type"),
    FieldRule::Lines("default"),
    FieldRule::Hidden("emptyDefault"),
    FieldRule::Hidden("isRequired"),
    FieldRule::Lines("choices"),
];

/// The route of Create, which comes before those of release tasks: `new` is no key of one.
pub fn create_routes(app: &mut ServiceConfig) {
    app.service(
        resource("/regions/{region}/release-tasks/new")
            .app_data(PayloadConfig::new(MAX_YAML_FORM_LEN))
            .route(get().to(create::new))
            .route(post().to(create::create)),
    );
}

/// The other routes.
pub fn routes(app: &mut ServiceConfig) {
    let below = |rest: &str| resource(format!("{RELEASE_TASK}{rest}"));
    app.service(below("/edit").route(get().to(handler::edit)));
    let below = |rest: &str| resource(format!("{DRAFT}{rest}"));
    app.service(below("").route(get().to(handler::show)))
        .service(below("/commands").app_data(PayloadConfig::new(MAX_TASK_FORM_LEN)).route(post().to(commands::create)))
        .service(below("/pick").route(get().to(dialogs::pick)))
        .service(below("/move").route(get().to(dialogs::choose_place)))
        .service(below("/rename").route(get().to(dialogs::rename)))
        .service(below("/basic-info").route(get().to(dialogs::basic_info)))
        .service(below("/save").route(get().to(saving::new)).route(post().to(saving::create)))
        .service(below("/discard").route(get().to(saving::ask_discard)).route(post().to(saving::destroy)))
        .service(
            below("/yaml")
                .app_data(PayloadConfig::new(MAX_YAML_FORM_LEN))
                .route(get().to(yaml::edit))
                .route(post().to(yaml::update)),
        )
        .service(below("/yaml/discard").route(get().to(yaml::ask_discard)).route(post().to(yaml::discard)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::form::{FieldControl, form_fields, kind_words, new_kind};

    #[test]
    fn every_field_of_every_kind_is_given_back_when_the_database_is_away() {
        let known: Vec<&str> = COMMAND.iter().map(|rule| rule.name()).collect();
        for kind in kind_words().filter_map(new_kind) {
            for field in form_fields(&kind) {
                let sent = match field.control {
                    FieldControl::Pairs | FieldControl::Texts => task_fields::pair_names(field.key).to_vec(),
                    FieldControl::Line
                    | FieldControl::Script
                    | FieldControl::Prose
                    | FieldControl::Number
                    | FieldControl::Duration
                    | FieldControl::TimeOfDay
                    | FieldControl::Zone
                    | FieldControl::Named(_)
                    | FieldControl::Version
                    | FieldControl::Flag
                    | FieldControl::Choice(_)
                    | FieldControl::Members
                    | FieldControl::Roles => vec![field.key.to_owned()],
                };
                assert!(sent.iter().all(|name| known.contains(&name.as_str())), "{sent:?}");
            }
        }
    }
}
