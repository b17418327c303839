//! Git repositories as sources of builds: the rules of their addresses and refs, and why one could not be had.

use serde::{Deserialize, Serialize};

use super::failure_cause::{FailureCause, IoFault};
use super::http::HttpFailure;

/// The most bytes of an address, a ref or a folder.
const MAX_TEXT_LEN: usize = 1024;

/// The only protocol.
const SCHEME: &str = "https://";

/// How the text of a source is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceFault {
    /// The address is none of https, or there is a user, a query or a blank in it.
    Address,
    /// No branch, tag or commit can have that name.
    Reference,
    /// The folder does not lie in the repository.
    Folder,
    /// It names a task, which has not run yet when the ref is resolved.
    NamesTask,
    /// It names no files in the working folder.
    Pattern,
}

/// What is wrong with the address of a repository.
pub fn address_fault(address: &str) -> Option<SourceFault> {
    let rest = address.strip_prefix(SCHEME).unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    let in_host = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let in_path = |c: char| c.is_ascii_graphic() && !"?#\\\"'<>`{|}^".contains(c);
    let is_good = address.len() <= MAX_TEXT_LEN
        && host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
        && host.chars().all(in_host)
        && rest.chars().all(in_path);
    (!is_good).then_some(SourceFault::Address)
}

/// What is wrong with the name of a branch, a tag or a commit: the rules of git, and none that an option could have.
pub fn reference_fault(reference: &str) -> Option<SourceFault> {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '-'])
            && !part.ends_with('.')
            && part.strip_suffix(".lock").is_none()
    };
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    let is_good = reference.len() <= MAX_TEXT_LEN
        && reference.split('/').all(is_part)
        && !reference.contains(is_odd)
        && !reference.contains("..")
        && !reference.contains("@{")
        && reference != "@";
    (!is_good).then_some(SourceFault::Reference)
}

/// What is wrong with a folder of a repository.
pub fn folder_fault(folder: &str) -> Option<SourceFault> {
    let is_part = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.eq_ignore_ascii_case(".git");
    let is_good = folder.len() <= MAX_TEXT_LEN
        && folder.trim_end_matches('/').split('/').all(is_part)
        && !folder.chars().any(char::is_control);
    (!is_good).then_some(SourceFault::Folder)
}

/// A commit, by its whole id in small letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commit(String);

impl Commit {
    /// The characters that pages show of one.
    const SHORT: usize = 10;

    /// The commit of that id, if it is a whole one.
    pub fn read(id: &str) -> Option<Self> {
        let is_whole = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_whole.then(|| Self(id.to_ascii_lowercase()))
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.0
    }

    /// The begin of its id, for people.
    pub fn short(&self) -> &str {
        &self.0[..Self::SHORT]
    }
}

/// Where the ref of a source leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceState {
    /// Nobody has looked yet.
    Pending,
    /// To that commit.
    Commit(Commit),
    /// It could not be found out; the build looks again when it starts.
    Unknown(FailureCause),
}

/// Why a source could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "git", rename_all = "snake_case")]
pub enum GitFault {
    /// With its values, a text of the source is wrong.
    Source {
        /// How.
        fault: SourceFault,
        /// The text.
        text: String,
    },
    /// Git is not on this machine.
    NotInstalled,
    /// The host could not be asked.
    Host {
        /// Why.
        failure: HttpFailure,
    },
    /// The host has no repository there, or shows it to nobody without a credential.
    NotFound {
        /// The address.
        address: String,
    },
    /// The repository is shown with a credential only.
    NeedsCredential {
        /// The address.
        address: String,
    },
    /// The credential was refused.
    Refused {
        /// The address.
        address: String,
        /// The name of the secret.
        secret: String,
    },
    /// The secret is no credential: a user and a token with a colon between, in one line.
    NotACredential {
        /// The name of the secret.
        secret: String,
    },
    /// There is no such ref.
    NoReference {
        /// The address.
        address: String,
        /// The ref.
        reference: String,
    },
    /// The commit is not there any more.
    NoCommit {
        /// The address.
        address: String,
        /// The commit.
        commit: Commit,
    },
    /// The repository has no such folder in that commit.
    NoFolder {
        /// The folder.
        folder: String,
        /// The commit.
        commit: Commit,
    },
    /// The host leads somewhere else, which is not followed.
    Redirected {
        /// The address.
        address: String,
    },
    /// The certificate of the host is not trusted.
    Certificate {
        /// The address.
        address: String,
    },
    /// A file of it is larger than is taken.
    TooLarge {
        /// The most bytes.
        most: u64,
    },
    /// It took too long.
    TooSlow {
        /// How long it may take, in seconds.
        seconds: u64,
    },
    /// It could not be put on this machine.
    NotKept {
        /// Why.
        problem: IoFault,
    },
    /// Anything else, in the words of git.
    Other {
        /// What it said.
        said: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b28_nothing_that_git_could_take_for_an_option_or_another_protocol_is_an_address_or_a_ref() {
        for good in ["https://git.example/shop/web.git", "https://[::1]:8443/a", "https://127.0.0.1:1/a-b/~c"] {
            assert_eq!(address_fault(good), None, "{good}");
        }
        for bad in [
            "",
            "-uhttps://git.example/a",
            "--upload-pack=touch",
            "http://git.example/a",
            "ssh://git.example/a",
            "git@git.example:a",
            "file:///etc",
            "/srv/a",
            "ext::sh -c true",
            "https://-a.example/b",
            "https://ann:token@git.example/a",
            "https:///a",
            "https://git.example/a b",
            "https://git.example/a\nb",
            "https://git.example/a?b",
            "https://git.exämple/a",
        ] {
            assert_eq!(address_fault(bad), Some(SourceFault::Address), "{bad}");
        }
        for good in ["main", "v1.2", "refs/heads/a-b", "feature/x", "HEAD", &"a".repeat(40)] {
            assert_eq!(reference_fault(good), None, "{good}");
        }
        for bad in [
            "",
            "-u",
            "--upload-pack=x",
            "a/-b",
            "a b",
            "a..b",
            "a~1",
            "a^",
            "a:b",
            "*",
            "a?",
            "[a",
            "a\\",
            "@",
            "a@{1}",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a.lock",
            "a\n",
        ] {
            assert_eq!(reference_fault(bad), Some(SourceFault::Reference), "{bad}");
        }
    }

    #[test]
    fn a_folder_lies_in_the_repository() {
        for good in ["web", "a/b/", "-a", ".github"] {
            assert_eq!(folder_fault(good), None, "{good}");
        }
        for bad in ["", "/", "/a", "..", "a/../b", "./a", "a//b", ".git", "a/.GIT/hooks", "a\nb"] {
            assert_eq!(folder_fault(bad), Some(SourceFault::Folder), "{bad}");
        }
    }

    #[test]
    fn a_commit_is_a_whole_id() {
        assert_eq!(Commit::read(&"AB".repeat(20)).unwrap().short(), "ababababab");
        assert_eq!(Commit::read("abcdef0"), None);
        assert_eq!(Commit::read(&"g".repeat(40)), None);
    }
}
