//! Letters in plain text, and in the simplest HTML that says the same.

use std::fmt::Write as _;

use super::content::Content;

/// The whole letter in plain text.
pub fn letter(content: &Content) -> String {
    let text = &content.text;
    let mut lines = vec![text.lead.clone()];
    if !text.facts.is_empty() {
        lines.push(String::new());
        lines.extend(text.facts.iter().map(|(name, value)| format!("{name}: {value}")));
    }
    for section in &text.sections {
        lines.extend([String::new(), section.title.clone()]);
        lines.extend(section.lines.iter().map(|line| format!("  {line}")));
    }
    if let Some(link) = &content.link {
        lines.extend([String::new(), format!("{}: {link}", text.action)]);
        if !text.footer.is_empty() {
            lines.push(text.footer.clone());
        }
    }
    lines.join("\n")
}

/// The same as HTML, without pictures, styles or anything that is fetched.
pub fn html(content: &Content) -> String {
    let text = &content.text;
    let mut html = format!("<!doctype html><meta charset=\"utf-8\"><p>{}</p>", escaped(&text.lead));
    if !text.facts.is_empty() {
        html.push_str("<table>");
        for (name, value) in &text.facts {
            let _ = write!(html, "<tr><th align=\"left\">{}</th><td>{}</td></tr>", escaped(name), escaped(value));
        }
        html.push_str("</table>");
    }
    for section in &text.sections {
        let _ = write!(html, "<h3>{}</h3>", escaped(&section.title));
        for line in &section.lines {
            let _ = write!(html, "<div>{}</div>", escaped(line));
        }
    }
    if let Some(link) = &content.link {
        let _ = write!(html, "<p><a href=\"{}\">{}</a></p>", escaped(link), escaped(&text.action));
        if !text.footer.is_empty() {
            let _ = write!(html, "<p><small>{}</small></p>", escaped(&text.footer));
        }
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
