//! Teams and regions, for administrators: which there are, a form that makes another, and which teams may have scripts run on
//! the server.

mod regions;
mod teams;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/teams", "").giving_back(&[FieldRule::Line("name")]),
    FormRules::at("/teams/{team}/scripts", ""),
    FormRules::at("/regions", "").giving_back(&[FieldRule::Line("name")]),
];

/// Their routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/teams").route(get().to(teams::index)).route(post().to(teams::create)))
        .service(resource("/teams/{team}/scripts").route(post().to(teams::update)))
        .service(resource("/regions").route(get().to(regions::index)).route(post().to(regions::create)));
}
