//! The processes of a script: whatever it started, and whatever those started, in whichever group or session they are.
//!
//! The supervising process is their *subreaper*: a process whose parent has ended becomes its child, so none can leave it.
//! What only asks a daemon to start something (`systemd-run`, `docker run --detach`) starts nothing itself: that lives on.
//! Once the supervising process is gone, they are found by their session and by the key of the attempt in their environment.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, set_child_subreaper, wait};

use super::script_spec::Identity;

/// What cannot be killed (a process that waits for a disk) is not waited for any longer.
const MAX_SWEEPS: u32 = 20;

/// How many processes are named.
const MAX_NAMED: usize = 5;

/// From now on processes whose parent ends become children of this one.
pub fn adopt() -> io::Result<()> {
    Ok(set_child_subreaper(Some(rustix::process::getpid()))?)
}

/// The script that this process supervises, with all its processes.
#[derive(Debug)]
pub struct Script {
    main: Pid,
    ended: Option<ExitStatus>,
}

impl Script {
    /// The script whose main process that is. Nobody else may wait for a child of this process.
    pub const fn of(main: Pid) -> Self {
        Self { main, ended: None }
    }

    /// How the main process ended, if it has.
    pub fn status(&mut self) -> io::Result<Option<ExitStatus>> {
        self.any()?;
        Ok(self.ended)
    }

    /// Whether any process is left.
    pub fn any(&mut self) -> io::Result<bool> {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid == self.main => self.ended = Some(ExitStatus::from_raw(status.as_raw())),
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) => return Ok(true),
                Err(Errno::CHILD) => return Ok(false),
                Err(problem) => return Err(problem.into()),
            }
        }
    }

    /// Signals every process.
    pub fn signal(&self, signal: Signal) {
        for process in descendants() {
            // It fails only if it has ended, which is as good.
            let _ = kill_process(process.pid, signal);
        }
    }

    /// Kills every process, again and again, since one that is being listed may start another meanwhile.
    pub fn kill(&mut self) -> io::Result<()> {
        for _ in 0..MAX_SWEEPS {
            // One that is held starts nothing.
            self.signal(Signal::STOP);
            self.signal(Signal::KILL);
            std::thread::sleep(Duration::from_millis(1));
            if !self.any()? {
                break;
            }
        }
        Ok(())
    }

    /// The processes that are left, as the middle of a sentence: "2 processes (python3 4711, sleep 4712)".
    pub fn named(&self) -> Option<String> {
        let left = descendants();
        let names: Vec<String> = left
            .iter()
            .take(MAX_NAMED)
            .map(|process| format!("{} {}", process.name, process.pid.as_raw_pid()))
            .collect();
        let more = if left.len() > MAX_NAMED { ", …" } else { "" };
        match left.len() {
            0 => None,
            1 => Some(format!("1 process ({})", names.join(""))),
            many => Some(format!("{many} processes ({}{more})", names.join(", "))),
        }
    }
}

/// A living process.
#[derive(Debug, Clone)]
struct Process {
    pid: Pid,
    name: String,
}

/// Every living process that descends from this one.
fn descendants() -> Vec<Process> {
    let all: BTreeMap<i32, Stat> = numbers().filter_map(|number| Some((number, Stat::of(number)?))).collect();
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for (number, stat) in &all {
        children.entry(stat.parent).or_default().push(*number);
    }
    let mut found = Vec::new();
    let mut next = vec![rustix::process::getpid().as_raw_pid()];
    while let Some(parent) = next.pop() {
        for child in children.get(&parent).into_iter().flatten() {
            next.push(*child);
            if let (Some(pid), Some(stat)) = (Pid::from_raw(*child), all.get(child))
                && !stat.is_dead
            {
                found.push(Process { pid, name: stat.name.clone() });
            }
        }
    }
    found
}

/// What is left of a script whose supervising process is gone.
#[derive(Debug, Clone)]
pub struct LeftProcesses {
    session: Option<i32>,
    /// `TOLLGATE_KEY=…`, as it stands in the environment of the script.
    key: Option<String>,
    /// No process born before is meant, in the kernel's ticks.
    since: u64,
}

impl LeftProcesses {
    /// What that process has left; nothing if the machine was started since, or if another process has its number, which the
    /// kernel does not give away while the session has members.
    pub fn by(gone: &Identity, key: Option<&str>) -> Option<Self> {
        let is_its = gone.boot == boot() && Stat::of(gone.pid).is_none_or(|stat| stat.born == gone.born);
        is_its.then(|| Self {
            session: gone.leads_session.then_some(gone.pid),
            key: key.map(|key| format!("TOLLGATE_KEY={key}")),
            since: gone.born,
        })
    }

    /// Whether any process is left.
    pub fn any(&self) -> bool {
        !self.listed().is_empty()
    }

    /// Signals every process.
    pub fn signal(&self, signal: Signal) {
        for pid in self.listed() {
            let _ = kill_process(pid, signal);
        }
    }

    /// Kills every process, again and again.
    pub fn kill(&self) {
        for _ in 0..MAX_SWEEPS {
            self.signal(Signal::STOP);
            self.signal(Signal::KILL);
            if !self.any() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Those of the session beside its leader, those that have the key, and all that descend from any of them.
    fn listed(&self) -> Vec<Pid> {
        let mut found: BTreeSet<i32> = BTreeSet::new();
        let all: BTreeMap<i32, Stat> = numbers().filter_map(|number| Some((number, Stat::of(number)?))).collect();
        let living = all.iter().filter(|(_, stat)| stat.born >= self.since && !stat.is_dead);
        for (number, stat) in living.clone() {
            let is_in_session = self.session == Some(stat.session) && self.session != Some(*number);
            if is_in_session || self.key.as_ref().is_some_and(|key| has(*number, key)) {
                found.insert(*number);
            }
        }
        loop {
            let before = found.len();
            let more: Vec<i32> =
                living.clone().filter(|(_, stat)| found.contains(&stat.parent)).map(|(n, _)| *n).collect();
            found.extend(more);
            if found.len() == before {
                return found.into_iter().filter_map(Pid::from_raw).collect();
            }
        }
    }
}

/// Whether that stands in the environment that the process was started with, as far as this one may look.
fn has(number: i32, variable: &str) -> bool {
    let path = Path::new("/proc").join(number.to_string()).join("environ");
    std::fs::read(path).is_ok_and(|found| found.split(|byte| *byte == 0).any(|each| each == variable.as_bytes()))
}

impl Identity {
    /// This very process; to be called after it tried to make a session of its own.
    pub fn own() -> Self {
        let pid = rustix::process::getpid().as_raw_pid();
        let unknown = || Self { pid, born: 0, boot: boot(), leads_session: false, hears_stop: false };
        Self { hears_stop: true, ..Self::of(pid).unwrap_or_else(unknown) }
    }

    fn of(pid: i32) -> Option<Self> {
        let stat = Stat::of(pid)?;
        Some(Self { pid, born: stat.born, boot: boot(), leads_session: stat.session == pid, hears_stop: false })
    }

    /// The living process that supervises the attempt of that run folder, though the folder itself may be gone.
    pub fn supervising(folder: &Path) -> Option<Self> {
        let words = [b"supervise", folder.as_os_str().as_encoded_bytes()].map(|word| [word, b"\0"].concat()).concat();
        let supervises = |number: &i32| {
            let path = Path::new("/proc").join(number.to_string()).join("cmdline");
            std::fs::read(path).is_ok_and(|line| line.windows(words.len()).any(|part| part == words))
        };
        Self::of(numbers().find(supervises)?)
    }

    /// The number of the process, if that very process still lives.
    pub fn living(&self) -> Option<Pid> {
        let stat = Stat::of(self.pid)?;
        (stat.born == self.born && !stat.is_dead && self.boot == boot()).then(|| Pid::from_raw(self.pid))?
    }
}

/// The numbers of all processes.
fn numbers() -> impl Iterator<Item = i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// What the kernel says about a process.
struct Stat {
    name: String,
    is_dead: bool,
    parent: i32,
    /// 0 in a container, if the session began outside of it.
    session: i32,
    born: u64,
}

impl Stat {
    fn of(pid: i32) -> Option<Self> {
        let text = std::fs::read(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
        let text = String::from_utf8_lossy(&text);
        // The name may hold anything, so the fields are counted from the parenthesis that ends it: state is the first.
        let (begin, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        Some(Self {
            name: begin.split_once('(')?.1.to_owned(),
            is_dead: matches!(*fields.first()?, "Z" | "X"),
            parent: fields.get(1)?.parse().ok()?,
            session: fields.get(3)?.parse().ok()?,
            born: fields.get(19)?.parse().ok()?,
        })
    }
}

/// Which start of the machine this is.
fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map_or_else(|_| String::new(), |id| id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_got_the_number_of_another_left_nothing_behind() {
        let own = Identity { leads_session: true, ..Identity::own() };
        assert!(LeftProcesses::by(&own, None).is_some());
        let gone = Identity { born: own.born - 1, ..own.clone() };
        assert!(LeftProcesses::by(&gone, None).is_none());
        assert!(LeftProcesses::by(&Identity { boot: "another".to_owned(), ..own }, None).is_none());
    }
}
