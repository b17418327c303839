//! `GET /v3/secret-keys`: the keys that encrypt secrets, by their names, for administrators. No key and no secret is in it.

use actix_web::web::{Data, Json, ServiceConfig, get, resource};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::app::secret_keys::KeyState;
use crate::domain::secrets::KeyId;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::messages::Locale;

/// The state of the keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretKeysBody {
    /// Those in the key file of the server that answers, and those that secrets need and that it lacks.
    keys: Vec<SecretKeyItem>,
    /// Why the server that answers can keep no secret and read none, if it is so.
    problem: Option<String>,
    /// The replicas that serve.
    replicas: Vec<ReplicaKeysItem>,
}

/// A key.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretKeyItem {
    /// Its name.
    id: String,
    /// Whether it is in the key file of the server that answers.
    is_in_file: bool,
    /// Whether it encrypts new secrets.
    encrypts: bool,
    /// How many secrets are encrypted with it.
    secrets: u64,
}

/// The keys of a replica.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplicaKeysItem {
    /// The name of the replica.
    name: String,
    /// The names of its keys; none where it has not said yet which it has.
    keys: Option<Vec<String>>,
    /// Whether it lacks the key that encrypts new secrets.
    lacks_encryption_key: bool,
}

impl From<KeyState> for SecretKeysBody {
    fn from(state: KeyState) -> Self {
        let missing = state.missing();
        let has = state.has.as_deref().unwrap_or_default();
        let key = |id: &KeyId| SecretKeyItem {
            id: id.to_string(),
            is_in_file: has.contains(id),
            encrypts: state.encrypts == Some(*id),
            secrets: state.used.get(id).copied().unwrap_or_default(),
        };
        let replica = |of: &crate::app::ReplicaKeys| ReplicaKeysItem {
            name: of.name.clone(),
            keys: of.is_known.then(|| of.keys.iter().map(ToString::to_string).collect()),
            lacks_encryption_key: of.is_known && state.encrypts.is_some_and(|key| !of.keys.contains(&key)),
        };
        let said = |fault| Locale::default().secrets().secret_fault(fault);
        Self {
            keys: has.iter().chain(&missing).map(key).collect(),
            problem: state.has.as_ref().err().map(said),
            replicas: state.replicas.iter().map(replica).collect(),
        }
    }
}

/// The keys that encrypt secrets. To others than administrators there are none.
#[utoipa::path(
    get,
    path = "/v3/secret-keys",
    tag = "Administration",
    operation_id = "showSecretKeys",
    responses(
        (status = 200, body = SecretKeysBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn index(site: Data<Site>, caller: ApiCaller) -> Result<Json<SecretKeysBody>, HttpError> {
    Ok(Json(site.app.key_state(&caller.0).await?.into()))
}

/// Its route.
pub fn routes(api: &mut ServiceConfig) {
    api.service(resource("/secret-keys").route(get().to(index)));
}
