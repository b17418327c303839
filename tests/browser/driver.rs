//! Chromium, driven by the WebDriver protocol: one chromedriver for all stories, a browser for everybody in them.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tollgate_testing::client;

/// Waits until nobody holds the other end of standard input, then ends the driver and its browsers.
const KEEP: &str = "chromedriver --port=0 & read -r nothing; trap '' TERM; kill 0";

/// The name under which the protocol hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    On,
    Off,
}

/// A browser.
#[derive(Clone)]
pub struct Driver {
    http: Client,
    session: String,
}

/// Part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element(String);

/// What the protocol says of what cannot be done, such as `stale element reference`.
#[derive(Debug)]
pub struct Refused(#[expect(dead_code, reason = "read in the message of a test that fails")] String);

type Result<T> = std::result::Result<T, Refused>;

impl Driver {
    /// A new browser, which keeps what it knows in that folder.
    pub async fn open(profile: &Path, script: Script) -> Self {
        let mut arguments = vec![format!("--user-data-dir={}", profile.display())];
        let all = "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run \
                   --disable-background-networking --disable-component-update --disable-sync --window-size=1440,900";
        arguments.extend(all.split(' ').map(str::to_owned));
        let mut options = json!({ "args": arguments });
        if let Some(chromium) = chromium() {
            options["binary"] = chromium.into();
        }
        if script == Script::Off {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let wanted = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let http = client::builder().build().unwrap();
        let mut driver = Self { http, session: format!("{}/session", chromedriver()) };
        let opened = driver.send(Method::POST, "", json!({ "capabilities": { "alwaysMatch": wanted } })).await.unwrap();
        driver.session = format!("{}/{}", driver.session, opened["sessionId"].as_str().unwrap());
        driver
    }

    /// Ends the browser.
    pub async fn close(&self) -> Result<()> {
        self.send(Method::DELETE, "", Value::Null).await.map(drop)
    }

    /// Opens an address and waits until it is loaded.
    pub async fn goto(&self, url: &str) -> Result<()> {
        self.post("/url", json!({ "url": url })).await.map(drop)
    }

    /// The address that is shown.
    pub async fn url(&self) -> Result<String> {
        self.send(Method::GET, "/url", Value::Null).await.map(text)
    }

    /// The elements that a path of `XPath` names, in the order of the page.
    pub async fn find(&self, xpath: &str) -> Result<Vec<Element>> {
        let found = self.post("/elements", json!({ "using": "xpath", "value": xpath })).await?;
        Ok(found.as_array().into_iter().flatten().map(|it| Element(text(it[ELEMENT].clone()))).collect())
    }

    /// Whether a reader sees it.
    pub async fn is_displayed(&self, element: &Element) -> Result<bool> {
        self.of(element, "displayed").await.map(|it| it == true)
    }

    /// What a reader reads in it.
    pub async fn text(&self, element: &Element) -> Result<String> {
        self.of(element, "text").await.map(text)
    }

    /// The name that it has for a screen reader.
    pub async fn label(&self, element: &Element) -> Result<String> {
        self.of(element, "computedlabel").await.map(text)
    }

    /// Clicks where it is, or says what is in the way.
    pub async fn click(&self, element: &Element) -> Result<()> {
        self.post(&format!("/element/{}/click", element.0), json!({})).await.map(drop)
    }

    /// Types into it.
    pub async fn types(&self, element: &Element, text: &str) -> Result<()> {
        self.post(&format!("/element/{}/clear", element.0), json!({})).await?;
        self.post(&format!("/element/{}/value", element.0), json!({ "text": text })).await.map(drop)
    }

    /// Where the keyboard is.
    pub async fn focused(&self) -> Result<Element> {
        self.send(Method::GET, "/element/active", Value::Null).await.map(|it| Element(text(it[ELEMENT].clone())))
    }

    /// Presses keys, one after the other, wherever the keyboard is.
    pub async fn presses(&self, keys: &[char]) -> Result<()> {
        let strokes = keys
            .iter()
            .flat_map(|key| ["keyDown", "keyUp"].map(|stroke| json!({ "type": stroke, "value": key.to_string() })));
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes.collect::<Vec<_>>() });
        self.post("/actions", json!({ "actions": [keyboard] })).await.map(drop)
    }

    /// Presses a key while another is held.
    pub async fn presses_together(&self, held: char, key: char) -> Result<()> {
        let stroke = |kind: &str, key: char| json!({ "type": kind, "value": key.to_string() });
        let strokes = [stroke("keyDown", held), stroke("keyDown", key), stroke("keyUp", key), stroke("keyUp", held)];
        self.post("/actions", json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] }))
            .await
            .map(drop)
    }

    /// Holds the pointer down on one element, goes to another in steps, and lets go there, below its middle.
    pub async fn drags(&self, from: &Element, to: &Element, below: i32) -> Result<()> {
        let at = |element: &Element, below: i32| json!({ "type": "pointerMove", "duration": 50, "origin": { ELEMENT: element.0 }, "x": 0, "y": below });
        let moves = [
            at(from, 0),
            json!({ "type": "pointerDown", "button": 0 }),
            at(to, 0),
            at(to, below),
            json!({ "type": "pointerUp", "button": 0 }),
        ];
        self.post("/actions", json!({ "actions": [{ "type": "pointer", "id": "mouse", "actions": moves }] }))
            .await
            .map(drop)
    }

    /// Runs a function body in the page, past its policy; one that waits is given a callback as its last argument.
    pub async fn execute(&self, script: &str) -> Result<Value> {
        self.post("/execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// The same for one that calls back.
    pub async fn execute_async(&self, script: &str) -> Result<Value> {
        self.post("/execute/async", json!({ "script": script, "args": [] })).await
    }

    /// Asks Chromium itself.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    /// What the console said since it was last asked, errors and warnings alone.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let said = self.post("/se/log", json!({ "type": "browser" })).await?;
        let bad = |line: &&Value| line["level"] == "SEVERE" || line["level"] == "WARNING";
        Ok(said.as_array().into_iter().flatten().filter(bad).map(|line| text(line["message"].clone())).collect())
    }

    /// A picture, as PNG in base64.
    pub async fn picture(&self) -> Result<String> {
        self.send(Method::GET, "/screenshot", Value::Null).await.map(text)
    }

    async fn of(&self, element: &Element, what: &str) -> Result<Value> {
        self.send(Method::GET, &format!("/element/{}/{what}", element.0), Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.send(Method::POST, path, body).await
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.session));
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.map_err(|error| Refused(error.to_string()))?;
        let good = response.status().is_success();
        let mut answer: Value = response.json().await.map_err(|error| Refused(error.to_string()))?;
        let value = answer["value"].take();
        if good { Ok(value) } else { Err(Refused(format!("{}: {}", value["error"], value["message"]))) }
    }
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Debian's name of it; elsewhere the driver knows where its browser is.
fn chromium() -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("chromium")).find(|file| file.is_file())?;
    Some(found.display().to_string())
}

/// Where the driver listens; it is started when it is first asked for, and ends with this process.
fn chromedriver() -> &'static str {
    static DRIVER: OnceLock<String> = OnceLock::new();
    DRIVER.get_or_init(|| {
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEP]).process_group(0);
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Nobody drops it: the pipe to it closes with this process.
        let keeper = Box::leak(Box::new(keeper.spawn().unwrap()));
        let said = Box::leak(Box::new(BufReader::new(keeper.stdout.take().unwrap())));
        let said = said.lines().map_while(std::result::Result::ok);
        let mut ports = said.filter_map(|line| Some(line.rsplit_once("successfully on port ")?.1.to_owned()));
        let port = ports.next().expect("chromedriver is needed for these tests: tests/run installs it");
        format!("http://127.0.0.1:{}", port.trim_end_matches('.'))
    })
}
