//! Outputs of a script for later tasks: `name=value` lines in the file that `$TOLLGATE_OUTPUT` names.
//!
//! Empty lines are skipped, and a later line of the same name wins.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::domain::failure_cause::{FailureCause, OutputFault};
use crate::domain::outcome::Outputs;
use crate::domain::reference::is_output_name;
use crate::masking::Mask;
use crate::regular_file;

const MAX_OUTPUTS: usize = 100;
const MAX_VALUE_LEN: usize = 8 * 1024;
const MAX_FILE_LEN: u64 = 1024 * 1024;

/// Reads the outputs, or says which line is wrong and how. A secret is none.
pub fn read(path: &Path, mask: &Mask) -> Result<Outputs, FailureCause> {
    let mut bytes = Vec::new();
    match regular_file::open(path) {
        Ok(file) => file
            .take(MAX_FILE_LEN + 1)
            .read_to_end(&mut bytes)
            .map_err(|problem| FailureCause::OutputsUnreadable { problem: problem.into() })?,
        Err(problem) if problem.kind() == ErrorKind::NotFound => 0,
        Err(problem) => return Err(FailureCause::OutputsUnreadable { problem: problem.into() }),
    };
    read_bytes(&bytes, mask)
}

/// The same of what was in a file that is elsewhere.
pub fn read_bytes(bytes: &[u8], mask: &Mask) -> Result<Outputs, FailureCause> {
    if bytes.len() as u64 > MAX_FILE_LEN {
        return Err(FailureCause::OutputsTooLong);
    }
    let outputs = parse(bytes);
    if !mask.finds(&String::from_utf8_lossy(bytes)) {
        return outputs;
    }
    // What is wrong with a line is not told either: it may be the secret.
    let of = outputs.ok().and_then(|outputs| outputs.into_iter().find(|(_, value)| mask.finds(value)));
    Err(FailureCause::SecretInOutput { name: of.map(|(name, _)| mask.text(&name)) })
}

/// Cuts the file down to what would be read of it, so that nothing huge stays when the script is over, and to nothing where
/// a secret is in it.
pub fn cut(path: &Path, mask: &Mask) -> io::Result<()> {
    let file = match regular_file::open_with(OpenOptions::new().write(true), path) {
        Ok(file) => file,
        // What else a script put there has no length.
        Err(problem) if problem.kind() == ErrorKind::NotFound || regular_file::is_no_file(&problem) => return Ok(()),
        Err(problem) => return Err(problem),
    };
    let found = file.metadata()?;
    // One of several names may be another file's, which is not the script's to lose.
    if found.nlink() != 1 {
        return Ok(());
    }
    if !mask.is_empty() && mask.finds(&String::from_utf8_lossy(&std::fs::read(path)?)) {
        file.set_len(0)
    } else if found.len() > MAX_FILE_LEN {
        file.set_len(MAX_FILE_LEN)
    } else {
        Ok(())
    }
}

fn parse(bytes: &[u8]) -> Result<Outputs, FailureCause> {
    let mut outputs = Outputs::new();
    // Some shells put a mark at the start of what they write.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let wrong = |fault| FailureCause::OutputLine { line: index + 1, fault };
        let line =
            std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)).map_err(|_| wrong(OutputFault::NotUtf8))?;
        if line.trim().is_empty() {
            continue;
        }
        let (name, value) = split(line).map_err(wrong)?;
        outputs.insert(name.to_owned(), value.to_owned());
        if outputs.len() > MAX_OUTPUTS {
            return Err(wrong(OutputFault::TooMany { most: MAX_OUTPUTS }));
        }
    }
    Ok(outputs)
}

fn split(line: &str) -> Result<(&str, &str), OutputFault> {
    let (name, value) = line.split_once('=').ok_or_else(|| OutputFault::NoValue { line: beginning(line) })?;
    if value.contains('\0') {
        return Err(OutputFault::ZeroByte { name: name.to_owned() });
    }
    if !is_output_name(name) {
        return Err(OutputFault::Name { name: beginning(name) });
    }
    if value.len() > MAX_VALUE_LEN {
        return Err(OutputFault::TooLong { name: name.to_owned() });
    }
    Ok((name, value))
}

fn beginning(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_names_and_values() {
        let outputs = parse(b"image=shop:1=2\n\nversion=\r\n_a-b= x \nversion=7").unwrap();
        let pairs: Vec<_> = outputs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("_a-b", " x "), ("image", "shop:1=2"), ("version", "7")]);
    }

    #[test]
    fn f17_a_mark_at_the_start_is_no_part_of_a_name() {
        let outputs = parse(b"\xef\xbb\xbfimage=shop\r\n").unwrap();
        assert_eq!(outputs.get("image").map(String::as_str), Some("shop"));
    }

    #[test]
    fn a_wrong_line_is_named() {
        let name = |name: &str| OutputFault::Name { name: name.to_owned() };
        let long = format!("a={}", "x".repeat(MAX_VALUE_LEN + 1));
        let many = (0..=MAX_OUTPUTS).map(|n| format!("n{n}=1")).collect::<Vec<_>>().join("\n");
        for (text, line, fault) in [
            (b"a=1\nhello there".as_slice(), 2, OutputFault::NoValue { line: "hello there".to_owned() }),
            (b"1a=1", 1, name("1a")),
            (b"=1", 1, name("")),
            (b"a=1\n\xff=2", 2, OutputFault::NotUtf8),
            (b"a=1\0", 1, OutputFault::ZeroByte { name: "a".to_owned() }),
            (long.as_bytes(), 1, OutputFault::TooLong { name: "a".to_owned() }),
            (many.as_bytes(), 101, OutputFault::TooMany { most: MAX_OUTPUTS }),
        ] {
            assert_eq!(parse(text).unwrap_err(), FailureCause::OutputLine { line, fault });
        }
    }
}
