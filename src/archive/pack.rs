//! Writing an archive, while scripts write into the very files that are read.

use std::collections::HashMap;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use rustix::fs::OFlags;
use tar::{Builder, EntryType, Header};

use super::runs::{self, Known, KnownAttempt};
use super::{DATABASE, MANIFEST, Manifest, RUNS, WORKSPACE};

/// What became of it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Packed {
    /// How many files are in it, beside the database.
    pub files: u64,
    /// How many of them became shorter while they were read; their end is filled with zeros.
    pub torn: u64,
}

/// An archive that is being written.
struct Pack<W: Write> {
    tar: Builder<GzEncoder<BufWriter<W>>>,
    packed: Packed,
}

/// Writes an archive: with the files of `data` that the database knows of, or without any.
pub fn pack<W: Write>(
    out: W,
    manifest: &Manifest,
    database: &Path,
    data: Option<(&Path, &Known)>,
) -> io::Result<(W, Packed)> {
    let mut tar = Builder::new(GzEncoder::new(BufWriter::new(out), Compression::fast()));
    let text = serde_json::to_vec_pretty(manifest)?;
    let mut header = header(EntryType::Regular, 0o600, 0);
    header.set_size(text.len() as u64);
    tar.append_data(&mut header, MANIFEST, text.as_slice())?;
    let mut pack = Pack { tar, packed: Packed::default() };
    pack.file(database, Path::new(DATABASE))?;
    pack.packed.files = 0;
    if let Some((data, known)) = data {
        for execution in runs::run_folders(data)? {
            if let Some(attempts) = known.get(&execution) {
                pack.execution(data, &execution.to_string(), attempts)?;
            }
        }
        pack.tree(&data.join(WORKSPACE), Path::new(WORKSPACE))?;
    }
    let compressed = pack.tar.into_inner()?.finish()?;
    Ok((compressed.into_inner().map_err(io::IntoInnerError::into_error)?, pack.packed))
}

impl<W: Write> Pack<W> {
    fn execution(&mut self, data: &Path, execution: &str, known: &HashMap<KnownAttempt, bool>) -> io::Result<()> {
        let (folder, name) = (data.join(RUNS).join(execution), Path::new(RUNS).join(execution));
        self.tree(&folder.join(".work"), &name.join(".work"))?;
        let mut attempts: Vec<_> = known.iter().collect();
        attempts.sort_by_key(|(attempt, _)| (&attempt.task, attempt.number));
        for (KnownAttempt { task, number }, live) in attempts {
            let (folder, name) = (folder.join(task).join(number.to_string()), name.join(task).join(number.to_string()));
            if !folder.exists() {
                continue;
            }
            // What was packed decides: the script goes on meanwhile.
            let mut told = false;
            for file in runs::files(&folder, *live)? {
                let packed = self.file(&folder.join(&file), &name.join(&file))?;
                told |= packed && matches!(file.as_str(), "exit.json" | "started");
            }
            if *live && !told {
                // Whoever restores it must not start what may have been started here since.
                let mut header = header(EntryType::Regular, 0o600, 0);
                header.set_size(0);
                self.tar.append_data(&mut header, name.join("started"), io::empty())?;
            }
        }
        Ok(())
    }

    /// Everything below a folder, but what is neither a file, a folder nor a link.
    fn tree(&mut self, folder: &Path, name: &Path) -> io::Result<()> {
        let mut left: Vec<(PathBuf, PathBuf)> = vec![(folder.to_owned(), name.to_owned())];
        while let Some((path, name)) = left.pop() {
            let Some(found) = still_there(&path, path.symlink_metadata())? else { continue };
            if found.is_dir() {
                let mut header = header(EntryType::Directory, found.permissions().mode(), found.mtime());
                header.set_size(0);
                self.tar.append_data(&mut header, &name, io::empty())?;
                left.extend(
                    runs::entries(&path)?.into_iter().rev().map(|entry| (path.join(&entry), name.join(&entry))),
                );
            } else if found.is_symlink() {
                self.link(&path, &name, &found)?;
            } else if found.is_file() {
                self.file(&path, &name)?;
            }
        }
        Ok(())
    }

    fn link(&mut self, path: &Path, name: &Path, found: &Metadata) -> io::Result<()> {
        let Some(target) = still_there(path, std::fs::read_link(path))? else { return Ok(()) };
        let mut header = header(EntryType::Symlink, 0o777, found.mtime());
        header.set_size(0);
        self.tar.append_link(&mut header, name, target)
    }

    /// As many bytes as the file has when it is opened: what is written to it later is left out. Nothing of what is no file:
    /// a pipe would be waited for. Answers whether it is in the archive.
    fn file(&mut self, path: &Path, name: &Path) -> io::Result<bool> {
        let at_once = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed();
        let open = || OpenOptions::new().read(true).custom_flags(at_once).open(path);
        let opened = path.symlink_metadata().and_then(|found| found.is_file().then(open).transpose());
        let Some(file) = still_there(path, opened)?.flatten() else { return Ok(false) };
        let found = file.metadata().map_err(|error| runs::unread(path, &error))?;
        let mut header = header(EntryType::Regular, found.permissions().mode(), found.mtime());
        header.set_size(found.len());
        let mut exactly = Exactly { path, file, left: found.len(), torn: false };
        self.tar.append_data(&mut header, name, &mut exactly)?;
        self.packed.files += 1;
        self.packed.torn += u64::from(exactly.torn);
        Ok(true)
    }
}

fn header(kind: EntryType, mode: u32, mtime: i64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode & 0o777);
    header.set_mtime(u64::try_from(mtime).unwrap_or_default());
    header
}

/// Nothing where a script has taken it away meanwhile.
fn still_there<T>(path: &Path, looked: io::Result<T>) -> io::Result<Option<T>> {
    match looked {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(runs::unread(path, &error)),
    }
}

/// A file of exactly that many bytes, whatever is written to it or cut off while it is read.
struct Exactly<'p> {
    path: &'p Path,
    file: File,
    left: u64,
    torn: bool,
}

impl Read for Exactly<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
        if most == 0 {
            return Ok(0);
        }
        let mut read = self.file.read(&mut bytes[..most]).map_err(|error| runs::unread(self.path, &error))?;
        if read == 0 {
            bytes[..most].fill(0);
            (read, self.torn) = (most, true);
        }
        self.left -= read as u64;
        Ok(read)
    }
}
