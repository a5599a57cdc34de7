//! What a search is narrowed to, as far as that is known without opening anything. What a filter passes by is not opened: it is no look at
//! anybody, stands in no copy of who looked, and counts nowhere (disclosure rules 2 and 7).

use std::collections::BTreeSet;

use access::{Content, Sealed, Viewer};
use engine::{Broken, Conn, Look, Statement, args};
use words::id::{DeskId, PersonId, ThingId};

use crate::{Entry, Person, twice};

/// What of everything is looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Narrow<'s> {
    /// Only what this desk wrote.
    pub desk: Option<DeskId>,
    /// Only what is of households with an open case that the viewer's desks have a part in.
    pub open: bool,
    /// What was shown before: people and texts.
    pub seen: &'s [ThingId],
}

const PEOPLE: &str = "SELECT x.id FROM person x WHERE x.municipality_id = ? AND EXISTS (SELECT 1 FROM case_file c \
     WHERE c.municipality_id = x.municipality_id AND c.household_id = x.household_id AND c.state = 'open' \
     AND c.disposed_at IS NULL";
const TEXTS: &str = "SELECT x.id FROM entry x WHERE x.municipality_id = ? AND EXISTS (SELECT 1 FROM case_file c \
     WHERE c.municipality_id = x.municipality_id AND c.household_id = x.household_id AND c.state = 'open' \
     AND c.disposed_at IS NULL";

impl Narrow<'_> {
    /// Those of these people. Where an open case is asked for, somebody is among them by another record of theirs as well, as people have
    /// linked them and as far as this viewer sees it.
    pub(crate) async fn people(
        self,
        look: &mut Look,
        mut found: Vec<Sealed<Person>>,
    ) -> Result<Vec<Sealed<Person>>, Broken> {
        self.by_itself(&mut found);
        if !self.open || found.is_empty() {
            return Ok(found);
        }
        let ids: Vec<PersonId> = found.iter().map(|f| f.facts().record.id.cast()).collect();
        let viewer = look.viewer().clone();
        let mut those = self.open_of(&mut look.conn(), &viewer, PEOPLE, ids.iter().copied()).await?;
        let others: Vec<PersonId> = ids.into_iter().filter(|id| !those.contains(&id.cast())).collect();
        let mut linked = BTreeSet::new();
        // Whether the other record fits what was typed is not known yet: nobody has looked at it.
        let learn = |first: PersonId, _: &Person| {
            linked.insert(first.cast());
            false
        };
        twice::also_of(look, &others, self, learn).await?;
        those.append(&mut linked);
        found.retain(|f| those.contains(&f.facts().record.id));
        Ok(found)
    }

    /// Those of these texts.
    pub(crate) async fn texts(
        self,
        conn: &mut Conn<'_>,
        viewer: &Viewer,
        mut found: Vec<Sealed<Entry>>,
    ) -> Result<Vec<Sealed<Entry>>, Broken> {
        self.by_itself(&mut found);
        if !self.open || found.is_empty() {
            return Ok(found);
        }
        let ids = found.iter().map(|f| f.facts().record.id);
        let those = self.open_of(conn, viewer, TEXTS, ids).await?;
        found.retain(|f| those.contains(&f.facts().record.id));
        Ok(found)
    }

    /// Which of these people are asked for, as far as that is theirs alone: of this desk, of a household with an open case.
    pub(crate) async fn among(
        self,
        conn: &mut Conn<'_>,
        viewer: &Viewer,
        people: &[Sealed<Person>],
    ) -> Result<BTreeSet<PersonId>, Broken> {
        let of_desk = people.iter().filter(|p| self.desk.is_none_or(|desk| p.facts().desk == desk));
        let ids = of_desk.map(|p| p.facts().record.id);
        if !self.open {
            return Ok(ids.map(words::Id::cast).collect());
        }
        let ids: Vec<PersonId> = ids.map(words::Id::cast).collect();
        Ok(self.open_of(conn, viewer, PEOPLE, ids).await?.into_iter().map(words::Id::cast).collect())
    }

    fn by_itself<T: Content>(self, found: &mut Vec<Sealed<T>>) {
        found.retain(|f| {
            self.desk.is_none_or(|desk| f.facts().desk == desk) && !self.seen.contains(&f.facts().record.id)
        });
    }

    async fn open_of<K>(
        self,
        conn: &mut Conn<'_>,
        viewer: &Viewer,
        open: &'static str,
        ids: impl IntoIterator<Item = words::Id<K>>,
    ) -> Result<BTreeSet<ThingId>, Broken> {
        let ids: Vec<ThingId> = ids.into_iter().map(words::Id::cast).collect();
        if ids.is_empty() {
            return Ok(BTreeSet::new());
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
            .push_in(" AND x.id IN", ids);
        conn.select(statement).await?.iter().map(|row| row.get("id")).collect()
    }
}
