//! Whether what one desk told another may still be read there (disclosure rule 5). The one rule about it: of a question and its answer, of what
//! was passed on, of every list of them.

use std::collections::BTreeMap;

use access::Categories;
use engine::{Broken, Conn};
use words::Day;
use words::id::{AgencyId, DeskId, MunicipalityId, PersonId};

use crate::rules::{Consent, carries};

/// Who reads today what was sent to a desk: the desk itself, or whoever took over once it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadBy {
    /// The desk that reads.
    pub desk: DeskId,
    /// Its agency.
    pub agency: Option<AgencyId>,
    /// Whether it is another one than it was sent to.
    pub heir: bool,
}

/// Who reads today what was sent to each of these desks. Two statements, however many there are.
pub async fn readers(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    of: impl IntoIterator<Item = DeskId>,
    today: Day,
) -> Result<BTreeMap<DeskId, ReadBy>, Broken> {
    let heirs = register::heirs(conn, m, of, today).await?;
    let infos = register::desks_by_id(conn, m, heirs.values().copied(), today).await?;
    let agency = |desk: DeskId| infos.iter().find(|d| d.id == desk).map(|d| d.agency);
    let reader =
        |(sent, desk): (DeskId, DeskId)| (sent, ReadBy { desk, agency: agency(desk), heir: desk != sent });
    Ok(heirs.into_iter().map(reader).collect())
}

/// The same of one desk.
pub async fn reader(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    of: DeskId,
    today: Day,
) -> Result<ReadBy, Broken> {
    let found = readers(conn, m, [of], today).await?.remove(&of);
    Ok(found.unwrap_or(ReadBy { desk: of, agency: None, heir: false }))
}

/// Something that was told to a desk.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a> {
    /// Whether it rests on a consent; otherwise on an article, or it names nobody.
    pub by_consent: bool,
    /// About whom.
    pub subjects: &'a [PersonId],
    /// Which categories.
    pub categories: Categories,
}

impl Shared<'_> {
    /// Whether it still rests on something for whoever reads it today. An article holds as of the day it was used, and what was handed over
    /// under it goes to the heir with the records. A consent holds as of this moment and for the desk it names: it does not pass to an heir,
    /// who is named by another one or by none.
    pub fn holds(&self, consents: &[Consent], reader: ReadBy, today: Day) -> bool {
        !self.by_consent
            || carries(consents, self.subjects, self.categories, reader.desk, reader.agency, today)
    }
}

#[cfg(test)]
mod tests {
    use access::Category;

    use super::*;
    use crate::rules::Recipient;
    use crate::rules::tests::{given, id, now};

    #[test]
    fn a_consent_does_not_pass_to_an_heir_and_an_article_does() {
        let (who, today) = ([id(50)], now().day());
        let told =
            Shared { by_consent: true, subjects: &who, categories: Categories::NONE.with(Category::Money) };
        let itself = ReadBy { desk: id(2), agency: Some(id(20)), heir: false };
        let heir = ReadBy { desk: id(5), agency: Some(id(50)), heir: true };
        let agreed = |to: Recipient| Consent { recipients: vec![(to, Some(now()))], ..given() };
        let named = [agreed(Recipient::Desk(id(2)))];
        assert!(told.holds(&named, itself, today));
        assert!(!told.holds(&named, heir, today), "nobody agreed to that desk");
        assert!(!told.holds(&[], itself, today), "nobody agreed");
        assert!(Shared { by_consent: false, ..told }.holds(&[], heir, today), "an article");
        // Asked anew, or of an agency that goes on with another desk: the heir is named itself.
        assert!(told.holds(&[agreed(Recipient::Desk(id(5)))], heir, today));
        assert!(told.holds(&[agreed(Recipient::Agency(id(50)))], heir, today));
        assert!(!told.holds(&[agreed(Recipient::Desk(id(5)))], itself, today));
    }
}
