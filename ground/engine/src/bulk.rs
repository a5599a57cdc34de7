//! Many rows into one table in few statements.

use sqlx::postgres::PgConnection;

use crate::conn::{bind_many, fixed};
use crate::value::{Args, Kind, Value};
use crate::{Broken, Conn, Statement};

/// Rows to insert into one table. Columns are fixed text; values are bound.
pub struct Bulk {
    head: &'static str,
    width: usize,
    rows: Vec<Args>,
}

impl Bulk {
    /// `Bulk::new("INSERT INTO entry_subject (municipality_id, entry_id, person_id) VALUES", 3)`.
    pub fn new(head: &'static str, width: usize) -> Self {
        debug_assert!(head.ends_with(" VALUES"), "{head}");
        Self { head, width, rows: Vec::new() }
    }

    /// Adds a row, which must have as many values as there are columns.
    pub fn row(&mut self, args: Args) {
        debug_assert_eq!(args.len(), self.width, "{}", self.head);
        self.rows.push(args);
    }

    /// Whether there is nothing to insert.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Inserts the rows in their order.
    pub async fn run(self, conn: &mut Conn<'_>) -> Result<(), Broken> {
        match conn {
            Conn::Pg(c) => self.columns(c).await,
            Conn::Sqlite(_) => self.tuples(conn).await,
        }
    }

    /// SQLite: rows as `(…),(…)`. Few rows are one statement; the sizes of more are powers of two up to a limit that it
    /// takes, so that few distinct statements are prepared.
    async fn tuples(self, conn: &mut Conn<'_>) -> Result<(), Broken> {
        const MOST_VALUES: usize = 4_000;
        const FEW: usize = 16;
        let most_rows = (MOST_VALUES / self.width.max(1)).clamp(1, 512);
        let mut rows = self.rows.into_iter();
        let mut left = rows.len();
        while left > 0 {
            let step = match left {
                _ if left >= most_rows => most_rows,
                ..=FEW => left,
                _ => 1 << left.ilog2(),
            };
            let mut statement = Statement::new(self.head, vec![]);
            for (i, row) in rows.by_ref().take(step).enumerate() {
                statement.row(if i == 0 { " (" } else { ",(" }, row);
            }
            left -= step;
            conn.run(statement).await?;
        }
        Ok(())
    }

    /// PostgreSQL: each column as one array. The text is the same whatever the number of rows: few round trips,
    /// prepared once.
    async fn columns(self, conn: &mut PgConnection) -> Result<(), Broken> {
        const MOST_ROWS: usize = 10_000;
        let Some(first) = self.rows.first() else { return Ok(()) };
        let kinds: Vec<Kind> = first.iter().map(Value::kind).collect();
        let text = unnest(self.head, &kinds);
        let mut rows = self.rows.into_iter();
        while rows.len() > 0 {
            let mut columns: Vec<Args> = kinds.iter().map(|_| Vec::new()).collect();
            for row in rows.by_ref().take(MOST_ROWS) {
                for (column, value) in columns.iter_mut().zip(row) {
                    column.push(value);
                }
            }
            let mut query = sqlx::query::<sqlx::Postgres>(fixed(text.clone()));
            for (kind, column) in kinds.iter().zip(columns) {
                query = bind_many(query, *kind, column);
            }
            query.execute(&mut *conn).await?;
        }
        Ok(())
    }
}

/// `INSERT INTO t (a, b) SELECT * FROM UNNEST($1::UUID[], $2::TEXT[])`.
fn unnest(head: &'static str, kinds: &[Kind]) -> String {
    let arrays: Vec<String> = kinds
        .iter()
        .zip(1..)
        .map(|(kind, n)| match kind {
            Kind::Bool => format!("${n}::BOOLEAN[]"),
            Kind::Int => format!("${n}::BIGINT[]"),
            Kind::Text => format!("${n}::TEXT[]"),
            Kind::Uuid => format!("${n}::UUID[]"),
        })
        .collect();
    format!("{} SELECT * FROM UNNEST({})", head.trim_end_matches(" VALUES"), arrays.join(", "))
}
