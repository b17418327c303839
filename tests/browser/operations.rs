//! Stories of releases that are not simply released: reject, retry, pause, terminate, decide together.

use crate::driver::Script;
use crate::person::Person;
use crate::stage::{On, Stage, story};

/// Opens a release task, and has all of it executed.
async fn executes(person: &Person, release: &str) {
    person.clicks(release).await;
    person.sees_status("To release").await;
    person.marks_the_page().await;
    person.clicks("Execute").await;
    person.clicks("Execute Now").await;
    person.waits_for_dialog(false).await;
}

/// Finds what waits for them, and decides.
async fn decides(person: &Person, verdict: &str, comment: &str) {
    person.follows("My Approvals").await;
    person.clicks("Approve").await;
    person.waits_for_dialog(true).await;
    person.reads("Manual Approval").await;
    person.writes("Comments", comment).await;
    person.clicks(verdict).await;
    person.waits_for_dialog(false).await;
    person.reads("Nothing waits for you").await;
    person.hears_no_complaint(&[]).await;
}

#[test]
fn a_rejected_release_is_retried_and_asks_again() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        executes(&operator, "shop-web-release").await;
        operator.sees_status("To be approved").await;
        let approver = stage.signed_in("approver").await;
        approver.follows("My Approvals").await;
        approver.clicks("Approve").await;
        approver.clicks("Reject").await;
        approver.reads("Write in Comments why you reject it.").await;
        approver.hears_no_complaint(&["status of 422"]).await;
        approver.writes("Comments", "The prices are wrong.").await;
        approver.clicks("Reject").await;
        approver.waits_for_dialog(false).await;
        operator.sees_status("Release failed").await;
        operator.sees_on_card("approve-release", "approver rejected: The prices are wrong.").await;
        operator.sees_on_card("deploy", "Waiting").await;
        operator.finds_nothing_wrong().await;
        operator.clicks("Retry").await;
        operator.sees_status("To be approved").await;
        decides(&approver, "Agree", "").await;
        operator.sees_status("Successful").await;
        operator.still_has_the_marked_page().await;
        operator.hears_no_complaint(&[]).await;
    });
}

#[test]
fn a_failed_migration_is_retried_from_where_it_failed() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        executes(&operator, "flaky-migration").await;
        operator.sees_status("Release failed").await;
        operator.sees_on_card("migrate-orders", "The script ended with status 1.").await;
        operator.sees_on_card("migrate-orders", "The table is locked by the nightly report.").await;
        operator.sees_on_card("migrate-orders", "Skip").await;
        operator.finds_nothing_wrong().await;
        operator.clicks("Retry").await;
        operator.sees_status("Successful").await;
        operator.sees_on_card("migrate-orders", "Successful").await;
        operator.still_has_the_marked_page().await;
        operator.clicks("migrate-orders").await;
        operator.reads("Attempt 2").await;
        operator.reads("Migrated:").await;
        operator.finds_nothing_wrong().await;
        operator.clicks("Attempt 1").await;
        operator.reads("The table is locked by the nightly report").await;
        operator.hears_no_complaint(&[]).await;
    });
}

#[test]
fn a_long_release_is_watched_held_and_terminated() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        executes(&operator, "long-running").await;
        operator.sees_on_card("copy-captions", "captions: block").await;
        operator.clicks("Pause").await;
        operator.sees_status("Pausing").await;
        operator.finds_nothing_wrong().await;
        operator.clicks("Continue").await;
        operator.sees_status("Running").await;
        operator.still_has_the_marked_page().await;

        operator.clicks("copy-captions").await;
        operator.reads("captions: block 5 of 18").await;
        operator.marks_the_page().await;
        operator.reads("captions: block 8 of 18").await;
        operator.still_has_the_marked_page().await;
        operator.finds_nothing_wrong().await;
        operator.clicks("long-running").await;
        operator.marks_the_page().await;

        operator.clicks("Terminate").await;
        operator.waits_for_dialog(true).await;
        operator.reads("copy-captions").await;
        operator.finds_nothing_wrong().await;
        operator.clicks("Cancel").await;
        operator.waits_for_dialog(false).await;
        operator.finds_focus_on("Terminate").await;
        operator.clicks("Terminate").await;
        operator.waits_for_dialog(true).await;
        operator.clicks("Terminate").await;
        operator.sees_status("Release failed").await;
        operator.sees_on_card("copy-captions", "Cancelled").await;
        operator.still_has_the_marked_page().await;
        operator.finds_nothing_wrong().await;
    });
}

#[test]
fn two_approvers_decide_together_and_a_pause_refuses_them() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        executes(&operator, "two-approvers").await;
        operator.sees_status("To be approved").await;
        operator.clicks("Pause").await;
        operator.sees_status("Paused").await;
        operator.finds_nothing_wrong().await;
        let approver = stage.signed_in("approver").await;
        approver.follows("My Approvals").await;
        approver.reads("Nothing waits for you").await;
        operator.clicks("Continue").await;
        operator.sees_status("To be approved").await;
        decides(&approver, "Agree", "Legal agrees.").await;
        operator.sees_on_card("sign-off", "1 of 2 agreed").await;
        operator.sees_status("To be approved").await;
        operator.finds_nothing_wrong().await;
        let second = stage.signed_in("approver2").await;
        decides(&second, "Agree", "Finance agrees.").await;
        operator.sees_status("Successful").await;
        operator.sees_on_card("sign-off", "approver2 agreed: Finance agrees.").await;
        operator.still_has_the_marked_page().await;
        operator.hears_no_complaint(&[]).await;
    });
}

#[test]
fn an_operator_triggers_the_next_phase() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        executes(&operator, "go-live-trigger").await;
        operator.sees_status("To be approved").await;
        operator.clicks_on_card("go-live", "Approve").await;
        operator.waits_for_dialog(true).await;
        operator.reads("Manual Trigger").await;
        assert!(operator.text().await.unwrap().contains("Comments"), "a reason can be given, and need not");
        operator.finds_nothing_wrong().await;
        operator.clicks("Agree").await;
        operator.sees_status("Successful").await;
        operator.still_has_the_marked_page().await;
        operator.finds_nothing_wrong().await;
    });
}

#[test]
fn a_fleet_goes_on_without_the_shop_that_fails() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        executes(&operator, "best-effort-fleet").await;
        operator.sees_status("Release failed").await;
        let failed = "//li[contains(@class, \"card\")][contains(., \"Failed\")]//a[contains(@class, \"name\")]";
        let failed = operator.find(failed).await.unwrap().unwrap();
        let shop = operator.driver.text(&failed).await.unwrap();
        let notices = operator.driver.find("//*[@id='notices']").await.unwrap();
        let said = operator.driver.text(&notices[0]).await.unwrap();
        assert!(said.contains(&shop), "{shop} is not named by: {said}");
        operator.still_has_the_marked_page().await;
        operator.finds_nothing_wrong().await;
    });
}

#[test]
fn a_page_says_that_the_server_is_away_and_goes_on_when_it_is_back() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        executes(&operator, "long-running").await;
        operator.sees_on_card("copy-captions", "captions: block").await;
        operator.hears_no_complaint(&[]).await;
        stage.loses_the_server();
        operator.reads("Tollgate cannot be reached").await;
        stage.has_the_server_back();
        operator.sees_on_card("copy-originals", "Successful").await;
        operator.still_has_the_marked_page().await;
        let words = async || Ok(!operator.text().await?.contains("Tollgate cannot be reached"));
        operator.waits_until("the page is quiet again", words).await;
        operator.hears_no_complaint(&["ERR_CONNECTION_REFUSED", "Failed to fetch"]).await;
        operator.clicks("copy-originals").await;
        operator.reads("Attempt 1").await;
        assert!(!operator.is_offered("Attempt 2").await, "the script was not run twice");
        let lines = operator.driver.find("//*[@id='lines']").await.unwrap();
        let log = operator.driver.text(&lines[0]).await.unwrap();
        for block in 1..=14 {
            assert_eq!(log.matches(&format!("originals: block {block} of 14")).count(), 1, "{log}");
        }
        operator.clicks("long-running").await;
        operator.clicks("Terminate").await;
        operator.waits_for_dialog(true).await;
        operator.clicks("Terminate").await;
        operator.sees_status("Release failed").await;
    });
}

#[test]
fn what_was_typed_outlives_an_absence_of_the_database() {
    story(On::Postgres, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        executes(&operator, "two-approvers").await;
        operator.sees_status("To be approved").await;
        let approver = stage.signed_in("approver").await;
        approver.follows("My Approvals").await;
        approver.clicks("Approve").await;
        approver.waits_for_dialog(true).await;
        approver.writes("Comments", "Legal agrees.").await;
        let second = stage.somebody("approver2", Script::Off).await;
        second.opens("/approvals").await;
        second.signs_in().await;
        second.clicks("Approve").await;
        second.writes("Comments", "Finance agrees,\nand \"thanks\".").await;

        stage.loses_the_database().await;
        approver.clicks("Agree").await;
        approver.reads("The database does not answer.").await;
        approver.hears_no_complaint(&["503"]).await;
        let typed = approver.driver.execute("return document.querySelector('dialog textarea').value").await.unwrap();
        assert_eq!(typed, "Legal agrees.");
        second.clicks("Agree").await;
        second.reads("The database does not answer").await;
        second.hears_no_complaint(&["503"]).await;
        operator.reads("Tollgate's database is away").await;
        operator.hears_no_complaint(&["503"]).await;
        operator.still_has_the_marked_page().await;

        stage.has_the_database_back().await;
        operator.waits_until("its page is quiet again", async || Ok(!operator.text().await?.contains("is away"))).await;
        operator.hears_no_complaint(&["503"]).await;
        approver.clicks("Agree").await;
        operator.sees_on_card("sign-off", "1 of 2 agreed").await;
        second.clicks("Try Again").await;
        second.reads("You agreed to sign-off.").await;
        operator.sees_status("Successful").await;
        operator.sees_on_card("sign-off", "approver agreed: Legal agrees.").await;
        operator.sees_on_card("sign-off", "approver2 agreed: Finance agrees,").await;
        operator.still_has_the_marked_page().await;
        approver.reads("Nothing waits for you").await;
        approver.hears_no_complaint(&["503"]).await;

        stage.loses_the_database().await;
        approver.opens("/approvals").await;
        approver.reads("Try Again").await;
        approver.hears_no_complaint(&["503"]).await;
        approver.finds_nothing_wrong().await;
        stage.has_the_database_back().await;
        approver.clicks("Try Again").await;
        approver.reads("Nothing waits for you").await;
    });
}
