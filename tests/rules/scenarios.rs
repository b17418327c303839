//! Runs `tests/scenarios/*.txt`: a definition, what people, workers and the clock do, and the events that follow.
//!
//! Above the line `---` stands a definition as `notation` reads it, below it one act a line, `SECONDS WHO WHAT`; after each
//! act stand the events that it led to, `>`, and the status, `=`. `SCENARIOS=write cargo test --test rules scenarios`
//! writes those lines anew: read the difference before you commit it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use chrono::Duration;
use tollgate::domain::component_wait::LockedObject;
use tollgate::domain::decide::Command;
use tollgate::domain::event::{Event, GateOutcome};
use tollgate::domain::execution::{AttemptKind, DecisionAuthority, Moment, SkipReason, Verdict};
use tollgate::domain::outcome::Outcome;
use tollgate::domain::people::Actor;
use tollgate::domain::refusal::Refusal;
use tollgate::messages::{Locale, release_status};

use crate::golden::name_of;
use crate::world::{World, decision, outcome, person, start};

#[test]
fn every_scenario_tells_what_its_file_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of scenarios")
        .map(|entry| entry.expect("an entry of the folder").path())
        .collect();
    files.sort();
    assert!(files.len() >= 20, "the scenarios are here");
    let mut wrong = Vec::new();
    for file in files {
        let written = fs::read_to_string(&file).expect("a scenario is a text");
        let told = tell(&written);
        if told == written {
            continue;
        }
        if std::env::var("SCENARIOS").is_ok_and(|word| word == "write") {
            fs::write(&file, told).expect("a scenario can be written");
        } else {
            wrong.push(format!("{}\n{}", file.display(), first_difference(&written, &told)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn first_difference(written: &str, told: &str) -> String {
    let lines = written.lines().chain(std::iter::repeat("(nothing)")).zip(told.lines().chain(["(nothing)"]));
    let (line, (expected, got)) =
        lines.enumerate().find(|(_, (expected, got))| expected != got).expect("the texts differ");
    format!("  line {}\n    the file says: {expected}\n    it happened:   {got}", line + 1)
}

/// The scenario with the events and statuses that really follow.
fn tell(text: &str) -> String {
    let (plan, acts) = text.split_once("---\n").expect("a line --- after the definition");
    let mut world = World::written(plan);
    let mut told = format!("{plan}---\n");
    for line in acts.lines().filter(|line| !line.starts_with(['>', '='])) {
        told.push_str(line);
        told.push('\n');
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let begins = line.contains(" executes") || line.contains(" supersedes");
        let seen = if begins { 0 } else { world.log.len() };
        let answer = act(&mut world, line);
        let seen = if answer.is_err() { world.log.len() } else { seen };
        for (at, event) in world.closing.drain(..) {
            writeln!(told, "> before: {}", event_line(&event, at)).expect("a string takes it");
        }
        if let Err(refusal) = answer {
            writeln!(told, "> refused: {}", name_of(&refusal)).expect("a string takes it");
        }
        for (at, event) in &world.log[seen..] {
            writeln!(told, "> {}", event_line(event, *at)).expect("a string takes it");
        }
        writeln!(told, "= {}", release_status(world.status(), Locale::English)).expect("a string takes it");
    }
    told
}

fn act(world: &mut World, line: &str) -> Result<(), Refusal> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let seconds = words[0].parse().unwrap_or_else(|_| panic!("no second: {line}"));
    let now = start() + Duration::seconds(seconds);
    assert!(now >= world.now, "time does not run backwards: {line}");
    world.now = now;
    match words[1..] {
        ["clock"] => {
            world.advance();
            Ok(())
        }
        ["task", task, word] => world.report(world.index(task), outcome(word)),
        ["attempt", number, "of", task, word] => {
            let attempt = number.parse().unwrap_or_else(|_| panic!("no attempt: {line}"));
            world.report_attempt(world.index(task), attempt, outcome(word))
        }
        [who, "executes"] => {
            world.execute_only(&person(who), None)?;
            world.advance();
            Ok(())
        }
        [who, "supersedes"] => {
            world.supersede_only(&person(who))?;
            world.advance();
            Ok(())
        }
        [who, "executes", "only", ref chosen @ ..] => {
            world.execute_only(&person(who), Some(chosen))?;
            world.advance();
            Ok(())
        }
        [who, "agrees", task, ref comment @ ..] => {
            world.ask(&person(who), &decision(task, Verdict::Agree, &comment.join(" ")))
        }
        [who, "rejects", task, ref comment @ ..] => {
            world.ask(&person(who), &decision(task, Verdict::Reject, &comment.join(" ")))
        }
        [who, "skips", task, ref comment @ ..] => {
            world.ask(&person(who), &Command::Skip { task: task.to_owned(), comment: comment.join(" ") })
        }
        [who, "pauses"] => world.ask(&person(who), &Command::Pause),
        [who, "continues"] => world.ask(&person(who), &Command::Continue),
        [who, "terminates"] => world.ask(&person(who), &Command::Terminate),
        [who, "retries"] => world.ask(&person(who), &Command::Retry),
        [who, "rolls", "back"] => world.ask(&person(who), &Command::RollBack),
        _ => panic!("not an act: {line}"),
    }
}

fn event_line(event: &Event, at: Moment) -> String {
    let second = |moment: Moment| format!("second {}", (moment - start()).num_seconds());
    match event {
        Event::Executed { number, skipped: 0, .. } => format!("execution {number}"),
        Event::Executed { number, skipped, .. } => format!("execution {number}, {skipped} not chosen"),
        Event::AttemptStarted { name, attempt, kind, until, .. } => {
            let did = match kind {
                AttemptKind::Do => "starts",
                AttemptKind::Undo => "is being undone",
            };
            let until = until.map(|until| format!(", until {}", second(until))).unwrap_or_default();
            format!("{name} {did}, attempt {attempt}{until}")
        }
        Event::AttemptEnded { name, attempt, outcome, again_at, .. } => {
            let again = again_at.map(|at| format!(", again at {}", second(at))).unwrap_or_default();
            format!("{name} {}, attempt {attempt}{again}", outcome_word(outcome))
        }
        Event::CheckpointOpened { name, deadline, .. } => {
            let deadline = deadline.map(|deadline| format!(" until {}", second(deadline))).unwrap_or_default();
            format!("{name} waits{deadline}")
        }
        Event::PlaceAsked { name, running, .. } => format!("{name} waits for a place, {running} scripts run"),
        Event::ComponentAwaited { name, holder, .. } => match &holder.object {
            LockedObject::Component(component) => format!("{name} waits for {component}"),
            LockedObject::Environment { name: environment, .. } => format!("{name} waits for {environment}"),
        },
        Event::Decided { name, decision, gate, .. } => {
            let right = match decision.standing {
                DecisionAuthority::Approver => "",
                DecisionAuthority::Override => " as an override",
            };
            let gate = match gate {
                GateOutcome::StillOpen => "more must agree",
                GateOutcome::Passed => "it is passed",
                GateOutcome::Rejected => "it is rejected",
            };
            format!("{} {} on {name}{right}: {gate}", decision.by.name(), decision.verdict.word())
        }
        Event::CheckpointExpired { name, .. } => format!("{name} expires"),
        Event::TaskCancelled { name, why, .. } => format!("{name} is cancelled, {why:?}"),
        Event::TaskSkipped { name, why, .. } => match why {
            SkipReason::ByPerson { by, comment } => format!("{name} is skipped by {}: {comment}", by.name()),
            SkipReason::NotSelected => format!("{name} is not selected"),
        },
        Event::Ended { status } => format!("it ends at {}: {}", second(at), release_status(*status, Locale::English)),
        Event::Superseded(by) => format!("execution {} of {} takes its place", by.execution, by.by.name()),
        Event::PauseAsked => "pause is asked for".to_owned(),
        Event::Continued => "it is continued".to_owned(),
        Event::TerminateAsked => "an end is asked for".to_owned(),
        Event::RetryAsked { .. } => "a retry is asked for".to_owned(),
        Event::RollBackAsked => "a roll back is asked for".to_owned(),
        Event::PolicyRollBack { version, from, failed } => {
            format!("version {version} rolls back, from {from} on: {}", failed.join(" "))
        }
        Event::AlsoStartedBy { who, .. } => {
            format!("{} count as starters too", who.iter().map(Actor::name).collect::<Vec<_>>().join(", "))
        }
        Event::Resumed => "it is under way again".to_owned(),
    }
}

fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded { .. } => "succeeded",
        Outcome::Failed { .. } => "failed",
        Outcome::TimedOut { .. } => "timed out",
        Outcome::Errored { .. } => "errored",
        Outcome::Interrupted { .. } => "was interrupted",
        Outcome::Stopped => "was stopped",
    }
}
