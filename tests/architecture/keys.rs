//! Keys have types of their own: a bare UUID could be the key of anything.

use crate::{none, texts};

/// Where the types of keys are made from UUIDs, and stored as them.
const APART: [&str; 2] = ["src/domain/ids.rs", "src/store/ids.rs"];

#[test]
fn no_type_is_a_bare_uuid() {
    let sources = texts(&["src"], Some("rs"));
    assert!(APART.iter().all(|file| sources.iter().any(|source| source.path == *file)), "the types were not found");
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| !APART.contains(&source.path.as_str())) {
        let lines = source.code().filter(|(_, line)| says_bare_uuid(line));
        wrong.extend(lines.map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim())));
    }
    none(&wrong, "A key has a type in src/domain/ids.rs.");
}

/// Whether a UUID stands there as a type. A bound says what makes any key, and a path or a turbofish makes one of no row.
fn says_bare_uuid(line: &str) -> bool {
    let is_part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices("Uuid").any(|(at, name)| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        let before = before.strip_suffix("uuid::").unwrap_or(before);
        let is_name = !before.ends_with(is_part_of_name) && !after.starts_with(is_part_of_name);
        let is_apart = ["use ", "From<", "new_id::<"].iter().any(|allowed| before.ends_with(allowed));
        is_name && !is_apart && !after.starts_with("::")
    })
}

#[test]
fn a_bare_uuid_is_found_wherever_it_stands() {
    for line in ["pub id: Uuid,", "fn a(of: &[uuid::Uuid]) {", "    Created(Uuid),", ") -> Option<Uuid> {"] {
        assert!(says_bare_uuid(line), "{line}");
    }
    for line in ["use uuid::Uuid;", "fn new<I: From<Uuid>>() -> I {", "    Uuid::now_v7().into()", "id: NoUuid,"] {
        assert!(!says_bare_uuid(line), "{line}");
    }
}
