//! What a planner is told about the tables.
//!
//! Every index begins with the municipality. Without statistics SQLite takes the first column of an index to be
//! selective, and would read a whole town through it wherever that saves a little sorting. Statistics gathered from the
//! rows (`ANALYZE`) know better only once a town is large, and plans would change with the day on which they were
//! gathered. So the statistics are made from the names of the columns: the same plans in every town and in every test,
//! from the first row on. PostgreSQL gathers its own, all the time; after many rows at once it is asked to do so before it would.

use crate::{Broken, Bulk, Conn, args};

/// Rows of the table that the planner imagines.
const ROWS: u64 = 100_000;

/// How many different values a column has among them, going by its name.
fn different(column: &str) -> u64 {
    let ends = |ends: &[&str]| ends.iter().any(|end| column.ends_with(end));
    match column {
        "municipality_id" => 1,
        // Some hundreds of desks and of people who work at them.
        _ if ends(&["desk_id", "agency_id", "user_id", "author_id", "assignee_id", "post_id"]) => 100,
        "id" | "docid" | "seq" | "number" | "login" | "csrf" => ROWS,
        _ if ends(&["_id", "_key", "_hash"]) => ROWS / 4,
        "since" | "day" => ROWS / 50,
        _ if ends(&["_at", "_day", "_from", "_to", "_on"]) || column == "at" => ROWS / 50,
        // States, kinds, fields and other codes.
        _ => 5,
    }
}

/// One line of statistics: rows of the table, then rows left when the first column is known, the first two …
fn line(columns: &[String], unique: bool) -> String {
    let mut left = ROWS;
    let mut line = vec![ROWS.to_string()];
    for (i, column) in columns.iter().enumerate() {
        left = (left / different(column)).max(if unique { 1 } else { 2 });
        line.push(if unique && i + 1 == columns.len() { 1 } else { left }.to_string());
    }
    line.join(" ")
}

/// PostgreSQL gathers its figures about the tables now: of those of the role that asks, since it lets nobody else. Of SQLite nothing is asked.
pub async fn gather(conn: &mut Conn<'_>) -> Result<(), Broken> {
    if conn.is_sqlite() {
        return Ok(());
    }
    conn.script(
        "DO $$ DECLARE t REGCLASS; BEGIN \
         FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
         AND pg_has_role(c.relowner, 'MEMBER') LOOP EXECUTE format('ANALYZE %s', t); END LOOP; END $$",
    )
    .await
}

/// Tells the planner about every index there is. To be called when the schema has changed: other connections read the
/// statistics together with the schema.
pub(crate) async fn tell(conn: &mut Conn<'_>) -> Result<(), Broken> {
    // Makes the table of statistics, and later reads it anew; it gathers nothing.
    const READ: &str = "ANALYZE sqlite_schema";
    conn.exec(READ, args![]).await?;
    conn.exec("DELETE FROM sqlite_stat1", args![]).await?;
    if conn.maybe("SELECT name FROM sqlite_schema WHERE name = 'sqlite_stat4'", args![]).await?.is_some() {
        // Samples of an earlier ANALYZE: with them SQLite would plan a statement anew for every value bound to it.
        conn.exec("DELETE FROM sqlite_stat4", args![]).await?;
    }
    let rows = conn
        .all(
            // The tables of the full-text index are its own matter.
            "SELECT t.name AS table_name, i.name AS index_name, i.\"unique\" AS only_one, \
             COALESCE(c.name, '') AS column_name FROM sqlite_schema t, pragma_index_list(t.name) i, \
             pragma_index_info(i.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'search\\_grams%' ESCAPE '\\' \
             ORDER BY t.name, i.name, c.seqno",
            args![],
        )
        .await?;
    let mut indexes: Vec<(String, String, bool, Vec<String>)> = Vec::new();
    for row in &rows {
        let (table, index, column): (String, String, String) =
            (row.get("table_name")?, row.get("index_name")?, row.get("column_name")?);
        match indexes.last_mut().filter(|i| i.1 == index) {
            Some(last) => last.3.push(column),
            None => indexes.push((table, index, row.get("only_one")?, vec![column])),
        }
    }
    let mut bulk = Bulk::new("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES", 3);
    for (table, index, unique, columns) in indexes {
        let stat = line(&columns, unique);
        bulk.row(args![table, index, stat]);
    }
    bulk.run(conn).await?;
    conn.exec(READ, args![]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::line;

    fn of(columns: &[&str], unique: bool) -> String {
        line(&columns.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>(), unique)
    }

    #[test]
    fn a_municipality_narrows_nothing_and_a_key_names_one_row() {
        assert_eq!(of(&["municipality_id", "id"], true), "100000 100000 1");
        assert_eq!(of(&["municipality_id", "desk_id", "state", "due_at"], false), "100000 100000 1000 200 2");
    }
}
