//! From HTTP to pages and back: sessions, CSRF, headers, errors. Everything a handler must not have to think of.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use engine::{Broken, Engine, Fail, Receipt};
use tower_http::compression::CompressionLayer;
use words::Instant;
use words::code::Code;

use crate::page::{Body, MOST_BYTES};
use crate::{
    Access, Answer, Fields, Frame, Language, Languages, Method, Page, Req, Signed, assets, message_page,
};

type Resolving = Pin<Box<dyn Future<Output = Result<Option<Signed>, Broken>> + Send>>;
type Resuming = Pin<Box<dyn Future<Output = Result<Answer, Fail>> + Send>>;

/// What the account concept gives the plumbing, so that the plumbing need not know it.
pub struct Hooks {
    /// From a session cookie to who is signed in now, with today's appointments.
    pub resolve: Box<dyn Fn(Engine, String, Instant) -> Resolving + Send + Sync>,
    /// The sign-in page, keeping where someone wanted to go, or what they had just sent.
    pub signed_out: Box<dyn Fn(Arc<Req>) -> Resuming + Send + Sync>,
}

/// The whole site.
pub struct Site {
    /// The engine.
    pub engine: Engine,
    /// The words, in every language.
    pub texts: Languages,
    /// Whether this is a demonstration.
    pub demo: bool,
    /// Whether cookies are sent over TLS only.
    pub secure_cookies: bool,
    /// Sign-in.
    pub hooks: Hooks,
    /// Makes files of papers.
    pub press: crate::paper::Press,
    /// Looks at files before they are taken.
    pub scanner: crate::scan::Scanner,
    /// What everybody looked for last.
    pub recall: crate::Recall,
}

/// The cookie that holds a session's token.
pub const SESSION_COOKIE: &str = "yorisou_session";

/// The cookie that holds the language chosen before anyone signed in on this browser.
pub const LANGUAGE_COOKIE: &str = "yorisou_language";

/// Mounts the pages.
pub fn router(site: Arc<Site>, pages: Vec<Page>) -> Router {
    let mut router: Router<Arc<Site>> = Router::new();
    for page in pages {
        router = router.route(page.path, method_router(page));
    }
    for asset in [&*assets::CSS, &*assets::JS, &*assets::ICON] {
        let headers = [
            (header::CONTENT_TYPE, asset.media_type),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        let bytes = asset.bytes;
        router = router.route(&asset.url, get(move || async move { (headers, bytes) }));
    }
    router = router.route("/health", get(health)).fallback(absent).method_not_allowed_fallback(absent);
    router.with_state(site).layer(CompressionLayer::new())
}

fn method_router(page: Page) -> MethodRouter<Arc<Site>> {
    let method = page.method;
    let page = Arc::new(page);
    let handler = move |State(site): State<Arc<Site>>, params: RawPathParams, request: Request| {
        let page = Arc::clone(&page);
        async move {
            let params = params.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            answer(site, &page, params, request).await
        }
    };
    match method {
        Method::Get => get(handler),
        Method::Post => post(handler),
    }
}

/// Whether the program and its database answer. Says nothing else.
async fn health(State(site): State<Arc<Site>>) -> Response {
    match engine::check::alive(&site.engine).await {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(e) => {
            tracing::error!(error = %e, "database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "database does not answer\n").into_response()
        }
    }
}

async fn absent(State(site): State<Arc<Site>>, request: Request) -> Response {
    let signed = resolve(&site, request.headers(), site.engine.now()).await.unwrap_or_default();
    let req = bare(&site, signed, &request);
    finish(&req, Err(Fail::NotVisible))
}

async fn resolve(site: &Arc<Site>, headers: &HeaderMap, now: Instant) -> Result<Option<Signed>, Broken> {
    let signed = match cookies(headers).into_iter().find(|(n, _)| n == SESSION_COOKIE) {
        Some((_, token)) => (site.hooks.resolve)(site.engine.clone(), token, now).await,
        None => Ok(None),
    };
    let whose = signed.as_ref().ok().and_then(|s| s.as_ref()).map(|s| s.viewer.municipality);
    site.texts.refresh(&site.engine, whose, now).await;
    signed
}

/// The language somebody chose for themselves; before they sign in, what was chosen on this browser.
fn language(signed: Option<&Signed>, cookies: &[(String, String)]) -> Language {
    let chosen = || cookies.iter().find(|(n, _)| n == LANGUAGE_COOKIE).and_then(|(_, v)| Language::parse(v));
    signed.and_then(|s| s.language).or_else(chosen).unwrap_or(Language::Japanese)
}

fn bare(site: &Arc<Site>, signed: Option<Signed>, request: &Request) -> Arc<Req> {
    Arc::new(Req {
        site: Arc::clone(site),
        language: language(signed.as_ref(), &cookies(request.headers())),
        signed,
        now: site.engine.now(),
        params: Vec::new(),
        path: request.uri().path().to_owned(),
        query: Fields::default(),
        body: Fields::default(),
        files: Vec::new(),
        cookies: Vec::new(),
        wants_draft: false,
        posted: false,
        raw_query: request.uri().query().unwrap_or_default().to_owned(),
        came_from: came_from(request.headers()),
    })
}

async fn answer(site: Arc<Site>, page: &Page, params: Vec<(String, String)>, request: Request) -> Response {
    let now = site.engine.now();
    let (parts, body) = request.into_parts();
    let signed = match resolve(&site, &parts.headers, now).await {
        Ok(signed) => signed,
        Err(e) => {
            tracing::error!(error = %e, "session could not be read");
            None
        }
    };
    let may_send_files = signed.as_ref().is_some_and(|s| admits(page.access, s));
    let most_bytes = if may_send_files { page.most_bytes } else { MOST_BYTES };
    let Ok(bytes) = to_bytes(body, most_bytes).await else {
        return too_large(&site, &parts.headers, now).await;
    };
    let wants_draft = parts.headers.get("x-requested-with").is_some_and(|v| v == "draft");
    let cookies = cookies(&parts.headers);
    let (body, files) = body_of(&parts.headers, &bytes);
    let files = crate::upload::scanned(&site.scanner, files).await;
    let req = Arc::new(Req {
        language: language(signed.as_ref(), &cookies),
        signed,
        now,
        params,
        path: parts.uri.path().to_owned(),
        query: Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()),
        body,
        files,
        cookies,
        wants_draft,
        posted: page.method == Method::Post,
        raw_query: parts.uri.query().unwrap_or_default().to_owned(),
        came_from: came_from(&parts.headers),
        site,
    });
    if !req.query.with_my_number().is_empty() {
        // An address stays in the browser's history and in logs on the way: nothing is done with it at all.
        return finish(&req, Err(Fail::Refused(engine::Refusal::new("text.my_number"))));
    }
    if page.method == Method::Post && !same_origin(&parts.headers) {
        return finish(&req, Err(Fail::Refused(engine::Refusal::new("denied.other_site"))));
    }
    let allowed = match page.access {
        Access::Anyone(_) => true,
        Access::SignedIn => req.signed.is_some(),
        Access::Role(roles) => {
            if req.signed.as_ref().is_some_and(|s| !s.viewer.has_role(roles)) {
                return finish(&req, Err(Fail::NotVisible));
            }
            req.signed.is_some()
        }
    };
    if !allowed {
        if wants_draft {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let answer = (req.site.hooks.signed_out)(Arc::clone(&req)).await;
        return finish(&req, answer);
    }
    if page.method == Method::Post
        && let Some(signed) = &req.signed
        && !matches!(page.access, Access::Anyone(_))
    {
        if req.body.get("csrf") != Some(signed.csrf.as_str()) {
            // A form from an earlier session of the same browser: nothing is lost, it is sent again.
            let answer = (req.site.hooks.signed_out)(Arc::clone(&req)).await;
            return finish(&req, answer);
        }
        if wants_draft && !req.body.with_my_number().is_empty() {
            return StatusCode::UNPROCESSABLE_ENTITY.into_response();
        }
    }
    let answer = match (page.handler)(Arc::clone(&req)).await {
        Ok(answer) => crate::paper::pressed(req.site.press, answer).await,
        failed => failed,
    };
    finish(&req, answer)
}

/// The fields of a body, and the files when it holds some.
fn body_of(headers: &HeaderMap, bytes: &[u8]) -> (Fields, Vec<crate::Upload>) {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        crate::upload::parse(kind, bytes)
    } else {
        (Fields::parse(bytes), Vec::new())
    }
}

/// Whether a page is there for somebody signed in.
fn admits(access: Access, signed: &Signed) -> bool {
    match access {
        Access::Anyone(_) | Access::SignedIn => true,
        Access::Role(roles) => signed.viewer.has_role(roles),
    }
}

async fn too_large(site: &Arc<Site>, headers: &HeaderMap, now: Instant) -> Response {
    let signed = resolve(site, headers, now).await.unwrap_or_default();
    let frame = frame_of(site, signed, headers);
    let html = message_page(frame, "too_large", "");
    let answer = Answer::page(html, Receipt::nothing_personal("a message only")).map(|a| a.status(413));
    secured(respond(answer.unwrap_or_else(|_| plain_failure())))
}

fn frame_of(site: &Arc<Site>, signed: Option<Signed>, headers: &HeaderMap) -> Frame {
    Req {
        site: Arc::clone(site),
        language: language(signed.as_ref(), &cookies(headers)),
        signed,
        now: site.engine.now(),
        params: Vec::new(),
        path: String::new(),
        query: Fields::default(),
        body: Fields::default(),
        files: Vec::new(),
        cookies: Vec::new(),
        wants_draft: false,
        posted: false,
        raw_query: String::new(),
        came_from: String::new(),
    }
    .frame()
}

/// Turns a result into a response. The one place where failures become pages, and bugs are logged.
fn finish(req: &Req, answer: Result<Answer, Fail>) -> Response {
    let message = |section: &str, status: u16, reference: &str| {
        let html = message_page(req.frame(), section, reference);
        Answer::page(html, Receipt::nothing_personal("a message only"))
            .map_or_else(|_| plain_failure(), |a| a.status(status))
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(Fail::NotVisible) => message("absent", 404, ""),
        Err(Fail::Stale) => message("stale", 409, ""),
        Err(Fail::Refused(refusal)) => {
            let mut frame = req.frame();
            frame.flash = None;
            let sentence = frame.t.fs(refusal.key, &refusal.args);
            let html = refused_page(frame, sentence, req.posted);
            let status = if refusal.conflict { 409 } else { 422 };
            Answer::page(html, Receipt::nothing_personal("a message only"))
                .map_or_else(|_| plain_failure(), |a| a.status(status))
        }
        Err(Fail::Broken(e)) => {
            let mut bytes = [0_u8; 4];
            req.site.engine.random(&mut bytes);
            let reference = engine::hex(&bytes);
            tracing::error!(reference = reference.as_str(), path = template_of(&req.path), error = %e, "request failed");
            message("broken", 500, &reference)
        }
    };
    secured(respond(answer))
}

fn refused_page(frame: Frame, sentence: String, posted: bool) -> Result<String, askama::Error> {
    use askama::Template;
    #[derive(Template)]
    #[template(path = "message.html")]
    struct Refused {
        frame: Frame,
        title: String,
        lead: String,
        next: String,
        reference: String,
    }
    // Whoever only followed a link has written nothing to go back to.
    let next = if posted { "refused.next" } else { "refused.nothing_sent" };
    let (title, next) = (frame.t.s("refused.title").to_owned(), frame.t.s(next).to_owned());
    Refused { frame, title, lead: sentence, next, reference: String::new() }.render()
}

/// A path without its ids, for the log.
fn template_of(path: &str) -> String {
    path.split('/')
        .map(|part| if uuid::Uuid::parse_str(part).is_ok() { "{id}" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

fn plain_failure() -> Answer {
    Answer {
        status: 500,
        body: Body::Html("<!doctype html><title>500</title>".to_owned()),
        cookies: Vec::new(),
        refresh: None,
    }
}

/// The name a file is kept under: in ASCII for what reads nothing else, and in UTF-8 (RFC 6266 with RFC 8187).
fn disposition(name: &str, plain: &str) -> String {
    let kept = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (stem, ending) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let stem: String = stem.chars().filter(kept).collect();
    let ending: String = ending.chars().filter(kept).collect();
    let stem = if stem.chars().any(|c| c.is_ascii_alphanumeric()) { stem } else { "file".to_owned() };
    let dot = if ending.is_empty() { "" } else { "." };
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    // What this encoding leaves alone and the other does not.
    let encoded = encoded.replace('+', "%20").replace('*', "%2A");
    format!("attachment; filename=\"{stem}{dot}{ending}\"; filename*=UTF-8''{encoded}")
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match answer.body {
        Body::Html(html) => {
            (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
        }
        Body::Json(json) => (status, [(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Body::File { bytes, media_type, name, plain } => {
            let kept = disposition(&name, plain.as_deref().unwrap_or(&name));
            (
                status,
                [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, kept)],
                bytes,
            )
                .into_response()
        }
        Body::Picture { bytes, media_type } => {
            let shown = HeaderValue::from_static("inline");
            let kind = HeaderValue::from_static(media_type);
            (status, [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, shown)], bytes)
                .into_response()
        }
        // Was made into a file before.
        Body::Paper { .. } => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Body::Redirect(to) => match HeaderValue::from_str(&to) {
            Ok(to) => (status, [(header::LOCATION, to)]).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    };
    if let Some(seconds) = answer.refresh {
        response.headers_mut().insert(header::REFRESH, HeaderValue::from(seconds));
    }
    for cookie in answer.cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

fn secured(mut response: Response) -> Response {
    const HEADERS: &[(header::HeaderName, &str)] = &[
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        // Pages hold personal data: nothing of them is kept by the browser or on the way.
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().insert(name.clone(), HeaderValue::from_static(value));
    }
    response
}

/// The path and query of the page before, when it was one of this site's.
fn came_from(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    headers
        .get(header::REFERER)
        .and_then(|v| v.to_str().ok())
        .and_then(|referer| referer.split_once("://"))
        .and_then(|(_, rest)| rest.strip_prefix(host))
        .filter(|path| path.starts_with('/'))
        .map_or_else(|| "/".to_owned(), str::to_owned)
}

/// Browsers say where a form was sent from; another site's form is refused even before its CSRF value is read.
fn same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site").and_then(|v| v.to_str().ok()) {
        return matches!(site, "same-origin" | "none");
    }
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    match headers.get(header::ORIGIN).and_then(|v| v.to_str().ok()) {
        Some(origin) => host.is_some_and(|h| origin.split_once("://").is_some_and(|(_, o)| o == h)),
        None => true,
    }
}

fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_name_for_every_browser() {
        let both = disposition("会議録_第1回.pdf", "minutes-2026-12-09.pdf");
        assert_eq!(
            both,
            "attachment; filename=\"minutes-2026-12-09.pdf\"; \
             filename*=UTF-8''%E4%BC%9A%E8%AD%B0%E9%8C%B2_%E7%AC%AC1%E5%9B%9E.pdf"
        );
        assert!(
            disposition("診断書\".pdf", "診断書\".pdf").starts_with("attachment; filename=\"file.pdf\"; ")
        );
    }
}
