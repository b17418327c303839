//! A browser: keeps cookies, says where it comes from, follows nothing by itself.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::cookie::{Cookie, CookieJar, Key};
use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Url, redirect};

use crate::{client, described};

/// A browser.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    cookies: Arc<Jar>,
    base: String,
    /// Whether what the API answers is held against its description.
    is_checked: bool,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    /// A header, empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// Fails unless the page says that.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.text.contains(words), "{words:?} is not said by: {}", self.text);
        self
    }

    /// Fails if the page says that.
    #[track_caller]
    pub fn says_nothing_of(&self, words: &str) -> &Self {
        assert!(!self.text.contains(words), "{words:?} is said by: {}", self.text);
        self
    }
}

/// The value of a cookie that holds the key of a session, as the server with that secret would sign it.
pub fn signed(secret: &str, key: &str) -> String {
    let mut jar = CookieJar::new();
    jar.signed_mut(&Key::derive_from(secret.as_bytes())).add(Cookie::new("it", key.to_owned()));
    let signed = jar.get("it").unwrap().encoded().to_string();
    signed.strip_prefix("it=").unwrap().to_owned()
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        let cookies = Arc::new(Jar::default());
        let client = client::builder()
            .redirect(redirect::Policy::none())
            .cookie_provider(Arc::clone(&cookies))
            .user_agent("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
            .build()
            .unwrap();
        Self { client, cookies, base: format!("http://{address}"), is_checked: true }
    }

    /// A browser for operations that there are for a test alone, and that nothing describes.
    pub fn of_undescribed(address: SocketAddr) -> Self {
        Self { is_checked: false, ..Self::new(address) }
    }

    fn read(&self, method: &Method, path: &str, page: Page) -> Page {
        if self.is_checked {
            described::check(method, path, &page);
        }
        page
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        self.send(Method::GET, path, &[], "").await
    }

    /// Asks as htmx does, from a page.
    pub async fn htmx(&self, path: &str, from: &str) -> Page {
        let from = format!("{}{from}", self.base);
        self.send(Method::GET, path, &[("hx-request", "true"), ("hx-current-url", &from)], "").await
    }

    /// Sends a form from a page of ours.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.send(Method::POST, path, &[("sec-fetch-site", "same-origin")], &body).await
    }

    /// Sends any bytes from a page of ours; nothing if no answer came.
    pub async fn posts_bytes(&self, path: &str, content_type: &str, body: Vec<u8>) -> Option<Page> {
        let request = self.client.post(format!("{}{path}", self.base)).header("sec-fetch-site", "same-origin");
        let response = request.header("content-type", content_type).body(body).send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let page = Page { status, headers, text: response.text().await.ok()? };
        Some(self.read(&Method::POST, path, page))
    }

    /// Sends anything.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        self.tries(method, path, headers, body).await.unwrap()
    }

    /// Sends anything to a server that may be away.
    pub async fn tries(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> reqwest::Result<Page> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request = request.header(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        if method == Method::POST {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(self.read(&method, path, Page { status, headers, text: response.text().await? }))
    }

    /// Sends JSON, or no body at all, as a program does.
    pub async fn json(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Page {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        self.read(&method, path, Page { status, headers, text: response.text().await.unwrap() })
    }

    /// Fills in the sign-in form.
    pub async fn signs_in(&self, name: &str, password: &str) -> Page {
        self.post("/login", &[("name", name), ("password", password)]).await
    }

    /// The value of a cookie that it holds.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let all = self.cookies.cookies(&Url::parse(&self.base).unwrap())?;
        let value = all.to_str().unwrap().split("; ").find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
        Some(value.to_owned())
    }

    /// Puts a cookie in.
    pub fn holds(&self, name: &str, value: &str) {
        self.cookies.add_cookie_str(&format!("{name}={value}; Path=/"), &Url::parse(&self.base).unwrap());
    }

    /// Whether somebody is signed in.
    pub async fn is_signed_in(&self) -> bool {
        self.get("/account").await.status == 200
    }
}
