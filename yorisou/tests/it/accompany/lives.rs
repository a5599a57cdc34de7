//! What happens to people and offices: households and cases, consents given and withdrawn, deaths, moves, somebody kept out, appointments
//! and desks that end.

use access::{Right, Role, System};
use engine::Origin;
use words::Day;
use words::id::AppointmentId;

use super::ledger::{Agreed, Case, Seat, Soul, Who};
use super::walk::Walk;
use crate::agreed_to::also;
use crate::agreement::{give, terms, withdraw};
use crate::referral::{case_of, first_radio};

/// Everybody who looks: of the desk that answers for the case, of the provider, members, colleagues of members, an auditor, an administrator.
pub const VIEWERS: [Who; 10] =
    ["kinoshita", "oda", "imai", "mieda", "noguchi", "sano", "hase", "tsuji", "mori", "kanri"];
/// Who may be kept out of a family, so that somebody is left at every desk.
const KEPT_OUT: [Who; 3] = ["oda", "noguchi", "tsuji"];

impl Walk<'_> {
    /// Who sits where in the town of the stories.
    pub fn seats(&mut self) {
        let from = self.today().plus_days(-500);
        let all = [
            ("kinoshita", "shakyo"),
            ("oda", "shakyo"),
            ("imai", "shakyo"),
            ("mieda", "ikiiki"),
            ("noguchi", "ikiiki"),
            ("sano", "hokubu"),
            ("hase", "suishin"),
            ("tsuji", "jidokan"),
        ];
        let seat = |(who, desk)| Seat { who, desk, coordinator: desk == "suishin", from, last: None };
        self.ledger.seats = all.into_iter().map(seat).collect();
    }

    /// A household with one or two people, and its case.
    pub async fn household(&mut self, name: &'static str) {
        let app = self.app;
        let mut sano = self.lend("sano").await;
        let id = case_of(app, &mut sano, name, "家賃が払えない").await;
        let page = sano.get(&format!("/cases/{id}/consents/new")).await;
        let mut ids = vec![first_radio(&page.body, "person")];
        if self.chance.one_in(2) {
            ids.push(also(&mut sano, &id, &format!("{} 太郎", &name[..6]), "child").await);
        }
        self.back("sano", sano);
        let soul = |id| Soul { id, here: true, ..Soul::default() };
        let souls = ids.into_iter().map(soul).collect();
        self.ledger.cases.push(Case { id, souls, open: true, desk: "hokubu", ..Case::default() });
        self.trace.push(format!("case {name} {:?}", self.ledger.cases.last().unwrap()));
    }

    /// Somebody agrees: to conferences of the provider, or to less.
    pub async fn agree(&mut self, case: usize) -> bool {
        let c = &self.ledger.cases[case];
        let here: Vec<usize> = (0..c.souls.len()).filter(|n| c.souls[*n].here).collect();
        let stands = self.ledger.heir("suishin") == "suishin";
        let (Some(n), Some(who), true) =
            (self.chance.pick(&here), self.ledger.recorder(case), c.open && stands)
        else {
            return false;
        };
        self.agrees(case, n, who).await
    }

    pub async fn agrees(&mut self, case: usize, n: usize, who: Who) -> bool {
        let c = &self.ledger.cases[case];
        let (id, person) = (c.id.clone(), c.souls[n].id.clone());
        let meant = !self.chance.one_in(6);
        let (desk, today) = (self.app.town.desk("suishin").to_string(), self.day(0));
        let mut more = vec![("to_desk", desk.as_str()), ("purpose", "support"), ("from", today.as_str())];
        more.extend([("share_cat", "plan"), ("share_cat", "support")]);
        if meant {
            more.push(("purpose", "conference"));
        }
        let mut person_of = self.lend(who).await;
        let path = give(&mut person_of, &id, &terms(&person, &more)).await;
        self.back(who, person_of);
        let given = Agreed { path, meant, from: self.today(), until: None };
        self.ledger.cases[case].souls[n].agreed.push(given);
        self.trace.push(format!("agreed case {case} person {n} {meant}"));
        self.count("agreed");
        true
    }

    /// Somebody says no.
    pub async fn take_back(&mut self, case: usize) -> bool {
        let c = &self.ledger.cases[case];
        let held = (0..c.souls.len()).find(|n| c.souls[*n].here && c.souls[*n].agrees());
        let (Some(n), Some(who)) = (held, self.ledger.recorder(case)) else { return false };
        let today = self.today();
        for i in 0..self.ledger.cases[case].souls[n].agreed.len() {
            let given = self.ledger.cases[case].souls[n].agreed[i].clone();
            if given.meant && given.until.is_none() {
                let mut person = self.lend(who).await;
                withdraw(&mut person, &given.path).await;
                self.back(who, person);
                let soul = &mut self.ledger.cases[case].souls[n];
                (soul.agreed[i].until, soul.withdrawn) = (Some(today), true);
            }
        }
        self.trace.push(format!("withdrawn case {case} person {n}"));
        self.count("withdrawn");
        true
    }

    /// Somebody dies, leaves the household, or moves away with it.
    pub async fn fate(&mut self, case: usize) -> bool {
        let c = &self.ledger.cases[case];
        let here: Vec<usize> = (0..c.souls.len()).filter(|n| c.souls[*n].here).collect();
        let (Some(n), Some(who)) = (self.chance.pick(&here), self.ledger.recorder(case)) else {
            return false;
        };
        let today = self.today();
        let today = format!("R{}.{}.{}", today.year() - 2018, today.month(), today.day());
        let id = c.souls[n].id.clone();
        let card = format!("/persons/{id}");
        match self.chance.below(3) {
            0 => {
                self.must(who, &card, &format!("{card}/died"), &[("died", &today)]).await;
                let soul = &mut self.ledger.cases[case].souls[n];
                (soul.here, soul.died) = (false, true);
            }
            1 => {
                self.must(who, &card, &format!("{card}/left"), &[("left", &today)]).await;
                let soul = &mut self.ledger.cases[case].souls[n];
                (soul.here, soul.moved) = (false, true);
            }
            _ => {
                let page = self.get(who, &format!("/cases/{}", self.ledger.cases[case].id.clone())).await;
                let home = page.body.split("href=\"/households/").nth(1).unwrap();
                let home = format!("/households/{}", home.split('"').next().unwrap());
                let fields =
                    [("moved", today.as_str()), ("moved_address", "茅ヶ崎市東海岸1-2-3"), ("moved_who", &id)];
                self.must(who, &home, &format!("{home}/moved"), &fields).await;
                self.ledger.cases[case].souls[n].moved = true;
            }
        }
        self.count("a death or a move");
        true
    }

    /// Somebody is kept out of the family from now on.
    pub async fn exclude(&mut self, case: usize) -> bool {
        let who = self.chance.pick(&KEPT_OUT).unwrap();
        if self.ledger.cases[case].kept_out.contains(&who) {
            return false;
        }
        self.app.keep_out(&self.ledger.cases[case].id, who).await;
        self.ledger.cases[case].kept_out.push(who);
        self.trace.push(format!("kept out of {case}: {who}"));
        self.count("kept out");
        true
    }

    /// The appointment of the only worker of a desk ends today; whoever comes, comes tomorrow or later.
    pub async fn transfer(&mut self, desk: &'static str) -> bool {
        let (who, next) = if desk == "hokubu" { ("sano", "mieda") } else { ("hase", "imai") };
        if !self.ledger.sits(who, desk) || self.ledger.ends.contains_key(desk) {
            return false;
        }
        let (town, today, right) = (&self.app.town, self.today(), Right::system(System::Import));
        let (system, origin) = (System::Import, Origin::File);
        let begun =
            self.app.engine.system_act(system, town.municipality, origin, "accompany.end", &who).await;
        let mut act = begun.unwrap();
        register::acts::end_appointment(&mut act, &right, town.appointment(who, desk), today).await.unwrap();
        act.commit("").await.unwrap();
        for seat in self.ledger.seats.iter_mut().filter(|s| s.who == who && s.desk == desk) {
            seat.last = Some(today);
        }
        self.trace.push(format!("{who} leaves {desk}"));
        if !self.chance.one_in(3) {
            self.successor(desk, next).await;
        }
        self.sleep(1).await;
        self.count("an appointment over");
        true
    }

    /// The year turns: whoever is moved leaves on the last day of March.
    pub async fn april(&mut self) -> bool {
        let last = Day::new(2027, 3, 31).unwrap();
        if self.today() >= last {
            return false;
        }
        self.sleep(self.today().days_until(last)).await;
        let desk = self.chance.pick(&["hokubu", "suishin"]).unwrap();
        if self.chance.one_in(4) || !self.transfer(desk).await {
            self.sleep(1).await;
        }
        self.count("an April");
        true
    }

    /// Somebody comes to a desk.
    pub async fn successor(&mut self, desk: &'static str, who: Who) {
        let coordinator = desk == "suishin";
        let role = if coordinator { Role::Coordinator } else { Role::Caseworker };
        let from = self.today();
        self.app.town.appoint(&self.app.engine, who, desk, role, from).await;
        self.ledger.seats.push(Seat { who, desk, coordinator, from, last: None });
        self.trace.push(format!("{who} comes to {desk}"));
    }

    /// A desk closes; 社協 goes on with its work.
    pub async fn close_desk(&mut self, desk: &'static str) -> bool {
        if self.ledger.ends.contains_key(desk) {
            return false;
        }
        let (town, today, right) = (&self.app.town, self.today(), Right::system(System::Import));
        let (system, origin) = (System::Import, Origin::File);
        let begun =
            self.app.engine.system_act(system, town.municipality, origin, "accompany.close", &desk).await;
        let mut act = begun.unwrap();
        let (gone, heir) = (town.desk(desk), town.desk("shakyo"));
        register::acts::end_desk(&mut act, &right, gone, today, heir).await.unwrap();
        act.commit("").await.unwrap();
        self.ledger.ends.insert(desk, (today, "shakyo"));
        self.trace.push(format!("{desk} closes"));
        self.sleep(1).await;
        self.count("a desk closed");
        true
    }

    /// The newest appointment of somebody at a desk.
    pub async fn appointment(&self, who: Who, desk: &str) -> String {
        let sql = "SELECT a.id, a.user_id, p.desk_id FROM appointment a JOIN post p \
                   ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
                   WHERE a.municipality_id = $1 AND a.valid_to IS NULL ORDER BY a.id DESC";
        let (user, at) = (self.app.town.user(who), self.app.town.desk(desk));
        let rows = self.rows(sql).await;
        let row = rows.iter().find(|r| {
            r.get::<words::id::UserId>("user_id").unwrap() == user
                && r.get::<words::id::DeskId>("desk_id").unwrap() == at
        });
        row.unwrap().get::<AppointmentId>("id").unwrap().to_string()
    }
}
