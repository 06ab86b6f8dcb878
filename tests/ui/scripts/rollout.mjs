import { confirm, withPage } from './browser.mjs';

await withPage(async (page) => {
  await page.goto('/pins');
  await page.getByRole('link', { name: 'shop/guest' }).click();
  await page.getByLabel('New version').selectOption('1.1.0');
  await page.getByLabel('Share of new tasks').fill('25');
  await page.getByRole('button', { name: 'Set the share' }).click();
  await page.getByRole('dialog').getByText('25 %').waitFor();
  await confirm(page, 'Set the share', 'a look');
  await page.getByText('25 % take').waitFor();
  await page.getByText('It compares the last').waitFor();
  const figures = page.getByRole('region', { name: 'Figures of both sides' });
  await figures.getByRole('columnheader', { name: '1.1.0, the new one' }).waitFor();
  await figures.getByRole('row', { name: 'Trapped or over a limit' }).getByText('1 point more').waitFor();

  await page.getByRole('button', { name: 'Roll back' }).click();
  await confirm(page, 'Roll back', 'too slow');
  await page.getByText('All take').waitFor();
  await page.getByText('too slow').waitFor();
});
