//! The second factor: time-based codes (RFC 6238) of six digits each thirty seconds, as every phone program makes.

use engine::{Broken, Engine};
use qrcode::{Color, QrCode};
use totp_rs::{Builder, Secret, Totp};
use words::Instant;

use crate::rules;

/// Light space around the squares that readers need.
const MARGIN: usize = 4;

/// A new secret, as the text a person can type.
pub(crate) fn new_secret(engine: &Engine) -> String {
    let mut bytes = [0_u8; 20];
    engine.random(&mut bytes);
    Secret::new_stack(bytes).to_base32()
}

/// The secret of a text, if it is one of ours: 160 bits.
fn read(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok().filter(|s| s.as_bytes().len() == 20)?;
    Some(
        Builder::new()
            .with_secret(secret)
            .with_step_duration(rules::STEP_SECONDS)
            .with_skew(1)
            .build_noncompliant(),
    )
}

/// Whether a text is such a secret.
pub(crate) fn is_secret(text: &str) -> bool {
    read(text).is_some()
}

/// The step a code belongs to, if it is right about now: one step early or late is allowed.
pub(crate) fn step_of(secret: &str, code: &str, now: Instant) -> Option<i64> {
    let code: String = rules::normal(code).chars().filter(char::is_ascii_digit).collect();
    let seconds = u64::try_from(now.millis() / 1000).ok()?;
    // One of the three steps about now: the conversions cannot fail in this era.
    read(secret)?.check(&code, seconds).and_then(|step| i64::try_from(step).ok())
}

/// What the phone program reads: `otpauth://totp/…`.
pub(crate) fn uri(secret: &str, issuer: &str, login: &str) -> String {
    use std::fmt::Write;
    let part = |text: &str| {
        text.bytes().fold(String::new(), |mut out, b| {
            if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
                out.push(char::from(b));
            } else {
                // Writing into a String cannot fail.
                let _ = write!(out, "%{b:02X}");
            }
            out
        })
    };
    let (issuer, login) = (part(issuer), part(login));
    format!(
        "otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
    )
}

/// A square code: its side in modules, margin included, and the path of its dark modules.
pub(crate) struct Square {
    pub side: usize,
    pub path: String,
}

/// The square code of a text.
pub(crate) fn square(text: &str) -> Result<Square, Broken> {
    use std::fmt::Write;
    let code = QrCode::new(text).map_err(|e| Broken::Outside(format!("square code: {e}")))?;
    let width = code.width();
    let mut path = String::new();
    for (i, _) in code.to_colors().iter().enumerate().filter(|(_, c)| **c == Color::Dark) {
        // Writing into a String cannot fail.
        let _ = write!(path, "M{} {}h1v1h-1z", i % width + MARGIN, i / width + MARGIN);
    }
    Ok(Square { side: width + 2 * MARGIN, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret `12345678901234567890`, the last six digits for SHA-1.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_examples_of_the_standard_hold() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let now = Instant::from_millis(seconds * 1000);
            assert_eq!(step_of(SECRET, code, now), Some(seconds / 30));
        }
    }

    #[test]
    fn one_step_early_or_late_and_any_typing_is_fine() {
        let code = "287082";
        assert_eq!(step_of(SECRET, code, Instant::from_millis(89_000)), Some(1));
        assert_eq!(step_of(SECRET, code, Instant::from_millis(29_000)), Some(1));
        assert_eq!(step_of(SECRET, code, Instant::from_millis(120_000)), None);
        assert_eq!(step_of(SECRET, "２８７ ０８２", Instant::from_millis(59_000)), Some(1));
        assert_eq!(step_of(SECRET, "", Instant::from_millis(59_000)), None);
        assert_eq!(step_of("GEZDG", code, Instant::from_millis(59_000)), None);
    }

    #[test]
    fn a_phone_can_read_it() {
        let uri = uri(SECRET, "寄り添う", "a 1");
        assert!(
            uri.starts_with("otpauth://totp/%E5%AF%84%E3%82%8A%E6%B7%BB%E3%81%86:a%201?secret=GEZDG"),
            "{uri}"
        );
        let square = square(&uri).unwrap();
        assert!(square.side > 40 && square.path.starts_with("M4 4h1v1h-1z"));
    }
}
