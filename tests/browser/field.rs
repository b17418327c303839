//! Stories of inputs that failed in the field: links before a sign-in, keys, answers in their place, and the widest of names.

use serde_json::Value;

use crate::driver::Script;
use crate::person::Person;
use crate::stage::{On, Stage, story};

async fn answers(person: &Person, script: &str) -> Value {
    person.driver.execute(script).await.unwrap()
}

async fn waits_for(person: &Person, what: &str, script: &str) {
    person.waits_until(what, async || Ok(person.driver.execute(script).await? == true)).await;
}

#[test]
fn f18_a_link_to_a_line_is_followed_after_signing_in() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.somebody("operator", Script::On).await;
        operator.opens("/regions/eu-west/release-tasks?page=1#results").await;
        operator.reads("To release management.").await;
        operator.signs_in().await;
        waits_for(
            &operator,
            "the fragment is there",
            "return location.hash === '#results' && location.search === '?page=1'",
        )
        .await;
    });
}

#[test]
fn f32_a_form_that_is_a_page_has_its_error_in_its_place() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        operator.opens("/regions/eu-west/release-tasks").await;
        operator.clicks("shop-web-release").await;
        operator.sees_status("To release").await;
        let page = operator.is_at().await;
        operator.opens(&format!("{page}/execute")).await;
        operator.clicks("Choose None").await;
        operator.clicks("Execute Now").await;
        operator.reads("No task is chosen. Choose at least one.").await;
        let one = "return !document.getElementById('dialog').open && document.querySelectorAll('form[action$=\"/execute\"]').length === 1";
        assert_eq!(answers(&operator, one).await, true, "the form is there once");
        operator.hears_no_complaint(&["status of 422"]).await;
        operator.opens(&format!("{page}/clone")).await;
        operator.writes("Name", "shop-web-release").await;
        operator.clicks("Clone").await;
        operator.reads("Another release task of the team has this name.").await;
        let one = "return !document.getElementById('dialog').open && document.querySelectorAll('form[action$=\"/clone\"]').length === 1";
        assert_eq!(answers(&operator, one).await, true, "the form is there once");
    });
}

fn gate(name: &str) -> String {
    format!(
        "name: {name}\nteam: Storefront\nregion: eu-west\nphases:\n  - name: Go\n    tasks:\n      - name: ask-{name}\n        type: manual-approval\n        roles: [approver]\n"
    )
}

#[test]
fn f31_the_key_a_opens_what_waits_longest() {
    story(On::Sqlite, async |stage: &Stage| {
        for name in ["older-one", "newer-one"] {
            stage.imports(&gate(name));
        }
        let operator = stage.signed_in("operator").await;
        for name in ["older-one", "newer-one"] {
            operator.opens("/regions/eu-west/release-tasks").await;
            operator.clicks(name).await;
            operator.clicks("Execute").await;
            operator.clicks("Execute Now").await;
            operator.sees_status("To be approved").await;
        }
        let approver = stage.signed_in("approver").await;
        approver.opens("/regions/eu-west/release-tasks?sort=last_executed&order=desc").await;
        approver.reads("newer-one").await;
        answers(
            &approver,
            "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', bubbles: true})); return 1",
        )
        .await;
        approver.waits_for_dialog(true).await;
        approver.reads("ask-older-one").await;
        assert!(!approver.text().await.unwrap().contains("ask-newer-one ·"));
    });
}
