import { assert, checkAccess, given, noteErrors, open, picture, withBrowser } from './browser.mjs';

const MOST_BYTES = 400_000;
const NARROW = { width: 360, height: 740 };
const WALL = { width: 2560, height: 1440 };

const PAGES = [
  ['overview', '/'], ['tasks', '/tasks'], ['run', '/run'], ['form', '/run/shop/form'],
  ['task-graph', `/tasks/${given.complete}`], ['task-failed', `/tasks/${given.failed}`], ['task-wide', `/tasks/${given.wide}`],
  ...['timeline', 'steps', 'events', 'logs', 'data', 'report'].map((tab) => [`task-${tab}`, `/tasks/${given.failed}/${tab}`]),
  ['step', `/tasks/${given.failed}/steps/charge`], ['statistics', '/statistics'],
  ['templates', '/templates'], ['template', '/templates/shop/form'], ['template-version', '/templates/shop/form/1.0.0'],
  ['template-source', '/templates/shop/form/1.0.0?tab=source'], ['template-steps', '/templates/shop/form/1.0.0?tab=steps'],
  ['template-changes', '/templates/shop/form/1.0.0?tab=changes'],
  ['components', '/components'], ['component', '/components/shop/guest'], ['component-version', '/components/shop/guest/1.2.0'],
  ['component-diff', '/components/shop/guest/1.2.0?with=1.0.0'], ['component-usage', '/components/shop/basics?hours=168'], ['template-usage', '/templates/shop/failing?hours=1'],
  ['publish', '/publish'], ['pins', '/pins'], ['pin', '/pins/shop/component/guest'], ['quarantine', '/quarantine'],
  ['grants', '/grants'], ['secrets', '/secrets'], ['limits', '/limits'], ['recording-rules', '/recording-rules'], ['shares', '/shares'], ['retention', '/retention'],
  ['kv', '/kv'], ['kv-bucket', '/kv?namespace=shop&bucket=orders'], ['signing-keys', '/signing-keys'], ['collections', '/collections?days=0'], ['queue', '/queue'], ['hosts', '/hosts'],
  ['subscriptions', '/subscriptions'], ['subscription', '/subscriptions/shop/hook'], ['keys', '/keys'], ['audit', '/audit'],
  ['settings', '/settings'], ['unknown', '/tasks/a/b/c/d'], ['docs', '/docs/'], ['docs-handlers', '/docs/handlers'],
];

/** Opens a page: as a link from elsewhere does or, `within` the application, as one of its own links. */
async function show(page, path, within = false) {
  if (within) {
    await page.evaluate((to) => {
      const link = document.body.appendChild(Object.assign(document.createElement('a'), { href: to }));
      link.click();
      link.remove();
      return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }, path);
  } else {
    await page.goto(path);
  }
  await page.locator('main h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('main .loading'));
  const problems = await page.locator('main .problem').allInnerTexts();
  assert(problems.length === 0, `${path}: ${problems[0]}`);
}

/** Opens pages on a screen of this size, and says which do not fit it. */
async function fit(browser, viewport, name, pages) {
  const { page, context } = await open(browser, { viewport, colorScheme: 'light', reducedMotion: 'reduce' });
  const faults = [];
  await show(page, '/settings');
  for (const [of, path] of pages) {
    await show(page, path, true).catch((error) => faults.push(error.message));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > viewport.width) faults.push(`${of} is ${width} wide on a screen of ${viewport.width}`);
    await picture(page, `${of}-${name}`);
  }
  await context.close();
  return faults;
}

/** A wall screen is used in its whole width, and its pages are accessible too. */
async function checkWall(browser) {
  const { page, context } = await open(browser, { viewport: WALL, colorScheme: 'light', reducedMotion: 'reduce' });
  await show(page, '/');
  await checkAccess(page, 'overview (wall)');
  const free = await page.locator('.cards').first().evaluate((cards) => innerWidth - cards.getBoundingClientRect().right);
  assert(free < 60, `${free} pixels beside the overview are not used`);
  await context.close();
}

/** A dialog of an action, and that of the shortcuts; both are closed by a key, and the button has the focus again. */
async function checkDialogs(page, colorScheme) {
  await show(page, '/pins');
  const button = page.getByRole('button', { name: 'Set a pin' });
  await button.click();
  await page.getByRole('dialog').getByLabel('Requirement').waitFor();
  await checkAccess(page, `dialog (${colorScheme})`);
  await picture(page, `dialog-${colorScheme}`);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert(await button.evaluate((it) => it === document.activeElement), 'the focus is lost after a dialog');
  await page.keyboard.press('?');
  await page.getByRole('heading', { name: 'Shortcuts' }).waitFor();
  await checkAccess(page, `shortcuts (${colorScheme})`);
  await picture(page, `shortcuts-${colorScheme}`);
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.getByRole('heading', { name: 'Tasks' }).waitFor();
}

async function firstPageBytes(browser) {
  const { page, context } = await open(browser);
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
  await show(page, '/');
  await context.close();
  return bytes;
}

await withBrowser(async (browser) => {
  const bytes = await firstPageBytes(browser);
  assert(bytes <= MOST_BYTES, `the first page takes ${bytes} bytes`);
  const faults = [];
  for (const colorScheme of ['light', 'dark']) {
    const isFirst = colorScheme === 'light';
    const { page, context } = await open(browser, { colorScheme, reducedMotion: 'reduce' });
    const check = noteErrors(page);
    if (!isFirst) await show(page, '/settings');
    for (const [name, path] of PAGES) {
      try {
        await show(page, path, !isFirst);
        // The other rules do not look at colours.
        await checkAccess(page, `${name} (${colorScheme})`, isFirst ? null : ['color-contrast']);
      } catch (error) {
        faults.push(error.message);
      }
      await picture(page, `${name}-${colorScheme}`);
    }
    await checkDialogs(page, colorScheme).catch((error) => faults.push(error.message));
    try {
      check();
    } catch (error) {
      faults.push(error.message);
    }
    await context.close();
  }
  faults.push(...await fit(browser, NARROW, 'narrow', PAGES));
  const onWall = ['overview', 'task-failed', 'step', 'component-version'];
  faults.push(...await fit(browser, WALL, 'wall', PAGES.filter(([name]) => onWall.includes(name))));
  await checkWall(browser).catch((error) => faults.push(error.message));
  assert(faults.length === 0, faults.join('\n'));
});
