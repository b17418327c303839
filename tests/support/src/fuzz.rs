//! Fuzzing without a tool: inputs are made by editing a corpus, and a property is asked about each.
//!
//! A run is bounded and always the same. Inputs that make the property behave as none before are edited further: the
//! property says how it behaved by a number. What fails is made small, saved and printed with what replays it. These
//! variables change a run:
//!
//! - `TOLLGATE_FUZZ_SECONDS`: each target goes on for so long, from a seed that differs from run to run.
//! - `TOLLGATE_FUZZ_CASES`: each target has so many cases.
//! - `TOLLGATE_FUZZ_SEED`: the seed to begin with.
//! - `TOLLGATE_FUZZ_INPUT`: a file; nothing but this input is tried. Name one target beside it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant, SystemTime};

/// A case that takes longer hangs.
const HANGS_AFTER: Duration = Duration::from_mins(2);
/// How often a failing input is tried again in making it small, and for how long.
const SHRINKS: usize = 4000;
const SHRINKS_FOR: Duration = Duration::from_secs(30);
/// The most inputs that are edited further.
const LARGEST_POOL: usize = 4000;

/// Random numbers that are the same everywhere and for ever (splitmix64).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number less than `below`; 0 when there is none.
    pub fn below(&mut self, below: usize) -> usize {
        usize::try_from(self.number() % u64::try_from(below.max(1)).unwrap()).unwrap()
    }

    /// One of them.
    pub fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    /// A range in something of that length, mostly a short one.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = if self.below(4) == 0 { length - start } else { (length - start).min(16) };
        start..start + self.below(most + 1)
    }
}

/// The same number for the same bytes (FNV-1a).
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Something to fuzz.
pub struct Fuzz {
    /// Its name, which is also the name of its test.
    pub name: &'static str,
    /// What inputs look like.
    pub corpus: Vec<Vec<u8>>,
    /// What matters in them.
    pub words: &'static [&'static str],
    /// How many cases a bounded run has.
    pub cases: u64,
    /// The most bytes of an input.
    pub longest: usize,
}

fn told<T: FromStr>(variable: &str) -> Option<T> {
    let text = env::var(variable).ok()?;
    Some(text.parse().ok().unwrap_or_else(|| panic!("{variable}={text} is no number")))
}

impl Fuzz {
    /// Asks the property about the corpus, then about what edits make of it. The property panics where it does not
    /// hold, and gives a number for how it behaved.
    pub fn run(self, property: impl Fn(&[u8]) -> u64) {
        if let Some(file) = env::var_os("TOLLGATE_FUZZ_INPUT") {
            property(&fs::read(file).unwrap());
            return;
        }
        let seconds: Option<u64> = told("TOLLGATE_FUZZ_SECONDS");
        let cases = told("TOLLGATE_FUZZ_CASES").unwrap_or(if seconds.is_some() { u64::MAX } else { self.cases });
        let seed = told("TOLLGATE_FUZZ_SEED").unwrap_or_else(|| if seconds.is_some() { from_clock() } else { 1 });
        let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));

        let watch = Watch::over(self.name);
        let mut pool = Pool { inputs: Vec::new(), known: BTreeSet::new() };
        for input in &self.corpus {
            let behaviour = self.ask(&property, input, (seed, 0), &watch);
            pool.take(input.clone(), behaviour, true);
        }
        let mut done = 0;
        for case in 1..=cases {
            if until.is_some_and(|until| Instant::now() >= until) {
                break;
            }
            let mut random = Random(hash(&[seed.to_le_bytes(), case.to_le_bytes()].concat()));
            let input = pool.edited(&mut random, &self);
            let behaviour = self.ask(&property, &input, (seed, case), &watch);
            pool.take(input, behaviour, false);
            done = case;
        }
        println!(
            "{}: seed {seed}, {done} cases, {} behaviours, {} inputs kept",
            self.name,
            pool.known.len(),
            pool.inputs.len()
        );
    }

    /// How the property behaved; if it does not hold, fails with the smallest input that shows it.
    fn ask(&self, property: &impl Fn(&[u8]) -> u64, input: &[u8], (seed, case): (u64, u64), watch: &Watch) -> u64 {
        watch.begins(input);
        if let Some(behaviour) = quietly(|| property(input)) {
            return behaviour;
        }
        let small = shrunk(input, |input| {
            watch.begins(input);
            quietly(|| property(input)).is_none()
        });
        let file = save(self.name, &small);
        eprintln!(
            "{name} fails with seed {seed} at case {case}. The smallest input that shows it has {length} bytes:\n\
             {shown:?}\nIt is kept. Replay it with\n  TOLLGATE_FUZZ_INPUT={file} cargo test {name}\n\
             and all that came before it with TOLLGATE_FUZZ_SEED={seed} TOLLGATE_FUZZ_CASES={case}. A case that found \
             something belongs into tests/fuzz/corpus.",
            name = self.name,
            length = small.len(),
            shown = String::from_utf8_lossy(&small[..small.len().min(2000)]),
            file = file.display(),
        );
        property(&small);
        panic!("{} failed once, and does not again with the same input", self.name);
    }
}

/// The inputs that are edited.
struct Pool {
    inputs: Vec<Vec<u8>>,
    known: BTreeSet<u64>,
}

impl Pool {
    fn take(&mut self, input: Vec<u8>, behaviour: u64, always: bool) {
        let new = self.known.insert(behaviour);
        if always || (new && self.inputs.len() < LARGEST_POOL) {
            self.inputs.push(input);
        }
    }

    fn edited(&self, random: &mut Random, fuzz: &Fuzz) -> Vec<u8> {
        let mut input = if self.inputs.is_empty() { Vec::new() } else { random.of(&self.inputs).clone() };
        let mut more = true;
        while more {
            self.edit(&mut input, random, fuzz);
            more = random.below(3) > 0;
        }
        input.truncate(fuzz.longest);
        input
    }

    fn edit(&self, input: &mut Vec<u8>, random: &mut Random, fuzz: &Fuzz) {
        let range = random.range(input.len());
        match random.below(14) {
            0 => {
                if let Some(byte) = input.get_mut(range.start) {
                    *byte ^= 1 << random.below(8);
                }
            }
            1 => {
                let bytes: Vec<u8> = (0..=random.below(4)).map(|_| random.number().to_le_bytes()[0]).collect();
                input.splice(range.start..range.start, bytes);
            }
            2 => drop(input.drain(range)),
            3 => {
                let bytes = input[range.clone()].to_vec();
                let times = if random.below(8) == 0 { random.below(2000) } else { 1 };
                let bytes = bytes.repeat(times.min(fuzz.longest / bytes.len().max(1)));
                input.splice(range.start..range.start, bytes);
            }
            4..=6 => {
                let word = random.of(fuzz.words).as_bytes();
                let range = if random.below(2) == 0 { range.start..range.start } else { range };
                input.splice(range, word.iter().copied());
            }
            7 => {
                let other = random.of(&self.inputs);
                let bytes = other[random.range(other.len())].to_vec();
                input.splice(range, bytes);
            }
            8..=11 => edit_lines(input, random),
            12 => number(input, random),
            _ => {
                let letter = *random.of(&['\u{0}', '\u{7f}', '\u{9b}', 'é', '\u{2028}', '\u{202e}', '\u{feff}', '😀']);
                let mut bytes = [0; 4];
                input.splice(range.start..range.start, letter.encode_utf8(&mut bytes).bytes());
            }
        }
    }
}

/// Takes a line away, doubles, moves, indents or joins it.
fn edit_lines(input: &mut Vec<u8>, random: &mut Random) {
    let mut lines: Vec<Vec<u8>> = input.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        return;
    }
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(6) {
        0 => drop(lines.remove(one)),
        1 => lines.insert(one, lines[one].clone()),
        2 => lines.swap(one, other),
        3 => lines.insert(other, lines[one].clone()),
        4 => {
            let blanks = lines[one].iter().take_while(|byte| **byte == b' ').count();
            let wanted = (random.below(7) * 2).min(blanks + 4);
            lines[one].splice(..blanks, vec![b' '; wanted]);
        }
        _ => {
            let line = &mut lines[one];
            line.truncate(line.trim_ascii_end().len());
        }
    }
    *input = lines.concat();
}

/// Makes another number of one.
fn number(input: &mut Vec<u8>, random: &mut Random) {
    const NUMBERS: [&str; 12] = [
        "0",
        "1",
        "-1",
        "01",
        "255",
        "256",
        "65536",
        "2147483648",
        "4294967296",
        "9223372036854775808",
        "18446744073709551615",
        "99999999999999999999999999",
    ];
    let from = random.below(input.len());
    let Some(start) = input.iter().skip(from).position(u8::is_ascii_digit).map(|at| at + from) else { return };
    let length = input[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    input.splice(start..start + length, random.of(&NUMBERS).bytes());
}

/// The smallest input found of which the same can be said.
fn shrunk(input: &[u8], fails: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut small = input.to_vec();
    let (mut left, began) = (SHRINKS, Instant::now());
    let mut size = small.len();
    while size > 0 {
        let mut start = 0;
        let before = small.len();
        while start < small.len() && left > 0 && began.elapsed() < SHRINKS_FOR {
            let mut tried = small.clone();
            tried.drain(start..(start + size).min(small.len()));
            left -= 1;
            if fails(&tried) {
                small = tried;
            } else {
                start += size;
            }
        }
        size = if size == 1 && small.len() < before { 1 } else { size / 2 };
        if left == 0 {
            break;
        }
    }
    small
}

fn save(name: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{name}-{:016x}", hash(input)));
    fs::write(&file, input).unwrap();
    file
}

fn from_clock() -> u64 {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    since.as_secs() ^ u64::from(since.subsec_nanos()) << 32
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What it gives; nothing if it panics, of which nothing is printed.
fn quietly(ask: impl FnOnce() -> u64) -> Option<u64> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                loud(panic);
            }
        }));
    });
    QUIET.set(true);
    let answer = panic::catch_unwind(AssertUnwindSafe(ask)).ok();
    QUIET.set(false);
    answer
}

/// Ends the process when a case hangs, and says which.
struct Watch {
    current: Arc<Mutex<(Instant, Vec<u8>)>>,
    /// The watch ends with it.
    _alive: Sender<()>,
}

impl Watch {
    fn over(name: &'static str) -> Self {
        let current = Arc::new(Mutex::new((Instant::now(), Vec::new())));
        let (alive, over) = mpsc::channel();
        std::thread::spawn({
            let current = Arc::clone(&current);
            move || {
                while over.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                    let (since, input) = &*current.lock().unwrap();
                    if since.elapsed() > HANGS_AFTER {
                        eprintln!("{name} hangs; its input is {}", save(name, input).display());
                        std::process::exit(1);
                    }
                }
            }
        });
        Self { current, _alive: alive }
    }

    fn begins(&self, input: &[u8]) {
        let mut current = self.current.lock().unwrap();
        current.0 = Instant::now();
        current.1.clear();
        current.1.extend_from_slice(input);
    }
}
