//! Wrong sources of builds, and what is said of them.

use super::wrong_files::{findings, in_task};

#[test]
fn b28_a_source_that_git_could_take_for_something_else_is_refused_with_its_line() {
    let told = |source: &str| {
        let mut found = in_task(&format!("name: ab\ntype: build\nscript: x\nsource: {source}"));
        assert_eq!(found.len(), 1, "{source}: {found:?}");
        found.remove(0)
    };
    for (source, place, rule) in [
        ("{ref: v1}", "8: .source.git", "must have the key git"),
        ("{git: 'git@a:b'}", "8: .source.git", "begins with https://"),
        ("{git: 'ext::sh -c true'}", "8: .source.git", "begins with https://"),
        ("{git: 'https://a/b', ref: '--upload-pack=x'}", "8: .source.ref", "not begin with -"),
        ("{git: 'https://a/b', path: ../c}", "8: .source.path", "without .. and"),
        ("{git: 'https://a/b', credential: -x}", "8: .source.credential", "start with a letter"),
        ("{git: 'https://a/b', branch: x}", "8: .source.branch", "has no key branch"),
    ] {
        let (at, said) = told(source);
        assert!(at == place && said.contains(rule), "{source}: {at} {said}");
    }
}

#[test]
fn a_source_names_no_task() {
    let first = "{name: first, script: x}";
    let build = "{name: ab, type: build, script: x, source: {git: 'https://a/b', ref: '${tasks.first.outputs.x}'}}";
    let found = findings(&format!("name: shop\nphases: [{{name: Build, tasks: [{first}, {build}]}}]\n"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.contains("must not name a task"), "{found:?}");
}
