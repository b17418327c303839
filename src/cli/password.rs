//! Reads a password: from the terminal, twice and unseen, or one line of standard input. Never from the arguments,
//! which everybody on the machine can read.

use std::io::{self, BufRead, IsTerminal, Write};
use std::thread;

use anyhow::{Context, bail};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

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

/// One secret: from the terminal, once and unseen, or one line of standard input.
pub fn unseen_line(prompt: &str) -> anyhow::Result<String> {
    if io::stdin().is_terminal() { unseen(prompt) } else { line() }
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
    if line.contains('\0') {
        bail!("there is a character with the number 0 in it: it looks like UTF-16, and must be UTF-8");
    }
    // Some shells put a mark at the start of what they pass on.
    Ok(line.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']).to_owned())
}

/// The terminal without its echo, which comes back when this is dropped, or when a signal ends the program.
struct Silence {
    before: Termios,
    signals: Handle,
}

impl Silence {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
        let silence = Self { before: before.clone(), signals: signals.handle() };
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                restore(&before);
                // Ends the program, as the signal would have.
                let _ = emulate_default_handler(signal);
            }
        });
        let mut silent = silence.before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(silence)
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        restore(&self.before);
        self.signals.close();
    }
}

fn restore(before: &Termios) {
    // There is nobody left to tell when even this fails.
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
}
