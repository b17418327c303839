//! The processes of a script: its process group, and whatever else stayed in the session of its supervising process.
//!
//! A process that made a session of its own (`setsid`) has left the script and is always let live. When the script is
//! stopped or timed out, everything else is ended, also what only made a process group of its own (`timeout`, a shell with
//! job control). When the script ended by itself, what is left of its process group is told to end (TERM, as after
//! `nohup … &`), since a build machine should not fill up with what scripts forgot; nothing is killed then.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};

use super::order::Identity;

/// What cannot be killed (a process that waits for a disk) is not waited for any longer.
const MOST_SWEEPS: u32 = 20;

/// The processes that a script consists of.
#[derive(Debug, Clone, Copy)]
pub struct Members {
    group: Option<Pid>,
    session: Option<Pid>,
    /// No process born before is meant, in the kernel's ticks.
    since: u64,
}

impl Members {
    /// The processes of the script that this process supervises.
    pub fn of_script(group: Pid, own: &Identity) -> Self {
        Self { group: Some(group), session: own.session(), since: own.born }
    }

    /// What is left of a script whose supervising process is gone; nothing if the machine was started since, or if another
    /// process has its number, which the kernel does not give away while the session has members.
    pub fn left_by(gone: &Identity) -> Option<Self> {
        let is_its = gone.boot == boot() && Stat::of(gone.pid).is_none_or(|stat| stat.born == gone.born);
        is_its.then(|| Self { group: None, session: gone.session(), since: gone.born })
    }

    /// Whether any process is left.
    pub fn any(&self) -> bool {
        if self.session.is_some() {
            return !self.listed().is_empty();
        }
        self.group.is_some_and(|group| test_kill_process_group(group).is_ok())
    }

    /// Signals the process group alone, which costs nothing if it is empty.
    pub fn signal_group(&self, signal: Signal) {
        if let Some(group) = self.group {
            // It fails only if nobody is left, which is as good.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Signals every process.
    pub fn signal(&self, signal: Signal) {
        self.signal_group(signal);
        for (pid, group) in self.listed() {
            if Some(group) != self.group {
                let _ = kill_process(pid, signal);
            }
        }
    }

    /// Kills every process, again and again, since one that is being listed may start another meanwhile.
    pub fn kill(&self) {
        for _ in 0..MOST_SWEEPS {
            self.signal(Signal::KILL);
            if !self.any() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The living processes of the session beside its leader, each with its group.
    fn listed(&self) -> Vec<(Pid, Pid)> {
        let Some(session) = self.session else {
            return Vec::new();
        };
        let Ok(entries) = std::fs::read_dir("/proc") else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter_map(|number: i32| Stat::of(number).map(|stat| (number, stat)))
            .filter(|(number, stat)| {
                stat.session == session.as_raw_pid()
                    && *number != session.as_raw_pid()
                    && stat.born >= self.since
                    && !stat.is_dead
            })
            .filter_map(|(number, stat)| Some((Pid::from_raw(number)?, Pid::from_raw(stat.group)?)))
            .collect()
    }
}

impl Identity {
    /// This very process; to be called after it tried to make a session of its own.
    pub fn own() -> Self {
        let pid = rustix::process::getpid().as_raw_pid();
        Self::of(pid).unwrap_or_else(|| Self { pid, born: 0, boot: boot(), leads_session: false })
    }

    fn of(pid: i32) -> Option<Self> {
        let stat = Stat::of(pid)?;
        Some(Self { pid, born: stat.born, boot: boot(), leads_session: stat.session == pid })
    }

    /// The living process that supervises the attempt of that run folder, though the folder itself may be gone.
    pub fn supervising(folder: &Path) -> Option<Self> {
        let words = [b"supervise", folder.as_os_str().as_encoded_bytes()].map(|word| [word, b"\0"].concat()).concat();
        let numbers =
            std::fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let supervises = |number: &i32| {
            let path = Path::new("/proc").join(number.to_string()).join("cmdline");
            std::fs::read(path).is_ok_and(|line| line.windows(words.len()).any(|part| part == words))
        };
        Self::of(numbers.into_iter().find(supervises)?)
    }

    /// The number of the process, if that very process still lives.
    pub fn living(&self) -> Option<Pid> {
        let stat = Stat::of(self.pid)?;
        (stat.born == self.born && !stat.is_dead && self.boot == boot()).then(|| Pid::from_raw(self.pid))?
    }

    fn session(&self) -> Option<Pid> {
        self.leads_session.then(|| Pid::from_raw(self.pid))?
    }
}

/// What the kernel says about a process.
struct Stat {
    is_dead: bool,
    group: i32,
    /// 0 in a container, if the session began outside of it.
    session: i32,
    born: u64,
}

impl Stat {
    fn of(pid: i32) -> Option<Self> {
        let text = std::fs::read(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
        let text = String::from_utf8_lossy(&text);
        // The name may hold anything, so the fields are counted from the parenthesis that ends it: state is the first.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        Some(Self {
            is_dead: matches!(*fields.first()?, "Z" | "X"),
            group: fields.get(2)?.parse().ok()?,
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
        assert!(Members::left_by(&own).is_some());
        let gone = Identity { born: own.born - 1, ..own.clone() };
        assert!(Members::left_by(&gone).is_none());
        assert!(Members::left_by(&Identity { boot: "another".to_owned(), ..own }).is_none());
    }
}
