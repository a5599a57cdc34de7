//! The list of hand-overs, beginning one, and one case of it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use access::{Disclosed, Viewer};
use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt};
use household::entry::MOST_CHARACTERS;
use household::{MarksControl, Person, Reasons, marks_from, nameable};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::id::{CaseId, DeskId, ThingId, UserId};

use crate::acts::{self, Begin, Give};
use crate::rules::{State, may_begin, may_end};
use crate::sql::{self, Pack};

struct PackLine {
    href: String,
    from: String,
    desk: String,
    last: String,
    state: State,
    word: String,
    all: usize,
    received: usize,
    waiting: usize,
}

#[derive(Template)]
#[template(path = "hand_over_list.html")]
struct ListPage {
    frame: Frame,
    form: Form,
    lines: Vec<PackLine>,
    /// Whose work can be handed over: desk and person as one value.
    people: Vec<Choice>,
}

fn before() -> Receipt {
    Receipt::nothing_personal("the command was done before; nothing is shown")
}

/// GET /handovers
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let form = Form::default();
    let look = req.ctx()?.look(Channel::List).await?;
    render(&req, look, form).await
}

/// Whose work can be handed over: everybody who sits at the viewer's desks, and who left promises there.
async fn offered(look: &mut Look, viewer: &Viewer) -> Result<Vec<(DeskId, UserId, String)>, Fail> {
    let (m, today) = (viewer.municipality, look.now().day());
    let desks = viewer.reading_desks();
    let mut found: Vec<(DeskId, UserId)> = sql::in_charge(&mut look.conn(), m, &desks).await?;
    found.sort_unstable();
    let users = register::user_names(&mut look.conn(), m, found.iter().map(|f| f.1)).await?;
    let names = register::desk_names(&mut look.conn(), m, desks.iter().copied(), today).await?;
    let word = |(desk, user): &(DeskId, UserId)| {
        let (name, desk) = (users.get(user).cloned().unwrap_or_default(), names.get(desk).cloned());
        format!("{name}（{}）", desk.unwrap_or_default())
    };
    // First the person themself.
    found.sort_by_key(|(_, user)| *user != viewer.user);
    let mut there = BTreeMap::new();
    for desk in &desks {
        there.insert(*desk, acts::led(&mut look.conn(), m, *desk, today).await?);
    }
    found.retain(|(desk, from)| {
        let (users, led) = there.get(desk).map_or((&[][..], true), |(users, led)| (users.as_slice(), *led));
        may_begin(viewer.user, *from, acts::gives(viewer, *desk), (users, led)).is_ok()
    });
    Ok(found.iter().map(|f| (f.0, f.1, word(f))).collect())
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let packs = sql::of_desks(&mut look.conn(), m, &viewer.reading_desks()).await?;
    let ids: Vec<ThingId> = packs.iter().map(|p| p.id).collect();
    let items = sql::items(&mut look.conn(), m, &ids, Some(&viewer)).await?;
    let users = register::user_names(&mut look.conn(), m, packs.iter().map(|p| p.from)).await?;
    let desks = register::desk_names(&mut look.conn(), m, packs.iter().map(|p| p.desk), today).await?;
    let people = offered(&mut look, &viewer).await?;
    let mut heirs: BTreeMap<DeskId, DeskId> = BTreeMap::new();
    for desk in packs.iter().filter(|p| p.state == State::Open).map(|p| p.desk) {
        if let Entry::Vacant(place) = heirs.entry(desk) {
            place.insert(register::heir(&mut look.conn(), m, desk, today).await?);
        }
    }
    let count =
        |p: &Pack, of: &dyn Fn(&sql::Item) -> bool| items.iter().filter(|i| i.pack == p.id && of(i)).count();
    let waits =
        |p: &Pack, i: &sql::Item| i.rule((p.desk, heirs.get(&p.desk).copied().unwrap_or(p.desk))).waits();
    let frame = req.frame();
    let t = frame.t.clone();
    let page = ListPage {
        lines: packs
            .iter()
            .map(|p| PackLine {
                href: link::hand_over(p.id),
                from: users.get(&p.from).cloned().unwrap_or_default(),
                desk: desks.get(&p.desk).cloned().unwrap_or_default(),
                last: frame.day(&p.last),
                state: p.state,
                word: t.code("hand_over_state", p.state),
                all: count(p, &|_| true),
                received: count(p, &|i| i.received_at.is_some()),
                waiting: count(p, &|i| waits(p, i)),
            })
            .collect(),
        people: people
            .iter()
            .map(|(desk, user, word)| Choice::new(&form, "whose", format!("{desk}.{user}"), word.clone()))
            .collect(),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /handovers
pub(crate) async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let whose = form.line("whose", Need::Required, 80);
    let last = form.day("last", Need::Required);
    let mut look = ctx.look(Channel::List).await?;
    let people = offered(&mut look, &ctx.viewer).await?;
    let chosen = people.iter().find(|(desk, user, _)| whose == format!("{desk}.{user}"));
    if chosen.is_none() && !whose.is_empty() {
        form.problem("whose", "text.choose");
    }
    if let Some(last) = last {
        let appointed = match chosen {
            Some((desk, user, _)) => {
                sql::appointed(&mut look.conn(), ctx.viewer.municipality, *desk, *user).await?
            }
            None => None,
        };
        if let Err(refused) = may_end(last, appointed, ctx.now.day()) {
            form.problem_with("last", refused.key, refused.args);
        }
    }
    let (Some((desk, from, _)), Some(last), false) = (chosen, last, form.has_problems()) else {
        return render(&req, look, form).await;
    };
    let new = Begin { desk: *desk, from: *from, last };
    look.close().await?;
    match ctx.act(&req.envelope(), "hand_over.begin", &new).await? {
        Begun::Before(to) => Ok(Answer::to(&link::hand_over(to), "pack_made", before())),
        Begun::New(mut act) => {
            let id: ThingId = act.new_id();
            match acts::begin_asked(&mut act, id, &new).await {
                Ok(()) => {
                    Ok(Answer::to(&link::hand_over(id), "pack_made", act.commit(&id.to_string()).await?))
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem("whose", refusal.key);
                    let look = ctx.look(Channel::List).await?;
                    render(&req, look, form).await
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// POST /handovers/{id}/withdraw
pub(crate) async fn withdraw(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    match req.ctx()?.act(&req.envelope(), "hand_over.withdraw", &id).await? {
        Begun::Before(_) => Ok(Answer::to(&link::hand_over(id), "pack_withdrawn", before())),
        Begun::New(mut act) => {
            acts::withdraw(&mut act, id).await?;
            Ok(Answer::to(&link::hand_over(id), "pack_withdrawn", act.commit(&id.to_string()).await?))
        }
    }
}

/// POST /handovers/{id}/cases/{case}/received
pub(crate) async fn receive(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, case): (ThingId, CaseId) = (req.id("id")?, req.id("case")?);
    match req.ctx()?.act(&req.envelope(), "hand_over.receive", &(id, case)).await? {
        Begun::Before(_) => Ok(Answer::to(&link::hand_over(id), "item_received", before())),
        Begun::New(mut act) => {
            acts::receive(&mut act, id, case).await?;
            Ok(Answer::to(&link::hand_over(id), "item_received", act.commit(&id.to_string()).await?))
        }
    }
}

#[derive(Template)]
#[template(path = "hand_over_give.html")]
struct GivePage {
    frame: Frame,
    form: Form,
    id: ThingId,
    case: CaseId,
    number: String,
    name: String,
    from: String,
    version: i64,
    staff: Vec<Choice>,
    before: String,
    marks: MarksControl,
    reasons: Vec<String>,
}

/// GET /handovers/{id}/cases/{case}
pub(crate) async fn give_form(req: Arc<Req>) -> Result<Answer, Fail> {
    give_page(&req, None, false).await
}

async fn give_page(req: &Req, typed: Option<Form>, stale: bool) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (id, case): (ThingId, CaseId) = (req.id("id")?, req.id("case")?);
    let (m, now) = (ctx.viewer.municipality, ctx.now);
    let mut look = ctx.look(Channel::Write).await?;
    let pack = acts::pack(&mut look.conn(), &ctx.viewer, id).await?;
    let item = acts::item(&mut look.conn(), &ctx.viewer, id, case).await?;
    let (_, staff) = acts::sitting(&mut look.conn(), m, pack.desk, now.day()).await?;
    let kept_out = sql::kept_out(&mut look.conn(), m, item.household, now).await?;
    let sealed = household::person::members(&mut look.conn(), &ctx.viewer, item.household).await?;
    let mut reasons = Reasons::default();
    let people: Vec<Disclosed<Person>> = household::known(&mut look, sealed, &mut reasons).await?;
    let (_, words) = household::entry::said_today(&mut look, item.entry).await?;
    let names = register::user_names(&mut look.conn(), m, [pack.from]).await?;
    reasons.of_all(&words);
    let frame = req.frame();
    let wrong = typed.is_some();
    let form = typed
        .unwrap_or_else(|| Form::filled(vec![("to", item.to.map(|u| u.to_string()).unwrap_or_default())]));
    let page = GivePage {
        id,
        case,
        number: item.number.clone(),
        name: household::goes_by(&people, now.day()).map(|p| p.called().to_owned()).unwrap_or_default(),
        from: names.get(&pack.from).cloned().unwrap_or_default(),
        // What stands there now is shown beside what was typed: sent again, it is written against that.
        version: item.version,
        // Who is kept out is not offered, and nothing says why.
        staff: staff
            .into_iter()
            .filter(|(user, _)| *user != pack.from && !kept_out.contains(user))
            .map(|(user, name)| Choice::new(&form, "to", user, name))
            .collect(),
        before: words.first().map(|e| e.body.clone()).unwrap_or_default(),
        marks: MarksControl::new(&frame.t, &form, "words", &nameable(&frame.t, &people)),
        reasons: reasons.sentences(&frame.t),
        frame,
        form,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    match (wrong, stale) {
        (_, true) => Answer::conflict(html, receipt),
        (true, _) => Answer::again(html, receipt),
        _ => Answer::page(html, receipt),
    }
}

/// POST /handovers/{id}/cases/{case}
pub(crate) async fn give(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (id, case): (ThingId, CaseId) = (req.id("id")?, req.id("case")?);
    let mut form = req.form();
    let to: Option<UserId> = form.id("to", Need::Optional);
    let words = form.paragraph("words", Need::Optional, MOST_CHARACTERS);
    let mut look = ctx.look(Channel::Write).await?;
    acts::pack(&mut look.conn(), &ctx.viewer, id).await?;
    let item = acts::item(&mut look.conn(), &ctx.viewer, id, case).await?;
    let sealed = household::person::members(&mut look.conn(), &ctx.viewer, item.household).await?;
    let people: Vec<Disclosed<Person>> = look.disclose(sealed).await?;
    look.close().await?;
    let known = nameable(&req.frame().t, &people);
    let marks = marks_from(&mut form, "words", &known);
    if to.is_none() && words.is_empty() {
        form.problem("to", "hand_over.nothing");
    }
    if form.has_problems() {
        return give_page(&req, Some(form), false).await;
    }
    let new = Give { to, words, marks };
    match ctx.act(&req.envelope(), "hand_over.give", &(id, case, &new)).await? {
        Begun::Before(_) => Ok(Answer::to(&link::hand_over(id), "item_given", before())),
        Begun::New(mut act) => match acts::give(&mut act, id, case, &new).await {
            Ok(()) => Ok(Answer::to(&link::hand_over(id), "item_given", act.commit(&id.to_string()).await?)),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem("to", refusal.key);
                give_page(&req, Some(form), false).await
            }
            // Somebody else wrote first: what was typed stays, beside what stands there now.
            Err(Fail::Stale) => {
                drop(act);
                form.problem("words", "hand_over.stale");
                give_page(&req, Some(form), true).await
            }
            Err(other) => Err(other),
        },
    }
}
