// The documentation: search, contents, both themes, a narrow screen, and paper.
import { assert, checkAccess, open, picture, withBrowser } from './browser.mjs';

const NARROW = { width: 360, height: 740 };
const PAGES = ['', 'concepts', 'handlers', 'reference/cli', 'reference/errors', 'reference/sql', 'reference/template', 'nowhere'];

async function show(page, path) {
  await page.goto(`/docs/${path}`);
  await page.locator('main h1').waitFor();
}

async function search(page) {
  await show(page, '');
  await page.keyboard.press('/');
  await page.keyboard.type('exponential jitter');
  const first = page.locator('#found a').first();
  await first.waitFor();
  await checkAccess(page, 'what a search found');
  await picture(page, 'book-search');
  await page.keyboard.press('ArrowDown');
  assert(await first.evaluate((it) => it === document.activeElement), 'the first result has no focus');
  await page.keyboard.press('Escape');
  await page.locator('#found').waitFor({ state: 'hidden' });
  await page.getByRole('searchbox').fill('idempotency_key_reused');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/docs\/.*/);
  await page.locator('main h1').waitFor();
  await page.getByRole('searchbox').fill('no such words anywhere');
  await page.getByText('Nothing was found.').first().waitFor();
}

async function neighbours(page) {
  await show(page, '');
  await page.getByRole('link', { name: /^Next/ }).click();
  await page.waitForURL('**/docs/getting-started');
  await page.getByRole('link', { name: /^Previous/ }).click();
  await page.waitForURL('**/docs/');
}

async function narrow(browser) {
  const { page } = await open(browser, { viewport: NARROW, reducedMotion: 'reduce' }, [404]);
  for (const path of PAGES) {
    await show(page, path);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert(width <= NARROW.width, `${path} is ${width} wide on a screen of ${NARROW.width}`);
    await picture(page, `book-${path.replace('/', '-')}-narrow`);
  }
  await show(page, 'concepts');
  await page.getByRole('link', { name: 'Contents' }).click();
  await page.getByRole('navigation', { name: 'Contents' }).getByRole('link', { name: 'Guarantees' }).click();
  await page.waitForURL('**/docs/guarantees');
}

async function withoutScripts(browser) {
  const { page } = await open(browser, { javaScriptEnabled: false });
  await show(page, 'handlers');
  assert(await page.locator('search').isHidden(), 'a search that does nothing is shown');
  assert(await page.getByRole('navigation', { name: 'Contents' }).isVisible(), 'there are no contents');
}

async function onPaper(browser) {
  const { page } = await open(browser);
  await show(page, 'guarantees');
  await page.emulateMedia({ media: 'print' });
  assert(await page.locator('#contents').isHidden(), 'the contents are printed');
  assert(await page.locator('article').isVisible(), 'the text is not printed');
}

await withBrowser(async (browser) => {
  for (const colorScheme of ['light', 'dark']) {
    const { page, check } = await open(browser, { colorScheme, reducedMotion: 'reduce' }, [404]);
    for (const path of PAGES) {
      await show(page, path);
      await checkAccess(page, `${path} (${colorScheme})`);
      await picture(page, `book-${path.replace('/', '-')}-${colorScheme}`);
    }
    check();
  }
  const { page, check } = await open(browser, { reducedMotion: 'reduce' });
  await search(page);
  await neighbours(page);
  check();
  await narrow(browser);
  await withoutScripts(browser);
  await onPaper(browser);
});
