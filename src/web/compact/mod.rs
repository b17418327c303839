//! What is sent is not what is written: here the line breaks and the indentation go that templates and style sheets have
//! for whoever reads them.
//!
//! In a template a line break beside a tag is nothing, and one between words stays. A space that is wanted beside a tag
//! stands on one line with it. What is in `pre`, in `textarea` and in quotes is sent as it is. Nothing else is changed:
//! the templates and the style sheets are written by us, so that this knows only what they contain.

mod css;
mod html;

use askama::Template;

pub use css::css;

/// What a template writes, as it is sent.
pub fn render(template: &impl Template) -> askama::Result<String> {
    template.render().map(|written| html::html(&written))
}
