//! Reads the templates, the styles and the scripts, and fails on what the content security policy would refuse in a
//! browser, and on what is hard to read.

#[path = "templates/layout.rs"]
mod layout;

use std::fs;
use std::path::{Path, PathBuf};

/// What no template contains, and why.
const FORBIDDEN: [(&str, &str); 8] = [
    ("style=", "an inline style: put it into a file of static/css"),
    ("<style", "an inline style sheet: put it into static/css"),
    ("hx-on", "evaluates its text: write it in static/app.js"),
    ("javascript:", "evaluates its text: write it in static/app.js"),
    ("js:", "evaluates its text: write it in static/app.js"),
    ("hx-vals", "may evaluate its text: send a hidden field"),
    ("|safe", "shows HTML as it is"),
    ("http://", "loads or leads outside"),
];

/// The one file that may show HTML as it is, because the server made it from a log.
const SHOWS_HTML: &str = "task_runs/_lines.html";

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is in the repository") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).expect("it was found below the root").display().to_string()
}

/// The files of one extension in a folder of the repository: each one's name and text.
fn texts(folder: &str, extension: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let read = |path: PathBuf| (relative(&path, &root), fs::read_to_string(&path).expect("it is text"));
    files(&root, extension).into_iter().map(read).collect()
}

fn templates() -> Vec<(String, String)> {
    let all = texts("templates", "html");
    assert!(all.len() > 20, "the templates were not found");
    all
}

/// The names of all attributes that begin with "on", such as onclick.
fn event_attributes(text: &str) -> Vec<&str> {
    text.split_ascii_whitespace()
        .filter(|word| word.starts_with("on") && word.split_once('=').is_some_and(|(name, _)| name.len() > 3))
        .collect()
}

#[test]
fn no_template_has_anything_inline() {
    let mut wrong = Vec::new();
    for (name, text) in templates() {
        for (what, why) in FORBIDDEN {
            let allowed =
                (what == "|safe" && name == SHOWS_HTML) || (what == "http://" && name == "components/_icons.html");
            if text.contains(what) && !allowed {
                wrong.push(format!("{name}: `{what}` {why}"));
            }
        }
        for attribute in event_attributes(&text) {
            wrong.push(format!("{name}: `{attribute}` is an inline handler"));
        }
        for tag in text.split("<script").skip(1) {
            if !tag.starts_with(" src=") || !tag.contains("></script>") {
                wrong.push(format!("{name}: a script without src"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_trigger_has_a_filter() {
    for (name, text) in templates() {
        for trigger in text.split("hx-trigger=\"").skip(1) {
            let value = trigger.split('"').next().unwrap();
            assert!(!value.contains('['), "{name}: the trigger `{value}` has a filter, which is evaluated");
        }
    }
}

#[test]
fn no_template_spells_a_url() {
    for (name, text) in templates() {
        for attribute in ["href=\"/", "action=\"/", "src=\"/", "hx-get=\"/"] {
            assert!(!text.contains(attribute), "{name} spells a URL: {attribute}");
        }
    }
}

/// What is named in calls of these macros of `components/macros.html`.
fn icons(text: &str) -> impl Iterator<Item = &str> {
    ["icon(\"", "empty(\""]
        .into_iter()
        .flat_map(|call| text.split(call).skip(1).filter_map(|rest| rest.split('"').next()))
}

#[test]
fn every_icon_that_is_named_exists() {
    let all = templates();
    let sprite = &all.iter().find(|(name, _)| name == "components/_icons.html").unwrap().1;
    let mut count = 0;
    for (name, text) in &all {
        for icon in icons(text) {
            count += 1;
            assert!(sprite.contains(&format!("id=\"i-{icon}\"")), "{name}: no icon {icon}");
        }
        assert!(name == "components/macros.html" || !text.contains("<use"), "{name}: an icon without its macro");
    }
    assert!(count > 10, "only {count} icons were found");
}

#[test]
fn our_script_evaluates_nothing_and_sets_no_html() {
    let ours = |(name, _): &(String, String)| !name.starts_with("htmx-");
    let scripts: Vec<_> = texts("static", "js").into_iter().filter(ours).collect();
    assert!(scripts.len() > 1, "the scripts were not found");
    for (name, text) in scripts {
        for forbidden in
            ["eval(", "new Function", "innerHTML", "outerHTML =", "insertAdjacentHTML", "document.write", ".style."]
        {
            assert!(!text.contains(forbidden), "{name} has `{forbidden}`");
        }
    }
}
