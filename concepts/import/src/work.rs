//! The job: looks at lines, writes lines, takes imports back. Some hundreds of lines in one act; where it stands is
//! in the database, so that a restart goes on with the next lines.

use std::collections::{BTreeMap, BTreeSet};

use access::{Disclosed, Right, System, Viewer};
use engine::{Act, Begun, Broken, Channel, Ctx, Engine, Envelope, Fail, Origin};
use household::Person;
use intake::Who;
use site::{Language, Languages, T};
use tabular::Table;
use words::id::{ConsultationId, MunicipalityId, PersonId};

use crate::line::{Line, Problem, Reader};
use crate::rules::{Alike, LineState, State};
use crate::sql::{self, Counts, Import, Said};
use crate::{acts, rules};

/// Lines in one act: long enough to be quick, short enough that other writes get their turn.
const LINES: usize = 400;
/// Days after which a file that nobody touched is forgotten.
const KEPT_DAYS: i64 = 14;

/// How far the job came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// There was nothing to do.
    Idle,
    /// Everything there was is done.
    Done,
    /// It was asked to stop between two steps; the rest waits.
    Interrupted,
}

/// Works on every import that waits, until none does or `go_on` says no. Lines are read in the words of their town
/// . One that breaks keeps no other waiting; the first thing that broke is told when all had their turn.
pub async fn work(
    engine: &Engine,
    words: &Languages,
    mut go_on: impl FnMut() -> bool,
) -> Result<Worked, Broken> {
    let (mut worked, mut first_broken) = (Worked::Idle, None);
    for (municipality, _) in engine::check::municipalities(engine).await? {
        let waiting = waiting(engine, municipality).await?;
        if waiting.is_empty() {
            continue;
        }
        worked = Worked::Done;
        let t = words.words_of(Language::Japanese, engine, municipality, engine.now()).await;
        for import in waiting {
            match one(engine, &t, municipality, import, &mut go_on).await {
                Ok(true) => {}
                Ok(false) => return Ok(Worked::Interrupted),
                Err(e) => first_broken = first_broken.or(Some(e)),
            }
        }
    }
    first_broken.map_or(Ok(worked), Err)
}

/// Works on one import as far as it goes; `false` when asked to stop.
async fn one(
    engine: &Engine,
    t: &T,
    municipality: MunicipalityId,
    import: Import,
    go_on: &mut impl FnMut() -> bool,
) -> Result<bool, Broken> {
    let mut job = Job::new(engine, t, municipality, import);
    while job.import.state.is_work() {
        if !go_on() {
            return Ok(false);
        }
        match job.step().await {
            Ok(true) => {}
            // Stale: somebody ended it, or is working on it elsewhere; it is looked at anew the next time.
            Ok(false) | Err(Fail::Stale) => break,
            Err(Fail::Broken(e)) => return Err(e),
            Err(Fail::NotVisible) => job.stop("import_page.stopped_seat").await?,
            Err(Fail::Refused(refusal)) => job.stop(refusal.key).await?,
        }
    }
    Ok(true)
}

/// The job itself reads what waits; what it then reads of households, it reads as the person who asked.
fn nobody(engine: &Engine, municipality: MunicipalityId) -> Ctx {
    let viewer = Viewer {
        municipality,
        user: engine.new_id(),
        seats: Vec::new(),
        excluded_from: Vec::new(),
        urgent: Vec::new(),
    };
    Ctx { engine: engine.clone(), viewer, now: engine.now() }
}

async fn waiting(engine: &Engine, municipality: MunicipalityId) -> Result<Vec<Import>, Broken> {
    let mut look = nobody(engine, municipality).look(Channel::List).await?;
    sql::waiting(&mut look.conn(), municipality).await
}

/// Forgets files that nobody touched for a while, in every municipality.
pub async fn forget_files(engine: &Engine) -> Result<(), Broken> {
    for (municipality, _) in engine::check::municipalities(engine).await? {
        forget(engine, municipality).await?;
    }
    Ok(())
}

async fn forget(engine: &Engine, municipality: MunicipalityId) -> Result<(), Broken> {
    let before = engine.now().plus_hours(-24 * KEPT_DAYS);
    let mut look = nobody(engine, municipality).look(Channel::List).await?;
    let old = sql::kept_since_before(&mut look.conn(), municipality, before).await?;
    drop(look);
    for id in old {
        let mut act = system(engine, municipality, "import.forget", &id.to_string()).await?;
        sql::forget_file(&mut act, &Right::system(System::Import), id).await.map_err(broken)?;
        act.commit("").await?;
    }
    Ok(())
}

async fn system(
    engine: &Engine,
    municipality: MunicipalityId,
    kind: &'static str,
    body: &str,
) -> Result<Box<Act>, Broken> {
    engine.system_act(System::Import, municipality, Origin::Job, kind, &body).await.map_err(broken)
}

fn broken(fail: Fail) -> Broken {
    match fail {
        Fail::Broken(e) => e,
        other => Broken::Outside(format!("a system actor was refused: {other:?}")),
    }
}

struct Job<'a> {
    engine: &'a Engine,
    t: &'a T,
    municipality: MunicipalityId,
    import: Import,
    table: Option<Table>,
    /// Identities of the lines of this file that came before, for lines that stand in it twice.
    before: BTreeSet<String>,
}

impl<'a> Job<'a> {
    fn new(engine: &'a Engine, t: &'a T, municipality: MunicipalityId, import: Import) -> Self {
        Self { engine, t, municipality, import, table: None, before: BTreeSet::new() }
    }

    /// Who asked, with what they may do now.
    async fn ctx(&self) -> Result<Ctx, Fail> {
        let nobody = nobody(self.engine, self.municipality);
        let now = nobody.now;
        let mut look = nobody.look(Channel::List).await?;
        let viewer = account::viewer_now(&mut look.conn(), self.municipality, self.import.user, now).await?;
        let viewer = viewer.and_then(|v| acts::as_lead_of(v, self.import.desk)).ok_or(Fail::NotVisible)?;
        Ok(Ctx { engine: self.engine.clone(), viewer, now })
    }

    async fn act(&self, ctx: &Ctx, kind: &'static str) -> Result<Box<Act>, Fail> {
        let envelope = Envelope {
            command: self.engine.new_id(),
            base_version: None,
            origin: Origin::Job,
            issued_at: ctx.now,
        };
        match ctx.act(&envelope, kind, &(self.import.id, self.import.counts.done)).await? {
            Begun::New(act) => Ok(act),
            Begun::Before(_) => Err(Fail::Stale),
        }
    }

    /// The next act; whether there is more to do.
    async fn step(&mut self) -> Result<bool, Fail> {
        match self.import.state {
            State::Checking | State::Importing => self.lines().await,
            State::Undoing => self.undo().await,
            _ => Ok(false),
        }
    }

    /// Ends the work, with its reason for whoever asked for it.
    async fn stop(&mut self, reason: &'static str) -> Result<(), Broken> {
        let (from, alike) = (self.import.state, self.import.alike);
        let mut act = system(self.engine, self.municipality, "import.stop", reason).await?;
        let right = Right::system(System::Import);
        match sql::set_state(&mut act, &right, self.import.id, from, State::Stopped, (alike, reason)).await {
            Ok(()) => {
                act.commit("").await?;
                self.import.state = State::Stopped;
                Ok(())
            }
            // Somebody ended it in the meantime.
            Err(Fail::Stale) => {
                self.import.state = State::Stopped;
                Ok(())
            }
            Err(other) => Err(broken(other)),
        }
    }

    /// Reads the file, once.
    async fn read(&mut self, ctx: &Ctx) -> Result<Table, Fail> {
        if let Some(table) = self.table.take() {
            return Ok(table);
        }
        let mut look = ctx.look(Channel::List).await?;
        let file = sql::file(&mut look.conn(), self.municipality, self.import.id).await?;
        drop(look);
        let import = self.import.clone();
        let read = tokio::task::spawn_blocking(move || acts::table(&import, &file));
        let table = read.await.map_err(|e| Broken::Outside(format!("reading a file: {e}")))?;
        let table = table.map_err(|e| engine::Refusal::new(e.what.key()))?;
        let done = usize::try_from(self.import.counts.done).unwrap_or(0);
        let number = self.import.mapping.iter().position(|f| f == "number");
        self.before.extend(table.rows.iter().take(done).map(|row| {
            let own = number.and_then(|c| row.cells.get(c)).map_or("", String::as_str);
            rules::identity(own, &row.cells)
        }));
        Ok(table)
    }

    /// Looks at the next lines, and writes the good ones if that is what was asked.
    async fn lines(&mut self) -> Result<bool, Fail> {
        let ctx = self.ctx().await?;
        let table = self.read(&ctx).await?;
        let done = usize::try_from(self.import.counts.done).unwrap_or(0);
        let reader = Reader::new(&table.header, &self.import.mapping, &self.import.standing, self.t);
        let lines: Vec<Line> =
            table.rows.iter().skip(done).take(LINES).map(|row| reader.line(row, ctx.now)).collect();
        let writing = self.import.state == State::Importing;
        let alike = if writing { self.told(&ctx, &lines).await? } else { alike(&ctx, &lines).await? };
        let mut act = self.act(&ctx, if writing { "import.write" } else { "import.check" }).await?;
        let right = acts::permit(&mut act, self.import.id, self.import.desk).await?;
        let identities: Vec<&str> = lines.iter().map(|l| l.identity.as_str()).collect();
        let accepted =
            sql::accepted(&mut act.facts()?, self.municipality, self.import.desk, &identities).await?;
        let mut sorted = Sorted::default();
        for line in lines {
            let twice = !self.before.insert(line.identity.clone());
            let there = accepted.contains(&line.identity);
            let known = alike.get(&line.number).copied();
            sorted.add(line, (twice, there), known, self.import.alike);
        }
        let mut counts = sorted.counts(&self.import.counts, writing);
        counts.lines = i64::try_from(table.rows.len()).unwrap_or(i64::MAX);
        let ended = counts.done >= counts.lines;
        if writing {
            write(&mut act, &right, &self.import, sorted.good).await?;
        }
        sql::say(&mut act, &right, self.import.id, &sorted.said).await?;
        let to = match (ended, writing) {
            (false, _) => self.import.state,
            (true, false) => State::Checked,
            (true, true) => State::Done,
        };
        sql::progress(&mut act, &right, &self.import, &counts, to).await?;
        act.commit("").await?;
        self.import.counts = counts;
        self.import.state = to;
        self.table = Some(table);
        Ok(!ended)
    }

    /// What the look said about these lines: writing does what was shown, and is not led astray by what the lines
    /// before have just recorded.
    async fn told(&self, ctx: &Ctx, lines: &[Line]) -> Result<BTreeMap<u64, (PersonId, bool)>, Fail> {
        let mut look = ctx.look(Channel::List).await?;
        let numbers: Vec<i64> = lines.iter().filter_map(|l| i64::try_from(l.number).ok()).collect();
        let said = sql::said_of(&mut look.conn(), self.municipality, self.import.id, &numbers).await?;
        Ok(said
            .into_iter()
            .filter_map(|s| Some((u64::try_from(s.line).ok()?, (s.person?, s.sure))))
            .collect())
    }

    /// Takes everything back in one act: all of it or nothing.
    async fn undo(&mut self) -> Result<bool, Fail> {
        let ctx = self.ctx().await?;
        let mut act = self.act(&ctx, "import.undo").await?;
        let right = acts::permit(&mut act, self.import.id, self.import.desk).await?;
        let written = sql::written(&mut act.facts()?, self.municipality, self.import.id).await?;
        let ids: Vec<ConsultationId> = written.into_iter().map(|(_, id)| id).collect();
        let reason = self.import.reason.clone();
        intake::undo_many(&mut act, &ids, &reason).await?;
        sql::unaccept(&mut act, &right, self.import.id).await?;
        let said = (self.import.alike, reason.as_str());
        sql::set_state(&mut act, &right, self.import.id, State::Undoing, State::Undone, said).await?;
        act.commit("").await?;
        self.import.state = State::Undone;
        Ok(false)
    }
}

/// Lines of one act, sorted by what becomes of them.
#[derive(Default)]
struct Sorted {
    good: Vec<(i64, String, intake::NewConsultation)>,
    said: Vec<Said>,
    broken: i64,
    already: i64,
    alike: i64,
    left_out: i64,
}

impl Sorted {
    fn add(
        &mut self,
        line: Line,
        (twice, there): (bool, bool),
        known: Option<(PersonId, bool)>,
        choice: Alike,
    ) {
        let number = i64::try_from(line.number).unwrap_or(i64::MAX);
        let mut said =
            Said { line: number, state: LineState::Broken, problems: Vec::new(), person: None, sure: false };
        if there || twice {
            let key = if there { "import_line.already" } else { "import_line.twice" };
            said.state = LineState::Already;
            said.problems.push(Problem::new(None, key));
            self.said.push(said);
            self.already += 1;
            return;
        }
        match line.outcome {
            Err(problems) => {
                said.problems = problems;
                self.said.push(said);
                self.broken += 1;
            }
            Ok(mut new) => {
                if let Some((person, sure)) = known {
                    said.state = LineState::Alike;
                    (said.person, said.sure) = (Some(person), sure);
                    self.alike += 1;
                    match choice {
                        Alike::Leave => {
                            said.state = LineState::LeftOut;
                            self.said.push(said);
                            self.left_out += 1;
                            return;
                        }
                        Alike::Join if sure => {
                            if let Who::New(_, members) = &mut new.who {
                                new.who = Who::Known(person, std::mem::take(members));
                            }
                        }
                        Alike::Join | Alike::New => {}
                    }
                    self.said.push(said);
                }
                self.good.push((number, line.identity, *new));
            }
        }
    }

    fn counts(&self, before: &Counts, writing: bool) -> Counts {
        let good = i64::try_from(self.good.len()).unwrap_or(i64::MAX);
        // What was said when looking is said again when writing: the numbers begin anew with each step.
        let from =
            if before.done == 0 { Counts { lines: before.lines, ..Counts::default() } } else { *before };
        Counts {
            lines: before.lines,
            done: from.done + good + self.broken + self.already + self.left_out,
            good: from.good + good,
            broken: from.broken + self.broken,
            already: from.already + self.already,
            alike: from.alike + self.alike,
            written: from.written + if writing { good } else { 0 },
            left_out: from.left_out + self.left_out,
        }
    }
}

/// Somebody recorded, as far as likeness goes.
struct Known {
    id: PersonId,
    birth: Option<words::partial::PartialDate>,
    phone: String,
}

impl Known {
    fn of(person: &Disclosed<Person>) -> Self {
        Self { id: person.id, birth: person.known.birth, phone: digits(&person.known.phone) }
    }

    /// Whether somebody of the same name can be the same person: surely when birth date or phone agree, not at all
    /// when what is known of both birth dates differs.
    fn likeness(&self, new: &household::NewPerson) -> Option<bool> {
        let births = self.birth.zip(new.birth);
        let phone = digits(&new.phone);
        match births {
            Some((one, other)) if !one.can_be(other) => None,
            // A year alone may be that of many.
            Some((one, other)) if one == other && one.whole_day().is_some() => Some(true),
            Some(_) | None => Some(!phone.is_empty() && phone == self.phone),
        }
    }
}

fn digits(phone: &str) -> String {
    words::fold::fold(phone).chars().filter(char::is_ascii_digit).collect()
}

/// How many of those alike in everything that is compared are opened. More than one, as one may be kept from whoever asked.
const OF_ALL_ALIKE: i64 = 3;

/// For lines about somebody who may be recorded already: whom, and whether that is sure. Only people whom whoever asked
/// may see; what is looked at is in the log.
async fn alike(ctx: &Ctx, lines: &[Line]) -> Result<BTreeMap<u64, (PersonId, bool)>, Fail> {
    let sought: Vec<_> = lines.iter().filter_map(Line::person).map(|p| (p.name.as_str(), p.birth)).collect();
    let mut look = ctx.look(Channel::Hint).await?;
    let people = household::same_names(&mut look, &sought, OF_ALL_ALIKE).await?;
    let mut by_name: BTreeMap<String, Vec<Known>> = BTreeMap::new();
    for person in &people {
        let key = words::name::name_key(&person.known.name);
        by_name.entry(key).or_default().push(Known::of(person));
    }
    look.close().await?;
    let likeliest = |line: &Line| {
        let person = line.person()?;
        let there = by_name.get(&words::name::name_key(&person.name))?;
        let likely = there.iter().filter_map(|k| k.likeness(person).map(|sure| (k.id, sure)));
        likely.max_by_key(|(_, sure)| *sure).map(|found| (line.number, found))
    };
    Ok(lines.iter().filter_map(likeliest).collect())
}

/// Writes the good lines of one act.
async fn write(
    act: &mut Act,
    right: &Right,
    import: &Import,
    good: Vec<(i64, String, intake::NewConsultation)>,
) -> Result<(), Fail> {
    let mut new = Vec::with_capacity(good.len());
    let mut accepted = Vec::with_capacity(good.len());
    for (line, identity, consultation) in good {
        let id: ConsultationId = act.new_id();
        // Each of them is in the log as a consultation written.
        intake::permit_record(act, id).await?;
        accepted.push((line, identity, id));
        new.push((id, consultation));
    }
    intake::write_many(act, right, &new).await?;
    sql::accept(act, right, import, &accepted).await
}
