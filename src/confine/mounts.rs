//! Other names of a place: a file system, or a part of one, may be mounted more than once.

use std::path::{Path, PathBuf};

/// One line of `/proc/self/mountinfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mount {
    device: String,
    /// Which part of the file system is mounted.
    root: PathBuf,
    /// Where.
    point: PathBuf,
}

/// What is mounted on this machine.
#[derive(Debug)]
pub struct Mounts(Vec<Mount>);

impl Mounts {
    /// As the kernel says it now; nothing where it does not.
    pub fn read() -> Self {
        Self::parse(&std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        Self(text.lines().filter_map(parse).collect())
    }

    /// Under which other paths each of these can be reached, wherever its file system is mounted too.
    pub fn other_names(&self, paths: &[PathBuf]) -> Vec<PathBuf> {
        paths.iter().flat_map(|path| others_of(&self.0, path)).filter(|found| !paths.contains(found)).collect()
    }
}

fn others_of(mounts: &[Mount], path: &Path) -> Vec<PathBuf> {
    // The longest that fits, and of several at one place the last, which hides the others.
    let fits = mounts.iter().filter(|mount| path.starts_with(&mount.point));
    let Some(own) = fits.max_by_key(|mount| mount.point.components().count()) else { return Vec::new() };
    let Ok(rest) = path.strip_prefix(&own.point) else { return Vec::new() };
    let inside = own.root.join(rest);
    let elsewhere = mounts.iter().filter(|mount| mount.device == own.device && mount.point != own.point);
    elsewhere
        .filter_map(|mount| match inside.strip_prefix(&mount.root) {
            Ok(rest) => Some(mount.point.join(rest)),
            // Only a part of the place is mounted there.
            Err(_) => mount.root.starts_with(&inside).then(|| mount.point.clone()),
        })
        .collect()
}

fn parse(line: &str) -> Option<Mount> {
    let mut fields = line.split(' ').skip(2);
    let (device, root, point) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Mount { device: device.to_owned(), root: unescaped(root).into(), point: unescaped(point).into() })
}

/// The kernel writes blanks, tabs, line ends and backslashes as octal numbers.
fn unescaped(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .into_iter()
        .fold(text.to_owned(), |text, (code, character)| text.replace(code, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
        21 1 8:1 / / rw - ext4 /dev/a rw\n\
        22 21 8:2 / /srv rw - ext4 /dev/b rw\n\
        23 21 8:2 /tollgate /mnt/copy\\040of\\040it rw - ext4 /dev/b rw\n\
        24 21 8:2 /tollgate/data/runs /mnt/runs rw - ext4 /dev/b rw\n\
        25 21 8:2 /other /mnt/other rw - ext4 /dev/b rw\n\
        26 21 8:3 /tollgate /mnt/unlike rw - ext4 /dev/c rw\n";

    #[test]
    fn a_place_is_found_wherever_its_file_system_is_mounted() {
        let mounts = Mounts::parse(MOUNTS);
        let found = mounts.other_names(&["/srv/tollgate/data".into()]);
        assert_eq!(found, [PathBuf::from("/mnt/copy of it/data"), PathBuf::from("/mnt/runs")]);
        assert_eq!(mounts.other_names(&["/var/data".into()]), Vec::<PathBuf>::new());
    }
}
