//! Whatever is sent to a form or asked in an address is answered: never by a fault of ours, never as markup, and with
//! what was typed where the form comes again. `tests/support/fuzz.rs` tells how to run it for longer.

use std::time::Duration;

use reqwest::Method;
use tokio::runtime::Handle;
use tollgate::app::{Caller, Imported, ReleaseContent};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::ReleaseStatus;
use tollgate::format;
use tollgate::pages::components::release_urls::ReleaseUrls;
use tollgate::pages::forms::MAX_FORM_LEN;
use url::form_urlencoded;

use super::app::{REGION, TestApp};
use super::browser::{Browser, Page};
use super::releases::scene::Scene;
use crate::db::Db;
use crate::fuzz::{Fuzz, hash};

on_both!(forms_and_addresses);

const GATE: &str = "
name: gate
phases:
  - name: Approve
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver]
";
const FAILS: &str = "
name: fails
phases:
  - name: Build
    tasks:
      - name: build
        script: echo it fails; exit 3
";
const WAITS: &str = "
name: waits
phases:
  - name: Wait
    tasks:
      - name: long
        type: wait
        for: 1h
";
/// Their addresses have the number of an execution that is made ready first.
const SKIP: &str = "skip";
const DECIDE: &str = "decide";
/// Longer than anything here takes.
const TIMEOUT: Duration = Duration::from_mins(1);

const SENT: &[&str] = &[
    "name=anna&password=secret&next=%2Fapprovals",
    "name=a%00b&password=x",
    "name=shop-copy",
    "name=%3Cu%20x%3D'%22%26%3E&password=x",
    "comment=%3Cu%20x%3D'%22%26%3E",
    "comment=a%00b",
    "verdict=reject&comment=&round=1",
    "verdict=reject&comment=%00",
    "verdict=agree&comment=fine&back=approvals",
    "task=build&execution=1&version=1",
    "execution=1",
    "token=abc&name=root&password=correct+horse&again=other",
    "current=a&new=b&again=c",
    "q=shop&status=running&team=storefront&creator=operator&sort=name&order=down&page=2&seen=1",
    "q=%00",
    "before=1&after=2&seen=3",
    "version=1&from=1&to=1",
    "attempt=1&from=0&size=10&seen=1&before=100",
    "attempt=1&from=18446744073709551615&size=1",
    "seen=1&of=01890000-0000-7000-8000-000000000000",
    "before=4294967295&after=4294967295&page=18446744073709551615",
    "execution=4294967295&version=4294967295&task=build&round=4294967295&verdict=agree&comment=x",
    "4294967295",
    "<u x='\"&>",
    "a/b?c=d#e",
];

const WORDS: &[&str] = &[
    "&",
    "=",
    "+",
    "%",
    "%00",
    "%ff",
    "%c3",
    "%c3%a9",
    "%0d%0a",
    "%26",
    "%2f",
    "%5c",
    "%25",
    "name=",
    "password=",
    "next=",
    "comment=",
    "verdict=agree",
    "verdict=reject",
    "verdict=",
    "round=",
    "execution=",
    "version=",
    "task=",
    "back=approvals",
    "token=",
    "again=",
    "current=",
    "new=",
    "q=",
    "status=running",
    "status=",
    "team=",
    "creator=",
    "sort=name",
    "sort=",
    "order=down",
    "page=",
    "seen=",
    "before=",
    "after=",
    "from=",
    "to=",
    "attempt=",
    "size=",
    "of=",
    "signed_out=",
    "1",
    "0",
    "-1",
    "1e3",
    "2147483648",
    "4294967295",
    "9223372036854775808",
    "18446744073709551615",
    "01890000-0000-7000-8000-000000000000",
    "<u x='\"&>",
    "%3Cu%20x%3D'%22%26%3E",
    "/approvals",
    "//evil.example",
    "%25%5F",
    "'",
    "\"",
    "go-live",
    "build",
    "é",
    "\0",
];

/// Where something is sent.
struct Target {
    method: Method,
    /// With `*` for what is sent, if it is not the body.
    path: String,
    by: By,
}

#[derive(Clone, Copy)]
enum By {
    Nobody,
    Operator,
    Approver,
}

/// Who is there, and the release tasks that they work on.
struct Place {
    app: TestApp,
    gate: (ReleaseId, ReleaseUrls),
    fails: (ReleaseId, ReleaseUrls),
    waits: (ReleaseId, ReleaseUrls),
    nobody: Browser,
    operator: Browser,
    approver: Browser,
}

async fn forms_and_addresses(db: Db) {
    let place = Place::prepare(&db).await;
    place.comes_to(&place.fails, ReleaseStatus::ReleaseFailed).await;
    let targets = place.targets();
    // The first byte of an input chooses where it is sent, the rest is what is sent.
    let places = 0..u8::try_from(targets.len()).unwrap();
    let to = |place: u8| SENT.iter().map(move |sent| [&[place], sent.as_bytes()].concat());
    let corpus = places.flat_map(to).collect();
    let handle = Handle::current();
    let name =
        if db.url.starts_with("sqlite") { "forms_and_addresses::sqlite" } else { "forms_and_addresses::postgres" };
    Fuzz { name, corpus, words: WORDS, cases: 150, longest: 70_000 }.run(|input| {
        let Some((first, sent)) = input.split_first() else { return 0 };
        let target = &targets[usize::from(*first) % targets.len()];
        let page = tokio::task::block_in_place(|| handle.block_on(place.sends(target, sent)));
        let Some(page) = page else {
            assert!(sent.len() > MAX_FORM_LEN, "no answer from {} {}", target.method, target.path);
            return 1;
        };
        holds(&page, sent, target);
        hash(format!("{first} {} {}", page.status, page.text.len() / 4096).as_bytes())
    });
    place.app.stops().await;
}

impl Place {
    async fn prepare(db: &Db) -> Self {
        let Scene { app, id, urls } = Scene::with(db, GATE).await;
        let mut others = Vec::new();
        for yaml in [FAILS, WAITS] {
            let document = format::parse(yaml).unwrap().remove(0);
            let draft = ReleaseContent {
                name: document.name,
                description: document.description,
                definition: document.definition,
            };
            let Imported::Created(id) = app
                .app
                .import(&Caller::CommandLine, ReleaseOwner { team: app.team, region: app.region }, &draft)
                .await
                .unwrap()
            else {
                panic!("{} is there", draft.name)
            };
            others.push((id, ReleaseUrls::new(REGION, id)));
        }
        let (waits, fails) = (others.pop().unwrap(), others.pop().unwrap());
        let (nobody, operator) = (app.browser(), app.signed_in_as("operator").await);
        let approver = app.signed_in_as("approver").await;
        Self { gate: (id, urls), fails, waits, nobody, operator, approver, app }
    }

    fn targets(&self) -> Vec<Target> {
        let get = |path: &str, by| Target { method: Method::GET, path: path.to_owned(), by };
        let post = |path: &str, by| Target { method: Method::POST, path: path.to_owned(), by };
        let (fails, waits) = (&self.fails.1, &self.waits.1);
        let (task, release) = (fails.task(1, "build"), fails.show());
        let list = format!("/regions/{REGION}/release-tasks");
        let mut targets = vec![
            post(SKIP, By::Operator),
            post(DECIDE, By::Approver),
            post("/login", By::Nobody),
            post("/setup", By::Nobody),
            post("/account/password", By::Approver),
            post(&fails.operation("clone"), By::Operator),
            get("/login?*", By::Nobody),
            get("/setup?*", By::Nobody),
            get("/*", By::Approver),
            get("/approvals?*", By::Approver),
            get("/approvals/list?*", By::Approver),
            get("/approvals/count?*", By::Approver),
            get(&format!("{list}?*"), By::Operator),
            get(&format!("{list}/*"), By::Operator),
            get(&format!("/regions/*/release-tasks/{}", self.fails.0), By::Operator),
        ];
        for word in ["execute", "pause", "continue", "retry", "terminate", "roll-back"] {
            targets.push(post(&waits.operation(word), By::Operator));
        }
        for tab in ["", "/timeline", "/executions", "/activity", "/definition", "/definition.yaml", "/executions/1"] {
            targets.push(get(&format!("{release}{tab}?*"), By::Operator));
        }
        for part in ["", "/live", "/log", "/log/download", "/decision", "/skip"] {
            targets.push(get(&format!("{task}{part}?*"), By::Operator));
        }
        targets.push(get(&format!("{release}/executions/*/tasks/build"), By::Operator));
        targets.push(get(&format!("{release}/executions/1/tasks/*"), By::Operator));
        targets
    }

    /// What comes back; nothing if no answer came.
    async fn sends(&self, target: &Target, sent: &[u8]) -> Option<Page> {
        let browser = match target.by {
            By::Nobody => &self.nobody,
            By::Operator => &self.operator,
            By::Approver => &self.approver,
        };
        if target.method == Method::GET {
            // A browser sends what is no plain letter as numbers.
            let plain = |byte: &u8| char::from(*byte).to_string();
            let asked = |byte: &u8| if byte.is_ascii_graphic() { plain(byte) } else { format!("%{byte:02X}") };
            let asked: Vec<String> = sent.iter().take(4000).map(asked).collect();
            let headers: &[_] = if sent.len().is_multiple_of(2) { &[("hx-request", "true")] } else { &[] };
            return Some(browser.send(Method::GET, &target.path.replace('*', &asked.concat()), headers, "").await);
        }
        let path = match target.path.as_str() {
            DECIDE => {
                let number = self.comes_to(&self.gate, ReleaseStatus::ToBeApproved).await;
                self.gate.1.decision(number, "go-live")
            }
            SKIP => self.fails.1.skip(self.comes_to(&self.fails, ReleaseStatus::ReleaseFailed).await, "build"),
            path => path.to_owned(),
        };
        let kind = if sent.starts_with(b"{") { "application/json" } else { "application/x-www-form-urlencoded" };
        browser.posts_bytes(&path, kind, sent.to_vec()).await
    }

    /// Has it executed until it has that status; the number of the execution.
    async fn comes_to(&self, (id, urls): &(ReleaseId, ReleaseUrls), status: ReleaseStatus) -> u32 {
        let come = async {
            loop {
                let release = self.app.app.store.release(*id).await.unwrap().unwrap();
                if release.status() == status {
                    return release.last.unwrap().number;
                }
                if !release.status().is_active() {
                    let tasks: Vec<_> =
                        release.definition.tasks().map(|(_, task)| ("task", task.name.as_str())).collect();
                    assert_eq!(self.operator.post(&urls.operation("execute"), &tasks).await.status, 303);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(TIMEOUT, come).await.expect("it comes so far")
    }
}

/// An answer that is no fault, leads somewhere, has no markup of the input's, and what was typed where it is asked again.
fn holds(page: &Page, sent: &[u8], target: &Target) {
    let Page { status, text, .. } = page;
    let asked = format!("{} {} with {:?}", target.method, target.path, String::from_utf8_lossy(sent));
    assert!((200..500).contains(status), "{status} to {asked}: {text}");
    if *status == 303 {
        assert!(page.location().starts_with('/'), "{:?} from {asked}", page.location());
    }
    if !page.header("content-type").starts_with("text/html") {
        return;
    }
    assert!(!text.contains("<u x"), "markup in the answer to {asked}: {text}");
    let typed_nul = form_urlencoded::parse(sent).any(|(name, value)| name.contains('\0') || value.contains('\0'));
    assert!(typed_nul || !text.contains('\0'), "NUL in the answer to {asked}");
    for field in ["name", "comment"] {
        let typed: Vec<_> = form_urlencoded::parse(sent).filter(|(name, _)| name == field).collect();
        if let [(_, value)] = typed.as_slice()
            && target.method == Method::POST
            && text.contains(&format!(" name=\"{field}\""))
        {
            let readable = value.chars().filter(|letter| !letter.is_control());
            let value = if target.path == "/login" { readable.take(64).collect() } else { value.to_string() };
            let value = if target.path == "/setup" { value.trim() } else { &value };
            assert!(text.contains(&escaped(value)), "{value:?} is not in the answer to {asked}: {text}");
        }
    }
}

/// As a page writes it.
fn escaped(text: &str) -> String {
    let written = |letter: char| match letter {
        '<' | '>' | '&' | '"' | '\'' => format!("&#{};", u32::from(letter)),
        letter => letter.to_string(),
    };
    text.chars().map(written).collect()
}
