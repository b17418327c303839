//! The operations on a release task. GET asks first, POST does it; each is refused by the policy that offers it.

mod clone;
mod continuation;
mod deletion;
pub(super) mod form;
mod pause;
mod restoration;
mod retry;
mod roll_back;
mod skip;
mod termination;
mod undeletion;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::components::release_urls::{RELEASE_TASK, TASK_RUN};
use super::forms::{FieldRule, FormRules};

/// Which execution the page showed.
const SHOWN: &[FieldRule] = &[FieldRule::Hidden("execution")];

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at(RELEASE_TASK, "/pause").giving_back(SHOWN),
    FormRules::at(RELEASE_TASK, "/continue").giving_back(SHOWN),
    FormRules::at(RELEASE_TASK, "/retry").giving_back(SHOWN),
    FormRules::at(RELEASE_TASK, "/terminate").giving_back(SHOWN),
    FormRules::at(RELEASE_TASK, "/roll-back").giving_back(SHOWN),
    FormRules::at(RELEASE_TASK, "/clone").giving_back(&[
        FieldRule::Line("name"),
        FieldRule::Hidden("team"),
        FieldRule::Hidden("region"),
    ]),
    FormRules::at(RELEASE_TASK, "/delete").giving_back(&[FieldRule::Hidden("list")]),
    FormRules::at(RELEASE_TASK, "/undelete"),
    FormRules::at(RELEASE_TASK, "/restore").giving_back(&[FieldRule::Hidden("version"), FieldRule::Hidden("newest")]),
    FormRules::at(TASK_RUN, "/skip").long().giving_back(&[FieldRule::Lines("comment")]),
];

/// Their routes.
pub fn routes(app: &mut ServiceConfig) {
    let below = |word: &str| resource(format!("{RELEASE_TASK}/{word}"));
    app.service(below("pause").route(post().to(pause::create)))
        .service(below("continue").route(post().to(continuation::create)))
        .service(below("retry").route(post().to(retry::create)))
        .service(below("terminate").route(get().to(termination::new)).route(post().to(termination::create)))
        .service(below("roll-back").route(get().to(roll_back::new)).route(post().to(roll_back::create)))
        .service(below("clone").route(get().to(clone::new)).route(post().to(clone::create)))
        .service(below("restore").route(get().to(restoration::new)).route(post().to(restoration::create)))
        .service(below("undelete").route(get().to(undeletion::new)).route(post().to(undeletion::create)))
        .service(below("delete").route(get().to(deletion::new)).route(post().to(deletion::create)));
    let below = |rest: &str| resource(format!("{TASK_RUN}{rest}"));
    app.service(below("/skip").route(get().to(skip::new)).route(post().to(skip::create)));
}
