//! One hand-over, on the screen and on paper.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use casefile::StageNow;
use engine::{Channel, Fail, Look};
use household::{Person, Reasons, Reviewed, entry};
use paper::{Block, Document, Field, Fields};
use site::{Answer, Choice, Form, Frame, Req, link};
use task::Task;
use words::id::{CaseId, CommandId, EntryId, ThingId, UserId};

use crate::acts;
use crate::known::{self, Known};
use crate::rules::{State, may_receive, may_undo};
use crate::sql::{self, Flag, Item, Pack};

/// One promise.
pub(crate) struct PromiseLine {
    pub day: String,
    pub what: String,
    pub words: String,
}

/// A caution (訪問時の注意) as the screen shows it: its kind and its words.
pub(crate) struct CautionLine {
    pub kind: String,
    pub words: String,
}

/// One case.
pub(crate) struct CaseLine {
    pub case: CaseId,
    pub number: String,
    pub href: String,
    pub name: String,
    /// Never on paper: there they are not disclosed.
    pub cautions: Vec<CautionLine>,
    /// The last day on which somebody was in contact, by the records this reader may see; empty when none of them says so.
    pub contact: String,
    /// How far the relation with each person has come.
    pub engaged: Vec<String>,
    pub promises: Vec<PromiseLine>,
    pub next: String,
    pub words: String,
    pub to: String,
    /// Named, and no longer there.
    pub to_gone: bool,
    pub received: String,
    pub stands: bool,
    pub give: Option<String>,
    pub refer: String,
    pub may_receive: bool,
    /// The command that takes a receipt back, for whoever gave it.
    pub undo: Option<CommandId>,
    pub version: i64,
    pub command: CommandId,
}

#[derive(Template)]
#[template(path = "hand_over_page.html")]
struct PackPage {
    frame: Frame,
    id: ThingId,
    version: i64,
    from: String,
    desk: String,
    last: String,
    drafts: i64,
    state: State,
    lines: Vec<CaseLine>,
    waiting: usize,
    /// Cases that somebody took up.
    received: usize,
    open: bool,
    form: Form,
    /// Whom several cases can be given to at once, and which.
    staff: Vec<Choice>,
    many: Vec<Choice>,
    give: CommandId,
    /// Whether whoever looks may correct the last day.
    may_change: bool,
    change: CommandId,
    withdraw: CommandId,
    reasons: Vec<String>,
}

struct Built {
    pack: Pack,
    staff: Vec<(UserId, String)>,
    may_change: bool,
    lines: Vec<CaseLine>,
    from: String,
    desk: String,
    last: String,
    drafts: i64,
    reasons: Vec<String>,
}

/// Everything of a hand-over this person may see: a constant number of statements, however many cases there are.
async fn built(req: &Req, look: &mut Look, id: ThingId) -> Result<Built, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let frame = req.frame();
    let pack = acts::pack(&mut look.conn(), &viewer, id).await?;
    let (desk, staff) = acts::sitting(&mut look.conn(), m, pack.desk, today).await?;
    let items = sql::items(&mut look.conn(), m, &[id], Some(&viewer)).await?;
    let homes: Vec<_> = items.iter().map(|i| i.household).collect();
    let sealed = household::person::of_households(&mut look.conn(), &viewer, homes).await?;
    let mut reasons = Reasons::default();
    let people: Vec<Disclosed<Person>> = household::known(look, sealed, &mut reasons).await?;
    let tasks = tasks(look, &items, desk).await?;
    let cases: BTreeSet<CaseId> = items.iter().map(|i| i.case).collect();
    let known = known::load(look, &viewer, &cases, &mut reasons).await?;
    let said: BTreeSet<EntryId> = tasks
        .iter()
        .filter_map(|t| t.about.entry)
        .chain(items.iter().filter_map(|i| i.entry))
        .chain(known.entries())
        .collect();
    let (texts, disclosed) = entry::said_today(look, said).await?;
    reasons.of_all(&disclosed);
    let made_by = tasks.iter().map(|t| t.made_by).collect();
    let reviews = household::reviewed(look, &frame, &made_by, &mut reasons).await?;
    let mut named: Vec<UserId> = vec![pack.from];
    for i in &items {
        named.extend([i.to, i.received_by].into_iter().flatten());
    }
    let names = register::user_names(&mut look.conn(), m, named).await?;
    let desks = register::desk_names(&mut look.conn(), m, [desk], today).await?;
    let users: Vec<UserId> = staff.iter().map(|(id, _)| *id).collect();
    let around = Around {
        frame: &frame,
        req,
        pack: &pack,
        people: &people,
        tasks: &tasks,
        known: &known,
        texts: &texts,
        reviews: &reviews,
        names: &names,
    };
    let lines = items.iter().map(|i| around.line(i, desk, viewer.user, &users)).collect();
    let mine = acts::may_begin(&mut look.conn(), &viewer, (pack.desk, pack.from), today).await?.is_ok();
    Ok(Built {
        lines,
        may_change: mine && pack.state == State::Open,
        staff: staff.into_iter().filter(|(user, _)| *user != pack.from).collect(),
        from: names.get(&pack.from).cloned().unwrap_or_default(),
        desk: desks.get(&desk).cloned().unwrap_or_default(),
        last: frame.day(&pack.last),
        drafts: sql::drafts(&mut look.conn(), m, pack.from).await?,
        reasons: reasons.sentences(&frame.t),
        pack,
    })
}

/// The open promises of these cases at the desk.
async fn tasks(look: &mut Look, items: &[Item], desk: words::id::DeskId) -> Result<Vec<Task>, Fail> {
    let viewer = look.viewer().clone();
    let cases: BTreeSet<CaseId> = items.iter().map(|i| i.case).collect();
    let scope = access::Scope::own_desks(&viewer);
    let mut all = task::open_for(&mut look.conn(), viewer.municipality, &scope, None, &viewer, 5_000).await?;
    all.retain(|t| t.desk == desk && t.about.case.is_some_and(|c| cases.contains(&c)));
    Ok(all)
}

struct Around<'a> {
    frame: &'a Frame,
    req: &'a Req,
    pack: &'a Pack,
    people: &'a [Disclosed<Person>],
    tasks: &'a [Task],
    known: &'a Known,
    texts: &'a BTreeMap<EntryId, String>,
    /// What a review looks at, by the command that asked for it.
    reviews: &'a BTreeMap<CommandId, Reviewed>,
    names: &'a HashMap<UserId, String>,
}

impl Around<'_> {
    /// The cautions of a case whose words are disclosed.
    fn cautions(&self, case: CaseId) -> Vec<CautionLine> {
        let of_case = self.known.flags.iter().filter(|f| f.case == case);
        let line = |f: &Flag| {
            let words = self.texts.get(&f.entry)?.clone();
            Some(CautionLine { kind: self.frame.t.code("caution_kind", &f.kind), words })
        };
        of_case.filter_map(line).collect()
    }

    /// How far the relation with each person of a case has come.
    fn engaged(&self, case: CaseId) -> Vec<String> {
        let of_case = self.known.engaged.iter().filter(|e| e.case == case);
        let line = |e: &StageNow| {
            let person = self.people.iter().find(|p| p.id == e.person)?;
            Some(format!("{} {}", person.called(), e.words(&self.frame.t)).trim().to_owned())
        };
        of_case.filter_map(line).collect()
    }

    fn line(&self, i: &Item, desk: words::id::DeskId, me: UserId, sitting: &[UserId]) -> CaseLine {
        let (t, pack) = (&self.frame.t, self.pack);
        let rule = i.rule((pack.desk, desk));
        let of_it = self.people.iter().filter(|p| p.household == i.household);
        let name = household::goes_by(of_it, self.frame.now.day()).map(|p| p.called().to_owned());
        let of_case = || self.tasks.iter().filter(|k| k.about.case == Some(i.case));
        let who = |user: Option<UserId>| user.and_then(|u| self.names.get(&u)).cloned().unwrap_or_default();
        let said = |id: Option<EntryId>| id.and_then(|id| self.texts.get(&id)).cloned().unwrap_or_default();
        let reviewed = |k: &Task| {
            let found = self.reviews.get(&k.made_by).filter(|r| !r.what.is_empty());
            found.map(|r| r.what.clone())
        };
        let received = i.received_at.map_or_else(String::new, |at| {
            t.fs("hand_over.received_by", &[("day", self.frame.day(&at.day())), ("name", who(i.received_by))])
        });
        let open = pack.state == State::Open && rule.waits();
        CaseLine {
            case: i.case,
            number: i.number.clone(),
            href: link::case(i.case),
            name: name.unwrap_or_default(),
            cautions: self.cautions(i.case),
            contact: self.known.contacts.get(&i.case).map_or_else(String::new, |day| self.frame.day(day)),
            engaged: self.engaged(i.case),
            promises: of_case()
                .map(|k| PromiseLine {
                    day: self.frame.day(&k.due_at.day()),
                    what: t.code("task_kind", k.kind),
                    words: reviewed(k).unwrap_or_else(|| said(k.about.entry)),
                })
                .collect(),
            next: of_case().map(|k| k.due_at).min().map(|d| self.frame.day(&d.day())).unwrap_or_default(),
            words: said(i.entry),
            // Whoever took up what nobody was named for is the receiver.
            to: who(i.to.or(i.received_by)),
            to_gone: rule.waits() && i.to.is_some_and(|u| !sitting.contains(&u)),
            received,
            stands: rule.stands,
            give: open.then(|| format!("{}/cases/{}", link::hand_over(pack.id), i.case)),
            refer: format!("{}?kind=hand_over", link::referral_new(i.case)),
            may_receive: may_receive(pack.state, &rule, pack.from, me, sitting).is_ok(),
            undo: may_undo((pack.state, pack.last), rule.stands, i.received(), (me, self.frame.now.day()))
                .is_ok()
                .then(|| self.req.engine().new_id()),
            version: i.version,
            command: self.req.engine().new_id(),
        }
    }
}

/// GET /handovers/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, None, false).await
}

/// The page; with a form that came back, and whether somebody else was faster.
pub(crate) async fn render(req: &Req, typed: Option<Form>, stale: bool) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let b = built(req, &mut look, id).await?;
    let frame = req.frame();
    let wrong = typed.is_some();
    let form = typed.unwrap_or_else(|| Form::filled(vec![("last", frame.t.short_day(b.pack.last))]));
    let chosen: BTreeSet<String> = req.body().all("case").map(ToOwned::to_owned).collect();
    let waits = |l: &&CaseLine| l.give.is_some();
    let many = b.lines.iter().filter(waits).map(|l| {
        let value = format!("{}.{}", l.case, l.version);
        let to = if l.to.is_empty() { frame.t.s("hand_over.to_nobody") } else { l.to.as_str() };
        let word = format!("{} {}\u{3000}{}: {to}", l.number, l.name, frame.t.s("hand_over.to"));
        Choice { on: chosen.contains(&value), value, word, help: String::new() }
    });
    let page = PackPage {
        id,
        version: b.pack.version,
        many: many.collect(),
        staff: b.staff.iter().map(|(u, name)| Choice::new(&form, "many_to", u, name.clone())).collect(),
        give: req.engine().new_id(),
        may_change: b.may_change,
        change: req.engine().new_id(),
        from: b.from,
        desk: b.desk,
        last: b.last,
        drafts: b.drafts,
        state: b.pack.state,
        waiting: b.lines.iter().filter(|l| l.stands && l.received.is_empty()).count(),
        received: b.lines.iter().filter(|l| !l.received.is_empty()).count(),
        lines: b.lines,
        open: b.pack.state == State::Open,
        withdraw: req.engine().new_id(),
        reasons: b.reasons,
        form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    match (wrong, stale) {
        (_, true) => Answer::conflict(html, receipt),
        (true, _) => Answer::again(html, receipt),
        _ => Answer::page(html, receipt),
    }
}

/// GET /handovers/{id}/print
pub(crate) async fn print(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut look = req.ctx()?.look(site::paper::Kind::of(&req).channel()).await?;
    let b = built(&req, &mut look, id).await?;
    let frame = req.frame();
    let document = b.document(&frame);
    let around = site::paper::Around {
        title: frame.t.s("hand_over.title").to_owned(),
        lead: frame.t.s("hand_over.print_lead").to_owned(),
        back: (link::hand_over(id), frame.t.s("hand_over.back").to_owned()),
        file: "hand-over".to_owned(),
        xlsx: true,
        ..site::paper::Around::default()
    };
    Answer::paper(&req, frame, document, around, look.close().await?)
}

impl Built {
    /// The whole of it on paper: case by case, with what is promised in each.
    fn document(&self, frame: &Frame) -> Document {
        let t = &frame.t;
        let s = |key: &str| t.s(&format!("hand_over.{key}")).to_owned();
        let title = t.f("hand_over.of", "name", &self.from);
        let mut document = household::paper_of(frame, t.s("hand_over.title"), "", t.s("case_print.left_out"))
            .with(Block::heading(1, &title))
            .with(Block::note(t.s("site.why_seen"), self.reasons.join(t.s("site.comma"))))
            .with(Fields::new().row(Field::new(s("desk"), &self.desk)).beside([
                Field::new(s("last"), &self.last),
                Field::new(s("cases"), self.lines.len().to_string()),
                Field::new(s("drafts"), self.drafts.to_string()),
            ]))
            .with(Block::note(t.s("caution.title"), s("cautions_on_screen")));
        for l in &self.lines {
            let to = if l.to.is_empty() { s("to_nobody") } else { l.to.clone() };
            let mut blocks = vec![
                Block::heading(2, format!("{} {}", l.number, l.name)),
                Fields::new()
                    .row(Field::new(s("to"), format!("{to}\u{3000}{}", l.received).trim()))
                    .beside([
                        Field::new(s("contact"), &l.contact),
                        Field::new(s("engaged"), t.join(&l.engaged)),
                    ])
                    .into(),
                Block::text(&l.words),
            ];
            if !l.promises.is_empty() {
                let line = |p: &PromiseLine| format!("{}\u{3000}{}\u{3000}{}", p.day, p.what, p.words);
                blocks.push(Block::list(l.promises.iter().map(line)));
            }
            document.push(Block::together(blocks));
        }
        document
    }
}
