//! Several releases at once, and something is killed again and again, by a schedule that a seed gives: the server, at a
//! random time after it was started or once scripts have done so much, in its start, or a process that supervises a script.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustix::process::{Signal, kill_process};
use tokio::sync::watch;
use tollgate::domain::ids::ReleaseId;

use crate::db::Db;
use crate::flow;
use crate::installation::{Installation, People};
use crate::person::{Look, Release};
use crate::program::{self, ANYWHERE, Program};

on_both!(kills_at_random_lose_nothing_and_repeat_nothing);

/// The release tasks that run at the same time.
const NAMES: [&str; 3] = ["one-1", "two-2", "three-3"];

/// What is killed, and when.
#[derive(Debug, Clone, Copy)]
enum Kill {
    /// The server, so long after it answered.
    After(Duration),
    /// The server, once scripts have begun or ended so often since it answered.
    Marks(usize),
    /// The server, so long after it was started; it need not have answered.
    Starting(Duration),
    /// A process that supervises a script, so long after the last kill: one of those that live.
    Supervisor(Duration, usize),
}

impl Kill {
    fn of(dice: &mut StdRng) -> Self {
        let mut millis = |most: u64| Duration::from_millis(dice.random_range(0..most));
        let (long, short) = (millis(700), millis(250));
        match dice.random_range(0..8) {
            0..3 => Self::After(long),
            3..5 => Self::Marks(dice.random_range(1..7)),
            5 => Self::Starting(short),
            _ => Self::Supervisor(long, dice.random_range(0..100)),
        }
    }
}

fn asked<T: std::str::FromStr<Err: std::fmt::Debug>>(name: &str) -> Option<T> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

async fn kills_at_random_lose_nothing_and_repeat_nothing(db: Db) {
    let seed: u64 = asked("TOLLGATE_CRASH_SEED").unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    let kills: usize = asked("TOLLGATE_CRASH_KILLS").unwrap_or(12);
    println!("TOLLGATE_CRASH_SEED={seed} TOLLGATE_CRASH_KILLS={kills}");
    let mut dice = StdRng::seed_from_u64(seed);
    let schedule: Vec<Kill> = (0..kills).map(|_| Kill::of(&mut dice)).collect();

    let here = Installation::new(db);
    let program = here.starts();
    let people = People::sign_in(&program).await;
    let mut releases = Vec::new();
    for name in NAMES {
        releases.push(here.imports(&flow::definition(name)).await);
    }
    let expected = here.undisturbed(NAMES[0], releases[0], &people).await;
    drop(program);

    let begun = Instant::now();
    let (tell, told) = watch::channel((people.clone(), false));
    let see = |index: usize| {
        let (here, expected, told) = (&here, &expected, told.clone());
        let (name, release) = (NAMES[index], releases[index]);
        async move { see_through(here, (name, release), u32::from(index == 0), expected, told).await }
    };
    let ((_program, killed), one, two, three) =
        tokio::join!(kill_by(&here, &schedule, &people, tell), see(0), see(1), see(2));
    let (executions, interrupted) = (one.0 + two.0 + three.0, one.1 + two.1 + three.1);
    assert!(interrupted <= killed, "{interrupted} attempts were lost sight of, and {killed} supervisors were killed");
    assert_eq!(here.scripts(), [], "nothing lingers on");
    println!(
        "{kills} kills, of them {killed} of supervisors, {executions} executions, {interrupted} attempts interrupted, \
         {:.0?}",
        begun.elapsed()
    );
}

/// Kills by the schedule and starts the server again each time; answers the last one, and how many supervising processes
/// were killed.
async fn kill_by(
    here: &Installation,
    schedule: &[Kill],
    people: &People,
    tell: watch::Sender<(People, bool)>,
) -> (Program, usize) {
    let mut killed = 0;
    let mut program = here.starts();
    tell.send((people.at(&program), false)).unwrap();
    for kill in schedule {
        let begun = Instant::now();
        let before = marks(here);
        match *kill {
            Kill::After(time) | Kill::Starting(time) | Kill::Supervisor(time, _) => rest(begun, time).await,
            Kill::Marks(more) => {
                while marks(here) < before + more && begun.elapsed() < Duration::from_secs(3) {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
        }
        if let Kill::Supervisor(_, which) = *kill {
            let living = here.supervisors();
            killed +=
                usize::from(!living.is_empty() && kill_process(living[which % living.len()], Signal::KILL).is_ok());
            continue;
        }
        drop(program);
        if let Kill::Starting(time) = *kill {
            let log = std::fs::File::options().append(true).open(here.data().with_extension("log")).unwrap();
            let mut command = program::command(crate::PROGRAM, &here.data(), Some(&here.db.url));
            command.args(["demo", "--listen", ANYWHERE]).stdout(Stdio::null()).stderr(log);
            let mut child = command.spawn().unwrap();
            rest(Instant::now(), time).await;
            child.kill().unwrap();
            child.wait().unwrap();
        }
        program = here.starts();
        tell.send((people.at(&program), false)).unwrap();
    }
    tell.send((people.at(&program), true)).unwrap();
    (program, killed)
}

/// Executes a release task again and again until nothing is killed any more, and sees each execution through; answers how
/// many there were, and how many attempts were lost sight of.
async fn see_through(
    here: &Installation,
    (name, release): (&str, ReleaseId),
    mut number: u32,
    expected: &[String],
    told: watch::Receiver<(People, bool)>,
) -> (usize, usize) {
    let (mut executions, mut interrupted) = (0, 0);
    while executions == 0 || !told.borrow().1 {
        number += 1;
        executions += 1;
        let mut disturbed = Release::new(release, number);
        loop {
            let people = told.borrow().0.clone();
            match disturbed.look(here, &people).await {
                Look::Over => break,
                Look::Acted => {}
                Look::Away | Look::Waits => tokio::time::sleep(Duration::from_millis(5)).await,
            }
            disturbed.is_not_late(here).await;
        }
        let execution = here.execution(release, number).await;
        let lost = here.was_seen_through(name, &execution).await;
        if lost == 0 {
            here.is_as_if_nothing_had_happened(name, &execution, expected).await;
        }
        interrupted += lost;
    }
    (executions, interrupted)
}

/// How often scripts have begun or ended.
fn marks(here: &Installation) -> usize {
    NAMES.iter().map(|name| here.wrote(name, "ran").len() + here.wrote(name, "ended").len()).sum()
}

async fn rest(begun: Instant, time: Duration) {
    while begun.elapsed() < time {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
