//! The width of the side bar: open or narrow as its reader left it, or the rail that a page asks for.

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::http::{Site, cookies};

/// The cookie in which the browser keeps whether the side bar is narrow. `shell.js` writes it, so that it is not kept from
/// scripts as the others are; nothing but a width depends on it.
const COOKIE: &str = "tollgate_side";

/// The side bar, where there is room for it beside the page. Elsewhere it is always a rail or a drawer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SideBar {
    /// With words.
    #[default]
    Open,
    /// Icons alone: so its reader left it.
    Narrow,
    /// Icons alone, because the page needs the room. It opens over the page, and what is remembered stays.
    Rail,
}

impl SideBar {
    /// As the browser remembers it. Anything unknown, or two cookies of that name, is open.
    pub fn remembered(request: &HttpRequest) -> Self {
        if cookies::values(request, COOKIE) == [Self::Narrow.word()] { Self::Narrow } else { Self::Open }
    }

    /// The full name of the cookie, for the script.
    pub fn cookie(request: &HttpRequest) -> String {
        let site = request.app_data::<Data<Site>>();
        site.map_or_else(|| COOKIE.to_owned(), |site| cookies::full(&site.web, COOKIE).into_owned())
    }

    /// What its button does next; `shell.js` says it the same way.
    pub fn turn(self) -> &'static str {
        match self {
            Self::Open => "Collapse",
            Self::Narrow | Self::Rail => "Expand",
        }
    }

    /// For the style sheet, and in the cookie.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Narrow => "narrow",
            Self::Rail => "rail",
        }
    }
}
