import { assert, withPage } from './browser.mjs';

await withPage(async (page) => {
  const whole = page.getByRole('region', { name: 'Attempts by version', exact: true });
  const parts = page.getByRole('region', { name: 'Attempts by version over time' });
  const attemptsOf = async (version) => {
    const cells = await parts.locator('tr', { hasText: version }).locator('td.num').allInnerTexts();
    return cells.reduce((sum, text) => sum + Number.parseInt(text, 10), 0);
  };

  await page.goto('/components/shop/guest');
  for (const [hours, columns] of [['1', 6], ['168', 7], ['720', 6], ['', 8]]) {
    await page.getByLabel('Window').selectOption(hours);
    await parts.locator(`th:nth-child(${columns + 1}):last-child`).waitFor();
    assert(page.url().endsWith(hours ? `?hours=${hours}` : '/guest'), page.url());
    // Each attempt is in one part, and all parts are the window.
    assert(await attemptsOf('1.0.0') === 1 && await attemptsOf('1.1.0') === 2, `the parts of ${hours} hours are not the whole`);
  }
  await whole.locator('tr', { hasText: '1.1.0' }).waitFor();

  await page.goto('/components/shop/basics?hours=1');
  await parts.locator('tr', { hasText: '1.0.0' }).locator('.tone-bad', { hasText: '% failed' }).waitFor();

  await page.goto('/templates/shop/failing?hours=168');
  await parts.locator('tr', { hasText: '1.0.0' }).locator('.tone-bad').waitFor();
  await page.getByRole('img', { name: '0 complete, 1 failed' }).waitFor();
});
