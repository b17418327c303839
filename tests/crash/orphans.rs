//! The processes of an installation: those that supervise its scripts, and what scripts left behind.

use rustix::process::{Pid, Signal, kill_process};

use crate::installation::Installation;

impl Installation {
    /// The processes that supervise scripts.
    pub fn supervisors(&self) -> Vec<Pid> {
        let folder = format!("\0supervise\0{}/", self.data().display());
        processes("cmdline", &folder)
    }

    /// The processes of scripts that still run.
    pub fn scripts(&self) -> Vec<Pid> {
        let home = format!("\0HOME={}/", self.data().display());
        processes("environ", &home)
    }
}

/// Kills one process, if it lives still; answers whether it did.
pub fn kill(pid: Pid) -> bool {
    kill_process(pid, Signal::KILL).is_ok()
}

/// The living processes of which the kernel's file says that.
fn processes(file: &str, says: &str) -> Vec<Pid> {
    let found = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let number: i32 = entry.file_name().to_str()?.parse().ok()?;
        let text = std::fs::read(entry.path().join(file)).ok()?;
        let text = format!("\0{}", String::from_utf8_lossy(&text));
        text.contains(says).then(|| Pid::from_raw(number))?
    });
    let mut found: Vec<Pid> = found.collect();
    found.sort_by_key(|pid| pid.as_raw_pid());
    found
}
