//! A person with a browser: one kept connection, cookies kept by hand, no redirect followed.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Status code.
    pub status: u16,
    /// Headers in order, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Body as text; of a PDF the words in it.
    pub body: String,
    /// Body as it came: files are no text.
    pub bytes: Vec<u8>,
}

/// A form on a page.
#[derive(Debug, Clone)]
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// Its hidden fields.
    pub hidden: Vec<(String, String)>,
    /// Its whole markup.
    pub html: String,
}

impl Page {
    /// The first header with this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Where it redirects to; empty when it does not.
    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    /// The text of the page as somebody reads it: no markup, character references resolved.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for c in self.body.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                c if !inside => text.push(c),
                _ => {}
            }
        }
        decoded(&text)
    }

    /// Places of sentences (`{n}`) into which nothing was filled: nobody reads them as words. An answer of a form (`${health}`) is none.
    pub fn unfilled(&self) -> Vec<String> {
        let text = self.text().replace("${", "");
        let places = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        let name = |of: &&str| !of.is_empty() && of.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        places.map(|(of, _)| of).filter(name).map(|of| format!("{{{of}}}")).collect()
    }

    /// Asserts that something is on the page (also in a field's value).
    #[track_caller]
    pub fn see(&self, what: &str) -> &Self {
        assert!(
            decoded(&self.body).contains(what),
            "{what:?} is not on the page ({}):\n{}",
            self.status,
            self.text()
        );
        self
    }

    /// Asserts that something is nowhere in what came back.
    #[track_caller]
    pub fn not_see(&self, what: &str) -> &Self {
        assert!(
            !decoded(&self.body).contains(what),
            "{what:?} is on the page ({}):\n{}",
            self.status,
            self.text()
        );
        self
    }

    /// Asserts the status.
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Asserts a redirect to exactly this place. The change that can be taken back is an id: [`Self::change`] has it.
    #[track_caller]
    pub fn goes_to(&self, place: &str) -> &Self {
        let mut to = if self.status == 303 { self.location().to_owned() } else { String::new() };
        if let Some(change) = self.change() {
            to = to.replace(&format!("?undo={change}&"), "?").replace(&format!("&undo={change}"), "");
            to = to.replace(&format!("?undo={change}"), "");
        }
        assert_eq!((self.status, to.as_str()), (303, place), "{}", self.text());
        self
    }

    /// The change that a redirect offers to take back.
    pub fn change(&self) -> Option<String> {
        let (_, after) = self.header("location")?.split_once("undo=")?;
        Some(after.split(['&', '#']).next()?.to_owned())
    }

    /// Every form.
    pub fn forms(&self) -> Vec<Form> {
        self.body
            .split("<form")
            .skip(1)
            .map(|rest| {
                let html = rest.split("</form>").next().unwrap_or_default();
                let hidden = html
                    .split("<input")
                    .skip(1)
                    .map(|tag| attributes(tag.split('>').next().unwrap_or_default()))
                    .filter(|a| a.get("type").is_some_and(|t| t == "hidden"))
                    .map(|a| {
                        (
                            a.get("name").cloned().unwrap_or_default(),
                            a.get("value").cloned().unwrap_or_default(),
                        )
                    })
                    .collect();
                let action = attributes(html.split('>').next().unwrap_or_default())
                    .remove("action")
                    .unwrap_or_default();
                Form { action, hidden, html: html.to_owned() }
            })
            .collect()
    }

    /// The first form whose action contains this.
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        self.forms().into_iter().find(|f| f.posts() && f.action.contains(action)).unwrap_or_else(|| {
            panic!("no form to {action:?} on the page ({}):\n{}", self.status, self.text())
        })
    }

    /// The `href` of the first link whose text contains this.
    #[track_caller]
    pub fn link(&self, text: &str) -> String {
        self.body
            .split("<a ")
            .skip(1)
            .map(|rest| rest.split("</a>").next().unwrap_or_default())
            .find(|rest| decoded(rest).contains(text))
            .and_then(|rest| attributes(rest.split('>').next().unwrap_or_default()).remove("href"))
            .unwrap_or_else(|| panic!("no link {text:?} on the page ({}):\n{}", self.status, self.text()))
    }
}

impl Form {
    /// Whether it writes: a form that only searches has no place in a story's steps.
    pub fn posts(&self) -> bool {
        let tag = self.html.split('>').next().unwrap_or_default().to_lowercase();
        tag.contains("method=\"post\"")
    }

    /// The value of a hidden field; empty when there is none.
    pub fn value(&self, name: &str) -> String {
        self.hidden.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
    }
}

fn attributes(tag: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = tag;
    while let Some((name, after)) = rest.split_once("=\"") {
        let name = name.rsplit(char::is_whitespace).next().unwrap_or_default().to_owned();
        let Some((value, after)) = after.split_once('"') else { break };
        found.insert(name, decoded(value));
        rest = after;
    }
    found
}

/// Character references resolved.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let resolved = after.split_once(';').filter(|(name, _)| name.len() < 8).and_then(|(name, after)| {
            let c = match name {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "quot" => Some('"'),
                _ => match name.strip_prefix("#x") {
                    Some(hex) => u32::from_str_radix(hex, 16).ok().and_then(char::from_u32),
                    None => name.strip_prefix('#').and_then(|n| n.parse().ok()).and_then(char::from_u32),
                },
            };
            c.map(|c| (c, after))
        });
        if let Some((c, after)) = resolved {
            out.push(c);
            rest = after;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// A person with a browser.
#[derive(Debug, Clone)]
pub struct Person {
    address: SocketAddr,
    /// Cookies of the browser.
    pub cookies: BTreeMap<String, String>,
    /// The page looked at: forms are taken from it.
    pub page: Page,
    csrf: String,
    line: Line,
}

impl Person {
    /// A fresh browser at an address.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            address,
            cookies: BTreeMap::new(),
            page: Page::default(),
            csrf: String::new(),
            line: Line(None),
        }
    }

    /// The host it talks to, as a browser names it.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, &[], String::new()).await
    }

    /// Opens what the last page redirected to.
    pub async fn follow(&mut self) -> Page {
        let to = self.page.location().to_owned();
        assert!(!to.is_empty(), "nowhere to go on to:\n{}", self.page.text());
        self.get(to.split('#').next().unwrap_or_default()).await
    }

    /// Sends a form as a browser does: with the hidden fields of the page's form for this path (its command id and
    /// version among them), unless given here. Without such a form only the CSRF value is added.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form =
            self.page.forms().into_iter().find(|f| f.posts() && f.action.split('#').next() == Some(path));
        let hidden = match form {
            Some(form) => form.hidden,
            None if self.csrf.is_empty() => Vec::new(),
            None => vec![("csrf".to_owned(), self.csrf.clone())],
        };
        let mut all: Vec<(String, String)> =
            hidden.into_iter().filter(|(n, _)| !fields.iter().any(|(f, _)| f == n)).collect();
        all.extend(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.post_exactly(path, &all).await
    }

    /// Looks for words, as from the box at the top of every page.
    pub async fn search(&mut self, words: &str) -> Page {
        self.post("/search", &[("q", words)]).await
    }

    /// Sends exactly these fields.
    pub async fn post_exactly(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_with(path, fields, &[]).await
    }

    /// Sends exactly these fields with further headers.
    pub async fn post_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, headers, body).await
    }

    /// Sends the page's form for this path with a file in the field `file`, as a browser does.
    pub async fn attach(&mut self, path: &str, name: &str, file: &[u8]) -> Page {
        self.attach_with(path, &[], name, file).await
    }

    /// The same with fields that somebody filled in.
    pub async fn attach_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        name: &str,
        file: &[u8],
    ) -> Page {
        let form = self.page.form(path);
        let mut body = Vec::new();
        let typed = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        for (field, value) in form.hidden.iter().cloned().chain(typed) {
            let part = format!("--x7\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend(part.as_bytes());
        }
        let head = format!(
            "--x7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(file);
        body.extend(b"\r\n--x7--\r\n");
        self.send_as("POST", path, ("multipart/form-data; boundary=x7", &[]), &body).await
    }

    async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Page {
        self.send_as(method, path, ("application/x-www-form-urlencoded", headers), body.as_bytes()).await
    }

    async fn send_as(
        &mut self,
        method: &str,
        path: &str,
        (kind, headers): (&str, &[(&str, &str)]),
        body: &[u8],
    ) -> Page {
        let mut lines = vec![format!("{method} {path} HTTP/1.1"), format!("host: {}", self.address)];
        if method == "POST" {
            lines.push(format!("content-type: {kind}"));
            lines.push(format!("content-length: {}", body.len()));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            lines.push(format!("cookie: {}", cookies.join("; ")));
        }
        lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        let head = lines.join("\r\n");
        let request = [head.as_bytes(), b"\r\n\r\n", body].concat();
        let page = if let Some(page) = self.line.ask(&request).await {
            page
        } else {
            // Not open yet, or closed by the other side in the meantime.
            self.line = Line::open(self.address).await;
            self.line.ask(&request).await.expect("an answer")
        };
        for (name, value) in page.headers.iter().filter(|(n, _)| n == "set-cookie").map(|(_, v)| cookie(v)) {
            if value.is_empty() {
                self.cookies.remove(&name);
            } else {
                self.cookies.insert(name, value);
            }
        }
        if let Some(csrf) = page.forms().iter().map(|f| f.value("csrf")).find(|c| !c.is_empty()) {
            self.csrf = csrf;
        }
        self.page = page.clone();
        page
    }
}

fn cookie(set: &str) -> (String, String) {
    let pair = set.split(';').next().unwrap_or_default();
    let (name, value) = pair.split_once('=').unwrap_or_default();
    (name.to_owned(), value.to_owned())
}

/// The connection of a browser. A second browser begins without one.
#[derive(Debug)]
struct Line(Option<BufReader<TcpStream>>);

impl Clone for Line {
    fn clone(&self) -> Self {
        Self(None)
    }
}

impl Line {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(Some(BufReader::new(stream)))
    }

    /// Sends a request and reads the answer to it; nothing if the connection is gone.
    async fn ask(&mut self, request: &[u8]) -> Option<Page> {
        let stream = self.0.as_mut()?;
        stream.write_all(request).await.ok()?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.ok()? == 0 {
                return None;
            }
        }
        let mut page = answer(&head);
        let body = match (page.header("transfer-encoding"), page.header("content-length")) {
            (Some("chunked"), _) => chunks(stream).await,
            (_, Some(length)) => exactly(stream, length.parse().unwrap()).await,
            _ => Vec::new(),
        };
        page.body = match page.header("content-type") {
            Some("application/pdf") => printed(&body),
            _ => String::from_utf8_lossy(&body).into_owned(),
        };
        page.bytes = body;
        if page.header("connection") == Some("close") {
            self.0 = None;
        }
        Some(page)
    }
}

/// What a second program reads in a PDF: stories search it like a page. Lines are put together again, as a word may be broken
/// between two.
fn printed(pdf: &[u8]) -> String {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut reader = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext: scripts/install pdf");
    reader.stdin.take().unwrap().write_all(pdf).unwrap();
    let text = reader.wait_with_output().unwrap();
    // Whatever somebody attached and called so.
    if !text.status.success() {
        return String::from_utf8_lossy(pdf).into_owned();
    }
    String::from_utf8(text.stdout).unwrap().replace(['\n', '\u{c}'], "")
}

fn answer(head: &str) -> Page {
    let mut lines = head.lines();
    let status =
        lines.next().and_then(|l| l.split(' ').nth(1)).and_then(|s| s.parse().ok()).expect("a status");
    let headers = lines
        .filter_map(|l| l.split_once(':'))
        .map(|(n, v)| (n.trim().to_lowercase(), v.trim().to_owned()))
        .collect();
    Page { status, headers, ..Page::default() }
}

async fn exactly(stream: &mut BufReader<TcpStream>, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await.unwrap();
    bytes
}

async fn chunks(stream: &mut BufReader<TcpStream>) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let size = usize::from_str_radix(line.trim(), 16).unwrap();
        whole.extend(exactly(stream, size).await);
        exactly(stream, 2).await;
        if size == 0 {
            return whole;
        }
    }
}
