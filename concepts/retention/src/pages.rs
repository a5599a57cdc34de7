//! Lists for disposal, one list, its certificate.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use access::Role;
use askama::Template;
use engine::{Channel, Fail, Receipt};
use paper::{Block, Document, Field, Fields, Grid, Style};
use site::Choice;
use site::paper::Around;
use site::{Access, Answer, Form, Frame, Need, Page, Req, link};
use words::code::Code;
use words::id::{DeskId, ThingId, UserId};

use crate::acts::{self, Asked};
use crate::approvers::Approvers;
use crate::rules::{self, Held, Kind, ListState, Refuse, Step};
use crate::sql::{self, Item, List};
use crate::{holds, periods, record_hold, session_hold};

/// Those who make lists and those who answer for desks.
const CONCERNED: Access = Access::Role(&[Role::PrivacyAuditor, Role::AgencyLead, Role::Coordinator]);
/// The privacy auditor alone.
const AUDITOR: Access = Access::Role(&[Role::PrivacyAuditor]);
/// Whoever keeps the settings.
const ADMIN: Access = Access::Role(&[Role::Administrator]);

/// Whoever can run a session.
const RUNS: Access =
    Access::Role(&[Role::Caseworker, Role::AgencyLead, Role::Coordinator, Role::Secretariat]);

/// Lists on one page.
const MOST: i64 = 100;

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get(link::DISPOSALS, CONCERNED, lists),
        Page::post(link::DISPOSALS, AUDITOR, make),
        Page::get("/disposal/{id}", CONCERNED, show),
        Page::post("/disposal/{id}", CONCERNED, step),
        Page::get("/disposal/{id}/certificate", CONCERNED, certificate),
        Page::get(link::HOLDS, AUDITOR, holds::list),
        Page::post(link::HOLDS, AUDITOR, holds::set_by_number),
        Page::get("/retention/holds/{id}", AUDITOR, holds::show_one),
        Page::post("/retention/holds/{id}", AUDITOR, holds::lift_by_auditor),
        Page::get("/cases/{id}/hold", Access::WORKERS, holds::show),
        Page::post("/cases/{id}/hold", Access::WORKERS, holds::change),
        Page::get("/consultations/{id}/keep", Access::WORKERS, record_hold::show_consultation),
        Page::post("/consultations/{id}/keep", Access::WORKERS, record_hold::change_consultation),
        Page::get("/sheets/{id}/keep", Access::WORKERS, record_hold::show_sheet),
        Page::post("/sheets/{id}/keep", Access::WORKERS, record_hold::change_sheet),
        Page::get("/sessions/{id}/keep", RUNS, session_hold::show),
        Page::post("/sessions/{id}/keep", RUNS, session_hold::change),
        Page::get(link::RETENTION, ADMIN, periods::show),
        Page::post(link::RETENTION, ADMIN, periods::add),
    ]
}

/// The log has no row of it: numbers and dates without content.
pub(crate) fn receipt() -> Receipt {
    Receipt::nothing_personal("lists for disposal and periods hold numbers, desks, kinds and dates")
}

struct ListView {
    href: String,
    made: String,
    made_iso: String,
    up_to: String,
    state: ListState,
    state_word: String,
}

#[derive(Template)]
#[template(path = "disposal_lists.html")]
struct ListsPage {
    frame: Frame,
    form: Form,
    auditor: bool,
    kinds: Vec<Choice>,
    lists: Vec<ListView>,
}

async fn lists_page(req: &Req, form: Form) -> Result<ListsPage, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let found =
        sql::lists(&mut look.conn(), ctx.viewer.municipality, &acts::sight(&ctx.viewer), MOST).await?;
    let t = &frame.t;
    let kinds =
        Kind::ALL.iter().map(|k| Choice::new(&form, "kind", k, t.code("retention_kind", k))).collect();
    let lists = found
        .iter()
        .map(|(l, state)| ListView {
            href: link::disposal(l.id),
            made: frame.moment(&l.made_at),
            made_iso: l.made_at.iso(),
            up_to: t.full_day(l.up_to),
            state: *state,
            state_word: t.code("disposal_state", state),
        })
        .collect();
    Ok(ListsPage { auditor: acts::audits(&ctx.viewer), kinds, lists, form, frame })
}

/// `GET /disposal`
async fn lists(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut filled = vec![("up_to", req.t().short_day(req.now().day()))];
    filled.extend(Kind::ALL.iter().map(|k| ("kind", k.to_string())));
    Answer::page(lists_page(&req, Form::filled(filled)).await?.render(), receipt())
}

/// `POST /disposal`: makes a list.
async fn make(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let kinds: Vec<Kind> = form.codes("kind");
    let up_to = form.day("up_to", Need::Required);
    if kinds.is_empty() {
        form.problem("kind", "text.choose");
    }
    if let Some(refusal) = up_to.and_then(|day| rules::check_up_to(day, req.now().day()).err()) {
        form.problem("up_to", refusal.key);
    }
    let (Some(up_to), false) = (up_to, form.has_problems()) else {
        return Answer::again(lists_page(&req, form).await?.render(), receipt());
    };
    match acts::make(&req, &kinds, up_to).await {
        Ok((done, more)) => {
            let (receipt, made) = done.end();
            let to = made.map_or_else(|| link::DISPOSALS.to_owned(), link::disposal);
            Ok(Answer::to(&to, if more { "disposal_made_full" } else { "disposal_made" }, receipt))
        }
        Err(Fail::Refused(refusal)) if refusal.key == "disposal.nothing_due" => {
            form.problem("up_to", refusal.key);
            Answer::again(lists_page(&req, form).await?.render(), receipt())
        }
        Err(fail) => Err(fail),
    }
}

struct ItemView {
    seq: i64,
    kind: String,
    /// Number of a case, id of what has no number.
    name: String,
    /// For whoever may open it on a basis of their own.
    href: Option<String>,
    desk: String,
    ended: String,
    kept_until: String,
    rule: String,
    status: String,
    /// `ok`, `warn` or nothing.
    class: &'static str,
    /// Who approved it, and when.
    by: String,
    choose: bool,
}

#[derive(Template)]
#[template(path = "disposal_show.html")]
struct ShowPage {
    frame: Frame,
    form: Form,
    id: ThingId,
    auditor: bool,
    state: ListState,
    state_word: String,
    up_to: String,
    made: String,
    approved: String,
    /// Desks whose approval is missing; for the auditor.
    missing: Vec<String>,
    /// That the list is as long as one can be, so that others may wait for the next; for the auditor.
    full: Option<String>,
    version: i64,
    items: Vec<ItemView>,
    /// Items this person can approve now.
    own: usize,
    counts: Vec<(String, usize)>,
    refusals: Vec<Choice>,
    may_approve_list: bool,
    over: bool,
    /// What is true now, for whoever pressed a button of before: who approved, and when; empty where nothing changed.
    now: Vec<String>,
    /// Why the step was not taken, where no field puts it right.
    refused: String,
}

/// A list as far as this person sees it: absent otherwise.
async fn load(req: &Req, channel: Channel) -> Result<(List, Vec<Item>, ListState), Fail> {
    let ctx = req.ctx()?;
    let (m, id) = (ctx.viewer.municipality, req.id("id")?);
    let mut look = ctx.look(channel).await?;
    let list = sql::list_by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let sight = acts::sight(&ctx.viewer);
    let items = sql::items(&mut look.conn(), m, id, &sight).await?;
    if items.is_empty() && !acts::audits(&ctx.viewer) {
        return Err(Fail::NotVisible);
    }
    let whole =
        sql::items(&mut look.conn(), m, id, &sql::Sight { desks: None, excluded: Vec::new() }).await?;
    let state = rules::state(&acts::facts_of(&list, &whole));
    Ok((list, items, state))
}

/// Names of desks and people on a list.
struct Names {
    desks: HashMap<DeskId, String>,
    users: HashMap<UserId, String>,
}

async fn names(
    req: &Req,
    list: &List,
    items: &[Item],
    heirs: impl Iterator<Item = DeskId>,
) -> Result<Names, Fail> {
    let ctx = req.ctx()?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let desks: BTreeSet<DeskId> = items.iter().map(|i| i.desk).chain(heirs).collect();
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let users = items
        .iter()
        .filter_map(|i| i.approved.map(|(_, by)| by).or(i.refused_by))
        .chain([list.made_by])
        .chain([list.approved, list.executed].into_iter().flatten().map(|(_, by)| by));
    let users = register::user_names(&mut look.conn(), m, users).await?;
    Ok(Names { desks, users })
}

impl Names {
    fn desk(&self, id: DeskId) -> String {
        self.desks.get(&id).cloned().unwrap_or_default()
    }

    fn user(&self, id: UserId) -> String {
        self.users.get(&id).cloned().unwrap_or_default()
    }

    fn stamp(&self, frame: &Frame, stamp: Option<(words::Instant, UserId)>) -> String {
        stamp.map_or_else(String::new, |(at, by)| {
            format!("{} {}", frame.t.full_day(at.day()), self.user(by)).trim().to_owned()
        })
    }
}

fn name_of(item: &Item) -> String {
    if item.number.is_empty() { item.record.to_string() } else { item.number.clone() }
}

fn rule_of(frame: &Frame, item: &Item) -> String {
    let years = frame.t.f("retention.years_short", "n", item.years);
    format!("{years} {}", item.rule).trim().to_owned()
}

fn status(frame: &Frame, item: &Item) -> (String, &'static str) {
    let t = &frame.t;
    if item.disposed {
        (t.s("disposal.item_gone").to_owned(), "ok")
    } else if !item.held.is_empty() {
        let told = |code: &str| Held::parse(code).map_or(code.to_owned(), |held| held.told().to_string());
        let mut codes: Vec<String> = Vec::new();
        for code in item.held.split(',').map(told) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        let why: Vec<String> = codes.iter().map(|code| t.code("disposal_held", code)).collect();
        (t.f("disposal.item_held", "why", t.join(&why)), "warn")
    } else if !item.refusal.is_empty() {
        (t.f("disposal.item_refused", "why", t.code("disposal_refusal", &item.refusal)), "warn")
    } else if item.approved.is_some() {
        (t.s("disposal.item_approved").to_owned(), "ok")
    } else {
        (t.s("disposal.item_waiting").to_owned(), "")
    }
}

/// Where a worker of the desk opens the record: what they see there is decided there.
fn href(item: &Item) -> String {
    match item.kind {
        Kind::Case => link::case(item.record.cast()),
        Kind::Consultation => link::consultation(item.record.cast()),
        Kind::Sheet => link::sheet(item.record.cast()),
        Kind::Session => link::meeting(item.record),
    }
}

fn going(item: &Item) -> bool {
    item.held.is_empty() && item.refusal.is_empty()
}

/// Whether its desk has yet to approve it.
fn waits(item: &Item) -> bool {
    going(item) && item.approved.is_none()
}

async fn approvers(req: &Req, list: &List, items: &[Item]) -> Result<Approvers, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    Ok(Approvers::load(&mut look.conn(), ctx.viewer.municipality, ctx.now, (list, items)).await?)
}

/// The desks whose approval these items wait for, each once: of a desk that has ended the one that took over, and where nobody can approve
/// any of them, that it is so.
fn missing<'a>(
    frame: &Frame,
    names: &Names,
    approvers: &Approvers,
    waiting: impl Iterator<Item = &'a Item>,
) -> Vec<String> {
    let mut of: BTreeMap<DeskId, bool> = BTreeMap::new();
    for item in waiting {
        *of.entry(approvers.desk(item)).or_default() |= approvers.can(item);
    }
    let word = |(desk, somebody): (DeskId, bool)| match names.desk(desk) {
        name if somebody => name,
        name => frame.t.f("disposal.waits_for_nobody", "desk", name),
    };
    of.into_iter().map(word).collect()
}

/// Who has approved by now, and what became of the rest.
fn standing(frame: &Frame, names: &Names, list: &List, items: &[Item]) -> Vec<String> {
    let t = &frame.t;
    let mut said = Vec::new();
    if list.approved.is_some() {
        said.push(t.f("disposal.now_list", "who", names.stamp(frame, list.approved)));
    }
    let mut by: BTreeMap<String, usize> = BTreeMap::new();
    for item in items.iter().filter(|i| i.approved.is_some()) {
        *by.entry(names.stamp(frame, item.approved)).or_default() += 1;
    }
    let approved =
        by.into_iter().map(|(who, n)| t.fs("disposal.now_items", &[("who", who), ("n", n.to_string())]));
    said.extend(approved);
    let off = items.iter().filter(|i| !i.refusal.is_empty()).count();
    if off > 0 {
        said.push(t.f("disposal.now_off", "n", off));
    }
    if list.executed.is_some() {
        said.push(t.f("disposal.now_executed", "who", names.stamp(frame, list.executed)));
    } else if let Some(at) = list.cancelled_at {
        said.push(t.f("disposal.now_cancelled", "day", t.full_day(at.day())));
    }
    said
}

/// The reasons that can be given by whoever looks at these records.
fn refusals(
    frame: &Frame,
    form: &Form,
    items: &[Item],
    (auditor, approvers): (bool, &Approvers),
) -> Vec<Choice> {
    let nobody = items.iter().any(|i| going(i) && !approvers.can(i));
    Refuse::ALL
        .iter()
        .filter(|r| rules::may_refuse(**r, auditor, !nobody).is_ok())
        .map(|r| Choice::new(form, "why", r, frame.t.code("disposal_refusal", r)))
        .collect()
}

/// The items as they would come out if the list were carried out now: what was put on hold since it was made is counted and said.
async fn as_of_today(req: &Req, list: &List, items: &[Item]) -> Result<Vec<Item>, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let day = (ctx.viewer.municipality, ctx.now.day());
    let held = acts::held_now(&mut look.conn(), day, list.up_to, items).await?;
    let mut items = items.to_vec();
    for item in items.iter_mut().filter(|i| going(i)) {
        item.held = held.get(&item.record).cloned().unwrap_or_default();
    }
    Ok(items)
}

async fn show_page(req: &Req, form: Form, changed: bool) -> Result<ShowPage, Fail> {
    let (list, items, state) = load(req, Channel::Page).await?;
    let over = matches!(state, ListState::Executed | ListState::Cancelled);
    let today = if over { items.clone() } else { as_of_today(req, &list, &items).await? };
    let approvers = approvers(req, &list, &items).await?;
    let names = names(req, &list, &items, items.iter().map(|i| approvers.desk(i))).await?;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = &frame.t;
    let (auditor, led) = (acts::audits(&ctx.viewer), acts::led(&ctx.viewer));
    let view = |(i, today): (&Item, &Item)| {
        let (status, class) = status(&frame, today);
        let own = led.contains(&i.desk);
        ItemView {
            seq: i.seq,
            kind: t.code("retention_kind", i.kind),
            // On the screen its place on the list names it; the paper has the id.
            name: if i.number.is_empty() { t.f("disposal.seq", "n", i.seq) } else { i.number.clone() },
            href: (own && !i.disposed).then(|| href(i)),
            desk: names.desk(i.desk),
            ended: t.full_day(i.ended),
            kept_until: t.full_day(i.kept_until),
            rule: rule_of(&frame, i),
            status,
            class,
            by: names.stamp(&frame, i.approved),
            choose: !over && going(i) && (auditor || own),
        }
    };
    let missing = missing(&frame, &names, &approvers, items.iter().filter(|i| !over && waits(i)));
    let count = |f: &dyn Fn(&Item) -> bool| today.iter().filter(|i| f(i)).count();
    let version = if changed || form.value("base_version").is_empty() {
        list.version
    } else {
        form.value("base_version").parse().unwrap_or(list.version)
    };
    Ok(ShowPage {
        id: list.id,
        auditor,
        state,
        state_word: t.code("disposal_state", state),
        up_to: t.full_day(list.up_to),
        made: names.stamp(&frame, Some((list.made_at, list.made_by))),
        approved: names.stamp(&frame, list.approved),
        missing,
        full: (auditor && !over && items.len() >= acts::MOST).then(|| t.f("disposal.full", "n", acts::MOST)),
        version,
        own: items.iter().filter(|i| !over && waits(i) && led.contains(&i.desk)).count(),
        counts: vec![
            (t.s("disposal.count_going").to_owned(), count(&going)),
            (t.s("disposal.count_held").to_owned(), count(&|i| !i.held.is_empty())),
            (t.s("disposal.count_refused").to_owned(), count(&|i| !i.refusal.is_empty())),
        ],
        items: items.iter().zip(&today).map(view).collect(),
        refusals: refusals(&frame, &form, &items, (auditor, &approvers)),
        now: if changed { standing(&frame, &names, &list, &items) } else { Vec::new() },
        refused: form.error(t, "refused").unwrap_or_default(),
        may_approve_list: auditor && !over && list.approved.is_none(),
        over,
        form,
        frame,
    })
}

/// `GET /disposal/{id}`
async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    Answer::page(show_page(&req, Form::default(), false).await?.render(), receipt())
}

/// `POST /disposal/{id}`: approve, take off, carry out, give up.
async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    // Whoever sees nothing of the list is told nothing about their form.
    load(&req, Channel::Write).await?;
    let mut form = req.form();
    let all = form.value("step") == "approve_all";
    let step = if all { Some(Step::ApproveDesk) } else { form.code::<Step>("step", Need::Required) };
    let items: Vec<i64> = form.fields().all("item").filter_map(|v| v.parse().ok()).collect();
    let about_items = matches!(step, Some(Step::ApproveDesk | Step::Refuse));
    if about_items && !all && items.is_empty() {
        form.problem("items", "disposal.choose_items");
    }
    let why = if step == Some(Step::Refuse) { form.code::<Refuse>("why", Need::Required) } else { None };
    if step == Some(Step::Execute) && !form.ticked("sure") {
        form.problem("sure", "disposal.choose_sure");
    }
    let (Some(step), false) = (step, form.has_problems()) else {
        return Answer::again(show_page(&req, form, false).await?.render(), receipt());
    };
    let id: ThingId = req.id("id")?;
    let (receipt, _) = match acts::step(&req, id, &Asked { step, items, all, why }).await {
        Ok(done) => done.end(),
        // The list as it is now, with who has approved since: no page of its own that leads nowhere.
        Err(Fail::Stale) => {
            form.problem("refused", "disposal.changed");
            return Answer::conflict(show_page(&req, form, true).await?.render(), receipt());
        }
        Err(Fail::Refused(refusal)) => {
            let beside = if refusal.key == "disposal.somebody_there" { "why" } else { "refused" };
            form.problem_with(beside, refusal.key, refusal.args);
            let page = show_page(&req, form, beside == "refused").await?;
            return Answer::again(page.render(), receipt());
        }
        Err(other) => return Err(other),
    };
    let done = match step {
        Step::ApproveDesk | Step::ApproveList => "disposal_approved",
        Step::Refuse => "disposal_refused",
        Step::Execute => "disposal_executed",
        Step::Cancel => "disposal_cancelled",
    };
    Ok(Answer::to(&link::disposal(id), done, receipt))
}

struct Total {
    kind: String,
    n: usize,
    rules: Vec<String>,
}

/// What was disposed of, and by whom that was decided.
struct Certificate {
    id: ThingId,
    up_to: String,
    made: String,
    approved: String,
    executed: String,
    totals: Vec<Total>,
    stayed: usize,
    items: Vec<ItemView>,
    hash: String,
    /// Whether the list is still what it was: `None` for whoever sees only a part of it.
    same: Option<bool>,
}

impl Certificate {
    fn document(&self, frame: &Frame) -> Document {
        let t = &frame.t;
        let s = |key: &str| t.s(&format!("disposal.{key}")).to_owned();
        let title = s("certificate");
        let mut document = Document::new(&title, site::paper::language(t))
            .head([title.clone(), frame.municipality.clone(), self.executed.clone()])
            .foot([format!("{} {}", frame.municipality, t.s("site.name")), String::new()])
            .with(Block::heading(1, &title))
            .with(Block::text(s("certificate_words")))
            .with(
                Fields::new()
                    .row(Field::new(s("list_number"), self.id.to_string()))
                    .row(Field::new(s("up_to"), &self.up_to))
                    .row(Field::new(s("made"), &self.made))
                    .row(Field::new(s("auditor"), &self.approved))
                    .row(Field::new(s("executed"), &self.executed)),
            );
        let total = |x: &Total| {
            let rules = x.rules.join(t.s("site.comma"));
            format!("{} {}\u{3000}{rules}", x.kind, t.f("disposal.n", "n", x.n))
        };
        let totals = self.totals.iter().map(total).chain([t.f("disposal.stayed", "n", self.stayed)]);
        document.push(Block::together([Block::heading(2, s("totals")), Block::list(totals)]));
        document.push(Block::heading(2, s("items")));
        let heads = [s("record"), s("desk"), s("ended"), s("kept_until"), s("lead_approved")];
        let mut grid = Grid::new(heads).widths([4, 3, 3, 4, 4]);
        for i in &self.items {
            let record = format!("{} {} {}", i.seq, i.kind, i.name);
            let until = format!("{}\n{}", i.kept_until, i.rule);
            grid.push([record, i.desk.clone(), i.ended.clone(), until, i.by.clone()]);
        }
        document.push(grid);
        let mut proof = vec![Block::heading(2, s("hash")), Block::text(&self.hash)];
        proof.extend(self.same.map(|same| {
            let style = if same { Style::Plain } else { Style::Strong };
            Block::styled(style, s(if same { "hash_same" } else { "hash_other" }))
        }));
        document.with(Block::together(proof))
    }
}

/// `GET /disposal/{id}/certificate`
async fn certificate(req: Arc<Req>) -> Result<Answer, Fail> {
    let (list, items, state) = load(&req, site::paper::Kind::of(&req).channel()).await?;
    if state != ListState::Executed {
        return Err(Fail::NotVisible);
    }
    let names = names(&req, &list, &items, std::iter::empty()).await?;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = &frame.t;
    let stayed = items.iter().filter(|i| !i.disposed).count();
    let gone: Vec<Item> = items.into_iter().filter(|i| i.disposed).collect();
    let mut of: BTreeMap<Kind, (usize, BTreeSet<String>)> = BTreeMap::new();
    for i in &gone {
        let total = of.entry(i.kind).or_default();
        total.0 += 1;
        total.1.insert(rule_of(&frame, i));
    }
    let certificate = Certificate {
        id: list.id,
        up_to: t.full_day(list.up_to),
        made: names.stamp(&frame, Some((list.made_at, list.made_by))),
        approved: names.stamp(&frame, list.approved),
        executed: names.stamp(&frame, list.executed),
        totals: of
            .into_iter()
            .map(|(kind, (n, rules))| Total {
                kind: t.code("retention_kind", kind),
                n,
                rules: rules.into_iter().collect(),
            })
            .collect(),
        stayed,
        same: (acts::audits(&ctx.viewer) && ctx.viewer.excluded_from.is_empty())
            .then(|| acts::certificate(&list, &gone) == list.hash),
        items: gone
            .iter()
            .map(|i| ItemView {
                seq: i.seq,
                kind: t.code("retention_kind", i.kind),
                name: name_of(i),
                href: None,
                desk: names.desk(i.desk),
                ended: t.full_day(i.ended),
                kept_until: t.full_day(i.kept_until),
                rule: rule_of(&frame, i),
                status: String::new(),
                class: "",
                by: names.stamp(&frame, i.approved),
                choose: false,
            })
            .collect(),
        hash: list.hash.clone(),
    };
    let document = certificate.document(&frame);
    let around = Around {
        title: document.title.clone(),
        lead: t.s("disposal.certificate_lead").to_owned(),
        back: (link::disposal(list.id), t.s("disposal.back").to_owned()),
        file: format!("disposal-{}", list.up_to),
        xlsx: true,
        ..Around::default()
    };
    Answer::paper(&req, frame, document, around, receipt())
}
