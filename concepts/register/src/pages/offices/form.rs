//! The form of one decision about a contract, a desk or an agency: what it means, what is open there, and its fields.

use std::collections::BTreeSet;

use askama::Template;
use engine::{Act, Conn, Fail, Refusal};
use site::{Answer, Choice, Form, Frame, Need, Req, T, WORKERS, link};
use words::Day;
use words::id::{AgencyId, AppointmentId, DeskId, MunicipalityId, UserId};

use super::Register;
use crate::acts::{self, NewAgency};
use crate::pages::receipt;
use crate::rules::office::Unusual;
use crate::rules::{EntityKind, office};
use crate::sql::pages::{self, Which};
use crate::sql::{DeskRow, find};

/// How a field looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No field: the heading of those that follow.
    Head,
    Line,
    Day,
    Select,
    Picks,
}

/// A field with its words.
pub(super) struct Field {
    pub kind: Kind,
    pub name: String,
    pub label: String,
    pub help: String,
    pub must: bool,
    pub groups: Vec<(String, Vec<Choice>)>,
    /// The answer that has to be given before it is asked (`data-show-when`); empty: always. Without a script it stands there.
    pub when: &'static str,
}

impl Field {
    pub fn new(kind: Kind, name: &str, label: &str) -> Self {
        let (name, label) = (name.to_owned(), label.to_owned());
        Self { kind, name, label, help: String::new(), must: true, groups: Vec::new(), when: "" }
    }

    pub fn when(self, when: &'static str) -> Self {
        Self { when, ..self }
    }

    pub fn may(self) -> Self {
        Self { must: false, ..self }
    }

    pub fn help(self, help: &str) -> Self {
        Self { help: help.to_owned(), ..self }
    }

    pub fn of(self, groups: Vec<(String, Vec<Choice>)>) -> Self {
        Self { groups, ..self }
    }

    /// A heading with a sentence below it.
    pub fn head(name: &str, label: &str, help: &str) -> Self {
        Self::new(Kind::Head, name, label).may().help(help)
    }

    fn is(&self, kind: &str) -> bool {
        match self.kind {
            Kind::Head => kind == "head",
            Kind::Line => kind == "line",
            Kind::Day => kind == "day",
            Kind::Select => kind == "select",
            Kind::Picks => kind == "picks",
        }
    }
}

#[derive(Template)]
#[template(path = "office_act.html")]
pub(super) struct ActPage {
    pub frame: Frame,
    pub form: Form,
    /// Keys: what is decided, and the word of the button.
    pub title: &'static str,
    pub button: &'static str,
    pub action: String,
    /// About what.
    pub who: String,
    pub facts: Vec<(String, String)>,
    pub notes: Vec<String>,
    /// Whether consents may be left without a recipient: said on the page.
    pub consents: bool,
    /// Whether the viewer can open the list of those consents: a worker's page.
    pub works: bool,
    pub fields: Vec<Field>,
    /// How things stood when the form was made.
    pub was: String,
    /// What would come of what was chosen, and what is unusual about it.
    pub after: Vec<(String, String)>,
    pub odd: Vec<String>,
    /// Why there is no form here, and where it goes on.
    pub closed: Option<Closed>,
}

/// A decision that cannot be taken as things stand.
pub(super) struct Closed {
    pub why: String,
    /// Where that is put right: address and word.
    pub href: String,
    pub word: String,
}

impl ActPage {
    pub fn new(req: &Req, form: Form, (title, button): (&'static str, &'static str), who: String) -> Self {
        Self {
            frame: req.frame(),
            form,
            title,
            button,
            action: req.path().to_owned(),
            who,
            facts: Vec::new(),
            notes: Vec::new(),
            consents: false,
            works: req.ctx().is_ok_and(|ctx| ctx.viewer.has_role(WORKERS)),
            fields: Vec::new(),
            was: String::new(),
            after: Vec::new(),
            odd: Vec::new(),
            closed: None,
        }
    }

    /// Why it cannot be done, where nothing on this page puts it right.
    fn refused(&self) -> Option<String> {
        self.form.error(&self.frame.t, REFUSED)
    }

    /// What can no longer be done has no form: why, and the way back to the list.
    pub fn close(&mut self, why: &Refusal) {
        let t = &self.frame.t;
        let (why, word) = (t.s(why.key).to_owned(), t.s("office.title").to_owned());
        self.closed = Some(Closed { why, href: link::OFFICES.to_owned(), word });
    }

    /// A remark by its key.
    pub fn note(&mut self, key: &str) {
        self.notes.push(self.frame.t.s(key).to_owned());
    }

    pub fn answer(self) -> Result<Answer, Fail> {
        let wrong = self.form.has_problems();
        let html = self.render();
        if wrong { Answer::again(html, receipt()) } else { Answer::page(html, receipt()) }
    }
}

/// In place of a field: a refusal that nothing on the page puts right. It stands once, with a heading of its own.
pub(super) const REFUSED: &str = "refused";

/// Refusals that another page puts right first, whatever was typed here.
const ELSEWHERE: &[&str] = &[
    "office.appointed_later",
    "office.contract_to_come",
    "office.desk_to_come",
    "office.followed",
    "office.passed_on",
    "office.renew_no_desk",
    "office.renew_end_entered",
    "office.renew_desk_ends",
    "office.renew_desks_over",
];

/// Refuses a form made before somebody else decided about the same.
pub(super) fn unchanged(form: &Form, now: &str) -> Result<(), Fail> {
    if form.value("was") == now { Ok(()) } else { Err(Fail::Stale) }
}

/// Notes beside a field why it was refused; days in it as the reader writes them.
pub(super) fn refused(req: &Req, form: &mut Form, field: &str, why: Refusal) {
    let t = req.frame().t;
    let shown = |text: String| Day::parse_iso(&text).map_or(text, |day| t.full_day(day));
    let field = if ELSEWHERE.contains(&why.key) { REFUSED } else { field };
    form.problem_with(field, why.key, why.args.into_iter().map(|(name, text)| (name, shown(text))).collect());
}

fn heir_field(desk: DeskId) -> String {
    format!("heir-{desk}")
}

/// Who has the records of each desk afterwards, as chosen. Nothing while one is missing.
pub(super) fn heirs_chosen(form: &mut Form, desks: &[DeskId]) -> Vec<(DeskId, DeskId)> {
    desks.iter().filter_map(|d| Some((*d, form.id(&heir_field(*d), Need::Required)?))).collect()
}

/// Notes beside its field what is wrong with an heir.
pub(super) fn heirs_fit(form: &mut Form, heirs: &[(DeskId, DeskId)], desks: &[DeskRow], last: Day) {
    let ending: Vec<DeskId> = heirs.iter().map(|(d, _)| *d).collect();
    for (desk, heir) in heirs {
        let open = desks.iter().find(|d| d.id == *heir).map(|d| d.span);
        if let Err(why) = office::may_inherit(*desk, *heir, open, &ending, last.plus_days(1)) {
            form.problem_with(&heir_field(*desk), why.key, why.args);
        }
    }
}

/// The field in which an unusual heir is meant.
pub(super) const MEANT: &str = "meant";

/// The heirs under a contract that are asked for once more ([`office::unusual`]): desk, heir and why.
fn unusual(
    heirs: impl IntoIterator<Item = (DeskId, DeskId)>,
    desks: &[DeskRow],
    commissioner: AgencyId,
) -> Vec<(DeskId, DeskId, Unusual)> {
    // Whoever commissions is a body with several agencies: every section of a town is the town.
    let body = desks.iter().find(|d| d.agency == commissioner).map(|d| d.legal_entity);
    let find = |id| desks.iter().find(|d| d.id == id);
    let asks = |(desk, heir): (DeskId, DeskId)| {
        let (of, to) = (find(desk)?, find(heir)?);
        let commissions = to.agency == commissioner || Some(to.legal_entity) == body;
        let why = office::unusual(to.has_login, to.programme == of.programme, commissions)?;
        Some((desk, heir, why))
    };
    heirs.into_iter().filter_map(asks).collect()
}

/// Each pair by itself: who chooses another heir afterwards has not said that they mean that one.
fn meant_value(desk: DeskId, heir: DeskId) -> String {
    format!("{desk}:{heir}")
}

/// Notes that an unusual heir is not meant yet: what comes of it stands beside the field.
pub(super) fn heirs_meant(
    form: &mut Form,
    heirs: &[(DeskId, DeskId)],
    desks: &[DeskRow],
    commissioner: AgencyId,
) {
    let asks = unusual(heirs.iter().copied(), desks, commissioner);
    if asks.iter().any(|(desk, heir, _)| !form.chose(MEANT, meant_value(*desk, *heir))) {
        form.problem(MEANT, "office.meant_missing");
    }
}

/// What comes of unusual heirs, to be ticked: who would have how much of the open work, and who could read it then.
pub(super) fn meant_field(
    register: &Register,
    page: &mut ActPage,
    commissioner: AgencyId,
    ending: &[DeskId],
) {
    let chosen = |d: &DeskId| Some((*d, page.form.value(&heir_field(*d)).parse().ok()?));
    let asks = unusual(ending.iter().filter_map(chosen), &register.desks, commissioner);
    if asks.is_empty() {
        return;
    }
    let t = page.frame.t.clone();
    let choices = asks.into_iter().map(|(desk, heir, why)| {
        let key = match why {
            Unusual::NoLogin => "office.meant_no_login",
            Unusual::OtherWork => "office.meant_other_work",
        };
        let said = [
            ("desk", register.desk(desk)),
            ("heir", register.desk(heir)),
            ("holds", register.holds(&t, desk)),
        ];
        Choice::new(&page.form, MEANT, meant_value(desk, heir), t.fs(key, &said))
    });
    let groups = vec![(String::new(), choices.collect())];
    page.fields
        .push(Field::new(Kind::Picks, MEANT, t.s("office.meant")).help(t.s("office.meant_help")).of(groups));
}

/// The end of a desk as it is meant: with another heir or on another day it is asked for again.
fn sure_value(desk: DeskId, heir: DeskId, last: Day) -> String {
    format!("{}:{last}", meant_value(desk, heir))
}

/// Notes that the end of a desk is not confirmed yet: what comes of it stands beside the field.
pub(super) fn end_sure(form: &mut Form, desk: DeskId, heir: DeskId, last: Day) {
    if !form.chose(MEANT, sure_value(desk, heir, last)) {
        form.problem(MEANT, "office.sure_missing");
    }
}

/// What comes of the end of a desk, to be ticked once heir and last day are chosen: who sits there, what is open, and whose it is then.
pub(super) fn sure_field(
    register: &Register,
    page: &mut ActPage,
    desk: DeskId,
    last: Option<Day>,
    people: &str,
) {
    let chosen = |d: DeskId| page.form.value(&heir_field(d)).parse::<DeskId>().ok();
    let (Some(heir), Some(last)) = (chosen(desk), last) else { return };
    let Some(to) = register.desks.iter().find(|d| d.id == heir) else { return };
    let t = page.frame.t.clone();
    let said = [
        ("desk", register.desk(desk)),
        ("heir", register.desk(heir)),
        ("holds", register.holds(&t, desk)),
        ("people", people.to_owned()),
        ("day", t.full_day(last)),
    ];
    let key = if to.has_login { "office.sure_of" } else { "office.sure_no_login" };
    let choice = Choice::new(&page.form, MEANT, sure_value(desk, heir, last), t.fs(key, &said));
    let field = Field::new(Kind::Picks, MEANT, t.s("office.sure")).help(t.s("office.sure_help"));
    page.fields.push(field.of(vec![(String::new(), vec![choice])]));
}

/// Who sits at a desk today or later, in words.
pub(super) async fn people_of(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    (desk, today): (&DeskRow, Day),
    t: &T,
) -> Result<String, Fail> {
    let all = pages::appointment_list(conn, at, Which::Agency(desk.agency)).await?;
    let here: Vec<UserId> =
        all.iter().filter(|a| a.desk == desk.id && !a.span.ended_before(today)).map(|a| a.user).collect();
    let names = crate::user_names(conn, at, here).await?;
    let mut names: Vec<String> = names.into_values().collect();
    names.sort();
    Ok(if names.is_empty() { t.s("office.nobody_sits").to_owned() } else { names.join(t.s("site.between")) })
}

/// A field for the heir of each desk: the desks that are there or will be, without those that end.
pub(super) async fn heir_fields(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    register: &Register,
    page: &mut ActPage,
    desks: &[DeskId],
) -> Result<(), Fail> {
    let open = register.desks.iter().filter(|d| !d.span.ended_before(register.today));
    let ids: Vec<DeskId> = open.map(|d| d.id).collect();
    let mut offered = crate::desks_by_id(conn, at, ids, register.today).await?;
    offered.sort_by(|a, b| (&a.name, a.seq).cmp(&(&b.name, b.seq)));
    let t = page.frame.t.clone();
    for desk in desks {
        let name = heir_field(*desk);
        let groups = crate::desk_groups(&t, &page.form, &name, &offered, desks);
        let label = t.f("office.heir_of", "desk", register.desk(*desk));
        page.fields.push(Field::new(Kind::Select, &name, &label).help(t.s("office.heir_help")).of(groups));
    }
    Ok(())
}

/// What is filled in first: the heirs that desks name already.
pub(super) fn heirs_known(register: &Register, desks: &[DeskId]) -> Vec<(String, String)> {
    let known = register.desks.iter().filter(|d| desks.contains(&d.id));
    known.filter_map(|d| Some((heir_field(d.id), d.heir?.to_string()))).collect()
}

/// Another agency: one that is there, or a new one.
pub(super) enum Other {
    Known(AgencyId),
    New { name: String, entity: String },
}

/// The names of the fields of another agency. There may be two on a form.
#[derive(Clone, Copy)]
pub(super) struct Names {
    pub agency: &'static str,
    pub name: &'static str,
    pub entity: &'static str,
    /// The key of the words that say which of two it is, in front of each label; empty: there is only one.
    pub which: &'static str,
}

/// Of the only other agency.
pub(super) const ONE: Names = Names { agency: "agency", name: "new_name", entity: "new_entity", which: "" };
/// Of the first of two.
pub(super) const FIRST: Names = Names { which: "office.which_one", ..ONE };
/// Of the second of two.
pub(super) const TWO: Names =
    Names { agency: "agency2", name: "new_name2", entity: "new_entity2", which: "office.which_two" };

/// Notes beside it that a day on which an agency passes to others is not to come. With all that is wrong with the form, before anything
/// is asked of the register.
pub(super) fn tomorrow(form: &mut Form, from: Option<Day>, today: Day) {
    if let Some(Err(why)) = from.map(|from| office::from_tomorrow(from, today)) {
        form.problem("from", why.key);
    }
}

/// Reads the fields of [`other_fields`].
pub(super) fn other_chosen(form: &mut Form, at: Names, entity_must: bool) -> Option<Other> {
    let chosen: Option<AgencyId> = form.id(at.agency, Need::Optional);
    let name = form.line(at.name, Need::Optional, 100);
    let entity = form.line(at.entity, Need::Optional, 100);
    match (chosen, name.is_empty()) {
        (Some(id), true) => return Some(Other::Known(id)),
        (Some(_), false) => form.problem(at.name, "office.one_of"),
        (None, true) => form.problem(at.agency, "office.which_agency"),
        (None, false) if entity.is_empty() && entity_must => form.problem(at.entity, "text.required"),
        (None, false) => return Some(Other::New { name, entity }),
    }
    None
}

/// Whether no agency that is there or to come bears a name. Otherwise a problem beside the field.
pub(super) async fn name_free(
    act: &mut Act,
    form: &mut Form,
    (field, name): (&str, &str),
) -> Result<bool, Fail> {
    let (at, today) = (act.municipality(), act.now().day());
    let spans = pages::agency_spans(&mut act.facts()?, at).await?;
    let names = pages::agency_names(&mut act.facts()?, at, spans.keys().copied(), today).await?;
    let same = |id: &AgencyId, other: &String| {
        !spans.get(id).is_some_and(|s| s.ended_before(today))
            && words::name::name_key(other) == words::name::name_key(name)
    };
    let taken = names.iter().any(|(id, other)| same(id, other));
    if taken {
        form.problem(field, "office.name_taken");
    }
    Ok(!taken)
}

/// The agency meant: made now when it is new, with what `like` is for, from a day on. `None` with a problem beside the field.
pub(super) async fn other_agency(
    act: &mut Act,
    right: &access::Right,
    form: &mut Form,
    (other, fields): (&Other, Names),
    (like, from): (&pages::AgencyRow, Day),
) -> Result<Option<AgencyId>, Fail> {
    let at = act.municipality();
    let (name, entity) = match other {
        Other::Known(id) => {
            let known = pages::agency_spans(&mut act.facts()?, at).await?.contains_key(id);
            if !known {
                form.problem(fields.agency, "text.choose");
            }
            return Ok(Some(*id).filter(|_| known));
        }
        Other::New { name, entity } if entity.is_empty() => (name, &like.entity),
        Other::New { name, entity } => (name, entity),
    };
    if !name_free(act, form, (fields.name, name)).await? {
        return Ok(None);
    }
    let known = find::legal_entity_list(&mut act.facts()?, at).await?.get(entity).copied();
    let entity = match known {
        Some(entity) => entity,
        None => acts::add_legal_entity(act, right, entity, EntityKind::Corporation).await?,
    };
    let new = NewAgency {
        field: like.field,
        area: like.area,
        consultable_by: like.consultable_by,
        weekdays: like.opening.weekdays,
        open_on_holidays: like.opening.open_on_holidays,
        ..NewAgency::new(name.as_str(), entity, from)
    };
    Ok(Some(acts::add_agency(act, right, &new).await?))
}

/// The agencies that go on, to choose from: by name.
pub(super) fn agency_choices(
    register: &Register,
    form: &Form,
    field: &str,
    own: Option<AgencyId>,
) -> Vec<(String, Vec<Choice>)> {
    let stays = |id: &AgencyId| register.spans.get(id).is_some_and(|s| s.to.is_none());
    let mut all: Vec<(&AgencyId, &String)> =
        register.agencies.iter().filter(|(id, _)| Some(**id) != own && stays(id)).collect();
    all.sort_by_key(|(id, name)| (*name, **id));
    vec![(
        String::new(),
        all.into_iter().map(|(id, name)| Choice::new(form, field, *id, name.clone())).collect(),
    )]
}

/// Fields for another agency than `own`.
pub(super) fn other_fields(
    register: &Register,
    page: &mut ActPage,
    (own, at): (AgencyId, Names),
    labels: [&str; 2],
) {
    let t = page.frame.t.clone();
    let choices = agency_choices(register, &page.form, at.agency, Some(own));
    let [agency, entity_help] = labels;
    // What is wrong is called by its label above the form: there nothing else says which of the two it is.
    let label = |key: &str| match at.which {
        "" => t.s(key).to_owned(),
        which => t.f(which, "label", t.s(key)),
    };
    page.fields.extend([
        Field::new(Kind::Select, at.agency, &label(agency)).may().of(choices),
        Field::new(Kind::Line, at.name, &label("office.new_name")).may().help(t.s("office.new_name_help")),
        Field::new(Kind::Line, at.entity, &label("office.new_entity")).may().help(t.s(entity_help)),
    ]);
}

/// The appointments that end with these desks on a day, to be ticked when they go on. Ticked at first: whoever does not begin
/// somewhere else on the next day.
pub(super) async fn again_field(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    register: &Register,
    page: &mut ActPage,
    (desks, last): (&[DeskId], Day),
    first: bool,
) -> Result<(), Fail> {
    let mut ending = Vec::new();
    let agencies: BTreeSet<AgencyId> =
        register.desks.iter().filter(|d| desks.contains(&d.id)).map(|d| d.agency).collect();
    for agency in agencies {
        let all = pages::appointment_list(conn, at, Which::Agency(agency)).await?;
        ending.extend(desks.iter().flat_map(|d| pages::ending_at(&all, *d, last)).cloned());
    }
    if ending.is_empty() {
        return Ok(());
    }
    let users: Vec<UserId> = ending.iter().map(|a| a.user).collect();
    let names = crate::user_names(conn, at, users.iter().copied()).await?;
    let elsewhere = pages::appointment_list(conn, at, Which::Users(users)).await?;
    let next = last.plus_days(1);
    let t = page.frame.t.clone();
    let choices = ending.iter().map(|a| {
        let moves = elsewhere.iter().any(|b| b.user == a.user && b.span.from == next);
        let words = [
            ("name", names.get(&a.user).cloned().unwrap_or_default()),
            ("title", a.title.clone()),
            ("desk", register.desk(a.desk)),
        ];
        let choice = Choice::new(&page.form, "again", a.id, t.fs("office.again_of", &words));
        if first { Choice { on: !moves, ..choice } } else { choice }
    });
    let groups = vec![(String::new(), choices.collect())];
    let field = Field::new(Kind::Picks, "again", t.s("office.again")).may();
    page.fields.push(field.help(t.s("office.again_help")).of(groups));
    Ok(())
}

/// What was ticked in [`again_field`].
pub(super) fn again_chosen(form: &Form) -> Vec<AppointmentId> {
    form.ids("again")
}
