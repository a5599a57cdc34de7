//! Many rows into one table in few statements.

use crate::value::{Args, Value};
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

    /// Inserts the rows. Statement sizes are powers of two up to a limit both engines take, so that few
    /// distinct statements are prepared.
    pub async fn run(self, conn: &mut Conn<'_>) -> Result<(), Broken> {
        const MOST_VALUES: usize = 4_000;
        let most_rows = (MOST_VALUES / self.width.max(1)).clamp(1, 512);
        let sqlite = conn.is_sqlite();
        let mut rows = self.rows.into_iter();
        let mut left = rows.len();
        while left > 0 {
            let step = if left >= most_rows { most_rows } else { 1 << left.ilog2() };
            let mut statement = Statement::new(self.head, vec![]);
            for (i, row) in rows.by_ref().take(step).enumerate() {
                statement.text.push_str(if i == 0 { " (" } else { ",(" });
                for (j, value) in row.into_iter().enumerate() {
                    if j > 0 {
                        statement.text.push(',');
                    }
                    place(&mut statement, value, sqlite);
                }
                statement.text.push(')');
            }
            left -= step;
            conn.run(statement).await?;
        }
        Ok(())
    }
}

/// A place for a value. SQLite treats `$1` as a name and looks for it among all others, at every binding: with
/// thousands of places that takes longer than the rows. Places without a name are simply counted.
fn place(statement: &mut Statement, value: Value, sqlite: bool) {
    statement.args.push(value);
    if sqlite {
        statement.text.push('?');
    } else {
        statement.text.push('$');
        statement.text.push_str(&statement.args.len().to_string());
    }
}
