//! Stories of sessions that end while somebody is in the middle of something.

use crate::person::Person;
use crate::stage::{On, Stage, story};

/// Ends all sessions of the account but one that is begun for it.
async fn is_signed_out(stage: &Stage, name: &str) {
    let elsewhere = stage.signed_in(name).await;
    elsewhere.opens("/account").await;
    elsewhere.clicks("End All Others").await;
    elsewhere.reads("ended").await;
}

async fn edits(operator: &Person) {
    operator.opens("/regions/eu-west/release-tasks").await;
    operator.clicks("shop-web-release").await;
    operator.clicks("Edit").await;
    operator.clicks_on_card("build-pages", "build-pages").await;
    operator.reads("Script").await;
    operator.marks_the_page().await;
}

#[test]
fn a4_who_is_signed_out_signs_in_over_the_editor_and_nothing_typed_is_lost() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        edits(&operator).await;
        is_signed_out(stage, "operator").await;
        operator.writes("Description", "Typed while nobody was signed in").await;
        operator.reads("You Were Signed Out").await;
        operator.sees_nothing_wrong().await;
        operator.clicks("Not Now").await;
        operator.reads("Not kept: you are signed out.").await;
        operator.writes("Description", "Typed while somebody else was in").await;
        operator.signs_in_over_the_page().await;
        operator.reads("Kept as you type").await;
        is_signed_out(stage, "operator").await;
        operator.clicks("Save").await;
        operator.signs_in_over_the_page().await;
        operator.reads("saved.").await;
        operator.clicks("Edit").await;
        operator.clicks_on_card("build-pages", "build-pages").await;
        operator
            .waits_until("find what was typed", async || {
                let typed = "return document.getElementById('f-description')?.value";
                Ok(operator.driver.execute(typed).await? == "Typed while somebody else was in")
            })
            .await;
    });
}

#[test]
fn a4_f18_an_execution_is_never_started_by_signing_in_again_and_its_choice_stays() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        operator.opens("/regions/eu-west/release-tasks").await;
        operator.clicks("two-approvers").await;
        operator.clicks("Execute").await;
        operator.waits_for_dialog(true).await;
        is_signed_out(stage, "operator").await;
        operator.clicks("Choose None").await;
        operator.clicks("Execute Now").await;
        operator.signs_in_over_the_page().await;
        // What was chosen comes back, and nothing was sent.
        operator.reads("Nothing was sent: look at it, then send it.").await;
        let chosen = "return document.querySelectorAll('#dialog input[name=task]:checked').length";
        assert_eq!(operator.driver.execute(chosen).await.unwrap(), 0, "the choice stays as it was");
        operator.clicks("Cancel").await;
        operator.sees_status("To release").await;
    });
}
