// The same forms where scripts are switched off: nothing is needed but HTML.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  choose,
  expectNoTrouble,
  follow,
  launchBrowser,
  open,
  openPage,
  press,
  receive,
  sees,
  signIn,
  somebody,
  theProgram,
} from '../lib.mjs';

describe('without JavaScript', () => {
  let program;
  let browser;
  let page;
  const person = somebody('相模');
  const words = `水道が止まりそう。${person.given}`;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url, { javaScriptEnabled: false });
    await signIn(page, 'hayakawa');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('a draft is saved by its button and taken up again', async () => {
    await open(page, '/consultations/new');
    await page.fill('#words', words);
    await press(page, '下書きを保存');
    await open(page, '/drafts');
    await follow(page, () => page.locator('main .what a', { hasText: words.slice(0, 8) }).first().click());
    assert.equal(await page.inputValue('#words'), words);
    expectNoTrouble(page);
  });

  it('it is sent, with the search for the same person between', async () => {
    await page.fill('#name', person.name);
    await choose(page, 'topics', 'tax_utility');
    await receive(page);
    await sees(page, words, person.name);
    expectNoTrouble(page);
  });

  it('fields that scripts would hide say themselves when they are needed', async () => {
    await choose(page, 'disposition', 'own_support');
    await press(page, 'これで決める');
    await sees(page, '次に何をするかを書いてください');
    assert.equal(await page.locator('input[name=disposition][value=own_support]').isChecked(), true, 'the choice is kept');
    await page.fill('#promise', '水道局にいっしょに電話する');
    await page.fill('#due', new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10));
    await press(page, 'これで決める');
    await sees(page, person.name);
    await open(page, '/search');
    await page.fill('main input[name=q]', person.name);
    await press(page, 'さがす');
    await sees(page, person.name);
    assert.equal(new URL(page.url()).search, '', 'no name in the address');
    expectNoTrouble(page);
  });
});
