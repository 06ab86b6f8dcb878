import { assert, withPage } from './browser.mjs';

await withPage(async (page) => {
  const changes = page.getByRole('region', { name: 'Changes' });

  await page.goto('/components/shop/guest/1.2.0');
  await changes.getByText('minor from 1.1.0 to 1.2.0').waitFor();
  await page.getByLabel('Compare with').selectOption('1.0.0');
  await changes.getByText('minor from 1.0.0 to 1.2.0').waitFor();
  assert(page.url().endsWith('?with=1.0.0'), page.url());
  await changes.getByRole('heading', { name: 'Capabilities' }).waitFor();
  await changes.getByText('`http api.example.com` is requested now').waitFor();

  // The choice is in the address: it is there after a reload, beside the tab.
  await page.goto('/templates/shop/two/2.0.0?tab=changes');
  await changes.getByText('major from 1.1.0 to 2.0.0').waitFor();
  await page.getByLabel('Compare with').selectOption('1.0.0');
  await changes.getByText('major from 1.0.0 to 2.0.0').waitFor();
  await page.reload();
  await changes.getByText('major from 1.0.0 to 2.0.0').waitFor();
  assert(await page.getByLabel('Compare with').inputValue() === '1.0.0', 'the choice is lost by a reload');
  await changes.getByText('2 major changes').waitFor();
  await changes.getByRole('heading', { name: 'Steps' }).waitFor();
  await changes.getByRole('heading', { name: 'Result' }).waitFor();

  // A version below is compared with one above, which is what a rollback changes.
  await page.goto('/templates/shop/two/1.1.0?tab=changes&with=2.0.0');
  await changes.getByText('major from 2.0.0 to 1.1.0').waitFor();

  await page.goto('/templates/shop/two/1.1.0?tab=changes&with=9.9.9');
  await page.getByRole('alert').getByText('9.9.9').waitFor();
  await page.getByLabel('Compare with').selectOption('');
  await changes.getByText('minor from 1.0.0 to 1.1.0').waitFor();
}, [404]);
