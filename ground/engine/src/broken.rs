//! What can go wrong: three kinds only. A refusal is expected and has a sentence; absence is absence; broken
//! is a bug or an outage, logged once at the edge and shown as a reference.

/// A bug or an outage.
#[derive(Debug)]
pub enum Broken {
    /// PostgreSQL said no, or an answer has fewer rows than it must have.
    Database(sqlx::Error),
    /// SQLite said no.
    Sqlite(rusqlite::Error),
    /// A stored value cannot be what it claims: table or statement, column.
    Corrupt(&'static str, String),
    /// The schema is not the one this program was built for.
    Schema(String),
    /// Something else outside the program failed.
    Outside(String),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // Database messages can quote row values (constraint details): only the kind is printed.
            Self::Database(sqlx::Error::Database(e)) => {
                write!(f, "database refused: {:?} {}", e.kind(), e.code().unwrap_or_default())?;
                write!(f, " {}", e.constraint().unwrap_or_default())
            }
            Self::Database(e) => write!(f, "database: {e}"),
            // What was violated names tables and columns; other sentences can quote what somebody typed.
            Self::Sqlite(rusqlite::Error::SqliteFailure(e, what)) => {
                write!(f, "database refused: {:?} {}", e.code, e.extended_code)?;
                match what {
                    Some(what) if e.code == rusqlite::ErrorCode::ConstraintViolation => write!(f, " {what}"),
                    _ => Ok(()),
                }
            }
            Self::Sqlite(e) => write!(f, "database: {}", kind(e)),
            Self::Corrupt(place, column) => write!(f, "corrupt value in {place}.{column}"),
            Self::Schema(what) => write!(f, "schema: {what}"),
            Self::Outside(what) => f.write_str(what),
        }
    }
}

/// The kind of a mistake in asking SQLite, without what was asked.
fn kind(e: &rusqlite::Error) -> &'static str {
    match e {
        rusqlite::Error::SqlInputError { .. } => "a statement it does not understand",
        rusqlite::Error::InvalidPath(_) => "no path",
        _ => "asked in a way it does not know",
    }
}

impl Broken {
    /// Whether another program is writing just now.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Sqlite(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy))
    }
}

impl std::error::Error for Broken {}

impl From<rusqlite::Error> for Broken {
    fn from(e: rusqlite::Error) -> Self {
        Self::Sqlite(e)
    }
}

impl From<sqlx::Error> for Broken {
    fn from(e: sqlx::Error) -> Self {
        Self::Database(e)
    }
}

/// An expected "no", with the key of the sentence that says what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Key of the sentence.
    pub key: &'static str,
    /// Values for the sentence's `{…}` places. Never personal data.
    pub args: Vec<(&'static str, String)>,
    /// Whether somebody else was faster: then the answer is that of a conflict (disclosure rule 6).
    pub conflict: bool,
}

impl Refusal {
    /// A refusal without values.
    pub fn new(key: &'static str) -> Self {
        Self { key, args: Vec::new(), conflict: false }
    }

    /// A refusal because the record is not any more what the sender saw.
    pub fn conflict(key: &'static str) -> Self {
        Self { conflict: true, ..Self::new(key) }
    }

    /// With one more value.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// Why an act or a look did not happen.
#[derive(Debug)]
pub enum Fail {
    /// For this person it does not exist.
    NotVisible,
    /// Expected; has a sentence.
    Refused(Refusal),
    /// The record changed since the page was opened: show both and lose nothing (disclosure rule 6).
    Stale,
    /// A bug or an outage.
    Broken(Broken),
}

impl From<Broken> for Fail {
    fn from(b: Broken) -> Self {
        Self::Broken(b)
    }
}
impl From<Refusal> for Fail {
    fn from(r: Refusal) -> Self {
        Self::Refused(r)
    }
}
impl From<access::Denied> for Fail {
    fn from(d: access::Denied) -> Self {
        match d {
            access::Denied::Invisible => Self::NotVisible,
            access::Denied::NotYours => Self::Refused(Refusal::new("denied.not_yours")),
        }
    }
}
