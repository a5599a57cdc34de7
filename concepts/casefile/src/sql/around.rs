//! What stands around a case: headers of its referrals, desks with a part, engagement, shares, exclusions, drafts.
//! Ids, codes and dates only, except where a function says that it seals.

use std::collections::BTreeMap;

use access::{
    Categories, Category, Content, Facts, RecordRef, Relation, Right, Role, Sealed, Subjects, Viewer,
};
use engine::{Act, Broken, Conn, Fail, Statement, args};
use words::code::Code;
use words::id::{
    AgencyId, CaseId, DeskId, DraftId, HouseholdId, InquiryId, MunicipalityId, PersonId, ReferralId, ThingId,
    UserId,
};
use words::name::PersonName;
use words::{Day, Instant};

use crate::rules::{Engagement, ExclusionReason};

/// The header of a referral of a case: what whoever oversees the case, and the desks between which it went, may always know (disclosure
/// rule 13; [`access::Relation::tells_of`]).
pub struct ReferralLine {
    /// Its id.
    pub id: ReferralId,
    /// Code of its kind.
    pub kind: String,
    /// Code of its state.
    pub state: String,
    /// From.
    pub from: DeskId,
    /// To.
    pub to: DeskId,
    /// In copy.
    pub copy: Option<DeskId>,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// By when it is to be answered.
    pub answer_due_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

/// States in which a referral still waits for somebody.
const WAITING: &[&str] = &["sent", "accepted", "in_progress", "on_hold"];

impl ReferralLine {
    /// The desks between which it went.
    pub fn between(&self) -> Vec<DeskId> {
        [self.from, self.to].into_iter().chain(self.copy).collect()
    }

    /// Whether somebody still has to do something about it.
    pub fn waits(&self) -> bool {
        WAITING.contains(&self.state.as_str())
    }
}

/// The referrals of a case, newest first, as far as this viewer is told of them ([`Relation::tells_of`]).
pub async fn referral_list(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    relation: &Relation,
    case: CaseId,
) -> Result<Vec<ReferralLine>, Broken> {
    let mut found = every_referral(conn, viewer.municipality, case).await?;
    found.retain(|r| relation.tells_of(viewer, &r.between()));
    Ok(found)
}

/// Every referral of a case, newest first: for the rule that nobody waits when it ends, and whoever ends it oversees it. A draft is its
/// sender's own matter and not among them.
pub(crate) async fn every_referral(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<ReferralLine>, Broken> {
    conn.all(
        "SELECT id, kind, state, from_desk_id, to_desk_id, copy_desk_id, sent_at, answer_due_at, ended_at FROM referral \
         WHERE municipality_id = $1 AND case_id = $2 AND state NOT IN ('draft', 'entered_in_error') \
         ORDER BY sent_at DESC, id DESC LIMIT 200",
        args![municipality, case],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(ReferralLine {
            id: row.get("id")?,
            kind: row.get("kind")?,
            state: row.get("state")?,
            from: row.get("from_desk_id")?,
            to: row.get("to_desk_id")?,
            copy: row.get("copy_desk_id")?,
            sent_at: row.get("sent_at")?,
            answer_due_at: row.get("answer_due_at")?,
            ended_at: row.get("ended_at")?,
        })
    })
    .collect()
}

/// The inquiries of a case that wait for an answer: which, to which desk, where they stand (disclosure rule 13).
pub async fn waiting_inquiries(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<(InquiryId, DeskId, String)>, Broken> {
    conn.all(
        "SELECT id, to_desk_id, state FROM inquiry WHERE municipality_id = $1 AND case_id = $2 \
         AND state IN ('sent', 'partly_answered', 'raised') ORDER BY sent_at, id LIMIT 200",
        args![municipality, case],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("to_desk_id")?, row.get("state")?)))
    .collect()
}

/// Questions for capacity of a case that are still asked, with the desk that asks: whoever was asked goes on looking for room.
pub async fn open_questions(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<(ThingId, DeskId)>, Broken> {
    conn.all(
        "SELECT id, from_desk_id FROM capacity_question WHERE municipality_id = $1 AND case_id = $2 \
         AND closed_at IS NULL ORDER BY sent_at, id LIMIT 200",
        args![municipality, case],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("from_desk_id")?)))
    .collect()
}

/// Desks with a part in a case, as far as this viewer is told of them ([`Relation::tells_of`]): since when, and the code of why.
pub async fn desk_list(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    relation: &Relation,
    case: CaseId,
) -> Result<Vec<(DeskId, Instant, String)>, Broken> {
    let rows = conn
        .all(
            "SELECT desk_id, since, why FROM case_desk WHERE municipality_id = $1 AND case_id = $2 ORDER BY since, desk_id",
            args![viewer.municipality, case],
        )
        .await?;
    let part = rows.iter().map(|row| Ok((row.get("desk_id")?, row.get("since")?, row.get("why")?)));
    let mut part: Vec<(DeskId, Instant, String)> = part.collect::<Result<_, Broken>>()?;
    part.retain(|(desk, ..)| relation.tells_of(viewer, &[*desk]));
    Ok(part)
}

/// How far the relation with a person has come, as one desk sees it: a fact about that person, so it is sealed.
pub struct Engaged {
    /// In which case.
    pub case: CaseId,
    /// With whom.
    pub person: PersonId,
    /// How far.
    pub stage: Engagement,
    /// Since when.
    pub since: Instant,
    /// Which desk sees it so.
    pub desk: DeskId,
}
impl Content for Engaged {}

/// The last engagement stage of each person of these cases as each desk saw it, the newest first, each sealed as a support fact of that
/// person. What another desk saw later hides nothing of what this viewer may see.
pub(crate) async fn stages(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<Vec<Sealed<Engaged>>, Broken> {
    let statement = Statement::new(
        "SELECT g.case_id, g.person_id, g.stage, g.since, g.desk_id FROM engagement g WHERE g.municipality_id = ? \
         AND NOT EXISTS (SELECT 1 FROM engagement x WHERE x.municipality_id = g.municipality_id \
         AND x.case_id = g.case_id AND x.person_id = g.person_id AND x.desk_id = g.desk_id AND x.seq > g.seq)",
        args![m],
    )
    .push_in(" AND g.case_id IN", cases)
    .push(" ORDER BY g.case_id, g.person_id, g.seq DESC", args![]);
    sealed_stages(&conn.select(statement).await?)
}

/// The desk that is accountable for each of these cases.
pub(crate) async fn accountable_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<BTreeMap<CaseId, DeskId>, Broken> {
    let statement =
        Statement::new("SELECT id, accountable_desk_id FROM case_file WHERE municipality_id = ?", args![m])
            .push_in(" AND id IN", cases)
            .push(" AND accountable_desk_id IS NOT NULL", args![]);
    let rows = conn.select(statement).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("accountable_desk_id")?))).collect()
}

/// Every stage there was of each person of a case, the newest first, sealed alike.
pub(crate) async fn stage_history(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    case: CaseId,
) -> Result<Vec<Sealed<Engaged>>, Broken> {
    let rows = conn
        .all(
            "SELECT g.case_id, g.person_id, g.stage, g.since, g.desk_id FROM engagement g WHERE g.municipality_id = $1 \
             AND g.case_id = $2 ORDER BY g.since DESC, g.seq DESC LIMIT 200",
            args![viewer.municipality, case],
        )
        .await?;
    sealed_stages(&rows)
}

fn sealed_stages(rows: &[engine::Row]) -> Result<Vec<Sealed<Engaged>>, Broken> {
    rows.iter()
        .map(|row| {
            let (case, person): (CaseId, PersonId) = (row.get("case_id")?, row.get("person_id")?);
            let facts = Facts {
                record: RecordRef::case(case),
                desk: row.get("desk_id")?,
                author: None,
                subjects: Subjects::Persons(vec![person]),
                categories: Categories::NONE.with(Category::Support),
                cases: vec![case],
                sent_to_provider: None,
                confided_to: None,
            };
            let engaged = Engaged {
                case,
                person,
                stage: row.code("stage")?,
                since: row.get("since")?,
                desk: row.get("desk_id")?,
            };
            Ok(Sealed::new(facts, engaged))
        })
        .collect()
}

/// What was handed over under an article in the referrals of a case: by whom, to whom, which article, which categories,
/// since when, how many records.
pub struct Provided {
    /// By which desk.
    pub from: DeskId,
    /// About whom it was passed on.
    pub person: PersonId,
    /// To which desk.
    pub desk: DeskId,
    /// Code of the article.
    pub article: String,
    /// What the article was called then.
    pub article_name: String,
    /// Which categories.
    pub categories: Categories,
    /// Since when.
    pub since: Instant,
    /// How many records.
    pub records: i64,
}

/// The provisions of a case that hold now.
pub async fn provision_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Provided>, Broken> {
    conn.all(
        "SELECT r.from_desk_id, r.person_id, v.desk_id, v.article, v.article_name, v.categories, MIN(v.effective_from) AS since, COUNT(*) AS records \
         FROM provision v JOIN referral r ON r.municipality_id = v.municipality_id AND r.id = v.act_id \
         WHERE v.municipality_id = $1 AND r.case_id = $2 AND v.effective_from IS NOT NULL AND v.ended_at IS NULL \
         GROUP BY r.from_desk_id, r.person_id, v.desk_id, v.article, v.article_name, v.categories ORDER BY MIN(v.effective_from), v.desk_id, v.article",
        args![municipality, case],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Provided {
            from: row.get("from_desk_id")?,
            person: row.get("person_id")?,
            desk: row.get("desk_id")?,
            article: row.get("article")?,
            article_name: row.get("article_name")?,
            categories: row.get("categories")?,
            since: row.get("since")?,
            records: row.get("records")?,
        })
    })
    .collect()
}

/// Official names of agencies on a day.
pub async fn agency_names(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: impl IntoIterator<Item = AgencyId>,
    on: Day,
) -> Result<BTreeMap<AgencyId, String>, Broken> {
    let statement = Statement::new(
        "SELECT agency_id, name FROM agency_name WHERE municipality_id = ? AND kind = 'official' \
         AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)",
        args![municipality, on, on],
    )
    .push_in(" AND agency_id IN", ids);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("agency_id")?, row.get("name")?))).collect()
}

/// Agencies without a login: whose word is recorded by whoever heard it.
pub(crate) async fn partner_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
) -> Result<Vec<(AgencyId, String)>, Broken> {
    conn.all(
        "SELECT a.id, n.name FROM agency a JOIN agency_name n ON n.municipality_id = a.municipality_id \
         AND n.agency_id = a.id AND n.kind = 'official' AND n.valid_from <= $2 \
         AND (n.valid_to IS NULL OR n.valid_to >= $2) WHERE a.municipality_id = $1 AND a.has_login = FALSE \
         AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2) ORDER BY n.name_key, a.id",
        args![municipality, on],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("name")?)))
    .collect()
}

/// When the earliest open promise of each case is due, as far as this viewer is told of it
/// ([`access::Relation::tells_of`]): of those of other desks where one's own is accountable, or coordinates with a part in it.
pub(crate) async fn next_due(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<BTreeMap<CaseId, Instant>, Broken> {
    let own = viewer.reading_desks();
    let hubs = viewer.seats.iter().filter(|s| s.role == Role::Coordinator);
    let hubs: Vec<DeskId> = hubs.flat_map(|s| s.inherited.iter().copied().chain([s.desk])).collect();
    let statement = Statement::new(
        "SELECT t.case_id, MIN(t.due_at) AS due_at FROM task t WHERE t.municipality_id = ? AND t.state = 'open'",
        args![viewer.municipality],
    )
    .push_in(" AND t.case_id IN", cases)
    .push_in(" AND (t.desk_id IN", own.iter().copied())
    .push(
        " OR EXISTS (SELECT 1 FROM case_file c WHERE c.municipality_id = t.municipality_id AND c.id = t.case_id \
         AND c.accountable_desk_id IN",
        args![],
    )
    .push_in("", own.iter().copied())
    .push(
        ") OR EXISTS (SELECT 1 FROM case_desk k WHERE k.municipality_id = t.municipality_id AND k.case_id = t.case_id \
         AND k.desk_id IN",
        args![],
    )
    .push_in("", hubs)
    .push(")) GROUP BY t.case_id", args![]);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("case_id")?, row.get("due_at")?))).collect()
}

/// Every case of a household.
pub(crate) async fn cases_of_household(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    household: HouseholdId,
) -> Result<Vec<CaseId>, Broken> {
    conn.all(
        "SELECT id FROM case_file WHERE municipality_id = $1 AND household_id = $2 ORDER BY id",
        args![municipality, household],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// Somebody who is kept out of a case.
#[derive(Debug, Clone)]
pub struct Excluded {
    /// Who.
    pub user: UserId,
    /// Since when.
    pub since: Instant,
    /// Why, as a code; empty where nobody was asked.
    pub reason: String,
}

/// Who is kept out of a case now.
pub async fn exclusion_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
    now: Instant,
) -> Result<Vec<Excluded>, Broken> {
    conn.all(
        "SELECT user_id, MIN(since) AS since, MAX(reason) AS reason FROM exclusion WHERE municipality_id = $1 AND case_id = $2 \
         AND (until IS NULL OR until > $3) GROUP BY user_id ORDER BY MIN(since), user_id",
        args![municipality, case, now],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Excluded { user: row.get("user_id")?, since: row.get("since")?, reason: row.get("reason")? })
    })
    .collect()
}

/// Who is kept out of which of these cases now.
pub(crate) async fn exclusions_of(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    cases: &[CaseId],
    now: Instant,
) -> Result<Vec<(UserId, CaseId)>, Broken> {
    let statement = Statement::new(
        "SELECT user_id, case_id FROM exclusion WHERE municipality_id = ? AND since <= ? \
         AND (until IS NULL OR until > ?)",
        args![municipality, now, now],
    )
    .push_in(" AND case_id IN", cases.iter().copied());
    conn.select(statement).await?.iter().map(|row| Ok((row.get("user_id")?, row.get("case_id")?))).collect()
}

/// Everybody with an account, by reading: whoever can be kept out of a case.
pub async fn staff_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
) -> Result<Vec<(UserId, PersonName)>, Broken> {
    conn.all(
        "SELECT id, name, reading FROM app_user WHERE municipality_id = $1 AND disabled_at IS NULL ORDER BY reading, id",
        args![municipality],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, PersonName::new(row.get::<String>("name")?, row.get("reading")?))))
    .collect()
}

/// Keeps somebody out of a case from now on (disclosure rule 14).
pub(crate) async fn exclude(
    act: &mut Act,
    right: &Right,
    case: CaseId,
    (user, reason): (UserId, ExclusionReason),
) -> Result<(), Fail> {
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    act.save(right)?
        .exec(
            "INSERT INTO exclusion (municipality_id, case_id, user_id, since, command_id, reason) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            args![municipality, case, user, now, command, reason.code()],
        )
        .await?;
    Ok(())
}

/// Ends an exclusion; false when there was none.
pub(crate) async fn include(act: &mut Act, right: &Right, case: CaseId, user: UserId) -> Result<bool, Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let ended = act
        .save(right)?
        .exec(
            "UPDATE exclusion SET until = $4 WHERE municipality_id = $1 AND case_id = $2 AND user_id = $3 \
             AND (until IS NULL OR until > $4)",
            args![municipality, case, user, now],
        )
        .await?;
    Ok(ended > 0)
}

/// The record is written: its draft is over.
pub(crate) async fn end_draft(act: &mut Act, right: &Right, id: DraftId) -> Result<(), Fail> {
    let municipality = act.municipality();
    let Some(author) = act.viewer().map(|v| v.user) else { return Ok(()) };
    act.save(right)?
        .exec(
            "DELETE FROM draft WHERE municipality_id = $1 AND author_id = $2 AND id = $3 AND kind = 'support'",
            args![municipality, author, id],
        )
        .await?;
    Ok(())
}

/// The code of why a case ended, if it did.
pub(crate) async fn end_reason(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<String, Broken> {
    let row = conn
        .maybe(
            "SELECT end_reason FROM case_file WHERE municipality_id = $1 AND id = $2",
            args![municipality, case],
        )
        .await?;
    row.map_or_else(|| Ok(String::new()), |row| row.get("end_reason"))
}
