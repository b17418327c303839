//! Release tasks as YAML: `GET …/versions/{number}/yaml`, and `POST …/yaml`, which takes one in.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::{IF_MATCH, IF_NONE_MATCH};
use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::changes::{ChangeItem, between};
use super::show::found;
use super::write::expected;
use crate::api::credentials::ApiCaller;
use crate::api::errors::{self, ErrorBody};
use crate::api::idempotency::Once;
use crate::api::region;
use crate::app::{App, AppError, Caller, ImportBase, Imported, ReleaseContent, WrittenRelease};
use crate::domain::definition::Definition;
use crate::domain::refusal::Refusal;
use crate::domain::release::ReleaseOwner;
use crate::format::{self, Document, WrittenDocument};
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// A version as text.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionText {
    /// 1, 2, 3 … in its release task.
    number: u32,
    /// The YAML, as somebody wrote it if somebody did; with the names of the team and of the region.
    yaml: String,
}

/// A version as the text that can be taken in again.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/versions/{number}/yaml",
    tag = "Release tasks",
    operation_id = "exportVersion",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("number" = u32, Path, description = "1, 2, 3 …"),
    ),
    responses(
        (status = 200, body = VersionText),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn export(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String, String)>,
) -> Result<Json<VersionText>, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let number: u32 = path.2.parse().map_err(|_| HttpError::NotFound)?;
    let release = found.release();
    if !(1..=release.version).contains(&number) {
        return Err(HttpError::NotFound);
    }
    let definition = site.app.definition(&found, number).await?;
    let text = site.app.version_text(&found, number).await?;
    let document = Document {
        name: release.name.clone(),
        description: release.description.clone(),
        team: Some(found.place().team.clone()),
        region: Some(found.place().region.clone()),
        definition: (*definition).clone(),
        straightened: Vec::new(),
    };
    let yaml = format::render_written(&[WrittenDocument::of(document, text.as_deref())]);
    Ok(Json(VersionText { number, yaml }))
}

/// A release task as text.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ApplyRequest {
    /// The YAML of one release task. Where it names a team and a region, they must be those of the request.
    yaml: String,
    /// Key or name of the team; without it, or as `0`, the one that the YAML names, or else the only team of the caller.
    enterprise_project_id: Option<String>,
    /// Whether only to say what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// What was done with it, or would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppliedBody {
    /// The key of the release task, a UUID; none of one that would be made.
    id: Option<String>,
    /// Its name.
    name: String,
    /// `created`, `updated` (a new version), `replaced` (a new version and another description), `described` (another
    /// description), or `unchanged`.
    outcome: &'static str,
    /// The number of its newest version, now or then.
    version: u32,
    /// What differs from the version before; nothing of one that is made.
    changes: Vec<ChangeItem>,
    /// What there is to think about, in sentences. It is taken in all the same.
    warnings: Vec<String>,
}

/// Takes in a release task by its name: makes it, or saves a new version of it. `If-Match` says which version must be the newest,
/// `If-None-Match: *` that there must be none.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/pipeline/yaml",
    tag = "Release tasks",
    operation_id = "applyPipeline",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that this is made from"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is no release task of that name"),
    ),
    request_body = ApplyRequest,
    responses(
        (status = 200, body = AppliedBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
        (status = 412, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn apply(
    site: Data<Site>,
    request: HttpRequest,
    (caller, once): (ApiCaller, Once),
    project: Path<String>,
    sent: Json<ApplyRequest>,
) -> Result<Json<AppliedBody>, HttpError> {
    let (region, caller) = (region::named(&site, &project).await?, &caller.0);
    let base = base(&request)?;
    let ApplyRequest { yaml, enterprise_project_id, dry_run } = sent.into_inner();
    let WrittenDocument { document, text } = only(&yaml)?;
    let told = enterprise_project_id.as_deref().filter(|team| !team.is_empty() && *team != region::DEFAULT_TEAM);
    let team = region::team(&site, caller, told.or(document.team.as_deref())).await?;
    let names = [("team", document.team.as_deref(), &team.name), ("region", document.region.as_deref(), &region.name)];
    let words = Locale::default().api();
    let problem = |(field, said, meant): &(&str, Option<&str>, &String)| {
        let said = said.filter(|said| said != meant)?;
        Some(FieldProblem { field: (*field).to_owned(), message: words.other_place(said, meant) })
    };
    let problems: Vec<_> = names.iter().filter_map(problem).collect();
    if !problems.is_empty() {
        return Err(HttpError::Invalid(problems));
    }
    let owner = ReleaseOwner { team: team.id, region: region.id };
    let Document { name, description, definition, straightened, .. } = document;
    let written = WrittenRelease { content: ReleaseContent { name, description, definition }, text };
    let (imported, before) = if dry_run {
        let tried = site.app.try_apply(caller, owner, &written.content, base).await;
        tried.map_err(|error| refused(error, base))?
    } else {
        let apply =
            async |app: &App| app.apply(caller, owner, &written, base).await.map_err(|error| refused(error, base));
        let imported: Imported = once.run(&site.app, apply).await?;
        (imported, replaced(&site.app, caller, imported).await?)
    };
    let changes = match before {
        Some(before) if imported.is_new_version() => between(before, written.content.definition.clone().into()).await?,
        Some(_) | None => Vec::new(),
    };
    let said = Locale::default().editor();
    let warnings = site.app.import_warnings(owner, &written.content).await?;
    let warnings = warnings.iter().map(|warning| said.warning(warning)).chain(said.straightened(&straightened));
    let (id, outcome, version) = match imported {
        Imported::Created(id) => ((!dry_run).then_some(id), "created", 1),
        Imported::Updated(id, version) => (Some(id), "updated", version),
        Imported::Replaced(id, version) => (Some(id), "replaced", version),
        Imported::Described(id, version) => (Some(id), "described", version),
        Imported::Unchanged(id) => (Some(id), "unchanged", site.app.release(caller, id).await?.release().version),
    };
    Ok(Json(AppliedBody {
        id: id.map(|id| id.to_string()),
        name: written.content.name,
        outcome,
        version,
        changes,
        warnings: warnings.collect(),
    }))
}

/// The definition in whose place a new one came.
async fn replaced(app: &App, caller: &Caller, imported: Imported) -> Result<Option<Arc<Definition>>, HttpError> {
    match imported {
        Imported::Updated(id, version) | Imported::Replaced(id, version) => {
            let release = app.release(caller, id).await?;
            Ok(Some(app.definition(&release, version - 1).await?))
        }
        Imported::Created(_) | Imported::Described(..) | Imported::Unchanged(_) => Ok(None),
    }
}

/// The one release task of a text.
fn only(yaml: &str) -> Result<WrittenDocument, HttpError> {
    let words = Locale::default().api();
    let mut documents = format::parse_written(yaml)
        .map_err(|findings| HttpError::Invalid(findings.iter().map(errors::problem).collect()))?;
    if let (Some(only), true) = (documents.pop(), documents.is_empty()) {
        return Ok(only);
    }
    let message = words.one_release_task().to_owned();
    Err(HttpError::Invalid(vec![FieldProblem { field: "yaml".to_owned(), message }]))
}

/// What must be there before.
fn base(request: &HttpRequest) -> Result<ImportBase, HttpError> {
    match (expected(request)?, request.headers().contains_key(IF_NONE_MATCH)) {
        (Some(version), _) => Ok(ImportBase::Version(version)),
        (None, true) if !request.headers().contains_key(IF_MATCH) => Ok(ImportBase::Nothing),
        (None, _) => Ok(ImportBase::Any),
    }
}

fn refused(error: AppError, base: ImportBase) -> HttpError {
    match (error, base) {
        (AppError::Refused(Refusal::OldPage { .. }), _)
        | (AppError::NotFound, ImportBase::Version(_))
        | (AppError::NameTaken, ImportBase::Nothing) => HttpError::PreconditionFailed,
        (other, _) => errors::told(other),
    }
}
