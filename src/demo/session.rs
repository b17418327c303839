//! Sessions on the hosts of the demo: `tollgate demo-session FOLDER`, which sshd runs in the place of what was asked for. It gives
//! up what scripts must not have, and then runs that.

use std::env;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use super::hosts::{HOME, SESSION};
use crate::confine::{Confinement, GrantedPaths};

/// Runs what the caller of a host asked for; comes back only where that cannot be.
pub fn run(folder: &Path) -> ExitCode {
    eprintln!("{}", start(folder));
    ExitCode::FAILURE
}

fn start(folder: &Path) -> io::Error {
    let Some(asked) = env::var_os("SSH_ORIGINAL_COMMAND") else {
        return io::Error::other("This host runs commands only.");
    };
    let confinement: Confinement = match std::fs::read(folder.join(SESSION)).map(|text| serde_json::from_slice(&text)) {
        Ok(Ok(confinement)) => confinement,
        Ok(Err(problem)) => return problem.into(),
        Err(problem) => return problem,
    };
    let home = folder.join(HOME);
    if let Err(problem) = confinement.enter(&GrantedPaths { folders: vec![home.clone()], ..GrantedPaths::default() }) {
        return io::Error::other(format!("{problem:?}"));
    }
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(asked).current_dir(&home).env_clear();
    shell.env("HOME", &home).env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LANG", "C.UTF-8").exec()
}
