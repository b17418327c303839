//! One history: the scheduler, which decides by the seed who goes on next and what befalls the replicas, and what must
//! hold in the end.

mod settle;
mod steps;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tollgate::app::{AppError, Draft, Imported};
use tollgate::domain::definition::Definition;
use tollgate::domain::seen::Seen;
use tollgate::domain::validate::validate;
use tollgate::engine::Tick;
use tollgate::folders::Folders;

use crate::halts::{Halt, Halts, Why};
use crate::judge::Judge;
use crate::machine::Machines;
use crate::people::{Answer, Asked};
use crate::place::{Kind, Place};
use crate::random::definitions;
use crate::replica::{Common, Running, Time};
use crate::rng::Rng;
use crate::world::start;

/// What was done in a history, line by line.
pub type Trace = Arc<Mutex<Vec<String>>>;

/// What a history was like.
#[derive(Debug, Default, Clone, Copy)]
pub struct Figures {
    pub steps: u64,
    pub commits: u64,
    pub crashes: u64,
    pub executions: u64,
    pub scripts: u64,
}

pub struct History {
    common: Common,
    trace: Trace,
    judge: Judge,
    replicas: Vec<Replica>,
    processes: Vec<Process>,
    place: (uuid::Uuid, uuid::Uuid),
    other: Arc<Definition>,
    old_pages: Vec<Seen>,
    /// How many scripts of a thousand succeed.
    luck: u64,
    figures: Figures,
}

struct Replica {
    node: String,
    starts: u32,
    running: Option<Running>,
}

/// Something under way in a replica.
struct Process {
    replica: usize,
    what: What,
    future: BoxFuture<'static, Said>,
    halt: Option<Halt>,
    commits: u64,
    /// How many faults its replica had met when it began.
    faults: u64,
}

#[derive(Clone)]
enum What {
    Turn,
    Work(Option<String>),
    Ask(Box<Asked>),
}

enum Said {
    Turned(Result<Tick, AppError>),
    Worked,
    Answered(Answer),
}

/// What the scheduler may choose.
enum Choice {
    Go(usize),
    Turn(usize),
    Ask(usize),
    Pass,
    EndScript(usize, String),
    Crash(usize),
    Restart(usize),
}

/// Plays the history of a seed. A panic is what was found.
pub async fn play(seed: u64, kind: Kind, trace: Trace) -> Figures {
    let place = Place::prepare(kind).await;
    let figures = {
        let mut history = History::begin(seed, &place, trace).await;
        history.live().await;
        history.settle().await;
        history.end(&place).await
    };
    place.remove().await;
    figures
}

impl History {
    async fn begin(seed: u64, place: &Place, trace: Trace) -> Self {
        let rng = Rng::new(seed);
        let common = Common {
            store: place.store.clone(),
            rng: rng.clone(),
            halts: Halts::default(),
            time: Time::new(start()),
            machines: Machines::default(),
            folders: Folders::new(place.data()).unwrap(),
            faulty: Arc::new(AtomicBool::new(false)),
            commits: Arc::default(),
            notes: Arc::default(),
        };
        let mut releases = Vec::new();
        let maker = tollgate::app::App {
            store: place.store.clone(),
            clock: tollgate::clock::Clock::set_by(start),
            bell: tollgate::app::Bell::default(),
            live: tollgate::app::Live::new(0),
        };
        let mut made = made(seed);
        for index in 0..=rng.below(2) {
            let draft = Draft { name: format!("release-{index}"), description: String::new(), definition: made() };
            match maker.import((place.team, place.region), &draft).await.unwrap() {
                Imported::Created(id) => releases.push(id),
                other => panic!("it was there already: {other:?}"),
            }
        }
        let replicas = (1..=1).map(|number| Replica { node: format!("n{number}"), starts: 0, running: None });
        let mut history = Self {
            trace,
            judge: Judge::new(&place.store, &releases).await,
            replicas: replicas.collect(),
            processes: Vec::new(),
            place: (place.team, place.region),
            other: Arc::new(made()),
            old_pages: Vec::new(),
            luck: *rng.pick(&[500, 800, 950]),
            figures: Figures::default(),
            common,
        };
        for replica in 0..history.replicas.len() {
            history.start(replica);
        }
        history.common.faulty.store(rng.per_mille(900), Ordering::SeqCst);
        history
    }

    /// Anything may happen.
    async fn live(&mut self) {
        let steps = 60 + self.common.rng.below(200);
        for _ in 0..steps {
            let choice = self.common.rng.weighted(self.choices());
            self.carry_out(choice).await;
            self.common.time.pass(TimeDelta::microseconds(1 + i64::try_from(self.common.rng.below(20_000)).unwrap()));
        }
    }

    fn choices(&self) -> Vec<(u32, Choice)> {
        let mut choices = vec![(6, Choice::Pass)];
        for (index, replica) in self.replicas.iter().enumerate() {
            if replica.running.is_some() {
                if !self.is_turning(index) {
                    choices.push((8, Choice::Turn(index)));
                }
                choices.push((5, Choice::Ask(index)));
                if self.common.faulty.load(Ordering::SeqCst) {
                    choices.push((1, Choice::Crash(index)));
                }
            } else {
                choices.push((6, Choice::Restart(index)));
            }
            for key in self.common.machines.running(&replica.node) {
                choices.push((4, Choice::EndScript(index, key)));
            }
        }
        for process in (0..self.processes.len()).filter(|process| self.can_go(&self.processes[*process])) {
            choices.push((12, Choice::Go(process)));
        }
        choices
    }

    fn is_turning(&self, replica: usize) -> bool {
        self.processes.iter().any(|process| process.replica == replica && matches!(process.what, What::Turn))
    }

    fn can_go(&self, process: &Process) -> bool {
        match process.halt.as_ref().map(|halt| &halt.why) {
            None | Some(Why::Begin | Why::Committed | Why::Look(_)) => true,
            Some(Why::Sleep(until)) => *until <= self.common.time.now(),
            Some(Why::Script(key, stop)) => {
                self.common.machines.has_news(&self.replicas[process.replica].node, key, stop)
            }
        }
    }
}

/// Makes definitions, the same for the same seed.
fn made(seed: u64) -> impl FnMut() -> Definition {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let valid = definitions().prop_filter("what a form refuses", |definition| validate(definition).is_empty());
    move || valid.new_tree(&mut runner).unwrap().current()
}
