// 照会: a question with its ground, a refusal that says why, and one button to the conference.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  choose,
  expectGoodPage,
  follow,
  launchBrowser,
  open,
  openPage,
  press,
  sees,
  seesNot,
  signIn,
  theProgram,
} from '../lib.mjs';

describe('a desk asks another', () => {
  let program;
  let browser;
  let page;
  let inquiry;
  const question = `受診していますか-${Date.now()}`;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url);
    await signIn(page, 'kinoshita');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('from a case: about whom, what for, on which ground', async () => {
    await open(page, '/cases?mine=1&state=open');
    const at = await page.locator('main tbody a').first().getAttribute('href');
    await open(page, `${at}/inquiries`);
    await expectGoodPage(page, 'inquiry-case');
    await page.locator('main .head a.btn').click();
    await page.waitForSelector('#inquire');
    const desk = page.locator('#to option', { hasText: '地域共生社会推進室' });
    await page.selectOption('#to', await desk.first().getAttribute('value'));
    await choose(page, 'purpose', 'assessment');
    await choose(page, 'basis', 'law');
    await page.selectOption('#article', 'pipa_69_2_4');
    await page.fill('#questions', `${question}\nいつからですか`);
    await expectGoodPage(page, 'inquiry-form');
  });

  it('the ready wording is read over before it leaves', async () => {
    await press(page, '照会を送る');
    await sees(page, '文案を入れました');
    assert.match(await page.inputValue('#lead'), /見立てるにあたり[^]*第69条第2項第4号/);
    await expectGoodPage(page, 'inquiry-ready');
    await press(page, '照会を送る');
    inquiry = new URL(page.url()).pathname;
    assert.match(inquiry, /^\/inquiries\/[0-9a-f-]{36}$/);
    await sees(page, question, '答えの期限');
    await expectGoodPage(page, 'inquiry-sent');
    await open(page, `${inquiry}/print`);
    await sees(page, '協力依頼書', question, '回答書');
    await expectGoodPage(page, 'inquiry-letter');
  });
});

describe('「個人情報だから」 is no answer', () => {
  let program;
  let browser;
  let asker;
  let asked;
  let inquiry;
  const question = `利用中の支援はありますか-${Date.now()}`;
  const article = '地方税法第22条';

  /** The form of a step, its fold opened when it has one. */
  const step = async (page, name) => {
    const form = page.locator(`form[action$="/${name}"]`);
    const fold = page.locator('main details', { has: form });
    if ((await fold.count()) === 1 && !(await fold.evaluate((each) => each.open))) await fold.locator('summary').first().click();
    return form;
  };

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    asker = await openPage(browser, program.url);
    asked = await openPage(browser, program.url);
    await signIn(asker, 'kinoshita');
    await signIn(asked, 'aoki');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('a centre is asked on the ground of a law', async () => {
    const centre = (await asked.locator('.me summary small').innerText()).trim();
    await open(asker, '/cases?mine=1&state=open');
    const at = await asker.locator('main tbody a').first().getAttribute('href');
    await open(asker, `/inquiries/new?about=${at.split('/').at(-1)}`);
    const desk = asker.locator('#to option', { hasText: centre }).first();
    await asker.selectOption('#to', await desk.getAttribute('value'));
    await choose(asker, 'purpose', 'current_support');
    await choose(asker, 'basis', 'law');
    await asker.selectOption('#article', 'pipa_27_1_2');
    await asker.fill('#questions', question);
    await press(asker, '照会を送る');
    await press(asker, '照会を送る');
    inquiry = new URL(asker.url()).pathname;
    assert.match(inquiry, /^\/inquiries\/[0-9a-f-]{36}$/);
  });

  it('a refusal says why, on which article, and who decided it', async () => {
    await open(asked, '/inquiries');
    await follow(asked, () => asked.locator(`main a[href="${inquiry}"]`).first().click());
    await sees(asked, question);
    let form = await step(asked, 'refuse');
    await sees(asked, '法令は、ここまで許しています');
    await expectGoodPage(asked, 'inquiry-asked-open');
    await form.locator('[name=words]').fill('個人情報だから');
    await follow(asked, () => form.getByRole('button').click());
    await sees(asked, '「個人情報だから」だけでは断れません', 'だれが決めたか');
    await expectGoodPage(asked, 'inquiry-refuse-wrong');
    form = await step(asked, 'refuse');
    assert.equal(await form.locator('[name=words]').inputValue(), '個人情報だから', 'the words are still there');
    await form.locator('[name=words]').fill('');
    await form.locator('[name=reason]').selectOption('forbidden');
    await form.locator('[name=refusal_article]').fill(article);
    await form.locator('[name=decider_name]').fill('石渡 昌子');
    await form.locator('[name=decider_post]').fill('管理者');
    await follow(asked, () => form.getByRole('button').click());
    await sees(asked, '答えられない', article, '管理者');
    await expectGoodPage(asked, 'inquiry-refused');
  });

  it('whoever asked reads it and raises it to the confidential conference', async () => {
    await open(asker, inquiry);
    await sees(asker, '法令で伝えることが禁じられている', article, '管理者 石渡 昌子');
    const form = await step(asker, 'raise');
    await follow(asker, () => form.getByRole('button').click());
    await sees(asker, '支援会議に上げ', question);
    await expectGoodPage(asker, 'inquiry-raised-by-asker');
  });

  it('the coordinator it was raised to sees number, desks and dates, and none of the question', async () => {
    const coordinator = await openPage(browser, program.url);
    await signIn(coordinator, 'hase');
    await open(coordinator, '/inquiries?list=raised');
    await seesNot(coordinator, question);
    // Where there are several coordinators, what was raised goes to one of them.
    const link = coordinator.locator('main tbody a').first();
    const at = await link.getAttribute('href');
    await follow(coordinator, () => link.click());
    await sees(coordinator, '支援会議に上げ', '取り上げました');
    await seesNot(coordinator, question, article);
    await open(coordinator, `${at}/print`, 404);
  });
});
