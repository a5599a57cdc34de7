//! What every page of a case shows first, and its tasks. Everything personal came out of a disclosure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::{Disclosed, Reader, Relation, Scope};
use engine::{Broken, Fail, Look};
use household::entry::Timeline;
use household::{Entry, Person, Reasons, household_name_of};
use register::Settings;
use site::{Frame, link};
use task::{Clocks, Level, Task, TaskKind};
use words::Instant;
use words::calendar::{self, OpeningDays};
use words::id::{CaseId, DeskId, EntryId, PersonId, TaskId, UrgentLookId, UserId};

use crate::caution::CautionLine;
use crate::rules::CaseState;
use crate::sql::{self, CaseHeader};
use crate::stage::{StageNow, stages_now};

/// One step of the ladder.
pub struct Rung {
    /// Who.
    pub who: String,
    /// Whether it concerns them already.
    pub on: bool,
    /// When they were or will be told.
    pub when: String,
}

/// One open task of a case.
pub struct TaskLine {
    /// Its page, for the desk that owes it: nobody else opens it.
    pub href: Option<String>,
    /// `is-late`, `is-soon` or nothing.
    pub class: &'static str,
    /// The large word of the date.
    pub due: String,
    /// The date for machines.
    pub due_iso: String,
    /// The small words beside it.
    pub due_day: String,
    /// The date, short.
    pub day: String,
    /// What is promised.
    pub what: String,
    /// The promise in words, as far as disclosed.
    pub words: String,
    /// Desk and person in charge.
    pub by: String,
    /// The ladder, for what is late.
    pub ladder: Vec<Rung>,
}

/// The head of every page of a case: number, whose, state, facts, tabs. The referral pages use it too, with the
/// macro `head` of `parts/case_head.html`.
pub struct CaseHead {
    /// The case.
    pub id: CaseId,
    /// `2026-00087`.
    pub number: String,
    /// Name of the household as far as disclosed.
    pub name: String,
    /// Code of the state.
    pub state: String,
    /// Its word.
    pub state_word: String,
    /// Whether it is open.
    pub open: bool,
    /// 主担当.
    pub accountable: String,
    /// 包括化推進員: whose desk has a part in the case. Said on the case's first page.
    pub coordinator: String,
    /// When it was opened.
    pub opened: String,
    /// The next promise: day, and words as far as disclosed.
    pub next: String,
    /// Engagement per living person, as far as disclosed and as it is true today.
    pub stages: Vec<StageLine>,
    /// Who of the household died, and when: whoever picks up the telephone must know it first.
    pub died: Vec<String>,
    /// Who has died as another record of them says: its page, and the sentence.
    pub elsewhere: Vec<(String, String)>,
    /// What was learnt since of who is there no more and where they live: the page of the text, and the sentence.
    pub learnt: Vec<(String, String)>,
    /// How people of the household want to be reached, each with their name: before anybody telephones.
    pub wishes: Vec<String>,
    /// 訪問時の注意 in force, as far as disclosed: before everything else. Never on paper.
    pub cautions: Vec<CautionLine>,
    /// The household's page, when anybody of it is disclosed.
    pub household: Option<String>,
    /// Bases of what stands on the page.
    pub reasons: Vec<String>,
    /// The word of what keeps it from being disposed of (保全), if anything does.
    pub held: Option<String>,
    /// Whether this viewer may set or lift that.
    pub may_hold: bool,
    /// Whether this viewer may write support records.
    pub may_write: bool,
    /// The urgent look by which this viewer sees the case, and until when.
    pub urgent: Option<(UrgentLookId, String)>,
}

/// How far the relation with one person has come.
pub struct StageLine {
    /// Whose, and how far.
    pub words: String,
    /// Where they are asked anew, when they agreed and no consent holds any more.
    pub ask: Option<String>,
}

/// What was loaded for the head, for the page to go on with.
pub struct Loaded {
    /// The header.
    pub header: CaseHeader,
    /// How desks stand to the case.
    pub relation: Relation,
    /// Members of the household, as disclosed: as they are known by their cards and by what was learnt since ([`household::known`]).
    pub members: Vec<Disclosed<Person>>,
    /// Those who left it, where nobody who is there has a name: the case goes by one of them.
    pub(crate) former: Vec<Disclosed<Person>>,
    /// Open tasks.
    pub tasks: Vec<Task>,
    /// The promises in words, as disclosed.
    pub promises: BTreeMap<EntryId, String>,
    /// Those of them that say why the case ended or rests: no promise, though a look at it later was written down with them.
    pub endings: BTreeSet<EntryId>,
    /// Last stages of the persons, as they stand today.
    pub stages: Vec<StageNow>,
    /// 訪問時の注意 in force, as disclosed.
    pub(crate) cautions: Vec<crate::caution::Flag>,
    /// Who has died as another record of them says.
    pub(crate) elsewhere: Vec<household::elsewhere::DiedElsewhere>,
    /// What was learnt of the members since, and does not stand on their cards.
    pub learnt: Vec<household::Told>,
    /// Bases so far. The page adds its own, then calls [`CaseHead::new`].
    pub reasons: Reasons,
    /// Names of the desks concerned.
    pub desks: HashMap<DeskId, String>,
}

/// Loads what every page of a case needs. [`Fail::NotVisible`] when the viewer has no part in it.
pub async fn load(look: &mut Look, id: CaseId) -> Result<Loaded, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let (header, relation) = sql::relation(&mut look.conn(), &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let mut reasons = Reasons::default();
    let cards = household::person::members(&mut look.conn(), &viewer, header.household).await?;
    let cards = look.disclose(cards).await?;
    reasons.of_all(&cards);
    // From here on everybody is as this viewer knows them: whoever has died is offered nowhere and the case goes by somebody who lives.
    let since = household::since(look, &cards.iter().collect::<Vec<_>>(), &mut reasons).await?;
    let members = since.known(cards);
    let mut former = Vec::new();
    if household::goes_by(&members, today).is_none() {
        let sealed = household::person::former_members(&mut look.conn(), &viewer, header.household).await?;
        former = household::known(look, sealed, &mut reasons).await?;
    }
    let mut tasks = task::of_case(&mut look.conn(), m, id).await?;
    let said: BTreeSet<EntryId> = tasks.iter().filter_map(|t| t.about.entry).collect();
    let (promises, shown) = household::entry::said_today(look, said).await?;
    reasons.of_all(&shown);
    // Of what other desks have to do, one with a part is told what it may read of: that they wait for an answer about somebody else
    // would say why.
    let told = |t: &Task| t.about.entry.is_some_and(|e| promises.contains_key(&e));
    tasks.retain(|t| told(t) || relation.tells_of(&viewer, &[t.desk]));
    // On a paper for one of the household, what was promised to them in words they are given.
    let for_one = matches!(look.reader(), Reader::Member(_));
    tasks.retain(|t| !for_one || (t.kind.for_one() && told(t)));
    let ending = |said: &String| {
        shown.iter().any(|e| e.field == household::Field::Ending && e.body.as_str() == said.as_str())
    };
    let endings = promises.iter().filter(|(_, said)| ending(said)).map(|(id, _)| *id).collect();
    let stages = stages_now(look, [id], &mut reasons).await?;
    let cautions = crate::caution::in_force(look, id, &mut reasons).await?;
    let elsewhere = household::elsewhere::died(look, &members, &mut reasons).await?;
    let desks: BTreeSet<DeskId> = header
        .accountable
        .into_iter()
        .chain(relation.case_desks.iter().copied())
        .chain(tasks.iter().map(|t| t.desk))
        .chain(cautions.iter().map(|c| c.desk))
        .collect();
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    Ok(Loaded {
        header,
        relation,
        members,
        former,
        tasks,
        promises,
        endings,
        stages,
        cautions,
        elsewhere,
        learnt: since.told,
        reasons,
        desks,
    })
}

impl Loaded {
    /// Whether somebody has died as it was learnt since, and not as their card says.
    fn died_as_learnt(&self, person: PersonId) -> bool {
        self.learnt.iter().any(|x| x.person == person && x.learnt.kind == household::LearntKind::Died)
    }
}

impl CaseHead {
    /// The head, from what was loaded.
    pub fn new(frame: &Frame, loaded: &Loaded, viewer: &access::Viewer) -> Self {
        let (t, header) = (&frame.t, &loaded.header);
        let name_of =
            |id: PersonId| loaded.members.iter().find(|p| p.id == id).map(|p| p.called().to_owned());
        let died = |id: PersonId| loaded.members.iter().any(|p| p.id == id && p.died.is_some());
        let may_ask = header.state == CaseState::Open
            && access::may(viewer, access::Action::RecordConsent, &loaded.relation).is_ok();
        let next = loaded.tasks.first().map(|task| {
            let said = task.about.entry.filter(|e| !loaded.endings.contains(e));
            let words = said.and_then(|e| loaded.promises.get(&e)).map(|w| first_line(w));
            // A promise whose words are not disclosed is its day: the label above says what it is already.
            let what = words.or_else(|| (!is_promise(task)).then(|| t.code("task_kind", task.kind)));
            let day = frame.day(&task.due_at.day());
            what.map_or_else(|| day.clone(), |what| format!("{day} {what}"))
        });
        Self {
            id: header.id,
            number: header.number_text(),
            name: household_name_of(t, &loaded.members, &loaded.former, frame.now.day()),
            state: header.state.to_string(),
            state_word: t.code("case_state", header.state),
            open: header.state == CaseState::Open,
            accountable: header.accountable.and_then(|d| loaded.desks.get(&d)).cloned().unwrap_or_default(),
            coordinator: String::new(),
            opened: t.full_day(header.opened_at.day()),
            next: next.unwrap_or_else(|| t.s("casefile.no_promise").to_owned()),
            stages: loaded
                .stages
                .iter()
                .filter(|s| !died(s.person))
                .filter_map(|s| {
                    let name = name_of(s.person).filter(|n| !n.is_empty())?;
                    Some(StageLine {
                        words: format!("{name} {}", s.words(t)),
                        ask: (may_ask && s.to_be_asked()).then(|| link::case_consent_of(header.id, s.person)),
                    })
                })
                .collect(),
            died: loaded
                .members
                .iter()
                // Of whom it was learnt since, it is said with its source ([`Self::learnt`]).
                .filter(|p| !p.called().is_empty() && !loaded.died_as_learnt(p.id))
                .filter_map(|p| {
                    let (who, day) = (p.called().to_owned(), t.partial_date(p.died?));
                    Some(t.fs("casefile.died", &[("who", who), ("day", day)]))
                })
                .collect(),
            elsewhere: loaded.elsewhere.iter().map(|d| (d.href.clone(), d.words_of(t))).collect(),
            learnt: loaded
                .learnt
                .iter()
                .filter(|x| x.of_the_household())
                .map(|x| (x.href.clone(), x.words(t)))
                .collect(),
            wishes: loaded
                .members
                .iter()
                .filter(|p| !died(p.id) && !p.known.contact_wish.is_empty())
                .map(|p| match p.called() {
                    "" => p.known.contact_wish.clone(),
                    name => t.fs(
                        "casefile.wish",
                        &[("name", name.to_owned()), ("wish", p.known.contact_wish.clone())],
                    ),
                })
                .collect(),
            cautions: loaded.cautions.iter().map(|c| c.line(frame, &loaded.desks)).collect(),
            household: (!loaded.members.is_empty() || !loaded.former.is_empty())
                .then(|| link::household(header.household)),
            reasons: loaded.reasons.sentences(t),
            held: (!loaded.header.held.is_empty()).then(|| t.code("hold_reason", &loaded.header.held)),
            may_hold: access::may(viewer, access::Action::HoldRecord, &loaded.relation).is_ok(),
            may_write: access::may(viewer, access::Action::WriteSupport, &loaded.relation).is_ok(),
            urgent: loaded.relation.looked_at_urgently(viewer).map(|l| (l.look, frame.moment(&l.until))),
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// What the open tasks are about, in words: the promise, and of a review what happened to whom, as far as disclosed.
pub(crate) async fn said_of(
    look: &mut Look,
    frame: &Frame,
    loaded: &mut Loaded,
) -> Result<BTreeMap<TaskId, String>, Broken> {
    let reviews = loaded.tasks.iter().filter(|t| t.kind == TaskKind::Review).map(|t| t.made_by).collect();
    let reviews = household::reviewed(look, frame, &reviews, &mut loaded.reasons).await?;
    let said = |task: &Task| match reviews.get(&task.made_by).filter(|_| task.kind == TaskKind::Review) {
        Some(about) => Some(about.what.clone()),
        None => task.about.entry.and_then(|e| loaded.promises.get(&e)).cloned(),
    };
    Ok(loaded.tasks.iter().filter_map(|task| Some((task.id, said(task)?))).collect())
}

/// The open tasks, ready to be shown.
pub(crate) async fn task_lines(
    look: &mut Look,
    frame: &Frame,
    loaded: &mut Loaded,
) -> Result<Vec<TaskLine>, Broken> {
    let (m, own) = (look.viewer().municipality, Scope::own_desks(look.viewer()));
    let said = said_of(look, frame, loaded).await?;
    let settings = register::settings(&mut look.conn(), m).await?;
    let staff =
        register::user_names(&mut look.conn(), m, loaded.tasks.iter().filter_map(|t| t.assignee)).await?;
    let line = |task: &Task| {
        let mut line = task_line(frame, task, loaded, &settings, &staff);
        line.href = own.desks().contains(&task.desk).then(|| link::task(task.id));
        line.words = said.get(&task.id).cloned().unwrap_or_default();
        line
    };
    Ok(loaded.tasks.iter().map(line).collect())
}

fn task_line(
    frame: &Frame,
    task: &Task,
    loaded: &Loaded,
    settings: &Settings,
    staff: &HashMap<UserId, String>,
) -> TaskLine {
    let (t, now) = (&frame.t, frame.now);
    let (due, today) = (task.due_at, now.day());
    let late = (due.day() < today) || (task.urgent && due <= now);
    let days = calendar::business_days_between(&OpeningDays::default(), due.day(), today).max(1);
    let (class, head) = if late {
        ("is-late", t.f("casefile.days_late", "n", days))
    } else if due.day() == today {
        ("is-soon", t.s("casefile.today").to_owned())
    } else {
        ("", frame.day(&due.day()))
    };
    let desk = loaded.desks.get(&task.desk).cloned().unwrap_or_default();
    let person = task.assignee.and_then(|u| staff.get(&u)).map_or("", String::as_str);
    TaskLine {
        href: None,
        class,
        due: head,
        due_iso: due.iso(),
        day: frame.day(&due.day()),
        due_day: if late {
            t.f("casefile.until", "when", frame.day(&due.day()))
        } else {
            t.f(
                "casefile.until",
                "when",
                if class.is_empty() { String::new() } else { site::show::clock(due) },
            )
        },
        what: t.code("task_kind", task.kind),
        words: String::new(),
        by: format!("{desk} {person}").trim().to_owned(),
        ladder: if late { ladder(frame, task, settings) } else { Vec::new() },
    }
}

/// Who was told that a task is late, and who will be (domain section 2.2).
fn ladder(frame: &Frame, task: &Task, settings: &Settings) -> Vec<Rung> {
    let t = &frame.t;
    let clocks = Clocks {
        lead_after: settings.lead_after_days,
        coordinator_after: settings.coordinator_after_days,
        urgent_hours: settings.urgent_hours,
    };
    let opening = OpeningDays::default();
    let planned = |from: Level| {
        task::next_step(task.due_at, from, &opening, &clocks)
            .map(|(_, day)| t.f("ladder.will_tell", "day", frame.day(&day)))
            .unwrap_or_default()
    };
    let told = |at: Option<Instant>, from: Level| match at {
        Some(at) => (true, t.f("ladder.told", "day", frame.day(&at.day()))),
        None => (false, planned(from)),
    };
    let (lead, lead_when) = told(task.told.lead, Level::Holder);
    let (coordinator, coordinator_when) = told(task.told.coordinator, Level::Lead);
    vec![
        Rung { who: t.s("ladder.holder").to_owned(), on: true, when: frame.day(&task.due_at.day()) },
        Rung { who: t.s("ladder.lead").to_owned(), on: lead, when: lead_when },
        Rung { who: t.s("ladder.coordinator").to_owned(), on: coordinator, when: coordinator_when },
    ]
}

/// The newest `most` texts of a case that this viewer may see. Hidden ones leave no gap: whoever counts lines or
/// pages must not learn that there are more (disclosure rule 2). One round of statements where all is visible.
pub async fn visible(
    look: &mut Look,
    case: CaseId,
    mut of: Timeline,
    most: usize,
) -> Result<Vec<Disclosed<Entry>>, Broken> {
    let viewer = look.viewer().clone();
    let mut shown = Vec::new();
    while shown.len() < most {
        let missing = i64::try_from(most - shown.len()).unwrap_or(i64::MAX);
        // Further rounds are for cases in which much is hidden: they read in larger steps.
        let step = if shown.is_empty() && of.before.is_none() { missing } else { missing.max(STEP) };
        let (sealed, next) = household::entry::timeline(&mut look.conn(), &viewer, case, &of, step).await?;
        let mut found = look.disclose(sealed).await?;
        found.truncate(most - shown.len());
        shown.append(&mut found);
        match next {
            Some(next) => of.before = Some(next),
            None => break,
        }
    }
    Ok(shown)
}

/// Rows read at once in further rounds.
const STEP: i64 = 100;

/// Whether a task is the household's next promise.
pub(crate) fn is_promise(task: &Task) -> bool {
    task.kind == TaskKind::NextPromise
}
