//! Starts the script: in its own process group, with an environment that holds what the order says and nothing else, and
//! confined as the order says.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, PipeReader, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::fs::OFlags;

use super::folder::RunFolder;
use super::script_spec::ScriptSpec;
use super::{owned, start_fault};
use crate::confine::{Account, GrantedPaths};
use crate::domain::failure_cause::{FailureCause, StartFault};
use crate::regular_file;

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A script that can be started.
pub struct Prepared<'a> {
    command: Command,
    /// The script as a file.
    file: PathBuf,
    order: &'a ScriptSpec,
    /// The working folder, if it is one of ours, which the script itself makes.
    made: Option<PathBuf>,
    /// A working folder anywhere else, which must be there.
    wanted: Option<PathBuf>,
    given: GrantedPaths,
}

/// Makes what the script needs, or says why it cannot be run. Nothing runs yet.
pub fn prepare<'a>(folder: &RunFolder, order: &'a ScriptSpec) -> Result<Prepared<'a>, FailureCause> {
    let account = order.confinement.as_ref().and_then(|confinement| confinement.account.as_ref());
    owned::let_pass(folder.path(), account)
        .map_err(|problem| FailureCause::RunFolderMode { problem: problem.into() })?;
    owned_folder(&order.default_folder, account)?;
    let (working, made, wanted) = match order.working_folder.as_deref().map(Path::new) {
        None => (order.default_folder.clone(), None, None),
        Some(wanted) if wanted.is_relative() => {
            owned_folder(&order.workspace, account)?;
            (order.workspace.join(wanted), Some(order.workspace.join(wanted)), None)
        }
        Some(wanted) => (wanted.to_owned(), None, Some(wanted.to_owned())),
    };
    let mode = if account.is_some() { 0o755 } else { 0o700 };
    write(&folder.script(), mode, order.script.as_bytes())
        .map_err(|problem| FailureCause::ScriptNotWritten { problem: problem.into() })?;
    write(&folder.outputs(), 0o600, b"")
        .and_then(|outputs| owned::give(&outputs, account))
        .map_err(|problem| FailureCause::OutputsNotMade { problem: problem.into() })?;
    let given_files: Vec<PathBuf> = order.files.iter().map(|file| folder.path().join(&file.name)).collect();
    for (path, file) in given_files.iter().zip(&order.files) {
        write(path, if account.is_some() { 0o644 } else { 0o600 }, file.text.as_bytes())
            .map_err(|problem| FailureCause::ScriptNotWritten { problem: problem.into() })?;
    }
    let given = GrantedPaths {
        folders: [&order.default_folder, &order.workspace, &order.temporary]
            .into_iter()
            .chain(&order.others)
            .cloned()
            .collect(),
        written: vec![folder.outputs()],
        read: order.readable.clone(),
        run: std::iter::once(folder.script()).chain(given_files).collect(),
    };
    let command = command(folder, order, &working);
    Ok(Prepared { command, file: folder.script(), order, made, wanted, given })
}

fn command(folder: &RunFolder, order: &ScriptSpec, working: &Path) -> Command {
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
        .env("TMPDIR", &order.temporary)
        .envs(&order.environment)
        .envs(order.private_environment.iter().map(|(name, text)| (name, text.expose())))
        .envs(order.files.iter().map(|file| (&file.variable, folder.path().join(&file.name))))
        .env("TOLLGATE_OUTPUT", folder.outputs())
        .current_dir(working)
        .process_group(0)
        .stdin(Stdio::null());
    command
}

/// Starts what was prepared; standard output and error share one pipe, so that their order is kept.
pub fn start(prepared: Prepared<'_>) -> Result<(Child, PipeReader), FailureCause> {
    // What is confined is this thread, and the script, which it starts. It can end: the script is the process's child.
    std::thread::scope(|scope| {
        let started = scope.spawn(|| start_confined(prepared)).join();
        started.unwrap_or_else(|_| Err(FailureCause::NotStarted { problem: None }))
    })
}

fn start_confined(prepared: Prepared<'_>) -> Result<(Child, PipeReader), FailureCause> {
    let Prepared { mut command, file, order, made, wanted, given } = prepared;
    if let Some(confinement) = &order.confinement {
        confinement.enter(&given).map_err(|problem| FailureCause::NotConfined { problem })?;
    }
    if let Some(cause) = wanted.and_then(|wanted| start_fault::of_folder(&wanted)) {
        return Err(cause);
    }
    if let Some(cause) = start_fault::before(&order.script) {
        return Err(cause);
    }
    // Another script may have left a link where a folder is to be made. So that is done with the rights of a script.
    if let Some(folder) = made {
        std::fs::create_dir_all(&folder).map_err(|problem| match problem.kind() {
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
                StartFault::NotAFolder { folder: folder.display().to_string() }.cause()
            }
            _ => not_made(&folder, problem),
        })?;
    }
    let started = io::pipe().and_then(|(reader, writer)| {
        // The script can read its own output away from under whoever is about to read it.
        rustix::fs::fcntl_setfl(&reader, OFlags::NONBLOCK)?;
        let spawned = command.stdout(writer.try_clone()?).stderr(writer).spawn();
        // The command must not hold the other end of the pipe.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = spawned?;
        Ok((child, reader))
    });
    started.map_err(|problem| start_fault::of(&command, &file, &order.script, problem))
}

fn owned_folder(path: &Path, account: Option<&Account>) -> Result<(), FailureCause> {
    owned::folder(path, account).map_err(|problem| not_made(path, problem))
}

fn not_made(folder: &Path, problem: io::Error) -> FailureCause {
    FailureCause::FolderNotMade { folder: folder.display().to_string(), problem: problem.into() }
}

fn write(path: &Path, mode: u32, bytes: &[u8]) -> io::Result<std::fs::File> {
    let mut file =
        regular_file::open_with(OpenOptions::new().write(true).create(true).truncate(true).mode(mode), path)?;
    file.write_all(bytes)?;
    // The umask takes from what was asked for.
    file.set_permissions(std::fs::Permissions::from_mode(mode))?;
    Ok(file)
}
