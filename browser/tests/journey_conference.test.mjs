// 秘密を守る会議: raised, opened, pledged, laid down, closed; and the questions without a name.

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

/** Presses the button of the form that goes to this address. */
const send = (page, action) =>
  follow(page, () => page.locator(`main form[action$="${action}"]`).first().getByRole('button').first().click());

describe('a matter of a confidential conference', () => {
  let program;
  let browser;
  let hub;
  let asker;
  let matter;
  const question = `だれが訪ねますか-${Date.now()}`;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    hub = await openPage(browser, program.url);
    asker = await openPage(browser, program.url);
    await signIn(hub, 'hase');
    await signIn(asker, 'kinoshita');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('is opened from an inquiry that was raised', async () => {
    await open(hub, '/inquiries?list=raised');
    await follow(hub, () => hub.locator('main tbody a').first().click());
    await follow(hub, () => hub.getByRole('link', { name: '事案をひらく' }).click());
    await expectGoodPage(hub, 'matter-new');
    await press(hub, 'ひらく');
    await expectGoodPage(hub, 'matter-new-wrong');
    await choose(hub, 'position', 'support_conference');
    await hub.selectOption('#lead', { index: 1 });
    await hub.fill('#question', question);
    await press(hub, 'ひらく');
    matter = new URL(hub.url()).pathname;
    assert.match(matter, /^\/matters\/[0-9a-f-]{36}$/);
  });

  it('shows nothing but the words of the pledge before the pledge', async () => {
    await sees(hub, '秘密を守る誓約', '正当な理由なく');
    await seesNot(hub, question);
    await expectGoodPage(hub, 'matter-pledge');
    await press(hub, '読みました。守ります');
    await sees(hub, question, '秘密を守る会議の構成員');
    await expectGoodPage(hub, 'matter');
  });

  it('is run by its secretariat, and is nobody else’s', async () => {
    await open(asker, '/matters');
    await open(hub, `${matter}/office`);
    await expectGoodPage(hub, 'matter-office');
    const desk = hub.locator('#desk option', { hasText: 'バックアップふじさわ社協' }).first();
    await hub.selectOption('#desk', await desk.getAttribute('value'));
    await press(hub, 'この窓口の人を見る');
    await hub.locator('label', { hasText: '木下' }).first().click();
    await press(hub, '加える');
    await sees(hub, '木下', '誓約がまだ');
    await expectGoodPage(hub, 'matter-office-joined');
    const nobody = await openPage(browser, program.url);
    await signIn(nobody, 'aoki');
    await open(nobody, matter, 404);
  });

  it('is read by a new member after their own pledge', async () => {
    await open(asker, '/matters');
    await sees(asker, '誓約がまだ');
    await open(asker, matter);
    await seesNot(asker, question);
    await press(asker, '読みました。守ります');
    await sees(asker, question);
    await asker.fill('#words', '来週うかがいます');
    await press(asker, '書きとめる');
    await sees(asker, '来週うかがいます');
    await open(asker, `${matter}/release`);
    await expectGoodPage(asker, 'matter-release');
  });

  it('keeps after its end only what may be taken back', async () => {
    await open(hub, `${matter}/office`);
    await hub.selectOption('#outcome', 'settled');
    await hub.check('#close [name=sure]');
    await send(hub, '/close');
    await open(asker, matter);
    await sees(asker, '役割が決まった');
    await seesNot(asker, question, '来週うかがいます');
    await expectGoodPage(asker, 'matter-closed');
  });
});

describe('questions without a name', () => {
  let program;
  let browser;
  let page;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url);
    await signIn(page, 'kinoshita');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('several desks are asked whether they could take it', async () => {
    await open(page, '/cases?mine=1&state=open');
    const at = await page.locator('main tbody a').first().getAttribute('href');
    await open(page, `${at}/capacity`);
    await page.selectOption('#need', { index: 1 });
    await page.locator('#to details summary').first().click();
    for (const n of [0, 1]) await page.locator('input[name=to]').nth(n).check();
    await expectGoodPage(page, 'capacity-new');
    await press(page, 'たずねる');
    assert.match(new URL(page.url()).pathname, /^\/capacity\/[0-9a-f-]{36}$/);
    await sees(page, 'まだ答えがない');
    await expectGoodPage(page, 'capacity-asker');
    await open(page, '/capacity');
    await expectGoodPage(page, 'capacity-list');
  });

  it('whoever supports somebody is asked, and the answer is always the same', async () => {
    await open(page, '/contacts/new');
    await page.fill('#name', '青木 ハル');
    await press(page, '連絡を頼む');
    await sees(page, '生年月日（年月日）か住所');
    await page.fill('#birth', 'S25.5.1');
    await choose(page, 'about', 'worried');
    await page.fill('#reach', '内線1234');
    await expectGoodPage(page, 'contact-new');
    await press(page, '連絡を頼む');
    assert.equal(new URL(page.url()).pathname, '/contacts/sent');
    await expectGoodPage(page, 'contact-sent');
  });

  it('advice holds nobody', async () => {
    await open(page, '/advice/new');
    await page.selectOption('#to', { index: 1 });
    await page.selectOption('#topic', { index: 1 });
    await page.fill('#own_view', 'まず好きなことを聞くつもりです');
    await page.fill('#question', '090-1234-5678 に電話しました');
    await press(page, '頼む');
    await sees(page, '090-1234-5678', '消すか、言いかえてください');
    await expectGoodPage(page, 'advice-stopped');
    await page.fill('#question', '80代の親と50代の子に、はじめに何を話しますか');
    await press(page, '頼む');
    await sees(page, '答えまち');
    await expectGoodPage(page, 'advice');
  });
});
