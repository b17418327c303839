//! Writing an archive, while scripts write into the very files that are read.

use std::collections::HashMap;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, BufWriter, ErrorKind, Read, Seek as _, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use super::runs::{self, KnownAttempt, KnownAttempts};
use super::sparse::{self, WrittenPart};
use super::{DATABASE, MANIFEST, Manifest, RUNS, WORKSPACE};
use crate::regular_file;

/// What became of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Packed {
    /// How many files are in it, beside the database.
    pub files: u64,
    /// How many of them became shorter while they were read; their end is filled with zeros.
    pub torn: u64,
    /// What is not in it, or not as it was: each with the reason.
    pub left_out: Vec<LeftOut>,
}

/// Something that an archive does not hold, with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it is.
    pub path: PathBuf,
    /// Why, as the end of a sentence about it.
    pub why: String,
}

impl fmt::Display for LeftOut {
    /// With the path quoted, so that no name made by a script ends a line or is taken for something else.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.path, to)?;
        write!(to, ": {}", self.why)
    }
}

/// The longest name of an entry: so much shorter than any path may be that it can be restored into other folders.
const MAX_NAME_LEN: usize = 3500;

/// A file that is longer, and consists of holes that cannot be kept, is left out: it costs a script nothing, and would hold up the
/// backup for hours. The same goes for one that no file system may take back.
const MAX_HOLES: u64 = 1024 * 1024 * 1024;
const MAX_SPARSE: u64 = 1024 * MAX_HOLES;

/// An archive that is being written.
struct Pack<W: Write> {
    tar: Builder<GzEncoder<BufWriter<W>>>,
    packed: Packed,
}

/// The files of a data folder.
#[derive(Clone, Copy)]
pub struct DataFiles<'a> {
    /// The data folder.
    pub folder: &'a Path,
    /// The attempts whose run folders are packed.
    pub known: &'a KnownAttempts,
}

/// Writes an archive: with the files of `data` that the database knows of, or without any.
pub fn pack<W: Write>(
    out: W,
    manifest: &Manifest,
    database: &Path,
    data: Option<DataFiles<'_>>,
) -> io::Result<(W, Packed)> {
    let mut tar = Builder::new(GzEncoder::new(BufWriter::new(out), Compression::fast()));
    let text = serde_json::to_vec_pretty(manifest)?;
    let mut header = header(EntryType::Regular, 0o600, 0);
    header.set_size(text.len() as u64);
    tar.append_data(&mut header, MANIFEST, text.as_slice())?;
    let mut pack = Pack { tar, packed: Packed::default() };
    pack.file(database, Path::new(DATABASE))?;
    if let Some(LeftOut { path, why }) = pack.packed.left_out.pop() {
        return Err(io::Error::other(format!("{} cannot be read: {why}", path.display())));
    }
    pack.packed = Packed::default();
    if let Some(DataFiles { folder: data, known }) = data {
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
            if self.looked(&folder, folder.symlink_metadata()).is_none() {
                continue;
            }
            for file in runs::all_entries(&folder).unwrap_or_default() {
                if file.to_str().is_none() {
                    self.leave_out(&folder.join(file), "its name is not UTF-8");
                }
            }
            // What was packed decides: the script goes on meanwhile.
            let mut told = false;
            for file in self.looked(&folder, runs::files(&folder, *live)).unwrap_or_default() {
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

    fn leave_out(&mut self, path: &Path, why: impl Into<String>) {
        self.packed.left_out.push(LeftOut { path: path.to_owned(), why: why.into() });
    }

    /// What was found there; nothing where a script has taken it away meanwhile, or where it cannot be looked at, which is said.
    fn looked<T>(&mut self, path: &Path, looked: io::Result<T>) -> Option<T> {
        match looked {
            Ok(found) => Some(found),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                self.leave_out(path, error.to_string());
                None
            }
        }
    }

    /// Everything below a folder, but what is neither a file, a folder nor a link, or cannot be read.
    fn tree(&mut self, folder: &Path, name: &Path) -> io::Result<()> {
        let mut left: Vec<(PathBuf, PathBuf)> = vec![(folder.to_owned(), name.to_owned())];
        while let Some((path, name)) = left.pop() {
            if name.to_str().is_none() {
                self.leave_out(&path, "its name is not UTF-8");
                continue;
            }
            if name.as_os_str().len() > MAX_NAME_LEN {
                self.leave_out(&path, format!("its path is longer than {MAX_NAME_LEN} bytes"));
                continue;
            }
            let Some(found) = self.looked(&path, path.symlink_metadata()) else { continue };
            if found.is_dir() {
                let mut header = header(EntryType::Directory, found.permissions().mode(), found.mtime());
                header.set_size(0);
                self.tar.append_data(&mut header, &name, io::empty())?;
                let entries = self.looked(&path, runs::all_entries(&path)).unwrap_or_default();
                left.extend(entries.into_iter().rev().map(|entry| (path.join(&entry), name.join(&entry))));
            } else if found.is_symlink() {
                self.link(&path, &name, &found)?;
            } else {
                self.file(&path, &name)?;
            }
        }
        Ok(())
    }

    fn link(&mut self, path: &Path, name: &Path, found: &Metadata) -> io::Result<()> {
        let Some(target) = self.looked(path, std::fs::read_link(path)) else { return Ok(()) };
        let mut header = header(EntryType::Symlink, 0o777, found.mtime());
        header.set_size(0);
        self.tar.append_link(&mut header, name, target)
    }

    /// As many bytes as the file has when it is opened: what is written to it later is left out. Nothing of what is no file:
    /// a pipe would be waited for. Answers whether it is in the archive.
    fn file(&mut self, path: &Path, name: &Path) -> io::Result<bool> {
        let opened = regular_file::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let Some((found, file)) = self.looked(path, opened) else { return Ok(false) };
        let holes_begin = found.blocks().saturating_mul(512) < found.len();
        let kept = if holes_begin && found.len() <= MAX_SPARSE {
            self.looked(path, sparse::parts(&file, found.len())).flatten()
        } else {
            None
        };
        if kept.is_none() && found.len() > MAX_HOLES && found.blocks().saturating_mul(512) < found.len() / 16 {
            self.leave_out(path, format!("it is {} bytes long, and nearly all of it was never written", found.len()));
            return Ok(false);
        }
        let mut header = header(EntryType::Regular, found.permissions().mode(), found.mtime());
        header.set_size(found.len());
        let more = kept.as_ref().map(|parts| sparse::describe(&mut header, found.len(), parts)).transpose()?;
        let parts = kept.unwrap_or_else(|| vec![(0, found.len())]);
        let mut exactly = Exactly { file, parts: parts.into_iter(), left: 0, torn: false, failed: None };
        self.tar.append_data(&mut header, name, more.unwrap_or_default().as_slice().chain(&mut exactly))?;
        self.packed.files += 1;
        self.packed.torn += u64::from(exactly.torn);
        if let Some(error) = exactly.failed {
            self.leave_out(path, format!("only its beginning could be read: {error}"));
        }
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

/// Parts of a file of exactly that many bytes, whatever is written to it or cut off while it is read.
struct Exactly {
    file: File,
    parts: std::vec::IntoIter<WrittenPart>,
    /// Of the part that is being read.
    left: u64,
    torn: bool,
    failed: Option<io::Error>,
}

impl Read for Exactly {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            let Some((from, bytes)) = self.parts.next() else { return Ok(0) };
            self.file.seek(SeekFrom::Start(from))?;
            self.left = bytes;
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
        if most == 0 {
            return Ok(0);
        }
        let mut read = match self.file.read(&mut bytes[..most]) {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                self.failed = self.failed.take().or(Some(error));
                0
            }
        };
        if read == 0 {
            bytes[..most].fill(0);
            (read, self.torn) = (most, true);
        }
        self.left -= read as u64;
        Ok(read)
    }
}
