//! Chats: what an incoming webhook of Slack or of Microsoft Teams takes.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::content::Content;
use super::plain;
use crate::domain::notices::ChannelKind;

/// The longest text that is sent to a chat, in characters.
const MAX_TEXT_LEN: usize = 3000;

/// The body for that kind of chat.
pub fn body(kind: ChannelKind, content: &Content) -> Vec<u8> {
    let body = match kind {
        ChannelKind::Teams => card(content),
        ChannelKind::Slack | ChannelKind::Webhook | ChannelKind::Email => json!({ "text": slack(content) }),
    };
    body.to_string().into_bytes()
}

/// What Slack, Mattermost and others show: three characters are markup there, and nothing else that somebody typed may be.
fn slack(content: &Content) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let body = Content { link: None, ..content.clone() };
    let mut text = format!("*{}*\n{}", escaped(&content.text.subject), escaped(&cut(&plain::letter(&body))));
    if let Some(link) = &content.link {
        let _ = write!(text, "\n<{link}|{}>", escaped(&content.text.action));
    }
    text
}

/// An adaptive card.
fn card(content: &Content) -> Value {
    let text = &content.text;
    let block = |text: &str| json!({ "type": "TextBlock", "text": verbatim(text), "wrap": true });
    let facts: Vec<Value> =
        text.facts.iter().map(|(name, value)| json!({ "title": name, "value": verbatim(value) })).collect();
    let mut body = vec![
        json!({ "type": "TextBlock", "text": verbatim(&text.subject), "weight": "Bolder", "size": "Medium", "wrap": true }),
        block(&text.lead),
    ];
    if !facts.is_empty() {
        body.push(json!({ "type": "FactSet", "facts": facts }));
    }
    for section in &text.sections {
        body.push(json!({ "type": "TextBlock", "text": verbatim(&section.title), "weight": "Bolder", "wrap": true }));
        body.extend(section.lines.iter().map(|line| block(&cut(line))));
    }
    let actions: Vec<Value> = content
        .link
        .iter()
        .map(|link| json!({ "type": "Action.OpenUrl", "title": text.action, "url": link }))
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "actions": actions,
            },
        }],
    })
}

/// Text in which nothing is a link or a mark: cards read a part of Markdown.
fn verbatim(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\[]()*_`#~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT_LEN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
