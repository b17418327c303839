//! A replica: what lives and dies with one start of the program, on a machine that stays.

use std::future::pending;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tollgate::app::{App, ChangeVersions};
use tollgate::clock::Clock;
use tollgate::data_layout::DataLayout;
use tollgate::domain::execution::Moment;
use tollgate::engine::{Engine, ReplicaConfig, Spawner};
use tollgate::executors::{Executors, Git, Lease, SshExecutor};
use tollgate::failpoints::Hook;
use tollgate::outgoing::HttpClient;
use tollgate::store::{ReplicaInfo, Store};

use crate::fault_rates::FaultRates;
use crate::halts::{Halts, Line, Why};
use crate::machine::{Delegated, Machines, Scripted};
use crate::rng::Rng;

/// The time of a history. It only goes on when the scheduler says so.
#[derive(Clone)]
pub struct Time(Arc<AtomicI64>);

impl Time {
    pub fn new(at: Moment) -> Self {
        Self(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    pub fn now(&self) -> Moment {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap()
    }

    pub fn pass(&self, time: TimeDelta) {
        self.0.fetch_add(time.num_microseconds().unwrap(), Ordering::SeqCst);
    }

    /// A clock that tells the time of day a little wrong, and how time passes as every other does.
    fn clock(&self, off: &Arc<AtomicI64>) -> Clock {
        let (time, steady, off) = (self.clone(), self.clone(), Arc::clone(off));
        let wall = move || time.now() + TimeDelta::milliseconds(off.load(Ordering::SeqCst));
        Clock::set_by(wall).with_steady(move || (steady.now() - DateTime::UNIX_EPOCH).to_std().unwrap())
    }
}

/// What is shared by everything in a history.
#[derive(Clone)]
pub struct Common {
    pub store: Store,
    pub rng: Rng,
    pub halts: Halts,
    pub time: Time,
    pub machines: Machines,
    /// Where machines keep what they keep.
    pub data: PathBuf,
    /// What befalls the replicas.
    pub fault_rates: Arc<Mutex<FaultRates>>,
    /// How many scripts may run at once on a machine.
    pub max_scripts: NonZero<u32>,
    /// Commits so far.
    pub commits: Arc<AtomicU64>,
    /// What came to pass at the points since the scheduler looked.
    pub notes: Arc<Mutex<Vec<String>>>,
}

impl Common {
    pub fn fault_rates(&self) -> FaultRates {
        *self.fault_rates.lock().unwrap()
    }
}

/// One start of the program on a machine.
pub struct Running {
    pub app: App,
    pub engine: Engine,
    pub spawned: Arc<Mutex<Vec<BoxFuture<'static, ()>>>>,
    /// It died at a point: nothing that it does any more is seen by anybody.
    pub dead: Arc<AtomicBool>,
    /// How many faults of the database it met.
    pub faults: Arc<AtomicU64>,
    lease: Lease,
}

impl Running {
    /// `off` is by how many milliseconds the machine tells the time of day wrong.
    pub fn start(common: &Common, node: &str, off: &Arc<AtomicI64>, line: &Line) -> Self {
        let dead = Arc::new(AtomicBool::new(false));
        let faults = Arc::new(AtomicU64::new(0));
        let store = common.store.with_hook(hook(common, line, &dead, &faults));
        let clock = common.time.clock(off);
        let app = App { live: ChangeVersions::new(0), ..App::new(store, clock.clone()) };
        let spawned = Arc::default();
        let hands =
            SimulatedHands { spawned: Arc::clone(&spawned), halts: common.halts.clone(), time: common.time.clone() };
        let lease = Lease::over();
        let executor =
            Scripted { machine: node.to_owned(), common: common.clone(), lease: lease.clone(), clock: clock.clone() };
        let who = ReplicaInfo {
            id: node.to_owned(),
            name: node.to_owned(),
            version: "0.1.0".to_owned(),
            isolation: tollgate::domain::isolation::Isolation::default(),
        };
        let folders = DataLayout::new(&common.data.join(node)).unwrap();
        let hosts = SshExecutor::new(folders.ssh());
        let machine = ReplicaConfig { folders, who, lease: lease.clone(), max_scripts: common.max_scripts };
        let git = Git::new(HttpClient::new([]).unwrap());
        let delegated = Delegated { common: common.clone(), lease: lease.clone(), clock: clock.clone() };
        let executors = Executors::new(Arc::new(executor), Arc::new(delegated), Arc::new(hosts), git);
        let engine = Engine::with_spawner(Arc::new(hands), app.clone(), executors, machine);
        Self { app, engine, spawned, dead, faults, lease }
    }

    /// Whether scripts may be started, as it sees it.
    pub fn may_start(&self) -> bool {
        self.lease.holds(&self.app.clock).is_some()
    }
}

struct SimulatedHands {
    spawned: Arc<Mutex<Vec<BoxFuture<'static, ()>>>>,
    halts: Halts,
    time: Time,
}

impl Spawner for SimulatedHands {
    fn spawn(&self, work: BoxFuture<'static, ()>) {
        self.spawned.lock().unwrap().push(work);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let until = self.time.now() + TimeDelta::from_std(time).unwrap();
        self.halts.halt(Why::Sleep(until)).boxed()
    }

    fn patience(&self, _time: Duration) -> BoxFuture<'static, ()> {
        pending().boxed()
    }
}

/// For how many seconds an answer is waited for at most.
const WAITED: usize = 6;

/// What happens to a transaction of this replica: nothing most of the time.
fn hook(common: &Common, line: &Line, dead: &Arc<AtomicBool>, faults: &Arc<AtomicU64>) -> Hook {
    let (common, line, dead, faults) = (common.clone(), line.clone(), Arc::clone(dead), Arc::clone(faults));
    Arc::new(move |point| {
        let (common, line, dead, faults) = (common.clone(), line.clone(), Arc::clone(&dead), Arc::clone(&faults));
        async move {
            if ["store.begin", "store.bury"].contains(&point) && !dead.load(Ordering::SeqCst) {
                common.halts.halt(Why::Begin).await;
            }
            if dead.load(Ordering::SeqCst) {
                return Err("it is dead".to_owned());
            }
            if point == "store.commit.after" {
                common.commits.fetch_add(1, Ordering::SeqCst);
            }
            // In a transaction nobody is held: on SQLite it would hold up everybody.
            if let Some(cut) = line.cut_at(point)
                && cut.silent
                && point != "store.commit.before"
            {
                let seconds = 1 + i64::try_from(common.rng.below(WAITED)).unwrap();
                common.halts.halt(Why::Cut(line.clone(), common.time.now() + TimeDelta::seconds(seconds))).await;
            }
            if line.cut_at(point).is_some() {
                faults.fetch_add(1, Ordering::SeqCst);
                common.notes.lock().unwrap().push(format!("cut off at {point}"));
                return Err("it is cut off".to_owned());
            }
            let fault_rates = common.fault_rates();
            if common.rng.per_mille(fault_rates.dies) {
                dead.store(true, Ordering::SeqCst);
                common.notes.lock().unwrap().push(format!("dies at {point}"));
                return Err("it dies".to_owned());
            }
            if common.rng.per_mille(fault_rates.fails) {
                faults.fetch_add(1, Ordering::SeqCst);
                common.notes.lock().unwrap().push(format!("the database fails at {point}"));
                return Err("the database fails".to_owned());
            }
            if point == "store.commit.after" {
                common.halts.halt(Why::Committed).await;
            }
            Ok(())
        }
        .boxed()
    })
}
