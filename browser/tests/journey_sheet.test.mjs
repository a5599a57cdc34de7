// つなぐシート on a phone: somebody who is no caseworker notices, writes with the person, and hears
// what became of it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  choose,
  expectGoodPage,
  follow,
  launchBrowser,
  open,
  openPage,
  phone,
  press,
  sees,
  seesNot,
  signIn,
  somebody,
  theProgram,
} from '../lib.mjs';

describe('a connecting sheet', () => {
  let program;
  let browser;
  let liaison;
  let coordinator;
  const person = somebody('引地');
  const words = `夜ひとりで弟の世話をしている。${person.given}`;
  let sheet;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    liaison = await openPage(browser, program.url, { viewport: phone });
    coordinator = await openPage(browser, program.url);
    await signIn(liaison, 'wakabayashi');
    await signIn(coordinator, 'hase');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('is one page on the phone, consent first', async () => {
    await expectGoodPage(liaison, 'sheet-today');
    await open(liaison, '/sheets/new');
    await expectGoodPage(liaison, 'sheet-new');
    await choose(liaison, 'knows', 'yes');
    await liaison.fill('#words', words);
    await choose(liaison, 'topics', 'child_rearing');
    await liaison.fill('#name', person.name);
    await liaison.locator('input[name=consent_form]').first().check();
    await expectGoodPage(liaison, 'sheet-filled');
    await press(liaison, '送る');
    sheet = new URL(liaison.url()).pathname;
    assert.match(sheet, /^\/sheets\/[0-9a-f-]{36}$/);
    await sees(liaison, words, '受けとるのを待っています');
    await expectGoodPage(liaison, 'sheet-sent');
  });

  it('without consent, neither name nor words leave the phone', async () => {
    await open(liaison, '/sheets/new');
    await choose(liaison, 'knows', 'not_yet');
    assert.equal(await liaison.locator('#name').isVisible(), false);
    await choose(liaison, 'topics', 'child_rearing');
    await press(liaison, '送る');
    await sees(liaison, '名前のない知らせ');
    await expectGoodPage(liaison, 'sheet-notice');
  });

  it('the coordinator takes it up as a consultation', async () => {
    await open(coordinator, '/sheets');
    await sees(coordinator, person.name);
    await expectGoodPage(coordinator, 'sheet-inbox');
    await open(coordinator, sheet);
    await sees(coordinator, words);
    await expectGoodPage(coordinator, 'sheet-arrived');
    await press(coordinator, '受けとる');
    assert.match(new URL(coordinator.url()).pathname, /^\/consultations\//);
    await sees(coordinator, words);
    await expectGoodPage(coordinator, 'sheet-consultation');
  });

  it('feedback is owed, and given', async () => {
    await open(coordinator, '/feedback');
    const owed = coordinator.locator('main .task', { hasText: '辻堂児童館' });
    await expectGoodPage(coordinator, 'sheet-owed');
    // The newest is owed last: it has the latest date.
    await follow(coordinator, () => owed.last().locator('.what a').click());
    await expectGoodPage(coordinator, 'sheet-give');
    await coordinator.locator('input[name=outcome]').first().check();
    await follow(coordinator, () => coordinator.locator('form[action^="/feedback/"] button.btn').first().click());
  });

  it('the liaison reads what became of it', async () => {
    await open(liaison, '/feedback');
    await expectGoodPage(liaison, 'sheet-feedback');
    await open(liaison, sheet);
    await sees(liaison, '支援が始まりました');
    await expectGoodPage(liaison, 'sheet-became');
    // Nobody of the consultation's own records is on the liaison's pages.
    await open(liaison, '/consultations', 403).catch(() => open(liaison, '/consultations', 404));
    await seesNot(liaison, person.name);
  });
});
