//! Pages with the widest of names and texts: none is ever wider than the window.

use serde_json::{Value, json};

use crate::person::Person;
use crate::stage::{On, Stage, story};

/// Of phones, and of a small window.
const WIDTHS: [u32; 4] = [320, 360, 390, 1000];

/// By how much the page is wider than the window, everything on it unfolded, and what reaches out of it first.
const TOO_WIDE: &str = "
    document.querySelectorAll('details:not(.menu)').forEach(details => { details.open = true; });
    const wide = document.documentElement.clientWidth;
    const more = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - wide;
    if (more <= 0) return null;
    const scrolls = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
        if (getComputedStyle(p).overflowX !== 'visible') return true; return false; };
    const out = [...document.querySelectorAll('body *')].find(e => e.getBoundingClientRect().right > wide + 1 && !scrolls(e));
    return `${more} px: ${out?.outerHTML.slice(0, 200)}`";

/// The addresses of the page that begin so, without what is behind `#`.
const LINKS: &str = "return [...new Set([...document.querySelectorAll('a[href], form[action]')]
    .map(e => (e.getAttribute('href') ?? e.getAttribute('action')).split('#')[0]))]";

/// A name of 63 letters.
fn name(beginning: &str, part: &str) -> String {
    let mut name = format!("{beginning}{}", part.repeat(64));
    name.truncate(62);
    name + "x"
}

/// Every text of it is one unbroken word.
fn definition(part: &str) -> String {
    let word = |letter: &str, times: usize| letter.repeat(times);
    let (release, phase, build, gate) = (name("r", part), name("p", part), name("b", part), name("g", part));
    let variable = format!("v{}", word("_w", 30));
    format!(
        "name: {release}\nteam: {}\nregion: {}\ndescription: {}\n\
         variables:\n  - name: {}\n    description: {}\n    default: {}\n\
         phases:\n  - name: {phase}\n    tasks:\n      - name: {build}\n        description: {}\n        script: |\n          \
         echo \"note={}\" >> \"$TOLLGATE_OUTPUT\"\n          echo {}\n        rollback: echo {}\n        \
         environment:\n          {}: {}\n\
         \x20 - name: {}\n    tasks:\n      - name: {gate}\n        type: manual-approval\n        approvers: [{}]\n        \
         roles: [approver]\n        required: 2\n        check: ${{tasks.{build}.outputs.note}}{}\n",
        name("t", part),
        name("n", part),
        word("D", 128),
        variable,
        word("V", 128),
        word("d", 400),
        word("T", 128),
        word("N", 3000),
        word("L", 4000),
        word("U", 500),
        name("E", part),
        word("e", 1000),
        name("q", part),
        word("a", 63),
        word("c", 1200),
    )
}

async fn answers(person: &Person, script: &str) -> Value {
    person.driver.execute(script).await.unwrap()
}

/// The addresses on the page that begin so.
async fn links(person: &Person, beginning: &str) -> Vec<String> {
    let all = answers(person, LINKS).await;
    let all = all.as_array().unwrap().iter().filter_map(|link| link.as_str().map(str::to_owned));
    all.filter(|link| link.starts_with(beginning)).collect()
}

/// Each page is loaded once, and looked at in windows of every width.
async fn fits(person: &Person, pages: &[String]) {
    for page in pages {
        person.opens(page).await;
        for width in WIDTHS {
            let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600 });
            person.driver.devtools("Emulation.setDeviceMetricsOverride", size).await.unwrap();
            // A bar to scroll with takes some of it.
            let is_so = format!(
                "const wide = document.documentElement.clientWidth; return wide <= {width} && wide > {width} - 24"
            );
            person
                .waits_until("the window is that wide", async || Ok(person.driver.execute(&is_so).await? == true))
                .await;
            let found = answers(person, TOO_WIDE).await;
            assert!(found.is_null(), "{page} at {width}: {found}");
        }
    }
    person.driver.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await.unwrap();
}

fn every_page_fits(part: &'static str) {
    story(On::Sqlite, async move |stage: &Stage| {
        let (team, region, release) = (name("t", part), name("n", part), name("r", part));
        stage.commands(&["team", "add", "--allow-scripts", &team]);
        stage.commands(&["region", "add", &region]);
        stage.commands(&["user", "grant", "operator", &format!("{team}:operator")]);
        stage.commands(&["user", "grant", "approver", &format!("{team}:approver")]);
        stage.commands(&["user", "grant", "admin", &format!("{team}:approver")]);
        stage.imports(&definition(part));
        let list = format!("/regions/{region}/release-tasks");
        let operator = stage.signed_in("operator").await;
        operator.opens(&list).await;
        operator.clicks(&release).await;
        operator.sees_status("To release").await;
        let page = operator.is_at().await;
        let mut pages: Vec<String> = vec![format!("{page}/execute"), format!("{page}/clone"), format!("{page}/delete")];
        fits(&operator, &pages).await;
        operator.opens(&page).await;
        operator.clicks("Execute").await;
        operator.clicks("Execute Now").await;
        operator.sees_status("To be approved").await;

        let approver = stage.signed_in("approver").await;
        approver.opens("/approvals").await;
        approver.clicks("Approve").await;
        approver.waits_for_dialog(true).await;
        approver.writes("Comments", &"C".repeat(200)).await;
        approver.clicks("Agree").await;
        approver.waits_for_dialog(false).await;

        operator.opens(&page).await;
        pages = links(&operator, &page).await;
        pages.extend([
            page.clone(),
            format!("{page}/definition?from=1&to=1"),
            "/nothing".to_owned() + &"x".repeat(600),
        ]);
        for beginning in ["/approvals", "/account", list.as_str()] {
            pages.push(beginning.to_owned());
        }
        pages.push(format!("{list}?q={}", "q".repeat(300)));
        pages.push(format!("{list}/new"));
        pages.retain(|page| !page.contains("definition.yaml") && !page.contains("/logout"));
        operator.opens(&format!("{page}/edit")).await;
        let draft = operator.is_at().await.split(['?', '#']).next().unwrap().to_owned();
        pages.extend(links(&operator, &draft).await.into_iter().filter(|link| !link.contains("/commands")));
        pages.sort();
        // What asks about one element or group asks about another in the same way.
        pages.dedup_by_key(|page| page.split("?element=").next().unwrap().split("?group=").next().unwrap().to_owned());
        assert!(pages.len() > 20, "the pages were found: {pages:?}");
        fits(&operator, &pages).await;

        let gate = format!("{page}/executions/1/tasks/{}/decision", name("g", part));
        let admin = stage.signed_in("admin").await;
        let invited = name("a", part);
        stage.commands(&["invitation", "add", &invited, &format!("{team}:manager"), &format!("{team}:viewer")]);
        let other = name("o", part);
        stage.commands(&["team", "add", &other]);
        stage.commands(&["invitation", "add", "admin", &format!("{other}:manager")]);
        admin.opens("/teams").await;
        let members = links(&admin, "/teams/").await.into_iter().filter(|link| link.ends_with("/members"));
        let mut of_admin: Vec<String> = members.collect();
        assert!(of_admin.len() > 1, "the teams were found: {of_admin:?}");
        let more = of_admin.iter().map(|members| members.replace("/members", "/invitations"));
        let forms = more.flat_map(|list| [format!("{list}/new"), format!("{list}/import"), list]).collect::<Vec<_>>();
        of_admin.extend(forms);
        let pages = ["/audit", "/storage", "/replicas", "/deleted", "/users", "/teams", "/regions", "/invitations"];
        of_admin.extend(pages.map(str::to_owned));
        let everywhere = ["/overview", "/activity", "/approvals", "/approvals/others"];
        of_admin.extend(everywhere.map(str::to_owned));
        of_admin.extend([gate, list]);
        fits(&admin, &of_admin).await;
    });
}

#[test]
fn f15_no_page_is_wider_than_the_window_with_names_of_one_word() {
    every_page_fits("W");
}

#[test]
fn f15_no_page_is_wider_than_the_window_with_names_of_underscores() {
    every_page_fits("Wwww_");
}

#[test]
fn f15_the_list_fits_with_a_release_task_that_was_edited_since() {
    story(On::Sqlite, async |stage: &Stage| {
        let version = |script: &str| {
            format!(
                "name: edited-since\nteam: Storefront\nregion: eu-west\nphases:\n  - name: All\n    tasks:\n      \
                 - name: any\n        script: {script}\n"
            )
        };
        stage.imports(&version("true"));
        let operator = stage.signed_in("operator").await;
        let list = "/regions/eu-west/release-tasks".to_owned();
        operator.opens(&list).await;
        operator.clicks("edited-since").await;
        operator.clicks("Execute").await;
        operator.clicks("Execute Now").await;
        operator.sees_status("Successful").await;
        stage.imports(&version("'true # again'"));
        operator.opens(&list).await;
        operator.reads("Edited since: version 2").await;
        fits(&operator, &[list]).await;
    });
}
