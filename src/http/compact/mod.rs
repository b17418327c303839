//! Minifies pages and style sheets: takes out the line breaks and the indentation go that templates and style sheets have
//! for whoever reads them.
//!
//! In a template a line break beside a tag is nothing, and one between words stays. A space that is wanted beside a tag
//! stands on one line with it, or is written `&#32;`. What is in `pre`, in `textarea` and in quotes is sent as it is; any
//! other text that is shown loses the line breaks with which it begins and ends. Nothing else is changed. This need only
//! know what our templates and style sheets contain.

mod css;
mod html;

use askama::Template;

pub use css::css;

/// What a template writes, as it is sent.
pub fn render(template: &impl Template) -> askama::Result<String> {
    template.render().map(|written| html::html(&written))
}
