//! Why a script could not be started, in the terms of whoever wrote it: the system says only a number.

use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};

use crate::domain::failure_cause::{FailureCause, StartFault};
use crate::domain::shell::{self, FirstLineFault};

/// The most bytes of one variable with its name, on every Linux with pages of 4 KiB.
const MAX_VARIABLE: usize = 128 * 1024;

/// What a folder is that must be one already.
pub fn of_folder(folder: &Path) -> Option<FailureCause> {
    let name = || folder.display().to_string();
    match std::fs::metadata(folder) {
        Ok(found) if !found.is_dir() => Some(StartFault::NotAFolder { folder: name() }.cause()),
        Ok(_) if access(folder, Access::EXEC_OK).is_err() => Some(StartFault::FolderClosed { folder: name() }.cause()),
        Ok(_) => None,
        Err(problem) if problem.kind() == ErrorKind::PermissionDenied => {
            Some(StartFault::FolderClosed { folder: name() }.cause())
        }
        Err(problem) if problem.kind() == ErrorKind::NotADirectory => {
            Some(StartFault::NotAFolder { folder: name() }.cause())
        }
        Err(_) => Some(FailureCause::NoWorkingFolder { folder: name() }),
    }
}

/// Why no attempt need be made: what the script names cannot be found, and the program that says so would say it of itself.
pub fn before(script: &str) -> Option<FailureCause> {
    let interpreter = || {
        let line = script.split(['\r', '\n']).next().unwrap_or_default();
        line.trim_end().to_owned()
    };
    let fault = match shell::first_line_fault(script)? {
        FirstLineFault::NothingNamed => StartFault::NothingNamed,
        FirstLineFault::LoneCr => StartFault::LoneCr { interpreter: interpreter() },
        FirstLineFault::Dos => StartFault::DosLineEnd { interpreter: interpreter() },
        FirstLineFault::EnvTakesOneWord { words } => StartFault::EnvTakesOneWord { words },
    };
    Some(fault.cause())
}

/// What runs a script on this machine, and why that cannot be, as far as it is seen without running it.
pub fn interpreter(script: &str) -> (String, Option<FailureCause>) {
    let named = script.lines().next().filter(|line| line.starts_with("#!")).unwrap_or("#!/bin/sh");
    let program = named.trim_start_matches("#!").split_whitespace().next().unwrap_or_default();
    let looked = std::fs::metadata(program).and_then(|_| Ok(access(program, Access::EXEC_OK)?)).err();
    let missing = looked.map(|problem| of_interpreter(named, Path::new(program), problem));
    (program.to_owned(), before(script).or(missing))
}

/// Why the command, which runs that file, could not be started.
pub fn of(command: &Command, file: &Path, script: &str, problem: io::Error) -> FailureCause {
    let named = script.lines().next().filter(|line| line.starts_with("#!")).unwrap_or_default();
    match problem.kind() {
        ErrorKind::ArgumentListTooLong => return environment(command).cause(),
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory => {
            if let Some(cause) = command.get_current_dir().and_then(of_folder) {
                return cause;
            }
        }
        _ => {}
    }
    if named.is_empty() {
        return FailureCause::NotStarted { problem: Some(problem.into()) };
    }
    of_interpreter(named, file, problem)
}

fn of_interpreter(named: &str, file: &Path, problem: io::Error) -> FailureCause {
    let interpreter = named.to_owned();
    let path = named.trim_start_matches("#!").split_whitespace().next().unwrap_or_default();
    let program = PathBuf::from(path);
    let is_cut = || named.find(path).is_some_and(|at| at + path.len() >= shell::FIRST_LINE);
    match problem.kind() {
        ErrorKind::NotFound if program.exists() => StartFault::NoProgram { interpreter }.cause(),
        ErrorKind::NotFound | ErrorKind::NotADirectory => FailureCause::NoInterpreter { interpreter },
        ErrorKind::PermissionDenied => {
            if let Some(mount) = noexec_mount(file).or_else(|| noexec_mount(&program)) {
                return StartFault::Noexec { mount: mount.display().to_string() }.cause();
            }
            match std::fs::metadata(&program) {
                Ok(found) if found.is_dir() => StartFault::FolderNamed { interpreter }.cause(),
                Ok(found) if found.permissions().mode() & 0o111 == 0 => {
                    StartFault::NotExecutable { interpreter }.cause()
                }
                Ok(_) | Err(_) => FailureCause::NotStarted { problem: Some(problem.into()) },
            }
        }
        _ if problem.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => {
            if is_cut() {
                return StartFault::LineTooLong { most: shell::FIRST_LINE }.cause();
            }
            StartFault::NoProgram { interpreter }.cause()
        }
        _ => FailureCause::NotStarted { problem: Some(problem.into()) },
    }
}

/// The largest variable, and how much there is in all.
fn environment(command: &Command) -> StartFault {
    let sizes = command.get_envs().filter_map(|(name, value)| {
        let bytes = name.len() + value?.len() + 2;
        Some((bytes, name.to_string_lossy().into_owned()))
    });
    let sizes: Vec<_> = sizes.collect();
    let all = sizes.iter().map(|(bytes, _)| bytes).sum();
    let (bytes, variable) = sizes.into_iter().max().unwrap_or_default();
    StartFault::EnvironmentTooLong { variable, bytes, all, most: (bytes > MAX_VARIABLE).then_some(MAX_VARIABLE) }
}

/// Where the file system is mounted that the file is on, if nothing on it may be run.
fn noexec_mount(file: &Path) -> Option<PathBuf> {
    let found = statvfs(file).ok()?;
    if !found.f_flag.contains(StatVfsMountFlags::NOEXEC) {
        return None;
    }
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    Some(mount_of(&mounts, &file.canonicalize().ok()?).unwrap_or_else(|| file.to_owned()))
}

/// The last mount that the file is below: it covers those before it.
fn mount_of(mounts: &str, file: &Path) -> Option<PathBuf> {
    let points = mounts.lines().filter_map(|line| Some(PathBuf::from(unescaped(line.split(' ').nth(4)?))));
    points.filter(|point| file.starts_with(point)).max_by_key(|point| point.components().count())
}

/// Blanks and the like stand there as octal numbers.
fn unescaped(text: &str) -> String {
    let escapes = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    escapes.into_iter().fold(text.to_owned(), |text, (escape, letter)| text.replace(escape, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f14_the_mount_that_a_file_is_on_is_the_nearest_one() {
        let mounts = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n31 22 0:27 / /srv rw,noexec - tmpfs tmpfs rw\n\
                      32 31 0:28 / /srv/a\\040b rw - tmpfs tmpfs rw\n";
        let of = |file: &str| mount_of(mounts, Path::new(file)).unwrap().display().to_string();
        assert_eq!(of("/srv/x/script"), "/srv");
        assert_eq!(of("/srv/a b/script"), "/srv/a b");
        assert_eq!(of("/srvx/script"), "/");
    }

    #[test]
    fn f14_the_variable_that_is_too_long_is_named() {
        let mut command = Command::new("/bin/true");
        command.env_clear().env("SMALL", "x").env("ALL", "x".repeat(200_000));
        let problem = command.spawn().unwrap_err();
        let fault = StartFault::EnvironmentTooLong {
            variable: "ALL".to_owned(),
            bytes: 200_005,
            all: 200_013,
            most: Some(MAX_VARIABLE),
        };
        assert_eq!(of(&command, Path::new("/x"), "true", problem), fault.cause());
    }

    #[test]
    fn f14_whatever_is_wrong_with_the_interpreter_or_the_folder_is_named() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name).display().to_string();
        std::fs::write(path("plain"), "no program").unwrap();
        std::fs::write(path("broken"), "\u{7f}ELF").unwrap();
        std::fs::set_permissions(path("broken"), std::fs::Permissions::from_mode(0o755)).unwrap();
        let why = |first: &str, folder: &str| {
            let file = home.path().join("script");
            let script = format!("{first}\necho hi\n");
            std::fs::write(&file, &script).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
            let mut command = Command::new(&file);
            command.current_dir(folder);
            let problem = command.spawn().unwrap_err();
            before(&script).unwrap_or_else(|| of(&command, &file, &script, problem))
        };
        let here = home.path().to_str().unwrap();
        let said = StartFault::cause;
        let none = "#!/no/such/program -x".to_owned();
        assert_eq!(why(&none, here), FailureCause::NoInterpreter { interpreter: none.clone() });
        let dos = "#!/bin/bash\r";
        assert_eq!(why(dos, here), said(StartFault::DosLineEnd { interpreter: "#!/bin/bash".to_owned() }));
        let cr = said(StartFault::LoneCr { interpreter: "#!/bin/sh".to_owned() });
        assert_eq!(why("#!/bin/sh\recho hi\r", here), cr);
        assert_eq!(why("#!", here), said(StartFault::NothingNamed));
        let folder = format!("#!{here}");
        assert_eq!(why(&folder, here), said(StartFault::FolderNamed { interpreter: folder.clone() }));
        // With `#!` before it and the end of the line behind it, 252 bytes are the most.
        for (length, fault) in [(254, true), (300, true), (3000, true), (200, false)] {
            let line = format!("#!/{}", "a/".repeat(length).split_at(length - 1).0);
            let long = said(StartFault::LineTooLong { most: 255 });
            let expected = if fault { long } else { FailureCause::NoInterpreter { interpreter: line.clone() } };
            assert_eq!(why(&line, here), expected, "{length}");
        }
        let plain = format!("#!{}", path("plain"));
        assert_eq!(why(&plain, here), said(StartFault::NotExecutable { interpreter: plain.clone() }));
        let broken = format!("#!{}", path("broken"));
        assert_eq!(why(&broken, here), said(StartFault::NoProgram { interpreter: broken.clone() }));
        let gone = path("gone");
        assert_eq!(why("#!/bin/sh", &gone), FailureCause::NoWorkingFolder { folder: gone.clone() });
        let file = path("plain");
        assert_eq!(why("#!/bin/sh", &file), said(StartFault::NotAFolder { folder: file.clone() }));
    }
}
