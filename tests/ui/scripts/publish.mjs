import { withPage } from './browser.mjs';

const WRONG = 'namespace: shop\nname: two\nversion: 1.0.0\nsteps:\n  - {name: a, handler: basics/noop, timeout: soon}\n';
const RIGHT = 'namespace: shop\nname: two\nversion: 1.0.0\nsteps:\n  - {name: a, handler: basics/noop}\n  - {name: b, handler: basics/noop, depends_on: [a]}\n';

const choose = (page, text) => page.getByLabel('File to publish').setInputFiles({ name: 'two.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) });

await withPage(async (page) => {
  await page.goto('/publish');
  await choose(page, WRONG);
  await page.getByRole('button', { name: 'Show what it changes' }).click();
  await page.locator('.yaml .is-wrong', { hasText: 'timeout: soon' }).waitFor();

  await choose(page, RIGHT);
  await page.getByRole('button', { name: 'Show what it changes' }).click();
  const plan = page.getByRole('region', { name: 'Plan' });
  await plan.getByText('The version number allows the changes.').waitFor();
  await plan.getByText('would take').waitFor();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByRole('heading', { name: 'shop/two@1.0.0' }).waitFor();
}, [422]);
