//! A browser that does nothing but fetch: one kept connection, cookies by hand, no redirect followed.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Somebody signed in to the demonstration.
pub struct Client {
    stream: BufReader<TcpStream>,
    cookies: Vec<(String, String)>,
    /// The proof that forms need.
    pub csrf: String,
}

/// What came back.
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Where it redirects to.
    pub location: String,
    /// Body.
    pub body: String,
    /// How many bytes the body was on its way.
    pub size: usize,
}

impl Client {
    /// Connects and signs in without a password, as in a demonstration.
    pub async fn sign_in(address: SocketAddr, login: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut client = Self { stream: BufReader::new(stream), cookies: Vec::new(), csrf: String::new() };
        client.post("/sign-in", &[("account", login)]).await?;
        let page = client.get("/seat").await?;
        client.csrf = value_of(&page.body, "csrf");
        Ok(client)
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> std::io::Result<Answer> {
        self.send("GET", path, "", "").await
    }

    /// How many bytes a page or asset is, compressed.
    pub async fn weight(&mut self, path: &str) -> std::io::Result<usize> {
        Ok(self.send("GET", path, "accept-encoding: gzip\r\n", "").await?.size)
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> std::io::Result<Answer> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, "", &body).await
    }

    async fn send(&mut self, method: &str, path: &str, more: &str, body: &str) -> std::io::Result<Answer> {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nhost: bench\r\ncookie: {}\r\n{more}", cookies.join("; "));
        if method == "POST" {
            let length = body.len();
            head.push_str("content-type: application/x-www-form-urlencoded\r\norigin: http://bench\r\n");
            head.push_str("content-length: ");
            head.push_str(&length.to_string());
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        head.push_str(body);
        self.stream.get_mut().write_all(head.as_bytes()).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> std::io::Result<Answer> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await?);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        let (mut length, mut chunked, mut location) = (0, false, String::new());
        for line in head.lines().skip(1) {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap_or(0),
                "transfer-encoding" => chunked = value == "chunked",
                "location" => value.clone_into(&mut location),
                "set-cookie" => self.keep(value),
                _ => {}
            }
        }
        let bytes = if chunked { self.chunks().await? } else { self.exactly(length).await? };
        Ok(Answer { status, location, body: String::from_utf8_lossy(&bytes).into_owned(), size: bytes.len() })
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        let Some((name, value)) = pair.split_once('=') else { return };
        self.cookies.retain(|(n, _)| n != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    async fn exactly(&mut self, length: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).await?;
        Ok(bytes)
    }

    async fn chunks(&mut self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                line.push(self.stream.read_u8().await?);
            }
            let size = usize::from_str_radix(String::from_utf8_lossy(&line).trim(), 16).unwrap_or(0);
            bytes.extend(self.exactly(size).await?);
            self.exactly(2).await?;
            if size == 0 {
                return Ok(bytes);
            }
        }
    }
}

/// The value of the first hidden field with this name on a page.
pub fn value_of(html: &str, name: &str) -> String {
    let tag = html.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\"")));
    tag.and_then(|t| t.split("value=\"").nth(1))
        .and_then(|t| t.split('"').next())
        .unwrap_or_default()
        .to_owned()
}
