//! Somebody in front of a browser, who knows the names on the screen and nothing of what is behind them.

use std::cell::Cell;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::driver::{Driver, Element, Refused, Script};

/// How long somebody waits before they try to sign in again.
const RETRY_DELAY: Duration = Duration::from_secs(2);

/// What says that somebody tried to sign in too often.
const TOO_OFTEN: &str = "//*[contains(text(), \"too many tries to sign in\")]";

/// How long somebody waits for what should come.
const TIMEOUT: Duration = Duration::from_mins(1);

pub const TAB: char = '\u{e004}';
pub const ENTER: char = '\u{e007}';
pub const ESCAPE: char = '\u{e00c}';
pub const SPACE: char = ' ';
pub const ALT: char = '\u{e00a}';
pub const CONTROL: char = '\u{e009}';
pub const SHIFT: char = '\u{e008}';
pub const LEFT: char = '\u{e012}';
pub const UP: char = '\u{e013}';
pub const RIGHT: char = '\u{e014}';
pub const DOWN: char = '\u{e015}';

/// Buttons that send what a dialog is about.
const DECISIVE: [&str; 4] = ["Reject", "Agree", "OK", "Execute Now"];

/// What a dialog says when a machine is so busy that the database had no time. The database waits for four seconds before.
const NO_TIME: &str = "//*[contains(normalize-space(.), \"did not answer in time, and nothing was done\")]";

/// After so long a dialog has had its answer, or the story goes on and waits for what should follow.
const ANSWER_DELAY: Duration = Duration::from_secs(6);

/// Somebody.
#[derive(Clone)]
pub struct Person {
    pub driver: Driver,
    pub name: String,
    url: String,
    password: String,
    script: Script,
}

impl Person {
    pub fn new(driver: Driver, url: &str, name: &str, password: String, script: Script) -> Self {
        Self { driver, url: url.to_owned(), name: name.to_owned(), password, script }
    }

    /// Opens a page by its address, whole or within the program.
    pub async fn opens(&self, address: &str) {
        let url = if address.starts_with("http") { address.to_owned() } else { format!("{}{address}", self.url) };
        self.driver.goto(&url).await.unwrap();
    }

    /// The address of the page, within the program.
    pub async fn is_at(&self) -> String {
        self.driver.url().await.unwrap().strip_prefix(&self.url).unwrap().to_owned()
    }

    pub async fn signs_in(&self) {
        self.writes("Account", &self.name).await;
        self.writes("Password", &self.password).await;
        self.clicks("Sign In").await;
        let (was_refused, tried) = (Cell::new(false), Cell::new(Instant::now()));
        self.waits_until("signed in", async || {
            // On a machine that is busy the database may have no time for it: then the form is given back. Whoever tries
            // again at once and often is asked to wait.
            for (seen, button) in [("//button[normalize-space(.)=\"Try Again\"]", "Try Again"), (TOO_OFTEN, "Sign In")]
            {
                if tried.get().elapsed() > RETRY_DELAY && !self.driver.find(seen).await?.is_empty() {
                    was_refused.set(true);
                    tried.set(Instant::now());
                    self.writes("Password", &self.password).await;
                    self.clicks(button).await;
                }
            }
            Ok(!self.driver.url().await?.contains("/login") && self.shows("//header").await?)
        })
        .await;
        if was_refused.get() {
            self.hears_no_complaint(&["/login - Failed to load resource: the server responded with a status of "])
                .await;
        }
    }

    /// Signs in over the page, which stays.
    pub async fn signs_in_over_the_page(&self) {
        self.reads("You Were Signed Out").await;
        self.writes("Account", &self.name).await;
        self.writes("Password", &self.password).await;
        self.clicks("Sign In").await;
        self.waits_until("signed in", async || {
            Ok(self.driver.find("//dialog[@id=\"sign-in\"][@open]").await?.is_empty())
        })
        .await;
    }

    /// Clicks a link, a button or a menu by its whole name. What a dialog is about is asked for again where the database had no time
    /// for it, as the dialog says.
    pub async fn clicks(&self, name: &str) {
        self.clicks_on(&format!("//*[self::a or self::button or self::summary][{}]", is_named(name))).await;
        if DECISIVE.contains(&name) && self.script == Script::On {
            self.goes_through_with(name).await;
        }
    }

    /// Waits until the dialog is closed, or answers something else than that the database had no time.
    async fn goes_through_with(&self, name: &str) {
        let mut asked = Instant::now();
        while asked.elapsed() < ANSWER_DELAY {
            if self.driver.find("//dialog[@open]").await.is_ok_and(|open| open.is_empty()) {
                return;
            }
            if self.shows(NO_TIME).await.unwrap_or(false) && asked.elapsed() > RETRY_DELAY {
                self.hears_no_complaint(&["503"]).await;
                self.clicks_on(&format!("//button[{}]", is_named(name))).await;
                asked = Instant::now();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Clicks a link whose name begins so, such as one with a number after it.
    pub async fn follows(&self, beginning: &str) {
        self.clicks_on(&format!("//a[starts-with(normalize-space(.), \"{beginning}\")]")).await;
    }

    /// Clicks a link or a switch of the side bar whose name begins so.
    pub async fn picks(&self, beginning: &str) {
        let begins = format!("starts-with(normalize-space(.), \"{beginning}\")");
        self.clicks_on(&format!("//nav[@id=\"side\"]//*[self::a or self::summary][{begins}]")).await;
    }

    /// Clicks a button whose name begins so, such as one with a description after it.
    pub async fn chooses(&self, beginning: &str) {
        self.clicks_on(&format!("//button[starts-with(normalize-space(.), \"{beginning}\")]")).await;
    }

    /// Clicks something in the card of a task.
    pub async fn clicks_on_card(&self, task: &str, name: &str) {
        self.clicks_on(&format!("{}//*[self::a or self::button][{}]", card(task), is_named(name))).await;
    }

    /// Checks or unchecks a box by its label.
    pub async fn toggles(&self, label: &str) {
        self.clicks_on(&format!("//label[input][span[starts-with(normalize-space(.), \"{label}\")]]")).await;
    }

    /// Types into a field by its label.
    pub async fn writes(&self, label: &str, text: &str) {
        let field = format!("//*[self::input or self::textarea][@id=//label[normalize-space(.)=\"{label}\"]/@for]");
        self.waits_until(&format!("write into {label}"), async || {
            let Some(field) = self.find(&field).await? else { return Ok(false) };
            self.driver.types(&field, text).await?;
            Ok(true)
        })
        .await;
    }

    /// Types into the field of that id.
    pub async fn types_into(&self, id: &str, text: &str) {
        let field = self.find(&format!("//*[@id=\"{id}\"]")).await.unwrap().expect("the field is there");
        self.driver.types(&field, text).await.unwrap();
    }

    /// Waits for words on the page, or in the dialog if one is open.
    pub async fn reads(&self, words: &str) {
        self.waits_until(&format!("read {words:?}"), async || Ok(self.text().await?.contains(words))).await;
    }

    /// The words on the page, or in the dialog if one is open.
    pub async fn text(&self) -> Result<String, Refused> {
        match self.find("").await? {
            Some(part) => self.driver.text(&part).await,
            None => Ok(String::new()),
        }
    }

    /// Waits for the status beside the title.
    pub async fn sees_status(&self, status: &str) {
        let xpath = "//main//h1/following-sibling::*[contains(@class, \"status\")]";
        self.waits_until(&format!("see the status {status}"), async || {
            let Some(element) = self.driver.find(xpath).await?.into_iter().next() else { return Ok(false) };
            Ok(self.driver.text(&element).await? == status)
        })
        .await;
    }

    /// Waits for words on the card of a task.
    pub async fn sees_on_card(&self, task: &str, words: &str) {
        self.waits_until(&format!("see {words:?} on the card {task}"), async || {
            let Some(card) = self.driver.find(&card(task)).await?.into_iter().next() else { return Ok(false) };
            Ok(self.driver.text(&card).await?.contains(words))
        })
        .await;
    }

    /// Whether a link, a button or a menu of that name is there.
    pub async fn is_offered(&self, name: &str) -> bool {
        self.shows(&format!("//*[self::a or self::button or self::summary][{}]", is_named(name))).await.unwrap()
    }

    /// The name of what the keyboard is on.
    pub async fn is_on(&self) -> String {
        let focused = self.driver.focused().await.unwrap();
        self.driver.label(&focused).await.unwrap()
    }

    /// Waits until the keyboard is there.
    pub async fn finds_focus_on(&self, name: &str) {
        self.waits_until(&format!("find the keyboard on {name}"), async || {
            let focused = self.driver.focused().await?;
            Ok(self.driver.label(&focused).await? == name)
        })
        .await;
    }

    /// Presses Tab until the keyboard is on something of that name.
    pub async fn tabs_to(&self, name: &str) {
        for _ in 0..80 {
            self.driver.presses(&[TAB]).await.unwrap();
            if self.is_on().await == name {
                return;
            }
        }
        panic!("{} does not come to {name:?} with Tab", self.name);
    }

    /// Presses Tab until the keyboard is on something whose name begins so.
    pub async fn tabs_to_beginning(&self, name: &str) {
        for _ in 0..80 {
            self.driver.presses(&[TAB]).await.unwrap();
            if self.is_on().await.starts_with(name) {
                return;
            }
        }
        panic!("{} does not come to {name:?} with Tab", self.name);
    }

    /// Presses Shift and Tab until the keyboard is on something of that name.
    pub async fn tabs_back_to(&self, name: &str) {
        for _ in 0..80 {
            self.driver.presses_together(SHIFT, TAB).await.unwrap();
            if self.is_on().await == name {
                return;
            }
        }
        panic!("{} does not come to {name:?} with Shift and Tab", self.name);
    }

    /// Makes a mark in the page that a reload would wipe out.
    pub async fn marks_the_page(&self) {
        self.driver.execute("document.documentElement.dataset.marked = 'yes'").await.unwrap();
    }

    /// Fails if the page was loaded anew since it was marked.
    pub async fn still_has_the_marked_page(&self) {
        let marked = self.driver.execute("return document.documentElement.dataset.marked").await.unwrap();
        assert_eq!(marked, "yes", "{}: the page was loaded anew", self.name);
    }

    /// Waits until a dialog is open, or none.
    pub async fn waits_for_dialog(&self, open: bool) {
        self.waits_until("a dialog", async || Ok(self.driver.find("//dialog[@open]").await?.is_empty() != open)).await;
    }

    /// Waits for anything.
    pub async fn waits_until(&self, what: &str, mut is_so: impl AsyncFnMut() -> Result<bool, Refused>) {
        let asked = Instant::now();
        loop {
            // A refresh may take an element away between finding and using it: look again.
            let last = is_so().await;
            if matches!(last, Ok(true)) {
                return;
            }
            assert!(asked.elapsed() < TIMEOUT, "{}: {what}: not in {TIMEOUT:?}; {last:?}", self.name);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The first of such elements that is seen; while a dialog is open, in the one on top alone.
    pub async fn find(&self, xpath: &str) -> Result<Option<Element>, Refused> {
        let open = !self.driver.find("//dialog[@open]").await?.is_empty();
        let within = if open { "(//dialog[@open])[last()]" } else { "//body" };
        for element in self.driver.find(&format!("{within}{xpath}")).await? {
            if self.driver.is_displayed(&element).await? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Keeps what is on the screen where the build keeps its temporary files.
    pub async fn leaves_a_picture(&self) {
        let Ok(picture) = self.driver.picture().await else { return };
        let story = std::thread::current().name().unwrap_or("story").replace("::", "-");
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{story}-{}.png.base64", self.name));
        std::fs::write(&file, picture).unwrap();
        println!("what {} saw: base64 -d {}", self.name, file.display());
        println!("{}", self.text().await.unwrap_or_default());
    }

    async fn shows(&self, xpath: &str) -> Result<bool, Refused> {
        Ok(self.find(xpath).await?.is_some())
    }

    async fn clicks_on(&self, xpath: &str) {
        self.waits_until(&format!("click {xpath}"), async || {
            let Some(element) = self.find(xpath).await? else { return Ok(false) };
            self.driver.click(&element).await?;
            Ok(true)
        })
        .await;
    }

    /// Looks at the page in light and in dark, at every width: axe finds nothing, nothing is cut off, and the console
    /// is silent.
    pub async fn finds_nothing_wrong(&self) {
        self.hears_no_complaint(&[]).await;
        if self.script == Script::On {
            self.sees_nothing_wrong().await;
        }
    }

    /// The same, whatever the console says.
    pub async fn sees_nothing_wrong(&self) {
        for scheme in ["light", "dark"] {
            let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            self.driver.devtools("Emulation.setEmulatedMedia", feature).await.unwrap();
            let found = crate::axe::findings(&self.driver).await;
            assert!(found.is_empty(), "{} at {} in {scheme}:\n{found}", self.name, self.is_at().await);
        }
        for width in [1024, 390, 1440] {
            let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
            self.driver.devtools("Emulation.setDeviceMetricsOverride", size).await.unwrap();
            let too_wide = self.driver.execute("return document.documentElement.scrollWidth > innerWidth").await;
            assert_eq!(too_wide.unwrap(), false, "{} scrolls sideways at {width}", self.is_at().await);
        }
    }

    /// Fails if the console said anything, such as that the policy was broken, but what is expected.
    pub async fn hears_no_complaint(&self, but: &[&str]) {
        let mut complaints = self.driver.complaints().await.unwrap();
        complaints.retain(|said| !but.iter().any(|expected| said.contains(expected)));
        assert!(complaints.is_empty(), "{} at {}: {complaints:#?}", self.name, self.is_at().await);
    }
}

/// The card of a task in the Release Process View.
fn card(task: &str) -> String {
    format!("//li[contains(@class, \"card\")][.//*[contains(@class, \"name\")][normalize-space(.)=\"{task}\"]]")
}

fn is_named(name: &str) -> String {
    format!("normalize-space(.)=\"{name}\" or @aria-label=\"{name}\"")
}
