//! A connection to SQLite, asked on the thread that asks.
//!
//! SQLite is a library, not a server: an answer is work of this process, mostly some tens of microseconds on pages that lie in
//! memory. To hand each statement, and each of its rows, to a thread of its own and back takes longer than the answer
//! (decision 0033). What does wait for the disk, a commit above all, is done by `sqlite.rs` on a thread for waiting.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement as Prepared, ToSql};
use uuid::Uuid;

use crate::Broken;
use crate::value::{Args, Value};

/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Answers questions; it cannot write.
    Read,
    /// Writes.
    Write,
}

/// One connection. It is only ever used through `&mut`: the lock is never taken and only says that nobody can share it.
pub struct Sqlite(Mutex<Connection>);

/// One row of an answer, whole: it outlives its statement.
pub struct LiteRow {
    columns: Arc<[Box<str>]>,
    values: Box<[Held]>,
}

/// One value of a row.
pub enum Held {
    /// Absent.
    Null,
    /// A number, or yes or no.
    Int(i64),
    /// Text.
    Text(String),
    /// An id.
    Uuid(Uuid),
}

impl Sqlite {
    /// Opens the file at `path`; for writing it is made when missing.
    pub(crate) fn open(path: &Path, wanted: Use) -> Result<Self, Broken> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if wanted == Use::Write {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let conn = Connection::open_with_flags(path, flags)?;
        conn.busy_timeout(Duration::from_secs(10))?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        // FULL: in WAL mode NORMAL would acknowledge writes that a power cut can take back. Not mapped into memory: every read of
        // personal data is followed by a row of the log, and after each write SQLite would take the whole map down and build it
        // anew. Reading pages is faster by a quarter (docs/benchmarks.md).
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000",
        )?;
        conn.execute_batch(match wanted {
            Use::Read => "PRAGMA query_only = ON",
            // What is disposed of, and what is changed, does not stay behind in the file. What an act changed is remembered for its
            // savepoint in memory, not in a file beside the database. The log of changes is brought into the file by a connection
            // that does nothing else; here only when that cannot keep up: 64 MB.
            Use::Write => {
                "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16384"
            }
        })?;
        Ok(Self(Mutex::new(conn)))
    }

    fn conn(&mut self) -> &mut Connection {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first `most` rows of an answer.
    pub(crate) fn rows(&mut self, sql: &str, args: &Args, most: usize) -> Result<Vec<LiteRow>, Broken> {
        let mut statement = self.conn().prepare_cached(sql)?;
        let columns: Arc<[Box<str>]> = statement.column_names().into_iter().map(Box::from).collect();
        bind(&mut statement, args)?;
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while found.len() < most
            && let Some(row) = rows.next()?
        {
            let values = (0..columns.len()).map(|at| held(row.get_ref(at)?)).collect::<Result<_, _>>()?;
            found.push(LiteRow { columns: Arc::clone(&columns), values });
        }
        Ok(found)
    }

    /// Runs a statement; the number of rows it touched.
    pub(crate) fn execute(&mut self, sql: &str, args: &Args) -> Result<u64, Broken> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached(sql)?;
        bind(&mut statement, args)?;
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        drop(rows);
        Ok(conn.changes())
    }

    /// Runs a script of several statements.
    pub(crate) fn script(&mut self, sql: &str) -> Result<(), Broken> {
        Ok(self.conn().execute_batch(sql)?)
    }

    /// Whether a transaction is open.
    pub(crate) fn in_transaction(&mut self) -> bool {
        !self.conn().is_autocommit()
    }

    /// How long a statement waits for another program that writes.
    pub(crate) fn wait_for_others(&mut self, longest: Duration) -> Result<(), Broken> {
        Ok(self.conn().busy_timeout(longest)?)
    }
}

/// Binds values to their places: `$2` is the second, wherever it stands; `?` counts.
fn bind(statement: &mut Prepared<'_>, args: &Args) -> Result<(), Broken> {
    for at in 1..=statement.parameter_count() {
        let nth = match statement.parameter_name(at) {
            None => at,
            Some(name) => name.trim_start_matches(['$', '?']).parse().unwrap_or(0),
        };
        let value = nth.checked_sub(1).and_then(|n| args.get(n));
        let value = value.ok_or_else(|| Broken::Outside(format!("no value for place {nth}")))?;
        statement.raw_bind_parameter(at, value)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null(_) => ValueRef::Null,
            Self::Bool(v) => ValueRef::Integer(i64::from(*v)),
            Self::Int(v) => ValueRef::Integer(*v),
            Self::Text(v) => ValueRef::Text(v.as_bytes()),
            Self::Uuid(v) => ValueRef::Blob(v.as_bytes()),
        }))
    }
}

fn held(value: ValueRef<'_>) -> Result<Held, Broken> {
    let corrupt = || Broken::Corrupt("row", "a value of no known type".to_owned());
    Ok(match value {
        ValueRef::Null => Held::Null,
        ValueRef::Integer(v) => Held::Int(v),
        ValueRef::Text(v) => Held::Text(std::str::from_utf8(v).map_err(|_| corrupt())?.to_owned()),
        ValueRef::Blob(v) => Held::Uuid(Uuid::from_slice(v).map_err(|_| corrupt())?),
        ValueRef::Real(_) => return Err(corrupt()),
    })
}

impl LiteRow {
    /// The value in `column`.
    pub(crate) fn held(&self, column: &str) -> Option<&Held> {
        self.columns.iter().rposition(|name| **name == *column).and_then(|at| self.values.get(at))
    }
}

/// What a value of SQLite can be read as; `None` when it is not of this type.
pub trait OfHeld: Sized {
    /// Reads it.
    fn of_held(held: &Held) -> Option<Self>;
}

macro_rules! of_held {
    ($($t:ty, $kind:ident, $v:ident => $e:expr;)*) => {$(
        impl OfHeld for $t {
            fn of_held(held: &Held) -> Option<Self> {
                if let Held::$kind($v) = held { Some($e) } else { None }
            }
        }
    )*};
}
of_held! {
    bool, Int, v => *v != 0;
    i64, Int, v => *v;
    String, Text, v => v.clone();
    Uuid, Uuid, v => *v;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    #[test]
    fn places_with_numbers_take_their_value_wherever_they_stand() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut conn = Sqlite::open(&folder.path().join("t.db"), Use::Write).expect("a database");
        let rows = conn.rows("SELECT $2 AS b, $1 AS a, $2 AS c", &args!["one", 2_i64], 9).expect("a row");
        let read = |column| match rows[0].held(column) {
            Some(Held::Int(n)) => n.to_string(),
            Some(Held::Text(t)) => t.clone(),
            _ => String::new(),
        };
        assert_eq!(["a", "b", "c", "d"].map(read), ["one", "2", "2", ""]);
        let rows =
            conn.rows("SELECT ? AS a, ? AS b UNION ALL SELECT 3, 4", &args![1_i64, 2_i64], 1).expect("rows");
        assert_eq!(rows.len(), 1, "no more than asked for");
        assert!(matches!(rows[0].held("b"), Some(Held::Int(2))));
        assert!(
            conn.rows("SELECT $3 AS c", &args![1_i64], 9).is_err(),
            "a place without a value is a mistake"
        );
    }

    #[test]
    fn a_connection_for_reading_cannot_write() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("t.db");
        assert!(Sqlite::open(&file, Use::Read).is_err(), "nothing is made by reading");
        let mut writer = Sqlite::open(&file, Use::Write).expect("a database");
        writer.script("CREATE TABLE t (a TEXT NOT NULL)").expect("a table");
        assert_eq!(writer.execute("INSERT INTO t VALUES ($1)", &args!["x"]).expect("a row"), 1);
        let mut reader = Sqlite::open(&file, Use::Read).expect("the same");
        assert_eq!(reader.rows("SELECT a FROM t", &args![], 9).expect("a row").len(), 1);
        assert!(reader.execute("INSERT INTO t VALUES ($1)", &args!["y"]).is_err());
    }
}
