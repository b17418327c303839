//! The key file: a line for each key, its name and the key in hexadecimal. It is for the eyes of the server's account alone.

use std::fmt::{self, Display, Formatter};
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Key, Keys};
use crate::regular_file;

/// The longest file.
const MAX_LEN: usize = 64 * 1024;
/// What stands above the keys.
const HEADING: &str = "# Keys of Tollgate for its secrets. The first encrypts, all decrypt; every replica needs the same file.\n\
                       # Keep a copy of it apart from backups of the database: without it no secret in them can be read.\n";

/// Why a key file is not used.
#[derive(Debug)]
pub struct KeyFileFault {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub kind: KeyFileFaultKind,
}

/// What is wrong with a key file.
#[derive(Debug)]
pub enum KeyFileFaultKind {
    /// Others may read or write it.
    Open {
        /// Its mode.
        mode: u32,
    },
    /// It belongs to another account.
    NotOurs {
        /// The number of that account.
        owner: u32,
    },
    /// It is longer than any key file.
    TooLong,
    /// A line of it is no key.
    Line(usize),
    /// A line of it has the name of another key.
    Misnamed(usize),
    /// It has no key.
    NoKey,
    /// It cannot be read or written.
    System(io::Error),
}

impl Display for KeyFileFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match &self.kind {
            KeyFileFaultKind::Open { mode } => {
                write!(f, "others may use the key file {file} (its mode is {mode:o}): say `chmod 600` for it")
            }
            KeyFileFaultKind::NotOurs { owner } => {
                let own = rustix::process::geteuid().as_raw();
                write!(
                    f,
                    "the key file {file} belongs to account number {owner}, and this is number {own}: say `chown {own}` for it"
                )
            }
            KeyFileFaultKind::TooLong => write!(f, "{file} is no key file: it is longer than {MAX_LEN} bytes"),
            KeyFileFaultKind::Line(number) => {
                write!(f, "line {number} of the key file {file} is no key: each is a name and a key, in hexadecimal")
            }
            KeyFileFaultKind::Misnamed(number) => {
                write!(f, "line {number} of the key file {file} has a key with the name of another: it was changed")
            }
            KeyFileFaultKind::NoKey => write!(f, "the key file {file} has no key: put back a copy of it, or remove it"),
            KeyFileFaultKind::System(error) => write!(f, "the key file {file} cannot be used: {error}"),
        }
    }
}

impl std::error::Error for KeyFileFault {}

/// What tells whether a file is another than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileMark {
    inode: (u64, u64),
    size: u64,
    changed: (i64, i64),
}

/// The mark of that file; none if there is none.
pub fn mark(file: &Path) -> Option<FileMark> {
    let found = file.metadata().ok()?;
    let changed = (found.ctime(), found.ctime_nsec());
    Some(FileMark { inode: (found.dev(), found.ino()), size: found.size(), changed })
}

/// The keys of a file; nothing if there is no such file.
pub fn read(file: &Path) -> Result<Option<Keys>, KeyFileFault> {
    let of = |kind| KeyFileFault { file: file.to_owned(), kind };
    // A link is refused: a script could have made it lead elsewhere.
    let mut opened = match regular_file::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(of(KeyFileFaultKind::System(error))),
    };
    let found = opened.metadata().map_err(|error| of(KeyFileFaultKind::System(error)))?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(of(KeyFileFaultKind::NotOurs { owner: found.uid() }));
    }
    if found.mode() & 0o077 != 0 {
        return Err(of(KeyFileFaultKind::Open { mode: found.mode() & 0o7777 }));
    }
    let mut text = Zeroizing::new(vec![0; MAX_LEN + 1]);
    let mut length = 0;
    loop {
        match opened.read(&mut text[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(of(KeyFileFaultKind::System(error))),
        }
    }
    if length > MAX_LEN {
        return Err(of(KeyFileFaultKind::TooLong));
    }
    parse(&text[..length]).map(Some).map_err(of)
}

fn parse(text: &[u8]) -> Result<Keys, KeyFileFaultKind> {
    let mut keys: Vec<Key> = Vec::new();
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let wrong = || KeyFileFaultKind::Line(number + 1);
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let (Some(name), Some(key), None) = (words.next(), words.next(), words.next()) else { return Err(wrong()) };
        let key = Key::new(unhexed(key).ok_or_else(wrong)?);
        if std::str::from_utf8(name).ok().and_then(|name| name.parse().ok()) != Some(key.id()) {
            return Err(KeyFileFaultKind::Misnamed(number + 1));
        }
        if !keys.iter().any(|known| known.id() == key.id()) {
            keys.push(key);
        }
    }
    if keys.is_empty() { Err(KeyFileFaultKind::NoKey) } else { Ok(Keys::new(keys)) }
}

fn unhexed(text: &[u8]) -> Option<Zeroizing<[u8; Key::LEN]>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Zeroizing::new([0; Key::LEN]);
    if text.len() != 2 * Key::LEN {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = digit(text[2 * at])? << 4 | digit(text[2 * at + 1])?;
    }
    Some(bytes)
}

fn text(keys: &Keys) -> Zeroizing<String> {
    // With room for all of it: growing would leave keys behind where it was.
    let mut text = Zeroizing::new(String::with_capacity(HEADING.len() + keys.iter().count() * 4 * Key::LEN));
    text.push_str(HEADING);
    for key in keys.iter() {
        text.push_str(&key.id().to_string());
        text.push(' ');
        for byte in key.bytes.iter() {
            text.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default()));
        }
        text.push('\n');
    }
    text
}

/// Makes a key file where there is none, whole or not at all, and still there after the machine's crash. Answers whether it
/// did: somebody else may have been quicker.
pub fn write_new(file: &Path, keys: &Keys) -> Result<bool, KeyFileFault> {
    put_new(file, keys).map_err(|error| KeyFileFault { file: file.to_owned(), kind: KeyFileFaultKind::System(error) })
}

fn put_new(file: &Path, keys: &Keys) -> io::Result<bool> {
    let aside = written_aside(file, keys)?;
    let put = std::fs::hard_link(&aside, file);
    std::fs::remove_file(&aside)?;
    match put {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error),
    }
    sync_folder(file)?;
    Ok(true)
}

/// A file beside that one, with these keys, on the disk.
fn written_aside(file: &Path, keys: &Keys) -> io::Result<PathBuf> {
    let aside = beside(file, ".new");
    match std::fs::remove_file(&aside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut made = regular_file::private().create_new(true).open(&aside)?;
    made.write_all(text(keys).as_bytes())?;
    made.sync_all()?;
    Ok(aside)
}

fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// A key file that nobody else changes, until this is dropped or the process ends.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
    _lock: File,
}

impl KeyFile {
    /// Takes the file; nothing if somebody else has it.
    pub fn take(path: &Path) -> Result<Option<Self>, KeyFileFault> {
        let of = |error| KeyFileFault { file: path.to_owned(), kind: KeyFileFaultKind::System(error) };
        let lock =
            regular_file::open_with(regular_file::private().create(true).truncate(false), &beside(path, ".lock"));
        let lock = lock.map_err(of)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { path: path.to_owned(), _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(of(error)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The keys in it; none if there is no file.
    pub fn keys(&self) -> Result<Keys, KeyFileFault> {
        Ok(read(&self.path)?.unwrap_or_default())
    }

    /// Puts these keys in it, whole or not at all, and still there after the machine's crash.
    pub fn replace(&self, keys: &Keys) -> Result<(), KeyFileFault> {
        let put = || {
            std::fs::rename(written_aside(&self.path, keys)?, &self.path)?;
            sync_folder(&self.path)
        };
        put().map_err(|error| KeyFileFault { file: self.path.clone(), kind: KeyFileFaultKind::System(error) })
    }
}

/// A file called like the key file, and more: what is beside it is kept from scripts, too.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
