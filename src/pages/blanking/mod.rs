//! Blanking of a value, for administrators: where a key that somebody typed stands, and a mark in its place.

mod handler;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules, MAX_LONG_FORM_LEN};

/// The forms that they take.
pub const FORMS: &[FormRules] =
    &[FormRules::at("/blank-value", "").up_to(MAX_LONG_FORM_LEN).giving_back(&[FieldRule::Secret("unwanted")])];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/blank-value").route(get().to(handler::new)).route(post().to(handler::create)));
}
