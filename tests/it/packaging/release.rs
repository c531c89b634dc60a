//! A release with small archives, whose manifests `packaging/fill` has written.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest as _, Sha256};

use super::{VERSION, read, repository};
use crate::program::{file, text};

/// A release in a folder of its own.
pub(super) struct Release {
    /// Where its files can be downloaded from.
    pub downloads: PathBuf,
    /// Where its manifests are.
    manifests: PathBuf,
}

impl Release {
    /// A release in a folder of this name, which is also its repository: its files have `file:` addresses.
    pub(super) fn new(name: &str) -> Self {
        let root = file(&format!("release-{name}"));
        let downloads = root.join(format!("releases/download/v{VERSION}"));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&downloads).expect("a writable folder");
        let release = Self { downloads, manifests: root.join("manifests") };
        release.write_files();
        let address = format!("file://{}", root.display());
        let output = Command::new(repository("packaging/fill"))
            .args([address.as_ref(), release.downloads.as_os_str(), release.manifests.as_os_str()])
            .output()
            .expect("bash");
        assert!(output.status.success(), "{}", text(&output.stderr));
        release
    }

    fn write_files(&self) {
        let name = format!("rdptrace-{VERSION}-x86_64-unknown-linux-musl");
        let folder = self.downloads.join(&name);
        fs::create_dir(&folder).expect("a writable folder");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rdptrace"), folder.join("rdptrace")).expect("a link");
        let mut tar = Command::new("tar");
        tar.arg("-C").arg(&self.downloads).arg("-czf").arg(self.file("-x86_64-unknown-linux-musl.tar.gz"));
        assert!(tar.arg(name).status().expect("tar").success());
        fs::write(self.file("-x86_64-pc-windows-gnu.zip"), "a program of Windows")
            .expect("a writable folder");
        fs::write(self.file(".crate"), "the source").expect("a writable folder");
    }

    /// A file of the release by the end of its name.
    pub(super) fn file(&self, end: &str) -> PathBuf {
        self.downloads.join(format!("rdptrace-{VERSION}{end}"))
    }

    /// The address of such a file.
    pub(super) fn address(&self, end: &str) -> String {
        format!("file://{}", self.file(end).display())
    }

    /// Its SHA-256 in hexadecimal digits.
    pub(super) fn sum(&self, end: &str) -> String {
        hex::encode(Sha256::digest(fs::read(self.file(end)).expect("a file of the release")))
    }

    /// The text of a manifest.
    pub(super) fn manifest(&self, name: impl AsRef<Path>) -> String {
        read(&self.manifests.join(name))
    }
}
