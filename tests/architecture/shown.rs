//! Pages: each goes by the one place where what deceives the eye is made visible.

use super::{none, texts};

#[test]
fn f13_every_page_goes_by_the_place_that_makes_hidden_characters_visible() {
    let compact = "src/http/compact/";
    let mut wrong = Vec::new();
    for source in texts(&["src"], Some("rs")) {
        let tests = source.text.lines().position(|line| line == "mod tests {").unwrap_or(usize::MAX);
        let production = source.code().filter(|(number, _)| *number <= tests);
        let renders = production.filter(|(_, line)| line.contains(".render()") || line.contains(".render_into("));
        if !source.is_in(compact) {
            wrong.extend(renders.map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim())));
        }
    }
    none(&wrong, "A template is rendered by http::compact::render alone, and sent by http::response.");
    let compact = texts(&[compact], Some("rs"));
    assert!(compact.iter().any(|source| !source.finds("visible::text(").is_empty()), "the place was not found");
}
