//! What other concepts ask the register.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use access::{Role, Seat};
use engine::{Broken, Conn};
use site::T;
use words::Day;
use words::calendar::OpeningDays;
use words::code::Code;
use words::id::{AgencyId, AppointmentId, AreaId, DeskId, LegalEntityId, MunicipalityId, UserId};

use crate::rules::{self, Entity, NameKind, Programme, Scope, Sharing, Span, Totp, name_on};
use crate::sql::{self, DeskRow};

/// 窓口 on a day: agency × programme, the boundary of "own record" (domain section 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskInfo {
    /// The desk.
    pub id: DeskId,
    /// Its short number, for search tokens.
    pub seq: i64,
    /// Its agency.
    pub agency: AgencyId,
    /// The legal entity of the agency: decides between use inside and provision outside.
    pub legal_entity: LegalEntityId,
    /// The agency's official name on that day; with the programme in brackets when the agency has several desks.
    pub name: String,
    /// Code of the programme.
    pub programme: String,
    /// Code of the field.
    pub field: String,
    /// The area, when it serves one only.
    pub area: Option<AreaId>,
    /// Whether anyone there can sign in.
    pub has_login: bool,
    /// Phone.
    pub phone: String,
    /// Opening days, for deadlines.
    pub opening: OpeningDays,
    /// Who may consult it, as a code.
    pub consultable_by: String,
    /// The last day: the desk's own or its contract's, whichever is earlier.
    pub valid_to: Option<Day>,
    /// Whom its records and work pass to after the last day. May be named before there is an end.
    pub heir: Option<DeskId>,
}

/// The words needed for names that leave the register as plain text.
static WORDS: LazyLock<Option<T>> = LazyLock::new(|| T::japanese(&[site::TEXT, crate::TEXT]).ok());
static ENGLISH: LazyLock<Option<T>> = LazyLock::new(|| T::english(&[site::TEXT, crate::TEXT]).ok());

/// The words of this crate and the site, for names made outside a page.
pub(crate) fn word(key: &str) -> String {
    WORDS.as_ref().map_or(key, |t| t.s(key)).to_owned()
}

/// The same in English, for a terminal and for files whose words are English.
pub(crate) fn english(key: &str) -> String {
    ENGLISH.as_ref().map_or(key, |t| t.s(key)).to_owned()
}

/// The name of a desk from its agency's name. A proper name: it is the same on English pages, so that two people who speak of
/// a desk on the phone mean the same one.
fn desk_name(agency: &str, programme: &str, several: bool) -> String {
    let key = format!("programme.{programme}");
    let shown = word(&key);
    if !several || programme.is_empty() {
        return agency.to_owned();
    }
    let programme = if shown == key { programme } else { &shown };
    word("desk.with_programme").replace("{agency}", agency).replace("{programme}", programme)
}

fn info(row: DeskRow, agency: &str) -> DeskInfo {
    DeskInfo {
        name: desk_name(agency, &row.programme, row.several),
        id: row.id,
        seq: row.seq,
        agency: row.agency,
        legal_entity: row.legal_entity,
        programme: row.programme,
        field: row.field,
        area: row.area,
        has_login: row.has_login,
        phone: row.phone,
        opening: row.opening,
        consultable_by: row.consultable_by,
        valid_to: row.span.to,
        heir: row.heir,
    }
}

/// The desks in force on a day, by programme, then by reading where there is one, then by name.
pub async fn desks(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
) -> Result<Vec<DeskInfo>, Broken> {
    let rows = sql::desk_list(conn, municipality).await?;
    let names = sql::name_list(conn, municipality, NameKind::Official, None).await?;
    let readings = sql::name_list(conn, municipality, NameKind::Reading, None).await?;
    let order = |programme: &str| {
        Programme::parse(programme)
            .and_then(|p| Programme::ALL.iter().position(|q| *q == p))
            .unwrap_or(Programme::ALL.len())
    };
    let mut found: Vec<(usize, String, DeskInfo)> = rows
        .into_iter()
        .filter(|row| row.span.covers(on))
        .map(|row| {
            let name = names.get(&row.agency).map_or("", |n| name_on(n, on));
            let reading = readings.get(&row.agency).map_or(name, |r| name_on(r, on));
            (order(&row.programme), words::name::reading_key(reading), info(row, name))
        })
        .collect();
    found.sort_by(|a, b| (a.0, &a.1, &a.2.name, a.2.seq).cmp(&(b.0, &b.1, &b.2.name, b.2.seq)));
    Ok(found.into_iter().map(|(_, _, desk)| desk).collect())
}

async fn named(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: Vec<DeskId>,
    on: Day,
) -> Result<Vec<DeskInfo>, Broken> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = sql::desk_find_named(conn, municipality, ids).await?;
    Ok(found.into_iter().map(|(row, names)| info(row, name_on(&names, on))).collect())
}

/// These desks, also those that are over, under their names of that day.
pub async fn desks_by_id(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: impl IntoIterator<Item = DeskId>,
    on: Day,
) -> Result<Vec<DeskInfo>, Broken> {
    named(conn, municipality, ids.into_iter().collect(), on).await
}

/// One desk, also one that is over or yet to come, under its name of that day.
pub async fn desk(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: DeskId,
    on: Day,
) -> Result<Option<DeskInfo>, Broken> {
    Ok(named(conn, municipality, vec![id], on).await?.pop())
}

/// Names of desks on a day, whether they are over or not.
pub async fn desk_names(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: impl IntoIterator<Item = DeskId>,
    on: Day,
) -> Result<HashMap<DeskId, String>, Broken> {
    let ids: HashSet<DeskId> = ids.into_iter().collect();
    let found = named(conn, municipality, ids.into_iter().collect(), on).await?;
    Ok(found.into_iter().map(|d| (d.id, d.name)).collect())
}

/// The legal entities, with what each is: what decides between use inside and provision outside (domain section 3).
pub async fn entities(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
) -> Result<HashMap<LegalEntityId, Entity>, Broken> {
    sql::entity_list(conn, municipality).await
}

/// The legal entities of two desks, or of whoever holds their work by now. Absent where the register does not know of what kind one of them
/// is: then no article is ruled out.
pub async fn bodies(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    (from, to): (DeskId, DeskId),
    today: Day,
) -> Result<Option<(Entity, Entity)>, Broken> {
    let from = heir(conn, municipality, from, today).await?;
    let to = heir(conn, municipality, to, today).await?;
    let desks = desks_by_id(conn, municipality, [from, to], today).await?;
    let entities = entities(conn, municipality).await?;
    let of = |id: DeskId| {
        let desk = desks.iter().find(|d| d.id == id)?;
        entities.get(&desk.legal_entity).copied()
    };
    Ok(of(from).zip(of(to)))
}

/// Names of staff.
pub async fn user_names(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<UserId, String>, Broken> {
    let ids: HashSet<UserId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    sql::user_list(conn, municipality, ids).await
}

/// The seats of a person on a day: what permissions come from (R-004, disclosure rule 5). A disabled account has
/// none.
pub async fn seats(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    on: Day,
) -> Result<Vec<Seat>, Broken> {
    Ok(seats_named(conn, municipality, user, on).await?.0)
}

/// The same, and what the desk of each seat is called on that day.
pub async fn seats_named(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    on: Day,
) -> Result<(Vec<Seat>, HashMap<DeskId, String>), Broken> {
    let sql::Standing { appointed, heirs, names } = sql::standing(conn, municipality, user, on).await?;
    let seats = rules::seats_on(appointed, &heirs, on);
    let called = seats.iter().filter_map(|seat| {
        let (several, names) = names.get(&seat.desk)?;
        Some((seat.desk, desk_name(name_on(names, on), &seat.programme, *several)))
    });
    let called = called.collect();
    Ok((seats, called))
}

/// Everybody's seats on a day: for the question who can see something. Two statements, however many people there are.
pub async fn all_seats(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
) -> Result<Vec<(UserId, Vec<Seat>)>, Broken> {
    let heirs = sql::heir_list(conn, municipality, on).await?;
    let mut people: Vec<(UserId, Vec<Seat>)> = Vec::new();
    for (user, appointed) in sql::appointed_all(conn, municipality, on).await? {
        let mut seats = rules::seats_on(vec![appointed], &heirs, on);
        match people.last_mut() {
            Some((last, held)) if *last == user => held.append(&mut seats),
            _ => people.push((user, seats)),
        }
    }
    people.retain(|(_, seats)| !seats.is_empty());
    Ok(people)
}

/// Where the records and the work of `desk` are on a day: the desk itself while it lasts, otherwise the end of
/// its chain of heirs.
pub async fn heir(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desk: DeskId,
    on: Day,
) -> Result<DeskId, Broken> {
    let heirs = sql::heir_list(conn, municipality, on).await?;
    Ok(rules::heir_of(&heirs, desk))
}

/// 相談支援推進員 of a desk: the first step of the ladder of late promises.
pub async fn leads(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desk: DeskId,
    on: Day,
) -> Result<Vec<UserId>, Broken> {
    let role = Role::AgencyLead.code();
    let sitting = sql::sitting_list(conn, municipality, Some(desk), None, Some(role), on).await?;
    Ok(sitting.into_iter().map(|s| s.user).collect())
}

/// 相談支援包括化推進員, each with their desk of the multi-agency programme: several holders, direct
/// and commissioned.
pub async fn coordinators(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
) -> Result<Vec<(UserId, DeskId)>, Broken> {
    let (programme, role) = (Programme::MultiAgency.code(), Role::Coordinator.code());
    let sitting = sql::sitting_list(conn, municipality, None, Some(programme), Some(role), on).await?;
    Ok(sitting.into_iter().map(|s| (s.user, s.desk)).collect())
}

/// 個人情報保護担当, each with the desk of the post.
pub async fn auditors(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
) -> Result<Vec<(UserId, DeskId)>, Broken> {
    let role = Role::PrivacyAuditor.code();
    let sitting = sql::sitting_list(conn, municipality, None, None, Some(role), on).await?;
    Ok(sitting.into_iter().map(|s| (s.user, s.desk)).collect())
}

/// Of these people, who sits at which desk on a day.
pub async fn desks_of(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    users: impl IntoIterator<Item = UserId>,
    on: Day,
) -> Result<HashSet<(UserId, DeskId)>, Broken> {
    let users: HashSet<UserId> = users.into_iter().collect();
    if users.is_empty() {
        return Ok(HashSet::new());
    }
    let sitting = sql::desks_of_users(conn, municipality, users, on).await?;
    Ok(sitting.into_iter().map(|s| (s.user, s.desk)).collect())
}

/// Whoever sits at a desk, by reading.
pub async fn staff_of(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desk: DeskId,
    on: Day,
) -> Result<Vec<(UserId, String)>, Broken> {
    let sitting = sql::sitting_list(conn, municipality, Some(desk), None, None, on).await?;
    Ok(sitting.into_iter().map(|s| (s.user, s.name)).collect())
}

/// Someone's place at a desk: one appointment in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Under which role.
    pub role: Role,
}

/// The places at a desk on a day, by reading of the name.
pub async fn places_of(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desk: DeskId,
    on: Day,
) -> Result<Vec<Place>, Broken> {
    sql::place_list(conn, municipality, desk, on).await
}

/// The coordinator's desk that sees to what lies between agencies: the one for this area, otherwise one for the whole town,
/// otherwise any; never `not`, which is one of those concerned. None where nobody coordinates.
pub async fn coordinator_for(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    area: Option<AreaId>,
    not: &[DeskId],
    on: Day,
) -> Result<Option<DeskId>, Broken> {
    let desks: HashSet<DeskId> =
        coordinators(conn, municipality, on).await?.into_iter().map(|(_, desk)| desk).collect();
    let desks = desks_by_id(conn, municipality, desks, on).await?;
    let mut offered: Vec<(u8, i64, DeskId)> = desks
        .iter()
        .filter(|d| !not.contains(&d.id))
        .map(|d| (rules::nearness(d.area, area), d.seq, d.id))
        .collect();
    offered.sort_unstable();
    Ok(offered.first().map(|(_, _, desk)| *desk))
}

/// A desk that answers for a matter, in one area or the whole town.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsible {
    /// The matter.
    pub matter: rules::Matter,
    /// The desk.
    pub desk: DeskId,
    /// Its agency.
    pub agency: AgencyId,
    /// Its name.
    pub name: String,
    /// Its phone.
    pub phone: String,
    /// Whom to ask for there.
    pub contact: String,
    /// The area, when it is for one only.
    pub area: Option<AreaId>,
}

/// Who answers for these matters on a day: in an area, whoever is named for it first; without an area, everyone.
pub async fn responsible(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    matters: &[rules::Matter],
    area: Option<AreaId>,
    on: Day,
) -> Result<Vec<Responsible>, Broken> {
    if matters.is_empty() {
        return Ok(Vec::new());
    }
    let duties = sql::pages::responsibility_list(conn, municipality, on).await?;
    let desks: HashMap<DeskId, DeskInfo> =
        desks(conn, municipality, on).await?.into_iter().map(|d| (d.id, d)).collect();
    let mut found: Vec<(usize, Responsible)> = duties
        .into_iter()
        .filter(|r| area.is_none() || r.area.is_none() || r.area == area)
        .filter_map(|r| {
            let rank = matters.iter().position(|m| *m == r.matter)?;
            let desk = desks.get(&r.desk)?;
            Some((
                rank,
                Responsible {
                    matter: r.matter,
                    desk: r.desk,
                    agency: desk.agency,
                    name: desk.name.clone(),
                    phone: desk.phone.clone(),
                    contact: r.contact,
                    area: r.area,
                },
            ))
        })
        .collect();
    found.sort_by_key(|(rank, r)| (*rank, r.area.is_none()));
    found.dedup_by(|(_, a), (_, b)| (a.desk, &a.contact, a.matter) == (b.desk, &b.contact, b.matter));
    Ok(found.into_iter().map(|(_, r)| r).collect())
}

/// What a municipality has set; the defaults otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Business days until a referral must be received.
    pub receipt_business_days: u32,
    /// Business days until it must be answered.
    pub answer_business_days: u32,
    /// Days until what became of it must be told; elapsed days.
    pub feedback_days: i64,
    /// Hours for what is urgent; elapsed hours.
    pub urgent_hours: i64,
    /// Business days overdue after which the desk's leads are told.
    pub lead_after_days: i64,
    /// Business days overdue after which the coordinators are told.
    pub coordinator_after_days: i64,
    /// Days until the next contact with an accepted household.
    pub next_contact_days: i64,
    /// Counts below this are not shown.
    pub small_cell: i64,
    /// Second factor.
    pub totp: Totp,
    /// Minutes without a request after which a session locks.
    pub session_idle_minutes: i64,
    /// Wrong passwords in a row after which an account locks.
    pub lock_after_failures: i64,
    /// Minutes it stays locked.
    pub lock_minutes: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            receipt_business_days: 1,
            answer_business_days: 5,
            feedback_days: 30,
            urgent_hours: 2,
            lead_after_days: 1,
            coordinator_after_days: 3,
            next_contact_days: 14,
            small_cell: 5,
            totp: Totp::Optional,
            session_idle_minutes: 60,
            lock_after_failures: 5,
            lock_minutes: 15,
        }
    }
}

/// A setting that is a number; where the municipality has none, the default.
fn number<N: std::str::FromStr>(key: &'static str, set: Option<&str>, default: N) -> Result<N, Broken> {
    match set {
        None => Ok(default),
        Some(text) => text.trim().parse().map_err(|_| Broken::Corrupt("setting", key.to_owned())),
    }
}

/// The setting of [`session_idle_minutes`].
pub const SESSION_IDLE: &str = "session_idle_minutes";

/// Minutes without a request after which a session locks, by what the municipality has set, if anything: every request asks for it, and
/// nothing else of the settings.
pub fn session_idle_minutes(set: Option<&str>) -> Result<i64, Broken> {
    number(SESSION_IDLE, set, Settings::default().session_idle_minutes)
}

/// The setting of how long a request to be contacted is kept.
pub const CONTACT_KEPT: &str = "contact_kept_days";

/// Days a request to be contacted is kept, as set.
pub async fn contact_kept_days(conn: &mut Conn<'_>, municipality: MunicipalityId) -> Result<i64, Broken> {
    let [days] = numbers(conn, municipality, [(CONTACT_KEPT, rules::CONTACT_KEPT_MOST)]).await?;
    Ok(rules::contact_kept_days(days))
}

/// The settings of a municipality. A value that cannot be read is broken: a deadline must not change silently.
pub async fn settings(conn: &mut Conn<'_>, municipality: MunicipalityId) -> Result<Settings, Broken> {
    fn read<N: std::str::FromStr>(
        set: &HashMap<String, String>,
        key: &'static str,
        default: N,
    ) -> Result<N, Broken> {
        number(key, set.get(key).map(String::as_str), default)
    }
    let set = sql::setting_list(conn, municipality).await?;
    let d = Settings::default();
    let totp = match set.get("totp") {
        None => d.totp,
        Some(text) => {
            Totp::parse(text.trim()).ok_or_else(|| Broken::Corrupt("setting", "totp".to_owned()))?
        }
    };
    Ok(Settings {
        receipt_business_days: read(&set, "receipt_business_days", d.receipt_business_days)?,
        answer_business_days: read(&set, "answer_business_days", d.answer_business_days)?,
        feedback_days: read(&set, "feedback_days", d.feedback_days)?,
        urgent_hours: read(&set, "urgent_hours", d.urgent_hours)?,
        lead_after_days: read(&set, "lead_after_days", d.lead_after_days)?,
        coordinator_after_days: read(&set, "coordinator_after_days", d.coordinator_after_days)?,
        next_contact_days: read(&set, "next_contact_days", d.next_contact_days)?,
        small_cell: read(&set, "small_cell", d.small_cell)?,
        totp,
        session_idle_minutes: read(&set, SESSION_IDLE, d.session_idle_minutes)?,
        lock_after_failures: read(&set, "lock_after_failures", d.lock_after_failures)?,
        lock_minutes: read(&set, "lock_minutes", d.lock_minutes)?,
    })
}

/// The section of the municipality that has to be there where something is decided, as the town chose it; the desk that stands for
/// it now, when it has ended. None: nobody chose.
pub async fn municipal_section(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
) -> Result<Option<DeskId>, Broken> {
    let set = sql::setting_list(conn, municipality).await?;
    let Some(text) = set.get(crate::acts::MUNICIPAL_SECTION).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let key = crate::acts::MUNICIPAL_SECTION;
    let desk = text.trim().parse().map_err(|_| Broken::Corrupt("setting", key.to_owned()))?;
    heir(conn, municipality, desk, on).await.map(Some)
}

/// Some numbers that a municipality has set; the defaults otherwise. A value that cannot be read is broken, as with
/// [`settings`].
pub async fn numbers<const N: usize>(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    wanted: [(&'static str, i64); N],
) -> Result<[i64; N], Broken> {
    let set = sql::setting_list(conn, municipality).await?;
    let mut numbers = wanted.map(|(_, default)| default);
    for ((key, _), number) in wanted.iter().zip(&mut numbers) {
        if let Some(text) = set.get(*key) {
            let read = text.trim().parse();
            *number = read.map_err(|_| Broken::Corrupt("setting", (*key).to_owned()))?;
        }
    }
    Ok(numbers)
}

/// 地区・圏域・ブロック of one of several overlapping systems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaInfo {
    /// The area.
    pub id: AreaId,
    /// Name of its system.
    pub system: String,
    /// Code within the system.
    pub code: String,
    /// Name.
    pub name: String,
}

impl AreaInfo {
    /// Its name behind that of its system: 北部 is a ブロック and a 圏域.
    pub fn called(&self) -> String {
        format!("{}: {}", self.system, self.name)
    }
}

/// The areas of a system, or of all systems when `system` is empty.
pub async fn areas(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    system: &str,
) -> Result<Vec<AreaInfo>, Broken> {
    sql::area_list(conn, municipality, system).await
}

/// The area a 町字 belongs to in a system on a day. The town may be followed by a block or written in another way.
pub async fn area_of_town(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    town: &str,
    system: &str,
    on: Day,
) -> Result<Option<AreaId>, Broken> {
    let towns = sql::town_list(conn, municipality, system, on).await?;
    Ok(rules::match_town(&towns, town).copied())
}

/// An article a sharing act can rest on: data with validity, never typed into a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalBasis {
    /// Stable code.
    pub code: String,
    /// Law and article.
    pub name: String,
    /// What it is for.
    pub note: String,
    /// Whether the article was checked against its source.
    pub verified: bool,
    /// What it can be picked for; nothing said rules nothing out.
    pub acts: Vec<Sharing>,
    /// The days of this wording.
    pub span: Span,
}

impl LegalBasis {
    /// Whether it can be picked for a sharing act.
    pub fn serves(&self, act: Sharing) -> bool {
        self.acts.is_empty() || self.acts.contains(&act)
    }

    /// Between whom it lets something be told.
    pub fn scope(&self) -> Scope {
        crate::law::scope_of(&self.code)
    }
}

/// The articles in force on a day.
pub async fn legal_bases(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
) -> Result<Vec<LegalBasis>, Broken> {
    sql::law::list(conn, municipality, on).await
}

/// Those of them that a sharing act can rest on.
pub async fn legal_bases_for(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
    act: Sharing,
) -> Result<Vec<LegalBasis>, Broken> {
    let mut bases = legal_bases(conn, municipality, on).await?;
    bases.retain(|b| b.serves(act));
    Ok(bases)
}

/// What articles were called on which days: what was shared keeps the name of the day.
pub struct ArticleNames(Vec<LegalBasis>);

impl ArticleNames {
    /// Every wording there is, was or will be.
    pub async fn load(conn: &mut Conn<'_>, municipality: MunicipalityId) -> Result<Self, Broken> {
        Ok(Self(sql::law::all(conn, municipality).await?))
    }

    /// What an article was called on a day; its code where the table does not say.
    pub fn at<'a>(&'a self, code: &'a str, on: Day) -> &'a str {
        let mut of_code = self.0.iter().filter(|b| b.code == code);
        of_code.find(|b| b.span.covers(on)).map_or(code, |b| b.name.as_str())
    }
}
