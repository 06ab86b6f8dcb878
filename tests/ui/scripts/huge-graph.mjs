import { assert, withPage } from './browser.mjs';

await withPage(async (page) => {
  await page.goto('/templates/shop/huge/1.0.0');
  const canvas = page.getByRole('application', { name: 'Graph of 10,000 steps' });
  await canvas.waitFor();
  const picture = () => canvas.evaluate((it) => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(it.toDataURL())))));

  const fitted = await picture();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  const zoomed = await picture();
  assert(fitted !== zoomed, 'the buttons do not zoom');
  await page.getByRole('button', { name: 'Fit' }).click();
  assert(await picture() === fitted, 'the graph is not fitted again');

  await page.getByLabel('Find a step').fill('part-4242');
  await page.getByText('1 step', { exact: true }).waitFor();
  await page.getByLabel('Find a step').press('Enter');
  await page.getByLabel('Find a step').fill('');
  await page.getByRole('button', { name: 'Fit' }).click();

  // The level of all parts is a bar in the middle; a click opens it.
  await canvas.click();
  const collapse = page.getByRole('button', { name: 'Collapse wide levels' });
  await collapse.waitFor();
  assert(await picture() !== fitted, 'the level is not opened');
  await canvas.press('+');
  await canvas.press('ArrowDown');
  await collapse.click();
  await collapse.waitFor({ state: 'detached' });
  assert(await picture() === fitted, 'the level is not collapsed');

  // The same by keys alone: from the first step to the level, which opens, and on into one of its steps.
  const told = page.locator('.graph [aria-live] bdi');
  const says = (text) => told.filter({ hasText: text }).waitFor();
  await canvas.press('ArrowRight');
  await says(/^begin\. Enter opens it\.$/);
  await canvas.press('ArrowRight');
  await says('9,998 steps on level 2. Enter shows them one by one.');
  await canvas.press('Enter');
  await collapse.waitFor();
  await says(/^part-\d+, after begin\. Enter opens it\.$/);
  const one = await told.textContent();
  await canvas.press('ArrowDown');
  await told.filter({ hasNotText: one }).waitFor();
  await canvas.press('ArrowUp');
  await says(one);
});
