//! Pages as people read them: every page in light and dark, bookmarks, the keyboard alone, and what a viewer is not offered.

use crate::driver::Script;
use crate::person::{ENTER, ESCAPE, Person, SPACE};
use crate::stage::{On, Stage, story};

#[test]
fn a_bookmark_of_an_execution_survives_signing_in() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        operator.clicks("flaky-migration").await;
        operator.clicks("Execute").await;
        operator.clicks("Execute Now").await;
        operator.sees_status("Release failed").await;
        operator.clicks("#1 by operator").await;
        operator.reads("execution #1").await;
        let bookmark = operator.is_at().await;
        assert!(bookmark.ends_with("/executions/1"), "{bookmark}");
        operator.finds_nothing_wrong().await;

        let viewer = stage.somebody("viewer", Script::On).await;
        viewer.opens(&bookmark).await;
        viewer.reads("Sign In").await;
        viewer.finds_nothing_wrong().await;
        viewer.signs_in().await;
        assert_eq!(viewer.is_at().await, bookmark);
        viewer.sees_on_card("migrate-orders", "The script ended with status 1.").await;
        for offer in ["Execute", "Retry", "Roll Back", "Skip", "Approve", "Terminate", "Pause"] {
            assert!(!viewer.is_offered(offer).await, "a viewer is offered {offer}");
        }
        viewer.follows("Region Release Tasks").await;
        viewer.reads("flaky-migration").await;
        for offer in ["Execute", "Edit", "Roll Back"] {
            assert!(!viewer.is_offered(offer).await, "a viewer is offered {offer}");
        }
        viewer.hears_no_complaint(&[]).await;
    });
}

#[test]
fn a_release_is_executed_with_the_keyboard_alone() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        operator.tabs_to("go-live-trigger").await;
        operator.driver.presses(&[ENTER]).await.unwrap();
        operator.sees_status("To release").await;
        operator.tabs_to("Execute").await;
        operator.driver.presses(&[ENTER]).await.unwrap();
        operator.waits_for_dialog(true).await;
        operator.finds_focus_on("Execute Now").await;
        operator.driver.presses(&[ESCAPE]).await.unwrap();
        operator.waits_for_dialog(false).await;
        operator.finds_focus_on("Execute").await;
        operator.driver.presses(&[ENTER]).await.unwrap();
        operator.waits_for_dialog(true).await;
        operator.tabs_to("warm-cache Command").await;
        operator.driver.presses(&[SPACE]).await.unwrap();
        operator.reads("3 of 4 tasks").await;
        operator.tabs_to("Execute Now").await;
        operator.driver.presses(&[ENTER]).await.unwrap();
        operator.waits_for_dialog(false).await;
        operator.sees_on_card("warm-cache", "Skipped").await;
        operator.sees_status("To be approved").await;
        operator.driver.presses(&['a']).await.unwrap();
        operator.waits_for_dialog(true).await;
        operator.tabs_to("Agree").await;
        operator.driver.presses(&[ENTER]).await.unwrap();
        operator.sees_status("Successful").await;
        operator.driver.presses(&['?']).await.unwrap();
        operator.waits_for_dialog(true).await;
        operator.reads("Next and previous in a list").await;
        operator.finds_nothing_wrong().await;
        operator.driver.presses(&[ESCAPE]).await.unwrap();
        operator.waits_for_dialog(false).await;
    });
}

#[test]
fn every_page_is_sound_in_light_and_dark() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        operator.clicks("go-live-trigger").await;
        let page = operator.is_at().await;
        operator.clicks("Execute").await;
        operator.clicks("Execute Now").await;
        operator.sees_status("To be approved").await;
        let tabs =
            ["", "/timeline", "/executions", "/executions/1", "/executions/1/timeline", "/definition", "/activity"];
        let tasks =
            ["/executions/1/tasks/upload-campaign", "/executions/1/tasks/go-live", "/executions/1/tasks/switch-on"];
        let asking = ["/execute", "/clone", "/delete", "/terminate", "/executions/1/tasks/go-live/decision"];
        for below in tabs.iter().chain(&tasks) {
            operator.opens(&format!("{page}{below}")).await;
            operator.finds_nothing_wrong().await;
        }
        for below in asking {
            operator.opens(&format!("{page}{below}")).await;
            operator.waits_until("a page", async || Ok(operator.find("//main").await?.is_some())).await;
            operator.driver.complaints().await.unwrap();
            operator.finds_nothing_wrong().await;
        }
        for list in ["?q=web", "?q=nothing-of-this-name", "?status=to-be-approved", "?page=9"] {
            operator.opens(&format!("/regions/eu-west/release-tasks{list}")).await;
            operator.finds_nothing_wrong().await;
        }
        let others = ["/account", "/approvals", "/regions/us-east/release-tasks"];
        for other in others.into_iter().chain(["/overview", "/activity", "/tokens", "/help/api"]) {
            operator.opens(other).await;
            operator.finds_nothing_wrong().await;
        }
        for nowhere in ["/nowhere", "/regions/atlantis/release-tasks", "/regions/eu-west/release-tasks/1"] {
            operator.opens(nowhere).await;
            operator.hears_no_complaint(&["status of 404"]).await;
            operator.finds_nothing_wrong().await;
        }
    });
}

/// Where the first link of the page leads whose address has that in it.
async fn leads(person: &Person, part: &str) -> String {
    let asked = format!(
        "return document.querySelector('main a[href*=\"{part}\"]:not([href$=\"/new\"])')?.getAttribute('href') ?? ''"
    );
    let mut address = String::new();
    person
        .waits_until(part, async || {
            person.driver.execute(&asked).await?.as_str().unwrap_or_default().clone_into(&mut address);
            Ok(!address.is_empty())
        })
        .await;
    address
}

#[test]
fn pages_of_a_team_are_sound_and_the_title_counts_what_waits() {
    story(On::Sqlite, async |stage: &Stage| {
        let (operator, approver) = (stage.signed_in("operator").await, stage.signed_in("approver").await);
        approver.opens("/approvals").await;
        approver.marks_the_page().await;
        operator.opens("/regions/eu-west/release-tasks?q=shop-components").await;
        operator.clicks("shop-components").await;
        operator.clicks("Execute").await;
        operator.clicks("Execute Now").await;
        operator.sees_status("To be approved").await;
        // By its refresh alone, and with the number before whatever it is called.
        let title = "return document.title";
        approver
            .waits_until("the title counts", async || {
                Ok(approver.driver.execute(title).await?.as_str().is_some_and(|it| it.starts_with("(1) My Approvals")))
            })
            .await;
        approver.still_has_the_marked_page().await;

        let admin = stage.signed_in("admin").await;
        let sound = async |address: &str| {
            admin.opens(address).await;
            admin.finds_nothing_wrong().await;
        };
        for address in ["/members", "/deliveries", "/teams", "/users"] {
            sound(address).await;
        }
        admin.opens("/members").await;
        let channels = leads(&admin, "/channels").await;
        sound(&channels).await;
        sound("/regions/eu-west/environments").await;
        let environment = leads(&admin, "/environments/").await;
        sound(&environment).await;
        sound("/regions/eu-west/applications").await;
        let application = leads(&admin, "/applications/").await;
        sound(&application).await;
        let component = leads(&admin, "/components/").await;
        sound(&component).await;
    });
}

#[test]
fn an_administrator_looks_at_the_replicas() {
    story(On::Postgres, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        operator.clicks("go-live-trigger").await;
        operator.clicks("Execute").await;
        operator.clicks("Execute Now").await;
        operator.sees_status("To be approved").await;
        let admin = stage.signed_in("admin").await;
        admin.follows("Replicas").await;
        admin.reads("answers this page").await;
        admin.reads("Working").await;
        admin.finds_nothing_wrong().await;
        admin.follows("go-live-trigger").await;
        admin.sees_status("To be approved").await;
        operator.opens("/replicas").await;
        operator.hears_no_complaint(&["status of 404"]).await;
        operator.reads("404").await;
    });
}

/// The tests of tests: what is wrong with a page is found.
#[test]
fn what_is_wrong_with_a_page_is_found() {
    story(On::Sqlite, async |stage: &Stage| {
        let somebody = stage.somebody("viewer", Script::On).await;
        somebody.opens("/login").await;
        somebody.finds_nothing_wrong().await;
        somebody.driver.execute("document.querySelector('label').remove()").await.unwrap();
        assert!(crate::axe::findings(&somebody.driver).await.contains("label"), "axe finds a field without a label");
        let wrong = "document.querySelector('main').insertAdjacentHTML('beforeend', '<p style=\"color: red\">Red</p>')";
        somebody.driver.execute(wrong).await.unwrap();
        let said = somebody.driver.complaints().await.unwrap();
        assert!(said.iter().any(|line| line.contains("Content Security Policy")), "the policy is heard: {said:?}");
    });
}
