//! The configuration: as written in TOML, as meant here. Every key is in `yorisou.example.toml` with its default
//! and its reason.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::Trouble;

/// A database URL. Its password is never shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Wraps a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The URL itself, password included: for opening only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A password can stand before the host or among the parameters.
        let base = self.0.split('?').next().unwrap_or_default();
        match base.split_once("://").and_then(|(scheme, rest)| rest.rsplit_once('@').map(|r| (scheme, r))) {
            Some((scheme, (who, host))) => {
                let user = who.split(':').next().unwrap_or_default();
                write!(f, "{scheme}://{user}:…@{host}")
            }
            None => f.write_str(base),
        }
    }
}
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// `[server]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port.
    pub listen: String,
    /// Whether cookies are sent over TLS only.
    pub secure_cookies: bool,
    /// How long requests under way may take to finish when the program is stopped.
    pub shutdown_seconds: u64,
}
impl Default for Server {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8080".to_owned(), secure_cookies: true, shutdown_seconds: 20 }
    }
}

/// `[database]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// Where the data is.
    pub url: DatabaseUrl,
    /// PostgreSQL: the owner's URL, for `yorisou migrate` only.
    pub owner_url: Option<DatabaseUrl>,
    /// PostgreSQL: the role the program connects as, which `yorisou migrate` gives its rights.
    pub app_role: Option<String>,
}
impl Default for Database {
    fn default() -> Self {
        Self { url: DatabaseUrl::new("sqlite:yorisou.db"), owner_url: None, app_role: None }
    }
}

/// `[log]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// From which level on.
    pub level: String,
    /// How.
    pub format: LogFormat,
}
impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Text }
    }
}

/// `[access_log]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccessLog {
    /// Where the newest link of each chain is put once a day.
    pub head_folder: PathBuf,
    /// How often new rows are sealed.
    pub seal_seconds: u64,
}
impl Default for AccessLog {
    fn default() -> Self {
        Self { head_folder: PathBuf::from("heads"), seal_seconds: 5 }
    }
}

/// `[jobs]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Jobs {
    /// How often late promises are looked for.
    pub escalation_seconds: u64,
}
impl Default for Jobs {
    fn default() -> Self {
        Self { escalation_seconds: 300 }
    }
}

/// `[files]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    /// Where the virus scanner listens; empty: there is none.
    pub scanner: String,
}

/// The whole configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `[server]`.
    pub server: Server,
    /// `[database]`.
    pub database: Database,
    /// `[log]`.
    pub log: Log,
    /// `[access_log]`.
    pub access_log: AccessLog,
    /// `[jobs]`.
    pub jobs: Jobs,
    /// `[files]`.
    pub files: Files,
}

/// The file that is read when none is named.
pub const USUAL: &str = "yorisou.toml";

impl Config {
    /// Reads a configuration. The trouble names the key; it never quotes a line, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        let config: Self = toml::from_str(text).map_err(|e| {
            let line = e.span().map_or(0, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
            Trouble::new(format!("line {line}: {}", e.message().lines().collect::<Vec<_>>().join(" ")))
        })?;
        if config.access_log.seal_seconds == 0 || config.jobs.escalation_seconds == 0 {
            return Err(Trouble::new(
                "access_log.seal_seconds and jobs.escalation_seconds must be at least 1",
            ));
        }
        Ok(config)
    }

    /// Reads the file. Without a named file the usual one is read if it is there; otherwise the defaults hold.
    pub fn read(named: Option<&Path>) -> Result<Self, Trouble> {
        let path = named.unwrap_or(Path::new(USUAL));
        match std::fs::read_to_string(path) {
            Ok(text) => {
                Self::parse(&text).map_err(|e| Trouble::new(format!("configuration {}: {e}", path.display())))
            }
            Err(e) if named.is_none() && e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(Trouble::new(format!("configuration {}: {e}", path.display()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../yorisou.example.toml");

    #[test]
    fn the_example_says_the_defaults() {
        assert_eq!(Config::parse(EXAMPLE).unwrap(), Config::default());
        // What has no default is shown as a comment; with it uncommented, the file still reads.
        let whole = EXAMPLE.replace("# owner_url", "owner_url").replace("# app_role", "app_role");
        let config = Config::parse(&whole).unwrap();
        assert!(config.database.owner_url.is_some() && config.database.app_role.is_some());
    }

    #[test]
    fn the_example_mentions_every_key() {
        let debug = format!("{:#?}", Config::default());
        let keys: Vec<&str> = debug
            .lines()
            .filter_map(|l| l.trim().split_once(": "))
            .map(|(key, _)| key)
            .filter(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
            .collect();
        assert!(keys.len() >= 15, "{keys:?}");
        for key in keys {
            let there = EXAMPLE.lines().any(|l| {
                let l = l.trim_start_matches("# ");
                l.starts_with(&format!("{key} = ")) || l == format!("[{key}]")
            });
            assert!(there, "{key} is not in the example");
        }
    }

    #[test]
    fn an_unknown_key_is_named() {
        for (text, key) in [("[server]\nlisten_on = 1", "listen_on"), ("[sever]", "sever"), ("x = 1", "`x`")]
        {
            let trouble = Config::parse(text).unwrap_err().to_string();
            assert!(trouble.contains(key), "{trouble}");
        }
    }

    #[test]
    fn no_password_is_shown() {
        let text = "[database]\nurl = \"postgres://app:s3cret@db/yorisou?password=s3cret\"\n\
                    owner_url = \"postgres://owner:p@s3cret@db/yorisou\"\n";
        let config = Config::parse(text).unwrap();
        let shown = format!("{config:?} {}", config.database.url);
        assert!(!shown.contains("s3cret") && shown.contains("postgres://app:…@db/yorisou"), "{shown}");
        let trouble = Config::parse(&text.replace("url =", "uri =")).unwrap_err().to_string();
        assert!(!trouble.contains("s3cret"), "{trouble}");
    }
}
