//! The page of a task, and its log: as it streams, with colours, and never as markup.

use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::pages::components::release_urls::TabName;

use super::scene::{ENDLESS, FAILING, Scene};
use crate::db::Db;

on_both!(
    a_log_has_colours_and_no_markup,
    a_log_streams_and_says_when_it_is_whole,
    a_long_log_is_shown_from_its_end,
    a_page_stays_with_its_attempt,
    a_task_to_come_has_a_log_that_begins_by_itself,
    the_page_of_a_task_refreshes_itself_until_it_is_over,
    who_may_not_see_the_release_sees_no_log,
    a_task_that_is_not_there_is_not_found,
    f7_a_link_to_a_line_shows_it_with_those_around_it,
    f7_a_search_looks_at_the_whole_log,
    f24_a_link_to_a_line_names_its_attempt,
    f24_an_attempt_that_never_was_is_not_found,
    f24_an_address_that_cannot_be_read_leads_to_one_that_can,
    f9_a_page_shows_what_a_terminal_shows,
    f1_a_log_that_is_a_pipe_is_said_to_be_one_and_holds_nobody_up,
);

pub fn script(text: &str) -> String {
    let text = text.replace('\n', "\n          ");
    format!(
        "name: shop-web\nphases:\n  - name: Build\n    tasks:\n      - name: build\n        script: |\n          {text}\n"
    )
}

/// The URL that a part of the page fetches.
pub fn fetched(page: &str, id: &str) -> Option<String> {
    let tag = page.split(&format!("id=\"{id}\"")).nth(1)?.split('>').next()?;
    let url = tag.split("hx-get=\"").nth(1)?.split('"').next()?;
    Some(url.replace("&#38;", "&"))
}

async fn a_log_has_colours_and_no_markup(db: Db) {
    let hostile = r#"printf '\033[1;32mgreen\033[0m <script>alert(1)</script> " \033]0;title\007\033[38;5;196mred\n'
printf '\033]8;;javascript:alert(1)\033\\click\033]8;;\033\\ <img src=x>\n'
printf '10%%\r100%%\n'
echo 'name=<b>value</b>' >> "$TOLLGATE_OUTPUT""#;
    let scene = Scene::with(&db, &script(hostile)).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    let page = operator.get(&scene.urls.task(1, "build")).await;
    page.says("<span class=\"fg2 bold\">green</span> &#60;script&#62;alert(1)&#60;/script&#62; &#34; ");
    page.says("<span class=\"fg9\">red</span>").says("click &#60;img src=x&#62;").says(">100%<");
    page.says("The log ends here.").says("&#60;b&#62;value&#60;/b&#62;");
    for bad in ["<script>alert", "<img src", "href=\"javascript", "style=\"", "title\u{7}", "\u{1b}"] {
        assert!(!page.text.contains(bad), "{bad:?}");
    }
    let file = operator.get(&scene.urls.log_download(1, "build", 1)).await;
    assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"shop-web-1-build-1.log\"");
    file.says("Z green <script>alert(1)</script> ").says("Z 100%\n");
    assert!(!file.text.contains('\u{1b}'), "what a terminal shows, without its colours");
    scene.app.stops().await;
}

async fn a_log_streams_and_says_when_it_is_whole(db: Db) {
    let folder = tempfile::tempdir().unwrap();
    let go = folder.path().join("go");
    let waits = format!("echo first\nwhile [ ! -e {} ]; do sleep 0.02; done\necho second", go.display());
    let scene = Scene::with(&db, &script(&waits)).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.task_is("build", TaskStatus::Running).await;
    let mut page = operator.get(&scene.urls.task(1, "build")).await;
    while !page.text.contains("first</span>") {
        page = operator.get(&scene.urls.task(1, "build")).await;
    }
    let more = fetched(&page.text, "log-more").unwrap();
    let mut nothing_new = operator.get(&more).await;
    while nothing_new.status == 200 {
        assert!(!nothing_new.text.contains("class=\"l\""), "{}", nothing_new.text);
        nothing_new = operator.get(&fetched(&nothing_new.text, "log-more").unwrap()).await;
    }
    assert_eq!((nothing_new.status, nothing_new.text.as_str()), (204, ""));
    std::fs::write(&go, "").unwrap();
    scene.is(ReleaseStatus::Successful).await;
    let rest = operator.get(&more).await;
    rest.says("second</span>").says("id=\"L2\"").says("hx-target=\"#lines\"").says("The log ends here.");
    assert!(!rest.text.contains("first</span>"), "only what is new");
    assert_eq!(fetched(&rest.text, "log-more"), None, "nobody asks on");
    scene.app.stops().await;
}

async fn a_long_log_is_shown_from_its_end(db: Db) {
    let scene = Scene::with(&db, &script("seq 1 2500")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    let page = operator.get(&scene.urls.task(1, "build")).await;
    page.says("id=\"L2500\"").says("id=\"L1501\"").says("Show the 1500 lines before these");
    assert!(!page.text.contains("id=\"L1500\""));
    let before = page.text.split("Show the 1500").next().unwrap().rsplit("href=\"").next().unwrap();
    let before = before.replace("&#38;", "&");
    let earlier = operator.get(before.split('#').next().unwrap()).await;
    earlier.says("id=\"L1500\"").says("id=\"L501\"").says("Show the newest lines");
    assert!(!earlier.text.contains("id=\"L500\"") && !earlier.text.contains("id=\"L1501\""));
    scene.app.stops().await;
}

async fn the_page_of_a_task_refreshes_itself_until_it_is_over(db: Db) {
    let scene = Scene::with(&db, ENDLESS).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.task_is("build", TaskStatus::Running).await;
    let page = operator.get(&scene.urls.task(1, "build")).await;
    page.says("build: Running").says("Attempt 1");
    let live = fetched(&page.text, "live").unwrap();
    assert_eq!(operator.get(&live).await.status, 204);
    operator.post(&scene.urls.operation("terminate"), &[("execution", "1")]).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let over = operator.get(&live).await;
    over.says("Cancelled");
    assert!(!over.text.contains("<html"), "the part alone");
    assert_eq!(fetched(&over.text, "live"), None);
    scene.app.stops().await;
}

async fn who_may_not_see_the_release_sees_no_log(db: Db) {
    let scene = Scene::with(&db, &script("echo secret")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    let task = scene.urls.task(1, "build");
    let urls = [
        task.clone(),
        format!("{task}/live?seen=1"),
        format!("{task}/log?attempt=1&from=0"),
        scene.urls.log_download(1, "build", 1),
    ];
    let (outsider, viewer) = (scene.browser("outsider").await, scene.browser("viewer").await);
    for url in urls {
        assert_eq!(outsider.get(&url).await.status, 404, "{url}");
        assert_eq!(viewer.get(&url).await.status, 200, "{url}");
        assert_eq!(scene.app.browser().get(&url).await.status, 303, "{url}");
    }
    scene.app.stops().await;
}

async fn a_task_that_is_not_there_is_not_found(db: Db) {
    let scene = Scene::with(&db, &script("true")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    for url in [
        scene.urls.task(2, "build"),
        scene.urls.task(1, "other"),
        scene.urls.task(1, "..%2f..%2fetc"),
        scene.urls.task(1, "build").replace("/1/", "/x/"),
        scene.urls.task(1, "build").replace("eu-west", "us-east"),
    ] {
        assert_eq!(operator.get(&url).await.status, 404, "{url}");
    }
    scene.app.stops().await;
}

async fn a_page_stays_with_its_attempt(db: Db) {
    let scene = Scene::with(&db, FAILING).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let url = scene.urls.task(1, "build");
    let live = format!("{url}/live?seen=0&attempt=1");
    operator.post(&scene.urls.operation("retry"), &[("execution", "1")]).await;
    scene.when(|release| release.last.as_ref().is_some_and(|last| last.tasks[0].attempt == 2)).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    operator.get(&url).await.says("Log of attempt 2").says("attempt=2\" aria-current=\"true\"");
    operator.get(&format!("{url}?attempt=1")).await.says("Log of attempt 1");
    operator.get(&live).await.says("attempt=1\" aria-current=\"true\"").says("Attempt 2");
    scene.app.stops().await;
}

async fn a_task_to_come_has_a_log_that_begins_by_itself(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let page = operator.get(&scene.urls.task(1, "deploy")).await;
    page.says("Not started yet.");
    let more = fetched(&page.text, "log-more").unwrap();
    assert_eq!(operator.get(&more).await.status, 204);
    let approver = scene.browser("approver").await;
    approver.post(&scene.gate(), &[("verdict", "reject"), ("comment", "no"), ("round", "1")]).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let never = operator.get(&scene.urls.task(1, "deploy")).await;
    assert!(!never.text.contains("id=\"log\""), "it was never begun");
    assert!(!page.text.contains("Download"), "there is nothing to download");
    scene.app.stops().await;
}

/// The links on a page with these words in their address.
fn links(page: &str, words: &str) -> Vec<String> {
    let urls = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    urls.filter(|url| url.contains(words)).map(|url| url.replace("&#38;", "&")).collect()
}

async fn f7_a_link_to_a_line_shows_it_with_those_around_it(db: Db) {
    let scene = Scene::with(&db, &script("seq 1 6001")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    let page = scene.urls.task(1, "build");
    let at = async |line: u64| operator.get(&format!("{page}?attempt=1&line={line}")).await;
    let first = at(1).await;
    first.says("class=\"l hit\" id=\"L1\"").says("id=\"L500\"").says("Show the lines after these");
    assert!(!first.text.contains("id=\"L6001\"") && !first.text.contains("lines before these"));
    let middle = at(3000).await;
    middle.says("class=\"l hit\" id=\"L3000\"").says("id=\"L2800\"").says("Show the 2799 lines before these");
    middle.says("id=\"L3799\"").says("line=3800#log").says("Show the newest lines");
    let last = at(6001).await;
    last.says("class=\"l hit\" id=\"L6001\"").says("The log ends here.");
    assert!(!last.text.contains("Show the lines after these") && !last.text.contains("Show the newest"));
    at(7000).await.says("There is no line 7000: the last one is line 6001.").says("id=\"L6001\"");
    at(0).await.says("There is no line 0").says("id=\"L1\"");
    at(u64::MAX).await.says("the last one is line 6001");
    scene.app.stops().await;
}

async fn f7_a_search_looks_at_the_whole_log(db: Db) {
    let scene = Scene::with(&db, &script("printf 'need\\033[31mLE\\033[0m <1>\\n'; seq 1 5000; echo needle 2")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    let page = scene.urls.task(1, "build");
    let found = operator.get(&format!("{page}?attempt=1&find=+Needle+")).await;
    found.says("2 lines have it.").says("id=\"L1\"").says("id=\"L5002\"").says("value=\"Needle\"");
    assert_eq!(found.text.matches("class=\"l\"").count(), 2);
    assert_eq!(links(&found.text, "line="), ["?attempt=1&line=1#L1", "?attempt=1&line=5002#L5002"]);
    operator
        .get(&format!("{page}?find=4999"))
        .await
        .says("1 line has it.")
        .says("id=\"L5000\"")
        .says("Show the whole log");
    operator.get(&format!("{page}?find=%3Cb%3E")).await.says("No line has it.").says("value=\"&#60;b&#62;\"");
    operator.get(&format!("{page}?find=1")).await.says("2085 lines have it; the last 1000 are shown.");
    let all = operator.get(&format!("{page}?find=+")).await;
    all.says("id=\"L5002\"").says("id=\"L4003\"");
    scene.app.stops().await;
}

async fn f24_a_link_to_a_line_names_its_attempt(db: Db) {
    let scene = Scene::with(&db, &script("echo said; exit 1")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let url = scene.urls.task(1, "build");
    let link = links(&operator.get(&url).await.text, "line=").remove(0);
    assert_eq!(link, "?attempt=1&line=1#L1");
    operator.post(&scene.urls.operation("retry"), &[("execution", "1")]).await;
    scene.when(|release| release.last.as_ref().is_some_and(|last| last.tasks[0].attempt == 2)).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let linked = operator.get(&format!("{url}{}", link.split('#').next().unwrap())).await;
    linked.says("Log of attempt 1").says("class=\"l hit\" id=\"L1\"").says("data-attempt=\"1\"");
    assert_eq!(links(&operator.get(&url).await.text, "line=")[0], "?attempt=2&line=1#L1");
    scene.app.stops().await;
}

async fn f9_a_page_shows_what_a_terminal_shows(db: Db) {
    let text = r"printf '\033[31mred start\nstill red\033[0m\n'; printf 'a long text here\rab\n'; printf '10%%\b\b\b20%%\n'
i=0; while [ $i -lt 3000 ]; do i=$((i+1)); printf '\r%d of 3000 [################################]' $i; done; echo; exit 1";
    let scene = Scene::with(&db, &script(text)).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let page = operator.get(&scene.urls.task(1, "build")).await;
    page.says("<span class=\"fg1\">red start</span>").says("<span class=\"fg1\">still red</span>");
    page.says(">ablong text here<").says(">20%<").says(">3000 of 3000 [################################]<");
    assert_eq!(page.text.matches("class=\"l\"").count(), 5, "{}", page.text);
    operator.get(&scene.urls.show()).await.says(">3000 of 3000 [################################]<");
    let file = operator.get(&scene.urls.log_download(1, "build", 1)).await;
    file.says("Z still red\n").says("Z ablong text here\n").says("Z 20%\n");
    assert_eq!(file.text.lines().count(), 5);
    let found = operator.get(&format!("{}?find=ablong", scene.urls.task(1, "build"))).await;
    found.says("1 line has it.");
    scene.app.stops().await;
}

async fn f1_a_log_that_is_a_pipe_is_said_to_be_one_and_holds_nobody_up(db: Db) {
    let folder = tempfile::tempdir().unwrap();
    let (made, go) = (folder.path().join("made"), folder.path().join("go"));
    let script = script(&format!(
        "cd \"$(dirname \"$TOLLGATE_OUTPUT\")\"; rm -f log; mkfifo log; : > {}\nwhile [ ! -e {} ]; do sleep 0.02; done",
        made.display(),
        go.display()
    ));
    let scene = Scene::with(&db, &script).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    while !made.exists() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let said = "The log cannot be read: it is a named pipe, not a file.";
    let url = scene.urls.task(1, "build");
    // More than there are threads for what waits.
    for _ in 0..60 {
        let pages = futures_util::future::join_all((0..10).map(|_| operator.get(&url))).await;
        for page in pages {
            assert_eq!(page.status, 200);
            page.says(said);
        }
    }
    operator.get(&scene.urls.log_download(1, "build", 1)).await.says(said);
    let tail = format!("{}&from=0", scene.urls.log(1, "build", 1));
    operator.get(&tail).await.says(said);
    std::fs::write(&go, "").unwrap();
    scene.is(ReleaseStatus::Successful).await;
    operator.get(&url).await.says(said);
    scene.app.stops().await;
}

async fn f24_an_attempt_that_never_was_is_not_found(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let (done, to_come) = (scene.urls.task(1, "build"), scene.urls.task(1, "deploy"));
    let of = |url: &str, attempt: u32| {
        [
            format!("{url}?attempt={attempt}"),
            format!("{url}?attempt={attempt}&line=1"),
            format!("{url}/live?seen=0&attempt={attempt}"),
            format!("{url}/log?attempt={attempt}&from=0"),
            format!("{url}/log/download?attempt={attempt}"),
        ]
    };
    for url in of(&done, 9).iter().chain(&of(&done, 2)).chain(&of(&done, 0)).chain(&of(&to_come, 9)) {
        assert_eq!(operator.get(url).await.status, 404, "{url}");
    }
    let never = operator.get(&format!("{done}?attempt=9")).await;
    never.says("There is no attempt 9: the task has 1 attempt in this execution.");
    never.says(&format!("href=\"{done}\""));
    for url in of(&done, 1) {
        assert_eq!(operator.get(&url).await.status, 200, "{url}");
    }
    // Of what was not begun there is no file, though its page waits for one.
    assert_eq!(operator.get(&format!("{to_come}?attempt=1")).await.status, 200);
    for url in [format!("{to_come}/log/download"), format!("{}/log/download", scene.urls.task(1, "go-live"))] {
        let nothing = operator.get(&url).await;
        assert_eq!(nothing.status, 404, "{url}");
        nothing.says("the task was not begun in this execution");
    }
    scene.app.stops().await;
}

async fn f24_an_address_that_cannot_be_read_leads_to_one_that_can(db: Db) {
    let scene = Scene::with(&db, &script("echo hello")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    let task = scene.urls.task(1, "build");
    for (query, left) in [
        ("line=-1", ""),
        ("attempt=x", ""),
        ("attempt=1&line=-1", "?attempt=1"),
        ("attempt=1&line=99999999999999999999", "?attempt=1"),
        ("attempt=1&attempt=1", ""),
    ] {
        for url in [task.clone(), scene.urls.log_download(1, "build", 1).split('?').next().unwrap().to_owned()] {
            let page = operator.get(&format!("{url}?{query}")).await;
            assert_eq!(page.status, 422, "{url}?{query}");
            let back = format!("{url}{left}");
            page.says("The address cannot be read").says(&format!("href=\"{back}\""));
            assert_eq!(operator.get(&back).await.status, 200, "{back}");
        }
    }
    let records = scene.urls.tab(TabName::Executions);
    let page = operator.get(&format!("{records}?before=x")).await;
    assert_eq!(page.status, 422);
    page.says(&format!("href=\"{records}\""));
    scene.app.stops().await;
}
