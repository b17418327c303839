//! The program itself as a process of its own: started, watched from outside, stopped.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rustix::process::{Pid, Signal, kill_process};

/// What the kernel counts the time of a process in, on every Linux that is in use.
const TICKS_A_SECOND: f64 = 100.0;

/// A running server.
pub struct Server {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub address: String,
    // The server would be killed if it wrote to a pipe that nobody holds.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// `tollgate serve` or `tollgate demo` on that data folder and database; answers when it listens.
    pub fn start(subcommand: &str, data: &Path, url: &str) -> anyhow::Result<Self> {
        let log = data.with_extension("log");
        let mut child = Command::new(program()?)
            .args([subcommand, "--listen", "127.0.0.1:0", "--database-url", url, "--data"])
            .arg(data)
            .env("TOLLGATE_SCRIPTS_AS_ROOT", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::options().create(true).append(true).open(&log)?)
            .spawn()?;
        let mut said = BufReader::new(child.stdout.take().context("the server has no output")?).lines();
        let address = loop {
            let line = said.next().with_context(|| format!("the server ended: {}", read(&log)))??;
            if let Some((_, address)) = line.split_once("Tollgate listens on http://") {
                break address.to_owned();
            }
        };
        Ok(Self { child, address, _said: said })
    }

    /// CPU time that it has used.
    pub fn cpu(&self) -> Duration {
        let stat = read(&PathBuf::from(format!("/proc/{}/stat", self.child.id())));
        // The name of the program, which may hold anything, ends with the last bracket.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let ticks: f64 = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
        Duration::from_secs_f64(ticks / TICKS_A_SECOND)
    }

    /// Resident memory in KiB.
    pub fn memory(&self) -> f64 {
        let status = read(&PathBuf::from(format!("/proc/{}/status", self.child.id())));
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }

    /// How many files it has open.
    pub fn open_files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).map_or(0, Iterator::count)
    }

    /// How many processes it has started that still run.
    pub fn processes(&self) -> usize {
        let mut count = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id())).into_iter().flatten().flatten() {
            count += read(&task.path().join("children")).split_whitespace().count();
        }
        count
    }

    /// Tells it to stop, and waits until it has.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let pid = Pid::from_raw(self.child.id().cast_signed()).context("the server has no number")?;
        kill_process(pid, Signal::TERM)?;
        let status = self.child.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Does nothing to one that was stopped; one that a failed measurement leaves behind must not stay.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The released program, beside this one.
fn program() -> anyhow::Result<PathBuf> {
    let this = std::env::current_exe()?;
    let target = this.ancestors().nth(3).context("this program is not in a target folder")?;
    Ok(target.join("release/tollgate"))
}

/// Makes sure that the program is there and is of this source.
pub fn build() -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let began = Instant::now();
    let built = Command::new(cargo).args(["build", "--release", "--quiet", "--bin", "tollgate"]).status()?;
    ensure!(built.success(), "the program could not be built");
    if began.elapsed() > Duration::from_secs(5) {
        eprintln!("built the program in {:.0} s", began.elapsed().as_secs_f64());
    }
    Ok(())
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}
