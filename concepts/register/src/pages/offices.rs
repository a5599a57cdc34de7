//! 窓口・委託, for administrators: what ends soon, every contract with its desks, every desk, and what can be decided about each.
//! What is decided here takes effect on its day by itself (domain section 3).

pub(super) mod agency;
pub(super) mod contract;
pub(super) mod desk;
mod filter;
mod form;
mod merger;
pub(super) mod new;
pub(super) mod split;

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use engine::{Channel, Conn, Fail};
use site::{Answer, Choice, Frame, Req, T, link};
use words::Day;
use words::id::{AgencyId, DeskId, MunicipalityId};

use self::filter::Filter;
use super::{receipt, span_words};
use crate::acts::office::own_ends;
use crate::rules::Span;
use crate::rules::office::{self, Standing};
use crate::sql::find::{self, Contract};
use crate::sql::pages::{self, Holding};
use crate::sql::{self, DeskRow};

/// Something that can be done: where, and the key of its word.
type Do = (String, &'static str);

struct Soon {
    day: String,
    what: String,
    /// Whether somebody has decided what comes then.
    decided: bool,
    then: String,
    acts: Vec<Do>,
}

struct DeskCard {
    name: String,
    href: String,
    programme: String,
    days: String,
    heir: String,
    holds: String,
    acts: Vec<Do>,
}

struct ContractCard {
    title: String,
    contractor: String,
    href: String,
    commissioner: String,
    programmes: String,
    days: String,
    standing: Standing,
    desks: Vec<DeskCard>,
    acts: Vec<Do>,
}

#[derive(Template)]
#[template(path = "offices.html")]
struct OfficesPage {
    frame: Frame,
    /// What is looked for, and what can be.
    q: String,
    filtered: bool,
    programmes: Vec<Choice>,
    standings: Vec<Choice>,
    soon: Vec<Soon>,
    contracts: Vec<ContractCard>,
    past: Vec<ContractCard>,
    desks: Vec<DeskCard>,
}

/// All that the list and its forms show, read once.
struct Register {
    today: Day,
    contracts: Vec<Contract>,
    desks: Vec<DeskRow>,
    /// Names of desks of today.
    names: HashMap<DeskId, String>,
    agencies: HashMap<AgencyId, String>,
    spans: HashMap<AgencyId, Span>,
    holding: HashMap<DeskId, Holding>,
}

impl Register {
    async fn load(conn: &mut Conn<'_>, at: MunicipalityId, today: Day) -> Result<Self, Fail> {
        let mut contracts = find::contract_list(conn, at).await?;
        contracts.retain(|c| !c.span().never());
        let mut desks = sql::desk_list(conn, at).await?;
        desks.retain(|d| !d.own_span().never());
        let ids: Vec<DeskId> = desks.iter().map(|d| d.id).collect();
        let spans = pages::agency_spans(conn, at).await?;
        Ok(Self {
            today,
            names: crate::desk_names(conn, at, ids.iter().copied(), today).await?,
            agencies: pages::agency_names(conn, at, spans.keys().copied(), today).await?,
            holding: pages::holding(conn, at, &ids).await?,
            contracts,
            desks,
            spans,
        })
    }

    fn contract(&self, desk: &DeskRow) -> Option<&Contract> {
        self.contracts.iter().find(|c| Some(c.id) == desk.contract)
    }

    fn followed(&self, contract: &Contract) -> bool {
        self.contracts.iter().any(|c| contract.terms().goes_on_in(&c.terms()))
    }

    fn agency(&self, id: AgencyId) -> String {
        self.agencies.get(&id).cloned().unwrap_or_default()
    }

    fn desk(&self, id: DeskId) -> String {
        self.names.get(&id).cloned().unwrap_or_default()
    }

    /// What a desk holds, in words.
    fn holds(&self, t: &T, desk: DeskId) -> String {
        let held = self.holding.get(&desk).copied().unwrap_or_default();
        if held == Holding::default() {
            return t.s("office.holds_nothing").to_owned();
        }
        let numbers = [("cases", held.cases), ("consultations", held.consultations), ("tasks", held.tasks)];
        t.fs("office.holds", &numbers.map(|(name, n)| (name, n.to_string())))
    }

    fn desk_acts(&self, desk: &DeskRow) -> Vec<Do> {
        let to = |act: &str| format!("{}/desks/{}/{act}", link::OFFICES, desk.id);
        let contract = self.contract(desk);
        let own = desk.own_end.filter(|end| contract.is_none_or(|c| *end < c.last));
        let agency = self.spans.get(&desk.agency).and_then(|s| s.to);
        if desk.span.ended_before(self.today) {
            Vec::new()
        } else if desk.span.from > self.today {
            // With a contract to come it is the contract that is given up.
            let alone = contract.is_none_or(|c| c.from <= self.today);
            if alone { vec![(to("cancel"), "office.cancel")] } else { Vec::new() }
        } else if agency.is_some() && agency == desk.own_end {
            vec![(format!("{}/agencies/{}/keep", link::OFFICES, desk.agency), "office.keep_agency")]
        } else if own.is_some() {
            vec![(to("end"), "office.end_desk_again"), (to("keep"), "office.keep_desk")]
        } else if contract.is_some() {
            Vec::new()
        } else {
            vec![(to("end"), "office.end_desk")]
        }
    }

    fn desk_card(&self, t: &T, desk: &DeskRow) -> DeskCard {
        DeskCard {
            name: self.desk(desk.id),
            href: link::agency(desk.agency),
            programme: t.code("programme", &desk.programme),
            days: span_words(t, desk.span, self.today),
            heir: desk.heir.map_or_else(String::new, |h| t.f("agency.heir", "desk", self.desk(h))),
            holds: self.holds(t, desk.id),
            acts: self.desk_acts(desk),
        }
    }

    fn desks_of(&self, contract: &Contract) -> Vec<&DeskRow> {
        self.desks.iter().filter(|d| d.contract == Some(contract.id)).collect()
    }

    /// Whether its end is entered: every desk under it ends with it.
    fn end_entered(&self, contract: &Contract) -> bool {
        let desks = self.desks_of(contract);
        !desks.is_empty() && desks.iter().all(|d| d.own_end.is_some_and(|end| end <= contract.last))
    }

    fn contract_acts(&self, contract: &Contract) -> Vec<Do> {
        let to = |act: &str| format!("{}/contracts/{}/{act}", link::OFFICES, contract.id);
        let followed = self.followed(contract);
        let ends = own_ends(&self.desks, contract.id);
        let goes_on = office::desk_goes_on(&ends, contract.last, self.today).is_ok();
        let span = contract.span();
        if span.from > self.today {
            return vec![(to("cancel"), "office.cancel")];
        }
        if followed {
            return Vec::new();
        }
        if span.ended_before(self.today) {
            return if goes_on { vec![(to("renew"), "office.renew")] } else { Vec::new() };
        }
        if self.end_entered(contract) {
            return vec![(to("keep"), "office.keep_contract"), (to("end"), "office.end_contract_again")];
        }
        let mut acts = vec![
            (to("renew"), "office.renew"),
            (to("next"), "office.next"),
            (to("end"), "office.end_contract"),
            (to("keep"), "office.longer"),
        ];
        acts.retain(|(_, word)| goes_on || *word != "office.renew");
        acts
    }

    fn contract_card(&self, t: &T, contract: &Contract) -> ContractCard {
        let programmes: Vec<String> = contract.programmes.iter().map(|p| t.code("programme", p)).collect();
        let span = contract.span();
        ContractCard {
            title: contract.title.clone(),
            contractor: self.agency(contract.contractor),
            href: link::agency(contract.contractor),
            commissioner: self.agency(contract.commissioner),
            programmes: t.join(&programmes),
            days: span_words(t, span, self.today),
            standing: office::standing(span, self.today),
            desks: self.desks_of(contract).into_iter().map(|d| self.desk_card(t, d)).collect(),
            acts: self.contract_acts(contract),
        }
    }

    /// Who has the records of these desks afterwards, each once.
    fn heirs(&self, t: &T, desks: &[&DeskRow]) -> String {
        let mut names: Vec<String> = desks.iter().filter_map(|d| d.heir).map(|h| self.desk(h)).collect();
        names.sort_unstable();
        names.dedup();
        t.join(&names)
    }

    /// What ends within [`office::SOON_DAYS`], the first first.
    fn soon(&self, t: &T) -> Vec<Soon> {
        let mut found: Vec<(Day, Soon)> = Vec::new();
        let show = |day: Day| t.day(day, self.today);
        for contract in self.contracts.iter().filter(|c| office::ends_soon(c.span(), self.today)) {
            let (followed, entered) = (self.followed(contract), self.end_entered(contract));
            let heirs = self.heirs(t, &self.desks_of(contract));
            let key = if followed {
                "office.then_renewed"
            } else if entered {
                "office.then_ends"
            } else {
                "office.then_open"
            };
            let named = [("name", self.agency(contract.contractor)), ("title", contract.title.clone())];
            let soon = Soon {
                day: show(contract.last),
                what: t.fs("office.contract_of", &named),
                decided: followed || entered,
                then: t.f(key, "heir", heirs),
                acts: self.contract_acts(contract),
            };
            found.push((contract.last, soon));
        }
        for desk in self.desks.iter().filter(|d| office::ends_soon(d.own_span(), self.today)) {
            let Some(last) = desk.own_end else { continue };
            if self.contract(desk).is_some_and(|c| c.last <= last) {
                continue;
            }
            let soon = Soon {
                day: show(last),
                what: self.desk(desk.id),
                decided: true,
                then: t.f("office.then_ends", "heir", self.heirs(t, &[desk])),
                acts: self.desk_acts(desk),
            };
            found.push((last, soon));
        }
        found.sort_by_key(|(day, _)| *day);
        found.into_iter().map(|(_, soon)| soon).collect()
    }
}

/// `GET /admin/offices?q=&programme=&standing=`
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let frame = req.frame();
    let t = frame.t.clone();
    let filter = Filter::read(req.query());
    let mut look = ctx.look(Channel::List).await?;
    let register = Register::load(&mut look.conn(), at, today).await?;
    let kept = register.contracts.iter().rev().filter(|c| filter.keeps_contract(&register, c));
    let (past, contracts): (Vec<&Contract>, Vec<&Contract>) =
        kept.partition(|c| c.span().ended_before(today));
    let mut direct: Vec<&DeskRow> = register
        .desks
        .iter()
        .filter(|d| register.contract(d).is_none() && filter.keeps_desk(&register, d))
        .collect();
    direct.sort_by_cached_key(|d| register.desk(d.id));
    let [programmes, standings] = filter.choices(&t);
    let page = OfficesPage {
        // Whoever looks for something has seen what waits.
        soon: if filter.is_set() { Vec::new() } else { register.soon(&t) },
        contracts: contracts.into_iter().map(|c| register.contract_card(&t, c)).collect(),
        past: past
            .into_iter()
            .filter(|_| filter.shows_past())
            .map(|c| register.contract_card(&t, c))
            .collect(),
        desks: direct.into_iter().map(|d| register.desk_card(&t, d)).collect(),
        filtered: filter.is_set(),
        q: filter.q,
        programmes,
        standings,
        frame,
    };
    Answer::page(page.render(), receipt())
}
