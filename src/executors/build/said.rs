//! Sentences of git, read as data.

use std::process::Output;

use super::Remote;
use crate::domain::git::{Commit, GitFault};
use crate::masking::Mask;

/// How much is told of what git said.
const MAX_SAID: usize = 400;

/// The names that a ref may have in a repository, the one that counts first: tags come before branches, as git has it.
pub(super) fn names_of(reference: &str) -> Vec<String> {
    if reference == "HEAD" || reference.starts_with("refs/") {
        return vec![format!("{reference}^{{}}"), reference.to_owned()];
    }
    let (tag, branch) = (format!("refs/tags/{reference}"), format!("refs/heads/{reference}"));
    vec![format!("{tag}^{{}}"), tag, branch]
}

/// The commit that the first of those names has in what was listed. The commit that a tag is for stands behind the tag.
pub(super) fn commit(listed: &str, names: &[String]) -> Option<Commit> {
    let of = |name: &String| {
        let mut lines = listed.lines().filter_map(|line| line.split_once('\t'));
        lines.find(|(_, listed)| listed == name).and_then(|(id, _)| Commit::read(id))
    };
    names.iter().find_map(of)
}

/// Why git failed.
pub(super) fn fault(output: &Output, remote: Option<&Remote>, commit: Option<&Commit>, most: u64) -> GitFault {
    let said = String::from_utf8_lossy(&output.stderr);
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if output.status.code() == Some(127) && has(&["git: not found", "git: command not found"]) {
        return GitFault::NotInstalled;
    }
    if has(&["File too large", "File size limit exceeded", "died of signal 25"]) {
        return GitFault::TooLarge { most };
    }
    let Some(remote) = remote else { return other(&said, None) };
    let address = remote.address.clone();
    if has(&["Authentication failed", "could not read Username", "could not read Password", "error: 401", "error: 403"])
    {
        return match &remote.credential {
            Some(credential) => GitFault::Refused { address, secret: credential.secret.clone() },
            None => GitFault::NeedsCredential { address },
        };
    }
    if has(&["error: 404", "repository not found", "not valid: is this a git repository"])
        || said.contains(&format!("repository '{address}/' not found"))
    {
        return GitFault::NotFound { address };
    }
    if has(&["error: 301", "error: 302", "error: 303", "error: 307", "error: 308", "unable to update url base"]) {
        return GitFault::Redirected { address };
    }
    if has(&["SSL certificate problem", "certificate verification failed", "certificate subject name"]) {
        return GitFault::Certificate { address };
    }
    if let Some(commit) = commit
        && has(&["not our ref", "unadvertised object", "couldn't find remote ref"])
    {
        return GitFault::NoCommit { address, commit: commit.clone() };
    }
    other(&said, Some(remote))
}

/// The last of what git said, without a credential in it.
fn other(said: &str, remote: Option<&Remote>) -> GitFault {
    let credential = remote.and_then(|remote| remote.credential.as_ref());
    let parts = credential.into_iter().flat_map(|credential| credential.value.expose().split(':'));
    let mask = Mask::new(parts.chain(credential.map(|credential| credential.value.expose())));
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines[lines.len().saturating_sub(3)..].join(" ");
    let end = last.floor_char_boundary(MAX_SAID);
    GitFault::Other { said: mask.text(&last[..end]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_comes_before_a_branch_and_what_it_is_for_before_the_tag_itself() {
        let id = |digit: &str| digit.repeat(40);
        let listed = format!(
            "{}\trefs/heads/v1\n{}\trefs/tags/v1\n{}\trefs/tags/v1^{{}}\n{}\trefs/heads/other/v1\n",
            id("a"),
            id("b"),
            id("c"),
            id("d")
        );
        let found = |reference: &str| commit(&listed, &names_of(reference));
        assert_eq!(found("v1"), Commit::read(&id("c")));
        assert_eq!(found("refs/heads/v1"), Commit::read(&id("a")));
        assert_eq!(found("other/v1"), Commit::read(&id("d")));
        assert_eq!(found("v"), None);
        assert_eq!(commit(&format!("{}\tHEAD\n", id("e")), &names_of("HEAD")), Commit::read(&id("e")));
    }
}
