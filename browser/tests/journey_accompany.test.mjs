// A household is accompanied: nobody has consented; a confidential conference, the consent, a conference with consent, a plan in force,
// homework, monitoring, a second plan, the end, the follow-up after it, and what those who sat there are told. Everybody
// does their part on their own screen, the member of the outreach desk on a phone, one answer by keyboard alone.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  choose,
  engines,
  expectGoodPage,
  expectVisibleFocus,
  follow,
  launchBrowser,
  open,
  openPage,
  phone,
  press,
  pressByKeyboard,
  receive,
  sees,
  seesNot,
  signIn,
  somebody,
  tabTo,
  theProgram,
} from '../lib.mjs';

/** A day in Japan, so many days from today. */
const day = (ahead = 0) => new Date(Date.now() + (9 + 24 * ahead) * 3_600_000).toISOString().slice(0, 10);
const id = (address) => address.split('/').at(-1);
const here = (page) => new URL(page.url()).pathname;

/** Presses the first button of the form that goes to this address. */
const send = (page, action, within = 'main') =>
  follow(page, () => page.locator(`${within} form[action$="${action}"]`).first().getByRole('button').first().click());

/** Opens what is folded around a field. */
async function unfold(page, selector) {
  const folds = await page.locator(`details:has(${selector})`).all();
  for (const fold of folds) if (!(await fold.evaluate((each) => each.open))) await fold.locator('summary').first().click();
}

/** Turns the pages of a list until what is looked for stands there. */
async function turnTo(page, row) {
  while ((await row().count()) === 0) await follow(page, () => page.locator('nav.pages a[rel=next]').click());
}

/** Chooses an option by a part of its words. */
async function pick(page, selector, words) {
  const option = page.locator(`${selector} option`, { hasText: words }).first();
  await page.selectOption(selector, await option.getAttribute('value'));
}

function accompany(engine) {
  const person = somebody('境川');
  const worry = `半年のあいだ外に出ていない。家の前に手紙がたまっている。${person.given}`;
  const question = `だれが会えていますか ${person.given}`;
  const secret = `病気のことは家族もまだ知らない ${person.given}`;
  const told = `手紙のほうが受けとってもらえる ${person.given}`;
  const task = `訪ねる日を手紙で知らせる ${person.given}`;
  const goal = `月に一度は図書館に行きたい ${person.given}`;
  const newer = `居場所に週に一度通う ${person.given}`;
  const bodyName = `重層的支援会議（${Date.now() % 1_000_000}）`;
  const [municipal, outreach] = ['障がい者支援課', 'バックアップふじさわ社協（アウトリーチ）'];
  let program;
  let browser;
  /** The case worker of the municipality, the coordinator, whoever keeps the meetings, a member on a phone, and somebody else. */
  let worker;
  let hub;
  let office;
  let member;
  let outsider;
  let body;
  let case_;
  let number;
  let matter;
  let referral;
  let plan;
  const sessions = [];

  /** Each step goes on from the one before: when one fails, the others say so at once. */
  let broken = false;
  const step = (name, run) =>
    it(name, async () => {
      assert.ok(!broken, 'an earlier step has failed');
      broken = true;
      await run();
      broken = false;
    });

  const good = (page, name) => expectGoodPage(page, `accompany-${name}`);

  before(async () => {
    [program, browser] = await Promise.all([theProgram(engine), launchBrowser()]);
    const people = { koizumi: {}, hase: {}, higuchi: {}, kinoshita: { viewport: phone }, aoki: {} };
    const pages = [];
    for (const [login, options] of Object.entries(people)) {
      const page = await openPage(browser, program.url, options);
      await signIn(page, login);
      pages.push(page);
    }
    [worker, hub, office, member, outsider] = pages;
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  /** A session of the body, today, `n` minutes after midnight. */
  async function session(after) {
    await open(office, body);
    if (after) {
      await open(office, after);
      await follow(office, () => office.locator('main').getByRole('link', { name: '次回を決める' }).first().click());
    } else {
      await press(office, '回を決める', { role: 'link' });
    }
    const n = sessions.length;
    await office.fill('#title', `第${n + 1}回 ${bodyName}`);
    await office.fill('#on', day());
    await office.fill('#starts', `0:0${n}`);
    await office.fill('#ends', `0:0${n + 1}`);
    await office.fill('#place', '本庁舎7階 会議室1');
    await office.fill('#answer_by', day());
    if (n === 0) await good(office, 'session-new');
    await press(office, '保存する');
    const at = here(office);
    assert.match(at, /^\/sessions\/[0-9a-f-]{36}$/, await office.locator('main').innerText());
    sessions.push(at);
    return at;
  }

  /** The coordinator brings the matter before the body; whoever keeps it places the item and calls everybody. */
  async function bring(at, position, name) {
    await open(hub, matter);
    await press(hub, '会議にかける', { role: 'link' });
    await choose(hub, 'meeting', `${id(body)}:${position}`);
    if (position === 'support_conference') {
      await hub.selectOption('#initiator', '');
      await press(hub, '会議にかける');
      await sees(hub, '主導する窓口を選んでください');
      await good(hub, 'propose-nobody-leads');
      await pick(hub, '#initiator', municipal);
    }
    if (name === 'consent') {
      await hub.locator('input[name=escalation]').first().check();
      await hub.selectOption('#decided_by', { index: 1 });
      await hub.fill('#decided_on', day());
    }
    await unfold(hub, 'input[name=sections]');
    await hub.locator('#sections label', { hasText: outreach }).first().click();
    if (name) await good(hub, `propose-${name}`);
    await press(hub, '会議にかける');
    assert.match(here(hub), /^\/sessions\/items\//, await hub.locator('main').innerText());
    if (name) await good(hub, `item-${name}`);
    await open(office, at);
    await follow(office, () => office.locator('main form[action$="/place"] button').last().click());
    if (name) await good(office, `agenda-${name}`);
    await press(office, '招集する');
    await sees(office, '返事なし', '必須');
    await seesNot(office, person.name, person.given, number);
    if (name) await good(office, `invited-${name}`);
  }

  /** Everybody is there, and the item's turn has come. */
  async function begin(at, name) {
    await open(office, `${at}/room`);
    for (const seat of await office.locator('#attendance select').all()) await seat.selectOption('room');
    await office.locator('#attendance [data-save-state][data-state=saved]').waitFor();
    if (name) await good(office, `room-${name}`);
    await send(office, '/begin');
    await sees(office, '話し合い中');
  }

  async function finish(at, name) {
    await open(office, `${at}/room`);
    await send(office, '/conclude');
    await send(office, '/hold');
    await open(office, at);
    await sees(office, '終わった');
    if (name) await good(office, `held-${name}`);
  }

  /** The coordinator writes down what was decided of the item; its address. */
  async function decide(timing, fields, name) {
    await open(hub, `${sessions.at(-1)}/room`);
    await follow(hub, () => hub.locator('main').getByRole('link', { name: /決まったことを書く/ }).first().click());
    await hub.selectOption('#programme', 'multi_agency');
    await hub.fill('#on', day());
    await choose(hub, 'timing', timing);
    for (const [field, value] of Object.entries(fields)) {
      if (field === 'follow_up') await choose(hub, field, value);
      else await hub.fill(`#${field}`, value);
    }
    for (const box of await hub.locator('input[name=words_cat]').all()) {
      if (['plan', 'support'].includes(await box.getAttribute('value'))) await box.check();
    }
    await good(hub, `decide-${name}`);
    await press(hub, '決定として残す');
    assert.match(here(hub), /^\/decisions\/[0-9a-f-]{36}$/, await hub.locator('main').innerText());
    await good(hub, `decision-${name}`);
    return id(here(hub));
  }

  step('whoever keeps the meetings founds the body', async () => {
    await good(office, 'office-today');
    await open(office, '/bodies');
    await press(office, '会議体をつくる', { role: 'link' });
    await office.fill('#name', bodyName);
    await choose(office, 'form', 'guideline');
    const desk = office.locator('#desk option').nth(1);
    await office.selectOption('#desk', await desk.getAttribute('value'));
    for (const position of ['integrated', 'support_conference']) await choose(office, 'positions', position);
    await office.selectOption('#rhythm', 'monthly');
    await office.fill('#from', day(-200));
    await good(office, 'body-new');
    await press(office, '保存する');
    body = here(office);
    assert.match(body, /^\/bodies\/[0-9a-f-]{36}$/, await office.locator('main').innerText());
    await good(office, 'body');
  });

  step('a case begins, and nobody has consented', async () => {
    await open(worker, '/consultations/new');
    await worker.fill('#words', worry);
    await worker.fill('#name', person.name);
    await choose(worker, 'topics', 'illness_disability');
    await receive(worker);
    await choose(worker, 'disposition', 'own_support');
    await worker.fill('#promise', '手紙を入れて、次の訪問を約束する');
    await worker.fill('#due', day(7));
    await press(worker, 'これで決める');
    case_ = here(worker);
    assert.match(case_, /^\/cases\/[0-9a-f-]{36}$/, await worker.locator('main').innerText());
    number = (await worker.locator('.crumb li').last().innerText()).trim();
    await good(worker, 'case');
  });

  step('it cannot come before a conference that rests on consent, and the page says where to', async () => {
    await press(worker, '会議にかける', { role: 'link' });
    // The page says so before anything is chosen, and what is missing; where a conference needs no consent, it says who opens it.
    await sees(worker, '同意がありません', bodyName);
    const consents = await worker.locator(`main input[name=meeting][value="${id(body)}:integrated"]`).count();
    assert.equal(consents, 0, 'a conference that needs a consent cannot be chosen without one');
    await sees(worker, '守秘の義務を定めた会議');
    await good(worker, 'propose-no-consent');
    await open(worker, '/consents/missing');
    await turnTo(worker, () => worker.locator('main tbody tr', { hasText: number }));
    await good(worker, 'missing');
  });

  step('the coordinator finds it among those without consent and opens a matter', async () => {
    await open(hub, '/watch/no-consent');
    await pick(hub, '#desk', municipal);
    await follow(hub, () => hub.locator('form.filter button').click());
    const row = () => hub.locator('main tbody tr', { hasText: number });
    await turnTo(hub, row);
    await seesNot(hub, person.name, person.given);
    await good(hub, 'no-consent');
    await follow(hub, () => row().locator('a[href*="/matters/new"]').click());
    await choose(hub, 'position', 'support_conference');
    await pick(hub, '#lead', municipal);
    await hub.fill('#question', question);
    await good(hub, 'matter-new');
    await press(hub, 'ひらく');
    matter = here(hub);
    assert.match(matter, /^\/matters\/[0-9a-f-]{36}$/, await hub.locator('main').innerText());
  });

  step('the pledge comes first, for each member', async () => {
    await sees(hub, '秘密を守る誓約');
    await seesNot(hub, question);
    await press(hub, '読みました。守ります');
    await sees(hub, question);
    for (const [desk, name] of [[municipal, '小泉'], [outreach, '木下']]) {
      await open(hub, `${matter}/office`);
      await pick(hub, '#desk', desk);
      await press(hub, 'この窓口の人を見る');
      await hub.locator('#appointment label', { hasText: name }).first().click();
      await press(hub, '加える');
    }
    await good(hub, 'matter-office');
    for (const page of [worker, member]) {
      await open(page, matter);
      await sees(page, '秘密を守る誓約');
      await seesNot(page, question, number, person.name);
      await good(page, page === member ? 'pledge-phone' : 'pledge');
      await press(page, '読みました。守ります');
      await sees(page, question);
    }
  });

  step('what the own desk wrote is laid down there, and leaves it by no way', async () => {
    await open(worker, matter);
    await press(worker, '記録を出す', { role: 'link' });
    await good(worker, 'release');
    await send(worker, '/release-person');
    await open(worker, matter);
    await sees(worker, person.name);
    await open(member, matter);
    await sees(member, person.name, question);
    await member.fill('#words', secret);
    await press(member, '書きとめる');
    await sees(member, secret);
    await good(member, 'matter-phone');
    for (const page of [worker, hub, member]) {
      await open(page, matter);
      const out = await page.locator('main a[download], main a[href*="print"], main a[href*="as="], main [data-print]').count();
      assert.equal(out, 0, 'a confidential matter offers no paper and no file');
      for (const way of ['/print', '?as=pdf', '?as=xlsx', '.csv']) {
        const answer = await page.request.get(new URL(matter + way, page.url()).href);
        const type = answer.headers()['content-type'] ?? '';
        assert.ok(answer.status() === 404 || type.startsWith('text/html'), `${matter}${way} is ${answer.status()} ${type}`);
      }
    }
    for (const address of [`${case_}/print`, `${case_}/entries`, `${case_}/timeline?print=1`]) {
      await open(worker, address);
      await seesNot(worker, question, secret);
    }
    await open(outsider, matter, 404);
    await open(office, matter, 404);
  });

  step('it comes before a session, with a desk that goes first', async () => {
    await bring(await session(), 'support_conference', 'confidential');
    await open(outsider, sessions[0], 404);
  });

  step('who is invited answers: on a phone', async () => {
    await open(member, '/sessions');
    await sees(member, '返事がまだ');
    await good(member, 'sessions-phone');
    await follow(member, () => member.locator('main tbody a', { hasText: bodyName }).first().click());
    await good(member, 'invitation-phone');
    await choose(member, 'reply', 'attends');
    await press(member, '返事を送る');
    await open(member, sessions[0]);
    await sees(member, `ケース ${number}`, '主導する窓口');
    await good(member, 'session-phone');
  });

  step('and by keyboard alone, from the work of today', async () => {
    await open(worker, '/sessions');
    await worker.locator('main tbody a', { hasText: bodyName }).first().evaluate((link) => link.setAttribute('data-wanted', ''));
    await pressByKeyboard(worker, 'main a[data-wanted]');
    await tabTo(worker, 'input[name=reply]');
    await expectVisibleFocus(worker);
    // The answers stand in one row of tiles. Nobody comes in another's place to what is talked over in confidence: that is not offered.
    assert.equal(await worker.locator('input[name=reply][value=substitute]').count(), 0);
    while (!(await worker.locator('input[name=reply][value=absent]').isChecked())) await worker.keyboard.press('ArrowDown');
    await expectVisibleFocus(worker);
    while (!(await worker.locator('input[name=reply][value=attends]').isChecked())) await worker.keyboard.press('ArrowUp');
    await pressByKeyboard(worker, 'main form[action^="/sessions/invitations/"] .btns button');
    // Their desk is called for the municipality beside themselves as a member: the list leads on to what still waits for an answer.
    const row = worker.locator('main tbody tr', { hasText: bodyName }).first();
    await open(worker, '/sessions');
    for (let left = 2; left > 0 && (await row.innerText()).includes('返事がまだ'); left -= 1) {
      await follow(worker, () => row.getByRole('link').first().click());
      await choose(worker, 'reply', 'attends');
      await press(worker, '返事を送る');
      await open(worker, '/sessions');
    }
    await sees(worker, '出席');
    await seesNot(worker, '返事がまだ');
    await good(worker, 'answered-by-keyboard');
  });

  step('in the room, what is typed is kept and seen by members alone', async () => {
    const at = sessions[0];
    await begin(at, 'confidential');
    await seesNot(office, question, number);
    await open(hub, `${at}/room`);
    const notes = hub.locator('section form[data-autosave] textarea').first();
    await notes.fill(`○いま会えている機関はありますか。\n→玄関先で二度会えている。\n・${told}（持ち帰り可）\n・${secret}\n⇒月に二度、同じ人が訪ねる`);
    await hub.locator('section form[data-autosave] [data-save-state][data-state=saved]').first().waitFor();
    const form = hub.locator('form[action$="/homework"]').first();
    await form.locator('input[name=what]').fill(task);
    const taker = form.locator('select[name=who] option', { hasText: '木下' }).first();
    await form.locator('select[name=who]').selectOption(await taker.getAttribute('value'));
    await form.locator('input[name=by_next]').check();
    await follow(hub, () => form.getByRole('button').click());
    await sees(hub, task);
    await good(hub, 'room-hub');
    await open(member, `${at}/room/view`);
    await sees(member, told, '月に二度、同じ人が訪ねる', task);
    await good(member, 'room-view-phone');
    await open(office, `${at}/room`);
    await seesNot(office, told, secret, task);
    await finish(at, 'confidential');
  });

  step('the minutes say what may be taken back', async () => {
    const at = `${sessions[0]}/minutes`;
    await open(hub, at);
    await sees(hub, told, secret, '持ち帰り可');
    await good(hub, 'minutes-draft');
    await hub.fill('#until', day(3));
    await press(hub, '確認に回す');
    await open(member, at);
    await sees(member, told, '持ち帰り可', '構成員だけが読めます');
    await good(member, 'minutes-phone');
    await open(office, at);
    await sees(office, 'この議題の中身は、構成員だけが読めます');
    await seesNot(office, told, secret);
    await office.selectOption('#how', 'members');
    await office.fill('#on', day());
    // Approved at once: the page says what is missing, and whoever approves says that they know.
    const sure = office.getByLabel('それでも、いま承認を書きとめる');
    if (await sure.count()) await sure.check();
    await press(office, '承認済みにする');
    await good(office, 'minutes-office');
    await open(member, `${at}/print`);
    await seesNot(member, told, secret);
    await open(hub, `${sessions[0]}/materials`);
    await good(hub, 'materials');
    await open(office, `${sessions[0]}/circulation`);
    await choose(office, 'what', 'minutes');
    await office.fill('#due', day(10));
    for (const box of await office.locator('input[name=desks]').all()) await box.check();
    await good(office, 'circulation-new');
    await press(office, '回す');
    await good(office, 'circulation');
  });

  step('the person consents, and the consent is written down', async () => {
    await open(worker, case_);
    await press(worker, '同意と共有', { role: 'link' });
    await follow(worker, () => worker.locator(`main a[href="${case_}/consents/new"]`).first().click());
    await worker.locator('#person input').first().check();
    for (const desk of [outreach, 'バックアップふじさわ社協（多機関協働）']) {
      const group = worker.locator('#to_desk details').filter({ hasText: desk }).first();
      if (!(await group.evaluate((each) => each.open))) await group.locator('summary').first().click();
      await group.locator('label', { hasText: desk }).first().click();
    }
    for (const box of await worker.locator('#share_cat input').all()) await box.check();
    for (const purpose of ['support', 'conference']) await choose(worker, 'purpose', purpose);
    await choose(worker, 'given_by', 'self');
    await choose(worker, 'form', 'signed');
    await good(worker, 'consent-new');
    await press(worker, '同意を書きとめる');
    // Whoever has agreed to tell one of these desks already: this one is meant beside it.
    if (await worker.locator('#again').count()) {
      await worker.locator('#again').check();
      await press(worker, '同意を書きとめる');
    }
    assert.match(here(worker), /\/consents\/[0-9a-f-]{36}$/, await worker.locator('main').innerText());
    await good(worker, 'consent');
  });

  step('the outreach desk joins on the ground of that consent', async () => {
    await open(worker, case_);
    await press(worker, 'つなぐ', { role: 'link' });
    await choose(worker, 'kind', 'join');
    await pick(worker, '#to', outreach);
    await worker.locator('input[name=person]').first().check();
    await worker.selectOption('#need', { index: 1 });
    await worker.fill('#trouble', '家から出られない。手紙なら受けとってもらえる');
    await worker.fill('#wish', '昼まで寝ていたくない');
    await unfold(worker, 'input[name=summary_cat]');
    await choose(worker, 'summary_cat', 'support');
    await choose(worker, 'basis', 'existing');
    for (const box of await worker.locator('input[name=share_cat]').all()) if ((await box.getAttribute('value')) !== 'informant') await box.check();
    await good(worker, 'refer');
    await press(worker, '送る');
    referral = here(worker);
    assert.match(referral, /^\/referrals\/[0-9a-f-]{36}$/, await worker.locator('main').innerText());
    await open(member, referral);
    await follow(member, () => member.locator('#step-accept').getByRole('button', { name: '引き受ける' }).click());
    await open(member, case_);
    await sees(member, number);
    await good(member, 'case-phone');
  });

  step('the matter goes on as a conference with consent, under the same number', async () => {
    await open(hub, `${matter}/office`);
    await choose(hub, 'position', 'integrated');
    await press(hub, '移る');
    matter = here(hub).replace(/\/office$/, '');
    await sees(hub, number);
    await open(hub, matter);
    await sees(hub, '同意による会議', number);
    await seesNot(hub, secret, question);
    await good(hub, 'matter-consent');
  });

  step('a plan is written with the person, and waits for its decision', async () => {
    await open(worker, case_);
    await press(worker, 'プラン', { role: 'link' });
    await good(worker, 'plans-none');
    await press(worker, '多機関協働のプランを書く', { role: 'link' });
    await worker.fill('#words', '昼まで寝ていたくない');
    await worker.fill('#direction', 'お金の心配を減らし、外とつながる場所をふやす');
    await worker.fill('#long_1', goal);
    await worker.fill('#short_1', '手紙で訪問の日を決める');
    for (const box of await worker.locator('input[name=goals_cat]').all()) {
      if ((await box.getAttribute('value')) === 'plan') await box.check();
    }
    await worker.selectOption('#act_1_who', 'self');
    await worker.fill('#act_1_what', '起きたら窓をあける');
    await pick(worker, '#act_2_who', outreach);
    await worker.fill('#act_2_what', '月に二度訪ねる');
    await worker.fill('#act_2_due', day(30));
    await good(worker, 'plan-new');
    await press(worker, '下書きとして残す');
    plan = here(worker);
    assert.match(plan, /^\/plans\/[0-9a-f-]{36}$/, await worker.locator('main').innerText());
    await good(worker, 'plan-draft');
    await propose();
    await sees(worker, '「プラン策定」の決定が、まだありません');
    await good(worker, 'plan-proposed');
    await open(worker, `${plan}/print`);
    await sees(worker, '利用申込み', goal);
  });

  async function propose() {
    await worker.fill('#signed_on', day());
    await worker.selectOption('#signed_how', 'paper');
    await press(worker, '会議にはかる案にする');
  }

  async function force(decision) {
    await open(worker, plan);
    await worker.selectOption('#decision', decision);
    await press(worker, 'この決定でプランを動かす');
    await sees(worker, '動いている');
  }

  step('homework stands on the next agenda, and is handed in', async () => {
    await bring(await session(sessions[0]), 'integrated', 'consent');
    await open(member, sessions[1]);
    await sees(member, '前の回からの宿題', task);
    await good(member, 'homework-on-agenda-phone');
    await follow(member, () => member.locator('main a', { hasText: task }).first().click());
    await good(member, 'homework-phone');
    // The confidential matter it came out of is over: what came of it belongs into the conference that goes on.
    await press(member, 'すみました');
    await open(hub, sessions[1]);
    await sees(hub, task, 'すんだ');
  });

  step('the conference with consent decides the plan, everybody obliged being there', async () => {
    await begin(sessions[1]);
    const by = await decide('establish', { goals: goal, monitoring: day(60) }, 'establish');
    await finish(sessions[1]);
    await force(by);
    await good(worker, 'plan-in-force');
    await open(member, plan);
    await sees(member, goal);
    await good(member, 'plan-phone');
    await open(outsider, plan, 404);
  });

  step('it is looked at on its day', async () => {
    await open(worker, plan);
    await unfold(worker, '#seen');
    await worker.fill('#seen', '図書館に一度行けた');
    await worker.fill('#next', day(40));
    await press(worker, '書きとめて、次の日を約束する');
    await sees(worker, '図書館に一度行けた');
  });

  step('it is planned anew: evaluated, changed, decided; the new version says what changed', async () => {
    await evaluate('replan');
    await open(worker, `${case_}/plans`);
    await press(worker, '多機関協働のプランを書く', { role: 'link' });
    await worker.fill('#change', '外に出られるようになった');
    await worker.fill('#short_1', newer);
    await good(worker, 'plan-next');
    await press(worker, '下書きとして残す');
    plan = here(worker);
    await propose();
    await bring(await session(sessions[1]), 'integrated');
    await begin(sessions[2]);
    const by = await decide(
      'replan',
      { change: '外に出られるようになった', review: '半分とどいた', new_plan: newer, monitoring: day(90) },
      'replan',
    );
    await finish(sessions[2]);
    await force(by);
    await sees(worker, '第2版', '前の版から変わったこと', newer);
    await good(worker, 'plan-second');
  });

  async function evaluate(outcome, more = async () => {}) {
    await open(worker, plan);
    await press(worker, '評価する', { role: 'link' });
    for (const reached of await worker.locator('input[name^=goal_][value=partly]').all()) await reached.check();
    await worker.fill('#evaluation', '近所の人と話すようになった');
    await choose(worker, 'outcome', outcome);
    await more();
    await good(worker, `evaluate-${outcome}`);
    await press(worker, '評価を残す');
    assert.doesNotMatch(here(worker), /\/evaluate$/, await worker.locator('main').innerText());
  }

  step('it is ended with its decision, and the case closed', async () => {
    await bring(await session(sessions[2]), 'integrated');
    await begin(sessions[3]);
    const end = { achieved: goal, evaluation: '自分から電話をくれる', follow_up: 'needed', follow_up_how: '三か月後に電話する', follow_up_on: day(90) };
    const by = await decide('close', end, 'close');
    await finish(sessions[3]);
    // Whoever joined says what came of it first; then the plan ends, and then the case.
    await open(worker, `${case_}/end`);
    await sees(worker, '先に終えるか取り下げてください');
    await open(member, referral);
    const complete = member.locator('#step-complete');
    await complete.locator('input[name=outcome]').first().check();
    await follow(member, () => complete.getByRole('button', { name: '完了する' }).click());
    await open(worker, `${case_}/end`);
    await sees(worker, '動いている支援プランが1つ');
    await good(worker, 'case-end-plan-first');
    await evaluate('end', () => worker.selectOption('#close_by', by));
    await good(worker, 'plan-ended');
    await open(worker, `${case_}/end`);
    await choose(worker, 'to', 'closed');
    await worker.selectOption('#reason', 'settled');
    await worker.fill('#words', '落ち着いた');
    await worker.fill('#watch', '民生委員');
    // What ends with the case is listed, and has to be seen.
    await worker.locator('input[name=ends]').check();
    await good(worker, 'case-end');
    await press(worker, '終える');
    await open(worker, case_);
    await sees(worker, '終結');
    await good(worker, 'case-closed');
  });

  step('the follow-up outlives the case, and is done', async () => {
    const later = worker.locator('main .tasks .task a').first();
    await follow(worker, () => later.click());
    await good(worker, 'follow-up');
    await press(worker, '終わった');
  });

  step('whoever sat there sees what became of it', async () => {
    await open(member, '/sessions/after');
    await sees(member, '支援が終わった');
    await good(member, 'after-phone');
    await open(hub, '/sessions/after');
    await sees(hub, `ケース ${number}`, '支援が終わった');
    await good(hub, 'after');
    await open(outsider, '/sessions/after');
    await seesNot(outsider, number, task, newer);
  });
}

for (const engine of Object.keys(engines)) {
  describe(`a household is accompanied from no consent to the follow-up, on ${engine}`, () => accompany(engine));
}
