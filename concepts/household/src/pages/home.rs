//! A household.

use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use engine::{Channel, Fail, Look};
use site::{Answer, Choice, Form, Frame, Req, T, link};
use words::code::Code;
use words::id::{CommandId, DeskId, HouseholdId, PersonId};

use super::leaving::{self, Leavers};
use super::moving::{self, Around, OpenCase, Proposal, Refused};
use super::{read_person, to};
use crate::elsewhere::{self, DiedElsewhere};
use crate::family::Look as Family;
use crate::member::household_name_of;
use crate::rules::Odd;
use crate::{
    EntryView, Figures, MemberView, NewPerson, Person, Reasons, TieKind, acts, also_recorded, entry,
    happening, sql,
};

/// A record of the household.
pub(super) struct Line {
    pub(super) href: String,
    pub(super) word: String,
    pub(super) state: String,
}

/// The person chosen on the drawing.
struct Chosen {
    name: String,
    href: String,
    /// What can be added: where it is written, and its word.
    add: Vec<(String, String)>,
}

/// The short forms of what can be added to somebody, filled in as far as it is known.
fn chosen(frame: &Frame, household: HouseholdId, family: &Family, id: PersonId) -> Option<Chosen> {
    family.people().find(|p| p.id == id)?;
    let (t, home) = (&frame.t, link::household(household));
    let form = |kind: TieKind, first: &str, second: &str, key: &str| {
        let href = format!("{home}/ties/new?kind={}&a={first}&b={second}", kind.code());
        (href, t.s(key).to_owned())
    };
    let (me, new) = (id.to_string(), "new");
    Some(Chosen {
        name: family.name(t, id),
        href: link::person(id),
        add: vec![
            form(TieKind::Parent, new, &me, "kin.add_parent"),
            form(TieKind::Spouse, &me, new, "kin.add_spouse"),
            form(TieKind::Parent, &me, new, "kin.add_child"),
            form(TieKind::Sibling, &me, new, "kin.add_sibling"),
            (format!("{home}/ties/new?a={me}"), t.s("kin.add_tie").to_owned()),
            (format!("{home}/outside/new?who={me}"), t.s("kin.add_outside").to_owned()),
        ],
    })
}

#[derive(Template)]
#[template(path = "household_page.html")]
struct HomePage {
    frame: Frame,
    form: Form,
    id: HouseholdId,
    name: String,
    own: bool,
    /// Whether this viewer may add people and ties, and whether they write what was learnt about those whose cards others wrote.
    beside: (bool, bool),
    /// What was learnt of the people since: its page, and the sentence.
    learnt: Vec<(String, String)>,
    /// What is to be done now.
    now_key: &'static str,
    reasons: Vec<String>,
    considerations: Vec<EntryView>,
    members: Vec<MemberView>,
    former: Vec<MemberView>,
    /// Kin who are no members: they stand in the drawing.
    kin: Vec<MemberView>,
    /// Who was written down by mistake: where it stands, and their name.
    mistaken: Vec<(String, String)>,
    figures: Figures,
    /// The household's version, for a move.
    version: i64,
    move_command: CommandId,
    /// Who can move: id, name, ticked.
    movers: Vec<(PersonId, String, bool)>,
    /// The form in which several leave at once.
    leavers: Option<Leavers>,
    /// Whether the form of a further member came back, and what it asks because it is seldom so.
    adding: (bool, Vec<Choice>),
    /// Moves that lie ahead, and one of late.
    moves: Vec<Proposal>,
    /// Whether a plan could not be called off: what is true now is said at the top, and beside its button.
    off_refused: bool,
    /// Whether the form of a move stands open, and whether it changes one that lies ahead.
    moving: (bool, bool),
    /// What can be added to the person that was chosen on the drawing.
    chosen: Option<Chosen>,
    records: Vec<Line>,
    /// Records of the same people that this viewer may see too.
    also: Vec<Line>,
    /// Who has died as another record of them says: its page, and the sentence.
    died: Vec<(String, String)>,
}

async fn page(req: &Req, form: Form, refused: Option<Refused>) -> Result<(HomePage, engine::Receipt), Fail> {
    let id: HouseholdId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let desks = viewer.reading_desks();
    let header = sql::header(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    if !viewer.excluded_from.is_empty() {
        let cases = sql::cases(&mut look.conn(), m, id).await?;
        if cases.iter().any(|c| viewer.excluded_from.contains(c)) {
            return Err(Fail::NotVisible);
        }
    }
    let own = desks.contains(&header.desk);
    let frame = req.frame();
    let mut reasons = Reasons::default();
    let family = Family::load(&mut look, id).await?;
    if !own && family.members.is_empty() && family.former.is_empty() {
        return Err(Fail::NotVisible);
    }
    family.reasons(&mut reasons);
    let beside = super::learnt::beside(&mut look, &header, &family).await?;
    let (also, died) = also(&mut look, &frame, &family.members, &mut reasons).await?;
    let considerations = entry::considerations(&mut look.conn(), &viewer, id).await?;
    let considerations = look.disclose(considerations).await?;
    reasons.of_all(&considerations);
    let considerations = EntryView::build(&mut look, &frame, considerations).await?;
    let mistaken = super::mistaken::listed(&mut look, &frame, id, &mut reasons).await?;
    let (records, open) = records(&mut look, &frame, id).await?;
    let around = Around { household: id, members: &family.members, told: &family.told, open: &open };
    let moves = if own { moving::proposals(req, &mut look, &frame, &around).await? } else { Vec::new() };
    let plan = req.query().get("plan").and_then(|p| p.parse().ok()).filter(|_| own);
    let mut form = match plan.filter(|_| form.fields().get("moved").is_none()) {
        Some(plan) => moving::to_change(form, &frame, &family.members, plan),
        None => form,
    };
    if let Some(refused) = refused {
        moving::say_refused(&mut look, &mut form, &frame.t, (id, &family.members), refused).await?;
    }
    let changes = !form.value("moved_instead").is_empty();
    let wrong = ["moved", "moved_who", "moved_address"].iter().any(|f| form.error(&frame.t, f).is_some());
    let since = happening::together_since(&mut look, &family.members).await?;
    let shown = |p: &Disclosed<Person>| MemberView::told(&frame, &viewer, p, &beside.told);
    let page = HomePage {
        version: header.version,
        move_command: req.engine().new_id(),
        movers: if own { movers(&frame.t, &form, &family, &desks) } else { Vec::new() },
        leavers: leaving::form_of(req, &frame.t, &form, &family).filter(|_| own),
        adding: (adds(&form) && refused.is_none(), Vec::new()),
        moves,
        off_refused: matches!(refused, Some(Refused::Off(_))),
        moving: (wrong || changes, changes),
        id,
        name: household_name_of(&frame.t, &family.members, &family.former, frame.now.day()),
        own,
        beside: (beside.may_add, beside.learns),
        learnt: beside.first(&frame.t),
        now_key: now_key(&family),
        reasons: reasons.sentences(&frame.t),
        considerations,
        members: family
            .members
            .iter()
            .map(|p| shown(p).living_since(&frame.t, since.get(&p.id).copied()))
            .collect(),
        former: family.former.iter().map(shown).collect(),
        kin: family.kin.iter().map(shown).collect(),
        mistaken,
        figures: Figures::draw(&frame, &family, beside.may_add.then_some(id)),
        chosen: req
            .query()
            .get("who")
            .filter(|_| beside.may_add)
            .and_then(|who| who.parse().ok())
            .and_then(|who| chosen(&frame, id, &family, who)),
        records,
        also,
        died: died.iter().map(|d| (d.href.clone(), d.words_of(&frame.t))).collect(),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// Who can move, of the cards of these desks: those who live together are ticked ahead.
fn movers(t: &T, form: &Form, family: &Family, desks: &[DeskId]) -> Vec<(PersonId, String, bool)> {
    let typed = form.fields().get("moved").is_some();
    let ticked = |p: &Person| if typed { form.chose("moved_who", p.id) } else { p.known.lives_together };
    let own = family.members.iter().filter(|p| desks.contains(&p.desk) && p.died.is_none());
    own.map(|p| (p.id, family.name(t, p.id), ticked(p))).collect()
}

/// Whether what came back is the form of a further member.
fn adds(form: &Form) -> bool {
    form.has_problems() && form.fields().get("moved").is_none() && !leaving::sent(form)
}

/// What is to be done now with the record of a household.
fn now_key(family: &Family) -> &'static str {
    if family.members.is_empty() && !family.former.is_empty() {
        "household_page.now_left"
    } else if family.members.iter().all(|p| p.called().is_empty()) {
        "household_page.now_name"
    } else {
        "household_page.now_add"
    }
}

/// The cases and consultations about a household that the viewer's desks have a part in, and which of the cases are open.
async fn records(
    look: &mut Look,
    frame: &Frame,
    id: HouseholdId,
) -> Result<(Vec<Line>, Vec<OpenCase>), Fail> {
    let (m, desks) = (look.viewer().municipality, look.viewer().reading_desks());
    let mut records = Vec::new();
    let mut open = Vec::new();
    for c in sql::case_list(&mut look.conn(), m, id, &desks).await? {
        let number = format!("{}-{:05}", c.fiscal_year, c.number);
        if c.state == "open" {
            open.push(OpenCase { id: c.id, accountable: c.accountable, number: number.clone() });
        }
        records.push(Line {
            href: link::case(c.id),
            word: frame.t.f("household_page.case", "number", number),
            state: frame.t.code("case_state_short", c.state),
        });
    }
    for (consultation, at) in sql::consultation_list(&mut look.conn(), m, id, &desks).await? {
        records.push(Line {
            href: link::consultation(consultation),
            word: frame.t.f("household_page.consultation", "day", frame.day(&at.day())),
            state: String::new(),
        });
    }
    Ok((records, open))
}

/// Where members are recorded once more, as people have linked them, and who of them has died as such a record says.
pub(super) async fn also(
    look: &mut Look,
    frame: &Frame,
    members: &[Disclosed<Person>],
    reasons: &mut Reasons,
) -> Result<(Vec<Line>, Vec<DiedElsewhere>), Fail> {
    let of: Vec<_> = members.iter().map(|p| p.id).collect();
    let found = also_recorded(look, &of).await?;
    let (m, today) = (look.viewer().municipality, look.now().day());
    let desks = register::desk_names(&mut look.conn(), m, found.iter().map(|(_, p)| p.desk), today).await?;
    let called = |p: &Disclosed<Person>| match p.called() {
        "" => frame.t.s("member.someone").to_owned(),
        name => name.to_owned(),
    };
    let died = elsewhere::among(members, &found);
    let lines = found
        .iter()
        .map(|(member, p)| {
            reasons.of(p);
            let who = members.iter().find(|m| m.id == *member).map(called).unwrap_or_default();
            Line {
                href: link::household(p.household),
                word: frame.t.fs("household_page.also_as", &[("who", who), ("name", called(p))]),
                state: desks.get(&p.desk).cloned().unwrap_or_default(),
            }
        })
        .collect();
    Ok((lines, died))
}

/// The page again with what was typed into the form of a move, or of those who leave together.
pub(super) async fn again(req: &Req, typed: Form, refused: Option<Refused>) -> Result<Answer, Fail> {
    let kept = |name: &str| name.starts_with("moved") || name.starts_with(leaving::FIELDS);
    let mut form = super::filled(&NewPerson { lives_together: true, ..NewPerson::default() });
    let mut pairs: Vec<(String, String)> = form.fields().pairs().to_vec();
    pairs.extend(typed.fields().pairs().iter().filter(|(n, _)| kept(n)).cloned());
    form = Form::new(site::Fields::from_pairs(pairs));
    for (field, key, args) in typed.found() {
        form.problem_with(field, key, args.to_vec());
    }
    let (page, receipt) = page(req, form, refused).await?;
    Answer::again(page.render(), receipt)
}

/// GET /households/{id}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let form = super::filled(&NewPerson { lives_together: true, ..NewPerson::default() });
    let (page, receipt) = page(&req, form, None).await?;
    Answer::page(page.render(), receipt)
}

/// Whether a further member seems to be among the people of the household already, of those that the writer may see.
async fn there_already(req: &Req, id: HouseholdId, new: &NewPerson) -> Result<bool, Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let family = Family::load(&mut look, id).await?;
    look.close().await?;
    Ok(family.has_already(new))
}

/// POST /households/{id}/members.
pub(crate) async fn add_member(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: HouseholdId = req.id("id")?;
    let mut form = req.form();
    let new = read_person(&mut form, req.now().day());
    // Pressed without a word: nobody would know who that was.
    if !form.has_problems()
        && new == (NewPerson { lives_together: new.lives_together, ..NewPerson::default() })
    {
        form.problem("name", "person_page.nothing_known");
    }
    let twice = !form.has_problems() && there_already(&req, id, &new).await?;
    if twice && !form.codes::<Odd>("sure").contains(&Odd::Twice) {
        form.problem("sure", "household.there_already");
    }
    if form.has_problems() {
        let (mut page, receipt) = page(&req, form, None).await?;
        if twice {
            let (code, word) = (Odd::Twice.code(), page.frame.t.code("tie_odd", Odd::Twice));
            page.adding.1 = vec![Choice::new(&page.form, "sure", code, word)];
        }
        return Answer::again(page.render(), receipt);
    }
    let done = acts::add_member(&req, id, &new).await?;
    Ok(to(done, "household_member", |_| link::household(id)))
}
