//! Confidential conferences: opened from an inquiry that was raised; pledged, asked, said, laid down, marked, taken back, left, closed.

use engine::args;

use super::acts::History;
use super::oracle::{Cats, Kind, Matter, Place, SAID, cats, viewer};
use super::world::{Marks, World};

/// Positions that rest on a duty of secrecy.
const POSITIONS: [&str; 3] = ["support_conference", "child_protection", "community_care"];
/// Who can be invited: login and desk.
const INVITED: [(&str, &str); 5] = [
    ("kinoshita", "shakyo"),
    ("oda", "shakyo"),
    ("noguchi", "ikiiki"),
    ("sano", "hokubu"),
    ("tsuji", "jidokan"),
];

/// What happens in the conferences of one history.
const CONFERENCE: usize = 14;

impl World<'_> {
    /// An inquiry is raised, and a conference comes of it: everybody looks in between.
    pub async fn conference(&mut self, h: &mut History, seed: u64) {
        for n in 0..CONFERENCE {
            self.forward(1_000);
            self.place = format!("seed {seed} conference {n}");
            if !h.asked.iter().any(|a| a.raised) && h.matters.len() < 2 {
                let _ = self.ask(h).await;
                let _ = self.raise(h).await;
            }
            if !self.confer(h).await {
                continue;
            }
            for _ in 0..2 {
                let v = self.chance.pick(&super::oracle::VIEWERS).unwrap();
                self.glance(h, v).await;
            }
            let laid: Vec<usize> = (h.first..self.oracle.facts.len())
                .filter(|n| {
                    let record = &self.oracle.facts[*n].record;
                    let of = h.matters.iter().flat_map(|(i, _)| &self.oracle.matters[*i].laid);
                    !record.is_empty() && of.clone().any(|l| l.record == *record)
                })
                .collect();
            if let (Some(n), Some(v)) = (self.chance.pick(&laid), self.chance.pick(&super::oracle::VIEWERS)) {
                self.both_ways(n, v).await;
            }
        }
    }

    /// Something happens in a conference, or one begins.
    pub async fn confer(&mut self, h: &mut History) -> bool {
        let open: Vec<usize> =
            h.matters.iter().map(|(i, _)| *i).filter(|i| self.oracle.matters[*i].open).collect();
        let Some(i) = self.chance.pick(&open).filter(|_| !self.chance.one_in(4)) else {
            return self.open_matter(h).await;
        };
        match self.chance.below(28) {
            20.. => self.sit(h, i).await,
            0..=5 => self.pledge(i).await,
            6..=8 => self.say(i).await,
            9..=14 => self.lay(i).await,
            15 | 16 => self.invite(i).await,
            17 => self.leave_matter(i).await,
            18 => self.on_material(i).await,
            _ => self.close_matter(i).await,
        }
    }

    async fn open_matter(&mut self, h: &mut History) -> bool {
        let raised: Vec<usize> =
            (0..h.asked.len()).filter(|i| h.asked[*i].raised && !h.asked[*i].over).collect();
        let Some(i) = self.chance.pick(&raised) else { return false };
        let asked = h.asked[i].clone();
        if self.oracle.kept_out("hase", Some(&asked.household)) {
            return false;
        }
        let id = asked.path.rsplit('/').next().unwrap().to_owned();
        let new = format!("/matters/new?inquiry={id}");
        let page = self.get("hase", &new).await;
        if page.status != 200 {
            return false;
        }
        let index = self.oracle.matters.len();
        let question = self.mark(Kind::Text, "hase", None, &Marks::whole(SAID));
        let n = self.oracle.facts.len() - 1;
        self.oracle.facts[n].matter = Some(index);
        let lead = self.app.town.desk("shakyo").to_string();
        let position = self.chance.pick(&POSITIONS).unwrap();
        let fields = [
            ("position", position),
            ("lead", &lead),
            ("question", &question),
            ("fits", "yes"),
            ("inquiry", &id),
        ];
        let mut matter = Matter {
            path: String::new(),
            position,
            household: asked.household.clone(),
            open: true,
            places: vec![Place { login: "hase", pledged: false, left: false }],
            laid: Vec::new(),
        };
        if asked.by != "hase" {
            matter.places.push(Place { login: asked.by, pledged: false, left: false });
        }
        self.oracle.matters.push(matter);
        let path = self.must("hase", "/matters/new", &fields).await;
        self.recorded().await;
        let record = self.oracle.facts[n].record.clone();
        let matter = &mut self.oracle.matters[index];
        matter.path.clone_from(&path);
        matter.laid.push(super::oracle::Laid { record, cats: SAID, recalled: false, marked: false });
        h.matters.push((index, path.clone()));
        h.asked[i].raised = false;
        // Before the pledge the page has nothing, not even for whoever opened it.
        let page = self.get("hase", &path).await;
        page.is(200);
        assert_eq!(super::world::found(&page).len(), 0, "{}: shown before the pledge", self.place);
        self.count("matter opened")
    }

    /// Somebody who sits in a matter now, pledged or not.
    fn sitting(&mut self, i: usize, pledged: bool) -> Option<&'static str> {
        let matter = &self.oracle.matters[i];
        let of = matter.places.iter().filter(|p| !p.left && p.pledged == pledged);
        let out = |login| self.oracle.kept_out(login, Some(&matter.household));
        let who: Vec<&'static str> = of.map(|p| p.login).filter(|l| !out(l)).collect();
        self.chance.pick(&who)
    }

    async fn pledge(&mut self, i: usize) -> bool {
        let Some(who) = self.sitting(i, false) else { return false };
        let path = self.oracle.matters[i].path.clone();
        let page = self.get(who, &path).await;
        assert_eq!(super::world::found(&page).len(), 0, "{}: shown before the pledge", self.place);
        for place in &mut self.oracle.matters[i].places {
            place.pledged |= place.login == who && !place.left;
        }
        self.must(who, &format!("{path}/pledge"), &[]).await;
        self.get(who, &path).await.is(200);
        self.count("matter pledged")
    }

    async fn say(&mut self, i: usize) -> bool {
        let Some(who) = self.sitting(i, true) else { return false };
        let path = self.oracle.matters[i].path.clone();
        let words = format!("発言 {}", self.mark(Kind::Text, who, None, &Marks::whole(SAID)));
        let n = self.oracle.facts.len() - 1;
        self.oracle.facts[n].matter = Some(i);
        self.get(who, &path).await.is(200);
        self.must(who, &format!("{path}/say"), &[("words", &words), ("role", "word")]).await;
        self.recorded().await;
        let record = self.oracle.facts[n].record.clone();
        self.lay_down(i, record, SAID);
        self.count("matter said")
    }

    fn lay_down(&mut self, i: usize, record: String, cats: Cats) {
        let laid = super::oracle::Laid { record, cats, recalled: false, marked: false };
        self.oracle.matters[i].laid.push(laid);
    }

    async fn lay(&mut self, i: usize) -> bool {
        let Some(who) = self.sitting(i, true) else { return false };
        let path = self.oracle.matters[i].path.clone();
        if viewer(who).reads == super::oracle::Reads::OwnWriting {
            return false;
        }
        let page = self.get(who, &format!("{path}/release")).await;
        page.is(200);
        let forms = page.forms();
        let offered: Vec<(String, &'static str, String, String)> = forms
            .iter()
            .filter_map(|f| {
                let field = if f.action.ends_with("/release-entry") {
                    "entry"
                } else if f.action.ends_with("/release-person") {
                    "person"
                } else {
                    return None;
                };
                Some((f.action.clone(), field, f.value(field), f.value("command")))
            })
            .collect();
        let Some((action, field, record, command)) = self.chance.pick(&offered) else { return false };
        let contact = self.chance.one_in(2);
        let mut fields = vec![(field, record.as_str()), ("command", command.as_str())];
        let given = if field == "person" {
            fields.push(("card_cat", "household"));
            if contact {
                fields.push(("card_cat", "contact"));
            }
            cats(if contact { &["basic", "household", "contact"] } else { &["basic", "household"] })
        } else {
            let of = self.oracle.facts.iter().filter(|f| f.record == record);
            of.fold(0, |set, f| set | f.cats) & !cats(&["informant"])
        };
        self.must(who, &action, &fields).await;
        self.lay_down(i, record.clone(), given);
        self.count("matter laid")
    }

    async fn invite(&mut self, i: usize) -> bool {
        let (path, household) =
            (self.oracle.matters[i].path.clone(), self.oracle.matters[i].household.clone());
        if self.oracle.kept_out("hase", Some(&household)) {
            return false;
        }
        let taken = |login: &str| self.oracle.matters[i].places.iter().any(|p| !p.left && p.login == login);
        let free: Vec<(&'static str, &'static str)> =
            INVITED.into_iter().filter(|(l, _)| !taken(l)).collect();
        let Some((who, at)) = self.chance.pick(&free) else { return false };
        let desk = self.app.town.desk(at).to_string();
        let appointment = self.app.town.appointment(who, at).to_string();
        self.get("hase", &format!("{path}/office?desk={desk}")).await.is(200);
        let fields = [("desk", desk.as_str()), ("appointment", appointment.as_str())];
        self.must("hase", &format!("{path}/join"), &fields).await;
        self.oracle.matters[i].places.push(Place { login: who, pledged: false, left: false });
        self.count("matter joined")
    }

    /// One value of a row that the forms name by its id.
    async fn id_of(&self, sql: &'static str, of: words::id::ThingId, by: &str) -> Option<String> {
        let m = self.app.town.municipality;
        let mut act = self
            .app
            .engine
            .system_act(access::System::Console, m, engine::Origin::Console, "markers.look", &m)
            .await
            .unwrap();
        let by: words::id::ThingId = by.parse().unwrap();
        let row = act.facts().unwrap().maybe(sql, args![m, of, by]).await.unwrap()?;
        Some(row.get::<words::id::ThingId>("id").unwrap().to_string())
    }

    fn matter_id(&self, i: usize) -> words::id::ThingId {
        self.oracle.matters[i].path.rsplit('/').next().unwrap().parse().unwrap()
    }

    async fn leave_matter(&mut self, i: usize) -> bool {
        let matter = &self.oracle.matters[i];
        if self.oracle.kept_out("hase", Some(&matter.household)) {
            return false;
        }
        let now: Vec<&'static str> =
            matter.places.iter().filter(|p| !p.left && p.login != "hase").map(|p| p.login).collect();
        let path = matter.path.clone();
        let Some(who) = self.chance.pick(&now) else { return false };
        let sql = "SELECT id FROM matter_member WHERE municipality_id = $1 AND matter_id = $2 AND user_id = $3 \
                   AND until_at IS NULL";
        let user = self.app.town.user(who).to_string();
        let member = self.id_of(sql, self.matter_id(i), &user).await.unwrap();
        self.get("hase", &format!("{path}/office")).await.is(200);
        self.must("hase", &format!("{path}/leave"), &[("member", &member), ("why", "done")]).await;
        for place in &mut self.oracle.matters[i].places {
            place.left |= place.login == who;
        }
        // From that moment.
        self.get(who, &path).await.is(404);
        self.count("matter left")
    }

    /// Marked 「持ち帰り可」, or taken back, by somebody of the desk that laid it down.
    async fn on_material(&mut self, i: usize) -> bool {
        let Some(who) = self.sitting(i, true) else { return false };
        let path = self.oracle.matters[i].path.clone();
        let page = self.get(who, &path).await;
        page.is(200);
        let step = if self.chance.one_in(2) { "mark" } else { "recall" };
        let action = format!("{path}/{step}");
        let offered: Vec<(String, String)> = page
            .forms()
            .iter()
            .filter(|f| f.action == action)
            .map(|f| (f.value("material"), f.value("command")))
            .collect();
        let Some((material, command)) = self.chance.pick(&offered) else { return false };
        let sql = "SELECT record_id AS id FROM matter_material WHERE municipality_id = $1 AND matter_id = $2 AND id = $3";
        let record = self.id_of(sql, self.matter_id(i), &material).await.unwrap();
        self.must(who, &action, &[("material", &material), ("command", &command)]).await;
        for laid in self.oracle.matters[i].laid.iter_mut().filter(|l| l.record == record && !l.recalled) {
            laid.marked |= step == "mark";
            laid.recalled |= step == "recall";
        }
        self.count(if step == "mark" { "matter marked" } else { "matter recalled" })
    }

    async fn close_matter(&mut self, i: usize) -> bool {
        let (path, household) =
            (self.oracle.matters[i].path.clone(), self.oracle.matters[i].household.clone());
        if self.oracle.kept_out("hase", Some(&household)) {
            return false;
        }
        self.get("hase", &format!("{path}/office")).await.is(200);
        self.must("hase", &format!("{path}/close"), &[("outcome", "settled"), ("sure", "yes")]).await;
        self.oracle.matters[i].open = false;
        self.count("matter closed")
    }
}
