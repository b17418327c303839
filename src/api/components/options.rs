//! Options of environments: how many releases work there at a time, which approval they need, and which other teams release
//! there. Managers who are signed in themselves say so.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::environments::{key, shown};
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::region;
use crate::app::environment_options::OptionsError;
use crate::app::environments::EnvironmentDetail;
use crate::domain::environment::TypedOptions;
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// The approval that releases to an environment need.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApproverBody {
    /// How many must agree, at least: 1 to 50.
    required: u32,
    /// Names of people who may; each must be an approver of the team of the release task, too.
    #[serde(default)]
    approvers: Vec<String>,
    /// Roles in the team of the release task whose holders may: `approver`, `operator`, `manager`.
    #[serde(default)]
    roles: Vec<String>,
    /// Whether whoever took part in starting the release may not; `true` if nothing is said.
    #[serde(default = "yes")]
    four_eyes: bool,
}

fn yes() -> bool {
    true
}

/// How releases to an environment go.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OptionsBody {
    /// `shared`: several releases at a time. `kept`: one, also while a checkpoint of it waits. `let-go`: one, and others while a
    /// checkpoint of it waits.
    lock: String,
    /// The approval that they need; without it, none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    approval: Option<ApproverBody>,
    /// Names of the teams that may release there beside its own.
    #[serde(default)]
    teams: Vec<String>,
    /// How often they were changed. Sent along, they are refused if somebody changed them since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revision: Option<u32>,
}

impl OptionsBody {
    pub(super) fn of(found: &EnvironmentDetail) -> Self {
        let options = &found.environment.options;
        Self {
            lock: options.lock.word().to_owned(),
            approval: options.approval.as_ref().map(|rule| ApproverBody {
                required: rule.required,
                approvers: rule.users.clone(),
                roles: rule.roles.iter().map(|role| role.word().to_owned()).collect(),
                four_eyes: rule.four_eyes,
            }),
            teams: found.lent.iter().map(|team| team.name.clone()).collect(),
            revision: Some(found.environment.options_version),
        }
    }

    fn typed(&self) -> TypedOptions {
        let (lock, teams) = (self.lock.clone(), self.teams.clone());
        match &self.approval {
            None => TypedOptions { lock, teams, ..TypedOptions::default() },
            Some(approval) => TypedOptions {
                lock,
                users: approval.approvers.clone(),
                roles: approval.roles.clone(),
                required: approval.required.to_string(),
                four_eyes: approval.four_eyes,
                teams,
            },
        }
    }
}

fn told(error: OptionsError) -> HttpError {
    let words = Locale::default().components();
    match error {
        OptionsError::Invalid(faults) => {
            let problem = |fault: &crate::domain::environment::OptionFault| FieldProblem {
                field: fault.field().word().to_owned(),
                message: words.option_fault(fault),
            };
            HttpError::Invalid(faults.iter().map(problem).collect())
        }
        OptionsError::ChangedSince => HttpError::Conflict(words.options_changed_since().to_owned()),
        OptionsError::App(error) => error.into(),
    }
}

/// Sets the options of an environment, all of them. For managers of its team who are signed in themselves: a token will not do.
#[utoipa::path(
    put,
    path = "/v3/{project_id}/cas/environments/{environment_id}/options",
    tag = "Components",
    operation_id = "setEnvironmentOptions",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("environment_id" = String, Path, description = "Key of the environment"),
    ),
    request_body = OptionsBody,
    responses(
        (status = 200, body = super::environments::EnvironmentItem),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
    )
)]
pub async fn update(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
    sent: Json<OptionsBody>,
) -> Result<HttpResponse, HttpError> {
    let (region, id) = (region::named(&site, &path.0).await?, key(&path.1)?);
    let before = site.app.environment(&caller.0, region.id, id).await?.environment;
    let seen = sent.revision.unwrap_or(before.options_version);
    site.app.change_environment_options(&caller.0, id, seen, &sent.typed()).await.map_err(told)?;
    shown(&site, &caller, &path.0, id).await
}
