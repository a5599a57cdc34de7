//! Which lists have files: the concept that gives the rows, and how it says what may still be seen of them.

use access::{Categories, RecordKind, RecordRef};
use engine::{Broken, Fail, Look};
use site::Fields;
use site::export::{Asked, Column, Rounds, Shown};
use site::link;
use words::Id;
use words::codes;

codes! {
    /// A list that can be taken out.
    pub enum List {
        /// Consultations.
        Consultations = "consultations",
        /// Cases.
        Cases = "cases",
    }
}

impl List {
    /// The list at a path.
    pub(crate) fn at(path: &str) -> Option<Self> {
        [Self::Consultations, Self::Cases].into_iter().find(|list| list.path() == path)
    }

    /// Where it is.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Consultations => link::CONSULTATIONS,
            Self::Cases => link::CASES,
        }
    }

    /// The key of its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Consultations => "nav.consultations",
            Self::Cases => "nav.cases",
        }
    }

    /// The columns of its file.
    pub(crate) const fn columns(self) -> &'static [Column] {
        match self {
            Self::Consultations => intake::export::COLUMNS,
            Self::Cases => casefile::export::COLUMNS,
        }
    }

    /// How many lines the page would list.
    pub(crate) async fn count(self, look: &mut Look, query: &Fields) -> Result<i64, Broken> {
        match self {
            Self::Consultations => intake::export::count(look, query).await,
            Self::Cases => casefile::export::count(look, query).await,
        }
    }

    /// The next rows.
    pub(crate) async fn round(self, asked: Asked<'_>) -> Rounds {
        match self {
            Self::Consultations => intake::export::round(asked).await,
            Self::Cases => casefile::export::round(asked).await,
        }
    }
}

/// Which of these records the viewer may see now, and which categories.
pub(crate) async fn may_see(look: &mut Look, shown: &[Shown]) -> Result<Vec<(RecordRef, Categories)>, Fail> {
    let viewer = look.viewer().clone();
    let mut now = Vec::with_capacity(shown.len());
    let people = household::person::by_ids(&mut look.conn(), &viewer, of(shown, RecordKind::Person)).await?;
    now.extend(look.may_still_see(people).await?);
    let consultations = of(shown, RecordKind::Consultation);
    if !consultations.is_empty() {
        let sealed = intake::export::sealed(look, consultations).await?;
        now.extend(look.may_still_see(sealed).await?);
    }
    let cases = of(shown, RecordKind::Case);
    if !cases.is_empty() {
        let listed = casefile::still_listed(&mut look.conn(), &viewer, cases).await?;
        now.extend(listed.into_iter().map(|id| (RecordRef::case(id), Categories::NONE)));
    }
    Ok(now)
}

fn of<K>(shown: &[Shown], kind: RecordKind) -> Vec<Id<K>> {
    shown.iter().filter(|s| s.record.kind == kind).map(|s| s.record.id.cast()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::code::Code;

    #[test]
    fn a_list_offers_a_file_exactly_when_there_is_one() {
        for list in site::habits::LISTS {
            assert_eq!(list.file, List::at(list.path).is_some(), "{}", list.path);
        }
        for list in List::ALL {
            let known = site::habits::list(list.path()).unwrap();
            for (column, _) in list.columns() {
                assert!(column.is_empty() || known.columns.contains(column), "{column}");
            }
        }
    }
}
