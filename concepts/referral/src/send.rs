//! The form that sends a referral.

use std::sync::Arc;

use access::{Categories, Category, Relation};
use askama::Template;
use casefile::CautionLine;
use consent::{AlikeRow, Consent, ConsentBody, Foreseen, GiverRelation, Recipient, Terms};
use draft::Opened;
use engine::{Begun, Channel, Fail, Look, Receipt};
use household::{Field, MarksControl, Reasons, entry, marks_from, nameable, offered, person};
use register::{AreaInfo, Articles, Bodies, DeskInfo, LegalBasis, Matter, Sharing, Way};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{AreaId, CaseId, DeskId, EntryId, PersonId};
use words::partial::AgeBand;

use crate::acts::{self, Send};
use crate::moved::{self, After};
use crate::rules::{self, Kind, SUMMARY_PARTS};
use crate::sql::{self, Told};

/// Most characters of one part of a summary.
const PART: usize = 2_000;
/// Texts of the case offered to go along.
const TEXTS: i64 = 40;

#[derive(Template)]
#[template(path = "referral_form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    id: CaseId,
    number: String,
    draft: String,
    draft_version: i64,
    kinds: Vec<Choice>,
    desks: Vec<(String, Vec<Choice>)>,
    copies: Vec<Choice>,
    persons: Vec<Choice>,
    consenting: Vec<Choice>,
    /// Who of the household may have spoken in the person's place, and how they stand to them.
    givers: Vec<Choice>,
    relations: Vec<Choice>,
    matters: Vec<Choice>,
    urgencies: Vec<Choice>,
    areas: Vec<Choice>,
    bands: Vec<Choice>,
    marks: MarksControl,
    categories: Vec<Choice>,
    articles: Articles,
    /// Consents to the same desk that are there already.
    alike: Vec<AlikeRow>,
    texts: Vec<Choice>,
    /// What whoever goes there must know, and does not go along by itself.
    cautions: Vec<CautionLine>,
    /// Something of the consultation stands in it.
    carried: bool,
    /// Of a hand-over because of a move: what is known of it, and why a desk is proposed.
    moved: String,
    moved_words: String,
    reasons: Vec<String>,
}

/// What the form needs to know: of the case as far as disclosed to the sender, and of the register today.
struct Around {
    number: String,
    relation: Relation,
    /// The case, where the sender's desk is accountable for it.
    ours: Option<CaseId>,
    known: Vec<(PersonId, String)>,
    /// The same by their names alone, as a consent keeps them.
    called: Vec<(PersonId, String)>,
    /// Those of them who live: one of them is proposed.
    living: Vec<PersonId>,
    births: Vec<(PersonId, Option<words::partial::PartialDate>)>,
    texts: Vec<(EntryId, String)>,
    /// The cautions in force whose words the sender may see.
    cautions: Vec<CautionLine>,
    told: Option<Told>,
    words: Option<Words>,
    desks: Vec<DeskInfo>,
    /// The bodies behind the desks, and the articles something is told under.
    bodies: Bodies,
    articles: Vec<LegalBasis>,
    areas: Vec<AreaInfo>,
    /// The area the household lives in now.
    area: Option<AreaId>,
    /// Of a hand-over because of a move.
    after: Option<After>,
    reasons: Reasons,
}

/// What the sender's own desk wrote down of the person's words, with whom and what it is about.
struct Words {
    body: String,
    persons: Vec<PersonId>,
    categories: Categories,
}

async fn around(look: &mut Look, frame: &Frame, id: CaseId, moved: &str) -> Result<Around, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let (case, relation) =
        casefile::relation(&mut look.conn(), &viewer, id).await?.ok_or(Fail::NotVisible)?;
    // Whoever only reads the case (an urgent look) is not asked for what they may not send.
    let right = access::may(&viewer, access::Action::SendReferral, &relation)?;
    let desks = register::desks(&mut look.conn(), m, today).await?;
    let bodies = Bodies::load(&mut look.conn(), m, &desks, right.seat().map(|s| s.desk)).await?;
    let mut reasons = Reasons::default();
    let sealed = person::members(&mut look.conn(), &viewer, case.household).await?;
    let cards = look.disclose(sealed).await?;
    reasons.of_all(&cards);
    let since = household::since(look, &cards.iter().collect::<Vec<_>>(), &mut reasons).await?;
    let members = since.known(cards);
    let sealed = entry::of_case(&mut look.conn(), &viewer, id, None, TEXTS).await?;
    let own = viewer.reading_desks();
    let mut entries = look.disclose(sealed).await?;
    entries.retain(|e| own.contains(&e.desk) && e.state == household::EntryState::Valid);
    let told = sql::told(&mut look.conn(), &viewer, id).await?;
    let told = look.disclose(told).await?.pop();
    let words = told.as_ref().and_then(|told| {
        let of = |field| {
            entries.iter().find(|e| e.about.consultation == Some(told.consultation) && e.field == field)
        };
        of(Field::Words).or_else(|| of(Field::Facts))
    });
    let cautions = casefile::cautions(look, frame, id, &mut reasons).await?;
    let after = moved::after(look, &case, (&members, &since.told), moved).await?;
    // A district says where somebody lives: told to whoever knows an address there, and of a kept home to nobody (disclosure rule 4).
    let knows = members.iter().any(|p| !p.known.address.is_empty());
    let told_of = knows && !household::where_is_kept(&mut look.conn(), &viewer, case.household).await?;
    let home = household::header(&mut look.conn(), m, case.household).await?.filter(|_| told_of);
    let area = match &home {
        Some(home) => household::area_known(look, home, (&members, &since.told)).await?,
        None => None,
    };
    Ok(Around {
        area,
        after,
        number: case.number_text(),
        ours: acts::ours(&case, &viewer),
        relation,
        known: offered(&frame.t, &members),
        called: nameable(&frame.t, &members),
        living: members.iter().filter(|p| p.died.is_none()).map(|p| p.id).collect(),
        births: members.iter().map(|p| (p.id, p.known.birth)).collect(),
        words: words.map(|e| Words {
            body: e.body.clone(),
            persons: e.persons.clone(),
            categories: e.categories,
        }),
        told: told.map(|t| Told::clone(&t)),
        cautions,
        texts: entries
            .iter()
            .map(|e| {
                let start: String = e.body.chars().take(60).collect();
                let field = frame.t.code("entry_field", e.field.code());
                (e.id, format!("{} {field}: {start}", frame.day(&e.occurred_at.day())))
            })
            .collect(),
        desks,
        bodies,
        articles: register::legal_bases_for(&mut look.conn(), m, today, Sharing::Referral).await?,
        areas: register::areas(&mut look.conn(), m, "").await?,
        reasons,
    })
}

/// GET /cases/{id}/refer
pub async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let moved = req.query().get("moved").unwrap_or_default();
    let around = around(&mut look, &req.frame(), case, moved).await?;
    let opened = match draft::reopened(&mut look.conn(), &req).await? {
        Some(opened) if opened.about == Some(case.cast()) => opened,
        // Sent or thrown away, somebody else's, or of another case: the same answer.
        other if other.is_some() || req.query().get("draft").is_some() => {
            return Ok(Answer::to(&link::referral_new(case), "draft_gone", look.close().await?));
        }
        _ => {
            let kind = req.query().get("kind").unwrap_or("join");
            let to = req.query().get("to").unwrap_or_default();
            let person = req.query().get("person").and_then(|p| p.parse().ok());
            Opened::fresh(&req, first(&around, (kind, to, moved), person))
        }
    };
    render(&req, look, around, opened, &[]).await
}

/// A form shown first: about the person first recorded, with what the sender's desk wrote down of the consultation,
/// to be read over and changed. What is already in the file is not asked for twice.
fn first(around: &Around, (kind, to, moved): (&str, &str, &str), asked: Option<PersonId>) -> Form {
    let taker = || around.after.as_ref().and_then(After::to).map(|desk| desk.id.to_string());
    let to = if to.is_empty() { taker().unwrap_or_default() } else { to.to_owned() };
    let mut pairs = vec![("kind", kind.to_owned()), ("to", to), ("moved", moved.to_owned())];
    // Where they live now, or will; what was noted when they came is of the day they came.
    let told = || around.area.or(around.told.as_ref().and_then(|t| t.area));
    let area = around.after.as_ref().map_or_else(told, After::area);
    pairs.extend(area.map(|a| ("area", a.to_string())));
    let living = || around.known.iter().find(|(id, _)| around.living.contains(id));
    let person =
        around.known.iter().find(|(id, _)| Some(*id) == asked).or_else(living).or(around.known.first());
    pairs.extend(person.map(|(id, _)| ("person", id.to_string())));
    let urgency = around.told.as_ref().map_or("normal", |t| t.urgency.as_str());
    pairs.push(("urgency", urgency.to_owned()));
    if let Some(told) = &around.told {
        pairs.push(("need", told.need.clone()));
    }
    if let Some(words) = &around.words {
        pairs.push(("trouble", words.body.chars().take(PART).collect()));
        pairs.extend(words.persons.iter().map(|p| ("summary_about", p.to_string())));
        // A text of every category says only that nobody has marked it.
        if words.categories != Categories::all() {
            pairs.extend(words.categories.iter().map(|c| ("summary_cat", c.code().to_owned())));
        }
    }
    Form::filled(pairs)
}

async fn render(
    req: &Req,
    mut look: Look,
    around: Around,
    opened: Opened,
    alike: &[Consent],
) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut frame = req.frame();
    if let Some(command) = opened.command {
        frame.command = command;
    }
    let t = frame.t.clone();
    let id: CaseId = req.id("id")?;
    let form = opened.form;
    let own: Vec<DeskId> = ctx.viewer.desks();
    let of = (Some(id), &around.relation);
    let alike = consent::alike_rows(&mut look, &t, of, &around.known, alike).await?;
    let (desks, areas) = (&around.desks, &around.areas);
    let choice = |field: &str, value: String, word: String, help: String| {
        Choice::new(&form, field, value, word).with_help(help)
    };
    let codes = |field: &str, list: &str, codes: &[&str]| -> Vec<Choice> {
        codes.iter().map(|c| choice(field, (*c).to_owned(), t.code(list, c), String::new())).collect()
    };
    let groups = register::desk_groups(&t, &form, "to", desks, &own);
    let people = |field: &str| -> Vec<Choice> {
        around.known.iter().map(|(p, n)| choice(field, p.to_string(), n.clone(), String::new())).collect()
    };
    let relations: Vec<&str> = GiverRelation::ALL.iter().map(|r| r.code()).collect();
    let matters: Vec<&str> = Matter::ALL.iter().map(|x| x.code()).collect();
    let cats: Vec<&str> = Category::ALL.iter().map(|c| c.code()).collect();
    let kinds = Kind::ALL
        .iter()
        .map(|k| {
            choice("kind", k.code().to_owned(), t.code("referral_kind", k), t.code("referral_kind_help", k))
        })
        .collect();
    let bands: Vec<&str> = AgeBand::ALL.iter().map(|b| b.as_str()).collect();
    let wrong = form.has_problems();
    let page = FormPage {
        id,
        number: around.number.clone(),
        draft: opened.id.to_string(),
        draft_version: opened.version,
        kinds,
        copies: desks
            .iter()
            .filter(|d| d.has_login)
            .map(|d| choice("copy", d.id.to_string(), d.name.clone(), String::new()))
            .collect(),
        desks: groups,
        persons: people("person")
            .into_iter()
            .zip(&around.known)
            .map(|(choice, (p, _))| match age_band("", &around, *p, ctx.now.day()) {
                "" => choice,
                band => choice.with_help(t.code("age_band", band)),
            })
            .collect(),
        consenting: people("consenting"),
        givers: people("giver"),
        relations: codes("relation", "giver_relation", &relations),
        matters: codes("need", "matter", &matters),
        urgencies: codes("urgency", "urgency", &["normal", "soon", "urgent"]),
        areas: areas.iter().map(|a| choice("area", a.id.to_string(), a.called(), String::new())).collect(),
        bands: codes("age_band", "age_band", &bands),
        marks: MarksControl::new(&t, &form, "summary", &around.known),
        categories: codes("share_cat", "category", &cats),
        // A consent is written down as one, and is no article to be picked instead.
        articles: around.bodies.articles(
            &around.articles,
            desks,
            (form.value("to"), form.value("article")),
            Way::Tell,
        ),
        alike,
        texts: around
            .texts
            .iter()
            .map(|(e, word)| choice("texts", e.to_string(), word.clone(), String::new()))
            .collect(),
        cautions: around.cautions,
        carried: around.words.as_ref().is_some_and(|w| {
            let copy: String = w.body.chars().take(PART).collect();
            form.value("trouble") == copy
        }),
        moved: form.value("moved").to_owned(),
        moved_words: around
            .after
            .as_ref()
            .filter(|after| after.of_some() || form.chose("kind", Kind::HandOver.code()))
            .map(|after| after.words(&t))
            .unwrap_or_default(),
        reasons: around.reasons.sentences(&t),
        frame,
        form: form.clone(),
    };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /cases/{id}/refer
pub async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let case: CaseId = req.id("id")?;
    let mut look = ctx.look(Channel::Write).await?;
    let mut form = req.form();
    let moved = form.value("moved").to_owned();
    let around = around(&mut look, &req.frame(), case, &moved).await?;
    let read = read(&mut form, &req.frame(), case, &around, ctx.now.day());
    // Whatever else is missing: what would be refused of a consent is said with it, and not at the next send.
    let foreseen = foresee(&mut look, case, &around, &read).await?;
    foreseen.note(&mut form, field_of);
    let (false, Some(send)) = (form.has_problems(), read.send) else {
        return render(&req, look, around, draft::sent(&req, form), &foreseen.alike).await;
    };
    look.close().await?;
    match ctx.act(&req.envelope(), "referral.send", &send).await? {
        Begun::Before(to) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&format!("/referrals/{to}"), "referral_sent", receipt))
        }
        Begun::New(mut act) => {
            let id = act.new_id();
            match acts::send(&mut act, id, &send).await {
                Ok(()) => {
                    let receipt = act.commit(&id.to_string()).await?;
                    Ok(Answer::to(&link::referral(id), "referral_sent", receipt))
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem_with(field_of(&form, refusal.key), refusal.key, refusal.args);
                    let look = ctx.look(Channel::Write).await?;
                    render(&req, look, around, draft::sent(&req, form), &foreseen.alike).await
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// Beside which field a refusal belongs.
fn field_of(form: &Form, key: &str) -> &'static str {
    match key {
        "agreement.there_already" => "again",
        "consent.person_died" => "consenting",
        key if key.starts_with("law_ground.") => "article",
        "referral.only_accountable" => "kind",
        "referral.existing_not_enough" => "basis",
        key => consent::field_in(form, key).unwrap_or("to"),
    }
}

/// What stands on the form: the referral, where nothing is missing, and the consents it speaks of, which are looked at whatever else is.
struct Read {
    send: Option<Send>,
    bodies: Vec<ConsentBody>,
    to: Option<DeskId>,
    categories: Categories,
}

/// What would be refused of its consents, and which are there already.
async fn foresee(look: &mut Look, case: CaseId, around: &Around, read: &Read) -> Result<Foreseen, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let terms = Terms {
        categories: read.categories,
        recipients: read.to.map(Recipient::Desk).into_iter().collect(),
        case: Some(case),
        accountable: around.ours,
        again: false,
    };
    Ok(consent::foresee(&mut look.conn(), &viewer, &read.bodies, &terms, today).await?)
}

/// The parts of the summary: trouble and wish must be said, passing on without them is what receivers complain of.
fn summary_from(form: &mut Form, frame: &Frame) -> Vec<(String, String)> {
    let read = |part: &&str| {
        let needed = if matches!(*part, "trouble" | "wish") { Need::Required } else { Need::Optional };
        (frame.t.code("referral_part", part), form.paragraph(part, needed, PART))
    };
    SUMMARY_PARTS.iter().map(read).collect()
}

/// The age band of whom it is about: as `chosen`, or as it is known of this person.
fn age_band(chosen: &str, around: &Around, person: PersonId, today: Day) -> &'static str {
    let band = |code: &str| AgeBand::ALL.iter().copied().find(|b| b.as_str() == code);
    let birth = around.births.iter().find(|(p, _)| *p == person).and_then(|(_, b)| *b);
    let told = around.told.as_ref().filter(|t| t.person == Some(person)).and_then(|t| band(&t.age_band));
    let found = rules::age_band(band(chosen), birth.map(|b| b.age_band(today)), told);
    found.map(AgeBand::as_str).unwrap_or_default()
}

/// Whoever takes the case over goes there, and reads none of the cautions: what they are told of them, in writing or by telephone, is
/// thought of before it is sent.
fn cautioned(form: &mut Form, kind: Option<Kind>, around: &Around) {
    let goes = kind.is_some_and(Kind::moves_accountability) && !around.cautions.is_empty();
    if goes && form.value("caution").trim().is_empty() && !form.ticked("caution_told") {
        form.problem("caution_told", "referral.caution_told_needed");
    }
}

fn read(form: &mut Form, frame: &Frame, case: CaseId, around: &Around, today: Day) -> Read {
    let kind = form.code::<Kind>("kind", Need::Required);
    // Only what the register offers today: of this municipality, and not ended.
    let desks: Vec<DeskId> = around.desks.iter().map(|d| d.id).collect();
    let copies: Vec<DeskId> = around.desks.iter().filter(|d| d.has_login).map(|d| d.id).collect();
    let areas: Vec<AreaId> = around.areas.iter().map(|a| a.id).collect();
    let to: Option<DeskId> = form.id_among("to", Need::Required, &desks);
    let copy: Option<DeskId> = form.id_among("copy", Need::Optional, &copies);
    let person: Option<PersonId> = form.id("person", Need::Required);
    let need = form.code::<Matter>("need", Need::Required);
    let urgency = form.line("urgency", Need::Required, 20);
    if !["normal", "soon", "urgent"].contains(&urgency.as_str()) {
        form.problem("urgency", "text.choose");
    }
    let area = form.id_among("area", Need::Optional, &areas);
    let parts = summary_from(form, frame);
    cautioned(form, kind, around);
    let marks = marks_from(form, "summary", &around.known);
    let categories: Categories = form.codes::<Category>("share_cat").into_iter().collect();
    let until = form.coming_day("until", Need::Optional);
    if until.is_some_and(|u| u < today) {
        form.problem("until", "consent.ends_before_it_begins");
    }
    let known = |ids: Vec<PersonId>| -> Vec<PersonId> {
        ids.into_iter().filter(|p| around.known.iter().any(|(k, _)| k == p)).collect()
    };
    let consenting = known(form.ids("consenting"));
    // A summary without ticked categories carries those that go along; without ticked persons it is about the
    // whole household, and then everybody must have consented.
    let marks = if marks.categories == 0 { household::Marks::new(marks.persons, categories) } else { marks };
    let asked = consent::Asked { persons: &consenting, members: &around.called, categories, until };
    let basis = consent::basis_from(form, &asked);
    // Whoever is handed a referral without its summary can do nothing: what stands in it goes along, whatever it rests on.
    let agreed = form.value("basis") == "consent" && !consenting.is_empty();
    if agreed || form.value("basis") == "law" {
        let about: Vec<PersonId> = if marks.persons.is_empty() {
            around.known.iter().map(|(p, _)| *p).collect()
        } else {
            marks.persons.clone()
        };
        let spoken_for = !agreed || about.iter().all(|p| consenting.contains(p));
        if !marks.categories().within(categories) || !spoken_for {
            form.problem("trouble", "referral.summary_beyond");
        }
    }
    let texts: Vec<EntryId> =
        form.ids("texts").into_iter().filter(|e| around.texts.iter().any(|(k, _)| k == e)).collect();
    if person.is_some_and(|p| !around.known.iter().any(|(k, _)| *k == p)) {
        form.problem("person", "text.choose");
    }
    if let Some(consent::Basis::Law(article)) = basis.as_ref().filter(|_| to.is_some())
        && !article.is_empty()
        && let Some(key) = around.bodies.wrong(&around.desks, (article, form.value("to")), Way::Tell)
    {
        form.problem("article", key);
    }
    let bodies = match &basis {
        Some(consent::Basis::Consent(bodies)) => bodies.clone(),
        _ => Vec::new(),
    };
    let send = || {
        let person = person?;
        Some(Send {
            case,
            request: None,
            kind: kind?,
            to: to?,
            copy,
            person,
            need: need?.code().to_owned(),
            urgency,
            area,
            age_band: age_band(form.value("age_band"), around, person, today).to_owned(),
            summary: rules::summary(&parts),
            marks,
            basis: basis?,
            categories: categories.bits(),
            persons: if consenting.is_empty() { vec![person] } else { consenting },
            texts,
            both_ways: form.ticked("both_ways"),
            again: form.ticked("again"),
            draft: form.value("draft").parse().ok(),
        })
    };
    let send = if form.has_problems() { None } else { send() };
    Read { send, bodies, to, categories }
}
