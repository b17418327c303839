//! The shell around every page: entries for each role, links that lead somewhere, the switches, the remembered width.

use std::collections::BTreeSet;

use reqwest::Method;
use tollgate::app::Caller;
use url::Url;

use super::app::{PASSWORD, REGION, TestApp};
use super::browser::Page;
use super::stories::Story;
use crate::db::Db;

on_both!(
    everybody_is_shown_the_entries_of_their_role,
    no_link_of_the_shell_is_dead,
    a_page_marks_its_entry_its_region_and_its_team,
    a_team_is_kept_by_the_filters_and_cleared_by_itself,
    the_number_that_waits_stands_in_both_bars,
    the_remembered_side_bar_is_the_first_that_is_painted,
    over_https_no_neighbour_narrows_the_side_bar,
    who_is_not_signed_in_has_no_shell,
);

const LIST: &str = "/regions/eu-west/release-tasks";

/// What is between two marks of a page.
fn between<'p>(page: &'p str, begin: &str, end: &str) -> &'p str {
    let from = page.find(begin).unwrap_or_else(|| panic!("no {begin} in {page}"));
    &page[from..from + page[from..].find(end).unwrap_or_else(|| panic!("no {end} after {begin}"))]
}

fn side(page: &Page) -> &str {
    between(&page.text, "<nav class=\"side\"", "</nav>")
}

fn top(page: &Page) -> &str {
    between(&page.text, "<header class=\"top\"", "</header>")
}

/// The names of the entries of the side bar, with their areas.
fn entries(page: &Page) -> Vec<String> {
    let text_of = |rest: &str| rest.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned();
    let part = side(page);
    let marks = part.match_indices("<h2").chain(part.match_indices("class=\"word\""));
    let mut found: Vec<(usize, String)> = marks.map(|(at, _)| (at, text_of(&part[at..]))).collect();
    found.sort();
    // The last two turn the bar itself.
    found.truncate(found.len() - 2);
    found.into_iter().map(|(_, text)| text).collect()
}

/// Where the links of the shell lead.
fn links(page: &Page) -> BTreeSet<String> {
    let hrefs = |part: &str| -> Vec<String> {
        part.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect()
    };
    let all = [hrefs(top(page)), hrefs(side(page))].concat();
    all.into_iter().filter(|href| !href.starts_with('#')).collect()
}

/// What is marked as current, by its text.
fn current(part: &str) -> Vec<String> {
    let text_of = |rest: &str| {
        let link = rest.split("</a>").next().unwrap();
        let words = link.split('>').skip(1).map(|piece| piece.split('<').next().unwrap().trim());
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    part.split("aria-current=").skip(1).map(text_of).collect()
}

async fn everybody_is_shown_the_entries_of_their_role(db: Db) {
    let app = TestApp::start(&db).await;
    let of_all = [
        "Release Management",
        "Overview",
        "Region Release Tasks",
        "My Approvals",
        "Activity",
        "Applications",
        "Applications",
        "Environments",
    ];
    let of_outsiders = [&of_all[..], &["Team", "Tokens"]].concat();
    let of_members = [&of_all[..], &["Team", "Members", "Tokens"]].concat();
    for who in ["viewer", "operator", "approver", "manager", "outsider"] {
        let page = app.signed_in_as(who).await.get(LIST).await;
        assert_eq!(entries(&page), if who == "outsider" { &of_outsiders[..] } else { &of_members[..] }, "{who}");
    }
    let page = app.signed_in_as("administrator").await.get(LIST).await;
    let administration = [
        "Administration",
        "Users",
        "Teams",
        "Regions",
        "Audit",
        "Replicas",
        "Storage",
        "E-mail",
        "Undelivered",
        "Deleted Release Tasks",
        "Blank a Value",
    ];
    assert_eq!(entries(&page), [&of_members[..], &administration].concat());
    app.stops().await;
}

async fn no_link_of_the_shell_is_dead(db: Db) {
    let app = TestApp::start(&db).await;
    app.app.add_team(&Caller::CommandLine, "Another_team-2", false).await.unwrap();
    let actual = app.release(Story::Waiting).await;
    for who in ["viewer", "approver", "administrator", "outsider"] {
        let browser = app.signed_in_as(who).await;
        let mut found = BTreeSet::new();
        for page in [LIST, "/overview", "/activity", "/approvals", "/account", "/nowhere"] {
            found.extend(links(&browser.get(page).await));
        }
        if who != "outsider" {
            found.extend(links(&browser.get(&format!("{LIST}/{}", actual.id)).await));
        }
        assert!(found.len() >= 4, "{who}: {found:?}");
        for link in found {
            let path = link.split('#').next().unwrap();
            assert_eq!(browser.get(path).await.status, 200, "{who} is led to {link}");
        }
    }
    app.stops().await;
}

async fn a_page_marks_its_entry_its_region_and_its_team(db: Db) {
    let app = TestApp::start(&db).await;
    let actual = app.release(Story::New).await;
    let viewer = app.signed_in_as("viewer").await;
    let team = app.app.teams().await.unwrap().remove(0).name;
    let of_release = format!("{LIST}/{}", actual.id);
    let filtered = format!("{LIST}?team={team}");
    for (path, entry, its_team) in [
        (LIST, Some("Region Release Tasks"), "All teams"),
        (&filtered, Some("Region Release Tasks"), &team),
        (&of_release, Some("Region Release Tasks"), &team),
        ("/approvals", Some("My Approvals"), "All teams"),
        ("/overview", Some("Overview"), "All teams"),
        ("/activity", Some("Activity"), "All teams"),
        ("/account", None, "All teams"),
    ] {
        let page = viewer.get(path).await;
        assert_eq!(current(top(&page)), [REGION, its_team], "{path}");
        let drawer = [REGION, its_team].into_iter().chain(entry).collect::<Vec<_>>();
        assert_eq!(current(side(&page)), drawer, "{path}");
        page.says(&format!("aria-label=\"Region: {REGION}\"")).says(&format!("aria-label=\"Team: {its_team}\""));
    }
    let outsider = app.signed_in_as("outsider").await.get(LIST).await;
    assert!(!outsider.text.contains("Team: "), "who is in no team has none to switch to");
    // A team that is not there filters the list all the same, and is named as it was asked for.
    let odd = viewer.get(&format!("{LIST}?team=%22%3E%3Cb%3Enone")).await;
    odd.says("aria-label=\"Team: &#34;&#62;&#60;b&#62;none\"").says("Nothing matches");
    app.stops().await;
}

async fn a_team_is_kept_by_the_filters_and_cleared_by_itself(db: Db) {
    let app = TestApp::start(&db).await;
    app.release(Story::New).await;
    let operator = app.signed_in_as("operator").await;
    let team = app.app.teams().await.unwrap().remove(0).name;
    let page = operator.get(&format!("{LIST}?team={team}&sort=name")).await;
    let filters = between(&page.text, "<form class=\"filters\"", "</form>");
    assert!(filters.contains(&format!("name=\"team\" value=\"{team}\"")), "{filters}");
    assert!(!filters.contains(">Clear<"), "{filters}");
    let page = operator.get(&format!("{LIST}?team={team}&q=release")).await;
    let filters = between(&page.text, "<form class=\"filters\"", "</form>");
    assert!(filters.contains(&format!("href=\"{LIST}?team={team}\">Clear<")), "{filters}");
    app.stops().await;
}

async fn the_number_that_waits_stands_in_both_bars(db: Db) {
    let app = TestApp::start(&db).await;
    app.release(Story::Waiting).await;
    let approver = app.signed_in_as("approver").await;
    let page = approver.get(LIST).await;
    let one = "<span class=\"count\">1<span class=\"sr\"> waiting for me</span></span>";
    for part in [top(&page), side(&page)] {
        assert_eq!(part.matches(one).count(), 1, "{part}");
    }
    assert_eq!(top(&page).matches("hx-get=\"/approvals/count?seen=1\"").count(), 1);
    // The refresh brings both, and the page puts the second where it belongs.
    let refreshed = approver.htmx("/approvals/count?seen=0", LIST).await;
    refreshed.says("id=\"approvals-count\"").says("id=\"side-approvals\"").says("hx-select-oob=\"#side-approvals\"");
    assert_eq!(refreshed.text.matches(one).count(), 2, "{}", refreshed.text);
    assert_eq!(approver.htmx("/approvals/count?seen=1", LIST).await.status, 204);
    let viewer = app.signed_in_as("viewer").await.get(LIST).await;
    assert!(!viewer.text.contains("class=\"count\""), "nothing waits for a viewer");
    app.stops().await;
}

async fn the_remembered_side_bar_is_the_first_that_is_painted(db: Db) {
    let app = TestApp::start(&db).await;
    let viewer = app.signed_in_as("viewer").await;
    let page = viewer.get(LIST).await;
    page.says("<html lang=\"en\" data-side=\"open\">").says("data-narrows=\"tollgate_side\"").says(">Collapse<");
    for (kept, shown, turn) in [
        ("narrow", "narrow", "Expand"),
        ("open", "open", "Collapse"),
        ("rail", "open", "Collapse"),
        ("%22%3E", "open", "Collapse"),
    ] {
        viewer.holds("tollgate_side", kept);
        let page = viewer.get(LIST).await;
        page.says(&format!("<html lang=\"en\" data-side=\"{shown}\">")).says(&format!(">{turn}<"));
    }
    app.stops().await;
}

async fn over_https_no_neighbour_narrows_the_side_bar(db: Db) {
    let app = TestApp::start_with(&db, |web| web.public_url = Url::parse("https://releases.example/").ok()).await;
    let browser = app.browser();
    let https = ("origin", "https://releases.example");
    let body = format!("name=operator&password={}", PASSWORD.replace(' ', "+"));
    let signed_in = browser.send(Method::POST, "/login", &[https], &body).await;
    let session = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    for (cookie, shown) in [("__Host-tollgate_side", "narrow"), ("tollgate_side", "open")] {
        let both = format!("{session}; {cookie}=narrow");
        let page = browser.send(Method::GET, LIST, &[("cookie", &both)], "").await;
        page.says(&format!("data-side=\"{shown}\"")).says("data-narrows=\"__Host-tollgate_side\"");
    }
    app.stops().await;
}

async fn who_is_not_signed_in_has_no_shell(db: Db) {
    let app = TestApp::start(&db).await;
    let page = app.browser().get("/login").await;
    for part in ["<nav", "<header", "data-side", "shell."] {
        assert!(!page.text.contains(part), "{part} in {}", page.text);
    }
    app.stops().await;
}
