// 緊急の見きわめ: an urgent call, taken by a caseworker, judged with its checklist, confirmed by the lead of the desk.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { choose, desk, expectGoodPage, launchBrowser, open, openPage, phone, press, receive, sees, signIn, somebody, theProgram } from '../lib.mjs';

describe('an urgent call', () => {
  let program;
  let browser;
  let worker;
  let lead;
  let triage;
  const person = somebody('急');

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    worker = await openPage(browser, program.url);
    lead = await openPage(browser, program.url);
    await signIn(worker, 'aoki');
    await signIn(lead, 'ishiwata');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('leads from the consultation to a clock', async () => {
    await open(worker, '/consultations/new');
    await choose(worker, 'channel', 'phone');
    await choose(worker, 'urgency', 'urgent');
    await worker.fill('#words', `三日ほど姿を見ない。新聞がたまっている。${person.given}`);
    await worker.fill('#name', person.name);
    await receive(worker);
    await press(worker, '緊急の見きわめ', { role: 'link' });
    await expectGoodPage(worker, 'triage-new');
    await choose(worker, 'kind', 'welfare_check');
    const now = new Date(Date.now() - 60_000).toLocaleTimeString('ja-JP', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' });
    await worker.fill('#at', now);
    await press(worker, '始める');
    triage = new URL(worker.url()).pathname;
    assert.match(triage, /^\/triage\/[0-9a-f-]{36}$/);
    await sees(worker, '安否確認', 'まずすること', 'あと');
    await expectGoodPage(worker, 'triage-begun');
  });

  it('has a promise and the time it has left in one line at a desk', async () => {
    const lines = () =>
      worker.locator('.ticks .promise').evaluateAll((all) =>
        all.map((each) => {
          const [what, left] = [each.firstElementChild, each.querySelector('.due')].map((x) => x.getBoundingClientRect());
          return { beside: left.left >= what.right, inside: left.top < what.bottom && left.bottom > what.top };
        }),
      );
    for (const each of await lines()) assert.deepEqual(each, { beside: true, inside: true });
    await worker.setViewportSize(phone);
    for (const each of await lines()) assert.equal(each.beside, false);
    await worker.setViewportSize(desk);
  });

  it('is ticked item by item and judged with its reason', async () => {
    const item = worker.locator('#first-0 button');
    assert.equal(await item.getAttribute('aria-pressed'), 'false');
    await Promise.all([worker.waitForEvent('load'), item.click()]);
    assert.equal(await worker.locator('#first-0 button').getAttribute('aria-pressed'), 'true');
    await choose(worker, 'outcome', 'emergency');
    await choose(worker, 'scope', 'with_others');
    await worker.fill('#reason', '声をかけても返事がない');
    await worker.fill('#unknown', '家族の連絡先');
    await press(worker, '判断して、先輩の確認へ');
    await sees(worker, '緊急対応', '確認を待っています', '石渡 昌子');
    await expectGoodPage(worker, 'triage-judged');
  });

  it('is confirmed by the lead, and printed with everything that was found', async () => {
    await open(lead, triage);
    await press(lead, '読んで、確かめた');
    await sees(lead, '確認済み');
    await expectGoodPage(lead, 'triage-confirmed');
    await lead.emulateMedia({ media: 'print' });
    const printed = await lead.locator('main').innerText();
    for (const word of ['安否確認', '声をかけても返事がない', '家族の連絡先']) assert.ok(printed.includes(word), printed);
    for (const word of ['時計を新しくする', '分かったことを書く']) assert.ok(!printed.includes(word), `"${word}" is on paper`);
    await lead.emulateMedia({ media: 'screen' });
  });
});
