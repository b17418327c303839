//! The server is killed at every point that has a name, the first, second, third … time that it comes there; people see
//! the release through; and every execution is over as if nothing had happened.

use std::time::{Duration, Instant};

use tollgate::failpoints::FAILS_AT;

use crate::db::Db;
use crate::flow;
use crate::installation::{Installation, People};
use crate::person::{Look, Release};
use crate::program::Program;

on_both!(a_kill_at_any_point_of_the_server_changes_nothing);

/// The points of the server's process.
const POINTS: [&str; 9] = [
    "store.begin",
    "store.commit.before",
    "store.commit.after",
    "secrets.given",
    "command.claimed",
    "command.spawned",
    "command.telling",
    "command.ordered",
    "command.ended",
];

/// The server of an installation, which dies at one point after the other.
struct Mortal<'a> {
    here: &'a Installation,
    cases: Box<dyn Iterator<Item = String> + 'a>,
    armed: Option<String>,
    program: Option<Program>,
    killed: Vec<String>,
}

impl<'a> Mortal<'a> {
    fn new(here: &'a Installation, cases: impl Iterator<Item = String> + 'a) -> Self {
        Self { here, cases: Box::new(cases), armed: None, program: None, killed: Vec::new() }
    }

    /// Whether it dies once more.
    fn is_armed(&self) -> bool {
        self.armed.is_some()
    }

    /// The program, started again if it has died; and then it is to die at the next point.
    fn alive(&mut self) -> &Program {
        loop {
            if let Some(program) = &mut self.program
                && program.child.try_wait().unwrap().is_none()
            {
                break;
            }
            if self.program.take().is_some() {
                self.has_died();
            }
            self.armed = self.cases.next();
            let environment: Vec<_> = self.armed.iter().map(|point| ("TOLLGATE_FAIL_AT", point.as_str())).collect();
            match self.here.starts_with(&environment) {
                Ok(program) => self.program = Some(program),
                Err(said) => {
                    assert!(said.contains(FAILS_AT), "it does not start: {said}");
                    self.has_died();
                }
            }
        }
        self.program.as_ref().unwrap()
    }

    fn has_died(&mut self) {
        let point = self.armed.take().unwrap_or_else(|| panic!("it died by itself: {}", self.here.server_log()));
        let name = point.split(':').next().unwrap();
        let said = self.here.server_log();
        let last = said.lines().rev().find(|line| line.contains(FAILS_AT)).unwrap_or_default();
        assert!(last.ends_with(name), "it was to die at {point}: {last}");
        self.killed.push(point);
    }
}

async fn a_kill_at_any_point_of_the_server_changes_nothing(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let release = here.imports(&flow::definition("flow")).await;
    let people = People::sign_in(&program).await;
    let expected = here.undisturbed("flow", release, &people).await;
    drop(program);

    let often: usize = std::env::var("TOLLGATE_CRASH_OFTEN").map_or(3, |often| often.parse().unwrap());
    let begun = Instant::now();
    let cases = (1..=often).flat_map(|nth| POINTS.map(|point| format!("{point}:{nth}")));
    let mut server = Mortal::new(&here, cases);
    let mut number = 1;
    loop {
        number += 1;
        let mut disturbed = Release::new(release, number);
        loop {
            let people = people.at(server.alive());
            match disturbed.look(&here, &people).await {
                Look::Over => break,
                Look::Acted => {}
                Look::Away | Look::Waits => tokio::time::sleep(Duration::from_millis(5)).await,
            }
            disturbed.is_not_late(&here).await;
        }
        let execution = here.execution(release, number).await;
        here.is_as_if_nothing_had_happened("flow", &execution, &expected).await;
        if !server.is_armed() {
            break;
        }
        assert!(usize::try_from(number).unwrap() < 10 * often, "{:?} is never reached", server.armed);
    }
    assert_eq!(server.killed.len(), POINTS.len() * often);
    println!("{} kills in {number} executions, {:.1?}", server.killed.len(), begun.elapsed());
}
