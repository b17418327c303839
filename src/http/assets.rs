//! The style sheet, the scripts and the icon: in the program, named by their content, compressed once.
//!
//! Each has one URL with the hash of its content, so that a browser keeps it for ever and a new release is a new URL.
//! All of `static/css` is one style sheet. Must not know of pages, sessions or the database.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse, Responder};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::http::compact;

/// Where the assets are served.
pub const PREFIX: &str = "/static";

/// The name of the style sheet that all of `static/css` becomes.
const STYLE_SHEET: &str = "app.css";

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

struct Asset {
    url: String,
    etag: HeaderValue,
    content_type: &'static str,
    plain: Bytes,
    gzip: Bytes,
}

struct Assets {
    /// By the name in the source.
    by_name: HashMap<String, Asset>,
    /// By the last part of the URL, to the name in the source.
    by_path: HashMap<String, String>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

/// The URL of an asset by its name in `static/`; the name alone when there is none, which a test would find.
pub fn url(name: &str) -> &'static str {
    ASSETS.by_name.get(name).map_or("/static/none", |asset| asset.url.as_str())
}

/// Compresses and names everything now, so that the first visitor does not wait for it.
pub fn prepare() {
    LazyLock::force(&ASSETS);
}

/// Adds the route of the assets.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/static/{file}").route(web::get().to(show)).route(web::head().to(show)));
}

/// One asset, to be kept for ever.
pub async fn show(request: HttpRequest, file: web::Path<String>) -> impl Responder {
    let Some(asset) = ASSETS.by_path.get(file.as_str()).and_then(|name| ASSETS.by_name.get(name)) else {
        return HttpResponse::NotFound().finish();
    };
    let headers = request.headers();
    let known = mentions(headers, &header::IF_NONE_MATCH, asset.etag.as_bytes());
    let mut reply = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    reply
        .insert_header((header::ETAG, asset.etag.clone()))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(asset.content_type);
    if known {
        reply.finish()
    } else if mentions(headers, &header::ACCEPT_ENCODING, b"gzip") {
        reply.insert_header((header::CONTENT_ENCODING, "gzip")).body(asset.gzip.clone())
    } else {
        // Said so that a compressing layer outside does not do again for each visitor what was done once.
        reply.insert_header((header::CONTENT_ENCODING, "identity")).body(asset.plain.clone())
    }
}

/// Whether a header names something.
pub fn mentions(headers: &HeaderMap, name: &header::HeaderName, what: &[u8]) -> bool {
    headers.get_all(name).any(|value| value.as_bytes().windows(what.len()).any(|part| part == what))
}

impl Assets {
    fn load() -> Self {
        let mut assets = Self { by_name: HashMap::new(), by_path: HashMap::new() };
        let mut names: Vec<_> = Files::iter().collect();
        names.sort_unstable();
        let mut style = String::new();
        for name in names {
            let Some(file) = Files::get(&name) else { continue };
            if name.starts_with("css/") {
                style.push_str(std::str::from_utf8(&file.data).expect("a style sheet is text"));
            } else if !name.ends_with(".txt") {
                assets.add(&name, file.data.into_owned());
            }
        }
        assets.add(STYLE_SHEET, compact::css(&style).into_bytes());
        assets
    }

    fn add(&mut self, name: &str, content: Vec<u8>) {
        let hash = short_hash(&content);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let path = format!("{stem}.{hash}.{extension}");
        let asset = Asset {
            url: format!("{PREFIX}/{path}"),
            etag: HeaderValue::from_str(&format!("\"{hash}\"")).expect("a hash in quotes is a header value"),
            content_type: content_type(extension),
            gzip: compressed(&content).into(),
            plain: content.into(),
        };
        self.by_path.insert(path, name.to_owned());
        self.by_name.insert(name.to_owned(), asset);
    }
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

fn short_hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn compressed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).and_then(|()| encoder.finish()).expect("writing to memory cannot fail")
}

#[cfg(test)]
mod tests {
    use actix_web::App;
    use actix_web::test::{TestRequest, call_service, init_service};

    use super::*;

    fn header_of(reply: &actix_web::dev::ServiceResponse, name: &str) -> String {
        reply.headers().get(name).unwrap().to_str().unwrap().to_owned()
    }

    /// The vendored htmx is the one of npm `htmx.org@4.0.1`, `dist/htmx.min.js`, licence 0BSD.
    #[test]
    fn htmx_is_the_file_that_was_reviewed() {
        let file = Files::get("htmx-4.0.1.min.js").unwrap();
        let hash = Sha256::digest(&file.data);
        let reviewed = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130";
        assert!(hash.iter().enumerate().all(|(at, byte)| reviewed[at * 2..at * 2 + 2] == format!("{byte:02x}")));
    }

    #[test]
    fn what_the_layout_names_exists_and_is_named_by_its_content() {
        for name in ["app.css", "app.js", "shell.js", "htmx-4.0.1.min.js", "favicon.svg"] {
            let (stem, _) = name.rsplit_once('.').unwrap();
            assert!(url(name).starts_with(&format!("/static/{stem}.")), "{name} is served as {}", url(name));
        }
    }

    #[test]
    fn a_first_visit_stays_light() {
        let total: usize = ASSETS.by_name.values().map(|asset| asset.gzip.len()).sum();
        assert!(total < 60_000, "the assets are {total} bytes compressed");
    }

    #[actix_web::test]
    async fn an_asset_is_kept_for_ever_compressed_and_not_sent_twice() {
        let app = init_service(App::new().configure(configure)).await;
        let first = TestRequest::get().uri(url("app.css")).insert_header(("accept-encoding", "gzip, br"));
        let first = call_service(&app, first.to_request()).await;
        assert_eq!(first.status(), 200);
        assert_eq!(header_of(&first, "content-encoding"), "gzip");
        assert_eq!(header_of(&first, "cache-control"), "public, max-age=31536000, immutable");
        let etag = header_of(&first, "etag");
        let again = TestRequest::get().uri(url("app.css")).insert_header(("if-none-match", etag));
        assert_eq!(call_service(&app, again.to_request()).await.status(), 304);
        let none = TestRequest::get().uri("/static/none.css").to_request();
        assert_eq!(call_service(&app, none).await.status(), 404);
    }
}
