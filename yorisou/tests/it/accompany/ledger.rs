//! The ledger: what was done in a walk, and what follows of it in plain words of the domain. It knows nothing of the program: who reads
//! what was said in confidence, which decision can be made where, and which of them a plan can rest on.

use std::collections::BTreeMap;

use words::Day;

/// A login.
pub type Who = &'static str;

/// Somebody of a household.
#[derive(Debug, Clone, Default)]
pub struct Soul {
    pub id: String,
    /// Lives, and is of the household.
    pub here: bool,
    pub died: bool,
    pub moved: bool,
    pub agreed: Vec<Agreed>,
    /// One of them was withdrawn.
    pub withdrawn: bool,
}

/// A consent: to conferences of the provider, or to less.
#[derive(Debug, Clone)]
pub struct Agreed {
    pub path: String,
    /// It is meant for conferences.
    pub meant: bool,
    pub from: Day,
    /// The day it was withdrawn.
    pub until: Option<Day>,
}

impl Soul {
    pub fn agrees(&self) -> bool {
        self.agreed.iter().any(|a| a.meant && a.until.is_none())
    }

    /// Whether they had agreed on a day that has passed; on the day of a withdrawal it counts as withdrawn.
    fn agreed_on(&self, day: Day) -> bool {
        self.agreed.iter().any(|a| a.meant && a.from <= day && a.until.is_none_or(|until| day < until))
    }
}

/// A case that goes back to another desk (つなぎ戻し): the letter and how far it is.
#[derive(Debug, Clone)]
pub struct Back {
    pub path: String,
    pub taken_up: bool,
    pub over: bool,
}

/// A case and its household.
#[derive(Debug, Clone, Default)]
pub struct Case {
    pub id: String,
    pub souls: Vec<Soul>,
    pub open: bool,
    /// The desk that answers for it.
    pub desk: &'static str,
    pub back: Option<Back>,
    pub kept_out: Vec<Who>,
    /// The provider has a part in it.
    pub provider: bool,
    /// What was promised for after the end, and is not done: to look in, and to check after it went back.
    pub look_ins: usize,
    pub first_checks: usize,
}

/// An appointment.
#[derive(Debug, Clone)]
pub struct Seat {
    pub who: Who,
    pub desk: &'static str,
    pub coordinator: bool,
    pub from: Day,
    pub last: Option<Day>,
}

/// Somebody's place in a matter, under an appointment.
#[derive(Debug, Clone)]
pub struct Place {
    pub who: Who,
    pub desk: &'static str,
    pub pledged: bool,
    pub left: bool,
}

/// A matter.
#[derive(Debug, Clone)]
pub struct Matter {
    pub path: String,
    pub case: usize,
    pub secret: bool,
    pub opened: Day,
    pub closed: Option<Day>,
    /// It was opened by mistake.
    pub mistake: bool,
    /// Whom a conference with consent is about.
    pub about: Vec<usize>,
    pub places: Vec<Place>,
    /// At which step it was opened.
    pub at: usize,
    /// On which days it was noted that the provider, a section of the municipality itself, was there.
    pub there: BTreeMap<Day, bool>,
}

/// Where an item of a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Waits,
    Placed,
    Begun,
    Concluded,
    Carried,
    Dropped,
}

/// A session with one item of one matter.
#[derive(Debug, Clone)]
pub struct Sitting {
    pub path: String,
    pub item: String,
    pub matter: usize,
    pub on: Day,
    pub stage: Stage,
    pub planned: bool,
    pub cancelled: bool,
    /// Whether the provider is noted as there; nothing before attendance was noted.
    pub provider: Option<bool>,
    /// Minutes: written, before the members, approved.
    pub minutes: &'static str,
}

/// A decision.
#[derive(Debug, Clone)]
pub struct Decided {
    pub id: String,
    pub case: usize,
    pub matter: Option<usize>,
    pub kind: &'static str,
    pub timing: &'static str,
    pub on: Day,
    /// The proposal that lay before the conference.
    pub text: Option<(usize, u32)>,
    /// The marker in its words.
    pub mark: usize,
    /// The session under whose item it was decided.
    pub under: Option<usize>,
    pub used: bool,
    pub void: bool,
    /// At which step it was made.
    pub at: usize,
}

/// A version of a plan.
#[derive(Debug, Clone)]
pub struct Plan {
    pub path: String,
    pub case: usize,
    pub kind: &'static str,
    pub state: &'static str,
    /// How many times it was proposed.
    pub proposed: u32,
    /// At which step it was written.
    pub at: usize,
    /// At which step and on which day it came into force.
    pub forced: Option<(usize, Day)>,
    /// At which step and on which day it was ended or interrupted.
    pub over: Option<(usize, Day)>,
    /// The desk that has promised its second line; the first is the person's own.
    pub desk: &'static str,
    pub own_done: bool,
    pub desk_done: bool,
}

/// What a marker belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Said in a matter, in confidence.
    Matter(usize),
    /// Written in a case by the desk accountable for it or by the provider.
    Case(usize),
}

/// A word that stands in one text and nowhere else.
#[derive(Debug, Clone)]
pub struct Mark {
    pub of: Of,
    /// It was accepted.
    pub kept: bool,
    /// Unfinished minutes of a session: read by whoever writes them.
    pub unfinished: Option<usize>,
    /// It may be taken back to one's desk: it outlives the matter.
    pub home: bool,
    /// It stands on the page of its matter for everybody who may read it.
    pub on_page: bool,
    /// A person's wish: of the course of support, which is what a hand-back is agreed to with.
    pub wish: bool,
    /// The desks besides the provider whose own record it may be.
    pub own: Vec<&'static str>,
}

/// What somebody asks to be decided.
#[derive(Debug, Clone)]
pub struct Asked {
    pub kind: &'static str,
    pub timing: &'static str,
    pub on: Day,
    /// Everything that the timing asks for is there.
    pub whole: bool,
    pub ended: &'static str,
}

/// What somebody wishes, and how far its place is.
#[derive(Debug, Clone)]
pub struct Wish {
    pub case: usize,
    pub path: String,
    pub state: &'static str,
}

/// The ledger of a walk.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub today: Option<Day>,
    /// Steps so far.
    pub at: usize,
    pub seats: Vec<Seat>,
    /// The last day of a desk, and its heir.
    pub ends: BTreeMap<&'static str, (Day, &'static str)>,
    pub cases: Vec<Case>,
    pub matters: Vec<Matter>,
    pub sittings: Vec<Sitting>,
    pub decided: Vec<Decided>,
    pub plans: Vec<Plan>,
    pub marks: Vec<Mark>,
    pub wishes: Vec<Wish>,
}

impl Ledger {
    pub fn today(&self) -> Day {
        self.today.unwrap()
    }

    fn stands(&self, desk: &str) -> bool {
        self.ends.get(desk).is_none_or(|(last, _)| *last >= self.today())
    }

    /// Who holds what a desk held.
    pub fn heir(&self, desk: &'static str) -> &'static str {
        if self.stands(desk) { desk } else { self.heir(self.ends[desk].1) }
    }

    /// Whether somebody sits at a desk today, and the desk is there.
    pub fn sits(&self, who: Who, desk: &str) -> bool {
        let today = self.today();
        let now = |s: &&Seat| s.who == who && s.desk == desk && s.from <= today;
        self.stands(desk) && self.seats.iter().filter(now).any(|s| s.last.is_none_or(|last| last >= today))
    }

    pub fn at(&self, desk: &'static str, case: usize) -> Vec<Who> {
        let desk = self.heir(desk);
        let of = self.seats.iter().filter(|s| s.desk == desk && self.sits(s.who, desk)).map(|s| s.who);
        of.filter(|w| !self.cases[case].kept_out.contains(w)).collect()
    }

    /// Whoever answers for a case.
    pub fn worker(&self, case: usize) -> Option<Who> {
        self.at(self.cases[case].desk, case).first().copied()
    }

    /// Whoever sits at the desk that wrote the household down, or at its heir.
    pub fn recorder(&self, case: usize) -> Option<Who> {
        self.at("hokubu", case).first().copied()
    }

    /// Whoever sits at the secretariat of a matter, or at its heir.
    pub fn secretary(&self, case: usize) -> Option<Who> {
        self.at("suishin", case).first().copied()
    }

    /// Whoever runs a matter and may end it: a confidential one is ended by a coordinator, or by a member who has pledged.
    pub fn ends_matter(&self, matter: usize) -> Option<Who> {
        let x = &self.matters[matter];
        let may = |w: &Who| !x.secret || self.coordinates(w) || self.member(w, matter);
        self.at("suishin", x.case).into_iter().find(may)
    }

    /// The coordinator of the provider.
    pub fn coordinator(&self, case: usize) -> Option<Who> {
        self.secretary(case).filter(|w| self.coordinates(w))
    }

    pub fn coordinates(&self, who: &str) -> bool {
        self.seats.iter().any(|s| s.who == who && s.coordinator && self.sits(s.who, s.desk))
    }

    /// Whether there is somebody with whom a conference with consent could be held: what was agreed with a desk that has ended does not
    /// pass to its heir.
    pub fn consented(&self, case: usize) -> bool {
        self.stands("suishin") && self.cases[case].souls.iter().any(|s| s.here && s.agrees())
    }

    /// The same, where there is somebody who could hold it: a post that nobody has is no conference.
    pub fn holdable(&self, case: usize) -> bool {
        let held = |s: &Seat| s.coordinator && self.sits(s.who, s.desk);
        self.consented(case) && self.seats.iter().any(held)
    }

    /// Whether everybody a conference with consent is about has agreed.
    pub fn carried(&self, matter: usize) -> bool {
        let x = &self.matters[matter];
        let mut here = x.about.iter().map(|n| &self.cases[x.case].souls[*n]).filter(|s| s.here).peekable();
        self.stands("suishin") && here.peek().is_some() && here.all(Soul::agrees)
    }

    /// Whether they had on a day that has passed.
    fn carried_on(&self, matter: usize, day: Day) -> bool {
        let x = &self.matters[matter];
        let mut here = x.about.iter().map(|n| &self.cases[x.case].souls[*n]).filter(|s| s.here);
        day == self.today() || here.all(|s| s.agreed_on(day))
    }

    /// Whether somebody is a member of a matter now who may read what lies there.
    pub fn member(&self, who: &str, matter: usize) -> bool {
        let x = &self.matters[matter];
        let sits = |p: &&Place| p.who == who && !p.left && self.sits(p.who, p.desk);
        x.places.iter().filter(sits).any(|p| p.pledged || !x.secret)
            && !self.cases[x.case].kept_out.contains(&who)
    }

    /// Whether somebody may know that a matter is there: whoever has a place in it, and its secretariat.
    pub fn knows(&self, who: Who, matter: usize) -> bool {
        let x = &self.matters[matter];
        let place = x.places.iter().any(|p| p.who == who && !p.left && self.sits(p.who, p.desk));
        !self.cases[x.case].kept_out.contains(&who) && (place || self.at("suishin", x.case).contains(&who))
    }

    /// Whether somebody may read a marker there.
    pub fn reads(&self, who: Who, mark: usize, path: &str) -> bool {
        let m = &self.marks[mark];
        let paper = ["/print", "as=pdf", "print=1", "/notice", "/public"].iter().any(|p| path.contains(p));
        match m.of {
            _ if !m.kept => false,
            Of::Matter(x) => {
                let x = (x, &self.matters[x]);
                let writes = self.at("suishin", x.1.case).contains(&who);
                // In the room everybody who may hear it reads along while it is written.
                let finished = m.unfinished.is_none() || writes || path.contains("/room");
                self.member(who, x.0) && !paper && finished && (x.1.closed.is_none() || m.home)
            }
            // What a desk wrote; and what the provider may know by consent.
            Of::Case(case) => {
                self.at("suishin", case).contains(&who)
                    || m.own.iter().any(|desk| self.at(desk, case).contains(&who))
                    || (m.wish && self.handed_to(who, case))
            }
        }
    }

    /// Whether somebody's desk took the case back by consent, and the consent stands.
    fn handed_to(&self, who: Who, case: usize) -> bool {
        let c = &self.cases[case];
        let agreed = c.souls.iter().flat_map(|s| &s.agreed).any(|a| !a.meant && a.until.is_none());
        c.back.as_ref().is_some_and(|b| b.taken_up)
            && agreed
            && self.at(super::after::BACK_TO, case).contains(&who)
    }

    /// The proposal of a kind that waits for a decision.
    fn proposal(&self, case: usize, kind: &str) -> Option<(usize, u32)> {
        let found =
            self.plans.iter().position(|p| p.case == case && p.kind == kind && p.state == "proposed")?;
        Some((found, self.plans[found].proposed))
    }

    /// Whether a matter was talked over on a day, under an item of a session.
    pub fn talked_over(&self, matter: usize, on: Day) -> impl Iterator<Item = &Sitting> {
        let of = move |(n, s): &(usize, &Sitting)| s.matter == matter && s.on == on && self.turn_came(*n);
        self.sittings.iter().enumerate().filter(of).map(|(_, s)| s)
    }

    /// Whether the turn of the item of a session came.
    fn turn_came(&self, sitting: usize) -> bool {
        let s = &self.sittings[sitting];
        let came = match s.stage {
            Stage::Begun | Stage::Concluded => true,
            // What was decided before the rest of it was carried over, and stands.
            Stage::Carried => self.decided.iter().any(|d| d.under == Some(sitting) && !d.void),
            _ => false,
        };
        came && !s.cancelled
    }

    /// Whether everybody who has to be was there for a matter on a day: as its own list says, or, with consent, that of a session. The one rule
    /// for what is decided, what is concluded, and what a correction takes away.
    pub fn attended(&self, matter: usize, on: Day) -> bool {
        let x = &self.matters[matter];
        let sat = !x.secret && self.talked_over(matter, on).any(|s| s.provider == Some(true));
        x.there.get(&on) == Some(&true) || sat
    }

    /// Whether something that was decided in a matter on a day stands.
    pub fn decided_on(&self, matter: usize, on: Day) -> bool {
        self.decided.iter().any(|d| d.matter == Some(matter) && d.on == on && !d.void)
    }

    fn ended_rightly(&self, case: usize, ended: &str) -> bool {
        let of = |f: fn(&Soul) -> bool| self.cases[case].souls.iter().any(|s| !s.agreed.is_empty() && f(s));
        match ended {
            "" => false,
            "died" => of(|s| s.died),
            "moved" => of(|s| s.moved),
            "unheld" => self.unheld(case),
            // Said where nothing else that is on record ended it.
            _ => self.withdrawn(case) || !(of(|s| s.died) || of(|s| s.moved) || self.unheld(case)),
        }
    }

    fn withdrawn(&self, case: usize) -> bool {
        self.cases[case].souls.iter().any(|s| s.withdrawn)
    }

    /// Somebody agrees, and nobody could hold the conference.
    fn unheld(&self, case: usize) -> bool {
        !self.holdable(case) && self.cases[case].souls.iter().any(|s| s.here && s.agrees())
    }

    /// A reason for ending without a conference that is true.
    pub fn why_ended(&self, case: usize) -> &'static str {
        let true_of = |why: &&&str| self.ended_rightly(case, why);
        ["withdrawn", "died", "moved", "unheld"].iter().find(true_of).copied().expect("a reason that is true")
    }

    /// Whether this can be decided in a matter by this person (domain sections 4.2 and 4.7): what it rests on, who was there, under
    /// which item, about which text.
    pub fn decides(&self, who: Who, matter: usize, a: &Asked) -> bool {
        let x = &self.matters[matter];
        let office = !x.secret && self.at("suishin", x.case).contains(&who);
        let opens = self.member(who, matter) || office;
        let within = a.on <= self.today() && a.on >= x.opened && x.closed.is_none_or(|last| a.on <= last);
        let attended = self.attended(matter, a.on);
        let item = self.talked_over(matter, a.on).next().is_some();
        let plans = matches!(a.timing, "establish" | "replan");
        let place = match a.timing {
            "other" => true,
            // On the day it was talked over consent carried it too.
            _ if !x.secret && self.carried(matter) => item && self.carried_on(matter, a.on),
            // Where it could be about somebody who agrees, it is.
            _ => !plans && !self.holdable(x.case) && self.ended_rightly(x.case, a.ended),
        };
        let text = !plans || self.proposal(x.case, a.kind).is_some();
        self.coordinates(who) && opens && within && attended && place && text && a.whole
    }

    /// Whether this can be decided about a case without a conference: only where no consent holds, by whoever answers for it.
    pub fn decides_alone(&self, who: Who, case: usize, a: &Asked) -> bool {
        let part = self.at(self.cases[case].desk, case).contains(&who)
            || (self.cases[case].provider
                && self.coordinates(who)
                && self.at("suishin", case).contains(&who));
        let ends = matches!(a.timing, "close" | "interrupt");
        let free = !self.holdable(case) && self.ended_rightly(case, a.ended);
        part && self.cases[case].open && ends && free && a.on <= self.today() && a.whole
    }

    /// A decision, with the text that lay there.
    pub fn decision(&self, id: String, case: usize, matter: Option<usize>, a: &Asked) -> Decided {
        let plans = matches!(a.timing, "establish" | "replan");
        // Where everybody obliged was there comes first, then what is being talked over.
        let rank = |s: &Sitting| match s.stage {
            Stage::Begun if s.provider == Some(true) => 5,
            Stage::Concluded if s.provider == Some(true) => 4,
            Stage::Carried if s.provider == Some(true) => 3,
            Stage::Begun => 2,
            Stage::Concluded => 1,
            _ => 0,
        };
        let under = self
            .sittings
            .iter()
            .enumerate()
            .filter(|(n, s)| Some(s.matter) == matter && s.on == a.on && self.turn_came(*n))
            .max_by_key(|(n, s)| (rank(s), *n))
            .map(|(n, _)| n);
        Decided {
            mark: self.marks.len() - 1,
            under,
            id,
            case,
            matter,
            kind: a.kind,
            timing: a.timing,
            on: a.on,
            text: if plans { self.proposal(case, a.kind) } else { None },
            used: false,
            void: false,
            at: self.at,
        }
    }

    /// Whether somebody has a part in a case that lets them write its plan.
    pub fn plans(&self, who: Who, case: usize) -> bool {
        let c = &self.cases[case];
        let provider = c.provider && self.at("suishin", case).contains(&who);
        self.at("hokubu", case).contains(&who) || self.at(c.desk, case).contains(&who) || provider
    }

    /// Whether somebody can say that a line of a plan is done: the person's own, or what a desk has promised.
    pub fn does(&self, who: Who, plan: usize, own: bool) -> bool {
        let p = &self.plans[plan];
        let theirs = if own { self.plans(who, p.case) } else { self.at(p.desk, p.case).contains(&who) };
        p.state == "in_force" && theirs && !(if own { p.own_done } else { p.desk_done })
    }

    /// Whether somebody can write down how a plan goes, and promise the next look.
    pub fn looks_at(&self, who: Who, plan: usize, next: Day) -> bool {
        let p = &self.plans[plan];
        p.state == "in_force" && self.plans(who, p.case) && next > self.today()
    }

    /// Whether a case waits for an answer to the letter it goes back with.
    pub fn waits(&self, case: usize) -> bool {
        self.cases[case].back.as_ref().is_some_and(|b| !b.over)
    }

    /// Whether a decision is one of this case, kind and timing that stands, is unused, and that this person may know of.
    fn fits(&self, who: Who, plan: &Plan, d: &Decided, timing: &str) -> bool {
        let known = d.matter.is_none_or(|x| !self.matters[x].secret || self.member(who, x));
        let mistake = d.matter.is_some_and(|x| self.matters[x].mistake);
        let same = d.case == plan.case && d.kind == plan.kind && d.timing == timing;
        same && !d.used && !d.void && known && !mistake
    }

    /// Whether a plan comes into force by a decision.
    pub fn comes_into_force(&self, who: Who, plan: usize, d: &Decided) -> bool {
        let p = &self.plans[plan];
        let live = self.plans.iter().any(|x| x.case == p.case && x.kind == p.kind && x.state == "in_force");
        let timing = if live { "replan" } else { "establish" };
        let holds = d.matter.is_some_and(|x| self.matters[x].secret || self.carried(x));
        p.state == "proposed"
            && self.cases[p.case].open
            && self.plans(who, p.case)
            && self.fits(who, p, d, timing)
            && d.text == Some((plan, p.proposed))
            && holds
    }

    /// Whether a plan in force ends, or is interrupted, by a decision: one that was made and written down since it is.
    pub fn ends_by(&self, who: Who, plan: usize, d: &Decided, timing: &str) -> bool {
        let p = &self.plans[plan];
        let since = p.forced.is_some_and(|(at, on)| d.at >= at && d.on >= on);
        p.state == "in_force" && since && self.plans(who, p.case) && self.fits(who, p, d, timing)
    }

    /// Whether a case is held open: by a plan in force, or by what its conference does and has not ended.
    pub fn held_open(&self, case: usize) -> bool {
        // What was decided in confidence is no secret only to its members: it ends nothing that others see.
        let told = |d: &Decided| d.matter.is_none_or(|x| !self.matters[x].secret);
        let ends =
            |d: &&Decided| d.case == case && !d.void && told(d) && matches!(d.timing, "close" | "interrupt");
        let over =
            |kind: &str, at: usize| self.decided.iter().filter(ends).any(|d| d.kind == kind && d.at > at);
        let plan = |p: &Plan| {
            p.case == case && (p.state == "in_force" || (p.state == "proposed" && !over(p.kind, p.at)))
        };
        let unused = |d: &Decided| {
            let mistake = d.matter.is_some_and(|x| self.matters[x].mistake);
            d.case == case && d.timing == "establish" && !(d.used || d.void || mistake) && !over(d.kind, d.at)
        };
        let talks = |n: usize| {
            let x = &self.matters[n];
            let ended = self
                .decided
                .iter()
                .filter(ends)
                .any(|d| (d.matter == Some(n) || d.matter.is_none()) && d.at >= x.at);
            x.case == case && !x.secret && x.closed.is_none() && !ended
        };
        self.plans.iter().any(plan) || self.decided.iter().any(unused) || (0..self.matters.len()).any(talks)
    }

    /// Whether something was begun that only 終結 closes: a plan that was interrupted and not taken up again, or what a conference with
    /// consent talked over to its end. It keeps a case from being closed, and not from being interrupted.
    pub fn closed_by_decision_alone(&self, case: usize) -> bool {
        let told = |d: &Decided| d.matter.is_none_or(|x| !self.matters[x].secret && !self.matters[x].mistake);
        let closes: Vec<&Decided> = self
            .decided
            .iter()
            .filter(|d| d.case == case && !d.void && told(d) && d.timing == "close")
            .collect();
        let ended: Vec<(&str, usize, Day)> = self
            .plans
            .iter()
            .filter(|p| p.case == case && p.state == "ended")
            .filter_map(|p| p.over.map(|(at, on)| (p.kind, at, on)))
            .collect();
        let paused = |(n, p): (usize, &Plan)| {
            let Some((since, _)) = p.over.filter(|_| p.case == case && p.state == "interrupted") else {
                return false;
            };
            let later = |x: &&Plan| {
                x.case == case
                    && x.kind == p.kind
                    && matches!(x.state, "in_force" | "ended" | "interrupted" | "replaced")
            };
            let again = self.plans.iter().skip(n + 1).any(|x| later(&x));
            let closed = closes.iter().any(|d| d.kind == p.kind && d.at >= since)
                || ended.iter().any(|(kind, at, _)| *kind == p.kind && *at >= since);
            !again && !closed
        };
        let met = |n: usize| {
            let x = &self.matters[n];
            let over = |s: &&Sitting| s.matter == n && s.stage == Stage::Concluded && !s.cancelled;
            let Some(since) = self.sittings.iter().filter(over).map(|s| s.on).max() else { return false };
            let closed = closes.iter().any(|d| d.on >= since) || ended.iter().any(|(_, _, on)| *on >= since);
            x.case == case && !x.secret && !x.mistake && !closed
        };
        self.plans.iter().enumerate().any(paused) || (0..self.matters.len()).any(met)
    }
}
