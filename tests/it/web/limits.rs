//! Clients that are slow, stuck, or send too much, on sockets of their own: they are told what is wrong where they can be
//! told, nobody waits for them for long, and they take nothing from others.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tollgate::config::ClientTimeouts;
use tollgate::domain::status::ReleaseStatus;

use super::app::TestApp;
use super::releases::logs::script;
use super::releases::scene::Scene;
use crate::db::Db;
use crate::program::{ANYWHERE, Program};

on_both!(
    a_head_that_never_ends_is_not_waited_for,
    a_later_request_that_never_comes_is_not_waited_for,
    a_form_that_never_ends_is_told_so,
    whoever_takes_nothing_of_an_answer_is_let_go,
    a_crowd_of_the_slow_takes_nothing_from_others,
    s2_what_is_no_form_is_refused_before_it_has_come,
    s2_half_requests_of_one_address_keep_nobody_out,
    what_is_too_long_is_told_in_a_sentence,
);

/// Longer than anything here takes.
const TIMEOUT: Duration = Duration::from_mins(1);

/// So much of a log is more than any buffer between us takes.
const MUCH: u64 = 12_000_000;

/// A server that waits for longer than this test runs; each test says for what it does not.
const LONG: ClientTimeouts = ClientTimeouts {
    head_timeout: Duration::from_mins(5),
    form_timeout: Duration::from_mins(5),
    stall_timeout: Duration::from_mins(5),
    keep_alive: Duration::from_mins(5),
};

/// A connection without a browser.
struct Wire(TcpStream);

impl Wire {
    async fn to(app: &TestApp) -> Self {
        Self(TcpStream::connect(app.address).await.unwrap())
    }

    async fn says(&mut self, text: &str) -> &mut Self {
        self.0.write_all(text.as_bytes()).await.unwrap();
        self
    }

    /// Everything until the server closes the connection.
    async fn hears_the_end(&mut self) -> String {
        let mut heard = Vec::new();
        let read = timeout(TIMEOUT, self.0.read_to_end(&mut heard)).await;
        assert!(read.is_ok(), "the connection stays open after {:?}", String::from_utf8_lossy(&heard));
        String::from_utf8_lossy(&heard).into_owned()
    }

    /// Until that was said.
    async fn hears(&mut self, words: &str) -> String {
        let mut heard = Vec::new();
        let read = async {
            while !String::from_utf8_lossy(&heard).contains(words) {
                assert_ne!(self.0.read_buf(&mut heard).await.unwrap(), 0, "the server closed the connection");
            }
        };
        timeout(TIMEOUT, read).await.unwrap();
        String::from_utf8_lossy(&heard).into_owned()
    }
}

async fn served_with(db: &Db, patience: ClientTimeouts) -> TestApp {
    TestApp::start_with(db, |web| web.patience = patience).await
}

async fn a_head_that_never_ends_is_not_waited_for(db: Db) {
    let app = served_with(&db, ClientTimeouts { head_timeout: Duration::from_millis(300), ..LONG }).await;
    let mut wire = Wire::to(&app).await;
    let heard = wire.says("GET /healthz HTTP/1.1\r\nHost: here\r\nX-Slow").await.hears_the_end().await;
    assert!(heard.starts_with("HTTP/1.1 408 "), "{heard}");
    app.stops().await;
}

async fn a_later_request_that_never_comes_is_not_waited_for(db: Db) {
    let app = served_with(
        &db,
        ClientTimeouts { head_timeout: Duration::from_secs(3), keep_alive: Duration::from_secs(3), ..LONG },
    )
    .await;
    let first = "GET /healthz HTTP/1.1\r\nHost: here\r\n";
    for (before, after) in [
        // The head of the second never ends.
        ("\r\n", "GET /healthz HTTP/1.1\r\nX-Slow"),
        // Nobody reads the body of the first, and it never ends.
        ("Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
    ] {
        let mut wire = Wire::to(&app).await;
        wire.says(&format!("{first}{before}")).await.hears("HTTP/1.1 200 OK").await;
        wire.says(after).await.hears_the_end().await;
    }
    app.stops().await;
}

async fn a_form_that_never_ends_is_told_so(db: Db) {
    let app = served_with(&db, ClientTimeouts { form_timeout: Duration::from_millis(300), ..LONG }).await;
    let mut wire = Wire::to(&app).await;
    let head = "POST /login HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let heard = wire.says(&format!("{head}Content-Length: 100\r\n\r\nname=ann")).await.hears_the_end().await;
    assert!(heard.starts_with("HTTP/1.1 408 "), "{heard}");
    assert!(heard.contains("<h1>What was sent did not come in time</h1>"), "{heard}");
    app.stops().await;
}

async fn whoever_takes_nothing_of_an_answer_is_let_go(db: Db) {
    let (scene, request) =
        with_a_long_log(&db, ClientTimeouts { stall_timeout: Duration::from_millis(500), ..LONG }).await;
    let mut wire = Wire::to(&scene.app).await;
    wire.says(&request).await.hears("HTTP/1.1 200 OK").await;
    let (server, client) = (scene.app.address, wire.0.local_addr().unwrap());
    let let_go = async {
        while is_connected(server, client) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(timeout(TIMEOUT, let_go).await.is_ok(), "the server waits for it");
    scene.app.stops().await;
}

async fn a_crowd_of_the_slow_takes_nothing_from_others(db: Db) {
    let (scene, request) = with_a_long_log(&db, LONG).await;
    let app = &scene.app;
    let form =
        "POST /login HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9";
    let mut slow = Vec::new();
    for number in 0..300 {
        let mut wire = Wire::to(app).await;
        match number % 3 {
            0 => wire.says("GET /healthz HTTP/1.1\r\nHo").await,
            1 => wire.says(&format!("{form}\r\n\r\nname")).await,
            // Says nothing at all.
            _ => &mut wire,
        };
        slow.push(wire);
    }
    // More than there are threads to answer them.
    for _ in 0..8 {
        let mut wire = Wire::to(app).await;
        wire.says(&request).await.hears("HTTP/1.1 200 OK").await;
        slow.push(wire);
    }
    let reader = app.browser();
    let others = async {
        for _ in 0..20 {
            assert_eq!(reader.get("/login").await.status, 200);
        }
        assert_eq!(app.signed_in_as("viewer").await.get(&scene.urls.show()).await.status, 200);
    };
    assert!(timeout(TIMEOUT, others).await.is_ok(), "others wait for the slow");
    drop(slow);
    scene.app.stops().await;
}

async fn s2_what_is_no_form_is_refused_before_it_has_come(db: Db) {
    let scene = Scene::on(served_with(&db, LONG).await, &script("true")).await;
    let operator = scene.browser("operator").await;
    let (path, key) = (scene.urls.operation("execute"), operator.cookie("tollgate").unwrap());
    for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x", ""] {
        let mut wire = Wire::to(&scene.app).await;
        let head = format!("POST {path} HTTP/1.1\r\nHost: here\r\nCookie: tollgate={key}\r\nContent-Type: {kind}\r\n");
        let heard = wire.says(&format!("{head}Content-Length: 60000\r\n\r\nx")).await.hears_the_end().await;
        assert!(heard.starts_with("HTTP/1.1 415 "), "{heard}");
        assert!(heard.contains("<h1>What was sent is not a form</h1>"), "{heard}");
    }
    scene.app.stops().await;
}

/// The real program, which may have 1,024 files open, and 300 of each kind of request that is never whole.
async fn s2_half_requests_of_one_address_keep_nobody_out(db: Db) {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 1024 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_tollgate"), "demo"]);
    command
        .args(["--listen", ANYWHERE, "--head-timeout", "5m", "--form-timeout", "5m"])
        .env_clear()
        .env("TOLLGATE_DATA", data)
        .env("TOLLGATE_WITHOUT_HOSTS", "true")
        .env("DATABASE_URL", &db.url);
    let program = tokio::task::spawn_blocking(move || Program::launch(&mut command, &log).unwrap()).await.unwrap();
    let address: SocketAddr = program.url.strip_prefix("http://").unwrap().parse().unwrap();
    let form = "POST /login HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let half = [
        "GET /healthz HTTP/1.1\r\nHo".to_owned(),
        format!("{form}Content-Length: 60000\r\n\r\nx"),
        format!("{}Content-Length: 60000\r\n\r\nx", form.replace("application/x-www-form-urlencoded", "text/plain")),
    ];
    for half in half {
        let mut slow = Vec::new();
        for _ in 0..300 {
            let mut wire = Wire(TcpStream::connect(address).await.unwrap());
            wire.says(&half).await;
            slow.push(wire);
        }
        let answered = async {
            for _ in 0..10 {
                let mut wire = Wire(TcpStream::connect(address).await.unwrap());
                let ask = "GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
                let heard = wire.says(ask).await.hears_the_end().await;
                assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
            }
        };
        // None of them would be given up by itself meanwhile.
        assert!(timeout(TIMEOUT, answered).await.is_ok(), "{half:?}");
    }
}

async fn what_is_too_long_is_told_in_a_sentence(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.browser();
    let address = ann.get(&format!("/login?next={}", "x".repeat(9_000))).await;
    assert_eq!(address.status, 414);
    address.says("<h1>This address is too long</h1>");
    ann.holds("more", &"x".repeat(33_000));
    let cookies = ann.get("/login").await;
    assert_eq!(cookies.status, 431);
    cookies.says("<h1>Your browser sent too much with its request</h1>").says("too many cookies");
    let fields = "task=x&".repeat(1_000);
    let fields = app.browser().send(reqwest::Method::POST, "/login", &[], &fields).await;
    assert_eq!(fields.status, 422);
    fields.says("It has more fields than any form of Tollgate.");
    for page in [&address, &cookies, &fields] {
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("x-request-id").len(), 16);
    }
    // What is longer still is refused by the server itself, in a line.
    let many = "X-More: x\r\n".repeat(200);
    let long = format!("X-More: {}\r\n", "x".repeat(200_000));
    for headers in [many, long] {
        let mut wire = Wire::to(&app).await;
        wire.says(&format!("GET /login HTTP/1.1\r\nHost: here\r\n{headers}")).await.hears("HTTP/1.1 431 ").await;
    }
    app.stops().await;
}

/// A release task whose only script has said much, and what asks for its log.
async fn with_a_long_log(db: &Db, patience: ClientTimeouts) -> (Scene, String) {
    let lines = format!("head -c {MUCH} /dev/zero | tr '\\0' x | fold -w 4000");
    let app = served_with(db, patience).await;
    let scene = Scene::on(app, &script(&lines)).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    let (path, key) = (scene.urls.log_download(1, "build", 1), operator.cookie("tollgate").unwrap());
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: keep-alive\r\nCookie: tollgate={key}\r\n\r\n");
    (scene, request)
}

/// Whether the server still has that connection, as the kernel says.
fn is_connected(server: SocketAddr, client: SocketAddr) -> bool {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let (server, client) = (format!(":{:04X}", server.port()), format!(":{:04X}", client.port()));
    table.lines().any(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let (local, remote) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        local.ends_with(&server) && remote.ends_with(&client)
    })
}
