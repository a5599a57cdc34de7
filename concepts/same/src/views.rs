//! What people see of pairs. Everything personal in here came out of a disclosure of both sides.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use engine::{Channel, Fail, Look, Receipt};
use household::elsewhere::DiedElsewhere;
use household::{Likened, LikenessView, NewFormerName, Person, Reasons};
use site::{Answer, Frame, Req, T, link};
use words::id::{CommandId, PersonId, ThingId};

use crate::rules::{self, State};
use crate::sql::{self, Pair, Spoken};

/// Pairs that are looked through for one list.
const MOST: i64 = 200;

/// Both sides of a pair, when both are among what was disclosed.
pub(crate) fn both<'p>(pair: &Pair, people: &'p [Disclosed<Person>]) -> Option<[&'p Disclosed<Person>; 2]> {
    sides(pair.persons, people)
}

/// Both of these two, when both are among what was disclosed.
pub(crate) fn sides(persons: [PersonId; 2], people: &[Disclosed<Person>]) -> Option<[&Disclosed<Person>; 2]> {
    let of = |id: PersonId| people.iter().find(|p| p.id == id);
    Some([of(persons[0])?, of(persons[1])?])
}

/// A pair ready to be shown.
struct Shown {
    href: String,
    names: [String; 2],
    sub: [String; 2],
    likeness: LikenessView,
}

/// A group of pairs in the list.
struct Group {
    title: &'static str,
    help: &'static str,
    pairs: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "same_list.html")]
struct ListPage {
    frame: Frame,
    reasons: Vec<String>,
    groups: Vec<Group>,
}

/// Whether a pair is one for this viewer: somebody has said something of it, or what they see of both looks like one person.
pub(crate) fn counts(pair: &Pair, score: &household::Score) -> bool {
    pair.state != State::Found || household::worth_showing(score)
}

/// GET /same
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let pairs = sql::list(&mut look.conn(), &ctx.viewer, MOST).await?;
    let ids: std::collections::BTreeSet<PersonId> = pairs.iter().flat_map(|p| p.persons).collect();
    let sealed = household::person::by_ids(&mut look.conn(), &ctx.viewer, ids.iter().copied()).await?;
    let people = look.disclose(sealed).await?;
    let kept = household::sheltered(&mut look, ids).await?;
    let former = household::former::known_of(&mut look, people.iter().map(access::Disclosed::facts)).await?;
    let desks = register::desk_names(
        &mut look.conn(),
        ctx.viewer.municipality,
        people.iter().map(|p| p.desk),
        ctx.now.day(),
    )
    .await?;
    let mut reasons = Reasons::default();
    let mut by_state: BTreeMap<State, Vec<(f32, Shown)>> = BTreeMap::new();
    for pair in &pairs {
        let Some(sides) = both(pair, &people) else { continue };
        let score = score(pair, sides, &former, &kept);
        if !counts(pair, &score) {
            continue;
        }
        for p in sides {
            reasons.of(p);
        }
        let name = |p: &Disclosed<Person>| match p.called() {
            "" => frame.t.s("member.someone").to_owned(),
            name => name.to_owned(),
        };
        let sub = |p: &Disclosed<Person>| {
            let birth = p.known.birth.map(|d| frame.t.partial_date(d)).unwrap_or_default();
            let desk = desks.get(&p.desk).cloned().unwrap_or_default();
            [birth, desk].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("　")
        };
        let shown = Shown {
            href: link::same(pair.id),
            names: sides.map(name),
            sub: sides.map(sub),
            likeness: LikenessView::new(&frame.t, &score),
        };
        by_state.entry(pair.state).or_default().push((score.log_odds, shown));
    }
    let mut of = |state: State| {
        let mut pairs = by_state.remove(&state).unwrap_or_default();
        pairs.sort_by(|x, y| y.0.total_cmp(&x.0));
        pairs.into_iter().map(|(_, shown)| shown).collect::<Vec<_>>()
    };
    let groups = vec![
        Group { title: "same.waiting", help: "same.waiting_help", pairs: of(State::Proposed) },
        Group { title: "same.found", help: "same.found_help", pairs: of(State::Found) },
        Group { title: "same.linked", help: "same.linked_help", pairs: of(State::Same) },
        Group { title: "same.others", help: "same.others_help", pairs: of(State::Other) },
    ];
    let page = ListPage { reasons: reasons.sentences(&frame.t), groups, frame };
    Answer::page(page.render(), look.close().await?)
}

/// How many pairs wait for this viewer to confirm them: somebody else of their desk proposed them, or they stand in for a desk that has
/// nobody else. Counted of what was disclosed. For the first page of the day.
pub async fn to_confirm(look: &mut Look) -> Result<usize, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let pairs = sql::waiting(&mut look.conn(), &viewer, MOST).await?;
    if pairs.is_empty() {
        return Ok(0);
    }
    let ids: std::collections::BTreeSet<PersonId> = pairs.iter().flat_map(|p| p.persons).collect();
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, ids).await?;
    let people = look.disclose(sealed).await?;
    let alone = sql::alone(&mut look.conn(), viewer.municipality, &pairs, today).await?;
    let own = viewer.reading_desks();
    let waits = |pair: &&Pair| {
        let Some(sides) = both(pair, &people) else { return false };
        let of_desk = pair.said.is_some_and(|said| own.contains(&said.desk));
        let stands_in = alone.iter().any(|(id, agency)| {
            let proposed = rules::Proposed { alone: true, agency: *agency };
            *id == pair.id && rules::stands_in(proposed, &viewer, sides.map(|p| p.desk))
        });
        of_desk || stands_in
    };
    Ok(pairs.iter().filter(waits).count())
}

/// What people whom this viewer may see were called before.
pub(crate) type Former = BTreeMap<PersonId, Vec<NewFormerName>>;

fn before<'a>(former: &'a Former, p: &Disclosed<Person>) -> &'a [NewFormerName] {
    former.get(&p.id).map_or(&[], Vec::as_slice)
}

pub(crate) fn score(
    pair: &Pair,
    sides: [&Disclosed<Person>; 2],
    former: &Former,
    kept: &std::collections::BTreeSet<PersonId>,
) -> household::Score {
    let [a, b] = sides.map(|p| Likened { now: &p.known, before: before(former, p) });
    household::likeness(a, b, pair.persons.iter().any(|p| kept.contains(p)))
}

/// One field, side by side.
struct Row {
    label: &'static str,
    sides: [String; 2],
    differs: bool,
}

/// What was said, as a sentence.
struct Line {
    when: String,
    what: String,
}

#[derive(Template)]
#[template(path = "same_page.html")]
struct PairPage {
    frame: Frame,
    /// Why what was said just now was not kept.
    problem: Option<&'static str>,
    id: ThingId,
    version: i64,
    reasons: Vec<String>,
    sides: [(String, String); 2],
    rows: Vec<Row>,
    /// That one of the two records alone says they have died: the sentence, and its page.
    died: Option<(String, String)>,
    likeness: LikenessView,
    state: State,
    word: String,
    /// Whether this viewer proposed it, and somebody else must confirm.
    own_word: bool,
    /// Whether another desk than theirs proposed it, and so confirms it.
    elsewhere: bool,
    /// Of their own word at a desk where nobody else is: whether somebody elsewhere can confirm it.
    alone: Option<bool>,
    /// Whether they would confirm in the place of a desk that has nobody else.
    stands_in: bool,
    /// Whether this viewer's desks wrote one of the two, and so may take back what was said.
    own: bool,
    /// Whether they may say something.
    may: bool,
    /// Where everybody of the two households is looked at together; nothing of one household.
    together: Option<String>,
    /// Where the ways to a consent and to a conference are: the households.
    homes: Vec<String>,
    said: Vec<Line>,
    commands: [CommandId; 3],
}

impl PairPage {
    fn found(&self) -> bool {
        self.state == State::Found
    }
    fn proposed(&self) -> bool {
        self.state == State::Proposed
    }
    fn linked(&self) -> bool {
        self.state == State::Same
    }
}

/// GET /same/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, req.id("id")?, None).await?;
    Answer::page(page.render(), receipt)
}

/// The page as it is now, with why nothing was changed.
pub(crate) async fn again(
    req: &Req,
    id: ThingId,
    (why, status): (&'static str, u16),
) -> Result<Answer, Fail> {
    let (page, receipt) = page(req, id, Some(why)).await?;
    Ok(Answer::page(page.render(), receipt)?.status(status))
}

async fn page(req: &Req, id: ThingId, problem: Option<&'static str>) -> Result<(PairPage, Receipt), Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::Page).await?;
    let pair = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let sealed = household::person::by_ids(&mut look.conn(), &ctx.viewer, pair.persons).await?;
    let people = look.disclose(sealed).await?;
    let sides = both(&pair, &people).ok_or(Fail::NotVisible)?;
    let kept = household::sheltered(&mut look, pair.persons).await?;
    let former = household::former::known_of(&mut look, people.iter().map(access::Disclosed::facts)).await?;
    let score = score(&pair, sides, &former, &kept);
    let spoken = sql::spoken(&mut look.conn(), &ctx.viewer, id).await?;
    // What was said of two who do not look alike stays to be read, also when it was taken back.
    if spoken.is_empty() && !counts(&pair, &score) {
        return Err(Fail::NotVisible);
    }
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let desks = register::desk_names(&mut look.conn(), m, sides.map(|p| p.desk), today).await?;
    let said = said(&mut look, &frame, &spoken).await?;
    let mut reasons = Reasons::default();
    for p in sides {
        reasons.of(p);
    }
    let desk = |p: &Disclosed<Person>| desks.get(&p.desk).cloned().unwrap_or_default();
    let wrote = sides.map(|p| p.desk);
    let own = wrote.iter().any(|desk| ctx.viewer.seats.iter().any(|s| s.holds(*desk)));
    let (alone, stands_in) = match pair.said {
        Some(said) if pair.state == State::Proposed => {
            let proposed = sql::proposed(&mut look.conn(), m, &pair, said, ctx.now).await?;
            let alone = if proposed.alone && said.by == ctx.viewer.user {
                let by = (said, proposed.agency);
                Some(sql::somebody_stands_in(&mut look.conn(), m, &pair, by, (wrote, ctx.now)).await?)
            } else {
                None
            };
            (alone, said.by != ctx.viewer.user && rules::stands_in(proposed, &ctx.viewer, wrote))
        }
        _ => (None, false),
    };
    let page = PairPage {
        id,
        problem,
        version: pair.version,
        reasons: reasons.sentences(&frame.t),
        sides: sides.map(|p| (title(&frame.t, p), link::person(p.id))),
        rows: rows(&frame.t, sides, (sides.map(|p| called(before(&former, p))), sides.map(desk)), &score),
        likeness: LikenessView::new(&frame.t, &score),
        died: died(&frame.t, &pair, sides),
        state: pair.state,
        word: frame.t.code("same_state", pair.state),
        own_word: pair.said.is_some_and(|s| s.by == ctx.viewer.user),
        elsewhere: !stands_in && pair.said.is_some_and(|s| !ctx.viewer.reading_desks().contains(&s.desk)),
        alone,
        stands_in,
        own,
        may: own || stands_in,
        together: (sides[0].household != sides[1].household).then(|| link::same_homes(id)),
        homes: sides
            .iter()
            .filter(|p| ctx.viewer.seats.iter().any(|s| s.holds(p.desk)))
            .map(|p| link::household(p.household))
            .collect(),
        said,
        commands: [req.engine().new_id(), req.engine().new_id(), req.engine().new_id()],
        frame,
    };
    Ok((page, look.close().await?))
}

/// Of two that are one person: that one of the records says they have died, and the other does not.
fn died(t: &T, pair: &Pair, [a, b]: [&Disclosed<Person>; 2]) -> Option<(String, String)> {
    let elsewhere = DiedElsewhere::of(a, b).or_else(|| DiedElsewhere::of(b, a));
    let told = elsewhere.filter(|_| pair.state == State::Same)?;
    Some((told.words_of(t), told.href))
}

pub(crate) fn title(t: &T, p: &Disclosed<Person>) -> String {
    match p.called() {
        "" => t.s("member.someone").to_owned(),
        name => name.to_owned(),
    }
}

/// Former names, in one line.
fn called(before: &[NewFormerName]) -> String {
    before.iter().map(|n| n.name.as_str()).collect::<Vec<_>>().join("、")
}

fn rows(
    t: &T,
    [a, b]: [&Disclosed<Person>; 2],
    (former, desks): ([String; 2], [String; 2]),
    score: &household::Score,
) -> Vec<Row> {
    let birth = |p: &Disclosed<Person>| p.known.birth.map(|d| t.partial_date(d)).unwrap_or_default();
    let died = |p: &Disclosed<Person>| p.died.map(|d| t.partial_date(d)).unwrap_or_default();
    let known = |of: fn(&household::NewPerson) -> &String| [of(&a.known).clone(), of(&b.known).clone()];
    let rows = [
        ("member.name", known(|k| &k.name)),
        ("member.reading", known(|k| &k.reading)),
        ("member.alias", known(|k| &k.alias)),
        ("same.former", former),
        ("member.birth", [birth(a), birth(b)]),
        ("same.died", [died(a), died(b)]),
        ("member.gender", known(|k| &k.gender)),
        ("member.address", known(|k| &k.address)),
        ("member.phone", known(|k| &k.phone)),
        ("member.relation", known(|k| &k.relation)),
        ("same.desk", desks),
    ];
    rows.into_iter()
        .filter(|(_, sides)| sides.iter().any(|s| !s.is_empty()))
        .map(|(label, sides)| {
            let alike =
                WRITTEN_MANY_WAYS.iter().any(|(row, field)| *row == label && household::alike(score, *field));
            let differs = !NOT_COMPARED.contains(&label) && !alike && differ(&sides);
            Row { label, sides, differs }
        })
        .collect()
}

/// Rows in which one thing is written in many ways: what the comparison says of them counts.
const WRITTEN_MANY_WAYS: [(&str, household::Compared); 2] =
    [("member.address", household::Compared::Address), ("member.phone", household::Compared::Phone)];

/// Rows of which two different ones speak against nothing.
const NOT_COMPARED: [&str; 2] = ["same.desk", "same.former"];

/// Whether both are known and not written the same.
fn differ([a, b]: &[String; 2]) -> bool {
    !a.is_empty() && !b.is_empty() && words::fold::fold(a) != words::fold::fold(b)
}

async fn said(look: &mut Look, frame: &Frame, spoken: &[Spoken]) -> Result<Vec<Line>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let people = register::user_names(&mut look.conn(), m, spoken.iter().map(|s| s.by)).await?;
    let desks = register::desk_names(&mut look.conn(), m, spoken.iter().map(|s| s.desk), today).await?;
    let line = |s: &Spoken| Line {
        when: frame.moment(&s.at),
        what: frame.t.fs(
            "same.said",
            &[
                ("who", people.get(&s.by).cloned().unwrap_or_default()),
                ("desk", desks.get(&s.desk).cloned().unwrap_or_default()),
                ("what", frame.t.code("same_step", s.step)),
            ],
        ),
    };
    Ok(spoken.iter().map(line).collect())
}
