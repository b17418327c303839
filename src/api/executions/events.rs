//! `GET …/records/{number}/events`: an execution and its logs as server-sent events, until it is over.

use std::collections::VecDeque;
use std::time::Duration;

use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};
use utoipa::{IntoParams, ToSchema};

use super::bodies::RecordBody;
use super::position::{LogPlace, Position};
use super::window::{LogWindow, LoggedLine};
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::event_stream::{BEGINNING, HEARTBEAT, event, last_id, response};
use crate::api::rates;
use crate::api::release_tasks::bodies::status;
use crate::api::release_tasks::found;
use crate::app::LoggedAttempt;
use crate::app::reads::VisibleRelease;
use crate::domain::execution::Execution;
use crate::http::Site;
use crate::http::connections::Busy;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// The shortest time between two looks at what has changed.
const PACE: Duration = Duration::from_millis(100);

/// What is told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedStream {
    /// Whether the lines of all logs are told, too.
    logs: Option<bool>,
}

/// Data of the event `log`: lines of a log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogEvent<'e> {
    /// The name of the task.
    task_name: &'e str,
    /// The attempt.
    attempt: u32,
    /// They, in order.
    lines: Vec<LoggedLine>,
    /// Whether these are the last of this attempt.
    ended: bool,
}

/// Data of the event `end`: the execution is over.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndEvent {
    /// The code of its status.
    status: u8,
    /// The same in a word.
    status_word: &'static str,
    /// Its last revision.
    revision: u64,
}

/// An execution as it changes, as server-sent events: `record` with all of it, whenever it has changed; `log` with lines, where
/// `logs` asks for them; `end` when it is over, and never before. `closed`, with an error, says why the stream ends before. Each has
/// an id: with it as `Last-Event-ID` another stream goes on behind it. A comment every 15 seconds says that the connection lives.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/events",
    tag = "Executions",
    operation_id = "followRecord",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("number" = u32, Path, description = "1, 2, 3 …"),
        WantedStream,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that the caller has"),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn show(
    site: Data<Site>,
    request: HttpRequest,
    caller: ApiCaller,
    path: Path<(String, String, String)>,
    wanted: Query<WantedStream>,
) -> Result<HttpResponse, HttpError> {
    let (project, pipeline, number) = path.into_inner();
    let number: u32 = number.parse().map_err(|_| HttpError::NotFound)?;
    let at = match last_id(&request) {
        None => Position::default(),
        Some(id) => id.parse().map_err(|_| {
            let message = Locale::default().api().no_event_id().to_owned();
            HttpError::Invalid(vec![FieldProblem { field: "Last-Event-ID".to_owned(), message }])
        })?,
    };
    // What is not there is told before the stream begins.
    let release = found(&site, &caller.0, &project, &pipeline).await?;
    site.app.execution(&release, number).await?;
    let held = (Busy::with(&request), rates::open_stream(&site, &caller.0)?);
    let (wants_logs, queue) = (wanted.logs.unwrap_or_default(), VecDeque::from([BEGINNING]));
    let told = Instant::now();
    let follow = Follow { site, request, caller, project, pipeline, number, wants_logs, at, queue, told, over: false };
    Ok(response(stream::unfold((follow, held), |(mut follow, held)| async move {
        let next = follow.next().await?;
        Some((next, (follow, held)))
    })))
}

/// A client that follows an execution.
struct Follow {
    site: Data<Site>,
    request: HttpRequest,
    caller: ApiCaller,
    project: String,
    pipeline: String,
    number: u32,
    wants_logs: bool,
    /// What was told, and what stands in the queue.
    at: Position,
    queue: VecDeque<Bytes>,
    /// When something was told last.
    told: Instant,
    over: bool,
}

impl Follow {
    /// What is sent next; none at the end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(next) = self.queue.pop_front() {
                self.told = Instant::now();
                return Some(next);
            }
            if self.over {
                return None;
            }
            if let Err(error) = self.look().await {
                self.over = true;
                let told = crate::api::errors::body(&error, &self.request);
                self.queue.extend(event("closed", None, &told));
            }
        }
    }

    /// Puts into the queue what is new, or waits until there may be something.
    async fn look(&mut self) -> Result<(), HttpError> {
        if self.site.is_stopping() {
            return Err(HttpError::Stopping);
        }
        // Looked up anew: whoever follows for long may see no more by then than anybody else.
        let caller = self.caller.now(&self.site).await?;
        let release = found(&self.site, &caller, &self.project, &self.pipeline).await?;
        let execution = self.site.app.execution(&release, self.number).await?;
        if self.at.revision != Some(execution.rev) {
            self.at.revision = Some(execution.rev);
            self.tell("record", &RecordBody::of(&self.site, &release, &execution).await?)?;
        }
        let is_all = !self.wants_logs || self.read_logs(&release, &execution).await?;
        if !self.queue.is_empty() || !is_all {
            return Ok(());
        }
        if execution.ended_at.is_some() {
            self.over = true;
            let (status, status_word) = status(execution.status());
            return self.tell("end", &EndEvent { status, status_word, revision: execution.rev });
        }
        self.waits(&release).await;
        Ok(())
    }

    async fn waits(&mut self, release: &VisibleRelease) {
        let most = self.site.web.heartbeat.saturating_sub(self.told.elapsed());
        let changed = async {
            sleep(PACE.min(most)).await;
            self.site.app.changed_since(release, most.saturating_sub(PACE)).await;
        };
        tokio::select! {
            () = changed => {}
            () = self.site.stopped() => {}
        }
        if self.told.elapsed() >= self.site.web.heartbeat {
            self.queue.push_back(HEARTBEAT);
        }
    }

    /// Puts lines into the queue that were not told yet; answers whether these are all.
    async fn read_logs(&mut self, release: &VisibleRelease, execution: &Execution) -> Result<bool, HttpError> {
        let mut is_all = true;
        for (task, run) in execution.tasks.iter().enumerate() {
            if !execution.spec(task).kind.has_log() {
                continue;
            }
            let LogPlace { attempt, from } = self.at.logs.get(&task).copied().unwrap_or_default();
            if attempt > run.attempt {
                continue;
            }
            let which = LoggedAttempt { execution, task, number: attempt, host: 0 };
            // One whose time is over is told no more.
            let Some(log) = self.site.app.log(&self.site.folders, release, which)? else { continue };
            let grows = run.state.in_flight().is_some_and(|(in_flight, _)| in_flight == attempt);
            let LogWindow { lines, next, has_more } = LogWindow::read(&log, from, grows).await?;
            let ended = !grows && !has_more;
            is_all &= !(has_more || ended && attempt < run.attempt);
            let place =
                if ended { LogPlace { attempt: attempt + 1, from: 0 } } else { LogPlace { attempt, from: next } };
            if lines.is_empty() && !ended {
                continue;
            }
            self.at.logs.insert(task, place);
            self.tell("log", &LogEvent { task_name: &run.name, attempt, lines, ended })?;
        }
        Ok(is_all)
    }

    fn tell(&mut self, name: &str, data: &impl Serialize) -> Result<(), HttpError> {
        let id = self.at.to_string();
        self.queue.push_back(event(name, Some(&id), data)?);
        Ok(())
    }
}
