//! The same statements without the program: straight through the driver.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A bare connection.
pub enum Raw {
    /// SQLite, with the settings the program uses.
    Sqlite(SqliteConnection),
    /// PostgreSQL.
    Pg(PgConnection),
}

impl Raw {
    /// Opens a database.
    pub async fn open(url: &str) -> Result<Self> {
        Ok(if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(std::time::Duration::from_secs(20));
            Self::Sqlite(SqliteConnection::connect_with(&options).await?)
        } else {
            Self::Pg(PgConnection::connect_with(&PgConnectOptions::from_str(url)?).await?)
        })
    }

    /// Runs a script.
    #[expect(clippy::disallowed_methods, reason = "the bench writes its own statements")]
    pub async fn script(mut self, sql: &str) -> Result<()> {
        match &mut self {
            Self::Sqlite(c) => {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(c).await?;
            }
            Self::Pg(c) => {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(c).await?;
            }
        }
        Ok(())
    }

    /// Runs one prepared statement with text values; the number of rows that came back.
    pub async fn rows(&mut self, sql: &'static str, values: &[Cell]) -> Result<usize> {
        macro_rules! run {
            ($kind:ty, $c:expr) => {{
                let mut query = sqlx::query::<$kind>(sql);
                for value in values {
                    query = match value {
                        Cell::Text(v) => query.bind(v.clone()),
                        Cell::Id(v) => query.bind(*v),
                        Cell::Int(v) => query.bind(*v),
                        Cell::Flag(v) => query.bind(*v),
                    };
                }
                Ok(query.fetch_all(&mut *$c).await?.len())
            }};
        }
        match self {
            Self::Sqlite(c) => run!(sqlx::Sqlite, c),
            Self::Pg(c) => run!(sqlx::Postgres, c),
        }
    }
}

/// A value to bind.
#[derive(Clone)]
pub enum Cell {
    /// Text.
    Text(String),
    /// An id.
    Id(uuid::Uuid),
    /// A number.
    Int(i64),
    /// Yes or no.
    Flag(bool),
}
