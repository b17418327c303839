//! Room on a disk, and sizes as people write them.

use std::str::FromStr;

/// The disk of a data folder, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskRoom {
    /// What is free.
    pub free: u64,
    /// All of it.
    pub total: u64,
    /// What is to be free, so that something new is started.
    pub least: u64,
}

impl DiskRoom {
    /// Whether less is free than is to be.
    pub fn is_short(&self) -> bool {
        self.free < self.least
    }
}

/// A number of bytes, written as `512MiB` or `1000000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteSize(pub u64);

/// What was written is no size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSize;

impl FromStr for ByteSize {
    type Err = NoSize;

    fn from_str(text: &str) -> Result<Self, NoSize> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let number: u64 = text[..digits].parse().map_err(|_| NoSize)?;
        let unit: u64 = match text[digits..].trim() {
            "" | "B" => 1,
            "KiB" | "K" => 1 << 10,
            "MiB" | "M" => 1 << 20,
            "GiB" | "G" => 1 << 30,
            "TiB" | "T" => 1 << 40,
            "kB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "TB" => 1_000_000_000_000,
            _ => return Err(NoSize),
        };
        number.checked_mul(unit).map(Self).ok_or(NoSize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_with_and_without_a_unit() {
        for (text, bytes) in
            [("0", 0), ("512MiB", 512 << 20), (" 2 GiB ", 2 << 30), ("10G", 10 << 30), ("7kB", 7_000), ("5B", 5)]
        {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)), "{text}");
        }
        for wrong in ["", "MiB", "-1", "1.5GiB", "12 apples", "99999999999TiB", "18446744073709551616"] {
            assert_eq!(wrong.parse::<ByteSize>(), Err(NoSize), "{wrong}");
        }
    }
}
