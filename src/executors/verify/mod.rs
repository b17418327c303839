//! Verify: repeats a check until it has held for a time without a break, or its time is over. Its work lives anywhere:
//! another replica goes on by what was recorded.

mod look;
mod progress;
pub(super) mod script;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;

use super::{AttemptContext, Executor, Host, PrivateText, TargetChange, TargetIndex, TargetRecord, no_value, private};
use crate::domain::check::{CheckFailure, CheckNews, CheckSeen};
use crate::domain::execution::Moment;
use crate::domain::failure_cause::FailureCause;
use crate::domain::http::HttpFailure;
use crate::domain::kinds::{HttpCheck, JsonCheck, VerifySpec};
use crate::domain::outcome::{Outcome, Outputs};
use crate::domain::reference::{Reference, fill, secret_names};
use crate::outgoing::HttpClient;
use progress::CheckProgress;

/// The one target of a check.
const TARGET: TargetIndex = 0;

/// The longest time that one request may take.
const MAX_REQUEST_TIME: Duration = Duration::from_secs(30);

/// A check to repeat, with the values of its references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckJob {
    /// What is asked, and what the answer must be.
    pub http: HttpCheck,
    /// More headers of the request, in which there are secrets.
    pub private_headers: BTreeMap<String, PrivateText>,
    /// The secrets in them.
    pub secrets: Vec<PrivateText>,
    /// From one check to the next.
    pub every: Duration,
    /// For how long it must hold.
    pub holds: Duration,
    /// Within which time.
    pub within: Duration,
}

/// Repeats checks.
#[derive(Debug, Clone)]
pub struct VerifyExecutor {
    client: HttpClient,
    /// The least time that a request may take, whatever is left of the time for all of it.
    patience: Duration,
}

/// The job of an attempt at a Verify that sends requests; or why there is none.
pub fn job(verify: &VerifySpec, http: &HttpCheck, attempt: AttemptContext<'_>) -> Result<CheckJob, FailureCause> {
    let lookup = |reference: &Reference| attempt.value(reference);
    let filled = |text: &str| fill(text, &lookup).map_err(|missing| no_value(&missing));
    let http = http.clone();
    let (private, open): (BTreeMap<_, _>, BTreeMap<_, _>) =
        http.headers.clone().into_iter().partition(|(_, value)| secret_names(value).next().is_some());
    let private = private::fill(&private, attempt)?;
    if let Some(cause) = private.refused {
        return Err(cause);
    }
    let headers: Result<BTreeMap<String, String>, FailureCause> =
        open.iter().map(|(name, value)| Ok((name.clone(), filled(value)?))).collect();
    let json = |json: &JsonCheck| Ok(JsonCheck { path: json.path.clone(), equals: filled(&json.equals)? });
    Ok(CheckJob {
        http: HttpCheck {
            url: filled(&http.url)?,
            headers: headers?,
            contains: http.contains.as_deref().map(filled).transpose()?,
            json: http.json.as_ref().map(json).transpose()?,
            ..http
        },
        private_headers: private.texts,
        secrets: private.secrets,
        every: Duration::from_secs(verify.every),
        holds: Duration::from_secs(verify.holds),
        within: Duration::from_secs(verify.within),
    })
}

impl VerifyExecutor {
    /// One that asks through that client.
    pub fn new(client: HttpClient) -> Self {
        Self { client, patience: Duration::from_secs(1) }
    }

    /// The same, but a request may take at least so long.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }
}

#[async_trait]
impl Executor<CheckJob> for VerifyExecutor {
    async fn execute(&self, job: &CheckJob, host: &dyn Host) -> Outcome {
        let found = host.recorded(TARGET).await;
        if let Some(outcome) = found.outcome {
            // Whoever found it was gone before it could report it.
            return outcome;
        }
        let (mut progress, news) = CheckProgress::resumed(found.progress.as_deref(), job, host.now());
        if !news.is_empty() {
            host.record(TARGET, progress.change(&news)).await;
        }
        loop {
            if host.stop().is_cancelled() {
                return Outcome::Stopped;
            }
            let timeout = progress.left(job, host.now()).min(MAX_REQUEST_TIME).max(self.patience);
            let seen = tokio::select! {
                seen = look::once(&self.client, job, timeout) => seen,
                () = host.stop().cancelled() => return Outcome::Stopped,
            };
            let now = host.now();
            let mut news = progress.saw(seen, now);
            if let Some((outcome, last)) = ended(&progress, job, now) {
                news.push(last);
                let change = progress.change(&news);
                let record = TargetRecord { outcome: Some(outcome.clone()), ..change.record };
                host.record(TARGET, TargetChange { record, ..change }).await;
                return outcome;
            }
            if !news.is_empty() || progress.is_old(now) {
                progress.recorded(now);
                host.record(TARGET, progress.change(&news)).await;
            }
            tokio::select! {
                () = host.sleep(progress.pause(job, host.now())) => {}
                () = host.stop().cancelled() => {}
            }
        }
    }
}

/// How it ended, if it has ended, and the last line of its log.
fn ended(progress: &CheckProgress, job: &CheckJob, now: Moment) -> Option<(Outcome, CheckNews)> {
    if progress.has_held_for(now).is_some_and(|held| held >= job.holds) {
        let held = CheckNews::Held { seconds: job.holds.as_secs() };
        return Some((Outcome::Succeeded { outputs: Outputs::new() }, held));
    }
    let failed = |failure: CheckFailure| (FailureCause::Check(failure.clone()), CheckNews::Failed(failure));
    if let Some(CheckSeen::NoAnswer { failure }) = progress.last()
        && is_lasting(failure)
    {
        let (cause, news) = failed(CheckFailure::NotAskable { failure: failure.clone() });
        return Some((Outcome::Errored { cause }, news));
    }
    if progress.left(job, now).is_zero() {
        let last = progress.last().filter(|seen| !seen.holds()).cloned();
        let (cause, news) = failed(CheckFailure::NotHeld { within: job.within.as_secs(), last });
        return Some((Outcome::Failed { cause }, news));
    }
    None
}

/// Whether the next request would fail for the same reason, as long as nobody changes the task or the server.
fn is_lasting(failure: &HttpFailure) -> bool {
    match failure {
        HttpFailure::BadUrl { .. } | HttpFailure::BadHeader { .. } | HttpFailure::NotAllowed { .. } => true,
        HttpFailure::UnknownHost { .. }
        | HttpFailure::OtherHost { .. }
        | HttpFailure::TooManyRedirects { .. }
        | HttpFailure::NotConnected { .. }
        | HttpFailure::Certificate { .. }
        | HttpFailure::Timeout { .. }
        | HttpFailure::Broken { .. } => false,
    }
}

/// From one moment to another; nothing where the clock was put back.
fn between(from: Moment, to: Moment) -> Duration {
    (to - from).to_std().unwrap_or_default()
}

/// A time that may be longer than there are moments.
fn after(at: Moment, time: Duration) -> Moment {
    at.checked_add_signed(TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX)).unwrap_or(Moment::MAX_UTC)
}
