//! Files with holes, in which nothing was ever written: only the rest is in an archive, in the form of GNU tar, and holes they are
//! again when it is restored.

use std::fs::File;
use std::io;

use rustix::fs::{SeekFrom, seek};
use rustix::io::Errno;
use tar::{EntryType, GnuExtSparseHeader, GnuSparseHeader, Header};

/// A part of a file that was written: from where, and how many bytes.
pub type WrittenPart = (u64, u64);

/// A file in more parts is as good as one without holes.
const MAX_PARTS: usize = 10_000;

/// The parts of a file of that length that were written, if it has holes worth being kept.
pub fn parts(file: &File, len: u64) -> io::Result<Option<Vec<WrittenPart>>> {
    let mut parts: Vec<WrittenPart> = Vec::new();
    let mut at = 0;
    while at < len {
        let from = match seek(file, SeekFrom::Data(at)) {
            Ok(from) => from.min(len),
            // Nothing was written behind it.
            Err(Errno::NXIO) => break,
            // A file system that does not know.
            Err(Errno::INVAL | Errno::OPNOTSUPP) => return Ok(None),
            Err(problem) => return Err(problem.into()),
        };
        let until = seek(file, SeekFrom::Hole(from))?.min(len);
        if until <= from {
            break;
        }
        parts.push((from, until - from));
        at = until;
        if parts.len() > MAX_PARTS {
            return Ok(None);
        }
    }
    // An archive begins each part at a whole block, and all but the last must end at one.
    let are_whole = parts.iter().rev().skip(1).all(|(_, bytes)| bytes.is_multiple_of(512));
    let written: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
    Ok((are_whole && written < len).then_some(parts))
}

/// Makes the header of a file of that length one with these parts, and answers what stands between it and them.
pub fn describe(header: &mut Header, len: u64, parts: &[WrittenPart]) -> io::Result<Vec<u8>> {
    header.set_entry_type(EntryType::GNUSparse);
    header.set_size(parts.iter().map(|(_, bytes)| bytes).sum());
    // The end of the file, which may be one of a hole, is a part of no length.
    let mut left = parts.iter().copied().chain([(len, 0)]).peekable();
    let gnu = header.as_gnu_mut().ok_or_else(|| io::Error::other("no header of GNU"))?;
    gnu.set_real_size(len);
    fill(&mut gnu.sparse, &mut left);
    gnu.set_is_extended(left.peek().is_some());
    let mut more = Vec::new();
    while left.peek().is_some() {
        let mut next = GnuExtSparseHeader::new();
        fill(&mut next.sparse, &mut left);
        next.set_is_extended(left.peek().is_some());
        more.extend_from_slice(next.as_bytes());
    }
    Ok(more)
}

fn fill(places: &mut [GnuSparseHeader], parts: &mut impl Iterator<Item = WrittenPart>) {
    for (place, (from, bytes)) in places.iter_mut().zip(parts) {
        place.set_offset(from);
        place.set_length(bytes);
    }
}
