//! A handler that panics: its reader gets a page with a reference, and the server goes on.

use std::net::TcpListener;

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::get;
use actix_web::{App, HttpResponse, HttpServer};
use tollgate::http::middleware::envelope::envelope;
use tollgate::pages::errors::error_pages::error_pages;

use super::browser::Browser;

async fn breaks() -> HttpResponse {
    panic!("the test wants a panic")
}

#[actix_web::test]
async fn a_handler_that_panics_is_a_page_with_a_reference() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = HttpServer::new(|| {
        App::new()
            .route("/breaks", get().to(breaks))
            .route("/works", get().to(HttpResponse::Ok))
            .wrap(from_fn(error_pages))
            .wrap(Compress::default())
            .wrap(from_fn(envelope))
    });
    let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);
    let browser = Browser::new(address);
    for _ in 0..3 {
        let page = browser.get("/breaks").await;
        assert_eq!(page.status, 500);
        page.says("Something went wrong on our side").says(page.header("x-request-id"));
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!((page.header("cache-control"), page.header("x-frame-options")), ("no-store", "DENY"));
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(!page.text.contains("the test wants"), "what broke is for the log alone");
        assert_eq!(browser.get("/works").await.status, 200);
    }
    handle.stop(true).await;
    running.await.unwrap().unwrap();
}
