//! Outputs of a script for later tasks: `name=value` lines in the file that `$TOLLGATE_OUTPUT` names.
//!
//! Empty lines are skipped, and a later line of the same name wins.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::domain::outcome::Outputs;
use crate::domain::reference::is_output_name;
use crate::regular_file;

const MAX_OUTPUTS: usize = 100;
const MAX_VALUE_LEN: usize = 8 * 1024;
const MAX_FILE_LEN: u64 = 1024 * 1024;

/// Reads the outputs, or says in a sentence which line is wrong and how.
pub fn read(path: &Path) -> Result<Outputs, String> {
    let mut bytes = Vec::new();
    match regular_file::open(path) {
        Ok(file) => file
            .take(MAX_FILE_LEN + 1)
            .read_to_end(&mut bytes)
            .map_err(|problem| format!("The outputs could not be read: {problem}."))?,
        Err(problem) if problem.kind() == ErrorKind::NotFound => 0,
        Err(problem) => return Err(format!("The outputs could not be read: {problem}.")),
    };
    if bytes.len() as u64 > MAX_FILE_LEN {
        return Err("The outputs are longer than 1 MiB.".to_owned());
    }
    parse(&bytes)
}

/// Cuts the file down to what would be read of it, so that nothing huge stays when the script is over.
pub fn cut(path: &Path) -> io::Result<()> {
    let file = match regular_file::open_with(OpenOptions::new().write(true), path) {
        Ok(file) => file,
        // What else a script put there has no length.
        Err(problem) if problem.kind() == ErrorKind::NotFound || regular_file::is_no_file(&problem) => return Ok(()),
        Err(problem) => return Err(problem),
    };
    let found = file.metadata()?;
    // One of several names may be another file's, which is not the script's to lose.
    if found.len() > MAX_FILE_LEN && found.nlink() == 1 { file.set_len(MAX_FILE_LEN) } else { Ok(()) }
}

fn parse(bytes: &[u8]) -> Result<Outputs, String> {
    let mut outputs = Outputs::new();
    for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let number = index + 1;
        let line = std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line))
            .map_err(|_| format!("Line {number} of the outputs is not UTF-8."))?;
        if line.trim().is_empty() {
            continue;
        }
        let (name, value) = split(line).map_err(|problem| format!("Line {number} of the outputs {problem}."))?;
        outputs.insert(name.to_owned(), value.to_owned());
        if outputs.len() > MAX_OUTPUTS {
            return Err(format!("Line {number} of the outputs is one too many: {MAX_OUTPUTS} are allowed."));
        }
    }
    Ok(outputs)
}

fn split(line: &str) -> Result<(&str, &str), String> {
    let (name, value) = line.split_once('=').ok_or_else(|| format!("is not `name=value`: `{}`", beginning(line)))?;
    if value.contains('\0') {
        return Err(format!("has a NUL byte in the value of `{name}`"));
    }
    if !is_output_name(name) {
        return Err(format!(
            "has a name that is not allowed: `{}` (letters, digits, `_` and `-`, not starting with a digit or `-`, 64 at most)",
            beginning(name)
        ));
    }
    if value.len() > MAX_VALUE_LEN {
        return Err(format!("has a value of more than 8 KiB for `{name}`"));
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
    fn a_wrong_line_is_named() {
        for (text, words) in [
            ("a=1\nhello there", "Line 2 of the outputs is not `name=value`: `hello there`."),
            ("1a=1", "Line 1 of the outputs has a name that is not allowed: `1a`"),
            ("=1", "Line 1 of the outputs has a name that is not allowed: ``"),
        ] {
            let problem = parse(text.as_bytes()).unwrap_err();
            assert!(problem.starts_with(words), "{problem}");
        }
        assert_eq!(parse(b"a=1\n\xff=2").unwrap_err(), "Line 2 of the outputs is not UTF-8.");
        let long = format!("a={}", "x".repeat(MAX_VALUE_LEN + 1));
        assert!(parse(long.as_bytes()).unwrap_err().contains("more than 8 KiB"));
        let many: Vec<_> = (0..=MAX_OUTPUTS).map(|n| format!("n{n}=1")).collect();
        assert!(parse(many.join("\n").as_bytes()).unwrap_err().starts_with("Line 101 "));
    }
}
