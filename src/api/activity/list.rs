//! `GET /v3/{project_id}/pipeline/activity`: who did what in a region.

use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::region;
use crate::api::release_tasks::bodies::milliseconds;
use crate::app::reads::{Activity, Cursor};
use crate::domain::activity::{ActivityFilter, Road, Topic};
use crate::domain::execution::Moment;
use crate::domain::ids::EventId;
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::{self, Locale};

const MOST: u64 = 100;

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedActivity {
    /// The name of who caused them.
    who: Option<String>,
    /// Part of the name of the release task.
    name: Option<String>,
    /// The name of a team.
    team: Option<String>,
    /// What they are about: `executions`, `operations`, `checkpoints`, `tasks`, `release-tasks`, `accounts`.
    kind: Option<String>,
    /// The first moment, in milliseconds since 1970.
    from: Option<i64>,
    /// The moment before which they happened, in milliseconds since 1970.
    until: Option<i64>,
    /// How many at once: 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    /// The `next_cursor` of the answer before.
    cursor: Option<String>,
}

/// Events, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventsBody {
    /// They.
    events: Vec<EventItem>,
    /// Asks for those behind them; none when these are the last.
    next_cursor: Option<String>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventItem {
    /// Its key, a UUID.
    id: String,
    /// When, in milliseconds since 1970.
    time: i64,
    /// The name of who caused it; `Tollgate` is Tollgate itself.
    who: String,
    /// `page`, `token`, `command_line` or `tollgate`; none where an earlier version wrote it and it is not known.
    road: Option<&'static str>,
    /// The token with which it was done, if it was one: its name and how it begins.
    credential: Option<String>,
    /// The name of the team.
    team: Option<String>,
    /// The key of the release task, a UUID.
    pipeline_id: Option<String>,
    /// The name of the release task.
    pipeline_name: Option<String>,
    /// The number of the execution.
    record: Option<u32>,
    /// The name of the task.
    task_name: Option<String>,
    /// `execution`, `release_task` or `account`.
    about: &'static str,
    /// The event as it is kept: its tag in `event`, beside it what belongs to it.
    event: Value,
    /// The same in a sentence that goes on after the name.
    message: String,
}

/// Who did what in a region, of what the caller may read, the newest first.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/activity",
    tag = "Overview and activity",
    operation_id = "listActivity",
    params(("project_id" = String, Path, description = "Key or name of the region"), WantedActivity),
    responses(
        (status = 200, body = EventsBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn index(
    site: Data<Site>,
    caller: ApiCaller,
    project: Path<String>,
    wanted: Query<WantedActivity>,
) -> Result<Json<EventsBody>, HttpError> {
    let region = region::named(&site, &project).await?;
    let WantedActivity { who, name, team, kind, from, until, limit, cursor } = wanted.into_inner();
    let (words, limit) = (Locale::default().api(), limit.unwrap_or(MOST));
    let (topic, cursor) = (kind.as_deref().map(Topic::from_word), cursor.as_deref().map(str::parse::<EventId>));
    let (from, until) = (from.map(Moment::from_timestamp_millis), until.map(Moment::from_timestamp_millis));
    let wrong = [
        ("kind", topic == Some(None), words.no_topic()),
        ("from", from == Some(None), words.no_moment()),
        ("until", until == Some(None), words.no_moment()),
        ("limit", !(1..=MOST).contains(&limit), words.wrong_limit()),
        ("cursor", matches!(cursor, Some(Err(_))), words.no_cursor()),
    ];
    let problem =
        |(field, _, message): (&str, bool, &str)| FieldProblem { field: field.to_owned(), message: message.to_owned() };
    let problems: Vec<FieldProblem> = wrong.into_iter().filter(|(_, is_wrong, _)| *is_wrong).map(problem).collect();
    if !problems.is_empty() {
        return Err(HttpError::Invalid(problems));
    }
    let who = match who {
        Some(name) => Some(site.app.actor_named(&name).await?),
        None => None,
    };
    let filter = ActivityFilter {
        who,
        what: name,
        team,
        region: Some(region.name),
        topic: topic.flatten(),
        from: from.flatten(),
        until: until.flatten(),
    };
    let turn = cursor.and_then(Result::ok).map_or(Cursor::Newest, Cursor::Older);
    let page = site.app.activity_across(&caller.0, &filter, turn, limit).await?;
    let events = page.rows.iter().map(item).collect::<Result<_, HttpError>>()?;
    Ok(Json(EventsBody { events, next_cursor: page.older.map(|id| id.to_string()) }))
}

fn item(row: &Activity) -> Result<EventItem, HttpError> {
    Ok(EventItem {
        id: row.id.to_string(),
        time: milliseconds(row.at),
        who: row.actor.name().to_owned(),
        road: row.road.map(Road::word),
        credential: row.credential.clone(),
        team: row.team.clone(),
        pipeline_id: row.release_id.map(|id| id.to_string()),
        pipeline_name: row.release.clone(),
        record: row.execution,
        task_name: row.task.clone(),
        about: row.happened.about(),
        event: row.happened.kept().map_err(|error| HttpError::Broken(error.into()))?,
        message: messages::happened(&row.happened, Locale::default()),
    })
}
