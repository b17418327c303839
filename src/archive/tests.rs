use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

/// A data folder beside its database and its archive.
struct Data(TempDir);

impl Data {
    fn new() -> Self {
        let data = Self(tempfile::tempdir().unwrap());
        fs::write(data.0.path().join(DATABASE), "a database").unwrap();
        fs::create_dir_all(data.path("workspace")).unwrap();
        fs::create_dir_all(data.path("runs")).unwrap();
        data
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("data").join(name)
    }

    fn packed(&self, known: &Known) -> io::Result<Packed> {
        let database = self.0.path().join(DATABASE);
        let manifest = Manifest::of(&database, DateTime::UNIX_EPOCH, Vec::new(), true)?;
        let file = fs::File::create(self.0.path().join("archive"))?;
        pack(file, &manifest, &database, Some((&self.path(""), known))).map(|(_, packed)| packed)
    }

    /// What is in the archive, laid into a folder.
    fn unpacked(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        unpack(&self.0.path().join("archive"), folder.path()).unwrap();
        folder
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_folder_that_nobody_may_write_into_is_restored_with_what_is_in_it() {
    let data = Data::new();
    let module = data.path("workspace/go/module");
    fs::create_dir_all(module.join("inner")).unwrap();
    fs::write(module.join("inner/code"), "code").unwrap();
    fs::set_permissions(module.join("inner/code"), Permissions::from_mode(0o444)).unwrap();
    for folder in [module.join("inner"), module.clone()] {
        fs::set_permissions(folder, Permissions::from_mode(0o555)).unwrap();
    }
    data.packed(&Known::new()).unwrap();
    remove(&data.path("workspace")).unwrap();
    assert!(!data.path("workspace").exists());
    let restored = data.unpacked();
    let module = restored.path().join("workspace/go/module");
    assert_eq!(fs::read_to_string(module.join("inner/code")).unwrap(), "code");
    assert_eq!(mode(&module.join("inner/code")), 0o444);
    assert_eq!((mode(&module), mode(&module.join("inner"))), (0o755, 0o755));
}
