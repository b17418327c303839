//! The side bar in a browser: open, narrow, a rail that opens over the page, a drawer on a phone; and the number in it.

use serde_json::{Value, json};

use crate::driver::Script;
use crate::person::{ENTER, ESCAPE, Person, TAB};
use crate::stage::{On, Stage, story};

const OPEN: &str = "return document.getElementById('side').matches(':popover-open')";
const WIDTH: &str = "return document.getElementById('side').offsetWidth";
const PAGE_BEGINS: &str = "return document.querySelector('main').getBoundingClientRect().left";

async fn answers(person: &Person, script: &str) -> Value {
    person.driver.execute(script).await.unwrap()
}

async fn has_a_screen_of(person: &Person, width: u32) {
    let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600 });
    person.driver.devtools("Emulation.setDeviceMetricsOverride", size).await.unwrap();
}

async fn presses(person: &Person, key: char) {
    person.driver.presses(&[key]).await.unwrap();
}

#[test]
fn on_a_phone_without_script_the_drawer_leads_everywhere() {
    story(On::Sqlite, async |stage: &Stage| {
        let admin = stage.somebody("admin", Script::Off).await;
        has_a_screen_of(&admin, 390).await;
        admin.opens("/login").await;
        admin.signs_in().await;
        assert!(!admin.is_offered("Replicas").await, "the drawer is shut");
        admin.clicks("Open the menu").await;
        admin.picks("Team: All teams").await;
        admin.picks("Platform").await;
        assert_eq!(admin.is_at().await, "/regions/eu-west/release-tasks?team=Platform");
        admin.reads("flaky-migration").await;
        assert!(!admin.text().await.unwrap().contains("shop-web-release"), "Storefront's");
        admin.clicks("Open the menu").await;
        admin.picks("Region: eu-west").await;
        admin.picks("us-east").await;
        assert_eq!(admin.is_at().await, "/regions/us-east/release-tasks");
        for (entry, address) in [("My Approvals", "/approvals"), ("Audit", "/audit"), ("Replicas", "/replicas")] {
            admin.clicks("Open the menu").await;
            admin.picks(entry).await;
            assert_eq!(admin.is_at().await, address);
        }
        admin.clicks("Open the menu").await;
        admin.clicks("Close the menu").await;
        assert!(!admin.is_offered("Audit").await, "the drawer is shut");
        for offer in ["Collapse", "Expand"] {
            assert!(!admin.is_offered(offer).await, "{offer} needs a script");
        }
        admin.hears_no_complaint(&[]).await;
    });
}

#[test]
fn the_side_bar_is_narrowed_with_the_keyboard_and_stays_so() {
    story(On::Sqlite, async |stage: &Stage| {
        let viewer = stage.signed_in("viewer").await;
        presses(&viewer, TAB).await;
        viewer.finds_focus_on("Skip to the content").await;
        presses(&viewer, ENTER).await;
        let on_main = "return document.activeElement.id === 'main'";
        viewer.waits_until("on the content", async || Ok(viewer.driver.execute(on_main).await? == true)).await;
        viewer.opens("/approvals").await;
        assert_eq!(answers(&viewer, WIDTH).await, 232);
        let marked =
            "return [...document.querySelectorAll('#side section [aria-current]')].map(it => it.innerText.trim())";
        assert_eq!(answers(&viewer, marked).await, json!(["My Approvals"]));
        viewer.tabs_to("Collapse").await;
        let seen = "return getComputedStyle(document.activeElement).outlineStyle";
        assert_eq!(answers(&viewer, seen).await, "solid");
        presses(&viewer, ENTER).await;
        viewer.finds_focus_on("Expand").await;
        assert_eq!(answers(&viewer, WIDTH).await, 57);
        viewer.opens("/account").await;
        assert_eq!(answers(&viewer, WIDTH).await, 57, "it is remembered");
        viewer.finds_nothing_wrong().await;
        viewer.picks("My Approvals").await;
        viewer.tabs_to("Expand").await;
        presses(&viewer, ENTER).await;
        viewer.opens("/account").await;
        assert_eq!(answers(&viewer, WIDTH).await, 232, "this is remembered too");
        viewer.hears_no_complaint(&[]).await;
    });
}

#[test]
fn a_rail_opens_over_the_page_and_escape_leads_back() {
    story(On::Sqlite, async |stage: &Stage| {
        let viewer = stage.signed_in("viewer").await;
        // A small screen, a phone, and a page that asks for the room.
        for (width, rail) in [(1024, false), (390, false), (1440, true)] {
            has_a_screen_of(&viewer, width).await;
            viewer.opens("/approvals").await;
            if rail {
                answers(&viewer, "document.documentElement.dataset.side = 'rail'").await;
            }
            let before = answers(&viewer, PAGE_BEGINS).await;
            viewer.tabs_to("Open the menu").await;
            presses(&viewer, ENTER).await;
            viewer.finds_focus_on("Close the menu").await;
            assert_eq!(answers(&viewer, OPEN).await, true);
            assert_eq!(answers(&viewer, PAGE_BEGINS).await, before, "the page stays where it is");
            viewer.tabs_to("Region Release Tasks").await;
            presses(&viewer, ESCAPE).await;
            viewer.finds_focus_on("Open the menu").await;
            assert_eq!(answers(&viewer, OPEN).await, false);
            viewer.clicks("Open the menu").await;
            viewer.finds_nothing_wrong().await;
        }
        assert_eq!(answers(&viewer, "return document.cookie").await, "", "what opens over the page is not remembered");
    });
}

#[test]
fn the_number_that_waits_refreshes_itself_in_both_bars() {
    story(On::Sqlite, async |stage: &Stage| {
        let approver = stage.signed_in("approver").await;
        approver.marks_the_page().await;
        let numbers = "return [...document.querySelectorAll('#my-approvals .count, #side .count')].map(it => it.innerText.trim()[0])";
        assert_eq!(answers(&approver, numbers).await, json!([]));
        let operator = stage.signed_in("operator").await;
        operator.clicks("shop-web-release").await;
        operator.clicks("Execute").await;
        operator.clicks("Execute Now").await;
        operator.sees_status("To be approved").await;
        let both = json!(["1", "1"]);
        approver.waits_until("both numbers", async || Ok(approver.driver.execute(numbers).await? == both)).await;
        operator.clicks("Terminate").await;
        operator.waits_for_dialog(true).await;
        operator.clicks("Terminate").await;
        approver.waits_until("no number", async || Ok(approver.driver.execute(numbers).await? == json!([]))).await;
        approver.still_has_the_marked_page().await;
        approver.hears_no_complaint(&[]).await;
    });
}
