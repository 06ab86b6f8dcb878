import { assert, withPage } from './browser.mjs';

await withPage(async (page) => {
  await page.goto('/templates/shop/huge/1.0.0');
  const canvas = page.getByRole('img', { name: 'Graph of 10,000 steps' });
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
});
