//! What a search is narrowed to, as far as that is known without opening anything. What a filter passes by is not opened: it is no look at
//! anybody, stands in no copy of who looked, and counts nowhere (disclosure rules 2 and 7).

use std::collections::BTreeSet;

use access::{Content, Sealed, Viewer};
use engine::{Broken, Conn, Statement, args};
use words::id::{DeskId, ThingId};

use crate::{Entry, Person};

/// What of everything is looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Narrow {
    /// Only what this desk wrote.
    pub desk: Option<DeskId>,
    /// Only what is of households with an open case that the viewer's desks have a part in.
    pub open: bool,
}

const PEOPLE: &str = "SELECT x.id FROM person x WHERE x.municipality_id = ? AND EXISTS (SELECT 1 FROM case_file c \
     WHERE c.municipality_id = x.municipality_id AND c.household_id = x.household_id AND c.state = 'open' \
     AND c.disposed_at IS NULL";
const TEXTS: &str = "SELECT x.id FROM entry x WHERE x.municipality_id = ? AND EXISTS (SELECT 1 FROM case_file c \
     WHERE c.municipality_id = x.municipality_id AND c.household_id = x.household_id AND c.state = 'open' \
     AND c.disposed_at IS NULL";

impl Narrow {
    /// Those of these people.
    pub(crate) async fn people(
        self,
        conn: &mut Conn<'_>,
        viewer: &Viewer,
        found: Vec<Sealed<Person>>,
    ) -> Result<Vec<Sealed<Person>>, Broken> {
        self.of(conn, viewer, found, PEOPLE).await
    }

    /// Those of these texts.
    pub(crate) async fn texts(
        self,
        conn: &mut Conn<'_>,
        viewer: &Viewer,
        found: Vec<Sealed<Entry>>,
    ) -> Result<Vec<Sealed<Entry>>, Broken> {
        self.of(conn, viewer, found, TEXTS).await
    }

    async fn of<T: Content>(
        self,
        conn: &mut Conn<'_>,
        viewer: &Viewer,
        mut found: Vec<Sealed<T>>,
        open: &'static str,
    ) -> Result<Vec<Sealed<T>>, Broken> {
        found.retain(|f| self.desk.is_none_or(|desk| f.facts().desk == desk));
        if !self.open || found.is_empty() {
            return Ok(found);
        }
        let mut statement = Statement::new(open, args![viewer.municipality]);
        if !viewer.excluded_from.is_empty() {
            statement = statement.push_in(" AND c.id NOT IN", viewer.excluded_from.iter().copied());
        }
        let statement = statement
            .push(
                " AND EXISTS (SELECT 1 FROM case_desk k WHERE k.municipality_id = c.municipality_id AND k.case_id = c.id",
                args![],
            )
            .push_in(" AND k.desk_id IN", viewer.reading_desks())
            .push("))", args![])
            .push_in(" AND x.id IN", found.iter().map(|f| f.facts().record.id));
        let rows = conn.select(statement).await?;
        let those: BTreeSet<ThingId> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
        found.retain(|f| those.contains(&f.facts().record.id));
        Ok(found)
    }
}
