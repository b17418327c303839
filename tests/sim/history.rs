//! One history: the scheduler, which decides by the seed who goes on next and what befalls the replicas, and what must
//! hold in the end.

mod faults;
mod settle;
mod steps;

use std::collections::BTreeSet;
use std::mem::discriminant;
use std::num::NonZero;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tollgate::app::{App, AppError, Caller, Imported, ReleaseContent};
use tollgate::domain::definition::Definition;
use tollgate::domain::ids::ExecutionId;
use tollgate::domain::precondition::Expected;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::validate::validate;
use tollgate::engine::Tick;
use tollgate::engine::membership::{Sweep, TermError};

use crate::fault_rates::FaultRates;
use crate::halts::{Halt, Halts, Line, Why};
use crate::judge::Judge;
use crate::machine::{ELSEWHERE, Machines};
use crate::people::{Answer, Asked};
use crate::place::{Kind, Place};
use crate::random::definitions;
use crate::replica::{Common, Running, Time};
use crate::rng::Rng;
use crate::terms::Tenures;
use crate::world::start;

/// What was done in a history, line by line.
pub type Trace = Arc<Mutex<Vec<String>>>;

/// What a history was like.
#[derive(Debug, Default, Clone, Copy)]
pub struct Figures {
    pub steps: u64,
    pub commits: u64,
    pub crashes: u64,
    pub fenced: u64,
    pub taken_over: u64,
    pub usurped: u64,
    pub executions: u64,
    pub scripts: u64,
}

pub struct History<'p> {
    common: Common,
    trace: Trace,
    judge: Judge,
    terms: Tenures,
    /// Which replicas are still to be woken, and for which execution.
    wakeups: Vec<(usize, ExecutionId)>,
    replicas: Vec<Replica>,
    processes: Vec<Process>,
    place: &'p Place,
    other: Arc<Definition>,
    old_pages: Vec<Expected>,
    figures: Figures,
}

struct Replica {
    node: String,
    starts: u32,
    running: Option<Running>,
    /// Nobody lets it go on, as if it were stopped or swapped out.
    frozen: bool,
    /// The machine is gone for good.
    gone: bool,
    /// By how many milliseconds it tells the time of day wrong.
    off: Arc<AtomicI64>,
    /// To the database.
    line: Line,
}

impl Replica {
    fn on(node: String, off: i64) -> Self {
        let off = Arc::new(AtomicI64::new(off));
        Self { node, starts: 0, running: None, frozen: false, gone: false, off, line: Line::default() }
    }
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

/// What it is that is under way.
enum What {
    Turn,
    Beat,
    Watch,
    Leave,
    Work(Option<String>),
    Ask(Box<Asked>),
}

enum Said {
    Turned(Result<Tick, AppError>),
    Kept(Result<Sweep, TermError>),
    Left,
    Worked,
    Answered(Answer),
}

/// What the scheduler may choose.
enum Choice {
    Go(usize),
    Turn(usize),
    Beat(usize),
    Watch(usize),
    Ask(usize),
    Pass,
    Spell,
    EndScript(String, String),
    Crash(usize),
    Restart(usize),
    Freeze(usize),
    Thaw(usize),
    Cut(usize),
    Mend(usize),
    Twin(usize),
    Wake(usize),
    Leave(usize),
    Perish(usize),
    Jump(usize),
}

/// Plays the history of a seed. A panic is what was found.
pub async fn play(seed: u64, kind: Kind, trace: Trace) -> Figures {
    let place = Place::prepare(kind).await;
    let figures = {
        let mut history = History::begin(seed, &place, trace).await;
        history.live().await;
        history.settle().await;
        history.end().await
    };
    place.remove().await;
    figures
}

impl<'p> History<'p> {
    async fn begin(seed: u64, place: &'p Place, trace: Trace) -> Self {
        let rng = Rng::new(seed);
        let common = Common {
            store: place.store.clone(),
            rng: rng.clone(),
            halts: Halts::default(),
            time: Time::new(start()),
            machines: Machines::default(),
            data: place.data().to_owned(),
            fault_rates: Arc::new(Mutex::new(FaultRates::of(&rng))),
            max_scripts: NonZero::new(*rng.pick(&[1, 1, 2, 3, 16])).unwrap(),
            commits: Arc::default(),
            notes: Arc::default(),
        };
        let mut releases = Vec::new();
        let maker = App::new(place.store.clone(), tollgate::clock::Clock::set_by(start));
        let mut made = made(seed);
        for index in 0..=rng.below(2) {
            let draft =
                ReleaseContent { name: format!("release-{index}"), description: String::new(), definition: made() };
            match maker
                .import(&Caller::CommandLine, ReleaseOwner { team: place.team, region: place.region }, &draft)
                .await
                .unwrap()
            {
                Imported::Created(id) => releases.push(id),
                other => panic!("it was there already: {other:?}"),
            }
        }
        let count = *rng.pick(&[1, 1, 2, 2, 3, 4]);
        let skew = common.fault_rates().skew;
        let replicas = (1..=count).map(|number| Replica::on(format!("n{number}"), rng.within(skew)));
        let mut history = Self {
            trace,
            judge: Judge::new(&place.store, &releases, common.max_scripts).await,
            terms: Tenures::default(),
            wakeups: Vec::new(),
            replicas: replicas.collect(),
            processes: Vec::new(),
            place,
            other: Arc::new(made()),
            old_pages: Vec::new(),
            figures: Figures::default(),
            common,
        };
        for replica in 0..history.replicas.len() {
            history.start(replica);
        }
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
        let fault_rates = self.common.fault_rates();
        let mut choices = vec![(3, Choice::Pass), (3, Choice::Spell)];
        let pending = u32::try_from(self.wakeups.len()).unwrap().min(4);
        choices.push((pending, Choice::Wake(self.common.rng.below(self.wakeups.len().max(1)))));
        let here = self.replicas.iter().filter(|replica| !replica.gone).map(|replica| &replica.node);
        let left = here.collect::<BTreeSet<_>>().len();
        for (index, replica) in self.replicas.iter().enumerate() {
            if replica.gone {
                continue;
            }
            if left > 1 {
                choices.push((fault_rates.perish, Choice::Perish(index)));
            }
            choices.push((fault_rates.jump, Choice::Jump(index)));
            if replica.line.cut().is_some() {
                choices.push((2, Choice::Mend(index)));
            } else {
                choices.push((fault_rates.cut, Choice::Cut(index)));
            }
            if self.replicas.iter().filter(|other| other.node == replica.node).count() == 1 {
                choices.push((fault_rates.twin, Choice::Twin(index)));
            }
            if replica.frozen {
                choices.push((2, Choice::Thaw(index)));
            } else if replica.running.is_some() {
                if !self.is(index, &What::Turn) {
                    choices.push((8, Choice::Turn(index)));
                }
                if !self.is(index, &What::Beat) {
                    choices.push((3, Choice::Beat(index)));
                }
                if !self.is(index, &What::Watch) {
                    choices.push((3, Choice::Watch(index)));
                }
                if !self.is(index, &What::Leave) {
                    choices.push((fault_rates.leave, Choice::Leave(index)));
                }
                choices.push((fault_rates.ask, Choice::Ask(index)));
                choices.push((fault_rates.crash, Choice::Crash(index)));
                choices.push((fault_rates.freeze, Choice::Freeze(index)));
            } else {
                choices.push((4, Choice::Restart(index)));
            }
            for key in self.common.machines.ending(&replica.node) {
                choices.push((4, Choice::EndScript(replica.node.clone(), key)));
            }
        }
        for key in self.common.machines.ending(ELSEWHERE) {
            choices.push((4, Choice::EndScript(ELSEWHERE.to_owned(), key)));
        }
        for process in (0..self.processes.len()).filter(|process| self.can_go(&self.processes[*process])) {
            choices.push((12, Choice::Go(process)));
        }
        choices
    }

    /// Whether the replica is at it.
    fn is(&self, replica: usize, what: &What) -> bool {
        let same = |process: &&Process| discriminant(&process.what) == discriminant(what);
        self.processes.iter().filter(|process| process.replica == replica).any(|process| same(&process))
    }

    fn can_go(&self, process: &Process) -> bool {
        if self.replicas[process.replica].frozen {
            return false;
        }
        let leaves = self.is(process.replica, &What::Leave);
        match process.what {
            What::Leave => {
                return !self.is(process.replica, &What::Turn) && !self.is(process.replica, &What::Work(None));
            }
            What::Work(_) if leaves => return true,
            What::Turn | What::Beat | What::Watch | What::Work(_) | What::Ask(_) => {}
        }
        match process.halt.as_ref().map(|halt| &halt.why) {
            None | Some(Why::Begin | Why::Committed | Why::Look(_)) => true,
            Some(Why::Lease(lease, clock)) => lease.holds(clock).is_some(),
            Some(Why::Sleep(until)) => *until <= self.common.time.now(),
            Some(Why::Cut(line, until)) => line.cut().is_none() || *until <= self.common.time.now(),
            Some(Why::Script(key, stop)) => {
                self.common.machines.has_news(&self.replicas[process.replica].node, key, stop)
            }
            Some(Why::Elsewhere(key, stop)) => self.common.machines.has_news(ELSEWHERE, key, stop),
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
