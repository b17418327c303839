//! Files that a backup cannot hold: they are named, and the rest is in it.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use crate::answer::Answer;
use crate::here::Here;

/// An account that may not read everything, to be in the place of one that may.
const NOBODY: u32 = 65534;

fn given_away(folder: &Path) {
    chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            given_away(&entry.path());
        } else {
            chown(entry.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
}

#[test]
fn f5_a_file_that_cannot_be_read_is_named_with_status_3_and_the_backup_is_made() {
    let here = Here::new(crate::PROGRAM);
    here.runs(&["migrate"]).succeeds("up to date");
    let workspace = here.data().join("workspace");
    std::fs::create_dir(&workspace).unwrap();
    std::fs::write(workspace.join("code"), "code").unwrap();
    let secret = workspace.join("secret\nLeft out: nothing");
    std::fs::write(&secret, "secret").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o000)).unwrap();
    let root = here.data().parent().unwrap().to_owned();
    let (file, program) = (root.join("backup.tgz"), root.join("program"));
    let mut command = here.command(&["backup", file.to_str().unwrap()]);
    if rustix::process::geteuid().is_root() {
        // It must be able to reach the program, too.
        std::fs::copy(command.get_program(), &program).unwrap();
        given_away(&root);
        let mut other = std::process::Command::new(&program);
        other.args(command.get_args()).current_dir(&root).uid(NOBODY).gid(NOBODY);
        other.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command = other;
    }
    let answer = Answer::of(command.output().unwrap());
    assert_eq!(answer.status.code(), Some(3), "{}{}", answer.out, answer.err);
    assert!(answer.out.contains(r#"secret\nLeft out: nothing": Permission denied"#), "{}", answer.out);
    assert!(answer.err.contains("the backup was made, and 1 thing is not in it"), "{}", answer.err);
    let there = Here::new(crate::PROGRAM);
    there.runs(&["restore", file.to_str().unwrap()]).succeeds("Restored");
    assert_eq!(std::fs::read_to_string(there.data().join("workspace/code")).unwrap(), "code");
}
