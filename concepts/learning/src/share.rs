//! A reflection becomes a case for the library: a text without anybody in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Action, RecordKind, RecordRef, Relation, Viewer};
use advice::{CasesOf, Sensed, named, said, sense, traces};
use askama::Template;
use engine::{Act, Begun, Channel, Conn, Fail, Look, Receipt, Refusal};
use household::telling;
use register::Matter;
use serde::Serialize;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use task::{NewTask, TaskKind};
use words::Instant;
use words::calendar::{OpeningDays, business_day_after};
use words::code::Code;
use words::id::{CaseId, DeskId, HouseholdId, ThingId, UserId};

use crate::rules::{MOST_CHARACTERS, MOST_TITLE, State, giveaways, tags, to_correct};
use crate::sql::{self, Lesson, Reflection};

/// Business days in which somebody else reads it.
const READ_DAYS: u32 = 10;

#[derive(Template)]
#[template(path = "learning_share.html")]
struct SharePage {
    frame: Frame,
    form: Form,
    id: ThingId,
    case: CaseId,
    number: String,
    topics: Vec<Choice>,
    found: Vec<String>,
    perhaps: bool,
    earlier: Vec<(String, String)>,
    /// The text that was given back and is corrected here, and what its reader said.
    again: Option<(ThingId, String)>,
}

/// Whether this viewer may write of a reflection: what was sent of it is corrected there.
pub(crate) async fn may_correct(conn: &mut Conn<'_>, viewer: &Viewer, id: ThingId) -> Result<bool, Fail> {
    match own(conn, viewer, id).await {
        Ok(_) => Ok(true),
        Err(Fail::NotVisible) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Of what was sent of a reflection, what is corrected now.
fn corrected(earlier: &[Lesson], asked: Option<ThingId>) -> Option<&Lesson> {
    let sent: Vec<(ThingId, State)> = earlier.iter().map(|l| (l.id, l.state)).collect();
    let id = to_correct(&sent, asked)?;
    earlier.iter().find(|l| l.id == id)
}

/// The form with what was sent.
fn as_sent(l: &Lesson, tags: &str) -> Form {
    let mut pairs = vec![
        ("title", l.title.clone()),
        ("situation", l.situation.clone()),
        ("done", l.done.clone()),
        ("learned", l.learned.clone()),
        ("tags", tags.to_owned()),
    ];
    pairs.extend(l.topics.iter().map(|k| ("topics", k.clone())));
    Form::filled(pairs)
}

/// A reflection of the viewer's own desk, with its household and how desks stand to it; absence otherwise.
async fn own(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ThingId,
) -> Result<(Reflection, HouseholdId, String, Relation), Fail> {
    let r = sql::reflection(conn, viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    let case = casefile::header(conn, viewer.municipality, r.case).await?.ok_or(Fail::NotVisible)?;
    let of_household = household::cases_of(conn, viewer, [case.household]).await?;
    let mut relation = Relation::within(of_household.into_values().flatten().chain([case.id]));
    relation.author = Some(r.desk);
    if relation.keeps_out(viewer) || !viewer.reading_desks().contains(&r.desk) {
        return Err(Fail::NotVisible);
    }
    Ok((r, case.household, case.number_text(), relation))
}

/// GET /reflections/{id}/share
pub(crate) async fn form(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    render(&req, look, None, &Sensed::Nothing).await
}

async fn render(req: &Req, mut look: Look, typed: Option<Form>, sensed: &Sensed) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let viewer = look.viewer().clone();
    let (r, _, number, _) = own(&mut look.conn(), &viewer, id).await?;
    let earlier = sql::of_reflection(&mut look.conn(), viewer.municipality, id).await?;
    let frame = req.frame();
    let t = frame.t.clone();
    let asked = match &typed {
        Some(form) => form.value("again").parse().ok(),
        None => req.query().get("again").and_then(|l| l.parse().ok()),
    };
    let again = corrected(&earlier, asked);
    let form = typed
        .unwrap_or_else(|| again.map_or_else(Form::default, |l| as_sent(l, &l.tags.join(t.s("site.comma")))));
    let (found, perhaps) = match sensed {
        Sensed::Nothing => (Vec::new(), false),
        Sensed::Perhaps(words) => (words.clone(), true),
        Sensed::Surely(words) => (words.clone(), false),
    };
    let page = SharePage {
        id,
        case: r.case,
        number,
        topics: Matter::ALL.iter().map(|k| Choice::new(&form, "topics", k, t.code("matter", k))).collect(),
        found,
        perhaps,
        again: again.map(|l| (l.id, l.answer.clone())),
        earlier: earlier
            .iter()
            .map(|l| {
                (link::library_case(l.id), format!("{}（{}）", l.title, t.code("lesson_state", l.state)))
            })
            .collect(),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

#[derive(Serialize)]
struct Body {
    reflection: ThingId,
    /// What was given back and is corrected with it.
    again: Option<ThingId>,
    title: String,
    situation: String,
    done: String,
    learned: String,
    topics: Vec<Matter>,
    tags: Vec<String>,
    meant: bool,
}

impl Body {
    fn fields(&self) -> [(&'static str, String); 5] {
        [
            ("title", self.title.clone()),
            ("situation", self.situation.clone()),
            ("done", self.done.clone()),
            ("learned", self.learned.clone()),
            ("tags", self.tags.join("、")),
        ]
    }

    fn whole(&self) -> String {
        self.fields().map(|(_, text)| text).join("\n")
    }
}

/// What would give somebody away in a text: of this household, and of the own desk's records. It goes by what this viewer may see;
/// whoever reads the text before it is shown goes by what they may.
struct Known {
    /// Names in every form, readings, telephones, addresses: surely somebody.
    people: Vec<String>,
    /// Numbers of cases that a text may say: of this household, and of the own desks.
    numbers: [Vec<(i64, i64)>; 2],
    /// What stands around the household (agencies, shops, schools), the town's areas and the agencies of its register, as far as they
    /// stand in the text. Perhaps only a word everybody uses, so it is told and can be meant.
    places: BTreeSet<String>,
}

async fn known(look: &mut Look, household: HouseholdId, text: &str) -> Result<Known, Fail> {
    let viewer = look.viewer().clone();
    let mut people = telling::everybody(&mut look.conn(), &viewer, household).await?;
    people.extend(telling::named_in(&mut look.conn(), &viewer, text).await?);
    let people = look.disclose(people).await?;
    let before = telling::formerly(&mut look.conn(), &viewer, &people).await?;
    let before = look.disclose(before).await?;
    let lived = telling::lived(&mut look.conn(), &viewer, &people).await?;
    let lived = look.disclose(lived).await?;
    let around = telling::around(&mut look.conn(), &viewer, household).await?;
    let around = telling::places(&look.disclose(around).await?);
    let of_the_town = sql::places(&mut look.conn(), viewer.municipality).await?;
    let numbers = [
        telling::real_numbers(&mut look.conn(), &viewer, Some(household), text).await?,
        telling::real_numbers(&mut look.conn(), &viewer, None, text).await?,
    ];
    let called = telling::called(&people).into_iter().chain(telling::called_before(&before));
    let people = told(&telling::fields(&people, &before, &lived), called);
    Ok(Known { people, numbers, places: standing(text, around, &of_the_town) })
}

/// What gives these people away, and their names in every form in which somebody is named, each once.
fn told(fields: &[String], called: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut told = giveaways(fields);
    for form in called {
        if !told.contains(&form) {
            told.push(form);
        }
    }
    told
}

/// Which of these places stand in a text.
fn standing(text: &str, around: BTreeSet<String>, of_the_town: &[String]) -> BTreeSet<String> {
    let all: BTreeSet<String> = around.into_iter().chain(said(of_the_town)).collect();
    named(text, &all).into_iter().collect()
}

/// The same while writing.
async fn known_again(act: &mut Act, household: HouseholdId, text: &str) -> Result<Known, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let mut people = telling::everybody(&mut act.facts()?, &viewer, household).await?;
    people.extend(telling::named_in(&mut act.facts()?, &viewer, text).await?);
    let people = act.disclose(people).await?;
    let before = telling::formerly(&mut act.facts()?, &viewer, &people).await?;
    let before = act.disclose(before).await?;
    let lived = telling::lived(&mut act.facts()?, &viewer, &people).await?;
    let lived = act.disclose(lived).await?;
    let around = telling::around(&mut act.facts()?, &viewer, household).await?;
    let around = telling::places(&act.disclose(around).await?);
    let m = viewer.municipality;
    let of_the_town = sql::places(&mut act.facts()?, m).await?;
    let numbers = [
        telling::real_numbers(&mut act.facts()?, &viewer, Some(household), text).await?,
        telling::real_numbers(&mut act.facts()?, &viewer, None, text).await?,
    ];
    let called = telling::called(&people).into_iter().chain(telling::called_before(&before));
    let people = told(&telling::fields(&people, &before, &lived), called);
    Ok(Known { people, numbers, places: standing(text, around, &of_the_town) })
}

fn sense_of(text: &str, known: &Known) -> Sensed {
    let people: Vec<&str> = known.people.iter().map(String::as_str).collect();
    let numbers = words::case_number::sense(text);
    let traces = traces(text, &known.places);
    let [of_household, of_desks] = &known.numbers;
    let household = advice::real_numbers(text, of_household, CasesOf::Household);
    let desks = advice::real_numbers(text, of_desks, CasesOf::Desks);
    let surely = [numbers.surely, household.0, desks.0, advice::links(text), traces.dates];
    let perhaps = [traces.perhaps, numbers.perhaps, household.1, desks.1];
    sense(text, &people).and(surely.concat(), perhaps.concat())
}

/// Whether it may be stored: surely somebody never is; perhaps somebody only when the writer says that no name stands there.
fn stops(sensed: &Sensed, meant: bool) -> Option<&'static str> {
    match sensed {
        Sensed::Surely(_) => Some("lesson.somebody"),
        Sensed::Perhaps(_) if !meant => Some("lesson.perhaps_somebody"),
        _ => None,
    }
}

/// POST /reflections/{id}/share
pub(crate) async fn send(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let body = Body {
        reflection: id,
        again: form.id("again", Need::Optional),
        title: form.line("title", Need::Required, MOST_TITLE),
        situation: form.paragraph("situation", Need::Required, MOST_CHARACTERS),
        done: form.paragraph("done", Need::Required, MOST_CHARACTERS),
        learned: form.paragraph("learned", Need::Required, MOST_CHARACTERS),
        topics: form.codes::<Matter>("topics"),
        tags: tags(&form.line("tags", Need::Optional, MOST_TITLE)),
        meant: form.ticked("meant"),
    };
    let mut look = ctx.look(Channel::Write).await?;
    let (_, household, _, _) = own(&mut look.conn(), &ctx.viewer, id).await?;
    let known = known(&mut look, household, &body.whole()).await?;
    let found = sense_of(&body.whole(), &known);
    for (field, text) in body.fields() {
        if let Some(key) = stops(&sense_of(&text, &known), body.meant) {
            form.problem(field, key);
        }
    }
    if form.has_problems() {
        return render(&req, look, Some(form), &found).await;
    }
    look.close().await?;
    match ctx.act(&req.envelope(), "lesson.send", &body).await? {
        Begun::Before(to) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&link::library_case(to), "lesson_sent", receipt))
        }
        Begun::New(mut act) => {
            let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
            let (r, household, _, relation) = own(&mut act.facts()?, &viewer, id).await?;
            let lesson: ThingId = act.new_id();
            let record = RecordRef { kind: RecordKind::Lesson, id: lesson };
            let right = act.permit(Action::ShareLesson, &relation, record).await?;
            // A command does not have to come from a form.
            let known = known_again(&mut act, household, &body.whole()).await?;
            let found = sense_of(&body.whole(), &known);
            if let Some(key) = stops(&found, body.meant) {
                return Err(Refusal::new(key).into());
            }
            let new = Lesson {
                id: lesson,
                reflection: Some(id),
                desk: r.desk,
                author: Some(viewer.user),
                title: body.title.clone(),
                situation: body.situation.clone(),
                done: body.done.clone(),
                learned: body.learned.clone(),
                topics: body.topics.iter().map(|k| k.code().to_owned()).collect(),
                tags: body.tags.clone(),
                state: State::Sent,
                sent_at: act.now(),
                answer: String::new(),
                version: 1,
            };
            sql::send(&mut act, &right, &new).await?;
            let before = sql::of_reflection(&mut act.facts()?, viewer.municipality, id).await?;
            let sent_back = before.iter().find(|l| Some(l.id) == body.again && l.state == State::Returned);
            if let Some(l) = sent_back {
                sql::replaced(&mut act, &right, l.id).await?;
            }
            ask_somebody(&mut act, &right, &new).await?;
            Ok(Answer::to(&link::library_case(lesson), "lesson_sent", act.commit(&lesson.to_string()).await?))
        }
    }
}

/// A lead of the desk reads it, or a coordinator where there is no other lead.
async fn ask_somebody(act: &mut engine::Act, right: &access::Right, l: &Lesson) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let desk = register::heir(&mut act.facts()?, m, l.desk, today).await?;
    let leads = register::leads(&mut act.facts()?, m, desk, today).await?;
    let lead = leads.into_iter().find(|u| Some(*u) != l.author).map(|u| (u, desk));
    let all = register::coordinators(&mut act.facts()?, m, today).await?;
    let reader: Option<(UserId, DeskId)> =
        lead.or_else(|| all.into_iter().find(|(u, _)| Some(*u) != l.author));
    // Without anybody it waits on the list until there is somebody: the library page shows it to every lead and coordinator.
    let Some((user, desk)) = reader else { return Ok(()) };
    let due_at = Instant::at(business_day_after(&OpeningDays::default(), today, READ_DAYS), 17, 0);
    let about = task::About { thing: Some(l.id), ..task::About::default() };
    let new = NewTask { kind: TaskKind::ApproveLesson, desk, assignee: Some(user), about, due_at };
    task::add(act, right, &new).await?;
    Ok(())
}
