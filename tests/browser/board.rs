//! Stories of the board: by keyboard alone, and by dragging.

use crate::person::{ALT, CONTROL, DOWN, ENTER, ESCAPE, LEFT, Person, RIGHT, TAB, UP};
use crate::stage::{On, Stage, story};

/// The names on the cards, phase by phase.
async fn board(person: &Person) -> String {
    let script = "return [...document.querySelectorAll('#board > [data-phase]')].map(phase => \
                  [...phase.querySelectorAll('[data-card] .name')].map(name => name.textContent.trim()).join(' ')).join(' | ')";
    person.driver.execute(script).await.unwrap().as_str().unwrap().to_owned()
}

async fn sees_the_board(person: &Person, expected: &str) {
    person.waits_until(&format!("see the board {expected}"), async || Ok(board(person).await == expected)).await;
}

async fn presses(person: &Person, keys: &[char]) {
    person.driver.presses(keys).await.unwrap();
}

async fn types(person: &Person, text: &str) {
    presses(person, &text.chars().collect::<Vec<_>>()).await;
}

/// Adds a task of a kind by `n` and the picker; its form is open then, with the keyboard on its name.
async fn adds(person: &Person, kind: &str) {
    presses(person, &['n']).await;
    person.waits_for_dialog(true).await;
    person.tabs_to_beginning(kind).await;
    presses(person, &[ENTER]).await;
    person.waits_for_dialog(false).await;
    person.finds_focus_on("Name").await;
}

#[test]
fn a11_a_release_task_is_built_by_keyboard_alone() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        operator.opens("/regions/eu-west/release-tasks/new").await;
        operator.writes("Name", "by-keys").await;
        presses(&operator, &[ENTER]).await;
        operator.reads("group 1 of phase-1 has 0").await;
        operator.marks_the_page().await;
        operator.tabs_to("Phases of by-keys").await;
        presses(&operator, &[DOWN]).await;
        adds(&operator, "Command").await;
        presses(&operator, &[TAB, TAB]).await;
        operator.finds_focus_on("Values… for Script").await;
        presses(&operator, &[TAB]).await;
        types(&operator, "make ").await;
        operator.driver.presses_together(CONTROL, ' ').await.unwrap();
        operator.finds_focus_on("Insert ${release.name}").await;
        presses(&operator, &[DOWN, ENTER]).await;
        operator.finds_focus_on("Script").await;
        operator.reads("Kept as you type").await;
        presses(&operator, &[ESCAPE]).await;
        operator.finds_focus_on("command-1").await;
        sees_the_board(&operator, "command-1").await;
        adds(&operator, "Manual Trigger").await;
        presses(&operator, &[ESCAPE]).await;
        operator.finds_focus_on("manual-trigger-1").await;
        sees_the_board(&operator, "command-1 manual-trigger-1").await;
        // A11: moving is one key, and says where it went; the keyboard stays on what was moved.
        operator.driver.presses_together(ALT, UP).await.unwrap();
        sees_the_board(&operator, "manual-trigger-1 command-1").await;
        operator.finds_focus_on("manual-trigger-1").await;
        presses(&operator, &['c']).await;
        sees_the_board(&operator, "manual-trigger-1 manual-trigger-2 command-1").await;
        operator.driver.presses_together(CONTROL, 'z').await.unwrap();
        sees_the_board(&operator, "manual-trigger-1 command-1").await;
        operator.tabs_to("Add Phase").await;
        presses(&operator, &[ENTER]).await;
        sees_the_board(&operator, "manual-trigger-1 command-1 | ").await;
        operator.tabs_back_to("Phase phase-1").await;
        presses(&operator, &[DOWN, DOWN]).await;
        operator.finds_focus_on("manual-trigger-1").await;
        operator.driver.presses_together(ALT, RIGHT).await.unwrap();
        sees_the_board(&operator, "command-1 | manual-trigger-1").await;
        operator.finds_focus_on("manual-trigger-1").await;
        presses(&operator, &[LEFT]).await;
        operator.finds_focus_on("command-1").await;
        // What is removed by its menu leaves the keyboard on what comes next, as the key Delete does.
        presses(&operator, &['c']).await;
        operator.finds_focus_on("command-2").await;
        operator.tabs_to("Task command-2").await;
        presses(&operator, &[ENTER]).await;
        operator.tabs_to("Remove").await;
        presses(&operator, &[ENTER]).await;
        sees_the_board(&operator, "command-1 | manual-trigger-1").await;
        operator.finds_focus_on("manual-trigger-1").await;
        operator.still_has_the_marked_page().await;
        operator.tabs_back_to("Save").await;
        presses(&operator, &[ENTER]).await;
        operator.sees_status("To release").await;
        operator.reads("Version 1 saved.").await;
        operator.hears_no_complaint(&[]).await;
    });
}

#[test]
fn a_group_and_more_variables_than_there_are_rows_are_added_by_keyboard() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        operator.opens("/regions/eu-west/release-tasks/new").await;
        operator.writes("Name", "groups-by-keys").await;
        presses(&operator, &[ENTER]).await;
        operator.reads("group 1 of phase-1 has 0").await;
        operator.tabs_to("Phases of groups-by-keys").await;
        presses(&operator, &[DOWN]).await;
        adds(&operator, "Command").await;
        presses(&operator, &[ESCAPE]).await;
        operator.finds_focus_on("command-1").await;
        presses(&operator, &['N']).await;
        operator.finds_focus_on("Group 2 of phase-1").await;
        presses(&operator, &[UP]).await;
        operator.finds_focus_on("command-1").await;
        presses(&operator, &[DOWN]).await;
        operator.finds_focus_on("Group 2 of phase-1").await;
        adds(&operator, "Command").await;
        operator.tabs_to("Working folder").await;
        presses(&operator, &[TAB]).await;
        for name in ["ONE", "TWO", "THREE", "FOUR"] {
            presses(&operator, &[TAB]).await;
            types(&operator, name).await;
            presses(&operator, &[TAB]).await;
            types(&operator, "1").await;
        }
        operator.reads("Kept as you type").await;
        presses(&operator, &[ESCAPE]).await;
        operator.finds_focus_on("command-2").await;
        presses(&operator, &[ENTER]).await;
        operator.finds_focus_on("Name").await;
        let shown = "return [...document.querySelectorAll('.pair')].map(pair => [...pair.children].map(it => it.value).join('=')).join(' ')";
        assert_eq!(operator.driver.execute(shown).await.unwrap(), "ONE=1 TWO=1 THREE=1 FOUR=1 = =");
        // The foot of the form stays where it is: what has the focus is above it.
        operator.tabs_to("Time between attempts").await;
        let above = "return document.activeElement.getBoundingClientRect().bottom \
                     <= document.querySelector('.task-form .form-foot').getBoundingClientRect().top";
        assert_eq!(operator.driver.execute(above).await.unwrap(), true);
        // The draft is offered again where one begins.
        operator.opens("/regions/eu-west/release-tasks/new").await;
        operator.reads("Go on with a draft").await;
        operator.finds_nothing_wrong().await;
        operator.hears_no_complaint(&[]).await;
    });
}

#[test]
fn a11_dragging_is_the_first_thing_done_on_a_page_and_can_be_taken_back() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        operator.opens("/regions/eu-west/release-tasks").await;
        operator.clicks("shop-web-release").await;
        operator.clicks("Edit").await;
        operator.reads("Orchestrate Release Task").await;
        let before = board(&operator).await;
        let expected = before.replace("build-pages build-sitemap", "build-sitemap build-pages");
        assert_ne!(before, expected, "the demo's first group is not as it was");
        let grip = operator.find("//li[@data-card][.//*[.=\"build-pages\"]]//*[@data-grip]").await.unwrap().unwrap();
        let below = operator.find("//li[@data-card][.//*[.=\"build-sitemap\"]]").await.unwrap().unwrap();
        operator.driver.drags(&grip, &below, 20).await.unwrap();
        sees_the_board(&operator, &expected).await;
        operator.clicks("Undo: move build-pages").await;
        sees_the_board(&operator, &before).await;
        operator.hears_no_complaint(&[]).await;
    });
}
