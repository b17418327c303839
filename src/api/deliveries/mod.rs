//! `/v3/undelivered` with `send-again` and `dismiss`: what could not be delivered, or not yet, for administrators and for managers
//! of the team.

use actix_web::web::{Data, Json, Path, ServiceConfig, get, post, resource};
use chrono::{DateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::idempotency::Once;
use crate::api::release_tasks::bodies::milliseconds;
use crate::app::{App, Undelivered};
use crate::domain::ids::DeliveryId;
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// What could not be delivered.
#[derive(Debug, Serialize, ToSchema)]
pub struct UndeliveredBody {
    /// At most 200 that are tried again, soonest first, and then the last 200 that were given up, the last first.
    deliveries: Vec<DeliveryItem>,
}

/// Something that could not be delivered.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryItem {
    /// Its key, a UUID.
    id: String,
    /// What it tells, such as `checkpoint_waits`; or what else it is: `digest`, `trial`, `confirmation`, `token_ends`.
    event: &'static str,
    /// How: `email`, `webhook`, `slack`, `teams`.
    channel: &'static str,
    /// The name of the channel or of the person.
    recipient: String,
    /// The key of the release task that it tells of, if it tells of one.
    pipeline_id: Option<String>,
    /// Its name.
    pipeline_name: Option<String>,
    /// The number of the execution.
    number: Option<u32>,
    /// How often it was tried.
    attempts: u32,
    /// Why the last attempt failed.
    reason: Option<String>,
    /// When it was given up, in milliseconds since 1970.
    given_up_at: Option<i64>,
    /// When it is tried next, where it is, in milliseconds since 1970.
    next_try_at: Option<i64>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentAgainBody {
    /// The key of the delivery.
    id: String,
    /// Whether it is on its way again; if not, it was so already.
    sent_again: bool,
}

/// How far back everything is dismissed.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct DismissalBody {
    /// What was given up by then leaves the list, in milliseconds since 1970; without it, all.
    until: Option<i64>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DismissedBody {
    /// How many left the list.
    dismissed: u64,
}

impl From<Undelivered> for DeliveryItem {
    fn from(undelivered: Undelivered) -> Self {
        let Undelivered { delivery, line, recipient, team: _, is_removed: _ } = undelivered;
        let words = Locale::default().notices();
        Self {
            id: delivery.id.to_string(),
            event: line.as_ref().map_or_else(|| delivery.what.kind.word(), |line| line.kind.word()),
            channel: delivery.what.channel.word(),
            recipient,
            pipeline_id: line.as_ref().map(|line| line.release_id.to_string()),
            pipeline_name: line.as_ref().map(|line| line.release.clone()),
            number: line.map(|line| line.execution),
            attempts: delivery.attempts,
            reason: delivery.failure.as_ref().map(|failure| words.delivery_failure(failure)),
            given_up_at: delivery.ended_at.map(milliseconds),
            next_try_at: delivery.next_try().map(milliseconds),
        }
    }
}

/// What could not be delivered, or not yet: all of it for administrators, that of their teams for managers. To others there is no such list.
#[utoipa::path(
    get,
    path = "/v3/undelivered",
    tag = "Administration",
    operation_id = "listUndelivered",
    responses(
        (status = 200, body = UndeliveredBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn index(site: Data<Site>, caller: ApiCaller) -> Result<Json<UndeliveredBody>, HttpError> {
    let failed = site.app.undelivered(&caller.0).await?;
    Ok(Json(UndeliveredBody { deliveries: failed.into_iter().map(DeliveryItem::from).collect() }))
}

/// Has one sent again. A token needs the scope approve for it, in which the rights of managers and administrators are.
#[utoipa::path(
    post,
    path = "/v3/undelivered/{delivery_id}/send-again",
    tag = "Administration",
    operation_id = "sendAgain",
    params(("delivery_id" = String, Path, description = "Key of the delivery")),
    responses(
        (status = 200, body = SentAgainBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn send_again(
    site: Data<Site>,
    (caller, once): (ApiCaller, Once),
    id: Path<String>,
) -> Result<Json<SentAgainBody>, HttpError> {
    let id: DeliveryId = id.parse().map_err(|_| HttpError::NotFound)?;
    let again = async |app: &App| Ok(app.send_again(&caller.0, id).await?);
    let sent_again = once.run(&site.app, again).await?;
    Ok(Json(SentAgainBody { id: id.to_string(), sent_again }))
}

/// Takes one off the list. A token needs the scope approve for it.
#[utoipa::path(
    post,
    path = "/v3/undelivered/{delivery_id}/dismiss",
    tag = "Administration",
    operation_id = "dismissUndelivered",
    params(("delivery_id" = String, Path, description = "Key of the delivery")),
    responses(
        (status = 200, body = DismissedBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn dismiss(
    site: Data<Site>,
    (caller, once): (ApiCaller, Once),
    id: Path<String>,
) -> Result<Json<DismissedBody>, HttpError> {
    let id: DeliveryId = id.parse().map_err(|_| HttpError::NotFound)?;
    let does = async |app: &App| Ok(app.dismiss(&caller.0, id).await?);
    let dismissed: bool = once.run(&site.app, does).await?;
    Ok(Json(DismissedBody { dismissed: u64::from(dismissed) }))
}

/// Takes everything off the list that was given up, as far as the caller answers for it. A token needs the scope approve for it.
#[utoipa::path(
    post,
    path = "/v3/undelivered/dismiss",
    tag = "Administration",
    operation_id = "dismissAllUndelivered",
    request_body(content = Option<DismissalBody>),
    responses(
        (status = 200, body = DismissedBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn dismiss_all(
    site: Data<Site>,
    (caller, once): (ApiCaller, Once),
    sent: Option<Json<DismissalBody>>,
) -> Result<Json<DismissedBody>, HttpError> {
    let until = match sent.and_then(|sent| sent.until) {
        None => site.app.clock.now(),
        // All of that millisecond: what is listed is told without what is below it.
        Some(until) => DateTime::from_timestamp_millis(until)
            .and_then(|at| at.checked_add_signed(TimeDelta::microseconds(999)))
            .ok_or_else(|| {
                let message = Locale::default().api().no_moment().to_owned();
                HttpError::Invalid(vec![FieldProblem { field: "until".to_owned(), message }])
            })?,
    };
    let does = async |app: &App| Ok(app.dismiss_all(&caller.0, until).await?);
    Ok(Json(DismissedBody { dismissed: once.run(&site.app, does).await? }))
}

/// Their routes.
pub fn routes(api: &mut ServiceConfig) {
    api.service(resource("/undelivered").route(get().to(index)))
        .service(resource("/undelivered/dismiss").route(post().to(dismiss_all)))
        .service(resource("/undelivered/{delivery_id}/send-again").route(post().to(send_again)))
        .service(resource("/undelivered/{delivery_id}/dismiss").route(post().to(dismiss)));
}
