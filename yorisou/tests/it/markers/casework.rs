//! What a desk writes down around a case: needs and parts on the board, cautions, reflections, words handed over, what a word
//! hints at.

use super::acts::{Case, History};
use super::oracle::{Kind, viewer};
use super::world::{World, found, ticked};

/// A need on a board.
#[derive(Debug, Clone)]
pub struct Need {
    pub case: usize,
    pub path: String,
    /// The marker of its words as they were first written.
    pub first: usize,
}

impl World<'_> {
    /// Something happens on a board, or a caution is set, or somebody looks back.
    pub async fn casework(&mut self, h: &mut History) -> bool {
        match self.chance.below(10) {
            0 | 1 => self.need(h).await,
            2 => self.part(h).await,
            3 => self.end_need(h).await,
            4 | 5 => self.caution(h).await,
            6 => self.reflect(h).await,
            7 => self.hint_said(h).await,
            _ => self.hand_over(h).await,
        }
    }

    /// A need is written on the board; whoever else has a part in the case sees it exactly when its words are theirs.
    async fn need(&mut self, h: &mut History) -> bool {
        let Some((index, case, who)) = self.somebody_of_a_case(h) else { return false };
        let first = self.oracle.facts.len();
        let marks = self.marks(h, who, &case.household);
        let words = self.mark(Kind::Text, who, None, &marks);
        let section = self.app.town.desk(case.accountable).to_string();
        let area = self.chance.pick(&["care", "money", "isolation"]).unwrap();
        let mut fields = vec![("area", area), ("words", words.as_str()), ("section", section.as_str())];
        fields.extend(ticked("words_cat", marks.cats));
        fields.extend(marks.about.iter().flatten().map(|p| ("words_about", p.as_str())));
        let board = format!("/cases/{}/board", case.id);
        self.get(who, &board).await.is(200);
        self.must(who, &board, &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        let page = self.get(who, &board).await;
        let start = format!("<a href=\"{board}/");
        let mut rows = page.body.split(&start).skip(1);
        let own = rows.find(|row| row.split("</a>").next().unwrap().contains(&words)).unwrap();
        let path = format!("{board}/{}", own.split('"').next().unwrap());
        self.on_board(&case, &path, first).await;
        h.needs.push(Need { case: index, path, first });
        if self.chance.one_in(2) {
            self.part(h).await;
        }
        self.count("need")
    }

    /// Of those who have a part in a case, one looks at its board.
    async fn on_board(&mut self, case: &Case, need: &str, first: usize) {
        let desk = self.chance.pick(&case.desks).unwrap();
        let Some(who) = self.worker(desk, Some(&case.household)) else { return };
        let last = self.latest(first);
        let sees = self.oracle.why(viewer(who), last).is_some();
        if self.oracle.facts[last].void {
            return;
        }
        let board = self.get(who, &format!("/cases/{}/board", case.id)).await;
        assert_eq!(found(&board).contains(&last), sees, "{}: {who} on the board", self.place);
        let own = self.get(who, need).await;
        assert_eq!(own.status == 200, sees, "{}: {who} at {need}", self.place);
    }

    /// The marker of the words that stand in the place of these.
    pub(super) fn latest(&self, first: usize) -> usize {
        let mut last = first;
        while let Some(next) = self.oracle.facts[last].later {
            last = next;
        }
        last
    }

    /// A need whose words somebody of a desk of the case may read, and who.
    fn readable(&mut self, h: &History) -> Option<(Need, Case, &'static str)> {
        let need = self.chance.pick(&h.needs)?;
        let case = h.cases[need.case].clone();
        let desk = self.chance.pick(&case.desks)?;
        let who = self.worker(desk, Some(&case.household))?;
        let last = self.latest(need.first);
        let reads = !self.oracle.facts[last].void && self.oracle.why(viewer(who), last).is_some();
        reads.then_some((need, case, who))
    }

    /// A desk takes a part: what it says is about the same people and matters as the need.
    async fn part(&mut self, h: &mut History) -> bool {
        let Some((need, case, who)) = self.readable(h) else { return false };
        let first = self.oracle.facts.len();
        let of = self.latest(need.first);
        let page = self.get(who, &need.path).await;
        page.is(200);
        // 長谷 has two desks, and one of them has no part in the case.
        if who == "hase" || !page.body.contains(&format!("{}/take", need.path)) {
            return false;
        }
        let marks = self.same_marks(of);
        let what = self.mark(Kind::Text, who, None, &marks);
        let desk = self.app.town.desk(viewer(who).desk).to_string();
        let due = self.today().plus_days(12).to_string();
        let fields = [("desk", desk.as_str()), ("what", what.as_str()), ("due", due.as_str())];
        self.must(who, &format!("{}/take", need.path), &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        let (board, there) = (format!("/cases/{}/board", case.id), format!("/cases/{}", case.id));
        self.get(who, &board).await.see(&what);
        let v = self.chance.pick(&super::oracle::VIEWERS).unwrap();
        for page in [&board, &need.path, &there] {
            self.get(v.login, page).await;
        }
        self.count("part")
    }

    fn same_marks(&self, of: usize) -> super::world::Marks {
        let fact = &self.oracle.facts[of];
        super::world::Marks { about: fact.about.clone(), cats: fact.cats, sheet: false }
    }

    /// What became of a need, in words.
    async fn end_need(&mut self, h: &mut History) -> bool {
        let Some((need, case, who)) = self.readable(h) else { return false };
        let first = self.oracle.facts.len();
        let of = self.latest(need.first);
        let page = self.get(who, &need.path).await;
        page.is(200);
        if !page.body.contains(&format!("{}/end", need.path)) {
            return false;
        }
        let marks = self.same_marks(of);
        let outcome = format!("こうなった {}", self.mark(Kind::Text, who, None, &marks));
        let fields = [("to", "unmet"), ("unmet", "not_eligible"), ("outcome", outcome.as_str())];
        self.must(who, &format!("{}/end", need.path), &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        self.on_board(&case, &need.path, need.first).await;
        self.count("need ended")
    }

    /// A caution: on screens at the top of the case, never on paper.
    async fn caution(&mut self, h: &mut History) -> bool {
        let Some((_, case, who)) = self.somebody_of_a_case(h) else { return false };
        let first = self.oracle.facts.len();
        let marks = self.marks(h, who, &case.household);
        let words = format!("玄関 {}", self.mark(Kind::Text, who, None, &marks));
        self.oracle.facts[first].screen_only = true;
        let review = self.today().plus_days(90).to_string();
        let mut fields =
            vec![("kind", "two_people"), ("words", words.as_str()), ("review_on", review.as_str())];
        fields.extend(ticked("words_cat", marks.cats));
        fields.extend(marks.about.iter().flatten().map(|p| ("words_about", p.as_str())));
        let at = format!("/cases/{}/cautions", case.id);
        self.get(who, &at).await.is(200);
        self.must(who, &at, &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        self.get(who, &format!("/cases/{}/print", case.id)).await.is(200);
        let desk = self.chance.pick(&case.desks).unwrap();
        if let Some(other) = self.worker(desk, Some(&case.household)) {
            let sees = self.oracle.why(viewer(other), first).is_some();
            let page = self.get(other, &format!("/cases/{}", case.id)).await;
            assert_eq!(found(&page).contains(&first), sees, "{}: {other} and a caution", self.place);
        }
        self.count("caution")
    }

    /// Somebody looks back at a case.
    async fn reflect(&mut self, h: &mut History) -> bool {
        let Some((_, case, who)) = self.somebody_of_a_case(h) else { return false };
        let first = self.oracle.facts.len();
        let marks = self.marks(h, who, &case.household);
        let well = format!("よかった {}", self.mark(Kind::Text, who, None, &marks));
        let hard = self.chance.one_in(2).then(|| self.mark(Kind::Text, who, None, &marks));
        let mut fields = vec![("causes", "organisation"), ("well", well.as_str())];
        fields.extend(hard.as_ref().map(|words| ("hard", words.as_str())));
        fields.extend(ticked("words_cat", marks.cats));
        fields.extend(marks.about.iter().flatten().map(|p| ("words_about", p.as_str())));
        let at = format!("/cases/{}/reflections", case.id);
        self.get(who, &at).await.is(200);
        self.must(who, &at, &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        let page = self.get(who, &at).await;
        let mine = page.body.split("href=\"/reflections/").skip(1).map(|l| l.split('"').next().unwrap());
        let share: Vec<String> = mine.map(|l| format!("/reflections/{l}")).collect();
        h.others.extend(share.into_iter().filter(|s| !h.others.contains(s)).collect::<Vec<_>>());
        self.count("reflection")
    }

    /// A desk says of a hint that it is so; the word that gave the hint is quoted only to those who read where it stands.
    async fn hint_said(&mut self, h: &mut History) -> bool {
        let Some((_, case, who)) = self.somebody_of_a_case(h) else { return false };
        let first = self.oracle.facts.len();
        let marks = self.marks(h, who, &case.household);
        let body = format!("ごみがたまっている {}", self.mark(Kind::Text, who, None, &marks));
        let day = self.today().to_string();
        let mut fields = vec![("form", "visit"), ("occurred", day.as_str()), ("body", body.as_str())];
        fields.extend(ticked("body_cat", marks.cats));
        fields.extend(marks.about.iter().flatten().map(|p| ("body_about", p.as_str())));
        let at = format!("/cases/{}", case.id);
        self.get(who, &format!("{at}/entries")).await.is(200);
        self.must(who, &format!("{at}/entries"), &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        self.hinting.insert(first);
        if self.chance.one_in(2) {
            self.get(who, &at).await.is(200);
            self.must(who, &format!("{at}/themes"), &[("theme", "rubbish"), ("said", "confirmed")]).await;
        }
        let v = self.chance.pick(&super::oracle::VIEWERS).unwrap();
        self.get(v.login, &at).await;
        self.count("hint said")
    }

    /// What a page quotes as the word that gave a hint must stand in a text that its viewer may read.
    pub fn quotes_only_what_is_read(&self, who: &'static str, path: &str, body: &str) {
        let Some(case) = path.strip_prefix("/cases/").and_then(|rest| rest.get(..36)) else { return };
        if !body.contains("「ごみがたま」") {
            return;
        }
        let home = self.case_homes.get(case);
        let read = self.hinting.iter().any(|n| {
            home.is_some_and(|home| self.oracle.facts[*n].household.as_ref() == Some(home))
                && self.oracle.why(viewer(who), *n).is_some()
        });
        assert!(read, "LEAK {}: {who} is told on {path} which word gave the hint", self.place);
    }

    /// Somebody hands over work: words for whoever comes. In the end they stay, or a colleague took it up.
    async fn hand_over(&mut self, h: &mut History) -> bool {
        let (who, colleague) = ("kinoshita", "oda");
        let own: Vec<Case> = h.cases.iter().filter(|c| c.accountable == "shakyo").cloned().collect();
        let Some(case) = self.chance.pick(&own) else { return false };
        let out = |login| self.oracle.kept_out(login, Some(&case.household));
        if out(who) {
            return false;
        }
        let page = self.get(who, "/handovers").await;
        let whose = format!("{}.{}", self.app.town.desk("shakyo"), self.app.town.user(who));
        if !page.body.contains(&whose) {
            return false;
        }
        let last = self.today().plus_days(30).to_string();
        let pack = self.must(who, "/handovers", &[("whose", &whose), ("last", &last)]).await;
        let at = format!("{pack}/cases/{}", case.id);
        let first = self.oracle.facts.len();
        let mut said = 0;
        // Twice, sometimes: the second words stand in the place of the first.
        for _ in 0..=self.chance.below(2) {
            if self.get(who, &at).await.status != 200 {
                break;
            }
            let n = self.oracle.facts.len();
            let marks = self.marks(h, who, &case.household);
            let words = format!("つぎの人へ {}", self.mark(Kind::Text, who, None, &marks));
            let to = self.app.town.user(colleague).to_string();
            let mut fields = vec![("words", words.as_str())];
            if !self.oracle.kept_out(colleague, Some(&case.household)) {
                fields.push(("to", to.as_str()));
            }
            fields.extend(ticked("words_cat", marks.cats));
            fields.extend(marks.about.iter().flatten().map(|p| ("words_about", p.as_str())));
            self.must(who, &at, &fields).await;
            self.recorded().await;
            if n > first {
                self.oracle.facts[first].later = Some(n);
                h.texts.retain(|t| t.first != first);
            }
            self.texts(h, n, Some(&case.id));
            said += 1;
        }
        for login in [colleague, "imai", "sano", self.chance.pick(&super::oracle::VIEWERS).unwrap().login] {
            for page in [&pack, &format!("{pack}/print"), &at] {
                self.get(login, page).await;
            }
        }
        let page = self.get(colleague, &pack).await;
        if said > 0 && self.chance.one_in(2) && page.body.contains(&format!("{at}/received")) {
            self.must(colleague, &format!("{at}/received"), &[]).await;
        }
        let page = self.get(who, &pack).await;
        if page.body.contains(&format!("{pack}/withdraw")) {
            self.must(who, &format!("{pack}/withdraw"), &[]).await;
        }
        h.others.extend([pack.clone(), format!("{pack}/print"), at]);
        if said == 0 {
            return self.count("nothing to hand over");
        }
        self.count("hand over")
    }
}
