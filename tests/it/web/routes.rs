//! The routes as the sources name them, so that none is forgotten in the table of who may do what.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Method and pattern of every route: `GET /regions/{region}`.
pub fn all() -> BTreeSet<String> {
    let folders = ["http", "pages", "api"].map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder));
    let read = |file: PathBuf| (scope_of(&file), std::fs::read_to_string(file).unwrap());
    let texts: Vec<_> = folders.iter().flat_map(|folder| sources(folder)).map(read).collect();
    let known = texts.iter().flat_map(|(_, text)| constants(text)).collect();
    let below = |scope: &str, route: &str| route.replacen(' ', &format!(" {scope}"), 1);
    let routes = |(scope, text): &(&str, String)| {
        of_source(text, &known).iter().map(|route| below(scope, route)).collect::<Vec<_>>()
    };
    texts.iter().flat_map(routes).collect()
}

/// What stands before every route of a file.
fn scope_of(file: &Path) -> &'static str {
    let api = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
    match file.strip_prefix(api) {
        Ok(inside) if inside.components().count() > 1 => "/v3",
        Ok(_) => "/api",
        Err(_) => "",
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// Follows `resource("…")` and the closures `below(…)` that stand for a longer pattern, which begins with a constant.
fn of_source(source: &str, constants: &BTreeMap<String, String>) -> Vec<String> {
    let mut routes = Vec::new();
    let mut below = "{}".to_owned();
    for statement in source.split(';').flat_map(|statement| statement.split(".service(")) {
        if let Some(pattern) = between(statement, "resource(format!(\"", "\"))") {
            let known =
                |pattern: String, (name, value): (&String, &String)| pattern.replace(&format!("{{{name}}}"), value);
            let pattern = constants.iter().fold(pattern.to_owned(), known);
            below = pattern.replace("{rest}", "{}").replace("{word}", "/{}").replace("//{}", "/{}");
            below = below.replace("{{", "{").replace("}}", "}");
            continue;
        }
        let direct = between(statement, "resource(\"", "\")").map(str::to_owned);
        let pattern = direct.or_else(|| between(statement, "below(\"", "\")").map(|rest| below.replace("{}", rest)));
        let Some(pattern) = pattern else { continue };
        for (call, method) in [("get()", "GET"), ("post()", "POST"), ("put()", "PUT"), ("delete()", "DELETE")] {
            if statement.contains(call) {
                routes.push(format!("{method} {pattern}"));
            }
        }
    }
    routes
}

/// The texts that a file has names for, wherever they are used.
fn constants(source: &str) -> BTreeMap<String, String> {
    source.split(';').filter_map(constant).collect()
}

fn constant(statement: &str) -> Option<(String, String)> {
    let (_, rest) = statement.split_once("const ")?;
    let (name, rest) = rest.split_once(": &str = \"")?;
    Some((name.to_owned(), rest.split('"').next()?.to_owned()))
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

#[test]
fn routes_are_found_however_they_are_written() {
    let source = r#"
        const BASE: &str = "/a/{id}";
        fn one(app: &mut ServiceConfig) {
            app.service(resource("/x").route(get().to(x)).route(post().to(y))).service(resource("/z").route(get().to(z)));
        }
        fn two(app: &mut ServiceConfig) {
            let below = |rest: &str| resource(format!("{BASE}/b/{{c}}{rest}"));
            app.service(below("").route(get().to(x))).service(below("/d").route(post().to(y)));
        }
    "#;
    assert_eq!(
        of_source(source, &constants(source)),
        ["GET /x", "POST /x", "GET /z", "GET /a/{id}/b/{c}", "POST /a/{id}/b/{c}/d"]
    );
}
