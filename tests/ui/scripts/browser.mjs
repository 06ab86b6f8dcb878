// A browser for one test. An error of the page or of its policy fails the test.
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export { assert } from './assert.mjs';

const require = createRequire(`${process.env.TASKER_BROWSER_MODULES}/`);
const { chromium } = require('playwright-core');
const AXE = require('axe-core').source;

export const URL_OF_HOST = process.env.TASKER_URL;
export const given = JSON.parse(process.env.TASKER_GIVEN ?? 'null');

/** How long a page may take to show something, in milliseconds. */
const PATIENCE_MS = 45_000;

/** Runs `test` with a browser, and ends it. */
export async function withBrowser(test) {
  const browser = await chromium.launch({ executablePath: process.env.TASKER_BROWSER, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    await test(browser);
  } finally {
    await browser.close();
  }
}

/** Runs `test` with one page. Browsers report refused requests; those with a status of `refused` are meant. */
export const withPage = (test, refused = []) => withBrowser(async (browser) => {
  const { page, check } = await open(browser, {}, refused);
  await test(page);
  check();
});

/** A new page that notes its errors. */
export async function open(browser, options = {}, refused = []) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: URL_OF_HOST, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return { page, context, check: noteErrors(page, refused) };
}

export function noteErrors(page, refused = []) {
  const errors = [];
  const isMeant = (text) => refused.some((status) => text.includes(`responded with a status of ${status} `));
  page.on('pageerror', (error) => errors.push(`fault: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isMeant(message.text())) errors.push(`console: ${message.text()} at ${page.url()}`);
  });
  return () => {
    if (errors.length > 0) throw new Error(errors.join('\n'));
  };
}

/** Fails where axe finds something serious or critical, by all of its rules or only by these. */
export async function checkAccess(page, what, rules = null) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(AXE);
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const { violations } = await page.evaluate((given) => globalThis.axe.run(document, given), options);
  const grave = violations.filter((it) => ['serious', 'critical'].includes(it.impact));
  if (grave.length === 0) return;
  const texts = grave.map((it) => `${it.id} (${it.impact}): ${it.help}\n${it.nodes.slice(0, 4).map((node) => `    ${node.html.slice(0, 200)} ${node.any[0]?.message ?? ''}`).join('\n')}`);
  throw new Error(`${what}: ${texts.join('\n  ')}`);
}

/** A picture of the page for people to look at. */
export async function picture(page, name) {
  mkdirSync(process.env.TASKER_SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.TASKER_SCREENSHOTS, `${name}.png`) });
}

/** Answers the dialog of an action. */
export async function confirm(page, title, reason) {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: title, exact: true }).click();
}
