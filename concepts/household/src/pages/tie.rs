//! What lies between people: written down, corrected, ended, taken back.

use std::sync::Arc;

use access::{Categories, Category, Disclosed};
use askama::Template;
use engine::{Channel, Fail, Look, Receipt};
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use words::code::Code;
use words::id::{CommandId, HouseholdId, PersonId, ThingId, UserId};
use words::partial::PartialDate;

use super::learnt::may_add;
use super::tie_words::TieWords;
use super::{read_person, to};
use crate::acts::tie::{self as acts, NewKin, NewWithKin};
use crate::entry::EntryState;
use crate::family::{Look as Family, says};
use crate::rules::Odd;
use crate::tie::{Direction, NewTie, Outside, OutsideKind, Strength, Tie, TieKind};
use crate::{NewPerson, Reasons, guard, rules, sql, tie};

/// Longest name of something outside.
const NAME: usize = 60;
/// In the place of a person: somebody who is written down with the tie.
const NEW: &str = "new";

/// Categories that can be added to those of the kind.
const FURTHER: [Category; 5] =
    [Category::Health, Category::Disability, Category::Money, Category::Crime, Category::Violence];

#[derive(Template)]
#[template(path = "household_tie_new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    household: String,
    /// Whether it is about something outside.
    outside: bool,
    reasons: Vec<String>,
    words: TieWords,
    first: Vec<Choice>,
    second: Vec<Choice>,
    out: OutsideFields,
    further: Vec<Choice>,
    secret: Vec<Choice>,
    /// What is asked, because it is seldom so.
    odd: Vec<Choice>,
}

/// Choices of what is outside.
struct OutsideFields {
    who: Vec<Choice>,
    kinds: Vec<Choice>,
    strengths: Vec<Choice>,
    directions: Vec<Choice>,
    /// Names of the town's agencies, to choose from while typing.
    known: Vec<String>,
}

#[derive(Template)]
#[template(path = "household_tie.html")]
struct TiePage {
    frame: Frame,
    form: Form,
    id: ThingId,
    household: String,
    sentence: String,
    recorded: String,
    state: EntryState,
    reasons: Vec<String>,
    version: i64,
    may_edit: bool,
    newer: Option<String>,
    /// What was said before, the latest first.
    before: Vec<String>,
    outside: bool,
    words: TieWords,
    out: OutsideFields,
    further: Vec<Choice>,
    becomes: Vec<Choice>,
    secret: Vec<(PersonId, String, bool)>,
    /// What is asked, because it is seldom so.
    odd: Vec<Choice>,
    /// Commands of the further forms.
    commands: [CommandId; 3],
}

#[derive(Template)]
#[template(path = "household_tie_conflict.html")]
struct ConflictPage {
    frame: Frame,
    /// What was typed, to be put together with what stands now.
    form: Form,
    now: Option<String>,
    mine: String,
    href: String,
    household: String,
    version: i64,
    command: CommandId,
    outside: bool,
    words: TieWords,
    out: OutsideFields,
    further: Vec<Choice>,
}

fn choices<C: Code>(t: &T, form: &Form, field: &str, list: &str, codes: &[C]) -> Vec<Choice> {
    codes.iter().map(|c| Choice::new(form, field, c.code(), t.code(list, c.code()))).collect()
}

fn between() -> Vec<TieKind> {
    TieKind::ALL.iter().copied().filter(|k| *k != TieKind::Outside).collect()
}

fn people(t: &T, form: &Form, field: &str, family: &Family) -> Vec<Choice> {
    family.people().map(|p| Choice::new(form, field, p.id, family.name(t, p.id))).collect()
}

async fn outside_fields(look: &mut Look, t: &T, form: &Form, family: &Family) -> Result<OutsideFields, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let mut known: Vec<String> =
        register::desks(&mut look.conn(), m, today).await?.into_iter().map(|d| d.name).collect();
    known.dedup();
    Ok(OutsideFields {
        who: people(t, form, "who", family),
        kinds: choices(t, form, "out_kind", "tie_outside", OutsideKind::ALL),
        strengths: choices(t, form, "strength", "tie_strength", Strength::ALL),
        directions: choices(t, form, "direction", "tie_direction", Direction::ALL),
        known,
    })
}

/// The family of a household, for whoever may add to its record; absent for everybody else.
async fn own(look: &mut Look, id: HouseholdId) -> Result<Family, Fail> {
    let viewer = look.viewer().clone();
    let header = sql::header(&mut look.conn(), viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    let cases = sql::cases(&mut look.conn(), viewer.municipality, id).await?;
    if cases.iter().any(|c| viewer.excluded_from.contains(c)) {
        return Err(Fail::NotVisible);
    }
    let family = Family::load(look, id).await?;
    if may_add(look, &header, &family).await? { Ok(family) } else { Err(Fail::NotVisible) }
}

async fn new_page(req: &Req, form: Form, outside: bool) -> Result<(NewPage, Receipt), Fail> {
    let id: HouseholdId = req.id("id")?;
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let family = own(&mut look, id).await?;
    let frame = req.frame();
    let mut reasons = Reasons::default();
    family.reasons(&mut reasons);
    let t = &frame.t;
    let with_new = |field: &str| {
        let mut of = people(t, &form, field, &family);
        of.push(Choice::new(&form, field, NEW, t.s("tie_form.somebody_new").to_owned()));
        of
    };
    // A tie to the outside is none of the kinds to choose; its form is filled with no kind.
    let words =
        TieWords::new(t, &form, &between(), (chosen(t, &form, "a", &family), chosen(t, &form, "b", &family)));
    let page = NewPage {
        household: link::household(id),
        outside,
        reasons: reasons.sentences(t),
        words,
        first: with_new("a"),
        second: with_new("b"),
        out: outside_fields(&mut look, t, &form, &family).await?,
        further: choices(t, &form, "cat", "category", &FURTHER),
        secret: people(t, &form, "secret", &family),
        odd: Vec::new(),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// The name of whoever is chosen in a field; of somebody new what was typed, or that they are new.
fn chosen(t: &T, form: &Form, field: &str, family: &Family) -> String {
    let value = form.value(field);
    if value == NEW {
        let mut typed = [form.value("name"), form.value("relation")].into_iter().map(str::trim);
        return typed.find(|text| !text.is_empty()).unwrap_or(t.s("tie_form.new_person")).to_owned();
    }
    let known = value.parse().ok().filter(|id: &PersonId| family.people().any(|p| p.id == *id));
    known.map(|id| family.name(t, id)).unwrap_or_default()
}

/// GET /households/{id}/ties/new: `kind`, and `a` or `b` for the person that was chosen on the drawing.
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let value = |name: &str| req.query().get(name).unwrap_or_default().to_owned();
    let form = Form::filled(vec![("kind", value("kind")), ("a", value("a")), ("b", value("b"))]);
    let (page, receipt) = new_page(&req, form, false).await?;
    Answer::page(page.render(), receipt)
}

/// GET /households/{id}/outside/new.
pub(crate) async fn new_outside(req: Arc<Req>) -> Result<Answer, Fail> {
    let who = req.query().get("who").unwrap_or_default().to_owned();
    let form = Form::filled(vec![("who", who), ("strength", Strength::Plain.code().to_owned())]);
    let (page, receipt) = new_page(&req, form, true).await?;
    Answer::page(page.render(), receipt)
}

fn further(form: &mut Form) -> i64 {
    form.codes::<Category>("cat").into_iter().filter(|c| FURTHER.contains(c)).collect::<Categories>().bits()
}

/// The dates of a tie, and what is wrong with them together.
fn span(form: &mut Form, today: words::Day) -> (Option<PartialDate>, Option<PartialDate>) {
    let (from, until) = (form.past_date("from", today), form.past_date("until", today));
    if let (Some(from), Some(until)) = (from, until)
        && until.latest() < from.earliest()
    {
        form.problem("until", "tie.ends_before");
    }
    (from, until)
}

/// One of the two people: somebody known, or somebody new.
fn one(form: &mut Form, field: &str, known: &[PersonId], need: Need) -> (Option<PersonId>, bool) {
    if form.value(field) == NEW {
        return (None, true);
    }
    (form.id_among(field, need, known), false)
}

/// The household as whoever adds to it knows it, and the ids of its people.
async fn known_family(req: &Req, id: HouseholdId) -> Result<(Family, Vec<PersonId>), Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let family = own(&mut look, id).await?;
    look.close().await?;
    let people = family.people().map(|p| p.id).collect();
    Ok((family, people))
}

/// What does not fit what stands is a problem beside its field; `but` is the tie that is being corrected. Of somebody new the birth that
/// was typed counts. A couple that another desk wrote is ended by that desk alone: what became of it stands beside it (decision 0045).
fn fits(
    form: &mut Form,
    tie: &NewTie,
    family: &Family,
    new: Option<PartialDate>,
    (but, req): (Option<ThingId>, &Req),
) -> Vec<Odd> {
    let (today, own) = (req.now().day(), req.ctx().map(|ctx| ctx.viewer.reading_desks()).unwrap_or_default());
    let couple = |kind: TieKind| TieKind::COUPLES.contains(&kind);
    let became = |t: &Tie| {
        couple(t.known.kind) && couple(tie.kind) && t.known.kind != tie.kind && !own.contains(&t.desk)
    };
    let others = family.ties.iter().filter(|t| Some(t.id) != but && !became(t));
    let standing: Vec<&NewTie> = others.map(|t| &t.known).collect();
    let born = |who: Option<PersonId>| match who {
        None => new,
        Some(id) => family.people().find(|p| p.id == id).and_then(|p| p.known.birth),
    };
    if let Err(refusal) = rules::fits(tie, &standing, born, today) {
        form.problem(if tie.outside.is_some() { "out_name" } else { "kind" }, refusal.key);
        return Vec::new();
    }
    let died = |id| family.people().any(|p| p.id == id && p.died.is_some());
    rules::odd(tie, &standing, |who| (born(who), who.is_some_and(died)), today)
}

/// What is seldom so is asked, each with a tick of its own.
fn ask(form: &mut Form, odd: &[Odd]) {
    let sure = form.codes::<Odd>("sure");
    if odd.iter().any(|o| !sure.contains(o)) {
        form.problem("sure", "tie.odd_tick");
    }
}

/// POST /households/{id}/ties.
pub(crate) async fn add(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: HouseholdId = req.id("id")?;
    let (family, known) = known_family(&req, id).await?;
    let today = req.now().day();
    let mut form = req.form();
    let kind: Option<TieKind> = form.code("kind", Need::Required);
    let alone = kind == Some(TieKind::KeyPerson);
    let (a, new_a) = one(&mut form, "a", &known, Need::Required);
    let (b, new_b) = if alone { (None, false) } else { one(&mut form, "b", &known, Need::Required) };
    if kind == Some(TieKind::Outside) {
        form.problem("kind", "text.choose");
    }
    if (a.is_some() && a == b) || (new_a && new_b) {
        form.problem("b", "tie.same_person");
    }
    let kin = (new_a || new_b).then(|| read_kin(&mut form, today));
    let (from, until) = span(&mut form, today);
    let categories = further(&mut form);
    let kept_from: Vec<PersonId> = form.ids("secret");
    let tie = kind.map(|kind| NewTie { kind, a, b, outside: None, from, until, categories });
    let mut odd = Vec::new();
    if let (Some(tie), false) = (&tie, form.has_problems()) {
        let born = kin.as_ref().and_then(|kin| kin.person.birth);
        odd = fits(&mut form, tie, &family, born, (None, &req));
        odd.extend(kin.iter().any(|kin| family.has_already(&kin.person)).then_some(Odd::Twice));
        ask(&mut form, &odd);
    }
    let (Some(tie), false) = (tie, form.has_problems()) else {
        let (mut page, receipt) = new_page(&req, form, false).await?;
        page.odd = choices(&page.frame.t, &page.form, "sure", "tie_odd", &odd);
        return Answer::again(page.render(), receipt);
    };
    // Without script this is how the sentence is read before it is kept.
    if form.ticked("check") {
        let (page, receipt) = new_page(&req, form, false).await?;
        return Answer::page(page.render(), receipt);
    }
    let new = NewWithKin { tie, kin: kin.map(|kin| (kin, new_a)), kept_from };
    Ok(to(acts::add(&req, id, &new).await?, "tie_added", |_| format!("{}#family", link::household(id))))
}

/// Somebody who is written down with the tie.
fn read_kin(form: &mut Form, today: words::Day) -> NewKin {
    let person: NewPerson = read_person(form, today);
    let died = form.past_date("died", today);
    if let (Some(birth), Some(died)) = (person.birth, died)
        && died.latest() < birth.earliest()
    {
        form.problem("died", "tie.died_before_birth");
    }
    if person.lives_together && died.is_some() {
        form.problem("died", "tie.dead_at_home");
    }
    NewKin { person, died }
}

fn read_outside(form: &mut Form, known: &[register::DeskInfo]) -> Option<Outside> {
    let name = form.line("out_name", Need::Required, NAME);
    let kind: Option<OutsideKind> = form.code("out_kind", Need::Required);
    let strength: Option<Strength> = form.code("strength", Need::Required);
    let direction: Option<Direction> = form.code("direction", Need::Optional);
    let agency = known.iter().find(|d| d.name == name).map(|d| d.agency);
    Some(Outside { agency, name, kind: kind?, strength: strength?, direction })
}

async fn desks(req: &Req) -> Result<Vec<register::DeskInfo>, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let desks = register::desks(&mut look.conn(), ctx.viewer.municipality, ctx.now.day()).await?;
    look.close().await?;
    Ok(desks)
}

/// POST /households/{id}/outside.
pub(crate) async fn add_outside(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: HouseholdId = req.id("id")?;
    let (family, known) = known_family(&req, id).await?;
    let mut form = req.form();
    let (a, _) = one(&mut form, "who", &known, Need::Optional);
    let outside = read_outside(&mut form, &desks(&req).await?);
    let (from, until) = span(&mut form, req.now().day());
    let categories = further(&mut form);
    let kept_from: Vec<PersonId> = form.ids("secret");
    let kind = TieKind::Outside;
    let tie =
        outside.map(|outside| NewTie { kind, a, b: None, outside: Some(outside), from, until, categories });
    if let (Some(tie), false) = (&tie, form.has_problems()) {
        fits(&mut form, tie, &family, None, (None, &req));
    }
    let (Some(tie), false) = (tie, form.has_problems()) else {
        let (page, receipt) = new_page(&req, form, true).await?;
        return Answer::again(page.render(), receipt);
    };
    let new = NewWithKin { tie, kin: None, kept_from };
    Ok(to(acts::add(&req, id, &new).await?, "tie_added", |_| format!("{}#ecomap", link::household(id))))
}

async fn load(look: &mut Look, id: ThingId) -> Result<Disclosed<Tie>, Fail> {
    let viewer = look.viewer().clone();
    let sealed = tie::by_ids(&mut look.conn(), &viewer, [id]).await?;
    look.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)
}

fn filled(tie: &NewTie) -> Form {
    let day = |d: Option<PartialDate>| d.map(PartialDate::show_wareki).unwrap_or_default();
    let mut pairs =
        vec![("kind", tie.kind.code().to_owned()), ("from", day(tie.from)), ("until", day(tie.until))];
    if let Some(o) = &tie.outside {
        pairs.push(("out_name", o.name.clone()));
        pairs.push(("out_kind", o.kind.code().to_owned()));
        pairs.push(("strength", o.strength.code().to_owned()));
        pairs.push(("direction", o.direction.map_or("", Code::code).to_owned()));
    }
    pairs.extend(Categories::from_bits(tie.categories).iter().map(|c| ("cat", c.code().to_owned())));
    Form::filled(pairs)
}

async fn page(req: &Req, form: Option<Form>) -> Result<(TiePage, Receipt), Fail> {
    let id: ThingId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let found = load(&mut look, id).await?;
    let (frame, m) = (req.frame(), ctx.viewer.municipality);
    let t = &frame.t;
    let family = Family::load(&mut look, found.household).await?;
    let mut reasons = Reasons::default();
    reasons.of(&found);
    let may_edit = found.state == EntryState::Valid
        && ctx.viewer.seats.iter().any(|s| s.role.reads_desk_records() && s.holds(found.desk));
    let form = form.unwrap_or_else(|| filled(&found.known));
    let before = tie::before(&mut look.conn(), &ctx.viewer, id).await?;
    let before = look.disclose(before).await?;
    let staff: Vec<UserId> = before.iter().chain([&found]).filter_map(|b| b.author).collect();
    let staff = register::user_names(&mut look.conn(), m, staff).await?;
    let recorded = |tie: &Tie| {
        let by = tie.author.and_then(|a| staff.get(&a)).map_or("", String::as_str).to_owned();
        t.fs("tie.recorded", &[("at", frame.moment(&tie.recorded_at)), ("by", by)])
    };
    let kept = if may_edit {
        guard::kept_from(&mut look.conn(), m, found.facts().record).await?
    } else {
        Vec::new()
    };
    let newer = match found.state {
        EntryState::Corrected => tie::after(&mut look.conn(), m, id).await?.map(link::tie),
        _ => None,
    };
    let couples: Vec<TieKind> = TieKind::COUPLES
        .into_iter()
        .filter(|k| TieKind::COUPLES.contains(&found.known.kind) && *k != found.known.kind)
        .collect();
    let page = TiePage {
        id,
        household: link::household(found.household),
        sentence: says(t, &family, &found),
        recorded: recorded(&found),
        state: found.state,
        reasons: reasons.sentences(t),
        version: found.version(),
        newer,
        before: before.iter().map(|b| format!("{} {}", says(t, &family, b), recorded(b))).collect(),
        outside: found.known.kind == TieKind::Outside,
        words: of_tie(t, &form, &family, &found.known),
        out: outside_fields(&mut look, t, &form, &family).await?,
        further: choices(t, &form, "cat", "category", &FURTHER),
        becomes: choices(t, &form, "becomes", "tie_kind", &couples),
        odd: Vec::new(),
        secret: if may_edit {
            family.people().map(|p| (p.id, family.name(t, p.id), kept.contains(&p.id))).collect()
        } else {
            Vec::new()
        },
        may_edit,
        commands: [req.engine().new_id(), req.engine().new_id(), req.engine().new_id()],
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// The words of the form that corrects a tie: its people stay.
fn of_tie(t: &T, form: &Form, family: &Family, known: &NewTie) -> TieWords {
    let name = |id: Option<PersonId>| id.map(|id| family.name(t, id)).unwrap_or_default();
    TieWords::new(t, form, &alike(known.kind), (name(known.a), name(known.b)))
}

/// Kinds that a tie can be corrected to: those that need the same people.
fn alike(kind: TieKind) -> Vec<TieKind> {
    match kind {
        TieKind::Outside | TieKind::KeyPerson => vec![kind],
        _ => between().into_iter().filter(|k| *k != TieKind::KeyPerson).collect(),
    }
}

/// GET /ties/{id}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, None).await?;
    Answer::page(page.render(), receipt)
}

/// POST /ties/{id}.
pub(crate) async fn correct(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let old = load(&mut look, id).await?;
    let family = Family::load(&mut look, old.household).await?;
    look.close().await?;
    let mut form = req.form();
    let kind: Option<TieKind> = form.code("kind", Need::Required);
    if kind.is_some_and(|k| !alike(old.known.kind).contains(&k)) {
        form.problem("kind", "text.choose");
    }
    let turned = form.ticked("turned") && old.known.b.is_some();
    let outside = match old.known.kind {
        TieKind::Outside => read_outside(&mut form, &desks(&req).await?),
        _ => None,
    };
    let (from, until) = span(&mut form, req.now().day());
    let categories = further(&mut form);
    let (a, b) = if turned { (old.known.b, old.known.a) } else { (old.known.a, old.known.b) };
    let new = kind.map(|kind| NewTie { kind, a, b, outside, from, until, categories });
    // Where somebody was faster, both texts are shown first.
    let mut odd = Vec::new();
    if let (Some(new), false, EntryState::Valid) = (&new, form.has_problems(), old.state) {
        odd = fits(&mut form, new, &family, None, (Some(id), &req));
        ask(&mut form, &odd);
    }
    let (Some(new), false) = (new, form.has_problems()) else {
        let (mut page, receipt) = page(&req, Some(form)).await?;
        page.odd = choices(&page.frame.t, &page.form, "sure", "tie_odd", &odd);
        return Answer::again(page.render(), receipt);
    };
    match acts::correct(&req, id, &new).await {
        Ok(done) => Ok(to(done, "tie_corrected", |new| format!("/ties/{new}"))),
        Err(Fail::Stale) => conflict(&req, &old, new, form).await,
        Err(e) => Err(e),
    }
}

/// Both texts (disclosure rule 6): what stands now, and what this person wrote, ready to be put together and saved.
async fn conflict(req: &Req, old: &Disclosed<Tie>, mine: NewTie, typed: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let frame = req.frame();
    let family = Family::load(&mut look, old.household).await?;
    // The last of the chain: it may have been corrected more than once.
    let (mut last, m) = (old.id, ctx.viewer.municipality);
    while let Some(next) = tie::after(&mut look.conn(), m, last).await? {
        last = next;
    }
    let sealed = tie::by_ids(&mut look.conn(), &ctx.viewer, [last]).await?;
    let now = look.disclose(sealed).await?.pop().filter(|n| n.state == EntryState::Valid);
    let form = retyped(&typed, &mine, now.as_ref().map_or(&old.known, |n| &n.known));
    let of_mine = Tie {
        id: old.id,
        household: old.household,
        desk: old.desk,
        author: old.author,
        known: mine,
        recorded_at: old.recorded_at,
        state: old.state,
    };
    let page = ConflictPage {
        mine: says(&frame.t, &family, &of_mine),
        version: now.as_ref().map_or(0, |n| n.version()),
        now: now.as_ref().map(|n| says(&frame.t, &family, n)),
        href: link::tie(last),
        household: link::household(old.household),
        command: req.engine().new_id(),
        outside: old.known.kind == TieKind::Outside,
        words: of_tie(&frame.t, &form, &family, now.as_ref().map_or(&old.known, |n| &n.known)),
        out: outside_fields(&mut look, &frame.t, &form, &family).await?,
        further: choices(&frame.t, &form, "cat", "category", &FURTHER),
        form,
        frame,
    };
    let receipt = look.close().await?;
    Answer::conflict(page.render(), receipt)
}

/// What was typed, against what stands now: who is the first may have been turned by somebody else meanwhile.
fn retyped(typed: &Form, mine: &NewTie, now: &NewTie) -> Form {
    let mut pairs: Vec<(String, String)> =
        typed.fields().pairs().iter().filter(|(n, _)| n != "turned").cloned().collect();
    if mine.b.is_some() && mine.a == now.b {
        pairs.push(("turned".to_owned(), "1".to_owned()));
    }
    Form::new(site::Fields::from_pairs(pairs))
}

/// POST /ties/{id}/end.
pub(crate) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let on = form.past_date("on", req.now().day());
    if on.is_none() && !form.has_problems() {
        form.problem("on", "tie.end_day");
    }
    let becomes: Option<TieKind> = form.code("becomes", Need::Optional);
    let (Some(on), false) = (on, form.has_problems()) else { return again(&req, form).await };
    match acts::end(&req, id, on, becomes).await {
        Ok(done) => Ok(to(done, "tie_ended", |h| format!("/households/{h}#family"))),
        Err(Fail::Refused(refusal)) if refusal.key == "tie.ends_before" => {
            form.problem("on", "tie.ends_before");
            again(&req, form).await
        }
        Err(Fail::Stale) => {
            form.problem("on", "tie.changed_since");
            again(&req, form).await
        }
        Err(e) => Err(e),
    }
}

/// The page again with the problem of its small form; the large form shows what is stored.
async fn again(req: &Req, small: Form) -> Result<Answer, Fail> {
    let (mut stored, _) = page(req, None).await?;
    let mut pairs: Vec<(String, String)> = stored.form.fields().pairs().to_vec();
    pairs.extend(small.fields().pairs().iter().filter(|(n, _)| n == "on" || n == "becomes").cloned());
    stored.form = Form::new(site::Fields::from_pairs(pairs));
    for (field, key, args) in small.found() {
        stored.form.problem_with(field, key, args.to_vec());
    }
    let (page, receipt) = page(req, Some(stored.form)).await?;
    Answer::again(page.render(), receipt)
}

/// POST /ties/{id}/error.
pub(crate) async fn void(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    Ok(to(acts::void(&req, id).await?, "tie_void", |h| format!("/households/{h}#family")))
}

/// POST /ties/{id}/secret.
pub(crate) async fn keep_from(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let persons: Vec<PersonId> = req.form().ids("from_whom");
    Ok(to(acts::keep_from(&req, id, &persons).await?, "tie_secret", |id| format!("/ties/{id}")))
}
