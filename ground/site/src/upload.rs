//! Files sent with a form (`multipart/form-data`, RFC 7578). The body is bounded before it comes here; what cannot be
//! read is a form without fields, which then fails its proof like any other.

use engine::Refusal;

use crate::Fields;
use crate::scan::{Scanner, Verdict};

/// A file as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Name of the field.
    pub field: String,
    /// Name of the file, as the browser says; for showing only.
    pub name: String,
    bytes: Vec<u8>,
    verdict: Verdict,
}

impl Upload {
    /// Its content, unless the scanner keeps it from being taken.
    pub fn content(&self) -> Result<&[u8], Refusal> {
        self.verdict.passes().map(|()| self.bytes.as_slice())
    }
}

/// Asks the scanner about every file.
pub(crate) async fn scanned(scanner: &Scanner, mut files: Vec<Upload>) -> Vec<Upload> {
    for file in &mut files {
        file.verdict = scanner.judge(&file.bytes).await;
    }
    files
}

/// Reads a body: its fields, and its files. Empty file fields are no files.
pub(crate) fn parse(content_type: &str, body: &[u8]) -> (Fields, Vec<Upload>) {
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    for part in boundary(content_type).map(|b| parts(body, &b)).unwrap_or_default() {
        let Some(end) = find(part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..end]).into_owned();
        let content = &part[end + 4..];
        let Some(field) = parameter(&head, "name") else { continue };
        match parameter(&head, "filename") {
            Some(name) if !name.is_empty() || !content.is_empty() => {
                files.push(Upload { field, name, bytes: content.to_vec(), verdict: Verdict::Taken });
            }
            Some(_) => {}
            None => fields.push((field, String::from_utf8_lossy(content).into_owned())),
        }
    }
    (Fields::from_pairs(fields), files)
}

fn boundary(content_type: &str) -> Option<String> {
    let given = content_type.split(';').skip(1).find_map(|p| p.trim().strip_prefix("boundary="))?;
    let given = given.trim_matches('"');
    (!given.is_empty()).then(|| format!("--{given}"))
}

/// What stands between the boundaries.
fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<&'b [u8]> {
    let mark = boundary.as_bytes();
    let mut found = Vec::new();
    let Some(first) = find(body, mark) else { return found };
    let mut rest = &body[first + mark.len()..];
    // Every part begins after a line break and ends before one, the last mark has two hyphens behind.
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        let Some(end) = find(after, &[b"\r\n", mark].concat()) else { break };
        found.push(&after[..end]);
        rest = &after[end + 2 + mark.len()..];
    }
    found
}

/// A parameter of the part's disposition. Browsers write `"` in it as `%22`.
fn parameter(head: &str, name: &str) -> Option<String> {
    let line = head.lines().find(|l| l.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let start = format!("; {name}=\"");
    let value = line.split_once(&start)?.1;
    Some(value.split_once('"')?.0.replace("%22", "\""))
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len().max(1)).position(|w| w == what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TYPE: &str = "multipart/form-data; boundary=----b0";

    fn body(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (head, content) in parts {
            body.extend_from_slice(b"------b0\r\nContent-Disposition: form-data; ");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"------b0--\r\n");
        body
    }

    #[test]
    fn fields_and_files_come_apart() {
        let bytes = [0_u8, 13, 10, 45, 45, 255];
        let sent = body(&[
            ("name=\"csrf\"", b"token"),
            ("name=\"words\"", "一行目\r\n二行目".as_bytes()),
            ("name=\"file\"; filename=\"表.xlsx\"\r\nContent-Type: application/octet-stream", &bytes),
            ("name=\"other\"; filename=\"\"", b""),
        ]);
        let (fields, files) = parse(TYPE, &sent);
        assert_eq!((fields.get("csrf"), fields.get("words")), (Some("token"), Some("一行目\r\n二行目")));
        let (field, name) = ("file".to_owned(), "表.xlsx".to_owned());
        let file = Upload { field, name, bytes: bytes.to_vec(), verdict: Verdict::Taken };
        assert_eq!(files, [file]);
    }

    #[test]
    fn a_broken_body_is_nothing() {
        for sent in
            [&b""[..], b"------b0", b"------b0\r\nContent-Disposition: form-data\r\n\r\nx\r\n------b0--"]
        {
            assert_eq!(parse(TYPE, sent).0.pairs().len(), 0);
        }
        assert_eq!(parse("multipart/form-data", &body(&[("name=\"a\"", b"1")])).0.pairs().len(), 0);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_not(sent in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(TYPE, &sent);
        }

        #[test]
        fn a_file_comes_as_it_was(content in proptest::collection::vec(any::<u8>(), 1..200)) {
            prop_assume!(find(&content, b"\r\n------b0").is_none());
            let sent = body(&[("name=\"f\"; filename=\"x\"", &content)]);
            prop_assert_eq!(&parse(TYPE, &sent).1[0].bytes, &content);
        }
    }
}
