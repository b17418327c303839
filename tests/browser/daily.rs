//! A story of one day, by one person in one browser: variables, operations on several release tasks, and room.

use crate::person::Person;
use crate::stage::{On, Stage, story};

/// A release task that is over as soon as it is executed.
fn quick(name: &str) -> String {
    format!(
        "name: {name}\nteam: Storefront\nregion: eu-west\nphases:\n  - name: All\n    tasks:\n      - name: work\n        \
         script: 'echo to ${{SITE:-nowhere}}'\n"
    )
}

#[test]
fn variables_operations_on_several_and_storage_work_in_one_browser() {
    story(On::Sqlite, async |stage: &Stage| {
        for name in ["quick-one", "quick-two", "quick-three"] {
            stage.imports(&quick(name));
        }
        stage.commands(&["user", "grant", "admin", "Storefront:operator"]);
        let admin = stage.signed_in("admin").await;
        asks_for_a_variable(&admin).await;
        does_something_with_several(&admin).await;
        keeps_for_another_time(&admin).await;
        admin.hears_no_complaint(&["status of 422"]).await;
    });
}

/// Declared on the board, asked for by Execute with what is wrong beside it, and shown with the execution.
async fn asks_for_a_variable(admin: &Person) {
    admin.opens("/regions/eu-west/release-tasks").await;
    admin.clicks("quick-one").await;
    admin.clicks("Edit").await;
    admin.clicks("Add Variable").await;
    admin.reads("asked for by Execute").await;
    admin.writes("Name", "site").await;
    admin.reads("Kept as you type").await;
    admin.writes("Description", "Where it goes").await;
    admin.toggles("Required").await;
    admin.reads("Kept as you type").await;
    admin.clicks("Save").await;
    admin.reads("Version 2 saved.").await;
    admin.clicks("Execute").await;
    admin.waits_for_dialog(true).await;
    admin.reads("Where it goes").await;
    admin.sees_nothing_wrong().await;
    admin.clicks("Execute Now").await;
    admin.reads("site").await;
    admin.writes("site", "blue").await;
    admin.clicks("Execute Now").await;
    admin.waits_for_dialog(false).await;
    admin.sees_status("Successful").await;
    admin.reads("blue").await;
}

/// Two of three are chosen, executed together, and deleted.
async fn does_something_with_several(admin: &Person) {
    admin.opens("/regions/eu-west/release-tasks?q=quick").await;
    admin.toggles("Choose quick-two").await;
    admin.toggles("Choose quick-three").await;
    admin.reads("With 2 chosen:").await;
    admin.clicks("Execute…").await;
    admin.reads("Execute 2 release tasks?").await;
    admin.clicks("Execute 2").await;
    admin.reads("2 of 2 executed").await;
    admin.clicks("Back to the List").await;
    let ended = async || Ok(admin.text().await?.matches("Successful").count() >= 3);
    admin.waits_until("all of them have ended", ended).await;
    admin.toggles("Choose all").await;
    admin.reads("With 3 chosen:").await;
    admin.toggles("Choose quick-one").await;
    admin.clicks("Delete…").await;
    admin.reads("Delete 2 release tasks?").await;
    admin.clicks("Delete 2").await;
    admin.reads("2 of 2 deleted").await;
    admin.clicks("Back to the List").await;
    admin.reads("quick-one").await;
    assert!(!admin.text().await.unwrap().contains("quick-two"), "it is deleted");
}

/// How long logs are kept is changed on the page that says how much room there is.
async fn keeps_for_another_time(admin: &Person) {
    admin.opens("/storage").await;
    admin.reads("Logs and Run Folders").await;
    admin.clicks("Change").await;
    admin.waits_for_dialog(true).await;
    admin.writes("Days that successful executions are kept", "soon").await;
    admin.clicks("Save").await;
    admin.reads("Must be a whole number from 0 to 3650.").await;
    admin.writes("Days that successful executions are kept", "30").await;
    admin.clicks("Save").await;
    admin.waits_for_dialog(false).await;
    admin.reads("30 days, and the last 50").await;
}
