//! Storing consultations.

use std::collections::BTreeMap;

use access::{Facts, RecordKind, RecordRef, Right, Scope, Sealed, Subjects, Viewer};
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use register::Matter;
use words::Instant;
use words::code::Code;
use words::id::{
    AreaId, CaseId, ConnectingSheetId, ConsultationId, DeskId, EntryId, HouseholdId, MunicipalityId,
    PersonId, TaskId, UserId,
};

use crate::facts::{ConsultationFacts, Header};
use crate::rules::{Channel, ConsultationState, Disposition, Route, Urgency, facts_categories};

/// A row to be.
pub(crate) struct NewRow<'a> {
    pub id: ConsultationId,
    pub desk: DeskId,
    pub author: Option<UserId>,
    pub occurred_at: Instant,
    pub channel: Channel,
    pub route: Route,
    pub came_as: &'a str,
    pub place: &'a str,
    pub anonymous: bool,
    pub third_party: bool,
    pub household: Option<HouseholdId>,
    pub person: Option<PersonId>,
    pub urgency: Urgency,
    pub area: Option<AreaId>,
    pub age_band: &'a str,
    pub sheet: Option<ConnectingSheetId>,
    pub topics: &'a [Matter],
    /// The open task that guards it, made just before: the row is never without one.
    pub guard: TaskId,
}

/// Records open consultations, already guarded.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &[NewRow<'_>]) -> Result<(), Fail> {
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    let mut rows = Bulk::new(
        "INSERT INTO consultation (municipality_id, id, state, desk_id, author_id, accountable_desk_id, occurred_at, \
         recorded_at, channel, route, came_as, place, anonymous, third_party, household_id, person_id, urgency, \
         area_id, age_band, sheet_id, guard_task_id, guard_task_state, command_id) VALUES",
        23,
    );
    let mut topics =
        Bulk::new("INSERT INTO consultation_topic (municipality_id, consultation_id, topic, main) VALUES", 4);
    for new in new {
        rows.row(args![
            municipality,
            new.id,
            ConsultationState::Open.code(),
            new.desk,
            new.author,
            new.desk,
            new.occurred_at,
            now,
            new.channel.code(),
            new.route.code(),
            new.came_as,
            new.place,
            new.anonymous,
            new.third_party,
            new.household,
            new.person,
            new.urgency.code(),
            new.area,
            new.age_band,
            new.sheet,
            new.guard,
            task::TaskState::Open.code(),
            command,
        ]);
        for (n, topic) in new.topics.iter().enumerate() {
            topics.row(args![municipality, new.id, topic.code(), n == 0]);
        }
    }
    let mut conn = act.save(right)?;
    rows.run(&mut conn).await?;
    topics.run(&mut conn).await?;
    Ok(())
}

/// Decides on an open consultation, at the version that was read.
pub(crate) async fn dispose(
    act: &mut Act,
    right: &Right,
    header: &Header,
    state: ConsultationState,
    disposition: Option<Disposition>,
    case: Option<CaseId>,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE consultation SET state = $4, disposition = COALESCE($5, disposition), case_id = $6, \
             guard_task_id = NULL, guard_task_state = NULL, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![municipality, header.id, header.version, state.code(), disposition.map(Code::code), case],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Names the household of a consultation that had none. Its texts are then about that household; a complaint
/// about somebody else stays about nobody recorded.
pub(crate) async fn name(
    act: &mut Act,
    right: &Right,
    header: &Header,
    household: HouseholdId,
    person: PersonId,
    anonymous: bool,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    let mut conn = act.save(right)?;
    let changed = conn
        .exec(
            "UPDATE consultation SET household_id = $4, person_id = $5, anonymous = $6, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND household_id IS NULL",
            args![municipality, header.id, header.version, household, person, anonymous],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    if !header.third_party {
        conn.exec(
            "UPDATE entry SET household_id = $3 \
             WHERE municipality_id = $1 AND consultation_id = $2 AND household_id IS NULL",
            args![municipality, header.id, household],
        )
        .await?;
    }
    Ok(())
}

/// The texts of a consultation, and of the sheet it came from, go on in its case.
pub(crate) async fn texts_into_case(
    act: &mut Act,
    right: &Right,
    header: &Header,
    case: CaseId,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    let mut conn = act.save(right)?;
    conn.exec(
        "UPDATE entry SET case_id = $3 WHERE municipality_id = $1 AND consultation_id = $2 AND case_id IS NULL",
        args![municipality, header.id, case],
    )
    .await?;
    if let Some(sheet) = header.sheet {
        conn.exec(
            "UPDATE entry SET case_id = $3 WHERE municipality_id = $1 AND sheet_id = $2 AND case_id IS NULL",
            args![municipality, sheet, case],
        )
        .await?;
        conn.exec(
            "UPDATE connecting_sheet SET case_id = $3, version = version + 1 WHERE municipality_id = $1 AND id = $2",
            args![municipality, sheet, case],
        )
        .await?;
    }
    Ok(())
}

/// Every standing text of the consultation was entered in error with it.
pub(crate) async fn texts_in_error(
    act: &mut Act,
    right: &Right,
    id: ConsultationId,
    but: EntryId,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE entry SET state = 'entered_in_error' \
             WHERE municipality_id = $1 AND consultation_id = $2 AND id <> $3 AND state = 'valid'",
            args![municipality, id, but],
        )
        .await?;
    Ok(())
}

const SELECT: &str = "SELECT id, state, desk_id, author_id, accountable_desk_id, occurred_at, recorded_at, channel, \
     route, came_as, place, anonymous, third_party, household_id, person_id, urgency, area_id, age_band, \
     disposition, case_id, sheet_id, version FROM consultation WHERE municipality_id = ? AND disposed_at IS NULL";

/// A consultation as loaded: what stands outside the seal, and the seal.
pub struct Loaded {
    /// Outside.
    pub header: Header,
    /// Its facts.
    pub facts: Sealed<ConsultationFacts>,
}

/// One consultation, if it exists. Whether the viewer may know is decided on its facts and texts.
pub async fn by_id(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ConsultationId,
) -> Result<Option<Loaded>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality]).push(" AND id = ?", args![id]);
    Ok(load(conn, viewer, statement).await?.pop())
}

/// Some consultations.
pub(crate) async fn by_ids(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = ConsultationId>,
) -> Result<Vec<Loaded>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality]).push_in(" AND id IN", ids);
    load(conn, viewer, statement).await
}

/// The consultations of a household, newest first.
pub async fn of_households(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    households: impl IntoIterator<Item = HouseholdId>,
    most: i64,
) -> Result<Vec<Loaded>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND household_id IN", households)
        .push(" AND state <> 'entered_in_error' ORDER BY occurred_at DESC, id DESC LIMIT ?", args![most]);
    load(conn, viewer, statement).await
}

/// What a list of consultations shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this state.
    pub state: Option<ConsultationState>,
    /// Only what this person wrote.
    pub author: Option<UserId>,
    /// Those before this one, for the next page.
    pub before: Option<(Instant, ConsultationId)>,
}

/// Consultations the desks in scope wrote, newest first.
pub async fn list(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    scope: &Scope,
    filter: &Filter,
    most: i64,
) -> Result<Vec<Loaded>, Broken> {
    // Each desk's newest by themselves, then the newest of those: an index gives the first in their order, and what
    // a desk has written over the years is not read and sorted to show fifty lines of it.
    let mut statement = Statement::new(SELECT, args![viewer.municipality]).push(" AND id IN (", args![]);
    let mut and = "";
    for desk in scope.desks() {
        let of_desk = statement.push(and, args![]).push(
            "SELECT id FROM (SELECT c.id FROM consultation c WHERE c.municipality_id = ? AND c.disposed_at IS NULL \
             AND c.desk_id = ?",
            args![viewer.municipality, *desk],
        );
        statement = narrowed(of_desk, viewer, filter)
            .push(" ORDER BY c.occurred_at DESC, c.id DESC LIMIT ?) AS newest", args![most]);
        and = " UNION ALL ";
    }
    if and.is_empty() {
        return Ok(Vec::new());
    }
    let statement = statement.push(") ORDER BY occurred_at DESC, id DESC LIMIT ?", args![most]);
    load(conn, viewer, statement).await
}

/// How many [`list`] would show without a limit.
pub(crate) async fn count(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    scope: &Scope,
    filter: &Filter,
) -> Result<i64, Broken> {
    let all = Statement::new(
        "SELECT COUNT(*) AS n FROM consultation c WHERE c.municipality_id = ? AND c.disposed_at IS NULL",
        args![viewer.municipality],
    )
    .push_in(" AND c.desk_id IN", scope.desks().iter().copied());
    conn.select(narrowed(all, viewer, filter)).await?.first().map_or(Ok(0), |row| row.get("n"))
}

fn narrowed(mut statement: Statement, viewer: &Viewer, filter: &Filter) -> Statement {
    if let Some(state) = filter.state {
        statement = statement.push(" AND c.state = ?", args![state.code()]);
    }
    if let Some(author) = filter.author {
        statement = statement.push(" AND c.author_id = ?", args![author]);
    }
    if let Some((at, id)) = filter.before {
        statement = statement.push(" AND (c.occurred_at, c.id) < (?, ?)", args![at, id]);
    }
    // What the own desk wrote is hidden from nobody of it but those kept out of the household (disclosure rule 14).
    // Left out here already, so that a page is full as long as there is more.
    if viewer.excluded_from.is_empty() {
        return statement;
    }
    statement
        .push(
            " AND NOT EXISTS (SELECT 1 FROM case_file x WHERE x.municipality_id = c.municipality_id \
             AND (x.id = c.case_id OR x.household_id = c.household_id) AND x.id IN",
            args![],
        )
        .push_in("", viewer.excluded_from.iter().copied())
        .push(")", args![])
}

async fn load(conn: &mut Conn<'_>, viewer: &Viewer, statement: Statement) -> Result<Vec<Loaded>, Broken> {
    let rows = conn.select(statement).await?;
    let parts: Vec<(Header, ConsultationFacts)> = rows.iter().map(parts).collect::<Result<_, _>>()?;
    let mut topics = topics(conn, viewer.municipality, parts.iter().map(|(h, _)| h.id)).await?;
    let cases = household::cases_of(conn, viewer, parts.iter().filter_map(|(h, _)| h.household)).await?;
    Ok(parts
        .into_iter()
        .map(|(header, mut facts)| {
            facts.topics = topics.remove(&header.id).unwrap_or_default();
            let mut of_cases = header.household.and_then(|h| cases.get(&h)).cloned().unwrap_or_default();
            of_cases.extend(header.case);
            let sealed = Facts {
                record: RecordRef { kind: RecordKind::Consultation, id: header.id.cast() },
                desk: header.desk,
                author: header.author,
                subjects: Subjects::Persons(facts.person.into_iter().collect()),
                categories: facts_categories(&facts.topics, facts.route, header.third_party),
                cases: of_cases,
                sent_to_provider: None,
                confided_to: None,
            };
            Loaded { facts: Sealed::new(sealed, facts), header }
        })
        .collect())
}

async fn topics(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: impl IntoIterator<Item = ConsultationId>,
) -> Result<BTreeMap<ConsultationId, Vec<Matter>>, Broken> {
    let mut topics: BTreeMap<ConsultationId, Vec<Matter>> = BTreeMap::new();
    let statement = Statement::new(
        "SELECT consultation_id, topic, main FROM consultation_topic WHERE municipality_id = ?",
        args![municipality],
    )
    .push_in(" AND consultation_id IN", ids);
    for row in conn.select(statement).await? {
        let list = topics.entry(row.get("consultation_id")?).or_default();
        let topic: Matter = row.code("topic")?;
        if row.get("main")? { list.insert(0, topic) } else { list.push(topic) }
    }
    Ok(topics)
}

fn parts(row: &Row) -> Result<(Header, ConsultationFacts), Broken> {
    let header = Header {
        id: row.get("id")?,
        state: row.code("state")?,
        desk: row.get("desk_id")?,
        author: row.get("author_id")?,
        accountable: row.get("accountable_desk_id")?,
        occurred_at: row.get("occurred_at")?,
        recorded_at: row.get("recorded_at")?,
        urgency: row.code("urgency")?,
        disposition: row.code_opt("disposition")?,
        household: row.get("household_id")?,
        case: row.get("case_id")?,
        sheet: row.get("sheet_id")?,
        third_party: row.get("third_party")?,
        version: row.get("version")?,
    };
    let facts = ConsultationFacts {
        id: header.id,
        channel: row.code("channel")?,
        route: row.code("route")?,
        came_as: row.get("came_as")?,
        place: row.get("place")?,
        anonymous: row.get("anonymous")?,
        person: row.get("person_id")?,
        area: row.get("area_id")?,
        age_band: row.get("age_band")?,
        topics: Vec::new(),
    };
    Ok((header, facts))
}

/// Cases of these households in which a desk of the viewer has a part: id, fiscal year, number, household, state,
/// and whether one of the viewer's desks is accountable.
pub(crate) async fn cases_with_a_part(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<Vec<KnownCase>, Broken> {
    let desks = viewer.reading_desks();
    let mut statement = Statement::new(
        "SELECT c.id, c.fiscal_year, c.number, c.household_id, c.state, c.accountable_desk_id FROM case_file c \
         WHERE c.municipality_id = ? AND c.disposed_at IS NULL",
        args![viewer.municipality],
    )
    .push_in(" AND c.household_id IN", households)
    .push(
        " AND EXISTS (SELECT 1 FROM case_desk k WHERE k.municipality_id = c.municipality_id AND k.case_id = c.id",
        args![],
    )
    .push_in(" AND k.desk_id IN", desks.iter().copied())
    .push(")", args![]);
    if !viewer.excluded_from.is_empty() {
        statement = statement.push_in(" AND c.id NOT IN", viewer.excluded_from.iter().copied());
    }
    let statement = statement.push(" ORDER BY c.opened_at DESC, c.id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            let accountable: Option<DeskId> = row.get("accountable_desk_id")?;
            let open = row.get::<String>("state")? == "open";
            Ok(KnownCase {
                id: row.get("id")?,
                number: casefile::number_text(row.get("fiscal_year")?, row.get("number")?),
                household: row.get("household_id")?,
                ours: open && accountable.is_some_and(|d| desks.contains(&d)),
            })
        })
        .collect()
}

/// A case in which a desk of the viewer has a part.
pub(crate) struct KnownCase {
    pub id: CaseId,
    pub number: String,
    pub household: HouseholdId,
    /// Open, and one of the viewer's desks is accountable.
    pub ours: bool,
}

/// When the decision about a consultation was due, or was made.
pub(crate) async fn decision(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ConsultationId,
) -> Result<(Option<Instant>, Option<Instant>), Broken> {
    let row = conn
        .maybe(
            "SELECT due_at, ended_at FROM task WHERE municipality_id = $1 AND consultation_id = $2 \
             AND kind = 'dispose' ORDER BY due_at, id LIMIT 1",
            args![municipality, id],
        )
        .await?;
    row.map_or(Ok((None, None)), |row| Ok((row.get("due_at")?, row.get("ended_at")?)))
}
