// Every page of the program, seen by somebody who works on it: accessible, never wider than the
// window, and without trouble behind it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { expectGoodPage, launchBrowser, open, openPage, signIn, theProgram } from '../lib.mjs';

/** The address behind the first link in the main part that looks like this. */
const first = async (page, list, selector) => {
  await open(page, list);
  const link = page.locator(`main ${selector}`).first();
  assert.ok(await link.count(), `${list} has no ${selector}`);
  return link.getAttribute('href');
};

/** Where a record of the own desk is paired by hand: what another desk wrote has no such page. */
const pairing = async (page) => {
  await open(page, '/same');
  const pairs = await page.locator('main a[href^="/same/"]').evaluateAll((links) => links.map((a) => a.getAttribute('href')));
  for (const pair of pairs.slice(0, 20)) {
    await open(page, pair);
    const homes = await page
      .locator('main a[href^="/persons/"], main a[href^="/households/"]')
      .evaluateAll((links) => links.map((a) => a.getAttribute('href')));
    for (const home of homes) {
      const person = home.startsWith('/persons/') ? home : await first(page, home, 'a[href^="/persons/"]');
      const answer = await page.request.get(new URL(`${person}/same`, page.url()).href);
      if (answer.status() === 200) return `${person}/same`;
    }
  }
  return assert.fail('no record of the own desk among the pairs');
};

/** What the search for these words finds: an answer to a form, with no address of its own. */
const search = async (page, words) => {
  await open(page, '/search');
  await page.fill('main input[name=q]', words);
  await page.locator('main form[action="/search"] button').first().click();
  await page.waitForSelector('main h2');
};

/** A session whose minutes are approved and go round. */
const held = async (page) => {
  await open(page, '/bodies');
  const bodies = await page.locator('main tbody th a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  for (const body of bodies) {
    await open(page, body);
    const sessions = await page
      .locator('main a[href^="/sessions/"]')
      .evaluateAll((all) => all.map((a) => a.getAttribute('href')).filter((h) => /^\/sessions\/[0-9a-f-]{36}$/.test(h)));
    for (const session of sessions) {
      await open(page, session);
      if (!(await page.locator('main a[href$="/circulation"]').count())) continue;
      await open(page, `${session}/circulation`);
      if (await page.locator('main a[href^="/circulation/"]').count()) return session;
    }
  }
  throw new Error('the demonstration has no session that goes round');
};

/** The form of what was learnt about somebody whose card another desk wrote: of a household that was handed over. */
const learnt = async (page) => {
  await open(page, '/cases');
  const cases = await page.locator('main tbody th a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  for (const at of cases.slice(0, 40)) {
    await open(page, at);
    const home = page.locator('main a[href^="/households/"]').first();
    if (!(await home.count())) continue;
    await open(page, await home.getAttribute('href'));
    const form = page.locator('main a[href$="/learnt"]').first();
    if (await form.count()) return form.getAttribute('href');
  }
  return assert.fail('no household of the own cases was recorded by another desk');
};

/** The session of the confidential conference that is over: its minutes are for the members of its matter. */
const secret = async (page) => {
  await open(page, '/bodies');
  await open(page, await page.locator('main').getByRole('link', { name: '支援会議', exact: true }).getAttribute('href'));
  return page.locator('main a[href^="/sessions/"]', { hasText: '第6回' }).getAttribute('href');
};

/** Account, then name and address (or how to find it) of each page. */
const pages = [
  [null, ['sign-in', '/sign-in']],
  [
    'kinoshita',
    ['today', '/'],
    ['today-desk', '/?all=1'],
    ['task', (page) => first(page, '/', `a[href^="/tasks/"]`)],
    ['consultations', '/consultations'],
    ['consultation-new', '/consultations/new'],
    ['consultation', (page) => first(page, '/consultations', 'tbody a')],
    ['drafts', '/drafts'],
    ['cases', '/cases'],
    ['case', (page) => first(page, '/cases?mine=1', 'tbody a')],
    ['timeline', (page, { case: at }) => `${at}/entries`],
    ['timeline-write', (page, { case: at }) => `${at}/entries?write=1`],
    ['case-referrals', (page, { case: at }) => `${at}/referrals`],
    ['consents', (page, { case: at }) => `${at}/consents`],
    ['consent-new', (page, { case: at }) => `${at}/consents/new`],
    ['consents-missing', '/consents/missing'],
    ['consents-ended', '/consents/ended'],
    ['refer', (page, { case: at }) => `${at}/refer`],
    ['case-end', (page, { case: at }) => `${at}/end`],
    ['case-print', (page, { case: at }) => `${at}/print`],
    ['case-conferences', (page, { case: at }) => `${at}/conferences`],
    ['case-propose', (page, { case: at }) => `/sessions/propose?case=${at.split('/').at(-1)}`],
    ['case-board', (page, { case: at }) => `${at}/board?write=1`],
    ['case-plans', (page, { case: at }) => `${at}/plans`],
    ['plan-new', (page, { case: at }) => `${at}/plans/new?kind=multi_agency&from=board`],
    ['case-lead', (page, { case: at }) => `${at}/lead`],
    ['case-participation', (page, { case: at }) => `${at}/participation`],
    ['case-cautions', (page, { case: at }) => `${at}/cautions`],
    ['case-engagement', (page, { case: at }) => `${at}/engagement`],
    ['case-timeline', (page, { case: at }) => `${at}/timeline`],
    ['case-timeline-print', (page, { case: at }) => `${at}/timeline?print=1`],
    ['case-assessment', (page, { case: at }) => `${at}/assessment`],
    ['household', (page, { case: at }) => first(page, at, 'a[href^="/households/"]')],
    ['person', (page, { household: at }) => first(page, at, 'a[href^="/persons/"]')],
    ['person-same', pairing],
    ['same-homes', async (page) => `${await first(page, '/same', 'a[href^="/same/"]')}/homes`],
    ['person-learnt', learnt],
    ['entry', (page, { timeline: at }) => first(page, at, 'a[href^="/entries/"]')],
    ['entry-files', (page, { entry: at }) => `${at}/files`],
    ['referrals', '/referrals'],
    ['referrals-working', '/referrals?list=working'],
    ['referral', (page) => first(page, '/referrals?list=working', 'tbody a')],
    ['referral-print', (page, { referral: at }) => `${at}/print`],
    ['inquiries', '/inquiries'],
    ['inquiries-asked', '/inquiries?list=asked'],
    ['inquiries-ageing', '/inquiries?list=ageing'],
    ['inquiry', (page) => first(page, '/inquiries', 'tbody a')],
    ['inquiry-print', (page, { inquiry: at }) => `${at}/print`],
    ['inquiry-asked', (page) => first(page, '/inquiries?list=asked', 'tbody a')],
    ['inquiry-new', (page, { case: at }) => `/inquiries/new?about=${at.split('/').at(-1)}`],
    ['case-inquiries', (page, { case: at }) => `${at}/inquiries`],
    ['matters', '/matters'],
    ['capacity', '/capacity'],
    ['bodies', '/bodies'],
    ['sessions', '/sessions'],
    ['session-guide', '/sessions/guide'],
    ['session-after', '/sessions/after'],
    ['session-propose', '/sessions/propose'],
    ['calendar', '/calendar'],
    ['calendar-week', '/calendar?view=week'],
    ['capacity-new', (page, { case: at }) => `${at}/capacity`],
    ['contact-new', '/contacts/new'],
    ['contact-sent', '/contacts/sent'],
    ['contact-mine', '/contacts/mine'],
    ['advice', '/advice'],
    ['advice-new', '/advice/new'],
    ['feedback', '/feedback'],
    ['feedback-one', (page) => first(page, '/feedback', '.what a')],
    ['search', '/search'],
    ['search-found', (page) => search(page, '電気')],
    ['triage', '/triage'],
    ['triage-one', (page) => first(page, '/triage', 'tbody a')],
    ['urgent', '/urgent'],
    ['case-access', (page, { case: at }) => `${at}/access`],
    ['case-reports', (page, { case: at }) => `${at}/reports`],
    ['case-sheets', (page, { case: at }) => `${at}/sheets`],
    ['case-sheet-new', (page, { case: at }) => `${at}/sheets/assessment`],
    ['issues', '/issues'],
    ['issue-new', '/issues/new'],
    ['issue', (page) => first(page, '/issues', 'tbody a')],
    ['plan', '/plan'],
    ['plan-framework', '/plan/framework'],
    ['plan-publications', '/plan/publications'],
    ['who', '/who'],
    ['papers', '/papers'],
    ['paper-plan', '/papers/plan'],
    ['paper-consultation', '/papers/consultation'],
    ['who-asked', '/who?q=子ども'],
    ['agency', (page) => first(page, '/who', 'a[href^="/agencies/"]')],
    ['stages', '/stages'],
    ['stage-new', async (page) => `/stages/new?case=${(await first(page, '/cases', 'tbody th a')).split('/').at(-1)}`],
    ['reflections', async (page) => `${await first(page, '/cases', 'tbody th a')}/reflections`],
    ['handovers', '/handovers'],
    ['me', '/me'],
    ['seat', '/seat'],
    ['not-there', '/cases/nothing', 404],
  ],
  [
    'hase',
    ['hub-today', '/'],
    ['nobody', '/nobody'],
    ['load', '/load'],
    ['load-desk', (page) => first(page, '/load', 'tbody th a')],
    ['load-worker', async (page) => first(page, await first(page, '/load', 'tbody th a'), 'tbody th a[href*="who="]')],
    ['watch-silent', '/watch/silent'],
    ['watch-no-consent', '/watch/no-consent'],
    ['watch-stuck', '/watch/stuck'],
    ['watch-alone', '/watch/alone'],
    ['library', '/library'],
    ['skills', '/skills'],
    ['skills-own', (page) => first(page, '/skills', '.head a.btn')],
    ['lesson-figures', '/flow/lessons'],
    ['watch-look', (page) => first(page, '/watch/no-consent', 'a[href^="/watch/look"]')],
    ['inquiries-raised', '/inquiries?list=raised'],
    ['inquiry-raised', (page) => first(page, '/inquiries?list=raised', 'tbody a')],
    ['matter-new', (page, { 'inquiry-raised': at }) => `/matters/new?inquiry=${at.split('/').at(-1)}`],
    ['body-new', '/bodies/new'],
    ['body', (page) => first(page, '/bodies', 'tbody th a')],
    ['series', async (page) => `/sessions/series?body=${(await first(page, '/bodies', 'tbody th a')).split('/').at(-1)}`],
    ['series-days', async (page) => `/sessions/series?body=${(await first(page, '/bodies', 'tbody th a')).split('/').at(-1)}&show=1&pattern=monthly&nth=3&weekday=wed&closed=later&from=2027-01-01&to=2027-12-31`],
    ['body-edit', (page, { body: at }) => `${at}/edit`],
    ['body-end', (page, { body: at }) => `${at}/end`],
    ['body-members', (page, { body: at }) => `${at}/members`],
    ['hub-sessions', '/sessions'],
    ['session', (page) => first(page, '/sessions', 'tbody th a[href^="/sessions/"]:not([href*="invitations"])')],
    ['session-edit', (page, { session: at }) => `${at}/edit`],
    ['room', (page, { session: at }) => `${at}/room`],
    ['room-view', (page, { session: at }) => `${at}/room/view`],
    ['session-notice', (page, { session: at }) => `${at}/notice`],
    ['session-new', '/sessions/new'],
    ['session-figures', '/flow/sessions'],
    ['circulation-figures', '/flow/circulation'],
    ['session-held', (page) => held(page)],
    ['minutes', (page, { 'session-held': at }) => `${at}/minutes`],
    ['minutes-edit', (page, { 'session-held': at }) => `${at}/minutes/edit`],
    ['minutes-comments', (page, { 'session-held': at }) => `${at}/minutes/comments`],
    ['minutes-print', (page, { 'session-held': at }) => `${at}/minutes/print`],
    ['minutes-print-speakers', (page, { 'session-held': at }) => `${at}/minutes/print?style=speakers`],
    ['minutes-public', (page, { 'session-held': at }) => `${at}/minutes/public`],
    ['materials', (page, { 'session-held': at }) => `${at}/materials`],
    ['circulation', (page, { 'session-held': at }) => `${at}/circulation`],
    ['circulation-round', (page, { circulation: at }) => first(page, at, 'a[href^="/circulation/"]')],
    ['session-secret', (page) => secret(page)],
    ['minutes-secret', (page, { 'session-secret': at }) => `${at}/minutes`],
    ['same', '/same'],
    ['overlaps', '/overlaps'],
    ['advice-figures', '/flow/advice'],
    ['inquiry-figures', '/flow/inquiries?by=desk'],
    ['sheets', '/sheets'],
    ['sheet', (page) => first(page, '/sheets', 'tbody th a')],
  ],
  [
    'higuchi',
    ['meets-today', '/'],
    ['meets-sessions', '/sessions'],
    ['meets-calendar', '/calendar'],
    ['meets-body', (page) => first(page, '/bodies', 'tbody th a')],
    ['meets-secret', (page) => secret(page)],
    ['meets-secret-minutes', (page, { 'meets-secret': at }) => `${at}/minutes`],
  ],
  [
    'wakabayashi',
    ['liaison-today', '/'],
    ['liaison-sheets', '/sheets'],
    ['liaison-new', '/sheets/new'],
    ['liaison-sheet', (page) => first(page, '/sheets', 'tbody th a')],
    ['liaison-feedback', '/feedback'],
  ],
  [
    'nemoto',
    ['admin-today', '/'],
    ['staff', '/admin/staff'],
    ['appointment', '/admin/appointments/new'],
    ['transfers', '/admin/transfers'],
    ['forms', '/admin/forms'],
    ['form', '/admin/forms/assessment'],
    ['form-item', '/admin/forms/assessment?item=supporters'],
    ['form-item-new', '/admin/forms/assessment?item=new'],
    ['form-published', '/admin/forms/outreach'],
    ['form-version', '/admin/forms/assessment/1'],
    ['form-xlsform', '/admin/forms/outreach/2/xlsform'],
    ['codes', '/admin/codes'],
    ['code', (page) => first(page, '/admin/codes', 'a[href^="/admin/codes/"]')],
    ['workload-settings', '/admin/workload'],
    ['stage-settings', '/admin/stages'],
    ['drawings', '/admin/drawings'],
    ['theme-settings', '/admin/themes'],
    ['search-settings', '/admin/searches'],
    ['town-settings', '/admin/town'],
    ['retention', '/admin/retention'],
    ['labels', '/admin/labels'],
    ['label', (page) => first(page, '/admin/labels?q=相談', 'a[href^="/admin/labels/edit"]')],
    ['open-data', '/admin/open-data'],
    ['responsibilities', '/admin/responsibilities'],
    ['offices', '/admin/offices'],
    ['office-new', '/admin/offices/new'],
    ['office-renew', (page) => first(page, '/admin/offices', 'a[href$="/renew"]')],
    ['office-next', (page) => first(page, '/admin/offices', 'a[href$="/next"]')],
    ['office-contract-end', (page) => first(page, '/admin/offices', 'a[href*="/contracts/"][href$="/end"]')],
    ['office-contract-keep', (page) => first(page, '/admin/offices', 'a[href*="/contracts/"][href$="/keep"]')],
    ['office-desk-end', (page) => first(page, '/admin/offices', 'a[href*="/desks/"][href$="/end"]')],
    ['office-merge', async (page) => {
      const agency = await first(page, '/admin/offices', 'a[href^="/agencies/"]');
      return first(page, agency, 'a[href$="/merge"]');
    }],
    ['office-split', async (page) => {
      const agency = await first(page, '/admin/offices', 'a[href^="/agencies/"]');
      return first(page, agency, 'a[href$="/split"]');
    }],
    ['positions', '/admin/positions'],
    ['deputies', '/deputies'],
    ['meeting-settings', '/admin/sessions'],
    ['minutes-terms', '/admin/minutes'],
    ['legal-bases', '/admin/legal-bases'],
    ['legal-basis-new', '/admin/legal-bases/new'],
    ['triage-guide', '/admin/triage'],
    ['triage-kind', (page) => first(page, '/admin/triage', 'a[href^="/admin/triage/kinds/"]')],
    ['admin-agency', (page) => first(page, '/who', 'a[href^="/agencies/"]')],
  ],
  [
    'tsuyuki',
    ['auditor-today', '/'],
    ['audit', '/audit'],
    ['audit-urgent', '/audit/urgent'],
    ['audit-unusual', '/audit/unusual'],
    ['audit-reports', '/audit/reports'],
    ['disposal', '/disposal'],
    ['holds', '/retention/holds'],
  ],
  [
    'makabe',
    ['analyst-today', '/'],
    ['analyst-flow', '/flow'],
    ['plan-changes', '/plan/changes'],
    ['plan-import', '/plan/import'],
    ['plan-print', '/plan/print'],
    ['plan-row', (page) => first(page, '/plan', 'a[href^="/plan/rows/"]:not([href*="new"])')],
    ['plan-row-new', (page) => first(page, '/plan', 'a[href^="/plan/rows/new"]')],
  ],
  [
    'ishiwata',
    ['lead-today', '/'],
    ['lead-nobody', '/nobody'],
    ['lead-disposal', '/disposal'],
    ['case-hold', async (page) => `${await first(page, '/cases', 'tbody th a')}/hold`],
    ['exclusion-new', async (page) => `${await first(page, '/cases', 'tbody th a')}/exclusions/new`],
    ['flow', '/flow'],
    ['flow-referrals', (page) => first(page, '/flow', 'table a[href^="/flow/referrals"]')],
    ['imports', '/imports'],
    ['downloads', '/downloads'],
  ],
];

/** Bytes on the line, compressed: the first visit with style sheet and script, and every page after it (P12). */
const firstVisit = 80 * 1024;
const later = 25 * 1024;

describe('every page', () => {
  let program;
  let browser;
  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('comes quickly over a slow line at the first visit', async () => {
    const page = await openPage(browser, program.url);
    const sizes = [];
    page.on('requestfinished', (request) => sizes.push(request.sizes()));
    await open(page, '/sign-in');
    await page.waitForLoadState('networkidle');
    const sum = (await Promise.all(sizes)).reduce((all, { responseBodySize }) => all + responseBodySize, 0);
    assert.ok(sizes.length >= 3, 'page, style sheet and script');
    assert.ok(sum <= firstVisit, `the first visit is ${sum} bytes on the line`);
    await page.context().close();
  });

  for (const [account, ...list] of pages) {
    describe(account ?? 'nobody yet', () => {
      let page;
      const seen = {};
      before(async () => {
        page = await openPage(browser, program.url);
        if (account) await signIn(page, account);
      });
      after(() => page?.context().close());
      for (const [name, where, status] of list) {
        it(name, async () => {
          const address = typeof where === 'string' ? where : await where(page, seen);
          seen[name] = address;
          if (address) {
            const answer = await open(page, address, status);
            const { responseBodySize } = await answer.request().sizes();
            assert.ok(responseBodySize <= later, `${address} is ${responseBodySize} bytes on the line`);
          }
          await expectGoodPage(page, `page-${name}`);
        });
      }
      if (account) {
        it('lock', async () => {
          await page.locator('.me summary').click();
          await page.locator('form[action="/lock"] button').click();
          await page.waitForURL('**/lock');
          await expectGoodPage(page, `page-lock-${account}`);
        });
      }
    });
  }
});
