//! The `verify` executor against services on this machine, with a clock that the test sets.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use tollgate::demo::definitions;
use tollgate::domain::check::{CheckFailure, CheckFault, CheckSeen};
use tollgate::domain::execution::Moment;
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::http::HttpFailure;
use tollgate::domain::kinds::{HttpCheck, JsonCheck, Kind};
use tollgate::domain::outcome::{Outcome, Outputs};
use tollgate::executors::verify::VerifyExecutor;
use tollgate::executors::{CheckJob, Executor as _, Host, PrivateText, Stop, TargetChange, TargetIndex, TargetRecord};
use tollgate::outgoing::{AllowedNetwork, HttpClient};

use crate::db::Db;
use crate::engine::stage::start;
use crate::notation::verify;
use crate::service::Service;
use crate::web::app::TestApp;

on_both!(the_checks_of_the_demo_hold_against_the_server);

/// Keeps what is recorded in memory, and lets time pass only when the executor sleeps.
struct Notes {
    now: Mutex<Moment>,
    record: Mutex<TargetRecord>,
    lines: Mutex<Vec<String>>,
    stop: Stop,
    /// From then on nobody works any more.
    gone: Stop,
    /// What happens when the executor sleeps: it is told for how long.
    sleeps: Box<dyn Fn(&Self) + Send + Sync>,
}

impl Notes {
    fn new(sleeps: impl Fn(&Self) + Send + Sync + 'static) -> Self {
        Self {
            now: Mutex::new(start()),
            record: Mutex::default(),
            lines: Mutex::default(),
            stop: Stop::new(),
            gone: Stop::new(),
            sleeps: Box::new(sleeps),
        }
    }

    fn lines(&self) -> Vec<String> {
        // How long an answer took is nobody's to say.
        let told = |line: &String| match line.split_once(" after ") {
            Some((status, rest)) => format!("{status}{}", rest.split_once(':').map_or(rest, |(_, rest)| rest)),
            None => line.clone(),
        };
        self.lines.lock().unwrap().iter().map(told).collect()
    }

    fn passes(&self, time: Duration) {
        *self.now.lock().unwrap() += TimeDelta::from_std(time).unwrap();
    }
}

#[async_trait]
impl Host for Notes {
    fn key(&self) -> &'static str {
        "execution.task.1"
    }

    fn stop(&self) -> &Stop {
        &self.stop
    }

    fn now(&self) -> Moment {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, time: Duration) {
        self.passes(time);
        (self.sleeps)(self);
        if self.gone.is_cancelled() {
            std::future::pending::<()>().await;
        }
    }

    async fn recorded(&self, _target: TargetIndex) -> TargetRecord {
        self.record.lock().unwrap().clone()
    }

    async fn record(&self, _target: TargetIndex, change: TargetChange) {
        let mut record = self.record.lock().unwrap();
        let TargetRecord { handle, before, progress, outcome } = change.record;
        *record = TargetRecord {
            handle: handle.or(record.handle.take()),
            before: before.or(record.before.take()),
            progress: progress.or(record.progress.take()),
            outcome: outcome.or(record.outcome.take()),
        };
        self.lines.lock().unwrap().extend(change.lines);
    }
}

/// Every 5 seconds, for 30, within 300.
fn job(url: String) -> CheckJob {
    let Kind::Verify(spec) = verify(false, tollgate::domain::kinds::Retry::default()) else {
        panic!("it is a Verify");
    };
    CheckJob {
        http: HttpCheck { url, ..HttpCheck::default() },
        private_headers: [].into(),
        secrets: Vec::new(),
        every: Duration::from_secs(spec.every),
        holds: Duration::from_secs(spec.holds),
        within: Duration::from_secs(spec.within),
    }
}

fn executor(service: &Service) -> VerifyExecutor {
    let client = HttpClient::new([AllowedNetwork::only(service.address())]).unwrap();
    // The time of these tests passes at once, that of a request on a slow machine does not.
    VerifyExecutor::new(client).with_patience(Duration::from_mins(1))
}

fn succeeded() -> Outcome {
    Outcome::Succeeded { outputs: Outputs::new() }
}

#[tokio::test]
async fn a_check_must_hold_for_its_time_without_a_break_and_says_each_change() {
    let service = std::sync::Arc::new(Service::answering(503, "starting"));
    let times = Mutex::new(0);
    let told = std::sync::Arc::clone(&service);
    let notes = Notes::new(move |_| {
        let mut times = times.lock().unwrap();
        *times += 1;
        match *times {
            2 | 6 => told.answers(200, "well"),
            4 => told.answers(500, "ill"),
            _ => {}
        }
    });
    let job = job(service.url("/health"));
    assert_eq!(executor(&service).execute(&job, &notes).await, succeeded());
    let must = "the status must be 200 to 299.";
    assert_eq!(
        notes.lines(),
        [
            format!("Asks: GET {}", job.http.url),
            format!("Status 503 {must}"),
            "Status 200 as it must be.".to_owned(),
            format!("Status 500 {must}"),
            "Status 200 as it must be.".to_owned(),
            "It has held for 30s.".to_owned(),
        ]
    );
    assert_eq!(notes.now() - start(), TimeDelta::seconds(6 * 5 + 30), "it held anew from the sixth pause on");
    assert_eq!(notes.record.lock().unwrap().outcome, Some(succeeded()));
}

#[tokio::test]
async fn a_check_that_does_not_hold_in_time_fails_with_what_was_seen_at_last() {
    let service = Service::answering(404, "");
    let notes = Notes::new(|_| {});
    let outcome = executor(&service).execute(&job(service.url("/")), &notes).await;
    let Outcome::Failed { cause: FailureCause::Check(CheckFailure::NotHeld { within: 300, last: Some(seen) }) } =
        outcome
    else {
        panic!("{outcome:?}");
    };
    assert!(matches!(seen, CheckSeen::Answer { status: 404, .. }), "{seen:?}");
    assert_eq!(notes.now() - start(), TimeDelta::seconds(300));
    assert!(notes.lines().last().unwrap().starts_with("It did not hold within 5m. Status 404"), "{:?}", notes.lines());
}

#[tokio::test]
async fn b26_a_check_sends_a_secret_and_tells_nothing_of_it() {
    let service = Service::answering(200, r#"{"you": "sent hunter2-hunter2"}"#);
    let mut job = job(service.url("/"));
    job.private_headers.insert("authorization".to_owned(), PrivateText::new("Bearer hunter2-hunter2"));
    job.secrets.push(PrivateText::new("hunter2-hunter2"));
    job.http.json = Some(JsonCheck { path: "$.you".to_owned(), equals: "well".to_owned() });
    let notes = Notes::new(|_| {});
    let outcome = executor(&service).execute(&job, &notes).await;
    assert!(service.asked()[0].contains("Bearer hunter2-hunter2"), "{:?}", service.asked());
    let told = format!("{outcome:?} {:?} {:?} {job:?}", notes.lines(), notes.record);
    assert!(told.contains("sent ***") && !told.contains("hunter2"), "{told}");
}

#[tokio::test]
async fn each_thing_that_an_answer_must_be_is_looked_at() {
    let service = Service::answering(200, r#"{"status": "up", "build": {"number": 17}}"#);
    let json = |path: &str, equals: &str| Some(JsonCheck { path: path.to_owned(), equals: equals.to_owned() });
    let seen = async |change: fn(&mut HttpCheck, Option<JsonCheck>), json: Option<JsonCheck>| {
        let mut job = CheckJob { holds: Duration::ZERO, within: Duration::from_secs(1), ..job(service.url("/")) };
        change(&mut job.http, json);
        let notes = Notes::new(|_| {});
        match executor(&service).execute(&job, &notes).await {
            Outcome::Succeeded { .. } => Vec::new(),
            Outcome::Failed {
                cause: FailureCause::Check(CheckFailure::NotHeld { last: Some(CheckSeen::Answer { faults, .. }), .. }),
            } => faults,
            other => panic!("{other:?}"),
        }
    };
    let with_json = |http: &mut HttpCheck, json| http.json = json;
    assert_eq!(seen(with_json, json("$.status", "up")).await, []);
    assert_eq!(seen(with_json, json("$.build.number", "17")).await, []);
    let differs = |path: &str, found: &str, wanted: &str| CheckFault::Differs {
        path: path.to_owned(),
        found: found.to_owned(),
        wanted: wanted.to_owned(),
    };
    assert_eq!(seen(with_json, json("$.status", "down")).await, [differs("$.status", "up", "down")]);
    let nothing = CheckFault::NothingAt { path: "$.version".to_owned() };
    assert_eq!(seen(with_json, json("$.version", "1")).await, [nothing]);
    assert_eq!(seen(|http, _| http.contains = Some("\"up\"".to_owned()), None).await, []);
    let lacks = CheckFault::Lacks { text: "down".to_owned() };
    assert_eq!(seen(|http, _| http.contains = Some("down".to_owned()), None).await, [lacks]);
    assert_eq!(seen(|http, _| http.matches = Some("number.: 1[0-9]".to_owned()), None).await, []);
    let unlike = CheckFault::Unlike { pattern: "^up".to_owned() };
    assert_eq!(seen(|http, _| http.matches = Some("^up".to_owned()), None).await, [unlike]);
    service.answers(200, "no JSON");
    assert_eq!(seen(with_json, json("$.status", "up")).await, [CheckFault::NoJson]);
    let asked = seen(
        |http, _| {
            http.method = tollgate::domain::kinds::CheckMethod::Head;
            http.headers = [("X-Who".to_owned(), "tollgate".to_owned())].into();
        },
        None,
    );
    assert_eq!(asked.await, []);
    let head = service.asked().pop().unwrap().to_lowercase();
    assert!(head.starts_with("head / ") && head.contains("x-who: tollgate"), "{head}");
}

#[tokio::test]
async fn a_request_that_may_not_be_made_is_not_made_again() {
    let service = Service::answering(200, "");
    let refusing = VerifyExecutor::new(HttpClient::new([]).unwrap());
    let notes = Notes::new(|_| panic!("nothing is waited for"));
    let outcome = refusing.execute(&job(service.url("/")), &notes).await;
    let refused = matches!(
        &outcome,
        Outcome::Errored {
            cause: FailureCause::Check(CheckFailure::NotAskable { failure: HttpFailure::NotAllowed { .. } })
        }
    );
    assert!(refused && service.asked().is_empty(), "{outcome:?}");
    assert!(notes.lines().pop().unwrap().contains("no administrator has allowed it"), "{:?}", notes.lines());
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_told_and_not_left_out() {
    let service = Service::answering(200, "");
    let notes = Notes::new(|_| panic!("nothing is waited for"));
    let mut job = job(service.url("/"));
    job.http.headers = [("Authorization".to_owned(), "Bearer a\nb".to_owned())].into();
    let outcome = executor(&service).execute(&job, &notes).await;
    assert!(matches!(outcome, Outcome::Errored { .. }) && service.asked().is_empty(), "{outcome:?}");
    assert!(notes.lines().pop().unwrap().contains("Authorization has a value that cannot be sent"));
}

#[tokio::test]
async fn a_check_is_stopped_when_it_is_told() {
    let service = Service::answering(503, "");
    let notes = Notes::new(|notes| notes.stop.cancel());
    assert_eq!(executor(&service).execute(&job(service.url("/")), &notes).await, Outcome::Stopped);
    assert_eq!(service.asked().len(), 1);
}

#[tokio::test]
async fn whoever_goes_on_knows_what_was_seen_and_counts_anew_after_a_long_gap() {
    let service = Service::answering(200, "");
    let job = job(service.url("/"));
    // The first is gone when it has held for 10 seconds.
    let first = Notes::new(|notes| {
        if notes.now() >= start() + TimeDelta::seconds(10) {
            notes.gone.cancel();
        }
    });
    let executor = executor(&service);
    tokio::select! {
        ended = executor.execute(&job, &first) => panic!("it is not over: {ended:?}"),
        () = first.gone.cancelled() => {}
    }
    let gone_on = |gap: i64| {
        let next = Notes::new(|_| {});
        *next.record.lock().unwrap() = first.record.lock().unwrap().clone();
        *next.now.lock().unwrap() = first.now() + TimeDelta::seconds(gap);
        next
    };
    let soon = gone_on(8);
    let began = soon.now();
    assert_eq!(executor.execute(&job, &soon).await, succeeded());
    assert_eq!(soon.lines(), ["It has held for 30s."]);
    assert!(soon.now() - began < TimeDelta::seconds(30), "what was seen before counts");
    let late = gone_on(120);
    let began = late.now();
    assert_eq!(executor.execute(&job, &late).await, succeeded());
    assert!(late.lines()[0].starts_with("Nobody looked for 2m"), "{:?}", late.lines());
    assert_eq!(late.now() - began, TimeDelta::seconds(30));
    // One that was found to hold and not reported is not asked again.
    let asked = service.asked().len();
    assert_eq!(executor.execute(&job, &late).await, succeeded());
    assert_eq!(service.asked().len(), asked);
}

async fn the_checks_of_the_demo_hold_against_the_server(db: Db) {
    let app = TestApp::start(&db).await;
    let executor = VerifyExecutor::new(HttpClient::new([AllowedNetwork::only(app.address)]).unwrap());
    let mut checks = 0;
    for document in definitions::all(app.address).unwrap() {
        for (_, task) in document.definition.tasks() {
            let Kind::Verify(spec) = &task.kind else { continue };
            let notes = Notes::new(|_| {});
            // How fast a debug build answers on a busy machine is nobody's promise.
            let Some(http) = spec.check.http() else { continue };
            let http = HttpCheck { under_ms: None, ..http.clone() };
            let job = CheckJob { http, ..job(String::new()) };
            assert_eq!(executor.execute(&job, &notes).await, succeeded(), "{}: {:?}", task.name, notes.lines());
            checks += 1;
        }
    }
    assert_eq!(checks, 2);
    app.stops().await;
}
