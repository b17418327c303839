//! Reads a password: from the terminal, twice and unseen, or one line of standard input. Never from the arguments,
//! which everybody on the machine can read.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, bail};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// The password that was typed or piped in.
pub fn read(name: &str) -> anyhow::Result<String> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return line().context("no password on standard input");
    }
    let password = unseen(&format!("Password for {name}: "))?;
    if password != unseen("Again: ")? {
        bail!("these were two different passwords");
    }
    Ok(password)
}

fn unseen(prompt: &str) -> anyhow::Result<String> {
    eprint!("{prompt}");
    io::stderr().flush()?;
    let silence = Silence::begin()?;
    let typed = line();
    drop(silence);
    eprintln!();
    typed
}

fn line() -> anyhow::Result<String> {
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        bail!("nothing was given");
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

/// The terminal without its echo, which comes back when this is dropped.
struct Silence(Termios);

impl Silence {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        // There is nobody left to tell when even this fails.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
