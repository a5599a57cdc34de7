// Without a mouse: write a consultation, decide, and answer a referral.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  expectGoodPage,
  expectVisibleFocus,
  follow,
  launchBrowser,
  open,
  openPage,
  pressByKeyboard,
  sees,
  signIn,
  somebody,
  tabTo,
  theProgram,
  typeByKeyboard,
} from '../lib.mjs';

describe('by keyboard alone', () => {
  let program;
  let browser;
  let page;
  const person = somebody('目久尻');

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url);
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('one signs in and jumps over the menu', async () => {
    await page.goto('/');
    await pressByKeyboard(page, 'form[data-demo-account=kinoshita] button');
    await page.keyboard.press('Tab');
    await expectVisibleFocus(page);
    await page.keyboard.press('Enter');
    await tabTo(page, 'main a', { most: 1 });
    await expectVisibleFocus(page);
  });

  it('a consultation is written', async () => {
    await pressByKeyboard(page, 'a[href="/consultations/new"]', { back: true });
    await typeByKeyboard(page, '#words', `眠れない日が続いている。${person.given}`);
    await expectVisibleFocus(page);
    await tabTo(page, 'input[name=urgency]');
    await expectVisibleFocus(page);
    await page.keyboard.press('ArrowUp');
    await tabTo(page, 'input[name=topics][value=illness_disability]');
    await page.keyboard.press('Space');
    await typeByKeyboard(page, '#name', person.name);
    await expectVisibleFocus(page);
    await pressByKeyboard(page, '.dock button:not([formaction])');
    if (await page.locator('button[name=pick][value=new]').count()) await pressByKeyboard(page, 'button[name=pick][value=new]');
    await sees(page, person.name, '数日のうちに動きたい');
  });

  it('and decided on', async () => {
    await tabTo(page, 'input[name=disposition]');
    await expectVisibleFocus(page);
    await page.keyboard.press('Space');
    await typeByKeyboard(page, '#told', '夜の電話相談の番号を伝えた');
    await pressByKeyboard(page, '.dock button');
    await sees(page, '答えて終わった');
    await expectGoodPage(page, 'keyboard-answered');
  });

  it('a referral is answered', async () => {
    await open(page, '/referrals');
    await pressByKeyboard(page, 'main tbody a');
    await tabTo(page, '#step-refuse select[name=reason]');
    await expectVisibleFocus(page);
    // A list is opened and moved in with the arrows.
    await page.keyboard.press('ArrowDown');
    assert.notEqual(await page.locator('#step-refuse select[name=reason]').inputValue(), '');
    await tabTo(page, '#step-refuse button');
    await expectVisibleFocus(page);
    await follow(page, () => page.keyboard.press('Enter'));
    await sees(page, '受入不可');
    await expectGoodPage(page, 'keyboard-refused');
  });

  it('open panels close by Escape, and the focus stays', async () => {
    await tabTo(page, '.me summary');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.me[open]').count(), 1);
    await tabTo(page, '.me .panel a', { most: 2 });
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.me[open]').count(), 0);
    await expectVisibleFocus(page);
  });
});
