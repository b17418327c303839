//! Releases that people keep going through any of three replicas, while a schedule that a seed gives kills the programs,
//! takes the power from machines, freezes programs for longer than they may be silent, and stops them in order.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;
use tokio::task::block_in_place;
use tollgate::domain::execution::{Execution, TaskState};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::AttemptKey;

use crate::db::{self, Db, Kind};
use crate::machines::{MACHINES, Machines};
use crate::people::{Person, page};
use crate::until::until;

/// How many release tasks are kept going.
const RELEASES: usize = 6;

/// Where the replicas answer, and whether it is over.
type Now = (Vec<SocketAddr>, bool);

#[test]
fn whatever_becomes_of_replicas_every_execution_goes_on() {
    db::run(Kind::Postgres, goes_on);
}

fn asked<T: std::str::FromStr<Err: std::fmt::Debug>>(name: &str) -> Option<T> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// What happens to a machine.
#[derive(Debug, Clone, Copy)]
enum Blow {
    /// The program is killed, and started again after so long.
    Killed(Duration),
    /// The machine loses its power, and is back after so long.
    Dark(Duration),
    /// The program is frozen for so long.
    Frozen(Duration),
    /// The program is told to stop, and started again after so long.
    Stopped(Duration),
}

impl Blow {
    fn of(dice: &mut StdRng) -> Self {
        let time = |dice: &mut StdRng, most: u64| Duration::from_millis(dice.random_range(0..most));
        match dice.random_range(0..8) {
            0 | 1 => Self::Killed(time(dice, 500)),
            2 => Self::Killed(time(dice, 15_000)),
            3 => Self::Dark(time(dice, 12_000)),
            4 | 5 => Self::Frozen(time(dice, 15_000)),
            6 => Self::Frozen(time(dice, 1_000)),
            _ => Self::Stopped(time(dice, 4_000)),
        }
    }
}

/// Two groups of scripts and a pause beside each other, a checkpoint, and a last script.
fn definition(machines: &Machines, name: &str) -> String {
    let (starts, ends) = (machines.file("starts").display().to_string(), machines.file("ends").display().to_string());
    let script = |seconds: &str| {
        let lines = [
            format!("echo \"$TOLLGATE_KEY\" >> {starts}"),
            "echo begun".to_owned(),
            format!("sleep {seconds}"),
            "echo ended".to_owned(),
            format!("echo \"$TOLLGATE_KEY\" >> {ends}"),
        ];
        lines.join("; ")
    };
    format!(
        r"
name: {name}
team: Platform
region: eu-west
phases:
  - name: Work
    groups:
      - - name: left-1
          script: {short}
        - name: left-2
          script: {long}
      - - name: right
          script: {long}
      - - name: rest
          type: wait
          for: 1s
  - name: Approve
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver]
  - name: Finish
    tasks:
      - name: last
        script: {short}
",
        short = script("0.2"),
        long = script("1.5"),
    )
}

async fn goes_on(db: Db) {
    let seed: u64 = asked("TOLLGATE_REPLICAS_SEED").unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    let time = Duration::from_secs(asked("TOLLGATE_REPLICAS_SECONDS").unwrap_or(60));
    println!("TOLLGATE_REPLICAS_SEED={seed} TOLLGATE_REPLICAS_SECONDS={}", time.as_secs());
    let mut machines = Machines::serve(db.clone()).await;
    let first = machines.each[0].program.as_ref().unwrap();
    let people = People {
        operator: Person::sign_in(first, "operator").await,
        approver: Person::sign_in(first, "approver").await,
        db: db.clone(),
    };
    let names: Vec<String> = (0..RELEASES).map(|number| format!("kept-going-{number}")).collect();
    let definitions: Vec<String> = names.iter().map(|name| definition(&machines, name)).collect();
    let releases = machines.imports(&definitions).await;
    let tell = watch::Sender::new((machines.addresses().into_iter().flatten().collect(), false));
    let keepers: Vec<_> = releases
        .iter()
        .zip(1..)
        .map(|(release, number)| {
            let keeper = Keeper {
                people: people.clone(),
                release: *release,
                told: tell.subscribe(),
                dice: StdRng::seed_from_u64(seed + number),
                answered: Answered::default(),
            };
            tokio::spawn(keeper.keeps_going())
        })
        .collect();
    let blows = blows(&mut machines, &tell, StdRng::seed_from_u64(seed), time).await;
    // Everybody is back, and what is under way is seen to its end.
    tell.send_modify(|now| now.1 = true);
    let mut answered = Answered::default();
    for keeper in keepers {
        let more = keeper.await.unwrap_or_else(|error| panic!("{error}\n{}", machines.said()));
        answered.executed += more.executed;
        answered.agreed += more.agreed;
        answered.retried += more.retried;
        answered.unheard += more.unheard;
    }
    for machine in &machines.each {
        until("nothing lingers on", async || machine.scripts().is_empty()).await;
    }
    let told = looked_at(&machines, &releases).await;
    println!("{blows:?}\n{answered:?}\n{told:?}");
    // By chance nobody's power failed, or not in time.
    let may_lose_nothing = time < Duration::from_mins(1) || !blows.contains_key("without power");
    assert!(told.interrupted > 0 || may_lose_nothing, "nothing was ever lost: {told:?}");
}

/// Strikes one machine after the other, and never all of them.
async fn blows(
    machines: &mut Machines,
    tell: &watch::Sender<Now>,
    mut dice: StdRng,
    time: Duration,
) -> BTreeMap<&'static str, usize> {
    let (begun, mut count) = (Instant::now(), BTreeMap::new());
    // When each is well again, and what makes it so.
    let mut ill: [Option<(Instant, Blow)>; MACHINES] = [None; MACHINES];
    while begun.elapsed() < time || ill.iter().any(Option::is_some) {
        for (number, struck) in ill.iter_mut().enumerate() {
            if let Some((until, blow)) = *struck
                && until < Instant::now()
            {
                *struck = None;
                match blow {
                    Blow::Frozen(_) => machines.each[number].thaws(),
                    Blow::Killed(_) | Blow::Dark(_) | Blow::Stopped(_) => {
                        block_in_place(|| machines.starts(number));
                        tell.send_modify(|now| now.0 = machines.addresses().into_iter().flatten().collect());
                    }
                }
            }
        }
        let number = dice.random_range(0..MACHINES);
        let well = ill.iter().filter(|struck| struck.is_none()).count();
        if begun.elapsed() < time && well > 1 && ill[number].is_none() {
            let blow = Blow::of(&mut dice);
            let machine = &mut machines.each[number];
            let (name, lasts) = match blow {
                Blow::Killed(lasts) => {
                    machine.is_killed();
                    ("killed", lasts)
                }
                Blow::Dark(lasts) => {
                    machine.loses_power();
                    ("without power", lasts)
                }
                Blow::Frozen(lasts) => {
                    machine.freezes();
                    ("frozen", lasts)
                }
                Blow::Stopped(lasts) => {
                    block_in_place(|| machine.stops());
                    ("stopped", lasts)
                }
            };
            *count.entry(name).or_default() += 1;
            ill[number] = Some((Instant::now() + lasts, blow));
        }
        let (rested, rest) = (Instant::now(), Duration::from_millis(dice.random_range(200..3_000)));
        until("the next moment", async || rested.elapsed() >= rest).await;
    }
    count
}

/// Those who act.
#[derive(Clone)]
struct People {
    operator: Person,
    approver: Person,
    db: Db,
}

/// What was answered, so that it must be there.
#[derive(Debug, Default)]
struct Answered {
    executed: usize,
    agreed: usize,
    retried: usize,
    /// Requests without an answer: each may have been heard.
    unheard: usize,
}

/// Keeps one release task going.
struct Keeper {
    people: People,
    release: ReleaseId,
    told: watch::Receiver<Now>,
    dice: StdRng,
    answered: Answered,
}

impl Keeper {
    /// Executes it again and again, agrees, retries what was lost; at the end every execution is over.
    async fn keeps_going(mut self) -> Answered {
        let mut since = (0, Instant::now());
        loop {
            let last = self.people.db.store.release(self.release).await.unwrap().unwrap().last;
            let (rev, status) = last.as_ref().map_or((0, ReleaseStatus::ToRelease), |it| (it.rev + 1, it.status()));
            if since.0 != rev {
                since = (rev, Instant::now());
            }
            assert!(since.1.elapsed() < Duration::from_mins(2), "{} stands still: {last:?}", self.release);
            let over = self.told.borrow().1;
            match (&last, status) {
                (Some(last), ReleaseStatus::ToBeApproved) => self.agrees(last).await,
                (Some(last), ReleaseStatus::ReleaseFailed) if over || self.dice.random_bool(0.5) => {
                    self.retries(last).await;
                }
                (last, ReleaseStatus::ToRelease | ReleaseStatus::Successful | ReleaseStatus::ReleaseFailed) => {
                    if over {
                        return self.answered;
                    }
                    self.executes(last.as_ref()).await;
                }
                (_, _) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// A replica that may be dead.
    fn anywhere(&mut self) -> SocketAddr {
        let now = self.told.borrow();
        now.0[self.dice.random_range(0..now.0.len())]
    }

    async fn executes(&mut self, last: Option<&Execution>) {
        let (at, number) = (self.anywhere(), last.map_or(0, |last| last.number));
        let seen = number.to_string();
        let mut form = vec![("execution", seen.as_str())];
        form.extend(["left-1", "left-2", "right", "rest", "go-live", "last"].map(|task| ("task", task)));
        let answer = self.people.operator.posts(at, &format!("{}/execute", page(self.release)), &form).await;
        if self.is_done(answer.map(|answer| (answer.status, answer.text))) {
            self.answered.executed += 1;
            let execution = self.people.db.store.execution_numbered(self.release, number + 1).await.unwrap();
            assert!(execution.is_some(), "what was answered is there");
        }
    }

    async fn agrees(&mut self, last: &Execution) {
        let at = self.anywhere();
        let gate = &last.tasks[last.index("go-live").unwrap()];
        let round = gate.round.to_string();
        let form = [("verdict", "agree"), ("comment", "go on"), ("round", round.as_str())];
        let path = format!("{}/executions/{}/tasks/go-live/decision", page(self.release), last.number);
        let answer = self.people.approver.posts(at, &path, &form).await;
        if self.is_done(answer.map(|answer| (answer.status, answer.text))) {
            self.answered.agreed += 1;
            let now = self.people.db.store.execution(last.id).await.unwrap().unwrap();
            let decided = now.tasks[now.index("go-live").unwrap()].decisions.len();
            assert_eq!(decided, gate.decisions.len() + 1, "what was answered is there once");
        }
    }

    async fn retries(&mut self, last: &Execution) {
        let at = self.anywhere();
        let number = last.number.to_string();
        let path = format!("{}/retry", page(self.release));
        let answer = self.people.operator.posts(at, &path, &[("execution", number.as_str())]).await;
        if self.is_done(answer.map(|answer| (answer.status, answer.text))) {
            self.answered.retried += 1;
            let now = self.people.db.store.execution(last.id).await.unwrap().unwrap();
            assert!(now.rev > last.rev, "what was answered is there");
        }
    }

    /// Whether it was done. It may have been done already, by a request that was not answered.
    fn is_done(&mut self, answer: Option<(u16, String)>) -> bool {
        match answer {
            Some((303, _)) => true,
            Some((409, _)) => false,
            // The replica stops, is cut off from the database, or was frozen for longer than it waits for a request.
            Some((408 | 503, _)) | None => {
                self.answered.unheard += 1;
                false
            }
            Some((status, text)) => panic!("answered with {status}: {text}"),
        }
    }
}

/// What the executions, the files and the logs tell.
#[derive(Debug, Default)]
struct Told {
    executions: usize,
    attempts: usize,
    succeeded: usize,
    interrupted: usize,
}

async fn looked_at(machines: &Machines, releases: &[ReleaseId]) -> Told {
    let store = &machines.db.store;
    let starts = machines.wrote("starts");
    let ends = machines.wrote("ends");
    let (started, ended): (BTreeSet<&String>, BTreeSet<&String>) = (starts.iter().collect(), ends.iter().collect());
    assert_eq!(started.len(), starts.len(), "a script ran twice");
    assert_eq!(ended.len(), ends.len(), "a script ended twice");
    let (mut told, mut keys) = (Told::default(), BTreeSet::new());
    for release in releases {
        let last = machines.last(*release).await.map_or(0, |last| last.number);
        for number in 1..=last {
            let execution = store.execution_numbered(*release, number).await.unwrap().unwrap();
            told.executions += 1;
            assert!(execution.ended_at.is_some(), "it is over: {execution:?}");
            if number == last {
                assert_eq!(execution.status(), ReleaseStatus::Successful);
            }
            for attempt in store.attempts_of(execution.id).await.unwrap() {
                let run = &execution.tasks[attempt.task];
                let key = format!("{}.{}.{}", execution.id, run.name, attempt.number);
                let of = AttemptKey { task_run_id: run.id, number: attempt.number };
                if attempt.replica.is_none() {
                    continue;
                }
                told.attempts += 1;
                match attempt.outcome {
                    Some(Outcome::Succeeded { .. }) => {
                        told.succeeded += 1;
                        assert!(started.contains(&key) && ended.contains(&key), "{key} has run");
                        let log = String::from_utf8(store.log_bytes(of.into(), 0, 1_000_000).await.unwrap()).unwrap();
                        let lines: Vec<&str> = log.lines().map(|line| line.split_at(24).1).collect();
                        assert_eq!(lines, [" 1|begun", " 2|ended"], "the log of {key} is whole");
                    }
                    Some(Outcome::Interrupted { .. }) => told.interrupted += 1,
                    Some(Outcome::Stopped) => {}
                    Some(Outcome::Errored { .. }) => assert!(!started.contains(&key), "{key} is repeated by itself"),
                    outcome => panic!("{key} ended with {outcome:?}"),
                }
                keys.insert(key);
            }
            let succeeded = execution.tasks.iter().all(|task| matches!(task.state, TaskState::Successful { .. }));
            assert_eq!(succeeded, execution.status() == ReleaseStatus::Successful);
        }
    }
    let unknown: Vec<_> = started.iter().filter(|key| !keys.contains(key.as_str())).collect();
    assert!(unknown.is_empty(), "scripts ran that nobody claimed: {unknown:?}");
    told
}
