//! The YAML tab, and release tasks that begin with a text or a copy.

use tollgate::app::accounts::TeamRole;
use tollgate::app::{Caller, ReleaseContent};
use tollgate::domain::people::Role;
use tollgate::domain::release::ReleaseOwner;
use tollgate::format;

use super::Editor;
use crate::db::Db;
use crate::web::app::{REGION, TestApp};
use crate::web::releases::scene::{GATED, Scene};

on_both!(
    a_text_with_errors_comes_back_with_their_lines_and_a_good_one_is_the_draft,
    a3_a_text_that_is_not_applied_is_kept_until_it_is_applied_or_discarded,
    a_release_task_begins_with_a_text,
    a13_the_text_of_a_version_is_kept_until_the_board_changes_it,
    a_release_task_begins_as_a_copy,
    whatever_there_is_to_copy_is_found_by_a_part_of_its_name,
);

async fn a_text_with_errors_comes_back_with_their_lines_and_a_good_one_is_the_draft(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    editor.does("add-task 2", &[("kind", "wait")]).await;
    let url = format!("{}/yaml", editor.url);
    let rev = editor.rev.to_string();
    editor.browser.get(&url).await.says("name: shop-web").says("type: wait");
    let wrong = "name: shop-web\nphases:\n  - name: Build\n    tasks:\n      - name: build <x>\n        timeout: soon\n        script: make\n";
    let before = editor.draft(&app).await;
    let refused = editor.browser.post(&url, &[("rev", &rev), ("text", wrong)]).await;
    editor.looks().await;
    let rev = editor.rev.to_string();
    let looked = editor.browser.post(&url, &[("rev", &rev), ("check", "true"), ("text", wrong)]).await;
    assert_eq!(looked.status, 200);
    looked.says("Line 6").says("must be a length of time");
    assert_eq!(refused.status, 422);
    refused.says("Line 6").says("must be a length of time").says("build &#60;x&#62;").says("timeout: soon");
    assert_eq!(editor.draft(&app).await, before);
    let elsewhere = wrong.replace("soon", "2m").replace(" <x>", "") + "team: other\n";
    editor.browser.post(&url, &[("rev", &rev), ("text", &elsewhere)]).await.says("The team of the text is other");
    let good = "# why\nname: shop-web\nphases:\n  - name: phase-1\n    tasks:\n      - name: wait-1\n        type: wait\n        for: 2h\n";
    let stale = editor.browser.post(&url, &[("rev", "0"), ("text", good)]).await;
    assert_eq!(stale.status, 409);
    stale.says("what you typed was not taken").says("for: 2h");
    editor.looks().await;
    let taken = editor.browser.post(&url, &[("rev", &editor.rev.to_string()), ("text", good)]).await;
    assert_eq!(taken.status, 303);
    editor.browser.get(taken.location()).await.says("The text is the draft now.").says("For 2h");
    assert_eq!(editor.task(&app, "wait-1").await, before.tasks().next().unwrap().1.id, "it is the same task");
    app.stops().await;
}

async fn a3_a_text_that_is_not_applied_is_kept_until_it_is_applied_or_discarded(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    let url = format!("{}/yaml", editor.url);
    let wrong = "name: shop-web\nphases: \0 3 # half of it";
    editor.types(wrong).await.says("Kept, but not applied yet").says("1 problem in the text.");
    // It is there wherever they sign in, with what is wrong in it.
    let elsewhere = app.signed_in_as("operator").await;
    let shown = elsewhere.get(&url).await;
    shown.says("# half of it").says("1 problem in the text.").says("Discard Text");
    editor.looks().await.says("The YAML tab has a text that is not applied yet.");
    // Neither a save nor a change of the board loses it without a word.
    let rev = editor.rev.to_string();
    let refused = editor.browser.post(&format!("{}/save", editor.url), &[("rev", &rev)]).await;
    assert_eq!(refused.status, 409);
    refused.says("Not saved: the YAML tab has a text that is not applied yet");
    for command in ["add-phase", "undo"] {
        let asked = editor.sends(command, &[]).await;
        assert_eq!(asked.status, 409, "{command}");
        asked.says("This change discards it").says("Change It All the Same");
    }
    editor.browser.get(&url).await.says("# half of it");
    editor.does("add-phase", &[("rewrite", "true")]).await.says_nothing_of("is not applied yet");
    editor.browser.get(&url).await.says_nothing_of("# half of it").says("phase-2");

    // From a page of before that change it is not taken, but kept.
    let old = [("rev", rev.as_str()), ("check", "true"), ("text", wrong)];
    let late = editor.browser.post(&url, &old).await;
    assert_eq!(late.status, 409);
    late.says("what you typed was not taken").says("Kept, but not applied yet");
    // A second window does not take the place of what the first one typed before it was told so.
    let other = [old[0], old[1], ("text", "name: other")];
    let second = editor.browser.post(&url, &other).await;
    assert_eq!(second.status, 409);
    second.says("name: other").says("Not kept yet: it is in this window only.");
    editor.browser.get(&url).await.says("# half of it");
    editor.looks().await;
    editor.types("name: other").await.says("Kept, but not applied yet");

    editor.browser.get(&format!("{url}/discard")).await.says("The draft stays as the board shows it.");
    let stale = editor.browser.post(&format!("{url}/discard"), &[("rev", &rev)]).await;
    assert_eq!(stale.status, 409);
    let rev = editor.rev.to_string();
    let gone = editor.browser.post(&format!("{url}/discard"), &[("rev", &rev)]).await;
    editor.browser.get(gone.location()).await.says("The text of the YAML tab is discarded.");
    editor.browser.get(&url).await.says_nothing_of("name: other").says("phase-2");

    // What is right and not applied is kept as well, until it is what the draft says.
    editor.looks().await;
    editor.types(GATED).await.says("Kept, but not applied yet").says_nothing_of("problem");
    let applied = editor.browser.post(&url, &[("rev", &editor.rev.to_string()), ("text", GATED)]).await;
    assert_eq!(applied.status, 303);
    editor.looks().await.says("go-live").says_nothing_of("is not applied yet");
    let saved = editor.browser.post(&format!("{}/save", editor.url), &[("rev", &editor.rev.to_string())]).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    app.stops().await;
}

/// A release task with comments, an anchor, and a `#` in a script, which is no comment.
const BY_HAND: &str = "# Who to ask: the shop team\nname: by-hand\nphases:\n  - name: Build\n    tasks:\n      - name: build\n        \
                       script: |\n          # of the script\n          make\n        environment: &env\n          CITY: Oslo\n      - name: test\n        \
                       script: make check\n        environment: *env\n";

async fn a13_the_text_of_a_version_is_kept_until_the_board_changes_it(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "by-hand").await;
    let (url, browser) = (format!("{}/yaml", editor.url), editor.browser.clone());
    let taken = browser.post(&url, &[("rev", &editor.rev.to_string()), ("text", BY_HAND)]).await;
    assert_eq!(taken.status, 303);
    browser.get(&url).await.says("# Who to ask: the shop team").says("&#38;env");
    editor.looks().await;
    let saved = browser.post(&format!("{}/save", editor.url), &[("rev", &editor.rev.to_string())]).await;
    let release = saved.location().to_owned();
    browser.get(&format!("{release}/definition.yaml")).await.says("# Who to ask: the shop team");

    let led = browser.get(&format!("{release}/edit")).await;
    let mut editor = Editor::at(browser.clone(), led.location()).await;
    let url = format!("{}/yaml", editor.url);
    browser.get(&url).await.says("# Who to ask: the shop team");
    // A comment alone is kept as well: there is no step to undo, and no new version.
    let other = BY_HAND.replace("the shop team", "Ann");
    let rev = editor.rev.to_string();
    assert_eq!(browser.post(&url, &[("rev", &rev), ("text", &other)]).await.status, 303);
    editor.looks().await;
    browser.get(&url).await.says("# Who to ask: Ann");

    let task = editor.task(&app, "test").await;
    let commands = format!("{}/commands", editor.url);
    let (rev, remove) = (editor.rev.to_string(), format!("remove {task}"));
    let asked = browser.post(&commands, &[("rev", &rev), ("do", &remove)]).await;
    assert_eq!(asked.status, 409);
    asked.says("without its 1 comment (# Who to ask: Ann) and its 1 anchor (&#38;env)").says("Change It All the Same");
    browser.get(&url).await.says("# Who to ask: Ann");
    let done = browser.post(&commands, &[("rev", &rev), ("do", &remove), ("rewrite", "true")]).await;
    assert_eq!(done.status, 303);
    editor.looks().await;
    browser.get(&url).await.says("name: by-hand").says_nothing_of("Who to ask");
    // Taking it back brings the text back, and doing it again takes it away.
    editor.does("undo", &[]).await;
    browser.get(&url).await.says("# Who to ask: Ann").says("name: test");
    editor.does("redo", &[]).await;
    browser.get(&url).await.says_nothing_of("Who to ask").says_nothing_of("name: test");
    editor.does("undo", &[]).await;
    let saved = browser.post(&format!("{}/save", editor.url), &[("rev", &editor.rev.to_string())]).await;
    assert_eq!(saved.status, 303);
    browser.get(&format!("{release}/definition.yaml")).await.says("# Who to ask: Ann");
    app.stops().await;
}

async fn a_release_task_begins_with_a_text(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = app.signed_in_as("operator").await;
    let url = format!("/regions/{REGION}/release-tasks/new");
    let team = app.team.to_string();
    let form = |text| [("name", "release-x"), ("team", team.as_str()), ("begin", "yaml"), ("text", text)];
    let wrong = operator.post(&url, &form("name: shop\nphases: 3\n")).await;
    assert_eq!(wrong.status, 422);
    wrong.says("<b>Line 2</b>").says("phases: 3").says("release-x");
    let made = operator.post(&url, &form(GATED)).await;
    assert_eq!(made.status, 303);
    let mut editor = Editor::at(operator, made.location()).await;
    editor.looks().await.says("shop-web").says("go-live").says("3 of 200");
    app.stops().await;
}

async fn a_release_task_begins_as_a_copy(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let operator = scene.browser("operator").await;
    let url = format!("/regions/{REGION}/release-tasks/new");
    let team = scene.app.team.to_string();
    let form = |original| [("name", "shop-copy"), ("team", team.as_str()), ("begin", "copy"), ("original", original)];
    let wrong = operator.post(&url, &form("no-such")).await;
    assert_eq!(wrong.status, 422);
    wrong.says("There is no release task named no-such").says("value=\"no-such\"");
    let made = operator.post(&url, &form("shop-web")).await;
    assert_eq!(made.status, 303);
    let editor = Editor::at(operator, made.location()).await;
    let draft = editor.draft(&scene.app).await;
    assert_eq!((draft.name.as_str(), draft.definition()), ("shop-copy", (*scene.release().await.definition).clone()));
    scene.app.stops().await;
}

async fn whatever_there_is_to_copy_is_found_by_a_part_of_its_name(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let app = &scene.app.app;
    let other = app.add_team(&Caller::CommandLine, "payments", true).await.unwrap();
    let region = scene.app.region;
    let content = |name: &str| {
        let document = format::parse(GATED).unwrap().remove(0);
        ReleaseContent { name: name.to_owned(), description: String::new(), definition: document.definition }
    };
    for number in 1..=60 {
        let owner = ReleaseOwner { team: scene.app.team, region };
        app.import(&Caller::CommandLine, owner, &content(&format!("a-{number:02}"))).await.unwrap();
    }
    // What two teams call the same is told apart.
    app.import(&Caller::CommandLine, ReleaseOwner { team: other, region }, &content("shop-web")).await.unwrap();
    let viewer = TeamRole { team: "payments".to_owned(), role: Role::Viewer };
    app.grant_roles(&Caller::CommandLine, "operator", vec![viewer]).await.unwrap();
    let operator = scene.browser("operator").await;
    let url = format!("/regions/{REGION}/release-tasks/new");
    operator
        .get(&url)
        .await
        .says("The first 50 of 62 are offered")
        .says("value=\"a-01\"")
        .says_nothing_of("value=\"a-60\"");
    operator.get(&format!("{url}?original=a-6")).await.says("One is offered.").says("value=\"a-60\"");
    operator.get(&format!("{url}?original=zzz")).await.says("None has this in its name or description.");
    let twice = operator.get(&format!("{url}?original=shop")).await;
    twice.says("value=\"shop-web (storefront)\"").says("value=\"shop-web (payments)\"");

    // Without script, a part of the name is sent, and what has it is offered.
    let team = scene.app.team.to_string();
    let form = |original| [("name", "shop-copy"), ("team", team.as_str()), ("begin", "copy"), ("original", original)];
    let part = operator.post(&url, &form("a-6")).await;
    assert_eq!(part.status, 422);
    part.says("There is no release task named a-6").says("value=\"a-60\"").says("One is offered.");
    let several = operator.post(&url, &form("shop-web")).await;
    assert_eq!(several.status, 422);
    several.says("write shop-web (storefront) or shop-web (payments)");
    for original in ["a-60", "shop-web (payments)"] {
        assert_eq!(operator.post(&url, &form(original)).await.status, 303, "{original}");
    }
    scene.app.stops().await;
}
