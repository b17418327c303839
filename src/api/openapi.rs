//! `GET /api/openapi.json`: the description of the API, made from the code of its operations.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::common_responses::CommonResponses;
use super::{
    activity, approvals, caller, components, deliveries, executions, named_secrets, release_tasks, secret_keys, teams,
    version,
};

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tollgate",
        description = "Release tasks of regions: make, edit and execute them, decide checkpoints, follow executions. Every time is in \
                       milliseconds since 1970, UTC."
    ),
    modifiers(&Credentials, &CommonResponses),
    security(("token" = []), ("bearer" = []), ("session" = [])),
    paths(
        version::show,
        self::show,
        caller::show,
        caller::tokens,
        release_tasks::index,
        release_tasks::create,
        release_tasks::show,
        release_tasks::update,
        release_tasks::destroy,
        release_tasks::act,
        release_tasks::activity,
        release_tasks::deleted,
        release_tasks::restore,
        release_tasks::versions,
        release_tasks::version,
        release_tasks::export,
        release_tasks::changes,
        release_tasks::dry_runs,
        release_tasks::create_dry_run,
        release_tasks::apply,
        executions::index,
        executions::show,
        executions::events,
        executions::log,
        executions::artefacts,
        executions::artefact,
        executions::search,
        executions::file,
        approvals::index,
        teams::index,
        teams::members,
        components::applications,
        components::components,
        components::show,
        components::one_application,
        components::jobs::show,
        components::search::index,
        components::search::search,
        components::writing::create_application,
        components::writing::update_application,
        components::writing::destroy_application,
        components::writing::update_component,
        components::writing::destroy_component,
        components::releasing::deploy_again,
        components::releasing::promote,
        components::environments::index,
        components::environments::show,
        components::environments::create,
        components::environments::update,
        components::environments::destroy,
        components::options::update,
        components::connections::show,
        components::connections::create,
        components::connections::pin,
        named_secrets::of_team,
        named_secrets::of_environment,
        secret_keys::index,
        deliveries::index,
        deliveries::send_again,
        deliveries::dismiss,
        deliveries::dismiss_all,
        executions::find,
        activity::overview,
        activity::index,
    ),
    components(schemas(executions::EndEvent, executions::LogEvent)),
)]
struct Description;

/// What a caller signs in with.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let token = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-Auth-Token")));
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("tollgate")));
        let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        components.add_security_scheme("token", token);
        components.add_security_scheme("session", session);
        components.add_security_scheme("bearer", bearer);
    }
}

/// Made once: it is the same as long as the program.
static WRITTEN: LazyLock<String> = LazyLock::new(|| Description::openapi().to_json().unwrap_or_default());

/// It, as JSON.
pub fn description() -> &'static str {
    &WRITTEN
}

/// The description of the API, in the form of `OpenAPI` 3.1.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "Tollgate",
    operation_id = "showDescription",
    security(()),
    responses((status = 200, body = Object))
)]
pub async fn show() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(description())
}
