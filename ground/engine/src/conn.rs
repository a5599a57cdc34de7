//! Running a statement on whichever engine is open.

use std::future::Future;
use std::pin::Pin;

use sqlx::postgres::PgConnection;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::lite::Sqlite;
use crate::statement::Bound;
use crate::value::{Args, Kind, Value};
use crate::{Broken, Row, Statement};

/// Something under way at the database. Boxed on purpose: what the drivers do for it is compiled here, once, and not into
/// every concept that waits for it (docs/benchmarks.md, P13 and P15).
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, Broken>> + Send + 'a>>;

/// A transaction under way, on whichever engine.
pub(crate) trait Open: Send + Sync {
    /// Its connection.
    fn conn(&mut self) -> Conn<'_>;
    /// Ends it; what it wrote stands.
    fn commit(self: Box<Self>) -> Doing<'static, ()>;
}

impl Open for Transaction<'static, Postgres> {
    fn conn(&mut self) -> Conn<'_> {
        Conn::Pg(self)
    }

    fn commit(self: Box<Self>) -> Doing<'static, ()> {
        Box::pin(async move { Ok(Transaction::commit(*self).await?) })
    }
}

/// A borrowed connection inside a [`crate::Look`] or an [`crate::Act`].
pub enum Conn<'a> {
    /// SQLite.
    Sqlite(&'a mut Sqlite),
    /// PostgreSQL.
    Pg(&'a mut PgConnection),
}

type PgQuery<'q> = sqlx::query::Query<'q, Postgres, sqlx::postgres::PgArguments>;

fn bind(query: PgQuery<'_>, value: Value) -> PgQuery<'_> {
    match value {
        Value::Null(Kind::Bool) => query.bind(None::<bool>),
        Value::Null(Kind::Int) => query.bind(None::<i64>),
        Value::Null(Kind::Text) => query.bind(None::<String>),
        Value::Null(Kind::Uuid) => query.bind(None::<Uuid>),
        Value::Bool(v) => query.bind(v),
        Value::Int(v) => query.bind(v),
        Value::Text(v) => query.bind(v),
        Value::Uuid(v) => query.bind(v),
    }
}

/// Many values of one type, as one array.
pub(crate) fn bind_many(query: PgQuery<'_>, kind: Kind, values: Args) -> PgQuery<'_> {
    let values = values.into_iter();
    match kind {
        Kind::Bool => query.bind(values.map(Value::bool).collect::<Vec<Option<bool>>>()),
        Kind::Int => query.bind(values.map(Value::int).collect::<Vec<Option<i64>>>()),
        Kind::Text => query.bind(values.map(Value::text).collect::<Vec<Option<String>>>()),
        Kind::Uuid => query.bind(values.map(Value::uuid).collect::<Vec<Option<Uuid>>>()),
    }
}

/// A statement of fixed text with its values.
fn ask(sql: &'static str, args: Args) -> PgQuery<'static> {
    args.into_iter().fold(sqlx::query(sql), bind)
}

/// A composed statement with its values.
fn composed(statement: Statement) -> PgQuery<'static> {
    let (text, bound) = statement.for_postgres();
    bound.into_iter().fold(sqlx::query(fixed(text)), |query, bound| match bound {
        Bound::One(value) => bind(query, value),
        Bound::Many(kind, values) => bind_many(query, kind, values),
    })
}

#[expect(clippy::disallowed_methods, reason = "a Statement is composed of fixed pieces only")]
pub(crate) fn fixed(text: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(text)
}

impl Conn<'_> {
    /// Every row.
    pub fn all(&mut self, sql: &'static str, args: Args) -> Doing<'_, Vec<Row>> {
        Box::pin(async move {
            Ok(match self {
                Conn::Sqlite(c) => c.rows(sql, &args, usize::MAX)?.into_iter().map(Row::Sqlite).collect(),
                Conn::Pg(c) => {
                    let rows = ask(sql, args).fetch_all(&mut **c).await?;
                    rows.into_iter().map(Row::Pg).collect()
                }
            })
        })
    }

    /// Every row of a composed statement.
    pub fn select(&mut self, statement: Statement) -> Doing<'_, Vec<Row>> {
        Box::pin(async move {
            Ok(match self {
                Conn::Sqlite(c) => {
                    let rows = c.rows(&statement.text, &statement.args, usize::MAX)?;
                    rows.into_iter().map(Row::Sqlite).collect()
                }
                Conn::Pg(c) => {
                    let rows = composed(statement).fetch_all(&mut **c).await?;
                    rows.into_iter().map(Row::Pg).collect()
                }
            })
        })
    }

    /// The first row, if there is one.
    pub fn maybe(&mut self, sql: &'static str, args: Args) -> Doing<'_, Option<Row>> {
        Box::pin(async move {
            Ok(match self {
                Conn::Sqlite(c) => c.rows(sql, &args, 1)?.pop().map(Row::Sqlite),
                Conn::Pg(c) => ask(sql, args).fetch_optional(&mut **c).await?.map(Row::Pg),
            })
        })
    }

    /// The first row, which must exist.
    pub fn one(&mut self, sql: &'static str, args: Args) -> Doing<'_, Row> {
        let found = self.maybe(sql, args);
        Box::pin(async move { found.await?.ok_or(Broken::Database(sqlx::Error::RowNotFound)) })
    }

    /// Runs a statement; the number of rows it touched.
    pub fn exec(&mut self, sql: &'static str, args: Args) -> Doing<'_, u64> {
        Box::pin(async move {
            Ok(match self {
                Conn::Sqlite(c) => c.execute(sql, &args)?,
                Conn::Pg(c) => ask(sql, args).execute(&mut **c).await?.rows_affected(),
            })
        })
    }

    /// Runs a composed statement; the number of rows it touched.
    pub fn run(&mut self, statement: Statement) -> Doing<'_, u64> {
        Box::pin(async move {
            Ok(match self {
                Conn::Sqlite(c) => c.execute(&statement.text, &statement.args)?,
                Conn::Pg(c) => composed(statement).execute(&mut **c).await?.rows_affected(),
            })
        })
    }

    /// Whether this is SQLite. For `search.rs` and `migrate.rs` only; a concept never asks.
    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self, Conn::Sqlite(_))
    }

    /// Runs a script of several statements.
    pub(crate) async fn script(&mut self, sql: &'static str) -> Result<(), Broken> {
        match self {
            Conn::Sqlite(c) => c.script(sql)?,
            Conn::Pg(c) => {
                sqlx::raw_sql(sql).execute(&mut **c).await?;
            }
        }
        Ok(())
    }
}
