//! The merge of a draft with what somebody else saved meanwhile: what both changed is shown side by side, to choose.

mod handler;
mod presenter;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::components::draft_urls::DRAFT;
use super::forms::FormRules;

/// The form that it takes. Nothing is typed there.
pub const FORMS: &[FormRules] = &[FormRules::at(DRAFT, "/merge").long()];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    let below = |rest: &str| resource(format!("{DRAFT}{rest}"));
    app.service(below("/merge").route(get().to(handler::new)).route(post().to(handler::create)));
}
