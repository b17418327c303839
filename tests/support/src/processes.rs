//! The processes of a data folder: those that supervise its scripts, and those of the scripts.

use std::path::Path;

use rustix::process::Pid;

/// The processes that supervise scripts.
pub fn supervisors(data: &Path) -> Vec<Pid> {
    let mut found = supervising(data);
    found.retain(|pid| leads_a_session(*pid));
    found
}

/// Whether the process leads a session.
pub fn leads_a_session(pid: Pid) -> bool {
    let pid = pid.to_string();
    stat(&pid).is_some_and(|stat| stat.get(3) == Some(&pid))
}

/// Whether the process lives; one that nobody has waited for yet does not.
pub fn lives(pid: &str) -> bool {
    stat(pid.trim()).is_some_and(|stat| stat[0] != "Z")
}

/// What the kernel says of a process behind its name, which ends with the parenthesis: state, parent, group, session.
fn stat(pid: &str) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

/// The processes of scripts that still run.
pub fn scripts(data: &Path) -> Vec<Pid> {
    processes("environ", &format!("\0HOME={}/", data.display()))
}

/// All of them.
pub fn all(data: &Path) -> Vec<Pid> {
    [supervising(data), scripts(data)].concat()
}

/// Those that supervise, and what they are about to make a script of: until then it looks like them.
fn supervising(data: &Path) -> Vec<Pid> {
    processes("cmdline", &format!("\0supervise\0{}/", data.display()))
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
