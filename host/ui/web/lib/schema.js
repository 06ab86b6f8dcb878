// What a form has to know of a JSON Schema.

/** @param {any} schema @param {any} root follows `#/…` references, a few in a row at most */
export function resolve(schema, root) {
  let found = schema;
  for (let hops = 0; hops < 8 && typeof found?.$ref === 'string'; hops += 1) {
    if (!found.$ref.startsWith('#')) return {};
    const path = found.$ref.slice(1).split('/').filter(Boolean);
    found = path.reduce((at, name) => at?.[decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')], root);
  }
  return found ?? {};
}

/** How a value is filled in: `object`, `array`, `string`, `number`, `integer`, `boolean`, `enum`, `const` or `json`. */
export function kindOf(schema) {
  if (typeof schema !== 'object' || schema === null) return 'json';
  if (Object.hasOwn(schema, 'const')) return 'const';
  if (Array.isArray(schema.enum)) return 'enum';
  if (schema.oneOf || schema.anyOf || schema.allOf) return 'json';
  const type = Array.isArray(schema.type) ? schema.type.filter((it) => it !== 'null') : [schema.type];
  if (type.length === 1 && ['string', 'number', 'integer', 'boolean', 'array'].includes(type[0])) {
    return type[0] === 'array' && typeof schema.items !== 'object' ? 'json' : type[0];
  }
  const isObject = type[0] === 'object' || (type[0] === undefined && schema.properties);
  return isObject && type.length === 1 && schema.properties ? 'object' : 'json';
}

/** What a form begins with: defaults, and members that are required. */
export function initial(given, root, depth = 0) {
  const schema = resolve(given, root);
  if (Object.hasOwn(schema, 'default')) return structuredClone(schema.default);
  switch (kindOf(schema)) {
    case 'const': return schema.const;
    case 'object': {
      const entries = Object.entries(schema.properties).filter(([name, inner]) => isInitial(name, inner, schema, root));
      return depth > 8 ? {} : Object.fromEntries(entries.map(([name, inner]) => [name, initial(inner, root, depth + 1)]));
    }
    case 'array': return [];
    default: return undefined;
  }
}

function isInitial(name, inner, schema, root) {
  const resolved = resolve(inner, root);
  return (schema.required ?? []).includes(name) || Object.hasOwn(resolved, 'default');
}

/** The value without members that were left empty. */
export function pruned(value) {
  if (Array.isArray(value)) return value.map(pruned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined).map(([name, inner]) => [name, pruned(inner)]));
}

/** The type of an input element for a format. */
export const inputType = (schema) => ({ date: 'date', email: 'email', uri: 'url', time: 'time' })[schema.format] ?? 'text';

/** What a value has to be, in a few words. */
export function ruleOf(schema) {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern, format } = schema;
  const range = (low, high, unit) => {
    if (low === undefined && high === undefined) return null;
    if (high === undefined) return `at least ${low}${unit}`;
    return low === undefined ? `at most ${high}${unit}` : `${low} to ${high}${unit}`;
  };
  const rules = [
    range(minimum, maximum, ''), range(minLength, maxLength, ' characters'), range(minItems, maxItems, ' items'),
    pattern && `matches ${pattern}`, format,
  ];
  return rules.filter(Boolean).join(', ');
}
