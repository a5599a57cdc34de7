//! 「かかわっている窓口があれば、連絡してほしい」: always the same answer; and the page of a desk that supports the person.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt};
use household::{MemberView, Reasons, person};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Instant;
use words::code::Code;
use words::id::{CommandId, ThingId};
use words::partial::PartialDate;

use crate::acts::{self, Seek, codes};
use crate::rules::{self, About, Heard, Match};
use crate::sql;

#[derive(Template)]
#[template(path = "capacity_contact_new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    abouts: Vec<Choice>,
    /// What seems to be of others in how to be reached, and whether the writer may say that it is not.
    found: Vec<String>,
    perhaps: bool,
}

/// GET /contacts/new
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    render(&req, look, Form::default(), &Heard::Nothing).await
}

async fn render(req: &Req, look: Look, form: Form, heard: &Heard) -> Result<Answer, Fail> {
    let frame = req.frame();
    let abouts = codes::<About>()
        .into_iter()
        .map(|c| Choice::new(&form, "about", c, frame.t.code("capacity_about", c)))
        .collect();
    let (found, perhaps) = (heard.words().to_vec(), matches!(heard, Heard::Perhaps(_)));
    let page = NewPage { frame, form: form.clone(), abouts, found, perhaps };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// What the way to be reached seems to say of others.
async fn heard(look: &mut Look, body: &Seek) -> Result<Heard, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let own = acts::own(&mut look.conn(), &viewer, today).await?;
    let named = household::telling::named_in(&mut look.conn(), &viewer, &body.reach).await?;
    let named = look.disclose(named).await?;
    let recorded = household::telling::called(&named);
    let recorded: Vec<&str> = recorded.iter().map(String::as_str).collect();
    Ok(body.hear(&recorded, &own))
}

/// POST /contacts/new
pub(crate) async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let name = form.line("name", Need::Required, 100);
    let reading = form.line("reading", Need::Optional, 100);
    let birth = form.partial_date("birth");
    if birth.and_then(PartialDate::whole_day).is_some_and(|day| day > ctx.now.day()) {
        form.problem("birth", "date.in_future");
    }
    let address = form.line("address", Need::Optional, 200);
    let about = form.code::<About>("about", Need::Required);
    let reach = form.line("reach", Need::Required, 200);
    let misread = form.found().any(|(field, ..)| field == "birth" || field == "address");
    if birth.is_none_or(|b| b.whole_day().is_none()) && address.is_empty() && !misread {
        form.problem("birth", "capacity.birth_or_address");
    }
    let mut body = Seek {
        name: name.clone(),
        reading: reading.clone(),
        birth: birth.map(|b| b.to_string()).unwrap_or_default(),
        address: address.clone(),
        about: String::new(),
        reach,
        meant: form.ticked("meant"),
    };
    let mut look = ctx.look(Channel::Write).await?;
    let heard = heard(&mut look, &body).await?;
    if let Err(why) = rules::may_send(&heard, body.meant) {
        form.problem("reach", why.key);
    }
    let Some(about) = about.filter(|_| !form.has_problems()) else {
        return render(&req, look, form, &heard).await;
    };
    look.close().await?;
    about.code().clone_into(&mut body.about);
    let typed = Match {
        name: words::name::name_key(&name),
        reading: words::name::reading_key(&reading),
        birth,
        address: words::address::fold_address(&address),
    };
    let sent = format!("{}/sent", link::CONTACTS);
    match ctx.act(&req.envelope(), "contact.seek", &body).await? {
        Begun::Before(_) => Ok(Answer::to(
            &sent,
            "",
            Receipt::nothing_personal("the command was done before; nothing is shown"),
        )),
        Begun::New(mut act) => {
            let id: ThingId = act.new_id();
            acts::seek(&mut act, id, &body, &typed).await?;
            // The outcome is the same word for everybody: also the commands say nothing.
            Ok(Answer::to(&sent, "", act.commit("sent").await?))
        }
    }
}

#[derive(Template)]
#[template(path = "capacity_contact_sent.html")]
struct SentPage {
    frame: Frame,
}

/// GET /contacts/sent
pub(crate) async fn sent(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    let page = SentPage { frame: req.frame() };
    Answer::page(page.render(), look.close().await?)
}

/// Requests of one's own on one page.
const MOST: i64 = 50;

struct MineRow {
    id: ThingId,
    sent: String,
    desk: String,
    about: String,
    reach: String,
    /// When it was taken back; empty while it stands.
    back: String,
    /// Whether another that stands says the very same.
    twice: bool,
    command: CommandId,
}

#[derive(Template)]
#[template(path = "capacity_contact_mine.html")]
struct MinePage {
    frame: Frame,
    rows: Vec<MineRow>,
    /// Where the older ones are.
    next: Option<String>,
}

/// GET /contacts/mine: what this person asked for, and whether they took it back. Nothing of what became of it.
pub(crate) async fn mine(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::List).await?;
    let before = req.query().get("before").and_then(|b| {
        let (at, id) = b.split_once('_')?;
        Some((Instant::from_millis(at.parse().ok()?), id.parse::<ThingId>().ok()?))
    });
    let mine = sql::mine(&mut look.conn(), &ctx.viewer, before, MOST).await?;
    let full = i64::try_from(mine.len()).unwrap_or(i64::MAX) == MOST;
    let next = mine.last().filter(|_| full).map(|r| format!("{}_{}", r.sent_at.millis(), r.id));
    let desks = register::desk_names(&mut look.conn(), m, mine.iter().map(|r| r.desk), today).await?;
    let rows = mine
        .into_iter()
        .map(|r| MineRow {
            id: r.id,
            sent: frame.moment(&r.sent_at),
            desk: desks.get(&r.desk).cloned().unwrap_or_default(),
            about: frame.t.code("capacity_about", &r.about),
            reach: r.reach,
            twice: r.twice,
            back: r.withdrawn_at.map(|at| frame.moment(&at)).unwrap_or_default(),
            command: req.engine().new_id(),
        })
        .collect();
    let page = MinePage { frame, rows, next };
    Answer::page(page.render(), look.close().await?)
}

/// POST /contacts/mine/end
pub(crate) async fn take_back(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.body().get("request").and_then(|v| v.parse().ok()).ok_or(Fail::NotVisible)?;
    let here = format!("{}/mine", link::CONTACTS);
    match req.ctx()?.act(&req.envelope(), "contact.take_back", &id).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&here, "contact_back", receipt))
        }
        Begun::New(mut act) => match acts::take_back(&mut act, id).await {
            Ok(()) => Ok(Answer::to(&here, "contact_back", act.commit("back").await?)),
            Err(Fail::Refused(why)) if why.key == acts::TAKEN_BACK => {
                drop(act);
                let receipt = Receipt::nothing_personal("it was taken back before; nothing is shown");
                Ok(Answer::to(&here, "contact_back_before", receipt))
            }
            Err(other) => Err(other),
        },
    }
}

#[derive(Template)]
#[template(path = "capacity_contact.html")]
struct ContactPage {
    frame: Frame,
    id: ThingId,
    from: String,
    who: String,
    phone: String,
    about: String,
    reach: String,
    sent: String,
    person: Option<MemberView>,
    over: bool,
    /// Whether whoever asked took it back.
    back: bool,
    did: CommandId,
    not: CommandId,
    reasons: Vec<String>,
}

/// GET /contacts/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let id: ThingId = req.id("id")?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let target = sql::target(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    if !ctx.viewer.reading_desks().contains(&target.desk) {
        return Err(Fail::NotVisible);
    }
    let sealed = person::by_ids(&mut look.conn(), &ctx.viewer, [target.person]).await?;
    let cases: Vec<_> = sealed.iter().flat_map(|p| p.facts().cases.clone()).collect();
    if access::Relation::within(cases).keeps_out(&ctx.viewer) {
        return Err(Fail::NotVisible);
    }
    let people = look.disclose(sealed).await?;
    let mut reasons = Reasons::default();
    reasons.of_all(&people);
    let from = register::desk(&mut look.conn(), m, target.from, today).await?;
    let users = register::user_names(&mut look.conn(), m, target.user).await?;
    let name = from.as_ref().map(|d| d.name.clone()).unwrap_or_default();
    let who = target.user.and_then(|u| users.get(&u)).cloned().unwrap_or_default();
    // Whoever asked for a desk that has ended is not called there any more.
    let (from, who, phone) = match register::taken_over_by(&mut look.conn(), m, target.from, today).await? {
        Some(heir) => {
            let then = frame.t.fs("capacity.asked_then", &[("desk", name), ("who", who)]);
            (heir.name, then, heir.phone)
        }
        None => (name, who, from.map(|d| d.phone).unwrap_or_default()),
    };
    let page = ContactPage {
        id: target.id,
        phone,
        from,
        who,
        about: frame.t.code("capacity_about", &target.about),
        reach: target.reach,
        sent: frame.moment(&target.sent_at),
        person: people.first().map(|p| MemberView::new(&frame, &ctx.viewer, p)),
        over: !target.outcome.is_empty() || target.withdrawn_at.is_some(),
        back: target.withdrawn_at.is_some(),
        did: req.engine().new_id(),
        not: req.engine().new_id(),
        reasons: reasons.sentences(&frame.t),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// POST /contacts/{id}/{outcome}
pub(crate) async fn answer(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ThingId = req.id("id")?;
    let outcome = match req.param("outcome") {
        "done" => "done",
        "not" => "not",
        _ => return Err(Fail::NotVisible),
    };
    match ctx.act(&req.envelope(), "contact.answer", &(id, outcome)).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&link::contact(id), "contact_ended", receipt))
        }
        Begun::New(mut act) => {
            acts::answered(&mut act, id, outcome).await?;
            Ok(Answer::to(&link::contact(id), "contact_ended", act.commit(&id.to_string()).await?))
        }
    }
}
