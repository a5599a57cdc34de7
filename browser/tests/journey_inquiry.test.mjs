// 照会: a question with its ground, a refusal that says why, and one button to the conference.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  changeSeat,
  choose,
  expectGoodPage,
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
    await page.selectOption('#article', 'pipa_69_2_3');
    await page.fill('#questions', `${question}\nいつからですか`);
    await expectGoodPage(page, 'inquiry-form');
  });

  it('the ready wording is read over before it leaves', async () => {
    await press(page, '照会を送る');
    await sees(page, '文案を入れました');
    assert.match(await page.inputValue('#lead'), /見立てるにあたり[^]*第69条第2項第3号/);
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
