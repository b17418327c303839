//! Several release tasks at once: those that somebody chose in the list are executed, deleted or exported, each by itself.

mod form;
mod handler;
mod presenter;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

/// Where they are.
const BULK: &str = "/regions/{region}/release-tasks/bulk";

/// The forms that they take.
pub const FORMS: &[FormRules] = &[FormRules::at(BULK, "").giving_back(&[
    FieldRule::Hidden("do"),
    FieldRule::Hidden("list"),
    FieldRule::Hidden("chosen"),
])];

/// Their routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(
        resource("/regions/{region}/release-tasks/bulk")
            .route(get().to(handler::new))
            .route(post().to(handler::create)),
    );
}
