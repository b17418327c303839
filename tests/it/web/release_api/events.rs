//! Server-sent events: an execution and its logs, followed to the end, taken up again, and cut off where they must be.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use tollgate::config::ApiLimitsConfig;
use tollgate::domain::people::Role;
use tollgate::domain::tokens::TokenScope;
use tollgate_testing::client;

use super::{Program, pipelines, read};
use crate::db::Db;
use crate::until::until;
use crate::web::api::word_of;
use crate::web::app::TestApp;
use crate::web::stories::Story;

on_both!(
    c15_a_stream_tells_every_change_and_every_line_and_ends_at_a_final_state_only,
    c15_a_stream_goes_on_behind_any_event_without_gap_and_without_double,
    c15_a_stream_that_has_nothing_to_tell_shows_that_it_lives,
    c1_a_stream_that_is_open_ends_when_its_token_is_revoked_or_its_owner_leaves,
    c1_a_stream_that_is_open_ends_with_the_session_that_asked_for_it,
    who_has_as_many_streams_as_they_may_is_told_so_and_one_that_ends_makes_room,
    a_server_that_stops_ends_streams_and_long_polls_at_once,
);

/// How long a server that stops may wait for requests that do not end, which they do.
const FOR_EVER: u64 = 3600;

/// A stream that is being read.
struct Stream {
    response: Response,
    read: String,
}

/// An event; a comment has no name.
#[derive(Debug, Clone, PartialEq)]
struct Event {
    id: String,
    name: String,
    data: Value,
}

impl Stream {
    async fn open(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Self {
        let client = client::builder().build().unwrap();
        let request = client.get(format!("http://{}{path}", app.address)).header("accept-encoding", "gzip");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let header = |name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        assert_eq!((header("content-type"), header("cache-control")), ("text/event-stream".into(), "no-store".into()));
        assert_eq!((header("x-accel-buffering"), header("content-encoding")), ("no".into(), "identity".into()));
        Self { response, read: String::new() }
    }

    /// The next event or comment; none at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    let prefix = format!("{name}: ");
                    event.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
                };
                let (id, name, data) = (field("id"), field("event"), field("data"));
                let is_hint = event.starts_with("retry: ");
                self.read = String::from(rest);
                if !is_hint {
                    return Some(Event { id, name, data: serde_json::from_str(&data).unwrap_or_default() });
                }
                continue;
            }
            match self.response.chunk().await.unwrap() {
                Some(more) => self.read.push_str(std::str::from_utf8(&more).unwrap()),
                None => return None,
            }
        }
    }

    /// Everything that is left.
    async fn rest(mut self) -> Vec<Event> {
        let mut all = Vec::new();
        while let Some(event) = self.next().await {
            all.push(event);
        }
        all
    }
}

/// Task, attempt and number of each line that was told, with its text.
fn lines(events: &[Event]) -> Vec<(String, u64, u64, String)> {
    let of = |event: &Event| {
        let (task, attempt) = (event.data["task_name"].as_str().unwrap().to_owned(), event.data["attempt"].as_u64());
        let line = move |line: &Value| {
            let text = line["text"].as_str().unwrap().to_owned();
            (task.clone(), attempt.unwrap(), line["number"].as_u64().unwrap(), text)
        };
        event.data["lines"].as_array().unwrap().iter().map(line).collect::<Vec<_>>()
    };
    events.iter().filter(|event| event.name == "log").flat_map(of).collect()
}

/// A release task that says much, asks, fails once, and goes on when it is retried.
async fn starts(operator: &Program) -> String {
    let says = "for n in $(seq 300); do echo \"line $n\"; done; printf open";
    let fails = "echo \"try $TOLLGATE_ATTEMPT\"; [ \"$TOLLGATE_ATTEMPT\" = 2 ]";
    let body = json!({"name": "much", "stages": [
        {"name": "Build", "groups": [{"tasks": [{"name": "one", "script": says}]}, {"tasks": [{"name": "two", "script": says}]}]},
        {"name": "Ask", "tasks": [{"name": "go-live", "type": "manual-approval", "approvers": ["approver"]}]},
        {"name": "Ship", "tasks": [{"name": "ship", "script": fails}]},
    ]});
    let made = read(&operator.asks(Method::POST, &pipelines(), Some(&body)).await);
    let path = format!("{}/{}", pipelines(), made["id"].as_str().unwrap());
    let started = operator.asks(Method::POST, &format!("{path}/action?action_id=start"), None).await;
    assert_eq!(started.status, 200, "{}", started.text);
    path
}

async fn agrees(app: &TestApp, path: &str) {
    let approver = Program::of(app, "approver", &[TokenScope::Approve]).await;
    let said = json!({"task_name": "go-live", "approval_type": "agree"});
    let decided = approver.asks(Method::POST, &format!("{path}/action?action_id=approval"), Some(&said)).await;
    assert_eq!(decided.status, 200, "{}", decided.text);
}

async fn c15_a_stream_tells_every_change_and_every_line_and_ends_at_a_final_state_only(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let path = starts(&operator).await;
    let signed_in = [("x-auth-token", operator.key.as_str())];
    let mut stream = Stream::open(&app, &format!("{path}/records/1/events?logs=true"), &signed_in).await;
    let mut events = Vec::new();
    loop {
        let event = stream.next().await.expect("it waits for a decision, and that is no end");
        let asks = event.name == "record" && event.data["status_word"] == "to-be-approved";
        events.push(event);
        if asks {
            break;
        }
    }
    agrees(&app, &path).await;
    events.extend(stream.rest().await);
    let end = events.last().unwrap();
    assert_eq!((end.name.as_str(), &end.data["status_word"]), ("end", &"release-failed".into()));
    let record = events.iter().rfind(|event| event.name == "record").unwrap();
    assert_eq!(record.data, read(&operator.asks(Method::GET, &format!("{path}/records/1"), None).await));
    let revisions: Vec<_> = events.iter().filter_map(|event| event.data["revision"].as_u64()).collect();
    assert!(revisions.is_sorted(), "{revisions:?}");
    let told = lines(&events);
    let said = |name: &str| -> Vec<_> {
        told.iter()
            .filter(|(task, .., text)| task == name && !text.contains("ended"))
            .map(|line| line.3.as_str())
            .collect()
    };
    assert_eq!(said("one")[..2], ["line 1", "line 2"]);
    assert!(said("one").contains(&"open") && said("two").contains(&"line 300") && said("ship").contains(&"try 1"));
    assert!(events.iter().filter(|event| event.data["ended"] == true && event.name == "log").count() == 3);
    // Retried, it goes on; what was told is not told again.
    let retried = operator.asks(Method::POST, &format!("{path}/action?action_id=retry"), None).await;
    assert_eq!(retried.status, 200, "{}", retried.text);
    let behind = [signed_in[0], ("last-event-id", end.id.as_str())];
    let rest = Stream::open(&app, &format!("{path}/records/1/events?logs=true"), &behind).await.rest().await;
    assert_eq!(rest.last().unwrap().data["status_word"], "successful");
    let more = lines(&rest);
    assert!(more.iter().all(|(task, attempt, ..)| (task.as_str(), *attempt) == ("ship", 2)), "{more:?}");
    assert!(more.iter().any(|(.., text)| text == "try 2"), "{more:?}");
    app.stops().await;
}

async fn c15_a_stream_goes_on_behind_any_event_without_gap_and_without_double(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let path = starts(&operator).await;
    agrees_when_asked(&app, &operator, &path).await;
    let events = format!("{path}/records/1/events");
    let signed_in = ("x-auth-token", operator.key.as_str());
    let live = Stream::open(&app, &format!("{events}?logs=true"), &[signed_in]).await.rest().await;
    let whole = Stream::open(&app, &format!("{events}?logs=true"), &[signed_in]).await.rest().await;
    assert_eq!(whole.len(), 5, "the record, three logs, the end: {whole:#?}");
    let sorted = |events: &[Event]| {
        let mut lines = lines(events);
        lines.sort();
        lines
    };
    assert_eq!(sorted(&live), sorted(&whole), "while it ran, nothing was missed and nothing was told twice");
    for (at, event) in whole.iter().enumerate() {
        let behind = [signed_in, ("last-event-id", event.id.as_str())];
        let rest = Stream::open(&app, &format!("{events}?logs=true"), &behind).await.rest().await;
        // Of the end it is always told.
        let expected = if at + 1 == whole.len() { &whole[at..] } else { &whole[at + 1..] };
        assert_eq!(rest, expected, "behind {}", event.id);
    }
    let quiet = Stream::open(&app, &events, &[signed_in]).await.rest().await;
    assert_eq!(quiet.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(), ["record", "end"]);
    let headers = [("last-event-id", "nonsense")];
    let wrong = operator.asks_with(Method::GET, &events, &headers, None).await;
    assert_eq!(word_of("an id of nobody", &wrong, 400), "invalid");
    let nothing = operator.asks(Method::GET, &format!("{path}/records/7/events"), None).await;
    assert_eq!(word_of("no execution", &nothing, 404), "not_found");
    app.stops().await;
}

async fn agrees_when_asked(app: &TestApp, operator: &Program, path: &str) {
    let record = format!("{path}/records/1");
    let mut last = read(&operator.asks(Method::GET, &record, None).await);
    while last["status_word"] != "to-be-approved" {
        last = read(&operator.asks(Method::GET, &format!("{record}?seen={}&wait=50", last["revision"]), None).await);
    }
    agrees(app, path).await;
}

async fn c15_a_stream_that_has_nothing_to_tell_shows_that_it_lives(db: Db) {
    let app = TestApp::start_with(&db, |web| web.heartbeat = Duration::from_millis(20)).await;
    let viewer = Program::of(&app, "viewer", &[TokenScope::Read]).await;
    let path = format!("{}/{}/records/1/events", pipelines(), app.release(Story::Waiting).await.id);
    let mut stream = Stream::open(&app, &path, &[("x-auth-token", &viewer.key)]).await;
    assert_eq!(stream.next().await.unwrap().name, "record");
    for _ in 0..3 {
        let comment = stream.next().await.expect("it is not over");
        assert_eq!((comment.name.as_str(), comment.id.as_str()), ("", ""));
    }
    app.stops().await;
}

async fn c1_a_stream_that_is_open_ends_when_its_token_is_revoked_or_its_owner_leaves(db: Db) {
    let app = TestApp::start_with(&db, |web| web.heartbeat = Duration::from_millis(20)).await;
    let path = format!("{}/{}/records/1/events", pipelines(), app.release(Story::Waiting).await.id);
    let viewer = Program::of(&app, "viewer", &[TokenScope::Read]).await;
    let stream = Stream::open(&app, &path, &[("x-auth-token", &viewer.key)]).await;
    let caller = app.caller("viewer").await;
    let token = app.app.tokens(&caller).await.unwrap().remove(0);
    app.app.revoke_token(&caller, token.id).await.unwrap();
    let last = stream.rest().await.pop().unwrap();
    assert_eq!((last.name.as_str(), &last.data["reason"]), ("closed", &"token_revoked".into()));
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let stream = Stream::open(&app, &path, &[("x-auth-token", &operator.key)]).await;
    let tx = app.app.store.begin_write().await.unwrap();
    assert!(tx.revoke(app.id_of("operator").await, app.team, Role::Operator).await.unwrap());
    tx.commit().await.unwrap();
    let last = stream.rest().await.pop().unwrap();
    assert_eq!((last.name.as_str(), &last.data["reason"]), ("closed", &"not_found".into()));
    app.stops().await;
}

async fn c1_a_stream_that_is_open_ends_with_the_session_that_asked_for_it(db: Db) {
    let app = TestApp::start_with(&db, |web| web.heartbeat = Duration::from_millis(20)).await;
    let path = format!("{}/{}/records/1/events", pipelines(), app.release(Story::Waiting).await.id);
    let viewer = app.signed_in_as("viewer").await;
    let cookie = format!("tollgate={}", viewer.cookie("tollgate").unwrap());
    let stream = Stream::open(&app, &path, &[("cookie", &cookie)]).await;
    assert_eq!(viewer.post("/logout", &[]).await.status, 303);
    let last = stream.rest().await.pop().unwrap();
    assert_eq!((last.name.as_str(), &last.data["reason"]), ("closed", &"signed_out".into()));
    app.stops().await;
}

async fn a_server_that_stops_ends_streams_and_long_polls_at_once(db: Db) {
    let app = TestApp::start_with(&db, |web| web.shutdown_timeout = FOR_EVER).await;
    let viewer = Program::of(&app, "viewer", &[TokenScope::Read]).await;
    let record = format!("{}/{}/records/1", pipelines(), app.release(Story::Waiting).await.id);
    let mut stream = Stream::open(&app, &format!("{record}/events"), &[("x-auth-token", &viewer.key)]).await;
    let first = stream.next().await.unwrap();
    let poll = format!("{record}?seen={}&wait=50", first.data["revision"]);
    let polled = tokio::spawn(async move { viewer.asks(Method::GET, &poll, None).await });
    let last = tokio::spawn(async move { stream.rest().await.pop().unwrap() });
    app.stops().await;
    let last = last.await.unwrap();
    assert_eq!((last.name.as_str(), &last.data["reason"]), ("closed", &"stopping".into()));
    // It came before the server stopped, or was not taken any more.
    if let Ok(polled) = polled.await {
        assert!([200, 503].contains(&polled.status), "{}", polled.text);
    }
}

async fn who_has_as_many_streams_as_they_may_is_told_so_and_one_that_ends_makes_room(db: Db) {
    let few = ApiLimitsConfig { api_streams: 2, api_limit: 0, ..ApiLimitsConfig::default() };
    let app = TestApp::start_with(&db, |web| {
        web.api_limits = few;
        web.heartbeat = Duration::from_millis(50);
    });
    let app = app.await;
    let release = app.release(Story::Waiting).await;
    let path = format!("{}/{}/records/1/events", pipelines(), release.id);
    let [one, other] = [
        Program::of(&app, "viewer", &[TokenScope::Read]).await,
        Program::of(&app, "viewer", &[TokenScope::Read]).await,
    ];
    let open = async |program: &Program| {
        let mut stream = Stream::open(&app, &path, &[("x-auth-token", &program.key)]).await;
        assert_eq!(stream.next().await.unwrap().name, "record");
        stream
    };
    let (first, _second) = (open(&one).await, open(&one).await);
    let refused = one.asks(Method::GET, &path, None).await;
    assert_eq!(word_of("a third", &refused, 429), "too_many_streams");
    refused.says("2 event streams are open already").says("ask for the execution instead");
    assert_eq!(refused.header("retry-after"), "5");
    drop(open(&other).await);
    // The server sees that one is gone when it tells it that it lives.
    drop(first);
    until("there is room again", async || {
        let client = client::builder().build().unwrap();
        let asked = client.get(format!("http://{}{path}", app.address)).header("x-auth-token", &one.key);
        asked.send().await.unwrap().status() == 200
    })
    .await;
    app.stops().await;
}
