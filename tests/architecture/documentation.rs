//! Documentation for people: the README stays short, and every link leads somewhere.

use std::fs;

use crate::{Source, none, root, texts};

const LONGEST_README: usize = 100;

fn documents() -> Vec<Source> {
    let mut all = texts(&["docs"], Some("md"));
    let text = fs::read_to_string(root().join("README.md")).expect("there is a README");
    all.push(Source { path: "README.md".to_owned(), text });
    assert!(all.len() > 8, "the documents were not found");
    all
}

/// The lines of a document that are not in a block of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// Where the links and pictures of a document lead to.
fn links(text: &str) -> Vec<&str> {
    let of_line = |line| str::split(line, "](").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link));
    prose(text).flat_map(of_line).collect()
}

/// The anchor that a heading has on a page.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn has_heading(text: &str, wanted: &str) -> bool {
    prose(text).filter(|line| line.starts_with('#')).any(|line| anchor(line.trim_start_matches('#')) == wanted)
}

#[test]
fn the_readme_is_short() {
    let text = fs::read_to_string(root().join("README.md")).expect("there is a README");
    let lines = text.lines().count();
    assert!(lines <= LONGEST_README, "README.md has {lines} lines; {LONGEST_README} are enough, the rest is for docs");
}

#[test]
fn the_readme_leads_to_every_document() {
    let readme = documents().into_iter().find(|document| document.path == "README.md").expect("it is among them");
    let led: Vec<&str> = links(&readme.text).into_iter().map(|link| link.split('#').next().unwrap_or(link)).collect();
    let missing = |document: &Source| document.path != "README.md" && !led.contains(&document.path.as_str());
    let wrong: Vec<String> = documents().into_iter().filter(missing).map(|document| document.path).collect();
    none(&wrong, "README.md has a link to every document.");
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading_of_it() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for document in documents() {
        let folder = root().join(&document.path).parent().expect("a document is in a folder").to_owned();
        for link in links(&document.text).into_iter().filter(|link| !link.contains("://")) {
            count += 1;
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { root().join(&document.path) } else { folder.join(file) };
            let leads = target.exists()
                && (heading.is_empty() || fs::read_to_string(&target).is_ok_and(|text| has_heading(&text, heading)));
            if !leads {
                wrong.push(format!("{}: {link}", document.path));
            }
        }
    }
    assert!(count > 40, "the links were not found");
    none(&wrong, "A link leads to a file of the repository, and to a heading that is there.");
}
