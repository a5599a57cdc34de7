//! The pages of sheets.

use std::collections::HashMap;
use std::sync::Arc;

use access::{Action, Disclosed, Role, may};
use askama::Template;
use draft::Opened;
use engine::{Begun, Channel, Ctx, Fail, Look};
use feedback::Outcome;
use household::{Reasons, entry, person};
use register::AreaInfo;
use site::{Access, Answer, Choice, Form, Frame, Need, Page, Req, link};
use words::Instant;
use words::id::{ConnectingSheetId, DeskId, UserId};

use super::form::{Offered, first, read};
use super::rules::{ErrorReason, SheetState};
use super::sql::{self, Loaded, Sheet, SheetFacts};
use super::views::{Line, ListPage, SheetForm, SheetPage, Shows};
use super::{acts, back, consents, print};
use crate::form::TEXT_MAX;
use crate::read::help_lines;
use crate::rules::Urgency;
use crate::{town, views};

/// Who may write sheets, and read what they wrote.
const WRITERS: Access = Access::Role(&[Role::Liaison, Role::Caseworker, Role::AgencyLead, Role::Coordinator]);
/// Who may take sheets up.
const COORDINATORS: Access = Access::Role(&[Role::Coordinator]);
/// Sheets shown of what has ended or was written, per page.
const PAGE: usize = 50;
/// Open sheets shown: all there should ever be.
const MOST_OPEN: i64 = 200;

pub(crate) fn pages() -> Vec<Page> {
    vec![
        Page::get("/sheets", WRITERS, list),
        Page::get("/sheets/new", WRITERS, new),
        Page::post("/sheets", WRITERS, create),
        Page::get("/sheets/{id}", WRITERS, show),
        Page::get("/sheets/{id}/print", WRITERS, print::show),
        Page::post("/sheets/{id}/take", COORDINATORS, take),
        Page::post("/sheets/{id}/answer", COORDINATORS, answer),
        Page::post("/sheets/{id}/error", WRITERS, take_back),
        Page::get("/sheets/{id}/consents/{consent}/withdraw", WRITERS, consents::confirm),
        Page::post("/sheets/{id}/consents/{consent}/withdraw", WRITERS, consents::withdraw),
    ]
}

fn nothing() -> engine::Receipt {
    engine::Receipt::nothing_personal("a redirect to what was written before")
}

// ── Writing ──

/// The desks of the multi-agency providers that have a coordinator today.
async fn providers(look: &mut Look) -> Result<Vec<DeskId>, Fail> {
    let (municipality, today) = (look.viewer().municipality, look.now().day());
    let mut desks: Vec<DeskId> = Vec::new();
    for (_, desk) in register::coordinators(&mut look.conn(), municipality, today).await? {
        if !desks.contains(&desk) {
            desks.push(desk);
        }
    }
    Ok(desks)
}

async fn form_page(
    req: &Req,
    look: &mut Look,
    opened: Opened,
    providers: &[DeskId],
) -> Result<SheetForm, Fail> {
    let (municipality, today) = (look.viewer().municipality, req.now().day());
    let mut frame = req.frame();
    if let Some(command) = opened.command {
        frame.command = command;
    }
    let areas = register::areas(&mut look.conn(), municipality, "").await?;
    let desks: Vec<(DeskId, String)> = register::desks(&mut look.conn(), municipality, today)
        .await?
        .into_iter()
        .map(|d| (d.id, d.name))
        .collect();
    let chosen = |wanted: &dyn Fn(&DeskId) -> bool| {
        desks.iter().filter(|(id, _)| wanted(id)).map(|(id, name)| (id.to_string(), name.clone())).collect()
    };
    let asked = town::asked(look, town::CONNECTING, false).await?;
    frame.t = asked.words(&frame.t, town::CONNECTING_WORDS);
    Ok(SheetForm {
        parts: asked.laid(&frame.t, &opened.form),
        dropped: asked.dropped(&frame.t, &opened.form),
        definition_version: asked.version(),
        matters: asked.matters(&frame.t, &opened.form),
        draft: opened.id,
        draft_version: opened.version,
        form: opened.form,
        areas: views::area_choices(areas),
        providers: chosen(&|id| providers.contains(id)),
        desks: chosen(&|id| !providers.contains(id)),
        help_lines: help_lines(&frame),
        frame,
    })
}

async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let providers = providers(&mut look).await?;
    let opened = match draft::reopened(&mut look.conn(), &req).await? {
        Some(opened) => opened,
        // Sent or thrown away, by "back" for instance; or somebody else's, which is the same answer.
        None if req.query().get("draft").is_some() => {
            return Ok(Answer::to(link::SHEET_NEW, "draft_gone", look.close().await?));
        }
        None => Opened::fresh(&req, first(&providers)),
    };
    let page = form_page(&req, &mut look, opened, &providers).await?;
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let providers = providers(&mut look).await?;
    let mut form = req.form();
    let municipality = ctx.viewer.municipality;
    let desks = register::desks(&mut look.conn(), municipality, req.now().day()).await?;
    let areas = register::areas(&mut look.conn(), municipality, "").await?;
    let offered = Offered {
        providers: providers.clone(),
        desks: desks.iter().map(|d| d.id).collect(),
        areas: areas.iter().map(|a| a.id).collect(),
    };
    let mut sheet = read(&mut form, &req.t(), req.now(), &offered);
    // Without consent only what can name nobody goes on: the town's items are for those who agreed.
    if let Some((new, _)) = sheet.as_mut().filter(|(new, _)| new.identity.is_some()) {
        new.extra =
            town::asked(&mut look, town::CONNECTING, !form.value("area").is_empty()).await?.read(&mut form);
    }
    let (sheet, dropped) = match sheet {
        Some(sheet) if !form.has_problems() => sheet,
        _ => {
            let page = form_page(&req, &mut look, draft::sent(&req, form), &providers).await?;
            let receipt = look.close().await?;
            return Answer::again(page.render(), receipt);
        }
    };
    drop(look);
    let done = match (&sheet.identity, dropped) {
        (Some(_), _) => "sheet_sent",
        (None, false) => "sheet_notice",
        (None, true) => "sheet_dropped",
    };
    match ctx.act(&req.envelope(), "sheet.send", &sheet).await? {
        Begun::Before(id) => {
            let to = id.parse().map_or_else(|_| link::SHEETS.to_owned(), link::sheet);
            Ok(Answer::to(&to, done, nothing()))
        }
        Begun::New(mut act) => {
            let id: ConnectingSheetId = act.new_id();
            let right = acts::permit_send(&mut act, id).await?;
            match acts::send(&mut act, &right, id, &sheet).await {
                Ok(()) => Ok(Answer::to(&link::sheet(id), done, act.commit(&id.to_string()).await?)),
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    let mut form = req.form();
                    // Nobody is picked here: what is wrong with whoever spoke stands beside their name.
                    let field = match consent::field_of(refusal.key) {
                        Some("giver") => "given_by_name",
                        field => field.unwrap_or("consent_form"),
                    };
                    form.problem_with(field, refusal.key, refusal.args);
                    let mut look = ctx.look(Channel::Write).await?;
                    let page = form_page(&req, &mut look, draft::sent(&req, form), &providers).await?;
                    Answer::again(page.render(), look.close().await?)
                }
                Err(other) => Err(other),
            }
        }
    }
}

// ── Reading ──

/// What the lines of several lists share.
struct Shared {
    users: HashMap<UserId, String>,
    desks: HashMap<DeskId, String>,
    people: HashMap<words::id::PersonId, String>,
    became: HashMap<ConnectingSheetId, String>,
}

async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let viewer = &ctx.viewer;
    let coordinator = viewer.has_role(&[Role::Coordinator]);
    let before = |name: &str| req.query().get(name).and_then(|v| v.parse().ok()).map(Instant::from_millis);
    let mut look = ctx.look(Channel::List).await?;
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let (open, ended) = if coordinator {
        let open = sql::received(&mut look.conn(), viewer, true, None, MOST_OPEN).await?;
        (open, sql::received(&mut look.conn(), viewer, false, before("ended"), most).await?)
    } else {
        (Vec::new(), Vec::new())
    };
    let written = sql::written(&mut look.conn(), viewer, before("written"), most).await?;
    let counts = [open.len(), ended.len(), written.len()];
    let (sheets, sealed): (Vec<Sheet>, Vec<_>) =
        open.into_iter().chain(ended).chain(written).map(|l| (l.sheet, l.facts)).unzip();
    let facts = look.disclose(sealed).await?;
    let mut reasons = Reasons::default();
    reasons.of_all(&facts);
    let shared = shared(&ctx, &mut look, &req.frame(), &sheets, &mut reasons).await?;
    let frame = req.frame();
    let line =
        |sheet: &Sheet| facts.iter().find(|f| f.id == sheet.id).map(|f| line(&frame, sheet, f, &shared));
    let (first, second) = (counts[0], counts[0] + counts[1]);
    let shown = |range: &[Sheet]| range.iter().take(PAGE).filter_map(line).collect::<Vec<_>>();
    // Whoever receives sheets and writes some has all three parts; one of them can be asked for, and kept as a filter.
    let writer = viewer.has_role(&[Role::Liaison]) || counts[2] > 0 || !coordinator;
    let theirs = [("open", coordinator), ("ended", coordinator), ("written", writer)];
    let theirs: Vec<&str> = theirs.iter().filter(|(_, has)| *has).map(|(part, _)| *part).collect();
    let asked = req.query().get("show").and_then(|show| theirs.iter().find(|part| **part == show).copied());
    let show = asked.map_or_else(String::new, |part| format!("show={part}&"));
    let next = |range: &[Sheet], name: &str| match range.get(PAGE.saturating_sub(1)) {
        Some(last) if range.len() > PAGE => {
            format!("{}?{show}{name}={}", link::SHEETS, last.occurred_at.millis())
        }
        _ => String::new(),
    };
    let shows = |part: &str| theirs.contains(&part) && asked.is_none_or(|asked| asked == part);
    let part = |part: &&str| Choice {
        value: (*part).to_owned(),
        word: frame.t.s(&format!("sheet.{part}")).to_owned(),
        on: asked == Some(*part),
        help: String::new(),
    };
    let page = ListPage {
        reasons: reasons.sentences(&frame.t),
        coordinator,
        parts: theirs.iter().map(part).collect(),
        shows: Shows {
            open: shows("open"),
            ended: shows("ended") && (counts[1] > 0 || asked.is_some()),
            written: shows("written"),
        },
        open: sheets[..first].iter().filter_map(line).collect(),
        ended: shown(&sheets[first..second]),
        written: shown(&sheets[second..]),
        ended_next: next(&sheets[first..second], "ended"),
        written_next: next(&sheets[second..], "written"),
        frame: frame.clone(),
    };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

async fn shared(
    ctx: &Ctx,
    look: &mut Look,
    frame: &Frame,
    sheets: &[Sheet],
    reasons: &mut Reasons,
) -> Result<Shared, Fail> {
    let (municipality, today) = (ctx.viewer.municipality, ctx.now.day());
    let sealed =
        person::by_ids(&mut look.conn(), &ctx.viewer, sheets.iter().filter_map(|s| s.person)).await?;
    let people = look.disclose(sealed).await?;
    reasons.of_all(&people);
    let mut conn = look.conn();
    Ok(Shared {
        users: register::user_names(&mut conn, municipality, sheets.iter().map(|s| s.author)).await?,
        desks: register::desk_names(
            &mut conn,
            municipality,
            sheets.iter().flat_map(|s| [s.desk, s.provider]),
            today,
        )
        .await?,
        people: people.iter().map(|p| (p.id, p.called().to_owned())).collect(),
        became: back::became(look, &frame.t, sheets).await?,
    })
}

fn line(frame: &Frame, sheet: &Sheet, facts: &Disclosed<SheetFacts>, shared: &Shared) -> Line {
    let t = &frame.t;
    let name = sheet.person.and_then(|p| shared.people.get(&p)).filter(|n| !n.is_empty()).cloned();
    let nobody = if sheet.consented { "intake.unnamed" } else { "sheet.notice" };
    let author = shared.users.get(&sheet.author).cloned().unwrap_or_default();
    let desk = shared.desks.get(&sheet.desk).cloned().unwrap_or_default();
    Line {
        link: link::sheet(sheet.id),
        when: frame.moment(&sheet.occurred_at),
        when_iso: sheet.occurred_at.iso(),
        who: name.unwrap_or_else(|| t.s(nobody).to_owned()),
        topics: facts.topics.iter().take(3).map(|m| t.code("matter", m)).collect::<Vec<_>>().join(", "),
        state: sheet.state.to_string(),
        state_word: t.code("sheet_state", sheet.state),
        urgent: sheet.urgency == Urgency::Urgent,
        from: format!("{desk} {author}").trim().to_owned(),
        to: shared.desks.get(&sheet.provider).cloned().unwrap_or_default(),
        became: shared.became.get(&sheet.id).cloned().unwrap_or_default(),
    }
}

async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    show_with(&req, Form::default()).await
}

async fn show_with(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ConnectingSheetId = req.id("id")?;
    let wrong = form.has_problems();
    let mut look = ctx.look(Channel::Page).await?;
    let page = page(&ctx, &mut look, req.frame(), id, form).await?;
    let receipt = look.close().await?;
    if wrong { Answer::again(page.render(), receipt) } else { Answer::page(page.render(), receipt) }
}

pub(super) async fn page(
    ctx: &Ctx,
    look: &mut Look,
    mut frame: Frame,
    id: ConnectingSheetId,
    form: Form,
) -> Result<SheetPage, Fail> {
    let viewer = &ctx.viewer;
    let Loaded { sheet, facts } = sql::by_id(&mut look.conn(), viewer, id).await?.ok_or(Fail::NotVisible)?;
    let on = sheet.occurred_at.day();
    let words = town::words_then(look, &frame.t, town::CONNECTING, on, town::CONNECTING_WORDS).await?;
    frame.t = words.0;
    let facts = look.disclose_one(facts).await?.ok_or(Fail::NotVisible)?;
    let sealed = entry::of_sheet(&mut look.conn(), viewer, id).await?;
    let entries = look.disclose(sealed).await?;
    let sealed = person::by_ids(&mut look.conn(), viewer, sheet.person).await?;
    let people = look.disclose(sealed).await?;
    let mut reasons = Reasons::default();
    reasons.of(&facts);
    reasons.of_all(&entries);
    reasons.of_all(&people);
    let shared = shared(ctx, look, &frame, std::slice::from_ref(&sheet), &mut reasons).await?;
    let (answers, entries): (Vec<_>, Vec<_>) = entries.into_iter().partition(|e| e.answers.is_some());
    let filled = sheets::of_connecting(&mut look.conn(), viewer.municipality, id).await?;
    let town = town::read_back(look, &frame, filled, &answers).await?;
    let areas: Vec<AreaInfo> = match facts.area {
        Some(_) => register::areas(&mut look.conn(), viewer.municipality, "").await?,
        None => Vec::new(),
    };
    let t = frame.t.clone();
    let cases = facts.facts().cases.clone();
    let relation = sheet.relation(cases.iter().copied());
    let works = may(viewer, Action::TakeSheet, &relation).is_ok();
    let mut kept = relation.clone();
    kept.accountable = Some(sheet.provider);
    let holds_it = may(viewer, Action::HoldRecord, &kept).is_ok();
    let waits = sheet.state == SheetState::Sent;
    let terms = consents::terms(look, &frame, &sheet, &cases).await?;
    let agreed = sheet.consented && terms.iter().any(|(_, c)| c.holds);
    let reads = viewer.reading_desks();
    let mine = sheet.author == viewer.user;
    let phones = if works || mine { phones(look, &sheet).await? } else { Default::default() };
    Ok(SheetPage {
        town,
        commands: std::array::from_fn(|_| ctx.engine.new_id()),
        reasons: reasons.sentences(&t),
        id,
        version: sheet.version,
        state: sheet.state.to_string(),
        state_word: t.code("sheet_state", sheet.state),
        urgent: sheet.urgency == Urgency::Urgent,
        urgency_word: t.code("urgency", sheet.urgency),
        consented: sheet.consented,
        when: frame.moment(&sheet.occurred_at),
        when_iso: sheet.occurred_at.iso(),
        author: shared.users.get(&sheet.author).cloned().unwrap_or_default(),
        desk: shared.desks.get(&sheet.desk).cloned().unwrap_or_default(),
        provider: shared.desks.get(&sheet.provider).cloned().unwrap_or_default(),
        topics: facts.topics.iter().map(|m| t.code("matter", m)).collect(),
        area: facts
            .area
            .and_then(|a| areas.iter().find(|i| i.id == a))
            .map(|a| a.name.clone())
            .unwrap_or_default(),
        age_band: if facts.age_band.is_empty() { String::new() } else { t.code("age_band", &facts.age_band) },
        texts: views::texts(look, &frame, entries).await?,
        people: people.iter().map(|p| views::member(&frame, p)).collect(),
        can_take: works && waits,
        can_answer: works && !agreed && (waits || sheet.state == SheetState::Taken),
        keep: (sheet.consultation.is_none() && sheet.case.is_none() && holds_it)
            .then(|| site::link::sheet_keep(id)),
        can_take_back: waits && may(viewer, Action::TakeBackSheet, &relation).is_ok(),
        error_reason: if sheet.error_reason.is_empty() {
            String::new()
        } else {
            t.code("sheet_error_reason", &sheet.error_reason)
        },
        withdrawn: sheet.consented && !agreed && !terms.is_empty(),
        consents: terms.into_iter().map(|(_, c)| c).collect(),
        desk_phone: phones.0,
        provider_phone: phones.1,
        // The consultation is the provider's: a liaison learns of it by what they are told.
        consultation: sheet.consultation.filter(|_| reads.contains(&sheet.provider)).map(link::consultation),
        mine,
        became: shared.became.get(&id).cloned().unwrap_or_default(),
        help_lines: help_lines(&frame),
        form,
        frame,
    })
}

/// The telephones of the writer's desk and of the provider: without consent there is nobody else to ask.
async fn phones(look: &mut Look, sheet: &Sheet) -> Result<(String, String), Fail> {
    let (municipality, today) = (look.viewer().municipality, look.now().day());
    let mut conn = look.conn();
    let writer = register::desk(&mut conn, municipality, sheet.desk, today).await?;
    let provider = register::desk(&mut conn, municipality, sheet.provider, today).await?;
    Ok((writer.map(|d| d.phone).unwrap_or_default(), provider.map(|d| d.phone).unwrap_or_default()))
}

// ── What becomes of one ──

pub(super) async fn load(
    act: &mut engine::Act,
    id: ConnectingSheetId,
) -> Result<(Sheet, Disclosed<SheetFacts>), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let Loaded { sheet, facts } =
        sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let facts = act.disclose(vec![facts]).await?.pop().ok_or(Fail::NotVisible)?;
    Ok((sheet, facts))
}

async fn take(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ConnectingSheetId = req.id("id")?;
    match ctx.act(&req.envelope(), "sheet.take", &id).await? {
        Begun::Before(to) => {
            let to = to.parse().map_or_else(|_| link::sheet(id), link::consultation);
            Ok(Answer::to(&to, "", nothing()))
        }
        Begun::New(mut act) => {
            let (sheet, facts) = load(&mut act, id).await?;
            let consultation = acts::take(&mut act, &sheet, &facts).await?;
            let receipt = act.commit(&consultation.to_string()).await?;
            Ok(Answer::to(&link::consultation(consultation), "sheet_taken", receipt))
        }
    }
}

async fn answer(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ConnectingSheetId = req.id("id")?;
    let mut form = req.form();
    let words = form.paragraph("answer", Need::Required, TEXT_MAX);
    let outcome = form.code::<Outcome>("outcome", Need::Required);
    let outcome = match outcome {
        Some(outcome) if !form.has_problems() => outcome,
        _ => return show_with(&req, form).await,
    };
    match ctx.act(&req.envelope(), "sheet.answer", &(id, outcome, &words)).await? {
        Begun::Before(_) => Ok(Answer::to(&link::sheet(id), "", nothing())),
        Begun::New(mut act) => {
            let (sheet, _) = load(&mut act, id).await?;
            acts::answer(&mut act, &sheet, outcome, &words).await?;
            let receipt = act.commit(&id.to_string()).await?;
            Ok(Answer::to(&link::sheet(id), "sheet_answered", receipt))
        }
    }
}

/// POST /sheets/{id}/error
async fn take_back(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ConnectingSheetId = req.id("id")?;
    let mut form = req.form();
    let Some(reason) = form.code::<ErrorReason>("error_reason", Need::Required) else {
        return show_with(&req, form).await;
    };
    match ctx.act(&req.envelope(), "sheet.take_back", &(id, reason)).await? {
        Begun::Before(_) => Ok(Answer::to(&link::sheet(id), "sheet_error", nothing())),
        Begun::New(mut act) => {
            let (sheet, _) = load(&mut act, id).await?;
            acts::take_back(&mut act, &sheet, reason).await?;
            let receipt = act.commit(&id.to_string()).await?;
            Ok(Answer::to(&link::sheet(id), "sheet_error", receipt))
        }
    }
}
