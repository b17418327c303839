//! The files are good, and their scripts do what they say: run one after the other, with any task left out, and undone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use super::*;
use crate::domain::definition::{Definition, Task};
use crate::domain::kinds::Kind;
use crate::domain::reference::{self, DecisionPart, Reference, ReleasePart, Source};

/// Where the demo is as its files have it.
fn address() -> SocketAddr {
    ADDRESS.parse().unwrap()
}

/// Runs the scripts of a release task in a folder of its own.
struct Run<'d> {
    definition: &'d Definition,
    number: u32,
    workspace: PathBuf,
    shared: PathBuf,
    outputs: BTreeMap<String, BTreeMap<String, String>>,
    log: String,
}

impl<'d> Run<'d> {
    fn new(root: &Path, definition: &'d Definition, number: u32) -> Self {
        let shared = root.join(format!("shared-{number}"));
        fs::create_dir_all(&shared).unwrap();
        let workspace = root.join("workspace");
        Self { definition, number, workspace, shared, outputs: BTreeMap::new(), log: String::new() }
    }

    /// Does every task but the one left out, and gives the names of those that failed.
    fn all_but(&mut self, left_out: &str) -> Vec<&'d str> {
        let tasks: Vec<&Task> = self.definition.tasks().map(|(_, task)| task).collect();
        tasks
            .into_iter()
            .filter(|task| task.name != left_out && !self.run(task, false))
            .map(|t| t.name.as_str())
            .collect()
    }

    /// Undoes every task, the last one first, and gives the names of those that failed.
    fn undo(&mut self) -> Vec<&'d str> {
        let tasks: Vec<&Task> = self.definition.tasks().map(|(_, task)| task).filter(|t| t.kind.has_undo()).collect();
        tasks.into_iter().rev().filter(|task| !self.run(task, true)).map(|task| task.name.as_str()).collect()
    }

    fn run(&mut self, task: &Task, undo: bool) -> bool {
        let Kind::Command(command) = &task.kind else { return true };
        let lookup = |reference: &Reference| self.value(task, reference);
        let resolved = reference::resolve(command, undo, &lookup, &|_| true).expect("every reference has a value");
        let output = self.shared.join(format!("{}.outputs", task.name));
        let mut script = process::Command::new("/bin/sh");
        script.arg("-c").arg(without_sleeping(&resolved.script)).env_clear().env("PATH", "/usr/bin:/bin");
        script.envs(&resolved.environment).env("TOLLGATE_OUTPUT", &output).env("TOLLGATE_ATTEMPT", "1");
        let folder = match &resolved.working_folder {
            Some(folder) => self.workspace.join(folder),
            None => self.shared.clone(),
        };
        fs::create_dir_all(&folder).unwrap();
        let ended = script.current_dir(folder).output().unwrap();
        for part in [task.name.as_bytes(), b": ", &ended.stdout, &ended.stderr] {
            self.log += &String::from_utf8_lossy(part);
        }
        if ended.status.success() && !undo {
            let lines = fs::read_to_string(output).unwrap_or_default();
            let values = lines.lines().filter_map(|line| line.split_once('='));
            self.outputs.insert(task.name.clone(), values.map(|(k, v)| (k.to_owned(), v.to_owned())).collect());
        }
        ended.status.success()
    }

    fn value(&self, task: &Task, reference: &Reference) -> Option<String> {
        match &reference.source {
            Source::Output { task: named, key } => {
                let value = self.outputs.get(named).and_then(|outputs| outputs.get(key)).cloned();
                value.or_else(|| (*named == task.name).then(String::new))
            }
            Source::Variable { name } => self.definition.variable(name)?.spec.default.clone(),
            Source::Secret { .. } => None,
            Source::Decision { part: DecisionPart::By, .. } => Some("approver".to_owned()),
            Source::Decision { .. } => Some("agreed".to_owned()),
            Source::Release(ReleasePart::Execution) => Some(self.number.to_string()),
            Source::Release(_) => Some("demo".to_owned()),
        }
    }

    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.workspace.join(path)).ok()
    }
}

/// The script with a `sleep` that takes no time.
fn without_sleeping(script: &str) -> String {
    format!("sleep() {{ :; }}\n{script}")
}

fn definition(name: &str) -> Definition {
    let found = all(address()).expect("the files are good").into_iter().find(|document| document.name == name);
    found.expect("the release task is there").definition
}

#[test]
fn the_files_are_good_and_named_for_their_release_task() {
    let documents = all(address()).expect("the files are good");
    let names: Vec<String> = documents.iter().map(|document| format!("{}.yaml", document.name)).collect();
    assert_eq!(names, FILES.map(|(name, _)| name));
    assert!(documents.iter().all(|document| document.region.as_deref() == Some("eu-west") && document.team.is_some()));
    for document in &documents {
        assert_eq!(format::parse(&format::render(document)).as_ref(), Ok(&vec![document.clone()]));
    }
}

#[test]
fn every_release_task_ends_well_whatever_is_left_out_and_is_undone() {
    for document in all(address()).expect("the files are good") {
        let expected: &[&str] = match document.name.as_str() {
            "flaky-migration" => &["migrate-orders"],
            "best-effort-fleet" => &["update-madrid"],
            _ => &[],
        };
        let names: Vec<&str> = document.definition.tasks().map(|(_, task)| task.name.as_str()).collect();
        for left_out in names.iter().copied().chain([""]) {
            let root = tempfile::tempdir().unwrap();
            let mut run = Run::new(root.path(), &document.definition, 1);
            let mut failed = run.all_but(left_out);
            failed.retain(|name| *name != "test-madrid");
            let expected: Vec<&str> = expected.iter().copied().filter(|name| *name != left_out).collect();
            assert_eq!(failed, expected, "{} without {left_out:?}:\n{}", document.name, run.log);
            assert_eq!(run.undo(), [""; 0], "{} without {left_out:?}:\n{}", document.name, run.log);
        }
    }
}

#[test]
fn the_shop_is_served_and_rolling_back_serves_what_was_served_before() {
    let definition = definition("shop-web-release");
    let root = tempfile::tempdir().unwrap();
    let index = "sites/shop-web/current/index.html";

    let mut first = Run::new(root.path(), &definition, 1);
    assert_eq!(first.all_but(""), [""; 0], "{}", first.log);
    assert!(first.read(index).unwrap().contains("Release 1 of demo"));
    assert!(first.read(index).unwrap().contains("Version 1.10."));
    assert!(first.read("sites/shop-web/current/styles.css").unwrap().contains("demo 1"));
    assert!(first.read("sites/shop-web/current/sitemap.txt").unwrap().contains("https://shop.example/basket.html"));

    let mut second = Run::new(root.path(), &definition, 2);
    assert_eq!(second.all_but("build-styles"), [""; 0], "{}", second.log);
    assert!(second.read(index).unwrap().contains("Release 2 of demo"));
    assert!(second.read("sites/shop-web/current/styles.css").unwrap().contains("demo 1"), "what was not built stays");

    assert_eq!(second.undo(), [""; 0], "{}", second.log);
    assert!(second.read(index).unwrap().contains("Release 1 of demo"));
    assert_eq!(first.undo(), [""; 0], "{}", first.log);
    assert_eq!(first.read(index), None);
}

#[test]
fn the_migration_fails_once_in_every_execution() {
    let definition = definition("flaky-migration");
    let root = tempfile::tempdir().unwrap();
    let table = "databases/orders/orders.csv";
    for number in 1..=2 {
        let mut run = Run::new(root.path(), &definition, number);
        assert_eq!(run.all_but(""), ["migrate-orders"], "{}", run.log);
        let (_, migrate) = definition.task("migrate-orders").unwrap();
        assert!(run.run(migrate, false), "{}", run.log);
        assert!(run.read(table).unwrap().starts_with("id,amount,currency\n1,19.90,EUR\n"));
        if number == 1 {
            assert_eq!(run.undo(), [""; 0], "{}", run.log);
            assert!(run.read(table).unwrap().starts_with("id,amount\n1,19.90\n"));
        }
    }
}

#[test]
fn one_till_of_the_fleet_fails_and_the_others_are_updated() {
    let definition = definition("best-effort-fleet");
    let root = tempfile::tempdir().unwrap();
    let mut run = Run::new(root.path(), &definition, 7);
    assert_eq!(run.all_but("test-madrid"), ["update-madrid"], "{}", run.log);
    assert_eq!(run.read("fleet/oslo/version").as_deref(), Some("7\n"));
    assert_eq!(run.read("fleet/madrid/version"), None);
    assert!(run.log.contains("madrid   never updated"), "{}", run.log);
}
