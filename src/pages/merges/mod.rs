//! The merge of a draft with what somebody else saved meanwhile: what both changed is shown side by side, to choose.

mod handler;
mod presenter;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::FormRules;

/// The pattern of its URL.
const MERGE: &str = "/regions/{region}/drafts/{draft}/merge";

/// The form that it takes. Nothing is typed there.
pub const FORMS: &[FormRules] = &[FormRules::at(MERGE, "").long()];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource(MERGE).route(get().to(handler::new)).route(post().to(handler::create)));
}
