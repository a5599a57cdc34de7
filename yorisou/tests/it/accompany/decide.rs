//! Decisions: made in a matter or alone, with and without what their timing asks for, on this day or another, by whoever may and whoever
//! may not; taken back.

use words::Day;

use super::ledger::{Asked, Of, Who};
use super::walk::Walk;

const KINDS: [&str; 4] = ["multi_agency", "multi_agency", "outreach", "participation"];
const TIMINGS: [&str; 5] = ["establish", "replan", "close", "interrupt", "other"];

impl Walk<'_> {
    /// What somebody might ask to be decided: more often what fits.
    fn asked(&mut self, case: usize) -> Asked {
        let of = |state: &str| {
            let found = self.ledger.plans.iter().filter(|p| p.case == case && p.state == state);
            found.map(|p| p.kind).collect::<Vec<_>>()
        };
        let (waiting, live) = (of("proposed"), of("in_force"));
        let fits = match self.chance.below(3) {
            0 => self
                .chance
                .pick(&waiting)
                .map(|k| (k, if live.contains(&k) { "replan" } else { "establish" })),
            1 => self
                .chance
                .pick(&live)
                .map(|k| (k, if self.chance.one_in(2) { "close" } else { "interrupt" })),
            _ => None,
        };
        let any = (self.chance.pick(&KINDS).unwrap(), self.chance.pick(&TIMINGS).unwrap());
        let (kind, timing) = fits.unwrap_or(any);
        let ahead = [0, 0, 0, 0, -1, 1];
        let on = self.today().plus_days(self.chance.pick(&ahead).unwrap());
        // Whether a consent carried what was said on the day it was withdrawn is asked by the hour: stories tell of it.
        let ended = |d: Day| {
            self.ledger.cases[case].souls.iter().any(|s| s.agreed.iter().any(|a| a.until == Some(d)))
        };
        let on = if on < self.today() && ended(on) { self.today() } else { on };
        let ended = self.chance.pick(&["", "", "withdrawn", "died", "moved"]).unwrap();
        Asked { kind, timing, on, whole: !self.chance.one_in(6), ended }
    }

    /// Somebody decides something in a matter.
    pub async fn decide(&mut self, matter: usize) -> bool {
        let case = self.ledger.matters[matter].case;
        let asked = self.asked(case);
        let who = match self.ledger.coordinator(case) {
            Some(who) if !self.chance.one_in(8) => who,
            _ => self.chance.pick(&super::lives::VIEWERS).unwrap(),
        };
        self.decides(who, Some(matter), case, &asked).await;
        true
    }

    /// Somebody decides something about a case without a conference.
    pub async fn decide_alone(&mut self, case: usize) -> bool {
        let mut asked = self.asked(case);
        if self.chance.one_in(2) {
            asked.timing = self.chance.pick(&["close", "interrupt"]).unwrap();
        }
        let who = match self.ledger.worker(case) {
            Some(who) if !self.chance.one_in(4) => who,
            _ => self.chance.pick(&super::lives::VIEWERS).unwrap(),
        };
        self.decides(who, None, case, &asked).await;
        true
    }

    /// Asks for a decision; its number in the ledger when it was made, which the ledger knows beforehand.
    pub async fn decides(
        &mut self,
        who: Who,
        matter: Option<usize>,
        case: usize,
        a: &Asked,
    ) -> Option<usize> {
        let may = match matter {
            Some(x) => self.ledger.decides(who, x, a),
            None => self.ledger.decides_alone(who, case, a),
        };
        let from = match matter {
            Some(x) => format!("{}/decide", self.ledger.matters[x].path),
            None => format!("/cases/{}/decide", self.ledger.cases[case].id),
        };
        let secret = matter.filter(|x| self.ledger.matters[*x].secret);
        let of = secret.map_or(Of::Case(case), Of::Matter);
        let words = self.mark("決まったこと", of);
        let (on, later) = (a.on.to_string(), a.on.plus_days(60).to_string());
        let mut fields = vec![
            ("programme", a.kind),
            ("timing", a.timing),
            ("on", on.as_str()),
            ("words_cat", "plan"),
            ("words_cat", "support"),
            ("ended", a.ended),
        ];
        let w = words.as_str();
        let content: &[(&str, &str)] = match a.timing {
            "establish" => &[("monitoring", &later), ("goals", w)],
            "replan" => {
                &[("monitoring", &later), ("change", "変わった"), ("review", "半分とどいた"), ("new_plan", w)]
            }
            "close" => &[
                ("follow_up", "needed"),
                ("follow_up_on", &later),
                ("follow_up_how", "電話する"),
                ("evaluation", "近所の人と話す"),
                ("achieved", w),
            ],
            "interrupt" => &[("interrupt", "unreachable"), ("attempts", w)],
            _ => &[("other", w)],
        };
        // Without the last part, and of those that have more sometimes without the first.
        let content = match (a.whole, content.len() > 1 && self.chance.one_in(2)) {
            (true, _) => content,
            (false, true) => &content[1..],
            (false, false) => &content[..content.len() - 1],
        };
        fields.extend(content);
        let to = self.attempt((who, &from), &from, &fields, may).await?;
        let id = to.trim_start_matches("/decisions/").to_owned();
        let made = self.ledger.decision(id, case, matter, a);
        self.ledger.decided.push(made);
        self.kept().home = true;
        if matter.is_none() {
            self.kept_by(who, case, &words);
        }
        if a.timing == "establish" {
            self.ledger.cases[case].provider = true;
        }
        self.count(match (a.timing, secret.is_some(), matter.is_some()) {
            (_, true, _) => "decided in confidence",
            (_, _, false) => "decided alone",
            ("establish", ..) => "策定",
            ("replan", ..) => "再プラン",
            ("close", ..) => "終結",
            ("interrupt", ..) => "中断",
            _ => "decided otherwise",
        });
        Some(self.ledger.decided.len() - 1)
    }

    /// A decision is taken back, when nothing rests on it.
    pub async fn void(&mut self) -> bool {
        let Some(n) = (0..self.ledger.decided.len()).find(|_| self.chance.one_in(3)) else { return false };
        let d = self.ledger.decided[n].clone();
        let Some(who) = self.ledger.coordinator(d.case).filter(|_| d.matter.is_some()) else { return false };
        let x = d.matter.unwrap();
        let opens = self.ledger.member(who, x) || !self.ledger.matters[x].secret;
        let may = opens && !d.used && !d.void;
        let path = format!("/decisions/{}", d.id);
        let fields: &[(&str, &str)] = &[];
        if self.attempt((who, &path), &format!("{path}/void"), fields, may).await.is_some() {
            self.ledger.decided[n].void = true;
            self.ledger.marks[d.mark].on_page = false;
            self.count("a decision taken back");
        }
        true
    }
}
