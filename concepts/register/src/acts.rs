//! Changes of the register: each needs a right, and each refuses what would leave someone without a desk.
//!
//! The caller begins the act, asks for the right ([`access::Action::Administer`], or a named system actor) and
//! commits. Days in the past are allowed: a register is often corrected after the fact.

pub mod office;
pub mod opening;

use access::{Right, Role};
use engine::{Act, Fail, Refusal};
use words::Day;
use words::id::{
    AgencyId, AppointmentId, AreaId, AreaSystemId, ContractId, DeskId, LegalEntityId, PostId, ThingId, UserId,
};

pub use crate::law::seed_legal_bases;

use crate::rules::{
    ConsultableBy, EntityKind, Field, Matter, NameKind, Programme, Span, SuccessorKind, Totp, heir_of,
};
use crate::sql::{self, find, write};
use words::code::Code;

/// An agency to be added.
#[derive(Debug, Clone)]
pub struct NewAgency {
    /// Official name.
    pub name: String,
    /// Reading; may be empty.
    pub reading: String,
    /// Short and former names in use.
    pub aliases: Vec<String>,
    /// Frequent slips.
    pub slips: Vec<String>,
    /// Legal entity.
    pub legal_entity: LegalEntityId,
    /// 部 or 課 above it.
    pub parent: Option<AgencyId>,
    /// Field.
    pub field: Field,
    /// Area, when it serves one only.
    pub area: Option<AreaId>,
    /// Phone.
    pub phone: String,
    /// 棟・階・窓口番号.
    pub place: String,
    /// Whether anyone there can sign in.
    pub has_login: bool,
    /// Who may consult it.
    pub consultable_by: ConsultableBy,
    /// Open on Monday, Tuesday, … Sunday.
    pub weekdays: [bool; 7],
    /// Open on holidays that fall on an open weekday.
    pub open_on_holidays: bool,
    /// First day.
    pub from: Day,
}

impl NewAgency {
    /// An agency with a name, a legal entity and a first day, open like the town hall.
    pub fn new(name: impl Into<String>, legal_entity: LegalEntityId, from: Day) -> Self {
        Self {
            name: name.into(),
            reading: String::new(),
            aliases: Vec::new(),
            slips: Vec::new(),
            legal_entity,
            parent: None,
            field: Field::General,
            area: None,
            phone: String::new(),
            place: String::new(),
            has_login: true,
            consultable_by: ConsultableBy::Anyone,
            weekdays: words::calendar::OpeningDays::default().weekdays,
            open_on_holidays: false,
            from,
        }
    }
}

/// An account to be added, without a password: that is the account concept's.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Name to sign in with.
    pub login: String,
    /// Name of the person.
    pub name: String,
    /// Reading.
    pub reading: String,
    /// One line for the sign-in page of a demonstration.
    pub demo_line: String,
}

/// A desk's responsibility to be added.
#[derive(Debug, Clone)]
pub struct NewResponsibility {
    /// The desk.
    pub desk: DeskId,
    /// The area; the whole town when absent.
    pub area: Option<AreaId>,
    /// The matter.
    pub matter: Matter,
    /// Person, extension and stand-in in words.
    pub contact: String,
    /// Its days.
    pub span: Span,
    /// When someone last checked it.
    pub confirmed: Option<Day>,
}

/// Names the municipality the act is in, and its code from today (codes change at mergers, so they are dated).
pub async fn create_municipality(act: &mut Act, right: &Right, name: &str, code: &str) -> Result<(), Fail> {
    let (at, today) = (act.municipality(), act.now().day());
    Ok(write::municipality_save(&mut act.save(right)?, at, name, code, today).await?)
}

/// The key of the municipality's section that has to be there.
pub const MUNICIPAL_SECTION: &str = "municipal_section";

/// Sets one of [`crate::Settings`]. An unknown key or an unreadable value is refused.
pub async fn set_setting(act: &mut Act, right: &Right, key: &str, value: &str) -> Result<(), Fail> {
    const NUMBERS: &[&str] = &[
        "receipt_business_days",
        "answer_business_days",
        "feedback_days",
        "urgent_hours",
        "lead_after_days",
        "coordinator_after_days",
        "next_contact_days",
        "small_cell",
        "session_idle_minutes",
        "lock_after_failures",
        "lock_minutes",
        "saved_search_days",
        crate::views::CONTACT_KEPT,
    ];
    let good = if key == "totp" {
        Totp::parse(value).is_some()
    } else if key == MUNICIPAL_SECTION {
        // None again, or a desk; that it is one of the municipality is asked where it is chosen and where it is used.
        value.is_empty() || value.parse::<DeskId>().is_ok()
    } else {
        // Deadlines are counted in steps of a day: a limit keeps a slip of the finger from counting for years.
        // The tables of weights, ages and months are kept by the concepts that count by them.
        let table = ["load_", "silent_", "stuck_", "stage_", "genogram_", "theme_"]
            .iter()
            .any(|of| key.starts_with(of));
        (table || NUMBERS.contains(&key)) && value.parse::<u32>().is_ok_and(|n| n <= 1000)
    };
    if !good {
        return Err(Refusal::new("register.setting").arg("key", key).into());
    }
    let at = act.municipality();
    Ok(write::setting_save(&mut act.save(right)?, at, key, value).await?)
}

/// Adds a system of areas.
pub async fn add_area_system(act: &mut Act, right: &Right, name: &str) -> Result<AreaSystemId, Fail> {
    let (at, id) = (act.municipality(), act.new_id());
    write::area_system_add(&mut act.save(right)?, at, id, name).await?;
    Ok(id)
}

/// Adds an area to a system.
pub async fn add_area(
    act: &mut Act,
    right: &Right,
    system: AreaSystemId,
    code: &str,
    name: &str,
    note: &str,
) -> Result<AreaId, Fail> {
    let (at, id) = (act.municipality(), act.new_id());
    write::area_add(&mut act.save(right)?, at, id, system, (code, name, note)).await?;
    Ok(id)
}

/// Puts a 町字 into an area from a day on. It may be in one area of every system.
pub async fn add_town(
    act: &mut Act,
    right: &Right,
    town: &str,
    area: AreaId,
    span: Span,
) -> Result<(), Fail> {
    let at = act.municipality();
    Ok(write::town_area_add(&mut act.save(right)?, at, town, area, span).await?)
}

/// Adds a legal entity.
pub async fn add_legal_entity(
    act: &mut Act,
    right: &Right,
    name: &str,
    kind: EntityKind,
) -> Result<LegalEntityId, Fail> {
    let (at, id) = (act.municipality(), act.new_id());
    write::legal_entity_add(&mut act.save(right)?, at, id, name, kind).await?;
    Ok(id)
}

/// Adds an agency with its names.
pub async fn add_agency(act: &mut Act, right: &Right, agency: &NewAgency) -> Result<AgencyId, Fail> {
    let (at, id) = (act.municipality(), act.new_id());
    write::agency_add(&mut act.save(right)?, at, id, agency).await?;
    Ok(id)
}

/// Adds a name for finding (alias, slip) or the reading.
pub async fn add_name(
    act: &mut Act,
    right: &Right,
    agency: AgencyId,
    kind: NameKind,
    name: &str,
    span: Span,
) -> Result<(), Fail> {
    let at = act.municipality();
    Ok(write::agency_name_add(&mut act.save(right)?, at, agency, kind, name, span).await?)
}

/// Renames an agency from a day on. The id stays, and before that day it keeps its old name (Q3). The old name
/// is found as an alias from then on.
pub async fn rename_agency(
    act: &mut Act,
    right: &Right,
    agency: AgencyId,
    name: &str,
    from: Day,
) -> Result<(), Fail> {
    let at = act.municipality();
    let mut names = sql::name_list(&mut act.facts()?, at, NameKind::Official, Some(vec![agency])).await?;
    let Some(mut names) = names.remove(&agency) else { return Err(Fail::NotVisible) };
    names.sort_by_key(|n| n.span.from);
    let Some(last) = names.pop() else { return Err(Fail::NotVisible) };
    if last.span.from >= from || last.span.ended_before(from) {
        return Err(Refusal::new("register.rename_too_early").arg("day", last.span.from).into());
    }
    if last.name == name {
        return Err(Refusal::new("register.rename_same").into());
    }
    let mut conn = act.save(right)?;
    write::agency_name_end(&mut conn, at, agency, last.span.from, from.plus_days(-1)).await?;
    let open = Span { from, to: None };
    write::agency_name_add(&mut conn, at, agency, NameKind::Official, name, open).await?;
    write::agency_name_add(&mut conn, at, agency, NameKind::Alias, &last.name, open).await?;
    Ok(())
}

/// Ends an agency on the day before `from`; its successor takes over its desks, desk by desk of the same
/// programme. Records and work pass; consent does not (domain section 3).
pub async fn succeed_agency(
    act: &mut Act,
    right: &Right,
    agency: AgencyId,
    successor: AgencyId,
    kind: SuccessorKind,
    from: Day,
) -> Result<(), Fail> {
    if agency == successor {
        return Err(Refusal::new("register.heir_itself").into());
    }
    let (at, last) = (act.municipality(), from.plus_days(-1));
    let desks = sql::desk_list(&mut act.facts()?, at).await?;
    for desk in desks.iter().filter(|d| d.agency == agency && d.span.covers(last)) {
        let heir = opening::desk_of(act, right, &desks, desk, (successor, from)).await?;
        write::desk_end(&mut act.save(right)?, at, desk.id, last, heir).await?;
    }
    let command = act.command();
    let mut conn = act.save(right)?;
    write::successor_add(&mut conn, at, agency, successor, kind, (from, command)).await?;
    write::agency_end(&mut conn, at, agency, last).await?;
    Ok(())
}

/// Adds a contract; one may carry several programmes.
pub async fn add_contract(
    act: &mut Act,
    right: &Right,
    title: &str,
    contractor: AgencyId,
    commissioner: AgencyId,
    programmes: &[&str],
    (from, last): (Day, Day),
) -> Result<ContractId, Fail> {
    if last < from {
        return Err(Refusal::new("register.span").into());
    }
    let (at, id) = (act.municipality(), act.new_id());
    let mut conn = act.save(right)?;
    write::contract_add(&mut conn, at, id, title, (contractor, commissioner), (from, last)).await?;
    for programme in programmes {
        write::contract_programme_add(&mut conn, at, id, programme).await?;
    }
    Ok(id)
}

/// Renews a contract with the same parties until another last day: a new contract begins the day after the old
/// one ends, and the desks go on under it.
pub async fn renew_contract(
    act: &mut Act,
    right: &Right,
    contract: ContractId,
    title: &str,
    last: Day,
) -> Result<ContractId, Fail> {
    let at = act.municipality();
    let Some(old) = find::contract_find(&mut act.facts()?, at, contract).await? else {
        return Err(Fail::NotVisible);
    };
    let programmes: Vec<&str> = old.programmes.iter().map(String::as_str).collect();
    let span = (old.last.plus_days(1), last);
    let new = add_contract(act, right, title, old.contractor, old.commissioner, &programmes, span).await?;
    for (desk, heir) in find::contract_desks(&mut act.facts()?, at, contract).await? {
        write::desk_contract(&mut act.save(right)?, at, desk, Some(new), heir).await?;
    }
    Ok(new)
}

/// Ends a contract on a day. Every desk under it must name its heir: the commissioning section's or the
/// successor's desk (R-002, domain section 3). From the next day the former contractor sees nothing of it.
pub async fn end_contract(
    act: &mut Act,
    right: &Right,
    contract: ContractId,
    last: Day,
    heirs: &[(DeskId, DeskId)],
) -> Result<(), Fail> {
    let at = act.municipality();
    let Some(found) = find::contract_find(&mut act.facts()?, at, contract).await? else {
        return Err(Fail::NotVisible);
    };
    if last < found.from {
        return Err(Refusal::new("register.span").into());
    }
    for desk in find::contract_ending(&mut act.facts()?, at, contract, last).await? {
        let Some((_, heir)) = heirs.iter().find(|(d, _)| *d == desk) else {
            return Err(Refusal::new("register.heir_missing").into());
        };
        end_desk(act, right, desk, last, *heir).await?;
    }
    Ok(write::contract_end(&mut act.save(right)?, at, contract, last).await?)
}

/// Adds a desk. Under a contract it must name its heir at once, so that nothing is left without a desk when the
/// contract runs out.
pub async fn add_desk(
    act: &mut Act,
    right: &Right,
    agency: AgencyId,
    programme: &str,
    contract: Option<ContractId>,
    from: Day,
    heir: Option<DeskId>,
) -> Result<DeskId, Fail> {
    if Programme::parse(programme).is_none() {
        return Err(Refusal::new("register.programme").arg("programme", programme).into());
    }
    if contract.is_some() && heir.is_none() {
        return Err(Refusal::new("register.contract_heir").into());
    }
    let (at, command) = (act.municipality(), act.command());
    let known = sql::desk_list(&mut act.facts()?, at).await?;
    let same = |d: &&sql::DeskRow| d.agency == agency && d.programme == programme && d.span.from == from;
    // Planned before and taken back: the same desk is planned again.
    if let Some(desk) = known.iter().find(same).filter(|d| d.own_span().never()) {
        let mut conn = act.save(right)?;
        write::desk_revive(&mut conn, at, desk.id, contract, heir).await?;
        write::desk_made_by(&mut conn, at, desk.id, command).await?;
        return Ok(desk.id);
    }
    let id = act.new_id();
    let mut conn = act.save(right)?;
    write::desk_add(&mut conn, at, id, (agency, programme), contract, from, heir).await?;
    write::desk_made_by(&mut conn, at, id, command).await?;
    Ok(id)
}

/// Ends a desk on a day. Its records and work pass to `heir` on the next; whoever sat there sits there no longer.
pub async fn end_desk(
    act: &mut Act,
    right: &Right,
    desk: DeskId,
    last: Day,
    heir: DeskId,
) -> Result<(), Fail> {
    let at = act.municipality();
    let next = last.plus_days(1);
    let mut found = sql::desk_find(&mut act.facts()?, at, [desk, heir]).await?;
    let Some(own) = found.iter().position(|d| d.id == desk).map(|i| found.swap_remove(i)) else {
        return Err(Fail::NotVisible);
    };
    if desk == heir {
        return Err(Refusal::new("register.heir_itself").into());
    }
    if last < own.span.from {
        return Err(Refusal::new("register.span").into());
    }
    let mut heirs = sql::heir_list(&mut act.facts()?, at, next).await?;
    heirs.insert(desk, heir);
    let lasting = heir_of(&heirs, heir);
    // The heir may itself be over by then; what counts is that the chain ends at a desk that is not.
    let holds = sql::desk_find(&mut act.facts()?, at, [lasting]).await?.iter().any(|d| d.span.covers(next));
    if heirs.contains_key(&lasting) || !holds {
        return Err(Refusal::new("register.heir_over").into());
    }
    Ok(write::desk_end(&mut act.save(right)?, at, desk, last, heir).await?)
}

/// Makes a desk responsible for a matter in an area, or in the whole town.
pub async fn add_responsibility(
    act: &mut Act,
    right: &Right,
    new: &NewResponsibility,
) -> Result<ThingId, Fail> {
    if new.span.to.is_some_and(|to| to < new.span.from) {
        return Err(Refusal::new("register.span").into());
    }
    let (at, id) = (act.municipality(), act.new_id());
    write::responsibility_add(&mut act.save(right)?, at, id, new).await?;
    Ok(id)
}

/// Notes that a responsibility was checked on a day.
pub async fn confirm_responsibility(act: &mut Act, right: &Right, id: ThingId, day: Day) -> Result<(), Fail> {
    let at = act.municipality();
    if find::responsibility_find(&mut act.facts()?, at, id).await?.is_none() {
        return Err(Fail::NotVisible);
    }
    Ok(write::responsibility_confirm(&mut act.save(right)?, at, id, day).await?)
}

/// Ends a responsibility on a day. It cannot end before it began.
pub async fn end_responsibility(act: &mut Act, right: &Right, id: ThingId, last: Day) -> Result<(), Fail> {
    let at = act.municipality();
    let Some(known) = find::responsibility_find(&mut act.facts()?, at, id).await? else {
        return Err(Fail::NotVisible);
    };
    if last < known.span.from {
        return Err(Refusal::new("register.span").into());
    }
    Ok(write::responsibility_end(&mut act.save(right)?, at, id, last).await?)
}

/// Adds a post to a desk.
pub async fn add_post(
    act: &mut Act,
    right: &Right,
    desk: DeskId,
    role: Role,
    title: &str,
) -> Result<PostId, Fail> {
    let (at, id) = (act.municipality(), act.new_id());
    write::post_add(&mut act.save(right)?, at, id, desk, role, title).await?;
    Ok(id)
}

/// Adds an account without a password.
pub async fn add_user(act: &mut Act, right: &Right, user: &NewUser) -> Result<UserId, Fail> {
    let (at, id) = (act.municipality(), act.new_id());
    if find::login_find(&mut act.facts()?, at, &user.login).await?.is_some() {
        return Err(Refusal::new("register.login_taken").arg("login", &user.login).into());
    }
    write::user_add(&mut act.save(right)?, at, id, user).await?;
    Ok(id)
}

/// Appoints a person to a post (任命・委嘱, R-004). The same person cannot hold the same post twice at a time, and nobody begins at a desk
/// that is over by then.
pub async fn appoint(
    act: &mut Act,
    right: &Right,
    user: UserId,
    post: PostId,
    area: Option<AreaId>,
    span: Span,
    instrument: &str,
) -> Result<AppointmentId, Fail> {
    if span.to.is_some_and(|to| to < span.from) {
        return Err(Refusal::new("register.span").into());
    }
    let (at, id) = (act.municipality(), act.new_id());
    let Some(desk) = find::post_desk(&mut act.facts()?, at, post).await? else {
        return Err(Fail::NotVisible);
    };
    // Before its days are read: somebody may end it in this very moment.
    write::desk_hold(&mut act.save(right)?, at, &[desk]).await?;
    let open = sql::desk_find(&mut act.facts()?, at, [desk]).await?;
    crate::rules::office::may_begin(open.first().map(|d| d.span), span.from)?;
    let held = find::appointments_of(&mut act.facts()?, at, user).await?;
    if held.iter().any(|a| a.post == post && a.span.overlaps(span)) {
        return Err(Refusal::new("register.appointed_twice").into());
    }
    write::appointment_add(&mut act.save(right)?, at, id, (user, post, area), span, instrument).await?;
    Ok(id)
}

/// Gives an appointment up before it begins: nobody ever sat there by it. The only row here that goes: an appointment has no day less
/// than one, and nothing was done under it. The command says that it was.
pub async fn cancel_appointment(
    act: &mut Act,
    right: &Right,
    appointment: AppointmentId,
) -> Result<(), Fail> {
    let (at, today) = (act.municipality(), act.now().day());
    let found = find::appointment_find(&mut act.facts()?, at, appointment).await?;
    let span = found.ok_or(Fail::NotVisible)?;
    crate::rules::office::may_cancel_appointment(span, today)?;
    if write::appointment_remove(&mut act.save(right)?, at, appointment).await? {
        return Ok(());
    }
    Err(Refusal::new("register.appointment_used").into())
}

/// Ends an appointment on a day, also one in the future. What it did stays under it.
pub async fn end_appointment(
    act: &mut Act,
    right: &Right,
    appointment: AppointmentId,
    last: Day,
) -> Result<(), Fail> {
    let at = act.municipality();
    let Some(span) = find::appointment_find(&mut act.facts()?, at, appointment).await? else {
        return Err(Fail::NotVisible);
    };
    if last < span.from {
        return Err(Refusal::new("register.span").into());
    }
    if span.ended_before(last) {
        return Err(Refusal::new("register.appointment_over").into());
    }
    Ok(write::appointment_end(&mut act.save(right)?, at, appointment, last).await?)
}
