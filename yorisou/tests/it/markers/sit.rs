//! Sessions: a matter comes on an agenda; notes, homework, decisions and what became of them are its members' alone, on every page of the
//! session, of the room, of the minutes and of その後.

use super::acts::History;
use super::oracle::{Kind, SAID};
use super::world::{Marks, World};

/// One session of a history with a matter on its agenda.
#[derive(Debug, Clone)]
pub struct Sat {
    pub matter: usize,
    pub session: String,
    pub item: String,
}

impl World<'_> {
    /// A session begins, or something is written down in one.
    pub async fn sit(&mut self, h: &mut History, i: usize) -> bool {
        let matter = &self.oracle.matters[i];
        let pledged = matter.places.iter().any(|p| p.login == "hase" && p.pledged && !p.left);
        if !matter.open || !pledged || self.oracle.kept_out("hase", Some(&matter.household)) {
            return false;
        }
        let Some(sat) = h.sat.iter().find(|s| s.matter == i).cloned() else {
            return self.convene(h, i).await;
        };
        match self.chance.below(4) {
            0 | 1 => self.homework(&sat).await,
            2 => self.note(&sat).await,
            _ => self.done(h, &sat).await,
        }
    }

    async fn convene(&mut self, h: &mut History, i: usize) -> bool {
        let desk = self.app.town.desk("suishin").to_string();
        let (today, matter) = (self.today().to_string(), self.oracle.matters[i].path.clone());
        let (id, position) = (matter.rsplit('/').next().unwrap().to_owned(), self.oracle.matters[i].position);
        self.get("hase", "/bodies/new").await.is(200);
        let fields = [
            ("name", "ケース会議"),
            ("form", "guideline"),
            ("desk", desk.as_str()),
            ("rhythm", "as_needed"),
            ("from", today.as_str()),
            ("positions", position),
        ];
        let body = self.must("hase", "/bodies/new", &fields).await;
        let body = body.rsplit('/').next().unwrap().to_owned();
        self.get("hase", &format!("/sessions/new?body={body}")).await.is(200);
        let fields = [
            ("body", body.as_str()),
            ("title", "ケース会議"),
            ("on", today.as_str()),
            ("starts", "9:00"),
            ("ends", "10:00"),
            ("place", "会議室"),
            ("answer_by", today.as_str()),
        ];
        let session = self.must("hase", "/sessions/new", &fields).await;
        self.get("hase", &format!("/sessions/propose?matter={id}")).await.is(200);
        let (meeting, lead) = (format!("{body}:{position}"), self.app.town.desk("shakyo").to_string());
        let decider = self.app.town.user("hase").to_string();
        let fields = [
            ("matter", id.as_str()),
            ("meeting", &meeting),
            ("priority", "normal"),
            ("initiator", &lead),
            ("escalation", "stuck"),
            ("decided_by", &decider),
            ("decided_on", &today),
        ];
        let item = self.must("hase", "/sessions/propose", &fields).await;
        let steps = format!("/sessions/items/{}", item.rsplit('/').next().unwrap());
        let to = session.rsplit('/').next().unwrap().to_owned();
        self.get("hase", &item).await.is(200);
        self.must("hase", &format!("{steps}/place"), &[("meeting", &to)]).await;
        self.get("hase", &session).await.is(200);
        self.must("hase", &format!("{session}/invite"), &[]).await;
        self.get("hase", &session).await.is(200);
        self.must("hase", &format!("{steps}/begin"), &[]).await;
        for part in ["", "/room", "/room/view", "/room/revision", "/minutes", "/minutes/edit", "/notice"] {
            h.others.push(format!("{session}{part}"));
        }
        // What lies on paper holds nothing of what is said in confidence, whoever prints it.
        for file in ["/minutes/print", "/minutes/print?as=pdf", "/minutes/print?style=speakers"] {
            h.others.push(format!("{session}{file}"));
        }
        h.others.extend([
            steps.clone(),
            format!("{steps}/homework"),
            "/sessions".to_owned(),
            "/sessions/after".to_owned(),
        ]);
        h.sat.push(Sat { matter: i, session, item: steps });
        self.count("session begun")
    }

    /// A marker in words about an item of this matter.
    fn said(&mut self, i: usize, what: &str) -> (String, usize) {
        let words = format!("{what} {}", self.mark(Kind::Text, "hase", None, &Marks::whole(SAID)));
        let n = self.oracle.facts.len() - 1;
        self.oracle.facts[n].matter = Some(i);
        (words, n)
    }

    /// What was written lies before the members, as the minutes of the matter: these remain with them after its end.
    async fn laid(&mut self, i: usize, n: usize) {
        self.recorded().await;
        let record = self.oracle.facts[n].record.clone();
        assert!(!record.is_empty(), "{}: nothing was recorded", self.place);
        let laid = super::oracle::Laid { record, cats: SAID, recalled: false, marked: true };
        self.oracle.matters[i].laid.push(laid);
    }

    async fn homework(&mut self, sat: &Sat) -> bool {
        let (words, n) = self.said(sat.matter, "宿題");
        let path = format!("{}/homework", sat.item);
        let page = self.get("hase", &path).await;
        page.is(200);
        // In confidence only the desks of members who have pledged are offered.
        let desks: Vec<String> = ["shakyo", "ikiiki", "hokubu", "jidokan", "suishin", "suishin_soudan"]
            .iter()
            .map(|at| self.app.town.desk(at).to_string())
            .filter(|desk| page.body.contains(&format!("value=\"{desk}\"")))
            .collect();
        let desk = self.chance.pick(&desks).unwrap();
        self.must("hase", &path, &[("what", &words), ("desk", &desk), ("by_next", "1")]).await;
        self.laid(sat.matter, n).await;
        self.count("session homework")
    }

    async fn note(&mut self, sat: &Sat) -> bool {
        let page = self.get("hase", &format!("{}/room", sat.session)).await;
        page.is(200);
        let of = sat.item.rsplit('/').next().unwrap();
        let forms = page.forms();
        let Some(form) = forms
            .iter()
            .find(|f| {
                f.action.ends_with("/room/note") && f.value("add") == "decision" && f.value("place") == of
            })
            .or(forms.iter().find(|f| f.action.ends_with("/room/note") && f.value("place") == of))
        else {
            return false;
        };
        // Notes are kept whole in each version: only the first of them is written here.
        if form.value("base_version") != "0" {
            return false;
        }
        let (words, n) = self.said(sat.matter, "○ メモ");
        let (command, base) = (form.value("command"), form.value("base_version"));
        let fields = [
            ("command", command.as_str()),
            ("base_version", base.as_str()),
            ("place", of),
            ("text", words.as_str()),
        ];
        self.must("hase", &format!("{}/room/note", sat.session), &fields).await;
        self.laid(sat.matter, n).await;
        self.count("session note")
    }

    /// Some desk does its homework, without words: whether it may know what it is about or not.
    async fn done(&mut self, h: &mut History, sat: &Sat) -> bool {
        let page = self.get("hase", &sat.session).await;
        let links: Vec<String> = page
            .body
            .split("href=\"")
            .skip(1)
            .map(|s| s.split('"').next().unwrap().to_owned())
            .filter(|href| href.starts_with("/sessions/homework/"))
            .collect();
        let Some(path) = self.chance.pick(&links) else { return false };
        if !h.others.contains(&path) {
            h.others.push(path.clone());
        }
        let who = self.chance.pick(&["kinoshita", "noguchi", "sano"]).unwrap();
        let page = self.get(who, &path).await;
        if page.status != 200 || !page.forms().iter().any(|f| f.action.ends_with("/done")) {
            return false;
        }
        self.must(who, &format!("{path}/done"), &[]).await;
        session::digest(&self.app.engine, self.app.town.municipality).await.unwrap();
        self.count("session homework done")
    }
}
