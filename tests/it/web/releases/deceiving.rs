//! Characters that deceive the eye: wherever a text from outside is shown they are seen, and what is kept stays as it is.

use tollgate::domain::status::ReleaseStatus;
use tollgate::pages::components::release_urls::TabName;

use super::scene::Scene;
use crate::db::Db;

on_both!(
    f13_what_deceives_the_eye_is_seen_on_every_page,
    f13_a_log_is_downloaded_and_searched_as_it_is_shown,
    f13_a_field_says_what_is_hidden_in_it_and_gives_it_back,
    f21_a_comment_that_nobody_can_see_is_no_comment,
);

const OVERRIDE: char = '\u{202e}';

const DECEIVING: &str = "
name: shop-web
description: \"Ships \\u202Eeverything\"
phases:
  - name: Build
    tasks:
      - name: build
        description: \"Makes \\u200Bit\"
        script: |
          printf 'note=safe\\342\\200\\256exe\\n' >> \"$TOLLGATE_OUTPUT\"
          echo 'rm -rf \u{202e}'
  - name: Approve
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver, second]
        required: 2
        check: ${tasks.build.outputs.note}
";

async fn f13_what_deceives_the_eye_is_seen_on_every_page(db: Db) {
    let scene = Scene::with(&db, DECEIVING).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    let approver = scene.browser("approver").await;
    approver.get(&scene.gate()).await.says("safe\u{fffd}exe");
    approver.get("/approvals").await.says("safe\u{fffd}exe");
    let comment = format!("fine{OVERRIDE}enif");
    approver.post(&scene.gate(), &[("verdict", "agree"), ("comment", &comment), ("round", "1")]).await;
    let shown = [
        (scene.urls.show(), "fine\u{fffd}enif"),
        (scene.urls.tab(TabName::Activity), "fine\u{fffd}enif"),
        (scene.urls.tab(TabName::Definition), "Ships \u{fffd}everything"),
        (scene.urls.task(1, "go-live"), "fine\u{fffd}enif"),
        (scene.urls.task(1, "build"), "safe\u{fffd}exe"),
        (scene.urls.task(1, "build"), "rm -rf \u{fffd}"),
        (format!("/regions/{}/release-tasks", crate::web::app::REGION), "Ships \u{fffd}everything"),
    ];
    for (url, expected) in shown {
        let page = operator.get(&url).await;
        assert_eq!(page.status, 200, "{url}");
        page.says(expected);
        assert!(!page.text.contains(OVERRIDE), "{url} shows it raw");
    }
    scene.app.stops().await;
}

async fn f13_a_log_is_downloaded_and_searched_as_it_is_shown(db: Db) {
    let hidden = "printf 'pay\\342\\200\\213pal\\n\\357\\273\\277\\302\\255\\342\\200\\250\\343\\205\\244\\363\\240\\201\\201\\n'";
    let scene = Scene::with(&db, &super::logs::script(hidden)).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    let file = operator.get(&scene.urls.log_download(1, "build", 1)).await;
    file.says("Z pay\u{fffd}pal\n").says(&format!("Z {}\n", "\u{fffd}".repeat(5)));
    let page = scene.urls.task(1, "build");
    for wanted in ["pay%EF%BF%BDpal", "pay%E2%80%8Bpal"] {
        operator.get(&format!("{page}?find={wanted}")).await.says("1 line has it.");
    }
    scene.app.stops().await;
}

async fn f13_a_field_says_what_is_hidden_in_it_and_gives_it_back(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let approver = scene.browser("approver").await;
    let comment = format!("{}{OVERRIDE}", "x".repeat(2001));
    let page = approver.post(&scene.gate(), &[("verdict", "agree"), ("comment", &comment), ("round", "1")]).await;
    assert_eq!(page.status, 422);
    page.says(&format!("{OVERRIDE}</textarea>")).says("Has characters that are not seen: U+202E.");
    scene.app.stops().await;
}

async fn f21_a_comment_that_nobody_can_see_is_no_comment(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let approver = scene.browser("approver").await;
    for unseen in ["\u{200b}", " \u{2060}\u{feff}\n", "\u{2800}"] {
        let form = [("verdict", "reject"), ("comment", unseen), ("round", "1")];
        let page = approver.post(&scene.gate(), &form).await;
        assert_eq!(page.status, 422, "{unseen:?}");
        page.says("Write in Comments why you reject it.");
    }
    assert_eq!(scene.release().await.status(), ReleaseStatus::ToBeApproved);
    scene.app.stops().await;
}
