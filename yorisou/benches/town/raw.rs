//! The same statements without the program: straight through the driver.

use std::str::FromStr;

use rusqlite::types::Value;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A bare connection.
pub enum Raw {
    /// SQLite, with the settings the program uses.
    Sqlite(rusqlite::Connection),
    /// PostgreSQL.
    Pg(PgConnection),
}

impl Raw {
    /// Opens a database.
    pub async fn open(url: &str) -> Result<Self> {
        Ok(if let Some(path) = url.strip_prefix("sqlite:") {
            let conn = rusqlite::Connection::open(path)?;
            conn.busy_timeout(std::time::Duration::from_secs(20))?;
            conn.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
            )?;
            Self::Sqlite(conn)
        } else {
            let mut conn = PgConnection::connect_with(&PgConnectOptions::from_str(url)?).await?;
            // The second wall: who stands nowhere sees no row and changes none.
            let stand = "SELECT set_config('yorisou.municipality', CAST(municipality_id AS TEXT), FALSE) FROM municipality";
            sqlx::query(stand).execute(&mut conn).await?;
            Self::Pg(conn)
        })
    }

    /// Runs a script.
    #[expect(clippy::disallowed_methods, reason = "the bench writes its own statements")]
    pub async fn script(mut self, sql: &str) -> Result<()> {
        match &mut self {
            Self::Sqlite(c) => c.execute_batch(sql)?,
            Self::Pg(c) => {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(c).await?;
            }
        }
        Ok(())
    }

    /// Runs one prepared statement with text values; the number of rows that came back.
    pub async fn rows(&mut self, sql: &'static str, values: &[Cell]) -> Result<usize> {
        match self {
            Self::Sqlite(c) => {
                let mut statement = c.prepare_cached(sql)?;
                for at in 1..=statement.parameter_count() {
                    let nth = statement
                        .parameter_name(at)
                        .and_then(|name| name.get(1..)?.parse().ok())
                        .unwrap_or(at);
                    statement.raw_bind_parameter(at, values[nth - 1].clone().held())?;
                }
                let (mut rows, mut seen) = (statement.raw_query(), 0);
                while rows.next()?.is_some() {
                    seen += 1;
                }
                Ok(seen)
            }
            Self::Pg(c) => {
                let mut query = sqlx::query(sql);
                for value in values {
                    query = match value {
                        Cell::Text(v) => query.bind(v.clone()),
                        Cell::Id(v) => query.bind(*v),
                        Cell::Int(v) => query.bind(*v),
                        Cell::Flag(v) => query.bind(*v),
                    };
                }
                Ok(query.fetch_all(&mut *c).await?.len())
            }
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

impl Cell {
    fn held(self) -> Value {
        match self {
            Self::Text(v) => Value::Text(v),
            Self::Id(v) => Value::Blob(v.as_bytes().to_vec()),
            Self::Int(v) => Value::Integer(v),
            Self::Flag(v) => Value::Integer(i64::from(v)),
        }
    }
}
