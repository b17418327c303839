//! Merge keys: `<<` puts the entries of other mappings into this one. An entry of its own wins, and of several mappings
//! the first that has it.

use std::collections::BTreeSet;

use super::fault::FileFault;
use super::tree::{Entry, Node, Value};

/// The key.
pub(super) const KEY: &str = "<<";

/// Puts in place of `<<` what it names. Nothing is copied, so that the limits of the tree hold.
pub(super) fn expand(node: &mut Node) -> Vec<(usize, FileFault)> {
    let Value::Mapping(entries) = &mut node.value else { return Vec::new() };
    if !entries.iter().any(|entry| entry.key == KEY) {
        return Vec::new();
    }
    let (merges, own): (Vec<_>, Vec<_>) = std::mem::take(entries).into_iter().partition(|entry| entry.key == KEY);
    *entries = own;
    let mut wrong = Vec::new();
    let mut taken: BTreeSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    let first = merges[0].line;
    for (index, Entry { line, value, .. }) in merges.into_iter().enumerate() {
        if index > 0 {
            wrong.push((line, FileFault::MergeTwice { line: first }));
            continue;
        }
        let sources = match value.value {
            Value::Sequence(items) => items,
            Value::Mapping(_) | Value::Scalar(_) => vec![value],
        };
        for source in sources {
            let found = source.shape();
            let Value::Mapping(more) = source.value else {
                wrong.push((line, FileFault::MergeOfNoMapping { found }));
                continue;
            };
            // It was merged itself when it was complete.
            for entry in more {
                if taken.insert(entry.key.clone()) {
                    entries.push(entry);
                }
            }
        }
    }
    wrong
}
