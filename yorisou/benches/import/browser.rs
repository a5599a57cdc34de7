//! Just enough of a browser to send a file and a form: a connection for each request, cookies by hand.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Result;

/// Somebody signed in to the demonstration.
pub struct Browser {
    address: SocketAddr,
    cookies: Vec<(String, String)>,
    /// The hidden fields of the page seen last.
    hidden: Vec<(String, String)>,
}

impl Browser {
    /// Signs in without a password, as in a demonstration.
    pub async fn sign_in(address: SocketAddr, login: &str) -> Result<Self> {
        let mut browser = Self { address, cookies: Vec::new(), hidden: Vec::new() };
        browser.post("/sign-in", &[("account".to_owned(), login.to_owned())]).await?;
        browser.get("/seat").await?;
        Ok(browser)
    }

    /// Opens a page; its body.
    pub async fn get(&mut self, path: &str) -> Result<String> {
        let (_, body) = self.send("GET", path, "", b"").await?;
        self.hidden =
            ["csrf", "command", "owner"].iter().map(|n| ((*n).to_owned(), hidden(&body, n))).collect();
        Ok(body)
    }

    /// Sends a form; where it leads.
    pub async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Result<String> {
        let all = self.hidden.iter().chain(fields).map(|(n, v)| (n.as_str(), v.as_str()));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        let kind = "application/x-www-form-urlencoded";
        Ok(self.send("POST", path, kind, body.as_bytes()).await?.0)
    }

    /// Sends a file; where it leads.
    pub async fn attach(&mut self, path: &str, name: &str, file: &[u8]) -> Result<String> {
        let mut body = Vec::new();
        for (field, value) in &self.hidden {
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
        let to = self.send("POST", path, "multipart/form-data; boundary=x7", &body).await?.0;
        Ok(to.split('?').next().unwrap_or_default().to_owned())
    }

    async fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Result<(String, String)> {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\ncookie: {}\r\n",
            cookies.join("; ")
        );
        if method == "POST" {
            let length = body.len();
            head.push_str("content-type: ");
            head.push_str(kind);
            head.push_str("\r\norigin: http://bench\r\ncontent-length: ");
            head.push_str(&length.to_string());
            head.push_str("\r\n");
        }
        head += "\r\n";
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
        let mut location = String::new();
        for (name, value) in head.lines().filter_map(|l| l.split_once(": ")) {
            match name.to_ascii_lowercase().as_str() {
                "location" => value.clone_into(&mut location),
                "set-cookie" => {
                    let (name, value) =
                        value.split(';').next().and_then(|c| c.split_once('=')).unwrap_or_default();
                    self.cookies.retain(|(n, _)| n != name);
                    self.cookies.push((name.to_owned(), value.to_owned()));
                }
                _ => {}
            }
        }
        let fine = head.starts_with("HTTP/1.1 200") || head.starts_with("HTTP/1.1 303");
        if fine {
            Ok((location, body.to_owned()))
        } else {
            Err(format!("{method} {path}: {head}\n{body}").into())
        }
    }
}

/// The value of the first hidden field with this name on a page.
fn hidden(html: &str, name: &str) -> String {
    let tag = html.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\"")));
    let value = tag.and_then(|t| t.split("value=\"").nth(1)).and_then(|t| t.split('"').next());
    value.unwrap_or_default().to_owned()
}

/// What a browser would send of the lists on a form.
pub fn chosen(html: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for select in html.split("<select ").skip(1) {
        let Some(name) = select.split("name=\"").nth(1).and_then(|n| n.split('"').next()) else { continue };
        let body = select.split("</select>").next().unwrap_or_default();
        let value = body
            .split("<option value=\"")
            .skip(1)
            .find(|o| o.split('>').next().is_some_and(|tag| tag.contains(" selected")))
            .and_then(|o| o.split('"').next())
            .unwrap_or_default();
        fields.push((name.to_owned(), value.to_owned()));
    }
    fields
}
