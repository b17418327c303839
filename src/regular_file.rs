//! Files in places where scripts can put anything: a pipe, a device, a link, a folder, something huge. Opening one never
//! waits and never follows a link, and what is no file is an error that says what it is.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;

use crate::domain::failure_cause::{FileKind, IoFault};

/// Opens a file for reading.
pub fn open(path: &Path) -> io::Result<File> {
    open_with(OpenOptions::new().read(true), path)
}

/// Opens a file in the way that is asked for. Rust opens every file with `O_CLOEXEC`.
pub fn open_with(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let at_once = OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY;
    let opened = options.custom_flags(at_once.bits().cast_signed()).open(path);
    let file = match opened {
        Ok(file) => file,
        Err(problem) if problem.kind() == ErrorKind::NotFound => return Err(problem),
        // A link, a socket or a pipe that nobody reads is refused with words that do not say what it is.
        Err(problem) => return Err(metadata(path).err().filter(is_no_file).unwrap_or(problem)),
    };
    let found = file.metadata()?.file_type();
    if found.is_file() { Ok(file) } else { Err(no_file(found)) }
}

/// How to write a file for the eyes of our own account alone, whatever the umask.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

/// What is known about a file.
pub fn metadata(path: &Path) -> io::Result<Metadata> {
    let found = path.symlink_metadata()?;
    if found.is_file() { Ok(found) } else { Err(no_file(found.file_type())) }
}

/// Reads a whole file, which must not be longer than that.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(IoFault::TooLong { most }.error(ErrorKind::InvalidData));
    }
    Ok(bytes)
}

/// Reads the end of a file.
pub fn read_end(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut file = open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether something has that name, be it a link to nothing.
pub fn is_anything(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(problem) if problem.kind() == ErrorKind::NotFound => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// Whether that is the error for what is no file, or for one that is too long.
pub fn is_no_file(problem: &io::Error) -> bool {
    problem.kind() == ErrorKind::InvalidData
}

/// What it is.
pub fn kind(found: FileType) -> FileKind {
    if found.is_fifo() {
        FileKind::Pipe
    } else if found.is_symlink() {
        FileKind::Link
    } else if found.is_dir() {
        FileKind::Folder
    } else if found.is_socket() {
        FileKind::Socket
    } else if found.is_file() {
        FileKind::File
    } else {
        FileKind::Device
    }
}

fn no_file(found: FileType) -> io::Error {
    IoFault::NotAFile { found: kind(found) }.error(ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use rustix::fs::{CWD, Mode, mkfifoat};

    use super::*;

    #[test]
    fn f1_what_is_no_file_is_said_at_once_whichever_way_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        mkfifoat(CWD, at("pipe"), Mode::RUSR | Mode::WUSR).unwrap();
        std::fs::write(at("file"), "text").unwrap();
        symlink(at("file"), at("link")).unwrap();
        symlink(at("nothing"), at("dangling")).unwrap();
        let _socket = UnixListener::bind(at("socket")).unwrap();
        let named = [("pipe", "a named pipe"), ("link", "a link"), ("dangling", "a link"), ("socket", "a socket")];
        for (name, what) in named {
            let said = format!("it is {what}, not a file");
            let to_write = open_with(OpenOptions::new().write(true).create(true), &at(name));
            assert_eq!(to_write.unwrap_err().to_string(), said);
            assert_eq!(open(&at(name)).unwrap_err().to_string(), said);
            assert_eq!(read_end(&at(name), 9).unwrap_err().to_string(), said);
            assert_eq!(metadata(&at(name)).unwrap_err().to_string(), said);
            assert!(is_no_file(&read(&at(name), 9).unwrap_err()) && is_anything(&at(name)).unwrap());
        }
        assert_eq!(open(folder.path()).unwrap_err().to_string(), "it is a folder, not a file");
        assert_eq!(open(Path::new("/dev/zero")).unwrap_err().to_string(), "it is a device, not a file");
        assert_eq!(open(&at("nothing")).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn f1_no_more_is_read_than_was_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "text").unwrap();
        assert_eq!(read(&path, 4).unwrap(), b"text");
        assert_eq!(read_end(&path, 2).unwrap(), b"xt");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(read(&path, 4).unwrap_err().to_string(), "it is longer than 4 bytes");
        assert_eq!(read_end(&path, 4).unwrap(), [0; 4]);
    }
}
