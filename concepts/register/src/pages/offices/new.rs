//! 機関・窓口・契約を入れる: the first desk of a new agency, with its first contract, or a further desk of an agency that is there.
//! Everything from its day on.

use std::sync::Arc;

use access::{Right, Role};
use engine::{Act, Begun, Channel, Fail};
use serde::Serialize;
use site::{Answer, Choice, Form, Need, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, AreaId, ContractId, DeskId};

use super::Register;
use super::form::{self, ActPage, Field, Kind};
use crate::acts::opening::{self, NewDesks, Under};
use crate::acts::{self, NewAgency};
use crate::pages::{administer, receipt};
use crate::rules::{self, EntityKind, Programme};
use crate::sql::{find, pages as stored};

/// The posts a desk can have.
const POSTS: &[Role] =
    &[Role::Caseworker, Role::AgencyLead, Role::Liaison, Role::Coordinator, Role::Host, Role::Secretariat];

/// In the field of the contract: a new one.
const NEW: &str = "new";

/// What was typed of a new agency.
#[derive(Serialize)]
struct Agency {
    name: String,
    reading: String,
    parent: Option<AgencyId>,
    entity: String,
    kind: Option<EntityKind>,
    field: rules::Field,
    area: Option<AreaId>,
    place: String,
    phone: String,
    open: [bool; 7],
    holidays: bool,
    login: bool,
}

/// What was typed of the contract.
#[derive(Serialize)]
enum Contract {
    Nothing,
    Known(ContractId, DeskId),
    New { title: String, commissioner: AgencyId, until: String, heir: DeskId },
}

/// The form as it was read; also what the command says.
#[derive(Serialize)]
struct New {
    agency: Option<AgencyId>,
    made: Option<Agency>,
    programmes: Vec<Programme>,
    posts: Vec<Role>,
    from: String,
    contract: Contract,
}

fn weekdays(form: &Form) -> [bool; 7] {
    std::array::from_fn(|day| form.chose("open", day))
}

/// Reads what a new agency is. Every problem at once.
fn agency_typed(form: &mut Form, name: String) -> Agency {
    let parent: Option<AgencyId> = form.id("parent", Need::Optional);
    let entity = form.line("new_entity", Need::Optional, 100);
    let kind: Option<EntityKind> = form.code("entity_kind", Need::Optional);
    if entity.is_empty() && parent.is_none() {
        form.problem("new_entity", "office.entity_or_parent");
    }
    let open = weekdays(form);
    if open == [false; 7] {
        form.problem("open", "office.open_some");
    }
    Agency {
        name,
        reading: form.line("new_reading", Need::Optional, 100),
        parent,
        entity,
        kind,
        field: form.code("field", Need::Required).unwrap_or(rules::Field::General),
        area: form.id("area", Need::Optional),
        place: form.line("place", Need::Optional, 200),
        phone: form.phone("phone"),
        open,
        holidays: form.ticked("holidays"),
        login: form.ticked("login"),
    }
}

/// Reads the contract: none, one that is there, or a new one with the desk's first day.
fn contract_typed(form: &mut Form) -> Option<(Contract, Option<Day>)> {
    let chosen = form.value("contract").to_owned();
    if chosen.is_empty() {
        // Whoever wrote of a contract and chose none would get a desk without one.
        if ["title", "commissioner", "until", "heir"].iter().any(|field| !form.value(field).trim().is_empty())
        {
            form.problem("contract", "office.which_contract");
            return None;
        }
        return Some((Contract::Nothing, None));
    }
    let heir: Option<DeskId> = form.id("heir", Need::Required);
    if chosen != NEW {
        let known: Option<ContractId> = form.id("contract", Need::Required);
        return Some((Contract::Known(known?, heir?), None));
    }
    let title = form.line("title", Need::Required, 100);
    let commissioner: Option<AgencyId> = form.id("commissioner", Need::Required);
    let until = form.coming_day("until", Need::Required);
    let (commissioner, until, heir) = (commissioner?, until?, heir?);
    Some((Contract::New { title, commissioner, until: until.to_string(), heir }, Some(until)))
}

/// Reads the form. `None` with the problems beside their fields.
fn typed(form: &mut Form) -> Option<(New, Day, Option<Day>)> {
    let agency: Option<AgencyId> = form.id("agency", Need::Optional);
    let name = form.line("new_name", Need::Optional, 100);
    let made = match (agency, name.is_empty()) {
        (Some(_), false) => {
            form.problem("new_name", "office.one_of");
            None
        }
        (None, true) => {
            form.problem("agency", "office.which_agency");
            None
        }
        (Some(_), true) => None,
        (None, false) => Some(agency_typed(form, name)),
    };
    let programmes: Vec<Programme> = form.codes("programmes");
    if programmes.is_empty() {
        form.must_choose("programmes");
    }
    let posts: Vec<Role> = form.codes("posts");
    if posts.iter().any(|role| !POSTS.contains(role)) {
        form.problem("posts", "text.choose");
    }
    let from = form.coming_day("from", Need::Required);
    let contract = contract_typed(form);
    let (from, (contract, until)) = (from?, contract?);
    if form.has_problems() {
        return None;
    }
    Some((New { agency, made, programmes, posts, from: from.to_string(), contract }, from, until))
}

/// Makes the new agency from its first day on. `None` with a problem beside its field.
async fn agency_made(
    act: &mut Act,
    right: &Right,
    form: &mut Form,
    (new, from): (&Agency, Day),
) -> Result<Option<AgencyId>, Fail> {
    let (at, today) = (act.municipality(), act.now().day());
    let mut parent_entity = None;
    if let Some(parent) = new.parent {
        let found = stored::agency_find(&mut act.facts()?, at, parent).await?;
        match found.filter(|p| p.span.covers(from)) {
            Some(found) => parent_entity = Some(found.entity),
            None => form.problem("parent", "text.choose"),
        }
    }
    if let Some(area) = new.area
        && !crate::areas(&mut act.facts()?, at, "").await?.iter().any(|a| a.id == area)
    {
        form.problem("area", "text.choose");
    }
    let entity = Some(new.entity.clone()).filter(|e| !e.is_empty()).or(parent_entity).unwrap_or_default();
    let known = find::legal_entity_list(&mut act.facts()?, at).await?.get(&entity).copied();
    if known.is_none() && new.kind.is_none() {
        form.problem("entity_kind", "office.which_kind");
    }
    if let Err(why) = rules::opening::not_long_past(from, today) {
        form.problem("from", why.key);
    }
    if !form::name_free(act, form, ("new_name", &new.name)).await? || form.has_problems() {
        return Ok(None);
    }
    let legal_entity = match (known, new.kind) {
        (Some(known), _) => known,
        (None, kind) => {
            acts::add_legal_entity(act, right, &entity, kind.unwrap_or(EntityKind::Corporation)).await?
        }
    };
    let agency = NewAgency {
        reading: new.reading.clone(),
        parent: new.parent,
        field: new.field,
        area: new.area,
        phone: new.phone.clone(),
        place: new.place.clone(),
        has_login: new.login,
        weekdays: new.open,
        open_on_holidays: new.holidays,
        ..NewAgency::new(new.name.as_str(), legal_entity, from)
    };
    Ok(Some(acts::add_agency(act, right, &agency).await?))
}

/// Beside which field a refusal stands.
fn beside(key: &str) -> &'static str {
    match key {
        "office.agency_over" => "agency",
        "office.desk_there" | "office.not_contracted" => "programmes",
        "office.not_their_contract" => "contract",
        "office.until_before" | "office.past" => "until",
        "office.commissions_itself" | "office.commissioner_over" => "commissioner",
        "register.heir_over" => "heir",
        _ => "from",
    }
}

fn under(contract: &Contract, until: Option<Day>) -> Under<'_> {
    match (contract, until) {
        (Contract::Known(id, heir), _) => Under::Known(*id, *heir),
        (Contract::New { title, commissioner, heir, .. }, Some(until)) => {
            Under::New { title, commissioner: *commissioner, until, heir: *heir }
        }
        (Contract::Nothing | Contract::New { .. }, _) => Under::Nothing,
    }
}

/// `GET /admin/offices/new?agency=`
pub(in crate::pages) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut pairs = vec![
        ("agency", req.query().get("agency").unwrap_or_default().to_owned()),
        ("field", rules::Field::General.code().to_owned()),
        ("login", "yes".to_owned()),
        ("posts", Role::Caseworker.code().to_owned()),
        ("posts", Role::AgencyLead.code().to_owned()),
    ];
    pairs.extend((0..5).map(|day| ("open", day.to_string())));
    show(&req, Form::filled(pairs)).await
}

/// `POST /admin/offices/new`
pub(in crate::pages) async fn post(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    if let Some((new, from, until)) = typed(&mut form) {
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.open_desk", &new).await? else {
            return Ok(Answer::to(link::OFFICES, "desk_opens", receipt()));
        };
        let right = administer(&act)?;
        let t = req.frame().t;
        let agency = match (&new.made, new.agency) {
            (Some(typed), _) => agency_made(&mut act, &right, &mut form, (typed, from)).await?,
            (None, agency) => agency,
        };
        if let (false, Some(agency)) = (form.has_problems(), agency) {
            let posts: Vec<(Role, String)> =
                new.posts.iter().map(|role| (*role, t.code("role", role))).collect();
            let desks = NewDesks {
                agency,
                programmes: &new.programmes,
                from,
                posts: &posts,
                under: under(&new.contract, until),
            };
            match opening::open_desks(&mut act, &right, &desks).await {
                Ok(_) => return Ok(Answer::to(link::OFFICES, "desk_opens", act.commit("").await?)),
                Err(Fail::Refused(why)) => form::refused(&req, &mut form, beside(why.key), why),
                Err(other) => return Err(other),
            }
        }
    }
    show(&req, form).await
}

fn listed<C: Code>(t: &T, form: &Form, (field, list): (&str, &str), all: &[C]) -> Vec<(String, Vec<Choice>)> {
    let choices = all.iter().map(|c| Choice::new(form, field, c.code(), t.code(list, c.code())));
    vec![(String::new(), choices.collect())]
}

fn one(form: &Form, field: &str, value: &str, word: &str) -> Vec<(String, Vec<Choice>)> {
    vec![(String::new(), vec![Choice::new(form, field, value, word.to_owned())])]
}

async fn show(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let register = Register::load(&mut look.conn(), at, today).await?;
    let areas = crate::areas(&mut look.conn(), at, "").await?;
    let open = register.desks.iter().filter(|d| !d.span.ended_before(today));
    let mut desks =
        crate::desks_by_id(&mut look.conn(), at, open.map(|d| d.id).collect::<Vec<_>>(), today).await?;
    desks.sort_by(|a, b| (&a.name, a.seq).cmp(&(&b.name, b.seq)));
    let t = req.frame().t;
    let mut page =
        ActPage::new(req, form, ("office.open", "office.open_do"), t.s("office.open_lead").to_owned());
    agency_fields(&t, &register, &areas, &mut page);
    desk_fields(&t, &mut page);
    contract_fields(&t, &register, &mut page, &desks);
    page.answer()
}

fn agency_fields(t: &T, register: &Register, areas: &[crate::AreaInfo], page: &mut ActPage) {
    let form = &page.form;
    let line = |name: &str, key: &str| Field::new(Kind::Line, name, t.s(key)).may();
    let select = |name: &str, key: &str| Field::new(Kind::Select, name, t.s(key)).may();
    let mut places: Vec<(String, Vec<Choice>)> = Vec::new();
    for area in areas {
        let choice = Choice::new(form, "area", area.id, area.name.clone());
        match places.iter_mut().find(|(system, _)| *system == area.system) {
            Some((_, choices)) => choices.push(choice),
            None => places.push((area.system.clone(), vec![choice])),
        }
    }
    let days = t.s("who.days").split(' ').enumerate();
    let days = days.map(|(day, name)| Choice::new(form, "open", day, name.to_owned())).collect();
    let fields = vec![
        Field::head("which", t.s("office.agency"), t.s("office.agency_help")),
        select("agency", "office.agency_known").of(form::agency_choices(register, form, "agency", None)),
        line("new_name", "office.new_name").help(t.s("office.new_name_help")),
        line("new_reading", "office.new_reading"),
        select("parent", "office.parent")
            .help(t.s("office.parent_help"))
            .of(form::agency_choices(register, form, "parent", None)),
        line("new_entity", "office.new_entity").help(t.s("office.entity_help")),
        select("entity_kind", "office.entity_kind").help(t.s("office.entity_kind_help")).of(listed(
            t,
            form,
            ("entity_kind", "entity"),
            EntityKind::ALL,
        )),
        select("field", "office.field").of(listed(t, form, ("field", "field"), rules::Field::ALL)),
        select("area", "office.area").help(t.s("office.area_help")).of(places),
        line("place", "office.place"),
        line("phone", "office.phone"),
        Field::new(Kind::Picks, "open", t.s("office.opening")).may().of(vec![(String::new(), days)]),
        Field::new(Kind::Picks, "holidays", t.s("office.holidays")).may().of(one(
            form,
            "holidays",
            "yes",
            t.s("office.holidays_open"),
        )),
        Field::new(Kind::Picks, "login", t.s("office.login")).may().of(one(
            form,
            "login",
            "yes",
            t.s("office.login_yes"),
        )),
    ];
    page.fields.extend(fields);
}

fn desk_fields(t: &T, page: &mut ActPage) {
    let form = &page.form;
    let fields = vec![
        Field::head("desk", t.s("office.of_desk"), t.s("office.desk_help")),
        Field::new(Kind::Picks, "programmes", t.s("office.programmes"))
            .help(t.s("office.programmes_help"))
            .of(listed(t, form, ("programmes", "programme"), Programme::ALL)),
        Field::new(Kind::Day, "from", t.s("office.from")),
        Field::new(Kind::Picks, "posts", t.s("office.posts"))
            .may()
            .help(t.s("office.posts_help"))
            .of(listed(t, form, ("posts", "role"), POSTS)),
    ];
    page.fields.extend(fields);
}

fn contract_fields(t: &T, register: &Register, page: &mut ActPage, desks: &[crate::DeskInfo]) {
    let form = &page.form;
    let mut contracts = vec![Choice::new(form, "contract", NEW, t.s("office.contract_new").to_owned())];
    for contract in register.contracts.iter().filter(|c| !c.span().ended_before(register.today)) {
        let words = [("name", register.agency(contract.contractor)), ("title", contract.title.clone())];
        contracts.push(Choice::new(form, "contract", contract.id, t.fs("office.contract_of", &words)));
    }
    let commissioners = form::agency_choices(register, form, "commissioner", None);
    let heirs = crate::desk_groups(t, form, "heir", desks, &[]);
    let may = |kind, name: &str, key: &str| Field::new(kind, name, t.s(key)).may();
    let fields = vec![
        Field::head("under", t.s("office.contract"), t.s("office.contract_help")),
        may(Kind::Select, "contract", "office.contract_which")
            .help(t.s("office.contract_which_help"))
            .of(vec![(String::new(), contracts)]),
        may(Kind::Line, "title", "office.contract_title").when("contract=new"),
        may(Kind::Select, "commissioner", "office.commissioner").of(commissioners).when("contract=new"),
        may(Kind::Day, "until", "office.until_first")
            .help(t.s("office.until_first_help"))
            .when("contract=new"),
        may(Kind::Select, "heir", "office.heir").help(t.s("office.heir_help")).of(heirs).when("contract=*"),
    ];
    page.fields.extend(fields);
}
