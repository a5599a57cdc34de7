//! The secretariat's page: members, presence, the end. Header and names of colleagues only (disclosure rule 13): whoever wants to
//! read what lies before the members becomes one and pledges. Of a conference that rests on consent also whose consent it is, as far as
//! that is disclosed.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail, Look};
use site::{Answer, Choice, Form, Frame, Req, link};
use words::code::Code;
use words::id::{CommandId, DeskId, MatterId, MatterMemberId, ThingId};

use crate::acts;
use crate::positions;
use crate::rules::there::REASONS;
use crate::rules::{self, GIVEN, Left, Presence, RestsOn};
use crate::sql::{self, Header, Member};
use crate::steps::asks_anew;
use crate::whose::{self, WhoseCard};

/// A member, for the secretariat.
struct MemberLine {
    id: MatterMemberId,
    name: String,
    desk: String,
    since: String,
    /// Whether this place is held now.
    now: bool,
    /// Their appointment is over: they read nothing any more, and somebody should take the place.
    gone: bool,
    /// They are kept out of the household (disclosure rule 14): somebody should take the place as well.
    kept_out: bool,
    login: bool,
    pledged: String,
    left: String,
    days: Vec<String>,
    leave: CommandId,
    pledge: CommandId,
    present: CommandId,
    /// Which of the member's forms was sent and is shown again, if one was.
    tried: String,
}

impl MemberLine {
    fn tried(&self, step: &str) -> bool {
        self.tried == step
    }

    /// Where a field stands: under its own name in the form that is shown again, so that a problem leads there; otherwise under a name that
    /// no other member's form has.
    fn place(&self, step: &str, field: &str, short: &str) -> String {
        if self.tried(step) { field.to_owned() } else { format!("{short}-{}", self.id) }
    }
}

struct Event {
    word: String,
    when: String,
    by: String,
    /// The member it was about.
    whom: String,
    told: String,
}

#[derive(Template)]
#[template(path = "conference_office.html")]
struct OfficePage {
    frame: Frame,
    form: Form,
    id: MatterId,
    version: i64,
    name: String,
    article: String,
    secrecy: bool,
    number: String,
    initiator: String,
    lead: String,
    /// Who runs it in the place of the secretariat, and who named them when.
    deputy: Option<(String, String)>,
    deputy_end: CommandId,
    /// Whether the viewer writes down what was decided.
    decides: bool,
    /// Whether the viewer may end it, or let it go on on consent.
    ends: bool,
    opened: String,
    closed: Option<(String, String)>,
    goes_on: Option<String>,
    member: bool,
    members: Vec<MemberLine>,
    desks: Vec<(String, Vec<Choice>)>,
    leads: Vec<(String, Vec<Choice>)>,
    desk: Option<(DeskId, String)>,
    places: Vec<(String, String)>,
    lefts: Vec<(&'static str, String)>,
    ways: Vec<(&'static str, String)>,
    /// Why presence is corrected that something rests on.
    corrected: Vec<(&'static str, String)>,
    outcomes: Vec<(&'static str, String)>,
    consents: Vec<(String, String)>,
    /// Sections that have to be there when it is talked over, and for which nobody sits here.
    unseated: Vec<String>,
    whose: WhoseCard,
    about: CommandId,
    today: String,
    join: CommandId,
    take_lead: CommandId,
    close: CommandId,
    moving: CommandId,
    events: Vec<Event>,
    /// How many things of each desk nobody reads after the end.
    left: Vec<(String, String)>,
    /// What a member pledges, and which words these are.
    pledge: String,
    edition: i64,
}

/// GET /matters/{id}/office?desk=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, req.query_form()).await
}

/// The page, also with what was typed and is wrong.
pub(crate) async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let id: MatterId = req.id("id")?;
    let viewer = ctx.viewer.clone();
    let (m, today) = (viewer.municipality, ctx.now.day());
    let (h, _) = sql::by_id(&mut look.conn(), &viewer, id).await?.ok_or(Fail::NotVisible)?;
    if h.runs_as(&viewer).is_none() {
        return Err(Fail::NotVisible);
    }
    let members = sql::members(&mut look.conn(), m, id).await?;
    let all = register::desks(&mut look.conn(), m, today).await?;
    let chosen: Option<DeskId> = form.value("desk").parse().ok();
    let desk = all.iter().find(|d| Some(d.id) == chosen);
    let mut places = Vec::new();
    if let Some(desk) = desk {
        let taken = |a| members.iter().any(|k| k.until.is_none() && k.appointment == Some(a));
        let found = register::places_of(&mut look.conn(), m, desk.id, today).await?;
        places = found
            .into_iter()
            .filter(|p| p.role.sits_in_confidence() && !taken(p.appointment))
            .map(|p| (p.appointment.to_string(), format!("{}（{}）", p.name, t.code("role", p.role))))
            .collect();
    }
    let position = acts::position_of(&mut look.conn(), m, &h.position, today).await?;
    let consents = goes_on_as(&mut look, &h).await?;
    let secrecy = h.rests_on == RestsOn::Secrecy && h.closed_at.is_none();
    let city = members.iter().any(|k| k.sits() && k.municipal);
    let unseated = if secrecy { sql::unseated(&mut look.conn(), m, id, city).await? } else { Vec::new() };
    let of = [h.initiator, h.lead].into_iter().chain(unseated.iter().copied());
    let names = register::desk_names(&mut look.conn(), m, of, today).await?;
    let name = |d| names.get(&d).cloned().unwrap_or_default();
    let whose = whose::card(&mut look, &frame, &h, &form).await?;
    let coded = |list: &str, codes: &[&'static str]| -> Vec<(&'static str, String)> {
        codes.iter().map(|c| (*c, t.code(list, c))).collect()
    };
    let outcomes: Vec<&'static str> = GIVEN.iter().map(|o| o.code()).collect();
    let lefts: Vec<&'static str> =
        Left::ALL.iter().filter(|l| **l != Left::Replaced).map(|l| l.code()).collect();
    let corrected: Vec<&'static str> = REASONS.iter().map(|r| r.code()).collect();
    let ways: Vec<&'static str> = Presence::ALL.iter().map(|p| p.code()).collect();
    let lines = lines(req, &mut look, &frame, &h, &members, &form).await?;
    let new = || req.engine().new_id();
    let page = OfficePage {
        id,
        version: h.version,
        left: left(&mut look, &frame, &h).await?,
        pledge: position.as_ref().map(|p| p.pledge.clone()).unwrap_or_default(),
        edition: position.as_ref().map(|p| p.pledge_version).unwrap_or_default(),
        name: position.map(|p| p.name).unwrap_or_default(),
        article: h.article.clone(),
        secrecy: h.rests_on == RestsOn::Secrecy,
        number: h.case_number.map(|(y, n)| casefile::number_text(y, n)).unwrap_or_default(),
        initiator: name(h.initiator),
        lead: name(h.lead),
        deputy: deputy(&mut look, &frame, &h).await?,
        deputy_end: new(),
        decides: frame.role == "coordinator" || h.runs_as(&viewer) != Some(h.secretariat),
        ends: rules::may_end(h.rests_on, h.in_charge(Some(&viewer), &members)).is_ok(),
        opened: frame.day(&h.opened_at.day()),
        closed: h
            .closed_at
            .zip(h.outcome)
            .map(|(at, o)| (frame.day(&at.day()), t.code("conference_outcome", o))),
        goes_on: sql::follower(&mut look.conn(), m, id).await?.map(link::matter),
        member: members.iter().any(|k| k.is(&viewer)),
        events: events(&mut look, &frame, id, &lines).await?,
        members: lines,
        desks: register::desk_groups(&t, &form, "desk", &all, &[]),
        leads: register::desk_groups(&t, &form, "lead", &all, &[]),
        desk: desk.map(|d| (d.id, d.name.clone())),
        places,
        lefts: coded("conference_left", &lefts),
        ways: coded("conference_presence", &ways),
        corrected: coded("corrected_why", &corrected),
        outcomes: coded("conference_outcome", &outcomes),
        unseated: unseated.into_iter().map(name).collect(),
        consents,
        whose,
        about: new(),
        today: t.short_day(today),
        join: new(),
        take_lead: new(),
        close: new(),
        moving: new(),
        frame,
        form: form.clone(),
    };
    let (wrong, anew) = (form.has_problems(), asks_anew(&form));
    let (html, receipt) = (page.render(), look.close().await?);
    if anew {
        Answer::conflict(html, receipt)
    } else if wrong {
        Answer::again(html, receipt)
    } else {
        Answer::page(html, receipt)
    }
}

/// Where it can go on: from secrecy to consent, and the other way round.
async fn goes_on_as(look: &mut Look, h: &Header) -> Result<Vec<(String, String)>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let other = match h.rests_on {
        RestsOn::Secrecy => RestsOn::Consent,
        RestsOn::Consent => RestsOn::Secrecy,
    };
    let mut found: Vec<(String, String)> = positions::on(&mut look.conn(), m, Some(today))
        .await?
        .into_iter()
        .filter(|p| p.rests_on == other)
        .map(|p| (p.code, p.name))
        .collect();
    // 重層的支援会議 and 支援会議 are what is meant nearly always.
    found.sort_by_key(|(code, _)| code != "integrated" && code != "support_conference");
    Ok(found)
}

/// How many things of each desk lie there without the mark 「持ち帰り可」, so that nobody reads them after the end. What they are is for the
/// members to read.
async fn left(look: &mut Look, frame: &Frame, h: &Header) -> Result<Vec<(String, String)>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    if h.closed_at.is_some() {
        return Ok(Vec::new());
    }
    let laid = sql::materials(&mut look.conn(), m, h.id).await?;
    let mut of: BTreeMap<DeskId, usize> = BTreeMap::new();
    for x in laid.iter().filter(|x| x.ends_here()) {
        *of.entry(x.desk).or_default() += 1;
    }
    let names = register::desk_names(&mut look.conn(), m, of.keys().copied(), today).await?;
    let named = |desk: &DeskId| names.get(desk).cloned().unwrap_or_default();
    Ok(of.iter().map(|(desk, n)| (named(desk), frame.t.f("conference.close_n", "n", n))).collect())
}

/// Who runs it in the place of the secretariat, and who named them when.
async fn deputy(look: &mut Look, frame: &Frame, h: &Header) -> Result<Option<(String, String)>, Fail> {
    let m = look.viewer().municipality;
    let Some(d) = h.deputy.filter(|d| d.lasts) else { return Ok(None) };
    let named = sql::deputy::named(&mut look.conn(), m, h.id).await?;
    let by = named.and_then(|(_, by)| by);
    let users = register::user_names(&mut look.conn(), m, by.into_iter().chain([d.user])).await?;
    let name = |u| users.get(&u).cloned().unwrap_or_default();
    let day = named.map(|(at, _)| frame.day(&at.day())).unwrap_or_default();
    let words = [("day", day), ("by", by.map(name).unwrap_or_default())];
    Ok(Some((name(d.user), frame.t.fs("conference.deputy_named", &words))))
}

async fn lines(
    req: &Req,
    look: &mut Look,
    frame: &Frame,
    h: &Header,
    members: &[Member],
    form: &Form,
) -> Result<Vec<MemberLine>, Fail> {
    let t = &frame.t;
    let (m, today) = (look.viewer().municipality, look.now().day());
    let desks = register::desks_by_id(&mut look.conn(), m, members.iter().map(|k| k.desk), today).await?;
    let users = register::user_names(&mut look.conn(), m, members.iter().filter_map(|k| k.user)).await?;
    let there = sql::presences(&mut look.conn(), m, h.id).await?;
    // Whether a seat still stands is the register's rule: an appointment, its desk, and the desk's contract.
    let seats = register::all_seats(&mut look.conn(), m, today).await?;
    let seated = |a| seats.iter().flat_map(|(_, held)| held).any(|seat| seat.appointment == a);
    Ok(members
        .iter()
        .map(|k| {
            let desk = desks.iter().find(|d| d.id == k.desk);
            let now = k.until.is_none();
            let told = |code: &str| if code.is_empty() { String::new() } else { t.code("told_by", code) };
            MemberLine {
                id: k.id,
                name: k.user.and_then(|u| users.get(&u)).cloned().unwrap_or_else(|| k.name.clone()),
                desk: desk.map(|d| d.name.clone()).unwrap_or_default(),
                since: frame.day(&k.from.day()),
                now,
                gone: now && k.appointment.is_some_and(|a| !seated(a)),
                kept_out: now && k.kept_out.is_some(),
                login: k.user.is_some(),
                pledged: k
                    .pledged_at
                    .map(|at| format!("{} {}", frame.day(&at.day()), told(&k.pledge_told_by)))
                    .unwrap_or_default(),
                left: k
                    .until
                    .zip(k.left_why)
                    .map(|(at, why)| format!("{} {}", frame.day(&at.day()), t.code("conference_left", why)))
                    .unwrap_or_default(),
                days: there
                    .iter()
                    .filter(|(who, ..)| *who == k.id)
                    .map(|(_, on, way, by)| {
                        format!("{} {} {}", frame.day(on), t.code("conference_presence", way), told(by))
                    })
                    .collect(),
                leave: req.engine().new_id(),
                pledge: req.engine().new_id(),
                present: req.engine().new_id(),
                tried: if form.has_problems() && form.chose("member", k.id) {
                    req.param("step").to_owned()
                } else {
                    String::new()
                },
            }
        })
        .collect())
}

async fn events(
    look: &mut Look,
    frame: &Frame,
    id: MatterId,
    members: &[MemberLine],
) -> Result<Vec<Event>, Fail> {
    let (m, today, t) = (look.viewer().municipality, look.now().day(), frame.t.clone());
    let found = sql::events(&mut look.conn(), m, id).await?;
    let users = register::user_names(&mut look.conn(), m, found.iter().filter_map(|e| e.user)).await?;
    let desks = register::desk_names(&mut look.conn(), m, found.iter().map(|e| e.desk), today).await?;
    let whom = |thing: ThingId| members.iter().find(|k| k.id.cast() == thing).map(|k| k.name.clone());
    Ok(found
        .iter()
        .map(|e| Event {
            word: t.code("conference_event", &e.step),
            when: frame.moment(&e.at),
            by: format!(
                "{} {}",
                desks.get(&e.desk).map_or("", String::as_str),
                e.user.and_then(|u| users.get(&u)).map_or("", String::as_str)
            ),
            whom: e.thing.and_then(whom).unwrap_or_default(),
            told: if e.told_by.is_empty() { String::new() } else { t.code("told_by", &e.told_by) },
        })
        .collect())
}
