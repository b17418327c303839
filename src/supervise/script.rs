//! Starts the script: in its own process group, with an environment that holds what the order says and nothing else.

use std::io::{self, ErrorKind, PipeReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::folder::RunFolder;
use super::order::Order;

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Makes what the script needs, or says in a sentence why it cannot be run. Nothing runs yet.
pub fn prepare(folder: &RunFolder, order: &Order) -> Result<Command, String> {
    let working_folder = working_folder(order)?;
    write(&folder.script(), 0o700, order.script.as_bytes())
        .map_err(|problem| format!("The script could not be written into its run folder: {problem}."))?;
    write(&folder.outputs(), 0o600, b"")
        .map_err(|problem| format!("The file for the outputs could not be made: {problem}."))?;
    let mut command = if order.script.starts_with("#!") {
        Command::new(folder.script())
    } else {
        let mut shell = Command::new("/bin/sh");
        shell.arg(folder.script());
        shell
    };
    command
        .env_clear()
        .env("PATH", PATH)
        .env("HOME", &order.default_folder)
        .env("LANG", "C.UTF-8")
        .envs(&order.environment)
        .env("TOLLGATE_OUTPUT", folder.outputs())
        .current_dir(working_folder)
        .process_group(0)
        .stdin(Stdio::null());
    Ok(command)
}

/// Starts what was prepared; standard output and error share one pipe, so that their order is kept.
pub fn start(mut command: Command, order: &Order) -> Result<(Child, PipeReader), String> {
    let started = io::pipe().and_then(|(reader, writer)| {
        let child = command.stdout(writer.try_clone()?).stderr(writer).spawn()?;
        Ok((child, reader))
    });
    started.map_err(|problem| {
        let interpreter = order.script.lines().next().unwrap_or_default();
        if problem.kind() == ErrorKind::NotFound && interpreter.starts_with("#!") {
            format!("The script could not be started: there is no interpreter `{interpreter}` on this machine.")
        } else {
            format!("The script could not be started: {problem}.")
        }
    })
}

fn working_folder(order: &Order) -> Result<PathBuf, String> {
    let default = made(order.default_folder.clone())?;
    let Some(wanted) = order.working_folder.as_deref().map(Path::new) else {
        return Ok(default);
    };
    if wanted.is_relative() {
        return made(order.workspace.join(wanted));
    }
    if wanted.is_dir() {
        Ok(wanted.to_owned())
    } else {
        Err(format!("There is no working folder `{}`.", wanted.display()))
    }
}

fn made(folder: PathBuf) -> Result<PathBuf, String> {
    match std::fs::create_dir_all(&folder) {
        Ok(()) => Ok(folder),
        Err(problem) => Err(format!("The folder `{}` could not be made: {problem}.", folder.display())),
    }
}

fn write(path: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(mode);
    options.open(path)?.write_all(bytes)
}
