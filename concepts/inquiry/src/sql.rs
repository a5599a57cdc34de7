//! Storing inquiries. A header holds no personal content: desks, purpose, state, dates.

use std::collections::{BTreeMap, HashMap};

use access::{Categories, Relation, Right, Role, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::Instant;
use words::code::Code;
use words::id::{
    CaseId, ConsultationId, DeskId, EntryId, HouseholdId, InquiryId, MunicipalityId, PersonId, UserId,
};

use crate::rules::{Purpose, State};

/// An inquiry's header.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    /// Its id.
    pub id: InquiryId,
    /// Where it stands.
    pub state: State,
    /// The consultation it was asked from.
    pub consultation: Option<ConsultationId>,
    /// The case it was asked from.
    pub case: Option<CaseId>,
    /// `2026-00087` in parts, when there is a case.
    pub case_number: Option<(i64, i64)>,
    /// The household: an id only.
    pub household: HouseholdId,
    /// The desk that asks.
    pub from: DeskId,
    /// Who asked.
    pub from_user: Option<UserId>,
    /// The desk that is asked.
    pub to: DeskId,
    /// What for.
    pub purpose: Purpose,
    /// Whether it is urgent.
    pub urgent: bool,
    /// Whether it rests on a consent; otherwise on an article.
    pub by_consent: bool,
    /// The article, as a code.
    pub article: String,
    /// Categories that go along.
    pub categories: Categories,
    /// How many questions.
    pub questions: i64,
    /// Those that stay open.
    pub open: Vec<i64>,
    /// When it was sent.
    pub sent_at: Instant,
    /// When the answer is due.
    pub due_at: Instant,
    /// When the first answer or refusal came.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Why, as a code.
    pub reason: String,
    /// The article of a refusal, as it was written.
    pub refusal_article: String,
    /// Who decided a refusal: name and post.
    pub decider: (String, String),
    /// When it was raised.
    pub raised_at: Option<Instant>,
    /// By whom.
    pub raised_by: Option<UserId>,
    /// The coordinator's desk that sees to it.
    pub raised_desk: Option<DeskId>,
    /// Version.
    pub version: i64,
}

impl Header {
    /// Where the numbers of the open questions stand, or all of them while nothing was answered.
    pub fn open_numbers(&self) -> Vec<i64> {
        if self.state == State::PartlyAnswered || !self.open.is_empty() {
            self.open.clone()
        } else {
            (1..=self.questions).collect()
        }
    }
}

/// What [`insert`] stores.
pub(crate) struct NewRow<'a> {
    pub id: InquiryId,
    pub consultation: Option<ConsultationId>,
    pub case: Option<CaseId>,
    pub household: HouseholdId,
    pub from: DeskId,
    pub from_user: UserId,
    pub to: DeskId,
    pub purpose: Purpose,
    pub urgent: bool,
    pub basis: &'static str,
    pub article: &'a str,
    pub categories: Categories,
    pub questions: i64,
    pub due_at: Instant,
}

/// Stores an inquiry, sent now.
pub(crate) async fn insert(
    act: &mut Act,
    right: &Right,
    r: &NewRow<'_>,
    about: &[PersonId],
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO inquiry (municipality_id, id, state, consultation_id, case_id, household_id, from_desk_id, \
         from_user_id, to_desk_id, purpose, urgent, basis, article, categories, questions, sent_at, due_at, command_id) \
         VALUES ($1, $2, 'sent', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        args![
            m, r.id, r.consultation, r.case, r.household, r.from, r.from_user, r.to, r.purpose.code(), r.urgent, r.basis,
            r.article, r.categories, r.questions, now, r.due_at, command,
        ],
    )
    .await?;
    let mut rows =
        engine::Bulk::new("INSERT INTO inquiry_subject (municipality_id, inquiry_id, person_id) VALUES", 3);
    for person in about {
        rows.row(args![m, r.id, *person]);
    }
    rows.run(&mut conn).await?;
    Ok(())
}

/// Puts texts to an inquiry.
pub(crate) async fn add_entries(
    act: &mut Act,
    right: &Right,
    id: InquiryId,
    entries: &[(EntryId, &'static str)],
) -> Result<(), Fail> {
    let m = act.municipality();
    let mut rows = engine::Bulk::new(
        "INSERT INTO inquiry_entry (municipality_id, inquiry_id, entry_id, role) VALUES",
        4,
    );
    for (entry, role) in entries {
        rows.row(args![m, id, *entry, *role]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// What a step changes.
#[derive(Debug, Default)]
pub(crate) struct Change<'a> {
    pub reason: &'a str,
    pub open: &'a [i64],
    pub refusal_article: &'a str,
    pub decider: (&'a str, &'a str),
    /// Something was said by the addressee.
    pub answered: bool,
    /// It was raised to this coordinator's desk.
    pub raised_to: Option<DeskId>,
    /// What stays open is due then.
    pub due_at: Option<Instant>,
}

/// Moves an inquiry, at the version that was read.
pub(crate) async fn change(
    act: &mut Act,
    right: &Right,
    r: &Header,
    to: State,
    c: &Change<'_>,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user).filter(|_| c.raised_to.is_some());
    let ended = (!to.is_waiting()).then_some(now);
    let open: Vec<String> = c.open.iter().map(ToString::to_string).collect();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE inquiry SET state = $4, reason = $5, open_questions = $6, refusal_article = $7, decider_name = $8, \
             decider_post = $9, answered_at = COALESCE(answered_at, $10), ended_at = $11, \
             raised_at = COALESCE(raised_at, $12), raised_by = COALESCE(raised_by, $13), \
             raised_desk_id = COALESCE(raised_desk_id, $14), due_at = COALESCE($15, due_at), version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![
                m,
                r.id,
                r.version,
                to.code(),
                c.reason,
                open.join(","),
                c.refusal_article,
                c.decider.0,
                c.decider.1,
                c.answered.then_some(now),
                ended,
                c.raised_to.map(|_| now),
                by,
                c.raised_to,
                c.due_at,
            ],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// The basis it rests on from now.
pub(crate) async fn rebase(
    act: &mut Act,
    right: &Right,
    r: &Header,
    basis: &str,
    article: &str,
    due_at: Instant,
) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE inquiry SET basis = $4, article = $5, due_at = $6, basis_gone_at = NULL, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, r.id, r.version, basis, article, due_at],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Notes a step: who took it, for which desk, and how it was told.
pub(crate) async fn note(
    act: &mut Act,
    right: &Right,
    id: InquiryId,
    step: &str,
    reason: &str,
    told_by: &str,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let user = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "INSERT INTO inquiry_event (municipality_id, inquiry_id, seq, step, happened_at, desk_id, user_id, reason, \
             told_by, command_id) SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9 \
             FROM inquiry_event WHERE municipality_id = $1 AND inquiry_id = $2",
            args![m, id, step, now, desk, user, reason, told_by, command],
        )
        .await?;
    Ok(())
}

/// One step taken.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub step: String,
    pub at: Instant,
    pub desk: DeskId,
    pub user: Option<UserId>,
    pub reason: String,
    pub told_by: String,
}

/// The steps taken, in order.
pub(crate) async fn events(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: InquiryId,
) -> Result<Vec<Event>, Broken> {
    conn.all(
        "SELECT step, happened_at, desk_id, user_id, reason, told_by FROM inquiry_event \
         WHERE municipality_id = $1 AND inquiry_id = $2 ORDER BY seq",
        args![viewer.municipality, id],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Event {
            step: row.get("step")?,
            at: row.get("happened_at")?,
            desk: row.get("desk_id")?,
            user: row.get("user_id")?,
            reason: row.get("reason")?,
            told_by: row.get("told_by")?,
        })
    })
    .collect()
}

const SELECT: &str = "SELECT i.id, i.state, i.consultation_id, COALESCE(i.case_id, k.case_id) AS case_id, i.household_id, \
     i.from_desk_id, i.from_user_id, i.to_desk_id, i.purpose, i.urgent, i.basis, i.article, i.categories, i.questions, \
     i.open_questions, i.sent_at, i.due_at, i.answered_at, i.ended_at, i.reason, i.refusal_article, i.decider_name, \
     i.decider_post, i.raised_at, i.raised_by, i.raised_desk_id, i.version, c.fiscal_year, c.number FROM inquiry i \
     LEFT JOIN consultation k ON k.municipality_id = i.municipality_id AND k.id = i.consultation_id \
     LEFT JOIN case_file c ON c.municipality_id = i.municipality_id AND c.id = CASE WHEN i.case_id IS NOT NULL THEN i.case_id ELSE k.case_id END \
     WHERE i.municipality_id = ? AND c.disposed_at IS NULL AND k.disposed_at IS NULL";

/// One inquiry and how desks stand to it, whoever asks: the caller decides whether they may know. Whoever is kept out of a case of
/// the household is kept out of it (disclosure rule 14).
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: InquiryId,
) -> Result<Option<(Header, Relation)>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality]).push(" AND i.id = ?", args![id]);
    let Some(r) = conn.select(statement).await?.first().map(header).transpose()? else { return Ok(None) };
    let cases = household::cases_of(conn, viewer, [r.household]).await?;
    let mut relation = Relation::within(cases.into_values().flatten().chain(r.case));
    relation.sender = Some(r.from);
    relation.receiver = Some(r.to);
    Ok(Some((r, relation)))
}

/// The inquiries of a case, also those asked from its consultation, newest first, as far as this viewer is told of them.
pub(crate) async fn of_case(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    case: CaseId,
    relation: &Relation,
) -> Result<Vec<Header>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality]).push(
        " AND (i.case_id = ? OR k.case_id = ?) AND i.state <> 'entered_in_error' \
         ORDER BY i.sent_at DESC, i.id DESC LIMIT 200",
        args![case, case],
    );
    let rows = conn.select(statement).await?;
    let mut found: Vec<Header> = rows.iter().map(header).collect::<Result<_, _>>()?;
    found.retain(|r| relation.tells_of(viewer, &[r.from, r.to]));
    Ok(found)
}

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    /// Asked of us, waiting.
    Waiting,
    /// Asked by us.
    Asked,
    /// Everything that waits, the oldest first.
    Ageing,
    /// Raised to a coordinator's desk.
    Raised,
    /// Asked of us, and over.
    Over,
}

/// The desks whose inquiries somebody watches over: a coordinator the whole town's (`None`), a lead their agencies'.
pub(crate) async fn watched(conn: &mut Conn<'_>, viewer: &Viewer) -> Result<Option<Vec<DeskId>>, Broken> {
    if viewer.has_role(&[Role::Coordinator]) {
        return Ok(None);
    }
    let agencies = viewer.seats.iter().filter(|s| s.role == Role::AgencyLead).map(|s| s.agency);
    let statement =
        Statement::new("SELECT id FROM desk WHERE municipality_id = ?", args![viewer.municipality])
            .push_in(" AND agency_id IN", agencies);
    let rows = conn.select(statement).await?;
    let mut desks: Vec<DeskId> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    desks.extend(viewer.reading_desks());
    Ok(Some(desks))
}

const WAITING: &str = " AND i.state IN ('sent', 'partly_answered', 'raised')";

/// A list of inquiries. Pages go on after `from`, the last line of the page before.
pub(crate) async fn list(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    which: List,
    from: Option<(Instant, InquiryId)>,
    most: i64,
) -> Result<Vec<Header>, Broken> {
    let desks = viewer.reading_desks();
    let base = Statement::new(SELECT, args![viewer.municipality]);
    let mut statement = match which {
        List::Waiting => base.push(WAITING, args![]).push_in(" AND i.to_desk_id IN", desks),
        List::Asked => base.push_in(" AND i.from_desk_id IN", desks),
        List::Over => base
            .push(" AND i.state IN ('answered', 'refused', 'withdrawn')", args![])
            .push_in(" AND i.to_desk_id IN", desks),
        List::Raised => {
            base.push(" AND i.state = 'raised'", args![]).push_in(" AND i.raised_desk_id IN", desks)
        }
        List::Ageing => match watched(conn, viewer).await? {
            None => base.push(WAITING, args![]),
            Some(watched) => base
                .push(WAITING, args![])
                .push_in(" AND (i.from_desk_id IN", watched.iter().copied())
                .push_in(" OR i.to_desk_id IN", watched.iter().copied())
                .push(")", args![]),
        },
    };
    // What waits is read from the oldest, the rest from the newest.
    let oldest = matches!(which, List::Ageing | List::Waiting | List::Raised);
    if let Some((at, id)) = from {
        let beyond =
            if oldest { " AND (i.sent_at, i.id) > (?, ?)" } else { " AND (i.sent_at, i.id) < (?, ?)" };
        statement = statement.push(beyond, args![at, id]);
    }
    statement = statement.outside("i.household_id", viewer.municipality, &viewer.excluded_from);
    let order = if oldest {
        " ORDER BY i.sent_at, i.id LIMIT ?"
    } else {
        " ORDER BY i.sent_at DESC, i.id DESC LIMIT ?"
    };
    conn.select(statement.push(order, args![most])).await?.iter().map(header).collect()
}

/// Waiting inquiries that rest on a consent and whose askers have not been told that it is gone.
pub(crate) async fn on_consent(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<Header>, Broken> {
    let statement = Statement::new(SELECT, args![m])
        .push(WAITING, args![])
        .push(" AND i.basis = 'consent' AND i.basis_gone_at IS NULL ORDER BY i.id", args![]);
    conn.select(statement).await?.iter().map(header).collect()
}

/// Notes that whoever asked has been told.
pub(crate) async fn basis_gone(act: &mut Act, right: &Right, id: InquiryId) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    act.save(right)?
        .exec(
            "UPDATE inquiry SET basis_gone_at = $3 WHERE municipality_id = $1 AND id = $2",
            args![m, id, now],
        )
        .await?;
    Ok(())
}

/// About whom these inquiries are.
pub(crate) async fn subjects(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    ids: impl IntoIterator<Item = InquiryId>,
) -> Result<HashMap<InquiryId, Vec<PersonId>>, Broken> {
    let statement = Statement::new(
        "SELECT inquiry_id, person_id FROM inquiry_subject WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND inquiry_id IN", ids)
    .push(" ORDER BY inquiry_id, person_id", args![]);
    let mut found: HashMap<InquiryId, Vec<PersonId>> = HashMap::new();
    for row in conn.select(statement).await? {
        found.entry(row.get("inquiry_id")?).or_default().push(row.get("person_id")?);
    }
    Ok(found)
}

/// The texts of an inquiry: id and what each is.
pub(crate) async fn entries(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: InquiryId,
) -> Result<BTreeMap<EntryId, String>, Broken> {
    conn.all(
        "SELECT entry_id, role FROM inquiry_entry WHERE municipality_id = $1 AND inquiry_id = $2",
        args![m, id],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("entry_id")?, row.get("role")?)))
    .collect()
}

/// What is counted of an inquiry: desks, state and dates.
pub(crate) struct Counted {
    pub to: DeskId,
    pub state: State,
    pub sent_at: Instant,
    pub due_at: Instant,
    pub answered_at: Option<Instant>,
    pub reason: String,
}

/// The inquiries sent in a period, for figures.
pub(crate) async fn counted(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (begin, end): (Instant, Instant),
) -> Result<Vec<Counted>, Broken> {
    conn.all(
        "SELECT to_desk_id, state, sent_at, due_at, answered_at, reason FROM inquiry WHERE municipality_id = $1 \
         AND sent_at >= $2 AND sent_at < $3 AND state <> 'entered_in_error'",
        args![m, begin, end],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Counted {
            to: row.get("to_desk_id")?,
            state: row.code("state")?,
            sent_at: row.get("sent_at")?,
            due_at: row.get("due_at")?,
            answered_at: row.get("answered_at")?,
            reason: row.get("reason")?,
        })
    })
    .collect()
}

fn header(row: &Row) -> Result<Header, Broken> {
    let year: Option<i64> = row.get("fiscal_year")?;
    let number: Option<i64> = row.get("number")?;
    Ok(Header {
        id: row.get("id")?,
        state: row.code("state")?,
        consultation: row.get("consultation_id")?,
        case: row.get("case_id")?,
        case_number: year.zip(number),
        household: row.get("household_id")?,
        from: row.get("from_desk_id")?,
        from_user: row.get("from_user_id")?,
        to: row.get("to_desk_id")?,
        purpose: row.code("purpose")?,
        urgent: row.get("urgent")?,
        by_consent: row.get::<String>("basis")? == "consent",
        article: row.get("article")?,
        categories: row.get("categories")?,
        questions: row.get("questions")?,
        open: row.get::<String>("open_questions")?.split(',').filter_map(|n| n.parse().ok()).collect(),
        sent_at: row.get("sent_at")?,
        due_at: row.get("due_at")?,
        answered_at: row.get("answered_at")?,
        ended_at: row.get("ended_at")?,
        reason: row.get("reason")?,
        refusal_article: row.get("refusal_article")?,
        decider: (row.get("decider_name")?, row.get("decider_post")?),
        raised_at: row.get("raised_at")?,
        raised_by: row.get("raised_by")?,
        raised_desk: row.get("raised_desk_id")?,
        version: row.get("version")?,
    })
}
