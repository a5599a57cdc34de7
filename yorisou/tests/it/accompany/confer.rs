//! Matters: opened, pledged, said in, joined, left, taken from confidence to consent and back, closed.

use super::ledger::{Matter, Of, Place, Who};
use super::walk::Walk;
use crate::decision::present;

/// Who is invited: login and desk.
const INVITED: [(Who, &str); 5] = [
    ("kinoshita", "shakyo"),
    ("oda", "shakyo"),
    ("noguchi", "ikiiki"),
    ("mieda", "ikiiki"),
    ("tsuji", "jidokan"),
];

impl Walk<'_> {
    /// The matters of a walk that are open.
    pub fn open_matters(&self) -> Vec<usize> {
        (0..self.ledger.matters.len()).filter(|n| self.ledger.matters[*n].closed.is_none()).collect()
    }

    fn seat_of(&self, who: Who, desk: &'static str) -> Place {
        Place { who, desk: self.ledger.heir(desk), pledged: false, left: false }
    }

    /// A coordinator opens a matter of a case: in confidence, or with consent where there is one.
    pub async fn open_matter(&mut self, case: usize) -> bool {
        let c = &self.ledger.cases[case];
        let Some(who) = self.ledger.coordinator(case) else { return false };
        let of_case = |m: &usize| self.ledger.matters[*m].case == case;
        if !c.open || self.open_matters().iter().filter(|m| of_case(m)).count() > 1 {
            return false;
        }
        let from = if c.provider {
            "case"
        } else if c.souls.iter().all(|s| s.agreed.is_empty()) && c.souls.iter().any(|s| s.here) {
            "no_consent"
        } else {
            return false;
        };
        let id = c.id.clone();
        let secret = !self.ledger.consented(case) || self.chance.one_in(3);
        let position = match (secret, self.chance.below(2)) {
            (false, _) => "integrated",
            (true, 0) => "support_conference",
            (true, _) => "child_protection",
        };
        let matter = self.ledger.matters.len();
        let lead = self.app.town.desk(self.ledger.heir("hokubu")).to_string();
        let question =
            if secret { self.mark("だれが訪ねますか", Of::Matter(matter)) } else { String::new() };
        let about = (0..self.ledger.cases[case].souls.len())
            .filter(|n| {
                let soul = &self.ledger.cases[case].souls[*n];
                soul.here && (secret || soul.agrees())
            })
            .collect();
        // The marker is of a matter that is there from now on.
        self.ledger.matters.push(Matter {
            path: String::new(),
            case,
            secret,
            opened: self.today(),
            closed: None,
            mistake: false,
            about,
            places: vec![self.seat_of(who, "suishin")],
            at: self.ledger.at,
            there: std::collections::BTreeMap::new(),
        });
        let fields =
            [("position", position), ("lead", &lead), ("question", &question), ("fits", "yes"), (from, &id)];
        let path = self.must(who, &format!("/matters/new?{from}={id}"), "/matters/new", &fields).await;
        if secret {
            self.kept();
        }
        self.ledger.matters[matter].path = path;
        self.count(if secret { "opened in confidence" } else { "opened with consent" });
        true
    }

    /// Somebody accepts the words; before, the page has nothing.
    pub async fn pledge(&mut self, matter: usize) -> bool {
        let x = &self.ledger.matters[matter];
        let kept_out = &self.ledger.cases[x.case].kept_out;
        let waits = |p: &&Place| {
            !p.pledged && !p.left && self.ledger.sits(p.who, p.desk) && !kept_out.contains(&p.who)
        };
        let who: Vec<Who> = x.places.iter().filter(waits).map(|p| p.who).collect();
        let Some(who) = self.chance.pick(&who).filter(|_| x.secret && x.closed.is_none()) else {
            return false;
        };
        self.pledges(matter, who).await;
        true
    }

    pub async fn pledges(&mut self, matter: usize, who: Who) {
        let path = self.ledger.matters[matter].path.clone();
        self.get(who, &path).await.is(200).see("秘密を守る誓約").not_see("MARKQ");
        self.must(who, &path, &format!("{path}/pledge"), &[]).await;
        for place in self.ledger.matters[matter].places.iter_mut().filter(|p| p.who == who && !p.left) {
            place.pledged = true;
        }
        self.count("pledged");
    }

    /// Something is said by somebody, member or not.
    pub async fn say(&mut self, matter: usize) -> bool {
        let x = &self.ledger.matters[matter];
        let placed: Vec<Who> = x.places.iter().map(|p| p.who).collect();
        let who = self.chance.pick(&placed).filter(|_| !self.chance.one_in(3));
        let who = who.or_else(|| self.chance.pick(&super::lives::VIEWERS)).unwrap();
        let may = self.ledger.member(who, matter) && x.secret && x.closed.is_none();
        let path = x.path.clone();
        let words = self.mark("うちが訪ねます", Of::Matter(matter));
        let fields = [("words", words.as_str()), ("role", "word")];
        if self.attempt((who, &path), &format!("{path}/say"), &fields, may).await.is_some() {
            self.kept();
            self.count("said");
        }
        true
    }

    /// The secretariat adds somebody, perhaps in the place of another.
    pub async fn join(&mut self, matter: usize) -> bool {
        let x = &self.ledger.matters[matter];
        let taken = |who: Who| x.places.iter().any(|p| p.who == who && !p.left);
        let free: Vec<(Who, &'static str)> =
            INVITED.into_iter().filter(|(w, d)| !taken(w) && self.ledger.sits(w, d)).collect();
        let Some((who, desk)) = self.chance.pick(&free).filter(|_| x.closed.is_none()) else { return false };
        self.joins(matter, who, desk).await
    }

    pub async fn joins(&mut self, matter: usize, who: Who, desk: &'static str) -> bool {
        let x = &self.ledger.matters[matter];
        let (path, Some(office)) = (x.path.clone(), self.ledger.secretary(x.case)) else { return false };
        let (id, seat) = (self.app.town.desk(desk).to_string(), self.appointment(who, desk).await);
        let fields = [("desk", id.as_str()), ("appointment", seat.as_str()), ("instead", "")];
        self.must(office, &format!("{path}/office?desk={id}"), &format!("{path}/join"), &fields).await;
        let place = Place { who, desk, pledged: false, left: false };
        self.ledger.matters[matter].places.push(place);
        self.count("joined");
        true
    }

    /// Somebody leaves: from that moment they have nothing.
    pub async fn leave(&mut self, matter: usize) -> bool {
        let x = &self.ledger.matters[matter];
        let now: Vec<usize> =
            (0..x.places.len()).filter(|n| !x.places[*n].left && x.places[*n].who != "hase").collect();
        let (Some(n), Some(office), None) = (self.chance.pick(&now), self.ledger.secretary(x.case), x.closed)
        else {
            return false;
        };
        let (path, who) = (x.path.clone(), x.places[n].who);
        let page = self.get(office, &format!("{path}/office")).await;
        let name = self.name(who).await;
        let place = page.body.split("<div class=\"stack\" id=\"member-").skip(1).find(|s| s.contains(&name));
        let Some(member) = place.map(|s| s.split('"').next().unwrap().to_owned()) else { return false };
        let fields = [("member", member.as_str()), ("why", "done")];
        self.must(office, &format!("{path}/office"), &format!("{path}/leave"), &fields).await;
        self.ledger.matters[matter].places[n].left = true;
        self.get(who, &path).await;
        self.count("left");
        true
    }

    /// What somebody is called.
    async fn name(&self, who: Who) -> String {
        let rows = self.rows("SELECT id, name FROM app_user WHERE municipality_id = $1").await;
        let user = self.app.town.user(who);
        let row = rows.iter().find(|r| r.get::<words::id::UserId>("id").unwrap() == user);
        row.unwrap().get("name").unwrap()
    }

    /// It is noted that the provider's member was there today.
    pub async fn note_presence(&mut self, matter: usize) -> bool {
        let x = &self.ledger.matters[matter];
        let hase = |p: &Place| p.who == "hase" && !p.left && (p.pledged || !x.secret);
        if !x.places.iter().any(hase) || self.ledger.secretary(x.case) != Some("hase") {
            return false;
        }
        let (path, today) = (x.path.clone(), self.today());
        let mut hase = self.lend("hase").await;
        present(&mut hase, &path, "長谷 みどり", &today.to_string()).await;
        self.back("hase", hase);
        self.ledger.matters[matter].there.insert(today, true);
        self.trace.push(format!("present in {matter}"));
        self.count("noted as there");
        true
    }

    /// From confidence to consent, or back: under the same number, and nothing that was said goes along.
    pub async fn go_on(&mut self, matter: usize) -> bool {
        let x = self.ledger.matters[matter].clone();
        let Some(office) = self.ledger.ends_matter(matter) else { return false };
        let steps =
            if x.secret { ("move", "integrated") } else { ("move-in-confidence", "support_conference") };
        // With consent only a case that is open is talked over.
        let open = self.ledger.cases[x.case].open;
        let may = x.closed.is_none() && (!x.secret || (open && self.ledger.consented(x.case)));
        let to = format!("{}/{}", x.path, steps.0);
        let from = format!("{}/office", x.path);
        let fields = [("position", steps.1), ("base_version", "1")];
        let fields = if may { &fields[..1] } else { &fields[..] };
        let Some(next) = self.attempt((office, &from), &to, fields, may).await else { return true };
        self.ledger.matters[matter].closed = Some(self.today());
        let about = (0..self.ledger.cases[x.case].souls.len()).filter(|n| {
            let soul = &self.ledger.cases[x.case].souls[*n];
            soul.here && (!x.secret || soul.agrees())
        });
        let about = about.collect();
        let stays = x.places.iter().filter(|p| !p.left);
        let places = stays.map(|p| Place { pledged: false, ..p.clone() }).collect();
        let path = next.trim_end_matches("/office").to_owned();
        let (secret, opened, there) = (!x.secret, self.today(), std::collections::BTreeMap::new());
        let at = self.ledger.at;
        let next = Matter { path, secret, opened, closed: None, about, places, there, at, ..x };
        self.ledger.matters.push(next);
        self.count("went on in another way");
        true
    }

    /// It ends; what was said is over for everybody, but what may be taken back.
    pub async fn close_matter(&mut self, matter: usize) -> bool {
        let x = self.ledger.matters[matter].clone();
        let Some(office) = self.ledger.ends_matter(matter).filter(|_| x.closed.is_none()) else {
            return false;
        };
        let outcome = self.chance.pick(&["settled", "watched", "abandoned", "entered_in_error"]).unwrap();
        self.closes(matter, office, outcome).await;
        true
    }

    /// Somebody of the secretariat who may end it: where nobody may yet, one of them becomes a member and pledges.
    pub async fn takes_charge(&mut self, matter: usize) -> Who {
        if let Some(who) = self.ledger.ends_matter(matter) {
            return who;
        }
        let x = &self.ledger.matters[matter];
        let who = self.ledger.secretary(x.case).expect("somebody runs every matter");
        if !x.places.iter().any(|p| p.who == who && !p.left && self.ledger.sits(p.who, p.desk)) {
            let desk = self.ledger.heir("suishin");
            assert!(self.joins(matter, who, desk).await, "{}", self.told());
        }
        self.pledges(matter, who).await;
        who
    }

    pub async fn closes(&mut self, matter: usize, office: Who, outcome: &str) {
        let path = self.ledger.matters[matter].path.clone();
        let from = format!("{path}/office");
        self.must(office, &from, &format!("{path}/close"), &[("outcome", outcome), ("sure", "yes")]).await;
        self.ledger.matters[matter].closed = Some(self.today());
        self.ledger.matters[matter].mistake = outcome == "entered_in_error";
        self.count("a matter closed");
    }

    /// Everybody it is to be about.
    pub async fn about(&mut self, matter: usize) -> bool {
        let x = &self.ledger.matters[matter];
        let souls = &self.ledger.cases[x.case].souls;
        let here: Vec<usize> = (0..souls.len()).filter(|n| souls[*n].here).collect();
        let (Some(office), false) = (self.ledger.secretary(x.case), x.secret || here.is_empty()) else {
            return false;
        };
        let may = x.closed.is_none();
        let ids: Vec<String> = here.iter().map(|n| souls[*n].id.clone()).collect();
        let path = x.path.clone();
        let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("person", id.as_str())).collect();
        if !may {
            fields.push(("base_version", "1"));
        }
        let from = format!("{path}/office");
        if self.attempt((office, &from), &format!("{path}/about"), &fields, may).await.is_some() {
            self.ledger.matters[matter].about = here;
        }
        true
    }
}
