//! Inputs that failed for users of such systems, where only a browser shows it: named after their rows of the list that the
//! project keeps.

use serde_json::{Value, json};

use crate::person::Person;
use crate::stage::{On, Stage, story};

/// Twelve phases, of which the tenth fails, at a task that is further down in it than a phone shows. The first task writes a long log.
fn tall() -> String {
    let phase = |number: usize| {
        let task = |task: usize| {
            let script = match (number, task) {
                (1, 1) => "seq 1 6001",
                (10, 12) => "sleep 0.5; echo FATAL: no such table >&2; exit 1",
                _ => "true",
            };
            format!("      - name: p{number}-t{task}\n        script: {script:?}\n")
        };
        let last = if number == 10 { 12 } else { 4 };
        let tasks: String = (1..=last).map(task).collect();
        format!("  - name: Phase-{number}\n    tasks:\n{tasks}")
    };
    format!("name: tall\nteam: Platform\nregion: eu-west\nphases:\n{}", (1..=12).map(phase).collect::<String>())
}

async fn executes(person: &Person) {
    person.opens("/regions/eu-west/release-tasks?q=tall").await;
    person.clicks("tall").await;
    person.clicks("Execute").await;
    person.clicks("Execute Now").await;
    person.waits_for_dialog(false).await;
}

async fn answers(person: &Person, script: &str) -> Value {
    person.driver.execute(script).await.unwrap()
}

async fn shows(person: &Person, what: &str, script: &str) {
    person.waits_until(what, async || Ok(person.driver.execute(script).await? == true)).await;
}

async fn is_wide(person: &Person, width: u32) {
    let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500 });
    person.driver.devtools("Emulation.setDeviceMetricsOverride", size).await.unwrap();
}

async fn lives_in(person: &Person, zone: &str) {
    person.driver.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": zone })).await.unwrap();
}

#[test]
fn f23_f28_the_view_opens_where_it_failed_the_banner_leads_to_the_log_and_the_flash_is_gone() {
    story(On::Sqlite, async |stage: &Stage| {
        stage.imports(&tall());
        let operator = stage.signed_in("operator").await;
        executes(&operator).await;
        shows(&operator, "what was done is told", "return !!document.getElementById('flash')").await;
        operator.marks_the_page().await;
        operator.sees_status("Release failed").await;
        operator.still_has_the_marked_page().await;
        // F28: what was true when it was told is told no longer.
        shows(&operator, "no flash", "return !document.getElementById('flash')").await;
        let release = operator.is_at().await;
        let in_sight = "const box = document.getElementById('phase-10').getBoundingClientRect(); \
                        return box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.top < innerHeight";
        let told_here = "const card = document.querySelector('.phase.live .card.is-bad'), box = card.getBoundingClientRect(); \
                         return box.top >= 0 && box.bottom <= innerHeight && card.innerText.includes('FATAL: no such table')";
        for width in [1440, 390, 360] {
            is_wide(&operator, width).await;
            operator.opens(&release).await;
            if width > 500 {
                shows(&operator, "the phase that failed is in sight", in_sight).await;
            } else {
                shows(&operator, "what failed, and why, is in sight", told_here).await;
            }
            operator.reads("FATAL: no such table").await;
        }
        operator.clicks("p10-t12").await;
        operator.reads("Log of attempt 1").await;
        assert!(operator.is_at().await.ends_with("/tasks/p10-t12?attempt=1#log"));
        operator.hears_no_complaint(&[]).await;
    });
}

#[test]
fn f7_a_link_to_a_line_works_however_it_is_written() {
    story(On::Sqlite, async |stage: &Stage| {
        stage.imports(&tall());
        let operator = stage.signed_in("operator").await;
        executes(&operator).await;
        operator.sees_status("Release failed").await;
        operator.clicks("p1-t1").await;
        operator.reads("Log of attempt 1").await;
        let page = operator.is_at().await;
        let in_sight = "const line = document.querySelector('#lines .l:target'), box = line?.getBoundingClientRect(); \
                        return line?.id === 'L1' && box.top >= 0 && box.bottom <= innerHeight";
        // The number alone, as it was written once.
        operator.opens(&format!("{page}#L1")).await;
        shows(&operator, "line 1", in_sight).await;
        assert!(operator.is_at().await.ends_with("?attempt=1&line=1#L1"), "{}", operator.is_at().await);
        let clicked = "document.querySelector('#L7 a.n').click(); return location.search + location.hash";
        assert_eq!(answers(&operator, clicked).await, "?attempt=1&line=7#L7");
        shows(&operator, "it is marked", "return !!document.querySelector('#L7:target')").await;
        // A search of the whole log, as one types.
        operator.writes("Search in the log", "6001").await;
        operator.reads("1 line has it.").await;
        shows(&operator, "what was found", "return document.getElementById('lines').childElementCount === 1").await;
        operator.hears_no_complaint(&[]).await;
    });
}

#[test]
fn f10_all_times_of_a_page_are_in_the_zone_of_its_reader_which_it_names() {
    story(On::Sqlite, async |stage: &Stage| {
        stage.imports(&tall());
        let operator = stage.signed_in("operator").await;
        lives_in(&operator, "Asia/Kolkata").await;
        executes(&operator).await;
        operator.sees_status("Release failed").await;
        operator.clicks("p1-t1").await;
        // Chromium says the older name of that zone.
        let named = r"return /Times in Asia\/(Kolkata|Calcutta) \(GMT\+5:30\)/.test(document.querySelector('.foot').textContent)";
        shows(&operator, "the zone is named", named).await;
        // What the server says in UTC, and what stands there.
        let differs = "const time = document.querySelector('.log time'), at = new Date(time.dateTime); \
                       const its = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'Asia/Kolkata' }).format(at); \
                       return [time.textContent.endsWith(its), time.title.includes('GMT+5:30') || time.title.includes('India')]";
        assert_eq!(answers(&operator, differs).await, json!([true, true]));
        // A sentence of the server, and one on the day on which clocks are put back; what a script wrote stays.
        lives_in(&operator, "Europe/Berlin").await;
        let told = "document.querySelector('main').insertAdjacentHTML('beforeend', \
                    '<p id=probe>until 25 Oct 2026, 00:30 UTC and 25 Oct 2026, 01:30 UTC</p><pre id=raw>25 Oct 2026, 00:30 UTC</pre>'); \
                    tellTimes(); return [document.getElementById('probe').textContent, document.getElementById('raw').textContent]";
        operator.opens(&operator.is_at().await).await;
        let told = answers(&operator, told).await;
        let told: Vec<&str> = told.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        assert!(
            !told[0].contains("UTC") && told[0].contains("GMT+2 and ") && told[0].ends_with("GMT+1"),
            "{}",
            told[0]
        );
        assert_eq!(told[0].matches("2:30").count(), 2, "{}", told[0]);
        assert_eq!(told[1], "25 Oct 2026, 00:30 UTC");
        operator.hears_no_complaint(&[]).await;
    });
}
