//! The editor without script: every step is a form or a link, and nothing that was typed is lost.

mod building;
mod saving;
mod text;
mod variables;

use tollgate::domain::draft::{Draft, ElementId};
use tollgate::domain::ids::DraftId;

use super::app::{REGION, TestApp};
use super::browser::{Browser, Page};

/// Somebody who edits a draft, and what the page that they look at shows.
pub struct Editor {
    pub browser: Browser,
    /// The URL of the draft.
    pub url: String,
    /// The state that the page shows.
    pub rev: u64,
}

impl Editor {
    /// The operator creates a release task and begins with a blank board.
    pub async fn blank(app: &TestApp, name: &str) -> Self {
        let browser = app.signed_in_as("operator").await;
        let team = app.team.to_string();
        let form = [("name", name), ("team", team.as_str()), ("description", ""), ("begin", "blank")];
        let made = browser.post(&format!("/regions/{REGION}/release-tasks/new"), &form).await;
        assert_eq!(made.status, 303, "{}", made.text);
        Self::at(browser, made.location()).await
    }

    /// In that browser, at that draft.
    pub async fn at(browser: Browser, url: &str) -> Self {
        let url = url.split(['?', '#']).next().unwrap().to_owned();
        let mut editor = Self { browser, url, rev: 0 };
        editor.looks().await;
        editor
    }

    /// Opens the board as it is now.
    pub async fn looks(&mut self) -> Page {
        let page = self.browser.get(&self.url).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let (_, rest) = page.text.split_once("name=\"rev\" value=\"").expect("the state is in its forms");
        self.rev = rest.split('"').next().unwrap().parse().unwrap();
        page
    }

    /// Sends a form from the page that it looks at.
    pub async fn sends(&self, what: &str, more: &[(&str, &str)]) -> Page {
        let rev = self.rev.to_string();
        let form = [[("rev", rev.as_str()), ("do", what)].as_slice(), more].concat();
        self.browser.post(&format!("{}/commands", self.url), &form).await
    }

    /// Does something, and looks at the board to which it leads.
    pub async fn does(&mut self, what: &str, more: &[(&str, &str)]) -> Page {
        let done = self.sends(what, more).await;
        assert_eq!(done.status, 303, "{what}: {}", done.text);
        let page = self.browser.get(done.location().split('#').next().unwrap()).await;
        self.rev += 1;
        page
    }

    /// Types a text into the YAML tab, and lets it rest.
    pub async fn types(&mut self, text: &str) -> Page {
        let form = [("rev", &*self.rev.to_string()), ("check", "true"), ("text", text)];
        let page = self.browser.post(&format!("{}/yaml", self.url), &form).await;
        assert_eq!(page.status, 200, "{}", page.text);
        self.looks().await;
        page
    }

    /// What is in the draft.
    pub async fn draft(&self, app: &TestApp) -> Draft {
        let id: DraftId = self.url.rsplit('/').next().unwrap().parse().unwrap();
        app.app.store.draft(id).await.unwrap().unwrap().draft
    }

    /// The task of that name.
    pub async fn task(&self, app: &TestApp, name: &str) -> ElementId {
        self.draft(app).await.tasks().find(|(_, task)| task.name == name).expect("there is one of that name").1.id
    }
}
