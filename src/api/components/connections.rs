//! Tests of the connections of environments: whoever reads an environment sees the last one, its managers have it tested and pin
//! the keys of hosts, signed in themselves.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::environments::{key, told};
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::region;
use crate::api::release_tasks::bodies::milliseconds;
use crate::app::connection_tests::WantedPin;
use crate::app::environments::EnvironmentError;
use crate::app::reads::PinnedKey;
use crate::domain::connection_test::{ConnectionCheck, ConnectionTest, TestedTarget};
use crate::domain::ssh::HostKey;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::messages::{self, Locale};

/// The last test of a connection.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionTestBody {
    /// The version of the environment that was tested; 0 if none ever was.
    version: u32,
    /// When it was asked for, in milliseconds since 1970.
    asked_at: Option<i64>,
    /// By whom.
    asked_by: Option<String>,
    /// When it was over, in milliseconds since 1970; nothing while it goes on.
    ended_at: Option<i64>,
    /// Whether all that was looked at is well.
    is_well: bool,
    /// The server itself, then each host.
    targets: Vec<TestedTargetBody>,
}

/// The server itself, or a host.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestedTargetBody {
    /// Name of the host; nothing for the server itself.
    host: Option<String>,
    /// Where the host is found, with its port.
    address: Option<String>,
    /// Fingerprints of the keys that the host showed.
    shown: Vec<String>,
    /// Fingerprints of the keys that are pinned.
    pinned: Vec<String>,
    /// In the order in which it was looked.
    checks: Vec<ConnectionCheckBody>,
}

/// What was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionCheckBody {
    /// What.
    name: &'static str,
    /// How long it took, in milliseconds.
    took: u64,
    /// What was found.
    detail: String,
    /// Why it is not well, and what helps.
    failure: Option<String>,
}

/// Keys to be pinned, each of which its host must have shown in the last test.
#[derive(Debug, Deserialize, ToSchema)]
pub struct HostKeysRequest {
    /// For which hosts.
    hosts: Vec<HostPin>,
}

/// A host, and the keys by which it is known from now on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct HostPin {
    /// Where it is found, with its port, as the test says it.
    address: String,
    /// Fingerprints of the keys.
    fingerprints: Vec<String>,
}

fn body(test: Option<ConnectionTest>, pinned: &[PinnedKey]) -> ConnectionTestBody {
    let Some(test) = test else {
        let targets = Vec::new();
        return ConnectionTestBody {
            version: 0,
            asked_at: None,
            asked_by: None,
            ended_at: None,
            is_well: false,
            targets,
        };
    };
    ConnectionTestBody {
        version: test.version,
        asked_at: Some(milliseconds(test.asked_at)),
        asked_by: Some(test.asked_by.name().to_owned()),
        ended_at: test.ended_at.map(milliseconds),
        is_well: test.ended_at.is_some() && test.targets.iter().all(TestedTarget::is_well),
        targets: test.targets.iter().map(|found| target(found, pinned)).collect(),
    }
}

fn target(found: &TestedTarget, pinned: &[PinnedKey]) -> TestedTargetBody {
    let address = found.host.as_ref().map(crate::domain::ssh::SshHost::place);
    let own = pinned.iter().filter(|pin| Some(&pin.address) == address.as_ref());
    TestedTargetBody {
        host: found.host.as_ref().map(|host| host.name.clone()),
        shown: found.keys.iter().map(HostKey::fingerprint).collect(),
        pinned: own.map(|pin| pin.key.fingerprint()).collect(),
        checks: found.checks.iter().map(check).collect(),
        address,
    }
}

fn check(check: &ConnectionCheck) -> ConnectionCheckBody {
    ConnectionCheckBody {
        name: Locale::default().connections().step(check.step),
        took: check.took_ms,
        detail: check.detail.clone(),
        failure: check.failure.as_ref().map(|cause| messages::failure_cause(cause, Locale::default())),
    }
}

async fn shown(site: &Site, caller: &ApiCaller, path: &(String, String)) -> Result<ConnectionTestBody, HttpError> {
    let (region, id) = (region::named(site, &path.0).await?, key(&path.1)?);
    let (test, pinned) = site.app.connection_test(&caller.0, region.id, id).await?;
    Ok(body(test, &pinned))
}

/// The last test of the connection of an environment.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/environments/{environment_id}/connection-test",
    tag = "Components",
    operation_id = "showConnectionTest",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("environment_id" = String, Path, description = "Key of the environment"),
    ),
    responses(
        (status = 200, body = ConnectionTestBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn show(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<Json<ConnectionTestBody>, HttpError> {
    Ok(Json(shown(&site, &caller, &path).await?))
}

/// Has the connection of an environment tested. For managers of the team who are signed in themselves.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/cas/environments/{environment_id}/connection-test",
    tag = "Components",
    operation_id = "testConnection",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("environment_id" = String, Path, description = "Key of the environment"),
    ),
    responses(
        (status = 202, body = ConnectionTestBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn create(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, HttpError> {
    let (region, id) = (region::named(&site, &path.0).await?, key(&path.1)?);
    site.app.environment(&caller.0, region.id, id).await?;
    site.app.ask_connection_test(&caller.0, id).await.map_err(told)?;
    Ok(HttpResponse::Accepted().json(shown(&site, &caller, &path).await?))
}

/// Pins keys that hosts showed in the last test, in place of those that were pinned for them, and has the connection tested with
/// them. For managers of the team who are signed in themselves.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/cas/environments/{environment_id}/host-keys",
    tag = "Components",
    operation_id = "pinHostKeys",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("environment_id" = String, Path, description = "Key of the environment"),
    ),
    request_body = HostKeysRequest,
    responses(
        (status = 202, body = ConnectionTestBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
    )
)]
pub async fn pin(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
    sent: Json<HostKeysRequest>,
) -> Result<HttpResponse, HttpError> {
    let (region, id) = (region::named(&site, &path.0).await?, key(&path.1)?);
    site.app.environment(&caller.0, region.id, id).await?;
    let pin = |pin: HostPin| WantedPin { place: pin.address, fingerprints: pin.fingerprints };
    let pins: Vec<WantedPin> = sent.into_inner().hosts.into_iter().map(pin).collect();
    site.app.pin_host_keys(&caller.0, id, &pins).await.map_err(|error| match error {
        EnvironmentError::ChangedSince => HttpError::Conflict(Locale::default().connections().other_test().to_owned()),
        other => told(other),
    })?;
    Ok(HttpResponse::Accepted().json(shown(&site, &caller, &path).await?))
}
