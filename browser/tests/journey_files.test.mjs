// Files in and out: consultations from a form service, taken in and back; the plan as a workbook; and the
// figures that an analyst may see and take along.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { expectGoodPage, follow, launchBrowser, open, openPage, phone, press, sees, seesNot, signIn, somebody, theProgram } from '../lib.mjs';

const csv = 'text/csv';
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Opens a page again and again until the job has come to one of these states. */
async function until(page, word) {
  for (let tries = 0; tries < 60; tries += 1) {
    await page.goto(page.url());
    if ((await page.locator('main h1').innerText()) === word) return;
    await page.waitForTimeout(500);
  }
  assert.fail(`never "${word}": ${await page.locator('main').innerText()}`);
}

/** What a link gives to take along. */
async function download(page, link) {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return readFile(await file.path());
}

describe('consultations from a file', () => {
  let program;
  let browser;
  let page;
  const person = somebody('取込');

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url, { acceptDownloads: true });
    await signIn(page, 'ishiwata');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('asks for a table and says so of an image', async () => {
    await open(page, '/imports');
    await sees(page, 'ファイルから取り込む');
    const image = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]);
    await page.setInputFiles('#file', { name: '写真.csv', mimeType: csv, buffer: image });
    await press(page, '読みこむ');
    await sees(page, '文字の表として読めません');
    await expectGoodPage(page, 'import-wrong');
  });

  it('proposes the columns, looks at every line, and records the good ones', async () => {
    const lines = [
      '受付番号,回答日時,お名前,生年月日,メモ,ご相談内容',
      `${person.given}-1,2026/11/18 10:30:05,${person.name},S30.4.1,窓口へ,家賃が払えない`,
      `${person.given}-2,R8.11.19,${person.name}二,昭和40年1月1日,,仕事をさがしている`,
      `${person.given}-3,きのう,${person.name}三,,,日が読めない`,
    ];
    await open(page, '/imports');
    await page.setInputFiles('#file', { name: '相談フォーム.csv', mimeType: csv, buffer: Buffer.from(lines.join('\r\n')) });
    await press(page, '読みこむ');
    await sees(page, '3行ありました', '家賃が払えない');
    await expectGoodPage(page, 'import-map');
    // A column nobody could guess is put into a text by hand.
    await page.locator('main select').filter({ has: page.locator('option[value=facts]') }).nth(4).selectOption('facts');
    await press(page, 'たしかめる（まだ記録しません）');
    await until(page, 'たしかめました');
    await sees(page, '2件を記録する', '4行目', '回答日時');
    await expectGoodPage(page, 'import-checked');
    const broken = (await download(page, page.locator('main a[href$="/broken/csv"]'))).toString();
    assert.ok(broken.includes(`${person.given}-3`) && !broken.includes(`${person.given}-1`), broken);
    await press(page, '2件を記録する');
    await until(page, '記録しました');
    await expectGoodPage(page, 'import-done');
  });

  it('takes a whole import back', async () => {
    await page.fill('#reason', 'ファイルをまちがえた');
    await press(page, '2件を取り消す');
    await until(page, '取り消しました');
    await sees(page, 'ファイルをまちがえた');
    await expectGoodPage(page, 'import-undone');
    await open(page, '/imports');
    await sees(page, '相談フォーム.csv', '取り消しました');
    await expectGoodPage(page, 'imports-list');
  });
});

describe('the plan as a workbook', () => {
  let program;
  let browser;
  let page;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url, { acceptDownloads: true });
    await signIn(page, 'makabe');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('says what is wrong with a file that is no table, once', async () => {
    await open(page, '/plan/import');
    await page.setInputFiles('#file', { name: 'x.xlsx', mimeType: xlsx, buffer: Buffer.from('PK\u0003\u0004zzzz') });
    await press(page, '何が変わるかを見る');
    assert.equal(await page.locator('.errors .by-field a').count(), 1, await page.locator('main').innerText());
    await expectGoodPage(page, 'plan-import-wrong');
  });
});

describe('the flow', () => {
  let program;
  let browser;
  let analyst;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    analyst = await openPage(browser, program.url, { acceptDownloads: true });
    await signIn(analyst, 'makabe');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('is seen by an analyst in figures, and by field without scrolling sideways at a desk', async () => {
    await open(analyst, '/flow');
    await sees(analyst, 'どこから、どこへ', '受けられなかったわけ');
    assert.equal(await analyst.locator('main a[href^="/flow/referrals"], main a[href^="/referrals"]').count(), 0);
    const spare = await analyst
      .locator('[aria-labelledby=matrix]')
      .evaluate((box) => box.clientWidth - box.scrollWidth);
    assert.ok(spare >= 0, `the matrix is ${-spare} px wider than its box`);
    // A sum stands in the line of its row.
    const feet = await analyst.locator('main tfoot tr').evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => getComputedStyle(cell).verticalAlign)),
    );
    for (const row of feet) assert.ok(row.every((each) => each === row[0]), row.join());
    await expectGoodPage(analyst, 'flow-analyst');
    await follow(analyst, () => analyst.locator('main select[name=by]').selectOption('desk').then(() => press(analyst, '見る')));
    await expectGoodPage(analyst, 'flow-by-desk');
  });

  it('goes along as CSV and workbook, with what is hidden still hidden', async () => {
    await open(analyst, '/flow');
    const links = analyst.locator('main a[href*="/flow/export"]');
    const table = await download(analyst, links.filter({ hasText: 'CSV（UTF-8）' }).first());
    assert.deepEqual([...table.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    assert.ok(table.toString().includes('＊'));
    const book = await download(analyst, links.filter({ hasText: 'Excel' }).first());
    assert.equal(book.subarray(0, 2).toString(), 'PK');
  });

  it('can be read on a phone', async () => {
    await analyst.setViewportSize(phone);
    await open(analyst, '/flow');
    const size = await analyst.locator('.bars dt').first().evaluate((word) => Number.parseFloat(getComputedStyle(word).fontSize));
    assert.ok(size >= 14, `the names in the chart are ${size} px`);
    await seesNot(analyst, '/flow/referrals');
  });
});
