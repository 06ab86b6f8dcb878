import { confirm, withPage } from './browser.mjs';

await withPage(async (page) => {
  await page.goto('/components/shop/guest/1.2.0');
  await page.locator('.facts .state', { hasText: 'needs approval' }).waitFor();
  await page.getByRole('button', { name: 'Approve the capabilities' }).click();
  await page.getByRole('dialog').getByText('http api.example.com').waitFor();
  await confirm(page, 'Approve the capabilities', 'agreed');
  await page.locator('.facts .state', { hasText: 'active' }).waitFor();
  await page.getByText('granted', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Quarantine the code' }).click();
  await confirm(page, 'Quarantine the code', 'it charges twice');
  await page.getByRole('dialog').getByText('The code is quarantined').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.locator('.facts .state', { hasText: 'quarantined' }).waitFor();

  await page.goto('/quarantine');
  await page.getByText('it charges twice').waitFor();
  await page.getByRole('button', { name: 'Release' }).click();
  await confirm(page, 'Release from quarantine', 'mended');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByText('No code is quarantined.').waitFor();
});
