//! The making of such a link, by administrators and managers: the question before, and the page that shows it once.

use actix_web::HttpRequest;

use crate::app::NewLink;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::pages::components::{ConfirmDialog, Link, Section, layout, urls};
use crate::pages::links;
use crate::pages::links::view::LinksPage;

/// Asks before: `url` takes the POST.
pub fn asking(name: &str, url: String, cancel_url: String) -> ConfirmDialog {
    let words = Locale::default().invitations();
    ConfirmDialog {
        title: words.make_reset_title(name),
        sentence: words.making_reset(name),
        url,
        cancel_url,
        button: words.make_reset().to_owned(),
        // Its answer is a page that is seen once.
        is_page: true,
        ..ConfirmDialog::default()
    }
}

/// Shows the link.
pub async fn made(
    (site, request): (&Site, &HttpRequest),
    reader: &CurrentUser,
    made: NewLink,
    (section, back): (Section, Link),
) -> Reply {
    let words = Locale::default().invitations();
    let lead = words.reset_made(&made.name);
    response::page(&LinksPage {
        chrome: layout::around(request, reader, words.links_title(1), section).await?,
        title: words.links_title(1),
        lead,
        rows: links::rows(site, request, &[made], urls::resetting_with),
        file: None,
        back,
    })
}
