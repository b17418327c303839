//! Reads the sources and fails where they leave the house rules: who imports whom, how long a file is, and what no line says.

#[path = "architecture/documentation.rs"]
mod documentation;
#[path = "architecture/keys.rs"]
mod keys;
#[path = "architecture/sentences.rs"]
mod sentences;
#[path = "architecture/shown.rs"]
mod shown;
#[path = "architecture/waiting.rs"]
mod waiting;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which modules of `src/` a module may name. A module that is not here fails the test.
const MODULES: [(&str, &str); 36] = [
    ("domain", ""),
    ("messages", "domain format"),
    ("cache", ""),
    ("client", "outgoing"),
    ("clock", ""),
    ("config", "confine domain outgoing"),
    ("confine", "domain failpoints"),
    ("data_layout", "domain"),
    ("fd_limit", ""),
    ("failpoints", ""),
    ("io_fault", "domain"),
    ("regular_file", "domain"),
    ("keyring", "domain regular_file"),
    ("telemetry", "config"),
    ("runlog", "failpoints regular_file"),
    ("masking", ""),
    ("supervise", "clock confine domain failpoints masking regular_file runlog"),
    ("executors", "clock confine domain data_layout fd_limit failpoints masking outgoing runlog supervise workspace"),
    ("format", "domain"),
    ("free_space", "domain"),
    ("migrations", ""),
    ("outgoing", "domain"),
    ("workspace", "data_layout domain regular_file"),
    ("store", "config domain migrations failpoints runlog"),
    ("notify", "app domain failpoints keyring messages outgoing store"),
    ("archive", "domain regular_file runlog"),
    ("app", "cache clock data_layout domain failpoints format free_space keyring runlog store"),
    ("prune", "app data_layout domain failpoints regular_file store supervise"),
    ("engine", "app clock domain executors data_layout failpoints regular_file runlog store"),
    ("http", "app cache config domain data_layout messages"),
    ("pages", "app cache domain format http runlog messages"),
    ("api", "app domain format http messages runlog"),
    (
        "startup",
        "api app archive clock config confine demo domain engine executors data_layout fd_limit failpoints free_space http keyring notify outgoing pages prune regular_file store supervise telemetry messages workspace",
    ),
    ("demo", "app clock config confine domain data_layout executors format keyring messages startup store"),
    (
        "cli",
        "app archive client clock config confine demo domain data_layout format failpoints free_space keyring pages prune regular_file startup store supervise telemetry messages workspace",
    ),
    ("lib", "migrations"),
];

/// What a module never names, whatever its row says.
const NEVER: [(&str, &str); 11] = [
    ("domain", "std::io"),
    ("domain", "sea_orm"),
    ("domain", "actix_web"),
    ("domain", "tokio"),
    ("domain", "askama"),
    // What is read past the operations of `app` is read past their authorization.
    ("http", "app.store"),
    ("pages", "app.store"),
    ("api", "app.store"),
    ("app", "crate::store::entities"),
    ("executors", "sea_orm"),
    ("engine", "sea_orm"),
];

/// Lines that count: all but those of a module of tests at the end of a file.
const MAX_LINES: usize = 400;

struct Source {
    /// From the root of the repository.
    path: String,
    text: String,
}

impl Source {
    fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// The module of `src/` that it belongs to.
    fn module(&self) -> Option<&str> {
        if self.is_in("migrations/") {
            return Some("migrations");
        }
        let inside = self.path.strip_prefix("src/")?;
        Some(inside.split(['/', '.']).next().unwrap_or(inside))
    }

    /// How many `super::` lead from this module to the root of the crate.
    fn depth(&self) -> usize {
        let inside = self.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        inside.split('/').count()
    }

    /// Lines that are not comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")).map(|(n, l)| (n + 1, l))
    }

    fn finds(&self, what: &str) -> Vec<String> {
        let lines = self.code().filter(|(_, line)| line.contains(what));
        lines.map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim())).collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_of(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            files_of(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Texts in those folders, of that extension if one is named.
fn texts(folders: &[&str], extension: Option<&str>) -> Vec<Source> {
    let mut files = Vec::new();
    for folder in folders.iter().map(|folder| root().join(folder)).filter(|folder| folder.is_dir()) {
        files_of(&folder, &mut files);
    }
    files.retain(|file| extension.is_none_or(|wanted| file.extension().is_some_and(|it| it == wanted)));
    files.sort();
    let relative = |file: &Path| file.strip_prefix(root()).expect("it is in the repository").display().to_string();
    files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok().map(|text| Source { path: relative(file), text }))
        .collect()
}

fn sources() -> Vec<Source> {
    let all = texts(&["src", "migrations"], Some("rs"));
    assert!(all.len() > 40, "the sources were not found");
    all
}

/// Everything of ours that is compiled.
fn everything() -> Vec<Source> {
    texts(&["src", "migrations", "tests", "benches", "examples"], Some("rs"))
}

fn none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}\n{}", wrong.join("\n"));
}

/// The names that follow `prefix`: in `crate::a`, and in `crate::{a::b, c}` over however many lines.
fn named<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let before = text[..at].chars().next_back();
        let rest = &text[at + prefix.len()..];
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        match rest.strip_prefix('{') {
            Some(list) => names.extend(list.split(';').next().unwrap_or(list).split(['{', '}', ',']).map(first_name)),
            None => _ = names.insert(first_name(rest)),
        }
    }
    names
}

fn first_name(path: &str) -> &str {
    let path = path.trim_start();
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
    &path[..end]
}

#[test]
fn modules_name_only_the_modules_that_they_may() {
    let mut wrong = Vec::new();
    for source in sources() {
        let module = source.module().expect("a source is in a module").to_owned();
        if module == "main" {
            continue;
        }
        let Some((_, may)) = MODULES.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: the table in tests/architecture.rs has no module {module}", source.path));
            continue;
        };
        let climbing = "super::".repeat(source.depth());
        let code = source.code().map(|(_, line)| line).collect::<Vec<_>>().join("\n");
        let modules = named(&code, "crate::").into_iter().chain(named(&code, &climbing));
        for other in modules.filter(|other| *other != module && !may.split(' ').any(|it| it == *other)) {
            if MODULES.iter().any(|(name, _)| *name == other) {
                wrong.push(format!("{}: {module} must not name {other}", source.path));
            }
        }
    }
    none(&wrong, "Who may name whom is the table at the top of this file.");
}

#[test]
fn names_are_found_however_they_are_written() {
    let found = named("use crate::{\n    store::{self, Store},\n    pages,\n};\nfn a() -> crate::app::B {}", "crate::");
    assert!(["store", "pages", "app"].iter().all(|module| found.contains(module)), "{found:?}");
    assert_eq!(named("use supercrate::pages;", "crate::"), BTreeSet::new());
}

#[test]
fn modules_never_name_what_is_kept_from_them() {
    let in_module = |(module, what): &(&str, &str)| {
        let of_module = sources().into_iter().filter(|source| source.module() == Some(module));
        of_module.flat_map(|source| source.finds(what)).collect::<Vec<_>>()
    };
    none(&NEVER.iter().flat_map(in_module).collect::<Vec<_>>(), "These names are kept from these modules.");
}

#[test]
fn files_are_short() {
    let mut wrong = Vec::new();
    for source in everything() {
        let lines = source.text.lines().take_while(|line| *line != "mod tests {").count();
        if lines > MAX_LINES {
            wrong.push(format!("{}: {lines} lines", source.path));
        }
    }
    none(&wrong, "A file has at most 400 lines.");
}

#[test]
fn modules_say_what_they_are_for() {
    let silent = |source: &Source| !source.text.starts_with("//! ");
    let wrong: Vec<String> = everything().into_iter().filter(silent).map(|source| source.path).collect();
    none(&wrong, "A module begins with what it is for.");
}

#[test]
fn the_documentation_of_a_module_begins_with_what_it_is() {
    let asks = |source: &Source| {
        let first = source.text.strip_prefix("//! ").and_then(|text| text.split(|c: char| !c.is_alphanumeric()).next());
        first.is_some_and(|word| ["What", "Who", "Whoever", "Whether"].contains(&word))
    };
    let wrong: Vec<String> = everything().into_iter().filter(asks).map(|source| source.path).collect();
    none(&wrong, "A module begins with a noun or a verb that says what it is.");
}

#[test]
fn no_public_type_name_is_used_twice() {
    // Each entity has a model and relations, as the ORM wants it; a module may have a result type of its own.
    let everywhere = ["Model", "Relation", "Result"];
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut wrong = Vec::new();
    for source in texts(&["src"], Some("rs")) {
        for (_, line) in source.code() {
            let Some(name) = public_type(line).filter(|name| !everywhere.contains(name)) else { continue };
            if let Some(other) = known.insert(name.to_owned(), source.path.clone()) {
                wrong.push(format!("{name}: {other} and {}", source.path));
            }
        }
    }
    assert!(known.len() > 200, "the types were not found");
    none(&wrong, "A public type has a name of its own.");
}

/// The name of the type that this line begins to define, if others may name it.
fn public_type(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("pub")?;
    let rest = match rest.strip_prefix('(') {
        Some(scoped) => scoped.split_once(')')?.1,
        None => rest,
    };
    let (kind, name) = rest.trim_start().split_once(' ')?;
    ["struct", "enum", "trait", "type"].contains(&kind).then(|| first_name(name))
}

#[test]
fn the_rules_match_every_case_of_their_enums() {
    let rules = texts(&["src/domain"], Some("rs"));
    let root = rules.iter().find(|source| source.path == "src/domain/mod.rs").expect("the rules");
    assert!(root.text.contains("#![deny(clippy::wildcard_enum_match_arm)]"), "clippy watches over it");
    let mut wrong = Vec::new();
    for source in rules.iter().filter(|source| !source.path.contains("tests")) {
        let lines: Vec<&str> = source.text.lines().collect();
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.trim_start().starts_with("_ =>")) {
            let indent = line.len() - line.trim_start().len();
            let arms = lines[..number].iter().rev().map(|arm| (arm.len() - arm.trim_start().len(), arm.trim_start()));
            let mut arms = arms.take_while(|(deep, arm)| *deep >= indent || arm.is_empty());
            let ours = |arm: &str| {
                let path = arm.trim_start_matches(['|', '(', ' ']);
                path.starts_with(char::is_uppercase) && path.contains("::")
            };
            if arms.any(|(deep, arm)| deep == indent && ours(arm)) {
                wrong.push(format!("{}:{}", source.path, number + 1));
            }
        }
    }
    none(&wrong, "A new case of an enum must be thought of everywhere: no `_` arm.");
}

#[test]
fn one_kind_of_task_is_named_only_where_kinds_are_listed() {
    let list = fs::read_to_string(root().join("src/domain/kinds/mod.rs")).expect("the kinds");
    let (_, rest) = list.split_once("pub enum Kind {").expect("the kinds");
    let variants = rest.split('}').next().expect("its end").lines().filter_map(|line| line.trim().split_once('('));
    let names: Vec<String> = variants.map(|(name, _)| format!("Kind::{name}")).collect();
    assert!(names.len() >= 4, "the kinds were not found: {names:?}");
    let is_apart = |source: &Source| source.path.contains("/kinds/") || source.path.contains("tests");
    let mut wrong = Vec::new();
    for source in texts(&["src"], Some("rs")).iter().filter(|source| !is_apart(source)) {
        wrong.extend(names.iter().flat_map(|name| source.finds(name)));
    }
    none(
        &wrong,
        "Code asks the class of a kind, or what every kind answers; what is special about one is in its files.",
    );
}

#[test]
fn states_are_assigned_in_apply_alone() {
    let modules = ["domain", "app", "engine", "http", "pages", "api", "startup", "cli", "demo"];
    let mut wrong = Vec::new();
    for source in sources() {
        let apart = source.path == "src/domain/apply.rs" || source.path.contains("tests");
        if !apart && source.module().is_some_and(|module| modules.contains(&module)) {
            for field in [".state = ", ".order = ", ".direction = ", ".ended_at = "] {
                wrong.extend(source.finds(field));
            }
        }
    }
    none(&wrong, "An event changes a state, in src/domain/apply.rs.");
}

#[test]
fn no_line_says_what_no_line_may() {
    let forbidden = [
        (concat!("#[", "allow"), "Say #[expect(.., reason)]: it tells when it is not needed any more."),
        (concat!("#![", "allow"), "Say #![expect(.., reason)]: it tells when it is not needed any more."),
        (concat!("todo", "!("), "Do it."),
        (concat!("unimplemented", "!("), "Do it."),
        (concat!("dbg", "!("), "Use tracing."),
    ];
    for (what, rule) in forbidden {
        none(&everything().iter().flat_map(|source| source.finds(what)).collect::<Vec<_>>(), rule);
    }
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    let noted = |source: &Source| marks.iter().any(|mark| source.text.contains(mark));
    let wrong: Vec<String> = everything().into_iter().filter(noted).map(|source| source.path).collect();
    none(&wrong, "Do it, or file an issue.");
}

#[test]
fn no_file_names_the_machine_it_was_written_on() {
    let places = [concat!("/wo", "rk/"), concat!("/fa", "rm/"), concat!("/tmp", "/w/"), concat!("/ro", "ot/")];
    let folders = ["src", "migrations", "tests", "templates", "static", "demo", "examples", "benches", "docs", ".ci"];
    let mut files = texts(&folders, None);
    for name in ["README.md", "Cargo.toml", "clippy.toml", ".cargo/config.toml"] {
        if let Ok(text) = fs::read_to_string(root().join(name)) {
            files.push(Source { path: name.to_owned(), text });
        }
    }
    let mut wrong = Vec::new();
    for file in &files {
        for (number, line) in file.text.lines().enumerate() {
            let at = |place: &str| {
                line.match_indices(place).any(|(at, _)| {
                    !line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._-/}".contains(c))
                })
            };
            if places.iter().any(|place| at(place)) {
                wrong.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    none(&wrong, "Every file is at home on every machine.");
}
