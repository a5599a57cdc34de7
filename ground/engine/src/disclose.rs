//! The one way in to personal content: gather the evidence, decide, open, note.

use std::collections::{BTreeMap, BTreeSet};

use access::{
    Categories, ConsentFact, Content, Disclosed, Evidence, Facts, MatterFact, OfField, ProvisionFact, Reader,
    RecordKind, RecordRef, Sealed, Secret, Shelter, UrgentFact, Viewer,
};
use words::code::Code;
use words::id::{AgencyId, CaseId, DeskId, HouseholdId, MunicipalityId, PersonId, ThingId};
use words::{Id, Instant};

use crate::home::Apart;
use crate::log::Noted;
use crate::{Act, Broken, Conn, Look, Row, Statement, args, home};

/// Records, and what of two kinds stands beside them.
pub type Beside<T, A, B> = (Vec<Disclosed<T>>, Vec<Disclosed<A>>, Vec<Disclosed<B>>);

impl Look {
    /// What this viewer may see of `records` now, in their order; the rest is absent. Constant in statements.
    pub async fn disclose<T: Content>(
        &mut self,
        records: Vec<Sealed<T>>,
    ) -> Result<Vec<Disclosed<T>>, Broken> {
        let mut noted = Vec::new();
        let open = self.open(records, &mut noted).await?;
        self.noted.append(&mut noted);
        Ok(open)
    }

    /// The same where only some of what is opened will be shown: a search passes over what does not fit. Only what `choose`
    /// gives back is noted, so that the copy of who looked tells of looks, and not of what a search went by.
    pub async fn disclose_chosen<T: Content>(
        &mut self,
        records: Vec<Sealed<T>>,
        choose: impl FnOnce(Vec<Disclosed<T>>) -> Vec<Disclosed<T>>,
    ) -> Result<Vec<Disclosed<T>>, Broken> {
        let mut noted = Vec::new();
        let chosen = choose(self.open(records, &mut noted).await?);
        self.note_those(noted, &chosen);
        Ok(chosen)
    }

    /// The same where what is chosen hangs on what stands beside the records: who is found by a former name, by a former address. Of what
    /// stands beside, too, only what `choose` gives back is noted.
    pub async fn disclose_beside<T: Content, A: Content, B: Content>(
        &mut self,
        records: Vec<Sealed<T>>,
        (one, other): (Vec<Sealed<A>>, Vec<Sealed<B>>),
        choose: impl FnOnce(Beside<T, A, B>) -> Beside<T, A, B>,
    ) -> Result<Vec<Disclosed<T>>, Broken> {
        let (mut of_records, mut of_one, mut of_other) = (Vec::new(), Vec::new(), Vec::new());
        let records = self.open(records, &mut of_records).await?;
        let one = self.open(one, &mut of_one).await?;
        let other = self.open(other, &mut of_other).await?;
        let (records, one, other) = choose((records, one, other));
        self.note_those(of_records, &records);
        self.note_those(of_one, &one);
        self.note_those(of_other, &other);
        Ok(records)
    }

    /// The same, and beside it which of them the paper leaves out though this viewer reads them on the screen: what is left out of the desk's own
    /// paper is said in its place (disclosure rule 4). Nothing of a confidential conference, and on no paper for one of the household: there
    /// what is left out is not to be known.
    pub async fn disclose_on_paper<T: Content>(
        &mut self,
        records: Vec<Sealed<T>>,
    ) -> Result<(Vec<Disclosed<T>>, Vec<RecordRef>), Broken> {
        if self.reader() != Reader::Paper {
            return Ok((self.disclose(records).await?, Vec::new()));
        }
        let facts: Vec<Facts> = records.iter().map(|r| r.facts().clone()).collect();
        let shown = self.disclose(records).await?;
        let there: BTreeSet<RecordRef> = shown.iter().map(|d| d.facts().record).collect();
        let missing: Vec<&Facts> = facts.iter().filter(|f| !there.contains(&f.record)).collect();
        if missing.is_empty() {
            return Ok((shown, Vec::new()));
        }
        let asked = Asked { reader: Reader::Screen, ..self.asked() };
        let mut known = std::mem::take(&mut self.known);
        let evidence = gather(&mut self.conn(), &asked, &mut known, &missing).await;
        self.known = known;
        let evidence = Evidence { matters: Vec::new(), ..evidence? };
        let reads = |f: &&Facts| {
            let permit = access::decide(&asked.viewer, f, &evidence, asked.now, Reader::Screen);
            permit.is_some_and(|p| !f.categories.is_empty() && f.categories.within(p.granted()))
        };
        Ok((shown, missing.into_iter().filter(reads).map(|f| f.record).collect()))
    }

    fn asked(&self) -> Asked {
        let (viewer, of_all, home) = (self.viewer().clone(), self.of_all, self.paper_in);
        Asked { viewer, now: self.now(), reader: self.reader(), of_all, home }
    }

    fn note_those<T>(&mut self, noted: Vec<Noted>, chosen: &[Disclosed<T>]) {
        let kept: BTreeSet<RecordRef> = chosen.iter().map(|d| d.facts().record).collect();
        self.noted.extend(noted.into_iter().filter(|n| kept.iter().any(|r| n.is_of(*r))));
    }

    /// Which of these records this viewer may see now, and which categories of them: ids only, nothing is opened for
    /// anybody, so nothing is noted. For what was disclosed and noted earlier and is about to leave (disclosure rule 5).
    pub async fn may_still_see<T: Content>(
        &mut self,
        records: Vec<Sealed<T>>,
    ) -> Result<Vec<(RecordRef, Categories)>, Broken> {
        let open = self.open(records, &mut Vec::new()).await?;
        Ok(open.iter().map(|d| (d.facts().record, d.shown())).collect())
    }

    /// The same for one record.
    pub async fn disclose_one<T: Content>(
        &mut self,
        record: Sealed<T>,
    ) -> Result<Option<Disclosed<T>>, Broken> {
        Ok(self.disclose(vec![record]).await?.pop())
    }

    /// Learns the evidence about records of several kinds at once: to open them afterwards asks for no more, where each kind would have
    /// asked for itself. Opens nothing.
    pub async fn learn(&mut self, facts: &[&Facts]) -> Result<(), Broken> {
        let asked = self.asked();
        let mut known = std::mem::take(&mut self.known);
        let learnt = gather(&mut self.conn(), &asked, &mut known, facts).await;
        self.known = known;
        learnt.map(drop)
    }

    async fn open<T: Content>(
        &mut self,
        records: Vec<Sealed<T>>,
        noted: &mut Vec<Noted>,
    ) -> Result<Vec<Disclosed<T>>, Broken> {
        let asked = self.asked();
        let mut known = std::mem::take(&mut self.known);
        let open = open(&mut self.conn(), &asked, &mut known, records, noted).await;
        self.known = known;
        open
    }
}

impl Look {
    /// The evidence about these records whomever it concerns: for the question who can see them. Six statements, whatever
    /// their number.
    pub async fn evidence_of_everybody(&mut self, facts: &[Facts]) -> Result<Evidence, Broken> {
        let asked = Asked { reader: Reader::Screen, of_all: false, ..self.asked() };
        let mut conn = self.conn();
        let about: Vec<&Facts> = facts.iter().collect();
        let mut evidence = withheld(&mut conn, &asked, &mut Known::default(), &about).await?;
        everybody(&mut conn, &asked, facts, &mut evidence).await?;
        Ok(evidence)
    }
}

impl Act {
    /// What the acting person may see of `records`, while writing.
    pub async fn disclose<T: Content>(
        &mut self,
        records: Vec<Sealed<T>>,
    ) -> Result<Vec<Disclosed<T>>, Broken> {
        let Some(viewer) = self.viewer().cloned() else { return Ok(Vec::new()) };
        let asked = Asked { viewer, now: self.now(), reader: Reader::Screen, of_all: false, home: None };
        let mut noted = Vec::new();
        // Asked anew each time: what this act wrote counts.
        let mut known = Known::default();
        let open = open(&mut self.facts()?, &asked, &mut known, records, &mut noted).await?;
        self.noted.append(&mut noted);
        Ok(open)
    }
}

impl Act {
    /// [`Look::evidence_of_everybody`], while writing: whether a desk may be told of what is written.
    pub async fn evidence_of_everybody(&mut self, facts: &[Facts]) -> Result<Evidence, Broken> {
        let Some(viewer) = self.viewer().cloned() else { return Ok(Evidence::default()) };
        let asked = Asked { viewer, now: self.now(), reader: Reader::Screen, of_all: false, home: None };
        let mut conn = self.facts()?;
        let about: Vec<&Facts> = facts.iter().collect();
        let mut evidence = withheld(&mut conn, &asked, &mut Known::default(), &about).await?;
        everybody(&mut conn, &asked, facts, &mut evidence).await?;
        Ok(evidence)
    }
}

/// Who asks, when, and where the answer goes.
struct Asked {
    viewer: Viewer,
    now: Instant,
    reader: Reader,
    /// Whether somebody who was asked said that a paper for one holds what is about all of them, too.
    of_all: bool,
    /// The household such a paper is made in.
    home: Option<HouseholdId>,
}

/// What was learnt in one snapshot, for one viewer: a page asks about the same household again and again, and in a snapshot the
/// answer stays the same.
#[derive(Default)]
pub(crate) struct Known {
    shelters: Learnt<PersonId, Shelter>,
    consents: Learnt<PersonId, ConsentFact>,
    provisions: Learnt<ThingId, ProvisionFact>,
    matters: Learnt<ThingId, MatterFact>,
    across: Option<Vec<Shelter>>,
    apart: Option<((PersonId, Option<HouseholdId>), Apart)>,
}

impl Known {
    /// About so many people or records at most: an export goes through thousands, each once.
    const MOST: usize = 1_000;

    fn relieve(&mut self) {
        let people = self.shelters.0.len().max(self.consents.0.len());
        if people.max(self.provisions.0.len()).max(self.matters.0.len()) > Self::MOST {
            *self = Self::default();
        }
    }
}

/// The facts about each of those that were asked about: none of them is asked about twice.
struct Learnt<K, F>(BTreeMap<K, Vec<F>>);

impl<K, F> Default for Learnt<K, F> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Copy, F: Clone> Learnt<K, F> {
    /// Those not asked about yet.
    fn unknown(&self, of: &BTreeSet<K>) -> BTreeSet<K> {
        of.iter().filter(|k| !self.0.contains_key(k)).copied().collect()
    }

    /// Keeps the answer about these.
    fn keep(&mut self, asked: BTreeSet<K>, facts: impl IntoIterator<Item = (K, F)>) {
        self.0.extend(asked.into_iter().map(|k| (k, Vec::new())));
        for (of, fact) in facts {
            self.0.entry(of).or_default().push(fact);
        }
    }

    /// All facts about these.
    fn about(&self, of: &BTreeSet<K>) -> Vec<F> {
        of.iter().filter_map(|k| self.0.get(k)).flatten().cloned().collect()
    }
}

async fn open<T: Content>(
    conn: &mut Conn<'_>,
    asked: &Asked,
    known: &mut Known,
    records: Vec<Sealed<T>>,
    noted: &mut Vec<Noted>,
) -> Result<Vec<Disclosed<T>>, Broken> {
    let Asked { viewer, now, reader, .. } = asked;
    let facts: Vec<&Facts> = records.iter().map(Sealed::facts).collect();
    let evidence = gather(conn, asked, known, &facts).await?;
    let mut shown = Vec::with_capacity(records.len());
    for record in records {
        if !record.can_go_to(*reader, &evidence) {
            continue;
        }
        if let Some(permit) = access::decide(viewer, record.facts(), &evidence, *now, *reader)
            && let Some(disclosed) = record.open(&permit)
        {
            noted.push(Noted::of(&permit, disclosed.shown()));
            shown.push(disclosed);
        }
    }
    Ok(shown)
}

/// The evidence that the decision about these records needs.
async fn gather(
    conn: &mut Conn<'_>,
    asked: &Asked,
    known: &mut Known,
    facts: &[&Facts],
) -> Result<Evidence, Broken> {
    let Asked { viewer, now, reader, .. } = asked;
    known.relieve();
    // What takes away is always asked for.
    let mut evidence = withheld(conn, asked, known, facts).await?;
    evidence.shelters.extend(across(conn, viewer, known, facts).await?);
    // What adds to the own record is only fetched about records that need it: the usual list of the own desk costs no further
    // statement.
    let needs = |f: &&&Facts| {
        access::decide(viewer, f, &evidence, *now, *reader).is_none_or(|p| !f.categories.within(p.granted()))
    };
    let needing: Vec<&Facts> = facts.iter().filter(needs).copied().collect();
    if !needing.is_empty() {
        granted(conn, viewer, known, &needing, &mut evidence).await?;
        evidence.urgent = urgent(conn, viewer, *now).await?;
        if *reader == Reader::Screen {
            confided(conn, viewer, known, &needing, &mut evidence).await?;
        }
    }
    Ok(evidence)
}

/// What keeps the homes of the persons these records are about and, for a paper that one of them is given, what is kept from them.
async fn withheld(
    conn: &mut Conn<'_>,
    asked: &Asked,
    known: &mut Known,
    facts: &[&Facts],
) -> Result<Evidence, Broken> {
    let mut evidence = Evidence::default();
    let m = asked.viewer.municipality;
    let persons = persons_of(facts);
    let new = known.shelters.unknown(&persons);
    if !new.is_empty() {
        let found = home::shelters(conn, m, &new).await?;
        known.shelters.keep(new, found.into_iter().map(|s| (s.person, s)));
    }
    evidence.shelters = known.shelters.about(&persons);
    if let Reader::Member(person) = asked.reader {
        let statement = Statement::new(
            "SELECT record_kind, record_id FROM secret \
             WHERE municipality_id = ? AND person_id = ? AND lifted_at IS NULL AND record_id IN",
            args![m, person],
        )
        .push_in("", facts.iter().map(|f| f.record.id));
        for row in &conn.select(statement).await? {
            let kind: String = row.get("record_kind")?;
            let kind = RecordKind::parse(&kind)
                .ok_or_else(|| Broken::Corrupt("secret", "record_kind".to_owned()))?;
            let record = RecordRef { kind, id: row.get("record_id")? };
            evidence.secrets.push(Secret { record, from: person });
        }
        let of = (person, asked.home);
        let apart = match known.apart.take().filter(|(before, _)| *before == of) {
            Some((_, apart)) => apart,
            None => home::apart(conn, m, of).await?,
        };
        if !asked.of_all {
            evidence.apart.clone_from(&apart.persons);
        }
        evidence.elsewhere = apart.elsewhere;
        known.apart = Some((of, apart));
    }
    Ok(evidence)
}

/// What a shelter found by an urgent look keeps in everything else that looks of this person opened. Asked once in a snapshot, and only of
/// whoever has more than one case open.
async fn across(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    known: &mut Known,
    facts: &[&Facts],
) -> Result<Vec<Shelter>, Broken> {
    let cases: BTreeSet<CaseId> = viewer.urgent.iter().map(|l| l.case).collect();
    if cases.len() < 2 {
        return Ok(Vec::new());
    }
    let found = match known.across.take() {
        Some(found) => found,
        None => home::across(conn, viewer.municipality, &cases).await?,
    };
    let persons = persons_of(facts);
    let of_these = found.iter().filter(|s| persons.contains(&s.person)).cloned().collect();
    known.across = Some(found);
    Ok(of_these)
}

/// The urgent looks of this person that hold now. Asked only when the request came with one: it could have been ended
/// since, and nobody opens one in the middle of a read.
async fn urgent(conn: &mut Conn<'_>, viewer: &Viewer, now: Instant) -> Result<Vec<UrgentFact>, Broken> {
    if viewer.urgent.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT id, user_id, desk_id, case_id, from_at, until_at FROM urgent_look \
               WHERE municipality_id = $1 AND user_id = $2 AND ended_at IS NULL AND until_at > $3";
    let rows = conn.all(sql, args![viewer.municipality, viewer.user, now]).await?;
    rows.iter().map(urgent_fact).collect()
}

fn urgent_fact(row: &Row) -> Result<UrgentFact, Broken> {
    Ok(UrgentFact {
        look: row.get("id")?,
        user: row.get("user_id")?,
        desk: row.get("desk_id")?,
        case: row.get("case_id")?,
        from: row.get("from_at")?,
        until: row.get("until_at")?,
    })
}

/// Provisions; the records follow.
const PROVISIONS: &str = "SELECT p.id, p.record_kind, p.record_id, p.desk_id, p.user_id, p.categories, p.effective_from, p.ended_at, \
     COALESCE(NULLIF(p.article_name, ''), p.article) AS article FROM provision p \
     WHERE p.municipality_id = ? AND p.record_id IN";

/// What was released to matters, by member.
const MATTERS: &str = "SELECT m.id, m.article, m.closed_at, k.user_id, k.appointment_id, k.from_at, k.until_at, \
     k.pledged_at, a.record_kind, a.record_id, a.categories, a.released_at, a.recalled_at, \
     a.take_back_at FROM matter_material a \
     JOIN matter m ON m.municipality_id = a.municipality_id AND m.id = a.matter_id \
     AND m.rests_on = 'secrecy' \
     JOIN matter_member k ON k.municipality_id = a.municipality_id AND k.matter_id = a.matter_id \
     WHERE a.municipality_id = ?";

/// Consents, provisions, urgent looks and matters that concern these records, whomever they name.
async fn everybody(
    conn: &mut Conn<'_>,
    asked: &Asked,
    facts: &[Facts],
    evidence: &mut Evidence,
) -> Result<(), Broken> {
    let m = asked.viewer.municipality;
    let persons: BTreeSet<PersonId> = facts.iter().flat_map(|f| f.subjects.persons()).copied().collect();
    let records: BTreeSet<ThingId> = facts.iter().map(|f| f.record.id).collect();
    let cases: BTreeSet<CaseId> = facts.iter().flat_map(|f| &f.cases).copied().collect();
    let consents = consents(m, persons, None);
    let provisions = Statement::new(PROVISIONS, args![m]).push_in("", records.iter().copied());
    let matters = Statement::new(MATTERS, args![m]).push_in(" AND a.record_id IN", records);
    let looks = Statement::new(
        "SELECT id, user_id, desk_id, case_id, from_at, until_at FROM urgent_look \
         WHERE municipality_id = ? AND ended_at IS NULL AND until_at > ?",
        args![m, asked.now],
    )
    .push_in(" AND case_id IN", cases);
    evidence.consents = conn.select(consents).await?.iter().map(consent_fact).collect::<Result<_, _>>()?;
    evidence.provisions =
        conn.select(provisions).await?.iter().map(provision_fact).collect::<Result<_, _>>()?;
    evidence.matters = conn.select(matters).await?.iter().map(matter_fact).collect::<Result<_, _>>()?;
    evidence.urgent = conn.select(looks).await?.iter().map(urgent_fact).collect::<Result<_, _>>()?;
    Ok(())
}

fn persons_of(facts: &[&Facts]) -> BTreeSet<PersonId> {
    facts.iter().flat_map(|f| f.subjects.persons()).copied().collect()
}

fn records_of(facts: &[&Facts]) -> BTreeSet<ThingId> {
    facts.iter().map(|f| f.record.id).collect()
}

/// Consents and provisions that could found a look at these records. Two statements at most, whatever their number.
async fn granted(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    known: &mut Known,
    facts: &[&Facts],
    evidence: &mut Evidence,
) -> Result<(), Broken> {
    let (persons, records) = (persons_of(facts), records_of(facts));
    let desks = viewer.desks();
    if desks.is_empty() {
        return Ok(());
    }
    let new = known.consents.unknown(&persons);
    if !new.is_empty() {
        let agencies: BTreeSet<AgencyId> = viewer.seats.iter().map(|s| s.agency).collect();
        let mut recipients: BTreeSet<ThingId> = desks.iter().map(|d| d.cast()).collect();
        recipients.extend(agencies.iter().map(|a| -> ThingId { a.cast() }));
        let statement = consents(viewer.municipality, new.clone(), Some((recipients, agencies)));
        let rows = conn.select(statement).await?;
        let facts: Vec<_> = rows.iter().map(consent_fact).collect::<Result<_, _>>()?;
        known.consents.keep(new, facts.into_iter().map(|f| (f.covers, f)));
    }
    evidence.consents = known.consents.about(&persons);
    let new = known.provisions.unknown(&records);
    if !new.is_empty() {
        let statement = Statement::new(PROVISIONS, args![viewer.municipality])
            .push_in("", new.iter().copied())
            .push_in(" AND p.desk_id IN", desks);
        let rows = conn.select(statement).await?;
        let facts: Vec<_> = rows.iter().map(provision_fact).collect::<Result<_, _>>()?;
        known.provisions.keep(new, facts.into_iter().map(|f| (f.record.id, f)));
    }
    evidence.provisions = known.provisions.about(&records);
    Ok(())
}

/// What was released to matters of which this viewer is a member: one statement, and none for whoever sits in no role that
/// can be one. Nothing of it is asked for when the answer goes to paper or into a file: there it opens nothing.
async fn confided(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    known: &mut Known,
    facts: &[&Facts],
    evidence: &mut Evidence,
) -> Result<(), Broken> {
    let seats: Vec<_> =
        viewer.seats.iter().filter(|s| s.role.sits_in_confidence()).map(|s| s.appointment).collect();
    if seats.is_empty() {
        return Ok(());
    }
    let records = records_of(facts);
    let new = known.matters.unknown(&records);
    if !new.is_empty() {
        let statement = Statement::new(MATTERS, args![viewer.municipality])
            .push(" AND k.user_id = ?", args![viewer.user])
            .push_in(" AND k.appointment_id IN", seats)
            .push_in(" AND a.record_id IN", new.iter().copied());
        let rows = conn.select(statement).await?;
        let facts: Vec<_> = rows.iter().map(matter_fact).collect::<Result<_, _>>()?;
        known.matters.keep(new, facts.into_iter().map(|f| (f.record.id, f)));
    }
    evidence.matters = known.matters.about(&records);
    Ok(())
}

fn matter_fact(row: &Row) -> Result<MatterFact, Broken> {
    let kind: String = row.get("record_kind")?;
    let kind = RecordKind::parse(&kind)
        .ok_or_else(|| Broken::Corrupt("matter_material", "record_kind".to_owned()))?;
    Ok(MatterFact {
        matter: row.get("id")?,
        record: RecordRef { kind, id: row.get("record_id")? },
        categories: row.get("categories")?,
        article: row.get("article")?,
        user: row.get("user_id")?,
        appointment: row.get("appointment_id")?,
        from: row.get("from_at")?,
        until: row.get("until_at")?,
        pledged_at: row.get("pledged_at")?,
        released_at: row.get("released_at")?,
        recalled_at: row.get("recalled_at")?,
        closed_at: row.get("closed_at")?,
        take_back_from: row.get("take_back_at")?,
    })
}

/// Consents of these persons: those that name one of the desks or agencies in `only`, and those that name a category one of
/// the agencies is of or was listed in; without `only`, all of them. Whether the category counts is the decision's. A guardian who was set aside agreed to nothing from then on.
fn consents(
    m: MunicipalityId,
    persons: BTreeSet<PersonId>,
    only: Option<(BTreeSet<ThingId>, BTreeSet<AgencyId>)>,
) -> Statement {
    const SET_ASIDE: &str = "(SELECT MIN(x.set_at) FROM guardian_set_aside x \
         WHERE x.municipality_id = c.municipality_id AND x.person_id = c.person_id AND x.ended_at IS NULL \
         AND (c.giver_id = x.guardian_id OR (c.giver_id IS NULL AND c.given_by = 'guardian' AND c.given_at < x.set_at))) AS set_aside_at ";
    let mut statement = Statement::new(
        "SELECT c.id, c.person_id, c.categories, c.purposes, c.from_day, c.until_day, c.withdrawn_at, r.kind, \
         r.recipient_id, r.effective_from, '' AS field, '' AS field_today, FALSE AS later, FALSE AS listed, ",
        args![],
    )
    .push(SET_ASIDE, args![])
    .push(
        // `CROSS JOIN` is an order to SQLite: from these few persons to their consents. A large agency is named in thousands.
        "FROM consent c CROSS JOIN consent_recipient r \
         WHERE r.municipality_id = c.municipality_id AND r.consent_id = c.id AND c.municipality_id = ? AND c.state IN ('given', 'withdrawn') AND c.person_id IN",
        args![m],
    )
    .push_in("", persons.iter().copied());
    let (recipients, agencies) = only.unzip();
    if let Some(recipients) = recipients {
        statement = statement.push_in(" AND r.recipient_id IN", recipients);
    }
    let statement = statement.push(
        " UNION ALL SELECT c.id, c.person_id, c.categories, c.purposes, c.from_day, c.until_day, c.withdrawn_at, \
         'field' AS kind, a.id AS recipient_id, f.effective_from, f.field, a.field AS field_today, f.later, \
         l.agency_id IS NOT NULL AS listed, ",
        args![],
    )
    .push(SET_ASIDE, args![])
    .push(
        "FROM consent c JOIN consent_field f ON f.municipality_id = c.municipality_id AND f.consent_id = c.id \
         JOIN agency a ON a.municipality_id = c.municipality_id LEFT JOIN consent_field_agency l \
         ON l.municipality_id = f.municipality_id AND l.consent_id = f.consent_id AND l.field = f.field \
         AND l.agency_id = a.id WHERE c.municipality_id = ? AND c.state IN ('given', 'withdrawn') \
         AND (a.field = f.field OR l.agency_id IS NOT NULL) AND c.person_id IN",
        args![m],
    )
    .push_in("", persons);
    match agencies {
        Some(agencies) => statement.push_in(" AND a.id IN", agencies),
        None => statement,
    }
}

fn consent_fact(row: &Row) -> Result<ConsentFact, Broken> {
    let recipient: Id<words::id::kind::Thing> = row.get("recipient_id")?;
    let kind: String = row.get("kind")?;
    let is_desk = kind == "desk";
    let of_field = if kind == "field" {
        Some(OfField {
            named: row.get("field")?,
            today: row.get("field_today")?,
            listed: row.get("listed")?,
            later: row.get("later")?,
        })
    } else {
        None
    };
    let purposes: String = row.get("purposes")?;
    let (withdrawn, set_aside): (Option<Instant>, Option<Instant>) =
        (row.get("withdrawn_at")?, row.get("set_aside_at")?);
    Ok(ConsentFact {
        consent: row.get("id")?,
        covers: row.get("person_id")?,
        desk: is_desk.then(|| -> DeskId { recipient.cast() }),
        agency: (!is_desk).then(|| -> AgencyId { recipient.cast() }),
        categories: row.get("categories")?,
        for_support: purposes.split(',').any(|p| p == "support" || p == "cooperation"),
        from: row.get("from_day")?,
        until: row.get("until_day")?,
        // The moment from which it no longer counts.
        withdrawn_at: withdrawn.into_iter().chain(set_aside).min(),
        of_field,
        effective_from: row.get("effective_from")?,
    })
}

fn provision_fact(row: &Row) -> Result<ProvisionFact, Broken> {
    let kind: String = row.get("record_kind")?;
    let kind =
        RecordKind::parse(&kind).ok_or_else(|| Broken::Corrupt("provision", "record_kind".to_owned()))?;
    Ok(ProvisionFact {
        provision: row.get("id")?,
        record: RecordRef { kind, id: row.get("record_id")? },
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        categories: row.get("categories")?,
        article: row.get("article")?,
        effective_from: row.get("effective_from")?,
        ended_at: row.get("ended_at")?,
    })
}
