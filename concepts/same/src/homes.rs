//! Two households that seem to be one: everybody of whom there is a pair between them, in one form. What is said is said of each pair by
//! itself, by a command of its own: another pair of eyes confirms each, and each is undone alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Disclosed, Viewer};
use askama::Template;
use engine::{Channel, Fail, Look, Receipt};
use household::{LikenessView, Person, Reasons};
use site::{Answer, Form, Frame, Need, Req, link};
use words::id::{AgencyId, CommandId, PersonId, ThingId};

use crate::rules::{self, State, Step};
use crate::sql::{self, Pair};
use crate::{acts, views};

/// Pairs that are sent at once.
const MOST: usize = 50;

/// A pair of the two households.
struct Line {
    id: ThingId,
    version: i64,
    href: String,
    names: [String; 2],
    sub: [String; 2],
    likeness: LikenessView,
    /// Where it stands.
    word: String,
    on: bool,
}

/// What whoever looks can say of some of them at once.
struct Group {
    step: &'static str,
    title: &'static str,
    help: &'static str,
    button: &'static str,
    command: CommandId,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "same_homes.html")]
struct HomesPage {
    frame: Frame,
    form: Form,
    id: ThingId,
    reasons: Vec<String>,
    groups: Vec<Group>,
    /// Those of which nothing is to be said here.
    others: Vec<Line>,
}

/// GET /same/{id}/homes
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

/// POST /same/{id}/homes: the same is said of every pair that is ticked, of each by itself. What somebody else was faster with stays as it
/// is, and is told.
pub(crate) async fn say(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let step = form.code::<Step>("step", Need::Required);
    let done = match step {
        Some(Step::Propose) => "same_proposed",
        Some(Step::Confirm) => "same_linked",
        Some(Step::Other | Step::Back) | None => return Err(Fail::NotVisible),
    };
    let pairs: BTreeSet<ThingId> = form.ids("pair").into_iter().take(MOST).collect();
    if pairs.is_empty() {
        form.problem("pair", "same.choose_pairs");
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    }
    let (envelope, step) = (req.envelope(), step.unwrap_or(Step::Propose));
    let (mut last, mut refused) = (None, None);
    for pair in pairs {
        let version = form.value(&format!("version-{pair}")).parse().ok();
        match acts::say(&req, &envelope.of_item(pair, version), pair, step).await {
            Ok(receipt) => last = Some(receipt),
            Err(Fail::Stale | Fail::NotVisible) => refused = Some("same.some_since"),
            Err(Fail::Refused(refusal)) if refusal.key.starts_with("same.") => refused = Some(refusal.key),
            Err(other) => return Err(other),
        }
    }
    match (last, refused) {
        (Some(receipt), None) => Ok(Answer::to(&link::same_homes(id), done, receipt)),
        (_, refused) => {
            form = Form::default();
            form.problem("pair", refused.unwrap_or("same.some_since"));
            let (page, receipt) = page(&req, form).await?;
            Answer::conflict(page.render(), receipt)
        }
    }
}

/// What this viewer can say of a pair here: propose it, confirm it, or nothing. What comes of it is asked of the same rule as when it is
/// said; beside it stands whether they have to do with one of the two records, or with the desk that proposed it.
fn can_say(
    pair: &Pair,
    viewer: &Viewer,
    sides: [&Disclosed<Person>; 2],
    alone: &[(ThingId, Option<AgencyId>)],
) -> Option<Step> {
    let wrote = sides.map(|p| p.desk);
    let own = wrote.iter().any(|desk| viewer.seats.iter().any(|s| s.holds(*desk)));
    let stands_in = alone.iter().any(|(id, agency)| {
        let proposed = rules::Proposed { alone: true, agency: *agency };
        *id == pair.id && rules::stands_in(proposed, viewer, wrote)
    });
    let desks = viewer.reading_desks();
    let comes = |step| rules::next(pair.state, pair.said, step, (viewer.user, &desks, stands_in)).is_ok();
    match pair.state {
        State::Found if own && comes(Step::Propose) => Some(Step::Propose),
        State::Proposed if (own || stands_in) && comes(Step::Confirm) => Some(Step::Confirm),
        _ => None,
    }
}

/// The people of these pairs that this viewer sees, what they were called before, and whose home is kept.
struct Seen {
    people: Vec<Disclosed<Person>>,
    former: views::Former,
    kept: BTreeSet<PersonId>,
}

impl Seen {
    async fn load(look: &mut Look, pairs: &[Pair]) -> Result<Self, Fail> {
        let viewer = look.viewer().clone();
        let ids: BTreeSet<PersonId> = pairs.iter().flat_map(|p| p.persons).collect();
        let sealed = household::person::by_ids(&mut look.conn(), &viewer, ids.iter().copied()).await?;
        let people = look.disclose(sealed).await?;
        let kept = household::sheltered(look, ids).await?;
        let former = household::former::known_of(look, people.iter().map(access::Disclosed::facts)).await?;
        Ok(Self { people, former, kept })
    }

    /// Both sides of a pair that is one for this viewer, and how alike they are.
    fn of(&self, pair: &Pair) -> Option<([&Disclosed<Person>; 2], household::Score)> {
        let sides = views::both(pair, &self.people)?;
        let score = views::score(pair, sides, &self.former, &self.kept);
        views::counts(pair, &score).then_some((sides, score))
    }
}

async fn page(req: &Req, form: Form) -> Result<(HomesPage, Receipt), Fail> {
    let id: ThingId = req.id("id")?;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::Page).await?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let pair = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let seen = Seen::load(&mut look, std::slice::from_ref(&pair)).await?;
    let (sides, _) = seen.of(&pair).ok_or(Fail::NotVisible)?;
    let homes = sides.map(|p| p.household);
    if homes[0] == homes[1] {
        return Err(Fail::NotVisible);
    }
    let pairs = sql::between(&mut look.conn(), &ctx.viewer, homes).await?;
    let seen = Seen::load(&mut look, &pairs).await?;
    let desks = register::desk_names(&mut look.conn(), m, seen.people.iter().map(|p| p.desk), today).await?;
    let alone = sql::alone(&mut look.conn(), m, &pairs, today).await?;
    let t = &frame.t;
    let sub = |p: &Disclosed<Person>| {
        let birth = p.known.birth.map(|d| t.partial_date(d)).unwrap_or_default();
        let desk = desks.get(&p.desk).cloned().unwrap_or_default();
        [birth, desk].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("　")
    };
    let mut reasons = Reasons::default();
    let mut by_step: BTreeMap<Option<Step>, Vec<Line>> = BTreeMap::new();
    for pair in &pairs {
        let Some((sides, score)) = seen.of(pair) else { continue };
        for p in sides {
            reasons.of(p);
        }
        // The first household stands on the left in every line.
        let sides = if sides[0].household == homes[0] { sides } else { [sides[1], sides[0]] };
        let says = can_say(pair, &ctx.viewer, sides, &alone);
        let likeness = LikenessView::new(t, &score);
        by_step.entry(says).or_default().push(Line {
            id: pair.id,
            version: pair.version,
            href: link::same(pair.id),
            names: sides.map(|p| views::title(t, p)),
            sub: sides.map(sub),
            // Who is surely the same is ticked ahead; of the others somebody has to look.
            on: if form.fields().get("step").is_some() {
                form.chose("pair", pair.id)
            } else {
                likeness.strong
            },
            likeness,
            word: t.code("same_state", pair.state),
        });
    }
    let mut group = |step: Step, [title, help, button]: [&'static str; 3]| Group {
        step: words::code::Code::code(step),
        title,
        help,
        button,
        command: req.engine().new_id(),
        lines: by_step.remove(&Some(step)).unwrap_or_default(),
    };
    let groups = vec![
        group(Step::Confirm, ["same.waiting", "same.homes_confirm", "same.do_confirm_all"]),
        group(Step::Propose, ["same.found", "same.homes_propose", "same.do_propose_all"]),
    ];
    let page = HomesPage {
        id,
        reasons: reasons.sentences(t),
        groups: groups.into_iter().filter(|g| !g.lines.is_empty()).collect(),
        others: by_step.remove(&None).unwrap_or_default(),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}
