//! One box: names in any spelling or reading, former names, case numbers, telephones, addresses, words in texts.
//!
//! The words are sent in the body of a form, never in an address: those stay in the history of a browser that five
//! people share, and in the logs of whatever stands in between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Category, Disclosed};
use askama::Template;
use casefile::{CaseHeader, PartCase};
use engine::{Channel, Ctx, Fail, Look, Receipt, args};
use household::{Candidates, Entry, Narrow, Person, Reasons};
use site::{Answer, Fields, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CaseId, CommandId, DeskId, HouseholdId, PersonId, ThingId};
use words::{Day, codes};

/// How many of each kind are shown.
const MOST: usize = 20;
/// How many of them can be leafed through.
const MOST_SEEN: usize = 400;
/// How many households opened last are offered.
const LAST: usize = 8;

codes! {
    /// What is looked for.
    pub enum Kind {
        /// 人.
        People = "people",
        /// ケース.
        Cases = "cases",
        /// 書かれたことば.
        Words = "words",
    }
}

/// What was asked for.
#[derive(Default)]
struct Asked {
    typed: String,
    kind: Option<Kind>,
    desk: Option<DeskId>,
    from: Option<Day>,
    to: Option<Day>,
    open: bool,
    /// What was shown before: people and texts.
    seen: Vec<ThingId>,
}

impl Asked {
    fn read(form: &mut Form) -> Self {
        // Too long, or holding a number that must not be kept: nothing is looked for.
        let typed = words::input::optional_line(form.value("q"), 100).ok().flatten().unwrap_or_default();
        Self {
            typed,
            kind: form.code("kind", Need::Optional),
            desk: form.value("desk").parse().ok(),
            from: form.day("from", Need::Optional),
            to: form.day("to", Need::Optional),
            open: form.ticked("open"),
            seen: form.ids("seen").into_iter().take(MOST_SEEN).collect(),
        }
        .in_order(form)
    }

    /// Two days the wrong way round leave nothing between them.
    fn in_order(self, form: &mut Form) -> Self {
        if self.from.zip(self.to).is_some_and(|(from, to)| to < from) {
            form.problem("to", "search.backwards");
        }
        self
    }

    fn wants(&self, kind: Kind) -> bool {
        self.kind.is_none_or(|k| k == kind)
    }

    fn narrowed(&self) -> bool {
        self.kind.is_some() || self.desk.is_some() || self.from.is_some() || self.to.is_some() || self.open
    }

    fn too_short(&self) -> bool {
        !self.typed.is_empty() && self.typed.chars().count() < 2
    }

    /// What is passed by unopened.
    fn narrow(&self) -> Narrow<'_> {
        Narrow { desk: self.desk, open: self.open, seen: &self.seen }
    }

    /// Whether a text is of the days that were asked for.
    fn takes(&self, e: &Entry) -> bool {
        let day = e.occurred_at.day();
        self.from.is_none_or(|from| day >= from) && self.to.is_none_or(|to| day <= to)
    }
}

/// Whoever is linked to somebody found as one person, with whom.
type Linked = (PersonId, Disclosed<Person>);

/// A person found.
struct Hit {
    href: String,
    name: String,
    reading: String,
    sub: String,
    /// The desk that keeps the record, where nothing else tells it from another one that was found; empty otherwise.
    desk: String,
    /// Further records of the same person, as people have linked them: address and name.
    also: Vec<(String, String)>,
}

/// A case found.
struct CaseHit {
    href: String,
    number: String,
    who: String,
    state: String,
    open: bool,
}

/// A text found.
struct Passage {
    href: String,
    before: String,
    word: String,
    after: String,
    field: String,
    when: String,
}

/// Something to choose: value, word, chosen.
type Choice = (String, String, bool);

/// A saved search: its id, its name, and the commands that run and delete it.
struct SavedView {
    id: ThingId,
    name: String,
    delete: CommandId,
}

#[derive(Template)]
#[template(path = "desk_search.html")]
struct SearchPage {
    frame: Frame,
    form: Form,
    typed: String,
    looked: bool,
    narrowed: bool,
    too_short: bool,
    wants: (bool, bool, bool),
    kinds: Vec<Choice>,
    desks: Vec<Choice>,
    people: Vec<Hit>,
    cases: Vec<CaseHit>,
    passages: Vec<Passage>,
    /// Whether there are more people, and more texts.
    more: (bool, bool),
    /// What was shown before: people and texts, by their ids.
    seen: Vec<ThingId>,
    /// What a next page of people passes by, and one of texts.
    next: (Vec<ThingId>, Vec<ThingId>),
    saved: Vec<SavedView>,
    /// Households opened last: address, name, reading.
    last: Vec<(String, String)>,
    /// What a saved search would keep: names and values.
    kept: Vec<(String, String)>,
    save: CommandId,
    reasons: Vec<String>,
}

/// GET /search: where the words are typed, what was saved, what was opened last; with `last`: what was found last, looked for again.
pub async fn form(req: Arc<Req>) -> Result<Answer, Fail> {
    let last = req.remembered().filter(|_| req.query().get("last").is_some());
    answer(&req, Form::new(last.unwrap_or_default())).await
}

/// POST /search: what was found. Changes nothing, so it is no command; what is shown is logged like any other look.
pub async fn search(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (m, user) = (ctx.viewer.municipality, ctx.viewer.user);
    let Some(saved) = req.body().get("saved").and_then(|id| id.parse::<ThingId>().ok()) else {
        let form = req.form();
        remember(&req, &form);
        return answer(&req, form).await;
    };
    let mut look = ctx.look(Channel::Search).await?;
    let saved = finding::by_id(&mut look.conn(), m, user, saved).await?.ok_or(Fail::NotVisible)?;
    look.close().await?;
    // It is in use, so it is kept on. Like the search itself it is nobody's record (docs/decisions/0014).
    let mut act = ctx.aside(&req.envelope()).await?;
    finding::used(&mut act, saved.id).await?;
    act.commit("").await?;
    let form = Form::new(saved.fields);
    remember(&req, &form);
    answer(&req, form).await
}

/// POST /search/saved: keeps the search; what is wrong stands beside the name, with what was found and what was typed.
pub async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    if !finding::save(&req, &mut form).await? {
        return answer(&req, form).await;
    }
    let own = Receipt::nothing_personal("a saved search is its author's own");
    Ok(Answer::to(&format!("{}?last=1", link::SEARCH), "search_saved", own))
}

/// For the way back from what was opened. Words with a 個人番号 are remembered nowhere.
fn remember(req: &Req, form: &Form) {
    if !form.value("q").trim().is_empty() && !form.has_problems() {
        // Whoever comes back from somebody on a further page comes back to it.
        let seen = form.fields().all("seen").take(MOST_SEEN).map(|id| ("seen".to_owned(), id.to_owned()));
        req.remember(Fields::from_pairs(kept(form).into_iter().chain(seen).collect()));
    }
}

async fn answer(req: &Req, mut form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let asked = Asked::read(&mut form);
    // A name that cannot be kept is no reason not to look.
    let wrong = form.found().any(|(field, ..)| field != "name");
    let mut look = ctx.look(Channel::Search).await?;
    let mut reasons = Reasons::default();
    let looked = !asked.typed.is_empty() && !wrong;
    let found =
        if looked { found(&ctx, &mut look, &frame, &asked, &mut reasons).await? } else { Found::default() };
    let last = if looked { Vec::new() } else { last(&mut look, &frame, &mut reasons).await? };
    let (m, user) = (ctx.viewer.municipality, ctx.viewer.user);
    let saved = finding::saved(&mut look.conn(), m, user).await?;
    let mut desks: Vec<Choice> = desks_read(req, &mut look)
        .await?
        .into_iter()
        .map(|(id, name)| (id.to_string(), name, asked.desk == Some(id)))
        .collect();
    desks.sort_by(|a, b| a.1.cmp(&b.1));
    let kinds = Kind::ALL
        .iter()
        .map(|k| (k.code().to_owned(), frame.t.code("search_kind", k), asked.kind == Some(*k)))
        .collect();
    let page = SearchPage {
        looked,
        narrowed: asked.narrowed() || wrong,
        too_short: asked.too_short(),
        wants: (asked.wants(Kind::People), asked.wants(Kind::Cases), asked.wants(Kind::Words)),
        kinds,
        desks,
        people: found.people,
        cases: found.cases,
        passages: found.passages,
        more: found.more,
        next: (after(&asked.seen, found.ids.0), after(&asked.seen, found.ids.1)),
        seen: asked.seen,
        saved: saved
            .into_iter()
            .map(|s| SavedView { id: s.id, name: s.name, delete: req.engine().new_id() })
            .collect(),
        last,
        kept: kept(&form),
        save: req.engine().new_id(),
        reasons: reasons.sentences(&frame.t),
        typed: asked.typed,
        form,
        frame,
    };
    let again = page.form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if again { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// The desks whose records are read, with what they are called: what the session does not know of its own seats is asked.
async fn desks_read(req: &Req, look: &mut Look) -> Result<Vec<(DeskId, String)>, Fail> {
    let seats = req.signed().map(|s| &s.desks);
    let (mut known, mut inherited) = (Vec::new(), Vec::new());
    for desk in look.viewer().reading_desks() {
        match seats.and_then(|s| s.get(&desk)) {
            Some(name) => known.push((desk, name.clone())),
            None => inherited.push(desk),
        }
    }
    let (m, today) = (look.viewer().municipality, look.now().day());
    known.extend(register::desk_names(&mut look.conn(), m, inherited, today).await?);
    Ok(known)
}

/// What of the form is worth saving.
fn kept(form: &Form) -> Vec<(String, String)> {
    const NAMES: [&str; 6] = ["q", "kind", "desk", "from", "to", "open"];
    let of = |name: &&str| {
        (!form.value(name).is_empty()).then(|| ((*name).to_owned(), form.value(name).to_owned()))
    };
    NAMES.iter().filter_map(of).collect()
}

#[derive(Default)]
struct Found {
    people: Vec<Hit>,
    cases: Vec<CaseHit>,
    passages: Vec<Passage>,
    /// Whether there are more people, and more texts.
    more: (bool, bool),
    /// The people and the texts of this page.
    ids: (Vec<ThingId>, Vec<ThingId>),
}

/// What a next page passes by: what was shown before and what is shown here. Empty where nobody leafs on any further.
fn after(seen: &[ThingId], here: Vec<ThingId>) -> Vec<ThingId> {
    if seen.len() + here.len() > MOST_SEEN { Vec::new() } else { seen.iter().copied().chain(here).collect() }
}

async fn found(
    ctx: &Ctx,
    look: &mut Look,
    frame: &Frame,
    asked: &Asked,
    reasons: &mut Reasons,
) -> Result<Found, Fail> {
    let reach = household::reach(look).await?;
    let whom = asked.wants(Kind::People) || asked.wants(Kind::Cases);
    let wanted = (whom, asked.wants(Kind::Words));
    let mut candidates = household::look_up(look, &reach, &asked.typed, wanted, asked.narrow()).await?;
    let (mut people, mut texts, mut more) = (Vec::new(), Vec::new(), (false, false));
    if whom {
        let found = household::open_persons(look, &reach, &mut candidates, MOST).await?;
        (people, more.0) = (found.shown, found.more);
    }
    if asked.wants(Kind::Words) {
        let takes = |e: &Entry| asked.takes(e);
        let found = household::open_texts(look, &reach, &mut candidates, MOST, takes).await?;
        (texts, more.1) = (found.shown, found.more);
    }
    let linked = linked(look, asked, &people).await?;
    let everyone = || people.iter().chain(linked.iter().map(|(_, p)| p));
    let households: BTreeSet<HouseholdId> = everyone().map(|p| p.household).collect();
    let with_a_part = if asked.wants(Kind::Cases) && !households.is_empty() {
        casefile::with_a_part(&mut look.conn(), &ctx.viewer, households).await?
    } else {
        Vec::new()
    };
    let mut cases = Vec::new();
    if asked.wants(Kind::Cases) {
        // By the name that was found; where both records were, each by its own.
        let who = everyone().map(|p| (p.household, p.called())).rev().collect();
        cases = case_hits(look, frame, asked, (who, &with_a_part), reasons).await?;
    }
    if asked.wants(Kind::People) || !cases.is_empty() {
        everyone().for_each(|p| reasons.of(p));
    }
    reasons.of_all(&texts);
    let hits = if asked.wants(Kind::People) {
        hits(look, frame, (&people, &linked), &candidates).await?
    } else {
        Vec::new()
    };
    let passages = texts.iter().map(|e| passage(frame, e, &asked.typed, ctx.now.day())).collect();
    let ids = (people.iter().map(|p| p.id.cast()).collect(), texts.iter().map(|e| e.id.cast()).collect());
    Ok(Found { people: hits, cases, passages, more, ids })
}

/// Further records of those who were found, as people have linked them and as far as this viewer sees both: whoever looks for one name finds
/// what stands under the other. What the search is narrowed to holds for them, too.
async fn linked(look: &mut Look, asked: &Asked, people: &[Disclosed<Person>]) -> Result<Vec<Linked>, Fail> {
    let ids: Vec<PersonId> = people.iter().map(|p| p.id).collect();
    Ok(household::elsewhere::recorded(look, &ids, asked.narrow()).await?)
}

/// The case whose number was typed, then those of the people found.
async fn case_hits(
    look: &mut Look,
    frame: &Frame,
    asked: &Asked,
    (who, of_people): (BTreeMap<HouseholdId, &str>, &[PartCase]),
    reasons: &mut Reasons,
) -> Result<Vec<CaseHit>, Fail> {
    let mut hits: Vec<CaseHit> = Vec::new();
    if let Some(case) = case_by_number(look, &asked.typed).await? {
        let whose = whose(look, case.household).await?;
        reasons.of_all(&whose);
        hits.push(CaseHit {
            href: found_at(&link::case(case.id)),
            number: case.number_text(),
            who: whose.first().map(|p| p.called().to_owned()).unwrap_or_default(),
            state: frame.t.code("case_state_short", case.state),
            open: case.state == casefile::CaseState::Open,
        });
    }
    for case in of_people.iter().filter(|c| who.contains_key(&c.household)) {
        let open = case.state == casefile::CaseState::Open;
        if (open || !asked.open) && hits.len() < MOST {
            hits.push(CaseHit {
                href: found_at(&link::case(case.id)),
                number: case.number.clone(),
                who: who.get(&case.household).map(|n| (*n).to_owned()).unwrap_or_default(),
                state: frame.t.code("case_state_short", case.state),
                open,
            });
        }
    }
    Ok(hits)
}

/// Whoever a household goes by, as far as this viewer may know: nobody else of it is looked at.
async fn whose(look: &mut Look, household: HouseholdId) -> Result<Vec<Disclosed<Person>>, Fail> {
    let viewer = look.viewer().clone();
    let today = look.now().day();
    let sealed = household::person::members(&mut look.conn(), &viewer, household).await?;
    let away = household::known_away(look, [household]).await?;
    let first = |people| of_each(&[household], (&away, today), people);
    let named = look.disclose_chosen(sealed, first).await?;
    if !named.is_empty() {
        return Ok(named);
    }
    let sealed = household::person::former_members(&mut look.conn(), &viewer, household).await?;
    Ok(look.disclose_chosen(sealed, first).await?)
}

/// Of these people the one by whom each of these households goes, in the order of the households.
fn of_each(
    homes: &[HouseholdId],
    (away, today): (&household::Away, Day),
    mut people: Vec<Disclosed<Person>>,
) -> Vec<Disclosed<Person>> {
    let of = |home: &HouseholdId| {
        let of_it = people.iter().filter(|p| p.household == *home);
        household::goes_by_of(of_it, away, today).map(|p| p.id)
    };
    let ids: Vec<PersonId> = homes.iter().filter_map(of).collect();
    people.retain(|p| ids.contains(&p.id));
    people.sort_by_key(|p| ids.iter().position(|id| *id == p.id));
    people
}

/// The address of something found: its page shows the way back.
fn found_at(href: &str) -> String {
    format!("{href}?{}", site::FOUND)
}

/// One line for one person: the first that was found, with further records that people linked beside it.
async fn hits(
    look: &mut Look,
    frame: &Frame,
    (people, linked): (&[Disclosed<Person>], &[Linked]),
    found: &Candidates<'_>,
) -> Result<Vec<Hit>, Fail> {
    let first = household::first_of_group(look, &people.iter().map(|p| p.id).collect::<Vec<_>>()).await?;
    let group_of = |id: PersonId| first.get(&id).copied().unwrap_or(id);
    let group = |p: &Disclosed<Person>| group_of(p.id);
    let mut seen = BTreeSet::new();
    let lines: Vec<&Disclosed<Person>> = people.iter().filter(|p| seen.insert(group(p))).collect();
    let hit = |p: &&Disclosed<Person>| {
        let birth = p.known.birth.map(|d| frame.t.partial_date(d)).unwrap_or_default();
        // Another name is one that is not the same in another spelling.
        let key = words::name::name_key;
        let alias = match p.known.alias.as_str() {
            other if other.is_empty() || key(other) == key(p.called()) => String::new(),
            other => format!("{}: {other}", frame.t.s("member.alias")),
        };
        let will = p.planned.as_ref().map(|what| household::moves(&frame.t, what)).unwrap_or_default();
        // Found by where they lived: said, so that nobody takes it for where they live.
        let was = found.lived(p.id).map(|a| format!("{}: {a}", frame.t.s("lived.title"))).unwrap_or_default();
        let sub = [birth, alias, p.known.address.clone(), will, was];
        Hit {
            also: people
                .iter()
                .filter(|o| o.id != p.id && group(o) == group(p))
                .chain(linked.iter().filter(|(of, _)| group_of(*of) == group(p)).map(|(_, o)| o))
                .map(|o| (found_at(&link::household(o.household)), o.called().to_owned()))
                .collect(),
            href: found_at(&link::household(p.household)),
            name: p.called().to_owned(),
            reading: p.known.reading.clone(),
            sub: sub.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("　"),
            desk: String::new(),
        }
    };
    let mut hits: Vec<Hit> = lines.iter().map(hit).collect();
    told_apart(look, &lines, &mut hits).await?;
    Ok(hits)
}

/// Says of hits that look the same which desk keeps the record: of them alone, for everything else is longer to read then. Where a home is
/// kept from this viewer, the desk would say in which part of the town it is (disclosure rule 4).
async fn told_apart(look: &mut Look, lines: &[&Disclosed<Person>], hits: &mut [Hit]) -> Result<(), Fail> {
    let mut alike: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for h in hits.iter() {
        *alike.entry((&h.name, &h.reading, &h.sub)).or_default() += 1;
    }
    let same: Vec<bool> = hits.iter().map(|h| alike[&(&*h.name, &*h.reading, &*h.sub)] > 1).collect();
    if !same.contains(&true) {
        return Ok(());
    }
    let (m, today) = (look.viewer().municipality, look.now().day());
    let own = look.viewer().reading_desks();
    let said = |p: &Disclosed<Person>| p.shown().has(Category::Contact) || own.contains(&p.desk);
    let of = lines.iter().zip(&same).filter(|(p, same)| **same && said(p)).map(|(p, _)| p.desk);
    let names = register::desk_names(&mut look.conn(), m, of, today).await?;
    for ((hit, p), _) in hits.iter_mut().zip(lines).zip(&same).filter(|((_, p), same)| **same && said(p)) {
        hit.desk = names.get(&p.desk).cloned().unwrap_or_default();
    }
    Ok(())
}

fn passage(frame: &Frame, e: &Disclosed<Entry>, typed: &str, today: Day) -> Passage {
    let (before, word, after) = around(&e.body, typed);
    let href = match (e.about.case, e.about.consultation, e.about.sheet, e.about.referral) {
        (Some(id), ..) => link::case(id),
        (_, Some(id), ..) => link::consultation(id),
        (_, _, Some(id), _) => link::sheet(id),
        (.., Some(id)) => link::referral(id),
        _ => link::entry(e.id),
    };
    let field = frame.t.code("entry_field", e.field.code());
    let href = found_at(&href);
    Passage { href, before, word, after, field, when: frame.t.day(e.occurred_at.day(), today) }
}

/// The households this viewer opened last, each once, under the name of whoever of it is known.
async fn last(look: &mut Look, frame: &Frame, reasons: &mut Reasons) -> Result<Vec<(String, String)>, Fail> {
    let mut homes: Vec<HouseholdId> = Vec::new();
    for p in finding::opened_last(look).await? {
        if homes.len() < LAST && !homes.contains(&p.household) {
            homes.push(p.household);
        }
    }
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let sealed = household::person::of_households(&mut look.conn(), &viewer, homes.iter().copied()).await?;
    let away = household::known_away(look, homes.iter().copied()).await?;
    // Somebody of the family's record who never lived there gives it no name, as on its own page.
    let named = look.disclose_chosen(sealed, |people| of_each(&homes, (&away, today), people)).await?;
    reasons.of_all(&named);
    let left: Vec<_> = homes.iter().copied().filter(|h| !named.iter().any(|p| p.household == *h)).collect();
    let mut former = Vec::new();
    if !left.is_empty() {
        let sealed =
            household::person::former_of_households(&mut look.conn(), &viewer, left.iter().copied()).await?;
        former = look.disclose_chosen(sealed, |people| of_each(&left, (&away, today), people)).await?;
        reasons.of_all(&former);
    }
    let line = |home: &HouseholdId| {
        let of = |people: &[Disclosed<Person>], key| {
            let named = people.iter().find(|p| p.household == *home)?;
            Some((link::household(*home), frame.t.f(key, "name", named.called())))
        };
        of(&named, "household_page.title_of").or_else(|| of(&former, "household_page.title_of_former"))
    };
    Ok(homes.iter().filter_map(line).collect())
}

/// A case whose number was typed, if this viewer has a part in it.
async fn case_by_number(look: &mut Look, typed: &str) -> Result<Option<CaseHeader>, Fail> {
    let Some((year, number)) = casefile::number_in(typed) else { return Ok(None) };
    let viewer = look.viewer().clone();
    let mut conn = look.conn();
    let row = conn
        .maybe(
            "SELECT id FROM case_file WHERE municipality_id = $1 AND fiscal_year = $2 AND number = $3",
            args![viewer.municipality, year, number],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let id: CaseId = row.get("id")?;
    Ok(casefile::relation(&mut conn, &viewer, id).await?.map(|(case, _)| case))
}

/// Where a word stands first in a text, in characters; by folding, so that any spelling is found.
fn place(body: &str, chars: &[char], word: &str) -> Option<usize> {
    // As it was typed, in most texts: folding at every place of a text costs more than finding the text did.
    let exact = body.find(word).map(|at| body[..at].chars().count());
    exact.or_else(|| {
        let (wanted, length) = (words::fold::fold(word), word.chars().count().max(1));
        (0..chars.len()).find(|i| {
            let end = (i + length).min(chars.len());
            words::fold::fold(&chars[*i..end].iter().collect::<String>()) == wanted
        })
    })
}

/// The passage around the first place where what was typed stands; where only its single words do, around the first of them.
fn around(body: &str, typed: &str) -> (String, String, String) {
    const SIDE: usize = 40;
    let chars: Vec<char> = body.chars().collect();
    let mut wanted = std::iter::once(typed).chain(typed.split_whitespace());
    let found = wanted.find_map(|w| place(body, &chars, w).map(|at| (at, w.chars().count().max(1))));
    let Some((start, length)) = found else {
        return (chars.iter().take(SIDE * 2).collect(), String::new(), String::new());
    };
    let end = (start + length).min(chars.len());
    let from = start.saturating_sub(SIDE);
    let to = (end + SIDE).min(chars.len());
    let part = |a: usize, b: usize| chars[a..b].iter().collect::<String>();
    let lead = if from > 0 { "…" } else { "" };
    let trail = if to < chars.len() { "…" } else { "" };
    (format!("{lead}{}", part(from, start)), part(start, end), format!("{}{trail}", part(end, to)))
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn the_word_is_marked_in_any_spelling() {
        let (before, word, after) = around("長男の髙橋さんが来所", "高橋");
        assert_eq!((before.as_str(), word.as_str(), after.as_str()), ("長男の", "髙橋", "さんが来所"));
        let (before, word, _) = around("道に迷い、商店街で見つかった", "商店街　道に迷い");
        assert_eq!((before.as_str(), word.as_str()), ("道に迷い、", "商店街"));
        let (before, word, _) = around("何もない", "高橋");
        assert_eq!((before.as_str(), word.as_str()), ("何もない", ""));
    }
}
