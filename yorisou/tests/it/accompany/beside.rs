//! What goes on beside conferences and plans: a wish is matched with a place, and another desk answers for a case for a while
//! . Whatever happens to the people and the desks in between, none of it decides anything and none of it is a trap.

use super::ledger::{Of, Who, Wish};
use super::walk::Walk;

/// Works with no household of a walk, and hears nothing of any.
const OUTSIDER: Who = "tsuji";

impl Walk<'_> {
    /// A wish is written down, or the next step of one is taken, by whoever may and by whoever may not, in its turn and out of it.
    pub async fn participation(&mut self, case: usize) -> bool {
        // The desk that wrote the household down answers for it: whatever else is read of a wish is told elsewhere.
        let c = &self.ledger.cases[case];
        let Some(who) = self.ledger.recorder(case).filter(|_| c.desk == "hokubu") else { return false };
        let mine: Vec<usize> =
            (0..self.ledger.wishes.len()).filter(|n| self.ledger.wishes[*n].case == case).collect();
        match self.chance.pick(&mine).filter(|_| mine.len() > 1 || !self.chance.one_in(4)) {
            Some(n) => self.match_step(who, n).await,
            None => self.wishes(who, case).await,
        }
    }

    async fn wishes(&mut self, who: Who, case: usize) -> bool {
        let list = format!("/cases/{}/participation", self.ledger.cases[case].id);
        let c = &self.ledger.cases[case];
        let Some(soul) = c.souls.iter().find(|s| s.here).map(|s| s.id.clone()) else { return false };
        let (open, desk) = (c.open, self.ledger.heir("hokubu"));
        let words = self.mark("静かなところで手を動かしたい", Of::Case(case));
        let (today, next) = (self.day(0), self.day(10));
        let desk = self.app.town.desk(desk).to_string();
        let fields = [
            ("person", soul.as_str()),
            ("wish", words.as_str()),
            ("wish_cat", "support"),
            ("on", today.as_str()),
            ("next", next.as_str()),
            ("desk", desk.as_str()),
        ];
        if let Some(path) = self.attempt((who, &list), &list, &fields, open).await {
            self.kept_by(who, case, &words);
            self.ledger.marks.last_mut().unwrap().wish = true;
            assert!(path.starts_with(&list), "{} {path}", self.told());
            let sql = "SELECT id FROM participation WHERE municipality_id = $1 ORDER BY id DESC";
            let rows = self.rows(sql).await;
            let id: words::id::ThingId = rows.first().unwrap().get("id").unwrap();
            self.ledger.wishes.push(Wish { case, path: format!("{list}/{id}"), state: "proposed" });
            self.count("a wish");
        }
        true
    }

    async fn match_step(&mut self, worker: Who, n: usize) -> bool {
        let Wish { case, path, state } = self.ledger.wishes[n].clone();
        let step =
            self.chance.pick(&["ask", "trial", "settle", "look", "end", "ask", "trial", "settle"]).unwrap();
        let open = self.ledger.cases[case].open;
        let to = match (state, step) {
            ("ended", _) => None,
            (_, "end") => Some("ended"),
            ("settled", "look") => Some("settled"),
            (_, "look") | ("settled" | "proposed", "settle" | "trial") | ("settled", _) => None,
            (_, "ask") => Some("asked").filter(|_| open),
            (_, "trial") => Some("trial").filter(|_| open),
            _ => Some("settled").filter(|_| open),
        };
        let outside = self.chance.one_in(5);
        let who = if outside { OUTSIDER } else { worker };
        let next = self.day(8);
        let version = {
            let page = self.get(worker, &path).await;
            assert_eq!(page.status, 200, "{} {worker} reads the wish\n{}", self.told(), page.text());
            let of = page.body.split("name=\"base_version\" value=\"").nth(1);
            of.map_or("1".to_owned(), |rest| rest.split('"').next().unwrap().to_owned())
        };
        let (today, soon) = (self.day(0), self.day(3));
        let mut said = vec![("on", today.as_str())];
        match step {
            "ask" => said.push(("named", "ひまわり農園")),
            "trial" => said.push(("trial", &soon)),
            "end" => said.push(("why", "not_wanted")),
            _ => {}
        }
        if step != "end" {
            said.push(("next", &next));
        }
        let named: Vec<String> = said.iter().map(|(name, _)| format!("{step}_{name}")).collect();
        let mut fields: Vec<(&str, &str)> =
            named.iter().map(String::as_str).zip(said.iter().map(|s| s.1)).collect();
        fields.push(("base_version", &version));
        let may = to.is_some() && !outside;
        let action = format!("{path}/{step}");
        if self.attempt((who, &path), &action, &fields, may).await.is_some() {
            self.ledger.wishes[n].state = to.unwrap();
            self.count("a step of a wish");
        }
        true
    }

    /// Another desk answers for a case for a while, and gives it back: by the word of both, which nobody else gives. It reads no more than
    /// before, and the case stands where it stood.
    pub async fn lead(&mut self, case: usize) -> bool {
        let c = self.ledger.cases[case].clone();
        let Some(who) = self.ledger.worker(case) else { return false };
        let stands = self.ledger.heir(c.desk) == c.desk && self.ledger.heir("suishin") == "suishin";
        let Some(taker) = self.ledger.secretary(case).filter(|_| stands && c.desk != "suishin") else {
            return false;
        };
        let at = format!("/cases/{}/lead", c.id);
        let desk = self.app.town.desk(if c.provider { "suishin" } else { "jidokan" }).to_string();
        let (check, may) = (self.day(20), c.open && c.provider);
        let fields = [
            ("taker", desk.as_str()),
            ("reason", "intensive"),
            ("why", "しばらく毎日たずねる"),
            ("why_cat", "support"),
            ("until", "落ちついたら"),
            ("check_on", check.as_str()),
        ];
        if self.attempt((who, &at), &at, &fields, may).await.is_none() {
            return true;
        }
        self.steps_of_lead((case, &at), "accept", (who, taker)).await;
        self.ledger.cases[case].desk = "suishin";
        self.glance().await;
        self.steps_of_lead((case, &at), "return", (who, taker)).await;
        self.ledger.cases[case].desk = c.desk;
        self.count("a lead for a while");
        true
    }

    /// A step of the lead under way: not by the desk whose word it is not, and by the one whose it is.
    async fn steps_of_lead(&mut self, (case, at): (usize, &str), step: &str, (other, own): (Who, Who)) {
        let action = {
            let page = self.get(own, at).await;
            let forms = page.forms();
            let form = forms.iter().find(|f| f.action.ends_with(&format!("/{step}")));
            form.unwrap_or_else(|| panic!("{} no {step}\n{}", self.told(), page.text())).action.clone()
        };
        let both = self.ledger.at("suishin", case).contains(&other);
        if !both {
            self.attempt((other, at), &action, &[], false).await;
        }
        self.must(own, at, &action, &[]).await;
    }
}
