//! A person: what is known of them, and what happened to them.

use std::sync::Arc;

use access::{Category, Disclosed};
use askama::Template;
use engine::{Channel, Fail, Look, Receipt};
use site::{Answer, Fields, Form, Frame, Need, Req, T, link};
use words::code::Code;
use words::id::{CommandId, DeskId, PersonId, ThingId, UserId};
use words::partial::PartialDate;
use words::wareki::DateProblem;

use super::home::Line;
use super::learnt::Ways;
use super::member::Made;
use super::{filled, happened, mistaken, read_person, to};
use crate::{
    Happened, MemberView, Mistake, NewPerson, NewShelter, Person, Reasons, ShelterReason, acts, dwelling,
    event, former, guard, happening, learnt, planned,
};

#[derive(Template)]
#[template(path = "household_person.html")]
struct PersonPage {
    frame: Frame,
    form: Form,
    title: String,
    /// Where the record is paired with another one of the same person.
    same: String,
    /// The records it is linked to.
    also: Vec<Line>,
    /// That they have died as another record of them says: its page, and the sentence.
    died: Vec<(String, String)>,
    /// What was learnt of them since, and where to write it.
    ways: Ways,
    household: String,
    member: MemberView,
    version: i64,
    reasons: Vec<String>,
    /// Why a death or a departure is taken back: codes and words.
    mistakes: Vec<(&'static str, String)>,
    /// What happened and stands, each a sentence.
    events: Vec<String>,
    /// What was taken back, each a sentence.
    history: Vec<String>,
    /// Former names: id, words.
    former_names: Vec<(ThingId, String)>,
    /// Former addresses: id, words.
    former_addresses: Vec<(ThingId, String)>,
    /// Whether this viewer may know where they live, and so where they lived.
    knows_where: bool,
    /// Whether it is written since when they live with the others.
    since_written: bool,
    /// Whether they are a member now.
    is_member: bool,
    lives_together: bool,
    /// Commands of the forms of living and names, and of each former name.
    living_commands: [CommandId; 3],
    name_command: CommandId,
    /// Command ids of the further forms.
    commands: (CommandId, CommandId),
    /// 支援措置, for the desk that recorded the person.
    shelter: Option<ShelterView>,
    /// Whether they were written down by mistake, asked of the desk that did so.
    wrong: Option<mistaken::Asked>,
}

/// Whether, why and from whom where the person lives is kept, and the form to change it.
struct ShelterView {
    /// What is in force, in sentences; empty when nothing is.
    in_force: Vec<String>,
    /// Whose home is kept with this one, or with whose this one is, in a sentence; empty when nobody's.
    shared: String,
    /// Reasons: code, word, chosen.
    reasons: Vec<(&'static str, String, bool)>,
    /// The desks that know, and can be told no more when their tick is taken away.
    chosen: Vec<(DeskId, String)>,
    /// All others by field: a town has a hundred of them.
    desks: Vec<(String, Vec<(DeskId, String)>)>,
    review: String,
    /// Whether the form has a problem, and so stands open.
    open: bool,
    commands: (CommandId, CommandId),
}

/// A field in which two texts differ.
struct Difference {
    label: String,
    now: String,
    mine: String,
}

#[derive(Template)]
#[template(path = "household_person_conflict.html")]
struct ConflictPage {
    frame: Frame,
    form: Form,
    href: String,
    command: CommandId,
    version: i64,
    is_member: bool,
    rows: Vec<Difference>,
}

async fn load(look: &mut Look, id: PersonId) -> Result<Disclosed<Person>, Fail> {
    let viewer = look.viewer().clone();
    let sealed = crate::person::by_ids(&mut look.conn(), &viewer, [id]).await?;
    look.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)
}

async fn page(req: &Req, form: Option<Form>) -> Result<(PersonPage, Receipt), Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let person = load(&mut look, req.id("id")?).await?;
    let frame = req.frame();
    let mut reasons = Reasons::default();
    reasons.of(&person);
    let title = match person.called() {
        "" => frame.t.s("person_page.title").to_owned(),
        name => frame.t.f("person_page.title_of", "name", name),
    };
    let own = ctx.viewer.reading_desks().contains(&person.desk);
    let mut history = if own { history(&mut look, &frame, &person).await? } else { Vec::new() };
    let wrong = if own { Some(mistaken::asked(&mut look, &frame.t, &person).await?) } else { None };
    if own {
        history.extend(mistaken::sentences(&mut look, &frame, person.id).await?);
    }
    let events = if own { events(&mut look, &frame, person.id).await? } else { Vec::new() };
    let people = [person];
    let names =
        former::of_persons(&mut look.conn(), ctx.viewer.municipality, people.iter().map(Disclosed::facts))
            .await?;
    let names = look.disclose(names).await?;
    let lived =
        dwelling::of_persons(&mut look.conn(), &ctx.viewer, people.iter().map(Disclosed::facts)).await?;
    let lived = look.disclose(lived).await?;
    let since = happening::together_since(&mut look, &people).await?;
    let (also, died) = super::home::also(&mut look, &frame, &people, &mut reasons).await?;
    let [person] = people;
    let told = learnt::since(&mut look, &[&person], &mut reasons).await?.told;
    let ways = super::learnt::ways(&mut look, &frame.t, &person, &told).await?;
    let form = form.unwrap_or_else(|| filled(&person.known));
    let shelter = if own { Some(shelter(&mut look, req, &frame, &form, &person).await?) } else { None };
    let page = PersonPage {
        shelter,
        wrong,
        mistakes: Mistake::CHOSEN.iter().map(|m| (m.code(), frame.t.code("mistake", m))).collect(),
        history,
        events,
        former_names: names
            .iter()
            .flat_map(|n| &n.0)
            .map(|(id, n)| (*id, former_name(&frame.t, n)))
            .collect(),
        former_addresses: lived
            .iter()
            .flat_map(|l| &l.0)
            .map(|(id, l)| (*id, former_address(&frame.t, l)))
            .collect(),
        knows_where: person.shown().has(Category::Contact),
        since_written: since.contains_key(&person.id),
        is_member: person.joined.is_some() && person.left.is_none(),
        lives_together: person.known.lives_together,
        living_commands: [req.engine().new_id(), req.engine().new_id(), req.engine().new_id()],
        name_command: req.engine().new_id(),
        title,
        household: link::household(person.household),
        same: link::same_of(person.id),
        also,
        died: died.iter().map(|d| (d.href.clone(), d.words(&frame.t))).collect(),
        ways,
        member: MemberView::told(&frame, &ctx.viewer, &person, &told),
        version: person.version,
        reasons: reasons.sentences(&frame.t),
        form,
        commands: (req.engine().new_id(), req.engine().new_id()),
        frame,
    };
    Ok((page, look.close().await?))
}

/// A former name in words.
fn former_name(t: &T, n: &former::NewFormerName) -> String {
    let reading =
        if n.reading.is_empty() { String::new() } else { t.f("former.reading", "reading", &n.reading) };
    let until = n.until.map(|d| t.f("former.until_says", "day", t.partial_date(d))).unwrap_or_default();
    format!("{}{reading}{until}", n.name)
}

/// A former address in words.
fn former_address(t: &T, was: &dwelling::NewFormerAddress) -> String {
    let day = |d: PartialDate| t.partial_date(d);
    let when = match (was.from, was.until) {
        (Some(from), Some(until)) => t.fs("tie.from_until", &[("from", day(from)), ("until", day(until))]),
        (Some(from), None) => t.f("tie.since", "from", day(from)),
        (None, Some(until)) => t.f("tie.until", "until", day(until)),
        (None, None) => String::new(),
    };
    format!("{}{when}", was.address)
}

/// What happened to a person and stands, for the desk that wrote it.
async fn events(look: &mut Look, frame: &Frame, id: PersonId) -> Result<Vec<String>, Fail> {
    let (m, t, today) = (look.viewer().municipality, &frame.t, look.now().day());
    let events = event::standing(&mut look.conn(), m, id).await?;
    let names = register::user_names(&mut look.conn(), m, events.iter().filter_map(|e| e.author)).await?;
    let lines = events.iter().map(|e| {
        let on = PartialDate::parse_iso(&e.day);
        let day = on.map_or_else(|| e.day.clone(), |d| t.partial_date(d));
        let ahead = e.kind == Happened::Moved && on.is_some_and(|d| d.earliest() > today);
        t.fs(
            "person_page.happened",
            &[
                ("day", day),
                ("what", t.code("happened", if ahead { "will_move" } else { e.kind.code() })),
                ("author", e.author.and_then(|a| names.get(&a)).cloned().unwrap_or_default()),
                ("written", e.recorded_at.map(|at| frame.moment(&at)).unwrap_or_default()),
            ],
        )
    });
    Ok(lines.collect())
}

/// What was taken back about a person, for the desk that wrote it: what stood there, who wrote it, who took it back
/// when and why.
async fn history(look: &mut Look, frame: &Frame, person: &Disclosed<Person>) -> Result<Vec<String>, Fail> {
    let m = look.viewer().municipality;
    let corrected = event::corrected(&mut look.conn(), m, person.id).await?;
    // Where they were to move: for whoever may know where they live.
    let mut plans = Vec::new();
    if corrected.iter().any(|c| c.kind == Happened::Moved) {
        let sealed = planned::was_planned(&mut look.conn(), m, person.facts()).await?;
        plans = look.disclose(vec![sealed]).await?;
    }
    let people: Vec<UserId> = corrected.iter().flat_map(|c| [c.author, c.by]).flatten().collect();
    let names = register::user_names(&mut look.conn(), m, people).await?;
    let t = &frame.t;
    let name = |user: Option<UserId>| user.and_then(|u| names.get(&u)).map_or("—", String::as_str);
    let lines = corrected.iter().map(|c| {
        let day = PartialDate::parse_iso(&c.day).map_or_else(|| c.day.clone(), |d| t.partial_date(d));
        let ahead = matches!(c.reason, Mistake::Changed | Mistake::CalledOff);
        let day = match plans.iter().find_map(|p| p.0.get(&c.made_by)) {
            Some(address) => t.fs("person_page.planned", &[("day", day), ("address", address.clone())]),
            None => day,
        };
        t.fs(
            if ahead { "person_page.not_ahead" } else { "person_page.taken_back" },
            &[
                ("what", t.code("happened", if ahead { "will_move" } else { c.kind.code() })),
                ("day", day),
                ("author", name(c.author).to_owned()),
                ("written", c.recorded_at.map(|at| frame.moment(&at)).unwrap_or_default()),
                ("by", name(c.by).to_owned()),
                ("at", frame.moment(&c.at)),
                ("reason", t.code("mistake", c.reason)),
            ],
        )
    });
    Ok(lines.collect())
}

async fn shelter(
    look: &mut Look,
    req: &Req,
    frame: &Frame,
    form: &Form,
    person: &Disclosed<Person>,
) -> Result<ShelterView, Fail> {
    let (m, today, t) = (look.viewer().municipality, look.now().day(), &frame.t);
    let set = guard::shelter(&mut look.conn(), m, person.id).await?;
    let shared = shared_home(look, t, person).await?;
    let desks = register::desks(&mut look.conn(), m, today).await?;
    let typed = form.fields().get("shelter_reason").is_some();
    // The seat the act will be done from, which need not be the one of the page's head.
    let seats = &look.viewer().seats;
    let own = seats.iter().find(|s| s.role.reads_desk_records() && s.holds(person.desk)).map(|s| s.desk);
    let in_force = match &set {
        None => Vec::new(),
        Some(s) => {
            let names = register::desk_names(&mut look.conn(), m, s.set.desks.iter().copied(), today).await?;
            let by = register::user_names(&mut look.conn(), m, s.by).await?;
            let known = s.set.desks.iter().filter_map(|d| names.get(d).cloned()).collect::<Vec<_>>();
            let author = s.by.and_then(|u| by.get(&u)).cloned().unwrap_or_default();
            vec![
                t.f("shelter.known_to", "desks", t.join(&known)),
                t.fs(
                    "shelter.since",
                    &[
                        ("when", frame.moment(&s.at)),
                        ("by", author),
                        ("reason", t.code("shelter_reason", s.set.reason)),
                    ],
                ),
                t.f("shelter.review_on", "day", t.full_day(s.set.review_on)),
            ]
        }
    };
    let ticked = |desk: DeskId| match (typed, &set) {
        (true, _) => form.fields().all("shelter_desk").any(|d| d == desk.to_string()),
        (false, Some(s)) => s.set.desks.contains(&desk),
        (false, None) => own == Some(desk),
    };
    let reason = |r: &ShelterReason| match (typed, &set) {
        (true, _) => form.value("shelter_reason") == r.code(),
        (false, Some(s)) => s.set.reason == *r,
        (false, None) => false,
    };
    let review = match (typed, &set) {
        (true, _) => form.value("shelter_review").to_owned(),
        (false, Some(s)) if s.set.review_on > today => t.day_long(s.set.review_on),
        // 支援措置 are renewed every year.
        (false, _) => t.day_long(today.plus_days(364)),
    };
    Ok(ShelterView {
        in_force,
        shared,
        reasons: ShelterReason::ALL
            .iter()
            .map(|r| (r.code(), t.code("shelter_reason", r), reason(r)))
            .collect(),
        chosen: desks.iter().filter(|d| ticked(d.id)).map(|d| (d.id, d.name.clone())).collect(),
        desks: by_field(t, desks.iter().filter(|d| !ticked(d.id))),
        review,
        open: typed,
        commands: (req.engine().new_id(), req.engine().new_id()),
    })
}

/// Whose homes are kept together with that of this person; nothing where theirs is not kept.
async fn shared_home(look: &mut Look, t: &T, person: &Disclosed<Person>) -> Result<String, Fail> {
    let m = look.viewer().municipality;
    let people = crate::sql::people(&mut look.conn(), m, person.household).await?;
    let kept = engine::home::kept(&mut look.conn(), m, people).await?;
    if !kept.contains(&person.id) || kept.len() < 2 {
        return Ok(String::new());
    }
    let viewer = look.viewer().clone();
    let others = kept.into_iter().filter(|p| *p != person.id);
    let sealed = crate::person::by_ids(&mut look.conn(), &viewer, others).await?;
    let called = |p: &Disclosed<Person>| match p.called() {
        "" => t.s("member.someone").to_owned(),
        name => name.to_owned(),
    };
    let mut names: Vec<String> = look.disclose(sealed).await?.iter().map(called).collect();
    if names.is_empty() {
        return Ok(String::new());
    }
    names.sort();
    Ok(t.f("shelter.shared", "who", t.join(&names)))
}

/// Desks under the words of their fields, in the order in which the fields come first.
fn by_field<'d>(
    t: &T,
    desks: impl Iterator<Item = &'d register::DeskInfo>,
) -> Vec<(String, Vec<(DeskId, String)>)> {
    let mut groups: Vec<(String, Vec<(DeskId, String)>)> = Vec::new();
    for desk in desks {
        let (field, row) = (t.code("field", &desk.field), (desk.id, desk.name.clone()));
        match groups.iter_mut().find(|(name, _)| *name == field) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((field, vec![row])),
        }
    }
    groups
}

/// POST /persons/{id}/shelter.
pub(crate) async fn set_shelter(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    let mut form = req.form();
    let reason: Option<ShelterReason> = form.code("shelter_reason", Need::Required);
    let review_on = form.promised_day("shelter_review", Need::Required);
    let offered: Vec<DeskId> = {
        let ctx = req.ctx()?;
        let mut look = ctx.look(Channel::Write).await?;
        let desks = register::desks(&mut look.conn(), ctx.viewer.municipality, ctx.now.day()).await?;
        look.close().await?;
        desks.into_iter().map(|d| d.id).collect()
    };
    let desks: Vec<DeskId> = form.ids("shelter_desk").into_iter().filter(|d| offered.contains(d)).collect();
    if let (Some(reason), Some(review_on), false) = (reason, review_on, form.has_problems()) {
        match acts::set_shelter(&req, id, &NewShelter { reason, desks, review_on }).await {
            Ok(done) => return Ok(to(done, "shelter_set", |_| link::person(id))),
            Err(Fail::Refused(refusal)) if refusal.key == "household.shelter_without_us" => {
                form.problem("shelter_desk", refusal.key);
            }
            Err(Fail::Refused(refusal)) if refusal.key == "household.shelter_review" => {
                form.problem("shelter_review", refusal.key);
            }
            Err(Fail::Stale) => form.problem("shelter_reason", "household.changed_since"),
            Err(other) => return Err(other),
        }
    }
    refill(&req, form).await
}

/// POST /persons/{id}/shelter/lift.
pub(crate) async fn lift_shelter(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    Ok(to(acts::lift_shelter(&req, id).await?, "shelter_lifted", |_| link::person(id)))
}

/// The page again with what was typed into one of its forms; the large form shows what is stored.
async fn refill(req: &Req, typed: Form) -> Result<Answer, Fail> {
    let (page, receipt) = with_typed(req, typed, "shelter").await?;
    Answer::again(page, receipt)
}

/// The page with the fields of one small form, by how their names begin, as they were typed.
pub(super) async fn with_typed(req: &Req, typed: Form, begins: &str) -> Result<Made, Fail> {
    let (mut stored, _) = page(req, None).await?;
    let mut pairs: Vec<(String, String)> = stored.form.fields().pairs().to_vec();
    pairs.extend(typed.fields().pairs().iter().filter(|(n, _)| n.starts_with(begins)).cloned());
    stored.form = Form::new(Fields::from_pairs(pairs));
    for (field, key, args) in typed.found() {
        stored.form.problem_with(field, key, args.to_vec());
    }
    let (page, receipt) = page(req, Some(stored.form)).await?;
    Ok((page.render(), receipt))
}

/// GET /persons/{id}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    match page(&req, None).await {
        Ok((page, receipt)) => Answer::page(page.render(), receipt),
        Err(Fail::NotVisible) => mistaken::show(&req).await,
        Err(other) => Err(other),
    }
}

/// POST /persons/{id}.
pub(crate) async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    let mut form = req.form();
    let new = read_person(&mut form, req.now().day());
    if form.has_problems() {
        let (page, receipt) = page(&req, Some(form)).await?;
        return Answer::again(page.render(), receipt);
    }
    match acts::edit_person(&req, id, &new).await {
        Ok(done) => Ok(to(done, "person_saved", |_| link::person(id))),
        Err(Fail::Stale) => conflict(&req, id, &new, form).await,
        Err(e) => Err(e),
    }
}

/// Both texts (disclosure rule 6): what is stored now, and what this person wrote.
async fn conflict(req: &Req, id: PersonId, mine: &NewPerson, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let now = load(&mut look, id).await?;
    let frame = req.frame();
    let page = ConflictPage {
        href: link::person(id),
        // The refused command is not used again: what is sent from here is another one.
        command: req.engine().new_id(),
        version: now.version,
        is_member: now.joined.is_some() && now.left.is_none(),
        rows: differences(&frame.t, &now.known, mine),
        form,
        frame,
    };
    let receipt = look.close().await?;
    Answer::conflict(page.render(), receipt)
}

fn differences(t: &T, now: &NewPerson, mine: &NewPerson) -> Vec<Difference> {
    let (now, mine) = (filled(now), filled(mine));
    let word = |text: &str, yes_no: bool| match (text, yes_no) {
        ("", true) => t.s("person_page.no").to_owned(),
        (_, true) => t.s("person_page.yes").to_owned(),
        ("", false) => t.s("person_page.empty").to_owned(),
        (text, false) => text.to_owned(),
    };
    now.fields()
        .pairs()
        .iter()
        .filter(|(name, value)| value != mine.value(name))
        .map(|(name, value)| {
            let yes_no = matches!(name.as_str(), "interpreter" | "lives_together");
            Difference {
                label: t.code("member", name),
                now: word(value, yes_no),
                mine: word(mine.value(name), yes_no),
            }
        })
        .collect()
}

/// POST /persons/{id}/died.
pub(crate) async fn died(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    let today = req.now().day();
    let day = words::partial::parse_partial(req.body().get("died").unwrap_or_default())
        .map_err(DateProblem::key)
        .and_then(|day| if day.earliest() > today { Err("date.in_future") } else { Ok(day) });
    match day {
        Ok(day) => match acts::died(&req, id, day).await {
            Err(Fail::Refused(r)) if r.key == "tie.died_before_birth" => again(&req, "died", r.key).await,
            Err(Fail::Refused(r)) if r.key == "household.already_dead" => {
                meanwhile(&req, Happened::Died).await
            }
            Err(Fail::Stale) => meanwhile(&req, Happened::Died).await,
            done => Ok(happened(done?, ("person_died", "person_died_alone"), &link::person(id))),
        },
        Err(key) => again(&req, "died", key).await,
    }
}

/// POST /persons/{id}/left.
pub(crate) async fn left(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    let today = req.now().day();
    let day = words::wareki::parse_day(req.body().get("left").unwrap_or_default())
        .map_err(DateProblem::key)
        .and_then(|day| if day > today { Err("date.in_future") } else { Ok(day) });
    match day {
        Ok(day) => match acts::left(&req, id, day).await {
            Err(Fail::Refused(r)) if r.key == "household.left_before_birth" => {
                again(&req, "left", r.key).await
            }
            Err(Fail::Refused(r)) if r.key == "household.already_left" => {
                meanwhile(&req, Happened::Left).await
            }
            Err(Fail::Stale) => meanwhile(&req, Happened::Left).await,
            done => Ok(happened(done?, ("person_left", "person_left_alone"), &link::person(id))),
        },
        Err(key) => again(&req, "left", key).await,
    }
}

/// POST /persons/{id}/died/undo.
pub(crate) async fn undo_died(req: Arc<Req>) -> Result<Answer, Fail> {
    take_back(&req, Happened::Died, "undo_died", "person_died_undone").await
}

/// POST /persons/{id}/left/undo.
pub(crate) async fn undo_left(req: Arc<Req>) -> Result<Answer, Fail> {
    take_back(&req, Happened::Left, "undo_left", "person_left_undone").await
}

pub(super) async fn take_back(
    req: &Req,
    kind: Happened,
    field: &'static str,
    done: &str,
) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    let chosen = Mistake::parse(req.body().get(field).unwrap_or_default());
    match chosen.filter(|m| Mistake::CHOSEN.contains(m)) {
        Some(reason) => Ok(to(acts::take_back(req, id, kind, reason).await?, done, |_| link::person(id))),
        None => again(req, field, "text.choose").await,
    }
}

/// Somebody else wrote in between: the page as it is now. Where what was to be written stands already, both days are said, beside the form
/// that takes it back; otherwise the form is there with what was typed.
async fn meanwhile(req: &Req, kind: Happened) -> Result<Answer, Fail> {
    let (mut page, receipt) = page(req, None).await?;
    let (field, undo, stands) = match kind {
        Happened::Died => ("died", "undo_died", page.member.died.clone()),
        _ => ("left", "undo_left", page.member.left.clone()),
    };
    let typed = req.body().get(field).unwrap_or_default().to_owned();
    let mut pairs: Vec<(String, String)> = page.form.fields().pairs().to_vec();
    pairs.push((field.to_owned(), typed.clone()));
    page.form = Form::new(Fields::from_pairs(pairs));
    match stands {
        Some(day) => {
            let key = if field == "died" { "household.died_meanwhile" } else { "household.left_meanwhile" };
            page.form.problem_with(undo, key, vec![("day", day), ("typed", typed)]);
        }
        None => page.form.problem(field, "household.changed_since"),
    }
    Answer::conflict(page.render(), receipt)
}

/// The page again with the problem of one of its small forms; the large form shows what is stored.
pub(super) async fn again(req: &Req, field: &'static str, key: &'static str) -> Result<Answer, Fail> {
    let (mut page, receipt) = page(req, None).await?;
    let mut pairs: Vec<(String, String)> = page.form.fields().pairs().to_vec();
    pairs.push((field.to_owned(), req.body().get(field).unwrap_or_default().to_owned()));
    page.form = Form::new(Fields::from_pairs(pairs));
    page.form.problem(field, key);
    Answer::again(page.render(), receipt)
}
