// The packages that tests/graphql/packages.sh installed, and what the test gave.
import { createRequire } from 'node:module';

export const require = createRequire(`${process.env.TASKER_GRAPHQL_MODULES}/`);
export const URL_OF_HOST = process.env.TASKER_URL;
export const given = JSON.parse(process.env.TASKER_GIVEN ?? 'null');

export function equal(actual, expected, of) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${of}: ${a} instead of ${e}`);
}
