//! Files with a secret in them: written for our own eyes from the first byte on, and refused when others may look into them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use uuid::Uuid;

/// No secret of ours, and no file with one, is as long.
const MAX_LEN: u64 = 64 * 1024;

/// What is in a file that is ours alone; nothing if there is none.
pub fn read(path: &Path) -> anyhow::Result<Option<String>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(problem) => return Err(problem).with_context(|| format!("{} cannot be read", path.display())),
    };
    // Of what is open, not of what stands at the path by now.
    let known = file.metadata().with_context(|| format!("{} cannot be read", path.display()))?;
    let (mode, owner) = (known.mode() & 0o7777, known.uid());
    if mode & 0o077 != 0 {
        bail!(
            "{} has a token in it, and its mode is {mode:o}, with which other accounts can read or change it: \
             say `chmod 600 {}`, and make a new token if others may have read this one",
            path.display(),
            path.display()
        );
    }
    let me = rustix::process::geteuid().as_raw();
    if owner != me && owner != 0 {
        bail!("{} has a token in it, and belongs to another account", path.display());
    }
    let mut text = String::new();
    file.take(MAX_LEN).read_to_string(&mut text).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(Some(text))
}

/// Puts a text into the place of a file, or leaves what was there.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let refused = || format!("{} cannot be written", path.display());
    DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(refused)?;
    let name = path.file_name().with_context(refused)?.to_string_lossy().into_owned();
    let aside = folder.join(format!(".{name}.{}", Uuid::now_v7().simple()));
    let written = written_aside(&aside, text).and_then(|()| fs::rename(&aside, path));
    if written.is_err() {
        // It may never have come to be.
        let _ = fs::remove_file(&aside);
    }
    written.with_context(refused)
}

fn written_aside(aside: &Path, text: &str) -> io::Result<()> {
    // Never one that is there: whoever made it could have it open.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(aside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
