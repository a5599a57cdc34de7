//! Running a statement on whichever engine is open.

use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;

use crate::value::{Args, Kind, Value};
use crate::{Broken, Row, Statement};

/// A borrowed connection inside a [`crate::Look`] or an [`crate::Act`].
pub enum Conn<'a> {
    /// SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// PostgreSQL.
    Pg(&'a mut PgConnection),
}

macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for value in $args {
            query = match value {
                Value::Null(Kind::Bool) => query.bind(None::<bool>),
                Value::Null(Kind::Int) => query.bind(None::<i64>),
                Value::Null(Kind::Text) => query.bind(None::<String>),
                Value::Null(Kind::Uuid) => query.bind(None::<uuid::Uuid>),
                Value::Bool(v) => query.bind(v),
                Value::Int(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Uuid(v) => query.bind(v),
            };
        }
        query
    }};
}

#[expect(clippy::disallowed_methods, reason = "a Statement is composed of fixed pieces only")]
pub(crate) fn fixed(text: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(text)
}

/// A composed statement for SQLite, with places that are counted instead of named. SQLite takes `$7` for a name and looks
/// for it among all others, at every binding: with a thousand ids that takes longer than finding the rows. A composed
/// statement uses each place once, in order, so counting them means the same.
fn counted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        out.push(if digits > 0 { '?' } else { '$' });
        rest = &after[digits..];
    }
    out.push_str(rest);
    out
}

impl Conn<'_> {
    /// Every row.
    pub async fn all(&mut self, sql: &'static str, args: Args) -> Result<Vec<Row>, Broken> {
        Ok(match self {
            Conn::Sqlite(c) => {
                let rows = bound!(sqlx::query::<sqlx::Sqlite>(sql), args).fetch_all(&mut **c).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Conn::Pg(c) => {
                let rows = bound!(sqlx::query::<sqlx::Postgres>(sql), args).fetch_all(&mut **c).await?;
                rows.into_iter().map(Row::Pg).collect()
            }
        })
    }

    /// Every row of a composed statement.
    pub async fn select(&mut self, statement: Statement) -> Result<Vec<Row>, Broken> {
        let Statement { text, args } = statement;
        Ok(match self {
            Conn::Sqlite(c) => {
                let text = counted(&text);
                let rows = bound!(sqlx::query::<sqlx::Sqlite>(fixed(text)), args).fetch_all(&mut **c).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Conn::Pg(c) => {
                let rows =
                    bound!(sqlx::query::<sqlx::Postgres>(fixed(text)), args).fetch_all(&mut **c).await?;
                rows.into_iter().map(Row::Pg).collect()
            }
        })
    }

    /// The first row, if there is one.
    pub async fn maybe(&mut self, sql: &'static str, args: Args) -> Result<Option<Row>, Broken> {
        Ok(match self {
            Conn::Sqlite(c) => bound!(sqlx::query::<sqlx::Sqlite>(sql), args)
                .fetch_optional(&mut **c)
                .await?
                .map(Row::Sqlite),
            Conn::Pg(c) => {
                bound!(sqlx::query::<sqlx::Postgres>(sql), args).fetch_optional(&mut **c).await?.map(Row::Pg)
            }
        })
    }

    /// The first row, which must exist.
    pub async fn one(&mut self, sql: &'static str, args: Args) -> Result<Row, Broken> {
        self.maybe(sql, args).await?.ok_or(Broken::Database(sqlx::Error::RowNotFound))
    }

    /// Runs a statement; the number of rows it touched.
    pub async fn exec(&mut self, sql: &'static str, args: Args) -> Result<u64, Broken> {
        Ok(match self {
            Conn::Sqlite(c) => {
                bound!(sqlx::query::<sqlx::Sqlite>(sql), args).execute(&mut **c).await?.rows_affected()
            }
            Conn::Pg(c) => {
                bound!(sqlx::query::<sqlx::Postgres>(sql), args).execute(&mut **c).await?.rows_affected()
            }
        })
    }

    /// Runs a composed statement; the number of rows it touched.
    pub async fn run(&mut self, statement: Statement) -> Result<u64, Broken> {
        let Statement { text, args } = statement;
        Ok(match self {
            Conn::Sqlite(c) => bound!(sqlx::query::<sqlx::Sqlite>(fixed(counted(&text))), args)
                .execute(&mut **c)
                .await?
                .rows_affected(),
            Conn::Pg(c) => bound!(sqlx::query::<sqlx::Postgres>(fixed(text)), args)
                .execute(&mut **c)
                .await?
                .rows_affected(),
        })
    }

    /// Whether this is SQLite. For `search.rs` and `migrate.rs` only; a concept never asks.
    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self, Conn::Sqlite(_))
    }

    /// Runs a script of several statements.
    pub(crate) async fn script(&mut self, sql: &'static str) -> Result<(), Broken> {
        match self {
            Conn::Sqlite(c) => {
                sqlx::raw_sql(sql).execute(&mut **c).await?;
            }
            Conn::Pg(c) => {
                sqlx::raw_sql(sql).execute(&mut **c).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_their_order() {
        let s = Statement::new("SELECT 1 WHERE a = ?", crate::args![1_i64])
            .push_in(" AND b IN", [1_i64, 2, 3])
            .push(" AND c = '$' LIMIT ?", crate::args![5_i64]);
        assert_eq!(counted(&s.text), "SELECT 1 WHERE a = ? AND b IN (?,?,?,?) AND c = '$' LIMIT ?");
        assert_eq!(counted(&s.text).matches('?').count(), s.args.len());
    }
}
