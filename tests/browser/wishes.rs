//! Complaints of users of other systems, where only a browser shows it: named after their rows of the list that the
//! project keeps. The others are in `tests/it/wishes` and `tests/crash`.

use serde_json::{Value, json};

use crate::person::Person;
use crate::stage::{On, Stage, story};

async fn executes(person: &Person, release: &str) {
    person.clicks(release).await;
    person.clicks("Execute").await;
    person.clicks("Execute Now").await;
    person.waits_for_dialog(false).await;
}

async fn answers(person: &Person, script: &str) -> Value {
    person.driver.execute(script).await.unwrap()
}

#[test]
fn row_19_from_the_card_to_the_approval_it_takes_two_clicks_and_a_summary_lies_between() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        executes(&operator, "shop-web-release").await;
        operator.sees_status("To be approved").await;
        let release = operator.is_at().await;
        let approver = stage.signed_in("approver").await;
        // From the card: rejected with a reason. From the list of what waits: agreed. Two clicks each.
        approver.opens(&release).await;
        approver.clicks_on_card("approve-release", "Approve").await;
        approver.waits_for_dialog(true).await;
        for summary in ["3 pages were built", "Started by", "operator", "Decided by", "Waiting since", "Version"] {
            approver.reads(summary).await;
        }
        approver.writes("Comments", "Not yet.").await;
        approver.clicks("Reject").await;
        operator.sees_status("Release failed").await;
        operator.clicks("Retry").await;
        operator.sees_status("To be approved").await;
        approver.opens("/approvals").await;
        approver.clicks("Approve").await;
        approver.waits_for_dialog(true).await;
        approver.reads("3 pages were built").await;
        approver.clicks("Agree").await;
        operator.sees_status("Successful").await;
        approver.hears_no_complaint(&[]).await;
    });
}

const CHATTER: &str = "
name: chatter
team: Platform
region: eu-west
phases:
  - name: Talk
    tasks:
      - name: talk
        script: |
          n=0
          while [ $n -lt 12 ]; do
            n=$((n + 1))
            seq -f 'line %.0f' $((n * 1000 - 999)) $((n * 1000))
            sleep 0.4
          done
";

#[test]
fn row_28_a_page_that_follows_a_log_stays_small_and_what_left_it_is_a_link_away() {
    story(On::Sqlite, async |stage: &Stage| {
        stage.imports(CHATTER);
        let operator = stage.signed_in("operator").await;
        operator.opens("/regions/eu-west/release-tasks?q=chatter").await;
        executes(&operator, "chatter").await;
        operator.clicks("talk").await;
        operator.marks_the_page().await;
        let ends = "return !!document.getElementById('L12000')";
        operator.waits_until("the end of the log", async || Ok(operator.driver.execute(ends).await? == true)).await;
        operator.still_has_the_marked_page().await;
        let lines = answers(&operator, "return document.getElementById('lines').childElementCount").await;
        assert!(lines.as_u64().unwrap() <= 5000, "{lines} lines are on the page");
        let first = answers(&operator, "return document.getElementById('lines').firstElementChild.id").await;
        let first: u64 = first.as_str().unwrap()[1..].parse().unwrap();
        let followed =
            "const l = document.getElementById('lines'); return l.scrollHeight - l.scrollTop - l.clientHeight < 40";
        assert_eq!(answers(&operator, followed).await, true, "its end is in sight");
        operator.clicks(&format!("Show the {} lines before these", first - 1)).await;
        let before = format!("return !!document.getElementById('L{}')", first - 1);
        operator.waits_until("the lines before", async || Ok(operator.driver.execute(&before).await? == true)).await;
        operator.hears_no_complaint(&[]).await;
    });
}

/// What is wrong for a thumb on what is shown: too small, or out of the screen.
const UNTOUCHABLE: &str = "
const shown = document.querySelector('dialog[open]') ?? document.querySelector('main');
return [...shown.querySelectorAll('.btn')].filter(it => it.offsetParent || it.closest('dialog')).map(it => [it.textContent, it.getBoundingClientRect()])
  .filter(([_, box]) => box.height < 44 || box.width < 44 || box.left < 0 || box.right > innerWidth)
  .map(([text, box]) => `${text}: ${box.width} by ${box.height} at ${box.left}`);
";

/// Every status without an icon, or without a word.
const COLOUR_ALONE: &str = "
const bare = [...document.querySelectorAll('.status, .card')].filter(it => {
  const words = (it.querySelector('.word') ?? it).textContent.trim();
  return !it.querySelector('svg use[href^=\"#i-\"]') || !words;
});
const shapes = new Map();
for (const it of document.querySelectorAll('.mini i')) {
  const style = getComputedStyle(it);
  const shape = [style.height, style.borderStyle, style.borderRadius, style.backgroundImage !== 'none'].join();
  shapes.set(shape, (shapes.get(shape) ?? new Set()).add(it.className));
}
return bare.map(it => it.outerHTML).concat([...shapes].filter(([_, tones]) => tones.size > 1).map(([shape, tones]) => shape + ': ' + [...tones]));
";

#[test]
fn row_30_a_status_is_an_icon_and_a_word_and_a_phone_approves() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        for release in ["flaky-migration", "go-live-trigger", "shop-web-release"] {
            operator.opens("/regions/eu-west/release-tasks").await;
            executes(&operator, release).await;
        }
        operator.sees_status("To be approved").await;
        let release = operator.is_at().await;
        let approver = stage.signed_in("approver").await;
        let phone = json!({ "width": 360, "height": 740, "deviceScaleFactor": 3, "mobile": true });
        approver.driver.devtools("Emulation.setDeviceMetricsOverride", phone).await.unwrap();
        let fits = async |what: &str| {
            let sideways = answers(&approver, "return document.documentElement.scrollWidth > innerWidth").await;
            assert_eq!(sideways, false, "{what} scrolls sideways");
            let wrong = answers(&approver, UNTOUCHABLE).await;
            assert_eq!(wrong, json!([]), "{what}");
        };
        for page in [release.as_str(), "/regions/eu-west/release-tasks", "/approvals"] {
            approver.opens(page).await;
            approver.reads("shop-web-release").await;
            fits(page).await;
            assert_eq!(answers(&approver, COLOUR_ALONE).await, json!([]), "{page}");
        }
        for page in ["/executions", "/activity", "/timeline"] {
            operator.opens(&format!("{release}{page}")).await;
            assert_eq!(answers(&operator, COLOUR_ALONE).await, json!([]), "{page}");
        }
        let asks =
            "//li[contains(@class, \"ask\")][contains(., \"shop-web-release\")]//a[normalize-space(.)=\"Approve\"]";
        let link = approver.find(asks).await.unwrap().unwrap();
        approver.driver.click(&link).await.unwrap();
        approver.waits_for_dialog(true).await;
        fits("the dialog").await;
        approver.writes("Comments", "From the train.").await;
        approver.clicks("Agree").await;
        approver.waits_for_dialog(false).await;
        operator.opens(&release).await;
        operator.sees_status("Successful").await;
        operator.sees_on_card("approve-release", "approver agreed: From the train.").await;
        approver.hears_no_complaint(&[]).await;
    });
}
