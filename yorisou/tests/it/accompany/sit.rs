//! Sessions: an item of a matter comes before one, attendance is noted well and badly, it is talked over, carried over or dropped; notes,
//! minutes, opinions, materials and homework are written; a meeting is held once.

use super::ledger::{Of, Sitting, Stage, Who};
use super::walk::Walk;
use crate::decision::sat;
use crate::session::{attend, found, id_of};

/// How the page names the provider's people.
const PROVIDER: &str = "地域共生社会推進室";

impl Walk<'_> {
    /// A session of today is planned, with one matter on its agenda.
    pub async fn convene(&mut self, matter: usize) -> bool {
        let x = self.ledger.matters[matter].clone();
        let Some(who) = self.ledger.coordinator(x.case).filter(|w| *w == "hase") else { return false };
        // Everybody it depends on knows of it; a matter that may not come up is tried elsewhere.
        let may = if x.secret { self.ledger.member(who, matter) } else { self.ledger.carried(matter) };
        if self.ledger.sittings.iter().any(|s| s.planned) || x.closed.is_some() || !may {
            return false;
        }
        if self.body.is_empty() {
            let mut hase = self.lend(who).await;
            let positions = ["support_conference", "child_protection", "integrated"];
            self.body = found(self.app, &mut hase, "重層的支援会議", &positions, "").await;
            self.back(who, hase);
        }
        let body = id_of(&self.body).to_owned();
        let today = self.day(0);
        let fields = [
            ("body", body.as_str()),
            ("title", "支援の会議"),
            ("on", &today),
            ("starts", "9:00"),
            ("ends", "10:00"),
            ("place", "本庁舎7階"),
            ("answer_by", &today),
        ];
        let session = self.must(who, &format!("/sessions/new?body={body}"), "/sessions/new", &fields).await;
        let position = self.position(&x.path).await;
        let (meeting, lead) =
            (format!("{body}:{position}"), self.app.town.desk(self.ledger.heir("hokubu")).to_string());
        let id = id_of(&x.path).to_owned();
        let lead_of_it = self.app.town.user(who).to_string();
        let fields = [
            ("matter", id.as_str()),
            ("meeting", &meeting),
            ("priority", "normal"),
            ("initiator", &lead),
            ("escalation", "stuck"),
            ("decided_by", lead_of_it.as_str()),
            ("decided_on", today.as_str()),
        ];
        let from = format!("/sessions/propose?matter={id}");
        let item = self.must(who, &from, "/sessions/propose", &fields).await;
        let place = format!("/sessions/items/{}/place", id_of(&item));
        self.must(who, &item, &place, &[("meeting", id_of(&session))]).await;
        self.must(who, &session, &format!("{session}/invite"), &[]).await;
        self.ledger.sittings.push(Sitting {
            path: session,
            item,
            matter,
            on: self.today(),
            stage: Stage::Placed,
            planned: true,
            cancelled: false,
            provider: None,
            minutes: "draft",
        });
        self.count("convened");
        true
    }

    /// In which position a matter stands.
    async fn position(&self, path: &str) -> String {
        let rows = self.rows("SELECT id, position FROM matter WHERE municipality_id = $1").await;
        let of = |r: &&engine::Row| r.get::<words::id::MatterId>("id").unwrap().to_string() == id_of(path);
        rows.iter().find(of).unwrap().get("position").unwrap()
    }

    /// The session that is planned, and whoever runs it.
    pub fn running(&self) -> Option<(usize, Sitting, Who)> {
        let n = self.ledger.sittings.iter().position(|s| s.planned)?;
        let s = self.ledger.sittings[n].clone();
        let who = self.ledger.secretary(self.ledger.matters[s.matter].case)?;
        Some((n, s, who))
    }

    /// What the session noted counts for the matter from when its item has begun; with `away` also who was not there.
    fn count_there(&mut self, n: usize, away: bool) {
        let s = self.ledger.sittings[n].clone();
        let counts = matches!(s.stage, Stage::Begun | Stage::Concluded) || self.rests_on(n);
        if let (Some(there), true) = (s.provider, counts && self.seats_provider(s.matter))
            && (there || away)
        {
            self.ledger.matters[s.matter].there.insert(s.on, there);
        }
    }

    /// Whether the provider has a member in a matter of whom something can be noted.
    fn seats_provider(&self, matter: usize) -> bool {
        let x = &self.ledger.matters[matter];
        x.places.iter().any(|p| p.desk == "suishin" && !p.left && (p.pledged || !x.secret))
    }

    /// Whether to note that the provider was not there takes away what was concluded, or decided with consent on that day.
    fn takes_away(&self, n: usize) -> bool {
        let s = &self.ledger.sittings[n];
        let mut then = self.ledger.clone();
        then.sittings[n].provider = Some(false);
        let counts = matches!(s.stage, Stage::Begun | Stage::Concluded) || self.rests_on(n);
        if counts && self.seats_provider(s.matter) {
            then.matters[s.matter].there.insert(s.on, false);
        }
        // What was concluded or decided under the item rests on it, and not on another meeting of the day.
        let own =
            s.stage == Stage::Concluded || self.ledger.decided.iter().any(|d| d.under == Some(n) && !d.void);
        let of_item = |l: &super::ledger::Ledger| {
            let (x, sitting) = (&l.matters[s.matter], &l.sittings[n]);
            x.there.get(&s.on) == Some(&true) || (!x.secret && sitting.provider == Some(true))
        };
        let day = self.ledger.attended(s.matter, s.on) && !then.attended(s.matter, s.on);
        let lost = day || (own && of_item(&self.ledger) && !of_item(&then));
        let held = !self.ledger.matters[s.matter].secret && self.ledger.decided_on(s.matter, s.on);
        lost && (s.stage == Stage::Concluded || held)
    }

    /// A step of the session that is planned.
    pub async fn sit(&mut self) -> bool {
        let Some((n, s, who)) = self.running() else { return false };
        match self.chance.below(12) {
            0 | 1 => self.attendance(n, &s, who).await,
            2 | 3 => self.begin(n, &s, who).await,
            4..=6 => self.conclude(n, &s, who).await,
            7 | 8 => self.write_down(n, &s, who).await,
            9 => self.hold(n, &s, who).await,
            10 => self.put_off(n, &s, who).await,
            _ => self.cancel(n, &s, who).await,
        }
    }

    pub async fn attendance(&mut self, n: usize, s: &Sitting, who: Who) -> bool {
        // Somebody of the provider may be there only after the pledge; without them nobody is.
        let absent = self.chance.one_in(4);
        let x = &self.ledger.matters[s.matter];
        let seated = |p: &super::ledger::Place| {
            p.desk == "suishin" && !p.left && self.ledger.sits(p.who, p.desk) && (p.pledged || !x.secret)
        };
        if s.provider == Some(!absent) || !x.places.iter().any(seated) {
            return false;
        }
        // What was decided or concluded in their presence is not taken back by a correction without a reason.
        let takes_away = self.takes_away(n);
        let mut person = self.lend(who).await;
        if absent && takes_away {
            let page = person.get(&s.path).await;
            self.back(who, person);
            let rows = page.body.split("<tr>").filter(|r| r.contains("name=\"how-") && r.contains(PROVIDER));
            let names: Vec<String> = rows
                .map(|r| r.split("name=\"").nth(1).unwrap().split('"').next().unwrap().to_owned())
                .collect();
            let fields: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "absent")).collect();
            if !fields.is_empty() {
                self.attempt((who, &s.path), &format!("{}/attend", s.path), &fields, false).await;
            }
            return true;
        }
        // A matter that moved meanwhile has nobody invited to the item that was carried over.
        if !person.get(&s.path).await.body.contains("name=\"how-") {
            self.back(who, person);
            return false;
        }
        let other = [(PROVIDER, "absent")];
        attend(&mut person, &s.path, "room", if absent { &other } else { &[] }).await;
        self.back(who, person);
        self.ledger.sittings[n].provider = Some(!absent);
        self.count_there(n, true);
        self.trace.push(format!("attendance of {}: provider {}", s.path, !absent));
        self.count(if absent { "provider absent" } else { "everybody there" });
        true
    }

    /// Whether a decision that stands was made with consent under its item.
    fn rests_on(&self, n: usize) -> bool {
        let secret = self.ledger.matters[self.ledger.sittings[n].matter].secret;
        !secret && self.ledger.decided.iter().any(|d| d.under == Some(n) && !d.void)
    }

    /// Whether the matter of a session may be talked over now.
    fn clear(&self, s: &Sitting) -> bool {
        let x = &self.ledger.matters[s.matter];
        x.closed.is_none() && (x.secret || self.ledger.carried(s.matter))
    }

    pub async fn begin(&mut self, n: usize, s: &Sitting, who: Who) -> bool {
        let may = s.stage == Stage::Placed && self.clear(s);
        let to = format!("/sessions/items/{}/begin", id_of(&s.item));
        let fields = &[("back", id_of(&s.path))];
        if self.attempt((who, &s.path), &to, fields, may).await.is_some() {
            self.ledger.sittings[n].stage = Stage::Begun;
            self.count_there(n, !self.ledger.decided_on(s.matter, s.on));
            self.count("begun");
        }
        true
    }

    async fn conclude(&mut self, n: usize, s: &Sitting, who: Who) -> bool {
        let may = s.stage == Stage::Begun && self.ledger.attended(s.matter, s.on);
        let to = format!("/sessions/items/{}/conclude", id_of(&s.item));
        let fields = &[("back", id_of(&s.path))];
        if self.attempt((who, &s.path), &to, fields, may).await.is_some() {
            self.ledger.sittings[n].stage = Stage::Concluded;
            self.count_there(n, false);
            self.count("talked over");
        }
        true
    }

    /// Carried over, or dropped: not when something was decided under it.
    async fn put_off(&mut self, n: usize, s: &Sitting, who: Who) -> bool {
        if !matches!(s.stage, Stage::Placed | Stage::Begun) {
            return false;
        }
        let carry = self.chance.one_in(2);
        let may = carry || !self.rests_on(n);
        let step = if carry { "carry" } else { "drop" };
        let to = format!("/sessions/items/{}/{step}", id_of(&s.item));
        if self
            .attempt((who, &s.path), &to, &[("why", "not_yet"), ("back", id_of(&s.path))], may)
            .await
            .is_some()
        {
            self.ledger.sittings[n].stage = if carry { Stage::Carried } else { Stage::Dropped };
            self.count(if carry { "carried over" } else { "dropped" });
        }
        true
    }

    async fn hold(&mut self, n: usize, s: &Sitting, who: Who) -> bool {
        let open = matches!(s.stage, Stage::Placed | Stage::Begun);
        // Of everybody who had to come it is known whether they did.
        let may = !open && s.provider.is_some();
        if !open && s.provider.is_none() {
            return false;
        }
        if self.attempt((who, &s.path), &format!("{}/hold", s.path), &[], may).await.is_some() {
            self.ledger.sittings[n].planned = false;
            self.count("held");
        }
        true
    }

    async fn cancel(&mut self, n: usize, s: &Sitting, who: Who) -> bool {
        if !self.chance.one_in(3) || s.stage == Stage::Concluded {
            return false;
        }
        let may = !self.rests_on(n);
        if self.attempt((who, &s.path), &format!("{}/cancel", s.path), &[], may).await.is_some() {
            let sitting = &mut self.ledger.sittings[n];
            (sitting.planned, sitting.cancelled) = (false, true);
            if matches!(s.stage, Stage::Placed | Stage::Begun) {
                sitting.stage = Stage::Waits;
            }
            self.count("called off");
        }
        true
    }

    /// Minutes, a material, or homework, with a marker.
    async fn write_down(&mut self, n: usize, s: &Sitting, who: Who) -> bool {
        let x = &self.ledger.matters[s.matter];
        let reads = self.ledger.member(who, s.matter) && x.closed.is_none();
        if !x.secret || !reads || s.stage != Stage::Begun {
            return false;
        }
        let (of, item) = (Of::Matter(s.matter), id_of(&s.item).to_owned());
        match self.chance.below(3) {
            0 => {
                if self.ledger.marks.iter().any(|m| m.of == of && m.unfinished.is_some()) {
                    // One text of an item at a time: the next one takes its place.
                    return false;
                }
                let words = self.mark("⇒週1回の見守りを続ける。", of);
                let edit = format!("{}/minutes/edit", s.path);
                let fields = [("text", words.as_str()), ("text_marked", "")];
                self.must(who, &format!("{edit}?place={item}"), &edit, &fields).await;
                self.kept().unfinished = Some(n);
                self.count("minutes");
            }
            1 => {
                let title = self.mark("経過のまとめ", of);
                let to = format!("{}/materials", s.path);
                let fields =
                    [("number", ""), ("kind", "on_day"), ("title", title.as_str()), ("item", item.as_str())];
                self.must(who, &to, &to, &fields).await;
                self.kept();
                self.count("materials");
            }
            _ if self.ledger.heir("suishin") != "suishin" => return false,
            _ => {
                let to = format!("/sessions/items/{item}/homework");
                let desk = self.app.town.desk("suishin").to_string();
                let words = self.mark("木曜に訪ねる", of);
                let fields = [
                    ("what", words.as_str()),
                    ("desk", desk.as_str()),
                    ("by_next", "1"),
                    ("what_marked", ""),
                ];
                self.must(who, &to, &to, &fields).await;
                self.kept().home = true;
                self.count("homework");
            }
        }
        true
    }

    /// The minutes of a session that was held go round, are commented on, and are approved.
    pub async fn minute(&mut self) -> bool {
        let over = (0..self.ledger.sittings.len())
            .filter(|n| !self.ledger.sittings[*n].planned && !self.ledger.sittings[*n].cancelled)
            .filter(|n| self.ledger.sittings[*n].minutes != "approved")
            .collect::<Vec<_>>();
        let Some(n) = self.chance.pick(&over) else { return false };
        let s = self.ledger.sittings[n].clone();
        let Some(who) = self.ledger.secretary(self.ledger.matters[s.matter].case) else { return false };
        let minutes = format!("{}/minutes", s.path);
        if s.minutes == "comment" && self.chance.one_in(2) && self.opinion(&s, who).await {
            return true;
        }
        let (until, today) = (self.day(7), self.day(0));
        let (step, fields, next) = match s.minutes {
            "draft" => ("send-out", vec![("until", until.as_str())], "comment"),
            _ => (
                "approve",
                vec![("how", "chair"), ("on", today.as_str()), ("note", ""), ("sure", "1")],
                "approved",
            ),
        };
        self.must(who, &minutes, &format!("{minutes}/{step}"), &fields).await;
        self.ledger.sittings[n].minutes = next;
        for mark in self.ledger.marks.iter_mut().filter(|m| m.unfinished == Some(n)) {
            mark.unfinished = None;
        }
        self.count(if next == "comment" { "minutes sent round" } else { "minutes approved" });
        true
    }

    /// A member says something to the minutes, and is answered.
    async fn opinion(&mut self, s: &Sitting, office: Who) -> bool {
        let x = &self.ledger.matters[s.matter];
        let may = |w: &Who| x.secret && x.closed.is_none() && self.ledger.member(w, s.matter);
        let members: Vec<Who> = x.places.iter().map(|p| p.who).filter(may).collect();
        let Some(who) = self.chance.pick(&members) else { return false };
        let path = format!("{}/minutes/comments", s.path);
        let page = self.get(who, &path).await;
        let forms = page.forms();
        let form = forms.iter().find(|f| f.action == path && !f.value("section").is_empty());
        let Some(form) = form else { return false };
        let words = self.mark("木曜ではなく金曜", Of::Matter(s.matter));
        let (section, command) = (form.value("section"), form.value("command"));
        let fields =
            [("section", section.as_str()), ("words", words.as_str()), ("command", command.as_str())];
        self.must(who, &path, &path, &fields).await;
        self.kept().on_page = false;
        let page = self.get(office, &path).await;
        let to = page.form("/minutes/comments/").action;
        self.must(office, &path, &to, &[("taken", "yes"), ("why", "")]).await;
        self.count("an opinion");
        true
    }

    /// A meeting that was held once is written down: with everybody there, or without the provider, or about somebody who has not agreed.
    pub async fn once(&mut self, matter: usize) -> bool {
        let x = self.ledger.matters[matter].clone();
        let Some(who) = self.ledger.coordinator(x.case) else { return false };
        if x.secret || x.closed.is_some() {
            return false;
        }
        let absent = self.chance.one_in(5);
        let may = self.ledger.carried(matter) && !absent;
        let mut person = self.lend(who).await;
        let today = self.day(0);
        let page =
            sat(&mut person, &x.path, &today, if absent { &[PROVIDER, "長谷", "今井"] } else { &[] }).await;
        self.back(who, person);
        assert_eq!(
            page.status == 303,
            may,
            "{} once {matter}\n{:#?}\n{}",
            self.told(),
            self.ledger,
            page.text()
        );
        self.trace.push(format!("once {matter} {may}"));
        if may {
            self.held_once(matter);
        }
        true
    }

    /// A meeting that was written down afterwards: begun, talked over and held in one, with everybody there.
    pub fn held_once(&mut self, matter: usize) {
        self.ledger.sittings.push(Sitting {
            path: String::new(),
            item: String::new(),
            matter,
            on: self.today(),
            stage: Stage::Concluded,
            planned: false,
            cancelled: false,
            provider: Some(true),
            minutes: "approved",
        });
        self.count_there(self.ledger.sittings.len() - 1, true);
        self.count("held once");
    }
}
