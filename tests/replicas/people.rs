//! People whose requests go to any of the replicas; one that gives no answer is left alone.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use tollgate::domain::ids::ReleaseId;
use tollgate::http::session::COOKIE;

use crate::browser::{Browser, Page};
use crate::program::Program;

/// How long an answer is waited for: a frozen replica never gives one.
const ANSWER: Duration = Duration::from_secs(5);
/// How long one is waited for that has to come.
const TIMEOUT: Duration = Duration::from_mins(2);

/// Somebody who signed in once, and is known by every replica.
#[derive(Clone)]
pub struct Person {
    cookie: String,
}

impl Person {
    pub async fn sign_in(program: &Program, name: &str) -> Self {
        let browser = Browser::new(program.url.strip_prefix("http://").unwrap().parse().unwrap());
        assert_eq!(browser.signs_in(name, &program.passwords[name]).await.status, 303);
        Self { cookie: browser.cookie(COOKIE).unwrap() }
    }

    /// Sends a form there; none when no answer comes: it may have been heard.
    pub async fn posts(&self, at: SocketAddr, path: &str, form: &[(&str, &str)]) -> Option<Page> {
        self.posts_and_waits(ANSWER, at, path, form).await
    }

    async fn posts_and_waits(&self, most: Duration, at: SocketAddr, path: &str, form: &[(&str, &str)]) -> Option<Page> {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let browser = Browser::new(at);
        browser.holds(COOKIE, &self.cookie);
        let answer = browser.tries(Method::POST, path, &[("sec-fetch-site", "same-origin")], &body);
        tokio::time::timeout(most, answer).await.ok()?.ok()
    }

    /// Executes the tasks; it must be answered.
    pub async fn executes(&self, at: SocketAddr, release: ReleaseId, tasks: &[&str]) {
        let mut form: Vec<(&str, &str)> = tasks.iter().map(|task| ("task", *task)).collect();
        form.push(("execution", "0"));
        let page = self.posts_and_waits(TIMEOUT, at, &format!("{}/execute", page(release)), &form).await.unwrap();
        assert_eq!(page.status, 303, "{}", page.text);
    }
}

/// The page of a release task.
pub fn page(release: ReleaseId) -> String {
    format!("/regions/eu-west/release-tasks/{release}")
}
