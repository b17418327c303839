//! The main job: release a region release task, decide, see it end, and put it back.

use crate::driver::Script;
use crate::person::Person;
use crate::stage::{On, Stage, story};

/// An operator releases the web shop without its site map, an approver agrees in a browser of their own, and the
/// operator sees it end and rolls it back: all on one page, which is never loaded anew.
async fn a_release_is_executed_approved_and_rolled_back(stage: &Stage) {
    let operator = stage.signed_in("operator").await;
    assert_eq!(operator.is_at().await, "/regions/eu-west/release-tasks");
    operator.reads("Region Release Tasks").await;
    operator.finds_nothing_wrong().await;
    operator.clicks("shop-web-release").await;
    operator.sees_status("To release").await;
    operator.marks_the_page().await;
    operator.clicks("Execute").await;
    operator.waits_for_dialog(true).await;
    operator.reads("6 of 6 tasks").await;
    operator.finds_nothing_wrong().await;
    operator.toggles("build-sitemap").await;
    operator.reads("5 of 6 tasks").await;
    operator.clicks("Execute Now").await;
    operator.waits_for_dialog(false).await;
    operator.sees_status("Running").await;
    operator.sees_on_card("build-pages", "Running").await;
    operator.sees_on_card("build-sitemap", "Skipped").await;
    operator.sees_on_card("build-pages", "Successful").await;
    operator.sees_status("To be approved").await;
    operator.sees_on_card("approve-release", "0 of 1 agreed").await;
    assert!(!operator.is_offered("Approve").await, "the operator is no approver");
    operator.finds_nothing_wrong().await;

    let approver = stage.signed_in("approver").await;
    approver.follows("My Approvals").await;
    approver.reads("3 pages were built").await;
    approver.finds_nothing_wrong().await;
    approver.clicks("Approve").await;
    approver.waits_for_dialog(true).await;
    approver.writes("Comments", "The pages look right.").await;
    approver.finds_nothing_wrong().await;
    approver.clicks("Agree").await;
    operator.sees_status("Successful").await;
    operator.sees_on_card("approve-release", "approver agreed: The pages look right.").await;
    approver.reads("Nothing waits for you").await;
    approver.hears_no_complaint(&[]).await;
    let served = std::fs::read_link(stage.workspace().join("sites/shop-web/current")).unwrap();
    assert_eq!(served.to_str(), Some("releases/1"));

    operator.clicks("Roll Back").await;
    operator.waits_for_dialog(true).await;
    operator.reads("Will be undone, in this order:").await;
    operator.reads("deploy (Command): its roll-back script runs").await;
    operator.finds_nothing_wrong().await;
    operator.clicks("OK").await;
    operator.waits_for_dialog(false).await;
    operator.sees_status("Rolled back").await;
    operator.still_has_the_marked_page().await;
    operator.finds_nothing_wrong().await;
    assert!(!stage.workspace().join("sites/shop-web/current").exists());
}

#[test]
fn a_release_is_executed_approved_and_rolled_back_on_sqlite() {
    story(On::Sqlite, a_release_is_executed_approved_and_rolled_back);
}

#[test]
fn a_release_is_executed_approved_and_rolled_back_on_postgres() {
    story(On::Postgres, a_release_is_executed_approved_and_rolled_back);
}

/// Loads the page anew until it says so: what a reader without script does.
async fn reloads_until(person: &Person, page: &str, status: &str) {
    let xpath = format!("//main//h1/following-sibling::*[normalize-space(.)=\"{status}\"]");
    person
        .waits_until(&format!("see the status {status}"), async || {
            person.opens(page).await;
            Ok(person.find(&xpath).await?.is_some())
        })
        .await;
}

/// The same story where scripts are turned off: forms, links and whole pages.
async fn everything_works_without_script(stage: &Stage) {
    let operator = stage.somebody("operator", Script::Off).await;
    operator.opens("/").await;
    operator.signs_in().await;
    operator.clicks("shop-web-release").await;
    let page = operator.is_at().await;
    operator.clicks("Execute").await;
    operator.toggles("build-sitemap").await;
    operator.clicks("Execute Now").await;
    operator.reads("execution 1 has started").await;
    assert_eq!(operator.is_at().await, page);
    reloads_until(&operator, &page, "To be approved").await;
    operator.sees_on_card("build-sitemap", "Skipped").await;

    let approver = stage.somebody("approver", Script::Off).await;
    approver.opens("/approvals").await;
    approver.signs_in().await;
    assert_eq!(approver.is_at().await, "/approvals");
    approver.clicks("Approve").await;
    approver.clicks("Reject").await;
    approver.reads("Manual Approval").await;
    approver.writes("Comments", "The pages look right.").await;
    approver.clicks("Agree").await;
    approver.reads("You agreed to approve-release.").await;
    reloads_until(&operator, &page, "Successful").await;
    operator.clicks("Roll Back").await;
    operator.reads("deploy (Command): its roll-back script runs").await;
    operator.clicks("OK").await;
    operator.reads("is being rolled back").await;
    reloads_until(&operator, &page, "Rolled back").await;
    operator.hears_no_complaint(&[]).await;
}

#[test]
fn everything_works_without_script_on_sqlite() {
    story(On::Sqlite, everything_works_without_script);
}
